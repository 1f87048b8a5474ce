package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/ncruces/zenity"
	"github.com/spf13/cobra"
)

// complainer gives where messages go, and what to do with them at the end. What Explorer starts has no standard error:
// there they are kept, and shown in a box if the program has failed.
func complainer() (messages io.Writer, tell func(status int)) {
	cobra.MousetrapHelpText = "" // cobra sends away whom Explorer starts, and Explorer is how people start this
	if syscall.Stderr != 0 && syscall.Stderr != syscall.InvalidHandle {
		return os.Stderr, func(int) {}
	}
	var kept notes
	return &kept, func(status int) {
		if text := kept.String(); status != 0 && text != "" {
			_ = zenity.Error(text, zenity.Title("Waybill")) // nobody is left to be told
		}
	}
}

// notes keeps what is written, by whichever goroutine.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.TrimSpace(n.text.String())
}
