package desk_test

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/desk"
)

// TestNoHome: a computer that says nowhere where files lie gets a word on what to do.
func TestNoHome(t *testing.T) {
	for _, name := range []string{"WAYBILL_HOME", "XDG_DATA_HOME", "HOME"} {
		t.Setenv(name, "")
	}
	if _, err := desk.Open(context.Background(), desk.Options{}); code(err) != "NoHome" {
		t.Error(err)
	}
}

// TestVerifyingTheRevoked says that it was revoked, rather than that nothing is there.
func TestVerifyingTheRevoked(t *testing.T) {
	d, ctx := newDesk(t, desk.Options{}), context.Background()
	sent := sendOne(t, d, dest(t), desk.SendOptions{}, "a.txt", "a")
	r, err := d.Revocable(ctx, sent.ID)
	if err == nil {
		_, err = d.Revoke(ctx, r, desk.RevokeRename)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Verify(ctx, sent.ID); code(err) != "VerifyRevoked" {
		t.Error(err)
	}
	if _, err := d.Unrevoke(ctx, sent.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Verify(ctx, sent.ID); code(err) == "VerifyRevoked" {
		t.Error(err)
	}
}

// TestStartAtLoginWhereNothingCanBeWritten names the folder that is in the way.
func TestStartAtLoginWhereNothingCanBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	write(t, file, "x")
	t.Setenv("XDG_CONFIG_HOME", file)
	t.Setenv("FLATPAK_ID", "")
	err := desk.StartAtLogin(true)
	if code(err) != "StartAtLogin" || !strings.Contains(desk.Explain(err).Help.String(), filepath.Join(file, "autostart")+" is a folder") {
		t.Errorf("%v: %v", err, desk.Explain(err).Help)
	}
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("FLATPAK_ID", "x")
	if err := desk.StartAtLogin(true); code(err) != "StartAtLogin" || !strings.Contains(desk.Explain(err).Help.String(), "a Flatpak cannot set that") {
		t.Errorf("%v: %v", err, desk.Explain(err).Help)
	}
}

// TestPagesThatCannotBeWritten say whether there is a request.
func TestPagesThatCannotBeWritten(t *testing.T) {
	for id, want := range map[string]string{"": "no request was made", "an-id": "waybill requests --ways an-id --html FILE"} {
		trouble := desk.PageUnwritten("/p.html", id, fs.ErrPermission)
		if code(trouble) != "RequestPageFile" || !strings.Contains(trouble.Help.String(), want) || !strings.Contains(trouble.Error(), "/p.html") {
			t.Errorf("%v: %v", trouble, trouble.Help)
		}
	}
}
