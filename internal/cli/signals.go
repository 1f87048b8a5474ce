package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"waybill/internal/desk"
)

// UntilSignalled gives a context that ends with a signal. An interruption by the person cancels what is under way
// and tidies up after it; the end of the session or of the system leaves it, for another start to go on with.
// What JoinTerminal gives are signals too.
func UntilSignalled(terminal <-chan os.Signal) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as nohup does, and a shell for what runs in its background
			signal.Notify(signals, s)
		}
	}
	done := make(chan struct{})
	go func() {
		cause := context.Canceled
		var s os.Signal
		select {
		case s = <-signals:
		case s = <-terminal:
		case <-done:
			return
		}
		if s != os.Interrupt {
			cause = desk.ErrLeave
		}
		signal.Reset() // the second one ends the program at once
		cancel(cause)
	}()
	return ctx, func() { signal.Stop(signals); close(done) }
}
