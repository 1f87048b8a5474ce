// Package assets holds what Waybill shows and ships as it is: its icon and the translations of its window.
package assets

import "embed"

// Icon is the program's icon as a PNG of 512 by 512 pixels, for the window and for installers.
//
//go:embed icon.png
var Icon []byte

// IconTray is the program's icon as a PNG of 64 by 64 pixels, for the tray.
//
//go:embed icons/icon-64.png
var IconTray []byte

// Logo is the icon as an SVG, for places where it is drawn at 40 pixels and more.
//
//go:embed icon.svg
var Logo []byte

// LogoSmall is the icon as an SVG with fewer parts, for places where it is drawn smaller than Logo.
//
//go:embed icon-small.svg
var LogoSmall []byte

// Translations holds the texts of the window, a JSON file for each language, under "translations".
//
//go:embed translations/*.json
var Translations embed.FS

// Glyphs holds the small icons of the window, drawn in black for the window to colour, under "glyphs".
//
//go:embed glyphs/*.svg
var Glyphs embed.FS

// Pages holds the templates of the pages that are handed to others, with their style and script, under "pages".
//
//go:embed pages
var Pages embed.FS
