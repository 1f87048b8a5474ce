package desk

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"

	"waybill/signer"
)

// NewStore is a store that is to be added: what becomes a profile in the AWS files.
type NewStore struct {
	Preset          string // the ID of a Preset
	Name            string // of the profile
	AccessKeyID     string
	SecretAccessKey string
	Account         string // for presets with an account in their endpoint
	Region          string // "" takes the preset's
	Endpoint        string // "" takes the preset's
	Addressing      signer.Addressing
	Bucket          string // to be looked at when the store is checked; "" lists the buckets
	AllowHTTP       bool   // the person's word that plain http to another machine is fine for this store
}

// AddStoreOptions say how a store is added.
type AddStoreOptions struct {
	NoCheck bool // it is not asked whether the store takes the keys
	Replace bool // a profile of this name may be changed
	// Asking is told when all that is known without the store is fine, and the store is asked, with what StoreCheck.Elsewhere
	// will be; nil is nobody.
	Asking func(elsewhere *Trouble)
	MayPut bool // where listing is forbidden, a tiny object may be put into the bucket and removed again
}

// StoreCheck is what a check of a store has found.
type StoreCheck struct {
	Buckets []string // that can be listed, sorted; none where a bucket was named
	Put     bool     // a tiny object was put and removed, since listing is forbidden
	Left    string   // its key, where it could not be removed
	// Elsewhere says that another store was asked than the person has named, since the environment wants it so; nil where it was that one.
	Elsewhere *Trouble
}

// AddedStore is a store that was added.
type AddedStore struct {
	StoreCheck
	Checked  bool
	Store    Store  // to be chosen
	Bucket   string // that was named, or the only one there is
	Region   string
	Endpoint string   // "" for AWS
	Replaced bool     // there was a profile of this name
	Backups  []string // copies of the AWS files as they were

	added *signer.Added
}

// AddStore checks a store and writes its profile into the AWS files. The check asks the store with the very profile that would be
// written, before anything is. Errors hold a *Trouble; one of
// the check is an ErrStoreCheck.
func (d *Desk) AddStore(ctx context.Context, n NewStore, o AddStoreOptions) (*AddedStore, error) {
	n, p, err := n.complete()
	if err != nil {
		return nil, err
	}
	a := &AddedStore{
		Store: Store{Profile: p.Name, AllowHTTP: n.AllowHTTP && isPlainHTTP(p.Endpoint)}, Bucket: n.Bucket, Region: p.Region, Endpoint: p.Endpoint,
		Checked: !o.NoCheck,
	}
	if !o.NoCheck {
		if a.StoreCheck, err = d.checkStore(ctx, n, p, o); err != nil {
			return nil, err
		}
		if a.Bucket == "" && len(a.Buckets) == 1 {
			a.Bucket = a.Buckets[0]
		}
	}
	if a.added, err = signer.AddProfile(ctx, p, o.Replace); err != nil {
		return nil, explainStore(err, n)
	}
	a.Replaced, a.Backups = a.added.Replaced, a.added.Backups
	d.signedIn() // whoever waits for keys has them now
	return a, nil
}

// UndoAddStore takes a store's profile out of the AWS files again, or puts back what it was before it was replaced.
func (d *Desk) UndoAddStore(ctx context.Context, a *AddedStore) error {
	if err := a.added.Undo(ctx); err != nil {
		return explainStore(err, NewStore{Name: a.added.Name})
	}
	d.signedIn()
	return nil
}

// CheckStore asks a store whether it takes the keys, with the very profile that AddStore would write, and writes nothing here.
// Errors are *Trouble; those whose CanAllowPut is true can be answered by MayPut.
func (d *Desk) CheckStore(ctx context.Context, n NewStore, o AddStoreOptions) (StoreCheck, error) {
	n, p, err := n.complete()
	if err != nil {
		return StoreCheck{}, err
	}
	return d.checkStore(ctx, n, p, o)
}

// CheckNewStore looks at what a person has given, and asks nobody.
func CheckNewStore(n NewStore) error {
	_, _, err := n.complete()
	return err
}

// CheckStoreSoFar looks at what a person has given up to now, and passes over what is missing: it may still come.
func CheckStoreSoFar(n NewStore) error {
	preset, known := PresetOf(n.Preset)
	if !known {
		return CheckNewStore(n)
	}
	keyless := n.AccessKeyID == ""
	n.Name, n.AccessKeyID, n.SecretAccessKey = cmp.Or(n.Name, "new"), cmp.Or(n.AccessKeyID, "id"), cmp.Or(n.SecretAccessKey, "secret")
	n.Account = cmp.Or(n.Account, strings.Repeat("0", 32))
	if n.Region == "" && preset.Region == "" && len(preset.Regions) > 0 {
		n.Region = preset.Regions[0]
	}
	if n.Endpoint == "" && preset.Own {
		n.Endpoint = preset.Endpoint
	}
	err := CheckNewStore(n)
	var t *Trouble
	if keyless && errors.As(err, &t) && strings.HasPrefix(t.Code, "StoreKey") {
		return nil
	}
	return err
}

// NameTaken reports whether one of these profiles has a name, and whether AddStore could change it.
func NameTaken(profiles []Profile, name string) (taken, changeable bool) {
	name = strings.TrimSpace(name)
	for _, p := range profiles {
		if !p.Sandbox && p.Name == name {
			return true, p.Kind == signer.KindStatic || p.Kind == signer.KindUnknown
		}
	}
	return false, false
}

