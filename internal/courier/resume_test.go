package courier_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/courier"
)

// long reports whether the tests may take the time that the real thing takes.
func long() bool { return os.Getenv("WAYBILL_TEST_HUGE") != "" }

// interrupt sends parts of a file until some are there, and gives what a process that was killed then leaves behind.
func interrupt(t *testing.T, path string, after int64) (u *courier.Upload, left courier.Unfinished) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	var parts atomic.Int64
	r := newRig(t, wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if isPart(r) && parts.Add(1) > after {
			cancel(courier.ErrPaused)
			panic(http.ErrAbortHandler) // what is on its way in whole would still arrive
		}
		return false
	}), courier.Options{PartSize: courier.MinPart, Concurrency: 1})
	u = r.upload(path)
	kept := 0
	u.Keep = func(x courier.Unfinished) {
		if kept++; kept == 1 && x.UploadID != "" {
			t.Error("what is started was not kept before")
		}
		left = x
	}
	if _, err := r.Send(ctx, u); !errors.Is(err, courier.ErrPaused) {
		t.Fatalf("%v, want ErrPaused", err)
	}
	if left.UploadID == "" || kept != 2 {
		t.Fatalf("kept %d times: %+v", kept, left)
	}
	return u, left
}

// watched is a rig that counts.
func watched(t *testing.T, before func(*http.Request)) (r *rig, parts, created *atomic.Int64) {
	t.Helper()
	parts, created = new(atomic.Int64), new(atomic.Int64)
	return newRig(t, wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if isPart(r) {
			parts.Add(1)
		}
		if isCreate(r) {
			created.Add(1)
		}
		if before != nil {
			before(r)
		}
		return false
	}), courier.Options{PartSize: courier.MinPart}), parts, created
}

const resumed = 6*courier.MinPart + 7 // bytes: seven parts

// TestAnotherProcessGoesOn with what one has left: parts that the store lists are held against the file, and only what
// is missing or differs is sent.
func TestAnotherProcessGoesOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change           func(path string, info os.FileInfo) error
		parts, creations int64
	}{
		"unchanged": {nil, 4, 0},
		"one part differs, with the old time": {func(path string, info os.FileInfo) error {
			f, err := os.OpenFile(path, os.O_RDWR, 0) // #nosec G304 -- the test's own
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte("other"), courier.MinPart+100)
			return errors.Join(err, f.Close(), os.Chtimes(path, info.ModTime(), info.ModTime()))
		}, 5, 0},
		"grown": {func(path string, _ os.FileInfo) error { return appendTo(path, "more") }, 7, 1},
		"touched": {func(path string, info os.FileInfo) error {
			return os.Chtimes(path, time.Now(), info.ModTime().Add(-time.Hour))
		}, 7, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, content := file(t, resumed)
			before, left := interrupt(t, path, 3)
			if c.change != nil {
				info, err := os.Stat(path)
				if err == nil {
					err = c.change(path, info)
				}
				if err == nil {
					content, err = os.ReadFile(path) // #nosec G304 -- the test's own
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			r, parts, created := watched(t, nil)
			u := r.upload(path)
			u.Continue(left)
			var moved atomic.Int64
			u.Moved = func(n int64) { moved.Add(n) }
			if _, err := r.Send(within(t, time.Minute), u); err != nil {
				t.Fatal(err)
			}
			if parts.Load() != c.parts || created.Load() != c.creations || moved.Load() != int64(len(content)) {
				t.Errorf("%d parts in %d new uploads, want %d in %d; %d bytes counted", parts.Load(), created.Load(), c.parts, c.creations, moved.Load())
			}
			d := direct(t)
			d.holds(before.Key, content)
			d.clean(before.Key)
		})
	}
}

