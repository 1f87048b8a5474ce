//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"mime"
	"net/textproto"
	"net/url"
	"os"
	"strings"
)

// download is what a link gives to whoever opens it.
type download struct {
	content []byte
	header  textproto.MIMEHeader
}

// fetch opens a link with curl, which knows nothing of Waybill, of AWS, or of any key.
func (h *home) fetch(link string) download {
	h.t.Helper()
	body, head := h.path("tmp", "body"), h.path("tmp", "head")
	h.must("curl", "--silent", "--show-error", "--fail", "--max-time", "60", "--noproxy", "*",
		"--dump-header", head, "--output", body, "--", link)
	content, err := os.ReadFile(body)
	if err != nil {
		h.t.Fatal(err)
	}
	text, err := os.ReadFile(head)
	if err != nil {
		h.t.Fatal(err)
	}
	lines := bufio.NewReader(bytes.NewReader(text))
	if _, err := lines.ReadString('\n'); err != nil { // the status
		h.t.Fatalf("no status in %q", text)
	}
	header, err := textproto.NewReader(lines).ReadMIMEHeader()
	if err != nil {
		h.t.Fatalf("read curl's headers: %v in %q", err, text)
	}
	return download{content, header}
}

// name is the name under which a browser would save the download.
func (d download) name() string {
	how, parameters, err := mime.ParseMediaType(d.header.Get("Content-Disposition"))
	if err != nil || how != "attachment" {
		return ""
	}
	return parameters["filename"]
}

// checkLink opens a link and compares what comes with the file, byte for byte, and its name.
func (h *home) checkLink(link, path, name string) {
	h.t.Helper()
	want, err := os.ReadFile(path)
	if err != nil {
		h.t.Fatal(err)
	}
	got := h.fetch(link)
	if !bytes.Equal(got.content, want) {
		h.t.Errorf("%s: the link gives %d bytes that are not the file's %d", name, len(got.content), len(want))
	}
	if got.name() != name {
		h.t.Errorf("%s: Content-Disposition is %q, which names %q", name, got.header.Get("Content-Disposition"), got.name())
	}
}

// objectOf is the bucket and the key that a path-style link leads to.
func (h *home) objectOf(link string) (bucket, key string) {
	h.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		h.t.Fatal(err)
	}
	bucket, key, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return bucket, key
}
