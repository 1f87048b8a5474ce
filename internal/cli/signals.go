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
func UntilSignalled() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		cause := context.Canceled
		if s, ok := <-signals; ok && s != os.Interrupt {
			cause = desk.ErrLeave
		}
		signal.Reset() // the second one ends the program at once
		cancel(cause)
	}()
	return ctx, func() { signal.Stop(signals) }
}
