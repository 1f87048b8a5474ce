package main

import (
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// taken are the licences that Waybill takes, by SPDX's names; OFL is for fonts.
var taken = []string{
	"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "ISC", "Zlib", "Unlicense", "CC0-1.0",
	"OFL-1.1",
}

// enough is how much of a licence file, in percent of its words, must be known text. The rest is whose it is.
const enough = 70

// byEye are texts that the scanner cannot read whole, by their SHA-256, with what is in them. One that changes has to be
// read again.
var byEye = map[string]string{
	"14088888f59c8feb910cb6cad319c6f5cddc751201662f3c09ac7b3d4ae04bfa": "public domain",
	"ce9c578c2968e316b80b180c3f5a5d70a8f32f37256c1bcf944a5de4f9f4eb59": "none: it says where the module's logo is from, which is not linked",
	"de2e7c240a45e22cd9f3e4e627cee0f64e23425dee2ab3adb89862f208deb83a": "MIT, BSD-3-Clause, BSD-2-Clause",
	"33266935f852b0d8e31bc9ed9b43415ba2d7a088738663b0440ef55791e7fa0a": "Bitstream-Vera",
	"8c08f8b32d398172dd7bbf3ad21efa163c521378134ed701390a3c5cbfdbc5af": "CC-BY-4.0",
	"ba99a1d3cde5baf70ce91d6f8e2d6069568fb7d18d1c247e5284d06f0008ef5b": "ZPL-2.1, MIT, BSD-3-Clause, and the like",
}

// licensed makes a part of a text, after reading which licences are in it.
func licensed(name, file, text string) (part, error) {
	p := part{name: name, file: file, text: text}
	if isNotice(file) {
		return p, nil // it goes with a licence, and is none
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	if names, ok := byEye[sum]; ok {
		p.names = names
		return p, nil
	}
	coverage := licensecheck.Scan([]byte(text))
	var names []string
	for _, match := range coverage.Match {
		if !slices.Contains(taken, match.ID) {
			return p, fmt.Errorf("%s, %s: Waybill takes no %s", name, file, match.ID)
		}
		if !slices.Contains(names, match.ID) {
			names = append(names, match.ID)
		}
	}
	if coverage.Percent < enough {
		return p, fmt.Errorf("%s, %s: no licence that is known (%.0f %% of the text is); if a person reads it as one of those "+
			"that Waybill takes, its sum goes into byEye: %s", name, file, coverage.Percent, sum)
	}
	p.names = strings.Join(names, ", ")
	return p, nil
}

func isNotice(file string) bool {
	base := strings.ToLower(path.Base(file))
	return strings.HasPrefix(base, "notice") || base == "patents"
}
