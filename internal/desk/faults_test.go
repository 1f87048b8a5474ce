package desk_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/desk"
)

// huge reports whether the tests may take the time that the real thing takes.
func huge() bool { return os.Getenv("WAYBILL_TEST_HUGE") != "" }

// manyFiles makes a folder of n files of 1 KiB, each with bytes of its own.
func manyFiles(t *testing.T, n int) (root string) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "many")
	for i := range n {
		write(t, filepath.Join(root, fmt.Sprintf("%02d", i%37), fmt.Sprintf("%05d.txt", i)), fmt.Sprintf("%05d", i)+strings.Repeat(rand.Text()[:8], 127))
	}
	return root
}

// atProxy leads the default profile through a proxy that sees each request first.
func atProxy(t *testing.T, before func(*http.Request)) {
	t.Helper()
	_, credentials := sandboxProfile()
	isolate(t, "[default]\nendpoint_url = "+proxy(t, before)+"\n", credentials)
}

// TestManyFilesWithFailures: of thousands of small files none is lost and none doubled when one request in a hundred
// fails, before the store has done it or after; and the first is sent before the last is found.
func TestManyFilesWithFailures(t *testing.T) {
	n := 2000
	if huge() {
		n = 10_000
	}
	root, to := manyFiles(t, n), dest(t)
	var requests, injected atomic.Int64
	_, credentials := sandboxProfile()
	isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		k := requests.Add(1)
		if k%100 != 0 {
			pass(w)
			return
		}
		switch injected.Add(1) % 3 {
		case 0:
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "<Error><Code>InternalError</Code></Error>")
		case 1:
			panic(http.ErrAbortHandler) // before the store has heard of it
		default:
			pass(httptest.NewRecorder())
			panic(http.ErrAbortHandler) // after it has done it
		}
	})+"\n", credentials)
	d := openDesk(t, desk.Options{})
	drop := d.Send(context.Background(), to, desk.SendOptions{}, []string{root})
	last := map[string]desk.Transfer{}
	firstSent, lastQueued, at := -1, 0, 0
	for e := range drop.Events() {
		at++
		if _, known := last[e.ID]; !known {
			lastQueued = at
		}
		if e.State == desk.Sent && firstSent < 0 {
			firstSent = at
		}
		last[e.ID] = e
	}
	names := map[string]bool{}
	for _, e := range last {
		if e.State != desk.Sent || names[e.Key] || strings.Contains(e.Key, "(") {
			t.Fatalf("%s as %s: %s, %v", e.Name, e.Key, e.State, e.Trouble)
		}
		names[e.Key] = true
	}
	if len(names) != n || injected.Load() < int64(n/100) {
		t.Errorf("%d files sent of %d, %d failures", len(names), n, injected.Load())
	}
	if n >= 10_000 && firstSent > lastQueued {
		t.Errorf("the first was sent as event %d, the last was found as event %d", firstSent, lastQueued)
	}
	keys := listAll(t, to.Prefix+"/")
	if len(keys) != n {
		t.Errorf("%d objects in the bucket", len(keys))
	}
	for key, size := range keys {
		if !names[key] || size != 1021 {
			t.Errorf("%s has %d bytes", key, size)
		}
	}
	entries, err := d.Links(context.Background(), 0)
	if err != nil || len(entries) != n {
		t.Errorf("%d lines in the ledger, %v", len(entries), err)
	}
	if left, err := d.Interrupted(context.Background()); len(left) > 0 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestSendingBeginsBeforeTheWalkEnds: with a store that is slow to answer nobody needs to wait for the walk either.
func TestSendingBeginsBeforeTheWalkEnds(t *testing.T) {
	root := manyFiles(t, 4000)
	d := newDesk(t, desk.Options{})
	drop := d.Send(context.Background(), dest(t), desk.SendOptions{Verify: desk.VerifyNone}, []string{root})
	known := map[string]bool{}
	sent, before := 0, 0
	for e := range drop.Events() {
		if !known[e.ID] {
			known[e.ID] = true
			before = sent // sent when the last was found
		}
		if e.State == desk.Sent {
			sent++
		}
	}
	if before == 0 || sent != 4000 {
		t.Errorf("%d of %d were sent before the walk ended", before, sent)
	}
}

