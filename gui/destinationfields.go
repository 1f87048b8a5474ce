package gui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
	"waybill/signer"
)

// destinationFields are the fields for profile, bucket and folder, with what there is to choose from.
type destinationFields struct {
	ui      *ui
	profile *combo
	bucket  *combo
	prefix  *combo

	profiles []desk.Profile
	at       desk.Destination
	asked    int // counts the questions for buckets, so that an old answer is known as such

	moved  func() // another store was chosen
	edited func() // bucket or folder are others
}

func (u *ui) newDestinationFields() *destinationFields {
	d := &destinationFields{ui: u}
	d.profile = u.combo(lang.L("Choose a profile"), d.takeProfile)
	d.profile.strict = true
	d.bucket = u.combo(lang.L("Type or choose"), func(o option) { d.takeBucket(o.text()) })
	d.prefix = u.combo(lang.L("none"), func(o option) { d.takePrefix(o.text()) })
	d.prefix.opened = d.askPrefixes
	return d
}

// labelled are the fields with their names.
func (d *destinationFields) labelled() (profile, bucket, prefix fyne.CanvasObject) {
	return labelled(lang.L("Profile"), d.profile), labelled(lang.L("Bucket"), d.bucket), labelled(lang.L("Folder"), d.prefix)
}

// show fills the fields from what is chosen.
func (d *destinationFields) show() {
	if p, there := d.profileOf(d.at.Store); there {
		d.profile.setOption(profileOption(p))
	} else if d.at.Profile != "" { // what the command line named stands there, also where there is no such profile
		d.profile.setOption(option{label: d.at.Profile, id: "profile " + d.at.Profile})
	}
	if d.at.Sandbox && d.at.Bucket == "" {
		d.at.Bucket = desk.SandboxBucket
	}
	d.bucket.setValue(d.at.Bucket)
	d.prefix.setValue(d.at.Prefix)
	d.prefix.setOptions(nil)
	d.bucket.setOptions(nil)
}

// wrong looks at what stands in bucket and folder; no bucket at all is not wrong yet.
func (d *destinationFields) wrong() *desk.Trouble {
	if d.at.Bucket != "" {
		if err := desk.CheckBucket(d.at.Bucket); err != nil {
			return desk.Explain(err)
		}
	}
	if _, err := desk.CleanPrefix(d.at.Prefix); err != nil {
		return desk.Explain(err)
	}
	return nil
}

// loadProfiles reads what profiles there are, and says so where a file cannot be read.
func (d *destinationFields) loadProfiles() {
	list, err := d.ui.desk.Profiles()
	d.profiles = list
	var t *desk.Trouble
	if err != nil {
		t = desk.Explain(err)
	}
	d.ui.notices.trouble("profiles", t, warning)
	options := make([]option, 0, len(list))
	for _, p := range list {
		options = append(options, profileOption(p))
	}
	d.profile.setOptions(options)
}

// profileOption is how a profile stands in the list.
func profileOption(p desk.Profile) option {
	if p.Sandbox {
		return option{label: lang.L("Sandbox: try it without an account"), value: lang.L("Sandbox"), id: "the sandbox"}
	}
	id := "profile " + p.Name // no profile's name makes it the sandbox
	if p.Kind == signer.KindEnvironment {
		return option{label: lang.L("Environment"), note: "AWS_ACCESS_KEY_ID", id: id}
	}
	return option{label: p.Name, note: kindName(p.Kind), id: id}
}

// kindName is a profile's kind in the words of the AWS files.
func kindName(k signer.Kind) string {
	switch k {
	case signer.KindSession:
		return lang.L("session")
	case signer.KindRole, signer.KindWebIdentity:
		return lang.L("role")
	case signer.KindSSO:
		return "SSO"
	case signer.KindProcess:
		return "credential_process"
	case signer.KindLogin:
		return "aws login"
	}
	return ""
}

// profileOf finds the profile of a store among those that can be chosen.
func (d *destinationFields) profileOf(s desk.Store) (desk.Profile, bool) {
	at := slices.IndexFunc(d.profiles, func(p desk.Profile) bool {
		return p.Sandbox == s.Sandbox && (p.Sandbox || p.Name == s.Profile)
	})
	if at < 0 {
		return desk.Profile{}, false
	}
	return d.profiles[at], true
}

