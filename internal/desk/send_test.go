package desk_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/signer"
)

func TestSendGivesALinkThatWorks(t *testing.T) {
	d := newDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "Quarterly report – final.pdf")
	write(t, path, "%PDF-1.7\n"+rand.Text())
	to := dest(t)
	before := time.Now()
	sent := one(t, send(t, d, to, desk.SendOptions{Expires: 2 * time.Hour}, path))
	if sent.State != desk.Sent || sent.Trouble != nil {
		t.Fatalf("%s: %v", sent.State, sent.Trouble)
	}
	if sent.ContentType != "application/pdf" || sent.Key != to.Prefix+"/Quarterly report – final.pdf" || !strings.HasPrefix(sent.Checksum, "crc64nvme:") {
		t.Errorf("%+v", sent)
	}
	l := sent.Link
	if !l.Verified || l.Because != signer.Requested || l.Ends.Sub(before).Round(time.Minute) != 2*time.Hour {
		t.Errorf("ends %v because %s, verified %v", l.Ends, l.Because, l.Verified)
	}
	body, header, status := download(t, l.URL)
	want, err := os.ReadFile(path)
	if err != nil || status != 200 || !bytes.Equal(body, want) {
		t.Errorf("%d: %q (%v)", status, body, err)
	}
	_, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil || params["filename"] != "Quarterly report – final.pdf" {
		t.Errorf("%q (%v)", header.Get("Content-Disposition"), err)
	}
	entries, err := d.Links(context.Background(), 0)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	e := entries[0]
	if e.ID != sent.ID || e.State != desk.Sent || !e.Verified || e.Checksum != sent.Checksum || !e.Live(time.Now()) || e.Live(e.Ends.Add(time.Second)) {
		t.Errorf("%+v", e)
	}
}

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
	for _, s := range send(t, d, to, desk.SendOptions{}, root) {
		if s.Name == "photos/pipe" {
			if s.State != desk.Failed || s.Trouble.Code != "NotRegular" {
				t.Errorf("a pipe: %s, %v", s.State, s.Trouble)
			}
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
	empty := one(t, send(t, d, to, desk.SendOptions{}, t.TempDir()))
	if empty.State != desk.Failed || empty.Trouble.Code != "NothingInside" {
		t.Errorf("an empty folder: %s, %v", empty.State, empty.Trouble)
	}
}

func TestClashes(t *testing.T) {
	d := newDesk(t, desk.Options{})
	dir, to := t.TempDir(), dest(t)
	put := func(text string, o desk.SendOptions) desk.Transfer {
		t.Helper()
		path := filepath.Join(dir, "report.tar.gz")
		write(t, path, text)
		return one(t, send(t, d, to, o, path))
	}
	first := put("first", desk.SendOptions{})
	for i, c := range []struct {
		o         desk.SendOptions
		key, text string
	}{
		{desk.SendOptions{}, "report (2).tar.gz", "second"},
		{desk.SendOptions{OnClash: desk.ClashKeepBoth}, "report (3).tar.gz", "third"},
		{desk.SendOptions{OnClash: desk.ClashAsk}, "report (4).tar.gz", "fourth"},
		{desk.SendOptions{OnClash: desk.ClashAsk, Ask: func(context.Context, desk.Transfer) desk.Clash { return desk.ClashKeepBoth }}, "report (5).tar.gz", "fifth"},
	} {
		sent := put(c.text, c.o)
		if sent.Key != to.Prefix+"/"+c.key || sent.State != desk.Sent {
			t.Errorf("%d: %s %s, want %s", i, sent.State, sent.Key, c.key)
		}
		if body, _, _ := download(t, sent.Link.URL); string(body) != c.text {
			t.Errorf("%d: %q arrived", i, body)
		}
	}
	for _, o := range []desk.SendOptions{{OnClash: desk.ClashSkip}, {OnClash: desk.ClashAsk, Ask: func(context.Context, desk.Transfer) desk.Clash { return desk.ClashSkip }}} {
		if sent := put("never", o); sent.State != desk.Skipped || sent.Link != nil {
			t.Errorf("skip: %s", sent.State)
		}
	}
	if body, _, _ := download(t, first.Link.URL); string(body) != "first" {
		t.Errorf("the first was overwritten with %q", body)
	}
	for _, o := range []desk.SendOptions{{OnClash: desk.ClashReplace}, {OnClash: desk.ClashAsk, Ask: func(context.Context, desk.Transfer) desk.Clash { return desk.ClashReplace }}} {
		text := rand.Text()
		if sent := put(text, o); sent.Key != first.Key {
			t.Errorf("replace went to %s", sent.Key)
		}
		if body, _, _ := download(t, first.Link.URL); string(body) != text {
			t.Errorf("replace left %q", body)
		}
	}
}

// TestSameNameTwiceInADrop: even "replace" is about what was in the bucket before, not about the drop itself.
func TestSameNameTwiceInADrop(t *testing.T) {
	d := newDesk(t, desk.Options{})
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "same.txt"), "one")
	write(t, filepath.Join(dir, "b", "same.txt"), "two")
	list := send(t, d, dest(t), desk.SendOptions{OnClash: desk.ClashReplace}, filepath.Join(dir, "a", "same.txt"), filepath.Join(dir, "b", "same.txt"))
	got := map[string]bool{}
	for _, s := range list {
		body, _, _ := download(t, s.Link.URL)
		got[string(body)] = true
	}
	if !got["one"] || !got["two"] {
		t.Errorf("%v arrived", got)
	}
}

