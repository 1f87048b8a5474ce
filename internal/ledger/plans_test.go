package ledger_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/internal/ledger"
)

func TestPlansAndUploads(t *testing.T) {
	ctx := context.Background()
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	started := time.UnixMicro(1_700_000_000_123_456)
	p := ledger.Plan{ID: "p", Owner: "me", Created: started, Content: `{"paths":["/a"]}`}
	up := ledger.Upload{ID: "u", Plan: "p", Path: "/a", Name: "a", Bucket: "b", Key: "k", Started: started, Content: "{}"}
	doubtful := up
	doubtful.ID = "d"
	must(t, l.PutPlan(ctx, p), l.PutUpload(ctx, up), l.PutUpload(ctx, doubtful), l.EndUpload(ctx, "d", true))
	plans, err := l.Plans(ctx)
	if diff := cmp.Diff([]ledger.Plan{p}, plans); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	of, err := l.UploadsOf(ctx, "p")
	if diff := cmp.Diff([]ledger.Upload{up}, of); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if all, err := l.Uploads(ctx, "b"); len(all) != 2 || err != nil || !all[0].Done {
		t.Errorf("%v, %v", all, err)
	}

	// Of two that want the same plan, one gets it.
	first, err1 := l.Own(ctx, "p", "me", "you")
	second, err2 := l.Own(ctx, "p", "me", "somebody else")
	if !first || second || err1 != nil || err2 != nil {
		t.Errorf("%v, %v; %v, %v", first, second, err1, err2)
	}

	r := record("of the plan")
	r.Plan = "p"
	must(t, l.Put(ctx, r), l.Put(ctx, record("of none")))
	if records, err := l.RecordsOf(ctx, "p"); len(records) != 1 || records[0].ID != r.ID || err != nil {
		t.Errorf("%v, %v", records, err)
	}
	if records, err := l.RecordsOf(ctx, ""); len(records) != 0 || err != nil {
		t.Errorf("%v, %v", records, err)
	}
	must(t, l.EndPlan(ctx, "p"))
	if plans, err := l.Plans(ctx); len(plans) != 0 || err != nil {
		t.Errorf("%v, %v", plans, err)
	}
	if all, err := l.Uploads(ctx, "b"); len(all) != 1 || all[0].ID != "d" || err != nil {
		t.Errorf("what the store may have is forgotten: %v, %v", all, err)
	}
	must(t, l.EndUpload(ctx, "d", false))
	if all, err := l.Uploads(ctx, "b"); len(all) != 0 || err != nil {
		t.Errorf("%v, %v", all, err)
	}
}

func TestNoSecretIsPlanned(t *testing.T) {
	ctx := context.Background()
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	const key = "https://s/b/k?X-Amz-Signature=0123"
	if err := l.PutPlan(ctx, ledger.Plan{ID: "p", Content: key}); !errors.Is(err, ledger.ErrSecret) {
		t.Errorf("%v", err)
	}
	if err := l.PutUpload(ctx, ledger.Upload{ID: "u", Path: key}); !errors.Is(err, ledger.ErrSecret) {
		t.Errorf("%v", err)
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
