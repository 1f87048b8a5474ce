package courier

import (
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// canSendFile: the kernel moves the file offset while it sends, so that progress can be seen.
const canSendFile = true

// lookEvery is how often a body that the kernel sends is looked at.
const lookEvery = 100 * time.Millisecond

// fileBody is a body that the kernel takes from the page cache to the socket (sendfile(2)) without a copy through
// this program: net/http finds an open file in it. How far it is, the file's own offset tells.
type fileBody struct {
	file  *os.File
	piece piece
	moved func(int64)
	stop  chan struct{}

	mu    sync.Mutex
	watch *watch
	seen  int64 // bytes counted
	over  bool
}

// newFileBody opens the file once more: each body needs an offset of its own.
func newFileBody(path string, p piece, moved func(int64), w *watch) (body, error) {
	f, _, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(p.offset, io.SeekStart); err != nil {
		_ = f.Close()
		return nil, err
	}
	b := &fileBody{file: f, piece: p, moved: moved, watch: w, stop: make(chan struct{})}
	go b.follow()
	return b, nil
}

// SyscallConn implements syscall.Conn: this is what net sends from.
func (b *fileBody) SyscallConn() (syscall.RawConn, error) { return b.file.SyscallConn() }

// Read implements io.Reader, for what the kernel cannot send, and for net/http to see that the piece is at its end.
func (b *fileBody) Read(p []byte) (int, error) {
	at, err := b.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	left := b.piece.offset + b.piece.size - at
	if left <= 0 {
		return 0, io.EOF
	}
	return b.file.Read(p[:min(int64(len(p)), left)])
}

// follow counts what the kernel has taken.
func (b *fileBody) follow() {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			b.mu.Lock()
			b.look()
			b.mu.Unlock()
		case <-b.stop:
			return
		}
	}
}

// look counts what has gone since the last look.
func (b *fileBody) look() {
	at, err := b.file.Seek(0, io.SeekCurrent)
	if b.over || err != nil {
		return
	}
	gone := min(at-b.piece.offset, b.piece.size)
	if n := gone - b.seen; n > 0 {
		b.seen = gone
		b.watch.saw(n, gone == b.piece.size)
		b.moved(n)
	}
}

// Close implements io.Closer for net/http, which may call it before the request is over. The watch goes on.
func (b *fileBody) Close() error { return nil }

// cut cannot take back what the kernel has; the caller's cancel closes the connection.
func (b *fileBody) cut() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.look()
	return b.seen < b.piece.size
}

// whole cannot be told: the kernel may have gone on after the last look.
func (b *fileBody) whole() bool { return true }

func (b *fileBody) end(undo bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !undo {
		if rest := b.piece.size - b.seen; rest > 0 {
			b.moved(rest) // sent since the last look
		}
	} else {
		b.moved(-b.seen)
	}
	b.over = true
	b.watch.timer.Stop()
	close(b.stop)
	_ = b.file.Close() // waits for nobody: what still sends from it fails
}
