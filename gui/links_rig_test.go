package gui

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"waybill/internal/desk"
)

// inLinks opens a window on the shared store with files in a folder of their own, and the Links place in sight.
func inLinks(t *testing.T, folder string, names ...string) *rig {
	t.Helper()
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, folder)
	for _, name := range names {
		r.sent(name, "this is "+name)
	}
	r.ui.open(r.links)
	r.links.filter = allLinks
	r.links.sift()
	r.until("the ledger is read", func() bool { return !r.links.loading && len(r.links.shown) == len(names) })
	return r
}

// entry is the one of this name, as the place has it.
func (r *rig) entry(name string) desk.Entry {
	r.t.Helper()
	for _, e := range r.links.entries {
		if e.Name == name {
			return e
		}
	}
	r.t.Fatalf("no entry %q", name)
	return desk.Entry{}
}

// line is what the row of this name shows and does.
func (r *rig) line(name string) (rowContent, rowActions) {
	r.t.Helper()
	at := r.links.index(r.entry(name).ID)
	if at < 0 {
		r.t.Fatalf("%q is not shown", name)
	}
	return r.links.row(at)
}

// chips are the words on the chips of the filter.
func (r *rig) chips() string {
	var words []string
	for _, f := range linkFilters() {
		words = append(words, r.links.filters[f].text)
	}
	return strings.Join(words, ", ")
}

// says is what a notice says, "" while it is not there.
func (r *rig) says(name string) string {
	var words []string
	if line := r.notices.lines[name]; line != nil {
		eachObject(line, func(o fyne.CanvasObject) {
			if l, ok := o.(*widget.Label); ok {
				words = append(words, l.Text)
			}
		})
	}
	return strings.Join(words, " ")
}

// press presses a button of a notice.
func (r *rig) press(name, text string) {
	r.t.Helper()
	var found *button
	if line := r.notices.lines[name]; line != nil {
		eachObject(line, func(o fyne.CanvasObject) {
			if b, ok := o.(*button); ok && b.text == text {
				found = b
			}
		})
	}
	if found == nil {
		r.t.Fatalf("no button %q in the notice %q, which says %q", text, name, r.says(name))
	}
	found.Tapped(nil)
}

// eachObject calls f for an object and for all that is in it.
func eachObject(o fyne.CanvasObject, f func(fyne.CanvasObject)) {
	f(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, inner := range o.Objects {
			eachObject(inner, f)
		}
	case fyne.Widget:
		for _, inner := range test.WidgetRenderer(o).Objects() {
			eachObject(inner, f)
		}
	}
}

// key does what a shortcut does.
func (r *rig) key(id string) {
	r.t.Helper()
	at := slices.IndexFunc(r.keys, func(k shortcut) bool { return k.id == id })
	if at < 0 {
		r.t.Fatalf("no key %q", id)
	}
	r.keys[at].do()
}

// status is what a store answers to a link.
func status(t *testing.T, link string) int {
	t.Helper()
	resp, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// revoke deletes an entry's object, as the command line would.
func (r *rig) revoke(e desk.Entry) {
	r.t.Helper()
	ctx := context.Background()
	asked, err := r.desk.Revocable(ctx, e.ID)
	if err == nil {
		_, err = r.desk.Revoke(ctx, asked, desk.RevokeDelete)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) clipboard() string { return r.app.Clipboard().Content() }

// linkTo signs an entry's link, as a person who copies it.
func (r *rig) linkTo(name string) string {
	r.t.Helper()
	l, err := r.desk.CopyLink(context.Background(), r.entry(name).ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return l.URL
}

// choose takes an item of the menu that is open, by the words on it and on those that lead to it.
func (r *rig) choose(labels ...string) {
	r.t.Helper()
	items := r.closeMenu()
	for n, label := range labels {
		at := slices.IndexFunc(items, func(i *fyne.MenuItem) bool { return i.Label == label })
		if at < 0 {
			r.t.Fatalf("no item %q", label)
		}
		if n == len(labels)-1 {
			items[at].Action()
			return
		}
		items = items[at].ChildMenu.Items
	}
}

// closeMenu closes the menu that is open, and gives what was to be chosen from.
func (r *rig) closeMenu() (items []*fyne.MenuItem) {
	r.t.Helper()
	top := r.window.Canvas().Overlays().Top()
	if top == nil {
		r.t.Fatal("no menu is open")
	}
	eachObject(top, func(o fyne.CanvasObject) {
		m, ok := o.(*widget.PopUpMenu)
		if !ok || items != nil {
			return
		}
		for _, item := range m.Items { // of a type that Fyne keeps to itself
			if field := reflect.Indirect(reflect.ValueOf(item)).FieldByName("Item"); field.IsValid() {
				items = append(items, field.Interface().(*fyne.MenuItem))
			}
		}
	})
	r.window.Canvas().Overlays().Remove(top)
	return items
}

// opened is an app that remembers what was opened and what it said, instead of doing it.
type openedApp struct {
	fyne.App
	urls  chan *url.URL
	notes chan *fyne.Notification
}

func (a *openedApp) OpenURL(u *url.URL) error { a.urls <- u; return nil }

func (a *openedApp) SendNotification(n *fyne.Notification) { a.notes <- n }

// watched puts such an app between the window and Fyne's.
func (r *rig) watched() *openedApp {
	a := &openedApp{App: r.ui.app, urls: make(chan *url.URL, 8), notes: make(chan *fyne.Notification, 64)}
	r.ui.app = a
	return a
}
