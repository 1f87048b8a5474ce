package main

import (
	"bytes"
	"fmt"
	"strings"
)

const head = `THIRD-PARTY NOTICES

Waybill is under the MIT licence, see LICENSE. What follows is what it is built of, with the licences of all of it. Not all
of it is in the program for every system: (linux), (windows) and (darwin, which is macOS) say so. The source code of each,
unchanged, is where its name says, with https:// before it, at the version that stands beside it.

This file is written by "make notices" from what the go command links.

`

var rule = strings.Repeat("=", 100)

// write gives the whole text: a list, then every text once.
func write(parts []part) []byte {
	var out bytes.Buffer
	out.WriteString(head)
	last := ""
	for _, p := range parts {
		if p.names == "" {
			continue
		}
		if p.name != last {
			fmt.Fprintf(&out, "%s%s\n", p.name, on(p))
			last = p.name
		}
		fmt.Fprintf(&out, "    %s: %s\n", p.file, p.names)
	}
	written := map[string]bool{}
	for i, p := range parts {
		if written[p.text] {
			continue
		}
		written[p.text] = true
		fmt.Fprintf(&out, "\n%s\n\n", rule)
		for _, same := range parts[i:] {
			if same.text == p.text {
				fmt.Fprintf(&out, "%s, %s%s\n", same.name, same.file, on(same))
			}
		}
		fmt.Fprintf(&out, "\n%s\n", p.text)
	}
	return out.Bytes()
}

func on(p part) string {
	if p.on == "" {
		return ""
	}
	return " (" + p.on + ")"
}
