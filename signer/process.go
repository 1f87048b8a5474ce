package signer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/term"
)

// processLimit is how long a credential_process may take, as in the SDK; some ask a person meanwhile.
const processLimit = time.Minute

// processGrace is how long what a credential_process has started may hold its output open after its end.
const processGrace = 2 * time.Second

// process gets credentials from a program (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
// The SDK's own waits for whatever the program has started, however long, and its errors hold all that was printed.
type process struct {
	profile string
	command string
	limit   time.Duration
}

// Errors of a credential_process. None of them says what it printed: that may be keys.
var (
	ErrProcessTimeout = errors.New("the credential_process took too long")
	ErrProcessMissing = errors.New("the program of the credential_process was not found")
	ErrProcessFailed  = errors.New("the credential_process failed")
	ErrProcessOutput  = errors.New("the credential_process printed no credentials")
)

// ProcessError says what became of a credential_process.
type ProcessError struct {
	Profile string
	Err     error // one of the errors above, with what is known besides
}

// Error names the failure.
func (e *ProcessError) Error() string { return "credential_process: " + e.Err.Error() }

// Unwrap gives the failure.
func (e *ProcessError) Unwrap() error { return e.Err }

func (p process) ask(ctx context.Context, _ wish) (aws.Credentials, error) {
	out, err := p.run(ctx)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return aws.Credentials{}, &ProcessError{p.profile, err}
	}
	c, err := credentialsIn(out)
	if err != nil {
		return c, &ProcessError{p.profile, err}
	}
	return c, nil
}

func (p process) run(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.limit, ErrProcessTimeout)
	defer cancel()
	cmd := shell(ctx, p.command)
	cmd.Env = append(os.Environ(), "PATH="+searchPath())
	var out bytes.Buffer
	cmd.Stdout = &out
	if ctx.Value(quiet{}) == nil {
		cmd.Stdin = os.Stdin
		if term.IsTerminal(int(os.Stderr.Fd())) { // #nosec G115 -- a small number
			cmd.Stderr = os.Stderr // it may ask for a code there; in a file or a log, nothing it says has a place
		}
	}
	cmd.WaitDelay = processGrace
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.Is(context.Cause(ctx), ErrProcessTimeout):
		return nil, fmt.Errorf("%w (%v)", ErrProcessTimeout, p.limit)
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it has ended well, and something that it started has not
		return out.Bytes(), nil
	case errors.As(err, &exit) && exit.ExitCode() == 127: // the shell's word, https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
		return nil, ErrProcessMissing
	case errors.As(err, &exit):
		return nil, fmt.Errorf("%w: %w", ErrProcessFailed, exit) // "exit status 3": an ExitError's text has nothing else
	}
	return nil, fmt.Errorf("%w: %w", ErrProcessFailed, err)
}

// searchPath is PATH with the folders in which programs are that a desktop's own PATH does not name: an app that was
// started from macOS's Dock has the system's folders only.
func searchPath() string {
	path := os.Getenv("PATH")
	if runtime.GOOS != "darwin" {
		return path
	}
	for _, folder := range []string{"/opt/homebrew/bin", "/usr/local/bin"} {
		if !strings.Contains(path+":", folder+":") {
			path += ":" + folder
		}
	}
	return path
}

// credentialsIn reads what a credential_process printed.
func credentialsIn(out []byte) (aws.Credentials, error) {
	var said struct {
		Version         int
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string
		Expiration      string
		AccountID       string `json:"AccountId"`
	}
	// The decoder's own words may hold pieces of what it read.
	if json.Unmarshal(out, &said) != nil {
		return aws.Credentials{}, fmt.Errorf("%w: not the JSON that is expected", ErrProcessOutput)
	}
	switch {
	case said.Version != 1:
		return aws.Credentials{}, fmt.Errorf("%w: Version is not 1", ErrProcessOutput)
	case said.AccessKeyID == "":
		return aws.Credentials{}, fmt.Errorf("%w: AccessKeyId is missing", ErrProcessOutput)
	case said.SecretAccessKey == "":
		return aws.Credentials{}, fmt.Errorf("%w: SecretAccessKey is missing", ErrProcessOutput)
	}
	c := aws.Credentials{
		AccessKeyID: said.AccessKeyID, SecretAccessKey: said.SecretAccessKey, SessionToken: said.SessionToken,
		AccountID: said.AccountID, Source: string(KindProcess),
	}
	if said.Expiration != "" {
		ends, err := time.Parse(time.RFC3339, said.Expiration)
		if err != nil {
			return aws.Credentials{}, fmt.Errorf("%w: Expiration is not a time", ErrProcessOutput)
		}
		c.CanExpire, c.Expires = true, ends
	}
	return c, nil
}
