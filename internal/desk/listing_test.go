package desk_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/ledger"
)

// BenchmarkLinks opens a ledger of 100,000 entries, reads it, and searches it: what the Links place does.
func BenchmarkLinks(b *testing.B) {
	ctx := context.Background()
	home := b.TempDir()
	l, err := ledger.Open(ctx, filepath.Join(home, "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	many := make([]ledger.Record, 100_000)
	now := time.Now()
	for i := range many {
		name := fmt.Sprintf("report number %d.pdf", i)
		many[i] = ledger.Record{
			ID: fmt.Sprintf("01a214da-b6b1-7604-bb59-%012d", i), Path: "/home/alice/" + name, Name: name, Profile: "work", Bucket: "team-share",
			Prefix: "alice/", Key: "alice/" + name, Size: int64(i), ContentType: "application/pdf", ETag: "b1946ac92492d2347c6235b4d2611184",
			Checksum: "crc64nvme:akP7SgZZbt4=", State: "sent", Created: now.Add(-time.Duration(i) * time.Minute), Asked: 7 * 24 * time.Hour,
			Ends: now.Add(7*24*time.Hour - time.Duration(i)*time.Minute), Because: "requested", Verified: true,
		}
	}
	if err := l.PutAll(ctx, many); err != nil {
		b.Fatal(err)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("open and read", func(b *testing.B) {
		for b.Loop() {
			d, err := desk.Open(ctx, desk.Options{Home: home})
			if err != nil {
				b.Fatal(err)
			}
			if list, err := d.Links(ctx, 0); err != nil || len(list) != len(many) {
				b.Fatal(len(list), err)
			}
			_ = d.Close()
		}
	})
	b.Run("open and read the newest 500", func(b *testing.B) {
		for b.Loop() {
			d, err := desk.Open(ctx, desk.Options{Home: home})
			if err != nil {
				b.Fatal(err)
			}
			if list, err := d.Links(ctx, 500); err != nil || len(list) != 500 {
				b.Fatal(len(list), err)
			}
			_ = d.Close()
		}
	})
	d, err := desk.Open(ctx, desk.Options{Home: home})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	entries, err := d.Links(ctx, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			if found := (desk.Selection{Text: "99999", Sort: desk.ByEnd}).Of(entries, now); len(found) != 1 {
				b.Fatal(len(found))
			}
		}
	})
}
