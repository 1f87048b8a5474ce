//go:build !linux

package gui

import (
	"context"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

// fyneNotifier says it by Fyne, which knows no buttons.
type fyneNotifier struct{ app fyne.App }

func newNotifier(u *ui) notifier { return fyneNotifier{u.app} }

func (f fyneNotifier) send(n notification) {
	go f.app.SendNotification(fyne.NewNotification(n.title, n.body)) // which waits for the desktop
}

func (f fyneNotifier) end() {}

// sayAlone says something without a window.
func sayAlone(_ context.Context, n notification) {
	if runtime.GOOS == "windows" { // where the program shows what it says in a window, if it has no terminal
		return
	}
	app.NewWithID(ID).SendNotification(fyne.NewNotification(n.title, n.body))
}
