package gui

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
)

// privateKey makes a key pair of the test's own, and gives the path of its private half.
func (r *rig) privateKey() string {
	r.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		r.t.Fatal(err)
	}
	path := filepath.Join(r.t.TempDir(), "private.pem")
	write(r.t, path, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return path
}

// distribute fills the form in the settings with a distribution for a bucket, and saves it.
func (r *rig) distribute(bucket string) {
	r.t.Helper()
	d := r.settings.distributions
	d.add.onTap()
	d.bucket.SetText(bucket)
	d.domain.SetText(" https://d111111abcdef8.cloudfront.net/ ")
	d.keyPair.SetText("K2JCJMDEHXQW5F")
	d.key.SetText(r.privateKey())
	d.save.onTap()
	r.until("it is remembered", func() bool { return d.form.Hidden })
}

func TestDistributionsOfBuckets(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.ui.open(r.settings)
	d := r.settings.distributions
	if !d.none.all.Visible() || !d.form.Hidden {
		t.Error("it does not say that there is none")
	}
	// What is wrong is said below the fields, and nothing is remembered of it.
	d.add.onTap()
	d.bucket.SetText("film")
	d.domain.SetText("not a host")
	d.domain.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.until("it is said", func() bool { return !d.wrongs.Hidden })
	if !strings.Contains(d.wrong.label.Text, "not a host") || d.help.label.Text == "" || len(r.desk.Settings().Distributions) != 0 {
		t.Errorf("%q", d.wrong.label.Text)
	}
	d.domain.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !d.form.Hidden {
		t.Error("Escape does not close the form")
	}

	r.distribute("film")
	s := r.desk.Settings()
	if len(s.Distributions) != 1 || s.Distributions[0].Bucket != "film" || s.Distributions[0].CloudFront.Domain != "d111111abcdef8.cloudfront.net" {
		t.Fatalf("%+v", s.Distributions)
	}
	if len(d.list.Objects) != 1 || d.none.all.Visible() {
		t.Errorf("%d are listed", len(d.list.Objects))
	}
	// It was another bucket's: the first one has none then.
	d.open(s.Distributions[0])
	d.bucket.SetText("films")
	d.save.onTap()
	r.until("it is moved", func() bool {
		now := r.desk.Settings().Distributions
		return len(now) == 1 && now[0].Bucket == "films" && len(d.list.Objects) == 1
	})
	// Removed, it can be had back.
	d.remove(r.desk.Settings().Distributions[0])
	r.until("it is gone", func() bool {
		return len(r.desk.Settings().Distributions) == 0 && r.notices.lines["distribution"] != nil
	})
	undo := buttonIn(r.notices.lines["distribution"], "Undo")
	if undo == nil {
		t.Fatal("it cannot be taken back")
	}
	undo.onTap()
	r.until("it is back", func() bool { return len(r.desk.Settings().Distributions) == 1 && len(d.list.Objects) == 1 })
}

// buttonIn finds a button by its word.
func buttonIn(o fyne.CanvasObject, text string) *button {
	switch o := o.(type) {
	case *button:
		if o.text == text {
			return o
		}
	case *fyne.Container:
		for _, inner := range o.Objects {
			if b := buttonIn(inner, text); b != nil {
				return b
			}
		}
	}
	return nil
}

// TestSettingsFollowWhatIsChosenElsewhere: a reminder that the Send place has set is marked here.
func TestSettingsFollowWhatIsChosenElsewhere(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	chips := map[string]*filterChip{}
	collect(r.settings.scroll.Content, chips)
	if !chips["Never"].on {
		t.Error("a reminder comes that nobody asked for")
	}
	chips["1 hour before"].Tapped(nil)
	if got := r.desk.Settings().Remind; got != time.Hour || !chips["1 hour before"].on {
		t.Errorf("%v", got)
	}
	r.fill(r.send.dest.bucket, "sandbox")
	r.send.dest.takeWeek()
	if !chips["1 day before"].on || chips["1 hour before"].on {
		t.Error("the settings say something else than what holds")
	}
	s := r.desk.Settings()
	s.Verify = desk.VerifyNone
	if err := r.desk.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	r.ui.open(r.settings)
	if !chips["None"].on {
		t.Error("what was chosen elsewhere is not shown")
	}
}
