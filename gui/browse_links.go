package gui

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// browseLinks makes the links to what was chosen in a bucket.
type browseLinks struct {
	p *browsePlace

	making int // how many are being made; 0: none
	done   int
	cancel context.CancelFunc
	mine   int // counts the makings, so that one that was cancelled is known as such

	copied map[string]bool          // whose links are on the clipboard
	failed map[string]*desk.Trouble // to which none could be made, and why
	said   string                   // what came of it
	tone   tone
}

// forget starts afresh.
func (b *browseLinks) forget() {
	b.stop()
	b.copied, b.failed, b.said = nil, nil, ""
}

// uncopied takes back what the rows say of the clipboard: something else is on it now.
func (b *browseLinks) uncopied() {
	b.copied, b.said = nil, ""
	b.p.show()
}

// stop gives up what is being made.
func (b *browseLinks) stop() {
	b.mine++
	if b.cancel != nil {
		b.cancel()
		b.cancel = nil
	}
	b.making = 0
	b.p.show()
}

// options are those of a link made now, or say why there can be none.
func (b *browseLinks) options(bucket string) (desk.SendOptions, bool) {
	o := b.p.u.send.options()
	o.Template, o.Unguessable, o.Ask = "", false, nil
	if err := b.p.u.desk.CheckExpires(bucket, o.Expires); err != nil {
		b.p.u.notices.trouble("browse", desk.Explain(err), bad)
		return o, false
	}
	b.p.u.notices.hide("browse")
	return o, true
}

// copyOne copies a link to one object, whatever is chosen.
func (b *browseLinks) copyOne(l desk.Listed) { b.make(b.p.bucket, []string{l.Key}, b.take) }

// copyChosen copies links to what is chosen, one a line.
func (b *browseLinks) copyChosen() {
	if bucket, key, ok := b.p.search.address(); ok && len(b.p.picked) == 0 {
		b.typed(bucket, key)
		return
	}
	if keys := b.keys(); len(keys) > 0 {
		b.make(b.p.bucket, keys, b.take)
	}
}

func (b *browseLinks) keys() []string {
	chosen := b.p.chosen()
	keys := make([]string, len(chosen))
	for i, l := range chosen {
		keys[i] = l.Key
	}
	return keys
}

// typed copies a link to an object whose key was typed.
func (b *browseLinks) typed(bucket, key string) {
	if bucket == "" || key == "" {
		return
	}
	b.make(bucket, []string{key}, func(made []desk.Transfer) {
		if t := made[0].Trouble; t != nil { // there may be no row to say so in
			b.p.u.notices.trouble("browse", t, bad)
		}
		b.take(made)
	})
}

// make has the desk make links, and says how far it is.
func (b *browseLinks) make(bucket string, keys []string, then func([]desk.Transfer)) {
	o, ok := b.options(bucket)
	if !ok || b.making > 0 || !b.p.u.sure(func() { b.make(bucket, keys, then) }) {
		return
	}
	p := b.p
	store, u := p.store, p.u
	b.copied, b.failed, b.said = nil, nil, ""
	b.making, b.done = len(keys), 0
	b.mine++
	mine := b.mine
	ctx, cancel := context.WithCancel(u.ctx)
	b.cancel = cancel
	p.show()

	var told atomic.Int64 // when the window heard of it last, in milliseconds
	progress := func(done int) {
		now := time.Now().UnixMilli()
		if last := told.Load(); now-last >= showEvery.Milliseconds() && told.CompareAndSwap(last, now) && ctx.Err() == nil {
			u.do(func() {
				if mine == b.mine {
					b.done = max(b.done, done)
					p.foot.say()
				}
			})
		}
	}
	u.busy.Add(1)
	ask(u, func(context.Context) ([]desk.Transfer, error) {
		defer u.busy.Done()
		return u.desk.LinkAll(ctx, store, bucket, keys, o, progress), nil
	}, func(made []desk.Transfer, _ error) {
		cancel()
		if mine != b.mine {
			return
		}
		b.making, b.cancel = 0, nil
		b.failed = map[string]*desk.Trouble{}
		for _, t := range made {
			if t.Trouble != nil {
				b.failed[t.Key] = t.Trouble
			}
		}
		then(made)
		p.show()
	})
}

// goodOf gives those links that are to be given away.
func goodOf(made []desk.Transfer, now time.Time) (links []desk.Transfer) {
	for _, t := range made {
		if t.Good(now) {
			links = append(links, t)
		}
	}
	return links
}

// take copies the links that were made.
func (b *browseLinks) take(made []desk.Transfer) {
	u := b.p.u
	links := goodOf(made, u.now())
	if len(links) == 0 {
		b.say(lang.N("{{.Count}} links could not be made", len(made), args{"Count": u.words.count(len(made))}), bad)
		return
	}
	urls := make([]string, len(links))
	copied := map[string]bool{}
	for i, t := range links {
		urls[i] = t.Link.URL
		copied[t.Key] = true
	}
	u.copy(strings.Join(urls, "\n"))
	b.copied = copied
	if failed := len(made) - len(links); failed > 0 {
		b.say(lang.N("{{.Count}} links could not be made", failed, args{"Count": u.words.count(failed)}), warning)
		return
	}
	first := links[0].Link
	for _, t := range links {
		if t.Link.Ends.Before(first.Ends) {
			first = t.Link
		}
	}
	b.say(lang.N("{{.Count}} links copied", len(links), args{"Count": u.words.count(len(links))})+" · "+
		u.words.end(first.Ends, first.Because, u.now()), good)
}

