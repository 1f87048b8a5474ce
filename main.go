// Waybill puts a file into an S3 bucket over a presigned URL and gives back a link that says when it ends.
package main

import (
	"context"
	"os"

	"waybill/gui"
	"waybill/internal/cli"
	"waybill/internal/desk"
)

// version is set by the build.
var version = "dev"

func main() {
	terminal := cli.JoinTerminal() // first: it may change what the standard streams are
	ctx, stop := cli.UntilSignalled(terminal)
	complaints, tell := complainer()
	status := cli.Run(ctx, os.Args[1:], cli.Environment{
		In: os.Stdin, Out: os.Stdout, Err: complaints, Version: version,
		Window: func(ctx context.Context, d *desk.Desk, s desk.Store, files []string) error {
			return gui.Run(ctx, d, gui.Options{Store: s, Files: files, Version: version})
		},
	})
	stop()
	tell(status)
	os.Exit(status)
}
