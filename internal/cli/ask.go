package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// answer is a line that a person has typed.
type answer struct {
	text string
	err  error
}

// askHidden asks at the terminal for what is not shown.
func (c *command) askHidden(ctx context.Context, prompt string) (string, error) {
	in, ok := c.In.(*os.File)
	if !ok {
		return "", errors.New("standard input is no terminal")
	}
	fd := int(in.Fd()) // #nosec G115 -- file descriptors are small
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("ask at the terminal: %w", err)
	}
	// Before the question, not after it: a person may answer at once, and term.ReadPassword would not have heard of it yet.
	if err := echoOff(fd); err != nil {
		return "", fmt.Errorf("ask at the terminal: %w", err)
	}
	defer func() {
		_ = term.Restore(fd, before)
		_, _ = fmt.Fprintln(c.Err)
	}()
	done := c.asking(prompt)
	defer done()
	answered := make(chan answer, 1)
	go func() {
		text, err := readLine(in)
		answered <- answer{text, err}
	}()
	select {
	case a := <-answered:
		return a.text, a.err
	case <-ctx.Done(): // the reader is left to its end with the program
		return "", context.Cause(ctx)
	}
}

// askLine asks at the terminal for a line; an empty one is what is usual.
func (c *command) askLine(ctx context.Context, prompt, usual string) (string, error) {
	if usual != "" {
		prompt += " [" + usual + "]"
	}
	_, _ = fmt.Fprint(c.Err, prompt+": ")
	answered := make(chan answer, 1)
	go func() {
		text, err := readLine(c.In)
		answered <- answer{text, err}
	}()
	select {
	case a := <-answered:
		if a.text == "" && a.err == nil {
			a.text = usual
		}
		return a.text, a.err
	case <-ctx.Done():
		_, _ = fmt.Fprintln(c.Err)
		return "", context.Cause(ctx)
	}
}

// longestLine is how much of a line is read, in bytes; nothing that is asked for has so much.
const longestLine = 4096

// readLine reads one line and not a byte beyond it: what comes after is for whoever asks next. The end of the input ends the
// line too.
func readLine(from io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < longestLine {
		n, err := from.Read(one)
		if n > 0 && one[0] == '\n' {
			break
		}
		line = append(line, one[:n]...)
		if errors.Is(err, io.EOF) {
			if len(line) == 0 {
				return "", io.ErrUnexpectedEOF
			}
			break
		}
		if err != nil {
			return "", fmt.Errorf("read standard input: %w", err)
		}
	}
	return strings.TrimSpace(string(line)), nil
}
