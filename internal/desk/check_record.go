package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"waybill/internal/bucket"
	"waybill/internal/whole"
	"waybill/signer"
)

// What a check puts is written down before it is put, in a file of its own in the home: a process that is killed before it has
// removed the object leaves the file too, and the next check of that bucket finds the object by it. Listing alone would not
// do: a new store is checked by an object only where the keys may not list.

// putRecord says of an object that a check of this computer has put it, or was about to.
type putRecord struct {
	Store  string    `json:"store"` // a sum of its endpoint, in which a person may have written a password
	Bucket string    `json:"bucket"`
	Key    string    `json:"key"`
	At     time.Time `json:"at"`
}

// storeCheckName is what the names begin with of the objects that new stores are tried with.
const storeCheckName = "waybill-check-"

// storeCheckKey is such a key; what comes behind the name is rand.Text's.
var storeCheckKey = regexp.MustCompile(`^waybill-check-[a-z2-7]{26}$`)

// mostRecord is how large the file of a record may be, in bytes: a key has at most a kilobyte.
const mostRecord = 16 << 10

func (d *Desk) putsFolder() string { return filepath.Join(d.home, "checks") }

func (d *Desk) putPath(key string) string {
	return filepath.Join(d.putsFolder(), strings.TrimPrefix(path.Base(key), ".")+".json")
}

// notePut writes down that a check is about to put an object. Where that cannot be done, the check goes on all the same: it
// removes the object itself, unless it is killed.
func (d *Desk) notePut(s *signer.Signer, bucketName, key string) {
	text, err := json.Marshal(putRecord{Store: storeSum(s), Bucket: bucketName, Key: key, At: d.now().UTC().Truncate(time.Second)})
	if err == nil {
		err = os.MkdirAll(d.putsFolder(), 0o700)
	}
	if err == nil {
		err = whole.Write(d.putPath(key), whole.Bytes(append(text, '\n')))
	}
	if err != nil {
		d.log.Debug("what a check puts was not written down", "error", err)
	}
}

// forgetPut says that nothing is left of what a check has put.
func (d *Desk) forgetPut(key string) {
	if err := os.Remove(d.putPath(key)); err != nil && !errors.Is(err, os.ErrNotExist) {
		d.log.Debug("what a check has put is still written down", "error", err)
	}
}

func storeSum(s *signer.Signer) string {
	sum := sha256.Sum256([]byte(strings.TrimRight(s.Endpoint(), "/")))
	return hex.EncodeToString(sum[:])
}

// putsIn reads what checks have written down of a bucket and not taken back.
func (d *Desk) putsIn(s *signer.Signer, bucketName string) (list []putRecord) {
	names, _ := fs.Glob(os.DirFS(d.putsFolder()), "*.json") // the pattern is a good one, where a folder's name need not be
	for _, name := range names {
		file := filepath.Join(d.putsFolder(), name)
		info, err := os.Lstat(file)
		if err != nil || !info.Mode().IsRegular() || info.Size() > mostRecord {
			continue
		}
		text, err := os.ReadFile(file) // #nosec G304 -- in Waybill's own folder
		var r putRecord
		if err != nil || json.Unmarshal(text, &r) != nil || r.Store != storeSum(s) || r.Bucket != bucketName || d.putPath(r.Key) != file {
			continue
		}
		list = append(list, r)
	}
	return list
}

// mostPut is how large what has such a key may be at the most, in bytes; ok is false for a key that no check makes.
func mostPut(key string) (most int64, ok bool) {
	switch {
	case storeCheckKey.MatchString(key):
		return int64(len(storeCheckBody)), true
	case checkKey.MatchString(key):
		return mostOfCheck, true
	}
	return 0, false
}

// tidyPuts removes from a bucket what checks of this computer have put there and were killed before they could remove it: what
// they have written down, has the name and the size of it, and is so old that no check is at it. It counts what it has found
// and what of that it has removed. What it cannot look at it leaves alone, and so the known keys, which the caller sees to.
func (d *Desk) tidyPuts(ctx context.Context, s *signer.Signer, bucketName string, known ...string) (found, removed int, failed error) {
	for _, r := range d.putsIn(s, bucketName) {
		most, ours := mostPut(r.Key)
		if !ours || slices.Contains(known, r.Key) || d.now().Sub(r.At) < d.checkOld {
			continue
		}
		there, err := bucket.Head(ctx, s.Client(), bucketName, r.Key)
		if refused, ok := refusalIn(err); ok && refused.status == http.StatusNotFound {
			d.forgetPut(r.Key)
			continue
		}
		if err != nil || there.Size > most || s.Now().Sub(there.Modified) < d.checkOld {
			continue
		}
		found++
		if _, err := bucket.Delete(ctx, s.Client(), bucketName, r.Key); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		removed++
		d.forgetPut(r.Key)
	}
	return found, removed, failed
}
