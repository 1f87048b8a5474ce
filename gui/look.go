package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"waybill/internal/desk"
)

// The colours that Fyne's themes have no name for. Each has a light and a dark value in shades.
const (
	colorSide       fyne.ThemeColorName = "waybillSide"
	colorCard       fyne.ThemeColorName = "waybillCard"
	colorLine       fyne.ThemeColorName = "waybillLine"
	colorMuted      fyne.ThemeColorName = "waybillMuted"
	colorOnLine     fyne.ThemeColorName = "waybillOnLine" // muted, on a ground of the line's colour
	colorAccentBack fyne.ThemeColorName = "waybillAccentBack"
	colorOkBack     fyne.ThemeColorName = "waybillOkBack"
	colorWarnBack   fyne.ThemeColorName = "waybillWarnBack"
	colorErrorBack  fyne.ThemeColorName = "waybillErrorBack"
	colorNone       fyne.ThemeColorName = "waybillNone" // drawn as nothing at all

	colorText   = theme.ColorNameForeground
	colorAccent = theme.ColorNamePrimary
	colorOk     = theme.ColorNameSuccess
	colorWarn   = theme.ColorNameWarning
	colorError  = theme.ColorNameError
)

// The three sizes of text.
const (
	sizeSmall = theme.SizeNameCaptionText
	sizeBody  = theme.SizeNameText
	sizeTitle = theme.SizeNameHeadingText
)

// Measures in device-independent pixels, on a grid of four.
const (
	gap        = 12 // between things that belong together
	margin     = 24 // between a place and the window's edges
	radius     = 8  // of buttons, fields and chips
	cardRadius = 12
	rowHeight  = 64
	control    = 36 // the height of buttons
	headHeight = 40 // of the line with a place's title, which may have a field in it
	sideWidth  = 176
	sideNarrow = 64  // the sidebar without its words
	narrow     = 800 // a window narrower than this has the narrow sidebar
)

// look is Waybill's theme: one accent on quiet surfaces, the same in light and dark.
type look struct {
	fyne.Theme // what is not said here is Fyne's own

	appearance string // "light", "dark", or anything else for the system's
}

func newLook(appearance string) *look {
	return &look{Theme: theme.DefaultTheme(), appearance: appearance}
}

// Color implements fyne.Theme.
func (l *look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch l.appearance {
	case desk.AppearanceLight:
		variant = theme.VariantLight
	case desk.AppearanceDark:
		variant = theme.VariantDark
	}
	light, dark, alpha, ok := shades(name)
	if !ok {
		return l.Theme.Color(name, variant)
	}
	rgb := light
	if variant == theme.VariantDark {
		rgb = dark
	}
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: alpha} // #nosec G115 -- bytes of a constant
}

// shades gives a colour's light and dark value as 0xRRGGBB, and how opaque both are.
func shades(name fyne.ThemeColorName) (light, dark uint32, alpha uint8, ok bool) {
	switch name {
	case theme.ColorNameBackground, theme.ColorNameHeaderBackground:
		return 0xF6F7F9, 0x12151C, 0xFF, true
	case colorSide:
		return 0xEEF0F4, 0x0D1016, 0xFF, true
	case theme.ColorNameInputBackground: // the frame's card shows through
		return 0, 0, 0, true
	case theme.ColorNameShadow:
		return 0, 0, 0x18, true
	case colorCard, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground,
		theme.ColorNameButton:
		return 0xFFFFFF, 0x191D26, 0xFF, true
	case colorLine, theme.ColorNameInputBorder, theme.ColorNameSeparator:
		return 0xDFE3EA, 0x2A303C, 0xFF, true
	case colorText:
		return 0x1A2230, 0xE8EBF1, 0xFF, true
	case colorMuted, theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return 0x667085, 0x97A1B3, 0xFF, true
	case colorOnLine:
		return 0x4D586A, 0x97A1B3, 0xFF, true
	case colorAccent, theme.ColorNameHyperlink:
		return 0x4253D6, 0x8E9BFF, 0xFF, true
	case colorAccentBack, theme.ColorNameSelection:
		return 0xE9ECFD, 0x252B4D, 0xFF, true
	case theme.ColorNameForegroundOnPrimary:
		return 0xFFFFFF, 0x12151C, 0xFF, true
	case colorOk:
		return 0x18794E, 0x5BD49B, 0xFF, true
	case colorOkBack:
		return 0xE3F4EB, 0x16332A, 0xFF, true
	case colorWarn:
		return 0x8F5400, 0xF0B45B, 0xFF, true
	case colorWarnBack:
		return 0xFCEFD9, 0x3A2C14, 0xFF, true
	case colorError:
		return 0xB42318, 0xFF8A80, 0xFF, true
	case colorErrorBack:
		return 0xFDE8E6, 0x3D1D1C, 0xFF, true
	case theme.ColorNameFocus:
		return 0x4253D6, 0x8E9BFF, 0x40, true
	case theme.ColorNameHover:
		return 0x1A2230, 0xE8EBF1, 0x0A, true
	case theme.ColorNamePressed:
		return 0x1A2230, 0xE8EBF1, 0x18, true
	case theme.ColorNameScrollBar:
		return 0x667085, 0x97A1B3, 0x60, true
	case theme.ColorNameScrollBarBackground, colorNone:
		return 0, 0, 0, true
	}
	return 0, 0, 0, false
}

// Size implements fyne.Theme.
func (l *look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case sizeSmall:
		return 12
	case sizeBody, theme.SizeNameSubHeadingText:
		return 14
	case sizeTitle:
		return 20
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding, theme.SizeNameInputRadius, theme.SizeNameSelectionRadius,
		theme.SizeNameButtonRadius, theme.SizeNameMenuRadius, theme.SizeNamePopupRadius:
		return 8
	case theme.SizeNameCardRadius, theme.SizeNameDialogRadius:
		return cardRadius
	case theme.SizeNameSeparatorThickness:
		return 1
	case theme.SizeNameInputBorder: // see newFrame
		return 0
	case theme.SizeNameInlineIcon:
		return 18
	}
	return l.Theme.Size(name)
}

// rowsLook is the look inside a card of rows: they lie one thin line apart, and the highlight of a row reaches
// from edge to edge, with corners that fit into the card's.
type rowsLook struct{ *look }

// Size implements fyne.Theme.
func (l rowsLook) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNamePadding: // which is what Fyne's list leaves between its rows
		return 1
	case theme.SizeNameSelectionRadius:
		return cardRadius - 1
	}
	return l.look.Size(name)
}

// Color implements fyne.Theme. A row is never "selected", only pointed at.
func (l rowsLook) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameSelection:
		name = theme.ColorNameHover
	case theme.ColorNameShadow: // which would darken the rows at the edges
		name = colorNone
	}
	return l.look.Color(name, variant)
}
