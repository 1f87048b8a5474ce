package desk

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	keptTroubles = 20          // of the last ones
	keptDetail   = 400         // bytes of a detail
	sameTrouble  = time.Minute // how long the same trouble counts as one
)

// PastTrouble is a failure that a person was told of.
type PastTrouble struct {
	At     time.Time `json:"at"`
	Code   string    `json:"code"`
	Detail string    `json:"detail,omitempty"` // of the first time, without what a report would not hold; cut
	Times  int       `json:"times"`            // how often it came, within a minute
}

// pastTroubles are the last failures, in a small file of the home: whoever helps asks what was wrong a while ago. Ten thousand
// files that fail in a few ways are a few lines, and a few writes.
type pastTroubles struct {
	mu    sync.Mutex
	list  []PastTrouble
	dirty bool
}

// NoteTrouble remembers that a person was told of a failure, for Examine. Nil is none.
func (d *Desk) NoteTrouble(t *Trouble) {
	if t == nil {
		return
	}
	p := &d.past
	p.mu.Lock()
	defer p.mu.Unlock()
	now := d.now().UTC().Truncate(time.Second)
	if p.again(t.Code, now) {
		return
	}
	d.readTroubles()
	if p.again(t.Code, now) {
		return
	}
	// Now, not when it is read: a token that a store has told is another one by then, and none is kept.
	detail := newScrubber(d.endpoints()...).text(t.Detail)
	if len(detail) > keptDetail {
		detail = strings.ToValidUTF8(detail[:keptDetail], "") + "…"
	}
	p.list = append(p.list, PastTrouble{At: now, Code: t.Code, Detail: detail, Times: 1})
	d.writeTroubles()
}

// again counts a failure that came a while ago as well, and reports whether it did.
func (p *pastTroubles) again(code string, now time.Time) bool {
	for i := len(p.list) - 1; i >= 0 && now.Sub(p.list[i].At) < sameTrouble; i-- {
		if p.list[i].Code == code {
			p.list[i].Times++
			p.dirty = true
			return true
		}
	}
	return false
}

// PastTroubles are the last failures, oldest first.
func (d *Desk) PastTroubles() []PastTrouble {
	d.past.mu.Lock()
	defer d.past.mu.Unlock()
	d.readTroubles()
	return append([]PastTrouble(nil), d.past.list...)
}

func (d *Desk) troublesPath() string { return filepath.Join(d.home, "troubles.json") }

// readTroubles takes in, while the lock is held, what the file has: another process may have written it.
func (d *Desk) readTroubles() {
	p := &d.past
	data, err := os.ReadFile(d.troublesPath())
	var others []PastTrouble
	if err != nil || json.Unmarshal(data, &others) != nil {
		return
	}
	for _, o := range others {
		i := slices.IndexFunc(p.list, func(t PastTrouble) bool { return t.Code == o.Code && t.At.Equal(o.At) })
		if i < 0 {
			p.list = append(p.list, o)
		} else {
			p.list[i].Times = max(p.list[i].Times, o.Times)
		}
	}
	slices.SortStableFunc(p.list, func(a, b PastTrouble) int { return a.At.Compare(b.At) })
	p.list = p.list[max(0, len(p.list)-keptTroubles):]
}

// writeTroubles writes the file, while the lock is held.
func (d *Desk) writeTroubles() {
	d.past.list = d.past.list[max(0, len(d.past.list)-keptTroubles):]
	d.past.dirty = false
	data, err := json.MarshalIndent(d.past.list, "", " ")
	if err == nil {
		err = writePrivately(d.troublesPath(), data)
	}
	if err != nil {
		d.log.Debug("the last troubles are not remembered", "error", err)
	}
}

// keepTroubles writes what was counted and not written yet.
func (d *Desk) keepTroubles() {
	d.past.mu.Lock()
	defer d.past.mu.Unlock()
	if d.past.dirty {
		d.readTroubles()
		d.writeTroubles()
	}
}
