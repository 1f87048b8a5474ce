package gui

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/godbus/dbus/v5"

	"waybill/internal/desk"
)

// SaveFile answers as OpenFile does: where to save is asked in the same words.
func (p *portal) SaveFile(sender dbus.Sender, parent, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	return p.OpenFile(sender, parent, title, options)
}

// savesTo has the desktop's chooser answer with a file.
func savesTo(t *testing.T) *portal {
	t.Helper()
	privateBus(t)
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	p := &portal{bus: bus, answers: make(chan answer, 1), asked: make(chan map[string]dbus.Variant, 8)}
	if err := bus.Export(p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.FileChooser"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.portal.Desktop", 0); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExportOfWhatIsShownOrSelected(t *testing.T) {
	r := inLinks(t, "export", "1.txt", "=2.txt", "3.txt")
	p, chooser := r.links, savesTo(t)
	file := filepath.Join(t.TempDir(), "my links+1.csv")
	rows := func() [][]string {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "X-Amz") || strings.Contains(string(text), "http://127.0.0.1") && strings.Contains(string(text), "?") {
			t.Error("there is a link in it")
		}
		all, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	to := func() {
		chooser.answers <- answer{0, []string{"file://" + strings.NewReplacer(" ", "%20", "+", "%2B").Replace(file)}}
	}
	to()
	r.key("export")
	r.until("it is saved", func() bool {
		return strings.HasPrefix(r.says(saveNotice), "my links+1.csv is saved. 3 links are in it")
	})
	if all := rows(); len(all) != 4 || all[0][1] != "name" || all[1][1] != "3.txt" || all[2][1] != "'=2.txt" {
		t.Errorf("%q", all)
	}
	if name, _ := (<-chooser.asked)["current_name"].Value().(string); !regexp.MustCompile(`^waybill-links-\d{4}-\d\d-\d\d\.csv$`).MatchString(name) {
		t.Errorf("it proposes %q", name)
	}
	// The file is there now: nothing is replaced without a word.
	p.search.SetText("1.txt")
	to()
	r.key("export")
	r.until("it asks", func() bool { return r.says(replaceQuestion) != "" })
	r.press(replaceQuestion, "Keep it")
	if all := rows(); len(all) != 4 {
		t.Error("it was replaced")
	}
	to()
	r.key("export")
	r.until("it asks again", func() bool { return r.says(replaceQuestion) != "" })
	r.notices.hide(saveNotice)
	r.press(replaceQuestion, "Replace it")
	r.until("it is saved", func() bool { return strings.HasPrefix(r.says(saveNotice), "my links+1.csv is saved. 1 link is in it") })
	if all := rows(); len(all) != 2 || all[1][1] != "1.txt" {
		t.Errorf("%q", all)
	}
	// What is selected, as JSON.
	p.search.SetText("")
	file = filepath.Join(t.TempDir(), "links.json")
	p.pick(0)
	p.pick(1)
	to()
	p.bar.menu()
	r.choose("Export as JSON…")
	r.until("it is saved", func() bool { return strings.HasPrefix(r.says(saveNotice), "links.json is saved.") })
	text, err := os.ReadFile(file)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var one desk.Exported
	if err != nil || len(lines) != 2 || json.Unmarshal([]byte(lines[0]), &one) != nil || one.Name != "3.txt" || one.Bucket != "sandbox" {
		t.Errorf("%v: %q", err, text)
	}
	// Nothing chosen is nothing done; where nothing can be written, the window says so.
	r.notices.hide(saveNotice)
	chooser.answers <- answer{1, nil}
	r.key("export")
	file = filepath.Join(t.TempDir(), "not there", "links.csv")
	to()
	r.key("export")
	r.until("it says why not", func() bool { return r.says(saveNotice) == "links.csv could not be saved. no such file or directory" })
}

func TestLongLinksAreNotMailedWithoutAWord(t *testing.T) {
	name := strings.Repeat("длинное имя ", 6) + "отчёта.txt"
	r := inLinks(t, "long", name)
	p, a, chooser := r.links, r.watched(), savesTo(t)
	if link := r.linkTo(name); !desk.MailBreaks(link) {
		t.Fatalf("the link has %d bytes", len(link))
	}
	p.mail(r.entry(name))
	r.until("it warns", func() bool {
		return strings.HasPrefix(r.says(mailQuestion), "This link is longer than a line of a mail may be")
	})
	if !strings.Contains(r.says(mailQuestion), whatLinksCannot()) {
		t.Errorf("%q", r.says(mailQuestion))
	}
	file := filepath.Join(t.TempDir(), "lead.html")
	chooser.answers <- answer{0, []string{"file://" + file}}
	r.press(mailQuestion, "Save a small page…")
	r.until("it is saved", func() bool {
		return strings.HasPrefix(r.says(saveNotice), "lead.html is saved. Attach it to the mail.")
	})
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`href="(http[^"]+)"`).FindStringSubmatch(string(page))
	if len(address) != 2 || fetch(t, strings.ReplaceAll(address[1], "&amp;", "&")) != "this is "+name {
		t.Errorf("the page leads to %q", address)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the page: %v, %v", info.Mode(), err)
	}
	if name, _ := (<-chooser.asked)["current_name"].Value().(string); name != strings.Repeat("длинное имя ", 6)+"отчёта.txt.html" {
		t.Errorf("it proposes %q", name)
	}
	p.mail(r.entry(name))
	r.until("it warns again", func() bool { return r.says(mailQuestion) != "" })
	r.press(mailQuestion, "Mail it anyway")
	if u := <-a.urls; u.Scheme != "mailto" || status(t, r.linkTo(name)) != http.StatusOK {
		t.Errorf("%s", u.Scheme)
	}
}

