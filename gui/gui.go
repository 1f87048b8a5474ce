// Package gui is the window: what a person sees and touches. It holds no rule of its own; whatever has to be
// decided is decided by the desk.
//
// Everything here happens on Fyne's main goroutine, but for what is marked with a "go" and comes back through
// fyne.Do: asking the desk, and following a drop. A place never waits for either.
package gui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"

	"waybill/assets"
	"waybill/internal/autostart"
	"waybill/internal/desk"
	"waybill/internal/finder"
	"waybill/internal/instance"
	"waybill/signer"
)

// ID is the application's name towards the system, as in FyneApp.toml.
const ID = autostart.ID

// Options is what a window is opened with.
type Options struct {
	Store     desk.Store // what the flags name; the zero Store is what was used last
	Files     []string   // queued at once, absolute
	Minimised bool       // out of the way: in the tray, or iconified where there is none
	Version   string
}

// ErrNoDisplay says that there is nowhere to open a window.
var ErrNoDisplay = errors.New("there is no display to open a window on; `waybill send` does the same job without one")

// Run opens the window and comes back when it is closed. Where one is open already, that one gets the files.
func Run(ctx context.Context, d *desk.Desk, o Options) error {
	o.Store = named(o.Store)
	call := instance.Call{Store: o.Store, Files: o.Files, Surroundings: desk.Surroundings(), Quietly: o.Minimised}
	first, err := instance.Claim(ctx, d.Home(), call)
	switch {
	case errors.Is(err, instance.ErrHandedOver):
		return nil
	case errors.Is(err, instance.ErrSilent), errors.As(err, new(instance.Refusal)), ctx.Err() != nil:
		notHandedOver(ctx, err)
		return err
	} // any other error is of a home that takes no lock: a window all the same, of which other starts know nothing
	if !hasDisplay() {
		return errors.Join(ErrNoDisplay, first.Close())
	}
	handed, err := finder.Handed()
	if err != nil {
		return errors.Join(err, first.Close())
	}
	// Fyne makes two folders in the folder for caches, and not that one: in a new home it would complain on the terminal.
	if caches, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(caches, 0o700) // #nosec G301 -- without it Fyne has no cache, and says so
	}
	a := app.NewWithID(ID)
	a.SetIcon(fyne.NewStaticResource("waybill.png", assets.Icon))
	if err := lang.AddTranslationsFS(assets.Translations, "translations"); err != nil {
		return err
	}
	u := newUI(ctx, a, d, o)
	u.surroundings = call.Surroundings
	u.notifier = newNotifier(u)
	// Fyne hears signals too, and may be at its end by now: closing a window is too late then.
	stop := context.AfterFunc(ctx, func() { u.do(a.Driver().Quit) })
	defer stop()
	u.watchFront()
	if o.Minimised {
		u.back.hidden, u.back.resident = true, true
		u.keepTrace()
	} else {
		u.window.Show()
		u.back.shown = true
	}
	u.begin(o)
	go u.takeHanded(handed)
	go u.tray.watch()
	if first != nil {
		first.Serve(u.serve)
	}
	a.Run()
	u.cancel(nil)
	err = first.Close() // whoever starts now gets a window of their own
	u.tray.end()
	u.notifier.end()
	u.end()
	return err
}

// named is a store with the profile that this process takes for it: a window that is open already may have been started
// with another in its environment. A store that nobody has named stays so.
func named(s desk.Store) desk.Store {
	if s != (desk.Store{}) && !s.Sandbox && s.Profile == "" {
		s.Profile = signer.DefaultProfile()
	}
	return s
}

// patience is how long a window waits for a network that was lost: a laptop may be closed over a weekend.
const patience = 7 * 24 * time.Hour

// hasDisplay reports whether a window can be opened at all: without it, Fyne ends the process.
func hasDisplay() bool {
	switch runtime.GOOS {
	case "linux", "freebsd", "openbsd", "netbsd":
		return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
	}
	return true
}