// TestTwoDesksOneName: two processes that send the same name at once both end well.
func TestTwoDesksOneName(t *testing.T) {
	a, to := newDesk(t, desk.Options{}), dest(t)
	b := openDesk(t, desk.Options{})
	for _, size := range []int{1000, 17 << 20} {
		var got [2]desk.Transfer
		var texts [2]string
		var group sync.WaitGroup
		for i, d := range []*desk.Desk{a, b} {
			path := filepath.Join(t.TempDir(), fmt.Sprintf("same-%d.bin", size))
			texts[i] = strings.Repeat(rand.Text()[:20], size/20)
			write(t, path, texts[i])
			group.Go(func() { got[i] = one(t, send(t, d, to, desk.SendOptions{PartSize: 5 << 20}, path)) })
		}
		group.Wait()
		for i, e := range got {
			if e.State != desk.Sent || get(t, e.Key) != texts[i] {
				t.Errorf("%s: %s, %v", e.Key, e.State, e.Trouble)
			}
		}
		if got[0].Key == got[1].Key {
			t.Errorf("both are %s", got[0].Key)
		}
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys) != 4 || len(unfinished) > 0 {
		t.Errorf("%q, unfinished %q", keys, unfinished)
	}
}

// TestLostAnswerOfCreate: of an upload that the store has started without anybody having heard of its name, the
// ledger knows enough for clean to find it.
func TestLostAnswerOfCreate(t *testing.T) {
	to := dest(t)
	var lost atomic.Bool
	_, credentials := sandboxProfile()
	isolate(t, "[default]\nendpoint_url = "+tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodPost && r.URL.Query().Has("uploads") && lost.CompareAndSwap(false, true) {
			pass(httptest.NewRecorder())
			panic(http.ErrAbortHandler)
		}
		pass(w)
	})+"\n", credentials)
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "big.bin")
	write(t, path, strings.Repeat("x", 11<<20))
	if e := one(t, send(t, d, to, desk.SendOptions{PartSize: 5 << 20}, path)); e.State != desk.Sent {
		t.Fatalf("%s, %v", e.State, e.Trouble)
	}
	ctx := context.Background()
	stale, err := d.StaleUploads(ctx, desk.Store{}, to.Bucket, to.Prefix)
	if err != nil || len(stale) != 1 || !stale[0].Ours {
		t.Fatalf("%+v, %v", stale, err)
	}
	if err := d.RemoveUpload(ctx, desk.Store{}, to.Bucket, stale[0]); err != nil {
		t.Fatal(err)
	}
	if _, unfinished := inBucket(t, to.Prefix); len(unfinished) > 0 {
		t.Errorf("unfinished: %q", unfinished)
	}
}

// sink speaks as much S3 as a multipart upload needs and keeps nothing.
type sink struct {
	bytes, parts atomic.Int64
}

// ServeHTTP implements http.Handler.
func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const header = "X-Amz-Checksum-Crc64nvme"
	q := r.URL.Query()
	w.Header().Set("Content-Type", "application/xml")
	switch {
	case isCreate(r):
		_, _ = io.WriteString(w, `<InitiateMultipartUploadResult><UploadId>sink</UploadId></InitiateMultipartUploadResult>`)
	case q.Has("partNumber"):
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			return
		}
		s.bytes.Add(n)
		s.parts.Add(1)
		w.Header().Set("ETag", `"part"`)
		w.Header().Set(header, r.Header.Get(header))
	case r.Method == http.MethodPost:
		var list struct {
			Parts []struct{ PartNumber int } `xml:"Part"`
		}
		if err := xml.NewDecoder(r.Body).Decode(&list); err != nil || len(list.Parts) != int(s.parts.Load()) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = fmt.Fprintf(w, `<CompleteMultipartUploadResult><ETag>"whole"</ETag><ChecksumCRC64NVME>%s</ChecksumCRC64NVME></CompleteMultipartUploadResult>`, r.Header.Get(header))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func isCreate(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Has("uploads")
}

