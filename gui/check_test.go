package gui

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
)

// checks opens a window with the destination in the shared store, and has it checked.
func checks(t *testing.T, folder string) *rig {
	t.Helper()
	withProfiles(t)
	return checksAt(t, folder)
}

func checksAt(t *testing.T, folder string) *rig {
	t.Helper()
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, folder)
	r.send.dest.checking.onTap()
	if !r.checking.all.Visible() || !r.checking.running {
		t.Fatal("nothing is checked")
	}
	return r
}

// askedToWrite waits until the person is asked.
func (r *rig) askedToWrite() {
	r.t.Helper()
	r.until("it is asked", func() bool { return r.checking.reply != nil })
}

// checkOver waits until a check is over.
func (r *rig) checkOver() {
	r.t.Helper()
	r.until("the check is over", func() bool { return !r.checking.running })
}

// stepStands is what the chip of a step says.
func (r *rig) stepStands(id string) string {
	r.t.Helper()
	l, ok := r.checking.lines[id]
	if !ok {
		r.t.Fatalf("%s is not shown", id)
	}
	return l.chip.text
}

func TestCheckFromTheWindow(t *testing.T) {
	r := checks(t, "checked")
	p := r.checking
	r.askedToWrite()
	if p.ask.Hidden || !strings.Contains(p.asked.label.Text, "sandbox/checked/.waybill-check-") || r.window.Canvas().Focused() != fyne.Focusable(p.yes) {
		t.Errorf("%q, focus on %v", p.asked.label.Text, r.window.Canvas().Focused())
	}
	if r.stepStands("list") != "Fine" || p.lines["put"] != nil {
		t.Error("something was written before it was asked")
	}
	p.yes.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.checkOver()
	if p.sum.text != "Everything works here." || !strings.Contains(p.can.label.Text, "Sending · Linking · ") || p.cannot.all.Visible() {
		t.Errorf("%q, %q, %q", p.sum.text, p.can.label.Text, p.cannot.label.Text)
	}
	for _, id := range []string{"put", "get", "delete", "multipart", "parts", "abort", "speed"} {
		if r.stepStands(id) != "Fine" {
			t.Errorf("%s: %s", id, r.stepStands(id))
		}
	}
	p.policy.onTap()
	if text := r.app.Clipboard().Content(); !strings.Contains(text, `"arn:aws:s3:::sandbox/checked/*"`) || p.policy.text != "Policy copied" {
		t.Errorf("%q: %s", p.policy.text, text)
	}
	p.report.onTap()
	if text := r.app.Clipboard().Content(); !strings.Contains(text, "[Fine] Put an object, s3:PutObject: ") || p.policy.text != "Copy the policy" || strings.Contains(text, store.Keys().SecretAccessKey) {
		t.Errorf("%q: %s", p.policy.text, text)
	}
	r.key("escape")
	if p.all.Visible() || !r.send.all.Visible() {
		t.Error("Escape does not lead back")
	}
}

func TestCheckWithoutWriting(t *testing.T) {
	r := checks(t, "checked-not")
	r.askedToWrite()
	r.checking.no.onTap()
	r.checkOver()
	p := r.checking
	if r.stepStands("put") != "Not tried" || r.stepStands("abort") != "Fine" || !strings.Contains(p.sum.text, "cannot be told") {
		t.Errorf("%s, %s, %q", r.stepStands("put"), r.stepStands("abort"), p.sum.text)
	}
	// It can be looked at once more, and then be tried.
	p.again.onTap()
	r.askedToWrite()
	p.yes.onTap()
	r.checkOver()
	if p.sum.text != "Everything works here." {
		t.Errorf("%q", p.sum.text)
	}
}

// inFront stands between the window and the shared store, and may refuse.
func inFront(t *testing.T, refuses func(*http.Request) bool) {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuses(r) {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>"))
			return
		}
		on.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	isolate(t, "[default]\nendpoint_url = "+server.URL+"\n",
		"[default]\naws_access_key_id = "+store.Keys().AccessKeyID+"\naws_secret_access_key = "+store.Keys().SecretAccessKey+"\n")
}

