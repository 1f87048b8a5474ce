package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"waybill/internal/desk"
)

// bar shows the progress of a drop where standard error is a terminal, and nothing elsewhere.
type bar struct {
	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	to    io.Writer
	total int64
	done  map[string]int64 // bytes of the transfers that are not over
	sizes map[string]int64
	moved int64
	over  int
	files int

	question string // that a person is being asked, and that a bar would wipe away; "" for none
}

// newBar is the bar of what the command does next.
func (c *command) newBar() *bar {
	b := &bar{to: c.Err, done: map[string]int64{}, sizes: map[string]int64{}}
	c.bar = b
	if c.quiet || !isTTY(c.Err) {
		return b
	}
	b.bar = progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(c.Err),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0), // or it would draw itself, news or not
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(true),
	)
	return b
}

// show takes a transfer's news into the bar.
func (b *bar) show(t desk.Transfer) {
	if b.bar == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, known := b.sizes[t.ID]; !known || old != t.Size {
		b.total += t.Size - old
		b.sizes[t.ID] = t.Size
		if !known {
			b.files++
		}
	}
	b.moved += t.Done - b.done[t.ID]
	b.done[t.ID] = t.Done
	if t.State.Over() {
		b.over++
		delete(b.done, t.ID)
		delete(b.sizes, t.ID)
	}
	if b.question != "" {
		return
	}
	b.bar.ChangeMax64(max(b.total, 1))
	b.bar.Describe(fmt.Sprintf("%d of %d", b.over, b.files))
	_ = b.bar.Set64(b.moved)
}

// clear makes room for a line, also behind a question, which again asks once more below it.
func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.bar == nil:
	case b.question != "":
		_, _ = fmt.Fprintln(b.to)
	default:
		_ = b.bar.Clear()
	}
}

// again asks once more what a line has been put behind.
func (b *bar) again() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil && b.question != "" {
		_, _ = fmt.Fprint(b.to, b.question)
	}
}

// asking asks a question at the terminal, and keeps the bar, if there is one, away from it until done is called.
func (c *command) asking(question string) (done func()) {
	b := c.bar
	if b == nil {
		_, _ = fmt.Fprint(c.Err, question)
		return func() {}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		_ = b.bar.Clear()
	}
	_, _ = fmt.Fprint(c.Err, question)
	b.question = question
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.question = ""
	}
}
