//go:build linux

package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a person does in a terminal, with the built program: pipes, exit statuses, signals, a progress bar. What
// the commands print is tested beside them, without a process.

// newShell is a home in whose path waybill is, as after an installation, with a sandbox that runs.
func newShell(t *testing.T) *home {
	t.Helper()
	h := newHome(t)
	bin := h.mkdir("bin")
	if err := os.Symlink(program(t), filepath.Join(bin, "waybill")); err != nil {
		t.Fatal(err)
	}
	h.env[0] = "PATH=" + bin + ":" + os.Getenv("PATH")
	sandbox := start(t, h.command(program(t), "sandbox"))
	await(t, inTime, "the sandbox", func() (bool, string) {
		said := sandbox.out.String()
		return strings.Contains(said, "WAYBILL_SANDBOX_BUCKET="), said + sandbox.err.String()
	})
	return h
}

// sentFile is what is read here of a line of waybill send --json.
type sentFile struct {
	ID       string    `json:"id"`
	File     string    `json:"file"`
	Key      string    `json:"key"`
	URL      string    `json:"url"`
	Ends     time.Time `json:"ends"`
	Verified bool      `json:"verified"`
	Error    *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// sentFiles reads JSON objects, one a line, and lets nothing else pass.
func sentFiles(t *testing.T, text string) (files []sentFile) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		var f sentFile
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatalf("%v in the line %q", err, lines.Text())
		}
		files = append(files, f)
	}
	return files
}

func TestAShellTakesTheSandboxFromItsLines(t *testing.T) {
	h := newShell(t)
	h.write(noise(100_000), "two words.bin")
	h.write(noise(0), "empty.txt")
	out := h.must("sh", "-euc", `
		eval "$(waybill sandbox --quiet)"
		waybill send --bucket "$WAYBILL_SANDBOX_BUCKET" --prefix from/shell --json "two words.bin" empty.txt | cat
	`)
	files := sentFiles(t, out)
	if len(files) != 2 {
		t.Fatalf("%d lines, want 2:\n%s", len(files), out)
	}
	for _, f := range files {
		h.checkLink(f.URL, f.File, filepath.Base(f.File))
		if f.Key != "from/shell/"+filepath.Base(f.File) || !f.Verified || time.Until(f.Ends) > time.Hour {
			t.Errorf("odd line: %+v", f)
		}
	}
}

func TestExitStatuses(t *testing.T) {
	h := newShell(t)
	h.write(noise(100), "here.txt")
	for script, want := range map[string]int{
		`waybill version`:                                           0,
		`waybill send --sandbox here.txt`:                           0,
		`waybill send --sandbox here.txt missing.txt`:               1,
		`waybill send --sandbox --bucket no-such-bucket here.txt`:   1,
		`waybill send --profile nobody --bucket some-name here.txt`: 1,
		`waybill send --sandbox`:                                    2,
		`waybill send --sandbox --expires 8d here.txt`:              2,
		`waybill sned here.txt`:                                     2,
	} {
		_, err := run(t, h.command("sh", "-c", script))
		status := 0
		if err != nil {
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				t.Errorf("%s: %v", script, err)
				continue
			}
			status = exit.ExitCode()
		}
		if status != want {
			t.Errorf("%s: status %d, want %d: %v", script, status, want, err)
		}
	}
}

