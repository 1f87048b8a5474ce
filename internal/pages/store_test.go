package pages_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/pages"
	"waybill/internal/sandbox"
	"waybill/signer"
)

// TestOverARealStore puts files and their page into a real S3 server, opens the page by its presigned link, and
// downloads every file: by its button, and by the script.
func TestOverARealStore(t *testing.T) {
	store, err := sandbox.Start(t.Context(), filepath.Join(t.TempDir(), "sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	keys := store.Keys()
	s, err := signer.Open(t.Context(), signer.Options{
		Region: sandbox.Region, Endpoint: store.Endpoint(),
		Keys: &signer.Keys{AccessKeyID: keys.AccessKeyID, SecretAccessKey: keys.SecretAccessKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	put := func(key, contentType string, content []byte) {
		t.Helper()
		_, err := s.Client().PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String(sandbox.Bucket), Key: aws.String(key), Body: bytes.NewReader(content), ContentType: aws.String(contentType),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	link := func(key string, o signer.GetOptions) string {
		t.Helper()
		p, err := s.Get(context.Background(), signer.Object{Bucket: sandbox.Bucket, Key: key, Expires: time.Hour}, o)
		if err != nil {
			t.Fatal(err)
		}
		return p.URL
	}
	names := []string{
		"report.pdf", "Angebot Müller & Söhne (final).docx", "日本語/コピー.png", "a+b=c &copy;#?.txt", "50% off.txt", "it's \"quoted\".txt", "-rf",
		"<script>alert(1)</script>.txt", `"><img src=x onerror=alert(2)>.png`, "$(touch x) `touch y`.txt", "invoice\u202Efdp.exe", "empty.bin", "large.bin",
	}
	b := pages.Bundle{Title: "From a real store", Ends: time.Now().Add(time.Hour), Made: time.Now()}
	contents := map[string][]byte{}
	for _, name := range names {
		content := make([]byte, 1000)
		switch name {
		case "empty.bin":
			content = nil
		case "large.bin":
			content = make([]byte, 6<<20)
		}
		_, _ = rand.Read(content)
		contents[name] = content
		key := "offsite/" + name
		put(key, "application/octet-stream", content)
		b.Files = append(b.Files, pages.File{
			Name: name, Size: int64(len(content)), ContentType: "application/octet-stream", URL: link(key, signer.GetOptions{Filename: path.Base(name)}),
		})
	}
	var page bytes.Buffer
	if err := pages.WriteBundle(&page, b); err != nil {
		t.Fatal(err)
	}
	put("offsite/index.html", "text/html; charset=utf-8", page.Bytes())
	address := link("offsite/index.html", signer.GetOptions{Inline: true})

	for name, r := range map[string]reader{"with a script": {}, "without a script": {noScript: true}} {
		t.Run(name, func(t *testing.T) {
			tab := visit(t, address, r)
			for i, name := range names {
				content, offered := tab.get(row(i))
				if !bytes.Equal(content, contents[name]) {
					t.Errorf("%q came as %d other bytes", name, len(content))
				}
				if i < 3 && offered != path.Base(name) {
					t.Errorf("%q is offered as %q", name, offered)
				}
			}
			u, err := url.Parse(store.Endpoint())
			if err != nil {
				t.Fatal(err)
			}
			tab.onlyWent(u.String() + "/" + sandbox.Bucket + "/offsite/")
			if r.noScript {
				return
			}
			tab.picture("store")
			dir := t.TempDir()
			cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", tab.text(`document.getElementById("sh").textContent`))
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			folder := "waybill-" + b.Made.UTC().Format("2006-01-02-150405")
			for _, name := range names[:10] {
				if content, err := os.ReadFile(filepath.Join(dir, folder, name)); err != nil || !bytes.Equal(content, contents[name]) {
					t.Errorf("the script saved %q as %d other bytes (%v)", name, len(content), err)
				}
			}
		})
	}
}
