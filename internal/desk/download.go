package desk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"waybill/internal/courier"
	"waybill/internal/pages"
	"waybill/signer"
)

// Downloaded is one file on its way from the bucket to a folder.
type Downloaded struct {
	Arrival Arrival
	Path    string // where it is, or will be; "" where that is not known yet
	Done    int64  // bytes
	Over    bool
	Skipped bool     // it was there already, whole
	Trouble *Trouble // why it is not there
}

// Download brings what has arrived into a folder of this computer: all of it, or what keys name. Nothing is
// overwritten, names are made safe for this system, and what is there whole already is skipped. progress is called from
// one goroutine, for each file now and then and once when it is Over; nil is none. The error is for what concerns all; with
// files, it says that there are more.
func (d *Desk) Download(ctx context.Context, id, folder string, keys []string, progress func(Downloaded)) ([]Downloaded, error) {
	record, err := d.requestRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	r := requestOf(record)
	seen, err := d.look(ctx, record)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(seen.list, func(a Arrival) bool { return a.Gone })
	for _, k := range keys {
		if !slices.ContainsFunc(all, func(a Arrival) bool { return a.Key == k }) {
			return nil, trouble("NoSuchArrival", args{"Given": visible(courier.RedactText(k))}, nil)
		}
	}
	where := r.scene("s3:GetObject")
	opened, err := d.openRequest(ctx, record)
	if err != nil {
		return nil, explain(err, where)
	}
	into, err := openFolder(folder)
	if err != nil {
		return nil, err
	}
	defer func() { _ = into.root.Close() }()
	carrier := courier.New(opened, courier.Options{Concurrency: 1})
	defer carrier.Close()
	if progress == nil {
		progress = func(Downloaded) {}
	}
	var list []Downloaded
	names := localNames(all)
	d.sweepParts(into, names)
	for i, a := range all {
		if len(keys) > 0 && !slices.Contains(keys, a.Key) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return list, err
		}
		one := into.bring(ctx, carrier, r, a, names[i], d.newPart(names[i]), progress)
		if ctx.Err() != nil && one.Trouble != nil {
			return list, ctx.Err()
		}
		progress(one)
		list = append(list, one)
	}
	if len(keys) == 0 {
		return list, seen.trouble(record)
	}
	return list, nil
}

// localNames are names for this computer. None begins with a dot: what came from elsewhere shall not be hidden, and not
// be a shell's or an editor's settings where the folder is a person's home.
func localNames(list []Arrival) []string {
	names := make([]string, len(list))
	for i, a := range list {
		parts := strings.Split(a.Name, "/")
		for j, part := range parts {
			if strings.HasPrefix(part, ".") {
				parts[j] = "_" + part
			}
		}
		names[i] = strings.Join(parts, "/")
	}
	return pages.SafeNames(names, runtime.GOOS == "windows")
}

// destinationFolder is a folder that nothing leads out of, whatever links there are in it.
type destinationFolder struct {
	path string
	root *os.Root
}

func openFolder(folder string) (destinationFolder, error) {
	fail := func(err error) (destinationFolder, error) {
		return destinationFolder{}, trouble("DownloadFolder", args{"Path": visible(folder), "Fault": Fault(err)}, err)
	}
	full, err := filepath.Abs(folder)
	if err != nil || folder == "" {
		return fail(errors.Join(err, fs.ErrInvalid))
	}
	if err := os.MkdirAll(full, 0o750); err != nil {
		return fail(err)
	}
	root, err := os.OpenRoot(full)
	if err != nil {
		return fail(err)
	}
	return destinationFolder{full, root}, nil
}

// Fault is what an error of the file system is about, without the operation and the path that it names.
func Fault(err error) string {
	var onPath *fs.PathError
	var onLink *os.LinkError
	switch {
	case errors.As(err, &onPath):
		return onPath.Err.Error()
	case errors.As(err, &onLink):
		return onLink.Err.Error()
	}
	return err.Error()
}

// progressPause is how often the progress of one file is told at most.
const progressPause = 100 * time.Millisecond

