package desk_test

import (
	"context"
	"testing"

	"waybill/internal/desk"
)

// TestBeginningsOfIDs stand for the one that they fit.
func TestBeginningsOfIDs(t *testing.T) {
	d, to := newDesk(t, desk.Options{}), dest(t)
	ctx := context.Background()
	first, second := sendOne(t, d, to, desk.SendOptions{}, "a.txt", "a"), sendOne(t, d, to, desk.SendOptions{}, "b.txt", "b")
	same := 0
	for first.ID[same] == second.ID[same] {
		same++
	}
	ids, err := d.LinkIDs(ctx, first.ID[:same+1], second.ID, "none", "0", "")
	if err != nil || len(ids) != 5 || ids[0] != first.ID || ids[1] != second.ID || ids[2] != "none" || ids[3] != "0" || ids[4] != "" {
		t.Errorf("%q, %v", ids, err)
	}
	if same < 4 {
		t.Fatalf("IDs of one moment begin with the moment: %s, %s", first.ID, second.ID)
	}
	if _, err := d.LinkIDs(ctx, first.ID[:same]); code(err) != "IDOfSeveral" {
		t.Error(err)
	}
	w, err := d.Request(ctx, to, desk.RequestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := d.RequestIDs(ctx, w.Request.ID[:13]); err != nil || ids[0] != w.Request.ID {
		t.Errorf("%q, %v", ids, err)
	}
}
