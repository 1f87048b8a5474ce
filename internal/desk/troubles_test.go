package desk_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// TestManyTroublesAreFewWrites: a drop of which every file fails, now in one way and now in another, must not write a file for
// each.
func TestManyTroublesAreFewWrites(t *testing.T) {
	isolate(t, "", "")
	home := t.TempDir()
	now := time.Now()
	d := openDesk(t, desk.Options{Home: home, Now: func() time.Time { return now }})
	path := filepath.Join(home, "troubles.json")
	written, last := 0, fs.FileInfo(nil)
	for i := range 1000 {
		d.NoteTrouble(&desk.Trouble{Code: []string{"FileGone", "FileUnreadable", "AccessDenied"}[i%3], Detail: fmt.Sprint(i)})
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if last == nil || !os.SameFile(last, info) { // each write makes a new file
			written++
		}
		last = info
	}
	if written > 3 {
		t.Errorf("a thousand troubles of three kinds are %d writes", written)
	}
	past := d.PastTroubles()
	if len(past) != 3 || past[0].Code != "FileGone" || past[0].Times != 334 || past[0].Detail != "0" || past[2].Times != 333 {
		t.Errorf("%+v", past)
	}
	for range 30 {
		now = now.Add(time.Hour)
		d.NoteTrouble(&desk.Trouble{Code: "FileGone", Detail: strings.Repeat("é", 1000)})
	}
	if past = d.PastTroubles(); len(past) != 20 || len(past[0].Detail) > 410 {
		t.Errorf("%d are kept, of %d bytes", len(past), len(past[0].Detail))
	}
}

// TestTroublesOfTwoProcesses: the window is open for days, and the command line fails meanwhile; neither forgets the other's.
func TestTroublesOfTwoProcesses(t *testing.T) {
	isolate(t, "", "")
	home := t.TempDir()
	now := time.Now()
	o := desk.Options{Home: home, Now: func() time.Time { return now }}
	window, line := openDesk(t, o), openDesk(t, o)
	for _, one := range []struct {
		d    *desk.Desk
		code string
	}{{window, "FileGone"}, {line, "NoSuchKey"}, {window, "NoSuchBucket"}, {line, "AccessDenied"}} {
		now = now.Add(time.Second)
		one.d.NoteTrouble(&desk.Trouble{Code: one.code})
	}
	for range 2 {
		window.NoteTrouble(&desk.Trouble{Code: "FileGone"})
	}
	for _, d := range []*desk.Desk{line, window} {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var codes []string
	for _, past := range openDesk(t, o).PastTroubles() {
		codes = append(codes, fmt.Sprint(past.Code, past.Times))
	}
	if got := strings.Join(codes, " "); got != "FileGone3 NoSuchKey1 NoSuchBucket1 AccessDenied1" {
		t.Errorf("remembered: %s", got)
	}
}

// TestATroubleIsKeptWithoutSecrets, not only shown without them: the token is another one by the time that somebody asks, and
// what is cut in the middle nobody would know again.
func TestATroubleIsKeptWithoutSecrets(t *testing.T) {
	secret := "PLANTED-" + strings.Repeat("0123456789abcdef", 20)
	isolate(t, "", "[default]\naws_session_token = "+secret+"\n")
	home := t.TempDir()
	d := openDesk(t, desk.Options{Home: home})
	d.NoteTrouble(&desk.Trouble{Code: "Refused", Detail: strings.Repeat("words ", 50) + secret + " and more"})
	data, err := os.ReadFile(filepath.Join(home, "troubles.json"))
	if err != nil || strings.Contains(string(data), "PLANTED") {
		t.Errorf("%s, %v", data, err)
	}
	var past []desk.PastTrouble
	if err := json.Unmarshal(data, &past); err != nil || len(past) != 1 || !strings.HasSuffix(past[0].Detail, "words … and more") {
		t.Errorf("%s, %v", data, err)
	}
}
