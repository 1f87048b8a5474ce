package gui

import (
	"bytes"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"waybill/assets"
)

// icon is one of the embedded glyphs, by name.
type icon string

const (
	iconNone     icon = ""
	iconSend     icon = "send"
	iconLink     icon = "link"
	iconRequest  icon = "request"
	iconSettings icon = "settings"
	iconDown     icon = "down"
	iconClose    icon = "close"
	iconMore     icon = "more"
	iconFolder   icon = "folder"
	iconFile     icon = "file"
	iconSearch   icon = "search"
	iconCheck    icon = "check"
	iconPage     icon = "page"
	iconSort     icon = "sort"
)

// in draws the icon in a colour of the theme. Fyne's own colouring knows fills only, and these are lines. The
// name has the colour in it, since Fyne keeps pictures by name.
func (i icon) in(name fyne.ThemeColorName) fyne.Resource {
	data, err := assets.Glyphs.ReadFile("glyphs/" + string(i) + ".svg")
	if err != nil {
		panic(err) // a name in this file that is not in the program; any test of the window finds it
	}
	r, g, b, _ := theme.Color(name).RGBA()
	hex := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	return fyne.NewStaticResource("waybill-"+string(i)+hex+".svg", bytes.ReplaceAll(data, []byte("#000000"), []byte(hex)))
}
