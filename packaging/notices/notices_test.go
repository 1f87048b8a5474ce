package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const isc = `Copyright (c) 2026 Somebody

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR
CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT,
NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`

const gpl = `This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public
License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version.`

func TestLicencesAreReadAndRefused(t *testing.T) {
	for _, c := range []struct{ name, text, names, wrong string }{
		{"one that is taken", isc, "ISC", ""},
		{"one that is not", gpl, "", "takes no GPL"},
		{"one that is not, beside one that is", isc + "\n\n" + gpl, "", "takes no GPL"},
		{"none", "All rights reserved. Ask before you use this for anything at all.", "", "no licence that is known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := licensed("example.org/m v1.0.0", "LICENSE", c.text)
			if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Fatalf("%v, want %q", err, c.wrong)
			}
			if err == nil && p.names != c.names {
				t.Errorf("it is read as %q", p.names)
			}
		})
	}
}

// TestModule: the licence files beside what is linked, what it embeds and its C code count, those of its other packages not.
func TestModule(t *testing.T) {
	dir := t.TempDir()
	for path, text := range map[string]string{
		"LICENSE": isc, "a/fonts/OFL.txt": isc + "a", "a/c/src/COPYING": isc + "b", "NOTICE.md": "Thanks.",
		"other/LICENSE": gpl, "a/license.go": "package a", "a/unlicensed.txt": "no", "a/testdata/LICENSE": gpl,
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text+"\r\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := module{path: "example.org/m", version: "v1.0.0", dir: dir, folders: map[string]bool{}}
	if _, err := m.parts(); err == nil || !strings.Contains(err.Error(), "no licence file") {
		t.Errorf("without any folder: %v", err)
	}
	p := pkg{Dir: filepath.Join(dir, "a"), EmbedFiles: []string{"fonts/x.ttf"}, CgoFiles: []string{"a.go"}}
	if err := m.take(p); err != nil {
		t.Fatal(err)
	}
	parts, err := m.parts()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, part := range parts {
		files = append(files, part.file)
		if strings.Contains(part.text, "\r") {
			t.Errorf("%s has Windows' line ends", part.file)
		}
	}
	if want := []string{"LICENSE", "NOTICE.md", "a/c/src/COPYING", "a/fonts/OFL.txt"}; !slices.Equal(files, want) {
		t.Errorf("%q, want %q", files, want)
	}
}

// TestNoticesName what is easily forgotten, since no module of Go's bears its name.
func TestNoticesName(t *testing.T) {
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Go's standard library, LICENSE", "theme/font/LICENSE_Inter.txt", "theme/font/LICENSE_DejaVu", "glfw/LICENSE.md",
		"LICENSE-SQLITE", "musl", "webui/web/assets/LICENSES.txt", "The icons of Fyne's theme", "EmojiOne", "winpthreads",
		"github.com/Microsoft/go-winio", "github.com/mitchellh/go-homedir", "github.com/rymdport/portal",
		"Mozilla Public License Version 2.0", "SIL OPEN FONT LICENSE",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s does not have %q", file, want)
		}
	}
}
