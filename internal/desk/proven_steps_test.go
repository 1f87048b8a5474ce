package desk_test

import (
	"context"
	"crypto/rand"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
)

// carried leads the default profile to its server by a way on which the parts are counted, until the test ends.
func (a asking) carried() *atomic.Int64 {
	a.t.Helper()
	target, err := url.Parse(a.signer.Endpoint())
	if err != nil {
		a.t.Fatal(err)
	}
	parts := &atomic.Int64{}
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	way := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && r.URL.Query().Has("partNumber") {
			parts.Add(1)
		}
		on.ServeHTTP(w, r)
	}))
	a.t.Cleanup(way.Close)
	config := os.Getenv("AWS_CONFIG_FILE")
	text, err := os.ReadFile(config)
	if err != nil {
		a.t.Fatal(err)
	}
	write(a.t, config, strings.Replace(string(text), a.signer.Endpoint(), way.URL, 1))
	a.t.Cleanup(func() { write(a.t, config, string(text)) })
	return parts
}

const works = "works"

// file makes one of random bytes.
func (a asking) file(name string, size int) string {
	a.t.Helper()
	path := filepath.Join(a.t.TempDir(), name)
	body := make([]byte, size)
	_, _ = rand.Read(body)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// send sends files that shall all arrive with a link that was tried.
func (a asking) send(o desk.SendOptions, paths ...string) []desk.Transfer {
	a.t.Helper()
	o.PartSize = 5 << 20
	list := send(a.t, a.desk, a.to, o, paths...)
	for _, one := range list {
		if one.State != desk.Sent || one.Trouble != nil || !one.Link.Verified {
			a.t.Fatalf("%s: %s, %v", one.Name, one.State, one.Trouble)
		}
	}
	return list
}

// sent sends one file and compares what its link gives with it.
func (a asking) sent(size int) desk.Transfer {
	a.t.Helper()
	path := a.file("file.bin", size)
	one := one(a.t, a.send(desk.SendOptions{}, path))
	a.same(one.Link.URL, path)
	return one
}

// same follows a link to a file's bytes.
func (a asking) same(link, path string) {
	a.t.Helper()
	want, err := os.ReadFile(path)
	if err != nil {
		a.t.Fatal(err)
	}
	status, _, got := a.do(http.MethodGet, link, nil, nil)
	if status != http.StatusOK || got != string(want) {
		a.t.Errorf("HTTP %d, %d bytes of %d", status, len(got), len(want))
	}
}

// proof is the kind of a checksum as the ledger names it.
func proof(one desk.Transfer) string {
	kind, _, _ := strings.Cut(one.Checksum, ":")
	return map[string]string{"crc64nvme": "CRC64NVME", "crc32c": "CRC32C", "sha256": "SHA-256", "etag": "Content-MD5"}[kind]
}

func (a asking) small() string { return proof(a.sent(1000)) }

func (a asking) inParts() string { return proof(a.sent(12 << 20)) }

// taken tells who keeps a taken name from being overwritten: the store by If-None-Match, also when two come at once,
// or nobody but Waybill's own look before.
func (a asking) taken(size int) string {
	before := a.sent(size)
	path := before.Path
	other := a.file("file.bin", size)
	again := one(a.t, a.send(desk.SendOptions{OnClash: desk.ClashKeepBoth}, other))
	if again.Key == before.Key {
		return "is overwritten"
	}
	a.same(before.Link.URL, path)
	a.same(again.Link.URL, other)
	skipped := one(a.t, send(a.t, a.desk, a.to, desk.SendOptions{OnClash: desk.ClashSkip, PartSize: 5 << 20}, other))
	if skipped.State != desk.Skipped {
		a.t.Errorf("%s, %v", skipped.State, skipped.Trouble)
	}
	return works
}

// names sends what is allowed in a key and hard to sign.
func (a asking) names() string {
	dir := filepath.Join(a.t.TempDir(), "names")
	for _, name := range []string{"é 日本 🚀.txt", "a+b&c=d;e,f.txt", "50% (1) [x] {y}.txt", `q'"uote.txt`, "~!@$*^.txt", "#?.txt"} {
		write(a.t, filepath.Join(dir, name), "this is "+name)
	}
	for _, one := range a.send(desk.SendOptions{}, dir) {
		status, h, body := a.do(http.MethodGet, one.Link.URL, nil, nil)
		if status != http.StatusOK || body != "this is "+filepath.Base(one.Path) {
			a.t.Errorf("%s: HTTP %d %q", one.Key, status, body)
		}
		if !strings.Contains(h.Get("Content-Disposition"), "filename*=UTF-8''"+url.PathEscape(filepath.Base(one.Path))) && !strings.Contains(h.Get("Content-Disposition"), filepath.Base(one.Path)) {
			a.t.Logf("%s is called %q", one.Key, h.Get("Content-Disposition"))
		}
	}
	return works
}

// linksEnd follows a link without its signature, with a bent one, and after its end.
func (a asking) linksEnd() string {
	sent := a.sent(1000)
	link, err := url.Parse(sent.Link.URL)
	if err != nil {
		a.t.Fatal(err)
	}
	follow := func(change func(url.Values)) int {
		bent := *link
		q := link.Query()
		change(q)
		bent.RawQuery = q.Encode()
		status, _, _ := a.do(http.MethodGet, bent.String(), nil, nil)
		return status
	}
	for what, change := range map[string]func(url.Values){
		"without a signature":  func(q url.Values) { clear(q) },
		"for another end":      func(q url.Values) { q.Set("X-Amz-Expires", "86400") },
		"with other bytes":     func(q url.Values) { q.Set("X-Amz-Signature", strings.Repeat("0", 64)) },
		"under another's name": func(q url.Values) { q.Set("response-content-disposition", "inline") },
	} {
		if status := follow(change); status < 400 {
			return what + " it works"
		}
	}
	short := a.desk.LinkTo(a.t.Context(), desk.Store{}, a.bucket, sent.Key, desk.SendOptions{Expires: time.Second, Verify: desk.VerifyNone})
	if short.Link == nil {
		a.t.Fatal(short.Trouble)
	}
	<-time.After(time.Until(short.Link.Ends) + 1100*time.Millisecond)
	if status, _, _ := a.do(http.MethodGet, short.Link.URL, nil, nil); status < 400 {
		return "works after its end"
	}
	return "is refused"
}

// renews asks for what is there, and signs anew.
func (a asking) renews() string {
	sent := a.sent(12 << 20)
	ctx := a.t.Context()
	page, err := a.desk.Browse(ctx, desk.Store{}, a.bucket, a.to.Prefix+"/", "")
	if err != nil || len(page.Lines) != 1 || page.Lines[0].Key != sent.Key {
		a.t.Errorf("%+v, %v", page, err)
	}
	renewed := a.desk.Renew(ctx, sent.ID, 2*time.Hour, desk.VerifyAll)
	if renewed.Trouble != nil || !renewed.Link.Verified {
		a.t.Fatal(renewed.Trouble)
	}
	a.same(renewed.Link.URL, sent.Path)
	link, err := a.desk.CopyLink(ctx, sent.ID)
	if err != nil {
		a.t.Fatal(err)
	}
	a.same(link.URL, sent.Path)
	if _, err := a.desk.Verify(ctx, sent.ID); err != nil {
		a.t.Error(err)
	}
	return works
}

// goesOn leaves a drop in the middle and goes on by another desk.
func (a asking) goesOn() string {
	path, parts := a.file("large.bin", 60<<20), a.carried()
	ctx, leave := context.WithCancelCause(context.Background())
	defer leave(nil)
	home := a.t.TempDir()
	d, err := desk.Open(context.Background(), desk.Options{Home: home})
	if err != nil {
		a.t.Fatal(err)
	}
	d.SetLimitRate(40 << 20)
	drop := d.Send(ctx, a.to, desk.SendOptions{PartSize: 5 << 20, Concurrency: 2}, []string{path})
	for e := range drop.Events() {
		if e.Done > 40<<20 {
			leave(desk.ErrLeave)
		}
		if e.State.Over() {
			a.t.Fatalf("%s, %v", e.State, e.Trouble)
		}
	}
	if err := d.Close(); err != nil {
		a.t.Error(err)
	}
	d = openDesk(a.t, desk.Options{Home: home})
	list := interrupted(a.t, d)
	if len(list) != 1 {
		a.t.Fatalf("%+v", list)
	}
	parts.Store(0)
	drop, err = d.Resume(context.Background(), list[0], desk.Attendance{})
	if err != nil {
		a.t.Fatal(err)
	}
	var last desk.Transfer
	for e := range drop.Events() {
		last = e
	}
	if last.State != desk.Sent || last.Trouble != nil {
		a.t.Fatalf("%s, %v", last.State, last.Trouble)
	}
	a.same(last.Link.URL, path)
	if again := parts.Load(); again > 9 { // of twelve parts, eight had gone out when it was left, and of these four had no answer yet at the most
		return "begins anew"
	}
	return works
}

// uploads are the multipart uploads of the step that nobody has finished. No prefix is named: MinIO would want a whole key.
func (a asking) uploads() (keys []string) {
	a.t.Helper()
	out, err := a.signer.Client().ListMultipartUploads(a.t.Context(), &s3.ListMultipartUploadsInput{Bucket: aws.String(a.bucket)})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, u := range out.Uploads {
		if key := aws.ToString(u.Key); strings.HasPrefix(key, a.to.Prefix) {
			keys = append(keys, key)
		}
	}
	return keys
}

// cancelled cancels in the middle of the parts.
func (a asking) cancelled() string {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var once atomic.Bool
	a.desk.SetLimitRate(20 << 20)
	defer a.desk.SetLimitRate(0)
	drop := a.desk.Send(ctx, a.to, desk.SendOptions{PartSize: 5 << 20}, []string{a.file("large.bin", 40<<20)})
	for e := range drop.Events() {
		if e.Done > 6<<20 && once.CompareAndSwap(false, true) {
			cancel()
		}
	}
	left := a.uploads()
	if len(left) > 0 {
		return "leaves its parts"
	}
	return works
}

// unfinished finds somebody's upload.
func (a asking) unfinished() string {
	key := a.to.Prefix + "/left.bin"
	out, err := a.signer.Client().CreateMultipartUpload(a.t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String(a.bucket), Key: aws.String(key)})
	if err != nil {
		a.t.Fatal(err)
	}
	list, err := a.desk.StaleUploads(a.t.Context(), desk.Store{}, a.bucket, a.to.Prefix+"/")
	if err != nil {
		return code(err)
	}
	if len(list) != 1 || list[0].ID != aws.ToString(out.UploadId) {
		return "are not listed"
	}
	if err := a.desk.RemoveUpload(a.t.Context(), desk.Store{}, a.bucket, list[0]); err != nil {
		a.t.Error(err)
	}
	return works
}

