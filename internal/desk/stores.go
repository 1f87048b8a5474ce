package desk

import (
	"context"
	"os"
	"slices"
	"time"

	"waybill/internal/bucket"
	"waybill/internal/sandbox"
	"waybill/signer"
)

// openStore is a store made ready, and the state of the files that it was made from.
type openStore struct {
	signer *signer.Signer
	stamp  string
}

// Profiles lists the profiles that the AWS CLI would list, and the sandbox as the last. When the files cannot
// be read, the error is a *Trouble that names file and line, and the list holds what could be read.
func (d *Desk) Profiles() ([]Profile, error) {
	found, err := signer.Profiles()
	list := make([]Profile, 0, len(found)+1)
	for _, p := range found {
		list = append(list, Profile{Profile: p})
	}
	list = append(list, Profile{Profile: signer.Profile{Name: SandboxProfile, Kind: signer.KindStatic, Region: sandbox.Region}, Sandbox: true})
	if err != nil {
		return list, explain(err, scene{})
	}
	return list, nil
}

// open gives the signer of a store, made anew when the AWS files have changed since.
func (d *Desk) open(ctx context.Context, s Store) (*signer.Signer, error) {
	if s.Sandbox {
		s = Store{Sandbox: true}
	}
	stamp := signer.FilesStamp()
	d.mu.Lock()
	have, ok := d.stores[s]
	d.mu.Unlock()
	if ok && have.stamp == stamp && !s.Sandbox {
		return have.signer, nil
	}
	o := signer.Options{Profile: s.Profile, Region: s.Region, Endpoint: s.Endpoint, AllowHTTP: s.AllowHTTP, Now: d.now, Code: d.askCode}
	at := s.id()
	o.Regions, o.Accelerate, o.RequestPayer = d.regions, d.accelerate.Load(), func(bucket string) bool { return d.pays(at, bucket) }
	if s.Sandbox {
		running, err := d.Sandbox(ctx)
		if err != nil {
			return nil, err
		}
		if ok && have.signer.Endpoint() == running.Endpoint() {
			return have.signer, nil
		}
		keys := running.Keys()
		o = signer.Options{
			Region: sandbox.Region, Endpoint: running.Endpoint(), Now: d.now,
			Keys: &signer.Keys{AccessKeyID: keys.AccessKeyID, SecretAccessKey: keys.SecretAccessKey},
		}
	}
	opened, err := signer.Open(ctx, o)
	if err != nil {
		return nil, explain(err, scene{store: s})
	}
	d.mu.Lock()
	d.stores[s] = &openStore{signer: opened, stamp: stamp}
	d.mu.Unlock()
	return opened, nil
}

// pinned writes down what the environment says about a store. It may say something else tomorrow, and a link has
// to be signed again for the store that has the object. What stands in the AWS files is left to them: they are
// where a person says that a store has moved.
func (s Store) pinned(opened *signer.Signer) Store {
	if s.Sandbox {
		return Store{Sandbox: true}
	}
	if s.Profile == "" {
		// Credentials may also come from where no profile has a name; then it stays nameless.
		name := signer.DefaultProfile()
		known, _ := signer.Profiles()
		if slices.ContainsFunc(known, func(p signer.Profile) bool { return p.Name == name && p.Kind != signer.KindUnknown }) {
			s.Profile = name
		}
	}
	if s.Region == "" && (os.Getenv("AWS_REGION") != "" || os.Getenv("AWS_DEFAULT_REGION") != "") {
		s.Region = opened.Region()
	}
	if s.Endpoint == "" && (os.Getenv("AWS_ENDPOINT_URL_S3") != "" || os.Getenv("AWS_ENDPOINT_URL") != "") {
		s.Endpoint = opened.Endpoint()
	}
	s.Endpoint = withoutUser(s.Endpoint) // which nobody signs with, and which would stand in the ledger
	return s
}

// Buckets lists the buckets of a store. A *Trouble that is Denied means: let the person type a name.
// For the sandbox this starts it.
func (d *Desk) Buckets(ctx context.Context, s Store) ([]string, error) {
	opened, err := d.open(ctx, s)
	if err != nil {
		return nil, err
	}
	list, err := bucket.List(ctx, opened.Client())
	if err != nil {
		return nil, explain(err, scene{store: s, permission: "s3:ListAllMyBuckets"})
	}
	names := make([]string, len(list))
	for i, b := range list {
		names[i] = b.Name
		opened.KnowRegion(b.Name, b.Region)
	}
	slices.Sort(names)
	return names, nil
}

