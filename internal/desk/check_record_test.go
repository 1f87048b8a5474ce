package desk_test

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// TestWhatAStoreCheckHasLeft goes with a later check of the bucket from the same home, when it may be removed, is old enough, and
// is still what the check has put.
func TestWhatAStoreCheckHasLeft(t *testing.T) {
	isolate(t, "", "")
	var keeps atomic.Bool
	keeps.Store(true)
	n := newStore()
	n.Bucket = sandbox.Bucket
	n.Endpoint = tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method != http.MethodGet && (r.Method != http.MethodDelete || !keeps.Load()) {
			pass(w)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
	})
	home := filepath.Join(t.TempDir(), "a [home]") // which is no pattern
	check := func(d *desk.Desk) desk.StoreCheck {
		t.Helper()
		found, err := d.CheckStore(t.Context(), n, desk.AddStoreOptions{MayPut: true})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	left := check(openDesk(t, desk.Options{Home: home})).Left
	keeps.Store(false)
	is := func(there bool, when string) {
		t.Helper()
		if _, is := listAll(t, left)[left]; is != there || left == "" {
			t.Errorf("%s: %q is there: %v", when, left, is)
		}
	}
	is(true, "after the check that may not remove it")
	check(openDesk(t, desk.Options{Home: home}))
	is(true, "while it is young")
	old := func(home string) *desk.Desk {
		d := openDesk(t, desk.Options{Home: home})
		d.LeftAfter(time.Millisecond)
		return d
	}
	check(old(t.TempDir()))
	is(true, "after a check of another home")
	put := func(body string) {
		t.Helper()
		if _, err := client().PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String(left), Body: strings.NewReader(body)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond) // the store tells whole seconds
	}
	put(strings.Repeat("x", 100))
	check(old(home))
	is(true, "with something larger in its place")
	put("what was there")
	check(old(home))
	is(false, "after a check of the same home")
}

// TestAStoreCheckThatHeardNothing: the store has taken the object, and its answer is lost; it is removed all the same.
func TestAStoreCheckThatHeardNothing(t *testing.T) {
	isolate(t, "", "")
	n := newStore()
	n.Bucket = sandbox.Bucket
	put := ""
	n.Endpoint = tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			w.WriteHeader(http.StatusForbidden)
			if r.Method == http.MethodGet {
				_, _ = io.Copy(w, bytes.NewBufferString(`<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`))
			}
		case http.MethodPut:
			put = strings.TrimPrefix(r.URL.Path, "/"+sandbox.Bucket+"/")
			pass(new(unheard))
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `<Error><Code>InternalError</Code></Error>`)
		default:
			pass(w)
		}
	})
	_, err := openDesk(t, desk.Options{}).CheckStore(t.Context(), n, desk.AddStoreOptions{MayPut: true})
	if err == nil || put == "" {
		t.Fatalf("%q, %v", put, err)
	}
	if there := listAll(t, put); len(there) != 0 {
		t.Errorf("it left %v; %v", there, err)
	}
}

// TestWhatStaysIsCountedOnce: what an earlier check has left, and nobody may remove, is found by listing and by what was written
// down, and is one all the same.
func TestWhatStaysIsCountedOnce(t *testing.T) {
	atStore(t)
	to, home := dest(t), t.TempDir()
	to.Endpoint = tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method != http.MethodDelete || r.URL.Query().Has("uploadId") {
			pass(w)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
	})
	first, _ := checked(t, openDesk(t, desk.Options{Home: home}), to, desk.CheckOptions{Consent: agreed})
	if objects, _ := inBucket(t, to.Prefix); code(first.Left()) != "CheckStays" || len(objects) != 1 {
		t.Fatalf("%q, %v", objects, first.Left())
	}
	time.Sleep(1100 * time.Millisecond) // the store tells whole seconds
	later := openDesk(t, desk.Options{Home: home})
	later.LeftAfter(time.Millisecond)
	_, steps := checked(t, later, to, desk.CheckOptions{Consent: agreed})
	if said := steps["left"].Result.String(); said != "0 of 1 were removed." {
		t.Errorf("it says %q", said)
	}
}
