// Package whole puts files in their place when they are whole: whoever reads one finds what was there before or all of the
// new one, and a failure leaves what was there. They are their owner's alone.
package whole

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write writes a file, in the place of one that is there. The folder has to be there.
func Write(path string, fill func(io.Writer) error) error { return write(path, fill, os.Rename) }

// WriteNew is Write for a file that takes no other one's place: the error is fs.ErrExist where one is there.
func WriteNew(path string, fill func(io.Writer) error) error { return write(path, fill, claim) }

// Try looks whether a file of so many bytes can be written at a path, and leaves nothing there.
func Try(path string, size int) error {
	found := errors.New("there is room")
	err := write(path, Bytes(make([]byte, size)), func(string, string) error { return found })
	if errors.Is(err, found) {
		return nil
	}
	return err
}

// WriteIf is Write for a file that somebody else may write too: still is asked at the last moment whether the new one may
// take its place, and an error of its own leaves everything as it was.
func WriteIf(path string, fill func(io.Writer) error, still func() error) error {
	return write(path, fill, func(part, path string) error {
		if err := still(); err != nil {
			return err
		}
		return os.Rename(part, path)
	})
}

// Bytes fills a file with what is in memory.
func Bytes(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

func write(path string, fill func(io.Writer) error, place func(part, path string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".waybill-*") // 0600 by its own contract
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // unless it has its name by then
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return place(f.Name(), path)
}

// claim gives a file its name, and never that of another one.
func claim(part, path string) error {
	err := os.Link(part, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// Not all file systems have hard links. An empty file keeps the name until it is replaced.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the person named it
	if err != nil {
		return err
	}
	err = f.Close()
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
