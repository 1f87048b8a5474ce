// Command emptywindow opens a Fyne window with nothing in it, as large as Waybill's: what a window costs before a
// program does anything of its own. bench measures Waybill's window beside it.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	a := app.NewWithID("io.waybill.emptywindow")
	w := a.NewWindow("Empty")
	w.Resize(fyne.NewSize(960, 640))
	w.ShowAndRun()
}
