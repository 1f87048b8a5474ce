package cli

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"waybill/internal/desk"
)

// bar shows the progress of a drop where standard error is a terminal, and nothing elsewhere.
type bar struct {
	bar   *progressbar.ProgressBar
	total int64
	done  map[string]int64 // bytes of the transfers that are not over
	sizes map[string]int64
	moved int64
	over  int
	files int
}

func (c *command) newBar() *bar {
	b := &bar{done: map[string]int64{}, sizes: map[string]int64{}}
	if c.quiet || !isTTY(c.Err) {
		return b
	}
	b.bar = progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(c.Err),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
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
	if old, known := b.sizes[t.ID]; !known || old != t.Size {
		b.total += t.Size - old
		b.sizes[t.ID] = t.Size
		if !known {
			b.files++
		}
		b.bar.ChangeMax64(max(b.total, 1))
	}
	b.moved += t.Done - b.done[t.ID]
	b.done[t.ID] = t.Done
	if t.State.Over() {
		b.over++
		delete(b.done, t.ID)
		delete(b.sizes, t.ID)
	}
	b.bar.Describe(fmt.Sprintf("%d of %d", b.over, b.files))
	_ = b.bar.Set64(b.moved)
}

// clear makes room for a line.
func (b *bar) clear() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
}
