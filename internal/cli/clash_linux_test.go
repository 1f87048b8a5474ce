package cli_test

import (
	"strings"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

// TestClashIsAskedAtTheTerminal: the question stands there until it is answered; the bar, which is drawn up to ten times a second,
// does not wipe it away.
func TestClashIsAskedAtTheTerminal(t *testing.T) {
	r := atStore(t)
	prefix := folder()
	link := strings.TrimSpace(r.run("send", "--bucket", sandbox.Bucket, "--prefix", prefix, r.write("taken.txt", "theirs")).is(cli.OK).out)
	path := r.write("taken.txt", "mine")
	person, program := terminal(t)
	large := r.write("large.bin", strings.Repeat("x", 2<<20)) // is on its way meanwhile, which the bar draws, and arrives
	cmd := r.child(t.Context(), []string{"send", "--bucket", sandbox.Bucket, "--prefix", prefix, "--limit-rate", "1MiB", large, path})
	var out transcript
	cmd.Stdin, cmd.Stderr, cmd.Stdout = program, program, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1000)
	go func() {
		for buffer := make([]byte, 4096); ; {
			n, err := person.Read(buffer)
			if err != nil {
				return
			}
			said <- string(buffer[:n])
		}
	}()
	const question = "taken.txt is taken. Keep both, replace, or skip? [k/r/s; K/R/S for all] "
	text := ""
	for late := time.After(inTime); !strings.Contains(text, question); {
		select {
		case more := <-said:
			text += more
		case <-late:
			t.Fatalf("it does not ask: %q", text)
		}
	}
	late := time.Now().Add(inTime)
	for long := time.After(time.Second); long != nil; { // ten times as long as the bar waits
		select {
		case more := <-said:
			text += more
		case <-long:
			if long = nil; !strings.Contains(out.String(), "/large.bin?") && time.Now().Before(late) {
				long = time.After(time.Second)
			}
		}
	}
	if !strings.HasSuffix(text, question) {
		t.Errorf("behind the question it says %q", text[strings.Index(text, question)+len(question):])
	}
	if _, err := person.WriteString("r\n"); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if body, _ := download(t, link); err != nil || body != "mine" {
		t.Errorf("%v: %q is there; %s", err, body, out.String())
	}
}
