package desk_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// play is what the test binary does as another process of the same person.
func play(role, home string) error {
	ctx := context.Background()
	if role == "users" {
		return runUsersStore(home)
	}
	if role == "proxied" {
		return proxied(ctx, home)
	}
	if role == "host" { // runs the sandbox until it is killed
		s, err := sandbox.Start(ctx, filepath.Join(home, "sandbox"))
		if err != nil {
			return err
		}
		fmt.Println(s.Endpoint())
		_, _ = io.Copy(io.Discard, os.Stdin)
		return s.Close()
	}
	// The guest sends the same file twice, and waits before the second time, or while it is asked about it.
	d, err := desk.Open(ctx, desk.Options{Home: home})
	if err != nil {
		return err
	}
	in := bufio.NewReader(os.Stdin)
	wait := func() {
		fmt.Println("waiting")
		_, _ = in.ReadString('\n')
	}
	to := desk.Destination{Store: desk.Store{Sandbox: true}, Bucket: desk.SandboxBucket}
	o := desk.SendOptions{OnClash: desk.ClashAsk, PartSize: 5 << 20, Ask: func(context.Context, desk.Transfer) desk.Clash {
		if role == "guest asked" {
			wait()
		}
		return desk.ClashReplace
	}}
	for n := range 2 {
		if n == 1 && role == "guest" {
			wait()
		}
		var last desk.Transfer
		for last = range d.Send(ctx, to, o, []string{os.Getenv("DESK_TEST_FILE")}).Events() {
			continue
		}
		got := outcome{State: last.State, Key: last.Key, Ends: d.SandboxEnds()}
		if last.Link != nil {
			got.URL, got.Verified = last.Link.URL, last.Link.Verified
		}
		if last.Trouble != nil {
			got.Trouble = last.Trouble.String()
		}
		if err := json.NewEncoder(os.Stdout).Encode(got); err != nil {
			return err
		}
	}
	wait() // somebody may want to download what was sent
	return d.Close()
}

// outcome is what a guest says of a transfer.
type outcome struct {
	State    desk.State
	Key, URL string
	Verified bool
	Ends     bool // the sandbox runs in the guest
	Trouble  string
}

// other is another process of the same person.
type other struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func process(t *testing.T, role, home, file string) *other {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "DESK_TEST_ROLE="+role, "DESK_TEST_HOME="+home, "DESK_TEST_FILE="+file, "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &other{t, cmd, in, bufio.NewReader(out)}
	t.Cleanup(p.kill)
	return p
}

func (p *other) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *other) line() string {
	p.t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		p.t.Fatalf("%q, %v", line, err)
	}
	return strings.TrimSuffix(line, "\n")
}

func (p *other) waits() {
	p.t.Helper()
	if line := p.line(); line != "waiting" {
		p.t.Fatalf("%q", line)
	}
}

func (p *other) outcome() (o outcome) {
	p.t.Helper()
	if line := p.line(); json.Unmarshal([]byte(line), &o) != nil {
		p.t.Fatalf("%q", line)
	}
	return o
}

func (p *other) goOn() {
	p.t.Helper()
	if _, err := io.WriteString(p.in, "\n"); err != nil {
		p.t.Fatal(err)
	}
}

// TestSandboxOutlivesItsOwner: when the process that runs the sandbox ends, whoever sends to it runs it from then
// on, at the same address, and the links made before work again.
func TestSandboxOutlivesItsOwner(t *testing.T) {
	isolate(t, "", "")
	for _, role := range []string{"guest", "guest asked"} {
		for what, size := range map[string]int{"whole": 5, "in parts": 11 << 20} {
			t.Run(role+" "+what, func(t *testing.T) {
				home, path := t.TempDir(), filepath.Join(t.TempDir(), "a.bin")
				host := process(t, "host", home, "")
				endpoint := host.line()
				first, second := strings.Repeat("1", size), strings.Repeat("2", size)
				write(t, path, first)
				guest := process(t, role, home, path)
				before := guest.outcome()
				if before.State != desk.Sent || !before.Verified || before.Ends || !strings.HasPrefix(before.URL, endpoint+"/") {
					t.Fatalf("as a guest: %+v", before)
				}
				if body, _, _ := download(t, before.URL); string(body) != first {
					t.Errorf("%d bytes arrived of %d", len(body), size)
				}
				guest.waits()
				write(t, path, second)
				host.kill()
				guest.goOn()
				after := guest.outcome()
				if after.State != desk.Sent || !after.Verified || !after.Ends || after.Key != before.Key {
					t.Fatalf("after its owner has ended: %+v", after)
				}
				for _, url := range []string{after.URL, before.URL} {
					if body, _, _ := download(t, url); string(body) != second {
						t.Errorf("%d bytes arrived of %d, or others", len(body), size)
					}
				}
				guest.waits()
				guest.goOn()
				if err := guest.cmd.Wait(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
