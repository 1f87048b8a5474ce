package pages_test

import (
	"bytes"
	"crypto/md5" // #nosec G501 -- what S3 checks
	"encoding/base64"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// road is what lies between a page and its store: it writes down what passes, and can be told to misbehave. Signatures
// hold over it, for they are made for its address, and it passes the Host on as it came.
type road struct {
	server *httptest.Server

	mu    sync.Mutex
	begun []passed // with status 0
	seen  []passed
	rules []rule
}

// passed is a request that came to its answer, or 0 for one that did not.
type passed struct {
	method, part, key string
	status            int
}

// rule says what happens to a request, if it is about it; nil lets it pass.
type rule func(r *http.Request) trouble

// trouble does something other than to pass a request on.
type trouble func(w http.ResponseWriter, r *http.Request, pass http.Handler)

// newRoad leads to a store.
func newRoad(t *testing.T, store string) *road {
	t.Helper()
	target, err := url.Parse(store)
	if err != nil {
		t.Fatal(err)
	}
	quiet := log.New(io.Discard, "", 0) // the browser goes away in the middle of answers
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:     quiet,
	}
	way := &road{}
	way.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := 0
		it := passed{r.Method, r.URL.Query().Get("partNumber"), r.URL.Path, 0}
		way.mu.Lock()
		way.begun = append(way.begun, it)
		way.mu.Unlock()
		defer func() {
			way.mu.Lock()
			defer way.mu.Unlock()
			it.status = status
			way.seen = append(way.seen, it)
		}()
		rec := &recorder{ResponseWriter: w, status: &status}
		if harm := way.harm(r); harm != nil {
			harm(rec, r, proxy)
			return
		}
		proxy.ServeHTTP(rec, r)
	}))
	way.server.Config.ErrorLog = quiet
	way.server.Start()
	t.Cleanup(func() {
		way.server.CloseClientConnections()
		way.server.Close()
	})
	return way
}

// recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	status *int
}

func (r *recorder) WriteHeader(status int) {
	*r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (w *road) harm(r *http.Request) trouble {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, rule := range w.rules {
		if harm := rule(r); harm != nil {
			return harm
		}
	}
	return nil
}

// troubled adds a rule.
func (w *road) troubled(r rule) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rules = append(w.rules, r)
}

// clear takes all rules away.
func (w *road) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rules = nil
}

// count is how many requests were answered so far, or given up, that a function picks.
func (w *road) count(pick func(passed) bool) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.seen {
		if pick(p) {
			n++
		}
	}
	return n
}

// came is how many requests have begun so far that a function picks.
func (w *road) came(pick func(passed) bool) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.begun {
		if pick(p) {
			n++
		}
	}
	return n
}

func sentPart(p passed) bool {
	return p.method == http.MethodPut && p.part != "" && p.status == http.StatusOK
}
func isForm(p passed) bool  { return p.method == http.MethodPost && p.key == "/sandbox" }
func anyPart(p passed) bool { return p.method == http.MethodPut && p.part != "" }

// the first n requests of a kind have trouble.
func first(n int, about func(r *http.Request) bool, harm trouble) rule {
	return func(r *http.Request) trouble {
		if n == 0 || !about(r) {
			return nil
		}
		n--
		return harm
	}
}

func isPost(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Get("uploadId") == ""
}
func isPut(r *http.Request) bool {
	return r.Method == http.MethodPut && r.URL.Query().Get("uploadId") == ""
}
func isPart(r *http.Request) bool {
	return r.Method == http.MethodPut && r.URL.Query().Get("uploadId") != ""
}
func isComplete(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Get("uploadId") != ""
}

// says answers instead of the store, after the request was read.
func says(status int, contentType, body string) trouble {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// errorXML is an error as a store says it.
func errorXML(code, message string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>` + code + `</Code><Message>` + message + `</Message><Resource>/x</Resource></Error>`
}

// loses passes a request on, and breaks the connection off instead of giving the answer.
func loses(_ http.ResponseWriter, r *http.Request, pass http.Handler) {
	pass.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// breaks reads a little, and breaks the connection off.
func breaks(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.CopyN(io.Discard, r.Body, 1<<16)
	panic(http.ErrAbortHandler)
}

// damages turns one bit of what is sent.
func damages(w http.ResponseWriter, r *http.Request, pass http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	body[len(body)/2] ^= 1
	r.Body = io.NopCloser(bytes.NewReader(body))
	pass.ServeHTTP(w, r)
}

// slowly passes a request on at so many bytes a second.
func slowly(rate int) trouble {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		r.Body = &slowBody{r.Body, rate}
		pass.ServeHTTP(w, r)
	}
}

type slowBody struct {
	io.ReadCloser
	rate int
}

func (s *slowBody) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p[:min(len(p), max(s.rate/20, 1))])
	time.Sleep(time.Duration(n) * time.Second / time.Duration(s.rate))
	return n, err
}

// waitsFor takes a request in, and waits before it passes it on. It gives up with the connection; a server sees the end of
// that only when it has read the body.
func waitsFor(open <-chan struct{}) trouble {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		select {
		case <-open:
			r.Body = io.NopCloser(bytes.NewReader(body))
			pass.ServeHTTP(w, r)
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
}

// TestTheRoad makes sure that signatures hold over the road, and that it can be told to lose and to damage.
func TestTheRoad(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	send := func(key string) (int, error) {
		slot := s.put(key, "text/plain")
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, slot.Put.URL, strings.NewReader("content"))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range slot.Put.Header {
			req.Header.Set(name, value)
		}
		sum := md5.Sum([]byte("content")) // #nosec G401 -- what S3 checks
		req.Header.Set("Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err
		}
		return res.StatusCode, res.Body.Close()
	}
	if status, err := send("a"); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v", status, err)
	}
	way.troubled(first(1, isPut, loses))
	if _, err := send("b"); !errors.Is(err, io.EOF) || string(s.has("b")["b"]) != "content" {
		t.Errorf("a lost answer: %v, %q", err, s.has("b"))
	}
	way.troubled(first(1, isPut, damages))
	if status, err := send("c"); err != nil || status != http.StatusBadRequest || len(s.has("c")) != 0 {
		t.Errorf("a damaged body: %d, %v", status, err)
	}
	if n := way.count(func(p passed) bool { return p.method == http.MethodPut }); n != 3 {
		t.Errorf("%d requests were seen", n)
	}
}