func TestVerifyChoices(t *testing.T) {
	d := newDesk(t, desk.Options{})
	root := filepath.Join(t.TempDir(), "many")
	for i := range 60 {
		write(t, filepath.Join(root, fmt.Sprintf("%02d.txt", i)), "x")
	}
	for choice, want := range map[desk.Verify]int{desk.VerifyAll: 60, desk.VerifyNone: 0, desk.VerifySample: 2, desk.VerifyAuto: 21} {
		tried := 0
		for _, s := range send(t, d, dest(t), desk.SendOptions{Verify: choice}, root) {
			if s.Link.Verified {
				tried++
			}
		}
		if tried != want {
			t.Errorf("%q: %d of 60 links are verified, want %d", choice, tried, want)
		}
	}
}

func TestCancelAndPause(t *testing.T) {
	d := newDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "big.bin")
	big := strings.Repeat(rand.Text(), 4<<20) // 104 MiB
	write(t, path, big)
	t.Run("cancel", func(t *testing.T) {
		drop := d.Send(context.Background(), dest(t), desk.SendOptions{PartSize: 5 << 20}, []string{path})
		var last desk.Transfer
		for e := range drop.Events() {
			last = e
			if e.State == desk.Sending && e.Done > 0 {
				drop.Cancel(e.ID)
			}
		}
		if last.State != desk.Cancelled || last.Link != nil {
			t.Errorf("%s", last.State)
		}
	})
	t.Run("cancel all", func(t *testing.T) {
		drop := d.Send(context.Background(), dest(t), desk.SendOptions{}, []string{path, path, path})
		for _, last := range collect(t, func() *desk.Drop { drop.CancelAll(); return drop }()) {
			if last.State != desk.Cancelled {
				t.Errorf("%s: %v", last.State, last.Trouble)
			}
		}
	})
	t.Run("pause and go on", func(t *testing.T) {
		drop := d.Send(context.Background(), dest(t), desk.SendOptions{PartSize: 5 << 20}, []string{path})
		paused, resumed := false, false
		var last desk.Transfer
		for e := range drop.Events() {
			last = e
			switch {
			case e.State == desk.Sending && e.Done > 10<<20 && !paused:
				paused = true
				drop.Pause(e.ID)
			case e.State == desk.Paused && !resumed:
				resumed = true
				drop.Resume(e.ID)
			}
		}
		if !resumed || last.State != desk.Sent {
			t.Fatalf("resumed %v, %s: %v", resumed, last.State, last.Trouble)
		}
		if body, _, _ := download(t, last.Link.URL); string(body) != big {
			t.Error("other bytes arrived")
		}
	})
	t.Run("cancel while paused", func(t *testing.T) {
		drop := d.Send(context.Background(), dest(t), desk.SendOptions{PartSize: 5 << 20}, []string{path})
		asked := false
		var last desk.Transfer
		for e := range drop.Events() {
			last = e
			if e.State == desk.Sending && e.Done > 10<<20 && !asked {
				asked = true
				drop.Pause(e.ID)
			}
			if e.State == desk.Paused {
				drop.Cancel(e.ID)
			}
		}
		if last.State != desk.Cancelled {
			t.Errorf("%s: %v", last.State, last.Trouble)
		}
	})
}

