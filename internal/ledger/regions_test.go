package ledger_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"waybill/internal/ledger"
)

// TestRegions: the last word about a bucket holds, another store's bucket of the same name is another one, and it is all
// there when the file is opened again.
func TestRegions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	l, ctx := open(t, path), context.Background()
	for _, r := range []ledger.Region{
		{Store: "aws", Bucket: "b", Region: "us-east-1"}, {Store: "http://127.0.0.1:1", Bucket: "b", Region: "here"},
		{Store: "aws", Bucket: "b", Region: "eu-west-1"},
	} {
		must(t, l.PutRegion(ctx, r))
	}
	must(t, l.Close())
	got, err := open(t, path).Regions(ctx)
	if want := []ledger.Region{{"aws", "b", "eu-west-1"}, {"http://127.0.0.1:1", "b", "here"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	secret := ledger.Region{Store: "https://s?X-Amz-Signature=0123456789012345678901234567890123456789012345678901234567890123", Bucket: "b"}
	if err := open(t, path).PutRegion(ctx, secret); !errors.Is(err, ledger.ErrSecret) {
		t.Errorf("a signature is kept: %v", err)
	}
}
