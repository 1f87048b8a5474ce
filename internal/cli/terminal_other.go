//go:build !windows

package cli

import "os"

// JoinTerminal has nothing to do: a program is one of its terminal's by itself.
func JoinTerminal() <-chan os.Signal { return nil }
