package pages

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// wholeRequest has every kind of way, to two stores.
func wholeRequest() Request {
	call := func(link string) *Call { return &Call{URL: link, Header: map[string]string{"Content-Type": "a/b"}} }
	return Request{
		ID: "r1", From: "Alice", For: "Ben", Message: "one\ntwo", Made: time.Now(), Ends: time.Now().Add(time.Hour), Files: 3, MaxSize: 5_000_000,
		Kinds: []string{".pdf", "image/*"}, Online: presigned,
		Posts: []Post{{URL: "https://posts.example:8443/b", Fields: map[string]string{"policy": "e30="}, Folder: "in/", ContentType: "image/", MaxSize: 5 << 30}},
		Slots: []Slot{{
			Key: "k", ContentType: "a/b", Put: call(presigned), Look: call(presigned),
			Parts: &Parts{
				URL: "http://127.0.0.1:9000/b/k?partNumber={number}&X-Amz-Signature={signature}", Signatures: []string{"00ff", "11ee"},
				List: []string{presigned}, Complete: *call(presigned), Note: call(presigned),
			},
		}},
	}
}

func writeWhole(t *testing.T, r Request) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := WriteRequest(&page, r); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

// TestRequestPolicy: the page may do what its policy names, which is what is in it.
func TestRequestPolicy(t *testing.T) {
	all := parse(t, writeWhole(t, wholeRequest()))
	var policy string
	for _, m := range named(all, "meta", "") {
		if v, _ := m.attr("http-equiv"); v == "Content-Security-Policy" {
			policy, _ = m.attr("content")
		}
	}
	scripts := named(all, "script", "")
	if len(scripts) != 3 {
		t.Fatalf("%d scripts", len(scripts))
	}
	var data []element
	hashes := "; script-src"
	for _, s := range scripts {
		if kind, _ := s.attr("type"); kind == "application/json" {
			data = append(data, s)
			continue
		}
		hashes += " " + hash(s.text())
	}
	want := "default-src 'none'; img-src data:; style-src " + hash(named(all, "style", "")[0].text()) + hashes +
		"; worker-src blob:; connect-src https://posts.example:8443 https://team-share.s3.eu-central-1.amazonaws.com http://127.0.0.1:9000; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("the policy is\n%s, want\n%s", policy, want)
	}
	var back requestData
	if len(data) != 1 {
		t.Fatalf("%d pieces of data", len(data))
	}
	if err := json.Unmarshal([]byte(data[0].text()), &back); err != nil {
		t.Fatal(err)
	}
	if back.Online != presigned || back.Slots[0].Put.URL != presigned || back.Slots[0].Parts.URL != wholeRequest().Slots[0].Parts.URL || back.Sums == "" {
		t.Error("the data does not come out as it went in")
	}
	for _, e := range all {
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "action" {
				t.Errorf("%s has %s=%q", e.Data, a.Key, a.Val)
			}
		}
		if slices.Contains([]string{"form", "iframe", "img", "object", "embed", "base"}, e.Data) {
			t.Errorf("there is a %s", e.Data)
		}
	}
	if policy := requestPolicy(nil); policy != "; worker-src blob:; connect-src 'none'" {
		t.Errorf("without a way the policy is %s", policy)
	}
}

// TestRequestEscapes: no text leaves its place.
func TestRequestEscapes(t *testing.T) {
	evil := "</script><script>alert(1)</script><!--\u2028\"'&<img src=x>\u202E"
	r := wholeRequest()
	r.ID, r.From, r.For, r.Message, r.Kinds = evil, evil, evil, evil, []string{evil, ".a,.b"}
	r.Posts[0].Folder, r.Posts[0].Fields, r.Slots[0].Key = evil, map[string]string{evil: evil}, evil
	page := writeWhole(t, r)
	all := parse(t, page)
	if scripts, pictures := len(named(all, "script", "")), len(named(all, "img", "")); scripts != 3 || pictures != 0 {
		t.Errorf("%d scripts and %d pictures", scripts, pictures)
	}
	if bytes.Contains(page, []byte("ZgotmplZ")) || bytes.Contains(page, []byte("\u202E")) && !bytes.Contains(page, []byte(`[U+202E]`)) {
		t.Error("a text was dropped, or is not made to be seen")
	}
}

// TestRequestNeedsLinks: whatever is no URL, nothing is written, and it is not in the error, for it may be a key.
func TestRequestNeedsLinks(t *testing.T) {
	for _, bad := range []string{"", "javascript:alert(1)//secret", "ftp://secret/", "https://a b/secret", "https://a.example;script-src/secret", "//secret"} {
		for name, spoil := range map[string]func(*Request){
			"post":     func(r *Request) { r.Posts[0].URL = bad },
			"put":      func(r *Request) { r.Slots[0].Put.URL = bad },
			"look":     func(r *Request) { r.Slots[0].Look.URL = bad },
			"part":     func(r *Request) { r.Slots[0].Parts.URL = bad },
			"list":     func(r *Request) { r.Slots[0].Parts.List[0] = bad },
			"complete": func(r *Request) { r.Slots[0].Parts.Complete.URL = bad },
			"note":     func(r *Request) { r.Slots[0].Parts.Note.URL = bad },
			"online": func(r *Request) {
				r.Online = bad
				if bad == "" || strings.HasPrefix(bad, "https://a.example") {
					r.Online = "x" // none is fine there, and the page sends nothing to it
				}
			},
		} {
			r := wholeRequest()
			spoil(&r)
			var page bytes.Buffer
			err := WriteRequest(&page, r)
			if !errors.Is(err, ErrNotALink) || page.Len() > 0 || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s %q: %v, %d bytes", name, bad, err, page.Len())
			}
		}
	}
	if origin, err := originOf("http://[::1]:9000/b"); err != nil || origin != "http:" {
		t.Errorf("an IPv6 address is %q (%v)", origin, err)
	}
}

func TestRequestRules(t *testing.T) {
	for _, test := range []struct {
		r    Request
		want []said
	}{
		{Request{}, []said{{"Any kind, any number", "Jede Art, beliebig viele"}}},
		{Request{Files: 1, MaxSize: 2_000_000}, []said{{"One file", "Eine Datei"}, {"at most 2.0\u00a0MB", "höchstens 2,0\u00a0MB"}}},
		{Request{Files: 5, Kinds: []string{".pdf", "image/*", ".PDF", "text/plain", "application/x-thing", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}},
			[]said{{"Up to 5 files", "Bis zu 5 Dateien"}, {"PDF, pictures, text, THING, table", "PDF, Bilder, Text, THING, Tabelle"}}},
		{Request{MaxSize: 5 << 30}, []said{{"at most 5.4\u00a0GB each", "je höchstens 5,4\u00a0GB"}}},
	} {
		if got := requestRules(test.r); !slices.Equal(got, test.want) {
			t.Errorf("%+v: %q, want %q", test.r, got, test.want)
		}
	}
}
