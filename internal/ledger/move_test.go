package ledger_test

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"testing"

	"waybill/internal/ledger"
)

// moving gives records, and then an error if there is one.
func moving(end error, records ...ledger.Moved) iter.Seq2[ledger.Moved, error] {
	return func(yield func(ledger.Moved, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
		if end != nil {
			yield(ledger.Moved{}, end)
		}
	}
}

func keep(have, _ ledger.Record) ledger.Record { return have }

func TestMergeIsAllOrNothing(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx := context.Background()
	must(t, l.Put(ctx, record("here")), l.SetPage(ctx, "page", "here"))
	broken := errors.New("broken")
	secret := record("c")
	secret.Note = "https://x/?X-Amz-Signature=abc"
	page := ledger.Moved{Record: record("page"), Files: []string{"a"}}
	for want, from := range map[error]iter.Seq2[ledger.Moved, error]{
		broken:           moving(broken, ledger.Moved{Record: record("a")}, page),
		ledger.ErrSecret: moving(nil, ledger.Moved{Record: record("a")}, page, ledger.Moved{Record: secret}),
	} {
		if m, err := l.Merge(ctx, from, keep); !errors.Is(err, want) {
			t.Errorf("%+v, %v, want %v", m, err, want)
		}
		list, err := l.List(ctx, 0)
		must(t, err)
		if len(list) != 1 {
			t.Errorf("%d records after an error", len(list))
		}
	}
	if on, err := l.BundledIn(ctx, "page"); err != nil || len(on) != 1 || on[0].ID != "here" {
		t.Errorf("%d stand on the page, %v", len(on), err)
	}
	other := record("here")
	other.Note = "other"
	m, err := l.Merge(ctx, moving(nil, ledger.Moved{Record: other}, ledger.Moved{Record: record("a")}, ledger.Moved{Record: record("a")}, page), keep)
	if err != nil || m != (ledger.Merged{Added: 2, Kept: 1, Same: 1}) {
		t.Errorf("%+v, %v", m, err)
	}
	if on, err := l.BundledIn(ctx, "page"); err != nil || len(on) != 1 || on[0].ID != "a" {
		t.Errorf("%d stand on the page, %v", len(on), err)
	}
	m, err = l.Merge(ctx, moving(nil, ledger.Moved{Record: other}), func(_, came ledger.Record) ledger.Record { return came })
	got, err2 := l.Get(ctx, "here")
	if must(t, err, err2); m != (ledger.Merged{Replaced: 1}) || got.Note != "other" {
		t.Errorf("%+v, %q", m, got.Note)
	}
}

// TestEachIsOneMoment: what is written meanwhile waits for nobody, and is not in it.
func TestEachIsOneMoment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	l, other := open(t, path), open(t, path)
	ctx := context.Background()
	must(t, l.PutAll(ctx, []ledger.Record{record("a"), record("b"), record("c")}))
	seen := 0
	must(t, l.Each(ctx, func(ledger.Moved) error {
		seen++
		return other.Put(ctx, record(string(rune('x'+seen))))
	}))
	if seen != 3 {
		t.Errorf("%d records of 3", seen)
	}
	stop := errors.New("stop")
	if err := l.Each(ctx, func(ledger.Moved) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}
