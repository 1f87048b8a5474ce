package sandbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/sandbox"
)

// play is what the test binary does as another process.
func play(role, dir string) error {
	s, err := sandbox.Start(context.Background(), dir)
	if err != nil {
		return err
	}
	switch role {
	case "visitor": // attaches, and says what it found
		fmt.Println(s.Endpoint(), s.Keys(), s.Owned())
	case "host": // runs it until it is killed, or its input ends
		fmt.Println(s.Endpoint(), s.Keys(), s.Owned())
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "quiet": // does what the gateway might want to talk about
		for _, secret := range []string{s.Keys().SecretAccessKey, "wrong"} {
			c := client(s, secret)
			_, _ = c.PutObject(context.Background(), &s3.PutObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("a"), Body: strings.NewReader("a")})
			_, _ = c.GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("none")})
			_, _ = c.ListBuckets(context.Background(), &s3.ListBucketsInput{})
		}
	}
	return s.Close()
}

func process(role, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_ROLE="+role, "SANDBOX_TEST_DIR="+dir)
	return cmd
}

// host runs a sandbox in another process, and gives its first line.
func host(t *testing.T, dir string) (*exec.Cmd, io.Closer, string) {
	t.Helper()
	cmd := process("host", dir)
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
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(line, err)
	}
	return cmd, in, line
}

func TestOtherProcessAttaches(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	out, err := process("visitor", dir).CombinedOutput()
	if want := fmt.Sprintln(s.Endpoint(), s.Keys(), false); err != nil || string(out) != want {
		t.Fatalf("%q (%v), want %q", out, err, want)
	}
	put(t, s, "still", "here")
}

// A process that is killed leaves its state file, and data; the next one takes over all of it.
func TestKilledHostIsFollowed(t *testing.T) {
	dir := t.TempDir()
	cmd, _, line := host(t, dir)
	visitor := start(t, dir)
	if visitor.Owned() {
		t.Fatal("two servers on the same data")
	}
	put(t, visitor, "a", "kept")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	s := start(t, dir)
	if want := fmt.Sprintln(s.Endpoint(), s.Keys(), s.Owned()); line != want || !s.Owned() {
		t.Errorf("%q became %q", line, want)
	}
	if body := get(t, s, "a"); body != "kept" {
		t.Errorf("%q came back", body)
	}
}

// One that looks for another's server just while that one ends becomes the host, and does not wait in vain.
func TestEndingHostIsFollowed(t *testing.T) {
	dir := t.TempDir()
	for range 5 {
		cmd, in, _ := host(t, dir)
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		s, err := sandbox.Start(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		_ = cmd.Wait()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSaysNothing(t *testing.T) {
	if out, err := process("quiet", t.TempDir()).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%q, %v", out, err)
	}
}

// The gateway must leave signals to the app.
func TestSignalsAreNotCaught(t *testing.T) {
	cmd, _, _ := host(t, t.TempDir())
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Skip(err) // Windows has none
	}
	err := cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Errorf("%v, want to be ended by the signal", err)
	}
}
