//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// errUsage marks what ends with status 2.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case interrupted:
		os.Exit(130)
	case err == nil, errors.Is(err, flag.ErrHelp):
	default:
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		if errors.Is(err, errUsage) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// run picks what to do. "launch" and "floor" are for bench itself, which starts itself with them.
func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "launch":
			return launch(args[1:])
		case "floor":
			return floor(ctx, args[1:])
		case "window":
			return window(ctx, args[1:])
		case "busy":
			return busy(ctx, args[1:])
		case "paths":
			return paths(ctx, args[1:])
		case "growth":
			return growth(ctx, args[1:])
		case "size":
			return size(ctx, args[1:])
		}
	}
	return transfers(ctx, args)
}

// parse reads flags, and wants nothing after them.
func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%w: %q is neither a measurement that bench knows nor a flag", errUsage, f.Arg(0))
	}
	return nil
}

// workspace makes the temporary folder of a run and says how to remove it.
func workspace() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "waybill-bench-")
	if err != nil {
		return "", nil, err
	}
	return dir, func() {
		if err := os.RemoveAll(dir); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, "bench: remove the temporary folder:", err)
		}
	}, nil
}

// say tells the person how far things are.
func say(format string, a ...any) { _, _ = fmt.Fprintf(os.Stderr, format+"\n", a...) }

// deliver writes a report to standard output, and to a file if one was named.
func deliver(report, file string) error {
	fmt.Print(report)
	if file == "" {
		return nil
	}
	return os.WriteFile(file, []byte(report), 0o644)
}
