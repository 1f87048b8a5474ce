package desk

import (
	"encoding/json"
	"os"
	"path/filepath"
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
	Detail string    `json:"detail,omitempty"` // without signatures and passwords; cut
	Times  int       `json:"times"`            // how often it came in a row
}

// pastTroubles are the last failures, in a small file of the home: whoever helps asks what was wrong a while ago. Ten thousand
// files that fail alike are one line, and one or two writes.
type pastTroubles struct {
	mu    sync.Mutex
	list  []PastTrouble
	read  bool
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
	d.readTroubles()
	now, detail := d.now().UTC().Truncate(time.Second), t.Detail
	if len(detail) > keptDetail {
		detail = strings.ToValidUTF8(detail[:keptDetail], "") + "…"
	}
	if n := len(p.list); n > 0 && p.list[n-1].Code == t.Code && now.Sub(p.list[n-1].At) < sameTrouble {
		p.list[n-1].Times++
		p.list[n-1].Detail, p.dirty = detail, true
		return
	}
	p.list = append(p.list, PastTrouble{At: now, Code: t.Code, Detail: detail, Times: 1})
	p.list = p.list[max(0, len(p.list)-keptTroubles):]
	d.writeTroubles()
}

// PastTroubles are the last failures, oldest first.
func (d *Desk) PastTroubles() []PastTrouble {
	d.past.mu.Lock()
	defer d.past.mu.Unlock()
	d.readTroubles()
	return append([]PastTrouble(nil), d.past.list...)
}

func (d *Desk) troublesPath() string { return filepath.Join(d.home, "troubles.json") }

// readTroubles reads the file once, while the lock is held. Another process's last ones may be lost; nothing depends on them.
func (d *Desk) readTroubles() {
	if d.past.read {
		return
	}
	d.past.read = true
	if data, err := os.ReadFile(d.troublesPath()); err == nil {
		var list []PastTrouble
		if json.Unmarshal(data, &list) == nil {
			d.past.list = list[max(0, len(list)-keptTroubles):]
		}
	}
}

// writeTroubles writes the file, while the lock is held.
func (d *Desk) writeTroubles() {
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
		d.writeTroubles()
	}
}
