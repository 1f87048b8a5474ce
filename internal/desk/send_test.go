package desk_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
				if sent.State == desk.Failed && code(sent.Trouble) != "Unexpected" {
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

// TestWaybillsOwnHomeIsNotSent: ledger, settings and the sandbox's keys are nothing to give away, whatever way the
// dropped folder leads to them.
func TestWaybillsOwnHomeIsNotSent(t *testing.T) {
	top := t.TempDir()
	root := filepath.Join(top, "alice")
	home := filepath.Join(root, ".local", "share", "waybill")
	d := newDesk(t, desk.Options{Home: home})
	for _, name := range []string{"a.txt", ".local/share/other/b.txt", ".local/share/waybill/settings.json.new", ".local/share/waybill/sandbox/sandbox.json",
		"waybill/c.txt"} {
		write(t, filepath.Join(root, name), name)
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := os.Symlink(top, other); err != nil {
		t.Fatal(err)
	}
	want := []string{"alice/.local/share/other/b.txt", "alice/a.txt", "alice/waybill/c.txt"}
	for _, dropped := range []string{root, filepath.Join(other, "alice")} {
		to := dest(t)
		var keys []string
		for _, s := range send(t, d, to, desk.SendOptions{}, dropped) {
			if s.State != desk.Sent {
				t.Errorf("%s: %v", s.Name, s.Trouble)
			}
			keys = append(keys, strings.TrimPrefix(s.Key, to.Prefix+"/"))
		}
		slices.Sort(keys)
		if !slices.Equal(keys, want) {
			t.Errorf("%s: %q, want %q", dropped, keys, want)
		}
	}
	zipped := one(t, collect(t, d.SendZip(t.Context(), dest(t), desk.SendOptions{}, []string{root})))
	if zipped.State != desk.Sent {
		t.Fatalf("the zip: %s, %v", zipped.State, zipped.Trouble)
	}
	body, _, _ := download(t, zipped.Link.URL)
	if got := slices.Sorted(maps.Keys(unzip(t, body))); !slices.Equal(got, want) {
		t.Errorf("the zip: %q, want %q", got, want)
	}
	for how, s := range map[string]desk.Transfer{
		"sent": one(t, send(t, d, dest(t), desk.SendOptions{}, home)), "packed": one(t, collect(t, d.SendZip(t.Context(), dest(t), desk.SendOptions{}, []string{home}))),
	} {
		if s.State != desk.Failed || code(s.Trouble) != "NothingInside" {
			t.Errorf("the home itself, %s: %s, %v", how, s.State, s.Trouble)
		}
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

// TestNumbersOfTheSameName: the second and the third file of a name are numbered from the name that they have on
// disk, whatever the bucket and the drop itself have taken.
func TestNumbersOfTheSameName(t *testing.T) {
	d := newDesk(t, desk.Options{})
	dir, to := t.TempDir(), dest(t)
	var paths []string
	for _, folder := range []string{"a", "b", "c"} {
		paths = append(paths, filepath.Join(dir, folder, "x.txt"))
		write(t, paths[len(paths)-1], folder)
	}
	for _, want := range [][]string{{"x (2).txt", "x (3).txt", "x.txt"}, {"x (4).txt", "x (5).txt", "x (6).txt"}} {
		var keys []string
		for _, s := range send(t, d, to, desk.SendOptions{OnClash: desk.ClashKeepBoth}, paths...) {
			if s.State != desk.Sent {
				t.Fatalf("%s: %v", s.State, s.Trouble)
			}
			keys = append(keys, strings.TrimPrefix(s.Key, to.Prefix+"/"))
			if body, _, _ := download(t, s.Link.URL); string(body) != filepath.Base(filepath.Dir(s.Path)) {
				t.Errorf("%s holds %q", s.Path, body)
			}
		}
		slices.Sort(keys)
		if !slices.Equal(keys, want) {
			t.Errorf("%q, want %q", keys, want)
		}
	}
}

// TestAskTellsWhichFile: of two files of one name, each question is about its own, and so is the answer.
func TestAskTellsWhichFile(t *testing.T) {
	d := newDesk(t, desk.Options{})
	dir, to := t.TempDir(), dest(t)
	skip, replace := filepath.Join(dir, "a", "same.txt"), filepath.Join(dir, "b", "same.txt")
	write(t, skip, "old a")
	write(t, replace, "old b")
	for _, s := range send(t, d, to, desk.SendOptions{}, skip, replace) {
		if s.State != desk.Sent {
			t.Fatalf("%s: %v", s.State, s.Trouble)
		}
	}
	write(t, skip, "new a")
	write(t, replace, "new b")
	var mu sync.Mutex
	asked := map[string]desk.Transfer{}
	list := send(t, d, to, desk.SendOptions{OnClash: desk.ClashAsk, Ask: func(_ context.Context, about desk.Transfer) desk.Clash {
		mu.Lock()
		defer mu.Unlock()
		if before, twice := asked[about.ID]; twice {
			t.Errorf("asked twice about %s, then %s", before.Path, about.Path)
		}
		asked[about.ID] = about
		if about.Path == replace {
			return desk.ClashReplace
		}
		return desk.ClashSkip
	}}, skip, replace)
	if len(asked) != 2 || len(list) != 2 {
		t.Fatalf("%d questions about %d files", len(asked), len(list))
	}
	for _, s := range list {
		about := asked[s.ID]
		if about.Path != s.Path || about.Key != s.Key || about.Name != "same.txt" || about.State != desk.Sending {
			t.Errorf("the question about %+v was put as %+v", s, about)
		}
		if want := map[string]desk.State{skip: desk.Skipped, replace: desk.Sent}[s.Path]; s.State != want {
			t.Errorf("%s: %s, want %s", s.Path, s.State, want)
		}
		if s.State == desk.Sent {
			if body, _, _ := download(t, s.Link.URL); string(body) != "new b" {
				t.Errorf("%q was put there", body)
			}
		}
	}
	if asked[list[0].ID].Key == asked[list[1].ID].Key {
		t.Errorf("two questions about %s", list[0].Key)
	}
}

// TestCancelDuringAQuestion: nobody has to answer a question about a transfer that is cancelled, and the answer
// that comes too late does nothing.
func TestCancelDuringAQuestion(t *testing.T) {
	alone := func(drop *desk.Drop, id string) { drop.Cancel(id) }
	for name, c := range map[string]struct {
		size   int
		late   bool // somebody takes the name when all parts are in the store
		cancel func(drop *desk.Drop, id string)
	}{
		"one":                  {100, false, alone},
		"all":                  {100, false, func(drop *desk.Drop, _ string) { drop.CancelAll() }},
		"in parts":             {11 << 20, false, alone},
		"when parts are there": {11 << 20, true, alone},
	} {
		t.Run(name, func(t *testing.T) {
			key, to := "big.bin", dest(t)
			path := filepath.Join(t.TempDir(), key)
			key = to.Prefix + "/" + key
			write(t, path, strings.Repeat("x", c.size))
			_, credentials := sandboxProfile()
			isolate(t, "[default]\nendpoint_url = "+proxy(t, func(r *http.Request) {
				if c.late && r.Method == http.MethodPost && r.URL.Query().Has("uploadId") {
					put(t, key, "theirs")
				}
			})+"\n", credentials)
			if !c.late {
				put(t, key, "theirs")
			}
			d := openDesk(t, desk.Options{})
			var drop *desk.Drop
			var cancelled time.Time
			ready, answered := make(chan struct{}), make(chan struct{})
			drop = d.Send(context.Background(), to, desk.SendOptions{OnClash: desk.ClashAsk, PartSize: 5 << 20,
				Ask: func(ctx context.Context, about desk.Transfer) desk.Clash {
					defer close(answered)
					<-ready
					cancelled = time.Now()
					c.cancel(drop, about.ID)
					<-ctx.Done()
					return desk.ClashReplace
				}}, []string{path})
			close(ready)
			last := one(t, collect(t, drop))
			if took := time.Since(cancelled); last.State != desk.Cancelled || last.Link != nil || took > 5*time.Second {
				t.Errorf("%s after %v: %v", last.State, took, last.Trouble)
			}
			select {
			case <-answered:
			case <-time.After(10 * time.Second):
				t.Error("the one who is asked does not learn that it is over")
			}
			if keys, unfinished := inBucket(t, to.Prefix); !slices.Equal(keys, []string{key}) || len(unfinished) > 0 {
				t.Errorf("in the bucket: %q, unfinished %q", keys, unfinished)
			}
			if body := get(t, key); body != "theirs" {
				t.Errorf("%d bytes were put over what was there", len(body))
			}
		})
	}
}

// TestLostInTheMiddle: a transfer that fails because nobody answers any more leaves no parts in the bucket.
func TestLostInTheMiddle(t *testing.T) {
	_, credentials := sandboxProfile()
	var broken atomic.Bool
	var parts atomic.Int64
	broken.Store(true)
	others := make(chan struct{}) // have arrived: one that was cut off would rightly be sent again
	isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		n := r.URL.Query().Get("partNumber")
		if n == "2" && broken.Load() {
			<-others
			panic(http.ErrAbortHandler)
		}
		pass(w)
		if n != "" && parts.Add(1) == 3 {
			close(others)
		}
	})+"\n", credentials)
	path, to := filepath.Join(t.TempDir(), "big.bin"), dest(t)
	content := strings.Repeat("x", 17<<20)
	write(t, path, content)
	d := openDesk(t, desk.Options{})
	o := desk.SendOptions{PartSize: 5 << 20, Patience: time.Millisecond}
	lost := one(t, send(t, d, to, o, path))
	if lost.State != desk.Failed || code(lost.Trouble) != "ConnectionLost" {
		t.Fatalf("%s, %v", lost.State, lost.Trouble)
	}
	// The way is back: the person tries again, and what the store has is not sent again.
	broken.Store(false)
	again := one(t, collect(t, d.SendAgain(context.Background(), o, lost)))
	if again.State != desk.Sent || again.Key != lost.Key {
		t.Fatalf("%s as %s, %v", again.State, again.Key, again.Trouble)
	}
	if got := parts.Load(); got != 4 {
		t.Errorf("%d parts were sent in all, want each of the 4 once", got)
	}
	if body, _, _ := download(t, again.Link.URL); string(body) != content {
		t.Error("something else arrived")
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys) != 1 || len(unfinished) > 0 {
		t.Errorf("in the bucket: %q, unfinished %q", keys, unfinished)
	}
	if left, err := d.Interrupted(context.Background()); len(left) > 0 || err != nil {
		t.Errorf("there is still something to go on with: %v, %v", left, err)
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
	if gone := d.LinkTo(context.Background(), desk.Store{}, "sandbox", "nothing", desk.SendOptions{}); gone.State != desk.Failed || code(gone.Trouble) != "NoSuchKey" {
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
	if _, err := d.CopyLink(context.Background(), sent.ID); code(desk.Explain(err)) != "LinkEnded" {
		t.Errorf("%v, want LinkEnded", err)
	}
	if _, err := d.CopyLink(context.Background(), "nobody"); code(desk.Explain(err)) != "NotInLedger" {
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
