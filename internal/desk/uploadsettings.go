package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"waybill/signer"
)

// UploadSettings is what objects get besides their bytes. The zero value leaves all of it to the store.
type UploadSettings = signer.ObjectSettings

// DestinationUpload is the upload settings of a destination. They hold for the folders in it that have none of their own.
type DestinationUpload struct {
	Destination Destination    `json:"destination"`
	Settings    UploadSettings `json:"settings,omitzero"` // zero: what is in a folder of another destination's is left to the store
}

// UploadOf is the upload settings that hold at a destination, and where they were chosen: there, or in the nearest folder
// above. The zero value where there are none.
func (s Settings) UploadOf(dest Destination) (UploadSettings, Destination) {
	var found DestinationUpload
	longest := -1
	for _, u := range s.Uploads {
		if dest.within(u.Destination) && len(u.Destination.Prefix) > longest {
			found, longest = u, len(u.Destination.Prefix)
		}
	}
	return found.Settings, found.Destination
}

// SetUpload remembers the upload settings of a destination, after a look at them. Settings as they are in the folder above
// need no remembering.
func (d *Desk) SetUpload(ctx context.Context, dest Destination, u UploadSettings) error {
	dest, err := dest.clean()
	if err != nil {
		return err
	}
	if err := d.CheckUpload(ctx, dest.Store, u); err != nil {
		return err
	}
	return d.changeSettings(func(s *Settings) {
		s.Uploads = slices.DeleteFunc(slices.Clone(s.Uploads), func(one DestinationUpload) bool { return one.Destination.same(dest) })
		if above, _ := s.UploadOf(dest); !above.Equal(u) {
			s.Uploads = append(s.Uploads, DestinationUpload{dest, u})
		}
	})
}

// CheckUpload says in words what is wrong with upload settings, or returns nil. It asks no store: what a store refuses shows
// with the first file.
func (d *Desk) CheckUpload(ctx context.Context, s Store, u UploadSettings) error {
	if u.IsZero() {
		return nil
	}
	custom := s.Sandbox
	if !custom {
		opened, err := d.open(ctx, s)
		if err != nil {
			return err
		}
		custom = opened.Endpoint() != ""
	}
	return explainSetting(u.Check(custom))
}

// uploadSettings is what was chosen, or what is remembered for the destination.
func (d *Desk) uploadSettings(chosen *UploadSettings, dest Destination) UploadSettings {
	if chosen != nil {
		return *chosen
	}
	u, _ := d.Settings().UploadOf(dest)
	return u
}

// ParseTagging reads tags as the AWS CLI takes them: project=atlas&team=blue. A fault is a *Trouble.
func ParseTagging(text string) (map[string]string, error) {
	tags, err := signer.ParseTagging(text)
	return tags, explainSetting(err)
}

// ParseMetadata reads metadata as the AWS CLI takes it: author=Zoë,draft=yes. A fault is a *Trouble.
func ParseMetadata(text string) (map[string]string, error) {
	meta, err := signer.ParseMetadata(text)
	return meta, explainSetting(err)
}

// explainSetting puts a fault in upload settings into words; nil stays nil.
func explainSetting(err error) error {
	var fault *signer.SettingError
	if !errors.As(err, &fault) {
		return err
	}
	a := args{
		"Given": visible(fault.About), "Setting": fault.Setting, "Classes": strings.Join(signer.StorageClasses(), ", "),
		"ACLs": strings.Join(signer.ACLs(), ", "), "Ways": strings.Join(signer.SSEs(), ", "),
		"Tags": signer.MaxTags, "TagKey": signer.MaxTagKey, "TagValue": signer.MaxTagValue, "Bytes": signer.MaxMetadata,
	}
	is := func(kind error) bool { return errors.Is(err, kind) }
	var code string
	switch fault.Setting {
	case "storage-class":
		code = "UploadStorageClass"
	case "sse":
		code = "UploadSSE"
	case "sse-kms-key-id":
		if code = "UploadKMSKey"; is(signer.ErrSettingKMS) {
			code = "UploadKMSKeyAlone"
		}
	case "acl":
		code = "UploadACL"
	case "tagging":
		switch code = "UploadTag"; {
		case is(signer.ErrSettingNumber):
			code = "UploadTagsTooMany"
		case is(signer.ErrSettingLength):
			code = "UploadTagTooLong"
		case is(signer.ErrSettingTwice):
			code = "UploadTwice"
		case is(signer.ErrSettingReserved):
			code = "UploadTagReserved"
		}
	case "metadata":
		switch code = "UploadMetadata"; {
		case is(signer.ErrSettingLength):
			code = "UploadMetadataTooLarge"
		case is(signer.ErrSettingTwice):
			code = "UploadTwice"
		}
	default:
		code = "UploadHeader"
	}
	return trouble(code, a, nil)
}

// UploadWarnings says before anything is sent what a person may not expect of upload settings.
func UploadWarnings(u UploadSettings) (list []*Trouble) {
	if u.Archived() {
		list = append(list, trouble("UploadArchived", args{"Class": u.StorageClass}, nil))
	}
	if u.Public() {
		list = append(list, trouble("UploadPublic", args{"ACL": u.ACL}, nil))
	}
	return list
}

// ofPage is the settings of a page beside the files: it is written again under its key, so no browser shall keep it, it is
// read at once, and it is shown rather than saved. It is full of keys, so no ACL may show it to people without its link.
func ofPage(u UploadSettings) UploadSettings {
	u.CacheControl, u.Disposition = "", ""
	if u.Archived() {
		u.StorageClass = ""
	}
	if u.ACL != ownersACL {
		u.ACL = ""
	}
	return u
}

// ownersACL gives nobody more than the bucket's owner what there is, and some buckets demand it.
const ownersACL = "bucket-owner-full-control"

// ofRequest is the settings of what others send: what the bucket may demand of every object. As with a page, no ACL gives
// away what nobody here has looked at, and none of it is archived, since it is to be downloaded.
func ofRequest(u UploadSettings) UploadSettings { return ofPage(u) }

// saysName reports whether links leave the file's name to the object: it has a Content-Disposition of its own.
func saysName(u UploadSettings, inline bool) bool { return u.Disposition != "" && !inline }

// StorageClasses are those of AWS.
func StorageClasses() []string { return signer.StorageClasses() }

// SSEs are the ways of encryption that can be asked for.
func SSEs() []string { return signer.SSEs() }

// ACLs are the canned ones.
func ACLs() []string { return signer.ACLs() }

// CheckTyped says what is wrong with upload settings as far as can be said while they are typed, without a look at the
// AWS files: which storage classes there are is left to CheckUpload.
func CheckTyped(u UploadSettings) error { return explainSetting(u.Check(true)) }

// FormatTagging writes tags as ParseTagging reads them.
func FormatTagging(tags map[string]string) string { return signer.FormatTagging(tags) }

// FormatMetadata writes metadata as ParseMetadata reads it.
func FormatMetadata(meta map[string]string) string { return signer.FormatMetadata(meta) }