// standard is the store of a first start: what the AWS CLI would take, else the first profile there is.
func (d *destinationFields) standard() desk.Store {
	s := desk.Store{Profile: signer.DefaultProfile()}
	if _, there := d.profileOf(s); there {
		return s
	}
	at := slices.IndexFunc(d.profiles, func(p desk.Profile) bool { return !p.Sandbox })
	if at < 0 {
		return desk.Store{}
	}
	return desk.Store{Profile: d.profiles[at].Name}
}

// none reports whether there is no profile at all but the sandbox.
func (d *destinationFields) none() bool {
	return len(d.profiles) <= 1 && d.at.Store == (desk.Store{})
}

// takeProfile is called when another profile was chosen. Its fields come back as they were used last.
func (d *destinationFields) takeProfile(o option) {
	for _, p := range d.profiles {
		if profileOption(p).id != o.id {
			continue
		}
		next := desk.Destination{Store: desk.Store{Sandbox: p.Sandbox}}
		if !p.Sandbox {
			next.Profile = p.Name
		}
		for _, r := range d.ui.desk.Settings().Recent {
			if r.Store == next.Store {
				next = r
				break
			}
		}
		d.at = next
		d.moved()
		return
	}
}

// takeBucket is called when the bucket's field was left.
func (d *destinationFields) takeBucket(s string) {
	s = strings.TrimSpace(s)
	// What is pasted from elsewhere is often a whole address.
	if bucket, key, err := desk.ParseS3URL(wholeAddress(s)); err == nil {
		d.bucket.setValue(bucket)
		d.at.Bucket = bucket
		d.prefix.setValue(key)
		d.takePrefix(key)
		return
	}
	d.at.Bucket = s
	d.bucket.setValue(s)
	d.prefix.setOptions(nil)
	d.edited()
}

// wholeAddress makes an address of an ARN, which may have a folder behind the access point's name.
func wholeAddress(s string) string {
	if strings.HasPrefix(s, "arn:") {
		return "s3://" + s
	}
	return s
}

// takePrefix is called when the folder's field was left; it comes back clean.
func (d *destinationFields) takePrefix(s string) {
	clean, err := desk.CleanPrefix(s)
	if err == nil {
		d.at.Prefix = clean
		d.prefix.setValue(clean)
	} else {
		d.at.Prefix = s // wrong as it is, for wrong to find
	}
	d.edited()
}

// askBuckets finds the buckets to choose from.
func (d *destinationFields) askBuckets() {
	d.asked++
	mine, store := d.asked, d.at.Store
	ask(d.ui, func(ctx context.Context) ([]string, error) { return d.ui.desk.Buckets(ctx, store) },
		func(names []string, err error) {
			if mine != d.asked || err != nil {
				return // many may not list; a name can be typed
			}
			options := make([]option, 0, len(names))
			for _, n := range names {
				options = append(options, option{label: n})
			}
			d.bucket.setOptions(options)
			if len(names) == 1 && d.bucket.Text == "" {
				d.bucket.setValue(names[0])
				d.at.Bucket = names[0]
				d.edited()
			}
		})
}

// askPrefixes finds the folders below the one that stands in the field.
func (d *destinationFields) askPrefixes() {
	if d.at.Bucket == "" || d.none() {
		return
	}
	at := d.at
	at.Prefix = d.prefix.Text[:strings.LastIndexByte(d.prefix.Text, '/')+1]
	ask(d.ui, func(ctx context.Context) ([]string, error) { return d.ui.desk.Prefixes(ctx, at) },
		func(names []string, err error) {
			if err != nil || d.at.Bucket != at.Bucket || d.at.Store != at.Store {
				return
			}
			var options []option
			if at.Prefix != "" {
				options = append(options, option{label: at.Prefix})
			}
			for _, n := range names {
				options = append(options, option{label: n})
			}
			d.prefix.setOptions(options)
		})
}

// who is the chosen profile as a person reads it.
func (d *destinationFields) who() string {
	if p, there := d.profileOf(d.at.Store); there {
		return profileOption(p).text()
	}
	return d.at.Profile
}

// place is where the next drop goes, as a person reads it.
func (d *destinationFields) place() string {
	return desk.BucketTitle(d.at.Bucket) + "/" + d.at.Prefix
}
