package signer

import (
	"context"
	"errors"
	"strings"
)

// ErrNoCode says that an MFA device's code is needed, and the person gave none, or nobody is there to ask.
var ErrNoCode = errors.New("no code of the MFA device")

// errQuiet is an ErrNoCode because nobody was to be asked.
var errQuiet = errors.New("nobody was to be asked")

// CodeQuestion asks a person for the code that an MFA device shows.
type CodeQuestion struct {
	Profile string // whose role asks for it
	Serial  string // the device: its ARN, or the number of a hardware token
	Wrong   bool   // the code before was not accepted
}

// CodeError is an ErrNoCode that knows what was asked.
type CodeError struct {
	CodeQuestion
	Quiet bool  // nobody was to be asked, so far
	Err   error // why there was no answer
}

// Error names the device.
func (e *CodeError) Error() string {
	text := "no code of the MFA device " + e.Serial
	if e.Wrong {
		text = "the code of the MFA device " + e.Serial + " was not accepted"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is makes it an ErrNoCode.
func (e *CodeError) Is(target error) bool {
	return target == ErrNoCode || target == errQuiet && e.Quiet
}

// Unwrap gives the reason.
func (e *CodeError) Unwrap() error { return e.Err }

type quiet struct{}

// Quiet makes a context in which no person is asked for a code; what needs one fails with a *CodeError.
func Quiet(ctx context.Context) context.Context { return context.WithValue(ctx, quiet{}, true) }

// codeTries is how often a code that is none, or was not accepted, is asked for again.
const codeTries = 3

// askCode gets six digits from the person.
func (c *chain) askCode(ctx context.Context, q CodeQuestion) (string, error) {
	if ctx.Value(quiet{}) != nil {
		return "", &CodeError{CodeQuestion: q, Quiet: true}
	}
	if c.code == nil {
		return "", &CodeError{CodeQuestion: q}
	}
	for try := 0; ; try++ {
		answer, err := c.code(ctx, q)
		if err != nil {
			return "", &CodeError{CodeQuestion: q, Err: err}
		}
		digits, ok := ParseCode(answer)
		if ok {
			return digits, nil
		}
		if q.Wrong = true; digits == "" || try+1 == codeTries {
			return "", &CodeError{CodeQuestion: q}
		}
	}
}

// ParseCode reads what a person has typed, and reports whether it is a code: six digits, as STS wants them
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, TokenCode). Some devices show them as 123 456.
func ParseCode(answer string) (digits string, ok bool) {
	digits = strings.Join(strings.Fields(answer), "")
	for _, r := range digits {
		if r < '0' || r > '9' {
			return digits, false
		}
	}
	return digits, len(digits) == 6
}
