package ledger

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// The newest come from the index: sorting all of a long ledger for each look at it would be slow.
func TestListFollowsTheIndex(t *testing.T) {
	l, err := Open(context.Background(), filepath.Join(t.TempDir(), "l.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rows, err := l.db.Query("EXPLAIN QUERY PLAN "+newestFirst, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if all := strings.Join(plan, "; "); rows.Err() != nil || !strings.Contains(all, "record_created") || strings.Contains(all, "TEMP") {
		t.Errorf("%s, %v", all, rows.Err())
	}
}
