package desk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"waybill/internal/courier"
)

// found is a file on this machine that a drop has come across.
type found struct {
	path  string
	name  string // relative to what was dropped, with forward slashes: "photos/2026/a.jpg"
	size  int64
	key   string // that an earlier try had; "" when there was none
	again string // the transfer that this is another try of; "" when it is none
}

// expect counts the walks that may still find something.
func (p *Drop) expect(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.walks += n
	p.waiting.Broadcast()
}

// findRest looks for the files that an earlier process was sending and that the walk has not come across again:
// they were removed from their folder, most likely, and the store still has parts of them.
func (p *Drop) findRest(ctx context.Context) {
	if p.before == nil || ctx.Err() != nil {
		return
	}
	for _, f := range p.before.rest() {
		info, err := os.Stat(f.path)
		p.take(f, info, err)
	}
}

// walk goes through what was dropped and queues each file as it is found.
func (p *Drop) walk(ctx context.Context, dropped []found) {
	defer p.expect(-1)
	defer func() {
		if ctx.Err() != nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.unwalked = true
		}
	}()
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
	base := ownBase(root)
	if target, err := filepath.EvalSymlinks(root); err == nil {
		root = target // what was dropped by itself is meant, be it a link
	}
	root = walkable(root)
	files, hidden := 0, 0
	own := p.desk.ownFolder()
	_ = filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fs.SkipAll
		}
		relative, relErr := filepath.Rel(root, at)
		if relErr != nil {
			relative = entry.Name()
		}
		f := found{path: readable(at), name: path.Join(base, filepath.ToSlash(relative))}
		if err != nil {
			files++
			p.take(f, nil, err)
			return nil
		}
		if p.options.SkipHidden && at != root && strings.HasPrefix(entry.Name(), ".") {
			hidden++
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			if own(entry) {
				return fs.SkipDir
			}
			return nil
		}
		info, err := os.Stat(at)
		files++
		switch {
		case err == nil && info.IsDir():
			p.skip(f, "FolderLink")
		case err == nil && !info.Mode().IsRegular():
			p.skip(f, "SpecialFile")
		default:
			p.take(f, info, err)
		}
		return nil
	})
	if hidden > 0 {
		p.notice(trouble("HiddenSkipped", args{"Count": hidden, "Name": visible(base)}, nil))
	}
	if files == 0 && hidden == 0 && ctx.Err() == nil {
		j := p.add(found{path: readable(root), name: base})
		p.end(j, Failed, trouble("NothingInside", scene{path: j.Path}.args(), nil))
	}
}

// ownFolder reports of folders whether they are Waybill's home: ledger, settings and the sandbox with its keys are nothing to
// give away.
func (d *Desk) ownFolder() func(fs.DirEntry) bool {
	own, err := os.Stat(d.home)
	return func(folder fs.DirEntry) bool {
		if err != nil {
			return false
		}
		here, err := folder.Info()
		return err == nil && os.SameFile(own, here)
	}
}

// skip leaves out what was found in a folder and is no file to send, with a line that says so.
func (p *Drop) skip(f found, code string) {
	if p.before != nil && p.before.did(&f) {
		return
	}
	p.end(p.add(f), Skipped, trouble(code, scene{path: f.path}.args(), nil))
}

// take queues a file, or says at once why it cannot be sent.
func (p *Drop) take(f found, info os.FileInfo, err error) {
	if err == nil && !info.Mode().IsRegular() {
		err = courier.ErrNotRegular
	}
	if err == nil {
		f.size = info.Size()
	}
	if p.before != nil && p.before.did(&f) {
		return
	}
	j := p.add(f)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			p.end(j, Cancelled, nil)
			return
		}
		p.letGo(f.again)
		p.end(j, Failed, explain(err, scene{store: p.dest.Store, bucket: p.dest.Bucket, key: j.Key, path: f.path}))
		return
	}
	p.enqueue(j)
}
