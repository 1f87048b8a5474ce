package gui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// inRequests opens a window on the shared store, with requests going to a folder of the test's own, and the Requests place
// in sight.
func inRequests(t *testing.T, folder string) *rig {
	t.Helper()
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.back.front = true
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, folder)
	r.ui.open(r.requests)
	r.until("the ledger is read", func() bool { return r.requests.read && !r.requests.loading })
	return r
}

// asks makes a request through the desk, as the command line would.
func (r *rig) asks(o desk.RequestOptions) *desk.Ways {
	r.t.Helper()
	w, err := r.desk.Request(context.Background(), r.send.dest.at, o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.requests.load()
	r.until("it is listed", func() bool { _, ok := r.requests.find(w.Request.ID); return ok })
	return w
}

// uploads sends a file as somebody with the page does: by its form, or to the first place that is left for one.
func (r *rig) uploads(w *desk.Ways, name, text string) int {
	r.t.Helper()
	if len(w.Posts) == 0 {
		u := w.Uploads[0]
		w.Uploads = w.Uploads[1:]
		return r.puts(u, name, text)
	}
	p := w.Posts[0]
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	field := func(name, value string) {
		if err := form.WriteField(name, value); err != nil {
			r.t.Fatal(err)
		}
	}
	for k, v := range p.Fields {
		field(k, v)
	}
	field("key", fmt.Sprintf("%skT%010d/%s", p.Folder, time.Now().UnixNano()%1e10, name))
	kind := p.ContentType
	if strings.HasSuffix(kind, "/") {
		kind += "png"
	}
	field("Content-Type", kind)
	part, err := form.CreateFormFile("file", "file")
	if err == nil {
		_, err = io.WriteString(part, text)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := http.Post(p.URL, form.FormDataContentType(), &body)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// puts sends a file to a place for one.
func (r *rig) puts(u desk.Upload, name, text string) int {
	r.t.Helper()
	req, err := http.NewRequest(u.Method, u.URL, strings.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	for k, v := range u.Header {
		req.Header.Set(k, v)
	}
	req.Header.Set("Content-Disposition", "attachment; filename=\""+name+"\"")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// sends uploads a file, which the store has to take.
func (r *rig) sends(w *desk.Ways, name, text string) {
	r.t.Helper()
	if status := r.uploads(w, name, text); status >= 300 {
		r.t.Fatalf("%s: the store answers %d", name, status)
	}
}

// watches lets the window look for arrivals as it does when the time has come.
func (r *rig) watches() {
	r.t.Helper()
	r.requests.watch.last = time.Time{}
	r.count()
	r.until("the stores have answered", func() bool { return !r.requests.watch.looking && !r.requests.loading })
}

// shows opens a request, and waits until the store has said what has arrived.
func (r *rig) shows(w *desk.Ways, files int) *arrivalsPlace {
	r.t.Helper()
	p := r.arrivals
	p.open(w.Request)
	r.until("what has arrived is shown", func() bool { return !p.waiting && len(p.arrivals) == files })
	return p
}

// arrival is what the row of this name shows and does.
func (r *rig) arrival(name string) (rowContent, rowActions) {
	r.t.Helper()
	for i := range r.arrivals.arrivals {
		if c, act := r.arrivals.row(i); c.name == name {
			return c, act
		}
	}
	r.t.Fatalf("nothing is called %q among %d", name, len(r.arrivals.arrivals))
	return rowContent{}, rowActions{}
}
