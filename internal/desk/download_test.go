package desk_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/internal/desk"
)

// sendByForm sends files by the form of a request, as the page does.
func (a asking) sendByForm(w *desk.Ways, files map[string]string) {
	a.t.Helper()
	f := w.Posts[0]
	n := 0
	for name, body := range files {
		n++
		if status, answer := a.post(f.URL, f.Fields, f.Folder+fmt.Sprintf("kT3rZ0aQ%04d", n)+"/"+name, f.ContentType, []byte(body)); status != http.StatusCreated {
			a.t.Fatalf("%s: HTTP %d: %s", name, status, answer)
		}
	}
}

// inFolder is what a folder has, by paths with slashes.
func inFolder(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		found[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestDownload brings all that has arrived, under names that are safe, over nothing, and a second time only what is
// missing.
func TestDownload(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		w := a.ask(desk.RequestOptions{Large: -1})
		sent := map[string]string{
			"a.txt": "first", "photos/é.jpg": "picture", ".bashrc": "touch pwned", "empty": "", "nbsp\u00a0.txt": "x",
			"rlo\u202Etxt.exe": "y", strings.Repeat("long ", 40) + ".txt": "long", `back\slash`: "down", "<script>.html": "<script>",
		}
		a.sendByForm(w, sent)
		dir := filepath.Join(t.TempDir(), "new", "folder")
		write(t, filepath.Join(dir, "a.txt"), "mine")
		var seen []string
		list, err := a.desk.Download(t.Context(), w.Request.ID, dir, nil, func(d desk.Downloaded) {
			if d.Over {
				seen = append(seen, d.Arrival.Key)
			}
		})
		if err != nil || len(list) != len(sent) || len(seen) != len(sent) {
			t.Fatalf("%d files, %d seen, %v", len(list), len(seen), err)
		}
		for _, d := range list {
			if d.Trouble != nil || d.Skipped || !d.Over || d.Done != d.Arrival.Size {
				t.Errorf("%+v", d)
			}
			if info, err := os.Stat(d.Path); err != nil || info.ModTime().Sub(d.Arrival.Came).Abs() > time.Second {
				t.Errorf("%v, %v", info, err)
			}
		}
		want := map[string]string{
			"a.txt": "mine", "a (2).txt": "first", "photos/é.jpg": "picture", "_.bashrc": "touch pwned", "empty": "", "nbsp\u00a0.txt": "x",
			"rlo[U+202E]txt.exe": "y", strings.Repeat("long ", 39) + "l.txt": "long", "back/slash": "down", "<script>.html": "<script>",
		}
		got := inFolder(t, dir)
		for name, body := range want {
			if strings.HasPrefix(name, "long") {
				continue
			}
			if got[name] != body {
				t.Errorf("%s has %q, want %q", name, got[name], body)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q", got)
		}
		for name := range got {
			if len(filepath.Base(name)) > 255 {
				t.Errorf("%s is too long", name)
			}
		}

		// Again: nothing is brought twice, but what was damaged.
		damaged := filepath.Join(dir, "photos", "é.jpg")
		write(t, damaged, "PICTURE")
		list, err = a.desk.Download(t.Context(), w.Request.ID, dir, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		brought := 0
		for _, d := range list {
			if !d.Skipped {
				brought++
			}
		}
		if again := inFolder(t, dir); brought != 1 || again["photos/é (2).jpg"] != "picture" || again["photos/é.jpg"] != "PICTURE" || len(again) != len(want)+1 {
			t.Errorf("%d brought: %q", brought, again)
		}

		// One of them, and one that never came.
		key := list[0].Arrival.Key
		if list, err = a.desk.Download(t.Context(), w.Request.ID, filepath.Join(dir, "one"), []string{key}, nil); err != nil || len(list) != 1 || list[0].Arrival.Key != key {
			t.Errorf("%+v, %v", list, err)
		}
		if _, err := a.desk.Download(t.Context(), w.Request.ID, dir, []string{"nothing"}, nil); code(err) != "NoSuchArrival" {
			t.Error(err)
		}
	})
}

// TestDownloadStaysInside its folder, whatever links there are in it.
func TestDownloadStaysInside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{Large: -1})
	a.sendByForm(w, map[string]string{"out/x.txt": "pwned", "file": "new"})
	dir, outside := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "theirs"), "old")
	for name, to := range map[string]string{"out": outside, "file": filepath.Join(outside, "theirs")} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := a.desk.Download(t.Context(), w.Request.ID, dir, nil, nil)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, d := range list {
		if strings.HasPrefix(d.Arrival.Name, "out") != (code(d.Trouble) == "DownloadNotWritten") {
			t.Errorf("%s: %v", d.Arrival.Name, d.Trouble)
		}
	}
	if got := inFolder(t, outside); len(got) != 1 || got["theirs"] != "old" {
		t.Errorf("%q", got)
	}
}

