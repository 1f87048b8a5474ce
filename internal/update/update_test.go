package update_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/testupdates"
	"waybill/internal/update"
)

// at is a look at a server.
func at(s *testupdates.Server) update.Request {
	return update.Request{Source: s.Source(), Transport: s.Client().Transport, Now: time.Now()}
}

func TestLook(t *testing.T) {
	s := testupdates.New(t)
	want := testupdates.Release("1.2.0")
	s.Publish(want)
	m, err := update.Fetch(t.Context(), at(s))
	if err != nil || m.Version != "1.2.0" || !m.Expires.Equal(want.Expires) || m.Page != want.Page || len(m.Downloads) != 1 {
		t.Fatalf("%+v, %v", m, err)
	}
	if m.NotesIn("de_DE") != want.Notes["de"] || m.NotesIn("DE") != want.Notes["de"] || m.NotesIn("fr") != want.Notes["en"] || m.NotesIn("") != want.Notes["en"] {
		t.Error("the notes are not in the language that was asked for")
	}
	if d := m.Downloads[0]; !d.Fits("linux", "amd64") || d.Fits("linux", "arm64") || d.Fits("windows", "amd64") {
		t.Errorf("%+v", d)
	}
}

// TestNothingIsToldOfThePerson: two GET requests whose headers are these and no others.
func TestNothingIsToldOfThePerson(t *testing.T) {
	s := testupdates.New(t)
	s.Publish(testupdates.Release("1.2.0"))
	if _, err := update.Fetch(t.Context(), at(s)); err != nil {
		t.Fatal(err)
	}
	asked := s.Asked()
	if len(asked) != 2 || asked[0].URL.Path != "/waybill-update.json" || asked[1].URL.Path != "/waybill-update.json.minisig" {
		t.Fatalf("%d requests", len(asked))
	}
	for _, r := range asked {
		want := http.Header{"User-Agent": {"Waybill"}, "Accept-Encoding": {"identity"}}
		if r.Method != http.MethodGet || r.URL.RawQuery != "" || r.ContentLength != 0 || fmt.Sprint(r.Header) != fmt.Sprint(want) {
			t.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
		}
	}
}

func TestWhatIsNotBelieved(t *testing.T) {
	s := testupdates.New(t)
	good := testupdates.Release("1.2.0")
	data, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	signature := s.Sign(data)
	other := testupdates.New(t)
	signed := func(text string) { s.Put([]byte(text), s.Sign([]byte(text))) }
	change := func(do func(*update.Manifest)) func() {
		return func() {
			m := testupdates.Release("1.2.0")
			do(&m)
			s.Publish(m)
		}
	}
	for name, c := range map[string]struct {
		make func()
		seen string
		want error
	}{
		"a byte changed":     {func() { s.Put(bytes.Replace(data, []byte("1.2.0"), []byte("1.3.0"), 1), signature) }, "", update.ErrSignature},
		"a byte more":        {func() { s.Put(append(slices.Clone(data), '\n'), signature) }, "", update.ErrSignature},
		"cut":                {func() { s.Put(data[:len(data)-1], signature) }, "", update.ErrSignature},
		"empty":              {func() { s.Put(nil, signature) }, "", update.ErrSignature},
		"signature cut":      {func() { s.Put(data, signature[:len(signature)/2]) }, "", update.ErrSignature},
		"signature empty":    {func() { s.Put(data, nil) }, "", update.ErrSignature},
		"comment changed":    {func() { s.Put(data, bytes.Replace(signature, []byte("timestamp:"), []byte("timestamp:1"), 1)) }, "", update.ErrSignature},
		"another's key":      {func() { s.Put(data, other.Sign(data)) }, "", update.ErrSignature},
		"expired":            {change(func(m *update.Manifest) { m.Expires = time.Now().Add(-time.Second) }), "", update.ErrExpired},
		"older than seen":    {func() { s.Publish(good) }, "1.10.0", update.ErrOlder},
		"another product":    {change(func(m *update.Manifest) { m.Product = "else" }), "", update.ErrManifest},
		"a newer form":       {change(func(m *update.Manifest) { m.Format = 2 }), "", update.ErrNewerFormat},
		"no form":            {change(func(m *update.Manifest) { m.Format = 0 }), "", update.ErrManifest},
		"no version":         {change(func(m *update.Manifest) { m.Version = "newest" }), "", update.ErrManifest},
		"half a version":     {change(func(m *update.Manifest) { m.Version = "1.2" }), "", update.ErrManifest},
		"no expiry":          {change(func(m *update.Manifest) { m.Expires = time.Time{} }), "", update.ErrManifest},
		"page of a script":   {change(func(m *update.Manifest) { m.Page = "javascript:alert(1)" }), "", update.ErrManifest},
		"page in plain http": {change(func(m *update.Manifest) { m.Page = "http://example.com/" }), "", update.ErrManifest},
		"page of a file":     {change(func(m *update.Manifest) { m.Page = "file:///etc/passwd" }), "", update.ErrManifest},
		"page with a user":   {change(func(m *update.Manifest) { m.Page = "https://good.example@evil.example/" }), "", update.ErrManifest},
		"notes that hide":    {change(func(m *update.Manifest) { m.Notes["en"] = "a\u202Eb" }), "", update.ErrManifest},
		"notes that beep":    {change(func(m *update.Manifest) { m.Notes["en"] = "a\x1b[2Jb" }), "", update.ErrManifest},
		"long notes":         {change(func(m *update.Manifest) { m.Notes["en"] = strings.Repeat("x", 33<<10) }), "", update.ErrManifest},
		"no sum":             {change(func(m *update.Manifest) { m.Downloads[0].SHA256 = "ab" }), "", update.ErrManifest},
		"two manifests":      {func() { signed(string(data) + string(data)) }, "", update.ErrManifest},
		"no JSON":            {func() { signed("<html>") }, "", update.ErrManifest},
		"no UTF-8":           {func() { signed(strings.Replace(string(data), "Links", "Links\xff", 1)) }, "", update.ErrManifest},
		"signed and huge":    {func() { signed(string(data) + strings.Repeat(" ", 256<<10)) }, "", update.ErrTooLarge},
	} {
		c.make()
		r := at(s)
		r.Seen = c.seen
		if m, err := update.Fetch(t.Context(), r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v (%+v), want %v", name, err, m, c.want)
		}
	}
	// What was wrong each time was what its name says.
	s.Put(data, signature)
	r := at(s)
	r.Seen = "1.2.0"
	if _, err := update.Fetch(t.Context(), r); err != nil {
		t.Error(err)
	}
	r.Now = good.Expires
	if _, err := update.Fetch(t.Context(), r); !errors.Is(err, update.ErrExpired) {
		t.Errorf("at the very moment of its end: %v", err)
	}
}

