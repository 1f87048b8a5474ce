package packaging

import (
	"os/exec"
	"strings"
	"testing"
)

// TestPackagesAreSortedAsTheyWereMade: whoever has a later one is offered none from before.
func TestPackagesAreSortedAsTheyWereMade(t *testing.T) {
	builds := []string{"0.1.0-dev.0a1b2c3", "0.1.0", "0.1.0-5-g0a1b2c3", "0.1.0-12-g0a1b2c3", "0.2.0"}
	want := []string{"0.1.0~dev.0a1b2c3", "0.1.0", "0.1.0+5.g0a1b2c3", "0.1.0+12.g0a1b2c3", "0.2.0"}
	before := ""
	for i, build := range builds {
		out, err := exec.CommandContext(t.Context(), "linux/version.sh", build).Output()
		version := strings.TrimSpace(string(out))
		if err != nil || version != want[i] {
			t.Fatalf("%s is %q, want %q, %v", build, version, want[i], err)
		}
		if before != "" {
			if err := exec.CommandContext(t.Context(), "dpkg", "--compare-versions", before, "lt", version).Run(); err != nil {
				t.Errorf("%s does not come before %s: %v", before, version, err)
			}
		}
		before = version
	}
}
