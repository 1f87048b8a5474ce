package gui

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
)

func TestRevokingAsksOnce(t *testing.T) {
	r := inLinks(t, "revoke", "delete me.txt", "rename me.txt", "keep me.txt")
	p := r.links
	link := r.linkTo("keep me.txt")
	p.rows.list.at = p.index(r.entry("keep me.txt").ID)
	p.rows.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.HasPrefix(got, "Delete or rename sandbox/revoke/keep me.txt? Renamed, it stays in the bucket") ||
		!strings.Contains(got, "; deleting cannot.") || !strings.HasSuffix(got, whatLinksCannot()) {
		t.Errorf("it asks %q", got)
	}
	if b, ok := r.window.Canvas().Focused().(*button); !ok || b.text != "Keep it" {
		t.Error("the safe answer does not have the keyboard")
	} else {
		b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	}
	if r.says(revokeQuestion) != "" || status(t, link) != http.StatusOK {
		t.Error("Escape does not keep it")
	}

	link = r.linkTo("delete me.txt")
	p.askRevoke([]desk.Entry{r.entry("delete me.txt")})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	r.press(revokeQuestion, "Delete it")
	r.until("it is deleted", func() bool {
		return strings.HasPrefix(r.says(revokeNotice), "delete me.txt is deleted, and its link leads nowhere.")
	})
	if !strings.HasSuffix(r.says(revokeNotice), "It cannot be brought back.") || status(t, link) != http.StatusNotFound {
		t.Errorf("%q, HTTP %d", r.says(revokeNotice), status(t, link))
	}
	r.until("the row says so", func() bool { c, _ := r.line("delete me.txt"); return c.chip == "Revoked" && c.main == "" })

	link = r.linkTo("rename me.txt")
	p.askRevoke([]desk.Entry{r.entry("rename me.txt")})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	r.press(revokeQuestion, "Rename it")
	r.until("it is renamed", func() bool { return strings.HasPrefix(r.says(revokeNotice), "rename me.txt is renamed") })
	if code := status(t, link); code != http.StatusNotFound {
		t.Errorf("HTTP %d", code)
	}
	r.until("the row offers to bring it back", func() bool { c, _ := r.line("rename me.txt"); return c.main == "Bring back" })
	r.press(revokeNotice, "Undo")
	r.until("it is back", func() bool { return strings.HasPrefix(r.says(revokeNotice), "rename me.txt is back") })
	if got := fetch(t, link); got != "this is rename me.txt" {
		t.Errorf("%q", got)
	}
}

func TestRevokingSeveral(t *testing.T) {
	r := inLinks(t, "revoke-many", "1.txt", "2.txt", "3.txt", "4.txt", "5.txt")
	p := r.links
	links := []string{r.linkTo("1.txt"), r.linkTo("5.txt")}
	p.selectAll()
	r.key("revoke")
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.HasPrefix(got, "Delete or rename the objects of 5 links? 5.txt, 4.txt, 3.txt and 2 more. Renaming can be undone; deleting cannot.") {
		t.Errorf("it asks %q", got)
	}
	r.press(revokeQuestion, "Rename them")
	r.until("they are renamed", func() bool { return strings.HasPrefix(r.says(revokeNotice), "5 links lead nowhere now.") })
	for _, link := range links {
		if code := status(t, link); code != http.StatusNotFound {
			t.Errorf("HTTP %d", code)
		}
	}
	r.press(revokeNotice, "Undo")
	r.until("they are back", func() bool { return strings.HasPrefix(r.says(revokeNotice), "5 links lead to their files again.") })
	for _, link := range links {
		if code := status(t, link); code != http.StatusOK {
			t.Errorf("HTTP %d", code)
		}
	}
}

