package gui

import (
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"fyne.io/fyne/v2/lang"
)

// browse opens a link in the person's browser, by a doorway: the link itself would stand in the list of processes.
func (u *ui) browse(link string) {
	if u.openByDoorway(link) != nil {
		// The error holds the link, which is a key: it is not for the screen.
		u.notices.show("browser", notice{tone: warning, text: lang.L("The browser could not be opened."),
			help: lang.L("Copy the link, and paste it into the browser.")})
	}
}

// reveal shows a file in the system's file manager.
func (u *ui) reveal(path string) {
	err := u.showInFolder(path)
	if err != nil {
		u.notices.show("reveal", notice{tone: warning, text: lang.L("The file manager could not be opened."), help: filepath.Dir(path)})
	}
}

// paste sends the files that were copied in a file manager, or whose paths were copied as text.
func (u *ui) paste() {
	paths, missing := pastedPaths(u.app.Clipboard().Content())
	if len(paths) == 0 && missing != "" {
		u.notices.show("paste", notice{tone: warning, text: lang.L("There is no file {{.Path}}.", args{"Path": missing}),
			help: lang.L("Copy the file in the file manager, or its whole path, and paste again.")})
		return
	}
	if len(paths) == 0 {
		u.notices.show("paste", notice{tone: neutral, text: lang.L("There is no file on the clipboard."),
			help: lang.L("Copy files in the file manager, or the path of a file, and paste again.")})
		return
	}
	u.notices.hide("paste")
	u.open(u.send)
	u.send.drop(paths)
}

// pastedPaths finds the files that a pasted text names: one a line, as a path or as a file: URL. A text that
// names anything else as well is no list of files, and neither is one of which nothing exists; then missing is the
// first path in it.
func pastedPaths(text string) (paths []string, missing string) {
	exists := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch line {
		case "", "copy", "cut", "x-special/nautilus-clipboard": // what file managers write above their list
			continue
		}
		if strings.HasPrefix(line, "#") { // a comment, in text/uri-list (RFC 2483)
			continue
		}
		path := strings.Trim(line, `"`)
		if rest, ok := strings.CutPrefix(line, "file://"); ok {
			u, err := url.Parse("file://" + rest)
			if err != nil {
				return nil, ""
			}
			path = filepath.FromSlash(u.Path)
			if runtime.GOOS == "windows" {
				path = strings.TrimPrefix(path, `\`)
				if u.Host != "" && u.Host != "localhost" { // what another computer shares
					path = `\\` + u.Host + `\` + path
				}
			}
		}
		if !filepath.IsAbs(path) {
			return nil, ""
		}
		if _, err := os.Lstat(path); err == nil {
			exists = true
		} else if missing == "" {
			missing = path
		}
		paths = append(paths, path)
	}
	if !exists {
		return nil, missing
	}
	return paths, ""
}
