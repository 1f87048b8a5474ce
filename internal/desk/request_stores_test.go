package desk_test

import (
	"context"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
	"waybill/internal/teststore"
)

// TestStoresWithoutForms: rclone's answers no form, and another one might take any; both get places for one file each.
func TestStoresWithoutForms(t *testing.T) {
	for name, forms := range map[string]func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)){
		"refuses forms": func(w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
			w.WriteHeader(http.StatusNotImplemented)
			_, _ = w.Write([]byte("<Error><Code>NotImplemented</Code></Error>"))
		},
		"checks nothing": func(w http.ResponseWriter, r *http.Request, _ func(http.ResponseWriter)) {
			_ = r.ParseMultipartForm(1 << 20)
			_, _ = client().PutObject(r.Context(), &s3.PutObjectInput{Bucket: aws.String("sandbox"), Key: aws.String(r.FormValue("key")), Body: strings.NewReader("x")})
			w.WriteHeader(http.StatusCreated)
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, keys := sandboxProfile()
			endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
				if r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
					forms(w, r, pass)
					return
				}
				pass(w)
			})
			isolate(t, "[default]\nendpoint_url = "+endpoint+"\n", keys)
			a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
			w, err := a.desk.Request(t.Context(), a.to, desk.RequestOptions{})
			if err != nil || code(w.Trouble) != "NoForms" || len(w.Posts) != 0 || len(w.Uploads) != 20 || w.Request.Files != 20 || !w.Verified {
				t.Fatalf("%+v, %v", w, err)
			}
			if list := a.arrived(w.Request.ID); len(list) != 0 {
				t.Errorf("the trial has left %+v", list)
			}
			if status, answer := a.put(w.Uploads[19], "a.txt", "x"); status != http.StatusOK {
				t.Errorf("HTTP %d: %s", status, answer)
			}
		})
	}
}

// TestRequestWithAWrongClock is signed with the store's time.
func TestRequestWithAWrongClock(t *testing.T) {
	for name, off := range map[string]time.Duration{"behind": -3 * time.Hour, "ahead": 3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			m := teststore.StartMinIO(t, false)
			minioProfile(t, m, m.Key, m.Secret, "", "")
			now := func() time.Time { return time.Now().Add(off) }
			a := asking{newPlace(t, teststore.Bucket, ""), openDesk(t, desk.Options{Now: now}), desk.Destination{Bucket: teststore.Bucket}}
			w := a.ask(desk.RequestOptions{})
			f := w.Posts[0]
			if status, answer := a.post(f.URL, f.Fields, f.Folder+"kT3rZ0aQ9bXx/a", f.ContentType, []byte("x")); status != http.StatusCreated {
				t.Errorf("HTTP %d: %s", status, answer)
			}
			if left := time.Until(w.Ends); left < 59*time.Minute || left > time.Hour {
				t.Errorf("ends in %v", left)
			}
		})
	}
}

// TestRequestThatCannotBeMade leaves nothing.
func TestRequestThatCannotBeMade(t *testing.T) {
	atStore(t)
	d := openDesk(t, desk.Options{})
	ctx := t.Context()
	to := dest(t)
	for _, c := range []struct {
		code string
		to   desk.Destination
		o    desk.RequestOptions
	}{
		{"NoSuchBucket", desk.Destination{Bucket: "no-such-bucket"}, desk.RequestOptions{}},
		{"RequestSecret", to, desk.RequestOptions{Message: "see https://x/?X-Amz-Signature=abc"}},
		{"PrefixDots", desk.Destination{Bucket: "sandbox", Prefix: "a/../b"}, desk.RequestOptions{}},
		{"PrefixTooLong", desk.Destination{Bucket: "sandbox", Prefix: strings.Repeat("long/", 150)}, desk.RequestOptions{}},
		{"KindWrong", to, desk.RequestOptions{Kinds: []string{"<b>"}}},
		{"FilesRange", to, desk.RequestOptions{Files: 201}},
		{"LargeOfSome", to, desk.RequestOptions{Files: 2, Large: 2}},
		{"FilesRange", to, desk.RequestOptions{Files: math.MaxInt, Kinds: []string{".pdf", ".png"}}},
		{"MaxSizeNoWay", to, desk.RequestOptions{MaxSize: 5000<<30 + 1}},
		{"MaxSizeNoWay", to, desk.RequestOptions{MaxSize: 1250<<30 + 1, Files: 11}},
		{"MaxSizeNoWay", to, desk.RequestOptions{MaxSize: 5<<30 + 1, Large: -1}},
		{"ExpiresTooLong", to, desk.RequestOptions{Expires: 8 * 24 * time.Hour}},
		{"MaxSizeRange", to, desk.RequestOptions{MaxSize: -1}},
	} {
		if w, err := d.Request(ctx, c.to, c.o); code(err) != c.code || w != nil {
			t.Errorf("%s: %v", c.code, err)
		}
	}
	if list, err := d.Requests(ctx); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys)+len(unfinished) != 0 {
		t.Errorf("%q %q", keys, unfinished)
	}

	// One that fails at its page takes the uploads back that were started.
	_, credentials := sandboxProfile()
	endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, ".html") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code></Error>"))
			return
		}
		pass(w)
	})
	isolate(t, "[default]\nendpoint_url = "+endpoint+"\n", credentials)
	d = openDesk(t, desk.Options{Home: d.Home()})
	if _, err := d.Request(ctx, to, desk.RequestOptions{}); code(err) != "AccessDenied" {
		t.Error(err)
	}
	if list, err := d.Requests(context.Background()); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys)+len(unfinished) != 0 {
		t.Errorf("%q %q", keys, unfinished)
	}
}

// TestForgetRequests: one that is open stays; one whose store is gone can be forgotten.
func TestForgetRequests(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{})
	if _, err := a.desk.ForgetRequests(t.Context(), w.Request.ID); code(err) != "RequestStillOpen" {
		t.Error(err)
	}
	a.end(w.Request.ID)
	isolate(t, "", "")
	d := openDesk(t, desk.Options{Home: a.desk.Home()})
	if news, err := d.LookForArrivals(t.Context()); err != nil || len(news) != 1 || news[0].Trouble == nil {
		t.Errorf("%+v, %v", news, err)
	}
	if n, err := d.ForgetRequests(t.Context(), w.Request.ID); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

// TestMayPutOnly: who may put and not get or list makes requests, and is told what does not work.
func TestMayPutOnly(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	key, secret, token, ends := m.Session(time.Hour, allow("s3:PutObject"))
	minioProfile(t, m, key, secret, token, "x_security_token_expires = "+ends.Format(time.RFC3339)+"\n")
	d := openDesk(t, desk.Options{})
	w, err := d.Request(t.Context(), desk.Destination{Bucket: teststore.Bucket}, desk.RequestOptions{Files: 1})
	if err != nil || code(w.Trouble) != "PageRefused" || w.Verified || len(w.HTML) == 0 || len(w.Uploads) != 1 {
		t.Fatalf("%+v, %v", w, err)
	}
	if _, err := d.Arrivals(t.Context(), w.Request.ID); code(err) != "AccessDenied" || !strings.Contains(err.Error(), "s3:ListBucket") {
		t.Error(err)
	}
}