// TestHugeFile: memory stays flat, however large the file is.
func TestHugeFile(t *testing.T) {
	size := int64(4 << 30)
	if huge() {
		size = 60 << 30
	}
	s := &sink{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	isolate(t, "[default]\nendpoint_url = "+server.URL+"\n", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "huge.bin")
	f, err := os.Create(path) // #nosec G304 -- the test's own
	if err == nil {
		err = f.Truncate(size)
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most := heap(), uint64(0)
	var last desk.Transfer
	start := time.Now()
	for e := range d.Send(context.Background(), desk.Destination{Bucket: "sink"}, desk.SendOptions{Verify: desk.VerifyNone}, []string{path}).Events() {
		if last = e; e.State == desk.Sending {
			most = max(most, heap())
		}
	}
	took := time.Since(start)
	if last.State != desk.Sent || s.bytes.Load() != size || last.Done != size {
		t.Fatalf("%s, %d bytes: %v", last.State, s.bytes.Load(), last.Trouble)
	}
	grown := int64(most) - int64(before)
	t.Logf("%d GiB in %v, %d parts; the heap grew by %d KiB", size>>30, took, s.parts.Load(), grown>>10)
	if grown > 24<<20 {
		t.Errorf("the heap grew by %d KiB", grown>>10)
	}
}

// TestHundredsOfPauses of one upload end in the same bytes.
func TestHundredsOfPauses(t *testing.T) {
	d, to := newDesk(t, desk.Options{}), dest(t)
	path := filepath.Join(t.TempDir(), "big.bin")
	content := make([]byte, 64<<20)
	if _, err := rand.Read(content); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	d.SetLimitRate(24 << 20)
	drop := d.Send(context.Background(), to, desk.SendOptions{PartSize: 5 << 20}, []string{path})
	var id string
	pauses := 0
	var last desk.Transfer
	for e := range drop.Events() {
		last = e
		switch {
		case id == "":
			id = e.ID
		case e.State == desk.Sending && pauses < 200:
			pauses++
			drop.Pause(id)
		case e.State == desk.Paused:
			drop.Resume(id)
		}
		if pauses == 200 {
			d.SetLimitRate(0)
		}
	}
	if last.State != desk.Sent || pauses != 200 {
		t.Fatalf("%s after %d pauses, %v", last.State, pauses, last.Trouble)
	}
	if got := get(t, last.Key); !bytes.Equal([]byte(got), content) {
		t.Error("other bytes arrived")
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys) != 1 || len(unfinished) > 0 {
		t.Errorf("%q, unfinished %q", keys, unfinished)
	}
}

// TestSmallFirst: links appear early, and a large file does not wait for the last of the small ones.
func TestSmallFirst(t *testing.T) {
	to := dest(t)
	var mu sync.Mutex
	var order []string
	var once sync.Once
	allFound := make(chan struct{})
	atProxy(t, func(r *http.Request) {
		<-allFound // with everything known, the order is the queue's
		if r.Method == http.MethodPut || isCreate(r) {
			mu.Lock()
			order = append(order, filepath.Base(r.URL.Path))
			mu.Unlock()
		}
	})
	d := openDesk(t, desk.Options{})
	dir := t.TempDir()
	var paths []string
	for i := range 600 {
		path := filepath.Join(dir, fmt.Sprintf("small-%d", i))
		text := "x"
		if i >= 100 && i < 103 { // found in the middle, when more small ones wait than there are workers
			path = filepath.Join(dir, fmt.Sprintf("large-%d", i-100))
			text = strings.Repeat("x", 17<<20)
		}
		write(t, path, text)
		paths = append(paths, path)
	}
	known := map[string]bool{}
	for e := range d.Send(context.Background(), to, desk.SendOptions{Verify: desk.VerifyNone}, paths).Events() {
		if known[e.ID] = true; len(known) == len(paths) {
			once.Do(func() { close(allFound) })
		}
		if e.State.Over() && e.State != desk.Sent {
			t.Fatalf("%s: %s, %v", e.Name, e.State, e.Trouble)
		}
	}
	lastSmall := 0
	for i, name := range order {
		if strings.HasPrefix(name, "small") {
			lastSmall = i
		}
	}
	if at := slices.Index(order, "large-0"); at < 0 || at > lastSmall {
		t.Errorf("the first large file came as request %d, the last small one as %d", at, lastSmall)
	}
	for i := range 2 { // one worker is kept for them while small ones wait, so they come one after the other
		done := 0
		for at, name := range order {
			if name == fmt.Sprintf("large-%d", i) {
				done = at
			}
		}
		if next := slices.Index(order, fmt.Sprintf("large-%d", i+1)); next < lastSmall && next < done {
			t.Errorf("large file %d came as request %d, before %d was done at %d", i+1, next, i, done)
		}
	}
}