func (a asking) revokes() string {
	ctx := a.t.Context()
	sent := a.sent(12 << 20)
	if _, err := revoke(a.desk, sent.ID, desk.RevokeRename); err != nil {
		return code(err)
	}
	if status, _, _ := a.do(http.MethodGet, sent.Link.URL, nil, nil); status != http.StatusNotFound {
		a.t.Errorf("HTTP %d of a revoked link", status)
	}
	if _, err := a.desk.Unrevoke(ctx, sent.ID); err != nil {
		a.t.Fatal(err)
	}
	a.same(sent.Link.URL, sent.Path)
	if _, err := revoke(a.desk, sent.ID, desk.RevokeDelete); err != nil {
		a.t.Fatal(err)
	}
	if status, _, _ := a.do(http.MethodGet, sent.Link.URL, nil, nil); status != http.StatusNotFound {
		a.t.Errorf("HTTP %d of a deleted object", status)
	}
	return works
}

func (a asking) bundles() string {
	list := a.send(desk.SendOptions{Bundle: true}, a.file("a.bin", 10), a.file("b.bin", 12<<20))
	if len(list) != 3 {
		a.t.Fatalf("%d transfers", len(list))
	}
	status, h, page := a.do(http.MethodGet, list[2].Link.URL, nil, nil)
	links := downloads(a.t, page)
	if status != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), "text/html") || len(links) != 2 {
		a.t.Fatalf("HTTP %d, %v, %d links", status, h, len(links))
	}
	slices.Sort(links) // their keys differ before their signatures do
	a.same(links[0], list[0].Path)
	a.same(links[1], list[1].Path)
	return works
}

