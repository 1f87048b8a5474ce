package sandbox_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/sandbox"
)

// Idle connections, a download nobody reads and an upload that has stopped must not keep the app from ending.
func TestCloseDoesNotWaitForTheStuck(t *testing.T) {
	s := start(t, t.TempDir())
	put(t, s, "big", strings.Repeat("x", 32<<20))

	idle, err := net.Dial("tcp", strings.TrimPrefix(s.Endpoint(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()

	link, err := s3.NewPresignClient(client(s, s.Keys().SecretAccessKey)).PresignGetObject(context.Background(),
		&s3.GetObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String("big")})
	if err != nil {
		t.Fatal(err)
	}
	download, err := http.Get(link.URL)
	if err != nil || download.StatusCode != http.StatusOK {
		t.Fatal(download, err)
	}
	defer download.Body.Close()

	stuck, unstick := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := send(t, s, &s3.PutObjectInput{Key: aws.String("stuck")}, io.MultiReader(bytes.NewReader(make([]byte, 4<<20)), stuck), 8<<20)
		sent <- err
	}()
	time.Sleep(300 * time.Millisecond)

	began := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("Close took %v", took)
	}
	_ = unstick.CloseWithError(io.ErrClosedPipe)
	if err := <-sent; err == nil {
		t.Error("the stuck upload was answered")
	}

	// The gateway still holds the connection that was never used; what comes over it must not be served.
	if answers(s) {
		t.Error("somebody still listens after Close")
	}
	_ = idle.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if answer, _ := io.ReadAll(idle); len(answer) > 0 && !strings.HasPrefix(string(answer), "HTTP/1.1 503") {
		t.Errorf("%q", answer)
	}
	start(t, t.TempDir()) // waits until the one before is gone altogether
}

// ours are the stacks of all goroutines but two that fasthttp keeps: its clock, for as long as the process
// lives, and each server's cleaner of workers, which sleeps for up to ten seconds before it sees that it is over.
func ours() (stacks []string) {
	all := make([]byte, 1<<20)
	for stack := range strings.SplitSeq(string(all[:runtime.Stack(all, true)]), "\n\n") {
		if !strings.Contains(stack, "fasthttp.updateServerDate") && !strings.Contains(stack, "fasthttp.(*workerPool).Start") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

func TestCloseLeavesNoGoroutines(t *testing.T) {
	dir := t.TempDir()
	before := len(ours())
	for range 5 {
		s := start(t, dir)
		put(t, s, "a", "a")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	left := ours()
	for wait := time.Now().Add(3 * time.Second); len(left) > before && time.Now().Before(wait); left = ours() {
		time.Sleep(20 * time.Millisecond)
	}
	if len(left) > before {
		t.Errorf("%d goroutines became %d:\n%s", before, len(left), strings.Join(left, "\n\n"))
	}
}