// TestCheckOfARefusedFile: a row that was refused offers the check, which says what is missing and what that would do.
func TestCheckOfARefusedFile(t *testing.T) {
	inFront(t, func(r *http.Request) bool {
		return r.Method == http.MethodPut || r.Method == http.MethodDelete && !r.URL.Query().Has("uploadId")
	})
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "refused")
	r.send.drop([]string{r.file("a.txt", "a")})
	r.over(1)
	c, act := r.send.content1(0)
	if len(c.more) != 1 || c.more[0] != "Check" {
		t.Fatalf("%+v", c)
	}
	act.more[0]()
	r.askedToWrite()
	if !strings.Contains(r.checking.asked.label.Text, "stays there") {
		t.Errorf("that it would stay is not said: %q", r.checking.asked.label.Text)
	}
	r.checking.yes.onTap()
	r.checkOver()
	p := r.checking
	if r.stepStands("put") != "Missing" || !strings.Contains(p.sum.text, "missing") || !strings.Contains(p.cannot.label.Text, "Sending needs s3:PutObject.") || !p.cannot.all.Visible() {
		t.Errorf("%s, %q, %q", r.stepStands("put"), p.sum.text, p.cannot.label.Text)
	}
	if l := p.lines["put"]; !l.help.all.Visible() || !strings.Contains(l.help.label.Text, "s3:PutObject") {
		t.Errorf("%q", l.help.label.Text)
	}
}

// TestCheckCancelledFromTheWindow: Escape and the button end it, whatever it is doing, and another one can follow at once.
func TestCheckCancelledFromTheWindow(t *testing.T) {
	var hold atomic.Bool
	arrived, goOn := make(chan struct{}, 1), make(chan struct{})
	inFront(t, func(r *http.Request) bool {
		if hold.Load() && r.Method == http.MethodGet && r.URL.Query().Has("cors") {
			select {
			case arrived <- struct{}{}:
			default:
			}
			<-goOn
		}
		return false
	})
	hold.Store(true)
	r := checksAt(t, "cancelled")
	r.until("it waits for the store", func() bool { return len(arrived) > 0 })
	first := r.checking.check
	r.checking.again.onTap()
	hold.Store(false)
	close(goOn)
	r.checkOver()
	if first.Works() || r.stepStands("put") != "Not tried" || r.checking.reply != nil {
		t.Errorf("put: %s", r.stepStands("put"))
	}
	r.checking.again.onTap()
	r.askedToWrite()
	r.key("escape")
	if !r.send.all.Visible() {
		t.Error("Escape does not lead back")
	}
	r.checkOver()
	// Its key opens it once more, as a new check.
	r.key("check")
	if !r.checking.all.Visible() || r.checking.check == first {
		t.Error("the key does not check")
	}
	r.askedToWrite()
	r.checking.no.onTap()
	r.checkOver()
}

// TestCheckOfNothing goes to the field that is empty, and one that cannot be checked says why.
func TestCheckOfNothing(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.key("check")
	if r.checking.all.Visible() || r.window.Canvas().Focused() != fyne.Focusable(r.send.dest.bucket) {
		t.Errorf("%v", r.window.Canvas().Focused())
	}
	r.checking.open(desk.Destination{Bucket: "a/b"}, r.send)
	if r.notices.lines["check"] == nil || r.checking.running {
		t.Error("nothing is said")
	}
}

// TestCheckScrolls by keys, wherever the focus is.
func TestCheckScrolls(t *testing.T) {
	r := checks(t, "scrolled")
	r.window.Resize(fyne.NewSize(700, 420))
	r.askedToWrite()
	r.checking.no.onTap()
	r.checkOver()
	r.checking.again.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	at := r.checking.scroll.Offset.Y
	r.checking.again.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if at <= 0 || r.checking.scroll.Offset.Y >= at {
		t.Errorf("%v, then %v", at, r.checking.scroll.Offset.Y)
	}
}