// TestListedSumIsWrong: a part is believed to be there only with the right sum.
func TestListedSumIsWrong(t *testing.T) {
	t.Parallel()
	path, content := file(t, resumed)
	_, left := interrupt(t, path, 3)
	sum := regexp.MustCompile(`<ChecksumCRC64NVME>[^<]*<`)
	var parts atomic.Int64
	r := newRig(t, wrapAnswer(t, func(r *http.Request, answer *httptest.ResponseRecorder) {
		if isPart(r) {
			parts.Add(1)
		}
		if isList(r) {
			changed := 0
			answer.Body = bytes.NewBuffer(sum.ReplaceAllFunc(answer.Body.Bytes(), func(was []byte) []byte {
				if changed++; changed == 2 {
					return []byte("<ChecksumCRC64NVME>AAAAAAAAAAA=<")
				}
				return was
			}))
			answer.Header().Del("Content-Length")
			if changed != 3 {
				t.Errorf("%d parts are listed, want 3", changed)
			}
		}
	}), courier.Options{PartSize: courier.MinPart})
	u := r.upload(path)
	u.Continue(left)
	if _, err := r.Send(within(t, time.Minute), u); err != nil || parts.Load() != 5 {
		t.Errorf("%v, %d parts, want 5", err, parts.Load())
	}
	d := direct(t)
	d.holds(u.Key, content)
	d.clean(u.Key)
}

// TestDoneBeforeTheEnd: the process has ended between the store's Complete and its own note of it. What goes on finds
// the upload gone and the object there, which is its own, or which is not.
func TestDoneBeforeTheEnd(t *testing.T) {
	t.Parallel()
	for _, own := range []bool{true, false} {
		path, content := file(t, resumed)
		u, left := interrupt(t, path, 3)
		d := direct(t)
		d2 := newRig(t, store.Endpoint(), courier.Options{PartSize: courier.MinPart})
		if own {
			if _, err := d2.Send(context.Background(), u); err != nil {
				t.Fatal(err)
			}
		} else {
			d2.Abort(context.Background(), u)
			other, theirs := file(t, resumed)
			v := d2.upload(other)
			v.Key = u.Key
			if _, err := d2.Send(context.Background(), v); err != nil {
				t.Fatal(err)
			}
			content = theirs
		}
		r, parts, created := watched(t, nil)
		again := r.upload(path)
		again.Continue(left)
		receipt, err := r.Send(within(t, time.Minute), again)
		switch {
		case own && (err != nil || receipt.Size != resumed):
			t.Errorf("its own: %+v, %v", receipt, err)
		case !own && !errors.Is(err, courier.ErrTaken):
			t.Errorf("somebody else's: %v, want ErrTaken", err)
		}
		if parts.Load() != 0 || created.Load() != 0 {
			t.Errorf("%d parts were sent in %d new uploads", parts.Load(), created.Load())
		}
		d.holds(u.Key, content)
		d.clean(u.Key)
	}
}

// TestUploadGoneInTheMeantime: somebody has tidied up between the processes; the file is sent from its beginning.
func TestUploadGoneInTheMeantime(t *testing.T) {
	t.Parallel()
	path, content := file(t, resumed)
	u, left := interrupt(t, path, 3)
	direct(t).Abort(context.Background(), u)
	r, parts, _ := watched(t, nil)
	again := r.upload(path)
	again.Continue(left)
	if _, err := r.Send(within(t, time.Minute), again); err != nil || parts.Load() != 7 {
		t.Errorf("%v, %d parts", err, parts.Load())
	}
	d := direct(t)
	d.holds(u.Key, content)
	d.clean(u.Key)
}

// TestFilesThatMove while they are sent: truncated, grown, replaced, deleted, or edited with the old time put back. None
// of them arrives as a mixture.
func TestFilesThatMove(t *testing.T) {
	t.Parallel()
	edit := func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0) // #nosec G304 -- the test's own
		if err != nil {
			return err
		}
		for at := int64(10); at < info.Size() && err == nil; at += 1 << 20 {
			_, err = f.WriteAt([]byte("other"), at)
		}
		return errors.Join(err, f.Close(), os.Chtimes(path, info.ModTime(), info.ModTime()))
	}
	for name, change := range map[string]func(path string) error{
		"truncated": func(p string) error { return os.Truncate(p, 100) },
		"grown":     func(p string) error { return appendTo(p, "more") },
		"replaced": func(p string) error {
			info, err := os.Stat(p)
			if err != nil {
				return err
			}
			other := p + ".other"
			return errors.Join(os.WriteFile(other, make([]byte, info.Size()), 0o600), os.Rename(other, p))
		},
		"deleted":                  os.Remove,
		"edited with its old time": edit,
	} {
		for kind, c := range map[string]struct {
			size int
			at   func(*http.Request, int64) bool
		}{
			"put":       {12 << 20, func(r *http.Request, _ int64) bool { return isPut(r) }},
			"first":     {20 << 20, func(r *http.Request, n int64) bool { return isPart(r) && n == 1 }},
			"last part": {20 << 20, func(r *http.Request, n int64) bool { return isPart(r) && n == 4 }},
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				path, content := file(t, c.size)
				var n atomic.Int64
				var once sync.Once
				endpoint := wrap(t, func(_ http.ResponseWriter, r *http.Request) bool {
					if isPart(r) {
						n.Add(1)
					}
					if c.at(r, n.Load()) {
						once.Do(func() {
							if err := change(path); err != nil {
								t.Error(err)
							}
						})
					}
					return false
				})
				o := courier.Options{PartSize: courier.MinPart, Concurrency: 1}
				if kind == "put" {
					o.PartSize = 16 << 20
				}
				r := newRig(t, endpoint, o)
				u := r.upload(path)
				_, err := r.Send(within(t, time.Minute), u)
				d := direct(t)
				d.clean(u.Key)
				if err == nil && kind == "put" { // all of it was on its way before
					d.holds(u.Key, content)
					return
				}
				if !errors.Is(err, courier.ErrChanged) {
					t.Errorf("%v, want ErrChanged", err)
				}
				d.absent(u.Key)
			})
		}
	}
}

