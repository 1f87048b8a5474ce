package desk

import (
	"net/url"
	"slices"
	"strings"

	"waybill/signer"
)

// portable is what of the settings another computer can use.
func (d *Desk) portable() Settings {
	s := d.Settings()
	s.Updates = Updates{Look: s.Updates.Look}
	s.RequesterPays = nil // a word about money is given anew where it shall hold
	s.Destination.Endpoint = withoutUser(s.Destination.Endpoint)
	for i := range s.Recent { // a copy already
		s.Recent[i].Endpoint = withoutUser(s.Recent[i].Endpoint)
	}
	s.Requests.Destination.Endpoint = withoutUser(s.Requests.Destination.Endpoint)
	s.Requests.Folder = "" // which is this computer's
	s.Naming = slices.Clone(s.Naming)
	for i := range s.Naming {
		s.Naming[i].Destination.Endpoint = withoutUser(s.Naming[i].Destination.Endpoint)
	}
	s.LinkEndpoints, s.Uploads = slices.Clone(s.LinkEndpoints), slices.Clone(s.Uploads)
	for i := range s.LinkEndpoints {
		s.LinkEndpoints[i].Store.Endpoint = withoutUser(s.LinkEndpoints[i].Store.Endpoint)
	}
	for i := range s.Uploads {
		s.Uploads[i].Destination.Endpoint = withoutUser(s.Uploads[i].Destination.Endpoint)
	}
	s.Distributions = slices.DeleteFunc(slices.Clone(s.Distributions), func(one Distribution) bool {
		return strings.ContainsAny(one.CloudFront.PrivateKey, "\r\n") // the key itself, where its path should be
	})
	return s
}

// withoutUser takes user name and password out of an endpoint.
func withoutUser(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	if u.User == nil {
		return endpoint
	}
	u.User = nil
	return u.String()
}

// usable is what can be made of settings that came from elsewhere, and how much was left out.
func usable(s Settings) (_ Settings, left int) {
	fits := func(dest Destination) bool {
		clean, err := dest.clean()
		return err == nil && clean == dest && dest.readable()
	}
	if s.Destination.Bucket != "" && !fits(s.Destination) {
		s.Destination, left = Destination{}, left+1
	}
	s.Requests.Folder = "" // it is nobody else's to say where files are brought
	if r := s.Requests; r.Destination.Bucket != "" && !fits(r.Destination) ||
		CheckRequest(RequestOptions{From: r.From, Expires: r.Expires, Files: r.Files, Kinds: r.Kinds, MaxSize: r.MaxSize}) != nil {
		s.Requests, left = RequestChoices{}, left+1
	}
	count := func() int {
		return len(s.Recent) + len(s.Naming) + len(s.Distributions) + len(s.LinkEndpoints) + len(s.Uploads)
	}
	before := count()
	s.Recent = slices.DeleteFunc(s.Recent, func(dest Destination) bool { return !fits(dest) })
	s.Naming = slices.DeleteFunc(s.Naming, func(n DestinationNaming) bool {
		_, err := ParseTemplate(string(n.Template))
		return !fits(n.Destination) || n.Template != "" && err != nil
	})
	s.Distributions = slices.DeleteFunc(s.Distributions, func(one Distribution) bool {
		c := one.CloudFront
		return CheckBucket(one.Bucket) != nil || c.Domain == "" || c.PrivateKey == "" || visible(c.Domain+c.KeyPairID+c.PrivateKey+c.OriginPath) != c.Domain+c.KeyPairID+c.PrivateKey+c.OriginPath
	})
	s.LinkEndpoints = slices.DeleteFunc(s.LinkEndpoints, func(e BucketLinkEndpoint) bool { return !e.usable() })
	// Which classes there are is the store's to say; all else is looked at.
	s.Uploads = slices.DeleteFunc(s.Uploads, func(u DestinationUpload) bool { return !fits(u.Destination) || u.Settings.Check(true) != nil })
	left += before - count()
	if s.LimitRate < 0 || s.LimitRate > 1<<40 {
		s.LimitRate, left = 0, left+1
	}
	if s.Remind < 0 || s.Remind > signer.MaxExpires {
		s.Remind, left = 0, left+1
	}
	s.Recent = s.Recent[:min(len(s.Recent), maxRecent)]
	s.RequesterPays, s.Updates = nil, Updates{Look: s.Updates.Look}
	if !slices.Contains([]string{LookUnasked, LookYes, LookNo}, s.Updates.Look) {
		s.Updates.Look = LookUnasked
	}
	return withDefaults(s), left
}

