//go:build linux

package main

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// chart is a sheet of small panels, three in a row.
type chart struct {
	title, subtitle string
	panels          []panel
}

type panel struct {
	x, y   string // what the axes are
	curves []curve
}

type curve struct {
	name   string
	points []point
}

// The sheet's measures in pixels.
const (
	panelWidth, panelHeight = 320, 230
	plotLeft, plotTop       = 52, 16
	plotWidth, plotHeight   = 250, 160
	headHeight              = 62
	across                  = 3
)

// colours tell programs apart, also for those who see red and green alike (Okabe and Ito).
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"}

// svg writes the sheet. Its background is white, so it looks the same wherever it is shown.
func (c chart) svg() string {
	var b strings.Builder
	put := func(format string, a ...any) { _, _ = fmt.Fprintf(&b, format+"\n", a...) }
	rows := (len(c.panels) + across - 1) / across
	width, height := across*panelWidth, headHeight+rows*panelHeight
	put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`, width, height, width, height)
	put(`<title>%s</title>`, html.EscapeString(c.title))
	put(`<rect width="%d" height="%d" fill="#ffffff"/>`, width, height)
	put(`<g font-family="sans-serif" font-size="11" fill="#333333">`)
	put(`<text x="16" y="26" font-size="16" font-weight="bold">%s</text>`, html.EscapeString(c.title))
	put(`<text x="16" y="46" fill="#666666">%s</text>`, html.EscapeString(c.subtitle))
	for i, p := range c.panels {
		put(`<g transform="translate(%d %d)">`, i%across*panelWidth, headHeight+i/across*panelHeight)
		p.draw(put, i == 0)
		put(`</g>`)
	}
	put(`</g>`)
	put(`</svg>`)
	return b.String()
}

// draw draws one panel; the first one has the legend, if there is more than one curve.
func (p panel) draw(put func(string, ...any), first bool) {
	var mostX, mostY float64
	for _, c := range p.curves {
		for _, q := range c.points {
			mostX, mostY = math.Max(mostX, q.x), math.Max(mostY, q.high)
		}
	}
	stepX, stepY := step(mostX), step(mostY)
	mostX, mostY = stepX*math.Max(math.Ceil(mostX/stepX), 1), stepY*math.Max(math.Ceil(mostY/stepY), 1)
	x := func(v float64) float64 { return plotLeft + plotWidth*v/mostX }
	y := func(v float64) float64 { return plotTop + plotHeight*(1-v/mostY) }
	for i := 0; float64(i)*stepY <= mostY*1.0001; i++ {
		v := float64(i) * stepY
		put(`<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#e0e0e0"/>`, plotLeft, y(v), plotLeft+plotWidth, y(v))
		put(`<text x="%d" y="%.1f" text-anchor="end">%s</text>`, plotLeft-6, y(v)+4, number(v))
	}
	for i := 0; float64(i)*stepX <= mostX*1.0001; i++ {
		v := float64(i) * stepX
		put(`<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, x(v), plotTop+plotHeight+16, number(v))
	}
	put(`<path d="M%d %dV%dH%d" fill="none" stroke="#999999"/>`, plotLeft, plotTop, plotTop+plotHeight, plotLeft+plotWidth)
	put(`<text x="%d" y="%d" text-anchor="middle">%s</text>`, plotLeft+plotWidth/2, plotTop+plotHeight+32, html.EscapeString(p.x))
	put(`<text x="%d" y="%d" font-weight="bold">%s</text>`, plotLeft, plotTop-6, html.EscapeString(p.y))
	for i, c := range p.curves {
		colour := colours[i%len(colours)]
		if len(c.points) > 2 {
			at0, slope, _ := fit(c.points)
			put(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-dasharray="4 3" opacity="0.7"/>`,
				x(0), y(math.Max(at0, 0)), x(mostX), y(math.Min(math.Max(at0+slope*mostX, 0), mostY)), colour)
		}
		for _, q := range c.points {
			put(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s"/>`, x(q.x), y(q.low), x(q.x), y(q.high), colour)
			put(`<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"><title>%s</title></circle>`, x(q.x), y(q.y), colour,
				html.EscapeString(fmt.Sprintf("%s: %s at %s", c.name, number(q.y), number(q.x))))
		}
		if first && len(p.curves) > 1 {
			put(`<text x="%d" y="%d" fill="%s">%s</text>`, plotLeft+8, plotTop+14+14*i, colour, html.EscapeString(c.name))
		}
	}
}

// step is a round distance between the marks of an axis that reaches to most.
func step(most float64) float64 {
	if most <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, k := range []float64{1, 2, 5} {
		if most/(k*power) <= 5 {
			return k * power
		}
	}
	return 10 * power
}

// number writes a number with as many digits as are of use.
func number(v float64) string {
	return strconv.FormatFloat(v, 'g', 4, 64)
}