// Prefixes lists the folders directly below the destination's prefix, each as a whole prefix ("alice/2026/").
func (d *Desk) Prefixes(ctx context.Context, dest Destination) ([]string, error) {
	dest, err := dest.clean()
	if err != nil {
		return nil, err
	}
	opened, err := d.open(ctx, dest.Store)
	if err != nil {
		return nil, err
	}
	names, err := bucket.Prefixes(ctx, opened.Client(), dest.Bucket, dest.Prefix)
	if err != nil {
		return nil, explain(err, scene{store: dest.Store, bucket: dest.Bucket, key: dest.Prefix, permission: "s3:ListBucket"})
	}
	return names, nil
}

// Session says when the credentials behind a store end: the zero time when they do not, ok false when that is
// not known.
func (d *Desk) Session(ctx context.Context, s Store) (ends time.Time, ok bool, err error) {
	opened, err := d.open(ctx, s)
	if err != nil {
		return time.Time{}, false, err
	}
	ends, known, err := opened.Session(ctx)
	if err != nil {
		return time.Time{}, false, explain(err, scene{store: s})
	}
	return ends, known, nil
}

// Outlook says what a link made now would be, before anything is sent. A role's session that is too short is asked for
// anew, as long as the profile lets it be; where that needs a person's word or a code, Stretch says so.
func (d *Desk) Outlook(ctx context.Context, s Store, expires time.Duration) (Outlook, error) {
	opened, err := d.open(ctx, s)
	if err != nil {
		return Outlook{}, err
	}
	// Signing is the one way to know which credentials would sign; nothing is sent.
	trial, err := opened.Get(ctx, signer.Object{Bucket: "outlook", Key: "outlook", Expires: expires}, signer.GetOptions{})
	if err != nil {
		return Outlook{}, explain(err, scene{store: s})
	}
	o := Outlook{Ends: trial.Ends, Because: trial.Because}
	a := scene{store: s}.args()
	switch trial.Because {
	case signer.Credentials:
		reach := opened.Reach()
		// What was granted when more was refused is the most that there is; it must be worth the asking.
		o.Stretch = reach.Role != "" && !reach.Chained && (reach.Most == 0 || opened.Now().Add(reach.Most).After(trial.Ends.Add(worthAsking)))
		a["Ends"], a["Asked"] = inMinutes(trial.Ends), FormatExpires(expires)
		a["Longer"], a["Role"] = d.longer(opened, s), reach.Role != ""
		a["Stretch"], a["Chained"] = o.Stretch, reach.Chained
		o.Warning = trouble("EndsEarly", a, nil)
	case signer.Unknown:
		o.Warning = trouble("EndUnknown", a, nil)
	case signer.Limit:
		o.Warning = trouble("ExpiresTooLong", args{"Given": FormatExpires(expires)}, nil)
	}
	return o, nil
}

// worthAsking is how much longer a session must become for asking a person about it.
const worthAsking = 5 * time.Minute

// Stretch assumes the role of a store's profile anew, for a session that lasts as long as links shall, or as long as the
// role allows, and gives the new outlook. With MFA the person is asked for a code.
func (d *Desk) Stretch(ctx context.Context, s Store, expires time.Duration) (Outlook, error) {
	opened, err := d.open(ctx, s)
	if err != nil {
		return Outlook{}, err
	}
	if _, err := opened.Stretch(ctx, opened.Now().Add(expires)); err != nil {
		return Outlook{}, explain(err, scene{store: s})
	}
	return d.Outlook(ctx, s, expires)
}

// longer names another profile whose links last as long as they are asked to, where those of a store end with a
// session: one with keys of its own for the same endpoint, "" where there is none.
func (d *Desk) longer(opened *signer.Signer, s Store) string {
	known, _ := signer.Profiles()
	own := s.Profile
	if own == "" {
		own = signer.DefaultProfile()
	}
	for _, p := range known {
		if p.Name != own && p.Kind == signer.KindStatic && p.Problem == nil && p.Endpoint == opened.Endpoint() {
			return p.Name
		}
	}
	return ""
}
