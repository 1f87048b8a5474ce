package gui

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"waybill/internal/testaws"
	"waybill/internal/teststore"
)

const (
	ssoConfig = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n" +
		"[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
	roleConfig = "role_arn = arn:aws:iam::111122223333:role/a\nsource_profile = base\n"
	mfaConfig  = roleConfig + "mfa_serial = arn:aws:iam::111122223333:mfa/anna\n"
	baseKeys   = "[base]\naws_access_key_id = AKID\naws_secret_access_key = s\n"
)

// atAWS gives a test AWS files, a home and the services that give credentials.
func atAWS(t *testing.T, config, credentials string) *testaws.AWS {
	t.Helper()
	isolate(t, config, credentials)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return testaws.Start(t)
}

// grantsOf has the services give credentials that a real store takes.
func grantsOf(a *testaws.AWS, m *teststore.MinIO) {
	a.Set(func() {
		a.Grant = func(_ string, length time.Duration) testaws.Keys {
			id, secret, token, ends := m.Session(length, "")
			return testaws.Keys{ID: id, Secret: secret, Token: token, Ends: ends}
		}
	})
}

// follows does what a browser does with an address: it goes wherever that leads, and loads the page there.
func follows(t *testing.T, address string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the browser got HTTP %d", resp.StatusCode)
	}
}

// enters types into the field of the question for a code, and leaves it with Enter.
func (r *rig) enters(code string) {
	r.t.Helper()
	if r.window.Canvas().Focused() != r.codes.field {
		r.t.Fatalf("the keyboard is at %T", r.window.Canvas().Focused())
	}
	r.codes.field.SetText("")
	for _, digit := range code {
		r.codes.field.TypedRune(digit)
	}
	r.codes.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

// asked waits for the question for a code.
func (r *rig) asked() {
	r.t.Helper()
	r.until("a code is asked for", func() bool { return len(r.codes.queue) > 0 })
}

// shortStore is a real store that takes so many parts under the first session; then that session has ended.
type shortStore struct {
	*httptest.Server
	sync.Mutex
	created  int            // uploads
	accepted map[string]int // parts, by session
	first    string
}

func shorten(t *testing.T, m *teststore.MinIO, parts int) *shortStore {
	t.Helper()
	target, err := url.Parse(m.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	s := &shortStore{accepted: map[string]int{}}
	begun, arrived := 0, make(chan struct{})
	forward := &httputil.ReverseProxy{
		ErrorLog: log.New(io.Discard, "", 0), // requests are given up when another one of their upload is refused
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ModifyResponse: func(resp *http.Response) error {
			s.Lock()
			defer s.Unlock()
			q := resp.Request.URL.Query()
			switch {
			case resp.StatusCode != http.StatusOK:
			case q.Has("uploads"):
				s.created++
			case q.Has("partNumber") && resp.Request.Method == http.MethodPut:
				token := q.Get("X-Amz-Security-Token")
				if s.accepted[token]++; token == s.first && s.accepted[token] == parts {
					close(arrived)
				}
			}
			return nil
		},
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, ended := r.URL.Query(), false
		if token := q.Get("X-Amz-Security-Token"); q.Has("partNumber") && r.Method == http.MethodPut {
			s.Lock()
			if s.first == "" {
				s.first = token
			}
			if token == s.first {
				begun++
				ended = begun > parts
			}
			s.Unlock()
		}
		if !ended {
			forward.ServeHTTP(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		<-arrived
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>`)
	}))
	t.Cleanup(s.Close)
	return s
}
