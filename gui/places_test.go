package gui

import (
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/desk"
)

// TestTheWindowsFolderIsSaid: `waybill paths` names the folder in which the toolkit keeps what windows remember.
func TestTheWindowsFolderIsSaid(t *testing.T) {
	places, err := desk.Places(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		if p.What == "window" && strings.HasSuffix(p.Path, filepath.Join("fyne", ID)) {
			return
		}
	}
	t.Errorf("%+v", places)
}
