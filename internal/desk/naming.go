package desk

import (
	"slices"

	"waybill/internal/pages"
	"waybill/signer"
)

// NamingOf is how keys are made at a destination: as was chosen there, else names are taken as they are.
func (s Settings) NamingOf(d Destination) DestinationNaming {
	at := slices.IndexFunc(s.Naming, func(n DestinationNaming) bool { return n.Destination.same(d) })
	if at < 0 {
		return DestinationNaming{Destination: d}
	}
	n := s.Naming[at]
	n.Destination = d // which may name the same store in another way
	return n
}

// SetNaming remembers how keys are made at a destination; names as they are need no remembering.
func (s *Settings) SetNaming(n DestinationNaming) {
	// A copy, since whoever has asked for the settings before has the same list.
	kept := slices.DeleteFunc(slices.Clone(s.Naming), func(old DestinationNaming) bool { return old.Destination.same(n.Destination) })
	if n != (DestinationNaming{Destination: n.Destination}) {
		kept = append(kept, n)
	}
	s.Naming = kept
}

// DistributionOf is what answers a bucket's links that last longer than seven days, if there is one.
func (s Settings) DistributionOf(bucket string) (signer.CloudFront, bool) {
	at := slices.IndexFunc(s.Distributions, func(d Distribution) bool { return d.Bucket == bucket })
	if at < 0 {
		return signer.CloudFront{}, false
	}
	return s.Distributions[at].CloudFront, true
}

// Hidden is a folder below the destination that nobody can guess, another one for each call.
func (dest Destination) Hidden() Destination {
	dest.Prefix += unguessable() + "/"
	return dest
}

// Visible makes a name that others chose one that reads as it is, for showing, by the rule of the pages: what cannot be seen
// is written as its number, as in "invoice[U+202E]fdp.exe".
func Visible(name string) string { return pages.Visible(name) }
