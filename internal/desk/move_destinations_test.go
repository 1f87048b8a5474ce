package desk_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// TestWhatHoldsForDestinationsMoves: link endpoints and upload settings go to another computer, without a password in an
// endpoint, and take nothing away there; a link is copied there for the address that it was signed for.
func TestWhatHoldsForDestinationsMoves(t *testing.T) {
	isolate(t, "[profile work]\nregion = eu-west-1\n", "[work]\naws_access_key_id = A\naws_secret_access_key = S\n")
	sent := record("a", time.Now().Truncate(time.Microsecond))
	sent.Endpoint, sent.At, sent.Reach, sent.OwnName, sent.Inline = "", "https://files.example.com", "computer", true, false
	from, here := newComputer(t, sent), newComputer(t)
	work := desk.Store{Profile: "work"}
	at := func(bucket, prefix string) desk.Destination {
		return desk.Destination{Store: work, Bucket: bucket, Prefix: prefix}
	}
	set := func(c computer, bucket, endpoint, class string) {
		c.desk(func(d *desk.Desk) error {
			if err := d.SetUpload(context.Background(), at(bucket, "raw/"), desk.UploadSettings{StorageClass: class, Tags: map[string]string{"a": "b"}}); err != nil {
				return err
			}
			return d.SetLinkEndpoint(work, bucket, desk.LinkEndpoint{URL: endpoint})
		})
	}
	set(from, "films", "https://there.example.com", "STANDARD_IA")
	set(from, "music", "https://there.example.com", "GLACIER_IR")
	set(here, "films", "https://here.example.com", "ONEZONE_IA")
	set(here, "books", "https://here.example.com", "ONEZONE_IA")
	secret := desk.Store{Endpoint: "https://bob:PASSWORD@store.example.com"}
	from.desk(func(d *desk.Desk) error {
		return d.SetLinkEndpoint(secret, "films", desk.LinkEndpoint{URL: "https://out.example.com"})
	})
	file, _ := from.export()
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), "PASSWORD") {
		t.Errorf("a password is in it, or %v", err)
	}
	m := here.imports(file)
	if m.LinkEndpoints != 3 || m.Uploads != 2 { // of which those are said that change something here
		t.Errorf("%+v", m.Moving)
	}
	if e := m.NewEndpoints; len(e) != 2 || e[0].Bucket != "music" || e[0].URL != "https://there.example.com" || e[1].URL != "https://out.example.com" {
		t.Errorf("%+v", e)
	}
	if u := m.NewUploads; len(u) != 2 || u[0].Destination != at("films", "raw/") || u[1].Destination != at("music", "raw/") {
		t.Errorf("%+v", u)
	}
	if again := here.imports(file); len(again.NewEndpoints)+len(again.NewUploads) != 0 {
		t.Errorf("once more, it says of %+v and %+v", again.NewEndpoints, again.NewUploads)
	}
	here.desk(func(d *desk.Desk) error {
		s := d.Settings()
		for bucket, want := range map[string]struct{ endpoint, class string }{
			"films": {"https://here.example.com", "STANDARD_IA"}, "music": {"https://there.example.com", "GLACIER_IR"}, "books": {"https://here.example.com", "ONEZONE_IA"},
		} {
			u, _ := s.UploadOf(at(bucket, "raw/x/"))
			if e := s.LinkEndpointOf(work, bucket); e.URL != want.endpoint || u.StorageClass != want.class || u.Tags["a"] != "b" {
				t.Errorf("%s: %+v, %+v", bucket, e, u)
			}
		}
		e, err := d.Entry(context.Background(), "a")
		if err != nil || e.LinkEndpoint != "https://files.example.com" || e.Reach != desk.ReachUnknown { // which is of the other computer
			t.Errorf("%+v, %v", e, err)
		}
		link, err := d.CopyLink(context.Background(), "a")
		if err != nil || !strings.HasPrefix(link.URL, "https://files.example.com/") || strings.Contains(link.URL, "response-content-disposition") {
			t.Errorf("%v", err)
		}
		return nil
	})
	// What no Waybill remembers is left out.
	head := `{"waybill_export":{"format":1,"version":"1","made":"2026-11-01T00:00:00Z"}}` + "\n"
	bad := `{"settings":{"link_endpoints":[{"store":{},"bucket":"good-one","url":"javascript:alert(1)"},{"store":{},"bucket":"good-one","url":"http://files.example.com"},` +
		`{"store":{},"bucket":"../x","url":"https://files.example.com"},{"store":{"profile":"\u001b[2J"},"bucket":"good-one","url":"https://files.example.com"}],` +
		`"uploads":[{"destination":{"bucket":"good-one","prefix":"../"},"settings":{}},{"destination":{"bucket":"good-one","prefix":""},"settings":{"cache_control":"a\r\nb"}},` +
		`{"destination":{"bucket":"good-one","prefix":""},"settings":{"acl":"all"}}]}}` + "\n"
	path := filepath.Join(t.TempDir(), "x.jsonl")
	write(t, path, string(ended([][]byte{[]byte(head), []byte(bad)})))
	c := newComputer(t)
	if m := c.imports(path); m.LeftOut != 7 {
		t.Errorf("%+v", m)
	}
	c.desk(func(d *desk.Desk) error {
		if s := d.Settings(); len(s.LinkEndpoints)+len(s.Uploads) > 0 {
			t.Errorf("%+v, %+v", s.LinkEndpoints, s.Uploads)
		}
		return nil
	})
}
