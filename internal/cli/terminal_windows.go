package cli

import (
	"os"
	"runtime"
	"syscall"
)

// joinVariable is how waybill.com, which runs waybill.exe in a terminal, says that it does.
const joinVariable = "WAYBILL_TERMINAL"

// What a console tells its processes (https://learn.microsoft.com/windows/console/handlerroutine).
const (
	ctrlC     = 0
	ctrlBreak = 1
)

// JoinTerminal makes this process one of the terminal's that waybill.com was run in: a program of the graphical
// subsystem has no console by itself, can write to none, and is told of no Ctrl+C. What it is told comes through the
// channel, to whoever waits there; nil is for a process that was started in another way.
func JoinTerminal() <-chan os.Signal {
	if os.Getenv(joinVariable) == "" {
		return nil
	}
	_ = os.Unsetenv(joinVariable) // it is not for those that we start
	kernel := syscall.NewLazyDLL("kernel32.dll")
	const parent = ^uintptr(0)
	// It fails where there is no console, as in a job of a scheduler. The handles may lead to files all the same.
	_, _, _ = kernel.NewProc("AttachConsole").Call(parent)
	// Only now it can be told whether they are a console's. The ones before would close the handles when nothing holds
	// them any more, so something does for as long as the process lives: the handler below.
	before := [...]*os.File{os.Stdin, os.Stdout, os.Stderr}
	os.Stdin = os.NewFile(uintptr(syscall.Stdin), os.Stdin.Name())
	os.Stdout = os.NewFile(uintptr(syscall.Stdout), os.Stdout.Name())
	os.Stderr = os.NewFile(uintptr(syscall.Stderr), os.Stderr.Name())

	// Joining a console has removed the handler that Go's runtime had set
	// (https://learn.microsoft.com/windows/console/console-control-handlers).
	signals := make(chan os.Signal)
	handler := func(event uintptr) uintptr {
		runtime.KeepAlive(before)
		return handleConsole(signals, event)
	}
	_, _, _ = kernel.NewProc("SetConsoleCtrlHandler").Call(syscall.NewCallback(handler), 1)
	return signals
}

// handleConsole passes on what the console says. 0 leaves it to the system, which ends the process: so does a second
// Ctrl+C, when nobody waits for one any more.
func handleConsole(signals chan<- os.Signal, event uintptr) uintptr {
	if event == ctrlC || event == ctrlBreak {
		select {
		case signals <- os.Interrupt:
			return 1
		default:
			return 0
		}
	}
	// The window is closed, the person signs out, or the system ends: the process lives for as long as this does not
	// come back, five seconds at most.
	select {
	case signals <- syscall.SIGTERM:
		select {}
	default:
		return 0
	}
}