func TestInterruptedInTheMiddle(t *testing.T) {
	h := newShell(t)
	store := h.store()
	road := newRoad(t, strings.TrimPrefix(store.endpoint, "http://"), 24<<20)
	big := h.write(noise(64<<20), "big.bin")
	cmd := h.command(program(t), "send", "--json", "--bucket", store.bucket, "--part-size", "5MiB", big)
	cmd.Env = append(cmd.Env, store.environment(road.url())...)
	sending := start(t, cmd)
	await(t, inTime, "the upload to be in the middle", func() (bool, string) {
		return road.passed.Load() > road.limit.Load(), sending.err.String()
	})
	if n := store.unfinished(store.bucket); n != 1 {
		t.Errorf("%d unfinished uploads in the middle of one", n)
	}
	asked := time.Now()
	sending.signal(syscall.SIGINT)
	road.reopen() // what gives up an upload has to get through
	if status := sending.status(soon); status != 130 {
		t.Errorf("status %d, want 130: %s", status, sending.err.String())
	}
	if took := time.Since(asked); took > 10*time.Second {
		t.Errorf("it took %s to end", took)
	}
	for _, f := range sentFiles(t, sending.out.String()) {
		if f.URL != "" {
			t.Errorf("a link was given for a file that was not sent")
		}
	}
	if n := store.unfinished(store.bucket); n != 0 {
		t.Errorf("%d unfinished uploads are left in the bucket", n)
	}
	if keys := store.keys(store.bucket); slices.Contains(keys, "big.bin") {
		t.Errorf("the bucket holds %q", keys)
	}
}

func TestATerminalShowsProgressAndThenTheLink(t *testing.T) {
	h := newShell(t)
	store := h.store()
	road := newRoad(t, strings.TrimPrefix(store.endpoint, "http://"), 16<<20)
	big := h.write(noise(40<<20), "film.bin")
	// script runs a command in a terminal of its own, which is what tells a person from a pipe.
	cmd := h.command("script", "--quiet", "--flush", "--return", "--command",
		"waybill send --bucket "+store.bucket+" --part-size 5MiB "+big, "/dev/null")
	cmd.Env = append(cmd.Env, append(store.environment(road.url()), "TERM=xterm", "COLUMNS=100", "LINES=30")...)
	terminal := start(t, cmd)
	await(t, inTime, "a progress bar between nothing and all", func() (bool, string) {
		said := terminal.out.String()
		return strings.Contains(said, "0 of 1") && strings.Contains(said, "MB") && strings.Contains(said, "\r"), said
	})
	if strings.Contains(terminal.out.String(), "http://") {
		t.Error("there was a link before all was sent")
	}
	road.reopen()
	if status := terminal.status(inTime); status != 0 {
		t.Errorf("status %d: %s", status, terminal.out.String())
	}
	for _, w := range strings.Fields(terminal.out.String()) {
		if strings.HasPrefix(w, "http://") {
			h.checkLink(w, big, "film.bin")
			return
		}
	}
	t.Errorf("no link in %q", terminal.out.String())
}

// TestAQuestionCanBeInterrupted: Ctrl+C at a question is a no that ends the command at once.
func TestAQuestionCanBeInterrupted(t *testing.T) {
	h := newShell(t)
	store := h.store()
	send := h.command(program(t), "send", "--json", "--bucket", store.bucket, h.write([]byte("one"), "one.txt"))
	send.Env = append(send.Env, store.environment(store.endpoint)...)
	out, err := send.Output()
	if err != nil {
		t.Fatal(err)
	}
	sent := sentFiles(t, string(out))[0]
	cmd := h.command("script", "--quiet", "--flush", "--return", "--command", "waybill revoke "+sent.ID, "/dev/null")
	cmd.Env = append(cmd.Env, append(store.environment(store.endpoint), "TERM=xterm")...)
	keys, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	asking := start(t, cmd)
	await(t, inTime, "the question", func() (bool, string) {
		return strings.Contains(asking.out.String(), "[y/N]"), asking.out.String()
	})
	if _, err := keys.Write([]byte{3}); err != nil { // Ctrl+C, as a terminal has it
		t.Fatal(err)
	}
	if status := asking.status(soon); status != 130 {
		t.Errorf("status %d: %s", status, asking.out.String())
	}
	if keys := store.keys(store.bucket); !slices.Contains(keys, sent.Key) {
		t.Errorf("the bucket holds %q", keys)
	}
}
