package gui

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waybill/internal/desk"
)

// TestBrokenSettingsAreSaid: at the start that they cannot be read, and after a choice where they are kept.
func TestBrokenSettingsAreSaid(t *testing.T) {
	home := t.TempDir()
	settings := filepath.Join(home, "settings.json")
	write(t, settings, `{"uploads": [`)
	withProfiles(t)
	r := open(t, home, Options{})
	r.ready()
	if got := r.says("unreadable"); !strings.Contains(got, "The settings cannot be read") || !strings.Contains(got, settings) {
		t.Errorf("at the start it says %q", got)
	}
	chips := map[string]*filterChip{}
	collect(r.settings.scroll.Content, chips)
	chips["1 hour before"].Tapped(nil)
	kept, err := filepath.Glob(settings + ".broken-*")
	if err != nil || len(kept) != 1 {
		t.Fatalf("%q is kept", kept)
	}
	if got := r.says("unreadable"); !strings.Contains(got, kept[0]) {
		t.Errorf("after a choice it says %q", got)
	}
}

// TestNothingGoesByDefaultsUnasked: where the settings become unreadable under an open window, a drop waits until they are
// mended or somebody says that the defaults are fine; else it would go without what was chosen for it.
func TestNothingGoesByDefaultsUnasked(t *testing.T) {
	r := inLinks(t, "unsure", "old.txt")
	if err := r.desk.SetUpload(t.Context(), r.send.dest.at, desk.UploadSettings{CacheControl: "no-store"}); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(r.desk.Home(), "settings.json")
	good, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	kept := func() []string {
		list, err := filepath.Glob(settings + ".broken-*")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	cached := func(name string) string {
		at := slices.IndexFunc(r.send.shown, func(t *transfer) bool { return t.Name == name })
		resp, err := http.Get(r.send.shown[at].Link.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		return resp.Header.Get("Cache-Control")
	}
	waits := func() bool {
		return len(r.send.waiting) == 1 && strings.Contains(r.says("waiting"), "Nothing was done, as the settings cannot be read") && strings.Contains(r.says("waiting"), settings)
	}

	write(t, settings, "{")
	r.send.drop([]string{r.file("a.txt", "a")})
	r.send.tick()
	if !waits() || len(r.send.shown) != 1 || len(kept()) != 0 {
		t.Fatalf("%q wait, and it says %q; put aside: %q", r.send.waiting, r.says("waiting"), kept())
	}
	write(t, settings, string(good))
	r.send.tick()
	r.over(2)
	if got := cached("a.txt"); got != "no-store" || len(r.send.waiting) != 0 || r.says("waiting") != "" || len(kept()) != 0 {
		t.Errorf("mended, it goes with %q; it says %q", got, r.says("waiting"))
	}

	write(t, settings, "{")
	r.send.drop([]string{r.file("b.txt", "b")})
	if !waits() {
		t.Fatalf("%q wait, and it says %q", r.send.waiting, r.says("waiting"))
	}
	r.press("waiting", "Go by the defaults")
	r.over(3)
	if got := cached("b.txt"); got != "" || len(kept()) != 1 || !strings.Contains(r.says(unreadable), kept()[0]) {
		t.Errorf("by the defaults it goes with %q; kept: %q; it says %q", got, kept(), r.says(unreadable))
	}
}

// TestNoChoiceByDefaultsUnasked: a page of choices that nobody can read would show that nothing was chosen, and keep that.
func TestNoChoiceByDefaultsUnasked(t *testing.T) {
	r := inLinks(t, "choices", "old.txt")
	settings := filepath.Join(r.desk.Home(), "settings.json")
	good, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	write(t, settings, "{")
	names := r.send.dest.names
	r.openHere()
	names.open()
	if r.here.all.Visible() || names.card.Visible() || !strings.Contains(r.says(unreadable), "cannot be read") {
		t.Errorf("page: %v, card: %v, it says %q", r.here.all.Visible(), names.card.Visible(), r.says(unreadable))
	}
	write(t, settings, string(good))
	r.openHere()
	if !r.here.all.Visible() || r.says(unreadable) != "" {
		t.Errorf("page: %v, it says %q", r.here.all.Visible(), r.says(unreadable))
	}
	write(t, settings, "{")
	r.here.take()
	if text, err := os.ReadFile(settings); err != nil || string(text) != "{" || !r.here.all.Visible() || r.says(unreadable) == "" {
		t.Errorf("the settings hold %q (%v); page: %v, it says %q", text, err, r.here.all.Visible(), r.says(unreadable))
	}
	r.press(unreadable, "Go by the defaults")
	r.until("it is kept", func() bool { return !r.here.all.Visible() && r.desk.SureSettings() == nil })
}

// TestNoLinksByDefaultsUnasked: the same of everything else that sends or makes links, as on the command line.
func TestNoLinksByDefaultsUnasked(t *testing.T) {
	r := inLinks(t, "unsure-links", "1.txt", "2.txt")
	b := r.browses("unsure-links/")
	settings := filepath.Join(r.desk.Home(), "settings.json")
	entries := slices.Clone(r.links.entries)
	r.asking.inSight()
	for name, do := range map[string]func(){
		"renewing":            func() { r.links.renew(entries, 0) },
		"a bundle of entries": func() { r.links.bundle(entries, "x") },
		"a bundle of a drop":  r.send.bundleAll,
		"links in a bucket":   func() { b.links.make(b.bucket, []string{"unsure-links/1.txt"}, b.links.take) },
		"a request":           r.asking.submit,
		"sending again":       func() { r.send.again(r.send.shown[0]) },
		"sending an entry":    func() { r.send.sendTo(r.send.dest.at, entries[0]) },
	} {
		write(t, settings, "{")
		r.notices.hide(unreadable)
		do()
		if got := r.says(unreadable); !strings.Contains(got, "Nothing was done, as the settings cannot be read") {
			t.Errorf("%s: it says %q", name, got)
		}
		if n := r.send.totals(); n.open > 0 || n.files != 2 || b.links.making > 0 || r.asking.making {
			t.Errorf("%s goes on", name)
		}
	}
	if list, err := r.desk.Links(t.Context(), 0); err != nil || len(list) != 2 {
		t.Errorf("%d links, %v", len(list), err)
	}
	r.links.renew(entries, 0)
	r.press(unreadable, "Go by the defaults")
	r.until("they are renewed", func() bool { return strings.HasPrefix(r.says("renew"), "2 links are renewed.") })
	if got := r.says(unreadable); !strings.Contains(got, ".broken-") {
		t.Errorf("it says %q", got)
	}
}

// TestQuestionsAboutSettingsEnd: once the settings are mended, the line about them goes, and with it the button that would do
// again what was asked for meanwhile.
func TestQuestionsAboutSettingsEnd(t *testing.T) {
	r := inLinks(t, "mended", "1.txt")
	settings := filepath.Join(r.desk.Home(), "settings.json")
	good, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	entries := slices.Clone(r.links.entries)
	for how, mended := range map[string]func(){
		"with what is asked for next": func() {
			r.links.renew(entries, 0)
			r.until("it is renewed", func() bool { return strings.HasPrefix(r.says("renew"), "The new link to 1.txt is copied.") })
		},
		"by itself": r.count,
	} {
		write(t, settings, "{")
		if r.links.renew(entries, 0); !strings.Contains(r.says(unreadable), "Nothing was done") {
			t.Fatalf("it says %q", r.says(unreadable))
		}
		write(t, settings, string(good))
		if mended(); r.says(unreadable) != "" {
			t.Errorf("%s: it still says %q", how, r.says(unreadable))
		}
	}
}

// TestWhatIsRememberedIsNoChoice: a download keeps its folder in mind, and does not put settings aside for it that cannot be read:
// what is sent next would go by the defaults, and nobody was asked.
func TestWhatIsRememberedIsNoChoice(t *testing.T) {
	r := inRequests(t, "remembered")
	w := r.asks(desk.RequestOptions{})
	r.sends(w, "a.txt", "a")
	p, folder := r.shows(w, 1), t.TempDir()
	settings := filepath.Join(r.desk.Home(), "settings.json")
	write(t, settings, "{")
	r.bring(p.request, folder, nil)
	r.until("it is there", func() bool { return strings.HasPrefix(r.says(downloadNotice), "a.txt is downloaded.") })
	if text, err := os.ReadFile(settings); err != nil || string(text) != "{" || r.desk.SureSettings() == nil {
		t.Errorf("the settings are %q, %v", text, err)
	}
	if got := r.desk.Settings().Requests.Folder; got != folder {
		t.Errorf("the next one begins in %q", got)
	}
}
