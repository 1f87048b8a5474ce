package courier_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/courier"
)

// TestFetchOverToxicPaths: whatever the way does, what is fetched is the object, counted once.
func TestFetchOverToxicPaths(t *testing.T) {
	t.Parallel()
	type attributes = map[string]any
	for name, c := range map[string]struct {
		kind, stream string
		attributes   attributes
		heals        time.Duration
	}{
		"plain":             {},
		"slicer":            {"slicer", "downstream", attributes{"average_size": 8000, "size_variation": 3000, "delay": 10}, 0},
		"cut after N bytes": {"limit_data", "downstream", attributes{"bytes": 2 << 20}, 0},
		"no answers":        {"timeout", "downstream", attributes{"timeout": 0}, 1500 * time.Millisecond},
		"reset":             {"reset_peer", "downstream", attributes{"timeout": 50}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, content := file(t, large)
			d := direct(t)
			u := d.upload(path)
			if _, err := d.Send(within(t, time.Minute), u); err != nil {
				t.Fatal(err)
			}
			endpoint, p := toxic(t, "", "", nil)
			r := newRig(t, endpoint, courier.Options{Stall: time.Second})
			r.absent("reached")
			if c.kind != "" {
				add(t, p, c.kind, c.stream, c.attributes)
			}
			if c.heals > 0 {
				heal := time.AfterFunc(c.heals, func() { _ = p.Toxics.RemoveToxic(context.Background(), c.kind+c.stream) })
				defer heal.Stop()
			}
			var got bytes.Buffer
			var moved atomic.Int64
			if err := r.Fetch(within(t, time.Minute), u.Bucket, u.Key, &got, func(n int64) { moved.Add(n) }); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), content) || moved.Load() != int64(len(content)) {
				t.Errorf("%d bytes of %d, %d counted", got.Len(), len(content), moved.Load())
			}
		})
	}
}

// TestFetchKnowsItsObject: one that is replaced in the middle is no mixture, and one that is not there is said.
func TestFetchKnowsItsObject(t *testing.T) {
	t.Parallel()
	path, _ := file(t, large)
	d := direct(t)
	u := d.upload(path)
	if _, err := d.Send(within(t, time.Minute), u); err != nil {
		t.Fatal(err)
	}
	var gets atomic.Int64
	endpoint := wrap(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || gets.Add(1) > 1 {
			return false
		}
		// The object is replaced between the look at it and the download.
		other, _ := file(t, large)
		again := d.upload(other)
		again.Key, again.Overwrite = u.Key, true
		if _, err := d.Send(within(t, time.Minute), again); err != nil {
			t.Error(err)
		}
		return false
	})
	r := newRig(t, endpoint, courier.Options{})
	if err := r.Fetch(within(t, time.Minute), u.Bucket, u.Key, &bytes.Buffer{}, func(int64) {}); !errors.Is(err, courier.ErrChanged) {
		t.Errorf("%v, want ErrChanged", err)
	}
	var no *courier.StoreError
	if err := r.Fetch(within(t, time.Minute), u.Bucket, "nothing", &bytes.Buffer{}, func(int64) {}); !errors.As(err, &no) || no.Code != "NoSuchKey" {
		t.Errorf("%v", err)
	}
	if err := r.Fetch(within(t, time.Minute), u.Bucket, u.Key, full{}, func(int64) {}); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Errorf("%v", err)
	}
}

// full is a disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }
