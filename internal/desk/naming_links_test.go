package desk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/desk"
)

// TestLinkAll: links to many objects come in the order of their keys, tried as those of a drop are, and recorded.
func TestLinkAll(t *testing.T) {
	d := newDesk(t, desk.Options{})
	folder := strings.TrimSuffix(dest(t).Prefix, "/") + "/"
	var keys []string
	for i := range 30 {
		keys = append(keys, fmt.Sprintf("%s%02d.txt", folder, i))
		put(t, keys[i], fmt.Sprint(i))
	}
	keys = append(keys, folder+"nothing.txt")
	var last atomic.Int64
	made := d.LinkAll(t.Context(), desk.Store{}, "sandbox", keys, desk.SendOptions{Expires: time.Hour}, func(done int) {
		last.Store(max(last.Load(), int64(done)))
	})
	if len(made) != len(keys) {
		t.Fatalf("%d links", len(made))
	}
	for i, m := range made[:30] {
		if m.Key != keys[i] || m.State != desk.Sent || m.Trouble != nil || m.Link.Verified != (i < 20) {
			t.Errorf("%d: %s is %s, %v, %+v", i, m.Key, m.State, m.Trouble, m.Link)
			continue
		}
		if body, _, status := download(t, m.Link.URL); status != 200 || string(body) != fmt.Sprint(i) {
			t.Errorf("%d: HTTP %d, %q", i, status, body)
		}
	}
	if m := made[30]; m.State != desk.Failed || m.Trouble == nil || code(m.Trouble) != "NoSuchKey" {
		t.Errorf("what is not there: %s, %v", m.State, m.Trouble)
	}
	if last.Load() < 1 {
		t.Error("nobody was told how far it is")
	}
	entries, err := d.Links(t.Context(), 0)
	if err != nil || len(entries) != 30 {
		t.Errorf("%d entries, %v", len(entries), err)
	}

	over, cancel := context.WithCancel(t.Context())
	cancel()
	made = d.LinkAll(over, desk.Store{}, "sandbox", keys, desk.SendOptions{}, nil)
	if slices.ContainsFunc(made, func(m desk.Transfer) bool { return m.State != desk.Cancelled }) {
		t.Error("links were made after the context was over")
	}
}

func TestVerifyTries(t *testing.T) {
	d := newDesk(t, desk.Options{})
	folder := strings.TrimSuffix(dest(t).Prefix, "/") + "/"
	put(t, folder+"a.txt", "a")
	put(t, folder+"b.txt", "b")
	for v, want := range map[desk.Verify][2]bool{
		desk.VerifyAll: {true, true}, desk.VerifyNone: {false, false}, desk.VerifySample: {true, false}, desk.VerifyAuto: {true, true},
	} {
		made := d.LinkAll(t.Context(), desk.Store{}, "sandbox", []string{folder + "a.txt", folder + "b.txt"}, desk.SendOptions{Verify: v}, nil)
		if got := [2]bool{made[0].Link.Verified, made[1].Link.Verified}; got != want {
			t.Errorf("%q: %v, want %v", v, got, want)
		}
	}
}
