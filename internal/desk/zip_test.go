package desk_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// unzip gives the files of a zip.
func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r) // and checks its sum
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

// TestZip: files and folders become one zip, in one piece or in parts, and nothing of it lies on this computer.
func TestZip(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	d := newDesk(t, desk.Options{})
	for name, big := range map[string]int{"small": 1000, "in parts": 40 << 20} {
		t.Run(name, func(t *testing.T) {
			to := dest(t)
			dir := filepath.Join(t.TempDir(), "trip")
			noise := make([]byte, big)
			_, _ = rand.Read(noise)
			want := map[string]string{"trip/ä b.txt": strings.Repeat("text ", 10_000), "trip/sub/pic.jpg": string(noise), "trip/empty": ""}
			for n, text := range want {
				write(t, filepath.Join(filepath.Dir(dir), n), text)
			}
			s := one(t, collect(t, d.SendZip(context.Background(), to, desk.SendOptions{Expires: time.Hour}, []string{dir})))
			if s.State != desk.Sent || s.Trouble != nil || !s.Link.Verified || s.Name != "trip.zip" || !strings.HasPrefix(s.Checksum, "crc64nvme:") {
				t.Fatalf("%+v, %v", s, s.Trouble)
			}
			body, header, status := download(t, s.Link.URL)
			if status != 200 || header.Get("Content-Type") != "application/zip" || int64(len(body)) != s.Size {
				t.Errorf("%d, %v, %d bytes of %d", status, header, len(body), s.Size)
			}
			got := unzip(t, body)
			for n, text := range want {
				if got[n] != text {
					t.Errorf("%s: %d bytes of %d", n, len(got[n]), len(text))
				}
			}
			if len(got) != len(want) || len(body) > big+20_000 {
				t.Errorf("%d files in %d bytes", len(got), len(body))
			}
			again := one(t, collect(t, d.SendZip(context.Background(), to, desk.SendOptions{Expires: time.Hour}, []string{dir})))
			if again.State != desk.Sent || !strings.HasSuffix(again.Key, "/trip (2).zip") {
				t.Errorf("%s %s %v", again.State, again.Key, again.Trouble)
			}
			if e := entry(t, d, s.ID); e.Size != s.Size || !e.Live(time.Now()) {
				t.Errorf("%+v", e)
			}
		})
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("%v lies on the disk, %v", left, err)
	}
}

// TestZipOfNamesakes: each file has a name of its own in the zip, on whatever system it is unpacked.
func TestZipOfNamesakes(t *testing.T) {
	d := newDesk(t, desk.Options{})
	paths := []string{textFile(t, "report.pdf"), textFile(t, "report.pdf"), textFile(t, "REPORT.pdf"), textFile(t, `..\x`)}
	s := one(t, collect(t, d.SendZip(context.Background(), dest(t), desk.SendOptions{Expires: time.Hour, Title: "All/of it"}, paths)))
	if s.State != desk.Sent || s.Name != "All_of it.zip" {
		t.Fatalf("%+v %v", s, s.Trouble)
	}
	body, _, _ := download(t, s.Link.URL)
	got := unzip(t, body)
	for _, name := range []string{"report.pdf", "report (2).pdf", "REPORT (3).pdf", ".._x"} {
		if _, ok := got[name]; !ok {
			t.Errorf("no %q in %d files", name, len(got))
		}
	}
}

// TestZipThatFails leaves nothing in the bucket.
func TestZipThatFails(t *testing.T) {
	d := newDesk(t, desk.Options{})
	to := dest(t)
	dir := filepath.Join(t.TempDir(), "trip")
	noise := make([]byte, 40<<20)
	_, _ = rand.Read(noise)
	write(t, filepath.Join(dir, "a.jpg"), string(noise))
	write(t, filepath.Join(dir, "b.jpg"), string(noise))
	d.SetLimitRate(20 << 20)
	drop := d.SendZip(context.Background(), to, desk.SendOptions{}, []string{dir})
	cancelled := false
	for s := range drop.Events() {
		if s.Done > 17<<20 && !cancelled {
			cancelled = true
			drop.Cancel(s.ID)
		}
		if s.State.Over() && s.State != desk.Cancelled {
			t.Errorf("%s %v", s.State, s.Trouble)
		}
	}
	drop = d.SendZip(context.Background(), to, desk.SendOptions{}, []string{dir})
	changed := false
	for s := range drop.Events() {
		if s.Done > 1<<20 && !changed {
			changed = true
			write(t, filepath.Join(dir, "b.jpg"), "another")
		}
		if s.State.Over() && (s.State != desk.Failed || code(s.Trouble) != "FileChanged") {
			t.Errorf("%s %v", s.State, s.Trouble)
		}
	}
	if !cancelled || !changed {
		t.Errorf("cancelled %v, changed %v", cancelled, changed)
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys)+len(unfinished) > 0 {
		t.Errorf("%v %v", keys, unfinished)
	}
	missing := one(t, collect(t, d.SendZip(context.Background(), to, desk.SendOptions{}, []string{"/no/such"})))
	if missing.State != desk.Failed || code(missing.Trouble) != "FileGone" {
		t.Errorf("%s %v", missing.State, missing.Trouble)
	}
}
