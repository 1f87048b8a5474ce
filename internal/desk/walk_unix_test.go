//go:build unix

package desk_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"waybill/internal/desk"
)

func TestFoldersAreWalked(t *testing.T) {
	d := newDesk(t, desk.Options{})
	root := filepath.Join(t.TempDir(), "photos")
	for _, name := range []string{"a.txt", "2026/b.txt", "2026/11/c.txt", ".hidden/d.txt"} {
		write(t, filepath.Join(root, name), name)
	}
	if err := os.Symlink(root, filepath.Join(root, "loop")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "a.txt"), filepath.Join(root, "link.txt")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := dest(t)
	var keys []string
	skipped := 0
	for _, s := range send(t, d, to, desk.SendOptions{}, root) {
		if want := map[string]string{"photos/pipe": "SpecialFile", "photos/loop": "FolderLink"}[s.Name]; want != "" {
			if s.State != desk.Skipped || code(s.Trouble) != want {
				t.Errorf("%s: %s, %v", s.Name, s.State, s.Trouble)
			}
			skipped++
			continue
		}
		if s.State != desk.Sent {
			t.Errorf("%s: %v", s.Name, s.Trouble)
		}
		keys = append(keys, strings.TrimPrefix(s.Key, to.Prefix+"/"))
	}
	slices.Sort(keys)
	want := []string{"photos/.hidden/d.txt", "photos/2026/11/c.txt", "photos/2026/b.txt", "photos/a.txt", "photos/link.txt"}
	if !slices.Equal(keys, want) {
		t.Errorf("%q, want %q", keys, want)
	}
	if skipped != 2 {
		t.Errorf("%d of the pipe and the loop are told of", skipped)
	}
	// Hidden ones are left out by choice; a dropped link to a folder means the folder.
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.Symlink(root, outside); err != nil {
		t.Fatal(err)
	}
	drop := d.Send(context.Background(), dest(t), desk.SendOptions{SkipHidden: true}, []string{outside})
	visible := 0
	for _, s := range collect(t, drop) {
		if s.State == desk.Sent {
			visible++
		}
	}
	if n := drop.Notices(); visible != 4 || len(n) != 1 || code(n[0]) != "HiddenSkipped" {
		t.Errorf("%d sent, and told: %v", visible, n)
	}
	empty := one(t, send(t, d, to, desk.SendOptions{}, t.TempDir()))
	if empty.State != desk.Failed || code(empty.Trouble) != "NothingInside" {
		t.Errorf("an empty folder: %s, %v", empty.State, empty.Trouble)
	}
}
