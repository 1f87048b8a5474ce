package desk

import (
	"slices"
	"time"

	"waybill/signer"
)

// maxDistributed is the longest that a link of a distribution may be asked for. CloudFront has no bound of its own; a
// link for longer than this is a mistake.
const maxDistributed = 10 * 365 * 24 * time.Hour

// distribution finds what answers a bucket's links that last longer than seven days.
func (d *Desk) distribution(bucket string) (signer.CloudFront, bool) {
	return d.Settings().DistributionOf(bucket)
}

// SetDistribution remembers a bucket's distribution, after a look at its parts; the zero one is forgotten.
func (d *Desk) SetDistribution(bucket string, c signer.CloudFront) error {
	if err := CheckBucket(bucket); err != nil {
		return err
	}
	if c != (signer.CloudFront{}) {
		if err := c.Check(); err != nil {
			return trouble("DistributionWrong", args{"Fault": err.Error()}, err)
		}
	}
	return d.changeSettings(func(s *Settings) {
		s.Distributions = slices.DeleteFunc(slices.Clone(s.Distributions), func(one Distribution) bool { return one.Bucket == bucket })
		if c != (signer.CloudFront{}) {
			s.Distributions = append(s.Distributions, Distribution{Bucket: bucket, CloudFront: c})
		}
	})
}

// CheckExpires says why links to a bucket cannot last so long, or returns nil.
func (d *Desk) CheckExpires(bucket string, expires time.Duration) error {
	if _, ok := d.distribution(bucket); !ok && expires > signer.MaxExpires {
		return trouble("NoDistribution", args{"Given": FormatExpires(expires), "Bucket": bucket}, nil)
	}
	return nil
}
