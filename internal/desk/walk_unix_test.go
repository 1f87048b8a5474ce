//go:build unix

package desk_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"fmt"

	"waybill/internal/desk"
)

// TestNames sends files with every kind of name, and finds each under its stated treatment.
func TestNames(t *testing.T) {
	d := newDesk(t, desk.Options{})
	dir := t.TempDir()
	long := strings.Repeat("n", 251) + ".txt"
	for name, want := range map[string]string{
		"with space.txt":          "with space.txt",
		"a+b%20c?d#e&f=g.txt":     "a+b%20c?d#e&f=g.txt",
		`"double" 'single'.txt`:   `"double" 'single'.txt`,
		"🎉 party 👩‍👩‍👧.txt":       "🎉 party 👩‍👩‍👧.txt",
		"nfd-e\u0301.txt":         "nfd-\u00e9.txt",
		"nfc-\u00e9-2.txt":        "nfc-\u00e9-2.txt",
		"invoice\u202Efdp.exe":    "invoice_fdp.exe",
		"bell\x07tab\tline\n.txt": "bell_tab_line_.txt",
		"\xff\xfebytes.txt":       "_bytes.txt",
		".hidden":                 ".hidden",
		"...":                     "...",
		"日本語 العربية עברית.txt":   "日本語 العربية עברית.txt",
		`back\slash.txt`:          `back\slash.txt`,
		"NUL.txt":                 "NUL.txt",
		"no extension":            "no extension",
		long:                      long,
	} {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
				t.Fatal(err)
			}
			to := desk.Destination{Bucket: "sandbox", Prefix: "names-" + rand.Text()[:8]}
			sent := one(t, send(t, d, to, desk.SendOptions{}, path))
			if len(want) > 250 {
				// The sandbox's file system has no room for its own suffixes on a name of 255 bytes; MinIO's test
				// sends it.
				if sent.State == desk.Failed && sent.Trouble.Code != "Unexpected" {
					return
				}
			}
			if sent.State != desk.Sent || !sent.Link.Verified {
				t.Fatalf("%s: %v", sent.State, sent.Trouble)
			}
			if sent.Key != to.Prefix+"/"+want || strings.ContainsAny(sent.Name, "\x07\n\u202e") {
				t.Errorf("key %q, name %q", sent.Key, sent.Name)
			}
			body, header, _ := download(t, sent.Link.URL)
			if string(body) != name {
				t.Errorf("%q arrived", body)
			}
			_, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
			saved := want
			if name == "NUL.txt" {
				saved = "_NUL.txt"
			}
			if err != nil || params["filename"] != saved {
				t.Errorf("saved as %q (%v), want %q", params["filename"], err, saved)
			}
		})
	}
}

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
		if code := map[string]string{"photos/pipe": "SpecialFile", "photos/loop": "FolderLink"}[s.Name]; code != "" {
			if s.State != desk.Skipped || s.Trouble.Code != code {
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
	if n := drop.Notices(); visible != 4 || len(n) != 1 || n[0].Code != "HiddenSkipped" {
		t.Errorf("%d sent, and told: %v", visible, n)
	}
	empty := one(t, send(t, d, to, desk.SendOptions{}, t.TempDir()))
	if empty.State != desk.Failed || empty.Trouble.Code != "NothingInside" {
		t.Errorf("an empty folder: %s, %v", empty.State, empty.Trouble)
	}
}
