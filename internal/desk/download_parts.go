package desk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A download that is killed leaves the part of a file that it has. Its name says whose it is: of which home, and of which
// process as that home knows it. So the next download from the same home can tell that nobody writes it any more, and no
// download takes away what another computer, or another person's Waybill, writes into a folder that both have.

var partName = regexp.MustCompile(`^\.waybill-([0-9a-f]{12})-([0-9a-f-]{36})-[a-z2-7]{8}\.part$`)

// newPart is a name beside a file for what has come of it.
func (d *Desk) newPart(name string) string {
	owner := d.me()
	if owner == "" { // a home that cannot be written: nobody can tell whether the process is there, so nobody takes it away
		owner = strings.Repeat("0", 36)
	}
	return path.Join(path.Dir(name), ".waybill-"+d.homeMark()+"-"+owner+"-"+strings.ToLower(rand.Text()[:8])+".part")
}

// homeMark tells this home from others that write into the same folder.
func (d *Desk) homeMark() string {
	computer, _ := os.Hostname() // without a name, the home alone
	sum := sha256.Sum256([]byte(computer + "\x00" + d.home))
	return hex.EncodeToString(sum[:6])
}

// sweepParts removes the parts that killed downloads of this home have left in the folders of these names. What cannot be
// looked at or removed stays: it is in nobody's way.
func (d *Desk) sweepParts(into destinationFolder, names []string) {
	folders := []string{"."}
	for _, name := range names {
		folders = append(folders, path.Dir(name))
	}
	slices.Sort(folders)
	mine, nobody := d.homeMark(), strings.Repeat("0", 36)
	for _, folder := range slices.Compact(folders) {
		entries, err := fs.ReadDir(into.root.FS(), folder)
		if err != nil {
			continue // which is not there yet
		}
		for _, e := range entries {
			m := partName.FindStringSubmatch(e.Name())
			if len(m) != 3 || m[1] != mine || m[2] == nobody || !e.Type().IsRegular() || d.lives(m[2]) {
				continue
			}
			if err := into.root.Remove(path.Join(folder, e.Name())); err != nil {
				d.log.Debug("the part of a killed download stays", "error", err)
			}
		}
	}
}
