package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"waybill/internal/teststore"
)

// spy looks at whatever others could see of a program: the files in its folders while it runs, and the list of
// processes.
type spy struct {
	t       *testing.T
	folders []string // the first is in the environment of every process that is meant
	secrets []string
	stop    chan struct{}
	over    chan struct{}
	// seen has what somebody who looks here must see, once it was seen: without it, the spy is blind.
	expected []string
	seen     map[string]bool
}

func watchFor(t *testing.T, secrets, expected []string, folders ...string) *spy {
	s := &spy{
		t: t, folders: folders, secrets: secrets, expected: expected, seen: make(map[string]bool),
		stop: make(chan struct{}), over: make(chan struct{}),
	}
	go func() {
		defer close(s.over)
		for {
			s.look()
			select {
			case <-s.stop:
				s.look()
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return s
}

func (s *spy) end() {
	close(s.stop)
	<-s.over
	for _, e := range s.expected {
		if !s.seen[e] {
			s.t.Errorf("%q was nowhere to be seen, so the rest means nothing", e)
		}
	}
}

func (s *spy) look() {
	for _, root := range s.folders {
		_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				if text, err := os.ReadFile(path); err == nil {
					s.notice(string(text))
					s.find("the file "+path, string(text))
				}
			}
			return nil // files come and go
		})
	}
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		// Other tests run programs with signed URLs at the same time; ours, and what they start, have the home in their
		// environment.
		if around, err := os.ReadFile(filepath.Join(p, "environ")); err != nil || !strings.Contains(string(around), s.folders[0]) {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(p, "cmdline")); err == nil {
			s.notice(string(text))
			s.find("the list of processes", string(text))
		}
	}
}

func (s *spy) notice(text string) {
	for _, e := range s.expected {
		if strings.Contains(text, e) {
			s.seen[e] = true
		}
	}
}

// aSignature is the signature of a presigned URL, whatever it is escaped in.
var aSignature = regexp.MustCompile(`(?i)signature(=|%3d|%253d)[0-9a-f]{64}`)

func (s *spy) find(where, text string) {
	for _, secret := range s.secrets {
		if strings.Contains(text, secret) {
			s.t.Errorf("a secret is in %s", where)
			return
		}
	}
	if aSignature.MatchString(text) {
		s.t.Errorf("a signature is in %s", where)
	}
}

// TestNothingSecretIsSeen: during a full run with the credentials of a session, nothing but standard output has a
// signature, the token or a key: no message at the most talkative level, no error, no file of Waybill's or of the system's for temporary ones, and no list of processes.
func TestNothingSecretIsSeen(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	key, secret, token, _ := m.Session(time.Hour, "")
	r := at(t, m.Endpoint, key, secret, "aws_session_token = "+token+"\n")
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	all := []string{secret, token, url.QueryEscape(token), url.PathEscape(token)}
	// A command's words are in the list of processes; the name of what it sent is in the ledger.
	s := watchFor(t, all, []string{"--expires\x007d", "big.bin"}, r.home, temporary)
	seen := 0
	do := func(args ...string) *waybill {
		t.Helper()
		w := r.start(append(args, "--log-level", "debug")...)
		<-w.over
		said := w.err.String()
		s.find("what "+strings.Join(args, " ")+" says", said)
		seen += len(said)
		return w
	}
	for _, name := range []string{"trip/a.txt", "trip/b&c.txt"} {
		r.write(name, name)
	}
	big := r.write("big.bin", strings.Repeat("x", 40<<20))
	to := []string{"--bucket", teststore.Bucket}
	do(append([]string{"send", "--bundle", filepath.Join(r.dir, "trip"), "/no/such/file"}, to...)...)
	do(append([]string{"send", "--zip", "--json", filepath.Join(r.dir, "trip")}, to...)...)
	sent := do(append([]string{"send", "--json", "--expires", "7d", big}, to...)...)
	if !strings.Contains(sent.out.String(), url.QueryEscape(token)) {
		t.Fatal("the link has no token, so nothing is tried here")
	}
	id := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(sent.out.String())[1]
	do("send", "--bucket", "no-such-bucket", big)
	do("link", "s3://"+teststore.Bucket+"/**/*.txt")
	do("link", "s3://"+teststore.Bucket+"/nothing")
	do("renew", id)
	do("renew", "nobody")
	do("bundle", id)
	do("verify", id)
	do("links")
	do("links", "--csv")
	do("clean", "s3://"+teststore.Bucket)

	// A request's ways are on standard output, in its page in the bucket, and in the file that --html names: nowhere else.
	page := filepath.Join(t.TempDir(), "request.html")
	asked := do("request", "--json", "--for", "Zoë", "--html", page, "--cors", "add", "s3://"+teststore.Bucket+"/in")
	text, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(text), token) || !strings.Contains(asked.out.String(), "x-amz-signature") {
		t.Fatalf("the page has no token, so nothing is tried here (%v)", err)
	}
	request := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(asked.out.String())[1]
	var ways struct {
		Post struct {
			URL    string
			Fields map[string]string
			Folder string
		}
	}
	if err := json.Unmarshal([]byte(asked.out.String()), &ways); err != nil {
		t.Fatal(err)
	}
	// Somebody gives a file the name of what signs it.
	for i, name := range []string{"plain.txt", "x-amz-signature=" + ways.Post.Fields["x-amz-signature"] + "&x-amz-security-token=" + token[:40]} {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		for field, value := range ways.Post.Fields {
			_ = w.WriteField(field, value)
		}
		_ = w.WriteField("key", ways.Post.Folder+fmt.Sprint(i)+"/"+name)
		_ = w.WriteField("Content-Type", "application/octet-stream")
		file, _ := w.CreateFormFile("file", "x")
		_, _ = file.Write([]byte("x"))
		_ = w.Close()
		resp, err := http.Post(ways.Post.URL, w.FormDataContentType(), &form)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusCreated {
			t.Fatalf("HTTP %d", resp.StatusCode)
		}
	}
	do("requests")
	if listed := do("requests", request); strings.Count(listed.out.String(), "\n") != 3 {
		t.Errorf("%q", listed.out.String())
	}
	do("requests", "--ways", "--json", request)
	do("requests", "--download", filepath.Join(t.TempDir(), "inbox"), request)
	do("cors", "s3://"+teststore.Bucket)
	do("request", "--message", "see https://x/?X-Amz-Signature="+strings.Repeat("0", 3), "s3://"+teststore.Bucket+"/in")
	do("requests", "--close", "--yes", "--deny", request)
	do("requests", "--all", "--json")

	do("revoke", "--yes", "--rename", id)
	do("revoke", "--undo", id)
	do("revoke", "--yes", id)

	do("resume")
	s.end()
	if seen < 1000 {
		t.Errorf("only %d bytes were said", seen)
	}
}
