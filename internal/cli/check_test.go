//go:build unix

package cli_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// found gives what is in the shared store below a prefix, and which uploads are unfinished there.
func found(t *testing.T, prefix string) (keys, uploads []string) {
	t.Helper()
	c := s3.New(s3.Options{
		Region: sandbox.Region, BaseEndpoint: aws.String(store.Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(store.Keys().AccessKeyID, store.Keys().SecretAccessKey, ""),
	})
	out, err := c.ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String("sandbox"), Prefix: aws.String(prefix)})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out.Contents {
		keys = append(keys, aws.ToString(o.Key))
	}
	list, err := c.ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{Bucket: aws.String("sandbox"), Prefix: aws.String(prefix)})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range list.Uploads {
		uploads = append(uploads, aws.ToString(u.Key))
	}
	return keys, uploads
}

// TestCheck: one line a step, one object a step with --json, and nothing left.
func TestCheck(t *testing.T) {
	r := atStore(t)
	got := r.run("check", "--yes", "s3://sandbox/checked").is(0)
	for _, want := range []string{"ok       Put an object", "\nSending works.\n", "\nRevoking works.\n", "\nEverything works here.\n"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not said:\n%s", want, got.out)
		}
	}
	got = r.run("check", "--yes", "--json", "--for", "send,link", "s3://sandbox/checked").is(0)
	lines := got.lines()
	last := lines[len(lines)-1]
	fields(t, last, "step", "works", "result", "features")
	if last["step"] != "outcome" || last["works"] != true || len(last["features"].([]any)) != 10 {
		t.Errorf("%v", last)
	}
	seen := map[string]map[string]any{}
	for _, l := range lines[:len(lines)-1] {
		if seen[l["step"].(string)] != nil {
			t.Errorf("%s is told twice", l["step"])
		}
		seen[l["step"].(string)] = l
	}
	put := seen["put"]
	fields(t, put, "step", "state", "title", "result", "permission", "needed", "features")
	if put["state"] != "fine" || put["permission"] != "s3:PutObject" || put["needed"] != true || seen["list"]["needed"] != false {
		t.Errorf("%v, %v", put, seen["list"])
	}
	facts := seen["speed"]["facts"].(map[string]any)
	if facts["put_bytes_per_second"].(float64) <= 0 || facts["get_bytes_per_second"].(float64) <= 0 || seen["answer"]["facts"].(map[string]any)["round_trip_ms"].(float64) <= 0 {
		t.Errorf("%v", facts)
	}
	if keys, uploads := found(t, "checked"); len(keys)+len(uploads) > 0 {
		t.Errorf("left %q %q", keys, uploads)
	}
}

// TestCheckAsksFirst: without a terminal and without --yes nothing is written, which is said, and is no success.
func TestCheckAsksFirst(t *testing.T) {
	r := atStore(t)
	got := r.run("check", "s3://sandbox/asked").is(1)
	if !strings.Contains(got.err, "Nothing is written, since there is no terminal") || !strings.Contains(got.out, "-        Put an object") || !strings.Contains(got.out, "cannot be told") {
		t.Errorf("%s%s", got.out, got.err)
	}
	// Who wants nothing to be written is not blamed for it.
	if got = r.run("check", "--read-only", "s3://sandbox/asked").is(0); strings.Contains(got.err, "Nothing is written") {
		t.Error(got.err)
	}
	if keys, uploads := found(t, "asked"); len(keys)+len(uploads) > 0 {
		t.Errorf("%q %q", keys, uploads)
	}
}

// TestCheckMissing: the status says that something needed is missing; what is a convenience does not count.
func TestCheckMissing(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	r := at(t, m.Endpoint, m.Key, m.Secret, "")
	policy := r.run("check", "--policy", "--for", "send,link", "s3://team-share/alice").is(0)
	var read struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal([]byte(policy.out), &read); err != nil || len(read.Statement) != 1 || len(read.Statement[0].Action) != 4 || policy.err != "" {
		t.Fatalf("%v: %s%s", err, policy.out, policy.err)
	}
	key, secret, token, _ := m.Session(time.Hour, policy.out)
	r = at(t, m.Endpoint, key, secret, "aws_session_token = "+token+"\n")
	got := r.run("check", "--yes", "s3://team-share/alice").is(1)
	for _, want := range []string{
		"MISSING  List the folder", "MISSING  Delete it", "\nSending works.\n", "\nRevoking needs s3:DeleteObject.\n", "\n3 of 7 permissions are missing.\n",
		"no       List the buckets",
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not said:\n%s", want, got.out)
		}
	}
	if !strings.Contains(got.err, "waybill check --policy s3://team-share/alice/") || !strings.Contains(got.err, ".waybill-check-") {
		t.Error(got.err)
	}
	got = r.run("check", "--yes", "--for", "send,link", "s3://team-share/alice").is(0)
	if !strings.Contains(got.out, "\nEverything works here.\n") || !strings.Contains(got.out, "no       List the folder") {
		t.Error(got.out)
	}
}

