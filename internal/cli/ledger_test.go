package cli_test

import (
	"database/sql"
	"testing"

	_ "modernc.org/sqlite" // makes the file of a Waybill that does not exist yet
)

// newerLedger makes a ledger of a version that this Waybill does not know.
func newerLedger(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"CREATE TABLE record (id TEXT)", "PRAGMA user_version = 99"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
