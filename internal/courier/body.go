package courier

import (
	"context"
	"io"
	"os"
	"sync"
	"time"
)

// body is a piece of a file on its way. carry cuts it when the person cancels, and ends it when it is over.
type body interface {
	io.ReadCloser
	// cut stops what has not been read yet, and reports whether there was any of it.
	cut() bool
	// end stops the watch and any later read. With undo, what was counted is taken back: it will be sent again.
	end(undo bool)
	// whole reports, after the end, whether all of it may have gone out.
	whole() bool
}

// leastFlow is how many bytes have to move in each stall time: a trickle would defeat a watch that any byte
// satisfies.
const leastFlow = 4 << 10

// watch raises the alarm when a body does not move, or hardly moves.
type watch struct {
	stall   time.Duration
	timer   *time.Timer
	started time.Time
	moved   int64 // since the timer was set
	all     int64
}

func newWatch(stall time.Duration, cancel context.CancelCauseFunc) *watch {
	return &watch{stall: stall, started: time.Now(), timer: time.AfterFunc(stall, func() { cancel(ErrStalled) })}
}

// saw counts what has moved. When that was the rest, the answer may take as long as what lies in the buffers on
// the way needs at the speed that was seen.
func (w *watch) saw(n int64, rest bool) {
	w.moved += n
	w.all += n
	switch {
	case rest:
		const (
			onTheWay = 8 << 20   // bytes that the buffers of two systems hold at most
			little   = 256 << 10 // bytes that may have gone into those buffers at once: that says nothing of the way
			slowest  = 4 << 10   // bytes a second of a way that is slow and works
		)
		perSecond := float64(w.all) / max(time.Since(w.started).Seconds(), 1e-3)
		seconds := min(onTheWay/max(perSecond, 1), 1800)
		if w.all <= little {
			seconds = max(seconds, float64(w.all)/slowest)
		}
		w.set(w.stall + time.Duration(seconds*float64(time.Second)))
	case w.moved >= leastFlow:
		w.set(w.stall)
	}
}

func (w *watch) set(d time.Duration) {
	w.moved = 0
	w.timer.Reset(d)
}

// readBody is a body that passes through this program's memory: it can be limited, and go through TLS.
type readBody struct {
	ctx     context.Context //nolint:containedctx // net/http reads bodies without one
	section *io.SectionReader
	moved   func(int64)
	limit   *Limit

	mu    sync.Mutex // net/http reads in a goroutine of its own, which may outlive the request
	watch *watch
	read  int64
	over  bool
}

func newReadBody(ctx context.Context, f io.ReaderAt, p piece, moved func(int64), limit *Limit, w *watch) *readBody {
	return &readBody{ctx: ctx, section: io.NewSectionReader(f, p.offset, p.size), moved: moved, limit: limit, watch: w}
}

// Read implements io.Reader.
func (b *readBody) Read(p []byte) (int, error) {
	if b.limit.on() {
		p = p[:min(len(p), b.limit.piece())]
	}
	b.mu.Lock()
	if b.over {
		b.mu.Unlock()
		return 0, os.ErrClosed
	}
	n, err := b.section.Read(p)
	if n > 0 {
		b.read += int64(n)
		b.watch.saw(int64(n), b.read == b.section.Size())
		b.moved(int64(n))
	}
	b.mu.Unlock()
	if n > 0 && b.limit.on() {
		if waited := b.wait(n); waited != nil {
			return n, waited
		}
	}
	return n, err
}

// wait lets n bytes pass when the limit says so. Waiting is no stall.
func (b *readBody) wait(n int) error {
	b.mu.Lock()
	if !b.over {
		b.watch.timer.Stop()
	}
	b.mu.Unlock()
	err := b.limit.wait(b.ctx, n)
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over {
		b.watch.set(b.watch.stall)
	}
	return err
}

// Close implements io.Closer for net/http. The watch goes on: the answer may stall as well.
func (b *readBody) Close() error { return nil }

func (b *readBody) cut() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.read == b.section.Size() {
		return false
	}
	b.over = true
	return true
}

func (b *readBody) whole() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read == b.section.Size()
}

func (b *readBody) end(undo bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	b.watch.timer.Stop()
	if undo {
		b.moved(-b.read)
	}
}
