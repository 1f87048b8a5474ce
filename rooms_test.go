package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestArrowsBetweenTheRooms keeps the picture of CONTRIBUTING.md: gui and cli → desk → courier, bucket, ledger →
// signer; nothing points back up, and Fyne lives in gui alone.
func TestArrowsBetweenTheRooms(t *testing.T) {
	may := map[string][]string{
		"waybill":                    {"gui", "internal/cli", "internal/desk"},
		"waybill/gui":                {"assets", "internal/autostart", "internal/desk", "internal/finder", "internal/instance", "internal/whole", "signer"},
		"waybill/internal/cli":       {"internal/desk", "internal/whole", "signer"},
		"waybill/internal/instance":  {"internal/desk", "internal/whole"},
		"waybill/internal/autostart": {"internal/whole"},
		"waybill/internal/desk":      {"internal/autostart", "internal/bucket", "internal/courier", "internal/ledger", "internal/network", "internal/pages", "internal/sandbox", "internal/update", "internal/whole", "signer"},
		"waybill/internal/courier":   {"internal/network", "signer"},
		"waybill/internal/bucket":    {},
		"waybill/internal/finder":    {},
		"waybill/internal/ledger":    {},
		"waybill/internal/network":   {},
		"waybill/internal/pages":     {"assets"},
		"waybill/internal/sandbox":   {"internal/network"},
		"waybill/internal/testaws":   {},
		"waybill/internal/testproxy": {},
		"waybill/internal/teststore": {},
		"waybill/internal/whole":     {},
		"waybill/signer":             {"internal/network", "internal/whole"},
		"waybill/assets":             {},

		"waybill/internal/update":      {},
		"waybill/internal/testupdates": {"internal/update"},
		"waybill/packaging/errors":     {"internal/desk"},
		"waybill/packaging/update":     {"internal/update"},
	}
	outside := []string{"waybill/packaging", "waybill/packaging/notices", "waybill/packaging/typecheck"}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		room := words[0]
		allowed, known := may[room]
		if strings.HasPrefix(room, "waybill/bench") || room == "waybill/e2e" || slices.Contains(outside, room) {
			continue // they stand outside the house
		}
		if !known {
			t.Errorf("%s is a room that this test does not know", room)
			continue
		}
		seen++
		for _, to := range words[1:] {
			if inside, ok := strings.CutPrefix(to, "waybill/"); ok && !slices.Contains(allowed, inside) {
				t.Errorf("%s points to %s", room, inside)
			}
			if strings.HasPrefix(to, "fyne.io/") && room != "waybill/gui" {
				t.Errorf("%s knows Fyne: %s", room, to)
			}
		}
	}
	if seen != len(may) {
		t.Errorf("%d of %d rooms were found", seen, len(may))
	}
}