// ui is the window, and what its places share.
type ui struct {
	ctx    context.Context // over when the window is closed
	cancel context.CancelCauseFunc
	busy   sync.WaitGroup // drops that are not over

	app     fyne.App
	window  fyne.Window
	desk    *desk.Desk
	look    *look
	words   *words
	now     func() time.Time
	do      func(func()) // runs something on the main goroutine: fyne.Do, but for tests
	held    func() fyne.KeyModifier
	version string

	back         background
	tray         *tray
	notifier     notifier          // nil in tests
	surroundings map[string]string // see desk.Surroundings

	float    *float
	notices  *notices
	chooser  *dialog.FileDialog // Fyne's own, while it covers the window
	side     *sidebar
	send     *sendPlace
	links    *linksPlace
	requests *requestsPlace
	arrivals *arrivalsPlace // of one request
	asking   *requestForm
	adding   *storeForm
	here     *herePage // of the Send place's destination
	browser  *browsePlace
	checking *checkPlace // of a destination
	settings *settingsPlace
	shell    *fyne.Container
	cover    *fyne.Container // over the shell, for what wants the whole window; hidden while there is nothing
	qr       *qrPanel        // what lies there, if it is a QR code
	uncover  func()          // takes away what lies there; nil while there is nothing
	keys     []shortcut
	brings   map[string]*bringing // what was downloaded last, by the request's ID
	codes    *codeQuestions
	signing  *signingIn // who is signing in at present; nil for nobody
	unsure   bool       // a line says that the settings cannot be read
}

// newUI builds the window without showing it.
func newUI(ctx context.Context, a fyne.App, d *desk.Desk, o Options) *ui {
	u := &ui{app: a, desk: d, now: time.Now, do: fyne.Do, held: heldKeys, version: o.Version,
		brings: map[string]*bringing{}}
	u.float = newFloat(func(f func()) { u.do(f) })
	u.ctx, u.cancel = context.WithCancelCause(ctx)
	u.words = newWords(systemLocale(), time.Local)
	u.look = newLook(d.Settings().Appearance)
	d.SetLimitRate(d.Settings().LimitRate)
	d.SetPatience(patience)
	a.Settings().SetTheme(u.look)
	u.window = a.NewWindow("Waybill")
	u.window.SetMaster()
	u.window.SetPadded(false)

	u.tray = &tray{u: u}
	u.notices = u.newNotices()
	u.codes = u.newCodeQuestions()
	d.SetCode(u.codes.ask)
	u.send = u.newSendPlace(o.Store)
	u.links = u.newLinksPlace()
	u.arrivals = u.newArrivalsPlace()
	u.requests = u.newRequestsPlace()
	u.asking = u.newRequestForm()
	u.adding = u.newStoreForm()
	u.here = u.newHerePage()
	u.browser = u.newBrowsePlace()
	u.checking = u.newCheckPlace()
	u.settings = u.newSettingsPlace()
	u.side = u.newSidebar()
	u.shell = container.New(&shellLayout{u}, newSurface(colorSide, colorNone, 0), u.side.all, u.notices.box,
		u.send.all, u.links.all, u.requests.all, u.arrivals.all, u.asking.all, u.adding.all, u.here.all, u.browser.all, u.checking.all, u.settings.all)
	u.cover = container.NewStack()
	u.cover.Hide()
	u.window.SetContent(container.NewStack(u.shell, u.cover, u.float.layer))
	u.window.Resize(fyne.NewSize(960, 640))
	u.keys = u.shortcuts()
	u.listenToKeys()
	u.window.SetOnDropped(func(_ fyne.Position, dropped []fyne.URI) {
		paths := make([]string, 0, len(dropped))
		for _, d := range dropped {
			paths = append(paths, filepath.FromSlash(d.Path())) // Fyne has slashes on Windows too
		}
		u.open(u.send)
		u.send.drop(paths)
	})
	u.window.SetCloseIntercept(u.closeWindow)
	u.open(u.send)
	return u
}

// begin starts what a window does once it is there.
func (u *ui) begin(o Options) {
	u.send.dest.begin()
	u.links.load()
	u.requests.load()
	u.ledgerTrouble()
	u.settingsTrouble()
	u.send.offerToGoOn()
	u.askAboutUpdates()
	if len(o.Files) > 0 {
		u.send.drop(o.Files)
	}
	go u.tick()
	go u.follow()
	go u.followUpdates()
	go u.followProfiles()
}

