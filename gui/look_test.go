package gui

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"waybill/internal/desk"
)

// TestWordsStandOut: every word on a ground has the contrast that WCAG 2.2 asks of small text
// (https://www.w3.org/TR/WCAG22/#contrast-minimum).
func TestWordsStandOut(t *testing.T) {
	type pair struct{ text, ground fyne.ThemeColorName }
	pairs := []pair{
		{theme.ColorNameForegroundOnPrimary, colorAccent},
		{colorMuted, theme.ColorNameBackground}, {colorMuted, colorCard}, {colorError, colorCard}, {colorWarn, theme.ColorNameBackground},
		{colorAccent, theme.ColorNameBackground}, {colorText, colorAccentBack}, {colorText, colorWarnBack},
	}
	for _, tone := range []tone{neutral, good, warning, bad, accent} {
		text, ground := tone.colors()
		pairs = append(pairs, pair{text, ground})
	}
	for _, appearance := range []string{desk.AppearanceLight, desk.AppearanceDark} {
		l := newLook(appearance)
		for _, p := range pairs {
			if c := contrast(l.Color(p.text, 0), l.Color(p.ground, 0)); c < 4.5 {
				t.Errorf("%s: %s on %s: %.2f to 1", appearance, p.text, p.ground, c)
			}
		}
	}
}

// contrast is that of WCAG.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	linear := func(of uint32) float64 {
		v := float64(of) / 0xFFFF
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// TestNothingJumpsWithItsState: a button that becomes the one that asks to be pressed is as large as before.
func TestNothingJumpsWithItsState(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	plain, asking := r.button(secondary, "Copy", nil), r.button(primary, "Copy", nil)
	if plain.MinSize() != asking.MinSize() {
		t.Errorf("%v and %v", plain.MinSize(), asking.MinSize())
	}
	var heads []float32
	for _, place := range []place{r.links, r.requests, r.settings, r.here, r.adding, r.asking, r.browser, r.checking, r.arrivals} {
		head := place.content().(*fyne.Container).Objects[0]
		heads = append(heads, head.MinSize().Height)
	}
	for _, height := range heads {
		if height != headHeight {
			t.Errorf("the lines with the titles are %v high", heads)
		}
	}
}

// TestStackFollowsItsWidth: what lies below a text that wraps lies below it in a narrower window too.
func TestStackFollowsItsWidth(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	text, below := r.prose("A sentence that takes one line in a wide window, and several lines in a narrow one.", colorText), newChip()
	below.set("Below", neutral)
	hidden := container.New(line{}, newWhole("", sizeBody, colorText, false))
	hidden.Objects[0].Hide()
	all := container.New(stack{gap: gap}, text.all, hidden, below)
	window := test.NewTempWindow(t, all)
	for _, width := range []float32{900, 200} {
		window.Resize(fyne.NewSize(width, 400))
		if high := text.all.MinSize().Height; text.all.Size().Height != high || below.Position().Y != high+gap {
			t.Errorf("%v wide: the text needs %v and has %v, what is below it begins at %v", width, high, text.all.Size().Height, below.Position().Y)
		}
	}
}