// bring downloads one file: as a part beside its name, and under it when it is whole.
func (f destinationFolder) bring(ctx context.Context, c *courier.Courier, r Request, a Arrival, name, part string, progress func(Downloaded)) Downloaded {
	one := Downloaded{Arrival: a}
	fail := func(err error) Downloaded {
		one.Over = true
		var written *courier.WriteError
		switch {
		case errors.As(err, &written):
			one.Trouble = trouble("DownloadNotWritten", args{"Name": a.Name, "Fault": Fault(written.Err)}, written.Err)
		case errors.Is(err, courier.ErrChanged):
			one.Trouble = trouble("ArrivalChanged", args{"Name": a.Name}, err)
		case errors.Is(err, signer.ErrKeyEncoding):
			one.Trouble = trouble("ArrivalKeyBytes", args{"Name": a.Name}, err)
		case errors.Is(err, courier.ErrProof):
			one.Trouble = trouble("ArrivalDamaged", args{"Name": a.Name}, err)
		default:
			one.Trouble = explain(err, scene{store: r.Destination.Store, bucket: r.Destination.Bucket, key: a.Key, path: a.Name, permission: "s3:GetObject"})
		}
		return one
	}
	if err := f.root.MkdirAll(path.Dir(name), 0o750); err != nil {
		return fail(&courier.WriteError{Err: err})
	}
	free, there, err := f.place(ctx, c, a, name)
	if err != nil {
		return fail(err)
	}
	one.Path = f.full(free)
	if there {
		one.Done, one.Over, one.Skipped = a.Size, true, true
		return one
	}
	file, err := f.root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666) // what the person's umask leaves of it
	if err != nil {
		return fail(&courier.WriteError{Err: err})
	}
	defer func() { _ = f.root.Remove(part) }() // unless it has its name by then
	var told time.Time
	progress(one)
	err = c.Fetch(ctx, r.Destination.Bucket, a.Key, file, func(n int64) {
		one.Done += n
		if time.Since(told) >= progressPause {
			told = time.Now()
			progress(one)
		}
	})
	if err == nil {
		if err = errors.Join(file.Sync(), file.Close()); err != nil {
			err = &courier.WriteError{Err: err}
		}
	} else {
		_ = file.Close()
	}
	if err != nil {
		return fail(err)
	}
	// By its time it is known again where the store tells no sum of it.
	if err := f.root.Chtimes(part, time.Time{}, a.Came); err != nil {
		return fail(&courier.WriteError{Err: err})
	}
	for n := 2; ; n++ {
		err := f.settle(part, free)
		if err == nil {
			one.Path, one.Over = f.full(free), true
			return one
		}
		if !errors.Is(err, fs.ErrExist) || n > mostArrivals {
			return fail(&courier.WriteError{Err: err})
		}
		// Somebody was faster: with this very file, where two downloads go into one folder.
		if free, there, err = f.place(ctx, c, a, name); err != nil {
			return fail(err)
		}
		if one.Path = f.full(free); there {
			one.Over, one.Skipped = true, true
			return one
		}
	}
}

func (f destinationFolder) full(name string) string {
	return filepath.Join(f.path, filepath.FromSlash(name))
}

// settle gives a file its name, and never that of another one.
func (f destinationFolder) settle(part, name string) error {
	err := f.root.Link(part, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// Not all file systems have hard links. An empty file keeps the name until it is replaced.
	claim, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if err = claim.Close(); err == nil {
		err = f.root.Rename(part, name)
	}
	if err != nil { // nobody shall take the empty one for the file
		return errors.Join(err, f.root.Remove(name))
	}
	return nil
}

// place finds the first name that is free, or under which the file is already.
func (f destinationFolder) place(ctx context.Context, c *courier.Courier, a Arrival, name string) (free string, there bool, err error) {
	free = name
	for n := 2; ; n++ {
		info, err := f.root.Lstat(free)
		if errors.Is(err, fs.ErrNotExist) {
			return free, false, nil
		}
		if err != nil || n > mostArrivals {
			return free, false, &courier.WriteError{Err: errors.Join(err, fs.ErrExist)}
		}
		if info.Mode().IsRegular() && info.Size() == a.Size {
			same, err := f.same(ctx, c, a, free, info)
			if err != nil || same {
				return free, same, err
			}
		}
		free = numbered(name, n)
	}
}

// same reports whether a file of the same size is the arrival: by its sum, or else by the time that Download gave it.
func (f destinationFolder) same(ctx context.Context, c *courier.Courier, a Arrival, name string, info fs.FileInfo) (bool, error) {
	if !courier.Provable(a.Checksum, a.ETag) {
		return info.ModTime().Sub(a.Came).Abs() < 2*time.Second, nil // which FAT counts by
	}
	file, err := f.root.Open(name)
	if err != nil {
		return false, nil // it cannot be read, so it is another's
	}
	defer func() { _ = file.Close() }()
	same, err := c.Same(ctx, file, a.Checksum, a.ETag)
	if err != nil && ctx.Err() == nil {
		return false, nil // nor to its end
	}
	return same, err
}
