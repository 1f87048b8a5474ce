package desk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"waybill/internal/courier"
)

// found is a file on this machine that a drop has come across.
type found struct {
	path string
	name string // relative to what was dropped, with forward slashes: "photos/2026/a.jpg"
	size int64
}

// walk goes through what was dropped and queues each file as it is found.
func (p *Drop) walk(ctx context.Context, dropped []found) {
	for _, f := range dropped {
		if ctx.Err() != nil {
			return
		}
		info, err := os.Stat(f.path)
		switch {
		case err == nil && info.IsDir():
			p.walkFolder(ctx, f.path)
		default:
			p.take(f, info, err)
		}
	}
}

// walkFolder queues the files below a folder. Links to files count as files; links to folders are not
// followed: they may lead in circles, or out of what the person meant to give away.
func (p *Drop) walkFolder(ctx context.Context, root string) {
	base := filepath.Base(root)
	if base == string(filepath.Separator) {
		base = "" // a whole disk has no name to put its files under
	}
	files := 0
	own, ownErr := os.Stat(p.desk.home) // ledger, settings and the sandbox with its keys are nothing to give away
	_ = filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fs.SkipAll
		}
		relative, relErr := filepath.Rel(root, at)
		if relErr != nil {
			relative = entry.Name()
		}
		f := found{path: at, name: path.Join(base, filepath.ToSlash(relative))}
		if err != nil {
			files++
			p.take(f, nil, err)
			return nil
		}
		if entry.IsDir() {
			if here, err := entry.Info(); ownErr == nil && err == nil && os.SameFile(own, here) {
				return fs.SkipDir
			}
			return nil
		}
		info, err := os.Stat(at)
		if err == nil && info.IsDir() {
			return nil
		}
		files++
		p.take(f, info, err)
		return nil
	})
	if files == 0 && ctx.Err() == nil {
		j := p.add(found{path: root, name: base})
		p.end(j, Failed, trouble("NothingInside", scene{path: root}.args(), nil))
	}
}

// take queues a file, or says at once why it cannot be sent.
func (p *Drop) take(f found, info os.FileInfo, err error) {
	if err == nil && !info.Mode().IsRegular() {
		err = courier.ErrNotRegular
	}
	if err == nil {
		f.size = info.Size()
	}
	j := p.add(f)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			p.end(j, Cancelled, nil)
			return
		}
		p.end(j, Failed, explain(err, scene{store: p.dest.Store, bucket: p.dest.Bucket, key: j.Key, path: f.path}))
		return
	}
	p.enqueue(j)
}
