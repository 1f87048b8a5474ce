//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// The goals of the design for a window that is busy.
const (
	goalAnswer = 100 * time.Millisecond
	goalFrames = 30.0 // a second
)

// Places in a window of 960 × 640 whose top left corner is the screen's, in pixels.
const (
	sendX, sendY         = 50, 76
	settingsX, settingsY = 74, 556
	listX, listY         = 520, 420
)

// busyRate is the limit under which the files are sent, in bytes a second, so that they stay in progress.
const busyRate = 200_000

// busy measures how a window answers that has very many rows in progress.
func busy(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench busy", flag.ContinueOnError)
	rows := f.Int("rows", 10_000, "files in progress")
	clicks := f.Int("clicks", 20, "clicks that are timed")
	waybill := f.String("waybill", "build/waybill", "the Waybill to measure")
	picture := f.String("picture", "", "file that gets a picture of the window")
	out := f.String("out", "", "file that gets the report too")
	if err := parse(f, args); err != nil {
		return err
	}
	program, err := filepath.Abs(*waybill)
	if err != nil {
		return err
	}
	dir, remove, err := workspace()
	if err != nil {
		return err
	}
	defer remove()
	b := windowBench{dir: dir, home: filepath.Join(dir, "home")}
	l, err := parseLoad(ctx, fmt.Sprintf("%dx4KiB", *rows))
	if err != nil {
		return err
	}
	files := filepath.Join(dir, "files")
	say("making %d files", *rows)
	if err := errors.Join(os.MkdirAll(filepath.Join(b.home, "waybill"), 0o700), l.fill(ctx, files)); err != nil {
		return err
	}
	settings, err := json.Marshal(map[string]any{"limit_rate": busyRate})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.home, "waybill", "settings.json"), settings, 0o600); err != nil {
		return err
	}
	s, err := startScreen(ctx, dir)
	if err != nil {
		return err
	}
	defer s.close()
	began := time.Now()
	m := busyWindow{rows: *rows}
	_, err = b.open(ctx, s, face{name: "waybill", path: program, args: []string{"--sandbox", files}}, func(ctx context.Context, p *process) error {
		if err := focus(ctx, s, p); err != nil {
			return err
		}
		if *picture != "" {
			if err := s.save(*picture); err != nil {
				return err
			}
		}
		if err := m.click(ctx, s, *clicks); err != nil {
			return err
		}
		return m.scroll(ctx, s)
	})
	if err != nil {
		return err
	}
	return deliver(m.report(describe(ctx, began)), *out)
}

// busyWindow is what was measured.
type busyWindow struct {
	rows    int
	answers []time.Duration
	frames  int
	longest time.Duration // between two frames
	lasted  time.Duration
}

// click goes between two places and times how long it takes until the other one is painted. The time includes the
// start of xdotool.
func (m *busyWindow) click(ctx context.Context, s *screen, n int) error {
	for i := range n {
		x, y := settingsX, settingsY
		if i%2 == 1 {
			x, y = sendX, sendY
		}
		if err := xdotool(ctx, s, "mousemove", fmt.Sprint(x), fmt.Sprint(y)); err != nil {
			return err
		}
		if err := sleep(ctx, 500*time.Millisecond); err != nil {
			return err
		}
		// The labels of the fields and the title of the settings do not change by themselves.
		before := s.part(216, 16, 340, 60)
		began := time.Now()
		if err := xdotool(ctx, s, "click", "1"); err != nil {
			return err
		}
		for s.part(216, 16, 340, 60) == before {
			if time.Since(began) > 10*time.Second {
				return errors.New("a click was not answered within ten seconds")
			}
			if err := sleep(ctx, time.Millisecond); err != nil {
				return err
			}
		}
		m.answers = append(m.answers, time.Since(began))
	}
	return nil
}

// scroll turns the mouse's wheel over the list and counts the pictures.
func (m *busyWindow) scroll(ctx context.Context, s *screen) error {
	if err := xdotool(ctx, s, "mousemove", fmt.Sprint(listX), fmt.Sprint(listY)); err != nil {
		return err
	}
	if err := sleep(ctx, time.Second); err != nil {
		return err
	}
	done := make(chan error, 1)
	began := time.Now()
	go func() { done <- xdotool(ctx, s, "click", "--repeat", "250", "--delay", "12", "5") }()
	last, since := s.part(260, 240, 900, 560), began
	for {
		select {
		case err := <-done:
			m.lasted = time.Since(began)
			return err
		default:
		}
		if now := s.part(260, 240, 900, 560); now != last {
			m.frames++
			m.longest = max(m.longest, time.Since(since))
			last, since = now, time.Now()
		}
		if err := sleep(ctx, time.Millisecond); err != nil {
			return err
		}
	}
}

// part gives a sum of a rectangle's pixels.
func (s *screen) part(left, top, right, bottom int) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for y := top; y < bottom; y += 2 {
		_, _ = h.Write(s.pixels[y*s.stride+4*left : y*s.stride+4*right])
	}
	return h.Sum64()
}

func (m *busyWindow) report(machine string) string {
	slices.Sort(m.answers)
	return fmt.Sprintf(`%s
A window with %d files in progress (sent at %d kB/s):

- a click on another place is answered after %d ms (median of %d; at worst %d ms; the start of xdotool included; goal: %d ms)
- scrolling by the wheel paints %.0f pictures a second over %.1f s, the longest wait for one is %d ms (goal: %.0f a second)
`, machine, m.rows, busyRate/1000, m.answers[len(m.answers)/2].Milliseconds(), len(m.answers), m.answers[len(m.answers)-1].Milliseconds(),
		goalAnswer.Milliseconds(), float64(m.frames)/m.lasted.Seconds(), m.lasted.Seconds(), m.longest.Milliseconds(), goalFrames)
}
