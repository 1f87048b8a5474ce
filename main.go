// Waybill puts a file into an S3 bucket over a presigned URL and gives back a link that says when it ends.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"waybill/gui"
	"waybill/internal/cli"
	"waybill/internal/desk"
)

// version is set by the build.
var version = "dev"

// untilSignalled gives a context that ends with a signal. An interruption by the person cancels what is under way
// and tidies up after it; the end of the session or of the system leaves it, for another start to go on with.
func untilSignalled() (ctx context.Context, stop func()) {
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

func main() {
	ctx, stop := untilSignalled()
	status := cli.Run(ctx, os.Args[1:], cli.Environment{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Version: version,
		Window: func(ctx context.Context, d *desk.Desk, s desk.Store, files []string) error {
			return gui.Run(ctx, d, gui.Options{Store: s, Files: files, Version: version})
		},
	})
	stop()
	os.Exit(status)
}
