package signer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"waybill/internal/whole"
)

// awsPaths are the files that the AWS CLI would read.
type awsPaths struct{ config, credentials string }

// lockWait is how long another Waybill that writes the AWS files is waited for.
const lockWait = 10 * time.Second

// lockAWSFiles makes the folders of the AWS files, and keeps other Waybills from writing there until unlock. Other programs know
// nothing of that: see awsFile.write.
func lockAWSFiles(ctx context.Context) (p awsPaths, unlock func(), err error) {
	p.config, p.credentials, err = paths()
	if err != nil {
		return p, nil, err
	}
	home, _ := homeOfAWS() // who has no home has named the files
	for _, path := range []string{p.config, p.credentials} {
		folder := filepath.Dir(path)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return p, nil, &FileError{Path: folder, Err: systemsWord(err)}
		}
		if folder == home {
			closeFolder(home)
		}
	}
	folder := filepath.Dir(p.credentials)
	lock := flock.New(folder, flock.SetFlag(os.O_RDONLY))
	if runtime.GOOS == "windows" { // where folders take no lock
		lock = flock.New(filepath.Join(folder, ".waybill.lock"), flock.SetPermissions(0o600))
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	held, err := lock.TryLockContext(ctx, 20*time.Millisecond)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return p, nil, ErrBusyFiles
	case err != nil && ctx.Err() != nil:
		return p, nil, context.Cause(ctx)
	case err != nil:
		return p, nil, &FileError{Path: folder, Err: systemsWord(err)}
	case !held:
		return p, nil, ErrBusyFiles
	}
	for _, path := range []string{p.config, p.credentials} {
		sweep(filepath.Dir(path))
		if target, err := behindLinks(path); err == nil && target != path { // where a file is written
			sweep(filepath.Dir(target))
		}
	}
	return p, func() { _ = lock.Unlock() }, nil
}

// closeFolder makes ~/.aws its owner's alone, where it is there. Folders that somebody has chosen are their own matter.
func closeFolder(folder string) {
	if info, err := os.Stat(folder); err == nil && info.IsDir() && info.Mode().Perm()&0o077 != 0 {
		_ = os.Chmod(folder, 0o700) // #nosec G302 -- a folder; where it is not ours, its files are closed all the same
	}
}

// sweep removes what a Waybill that was killed has left half written: it may hold keys.
func sweep(folder string) {
	left, _ := fs.Glob(os.DirFS(folder), ".waybill-[0-9]*") // the pattern is sound
	for _, name := range left {
		path := filepath.Join(folder, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Minute {
			_ = os.Remove(path)
		}
	}
}

// awsFile is one of the files as it was read.
type awsFile struct {
	path   string // as it is named
	target string // the same, or what a link leads to
	text   string
	there  bool
}

// errChangedMeanwhile says that the file is not what was read any more.
var errChangedMeanwhile = errors.New("the file has changed meanwhile")

// readAWSFile reads a file as it is; one that is not there is empty.
func readAWSFile(path string) (awsFile, error) {
	f := awsFile{path: path}
	var err error
	if f.target, err = behindLinks(path); err != nil {
		return f, &FileError{Path: path, Err: systemsWord(err)}
	}
	text, err := os.ReadFile(f.target)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f, &FileError{Path: path, Err: systemsWord(err)}
	}
	f.text, f.there = string(text), err == nil
	return f, nil
}

// behindLinks follows symbolic links to the file that they lead to, which need not be there.
func behindLinks(path string) (string, error) {
	for range 40 { // as Linux has it
		to, err := os.Readlink(path)
		if err != nil {
			if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
				return "", errors.New("it is no file")
			}
			return path, nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errors.New("its links lead in a circle")
}

// together reads what a config and a credentials file would say with these texts.
func (f awsFile) together(config string, credentials awsFile, credentialsText string) (awsFiles, error) {
	parse := func(path, text string) ([]section, error) {
		sections, line, fault := parseSections(strings.NewReader(text))
		if fault != nil {
			return nil, &FileError{Path: path, Line: line, Err: fault}
		}
		return sections, nil
	}
	inConfig, errConfig := parse(f.path, config)
	inCredentials, errCredentials := parse(credentials.path, credentialsText)
	return mergeSections(inConfig, inCredentials), errors.Join(errConfig, errCredentials)
}

// write puts a new text in the file's place, for its owner's eyes only. Where the file is not what was read any more, which is
// looked at last of all, it is errChangedMeanwhile.
func (f awsFile) write(text string) error {
	err := whole.WriteIf(f.target, whole.Bytes([]byte(text)), func() error {
		now, err := readAWSFile(f.path)
		if err == nil && now != f {
			err = errChangedMeanwhile
		}
		return err
	})
	if err == nil || errors.Is(err, errChangedMeanwhile) || errors.As(err, new(*FileError)) {
		return err
	}
	if f.target != f.path && errors.Is(err, fs.ErrNotExist) {
		return &FileError{Path: f.path, Err: fmt.Errorf("it is a link to %s, whose folder is not there", f.target)}
	}
	return &FileError{Path: f.path, Err: systemsWord(err)}
}

// keepBackups is how many copies of a file are kept.
const keepBackups = 5

// backUp copies the file as it was read to a name with the date, beside the name by which it is known: what a link leads to may
// be a folder that others see. It gives the copy's path, "" where there was nothing to copy.
func (f awsFile) backUp(now time.Time) (string, error) {
	if f.text == "" {
		return "", nil
	}
	base := f.path + ".waybill-" + now.UTC().Format("2006-01-02T150405.000Z")
	path := base
	for n := 2; ; n++ {
		err := whole.WriteNew(path, whole.Bytes([]byte(f.text)))
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", &FileError{Path: path, Err: systemsWord(err)}
		}
		path = fmt.Sprintf("%s-%d", base, n)
	}
	f.forgetBackups()
	return path, nil
}

// forgetBackups removes all but the newest copies.
func (f awsFile) forgetBackups() {
	name := regexp.MustCompile(`^` + regexp.QuoteMeta(filepath.Base(f.path)) + `\.waybill-\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z(-\d+)?$`)
	entries, err := os.ReadDir(filepath.Dir(f.path))
	if err != nil {
		return
	}
	var copies []string
	for _, e := range entries {
		if e.Type().IsRegular() && name.MatchString(e.Name()) {
			copies = append(copies, e.Name())
		}
	}
	slices.Sort(copies)
	for _, old := range copies[:max(len(copies)-keepBackups, 0)] {
		_ = os.Remove(filepath.Join(filepath.Dir(f.path), old))
	}
}
