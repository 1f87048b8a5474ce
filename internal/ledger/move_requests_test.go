package ledger_test

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"waybill/internal/ledger"
)

func movingRequests(requests ...ledger.MovedRequest) iter.Seq2[ledger.MovedRequest, error] {
	return func(yield func(ledger.MovedRequest, error) bool) {
		for _, r := range requests {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// TestMergeOfRequests: all or nothing, no URL, what is here stays, and an arrival was seen wherever it was seen.
func TestMergeOfRequests(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx, now := context.Background(), time.Now().Truncate(time.Microsecond)
	here := ledger.Request{ID: "here", Bucket: "team-share", Folder: "in/", Content: "{}", Made: now, Asked: time.Hour}
	arrival := func(key string, seen bool) ledger.Arrival {
		return ledger.Arrival{Request: "here", Key: key, Name: key, Size: 1, ETag: "e", Came: now, Seen: seen}
	}
	must(t, l.PutRequest(ctx, here))
	_, err := l.SetArrivals(ctx, "here", now, []ledger.Arrival{arrival("in/a", false), arrival("in/b", false)}, false)
	must(t, err)
	keepRequest := func(have, _ ledger.Request) ledger.Request { return have }
	other, secret := ledger.Request{ID: "other", Made: now}, ledger.Request{ID: "secret", Content: "https://x/?X-Amz-Signature=abc"}
	name := ledger.MovedRequest{Request: other, Arrivals: []ledger.Arrival{{Request: "other", Key: "x", Name: "X-Amz-Signature=abc"}}}
	for _, refused := range []ledger.MovedRequest{{Request: secret}, name} {
		if m, err := l.MergeRequests(ctx, movingRequests(ledger.MovedRequest{Request: other}, refused), keepRequest); !errors.Is(err, ledger.ErrSecret) {
			t.Errorf("%+v, %v", m, err)
		}
		if list, err := l.Requests(ctx); err != nil || len(list) != 1 {
			t.Errorf("%d requests after an error, %v", len(list), err)
		}
	}
	changed := here
	changed.Closed = now
	came := ledger.MovedRequest{Request: changed, Arrivals: []ledger.Arrival{arrival("in/a", true), arrival("in/c", false)}}
	m, err := l.MergeRequests(ctx, movingRequests(came, ledger.MovedRequest{Request: other}, ledger.MovedRequest{Request: here}), keepRequest)
	if err != nil || m != (ledger.Merged{Added: 1, Kept: 1, Same: 1}) {
		t.Errorf("%+v, %v", m, err)
	}
	if got, err := l.GetRequest(ctx, "here"); err != nil || !got.Closed.IsZero() || got.Arrived != 3 || got.New != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	// What is another object by now was not seen.
	later := arrival("in/b", true)
	later.Came = now.Add(time.Second)
	take := func(_, came ledger.Request) ledger.Request { return came }
	m, err = l.MergeRequests(ctx, movingRequests(ledger.MovedRequest{Request: changed, Arrivals: []ledger.Arrival{later}}), take)
	if err != nil || m != (ledger.Merged{Replaced: 1}) {
		t.Errorf("%+v, %v", m, err)
	}
	if got, err := l.GetRequest(ctx, "here"); err != nil || !got.Closed.Equal(now) || got.New != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}
