package gui

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/signer"
)

// fillStore fills the form with the shared store.
func (r *rig) fillStore(name string) {
	r.t.Helper()
	f := r.adding
	f.takeKind("minio")
	f.name.SetText(name)
	f.endpoint.SetText(store.Endpoint())
	f.region.setValue(sandbox.Region)
	f.keyID.SetText(store.Keys().AccessKeyID)
	f.secret.SetText(store.Keys().SecretAccessKey)
}

// storeAnswers waits until the form has added the store, or says why not.
func (r *rig) storeAnswers() {
	r.t.Helper()
	r.until("the store has answered", func() bool { return !r.adding.adding })
}

// files reads both AWS files.
func awsFiles(t *testing.T) string {
	t.Helper()
	text := ""
	for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		part, err := os.ReadFile(os.Getenv(name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		text += string(part)
	}
	return text
}

// TestAddAStore: somebody without any profile adds a store and sends to it.
func TestAddAStore(t *testing.T) {
	isolate(t, "", "")
	r := open(t, "", Options{})
	path := r.file("a.txt", "kept")
	r.send.drop([]string{path}) // which waits
	if !r.send.zone.third.Visible() || r.send.zone.third.text != "Add a store…" {
		t.Fatal("an empty place does not offer to add a store")
	}
	r.send.zone.third.onTap()
	if !r.adding.all.Visible() {
		t.Fatal("the form is not there")
	}
	r.fillStore("mine")
	f := r.adding
	if !f.secret.Password || f.reveals.text != "Show" {
		t.Error("the secret can be read by who looks on")
	}
	f.reveals.onTap()
	if f.secret.Password || f.reveals.text != "Hide" {
		t.Error("the secret cannot be shown")
	}
	f.secret.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if f.line.label.Text != "Asking the store…" || !f.save.Disabled() {
		t.Errorf("%q", f.line.label.Text)
	}
	r.storeAnswers()
	if !r.send.all.Visible() || r.send.dest.at.Profile != "mine" || r.send.dest.at.Bucket != sandbox.Bucket {
		t.Fatalf("%+v, %q", r.send.dest.at, f.line.label.Text)
	}
	if r.window.Canvas().Focused() != r.send.dest.bucket {
		t.Errorf("the focus is on %T", r.window.Canvas().Focused())
	}
	if f.secret.Text != "" || !f.secret.Password || f.keyID.Text != "" {
		t.Error("the keys are still in the form")
	}
	r.over(1) // what waited has gone
	if got := fetch(t, r.app.Clipboard().Content()); got != "kept" {
		t.Errorf("%q", got)
	}
	if text := awsFiles(t); !strings.Contains(text, "[profile mine]") || !strings.Contains(text, "aws_secret_access_key = "+store.Keys().SecretAccessKey) {
		t.Errorf("%s", text)
	}
}

// TestAddAStoreAndUndo: the profile goes out of the files again, and what was chosen before is chosen.
func TestAddAStoreAndUndo(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	was := awsFiles(t)
	last := r.send.dest.profile.options[len(r.send.dest.profile.options)-1]
	if last.label != "Add a store…" {
		t.Fatalf("the last profile is %q", last.label)
	}
	r.send.dest.profile.choose(last)
	if !r.adding.all.Visible() || r.send.dest.at.Profile != "default" || r.send.dest.profile.Text != "default" {
		t.Fatalf("%+v, %q", r.send.dest.at, r.send.dest.profile.Text)
	}
	r.fillStore("mine")
	r.adding.submit()
	r.storeAnswers()
	r.ready()
	notice := r.notices.lines[storeNotice]
	if notice == nil || r.send.dest.at.Profile != "mine" {
		t.Fatalf("%+v, %q", r.send.dest.at, r.adding.line.label.Text)
	}
	undo := buttonIn(notice, "Undo")
	if undo == nil {
		t.Fatal("it cannot be undone")
	}
	undo.onTap()
	r.until("it is taken back", func() bool { return r.send.dest.at.Profile == "default" })
	if awsFiles(t) != was {
		t.Errorf("%s", awsFiles(t))
	}
}

// TestAStoreThatDoesNotTakeTheKeys says so, writes nothing, and offers to save all the same.
func TestAStoreThatDoesNotTakeTheKeys(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	was := awsFiles(t)
	r.addStoreHere()
	f := r.adding
	r.fillStore("mine")
	f.secret.SetText("wrong-secret")
	f.submit()
	r.storeAnswers()
	if f.failed == nil || f.failed.Code != "SignatureDoesNotMatch" || !f.anyway.Visible() || f.try.Visible() || awsFiles(t) != was {
		t.Fatalf("%v", f.failed)
	}
	if r.window.Canvas().Focused() != f.secret {
		t.Error("the focus is not on the secret")
	}
	// A change makes the answer old.
	f.secret.TypedRune('x')
	if f.failed != nil || f.answers.Visible() {
		t.Error("the old answer is still offered")
	}
	f.submit()
	r.storeAnswers()
	f.anyway.onTap()
	r.storeAnswers()
	if !strings.Contains(awsFiles(t), "xwrong-secret") || r.send.dest.at.Profile != "mine" {
		t.Errorf("%q", f.line.label.Text)
	}
}

// TestTheFormFollowsTheKindOfStore: each kind fills in its habits, and what cannot be is said before anybody is asked.
func TestTheFormFollowsTheKindOfStore(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.addStoreHere()
	f := r.adding
	in := func(o fyne.CanvasObject) bool {
		for _, row := range f.rows.Objects {
			for _, field := range row.(*fyne.Container).Objects {
				if field == o {
					return true
				}
			}
		}
		return false
	}
	for _, c := range []struct {
		kind                      string
		account, endpoint, region bool
		name, says                string
	}{
		{"aws", false, false, true, "aws", ""},
		{"r2", true, false, false, "r2", ""},
		{"hetzner", false, false, true, "hetzner", ""},
		{"garage", false, true, true, "garage", ""},
		{"other", false, true, true, "", ""},
	} {
		f.takeKind(c.kind)
		if in(f.accountBox) != c.account || in(f.endpointBox) != c.endpoint || in(f.regionBox) != c.region || f.name.Text != c.name {
			t.Errorf("%s: %v %v %v %q", c.kind, in(f.accountBox), in(f.endpointBox), in(f.regionBox), f.name.Text)
		}
	}
	f.takeKind("r2")
	f.account.SetText(" 0123456789ABCDEF0123456789ABCDEF ")
	if f.where.label.Text != "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com" {
		t.Errorf("%q", f.where.label.Text)
	}
	f.takeKind("hetzner")
	if f.where.all.Visible() {
		t.Errorf("%q", f.where.label.Text)
	}
	r.fill(f.region, "fsn1")
	if f.where.label.Text != "https://fsn1.your-objectstorage.com" {
		t.Errorf("%q", f.where.label.Text)
	}
	f.name.SetText("my own")
	f.takeKind("wasabi")
	if f.name.Text != "my own" {
		t.Errorf("the name that was typed has become %q", f.name.Text)
	}
	f.submit()
	if f.failed == nil || f.failed.Code != "StoreName" || r.window.Canvas().Focused() != f.name || f.answers.Visible() {
		t.Errorf("%v", f.failed)
	}
	// A name that is taken is changed only where that was said.
	r.fillStore("work")
	if !f.replace.Visible() {
		t.Error("nobody says that the name is taken")
	}
	f.submit()
	r.storeAnswers()
	if f.failed == nil || f.failed.Code != "StoreTaken" {
		t.Fatalf("%v", f.failed)
	}
	f.replace.Tapped(nil)
	f.submit()
	r.storeAnswers()
	if f.failed != nil || r.send.dest.at.Profile != "work" {
		t.Errorf("%v", f.failed)
	}
	// Plain http to another computer wants a word.
	r.addStoreHere()
	r.fillStore("plain")
	if f.plain.Visible() {
		t.Error("the loopback address is no other computer")
	}
	f.endpoint.SetText("http://minio.example.com")
	if !f.plain.Visible() {
		t.Error("nobody asks about plain http")
	}
	f.plain.Tapped(nil)
	if f.endpoint.SetText("http://other.example.com"); f.plain.on || f.store().AllowHTTP {
		t.Error("a yes for one computer is one for another")
	}
	f.submit()
	if f.failed == nil || f.failed.Code != "PlainHTTP" {
		t.Errorf("%v", f.failed)
	}
	f.name.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if f.all.Visible() || !r.send.all.Visible() || f.secret.Text != "" {
		t.Error("Escape does not leave the form, or leaves the secret in it")
	}
	if f.style != signer.AddressingVirtual || f.preset.ID != "aws" {
		t.Errorf("%s, %s", f.style, f.preset.ID)
	}
}

// TestAddAStoreFromTheSettings opens the form there, and from the form of a request.
func TestAddAStoreFromOtherPlaces(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.ui.open(r.settings)
	if b := buttonIn(r.newStoresSection(), "Add a store…"); b == nil {
		t.Error("the settings do not lead there")
	}
	r.ui.open(r.asking)
	r.asking.to.profile.choose(r.asking.to.profile.options[len(r.asking.to.profile.options)-1])
	if !r.adding.all.Visible() || r.adding.into != r.asking.to {
		t.Fatal("the form is not there")
	}
	r.fillStore("mine")
	r.adding.submit()
	r.storeAnswers()
	if !r.asking.all.Visible() || r.asking.to.at.Profile != "mine" || r.asking.to.at.Bucket != sandbox.Bucket {
		t.Errorf("%+v", r.asking.to.at)
	}
}

// TestLeavingTheFormGivesUp: whoever leaves while the store is asked adds nothing, and what they begin next is left alone.
func TestLeavingTheFormGivesUp(t *testing.T) {
	isolate(t, "", "")
	r := open(t, "", Options{})
	asked, gone, answer := make(chan struct{}, 8), make(chan struct{}, 8), make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		asked <- struct{}{}
		select {
		case <-answer:
		case <-q.Context().Done():
			gone <- struct{}{}
		}
	}))
	defer silent.Close()
	defer close(answer)
	r.addStore(r.send.dest.destinationFields, r.send)
	r.fillStore("mine")
	f := r.adding
	f.endpoint.SetText(silent.URL)
	f.submit()
	r.until("the store is asked", func() bool { return len(asked) > 0 })
	f.leave()
	if f.adding || !r.send.all.Visible() {
		t.Error("the form goes on")
	}
	r.addStore(r.send.dest.destinationFields, r.send)
	r.fillStore("second")
	r.until("the store is not asked any more", func() bool { return len(gone) > 0 })
	settled := false
	ask(r.ui, func(context.Context) (struct{}, error) { return struct{}{}, nil }, func(struct{}, error) { settled = true })
	r.until("what came of it is there", func() bool { return settled })
	if f.name.Text != "second" || f.failed != nil || f.secret.Text == "" {
		t.Errorf("the form was changed behind the person's back: %q, %v", f.name.Text, f.failed)
	}
	if text := awsFiles(t); text != "" {
		t.Errorf("it was added all the same:\n%s", text)
	}
}

