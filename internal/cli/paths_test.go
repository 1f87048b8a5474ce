package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/cli"
)

// TestPaths: asking makes nothing, and what is there afterwards is at the places that were said.
func TestPaths(t *testing.T) {
	r := newRig(t, "", "")
	before := r.run("paths").is(cli.OK)
	if _, err := os.Stat(r.home); !os.IsNotExist(err) {
		t.Error("asking has made the folder")
	}
	if !strings.Contains(before.out, filepath.Join(r.home, "ledger.db")+" (not there)\n") {
		t.Errorf("%s", before.out)
	}
	r.run("links").is(cli.OK)
	found := map[string]bool{}
	for _, line := range r.run("paths", "--json").is(cli.OK).lines() {
		fields(t, line, "what", "path", "exists")
		_, err := os.Stat(line["path"].(string))
		if line["exists"] != (err == nil) {
			t.Errorf("%v", line)
		}
		found[line["what"].(string)] = line["exists"].(bool)
	}
	if !found["home"] || !found["ledger"] || found["settings"] || found["sandbox"] || len(found) != 8 {
		t.Errorf("%v", found)
	}
}