func TestServersThatMisbehave(t *testing.T) {
	s := testupdates.New(t)
	s.Publish(testupdates.Release("1.2.0"))
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("plain http was asked") }))
	defer plain.Close()
	elsewhere := func(to string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	}
	endless := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for chunk := make([]byte, 64<<10); ; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	silent := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	trickle := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	for name, c := range map[string]struct {
		with http.Handler
		is   func(error) bool
	}{
		"to plain http here":      {elsewhere(plain.URL), is(update.ErrAddress)},
		"to plain http elsewhere": {elsewhere("http://example.com/m.json"), is(update.ErrAddress)},
		"to a file":               {elsewhere("file:///etc/passwd"), is(update.ErrAddress)},
		"in a circle":             {elsewhere(s.URL), func(err error) bool { return err != nil }},
		"endless":                 {endless, is(update.ErrTooLarge)},
		"silent":                  {silent, is(context.DeadlineExceeded)},
		"a trickle":               {trickle, is(context.DeadlineExceeded)},
		"not found":               {http.NotFoundHandler(), func(err error) bool { var s *update.StatusError; return errors.As(err, &s) && s.Status == 404 }},
	} {
		s.Handle(c.with)
		r := at(s)
		r.Within = 20 * time.Second
		if strings.Contains(name, "silent") || strings.Contains(name, "trickle") {
			r.Within = 300 * time.Millisecond
		}
		if m, err := update.Fetch(t.Context(), r); !c.is(err) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
	// A redirect to https is followed, and says nothing of where it came from.
	other := testupdates.New(t)
	other.Put(nil, nil)
	s.Handle(elsewhere(other.URL + "/waybill-update.json"))
	r := at(s)
	both := s.Client().Transport.(*http.Transport).Clone()
	both.TLSClientConfig.RootCAs.AddCert(other.Certificate())
	r.Transport = both
	if _, err := update.Fetch(t.Context(), r); !errors.Is(err, update.ErrSignature) {
		t.Errorf("%v", err)
	}
	if asked := other.Asked(); len(asked) != 2 || asked[0].Header.Get("Referer") != "" {
		t.Errorf("%d requests", len(asked))
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

func TestAddresses(t *testing.T) {
	s := testupdates.New(t)
	dialed := false
	for _, address := range []string{
		"http://example.com/m.json", "ftp://example.com/m.json", "file:///m.json", "https:///m.json", "m.json", "://", "http://127.0.0.1.example.com/m",
	} {
		r := at(s)
		r.URL = address
		r.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			dialed = true
			return nil, errors.New("dialed")
		}}
		if _, err := update.Fetch(t.Context(), r); !errors.Is(err, update.ErrAddress) || dialed {
			t.Errorf("%s: %v, dialed %v", address, err, dialed)
		}
	}
	// Within this computer, plain http will do: tests and mirrors have it.
	plain := httptest.NewServer(s.Config.Handler)
	defer plain.Close()
	s.Publish(testupdates.Release("1.2.0"))
	r := at(s)
	r.URL = plain.URL + "/waybill-update.json"
	if _, err := update.Fetch(t.Context(), r); err != nil {
		t.Error(err)
	}
	// A certificate that nobody vouches for is not believed, whatever is signed behind it.
	r = at(s)
	r.Transport = nil
	if _, err := update.Fetch(t.Context(), r); err == nil || errors.Is(err, update.ErrSignature) {
		t.Errorf("%v", err)
	}
	for _, key := range []string{"", "x", s.Source().Key[:20], "untrusted comment: x\n" + s.Source().Key} {
		r := at(s)
		r.Key = key
		if _, err := update.Fetch(t.Context(), r); !errors.Is(err, update.ErrKey) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

// TestMinisignsOwnSignature: what minisign 0.11 itself has signed is believed, as is what it signed in its older form.
func TestMinisignsOwnSignature(t *testing.T) {
	s := update.Source{URL: "https://example.com/", Key: minisignKey}
	for _, signature := range []string{minisignHashed, minisignLegacy} {
		if m, err := s.Open([]byte(minisignManifest), []byte(signature), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)); err != nil || m.Version != "1.2.0" {
			t.Errorf("%+v, %v", m, err)
		}
	}
}

func TestVersions(t *testing.T) {
	order := []string{"0.1.0-dev.abc1234", "0.1.0-rc.1", "0.1.0", "0.1.1", "0.2.0", "0.10.0", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "2.0.0"}
	for i, a := range order {
		for j, b := range order {
			if got := update.Compare(a, b); got != sign(i-j) {
				t.Errorf("%s, %s: %d", a, b, got)
			}
		}
	}
	// What comes after a tag is not before it.
	for _, same := range [][2]string{{"1.2.0-5-gabc1234", "1.2.0"}, {"1.2.0-5-gabc1234-dirty", "1.2.0"}, {"1.2.0-dirty", "1.2.0"}, {"v1.2.0", "1.2.0"}, {"1.2.0+b1", "1.2.0"}} {
		if got := update.Compare(same[0], same[1]); got != 0 {
			t.Errorf("%q: %d", same, got)
		}
	}
	for version, want := range map[string]bool{"1.2.0": true, "1.2.0-5-gabc1234": true, "0.1.0-dev.abc": true, "dev": false, "": false, "1": false, "1.2": false, "1.2.0+": false, "1.02.0": false} {
		if update.IsVersion(version) != want {
			t.Errorf("%q", version)
		}
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

// FuzzParse: whatever is signed, it is read or refused in one of the ways that are known.
func FuzzParse(f *testing.F) {
	data, err := json.Marshal(testupdates.Release("1.2.0"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"format":1,"product":"waybill","version":"1.0.0","notes":{"en":null},"downloads":[null]}`))
	f.Add([]byte(strings.Repeat("[", 100_000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := update.Parse(data)
		if err != nil {
			if !errors.Is(err, update.ErrManifest) && !errors.Is(err, update.ErrNewerFormat) && !errors.Is(err, update.ErrTooLarge) {
				t.Fatal(err)
			}
			return
		}
		if !strings.HasPrefix(m.Page, "https://") && !strings.HasPrefix(strings.ToLower(m.Page), "https://") || !update.IsVersion(m.Version) || !m.Expires.After(m.Released) {
			t.Fatalf("%+v", m)
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := update.Parse(again); err != nil && !errors.Is(err, update.ErrTooLarge) {
			t.Fatalf("%v: %s", err, again)
		}
	})
}

// FuzzOpen: no signature that was not made by the key is believed.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(minisignManifest), []byte(strings.Replace(minisignHashed, "RUQ", "RWQ", 1)))
	f.Add([]byte("{}"), []byte(minisignHashed))
	f.Add([]byte(minisignManifest), []byte("a\n\nb\n"))
	f.Fuzz(func(t *testing.T, data, signature []byte) {
		s := update.Source{URL: "https://example.com/", Key: minisignKey}
		if m, err := s.Open(data, signature, time.Time{}); err == nil && string(data) != minisignManifest {
			t.Fatalf("%+v", m)
		}
	})
}
