package gui

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"waybill/internal/desk"
	"waybill/internal/instance"
)

// TestHandsOverWithoutADisplay: a window that is open takes the files of a start that could open none itself.
func TestHandsOverWithoutADisplay(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("there is always a display")
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	home := filepath.Join(t.TempDir(), "home")
	d, err := desk.Open(t.Context(), desk.Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := Run(t.Context(), d, Options{Files: []string{"/a.txt"}}); !errors.Is(err, ErrNoDisplay) {
		t.Errorf("%v, want ErrNoDisplay", err)
	}
	open, err := instance.Claim(t.Context(), home, instance.Call{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open.Close() }()
	taken := make(chan []string, 1)
	open.Serve(func(_ context.Context, c instance.Call) error {
		taken <- c.Files
		return nil
	})
	if err := Run(t.Context(), d, Options{Files: []string{"/a.txt"}}); err != nil {
		t.Fatal(err)
	}
	if got := <-taken; !slices.Equal(got, []string{"/a.txt"}) {
		t.Errorf("%q", got)
	}
}
