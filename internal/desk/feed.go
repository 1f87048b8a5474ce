package desk

import "sync"

// feed hands snapshots on in the order in which they were made. Whoever makes one holds the drop's lock and
// must not wait for the reader: the reader may itself be calling Pause, and a snapshot that waited outside the
// lock could be overtaken by a later one.
type feed struct {
	out chan Transfer

	mu      sync.Mutex
	ready   *sync.Cond // signalled when waiting or over changes
	waiting []Transfer
	over    bool
}

func newFeed() *feed {
	f := &feed{out: make(chan Transfer, 256)}
	f.ready = sync.NewCond(&f.mu)
	go f.run()
	return f
}

// add never blocks. After close it does nothing.
func (f *feed) add(t Transfer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return
	}
	f.waiting = append(f.waiting, t)
	f.ready.Signal()
}

// behind reports whether the reader has not taken yet what there is: then progress can wait.
func (f *feed) behind() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.waiting) > 0
}

// close closes the channel once everything was handed on. It does not wait for that.
func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	f.ready.Signal()
}

func (f *feed) run() {
	defer close(f.out)
	for {
		f.mu.Lock()
		for len(f.waiting) == 0 && !f.over {
			f.ready.Wait()
		}
		batch := f.waiting
		f.waiting = nil
		f.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		for _, t := range batch {
			f.out <- t
		}
	}
}
