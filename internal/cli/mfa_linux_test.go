package cli_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// terminal opens a pseudo terminal: what a person types and reads, and what a program has for its own.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	var number, locked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &locked, syscall.TIOCGPTN: &number} {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); e != 0 { // #nosec G103 -- the kernel's way
			t.Fatal(e)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

// TestCodeAtTheTerminal: the code of an MFA device is asked for, and what is typed is shown nowhere.
func TestCodeAtTheTerminal(t *testing.T) {
	r, a := atAWS(t, "[profile p]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\n",
		"[base]\naws_access_key_id = AKID\naws_secret_access_key = base-SECRET-KEY\n")
	a.Code = "918273"
	person, program := terminal(t)
	cmd := r.child(t.Context(), []string{"login", "--profile", "p"})
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
	said := ""
	until := func(want string) {
		t.Helper()
		for deadline := time.After(time.Minute); !strings.Contains(said, want); {
			select {
			case text := <-read:
				said += text
			case <-deadline:
				t.Fatalf("%q does not come:\n%s", want, said)
			}
		}
	}
	until("Code of the MFA device arn:aws:iam::1:mfa/me for profile p: ")
	if _, err := person.WriteString("918 273\n"); err != nil {
		t.Fatal(err)
	}
	until("is signed in")
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	if strings.Contains(said, "918") {
		t.Errorf("the code is shown:\n%s", said)
	}
	noSecretsAtHome(t, r, a)
}
