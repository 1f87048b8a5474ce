//go:build linux

package e2e

import (
	"net/url"
	"strings"
	"time"
)

// clipboard is the text on the clipboard, or the error of there being none.
func (d *desktop) clipboard() (string, error) {
	return run(d.t, d.command("xclip", "-selection", "clipboard", "-out"))
}

// setClipboard puts a text on the clipboard, as another program would, and holds it there.
func (d *desktop) setClipboard(text string) {
	d.t.Helper()
	cmd := d.command("xclip", "-quiet", "-selection", "clipboard", "-in")
	cmd.Stdin = strings.NewReader(text)
	start(d.t, cmd)
	await(d.t, soon, "the clipboard to hold a text", func() (bool, string) {
		got, _ := d.clipboard()
		return got == text, got
	})
}

// unlike any link; whatever is on the clipboard later has been put there since.
const nothingYet = "nothing has been copied yet"

// links waits until there are that many links on the clipboard, a line each, and nothing else.
func (d *desktop) links(n int, within time.Duration) (links []string) {
	d.t.Helper()
	await(d.t, within, "links on the clipboard", func() (bool, string) {
		text, err := d.clipboard()
		if err != nil {
			return false, err.Error()
		}
		links = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		for _, l := range links {
			if u, err := url.Parse(l); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
				return false, text
			}
		}
		return len(links) == n, text
	})
	return links
}