// TestSavingWithoutAChooserOfTheSystem: what is there stays whole until there is something to put in its place.
func TestSavingWithoutAChooserOfTheSystem(t *testing.T) {
	r := inLinks(t, "nochooser", "1.txt")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nobody"))
	t.Setenv("PATH", t.TempDir()) // no zenity either
	file := filepath.Join(home, "list.csv")
	write(t, file, "what was there")
	content := func() string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	r.save("list.csv", func(w io.Writer) error {
		if got := content(); got != "what was there" {
			t.Errorf("%q is left of it", got)
		}
		_, err := io.WriteString(w, "new")
		return err
	}, func() string { return "" })
	var save *widget.Button
	r.until("Fyne's chooser is there", func() bool {
		if top := r.window.Canvas().Overlays().Top(); top != nil {
			eachObject(top, func(o fyne.CanvasObject) {
				if b, ok := o.(*widget.Button); ok && b.Text == "Save" {
					save = b
				}
			})
		}
		return save != nil
	})
	test.Tap(save)
	r.until("it asks", func() bool { return r.says(replaceQuestion) != "" })
	if got := content(); got != "what was there" {
		t.Errorf("%q is left of it", got)
	}
	r.press(replaceQuestion, "Replace it")
	r.until("it is saved", func() bool { return strings.HasPrefix(r.says(saveNotice), "list.csv is saved.") })
	if got := content(); got != "new" {
		t.Errorf("%q", got)
	}
}

// TestLeadToAPage: what is behind it is opened, not downloaded.
func TestLeadToAPage(t *testing.T) {
	r := inLinks(t, "lead", "1.txt", "2.txt")
	p, chooser := r.links, savesTo(t)
	p.bundle([]desk.Entry{r.entry("1.txt"), r.entry("2.txt")}, "Both")
	r.until("the page is there", func() bool { return len(p.shown) == 3 })
	file := filepath.Join(t.TempDir(), "lead.html")
	for name, button := range map[string]string{"Both": "Open", "1.txt": "Download"} {
		chooser.answers <- answer{0, []string{"file://" + file}}
		p.linkOf(r.entry(name), func(l *desk.Link) { p.saveLead(r.entry(name), l) })
		r.until("it is saved", func() bool { return strings.HasPrefix(r.says(saveNotice), "lead.html is saved.") })
		page, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(page), ">"+button) {
			t.Errorf("%s: %v, no %q", name, err, button)
		}
		r.notices.hide(saveNotice)
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSavingReplacesNothingThatHasJustCome: who saves there in the same moment was first.
func TestSavingReplacesNothingThatHasJustCome(t *testing.T) {
	r := inLinks(t, "just-come")
	path := filepath.Join(t.TempDir(), "list.csv")
	r.saveAs(chosenFile{path: path}, func(w io.Writer) error {
		write(t, path, "somebody else's")
		_, err := io.WriteString(w, "ours")
		return err
	}, func() string { return "" })
	r.until("it asks", func() bool { return r.says(replaceQuestion) != "" })
	if got := contentOf(t, path); got != "somebody else's" {
		t.Errorf("there is %q", got)
	}
}
