package gui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/internal/whole"
)

// exportForm is a form in which a list can be saved.
type exportForm string

const (
	asCSV  exportForm = "csv"
	asJSON exportForm = "json"
)

// export saves a list of entries, without any URL: none is kept.
func (p *linksPlace) export(list []desk.Entry, form exportForm) {
	if len(list) == 0 {
		return
	}
	now := p.u.now()
	p.u.save("waybill-links-"+now.Format("2006-01-02")+"."+string(form), func(w io.Writer) error {
		if form == asJSON {
			return desk.WriteJSON(w, list, now)
		}
		return desk.WriteCSV(w, list, now)
	}, func() string {
		return lang.N("{{.Count}} links are in it, without their addresses: none is kept.", len(list), args{"Count": p.u.words.count(len(list))})
	})
}

// The names of the notices about saving: the question whether to replace a file, and what came of it.
const (
	replaceQuestion = "replace?"
	saveNotice      = "save"
)

// chosenFile is where the person wants to have something.
type chosenFile struct {
	path  string // "" is nowhere
	asked bool   // the chooser asks before it gives a file that is there
}

// save lets the person choose a file, and writes it. Nothing is replaced without a word. help is said once it is saved.
func (u *ui) save(name string, write func(io.Writer) error, help func() string) {
	ask(u, func(ctx context.Context) (chosenFile, error) { return chooseSave(ctx, name) }, func(to chosenFile, err error) {
		if err != nil {
			// A folder: Fyne's chooser for a file to save empties one that is there before anybody has anything to put into it.
			u.fyneFolder(lang.L("Choose a folder for {{.Name}}", args{"Name": name}), lang.L("Save"), func(folder string) {
				u.saveAs(chosenFile{filepath.Join(folder, name), false}, write, help)
			})
			return
		}
		u.saveAs(to, write, help)
	})
}

func (u *ui) saveAs(to chosenFile, write func(io.Writer) error, help func() string) {
	if to.path == "" {
		return
	}
	ask(u, func(context.Context) (bool, error) {
		if _, err := os.Lstat(to.path); err == nil && !to.asked {
			return true, nil
		}
		place := whole.WriteNew // what has come there just now stays as well
		if to.asked {
			place = whole.Write
		}
		err := place(to.path, write)
		switch {
		case !to.asked && errors.Is(err, fs.ErrExist):
			return true, nil
		case err != nil:
			return false, fmt.Errorf("save %s: %w", to.path, err)
		}
		return false, nil
	}, func(there bool, err error) {
		switch {
		case there:
			replace := u.button(secondary, lang.L("Replace it"), func() { u.notices.hide(replaceQuestion); u.saveAs(chosenFile{to.path, true}, write, help) })
			keep := u.button(secondary, lang.L("Keep it"), func() { u.notices.hide(replaceQuestion) })
			u.notices.show(replaceQuestion, notice{tone: warning, sticky: true, actions: []*button{replace, keep},
				text: lang.L("{{.Name}} is there already.", args{"Name": filepath.Base(to.path)}), help: to.path})
			u.window.Canvas().Focus(keep)
		case err != nil:
			var t *desk.Trouble
			if errors.As(err, &t) {
				u.notices.trouble(saveNotice, t, bad)
				return
			}
			u.notices.show(saveNotice, notice{tone: bad, text: lang.L("{{.Name}} could not be saved.", args{"Name": filepath.Base(to.path)}), help: desk.Fault(err)})
		default:
			show := u.button(secondary, lang.L("Show in its folder"), func() { u.reveal(to.path) })
			u.notices.show(saveNotice, notice{tone: good, actions: []*button{show},
				text: lang.L("{{.Name}} is saved.", args{"Name": filepath.Base(to.path)}), help: help()})
		}
	})
}