func TestLinkToWhatIsThere(t *testing.T) {
	d := newDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "a b.txt")
	write(t, path, "hello")
	sent := one(t, send(t, d, dest(t), desk.SendOptions{}, path))
	made := d.LinkTo(context.Background(), desk.Store{}, "sandbox", sent.Key, desk.SendOptions{Expires: time.Minute, Inline: true})
	if made.State != desk.Sent || !made.Link.Verified || made.Size != 5 || made.Checksum != sent.Checksum {
		t.Fatalf("%+v: %v", made, made.Trouble)
	}
	body, header, _ := download(t, made.Link.URL)
	if string(body) != "hello" || !strings.HasPrefix(header.Get("Content-Disposition"), "inline;") {
		t.Errorf("%q, %q", body, header.Get("Content-Disposition"))
	}
	if entries, err := d.Links(context.Background(), 0); err != nil || len(entries) != 2 || entries[0].ID != made.ID {
		t.Errorf("%v %v", entries, err)
	}
	if gone := d.LinkTo(context.Background(), desk.Store{}, "sandbox", "nothing", desk.SendOptions{}); gone.State != desk.Failed || gone.Trouble.Code != "NoSuchKey" {
		t.Errorf("%s: %v", gone.State, gone.Trouble)
	}
}

func TestCopySignsToTheSameEnd(t *testing.T) {
	now := time.Now()
	d := newDesk(t, desk.Options{Now: func() time.Time { return now }})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	sent := one(t, send(t, d, dest(t), desk.SendOptions{Expires: time.Hour}, path))
	for _, later := range []time.Duration{0, 1500 * time.Millisecond, 20 * time.Minute} {
		now = now.Add(later)
		again, err := d.CopyLink(context.Background(), sent.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !again.Ends.Equal(sent.Link.Ends) || again.Because != signer.Requested || !again.Verified {
			t.Errorf("after %v: ends %v, want %v", later, again.Ends, sent.Link.Ends)
		}
	}
	now = now.Add(2 * time.Hour)
	if _, err := d.CopyLink(context.Background(), sent.ID); desk.Explain(err).Code != "LinkEnded" {
		t.Errorf("%v, want LinkEnded", err)
	}
	if _, err := d.CopyLink(context.Background(), "nobody"); desk.Explain(err).Code != "NotInLedger" {
		t.Errorf("%v, want NotInLedger", err)
	}
}

func TestNothingSecretIsKept(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	d := newDesk(t, desk.Options{Home: home})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	if err := d.SaveSettings(desk.Settings{Destination: dest(t)}); err != nil {
		t.Fatal(err)
	}
	one(t, send(t, d, dest(t), desk.SendOptions{}, path))
	err := filepath.WalkDir(home, func(at string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", at, info.Mode())
		}
		if e.IsDir() {
			return nil
		}
		data, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		for _, secret := range []string{"X-Amz-Signature", store.Keys().SecretAccessKey, "X-Amz-Credential"} {
			if strings.Contains(string(data), secret) {
				t.Errorf("%s in %s", secret, at)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
