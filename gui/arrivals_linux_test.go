package gui

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"waybill/internal/desk"
)

// folderFor has the desktop's chooser answer with a folder.
func folderFor(t *testing.T) (p *portal, folder string, answers func()) {
	t.Helper()
	p, folder = savesTo(t), filepath.Join(t.TempDir(), "here it is")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return p, folder, func() { p.answers <- answer{0, []string{"file://" + strings.ReplaceAll(folder, " ", "%20")}} }
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDownloadToAFolder: all or some, never over what is there, and under names that do no harm.
func TestDownloadToAFolder(t *testing.T) {
	r := inRequests(t, "download")
	chooser, folder, chosen := folderFor(t)
	w := r.asks(desk.RequestOptions{For: "Anna"})
	write(t, filepath.Join(folder, "plan.txt"), "mine")
	for name, text := range map[string]string{"plan.txt": "hers", "b.txt": "b", "evil\u202efdp.exe": "x", ".profile": "rm"} {
		r.sends(w, name, text)
	}
	p := r.shows(w, 4)
	// Whatever its sender wrote, a name reads as it is.
	for i := range p.arrivals {
		if c, _ := p.row(i); strings.ContainsRune(c.name, '\u202e') {
			t.Errorf("%q turns around", c.name)
		}
	}
	_, act := r.arrival("b.txt")
	chosen()
	act.main()
	r.until("it is there", func() bool { return r.says(downloadNotice) == "b.txt is downloaded. "+folder })
	if asked := <-chooser.asked; asked["directory"].Value() != true {
		t.Error("no folder was asked for")
	}
	if contentOf(t, filepath.Join(folder, "b.txt")) != "b" {
		t.Error("it is another file")
	}
	if c, _ := r.arrival("b.txt"); c.chip != "Downloaded" || c.main != "Show in its folder" {
		t.Errorf("its row says %q, %q", c.chip, c.main)
	}
	if c, _ := r.arrival("plan.txt"); c.main != "Download" {
		t.Errorf("the row of another says %q", c.main)
	}
	// All: what is there already is not brought once more, and not written over.
	chosen()
	p.bring.Tapped(nil)
	r.until("all are there", func() bool { return r.says(downloadNotice) == "4 files are downloaded. "+folder })
	var names []string
	found, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		names = append(names, f.Name())
	}
	want := []string{"_.profile", "b.txt", "evil[U+202E]fdp.exe", "plan (2).txt", "plan.txt"}
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("there are %q, want %q", names, want)
	}
	if contentOf(t, filepath.Join(folder, "plan.txt")) != "mine" || contentOf(t, filepath.Join(folder, "plan (2).txt")) != "hers" {
		t.Error("what was there was written over")
	}
	// It is in the folder that the next chooser begins with, and can be shown there.
	<-chooser.asked
	a := r.watched()
	r.press(downloadNotice, "Show in its folder")
	if u := <-a.urls; u.Scheme != "file" || u.Path != folder {
		t.Errorf("%s is shown", u)
	}
	if got := r.desk.Settings().Requests.Folder; got != folder {
		t.Errorf("%q is remembered", got)
	}
	// Where nothing can be written, the row says why.
	r.bring(w.Request, filepath.Join(folder, "plan.txt"), nil)
	r.until("it says why not", func() bool { return strings.HasPrefix(r.says(downloadNotice), "The folder "+folder) })
	if err := os.Mkdir(filepath.Join(folder, "more"), 0o700); err != nil {
		t.Fatal(err)
	}
	// The selected ones, by the key for saving.
	chooser.answers <- answer{1, nil}
	p.selectAll()
	if p.bar.all.Hidden || p.bar.count.text != "4 selected" {
		t.Error("there is nothing to do with the selected")
	}
	r.notices.hide(downloadNotice)
	r.key("export")
	<-chooser.asked
	if r.says(downloadNotice) != "" {
		t.Error("nothing was chosen, and something is downloaded")
	}
	r.key("escape")
	if len(p.selected) != 0 || !p.all.Visible() {
		t.Error("Escape does not end the selection, and only that")
	}
}

// TestADownloadCanBeStopped: what is there stays, and nothing half done is left.
func TestADownloadCanBeStopped(t *testing.T) {
	r := inRequests(t, "stop")
	_, folder, _ := folderFor(t)
	w := r.asks(desk.RequestOptions{})
	for range 3 {
		r.sends(w, "large.bin", strings.Repeat("0123456789abcdef", 1<<20))
	}
	p := r.shows(w, 3)
	r.bring(p.request, folder, nil)
	b := r.brings[w.Request.ID]
	r.until("it is under way", func() bool {
		_, bytes := b.sum()
		return bytes > 0
	})
	if p.show(); !strings.HasPrefix(p.summary.text, "Downloading ") || p.bring.text != "Stop" {
		t.Errorf("it says %q, %q", p.summary.text, p.bring.text)
	}
	r.download(p.request, nil)
	if got := r.says(downloadNotice); !strings.HasPrefix(got, "Files of this request are being downloaded already.") {
		t.Errorf("it says %q", got)
	}
	r.notices.hide(downloadNotice)
	r.bring(p.request, t.TempDir(), nil) // whose folder was asked for before the first one began
	if got := r.says(downloadNotice); !strings.HasPrefix(got, "Files of this request are being downloaded already.") || r.brings[w.Request.ID] != b {
		t.Errorf("a second download begins, and it says %q", got)
	}
	p.bring.Tapped(nil)
	r.until("it has stopped", func() bool { return strings.HasPrefix(r.says(downloadNotice), "Stopped: ") })
	found, err := filepath.Glob(filepath.Join(folder, ".waybill-*"))
	if err != nil || len(found) > 0 {
		t.Errorf("%v: %q are left", err, found)
	}
	if p.bring.text != "Download all…" {
		t.Errorf("the button says %q", p.bring.text)
	}
}

