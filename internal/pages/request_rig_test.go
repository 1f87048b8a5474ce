package pages_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"waybill/internal/pages"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
	"waybill/signer"
)

// shop is a real store that a request leads to.
type shop struct {
	t        *testing.T
	endpoint string
	bucket   string
	signer   *signer.Signer
	client   *s3.Client
	expires  time.Duration
	id, key  string // the keys
}

// over has all that is signed from now on go over a road to the store.
func (s *shop) over(t *testing.T) *road {
	t.Helper()
	way := newRoad(t, s.endpoint)
	*s = *newShop(t, way.server.URL, s.bucket, s.id, s.key, http.DefaultClient)
	return way
}

// inSandbox is a shop in the sandbox.
func inSandbox(t *testing.T, options ...sandbox.Option) *shop {
	t.Helper()
	store, err := sandbox.Start(t.Context(), filepath.Join(t.TempDir(), "sandbox"), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	keys := store.Keys()
	return newShop(t, store.Endpoint(), sandbox.Bucket, keys.AccessKeyID, keys.SecretAccessKey, http.DefaultClient)
}

// inSandboxTLS is a shop in the sandbox over https, with the certificate that httptest has.
func inSandboxTLS(t *testing.T) *shop {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	private, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	err = errors.Join(
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	s := inSandbox(t, sandbox.WithTLS(cert, key))
	return newShop(t, s.endpoint, s.bucket, s.id, s.key, server.Client())
}

// inMinIO is a shop in MinIO.
func inMinIO(t *testing.T) *shop {
	t.Helper()
	m := teststore.StartMinIO(t, false)
	return newShop(t, m.Endpoint, teststore.Bucket, m.Key, m.Secret, http.DefaultClient)
}

func newShop(t *testing.T, endpoint, bucket, key, secret string, client *http.Client) *shop {
	t.Helper()
	now := time.Now() // one moment for all signatures: the page has one URL for all parts
	s, err := signer.Open(t.Context(), signer.Options{
		Region: "us-east-1", Endpoint: endpoint, Keys: &signer.Keys{AccessKeyID: key, SecretAccessKey: secret},
		Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &shop{
		t: t, endpoint: endpoint, bucket: bucket, signer: s, expires: time.Hour, id: key, key: secret,
		client: s3.New(s3.Options{
			Region: "us-east-1", BaseEndpoint: aws.String(endpoint), UsePathStyle: true, HTTPClient: client,
			Credentials: credentials.NewStaticCredentialsProvider(key, secret, ""),
		}),
	}
}

func (s *shop) object(key string) signer.Object {
	return signer.Object{Bucket: s.bucket, Key: key, Expires: s.expires}
}

// post signs a form for files of one type.
func (s *shop) post(folder, contentType string, most int64) pages.Post {
	s.t.Helper()
	kind := []any{"eq", "$Content-Type", contentType}
	if contentType == "" || strings.HasSuffix(contentType, "/") {
		kind[0] = "starts-with"
	}
	conditions := []any{
		[]any{"starts-with", "$key", folder}, kind, []any{"content-length-range", 0, most},
		map[string]string{"success_action_status": "201"},
	}
	signed, err := s3.NewPresignClient(s.client).PresignPostObject(s.t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(s.bucket), Key: aws.String(folder + "${filename}"),
	}, func(o *s3.PresignPostOptions) { o.Expires, o.Conditions = s.expires, conditions })
	if err != nil {
		s.t.Fatal(err)
	}
	fields := signed.Values
	delete(fields, "key")
	fields["success_action_status"] = "201"
	return pages.Post{URL: signed.URL, Fields: fields, Folder: folder, ContentType: contentType, MaxSize: most}
}

// put signs a place for one file.
func (s *shop) put(key, contentType string) pages.Slot {
	s.t.Helper()
	p, err := s.signer.Put(s.t.Context(), s.object(key), signer.PutOptions{ContentType: contentType})
	if err != nil {
		s.t.Fatal(err)
	}
	return pages.Slot{Key: key, ContentType: contentType, Put: call(p), Look: s.look(key)}
}

// look signs a HEAD.
func (s *shop) look(key string) *pages.Call {
	s.t.Helper()
	p, err := s.signer.Head(s.t.Context(), s.object(key))
	if err != nil {
		s.t.Fatal(err)
	}
	return call(p)
}

// call is a presigned request as a page has it.
func call(p signer.Presigned) *pages.Call {
	c := &pages.Call{URL: p.URL, Header: map[string]string{}}
	for name := range p.Header {
		c.Header[name] = p.Header.Get(name)
	}
	return c
}

var signature = regexp.MustCompile(`X-Amz-Signature=([0-9a-f]+)`)

// parts starts an upload, and signs a place for it.
func (s *shop) parts(key, contentType string, n int) pages.Slot {
	s.t.Helper()
	must := func(p signer.Presigned, err error) signer.Presigned {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
		return p
	}
	ctx := s.t.Context()
	upload, err := s.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(s.bucket), Key: aws.String(key), ContentType: aws.String(contentType)})
	if err != nil {
		s.t.Fatal(err)
	}
	id := aws.ToString(upload.UploadId)
	parts := &pages.Parts{}
	for number := 1; number <= n; number++ {
		link := must(s.signer.UploadPart(ctx, s.object(key), id, number, 0, signer.Sum{})).URL
		parts.Signatures = append(parts.Signatures, signature.FindStringSubmatch(link)[1])
		link = strings.Replace(signature.ReplaceAllString(link, "X-Amz-Signature={signature}"), fmt.Sprintf("partNumber=%d&", number), "partNumber={number}&", 1)
		if parts.URL != "" && parts.URL != link {
			s.t.Fatal("two parts differ in more than number and signature")
		}
		parts.URL = link
	}
	for after := 0; after < n; after += 1000 {
		parts.List = append(parts.List, must(s.signer.ListParts(ctx, s.object(key), id, after)).URL)
	}
	parts.Complete = *call(must(s.signer.CompleteMultipart(ctx, s.object(key), id, signer.CompleteOptions{})))
	parts.Note = call(must(s.signer.Put(ctx, s.object(key+".note"), signer.PutOptions{ContentType: "application/json", Overwrite: true})))
	return pages.Slot{Key: key, ContentType: contentType, Parts: parts, Look: s.look(key)}
}

// store puts an object there.
func (s *shop) store(key, contentType string, content []byte) {
	s.t.Helper()
	_, err := s.client.PutObject(s.t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(s.bucket), Key: aws.String(key), Body: bytes.NewReader(content), ContentType: aws.String(contentType),
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// serve puts the page of a request into the store, and gives the link to it.
func (s *shop) serve(r pages.Request) (link string) {
	s.t.Helper()
	return s.serveHTML(string(writeRequest(s.t, r)))
}

func (s *shop) serveHTML(html string) (link string) {
	s.t.Helper()
	s.store("pages/request.html", "text/html; charset=utf-8", []byte(html))
	p, err := s.signer.Get(s.t.Context(), s.object("pages/request.html"), signer.GetOptions{Inline: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return p.URL
}

// mail writes the page of a request into a file, and gives its address.
func (s *shop) mail(r pages.Request) (link string) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "request.html")
	if err := os.WriteFile(path, writeRequest(s.t, r), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return "file://" + path
}

func writeRequest(t *testing.T, r pages.Request) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := pages.WriteRequest(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// asking is a request that ends in three hours.
func asking(id string) pages.Request {
	return pages.Request{
		ID: id, From: "Alice Meyer", For: "Ben", Message: "Please send the photos of the offsite.",
		Made: time.Now(), Ends: time.Now().Add(3*time.Hour + 11*time.Minute + 30*time.Second),
	}
}

// has is what lies below a prefix: the content by key.
func (s *shop) has(prefix string) map[string][]byte {
	s.t.Helper()
	found := map[string][]byte{}
	pager := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: aws.String(s.bucket), Prefix: aws.String(prefix)})
	for pager.HasMorePages() {
		list, err := pager.NextPage(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, o := range list.Contents {
			out, err := s.client.GetObject(s.t.Context(), &s3.GetObjectInput{Bucket: aws.String(s.bucket), Key: o.Key})
			if err != nil {
				s.t.Fatal(err)
			}
			content, err := io.ReadAll(out.Body)
			_ = out.Body.Close()
			if err != nil {
				s.t.Fatal(err)
			}
			found[aws.ToString(o.Key)] = content
		}
	}
	return found
}

// head is what a store says of an object.
func (s *shop) head(key string) *s3.HeadObjectOutput {
	s.t.Helper()
	out, err := s.client.HeadObject(s.t.Context(), &s3.HeadObjectInput{Bucket: aws.String(s.bucket), Key: aws.String(key), ChecksumMode: "ENABLED"})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// file writes a file of random bytes.
func file(t *testing.T, dir, name string, size int) (path string, content []byte) {
	t.Helper()
	content = make([]byte, size)
	_, _ = rand.Read(content)
	path = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, content
}

// unguessed is a word that no other test of this process has.
func unguessed() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1<<60))
	return n.Text(36)
}

// drop drags files or folders over the page and lets them go.
func (b *tab) drop(paths ...string) {
	b.t.Helper()
	at := eval[[]float64](b, `(() => { const e = document.getElementById("drop"); e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	for _, kind := range []input.DispatchDragEventType{"dragEnter", "dragOver", "drop"} {
		_, err := chromedp.Call(b.ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
			Type: kind, X: at[0], Y: at[1], Data: &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1},
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

// choosing answers the file chooser that an action opens.
func (b *tab) choosing(open func(), paths ...string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}); err != nil {
		b.t.Fatal(err)
	}
	opened := make(chan cdp.BackendNodeID, 1)
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*page.EventFileChooserOpened); ok {
			select {
			case opened <- e.BackendNodeID:
			default:
			}
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	open()
	select {
	case node := <-opened:
		if _, err := chromedp.Call(b.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, BackendNodeID: node}); err != nil {
			b.t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		b.t.Fatal("no file chooser was opened")
	}
}

// states are what the rows' chips stand for, in order.
func (b *tab) states() string {
	b.t.Helper()
	return b.text(`[...document.querySelectorAll("#rows > li")].map(r => r.dataset.state).join(" ")`)
}

// untilStates waits for the rows to be in these states.
func (b *tab) untilStates(want string) {
	b.t.Helper()
	b.waitFor("the rows to be "+want, 40*time.Second, func() bool { return b.states() == want })
}

// waitFor is until with more patience.
func (b *tab) waitFor(what string, most time.Duration, done func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(most); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Logf("the page says:\n%s", b.says())
			b.giveUp(what)
		}
	}
}

// forgiveAll takes all complaints back that have a part in them: of what a test has the store refuse, Chromium writes a
// line each time.
func (b *tab) forgiveAll(part string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = slices.DeleteFunc(b.complaints, func(c string) bool { return strings.Contains(c, part) })
}