// freshSettings are what came with an import and was not so here.
type freshSettings struct {
	distributions []Distribution
	endpoints     []BucketLinkEndpoint
	uploads       []DestinationUpload
}

// takeSettings takes settings in, and gives what is new of them.
func (d *Desk) takeSettings(came Settings) (fresh freshSettings, err error) {
	d.saving.Lock()
	defer d.saving.Unlock()
	have := d.loadSettings()
	if came.Destination.Bucket == "" {
		came.Destination = have.Destination
	}
	came.Requests.Folder = have.Requests.Folder
	for _, dest := range have.Recent {
		if !slices.Contains(came.Recent, dest) && len(came.Recent) < maxRecent {
			came.Recent = append(came.Recent, dest)
		}
	}
	for _, n := range have.Naming {
		if !slices.ContainsFunc(came.Naming, func(c DestinationNaming) bool { return c.Destination == n.Destination }) {
			came.Naming = append(came.Naming, n)
		}
	}
	fresh.distributions = slices.DeleteFunc(slices.Clone(came.Distributions), func(c Distribution) bool {
		return slices.ContainsFunc(have.Distributions, func(h Distribution) bool { return h.Bucket == c.Bucket })
	})
	came.Distributions = append(slices.Clone(have.Distributions), fresh.distributions...)
	// Where links lead is not changed by what came from elsewhere.
	fresh.endpoints = slices.DeleteFunc(slices.Clone(came.LinkEndpoints), func(c BucketLinkEndpoint) bool {
		return slices.ContainsFunc(have.LinkEndpoints, func(h BucketLinkEndpoint) bool { return h.Bucket == c.Bucket && h.Store.same(c.Store) })
	})
	came.LinkEndpoints = append(slices.Clone(have.LinkEndpoints), fresh.endpoints...)
	fresh.uploads = slices.DeleteFunc(slices.Clone(came.Uploads), func(c DestinationUpload) bool {
		return slices.ContainsFunc(have.Uploads, func(h DestinationUpload) bool {
			return h.Destination.same(c.Destination) && h.Settings.Equal(c.Settings)
		})
	})
	for _, u := range have.Uploads {
		if !slices.ContainsFunc(came.Uploads, func(c DestinationUpload) bool { return c.Destination.same(u.Destination) }) {
			came.Uploads = append(came.Uploads, u)
		}
	}
	look := came.Updates.Look
	came.RequesterPays, came.Updates = have.RequesterPays, have.Updates
	if have.Updates.Look == LookUnasked {
		came.Updates.Look = look
	}
	return fresh, d.writeSettings(came)
}

// missingKeys are the paths of private keys that are not here, as far as they may be looked for.
func missingKeys(list []Distribution) (missing []string) {
	for _, one := range list {
		if c := one.CloudFront; onTheNetwork(c.PrivateKey) || c.Check() != nil {
			missing = append(missing, c.PrivateKey)
		}
	}
	return missing
}

// onTheNetwork reports whether Windows may ask another computer for a path. That one would learn who is asking, by no more
// than a look at a file that came from elsewhere
// (https://learn.microsoft.com/en-us/dotnet/standard/io/file-path-formats#unc-paths).
func onTheNetwork(path string) bool {
	path = strings.ReplaceAll(strings.TrimPrefix(path, "file://"), "/", `\`)
	return strings.HasPrefix(path, `\\`) || strings.HasPrefix(path, `\??\`)
}
