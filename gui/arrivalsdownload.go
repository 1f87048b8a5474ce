package gui

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// bringing is files on their way from the bucket to a folder of this computer.
type bringing struct {
	folder string
	keys   map[string]bool // which; nil for all
	files  int
	size   int64 // bytes of all
	stop   context.CancelFunc
	over   bool

	mu    sync.Mutex
	known map[string]desk.Downloaded // by key
	last  time.Time                  // when the window was told last
}

// wants reports whether a file is one of those that are brought.
func (b *bringing) wants(key string) bool { return b.keys == nil || b.keys[key] }

// file is how far one file is.
func (b *bringing) file(key string) (desk.Downloaded, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d, ok := b.known[key]
	return d, ok
}

// sum is how many files are there, and how many bytes of all.
func (b *bringing) sum() (files int, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, d := range b.known {
		if !b.wants(key) { // it was brought before
			continue
		}
		if d.Over {
			files++
		}
		bytes += d.Done
		if d.Skipped {
			bytes += d.Arrival.Size - d.Done
		}
	}
	return files, bytes
}

// note takes down how far a file is, and reports whether the window is to be told.
func (b *bringing) note(d desk.Downloaded) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known[d.Arrival.Key] = d
	if time.Since(b.last) < showEvery {
		return false
	}
	b.last = time.Now()
	return true
}

// The names of the notices about downloads: what came of one, and the question whether to close the window in the middle.
const (
	downloadNotice = "download"
	stopQuestion   = "stop downloads?"
)

// download lets the person choose a folder, and brings what has arrived there: what the keys name, or all for nil.
func (u *ui) download(r desk.Request, keys []string) {
	if r.Arrived == 0 || keys != nil && len(keys) == 0 {
		return
	}
	if u.bringsAlready(r) {
		return
	}
	last := u.desk.Settings().Requests.Folder
	ask(u, func(ctx context.Context) (string, error) { return chooseTarget(ctx, last) }, func(folder string, err error) {
		switch {
		case err != nil:
			u.fyneFolder(targetTitle(), lang.L("Download"), func(folder string) { u.bring(r, folder, keys) })
		case folder != "":
			u.bring(r, folder, keys)
		}
	})
}

// bringsAlready reports whether files of a request are being downloaded, and says so.
func (u *ui) bringsAlready(r desk.Request) bool {
	b := u.brings[r.ID]
	if b == nil || b.over {
		return false
	}
	u.notices.show(downloadNotice, notice{tone: neutral, text: lang.L("Files of this request are being downloaded already."),
		help: lang.L("Wait for them, or stop that.")})
	return true
}

func targetTitle() string { return lang.L("Download to which folder?") }

// bring brings files into a folder, and says how far it is.
func (u *ui) bring(r desk.Request, folder string, keys []string) {
	if u.bringsAlready(r) { // by another answer to the question for a folder
		return
	}
	if u.desk.Settings().Requests.Folder != folder {
		if err := u.desk.Remember(func(s *desk.Settings) { s.Requests.Folder = folder }); err != nil {
			u.notices.trouble("settings", desk.Explain(err), warning)
		}
	}
	ctx, cancel := context.WithCancel(u.ctx)
	b := &bringing{folder: folder, stop: cancel, known: map[string]desk.Downloaded{}, files: r.Arrived, size: r.Size}
	if before := u.brings[r.ID]; before != nil { // what was brought before stays known
		b.known = before.known
	}
	if keys != nil {
		b.keys = map[string]bool{}
		for _, k := range keys {
			b.keys[k] = true
			delete(b.known, k)
		}
	} else {
		clear(b.known)
	}
	u.sizeUp(b, r)
	u.brings[r.ID] = b
	u.notices.hide(downloadNotice)
	u.arrivals.show()
	u.busy.Add(1)
	ask(u, func(context.Context) ([]desk.Downloaded, error) {
		defer u.busy.Done()
		return u.desk.Download(ctx, r.ID, folder, keys, func(d desk.Downloaded) {
			if b.note(d) && ctx.Err() == nil {
				u.do(u.arrivals.show)
			}
		})
	}, func(list []desk.Downloaded, err error) {
		stopped := ctx.Err() != nil
		cancel()
		b.over = true
		if !u.bringing() {
			u.notices.hide(stopQuestion)
		}
		for _, d := range list {
			if !stopped || d.Trouble == nil {
				b.known[d.Arrival.Key] = d
			} else {
				delete(b.known, d.Arrival.Key)
			}
		}
		u.arrivals.show()
		u.sayBrought(b, list, err, stopped)
	})
}

// sizeUp counts what is to be brought, where that is less than all.
func (u *ui) sizeUp(b *bringing, r desk.Request) {
	if u.arrivals.request.ID != r.ID {
		return
	}
	b.files, b.size = 0, 0
	for _, a := range u.arrivals.arrivals {
		if !a.Gone && b.wants(a.Key) {
			b.files++
			b.size += a.Size
		}
	}
}

// sayBrought says what came of it.
func (u *ui) sayBrought(b *bringing, list []desk.Downloaded, err error, stopped bool) {
	var first desk.Downloaded
	var trouble *desk.Trouble
	there, failed := 0, 0
	for _, d := range list {
		switch {
		case d.Trouble == nil && d.Over:
			if there++; there == 1 {
				first = d
			}
		case d.Trouble != nil:
			if failed++; trouble == nil {
				trouble = d.Trouble
			}
		}
	}
	w := u.words
	said := notice{tone: good, text: lang.N("{{.Count}} files are downloaded.", there, args{"Count": w.count(there)}), help: b.folder}
	if there > 0 {
		said.actions = []*button{u.button(secondary, lang.L("Show in its folder"), func() { u.reveal(first.Path) })}
	}
	switch {
	case stopped:
		said.tone = neutral
		said.text = lang.N("Stopped: {{.Count}} files are downloaded.", there, args{"Count": w.count(there)})
	case err != nil:
		u.notices.trouble(downloadNotice, desk.Explain(err), bad)
		return
	case failed > 0:
		said.tone = warning
		said.help = lang.N("{{.Count}} could not be downloaded:", failed, args{"Count": w.count(failed)}) + " " + told(trouble.What) + " " + told(trouble.Help)
	case there == 1:
		said.text = lang.L("{{.Name}} is downloaded.", args{"Name": filepath.Base(first.Path)})
	}
	u.notices.show(downloadNotice, said)
}

// bringing reports whether files are being downloaded.
func (u *ui) bringing() bool {
	for _, b := range u.brings {
		if !b.over {
			return true
		}
	}
	return false
}

// askToStopBringing asks whether to close the window although files are being downloaded.
func (u *ui) askToStopBringing() {
	stay := u.button(secondary, lang.L("Keep downloading"), func() { u.notices.hide(stopQuestion) })
	leave := u.button(secondary, lang.L("Stop and close"), func() { u.quit(nil) })
	u.notices.show(stopQuestion, notice{tone: warning, sticky: true, actions: []*button{leave, stay},
		text: lang.L("Files are still being downloaded."),
		help: lang.L("What is there stays, and nothing half done is left. A later download brings only the rest.")})
	u.window.Canvas().Focus(stay)
}