// TestThePageForAMail: it is saved, and the rule that it needs is shown, added when that is wanted, and taken back.
func TestThePageForAMail(t *testing.T) {
	r := inRequests(t, "mailed")
	chooser := savesTo(t)
	w := r.asks(desk.RequestOptions{For: "Anna"})
	file := filepath.Join(t.TempDir(), "page.html")
	chooser.answers <- answer{0, []string{"file://" + file}}
	r.requests.rows.list.at = 0
	r.key("page")
	r.until("it is saved", func() bool {
		return strings.HasPrefix(r.says(saveNotice), "page.html is saved. Attach it to the mail.")
	})
	if name, _ := (<-chooser.asked)["current_name"].Value().(string); name != w.HTMLName || !strings.HasSuffix(name, ".html") {
		t.Errorf("it proposes %q", name)
	}
	if page := contentOf(t, file); !strings.Contains(page, "Anna") || !regexp.MustCompile(`(?i)signature`).MatchString(page) {
		t.Error("it is no page to upload from")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the page: %v", err)
	}
	r.until("the rule is offered", func() bool { return r.says(corsNotice) != "" })
	if got := r.says(corsNotice); !strings.HasPrefix(got, "A page in a file may not upload to sandbox yet") || !strings.Contains(got, `"AllowedMethods"`) {
		t.Fatalf("it says %q", got)
	}
	r.press(corsNotice, "Not now")
	if c, err := r.desk.CORS(context.Background(), w.Request.Destination.Store, "sandbox"); err != nil || c.Allowed {
		t.Fatalf("%v, %+v: the rule is there without consent", err, c)
	}
	r.checkCORS(w.Request, true)
	r.until("the rule is offered again", func() bool { return r.says(corsNotice) != "" })
	r.press(corsNotice, "Add it")
	r.until("it is added", func() bool {
		return strings.HasPrefix(r.says(corsNotice), "The rule is added: the page works from a file now.")
	})
	if c, err := r.desk.CORS(context.Background(), w.Request.Destination.Store, "sandbox"); err != nil || !c.Allowed || !c.Ours {
		t.Errorf("%v, %+v", err, c)
	}
	r.press(corsNotice, "Undo")
	r.until("it is taken back", func() bool { return strings.HasPrefix(r.says(corsNotice), "The rule is taken back") })
	if c, err := r.desk.CORS(context.Background(), w.Request.Destination.Store, "sandbox"); err != nil || c.Allowed {
		t.Errorf("%v, %+v", err, c)
	}
}

// TestWhatIsNotAsItWasAskedFor is marked in its row.
func TestWhatIsNotAsItWasAskedFor(t *testing.T) {
	r := inRequests(t, "marks")
	w := r.asks(desk.RequestOptions{Files: 2, MaxSize: 1000, Kinds: []string{".zip"}})
	r.sends(w, "large.zip", strings.Repeat("x", 2000))
	r.sends(w, "odd.exe", "x")
	p := r.shows(w, 2)
	for name, want := range map[string]string{"large.zip": "larger than you asked for · 2.0\u00a0kB · arrived ", "odd.exe": "of another kind than you asked for · 1\u00a0B · arrived "} {
		if c, _ := r.arrival(name); !strings.HasPrefix(c.text, want) || c.texts != colorWarn {
			t.Errorf("%s: %q", name, c.text)
		}
	}
	if c, _ := r.requests.row(0); !strings.HasPrefix(c.text, "2 of 2 files, ") && !strings.HasPrefix(c.text, "Nothing") {
		t.Errorf("%q", c.text)
	}
	// It can be passed on by a link.
	p.linkTo(p.arrivals[p.index(p.arrivals[0].Key)])
	r.until("the link is copied", func() bool { return strings.HasPrefix(r.says(requestNotice), "The link to ") })
	if status(t, r.clipboard()) != 200 {
		t.Error("it leads nowhere")
	}
	r.until("the Links place has it", func() bool { return len(r.links.entries) == 1 })
	// What is taken away in the bucket is said, and not offered.
	r.revoke(r.links.entries[0])
	p.look()
	r.until("it is gone", func() bool { c, _ := p.row(0); return c.chip == "Gone" && c.main == "" })
}
