package testaws_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/testaws"
)

// TestSendToAnotherRegion: whatever way S3 refuses the first request, the file arrives, the link is signed for the
// bucket's region, and nothing is refused twice. Only where S3 says nothing is it asked, once.
func TestSendToAnotherRegion(t *testing.T) {
	r := newRig(t, "")
	for _, way := range []struct {
		refusal  string
		unsigned int
	}{
		{testaws.Permanent, 0}, {testaws.Endpoint, 0}, {testaws.Temporary, 0}, {testaws.Illegal, 0}, {testaws.Silent, 1},
	} {
		t.Run(way.refusal, func(t *testing.T) {
			for name, size := range map[string]int{"small": 1000, "large": 1 << 20, "parts": 11 << 20} {
				t.Run(name, func(t *testing.T) {
					r := r.again(t)
					r.Set(func() { r.Refusal = way.refusal })
					d := r.desk()
					o := desk.SendOptions{PartSize: 5 << 20}
					sent := sends(d, bucket, o, file(t, size))
					r.good(sent, home)
					unsigned, refused := way.unsigned, 1
					if name == "parts" && way.refusal == testaws.Endpoint {
						// The first request is a HEAD, whose answer has no XML to name the endpoint in.
						unsigned = 1
					}
					r.wants(refused, unsigned)
					if status := r.get(sent.Link.URL); status != 200 {
						t.Errorf("the link answers %d", status)
					}
					r.Calls()
					r.good(sends(d, bucket, o, file(t, size)), home)
					r.good(sends(r.desk(), bucket, o, file(t, size)), home) // another start of the program
					r.wants(0, 0)
				})
			}
		})
	}
}

// TestLoop: a second refusal is told.
func TestLoop(t *testing.T) {
	r := newRig(t, "")
	r.Refusal = testaws.Loop
	for name, size := range map[string]int{"whole": 1000, "parts": 11 << 20} {
		t.Run(name, func(t *testing.T) {
			r := r.again(t)
			sent := sends(r.desk(), bucket, desk.SendOptions{PartSize: 5 << 20}, file(t, size))
			if sent.State != desk.Failed || sent.Trouble.Code != "PermanentRedirect" {
				t.Fatalf("%s, %v", sent.State, sent.Trouble)
			}
			// In parts: the look whether the name is taken, and the start of the upload; two tries each.
			want := map[string]int{"whole": 2, "parts": 4}[name]
			if signed, unsigned := r.refused(); signed != want || unsigned != 0 {
				t.Errorf("%d requests, and %d without a signature", signed, unsigned)
			}
		})
	}
}

// TestListTeaches: who has seen the list of buckets is refused nothing.
func TestListTeaches(t *testing.T) {
	r := newRig(t, "")
	d := r.desk()
	names, err := d.Buckets(context.Background(), desk.Store{})
	if err != nil || len(names) != 3 {
		t.Fatalf("%v, %v", names, err)
	}
	sent := sends(d, bucket, desk.SendOptions{}, file(t, 1000))
	r.good(sent, home)
	// Of all that was listed, another start of the program knows what was used.
	link, err := r.desk().CopyLink(context.Background(), sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.signedFor(link.URL, home)
	r.wants(0, 0)
}

// TestFirstThingInAnotherRegion: whatever is done first with a bucket, it is done in the bucket's region.
func TestFirstThingInAnotherRegion(t *testing.T) {
	r := newRig(t, "")
	path := file(t, 1000)
	sent := sends(r.desk(), bucket, desk.SendOptions{}, path)
	r.good(sent, home)
	r.Calls()
	ctx, store := context.Background(), desk.Store{}
	for name, do := range map[string]func(d *desk.Desk) error{
		"browse": func(d *desk.Desk) error {
			page, err := d.Browse(ctx, store, bucket, "", "")
			if err == nil && len(page.Lines) == 0 {
				t.Error("nothing is there")
			}
			return err
		},
		"folders": func(d *desk.Desk) error {
			_, err := d.Prefixes(ctx, desk.Destination{Bucket: bucket})
			return err
		},
		"link": func(d *desk.Desk) error {
			linked := d.LinkTo(ctx, store, bucket, sent.Key, desk.SendOptions{Expires: time.Hour})
			r.good(linked, home)
			return nil
		},
		"CORS": func(d *desk.Desk) error {
			_, err := d.CORS(ctx, store, bucket)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, refusal := range []string{testaws.Permanent, testaws.Endpoint, testaws.Temporary, testaws.Illegal, testaws.Field} {
				if name == "link" && (refusal == testaws.Endpoint || refusal == testaws.Field) {
					continue // its first request is a HEAD, whose answer has no XML
				}
				r := r.again(t)
				r.Set(func() { r.Refusal = refusal })
				if err := do(r.desk()); err != nil {
					t.Fatal(err)
				}
				r.wants(1, 0)
			}
		})
	}
}

