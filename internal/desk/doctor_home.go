package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// littleSpace is what a disk should have left, in bytes: the ledger and its copy need some.
const littleSpace = 100 << 20

func processors() string { return strconv.Itoa(runtime.NumCPU()) }

// home is Waybill's own folder.
func (x *examiner) home(ctx context.Context) {
	if x.d == nil {
		why := x.Opening
		if why == nil {
			why = errNoDesk
		}
		x.fails("home", trouble("NoHome", nil, why))
		return
	}
	x.say("home", x.d.home)
	info, err := os.Stat(x.d.home)
	switch {
	case err != nil:
		x.fails("folder", trouble("HomeUnwritable", args{"Path": x.d.home}, err))
	default:
		x.sayf("folder", "there, %s", modeOf(info))
		f, err := os.CreateTemp(x.d.home, ".waybill-*")
		if err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
		if err != nil {
			x.fails("writable", trouble("HomeUnwritable", args{"Path": x.d.home}, err))
		} else {
			x.say("writable", "yes")
		}
	}
	if free, err := freeSpace(nearest(x.d.home)); err != nil {
		x.say("disk space", "not known: "+err.Error())
	} else {
		x.say("disk space", humanize.IBytes(uint64(max(free, 0)))+" free") // #nosec G115 -- not below 0
		if free < littleSpace {
			x.wrong(trouble("DiskFull", args{"Path": x.d.home, "Free": humanize.IBytes(uint64(max(free, 0)))}, nil)) // #nosec G115 -- not below 0
		}
	}
	places, _ := Places(x.d.home)
	var there []string
	for _, p := range places {
		if p.Exists {
			there = append(there, p.What)
		}
	}
	x.say("there", strings.Join(there, ", "))
	if left, err := x.d.Interrupted(ctx); err != nil {
		x.say("unfinished drops", "not known")
	} else if len(left) == 0 {
		x.say("unfinished drops", "none")
	} else {
		x.sayf("unfinished drops", "%d, the oldest since %s; waybill resume goes on", len(left), left[0].Since.UTC().Format(time.RFC3339))
	}
}

var errNoDesk = errors.New("it was not opened")

// nearest is a folder, or the nearest one above it that is there.
func nearest(path string) string {
	for {
		if _, err := os.Stat(path); err == nil {
			return path
		}
		up := path[:max(0, strings.LastIndexByte(path, os.PathSeparator))]
		if up == "" {
			return string(os.PathSeparator)
		}
		path = up
	}
}

// ledger is the state of the ledger, and nothing of what is in it.
func (x *examiner) ledger(ctx context.Context) {
	if x.d == nil {
		return
	}
	path := x.d.ledgerPath()
	if info, err := os.Stat(path); err == nil {
		x.sayf("file", "%s, %s", humanize.IBytes(uint64(info.Size())), modeOf(info)) // #nosec G115 -- not below 0
	} else {
		x.say("file", inWords(err))
	}
	if copies, err := fs.Glob(os.DirFS(x.d.home), "ledger.db.*"); err == nil && len(copies) > 0 {
		x.say("copies", strings.Join(copies, ", "))
	}
	if t := x.d.LedgerTrouble(); t != nil {
		x.fails("state", t)
	}
	if x.d.ledger == nil {
		return
	}
	e, err := x.d.ledger.Examine(ctx)
	switch {
	case err == nil:
	case ctx.Err() != nil: // which says nothing of the ledger but its size
		x.say("check", "took too long")
		return
	default:
		x.fails("check", ledgerTrouble(err, path))
		return
	}
	x.sayf("schema", "version %d", e.Version)
	if len(e.Damage) > 0 {
		x.fails("check", trouble("LedgerDamaged", args{"Path": path}, errors.New(strings.Join(e.Damage, "; "))))
	} else {
		x.say("check", "sound")
	}
	states := []string{}
	for _, state := range slices.Sorted(maps.Keys(e.Records)) {
		states = append(states, fmt.Sprintf("%d %s", e.Records[state], state))
	}
	if len(states) == 0 {
		states = []string{"none"}
	}
	x.say("links", strings.Join(states, ", "))
	x.sayf("more", "%d plans, %d unfinished uploads, %d requests, %d arrivals", e.Plans, e.Uploads, e.Requests, e.Arrivals)
}

// settings are the choices in force.
func (x *examiner) settings(context.Context) {
	if x.d == nil {
		return
	}
	if err := x.d.readableSettings(); err != nil {
		x.fails("file", trouble("SettingsUnreadable", args{"Path": x.d.settingsPath()}, err))
	}
	s := x.d.Settings()
	if s.Destination.Bucket != "" {
		x.sayf("destination", "%s, s3://%s/%s", storeName(s.Destination.Store), s.Destination.Bucket, s.Destination.Prefix)
	} else {
		x.say("destination", "none yet")
	}
	x.sayf("links", "last %s, tried: %s, inline: %t, reminder: %s", FormatExpires(s.Expires), orDefault(string(s.Verify), "up to twenty"), s.Inline, s.Remind)
	x.sayf("sending", "on a clash: %s, hidden left out: %t, one page: %t, limit: %d B/s", s.OnClash, s.SkipHidden, s.Bundle, s.LimitRate)
	x.sayf("window", "appearance: %s, when closed: %s, silent: %t", s.Appearance, s.OnClose, s.Silent)
	x.sayf("remembered", "%d destinations, %d ways to name, %d distributions", len(s.Recent), len(s.Naming), len(s.Distributions))
	x.sayf("newer versions", "looked for: %s", orDefault(s.Updates.Look, "not asked yet"))
}

// storeName is a store in few words.
func storeName(s Store) string {
	switch {
	case s.Sandbox:
		return SandboxProfile
	case s.Profile == "":
		return "the default profile"
	}
	return "profile " + s.Profile
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// inWords is what the system says of a file, without its path.
func inWords(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}