// come downloads what has arrived by a request, and closes it.
func (a asking) come(w *desk.Ways, want map[string]string) {
	a.t.Helper()
	if status, _, _ := a.do(http.MethodGet, w.PageURL, nil, nil); status != http.StatusOK {
		a.t.Errorf("the page: HTTP %d", status)
	}
	dir := a.t.TempDir()
	if _, err := a.desk.Download(a.t.Context(), w.Request.ID, dir, nil, nil); err != nil {
		a.t.Fatal(err)
	}
	if got := inFolder(a.t, dir); !maps.Equal(got, want) {
		a.t.Errorf("%d files came, want %d", len(got), len(want))
	}
	if _, err := a.desk.CloseRequest(a.t.Context(), w.Request.ID, false); err != nil {
		a.t.Error(err)
	}
	if status, _, _ := a.do(http.MethodGet, w.PageURL, nil, nil); status != http.StatusNotFound {
		a.t.Errorf("the page of a closed request: HTTP %d", status)
	}
}

func (a asking) asksForAny() string {
	w, err := a.desk.Request(a.t.Context(), a.to, desk.RequestOptions{Large: -1})
	if err != nil {
		return code(err)
	}
	if code(w.Trouble) == "NoForms" {
		if status, answer := a.put(w.Uploads[0], "é.txt", "hello"); status != http.StatusOK {
			a.t.Fatalf("HTTP %d: %s", status, answer)
		}
		a.come(w, map[string]string{"é.txt": "hello"})
		return "by a place for each file"
	}
	if w.Trouble != nil {
		return w.Trouble.Code
	}
	a.sendByForm(w, map[string]string{"é.txt": "hello", "b.txt": "there"})
	a.come(w, map[string]string{"é.txt": "hello", "b.txt": "there"})
	return "by form"
}