// TestTouchedIsNotChanged: a new mode or a look by a backup changes no byte.
func TestTouchedIsNotChanged(t *testing.T) {
	t.Parallel()
	path, content := file(t, large)
	r, _, _ := watched(t, func(r *http.Request) {
		if isPart(r) {
			if err := os.Chmod(path, 0o644); err != nil {
				t.Error(err)
			}
		}
	})
	u := r.upload(path)
	if _, err := r.Send(within(t, time.Minute), u); err != nil {
		t.Fatal(err)
	}
	direct(t).holds(u.Key, content)
}

// TestEditedInAPause with the old time put back is found out by its bytes.
func TestEditedInAPause(t *testing.T) {
	t.Parallel()
	path, _ := file(t, resumed)
	u, _ := interrupt(t, path, 3)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) // #nosec G304 -- the test's own
	if err == nil {
		_, err = f.WriteAt([]byte("other"), 100)
		err = errors.Join(err, f.Close(), os.Chtimes(path, info.ModTime(), info.ModTime()))
	}
	if err != nil {
		t.Fatal(err)
	}
	r, _, _ := watched(t, nil)
	if _, err := r.Send(within(t, time.Minute), u); !errors.Is(err, courier.ErrChanged) {
		t.Errorf("%v, want ErrChanged", err)
	}
	d := direct(t)
	d.absent(u.Key)
	d.clean(u.Key)
}

