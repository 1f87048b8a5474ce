package gui

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waybill/internal/desk"
)

// TestMovingToAnotherComputer: what one window has exported another one takes in, after a question.
func TestMovingToAnotherComputer(t *testing.T) {
	r := inLinks(t, "moving", "1.txt", "2.txt")
	asked, err := r.desk.Request(t.Context(), r.send.dest.at, desk.RequestOptions{For: "Bob", Files: 1})
	if err != nil {
		t.Fatal(err)
	}
	chooser := savesTo(t)
	at := r.send.dest.at
	if err := errors.Join(r.desk.SetLinkEndpoint(at.Store, at.Bucket, desk.LinkEndpoint{URL: outsideStore(t)}),
		r.desk.SetUpload(t.Context(), at, desk.UploadSettings{CacheControl: "no-store"})); err != nil {
		t.Fatal(err)
	}
	s := r.desk.Settings()
	s.OnClash = desk.ClashReplace
	if err := r.desk.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "moved.jsonl")
	chooser.answers <- answer{0, []string{"file://" + file}}
	buttonIn(r.settings.scroll.Content, "Export…").Tapped(nil)
	r.until("it is saved", func() bool {
		return strings.HasPrefix(r.says(saveNotice), "moved.jsonl is saved. The settings and 2 links are in it. 1 request is in it, and stays here too.")
	})
	if name, _ := (<-chooser.asked)["current_name"].Value().(string); !regexp.MustCompile(`^waybill-\d{4}-\d\d-\d\d\.jsonl$`).MatchString(name) {
		t.Errorf("it proposes %q", name)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), "X-Amz") || strings.Contains(string(text), store.Keys().SecretAccessKey) {
		t.Errorf("%v, or there is a secret in it", err)
	}
	s = r.desk.Settings()
	s.Appearance = desk.AppearanceDark
	if err := r.desk.SaveSettings(s); err != nil {
		t.Fatal(err)
	}

	other := open(t, "", Options{})
	other.ready()
	chooses := func(path string) {
		chooser.answers <- answer{0, []string{"file://" + path}}
		buttonIn(other.settings.scroll.Content, "Import…").Tapped(nil)
	}
	// Something else is refused in words.
	chooses(filepath.Join(source, "updates_test.go"))
	other.until("it says why not", func() bool {
		return strings.HasPrefix(other.says(movingNotice), "updates_test.go is no file that Waybill has exported.")
	})
	chooses(file)
	other.until("it asks", func() bool {
		return strings.HasPrefix(other.says(movingNotice), "moved.jsonl has 2 links, and the settings of another computer. It was exported ")
	})
	other.press(movingNotice, "Cancel")
	if other.says(movingNotice) != "" || len(other.links.all.Objects) == 0 {
		t.Error("the question stays")
	}
	chooses(file)
	other.until("it asks again", func() bool { return other.says(movingNotice) != "" })
	other.press(movingNotice, "Import")
	other.until("it is done", func() bool {
		return strings.HasPrefix(other.says(movingNotice), "2 links came. 2 are new here, 0 were renewed")
	})
	for _, says := range []string{
		"1 request came, 1 of them new. The next drop goes to " + at.Bucket + "/",
		"A file replaces what has its name from now on.",
		"Links lead to another address from now on: " + at.Bucket + " (" + outsideStore(t) + ").",
		"Other upload settings hold from now on: " + at.Bucket + "/" + at.Prefix + ".",
	} {
		if said := other.says(movingNotice); !strings.Contains(said, says) {
			t.Errorf("%q, without %q", said, says)
		}
	}
	other.until("the links are shown", func() bool { return len(other.links.shown) == 2 })
	other.until("the request is known", func() bool { return len(other.requests.shown) == 1 && other.requests.shown[0].ID == asked.Request.ID })
	if other.send.dest.at.Bucket != r.send.dest.at.Bucket || other.send.dest.at.Bucket == "" {
		t.Errorf("the next drop goes to %q", other.send.dest.at.Bucket)
	}
	// What another process chooses meanwhile is seen here.
	for _, entry := range other.links.shown {
		if !strings.HasSuffix(entry.Name, ".txt") {
			t.Errorf("%q", entry.Name)
		}
	}
}
