// Waybill puts a file into an S3 bucket over a presigned URL and gives back a link that says when it ends.
package main

import (
	"context"
	"os"

	"waybill/gui"
	"waybill/internal/cli"
	"waybill/internal/desk"
)

// These are set by the build (-ldflags "-X main.version=…"). With no address or no key, Waybill looks for no newer version
// and does not speak of it.
var (
	version   = "dev"
	updateURL = "" // of the signed list of versions, docs/updates.md
	updateKey = "" // minisign's public key, in base64
)

func main() {
	terminal := cli.JoinTerminal() // first: it may change what the standard streams are
	ctx, stop := cli.UntilSignalled(terminal)
	complaints, tell := complainer()
	status := cli.Run(ctx, os.Args[1:], cli.Environment{
		In: os.Stdin, Out: os.Stdout, Err: complaints, Version: version,
		Updates: desk.UpdateSource{URL: updateURL, Key: updateKey},
		Window: func(ctx context.Context, d *desk.Desk, w cli.Opening) error {
			return gui.Run(ctx, d, gui.Options{Store: w.Store, Files: w.Files, Minimised: w.Minimised, Version: version})
		},
	})
	stop()
	tell(status)
	os.Exit(status)
}
