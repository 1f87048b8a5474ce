package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// storeFolder holds the real S3 server that the tests of this package share: there can be one in a process.
var (
	storeFolder string
	store       *sandbox.Sandbox
)

func TestMain(m *testing.M) {
	if os.Getenv("WAYBILL_TEST_ROLE") == "waybill" {
		os.Exit(asProgram())
	}
	var err error
	if storeFolder, err = os.MkdirTemp("", "cli"); err != nil {
		panic(err)
	}
	if store, err = sandbox.Start(context.Background(), storeFolder); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = store.Close()
	_ = os.RemoveAll(storeFolder)
	os.Exit(code)
}

// asProgram does what main does, for the tests that need a process of their own.
func asProgram() int {
	ctx, stop := cli.UntilSignalled(nil)
	defer stop()
	return cli.Run(ctx, os.Args[1:], cli.Environment{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Version: "test"})
}

// rig is a person's computer: a home and AWS files of its own, and nothing of the real one.
type rig struct {
	t       *testing.T
	home    string
	dir     string // for files to send
	secrets []string
}

func newRig(t *testing.T, config, credentials string) *rig {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "WAYBILL_HOME") {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	r := &rig{t: t, home: filepath.Join(t.TempDir(), "home"), dir: t.TempDir()}
	aws := t.TempDir()
	for name, text := range map[string]string{"config": config, "credentials": credentials} {
		if text != "" {
			r.write(filepath.Join(aws, name), text)
		}
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(aws, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(aws, "credentials"))
	t.Setenv("WAYBILL_HOME", r.home)
	for _, line := range strings.Split(credentials, "\n") {
		name, value, _ := strings.Cut(line, " = ")
		if name == "aws_secret_access_key" || name == "aws_session_token" {
			r.secrets = append(r.secrets, value)
		}
	}
	return r
}

// atStore is a computer whose default profile leads to the shared store.
func atStore(t *testing.T) *rig {
	t.Helper()
	return at(t, store.Endpoint(), store.Keys().AccessKeyID, store.Keys().SecretAccessKey, "")
}

// at is a computer whose default profile leads to an endpoint; more stands below the keys.
func at(t *testing.T, endpoint, key, secret, more string) *rig {
	t.Helper()
	return newRig(t, "[default]\nendpoint_url = "+endpoint+"\n",
		fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n%s", key, secret, more))
}

// mountStore makes the shared store the sandbox of the rig's home.
func (r *rig) mountStore() {
	r.t.Helper()
	if err := os.MkdirAll(r.home, 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Symlink(storeFolder, filepath.Join(r.home, "sandbox")); err != nil {
		r.t.Fatal(err)
	}
}

// write makes a file, below the rig's own folder if the path is relative, and gives its path.
func (r *rig) write(path, text string) string {
	r.t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// ran is what came of a command.
type ran struct {
	t        *testing.T
	args     []string
	status   int
	out, err string
}

// run does a command in this process.
func (r *rig) run(args ...string) ran {
	r.t.Helper()
	return r.runContext(r.t.Context(), args...)
}

func (r *rig) runContext(ctx context.Context, args ...string) ran {
	r.t.Helper()
	var out, err bytes.Buffer
	status := cli.Run(ctx, args, cli.Environment{
		In: strings.NewReader(""), Out: &out, Err: &err, Version: "1.2.3-test",
		Window: func(context.Context, *desk.Desk, cli.Opening) error {
			r.t.Error("a command opened the window")
			return nil
		},
	})
	return r.look(ran{r.t, args, status, out.String(), err.String()})
}

// signature is a signing parameter with its value, in whatever it is escaped.
var signature = regexp.MustCompile(`(?i)X-Amz-(Signature|Security-Token|Credential)(=|%3d)[^…\s]`)

// look holds what every command has to keep, whatever it was told.
func (r *rig) look(got ran) ran {
	r.t.Helper()
	if signature.MatchString(got.err) {
		r.t.Errorf("%q: a signature on standard error:\n%s", got.args, got.err)
	}
	for _, secret := range r.secrets {
		if strings.Contains(got.err, secret) {
			r.t.Errorf("%q: a secret on standard error:\n%s", got.args, got.err)
		}
		if strings.Contains(got.out, secret) && !strings.Contains(got.out, "X-Amz-Security-Token=") {
			r.t.Errorf("%q: a secret on standard output", got.args)
		}
	}
	if slices.Contains(got.args, "--json") {
		got.lines() // nothing else may be there
	}
	for _, c := range got.out + got.err {
		if c < ' ' && c != '\n' || c == 0x7f {
			r.t.Errorf("%q: the control character %q was printed", got.args, c)
		}
	}
	return got
}

// child does a command in a process of its own, started with more of an environment.
func (r *rig) child(ctx context.Context, args []string, more ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "WAYBILL_TEST_ROLE=waybill", "GORACE=atexit_sleep_ms=0")
	cmd.Env = append(cmd.Env, more...)
	cmd.Dir = r.dir
	return cmd
}

// is wants a status.
func (g ran) is(status int) ran {
	g.t.Helper()
	if g.status != status {
		g.t.Fatalf("%q: status %d, want %d\n%s%s", g.args, g.status, status, g.out, g.err)
	}
	return g
}

// lines reads standard output as one JSON object a line.
func (g ran) lines() []map[string]any {
	g.t.Helper()
	var list []map[string]any
	for line := range strings.Lines(g.out) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil || !strings.HasSuffix(line, "}\n") {
			g.t.Fatalf("%q: %q is not a JSON object (%v)", g.args, line, err)
		}
		list = append(list, object)
	}
	return list
}

// line wants exactly one object.
func (g ran) line() map[string]any {
	g.t.Helper()
	list := g.lines()
	if len(list) != 1 {
		g.t.Fatalf("%q: %d lines, want one\n%s%s", g.args, len(list), g.out, g.err)
	}
	return list[0]
}

// fields wants an object to have exactly these fields.
func fields(t *testing.T, object map[string]any, names ...string) {
	t.Helper()
	slices.Sort(names)
	if got := slices.Sorted(maps.Keys(object)); !slices.Equal(got, names) {
		t.Errorf("fields %q, want %q", got, names)
	}
}

// sentFields are those of the design's section 5.
func sentFields(t *testing.T, object map[string]any) {
	t.Helper()
	fields(t, object, "id", "file", "bucket", "key", "size", "content_type", "etag", "checksum", "url", "ends", "ends_because", "verified", "reach", "ignored")
}

// failure wants an object to be a failed file, and gives code, message and help.
func failure(t *testing.T, object map[string]any) (code, message, help string) {
	t.Helper()
	fields(t, object, "file", "error")
	e, ok := object["error"].(map[string]any)
	if !ok {
		t.Fatalf("%v is no error", object["error"])
	}
	fields(t, e, "code", "message", "help")
	return e["code"].(string), e["message"].(string), e["help"].(string)
}

// download follows a link as anybody would.
func download(t *testing.T, url string) (string, http.Header) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d, %v: %s", resp.StatusCode, err, body)
	}
	return string(body), resp.Header
}

// waitFor waits until something has come about.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