func (a asking) asksForOne() string {
	w := a.ask(desk.RequestOptions{Files: 1, Kinds: []string{"application/pdf"}, Large: -1})
	u := w.Uploads[0]
	u.Header = maps.Clone(u.Header)
	u.Header["Content-Type"] = "text/html"
	if status, _ := a.put(u, "a.html", "<script>"); status < 400 {
		return "another type is taken"
	}
	if status, answer := a.put(w.Uploads[0], "a.pdf", "hello"); status != http.StatusOK {
		a.t.Fatalf("HTTP %d: %s", status, answer)
	}
	outcome := works
	if status, _ := a.put(w.Uploads[0], "a.pdf", "other"); status < 400 {
		outcome = "is overwritten"
	}
	a.come(w, map[string]string{"a.pdf": "hello"})
	return outcome
}

func (a asking) asksForParts() string {
	w, err := a.desk.Request(a.t.Context(), a.to, desk.RequestOptions{Files: 1})
	if err != nil {
		return code(err)
	}
	if len(a.uploads()) == 0 {
		return "has none"
	}
	if _, err := a.desk.CloseRequest(a.t.Context(), w.Request.ID, false); err != nil {
		a.t.Fatal(err)
	}
	if left := a.uploads(); len(left) > 0 {
		return "leaves its parts"
	}
	return works
}

func (a asking) cors() string {
	ctx := a.t.Context()
	_, _ = a.signer.Client().DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: aws.String(a.bucket)}) // another test's, if any
	before, err := a.desk.CORS(ctx, desk.Store{}, a.bucket)
	if err != nil {
		return code(err)
	}
	if before.Trouble != nil {
		return map[string]string{"CORSAlways": "always works", "CORSNever": "never works"}[before.Trouble.Code]
	}
	w := a.ask(desk.RequestOptions{Files: 1})
	if _, err := a.desk.AddCORS(ctx, desk.Store{}, a.bucket); err != nil {
		return code(err)
	}
	if !a.preflight(w.Uploads[0].URL, http.MethodPut) {
		return "is set and not honoured"
	}
	if _, err := a.desk.UndoCORS(ctx, desk.Store{}, a.bucket); err != nil {
		a.t.Error(err)
	}
	if a.preflight(w.Uploads[0].URL, http.MethodPut) {
		a.t.Error("the rule still works")
	}
	return "by a rule, with undo"
}

func (a asking) denies() string {
	w := a.ask(desk.RequestOptions{Files: 1, Large: -1})
	closed, err := a.desk.CloseRequest(a.t.Context(), w.Request.ID, true)
	if err != nil {
		return code(err)
	}
	status, _ := a.put(w.Uploads[0], "late.txt", "late")
	if closed.Denied != (status >= 400) {
		a.t.Errorf("denied: %v, and then HTTP %d", closed.Denied, status)
	}
	if !closed.Denied {
		return "goes on until its end"
	}
	return works
}
