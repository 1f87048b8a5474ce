//go:build linux && wine

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWineNames sends a folder with names and paths that Windows does not take from just any program. The store runs on
// this computer, not on wine: it has no trouble with any name.
func TestWineNames(t *testing.T) {
	w := newWine(t)
	w.runs(installer(t, "-setup.exe"), "/S")
	sandbox := newHome(t)
	start(t, sandbox.command(program(t), "sandbox"))
	var to *store
	await(t, inTime, "the sandbox", func() (bool, string) {
		content, err := os.ReadFile(sandbox.path("waybill", "sandbox", "sandbox.json"))
		return err == nil, fmt.Sprintf("%v in %s", err, content)
	})
	to = sandbox.store()
	w.env = append(w.env, "AWS_ACCESS_KEY_ID="+to.keyID, "AWS_SECRET_ACCESS_KEY="+to.secret, "AWS_REGION="+to.region)

	long := strings.Repeat(strings.Repeat("long", 25)+"/", 4) + "path.txt" // of over 400 characters
	names := []string{"plain.txt", "aux.h", "NUL", "com1.tar.gz", "dot.", "space ", "dots./inside.txt", "con/inside.txt", long}
	for _, name := range names {
		w.write([]byte("this is "+name), "wine", "drive_c", "names", filepath.FromSlash(name))
	}
	var want []string
	for _, name := range names {
		want = append(want, "folder/names/"+name)
	}
	send := func(prefix, path string) ended {
		return w.run("cmd", "/c", "waybill", "send", "--endpoint-url", to.endpoint, "--bucket", to.bucket, "--prefix", prefix, "--json", path)
	}
	e := send("folder/", `C:\names`)
	var got []string
	for line := range strings.Lines(e.out) {
		var sent struct{ File, Key, URL string }
		if err := json.Unmarshal([]byte(line), &sent); err != nil || sent.URL == "" {
			t.Errorf("%v: %s", err, line)
			continue
		}
		got = append(got, sent.Key)
		if text := string(w.fetch(sent.URL).content); "folder/names/"+strings.TrimPrefix(text, "this is ") != sent.Key {
			t.Errorf("%s has the content %q", sent.Key, text)
		}
		if plain := strings.HasPrefix(sent.File, `C:\names\`); plain != (strings.HasSuffix(sent.Key, "plain.txt") || strings.HasSuffix(sent.Key, "path.txt")) {
			t.Errorf("%s is told of as %s", sent.Key, sent.File)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || e.status != 0 {
		t.Errorf("status %d, keys %q, want %q; %s", e.status, got, want, e.err)
	}

	// A device is no file to send; and what other forms of a path lead to is sent under its own name.
	if e := send("device/", "NUL"); e.status != 1 {
		t.Errorf("a device: status %d, %s", e.status, e.out)
	}
	w.mkdir("wine", "dosdevices", "unc", "server") // where wine looks for what other computers share
	if err := os.Symlink(w.disk(`C:\names`), w.path("wine", "dosdevices", "unc", "server", "share")); err != nil {
		t.Fatal(err)
	}
	for prefix, c := range map[string]struct{ path, key string }{
		"as-it-is/":       {`\\?\C:\names\aux.h`, "aux.h"},
		"share/":          {`\\server\share\plain.txt`, "plain.txt"},
		"share-as-it-is/": {`\\?\UNC\server\share\con`, "con/inside.txt"},
		"dots/":           {`\\server\share\dots.`, ""}, // as Windows has it: "dots" is meant, and is not there
	} {
		e := send(prefix, c.path)
		if c.key == "" && e.status != 1 || c.key != "" && (e.status != 0 || !strings.Contains(e.out, `"key":"`+prefix+c.key+`"`)) {
			t.Errorf("%s: status %d, %s%s", c.path, e.status, e.out, e.err)
		}
	}
	e = send("all/", `\\server\share\`)
	if e.status != 0 || strings.Count(e.out, `"verified":true`) != len(names) || !strings.Contains(e.out, `"key":"all/con/inside.txt"`) {
		t.Errorf("a whole share: status %d, %s%s", e.status, e.out, e.err)
	}
}
