//go:build linux

package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The screen is larger than a window, and has a scale of 1.
const (
	screenWidth  = 1280
	screenHeight = 800
)

// screen is an X server without a monitor and without a window manager. Its picture is memory that bench shares,
// so looking at it costs neither it nor the program that paints anything.
type screen struct {
	*process
	display string // as in DISPLAY
	memory  []byte // the file that the server paints into, mapped
	pixels  []byte // of memory: four bytes a pixel, blue, green, red, unused
	stride  int    // bytes a line
	seed    maphash.Seed
}

// startScreen runs Xvfb, which chooses the number of the display itself.
func startScreen(ctx context.Context, dir string) (*screen, error) {
	xvfb, err := exec.LookPath("Xvfb")
	if err != nil {
		return nil, errors.New("xvfb is not installed (apt-get install xvfb)")
	}
	number := filepath.Join(dir, "display")
	// A shell hands the number over in a file: bench itself has no descriptor to lend that outlives a start.
	script := `exec "$0" "$@" -displayfd 3 3>"$NUMBER"`
	s := &screen{seed: maphash.MakeSeed()}
	s.process, err = start(dir, environment(dir, "NUMBER="+number), "/bin/sh", "-c", script, xvfb,
		"-screen", "0", fmt.Sprintf("%dx%dx24", screenWidth, screenHeight), "-dpi", "96", "-nolisten", "tcp", "-fbdir", dir)
	if err != nil {
		return nil, err
	}
	err = s.wait(ctx, 20*time.Second, func(context.Context) error {
		text, err := os.ReadFile(number)
		if err != nil {
			return err
		}
		if !strings.HasSuffix(string(text), "\n") {
			return errors.New("it is not ready yet")
		}
		s.display = ":" + strings.TrimSpace(string(text))
		return nil
	})
	if err == nil {
		err = s.open(filepath.Join(dir, "Xvfb_screen0"))
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// open maps the picture, which is an X window dump (XWDFile.h): a header of big-endian words, the colours, the
// pixels.
func (s *screen) open(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	s.memory, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("map the screen: %w", err)
	}
	if len(s.memory) < 100 {
		return errors.New("the screen has no picture")
	}
	word := func(i int) int { return int(binary.BigEndian.Uint32(s.memory[4*i:])) }
	headerSize, width, height, bits, stride, colours := word(0), word(4), word(5), word(11), word(12), word(19)
	begin := headerSize + 12*colours
	if width != screenWidth || height != screenHeight || bits != 32 || begin+stride*height > len(s.memory) {
		return fmt.Errorf("the screen is %d × %d with %d bits a pixel, which bench cannot read", width, height, bits)
	}
	s.stride, s.pixels = stride, s.memory[begin:begin+stride*height]
	return nil
}

// close ends the server.
func (s *screen) close() {
	s.stop()
	if s.memory != nil {
		_ = syscall.Munmap(s.memory)
	}
}

// look tells how many of the screen's pixels are painted, as a share, and gives a sum that changes with the
// picture. It looks at every fourth pixel of every fourth line. The bare screen is black; no window's ground is.
func (s *screen) look() (painted float64, sum uint64) {
	var h maphash.Hash
	h.SetSeed(s.seed)
	var n, all int
	line := make([]byte, 0, screenWidth)
	for y := 0; y < screenHeight; y += 4 {
		row := s.pixels[y*s.stride:]
		line = line[:0]
		for x := 0; x < 4*screenWidth; x += 16 {
			all++
			if row[x]|row[x+1]|row[x+2] != 0 {
				n++
			}
			line = append(line, row[x:x+3]...)
		}
		_, _ = h.Write(line)
	}
	return float64(n) / float64(all), h.Sum64()
}

// bare waits until no window is on the screen.
func (s *screen) bare(ctx context.Context) error {
	return s.wait(ctx, 10*time.Second, func(context.Context) error {
		// The mouse's pointer may stay.
		if painted, _ := s.look(); painted > 0.01 {
			return errors.New("a window stays on the screen")
		}
		return nil
	})
}

// save writes the picture to a PNG file.
func (s *screen) save(file string) error {
	picture := image.NewRGBA(image.Rect(0, 0, screenWidth, screenHeight))
	for y := range screenHeight {
		for x := range screenWidth {
			p := s.pixels[y*s.stride+4*x:]
			picture.SetRGBA(x, y, color.RGBA{p[2], p[1], p[0], 0xff})
		}
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, picture), f.Close())
}