// complete takes white space off that was pasted along, fills in the preset's habits, and looks at all of it.
func (n NewStore) complete() (NewStore, signer.NewProfile, error) {
	for _, field := range []*string{&n.Name, &n.AccessKeyID, &n.SecretAccessKey, &n.Account, &n.Region, &n.Endpoint, &n.Bucket} {
		*field = strings.TrimSpace(*field)
	}
	none := signer.NewProfile{}
	preset, known := PresetOf(n.Preset)
	if !known {
		return n, none, trouble("StorePreset", args{"Given": visible(n.Preset)}, nil)
	}
	if n.Region == "" {
		n.Region = preset.Region
	}
	if n.Endpoint == "" {
		switch {
		case preset.Own:
			return n, none, trouble("StoreEndpointMissing", args{"Store": preset.Name, "Example": preset.Endpoint}, nil)
		case preset.HasRegion() && n.Region == "":
			return n, none, trouble("StoreRegionMissing", args{"Store": preset.Name, "Regions": strings.Join(preset.Regions, ", ")}, nil)
		case preset.Account != "" && !isAccount(n.Account):
			return n, none, trouble("StoreAccount", args{"Store": preset.Name}, nil)
		}
		n.Endpoint = preset.EndpointFor(n.Region, strings.ToLower(n.Account))
	}
	n.Endpoint = strings.TrimRight(n.Endpoint, "/")
	if n.Addressing == "" {
		n.Addressing = preset.Addressing
	}
	p := signer.NewProfile{
		Name: n.Name, AccessKeyID: n.AccessKeyID, SecretAccessKey: n.SecretAccessKey, Region: n.Region, Endpoint: n.Endpoint, Addressing: n.Addressing,
	}
	if strings.EqualFold(n.Name, SandboxProfile) {
		return n, none, trouble("StoreNameSandbox", args{"Name": visible(n.Name)}, nil)
	}
	if n.Bucket != "" {
		if err := CheckBucket(n.Bucket); err != nil {
			return n, none, err
		}
	}
	if err := p.Check(n.AllowHTTP); err != nil {
		return n, none, explainStore(err, n)
	}
	if t := keyTrouble(n, preset); t != nil {
		return n, none, t
	}
	return n, p, nil
}

// isAccount reports whether a text is an account ID as R2 has it, with a jurisdiction behind it or not
// (https://developers.cloudflare.com/r2/reference/data-location/).
func isAccount(text string) bool {
	id, _, _ := strings.Cut(strings.ToLower(text), ".")
	return len(id) == 32 && strings.Trim(id, "0123456789abcdef") == "" && strings.Count(text, ".") <= 1 && !strings.ContainsAny(text, "/:@?#")
}

// keyTrouble finds keys that cannot be those of the preset's store: exchanged, of a session, or of another form.
func keyTrouble(n NewStore, preset Preset) *Trouble {
	a := args{"Store": preset.Name}
	switch {
	case n.AccessKeyID == n.SecretAccessKey:
		return trouble("StoreKeysSame", a, nil)
	case strings.HasPrefix(n.AccessKeyID, "ASIA") && len(n.AccessKeyID) == 20:
		return trouble("StoreKeyOfSession", a, nil)
	case preset.KeyID == nil || preset.KeyID.MatchString(n.AccessKeyID):
		return nil
	case preset.KeyID.MatchString(n.SecretAccessKey):
		return trouble("StoreKeysExchanged", a, nil)
	}
	return trouble("StoreKeyID", a, nil)
}

func isPlainHTTP(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && u.Scheme == "http" && !signer.Loopback(u.Hostname())
}

// explainStore turns what can be wrong with a new profile into words.
func explainStore(err error, n NewStore) *Trouble {
	a := args{"Name": visible(n.Name), "Profile": visible(n.Name)}
	var field *signer.FieldError
	switch {
	case errors.As(err, &field):
		code := map[signer.Field]string{
			signer.FieldName: "StoreName", signer.FieldKeyID: "StoreKeyCharacters", signer.FieldSecret: "StoreSecretCharacters", signer.FieldRegion: "StoreRegion",
			signer.FieldEndpoint: "Endpoint",
		}[field.Field]
		if errors.Is(err, signer.ErrFieldEmpty) {
			code = map[signer.Field]string{signer.FieldName: "StoreNameMissing", signer.FieldKeyID: "StoreKeyMissing", signer.FieldSecret: "StoreSecretMissing"}[field.Field]
		}
		return trouble(code, a, err)
	case errors.Is(err, signer.ErrProfileTaken):
		return trouble("StoreTaken", a, err)
	case errors.Is(err, signer.ErrNotReplaceable):
		return trouble("StoreNotReplaceable", a, err)
	case errors.Is(err, signer.ErrBusyFiles):
		return trouble("StoreBusy", a, err)
	case errors.Is(err, signer.ErrNotAsAdded):
		return trouble("StoreNotAsAdded", a, err)
	}
	var file *signer.FileError
	if errors.As(err, &file) && file.Line == 0 {
		a["File"], a["Fault"] = visible(file.Path), file.Err.Error()
		return trouble("StoreNotWritten", a, err)
	}
	return explain(err, scene{store: Store{Profile: n.Name, Endpoint: n.Endpoint}, bucket: n.Bucket})
}
