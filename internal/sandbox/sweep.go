package sandbox

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/versity/versitygw/backend/posix"
)

// sweep removes what the gateway noted about multipart uploads that are over. It removes their parts itself
// when they end, but not the notes that lie beside the data. What cannot be removed now is tried again next
// time.
func sweep(data, side string) {
	for _, bucket := range names(side) {
		multipart := filepath.Join(bucket, filepath.FromSlash(posix.MetaTmpMultipartDir))
		for _, object := range names(filepath.Join(side, multipart)) { // a hash of its key
			object = filepath.Join(multipart, object)
			alive, err := os.ReadDir(filepath.Join(data, object))
			if os.IsNotExist(err) {
				_ = os.RemoveAll(filepath.Join(side, object))
			}
			if err != nil {
				continue
			}
			for _, upload := range names(filepath.Join(side, object)) {
				if upload != "meta" && !held(alive, upload) {
					_ = os.RemoveAll(filepath.Join(side, object, upload))
				}
			}
		}
	}
}

// held reports whether an upload has a folder of parts. While it is completed, that has a longer name.
func held(alive []os.DirEntry, upload string) bool {
	for _, folder := range alive {
		if strings.HasPrefix(folder.Name(), upload) || strings.HasPrefix(upload, folder.Name()) {
			return true
		}
	}
	return false
}

// names lists a folder; one that cannot be read has nothing to sweep.
func names(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	list := make([]string, len(entries))
	for i, e := range entries {
		list[i] = e.Name()
	}
	return list
}
