package desk

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// program is what runs.
func (x *examiner) program(context.Context) {
	x.say("waybill", x.Version)
	x.sayf("go", "%s %s/%s", strings.TrimPrefix(runtime.Version(), "go"), runtime.GOOS, runtime.GOARCH)
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return
	}
	matter := []string{"fyne.io/fyne/v2", "github.com/aws/aws-sdk-go-v2/service/s3", "github.com/aws/aws-sdk-go-v2/config", "github.com/versity/versitygw", "modernc.org/sqlite"}
	var versions []string
	for _, m := range info.Deps {
		if slices.Contains(matter, m.Path) {
			versions = append(versions, m.Path+" "+m.Version)
		}
	}
	if len(versions) > 0 {
		x.say("built of", strings.Join(versions, ", "))
	}
	for _, s := range info.Settings {
		if s.Key == "-tags" || s.Key == "vcs.revision" {
			x.say(strings.TrimPrefix(s.Key, "-"), s.Value)
		}
	}
	for _, packed := range []string{"FLATPAK_ID", "SNAP_NAME", "APPIMAGE"} {
		if os.Getenv(packed) != "" {
			x.say("packed as", strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(packed, "_ID"), "_NAME")))
		}
	}
}

// system is what it runs on.
func (x *examiner) system(context.Context) {
	for _, f := range systemFacts() {
		if f.Value != "" {
			x.say(f.Name, f.Value)
		}
	}
	for _, v := range []struct{ name, variable string }{
		{"desktop", "XDG_CURRENT_DESKTOP"}, {"session", "XDG_SESSION_TYPE"}, {"language", "LANG"}, {"terminal", "TERM"},
	} {
		if value := os.Getenv(v.variable); value != "" {
			x.say(v.name, value)
		}
	}
	var displays []string
	for _, d := range []struct{ name, variable string }{{"Wayland", "WAYLAND_DISPLAY"}, {"X", "DISPLAY"}} {
		if os.Getenv(d.variable) != "" {
			displays = append(displays, d.name)
		}
	}
	if len(displays) > 0 {
		x.say("display", strings.Join(displays, ", "))
	}
	now := time.Now()
	x.sayf("clock", "%s, %s", now.UTC().Format(time.RFC3339), now.Format("-07:00"))
}