// TestDownloadIsCancelled: nothing half stays.
func TestDownloadIsCancelled(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{Large: -1})
	a.sendByForm(w, map[string]string{"a": strings.Repeat("x", 8<<20), "b": strings.Repeat("y", 8<<20)})
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	list, err := a.desk.Download(ctx, w.Request.ID, dir, nil, func(d desk.Downloaded) {
		if d.Done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(list) > 1 {
		t.Errorf("%d, %v", len(list), err)
	}
	for name := range inFolder(t, dir) {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("%s is left", name)
		}
	}
}

// TestDownloadIsProven: bytes that are bent on their way are not kept, and neither is a file that changes meanwhile.
func TestDownloadIsProven(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{Large: -1})
	a.sendByForm(w, map[string]string{"a.txt": "hello"})
	endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/a.txt") {
			pass(bending{w})
			return
		}
		pass(w)
	})
	_, keys := sandboxProfile()
	isolate(t, "[default]\nendpoint_url = "+endpoint+"\n", keys)
	d := openDesk(t, desk.Options{Home: a.desk.Home()})
	dir := t.TempDir()
	list, err := d.Download(t.Context(), w.Request.ID, dir, nil, nil)
	if err != nil || len(list) != 1 || code(list[0].Trouble) != "ArrivalDamaged" || len(inFolder(t, dir)) != 0 {
		t.Errorf("%+v, %v: %q", list, err, inFolder(t, dir))
	}
}

// bending changes a byte.
type bending struct{ http.ResponseWriter }

func (b bending) Write(p []byte) (int, error) {
	bent := slices.Clone(p)
	if len(bent) > 0 {
		bent[0] ^= 1
	}
	return b.ResponseWriter.Write(bent)
}

// TestDownloadFolder that cannot be is said before anything is fetched.
func TestDownloadFolder(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{Large: -1})
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x")
	for _, folder := range []string{"", file, filepath.Join(file, "below")} {
		if _, err := a.desk.Download(t.Context(), w.Request.ID, folder, nil, nil); code(err) != "DownloadFolder" {
			t.Errorf("%q: %v", folder, err)
		}
	}
}

// TestOddKeys: a file whose name XML cannot carry is listed under its own key, shown as it reads, and brought here.
func TestOddKeys(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{Large: -1})
	a.sendByForm(w, map[string]string{"a\x1bb.txt": "escape"})
	dir := t.TempDir()
	list, err := a.desk.Download(t.Context(), w.Request.ID, dir, nil, nil)
	if err != nil || len(list) != 1 || list[0].Trouble != nil {
		t.Fatalf("%+v, %v", list, err)
	}
	if got := inFolder(t, dir); len(got) != 1 || got["a[U+001B]b.txt"] != "escape" {
		t.Errorf("%q", got)
	}
	// The ledger knows it by the same key: a second look finds nothing new.
	news, err := a.desk.LookForArrivals(t.Context())
	if err != nil || len(news) != 0 {
		t.Errorf("%+v, %v", news, err)
	}
}

// TestTwoDownloadsAtOnce bring each file once.
func TestTwoDownloadsAtOnce(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{Large: -1})
	sent := map[string]string{}
	for i := range 8 {
		sent[fmt.Sprintf("%d.bin", i)] = strings.Repeat(string(rune('a'+i)), 1<<20)
	}
	a.sendByForm(w, sent)
	dir := t.TempDir()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			list, err := a.desk.Download(t.Context(), w.Request.ID, dir, nil, nil)
			if err != nil || len(list) != len(sent) {
				t.Errorf("%d files, %v", len(list), err)
			}
			for _, one := range list {
				if one.Trouble != nil || filepath.Base(one.Path) != one.Arrival.Name {
					t.Errorf("%s: %v", one.Path, one.Trouble)
				}
			}
		})
	}
	both.Wait()
	if got := inFolder(t, dir); len(got) != len(sent) {
		t.Errorf("%d files of %d", len(got), len(sent))
	}
}