// TestCheckPolicyWithoutANetwork asks nobody.
func TestCheckPolicyWithoutANetwork(t *testing.T) {
	r := newRig(t, "[profile far]\nregion = cn-north-1\n", "")
	got := r.run("check", "--policy", "--profile", "far", "--for", "send", "--kms-key", "arn:aws-cn:kms:cn-north-1:111122223333:key/abc", "s3://team-share/a/b").is(0)
	if !strings.Contains(got.out, `"arn:aws-cn:s3:::team-share/a/b/*"`) || !strings.Contains(got.out, `"kms:GenerateDataKey"`) || got.err != "" {
		t.Errorf("%s%s", got.out, got.err)
	}
}

func TestCheckUsage(t *testing.T) {
	r := atStore(t)
	for _, args := range [][]string{
		{}, {"sandbox/x"}, {"s3://sandbox/a", "s3://sandbox/b"}, {"s3://a/b/../c"}, {"--for", "fly", "s3://sandbox/x"}, {"--yes", "--read-only", "s3://sandbox/x"},
		{"--policy", "--kms-key", "alias/mine", "s3://sandbox/x"}, {"s3://sandbox/../x"}, {"--no-such-flag", "s3://sandbox/x"},
	} {
		if got := r.run(append([]string{"check"}, args...)...).is(2); got.out != "" || got.err == "" {
			t.Errorf("%q: %s%s", args, got.out, got.err)
		}
	}
}

// held stands before the shared store, and holds a request until it is let go.
func held(t *testing.T, which func(*http.Request) bool) (endpoint string, arrived chan struct{}) {
	t.Helper()
	target, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	arrived = make(chan struct{}, 8)
	done := make(chan struct{})
	var once atomic.Bool
	on := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if which(r) && once.CompareAndSwap(false, true) {
			arrived <- struct{}{}
			select {
			case <-done:
			case <-r.Context().Done():
				return
			}
		}
		on.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { close(done); server.Close() })
	return server.URL, arrived
}

// TestCheckKilled: whatever kills a check, nothing but what has its name is left; Ctrl+C leaves nothing.
func TestCheckKilled(t *testing.T) {
	isDelete := func(r *http.Request) bool {
		return r.Method == http.MethodDelete && strings.Contains(r.URL.Path, ".waybill-check-") && !r.URL.Query().Has("uploadId")
	}
	isAbort := func(r *http.Request) bool {
		return r.Method == http.MethodGet && r.URL.Query().Has("uploadId") && !strings.Contains(r.URL.Query().Get("uploadId"), "no-such")
	}
	n := 0
	second := func(r *http.Request) bool { // the first deletes what is not there
		if isDelete(r) {
			n++
		}
		return isDelete(r) && n == 2
	}
	for name, c := range map[string]struct {
		which   func(*http.Request) bool
		kill    bool
		objects int
		uploads int
	}{
		"after the put":             {second, true, 1, 0},
		"with the upload":           {isAbort, true, 0, 1},
		"interrupted in the upload": {isAbort, false, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			n = 0
			endpoint, arrived := held(t, c.which)
			r := at(t, endpoint, store.Keys().AccessKeyID, store.Keys().SecretAccessKey, "")
			place := "killed-" + strings.ReplaceAll(name, " ", "-")
			w := r.start("check", "--yes", "s3://sandbox/"+place)
			select {
			case <-arrived:
			case <-time.After(inTime):
				t.Fatalf("it does not come so far:\n%s%s", w.out.String(), w.err.String())
			}
			if c.kill {
				w.kill()
			} else {
				w.signal(os.Signal(syscall.SIGINT))
				w.ends().is(130)
			}
			keys, uploads := found(t, place)
			if len(keys) != c.objects || len(uploads) != c.uploads {
				t.Errorf("left %q %q", keys, uploads)
			}
			for _, key := range append(keys, uploads...) {
				if !strings.HasPrefix(key, place+"/.waybill-check-") {
					t.Errorf("%s is left", key)
				}
			}
		})
	}
}
