package ledger_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"waybill/internal/ledger"
)

// versions are the ledgers of earlier versions, as these have written them; testdata has each as SQL.
const versions = 5

// TestEveryEarlierVersionIsBroughtForward: what a person has from any version before is there, a copy of it as it was
// stays beside it, and it can be written to.
func TestEveryEarlierVersionIsBroughtForward(t *testing.T) {
	for version := 1; version <= versions; version++ {
		name := string(rune('0' + version))
		t.Run("v"+name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "v"+name+".sql"))
			must(t, err)
			path := filepath.Join(t.TempDir(), "l.db")
			database(t, path, string(text))
			l := open(t, path)
			ctx := context.Background()
			list, err := l.List(ctx, 0)
			must(t, err)
			if len(list) != 2 {
				t.Fatalf("%d records of 2", len(list))
			}
			failed, sent := list[0], list[1]
			if sent.Name != "hello.txt" || sent.Path != "/home/alice/hello.txt" || !sent.Sandbox || sent.Size != 6 || sent.State != "sent" ||
				sent.Because != "requested" || sent.Ends.Sub(sent.Created).Hours() < 0.9 || !sent.Verified || !sent.Revoked.IsZero() {
				t.Errorf("%+v", sent)
			}
			if failed.State != "failed" || failed.TroubleCode != "FileGone" || failed.Endpoint != "http://127.0.0.1:1" {
				t.Errorf("%+v", failed)
			}
			if plans, err := l.Plans(ctx); err != nil || len(plans) != min(version-1, 1) {
				t.Errorf("%d plans, %v", len(plans), err)
			}
			if requests, err := l.Requests(ctx); err != nil || len(requests) != min(max(version-3, 0), 1) {
				t.Errorf("%d requests, %v", len(requests), err)
			}
			if version > 2 && (sent.Note != "for Zoë" || sent.Account != "123456789012") {
				t.Errorf("%+v", sent)
			}
			if sent.At != "" || sent.Reach != "" || sent.OwnName {
				t.Errorf("%+v", sent)
			}
			must(t, l.PutRequest(ctx, ledger.Request{ID: "r"}), l.PutRegion(ctx, ledger.Region{Store: "aws", Bucket: "b", Region: "eu-west-1"}))
			must(t, l.Change(ctx, sent.ID, func(r *ledger.Record) { r.Note = "new" }), l.PutPlan(ctx, ledger.Plan{ID: "p2"}))

			kept := path + ".v" + name
			info, err := os.Stat(kept)
			must(t, err)
			if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("the copy is %v", info.Mode())
			}
			if was, names := look(t, kept); was != version || names != "hello.txt nothing-there " {
				t.Errorf("the copy is of version %d, with %s", was, names)
			}
			left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestNewLedgerHasNoCopy: there is nothing to keep.
func TestNewLedgerHasNoCopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	open(t, path)
	if kept, err := filepath.Glob(path + ".v*"); err != nil || len(kept) > 0 {
		t.Errorf("%v, %v", kept, err)
	}
}

// look reads another file's version and names.
func look(t *testing.T, path string) (version int, names string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	must(t, err)
	defer db.Close()
	must(t, db.QueryRow("PRAGMA user_version").Scan(&version))
	must(t, db.QueryRow("SELECT group_concat(name || ' ', '') FROM (SELECT name FROM record ORDER BY created)").Scan(&names))
	return version, names
}
