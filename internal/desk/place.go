package desk

import (
	"strings"

	"waybill/signer"
)

// storeID is what makes a store this one, for what is remembered of it.
type storeID struct {
	sandbox           bool
	profile, endpoint string
}

// id says which store it is. A region and a word about plain http make no other store; no profile is the one that the AWS
// CLI would take.
func (s Store) id() storeID {
	if s.Sandbox {
		return storeID{sandbox: true}
	}
	return storeID{profile: s.profile(), endpoint: strings.TrimRight(s.Endpoint, "/")}
}

// same reports whether two stores are one, for what is remembered of them.
func (s Store) same(other Store) bool { return s.id() == other.id() }

// profile is the profile's name, also where none was given.
func (s Store) profile() string {
	if s.Profile == "" {
		return signer.DefaultProfile()
	}
	return s.Profile
}

// readable reports whether the names in it are such that a terminal or the window shows them as one line.
func (s Store) readable() bool {
	text := s.Profile + s.Region + s.Endpoint
	return visible(text) == text
}

// same reports whether two destinations are one.
func (dest Destination) same(other Destination) bool {
	return dest.Bucket == other.Bucket && dest.Prefix == other.Prefix && dest.Store.same(other.Store)
}

// within reports whether a destination is another one, or a folder in it.
func (dest Destination) within(other Destination) bool {
	return dest.Bucket == other.Bucket && strings.HasPrefix(dest.Prefix, other.Prefix) && dest.Store.same(other.Store)
}