// bundle makes one page of what is chosen, beside it in its folder, and copies the page's link.
func (b *browseLinks) bundle() {
	keys := b.keys()
	if len(keys) < 2 {
		return
	}
	p := b.p
	u, bucket, folder := p.u, p.bucket, p.folder
	b.make(bucket, keys, func(made []desk.Transfer) {
		ids := make([]string, 0, len(made))
		for _, t := range made {
			if t.Link != nil && !t.Refused() {
				ids = append(ids, t.ID)
			}
		}
		o, ok := b.options(bucket)
		if len(ids) == 0 || !ok {
			b.take(made)
			return
		}
		title := lastSegment(strings.TrimSuffix(folder, "/"))
		if title == "" {
			title = bucket
		}
		to := desk.Destination{Store: p.store, Bucket: bucket, Prefix: folder}
		b.say(lang.L("Writing the page…"), neutral)
		b.mine++
		mine := b.mine
		b.making, b.done = len(ids), len(ids)
		u.busy.Add(1)
		ask(u, func(ctx context.Context) (desk.Transfer, error) {
			defer u.busy.Done()
			return u.desk.Bundle(ctx, to, o, title, ids...), nil
		}, func(page desk.Transfer, _ error) {
			if mine != b.mine {
				return
			}
			b.making, b.said = 0, ""
			b.takePage(page, len(ids), len(made)-len(ids))
			p.show()
		})
	})
}

// takePage copies the link to a page for so many files; so many more are not on it.
func (b *browseLinks) takePage(page desk.Transfer, files, missing int) {
	u := b.p.u
	if page.State != desk.Sent || page.Link == nil || page.Refused() {
		b.say(lang.L("The page could not be made"), bad)
		u.notices.trouble("browse", page.Trouble, bad)
		return
	}
	u.copy(page.Link.URL)
	text := lang.N("One page for {{.Count}} files", files, args{"Count": u.words.count(files)}) + " · " +
		u.words.end(page.Link.Ends, page.Link.Because, u.now())
	if missing > 0 {
		b.say(lang.N("{{.Count}} links could not be made", missing, args{"Count": u.words.count(missing)})+" · "+text, warning)
		return
	}
	b.say(text, good)
}

func (b *browseLinks) say(text string, t tone) { b.said, b.tone = text, t }

// browseFoot offers what can be done with what is chosen, and says what came of it.
type browseFoot struct {
	p      *browsePlace
	all    *fyne.Container
	copy   *button
	bundle *button
	none   *button
	cancel *button
	chip   *chip
	text   *clipped
}

func (p *browsePlace) newFoot() *browseFoot {
	f := &browseFoot{p: p, chip: newChip(), text: newClipped(sizeSmall, colorMuted, false)}
	f.copy = p.u.button(primary, "", p.links.copyChosen)
	f.bundle = p.u.button(secondary, lang.L("One link for all"), p.links.bundle)
	f.bundle.tip = p.u.tipFor("bundle")
	f.none = p.u.button(secondary, lang.L("Select none"), p.unpick)
	f.cancel = p.u.button(secondary, lang.L("Cancel"), p.links.stop)
	f.all = container.New(fixedHeight(control), container.New(line{gap: gap, stretch: f.text}, f.copy, f.bundle, f.none, f.cancel, f.chip, f.text))
	return f
}

// say brings the foot up to date.
func (f *browseFoot) say() {
	p, b, w := f.p, f.p.links, f.p.u.words
	n := len(p.picked)
	_, key, typed := p.search.address()
	lasts := lang.L("links last {{.Lasts}}", args{"Lasts": lastsName(p.u.send.dest.expires)})
	text, chipText, chipTone := "", "", neutral
	switch {
	case b.making > 0 && b.said != "":
		text = b.said
	case b.making > 0:
		text = lang.L("Making {{.Done}} of {{.Count}} links", args{"Done": w.count(min(b.done+1, b.making)), "Count": w.count(b.making)})
	case b.said != "":
		text = b.said
		switch b.tone {
		case good:
			chipText, chipTone = lang.L("Copied"), good
		case warning:
			chipText, chipTone = lang.L("Not all"), warning
		case bad:
			chipText, chipTone = lang.L("No link"), bad
		}
	case n > 0:
		size := int64(0)
		for _, l := range p.picked {
			size += l.Size
		}
		text = strings.Join([]string{lang.N("{{.Count}} selected", n, args{"Count": w.count(n)}), w.size(size), lasts}, " · ")
	case typed && key != "":
		text = strings.Join([]string{desk.Visible(p.search.Text), lasts}, " · ")
	case len(p.lines) > 0 && p.next != "":
		text = strings.Join([]string{lang.L("{{.Count}} so far, more as you scroll", args{"Count": w.count(len(p.lines))}), lasts}, " · ")
	case len(p.lines) > 0:
		text = strings.Join([]string{lang.L("Tap a tile to select it"), lasts}, " · ")
	}
	label := lang.L("Copy the link")
	if n > 1 {
		label = lang.N("Copy {{.Count}} links", n, args{"Count": w.count(n)})
	}
	idle := b.making == 0
	f.copy.set(primary, label, iconNone, p.u.tipFor("copy"), p.links.copyChosen)
	f.copy.Hidden = !idle || n == 0 && (!typed || key == "")
	f.bundle.Hidden, f.none.Hidden, f.cancel.Hidden = !idle || n < 2, !idle || n == 0, idle
	f.chip.set(chipText, chipTone)
	f.text.set(text, colorMuted)
	f.all.Refresh()
}