// knowsOnly is a store that knows the sums from one step of the ladder on: it refuses headers that it does not know, or
// passes over them and says nothing of them.
func knowsOnly(t *testing.T, unknown []string, refuses bool) string {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	names := func(h http.Header) string {
		for _, u := range unknown {
			if h.Get("X-Amz-Checksum-"+u) != "" || strings.EqualFold(h.Get("X-Amz-Checksum-Algorithm"), u) {
				return u
			}
		}
		return ""
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ModifyResponse: func(r *http.Response) error {
			for _, u := range unknown {
				r.Header.Del("X-Amz-Checksum-" + u)
			}
			return nil
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u := names(r.Header); refuses && u != "" && !isComplete(r) {
			refuse(w, 400, "InvalidRequest", "The algorithm type you specified in x-amz-checksum- header is invalid: "+u)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestLadderOfProofs: each step of it proves single objects and those of parts, the receipt says which it was, and
// Verify tells a changed file and a replaced object from what was sent.
func TestLadderOfProofs(t *testing.T) {
	t.Parallel()
	steps := []string{"Crc64nvme", "Crc32c", "Sha256", "md5"}
	proofs := []string{"crc64nvme:", "crc32c:", "sha256:", "etag:"}
	for i, proof := range proofs {
		for _, refuses := range []bool{true, false} {
			for _, size := range []int{0, small, 300 << 10, 2*courier.MinPart + 1} {
				if i == 0 && !refuses {
					continue
				}
				t.Run(fmt.Sprintf("%s refuses %v, %d", proof, refuses, size), func(t *testing.T) {
					t.Parallel()
					r := newRig(t, knowsOnly(t, steps[:i], refuses), courier.Options{PartSize: courier.MinPart})
					path, content := file(t, size)
					u := r.upload(path)
					var moved atomic.Int64
					u.Moved = func(n int64) { moved.Add(n) }
					receipt, err := r.Send(within(t, time.Minute), u)
					if err != nil {
						t.Fatal(err)
					}
					if !strings.HasPrefix(receipt.Checksum, proof) || moved.Load() != int64(size) {
						t.Errorf("%s, %d bytes counted", receipt.Checksum, moved.Load())
					}
					r.holds(u.Key, content)
					direct(t).clean(u.Key)
					ctx := context.Background()
					if err := r.Verify(ctx, path, u.Bucket, u.Key, receipt.Checksum); err != nil {
						t.Errorf("verify: %v", err)
					}
					if size == 0 {
						return
					}
					changed, _ := file(t, size)
					if err := r.Verify(ctx, changed, u.Bucket, u.Key, receipt.Checksum); !errors.Is(err, courier.ErrChanged) {
						t.Errorf("a changed file: %v, want ErrChanged", err)
					}
					other := r.upload(changed)
					other.Key, other.Overwrite = u.Key, true
					if _, err := r.Send(within(t, time.Minute), other); err != nil {
						t.Fatal(err)
					}
					if err := r.Verify(ctx, path, u.Bucket, u.Key, receipt.Checksum); !errors.Is(err, courier.ErrProof) {
						t.Errorf("a replaced object: %v, want ErrProof", err)
					}
				})
			}
		}
	}
}

// TestLadderAcrossProcesses: an upload that was started with one proof is gone on with under the same.
func TestLadderAcrossProcesses(t *testing.T) {
	t.Parallel()
	path, content := file(t, resumed)
	endpoint := knowsOnly(t, []string{"Crc64nvme"}, true)
	ctx, cancel := context.WithCancelCause(context.Background())
	var parts atomic.Int64
	counted := through(t, endpoint, func(_ http.ResponseWriter, r *http.Request) bool {
		if isPart(r) && parts.Add(1) == 4 {
			cancel(courier.ErrPaused)
		}
		return false
	})
	r := newRig(t, counted, courier.Options{PartSize: courier.MinPart, Concurrency: 1})
	u := r.upload(path)
	var left courier.Unfinished
	u.Keep = func(x courier.Unfinished) { left = x }
	if _, err := r.Send(ctx, u); !errors.Is(err, courier.ErrPaused) || left.Proof != "crc32c" {
		t.Fatalf("%v, %+v", err, left)
	}
	before := parts.Load()
	r = newRig(t, counted, courier.Options{PartSize: courier.MinPart})
	u = r.upload(path)
	u.Continue(left)
	receipt, err := r.Send(within(t, time.Minute), u)
	if err != nil || !strings.HasPrefix(receipt.Checksum, "crc32c:") || parts.Load()-before > 5 {
		t.Errorf("%+v, %v, %d parts", receipt, err, parts.Load()-before)
	}
	d := direct(t)
	d.holds(u.Key, content)
	d.clean(u.Key)
}

// TestPartsWithoutListedSums: a store that lists its parts without their checksums, as SeaweedFS does, is believed by their
// ETags where these are the MD5 of what the file has there.
func TestPartsWithoutListedSums(t *testing.T) {
	t.Parallel()
	path, content := file(t, resumed)
	before, left := interrupt(t, path, 3)
	sum := regexp.MustCompile(`<ChecksumCRC64NVME>[^<]*</ChecksumCRC64NVME>`)
	var parts, cut atomic.Int64
	r := newRig(t, wrapAnswer(t, func(r *http.Request, answer *httptest.ResponseRecorder) {
		if isPart(r) {
			parts.Add(1)
		}
		if isList(r) {
			cut.Add(int64(len(sum.FindAll(answer.Body.Bytes(), -1))))
			answer.Body = bytes.NewBuffer(sum.ReplaceAll(answer.Body.Bytes(), nil))
			answer.Header().Del("Content-Length")
		}
	}), courier.Options{PartSize: courier.MinPart})
	u := r.upload(path)
	u.Continue(left)
	if _, err := r.Send(within(t, time.Minute), u); err != nil {
		t.Fatal(err)
	}
	if parts.Load() != 4 || cut.Load() != 3 {
		t.Errorf("%d parts were sent, want the four that were missing; %d sums were cut out of the list", parts.Load(), cut.Load())
	}
	direct(t).holds(before.Key, content)
}
