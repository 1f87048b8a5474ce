package desk_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// proven is a make of store that everything is tried at, under the name that docs/stores.md has for it.
type proven struct {
	name  string
	start func(t *testing.T) asking
}

// TestProvenStores does the whole job at each store: send, link, renew, go on, revoke, bundle, ask for files. What comes
// of it is what the table in docs/stores.md says, cell for cell, or one of the two is wrong.
func TestProvenStores(t *testing.T) {
	table := storesTable(t)
	stores := append([]proven{{"sandbox", provenSandbox}, {"MinIO", provenMinIO}}, otherStores()...)
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			a := store.start(t)
			for _, step := range provenSteps() {
				want, ok := table[step.says][store.name]
				if !ok {
					t.Errorf("the table has no %q for %s", step.says, store.name)
				}
				t.Run(step.says, func(t *testing.T) {
					a := a
					a.t = t
					a.to.Prefix = strings.ReplaceAll(step.says, " ", "-") + "-" + rand.Text()[:6]
					if got := step.do(a); got != want {
						t.Errorf("%q, and the table says %q", got, want)
					}
				})
			}
		})
	}
	for says := range table {
		if !slices.ContainsFunc(provenSteps(), func(s provenStep) bool { return s.says == says }) {
			t.Errorf("nothing proves the line %q", says)
		}
	}
}

// storesPage is found before the sandbox starts, which works in a folder of its own.
var storesPage, _ = filepath.Abs("../../docs/stores.md")

// storesTable reads the one table of docs/stores.md: line, then store, then what comes of it.
func storesTable(t *testing.T) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile(storesPage)
	if err != nil {
		t.Fatal(err)
	}
	var head []string
	table := map[string]map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 4 || strings.Contains(line, "---") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if head == nil {
			head = cells
			continue
		}
		row := map[string]string{}
		for i := 2; i < len(cells)-1; i++ {
			row[head[i]] = cells[i]
		}
		table[cells[1]] = row
	}
	return table
}

func provenSandbox(t *testing.T) asking {
	atStore(t)
	p := newPlace(t, sandbox.Bucket, "")
	return asking{p, openDesk(t, desk.Options{}), desk.Destination{Bucket: p.bucket}}
}

func provenMinIO(t *testing.T) asking {
	m := teststore.StartMinIO(t, false)
	return provenAt(t, teststore.Server{Endpoint: m.Endpoint, Key: m.Key, Secret: m.Secret})
}

// provenAt leads the default profile to a server.
func provenAt(t *testing.T, s teststore.Server) asking {
	isolate(t, "[default]\nendpoint_url = "+s.Endpoint+"\nregion = "+s.Region+"\n",
		"[default]\naws_access_key_id = "+s.Key+"\naws_secret_access_key = "+s.Secret+"\n")
	p := newPlace(t, teststore.Bucket, "")
	return asking{p, openDesk(t, desk.Options{}), desk.Destination{Bucket: p.bucket}}
}

// provenStep is a line of the table, and what finds out what to put there.
type provenStep struct {
	says string
	do   func(asking) string
}

func provenSteps() []provenStep {
	return []provenStep{
		{"a small file is proven by", asking.small},
		{"a file in parts is proven by", asking.inParts},
		{"a taken name, small file", func(a asking) string { return a.taken(1) }},
		{"a taken name, file in parts", func(a asking) string { return a.taken(11 << 20) }},
		{"hostile names arrive as they are", asking.names},
		{"a link that was changed or has ended", asking.linksEnd},
		{"browse, renew, copy, verify", asking.renews},
		{"go on with the parts that are there", asking.goesOn},
		{"cancelled, nothing is left", asking.cancelled},
		{"unfinished uploads are found", asking.unfinished},
		{"revoke by deleting, by renaming, undo", asking.revokes},
		{"one link for many files", asking.bundles},
		{"ask for any number of files", asking.asksForAny},
		{"ask for one file", asking.asksForOne},
		{"ask for files in parts", asking.asksForParts},
		{"a request's page in a file (CORS)", asking.cors},
		{"close a request and deny what was signed", asking.denies},
	}
}
