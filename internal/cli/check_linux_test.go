package cli_test

import (
	"strings"
	"testing"
	"time"
)

// TestCheckAtTheTerminal: what will be written is said before, and a no is respected.
func TestCheckAtTheTerminal(t *testing.T) {
	for answer, want := range map[string]string{"n\n": "cannot be told", "y\n": "Everything works here."} {
		r := atStore(t)
		person, program := terminal(t)
		cmd := r.child(t.Context(), []string{"check", "s3://sandbox/terminal"})
		var out transcript
		cmd.Stdin, cmd.Stderr, cmd.Stdout = program, program, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := make(chan string, 1)
		go func() {
			text, buffer := "", make([]byte, 4096)
			for !strings.Contains(text, "[y/N]") {
				n, err := person.Read(buffer)
				text += string(buffer[:n])
				if err != nil {
					break
				}
			}
			said <- text
		}()
		select {
		case text := <-said:
			if !strings.Contains(text, "sandbox/terminal/.waybill-check-") || !strings.Contains(text, "removed again") {
				t.Errorf("%q", text)
			}
		case <-time.After(inTime):
			t.Fatal("it does not ask")
		}
		if strings.Contains(out.String(), "Put an object") {
			t.Errorf("it was tried before it was asked:\n%s", out.String())
		}
		if _, err := person.WriteString(answer); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q: %s", answer, out.String())
		}
		if keys, uploads := found(t, "terminal"); len(keys)+len(uploads) > 0 {
			t.Errorf("%q %q", keys, uploads)
		}
	}
}
