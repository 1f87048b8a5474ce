package gui

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/signer"
)

// codeNotice is the line that asks for the code of an MFA device.
const codeNotice = "code"

// errDeclined is a person's no.
var errDeclined = errors.New("the person gave no code")

// codeQuestions asks for the codes of MFA devices in a line of the window: one question at a time, however many wait.
type codeQuestions struct {
	u     *ui
	queue []*codeQuestion // the first is shown

	field  *plainField
	done   *button
	cancel *button
	about  *prose // who asks, or what was wrong with the answer before

	shown *codeQuestion // what the line is about, also while its answer is being checked; nil while there is none
}

// codeQuestion is one of them.
type codeQuestion struct {
	signer.CodeQuestion
	answer chan codeAnswer
}

type codeAnswer struct {
	digits string
	err    error
}

func (u *ui) newCodeQuestions() *codeQuestions {
	c := &codeQuestions{u: u}
	c.field = newPlainField(u, lang.L("Six digits"), "123456", c.take, c.decline)
	c.field.OnChanged = func(string) { c.say("") }
	c.done = u.button(primary, lang.L("Continue"), c.take)
	c.cancel = u.button(secondary, lang.L("Cancel"), c.decline)
	c.about = u.prose("", colorText)
	return c
}

// ask is what the desk asks, from any goroutine.
func (c *codeQuestions) ask(ctx context.Context, q signer.CodeQuestion) (string, error) {
	one := &codeQuestion{CodeQuestion: q, answer: make(chan codeAnswer, 1)}
	c.u.do(func() {
		if ctx.Err() == nil {
			c.add(one)
		}
	})
	select {
	case a := <-one.answer:
		return a.digits, a.err
	case <-ctx.Done(): // the answer is not wanted any more
		if c.u.ctx.Err() == nil {
			c.u.do(func() { c.remove(one) })
		}
		return "", context.Cause(ctx)
	case <-c.u.ctx.Done():
		return "", context.Cause(c.u.ctx)
	}
}

// add takes a question in.
func (c *codeQuestions) add(q *codeQuestion) {
	c.queue = append(c.queue, q)
	c.show()
	if len(c.queue) == 1 {
		c.u.tell(notification{title: lang.L("Waybill asks for a code"), body: lang.L("Open Waybill and enter the code of your MFA device.")})
	}
}

func (c *codeQuestions) remove(q *codeQuestion) {
	var kept []*codeQuestion
	for _, other := range c.queue {
		if other != q {
			kept = append(kept, other)
		}
	}
	c.queue = kept
	c.show()
}

// show shows the first question, or takes the line away.
func (c *codeQuestions) show() {
	u := c.u
	if len(c.queue) == 0 {
		c.shown = nil
		u.notices.hide(codeNotice)
		return
	}
	q := c.queue[0]
	if q == c.shown {
		return
	}
	c.shown = q
	if g := u.signing; g != nil && (g.step.URL == "" || u.profileOf(g.store) == q.Profile) {
		g.step = signer.SignInStep{} // there is nothing to do in a browser any more
		g.show()
	}
	c.field.SetText("")
	c.able(true)
	c.say("")
	if q.Wrong {
		c.say(lang.L("That code was not accepted. Wait for the next one: each works once."))
	}
	title := u.prose(lang.L("Code of the MFA device {{.Device}}", args{"Device": deviceName(q.Serial)}), colorAccent)
	title.label.TextStyle.Bold = true
	field := container.New(fixedWidth(140), framed(c.field.frame, c.field))
	all := container.New(stack{gap: 4}, title.all, c.about.all, container.New(&flow{gap: 8}, field, c.done, c.cancel))
	u.notices.put(codeNotice, accent, all)
	if !u.typing() {
		u.window.Canvas().Focus(c.field)
	}
}

// deviceName is what a person calls a device: the last part of its ARN, or the number of a hardware token.
func deviceName(serial string) string {
	return serial[strings.LastIndexByte(serial, '/')+1:]
}

// say shows what is wrong with the answer, or who asks.
func (c *codeQuestions) say(wrong string) {
	switch {
	case wrong != "":
		c.about.set(wrong, colorWarn)
	case c.shown != nil:
		c.about.set(lang.L("The profile {{.Profile}} signs with it. The device is {{.Serial}}.", args{"Profile": c.shown.Profile, "Serial": c.shown.Serial}), colorText)
	}
}

func (c *codeQuestions) able(able bool) {
	if able {
		c.field.Enable()
		c.done.Enable()
	} else {
		c.field.Disable()
		c.done.Disable()
	}
}

// checkedWithin is how long the line stays after its answer: a wrong code is asked for again in the same place.
const checkedWithin = 2 * time.Second

// take gives what was typed as the answer, if it can be one.
func (c *codeQuestions) take() {
	if len(c.queue) == 0 {
		return
	}
	digits, ok := signer.ParseCode(c.field.Text)
	if !ok {
		c.say(lang.L("A code is six digits."))
		return
	}
	q := c.queue[0]
	c.queue = c.queue[1:]
	q.answer <- codeAnswer{digits: digits}
	if len(c.queue) > 0 {
		c.show()
		return
	}
	c.u.window.Canvas().Unfocus() // a disabled field with the keyboard would swallow the window's shortcuts
	c.able(false)
	c.say(lang.L("Checking the code…"))
	time.AfterFunc(checkedWithin, func() {
		c.u.do(func() {
			if c.shown == q {
				c.show()
			}
		})
	})
}

// decline is the person's no, for all that ask for codes of the same device for the same profile.
func (c *codeQuestions) decline() {
	if len(c.queue) == 0 {
		c.show()
		return
	}
	q := c.queue[0]
	var kept []*codeQuestion
	for _, other := range c.queue {
		if other.Profile == q.Profile && other.Serial == q.Serial {
			other.answer <- codeAnswer{err: errDeclined}
		} else {
			kept = append(kept, other)
		}
	}
	c.queue = kept
	c.show()
}

// fixedWidth gives its one object a width.
type fixedWidth float32

// Layout implements fyne.Layout.
func (f fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// MinSize implements fyne.Layout.
func (f fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(f), objects[0].MinSize().Height)
}
