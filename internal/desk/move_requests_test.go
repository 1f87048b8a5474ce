package desk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/internal/desk"
	"waybill/internal/ledger"
)

// TestRequestsMove: on the other computer, what has come by a request is known, what comes is seen and downloaded, its ways can be
// signed, and it can be closed; that it was closed comes back.
func TestRequestsMove(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		w := a.ask(desk.RequestOptions{From: "Alice", For: "Zoë & Söhne", Message: "Hello\nyou", Kinds: []string{".txt"}, MaxSize: 1 << 20, Expires: 30 * time.Minute, Files: 3})
		id := w.Request.ID
		send := func(n int, name string) {
			t.Helper()
			if status, answer := a.put(w.Uploads[n], name, name); status != http.StatusOK {
				t.Fatalf("HTTP %d: %s", status, answer)
			}
		}
		send(0, "seen.txt")
		a.arrived(id)
		if err := a.desk.SawArrivals(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		send(1, "new.txt")
		was := a.arrived(id)
		file := filepath.Join(t.TempDir(), "moved.jsonl")
		if m, err := a.desk.ExportFile(t.Context(), file, false); err != nil || m.Requests != 1 || m.SandboxRequests+m.LeftOut != 0 {
			t.Fatalf("%+v, %v", m, err)
		}
		text, err := os.ReadFile(file)
		if err != nil || bytes.Contains(text, []byte("X-Amz-")) || !bytes.Contains(text, []byte("Hello")) {
			t.Errorf("%s, %v", text, err)
		}

		there := openDesk(t, desk.Options{})
		if m, err := there.ImportFile(t.Context(), file); err != nil || m.Requests != 1 || m.RequestsAdded != 1 || m.RequestsChanged != 0 {
			t.Fatalf("%+v, %v", m, err)
		}
		here, _ := a.desk.RequestOf(t.Context(), id)
		came, err := there.RequestOf(t.Context(), id)
		if diff := cmp.Diff(here, came); diff != "" || err != nil || came.New != 1 || came.Arrived != 2 || came.Message != "Hello\nyou" {
			t.Errorf("%v %s", err, diff)
		}
		if known, err := there.KnownArrivals(t.Context(), id); err != nil || cmp.Diff(was, known) != "" {
			t.Errorf("%v %s", err, cmp.Diff(was, known))
		}
		send(2, "later.txt")
		news, err := there.LookForArrivals(t.Context())
		if err != nil || len(news) != 1 || news[0].Trouble != nil || len(news[0].Arrivals) != 1 || news[0].Arrivals[0].Name != "later.txt" {
			t.Errorf("%+v, %v", news, err)
		}
		dir := t.TempDir()
		if _, err := there.Download(t.Context(), id, dir, nil, nil); err != nil || len(inFolder(t, dir)) != 3 {
			t.Errorf("%v, %v", inFolder(t, dir), err)
		}
		again, err := there.Ways(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if status, _, page := a.do(http.MethodGet, again.PageURL, nil, nil); status != http.StatusOK || !strings.Contains(page, "Alice") {
			t.Errorf("the page: HTTP %d", status)
		}
		// What was seen there, and that it was closed, comes back.
		if err := there.SawArrivals(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		closed, err := there.CloseRequest(t.Context(), id, false)
		if err != nil || closed.Request.Standing(time.Now()) != desk.RequestClosed {
			t.Fatalf("%+v, %v", closed, err)
		}
		back := filepath.Join(t.TempDir(), "back.jsonl")
		if _, err := there.ExportFile(t.Context(), back, false); err != nil {
			t.Fatal(err)
		}
		for i, changed := range []int{1, 0} { // once more changes nothing
			m, err := a.desk.ImportFile(t.Context(), back)
			if err != nil || m.RequestsAdded != 0 || m.RequestsChanged != changed {
				t.Errorf("%d: %+v, %v", i, m, err)
			}
		}
		if here, _ = a.desk.RequestOf(t.Context(), id); here.Standing(time.Now()) != desk.RequestClosed || here.New != 0 || here.Arrived != 3 || here.Page != "" {
			t.Errorf("%+v", here)
		}
		// And an older file does not open it again.
		if m, err := a.desk.ImportFile(t.Context(), file); err != nil || m.RequestsChanged != 0 {
			t.Errorf("%+v, %v", m, err)
		}
		if here, _ = a.desk.RequestOf(t.Context(), id); here.Standing(time.Now()) != desk.RequestClosed || here.New != 0 {
			t.Errorf("%+v", here)
		}
	})
}

// request is one that was made at a moment, for an hour, without a store.
func request(id string, made time.Time) ledger.Request {
	const folder = "alice/2026-11-01-bob-abcdefghijklmnopqrstuvwxyz"
	return ledger.Request{
		ID: id, Profile: "work", Region: "eu-west-1", Endpoint: "https://store.example.com", AllowHTTP: true, Account: "123456789012",
		Bucket: "team-share", Prefix: "alice/", Folder: folder + "/", Page: folder + ".html", Made: made, Asked: time.Hour, Ends: made.Add(time.Hour), Because: "requested",
		Content: `{"from":"Alice","for":"Bob","message":"Please","kinds":[".pdf"],"forms":[{"content_type":"application/pdf","accept":[".pdf"]}],` +
			`"slots":[{"key":"` + folder + `/large-1","content_type":"application/pdf","parts":1000,"upload":"UP-1"}],"requester_pays":true,"link_endpoint":"https://share.example.com"}`,
	}
}

// aRequestID is an ID that a request may have.
const aRequestID = "01936b5e-7a4c-7000-8000-000000000001"

// withRequests is a computer that has asked somebody, and by whose first request two files have come.
func withRequests(t *testing.T, requests ...ledger.Request) computer {
	t.Helper()
	c := newComputer(t, record("a", time.Now()))
	c.ledger(func(l *ledger.Ledger) error {
		for _, r := range requests {
			if err := l.PutRequest(context.Background(), r); err != nil {
				return err
			}
		}
		folder, came := requests[0].Folder, time.Now().Add(-time.Minute)
		_, err := l.SetArrivals(context.Background(), requests[0].ID, time.Now(), []ledger.Arrival{
			{Request: requests[0].ID, Key: folder + "files/1/a.pdf", Name: "a.pdf", Size: 5, ContentType: "application/pdf", ETag: "e", Came: came},
			{Request: requests[0].ID, Key: folder + "files/2/\xff.pdf", Name: "_.pdf", Size: 5, ETag: "e", Came: came}, // which no text can have
		}, false)
		return err
	})
	return c
}

// TestRequestsThatStay: those into the sandbox, with the sandbox, and those that no import would take.
func TestRequestsThatStay(t *testing.T) {
	isolate(t, "", "")
	now := time.Now()
	inSandbox, ended, foreign := request("01936b5e-7a4c-7000-8000-000000000002", now), request("01936b5e-7a4c-7000-8000-000000000003", now.Add(-2*time.Hour)), request("not-a-uuid", now)
	inSandbox.Sandbox = true
	from := withRequests(t, request(aRequestID, now), inSandbox, ended, foreign)
	file, m := from.export()
	if m.Requests != 2 || m.SandboxRequests != 1 || m.LeftOut != 1 {
		t.Errorf("%+v", m)
	}
	c := newComputer(t)
	if m := c.imports(file); m.Requests != 2 || m.RequestsAdded != 2 {
		t.Errorf("%+v", m)
	}
	c.ledger(func(l *ledger.Ledger) error {
		list, err := l.Requests(context.Background())
		arrivals, more := l.Arrivals(context.Background(), aRequestID)
		if len(list) != 2 || len(arrivals) != 1 || arrivals[0].Seen || list[0].Profile != "work" || !list[0].AllowHTTP || strings.Contains(list[0].Content, "requester_pays") {
			t.Errorf("%+v, %+v", list, arrivals)
		}
		return errors.Join(err, more)
	})
	if left := listed(t, c.home); !slices.Equal(left, []string{"ledger.db", "ledger.db.before-import", "settings.json"}) {
		t.Errorf("%q", left)
	}
}

// TestExportOfRequestsHoldsNoSecret: no password in an address, and nothing of what was signed.
func TestExportOfRequestsHoldsNoSecret(t *testing.T) {
	isolate(t, "", "")
	secret := request(aRequestID, time.Now())
	secret.Endpoint = "https://alice:PASSWORD-OF-THE-LEDGER@store.example.com"
	secret.Content = strings.Replace(secret.Content, "https://share.", "https://bob:PASSWORD-OF-THE-LINKS@share.", 1)
	file, m := withRequests(t, secret).export()
	text, err := os.ReadFile(file)
	if err != nil || m.Requests != 1 {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, secret := range []string{"PASSWORD-OF", "alice:", "bob:", "X-Amz", "x-amz"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%q is in it", secret)
		}
	}
	for _, expected := range []string{"https://store.example.com", "https://share.example.com", "Bob", "large-1", "UP-1", "a.pdf"} { // or the look was blind
		if !bytes.Contains(text, []byte(expected)) {
			t.Errorf("%q is not in it", expected)
		}
	}
}

// TestImportOfHostileRequests: signed for by its own sum, but what is removed and asked for by itself is believed of nobody.
func TestImportOfHostileRequests(t *testing.T) {
	isolate(t, "", "")
	good, _ := withRequests(t, request(aRequestID, time.Now())).export()
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	c := newComputer(t, record("here", time.Now()))
	plan := func(r map[string]any) map[string]any { return r["plan"].(map[string]any) }
	slot := func(r map[string]any) map[string]any { return plan(r)["slots"].([]any)[0].(map[string]any) }
	for name, one := range map[string]struct {
		kind   string
		change func(map[string]any)
		code   string
	}{
		"id of something else":    {"request", func(r map[string]any) { r["id"] = "*" }, "ImportDamaged"},
		"another page":            {"request", func(r map[string]any) { r["page"] = "alice/report.html" }, "ImportDamaged"},
		"a folder of anybody's":   {"request", func(r map[string]any) { r["folder"], r["page"] = "alice/", "" }, "ImportDamaged"},
		"a folder elsewhere":      {"request", func(r map[string]any) { r["prefix"] = "bob/" }, "ImportDamaged"},
		"a bucket of a path":      {"request", func(r map[string]any) { r["bucket"] = "../x" }, "ImportDamaged"},
		"a password":              {"request", func(r map[string]any) { r["endpoint"] = "https://a:b@x.example" }, "ImportDamaged"},
		"a script for links":      {"request", func(r map[string]any) { plan(r)["link_endpoint"] = "javascript:x" }, "ImportDamaged"},
		"for ever":                {"request", func(r map[string]any) { r["asked"] = 8 * 24 * 3600 }, "ImportDamaged"},
		"long ago":                {"request", func(r map[string]any) { r["made"] = "0001-01-01T00:00:00Z" }, "ImportDamaged"},
		"who pays":                {"request", func(r map[string]any) { plan(r)["requester_pays"] = true }, "ImportDamaged"},
		"a name that turns":       {"request", func(r map[string]any) { plan(r)["for"] = "a\u202eb" }, "ImportDamaged"},
		"an escape in a message":  {"request", func(r map[string]any) { plan(r)["message"] = "a\n\x1b[2J" }, "ImportDamaged"},
		"an upload elsewhere":     {"request", func(r map[string]any) { slot(r)["key"] = "alice/large-1" }, "ImportDamaged"},
		"an upload further down":  {"request", func(r map[string]any) { slot(r)["key"] = slot(r)["key"].(string) + "/x" }, "ImportDamaged"},
		"more parts than can be":  {"request", func(r map[string]any) { slot(r)["parts"] = 100_000 }, "ImportDamaged"},
		"kinds that are none":     {"request", func(r map[string]any) { plan(r)["kinds"] = []string{"PDF"} }, "ImportDamaged"},
		"a link in the message":   {"request", func(r map[string]any) { plan(r)["message"] = "https://x/?X-Amz-Signature=abc" }, "ImportSecret"},
		"an arrival elsewhere":    {"arrival", func(a map[string]any) { a["key"] = "alice/report.pdf" }, "ImportDamaged"},
		"an arrival of a path":    {"arrival", func(a map[string]any) { a["name"] = "../../.bashrc" }, "ImportDamaged"},
		"an arrival that turns":   {"arrival", func(a map[string]any) { a["name"] = "a\u202efdp.exe" }, "ImportDamaged"},
		"an arrival without name": {"arrival", func(a map[string]any) { a["name"] = "" }, "ImportDamaged"},
		"an arrival of a link":    {"arrival", func(a map[string]any) { a["name"] = "X-Amz-Signature=abc" }, "ImportSecret"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.jsonl")
			write(t, path, string(changed(t, data, one.kind, one.change)))
			c.refuses(path, one.code)
		})
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	for name, text := range map[string][]byte{
		"an arrival of nobody":   bytes.Join(slices.Delete(slices.Clone(lines), 3, 4), nil),
		"a request less":         bytes.Join(slices.Delete(slices.Clone(lines), 3, 5), nil),
		"a record after it":      bytes.Join(slices.Insert(slices.Clone(lines), 5, lines[2]), nil),
		"a count that is wrong":  bytes.Replace(data, []byte(`"requests":1`), []byte(`"requests":2`), 1),
		"a request without end":  bytes.Join(lines[:4], nil),
		"a request that is none": changed(t, data, "request", func(r map[string]any) { r["plan"] = 7 }),
	} {
		path := filepath.Join(t.TempDir(), "x.jsonl")
		write(t, path, string(text))
		if told := c.refuses(path, "ImportDamaged"); told == nil {
			t.Errorf("%s was taken", name)
		}
	}
	c.ledger(func(l *ledger.Ledger) error {
		if list, err := l.Requests(context.Background()); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		return nil
	})
	if m := c.imports(good); m.RequestsAdded != 1 {
		t.Errorf("%+v", m)
	}
}

// TestExportsOfTheFirstForm: an older Waybill wrote no requests, and no word of them at the end.
func TestExportsOfTheFirstForm(t *testing.T) {
	isolate(t, "", "")
	file, _ := newComputer(t, record("a", time.Now()), record("b", time.Now())).export()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(bytes.Replace(data, []byte(`"format":2`), []byte(`"format":1`), 1), []byte("\n"))
	text := bytes.Join(lines[:len(lines)-2], nil)
	sum := sha256.Sum256(text)
	text = fmt.Appendf(text, `{"end":{"records":2,"sha256":"%s"}}`+"\n", hex.EncodeToString(sum[:]))
	write(t, file, string(text))
	if bytes.Equal(text, data) {
		t.Fatal("it is no older one")
	}
	if m := newComputer(t).imports(file); m.Links != 2 || m.Added != 2 || m.Requests != 0 {
		t.Errorf("%+v", m)
	}
}

// changed changes the first line of a kind in an export, and makes the end fit again.
func changed(t *testing.T, export []byte, kind string, change func(map[string]any)) []byte {
	t.Helper()
	lines := bytes.SplitAfter(export, []byte("\n"))
	at := slices.IndexFunc(lines, func(line []byte) bool { return bytes.HasPrefix(line, []byte(`{"`+kind+`"`)) })
	var line map[string]map[string]any
	if err := json.Unmarshal(lines[at], &line); err != nil {
		t.Fatal(err)
	}
	change(line[kind])
	text, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	lines[at] = append(text, '\n')
	return ended(lines[:len(lines)-2])
}