// end waits until what was under way is over, so that no half-finished upload stays in the bucket that nobody knows.
func (u *ui) end() {
	u.cancel(nil)
	done := make(chan struct{})
	go func() { u.busy.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(endWithin):
	}
}

// endWithin is how long closing the window may wait for the store to take half-finished uploads away.
const endWithin = 20 * time.Second

// tick lets countdowns count.
func (u *ui) tick() {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-u.ctx.Done():
			return
		case <-second.C:
			u.do(u.count)
		}
	}
}

// count is called once a second.
func (u *ui) count() {
	u.mended()
	u.links.tick()
	u.send.tick()
	u.requests.tick()
	u.notices.tick()
	u.settings.tick()
	if u.signing != nil {
		u.signing.tick()
	}
	if u.qr != nil {
		u.qr.tick()
	}
	u.tray.show()
}

// ledgerEvery is the shortest time between two looks at the ledger: a large drop changes it many times a second.
const ledgerEvery = time.Second

// follow shows what changes in the ledger.
func (u *ui) follow() {
	for {
		select {
		case <-u.ctx.Done():
			return
		case <-u.desk.Changed():
			u.do(func() {
				u.links.load()
				u.requests.load()
			})
		}
		select {
		case <-u.ctx.Done():
			return
		case <-time.After(ledgerEvery):
		}
	}
}

// ledgerTrouble says what cannot be recorded.
func (u *ui) ledgerTrouble() {
	u.notices.trouble("ledger", u.desk.LedgerTrouble(), warning)
}

// open shows one of the places.
func (u *ui) open(p place) {
	if u.uncover != nil {
		u.uncover()
	}
	for _, other := range []place{u.send, u.links, u.requests, u.arrivals, u.asking, u.adding, u.here, u.browser, u.checking, u.settings} {
		if other == p {
			other.content().Show()
		} else {
			other.content().Hide()
		}
	}
	u.window.Canvas().Unfocus()
	u.side.mark(p)
	p.inSight()
}

// coverWith lays something over the whole window. It lies there until u.uncover is called, which calls gone.
func (u *ui) coverWith(over fyne.CanvasObject, gone func()) {
	if u.uncover != nil {
		u.uncover()
	}
	u.uncover = func() {
		u.uncover = nil
		u.cover.Objects = nil
		u.cover.Hide()
		u.shell.Show()
		gone()
		u.window.Content().Refresh()
	}
	u.float.hideTip()
	u.cover.Objects = []fyne.CanvasObject{over}
	u.shell.Hide()
	u.cover.Show()
}

// closesOne closes what was opened last over a list with a selection, as Escape does, and reports whether there was
// anything.
func (u *ui) closesOne(s *selection) bool {
	switch {
	case u.uncover != nil:
		u.uncover()
	case u.dropQuestion():
	case len(s.selected) > 0:
		s.selectNone()
	default:
		return false
	}
	return true
}

// place is one of the things that the window can show beside its sidebar.
type place interface {
	content() fyne.CanvasObject
	inSight() // called when it has come into sight
}

// relayout lays the window out anew after something has appeared or gone.
func (u *ui) relayout() {
	u.float.hideTip() // what it points at is about to move
	if u.shell != nil {
		u.shell.Refresh()
	}
}

// ask does something that may take a while, and brings its result to the main goroutine.
func ask[T any](u *ui, do func(context.Context) (T, error), then func(T, error)) {
	go func() {
		result, err := do(u.ctx)
		if u.ctx.Err() == nil {
			u.do(func() {
				then(result, err)
				if t := u.desk.ClockTrouble(); t != nil {
					u.notices.trouble(t.Code, t, warning)
				}
			})
		}
	}()
}

// copy puts a text on the clipboard; what the rows say is on it has gone then.
func (u *ui) copy(text string) {
	u.app.Clipboard().SetContent(text)
	u.send.uncopied()
	u.links.uncopied()
	u.requests.uncopied()
	u.browser.links.uncopied()
	u.checking.uncopied()
}