// TestTheFormSaysWhomItAsks: an endpoint in the environment counts for more than the one that was typed, and that is said with what
// came of it, whether that is good or not.
func TestTheFormSaysWhomItAsks(t *testing.T) {
	isolate(t, "", "")
	t.Setenv("AWS_ENDPOINT_URL_S3", store.Endpoint())
	r := open(t, "", Options{})
	r.addStoreHere()
	f := r.adding
	r.fillStore("mine")
	f.endpoint.SetText("http://127.0.0.1:1")
	f.secret.SetText("wrong-secret")
	f.submit()
	r.storeAnswers()
	said := "The check asks " + store.Endpoint() + ", not http://127.0.0.1:1: AWS_ENDPOINT_URL_S3 in the environment"
	if f.failed == nil || f.failed.Code != "SignatureDoesNotMatch" || !strings.Contains(f.help.label.Text, said) || !strings.HasPrefix(f.help.label.Text, f.failed.Help.String()) {
		t.Errorf("%v, %q", f.failed, f.help.label.Text)
	}
	f.secret.SetText(store.Keys().SecretAccessKey)
	if f.help.all.Visible() {
		t.Errorf("%q stays", f.help.label.Text)
	}
	f.submit()
	r.storeAnswers()
	if text := r.says(storeNotice); !strings.HasPrefix(text, "Added mine.") || !strings.Contains(text, said) {
		t.Errorf("%q", text)
	}
}

// TestAllIsSaidOfAnAddedStore: that a tiny object stays does not hide whose store it stays in.
func TestAllIsSaidOfAnAddedStore(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	found := desk.StoreCheck{Left: "waybill-check-x", Elsewhere: &desk.Trouble{What: desk.Text{ID: "The check asks another."}, Help: desk.Text{ID: "Take it out."}}}
	r.sayAdded(r.adding.into, &desk.AddedStore{Checked: true, StoreCheck: found})
	if got := r.says(storeNotice); !strings.Contains(got, "waybill-check-x could not be removed from the bucket. The check asks another. Take it out.") {
		t.Errorf("it says %q", got)
	}
}
