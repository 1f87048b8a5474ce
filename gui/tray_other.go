//go:build !linux

package gui

import "context"

// watchTray reports that there is a tray: there always is.
func watchTray(_ context.Context, report func(bool)) { report(true) }
