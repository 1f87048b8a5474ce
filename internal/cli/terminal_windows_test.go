package cli

import (
	"os"
	"testing"
)

// TestConsoleInterrupts: the first Ctrl+C is for the one who waits for it, the next one for Windows, which ends the
// process.
func TestConsoleInterrupts(t *testing.T) {
	signals, got := make(chan os.Signal), make(chan os.Signal)
	go func() { got <- <-signals }()
	answer := uintptr(0)
	for answer == 0 { // until the other side waits
		answer = handleConsole(signals, ctrlC)
	}
	if s := <-got; answer != 1 || s != os.Interrupt {
		t.Errorf("%d, %v", answer, s)
	}
	if answer := handleConsole(signals, ctrlBreak); answer != 0 {
		t.Errorf("the second one: %d", answer)
	}
}
