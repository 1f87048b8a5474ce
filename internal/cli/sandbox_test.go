//go:build unix

package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"waybill/internal/cli"
)

// running is `waybill sandbox` in a process of its own.
type running struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Scanner
}

func (r *rig) startSandbox(args ...string) *running {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.t.Context()), time.Minute)
	r.t.Cleanup(cancel)
	cmd := r.child(ctx, append([]string{"sandbox"}, args...))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &running{r.t, cmd, bufio.NewScanner(out)}
}

// interrupt presses Ctrl+C and gives the status.
func (s *running) interrupt() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	for s.out.Scan() {
		s.t.Errorf("one line more: %q", s.out.Text())
	}
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

// TestSandboxLinesCanBeEvaled starts the sandbox as the help says, has a shell eval its lines, and sends with
// nothing but what they set.
func TestSandboxLinesCanBeEvaled(t *testing.T) {
	r := newRig(t, "", "")
	s := r.startSandbox("--quiet")
	var lines strings.Builder
	for range 5 {
		if !s.out.Scan() {
			t.Fatalf("the sandbox ended after %q", lines.String())
		}
		if !regexp.MustCompile(`^export [A-Z_0-9]+='[^']*'$`).MatchString(s.out.Text()) {
			t.Errorf("%q", s.out.Text())
		}
		lines.WriteString(s.out.Text() + "\n")
	}
	shell := exec.Command("sh", "-c", lines.String()+"env")
	shell.Env = []string{"PATH=" + os.Getenv("PATH")}
	env, err := shell.Output()
	if err != nil {
		t.Fatal(err)
	}
	bucket := ""
	for line := range strings.Lines(string(env)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		switch name {
		case "WAYBILL_SANDBOX_BUCKET":
			bucket = value
		case "AWS_SECRET_ACCESS_KEY":
			r.secrets = append(r.secrets, value)
			t.Setenv(name, value)
		case "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_ACCESS_KEY_ID":
			t.Setenv(name, value)
		}
	}
	visitor := r // the same computer, another home: nothing but the environment leads to the sandbox
	t.Setenv("WAYBILL_HOME", t.TempDir())
	sent := visitor.run("send", "--json", "--bucket", bucket, visitor.write("a.txt", "hello")).is(cli.OK).line()
	if body, _ := download(t, sent["url"].(string)); body != "hello" {
		t.Errorf("%q", body)
	}
	if status := s.interrupt(); status != cli.Interrupted {
		t.Errorf("Ctrl+C ends it with status %d, want 130", status)
	}
	if again := visitor.run("link", "--json", "s3://"+bucket+"/a.txt").is(cli.Failed).line(); again["error"] == nil {
		t.Error("the sandbox outlives its command")
	}
}

// TestSandboxIsShared: whoever comes second is told how to reach the first, and the data stay.
func TestSandboxIsShared(t *testing.T) {
	r := newRig(t, "", "")
	s := r.startSandbox("--json", "--quiet")
	if !s.out.Scan() {
		t.Fatal("the sandbox says nothing")
	}
	var first map[string]string
	if err := json.Unmarshal(s.out.Bytes(), &first); err != nil {
		t.Fatal(err)
	}
	r.secrets = append(r.secrets, first["AWS_SECRET_ACCESS_KEY"])
	out, err := r.child(context.Background(), []string{"sandbox", "--json", "--quiet"}).Output()
	if err != nil {
		t.Fatal(err)
	}
	var second map[string]string
	if err := json.Unmarshal(out, &second); err != nil || len(second) != 5 || second["AWS_ENDPOINT_URL_S3"] != first["AWS_ENDPOINT_URL_S3"] {
		t.Errorf("%v, %v; want %v", second, err, first)
	}
	sent := r.run("send", "--sandbox", "--json", r.write("a.txt", "hello")).is(cli.OK).line()
	if body, _ := download(t, sent["url"].(string)); body != "hello" {
		t.Errorf("%q", body)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait()
	if status := s.cmd.ProcessState.ExitCode(); status != cli.Interrupted {
		t.Errorf("SIGTERM ends it with status %d, want 130", status)
	}
	later, err := r.child(context.Background(), []string{"link", "--sandbox", "--json", "s3://sandbox/a.txt"}).Output()
	if err != nil || !strings.Contains(string(later), `"verified":true`) {
		t.Errorf("after a restart: %s, %v", later, err)
	}
}

// TestSendToTheSandbox needs no account, no AWS files and no bucket, whatever the environment says about others.
func TestSendToTheSandbox(t *testing.T) {
	r := newRig(t, "", "")
	r.mountStore()
	t.Setenv("AWS_PROFILE", "nobody")
	t.Setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.com")
	t.Setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
	t.Setenv("AWS_CA_BUNDLE", filepath.Join(r.dir, "none.pem"))
	got := r.run("send", "--sandbox", r.write("a.txt", "hello")).is(cli.OK)
	if body, _ := download(t, strings.TrimSuffix(got.out, "\n")); body != "hello" {
		t.Errorf("%q", body)
	}
	if !strings.Contains(got.err, "The sandbox ends with this command, and its links rest until it runs again: waybill sandbox\n") {
		t.Errorf("%q", got.err)
	}
	r.run("links", "--json").is(cli.OK).line()
}
