package courier

import (
	"context"
	"io"
	"os"
	"sync"
	"time"
)

// body is a piece of a file on its way: it counts what was read, and raises the alarm when nothing is read
// for too long.
type body struct {
	section *io.SectionReader
	moved   func(int64)
	watch   *time.Timer
	stall   time.Duration

	mu   sync.Mutex // net/http reads in a goroutine of its own, which may outlive the request
	read int64
	over bool
}

// newBody reads size bytes of f from offset. cancel is called with ErrStalled when no byte moves for stall.
func newBody(f io.ReaderAt, p piece, moved func(int64), stall time.Duration, cancel context.CancelCauseFunc) *body {
	b := &body{section: io.NewSectionReader(f, p.offset, p.size), moved: moved, stall: stall}
	b.watch = time.AfterFunc(stall, func() { cancel(ErrStalled) })
	return b
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return 0, os.ErrClosed
	}
	n, err := b.section.Read(p)
	if n > 0 {
		b.watch.Reset(b.stall)
		b.read += int64(n)
		b.moved(int64(n))
	}
	return n, err
}

// Close implements io.Closer for net/http. The watch goes on: the answer may stall as well.
func (b *body) Close() error { return nil }

// cut stops the body if some of it is still to be read, so that the store cannot get it whole any more. It reports
// whether it did.
func (b *body) cut() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.read == b.section.Size() {
		return false
	}
	b.over = true
	return true
}

// end stops the watch and any later read. With undo, what was counted is taken back: it will be sent again.
func (b *body) end(undo bool) {
	b.watch.Stop()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	if undo {
		b.moved(-b.read)
	}
}
