package ledger_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/internal/ledger"
)

func request(id string) ledger.Request {
	made := time.Date(2026, 11, 26, 12, 0, 0, 1000, time.UTC).Local()
	return ledger.Request{
		ID: id, Profile: "p", Region: "r", Endpoint: "http://127.0.0.1:1", Sandbox: true, AllowHTTP: true, Account: "1", Bucket: "b",
		Prefix: "in/", Folder: "in/2026/", Page: "in/2026.html", Content: `{"files":2}`, Made: made, Asked: time.Hour,
		Ends: made.Add(time.Hour), Because: "requested", Closed: made.Add(time.Minute), Denied: true, Looked: made.Add(time.Second), Tidied: true,
	}
}

func TestRequests(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx := context.Background()
	bare := ledger.Request{ID: "bare", Made: time.UnixMicro(1)}
	must(t, l.PutRequest(ctx, request("a")), l.PutRequest(ctx, bare))
	list, err := l.Requests(ctx)
	if d := cmp.Diff([]ledger.Request{request("a"), bare}, list); err != nil || d != "" {
		t.Error(err, d)
	}
	must(t, l.ChangeRequest(ctx, "a", func(r *ledger.Request) { r.ID, r.Page, r.Ends = "other", "", time.Time{} }))
	want := request("a")
	want.Page, want.Ends = "", time.Time{}
	got, err := l.GetRequest(ctx, "a")
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}
	for _, err := range []error{l.ChangeRequest(ctx, "none", func(*ledger.Request) { t.Error("there is none") }), second(l.GetRequest(ctx, "none"))} {
		if !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%v, want ErrNotFound", err)
		}
	}
	second(l.SetArrivals(ctx, "a", time.Now(), []ledger.Arrival{{Key: "k"}}, false))
	if n, err := l.ForgetRequests(ctx, "a", "none"); n != 1 || err != nil {
		t.Errorf("%d forgotten, %v", n, err)
	}
	if left, err := l.Arrivals(ctx, "a"); len(left) > 0 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}

func second[T any](_ T, err error) error { return err }

func first[T any](v T, _ error) T { return v }

func TestArrivals(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx := context.Background()
	must(t, l.PutRequest(ctx, request("r")))
	came := time.UnixMicro(1_000_000)
	a := ledger.Arrival{Request: "r", Key: "r/a", Name: "a", Size: 1, ContentType: "text/plain", ETag: "1", Checksum: "crc64nvme:x", Came: came}
	b := ledger.Arrival{Request: "r", Key: "r/b", Name: "b", Size: 20, Came: came.Add(time.Second)}
	look := func(want string, list ...ledger.Arrival) {
		t.Helper()
		fresh, err := l.SetArrivals(ctx, "r", came, list, false)
		if got := strings.Join(fresh, " "); err != nil || got != want {
			t.Errorf("new are %q (%v), want %q", got, err, want)
		}
	}
	count := func(arrived, fresh int, size int64) {
		t.Helper()
		r, err := l.GetRequest(ctx, "r")
		if err != nil || r.Arrived != arrived || r.New != fresh || r.Size != size || !r.Looked.Equal(came) {
			t.Errorf("%d arrived, %d new, %d bytes, looked %v (%v)", r.Arrived, r.New, r.Size, r.Looked, err)
		}
	}
	look("r/a", a)
	count(1, 1, 1)
	look("", a)
	must(t, l.SawArrivals(ctx, "r"))
	count(1, 0, 1)
	look("r/b", a, b)
	count(2, 1, 21)
	replaced := a
	replaced.ETag = "2"
	look("r/a", replaced, b) // somebody has put another object there, which was not seen yet
	count(2, 2, 21)
	look("", replaced)
	count(1, 1, 1)
	list, err := l.Arrivals(ctx, "r")
	gone := b
	gone.Gone = true
	if d := cmp.Diff([]ledger.Arrival{replaced, gone}, list); err != nil || d != "" {
		t.Error(err, d)
	}
	look("", replaced, b) // and back
	if fresh, err := l.SetArrivals(ctx, "r", came, []ledger.Arrival{replaced}, true); err != nil || len(fresh) != 0 {
		t.Errorf("%q, %v", fresh, err)
	}
	count(2, 2, 21) // a cut list does not say that the other is gone
	unsure := ledger.Arrival{Key: "r/large-1", Name: "large-1", Size: 300, Came: came}
	look("r/large-1", replaced, b, unsure)
	must(t, l.SawArrivals(ctx, "r"))
	look("", replaced, b, unsure)
	unsure.Name, unsure.ETag = "film.mov", "3"
	look("", replaced, b, unsure) // its name is known now
	count(3, 0, 321)
	if list := first(l.Arrivals(ctx, "r")); !slices.ContainsFunc(list, func(a ledger.Arrival) bool { return a.Name == "film.mov" && a.ETag == "3" }) {
		t.Errorf("%+v", list)
	}
	look("r/c", ledger.Arrival{Key: "k", Name: "x?X-Amz-Signature=abc"}, ledger.Arrival{Key: "r/c", Name: "c", Came: came})
	for _, known := range first(l.Arrivals(ctx, "r")) {
		if strings.Contains(known.Name, "Signature") {
			t.Errorf("%+v was kept", known)
		}
	}
}

// TestNoFormIsKept: neither in a field of a request nor in whatever form it is written down.
func TestNoFormIsKept(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	ctx := context.Background()
	hex := strings.Repeat("0123456789abcdef", 4)
	for _, text := range []string{
		`{"x-amz-signature":"` + hex + `"}`, `x-amz-signature: ` + hex, `<input name="x-amz-signature" value="` + hex + `">`,
		`&quot;X-Amz-Signature&quot;:&quot;` + hex + `&quot;`, `-F 'x-amz-signature=` + hex + `'`, `{"x-amz-security-token": "` + hex + `"}`,
	} {
		r := request("a")
		r.Content = text
		if err := l.PutRequest(ctx, r); !errors.Is(err, ledger.ErrSecret) {
			t.Errorf("%s: %v, want ErrSecret", text, err)
		}
	}
	fields := reflect.TypeFor[ledger.Request]()
	for i := range fields.NumField() {
		r := request("a")
		f := reflect.ValueOf(&r).Elem().Field(i)
		if f.Kind() != reflect.String {
			continue
		}
		f.SetString("https://x/?X-Amz-Signature=" + hex)
		if err := l.PutRequest(ctx, r); !errors.Is(err, ledger.ErrSecret) {
			t.Errorf("%s: %v, want ErrSecret", fields.Field(i).Name, err)
		}
	}
	for _, text := range []string{"the form's x-amz-signature is not kept", "x-amz-security-token: see the docs"} {
		r := request("about")
		r.Content = text
		must(t, l.PutRequest(ctx, r))
	}
}
