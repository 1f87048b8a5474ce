package desk

import (
	"context"
	"errors"

	"waybill/internal/courier"
)

// A name that is taken: what becomes of the file is the person's to say, and another name beside it is looked for only so
// long as there is reason to think that one is free.

// How many names beside a taken one are tried for a file.
const (
	mostLooks    = 10_000 // that are seen to be taken
	mostRefused  = 1_000  // that the store refuses as taken, where nobody may look
	mostBaseless = 2      // that it refuses though nothing is there; of one, somebody may have removed it that moment
)

var errSkip = errors.New("the name is taken, and the person chose to skip")

func (p *Drop) onClash(ctx context.Context, j *job) (Clash, error) {
	if p.options.OnClash != ClashAsk {
		return p.options.OnClash, nil
	}
	p.mu.Lock()
	snapshot := j.Transfer
	p.mu.Unlock()
	answer := make(chan Clash, 1)
	go func() { answer <- p.options.Ask(ctx, snapshot) }()
	select {
	case c := <-answer:
		if ctx.Err() != nil { // nobody has answered: the question is over
			return "", context.Cause(ctx)
		}
		return c, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// takenNames counts the names that a store has refused as taken for one file.
type takenNames struct{ refused, baseless int }

// enough counts one more, and reports whether no other is worth a try. free looks whether the store says itself that
// nothing is there. The name that was wanted is believed to be taken without a look.
func (n *takenNames) enough(free func() bool) bool {
	if n.refused++; n.refused > 1 && free() {
		n.baseless++
	}
	return n.refused >= mostRefused || n.baseless >= mostBaseless
}

// trouble says that there is no name for a file; where is the one that was refused last.
func (n *takenNames) trouble(where scene, tried int, cause error) *Trouble {
	a := where.args()
	a["Count"], a["Baseless"] = tried, n.baseless > 0
	return trouble("NamesRefused", a, cause)
}

// otherNames gives names for a job whose own is taken.
type otherNames struct {
	drop   *Drop
	job    *job
	wanted string
	next   int // the number of the name to look at
	looks  int
	taken  takenNames
}

func (p *Drop) namesBeside(j *job) *otherNames {
	return &otherNames{drop: p, job: j, wanted: j.wanted, next: 2}
}

// after gives the first name that is free, once the store has refused one as taken. Not being allowed to look is no
// hindrance: the store refuses a taken name anyway, and then the next one is tried.
func (o *otherNames) after(ctx context.Context, refused string) (string, error) {
	p := o.drop
	where := scene{store: p.dest.Store, bucket: p.dest.Bucket, key: refused, path: o.job.Path}
	if o.taken.enough(func() bool { return p.courier.Free(ctx, p.dest.Bucket, refused) }) {
		return "", o.taken.trouble(where, o.taken.refused, courier.ErrTaken)
	}
	for ; o.looks < mostLooks; o.next++ {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		key := numbered(o.wanted, o.next)
		p.mu.Lock()
		given := p.keys[key]
		p.keys[key] = true
		p.mu.Unlock()
		if given {
			continue
		}
		o.looks++
		// What an earlier process has sent under this name may be this very file: then sending it finds that out.
		if (p.before != nil || !p.courier.Exists(ctx, p.dest.Bucket, key)) && !p.desk.revokedThere(ctx, p.pinned, p.dest.Bucket, key) {
			o.next++
			return key, nil
		}
	}
	return "", o.taken.trouble(where, o.looks, courier.ErrTaken)
}
