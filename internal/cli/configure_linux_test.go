package cli_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"waybill/internal/sandbox"
)

// TestConfigureAtTheTerminal answers each question as a person does: with a mistake first, and the secret is shown nowhere.
func TestConfigureAtTheTerminal(t *testing.T) {
	r := newRig(t, "", "")
	person, program := terminal(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE") // of another store: nobody has named it
	t.Setenv("AWS_SECRET_ACCESS_KEY", "of-another-store")
	cmd := r.child(t.Context(), []string{"configure"})
	cmd.Stdin, cmd.Stderr = program, program
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan string, 100)
	go func() {
		defer close(read)
		buffer := make([]byte, 1024)
		for {
			n, err := person.Read(buffer)
			if n > 0 {
				read <- string(buffer[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	said, heard := "", 0
	answer := func(question, text string) {
		t.Helper()
		for deadline := time.After(time.Minute); !strings.Contains(said[heard:], question); {
			select {
			case more := <-read:
				said += more
			case <-deadline:
				t.Fatalf("%q does not come:\n%s", question, said)
			}
		}
		heard += strings.Index(said[heard:], question) + len(question)
		if _, err := person.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	answer("Kind of store: ", "mino\n")
	answer(`"mino" is not a kind of store.`, "")
	answer("Kind of store: ", "minio\n")
	answer("Name of the profile [minio]: ", "sandbox\n")
	answer("Name of the profile [minio]: ", "\n")
	answer("Endpoint, such as https://minio.example.com:9000: ", strings.TrimPrefix(store.Endpoint(), "http://")+"\n")
	answer("The endpoint is not an http or https address.", "")
	answer("Endpoint, such as https://minio.example.com:9000: ", store.Endpoint()+"\n")
	answer("Region [us-east-1]: ", sandbox.Region+"\n")
	answer("Access key ID: ", store.Keys().AccessKeyID+"\n")
	answer("(it is not shown): ", "a-wrong-secret\n")
	answer("Save without a check? [y/N] ", "y\n")
	answer("waybill send --profile minio --bucket BUCKET FILE", "")
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	if strings.Contains(said, "a-wrong-secret") {
		t.Errorf("the secret is shown:\n%s", said)
	}
	text, err := os.ReadFile(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"))
	if err != nil || !strings.Contains(string(text), "[minio]") || !strings.Contains(string(text), "a-wrong-secret") {
		t.Errorf("%s, %v", text, err)
	}
}