// TestCopyAndRevokeElsewhere: another start of the program signs for the region that the ledger knows, and asks nobody.
func TestCopyAndRevokeElsewhere(t *testing.T) {
	r := newRig(t, "")
	sent := sends(r.desk(), bucket, desk.SendOptions{}, file(t, 1000))
	r.good(sent, home)
	r.Calls()
	d, ctx := r.desk(), context.Background()
	link, err := d.CopyLink(ctx, sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.signedFor(link.URL, home)
	if calls := r.Calls(); len(calls) > 0 {
		t.Errorf("%d requests for a copy", len(calls))
	}
	what, err := d.Revocable(ctx, sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Revoke(ctx, what, desk.RevokeRename); err != nil {
		t.Fatal(err)
	}
	r.wants(0, 0)
	if status := r.get(link.URL); status != 404 {
		t.Errorf("the link of what was revoked answers %d", status)
	}
}

// TestRequestInAnotherRegion: what is signed for others to send with is signed for the right region before it is given
// away, with one question that is not signed.
func TestRequestInAnotherRegion(t *testing.T) {
	r := newRig(t, "")
	for name, o := range map[string]desk.RequestOptions{"any number": {Large: -1}, "two": {Files: 2}} {
		t.Run(name, func(t *testing.T) {
			r := r.again(t)
			o.Expires = time.Hour
			ways, err := r.desk().Request(context.Background(), desk.Destination{Bucket: bucket, Prefix: "in/"}, o)
			if err != nil {
				t.Fatal(err)
			}
			r.signedFor(ways.PageURL, home)
			if !ways.Verified || len(ways.Uploads)+len(ways.Posts) == 0 {
				t.Errorf("%+v", ways)
			}
			for _, u := range ways.Uploads {
				r.signedFor(u.URL, home)
			}
			for _, p := range ways.Posts {
				r.signedFor("https://x/?X-Amz-Credential="+p.Fields["x-amz-credential"], home)
			}
			r.wants(0, 1)
		})
	}
}

// TestRegionThatIsNotSo: a bucket that was deleted and made anew elsewhere is found there, whatever the ledger says.
func TestRegionThatIsNotSo(t *testing.T) {
	r := newRig(t, "max_attempts = 1\n")
	r.good(sends(r.desk(), bucket, desk.SendOptions{}, file(t, 1000)), home)
	const other = "ap-southeast-2"
	r.Set(func() { r.Homes[bucket] = other }) // whose store is not there; the way to it is what counts
	r.Calls()
	sends(r.desk(), bucket, desk.SendOptions{}, file(t, 1000))
	found := false
	for _, c := range r.Calls() {
		found = found || c.Region == other
	}
	if !found {
		t.Error("the bucket's new region was not asked")
	}
}

// TestCopyOnAnotherComputer: whoever does not know where a bucket is asks once, without a signature, before a link is given
// away.
func TestCopyOnAnotherComputer(t *testing.T) {
	r := newRig(t, "")
	d, ctx := r.desk(), context.Background()
	first, second := sends(d, bucket, desk.SendOptions{}, file(t, 1000)), sends(d, bucket, desk.SendOptions{}, file(t, 1000))
	r.good(first, home)
	var exported bytes.Buffer
	if _, err := d.ExportAll(ctx, &exported); err != nil {
		t.Fatal(err)
	}
	path := write(t, filepath.Join(t.TempDir(), "moved.jsonl"), exported.String())
	there := r.again(t)
	other := there.desk()
	if _, err := other.ImportFile(ctx, path); err != nil {
		t.Fatal(err)
	}
	for _, sent := range []desk.Transfer{first, second} {
		link, err := other.CopyLink(ctx, sent.ID)
		if err != nil {
			t.Fatal(err)
		}
		r.signedFor(link.URL, home)
	}
	there.wants(0, 1)
}

// TestAskedAgain: where AWS could not say where a bucket is, it is asked again, and not with each link.
func TestAskedAgain(t *testing.T) {
	r := newRig(t, "")
	d, ctx := r.desk(), context.Background()
	sent := sends(d, bucket, desk.SendOptions{}, file(t, 1000))
	r.good(sent, home)
	var exported bytes.Buffer
	if _, err := d.ExportAll(ctx, &exported); err != nil {
		t.Fatal(err)
	}
	path := write(t, filepath.Join(t.TempDir(), "moved.jsonl"), exported.String())
	there := r.again(t)
	var passed atomic.Int64
	other, err := desk.Open(ctx, desk.Options{Home: there.home, Now: func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	if _, err := other.ImportFile(ctx, path); err != nil {
		t.Fatal(err)
	}
	copies := func(region string) {
		t.Helper()
		link, err := other.CopyLink(ctx, sent.ID)
		if err != nil {
			t.Fatal(err)
		}
		r.signedFor(link.URL, region)
	}
	r.Set(func() { delete(r.Homes, bucket) })
	copies(away)
	copies(away)
	there.wants(0, 1)
	r.Set(func() { r.Homes[bucket] = home })
	passed.Store(int64(2 * time.Minute))
	copies(home)
	copies(home)
	there.wants(0, 1)
}

// TestUnfinishedOfAFolder: AWS lists what is below a folder, so it is not asked for all that the bucket has.
func TestUnfinishedOfAFolder(t *testing.T) {
	r := newRig(t, "")
	d := r.desk()
	r.good(sends(d, bucket, desk.SendOptions{}, file(t, 1000)), home)
	r.Calls()
	if _, err := d.StaleUploads(context.Background(), desk.Store{}, bucket, "in/"); err != nil {
		t.Fatal(err)
	}
	calls := r.Calls()
	for _, c := range calls {
		if prefix := c.Query.Get("prefix"); !strings.HasPrefix(prefix, "in/") {
			t.Errorf("%s %s?uploads&prefix=%s", c.Method, c.Path, prefix)
		}
	}
	if len(calls) == 0 {
		t.Error("nothing was asked")
	}
}
