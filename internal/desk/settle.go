package desk

import (
	"context"
	"time"

	"waybill/internal/courier"
)

// probePatience is how long a link endpoint that has answered before is waited for.
const probePatience = time.Second

// settle finds out with what settings a drop goes, and where its links lead. Both go into its plan: another process that
// goes on with it sends the rest as the first was sent. A plan of a version that knew none of it has none.
func (p *Drop) settle(ctx context.Context) error {
	if p.before == nil {
		p.given = p.desk.uploadSettings(p.options.Upload, p.dest)
		p.at = p.desk.linkEndpoint(p.options.LinkEndpoint, p.dest.Store, p.dest.Bucket)
	} else {
		if p.options.Upload != nil {
			p.given = *p.options.Upload
		}
		if p.options.LinkEndpoint != nil {
			p.at = *p.options.LinkEndpoint
		}
	}
	given, at := p.given, p.at
	p.options.Upload, p.options.LinkEndpoint = &given, &at
	if err := p.desk.CheckUpload(ctx, p.dest.Store, p.given); err != nil {
		return err
	}
	if err := p.at.check(); err != nil {
		return err
	}
	return p.desk.lookAhead(ctx, p.signer, p.at, p.dest.Bucket)
}

// openProber makes ready what tries links: the courier itself, or another one. That another host than the store's does not
// answer is no network that was lost, so it is not waited for. Both may be closed.
func (p *Drop) openProber() {
	p.prober = p.courier
	if p.at.URL != "" {
		p.prober = courier.New(p.signer, courier.Options{Concurrency: p.options.Concurrency, Patience: probePatience})
	}
}
