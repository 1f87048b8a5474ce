package desk

import (
	"context"

	"waybill/internal/ledger"
	"waybill/signer"
)

// Where a bucket is, its store says once: the ledger keeps it, so that a link is signed for the right region again
// without asking.

// rememberRegions gives all stores of this desk one memory.
func (d *Desk) rememberRegions(ctx context.Context) {
	var known []signer.Home
	if d.ledger != nil {
		kept, err := d.ledger.Regions(ctx)
		if err != nil {
			d.log.Debug("the regions of buckets are not known", "error", err)
		}
		for _, r := range kept {
			known = append(known, signer.Home(r))
		}
	}
	d.regions = signer.NewRegions(known, d.keepRegion)
}

// keepRegion writes down what was learned. That it could not costs a request at the next start.
func (d *Desk) keepRegion(h signer.Home) {
	if d.ledger == nil {
		return
	}
	if err := d.ledger.PutRegion(context.Background(), ledger.Region(h)); err != nil {
		d.log.Debug("the region of a bucket is not kept", "error", err)
	}
}

// SetAccelerate has what is sent and linked go through transfer acceleration, whatever the profile says. It holds for
// stores that are opened afterwards.
func (d *Desk) SetAccelerate(on bool) { d.accelerate.Store(on) }
