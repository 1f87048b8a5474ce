package desk_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/sandbox"
	"waybill/internal/teststore"
	"waybill/signer"
)

// place is a store with whoever signs there, and the means of somebody who has nothing but what was signed.
type place struct {
	t      *testing.T
	signer *signer.Signer
	bucket string
	http   *http.Client
}

// places are the stores that what is signed is tried at.
func places(t *testing.T, try func(t *testing.T, p place)) {
	t.Run("sandbox", func(t *testing.T) {
		atStore(t)
		try(t, newPlace(t, sandbox.Bucket, ""))
	})
	for name, https := range map[string]bool{"MinIO": false, "MinIO, https, a session": true} {
		t.Run(name, func(t *testing.T) {
			m := teststore.StartMinIO(t, https)
			key, secret, token, more := m.Key, m.Secret, "", ""
			if https {
				var ends time.Time
				key, secret, token, ends = m.Session(time.Hour, "")
				more = "x_security_token_expires = " + ends.Format(time.RFC3339) + "\n"
			}
			minioProfile(t, m, key, secret, token, more)
			try(t, newPlace(t, teststore.Bucket, m.CA))
		})
	}
}

func newPlace(t *testing.T, bucket, ca string) place {
	t.Helper()
	s, err := signer.Open(t.Context(), signer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	t.Cleanup(transport.CloseIdleConnections)
	return place{t, s, bucket, &http.Client{Transport: transport, Timeout: time.Minute}}
}

// object is one below the test's own folder.
func (p place) object(name string) signer.Object {
	return signer.Object{Bucket: p.bucket, Key: strings.NewReplacer("/", "-", "#", "-", ",", "", "_", "-").Replace(p.t.Name()) + "/" + name, Expires: time.Hour}
}

// do sends a request, and gives status and answer.
func (p place) do(method, url string, header map[string]string, body []byte) (int, http.Header, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := p.http.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(answer)
}

// post sends a form as a browser does.
func (p place) post(url string, fields map[string]string, key, contentType string, body []byte) (int, string) {
	p.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	_ = w.WriteField("key", key)
	_ = w.WriteField("Content-Type", contentType)
	file, err := w.CreateFormFile("file", "blob")
	if err != nil {
		p.t.Fatal(err)
	}
	_, _ = file.Write(body)
	_ = w.Close()
	status, _, answer := p.do(http.MethodPost, url, map[string]string{"Content-Type": w.FormDataContentType()}, form.Bytes())
	return status, answer
}

// text is what the store has, by its owner.
func (p place) text(key string) (body, contentType string, ok bool) {
	p.t.Helper()
	out, err := p.signer.Client().GetObject(p.t.Context(), &s3.GetObjectInput{Bucket: aws.String(p.bucket), Key: aws.String(key)})
	if err != nil {
		return "", "", false
	}
	defer func() { _ = out.Body.Close() }()
	all, err := io.ReadAll(out.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(all), aws.ToString(out.ContentType), true
}

// refused wants the store to refuse something, with a code, and nothing to be there.
func (p place) refused(what string, status int, answer string, key string, codes ...string) {
	p.t.Helper()
	fits := false
	for _, c := range codes {
		fits = fits || strings.Contains(answer, "<Code>"+c+"</Code>")
	}
	if status < 400 || status >= 500 || !fits {
		p.t.Errorf("%s: HTTP %d, %s, want one of %q", what, status, answer, codes)
	}
	if _, _, there := p.text(key); key != "" && there {
		p.t.Errorf("%s: it is there all the same", what)
	}
}

// TestForm: whoever holds a form puts what its policy allows, and nothing else.
func TestForm(t *testing.T) {
	places(t, func(t *testing.T, p place) {
		folder := p.object("in/")
		sign := func(o signer.Object, opt signer.PostOptions) signer.PresignedPost {
			f, err := p.signer.Post(t.Context(), o, opt)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		f := sign(folder, signer.PostOptions{ContentType: "application/pdf", MaxSize: 10})
		key := folder.Key + "x/é 日本.pdf"
		if status, answer := p.post(f.URL, f.Fields, key, "application/pdf", []byte("0123456789")); status != 201 {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
		if body, kind, ok := p.text(key); !ok || body != "0123456789" || kind != "application/pdf" {
			t.Errorf("%q %q", body, kind)
		}
		if status, answer := p.post(f.URL, f.Fields, folder.Key+"x/empty", "application/pdf", nil); status != 201 {
			t.Errorf("an empty file: HTTP %d: %s", status, answer)
		}
		status, answer := p.post(f.URL, f.Fields, folder.Key+"y", "text/html", []byte("x"))
		p.refused("another type", status, answer, folder.Key+"y", "AccessDenied")
		status, answer = p.post(f.URL, f.Fields, folder.Key+"y", "application/pdf", []byte("01234567890"))
		p.refused("a byte more", status, answer, folder.Key+"y", "EntityTooLarge")
		for _, outside := range []string{p.object("in").Key, p.object("inside").Key, p.object("other/y").Key, "y"} {
			status, answer = p.post(f.URL, f.Fields, outside, "application/pdf", []byte("x"))
			p.refused("the key "+outside, status, answer, outside, "AccessDenied")
		}
		if status, _ := p.post(f.URL, f.Fields, folder.Key+"../out", "application/pdf", []byte("x")); status < 400 {
			t.Errorf("a key with ..: HTTP %d", status)
		}
		if _, _, there := p.text(p.object("out").Key); there {
			t.Error("a key with .. went out of the folder")
		}
		bent := map[string]string{}
		for name, value := range f.Fields {
			bent[name] = value
		}
		bent["policy"] = sign(p.object("other/"), signer.PostOptions{ContentType: "application/pdf"}).Fields["policy"]
		status, answer = p.post(f.URL, bent, p.object("other/y").Key, "application/pdf", []byte("x"))
		p.refused("another policy", status, answer, p.object("other/y").Key, "SignatureDoesNotMatch", "AccessDenied")

		family := sign(folder, signer.PostOptions{ContentType: "image/"})
		if status, answer := p.post(family.URL, family.Fields, folder.Key+"x/a.png", "image/png", []byte("x")); status != 201 {
			t.Errorf("of the family: HTTP %d: %s", status, answer)
		}
		status, answer = p.post(family.URL, family.Fields, folder.Key+"z", "text/html", []byte("x"))
		p.refused("of another family", status, answer, folder.Key+"z", "AccessDenied")

		short := folder
		short.Expires = time.Second
		ended := sign(short, signer.PostOptions{ContentType: "image/"})
		<-time.After(time.Until(ended.Ends) + 1100*time.Millisecond)
		status, answer = p.post(ended.URL, ended.Fields, folder.Key+"late", "image/png", []byte("x"))
		p.refused("too late", status, answer, folder.Key+"late", "AccessDenied")
	})
}

// TestSlot: whoever holds a slot's URL puts one file there, once.
func TestSlot(t *testing.T) {
	places(t, func(t *testing.T, p place) {
		o := p.object("slot")
		put, err := p.signer.Put(t.Context(), o, signer.PutOptions{ContentType: "application/pdf"})
		if err != nil {
			t.Fatal(err)
		}
		send := func(url string, change func(map[string]string)) (int, string) {
			h := map[string]string{}
			for name := range put.Header {
				h[name] = put.Header.Get(name)
			}
			h["Content-Disposition"] = signer.Disposition("é.pdf", false)
			change(h)
			status, _, answer := p.do(http.MethodPut, url, h, []byte("hello"))
			return status, answer
		}
		status, answer := send(put.URL, func(h map[string]string) { h["Content-Type"] = "text/html" })
		p.refused("another type", status, answer, o.Key, "SignatureDoesNotMatch", "AccessDenied")
		status, answer = send(put.URL, func(h map[string]string) { delete(h, "If-None-Match") })
		p.refused("without If-None-Match", status, answer, o.Key, "SignatureDoesNotMatch", "AccessDenied")
		other := strings.Replace(put.URL, "/slot?", "/other?", 1)
		status, answer = send(other, func(map[string]string) {})
		p.refused("another key", status, answer, p.object("other").Key, "SignatureDoesNotMatch")
		if status, answer := send(put.URL, func(map[string]string) {}); status != 200 {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
		status, answer = send(put.URL, func(map[string]string) {})
		p.refused("a second file", status, answer, "", "PreconditionFailed")
		if body, kind, _ := p.text(o.Key); body != "hello" || kind != "application/pdf" {
			t.Errorf("%q %q", body, kind)
		}
		for _, method := range []string{http.MethodGet, http.MethodDelete, http.MethodHead} {
			if status, _, _ := p.do(method, put.URL, nil, nil); status != 403 && status != 400 {
				t.Errorf("%s: HTTP %d", method, status)
			}
		}
		at := strings.Index(put.URL, "/"+strings.SplitN(o.Key, "/", 2)[0])
		if status, _, answer := p.do(http.MethodGet, put.URL[:at]+"/?list-type=2&"+strings.SplitN(put.URL, "?", 2)[1], nil, nil); status != 403 && status != 400 || strings.Contains(answer, "<Contents>") {
			t.Errorf("a list: HTTP %d: %s", status, answer)
		}
		o.Expires = time.Second
		o.Key += "-late"
		if put, err = p.signer.Put(t.Context(), o, signer.PutOptions{ContentType: "application/pdf"}); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Until(put.Ends) + 1100*time.Millisecond)
		status, answer = send(put.URL, func(map[string]string) {})
		p.refused("too late", status, answer, o.Key, "AccessDenied", "ExpiredToken", "RequestExpired")
	})
}

type listedParts struct {
	IsTruncated bool
	Part        []struct {
		PartNumber int
		ETag       string
		Size       int64
	}
}

// TestParts: a file comes in parts of whatever size, and goes on with those that are there.
func TestParts(t *testing.T) {
	places(t, func(t *testing.T, p place) {
		o := p.object("large")
		started := func() string {
			out, err := p.signer.Client().CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
				Bucket: aws.String(o.Bucket), Key: aws.String(o.Key), ContentType: aws.String("application/octet-stream")})
			if err != nil {
				t.Fatal(err)
			}
			return aws.ToString(out.UploadId)
		}
		sign := func(id string, n int) signer.PresignedParts {
			parts, err := p.signer.Parts(t.Context(), o, id, n)
			if err != nil {
				t.Fatal(err)
			}
			return parts
		}
		id := started()
		parts := sign(id, 1001)
		if len(parts.Signatures) != 1001 || len(parts.List) != 2 || parts.Ends.Before(time.Now()) {
			t.Fatalf("%d signatures, %d lists, until %v", len(parts.Signatures), len(parts.List), parts.Ends)
		}
		url := func(n int) string {
			return strings.NewReplacer("{number}", strconv.Itoa(n), "{signature}", parts.Signatures[n-1]).Replace(parts.URL)
		}
		first, last := bytes.Repeat([]byte("x"), 5<<20), []byte("the end")
		for n, body := range map[int][]byte{1: first, 1001: last} {
			if status, _, answer := p.do(http.MethodPut, url(n), nil, body); status != 200 {
				t.Fatalf("part %d: HTTP %d: %s", n, status, answer)
			}
		}
		wrong := strings.NewReplacer("{number}", "3", "{signature}", parts.Signatures[3]).Replace(parts.URL)
		status, _, answer := p.do(http.MethodPut, wrong, nil, last)
		p.refused("another part's signature", status, answer, "", "SignatureDoesNotMatch")

		// What is there already, as somebody who goes on after a reload asks.
		list := ""
		for _, l := range parts.List {
			status, _, answer := p.do(http.MethodGet, l, nil, nil)
			var found listedParts
			if err := xml.Unmarshal([]byte(answer), &found); status != 200 || err != nil {
				t.Fatalf("HTTP %d, %v: %s", status, err, answer)
			}
			for _, part := range found.Part {
				list += fmt.Sprintf("<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", part.PartNumber, part.ETag)
			}
			if !found.IsTruncated {
				break // the first list has them all where there are few
			}
		}
		complete := func(c signer.Presigned) (int, string) {
			h := map[string]string{}
			for name := range c.Header {
				h[name] = c.Header.Get(name)
			}
			status, _, answer := p.do(c.Method, c.URL, h, []byte("<CompleteMultipartUpload>"+list+"</CompleteMultipartUpload>"))
			return status, answer
		}
		if status, answer := complete(parts.Complete); status != 200 || !strings.Contains(answer, "CompleteMultipartUploadResult") {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
		if body, kind, _ := p.text(o.Key); body != string(first)+string(last) || kind != "application/octet-stream" {
			t.Errorf("%d bytes of %q", len(body), kind)
		}

		// A second upload to the same key does not get there.
		again := sign(started(), 1)
		again1 := strings.NewReplacer("{number}", "1", "{signature}", again.Signatures[0]).Replace(again.URL)
		_, h, _ := p.do(http.MethodPut, again1, nil, last)
		list = "<Part><PartNumber>1</PartNumber><ETag>" + h.Get("ETag") + "</ETag></Part>"
		status, answer = complete(again.Complete)
		p.refused("a second file", status, answer, "", "PreconditionFailed")
	})
}

// TestPartsAreFew refuses what no store takes.
func TestPartsAreFew(t *testing.T) {
	atStore(t)
	p := newPlace(t, sandbox.Bucket, "")
	for _, n := range []int{0, -1, signer.MaxParts + 1} {
		if _, err := p.signer.Parts(context.Background(), p.object("x"), "id", n); err == nil {
			t.Errorf("%d parts were signed", n)
		}
	}
}
