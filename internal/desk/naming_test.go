package desk

import (
	"slices"
	"strings"
	"testing"

	"waybill/signer"
)

func TestNamingIsRememberedByDestination(t *testing.T) {
	team := Destination{Store: Store{Profile: "work"}, Bucket: "share", Prefix: "team/"}
	alice := team
	alice.Prefix = "team/alice/"
	other := team
	other.Profile = "home"

	var s Settings
	s.SetNaming(DestinationNaming{Destination: team, Template: "{date}/{name}"})
	s.SetNaming(DestinationNaming{Destination: alice, Unguessable: true})
	for _, c := range []struct {
		at   Destination
		want DestinationNaming
	}{
		{team, DestinationNaming{Destination: team, Template: "{date}/{name}"}},
		{alice, DestinationNaming{Destination: alice, Unguessable: true}},
		{other, DestinationNaming{Destination: other}},
	} {
		if got := s.NamingOf(c.at); got != c.want {
			t.Errorf("at %+v: %+v, want %+v", c.at, got, c.want)
		}
	}

	// Another choice takes the place of the first, and nobody's copy of the settings changes under them.
	before := slices.Clone(s.Naming)
	shared := s
	s.SetNaming(DestinationNaming{Destination: team, Template: "{uuid}{ext}"})
	if !slices.Equal(shared.Naming, before) {
		t.Errorf("the other copy became %+v", shared.Naming)
	}
	if got := s.NamingOf(team); got.Template != "{uuid}{ext}" || len(s.Naming) != 2 {
		t.Errorf("%+v of %d", got, len(s.Naming))
	}
	// Names as they are leave nothing behind.
	s.SetNaming(DestinationNaming{Destination: team})
	s.SetNaming(DestinationNaming{Destination: alice})
	if len(s.Naming) != 0 {
		t.Errorf("%+v is kept", s.Naming)
	}
}

func TestDistributionOfABucket(t *testing.T) {
	c := signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net"}
	s := Settings{Distributions: []Distribution{{Bucket: "film", CloudFront: c}}}
	if got, ok := s.DistributionOf("film"); !ok || got != c {
		t.Errorf("%+v, %v", got, ok)
	}
	if got, ok := s.DistributionOf("films"); ok || got != (signer.CloudFront{}) {
		t.Errorf("%+v, %v", got, ok)
	}
}

func TestHiddenFolderIsAnotherOneEachTime(t *testing.T) {
	at := Destination{Bucket: "share", Prefix: "team/"}
	one, two := at.Hidden(), at.Hidden()
	if one.Prefix == two.Prefix || !strings.HasPrefix(one.Prefix, "team/") || len(one.Prefix) != len("team/")+26+1 || at.Prefix != "team/" {
		t.Errorf("%q, %q", one.Prefix, two.Prefix)
	}
	if clean, err := CleanPrefix(one.Prefix); err != nil || clean != one.Prefix {
		t.Errorf("%q, %v", clean, err)
	}
}
