package gui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"waybill/internal/sandbox"
)

// turn turns the mouse wheel over the middle of a field.
func (r *rig) turn(over fyne.CanvasObject, dx, dy float32) {
	r.t.Helper()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(over).Add(fyne.NewPos(over.Size().Width/2, over.Size().Height/2))
	test.Scroll(r.window.Canvas(), at, dx, dy)
}

// TestWheelOverFields: a form scrolls wherever the pointer is, over a field too.
func TestWheelOverFields(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, sandbox.Bucket)
	r.window.Resize(fyne.NewSize(720, 400))
	for _, form := range []struct {
		name   string
		open   func() *container.Scroll
		fields []fyne.CanvasObject
	}{
		{"upload settings", func() *container.Scroll { r.key("upload"); return r.here.scroll },
			[]fyne.CanvasObject{r.here.endpoint, r.here.class, r.here.key, r.here.tags, r.here.acl}},
		{"request", func() *container.Scroll { r.ui.open(r.asking); return r.asking.scroll },
			[]fyne.CanvasObject{r.asking.whom, r.asking.lasts, r.asking.to.bucket}},
		{"store", func() *container.Scroll { r.addStoreHere(); return r.adding.scroll },
			[]fyne.CanvasObject{r.adding.kind, r.adding.name, r.adding.keyID, r.adding.secret, r.adding.bucket}},
		{"settings", func() *container.Scroll {
			r.ui.open(r.settings)
			r.settings.distributions.add.onTap()
			return r.settings.scroll
		}, []fyne.CanvasObject{r.settings.distributions.bucket, r.settings.distributions.key}},
	} {
		scroll := form.open()
		for _, field := range form.fields {
			reveal(scroll, field)
			before := scroll.Offset.Y
			by := float32(-30)
			if before > 30 {
				by = 30
			}
			if r.turn(field, 0, by); scroll.Offset.Y != before-by {
				t.Errorf("%s: over %T the wheel moves the form from %v to %v", form.name, field, before, scroll.Offset.Y)
			}
		}
	}
}

// TestWheelAndSuggestions: the suggestions of a field go when its form is scrolled away below them, and a click and a
// wheel to the side are the field's.
func TestWheelAndSuggestions(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, sandbox.Bucket)
	r.window.Resize(fyne.NewSize(720, 400))
	r.key("upload")
	p := r.here
	reveal(p.scroll, p.class)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.class).Add(fyne.NewPos(20, 10))
	if test.TapCanvas(r.window.Canvas(), at); !p.class.list.open {
		t.Fatal("a click brings up no suggestions")
	}
	if r.turn(p.class, 0, -30); p.class.list.open {
		t.Error("the suggestions stay where the field was")
	}

	p.endpoint.SetText("https://" + strings.Repeat("a-long-name.", 60) + "example.com")
	before, look := p.scroll.Offset, func() string { return test.RenderToMarkup(r.window.Canvas()) }
	there := look()
	if r.turn(p.endpoint, -60, 0); p.scroll.Offset != before || look() == there {
		t.Errorf("a wheel to the side moves the form from %v to %v, and the field: %v", before, p.scroll.Offset, look() != there)
	}
}
