// Notices makes THIRD_PARTY_NOTICES: what the program is built of on Linux, Windows and macOS, with the text of every
// licence. It asks the go command what is really linked, so tests and tools do not count, and refuses what has no licence
// that it can read, or one that Waybill does not take.
//
//	go run ./packaging/notices            writes THIRD_PARTY_NOTICES
//	go run ./packaging/notices -check     says whether it is up to date, with status 1 when not
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

const file = "THIRD_PARTY_NOTICES"

var errOutOfDate = errors.New(file + " is out of date; write it with: make notices")

func main() {
	check := flag.Bool("check", false, "only say whether "+file+" is up to date")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *check)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, check bool) error {
	modules, err := linked(ctx)
	if err != nil {
		return err
	}
	parts, err := collect(ctx, modules)
	if err != nil {
		return err
	}
	text := write(parts)
	if !check {
		return os.WriteFile(file, text, 0o644) // #nosec G306 -- it is to be published
	}
	have, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, text) {
		return errOutOfDate
	}
	return nil
}