// TestRevokingAPage: the files on it go with it, also those that were selected beside it, and come back with it.
func TestRevokingAPage(t *testing.T) {
	r := inLinks(t, "revoke-page", "1.txt", "2.txt", "3.txt")
	p := r.links
	p.bundle([]desk.Entry{r.entry("1.txt"), r.entry("2.txt")}, "For Anna")
	r.until("the page is there", func() bool { return len(p.shown) == 4 })
	links := []string{r.linkTo("For Anna"), r.linkTo("1.txt"), r.linkTo("2.txt"), r.linkTo("3.txt")}
	answers := func() (all []int) {
		for _, link := range links {
			all = append(all, status(t, link))
		}
		return all
	}
	p.askRevoke([]desk.Entry{r.entry("1.txt"), r.entry("For Anna"), r.entry("3.txt")})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.Contains(got, "1.txt, For Anna, 3.txt. 1 file on their pages goes with them. Renaming") {
		t.Errorf("it asks %q", got)
	}
	r.press(revokeQuestion, "Rename them")
	r.until("they are renamed", func() bool { return strings.HasPrefix(r.says(revokeNotice), "3 links lead nowhere now.") })
	if got := answers(); !slices.Equal(got, []int{404, 404, 404, 404}) {
		t.Errorf("HTTP %d", got)
	}
	r.press(revokeNotice, "Undo")
	r.until("they are back", func() bool { return strings.HasPrefix(r.says(revokeNotice), "3 links lead to their files again.") })
	if got := answers(); !slices.Equal(got, []int{200, 200, 200, 200}) {
		t.Errorf("HTTP %d", got)
	}
	if page := fetch(t, links[0]); !strings.Contains(page, "1.txt") || !strings.Contains(page, "2.txt") {
		t.Error("not both are on the page again")
	}
	// The page alone.
	p.reload()
	r.until("the rows know", func() bool { return r.entry("For Anna").Revoked.IsZero() && r.entry("2.txt").Revoked.IsZero() })
	p.askRevoke([]desk.Entry{r.entry("For Anna")})
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.Contains(got, "and the 2 files on its page?") {
		t.Errorf("it asks %q", got)
	}
	r.press(revokeQuestion, "Rename it")
	r.until("it is renamed", func() bool { return strings.HasPrefix(r.says(revokeNotice), "For Anna is renamed") })
	if got := answers(); !slices.Equal(got, []int{404, 404, 404, 200}) {
		t.Errorf("HTTP %d", got)
	}
	r.until("the row offers to bring it back", func() bool { c, _ := r.line("For Anna"); return c.main == "Bring back" })
	_, act := r.line("For Anna")
	act.main()
	r.until("it is back", func() bool { return strings.HasPrefix(r.says(revokeNotice), "For Anna is back") })
	if got := answers(); !slices.Equal(got, []int{200, 200, 200, 200}) {
		t.Errorf("HTTP %d", got)
	}
}

// TestRevokingSaysWhatHasHappenedMeanwhile: what somebody has replaced, what is gone, and what no deleting reaches.
func TestRevokingSaysWhatHasHappenedMeanwhile(t *testing.T) {
	r := inLinks(t, "meanwhile", "1.txt", "2.txt", "3.txt")
	p := r.links
	settings := r.desk.Settings()
	settings.OnClash = desk.ClashReplace
	if err := r.desk.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	// Somebody else replaces one and takes another one away.
	ctx := context.Background()
	other, err := desk.Open(ctx, desk.Options{Home: filepath.Join(t.TempDir(), "home")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	to := r.entry("1.txt").Destination
	var sent desk.Transfer
	for _, name := range []string{"2.txt", "1.txt"} {
		for sent = range other.Send(ctx, to, desk.SendOptions{OnClash: desk.ClashReplace}, []string{r.file(name, "another")}).Events() {
			continue
		}
		if sent.State != desk.Sent {
			t.Fatal(sent.Trouble)
		}
		if name == "2.txt" {
			asked, err := other.Revocable(ctx, sent.ID)
			if err == nil {
				_, err = other.Revoke(ctx, asked, desk.RevokeDelete)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	p.selectAll()
	r.key("revoke")
	r.until("it asks", func() bool { return r.says(revokeQuestion) != "" })
	if got := r.says(revokeQuestion); !strings.Contains(got, "Somebody has replaced 1 of the objects since. 1 of the objects is gone already.") {
		t.Errorf("it asks %q", got)
	}
	// What is replaced once more between the question and its answer was not asked about.
	for sent = range other.Send(ctx, to, desk.SendOptions{OnClash: desk.ClashReplace}, []string{r.file("1.txt", "yet another")}).Events() {
		continue
	}
	r.press(revokeQuestion, "Delete them")
	r.until("two are revoked", func() bool { return strings.HasPrefix(r.says(revokeNotice), "2 links lead nowhere now.") })
	if got := r.says(revokeNotice); !strings.Contains(got, "1.txt has changed in the bucket since you were asked") {
		t.Errorf("%q", got)
	}
	if got := fetch(t, sent.Link.URL); got != "yet another" {
		t.Errorf("%q", got)
	}
	_, help := p.askOfMany([]desk.Revocation{{Replaced: 2, CloudFront: true}, {Gone: true}, {Gone: true}})
	if !strings.Contains(help, "Somebody has replaced 2 of the objects since. 2 of the objects are gone already.") ||
		!strings.HasSuffix(help, "CloudFront may hand out copies for a while: an invalidation ends that.") {
		t.Errorf("it asks %q", help)
	}
}

func TestForgettingLeavesTheObject(t *testing.T) {
	r := inLinks(t, "forget", "1.txt", "2.txt")
	p := r.links
	link := r.linkTo("1.txt")
	p.askForget([]desk.Entry{r.entry("1.txt")})
	if got := r.says(forgetQuestion); !strings.HasPrefix(got, "Forget 1.txt?") {
		t.Fatalf("it asks %q", got)
	}
	r.press(forgetQuestion, "Keep")
	p.askForget([]desk.Entry{r.entry("1.txt")})
	r.press(forgetQuestion, "Forget")
	r.until("it is forgotten", func() bool { return len(p.shown) == 1 && p.shown[0].Name == "2.txt" })
	if fetch(t, link) != "this is 1.txt" {
		t.Error("the object is gone")
	}
}
