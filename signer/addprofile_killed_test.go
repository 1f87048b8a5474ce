package signer_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/signer"
)

// TestAddProfileKilled kills a Waybill in the middle of writing, over and over: each file is the old or the new one, all that was
// said to be there is there, and what is left half written is taken away.
func TestAddProfileKilled(t *testing.T) {
	isolate(t, hostile()["newlines"][0], hostile()["newlines"][1])
	config, credentials := awsFiles(t)
	was := [2]string{read(t, config), read(t, credentials)}
	var promised []string
	for round := range 12 {
		names := fmt.Sprintf("r%d-", round)
		cmd := asWriter(t, names, -1)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n <= round%4 && lines.Scan(); n++ {
			promised = append(promised, names+lines.Text())
		}
		<-time.After(time.Duration(round) * 300 * time.Microsecond) // somewhere within the next one
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			if n := lines.Text(); !strings.Contains(n, "FAIL") {
				promised = append(promised, names+n)
			}
		}
		_ = cmd.Wait()
		for i, path := range []string{config, credentials} {
			text := read(t, path)
			if !strings.HasPrefix(text, was[i]) || !strings.HasSuffix(text, "\n") {
				t.Fatalf("round %d: %s is neither the old nor a new one:\n%s", round, path, text)
			}
			last := text[strings.LastIndex(text, "["):]
			if want := []string{"    addressing_style = virtual\n", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+secret=\n"}[i]; !strings.HasSuffix(last, want) {
				t.Fatalf("round %d: the last section is %q", round, last)
			}
		}
	}
	if len(promised) < 12 {
		t.Fatalf("only %d were written", len(promised))
	}
	for _, name := range promised {
		wantAsWritten(t, minio(name))
	}
	// What a killed one has left half written goes with the next profile, once nobody can be writing it any more.
	left := filepath.Join(filepath.Dir(config), ".waybill-123")
	if err := os.WriteFile(left, []byte("aws_secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Minute)
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := signer.AddProfile(t.Context(), minio("last"), false); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("it is still there")
	}
}
