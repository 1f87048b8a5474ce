package desk

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"time"
	"unicode/utf8"

	"waybill/internal/ledger"
)

// What moves to another computer is a text of one JSON object a line: a head, the settings, a line for each record of
// the ledger, one for each request with those of its arrivals behind it, and an end that says how many records and requests
// there were and the SHA-256 of all lines before it. Whoever wants to know what
// they carry along can read it; there is nothing in it to unpack, and no path of a file to write.

// moveFormat is the form that this version writes. It reads the first one too, which had no requests.
const moveFormat = 2

// The most that such a text may have.
const (
	maxMove     = 1 << 30 // bytes; a million links have about half of it
	maxMoveLine = 1 << 20 // bytes; the page of a bundle with all it may have has about a tenth
)

type moveLine struct {
	Head     *moveHead    `json:"waybill_export,omitempty"`
	Settings *Settings    `json:"settings,omitempty"`
	Record   *moveRecord  `json:"record,omitempty"`
	Request  *moveRequest `json:"request,omitempty"`
	Arrival  *moveArrival `json:"arrival,omitempty"`
	End      *moveEnd     `json:"end,omitempty"`
}

type moveHead struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of the program that made it
	Made    time.Time `json:"made"`
}

type moveEnd struct {
	Records  int    `json:"records"`
	Requests int    `json:"requests,omitempty"`
	SHA256   string `json:"sha256"`
}

// moveWriter writes lines and sums them up.
type moveWriter struct {
	to       io.Writer
	sum      hash.Hash
	records  int
	requests int
}

func newMoveWriter(w io.Writer) *moveWriter { return &moveWriter{to: w, sum: sha256.New()} }

func (w *moveWriter) write(l moveLine) error {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		return fmt.Errorf("write a line: %w", err)
	}
	if line.Len() > maxMoveLine {
		return fmt.Errorf("write a line: %w", errMoveLine)
	}
	if l.Record != nil {
		w.records++
	}
	if l.Request != nil {
		w.requests++
	}
	_, _ = w.sum.Write(line.Bytes()) // a hash never fails
	_, err := w.to.Write(line.Bytes())
	return err
}

func (w *moveWriter) end() error {
	return w.write(moveLine{End: &moveEnd{w.records, w.requests, hex.EncodeToString(w.sum.Sum(nil))}})
}

// What may be wrong with a text that came from elsewhere.
var (
	errNotMove   = errors.New("it does not begin as an export does")
	errMoveNewer = errors.New("made by a newer version")
	errMoveText  = errors.New("a line is not as it should be")
	errMoveLine  = errors.New("a line is too long")
	errMoveSize  = errors.New("it is too large")
	errMoveCut   = errors.New("its end is missing")
	errMoveSum   = errors.New("its sum is not that of its lines")
	errMoveLines = errors.New("its lines are not in order")
	errMoveAfter = errors.New("something comes after its end")
)

// moveReader reads lines, and believes none of them.
type moveReader struct {
	from     *bufio.Reader
	sum      hash.Hash
	read     int64
	head     moveHead
	settings Settings
	left     int // settings that nothing can be made of

	count moveEnd   // what was read so far
	ahead *moveLine // that ended the records, or a request
}

// newMoveReader reads head and settings. Of a newer form the error is errMoveNewer, and the head says which version made it.
func newMoveReader(r io.Reader) (*moveReader, error) {
	m := &moveReader{from: bufio.NewReaderSize(r, maxMoveLine), sum: sha256.New()}
	first, err := m.next()
	if err != nil {
		return m, fmt.Errorf("%w: %w", errNotMove, err)
	}
	if first.Head == nil || first.Head.Format < 1 {
		return m, errNotMove
	}
	m.head = *first.Head
	m.head.Version = visible(m.head.Version)
	if m.head.Format > moveFormat {
		return m, errMoveNewer
	}
	second, err := m.next()
	if err != nil {
		return m, err
	}
	if second.Settings == nil {
		return m, errMoveLines
	}
	m.settings, m.left = usable(*second.Settings)
	return m, nil
}

// next reads a line: one object that says exactly one thing.
func (m *moveReader) next() (moveLine, error) {
	var l moveLine
	if m.ahead != nil {
		l, m.ahead = *m.ahead, nil
		return l, nil
	}
	line, err := m.from.ReadSlice('\n')
	m.read += int64(len(line))
	switch {
	case m.read > maxMove:
		return l, errMoveSize
	case errors.Is(err, bufio.ErrBufferFull):
		return l, errMoveLine
	case errors.Is(err, io.EOF):
		return l, errMoveCut
	case err != nil:
		return l, err
	case !utf8.Valid(line):
		return l, errMoveText
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return l, fmt.Errorf("%w: %w", errMoveText, err)
	}
	things := 0
	for _, there := range []bool{l.Head != nil, l.Settings != nil, l.Record != nil, l.Request != nil, l.Arrival != nil, l.End != nil} {
		if there {
			things++
		}
	}
	if things != 1 {
		return l, errMoveLines
	}
	if l.End == nil {
		_, _ = m.sum.Write(line) // a hash never fails
	}
	return l, nil
}

// records gives the records, which come after the settings.
func (m *moveReader) records() iter.Seq2[ledger.Moved, error] {
	return func(yield func(ledger.Moved, error) bool) {
		for {
			l, err := m.next()
			switch {
			case err != nil:
			case l.Record == nil:
				m.ahead = &l
				return
			default:
				err = l.Record.check()
			}
			if err != nil {
				yield(ledger.Moved{}, err)
				return
			}
			m.count.Records++
			if !yield(l.Record.moved(), nil) {
				return
			}
		}
	}
}

// requests gives the requests, which come after the records, each with its arrivals. Whoever has got to its end without an
// error has read all that was written.
func (m *moveReader) requests() iter.Seq2[ledger.MovedRequest, error] {
	return func(yield func(ledger.MovedRequest, error) bool) {
		for {
			l, err := m.next()
			switch {
			case err != nil:
			case l.End != nil:
				if err = m.checkEnd(*l.End); err == nil {
					return
				}
			case l.Request == nil:
				err = errMoveLines
			default:
				err = l.Request.check()
			}
			if err != nil {
				yield(ledger.MovedRequest{}, err)
				return
			}
			m.count.Requests++
			one := ledger.MovedRequest{Request: l.Request.moved()}
			if one.Arrivals, err = m.arrivals(l.Request); err != nil {
				one = ledger.MovedRequest{}
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

// arrivals reads those of a request, up to the next line that is none.
func (m *moveReader) arrivals(of *moveRequest) (list []ledger.Arrival, err error) {
	for {
		l, err := m.next()
		switch {
		case err != nil:
			return nil, err
		case l.Arrival == nil:
			m.ahead = &l
			return list, nil
		case len(list) == mostMovedArrivals:
			return nil, errMoveLines
		}
		if err := l.Arrival.check(of); err != nil {
			return nil, err
		}
		list = append(list, l.Arrival.moved(of))
	}
}

func (m *moveReader) checkEnd(end moveEnd) error {
	if m.count.SHA256 = hex.EncodeToString(m.sum.Sum(nil)); end != m.count {
		return errMoveSum
	}
	if _, err := m.from.ReadByte(); !errors.Is(err, io.EOF) {
		return errMoveAfter
	}
	return nil
}
