package desk

import (
	"slices"
	"strings"
)

// Feature is something that a person does with Waybill, and that a store's permissions allow or not.
type Feature string

// The features, by the words that --for takes.
const (
	FeatureSend     Feature = "send"
	FeatureLink     Feature = "link"
	FeatureBrowse   Feature = "browse"   // choosing folders and objects from lists
	FeatureClean    Feature = "clean"    // finding and removing unfinished uploads
	FeatureRevoke   Feature = "revoke"   // taking the object of a link away
	FeatureRequests Feature = "requests" // letting others upload
	FeatureUndo     Feature = "undo"     // bringing back what was revoked, in a bucket that keeps versions
	FeatureCORS     Feature = "cors"     // letting pages that were sent by mail upload
	FeatureDeny     Feature = "deny"     // refusing by a policy what was signed for a request
	FeatureBuckets  Feature = "buckets"  // choosing a bucket from a list
)

// need is a permission as IAM calls it, and what it is granted on.
type need struct {
	action string
	on     granted
}

// granted says what a statement of a policy names as its resource.
type granted int

const (
	onObjects granted = iota // those below the prefix
	onPrefix                 // the bucket, for lists of what is below the prefix
	onBucket                 // the bucket as a whole: there is no condition that would narrow it
	onAll                    // everything: the action takes no resource
)

// The permissions by which the program's requests are judged
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html). A HEAD is judged as a GET;
// starting an upload in parts, sending a part and putting them together are judged as a PUT; taking away the last CORS rule
// as writing them.
const (
	permPut         = "s3:PutObject"
	permGet         = "s3:GetObject"
	permDelete      = "s3:DeleteObject"
	permAbort       = "s3:AbortMultipartUpload"
	permParts       = "s3:ListMultipartUploadParts"
	permList        = "s3:ListBucket"
	permUploads     = "s3:ListBucketMultipartUploads"
	permVersioning  = "s3:GetBucketVersioning"
	permVersion     = "s3:DeleteObjectVersion"
	permReadCORS    = "s3:GetBucketCORS"
	permWriteCORS   = "s3:PutBucketCORS"
	permReadPolicy  = "s3:GetBucketPolicy"
	permWritePolicy = "s3:PutBucketPolicy"
	permNoPolicy    = "s3:DeleteBucketPolicy"
	permBuckets     = "s3:ListAllMyBuckets"
	permTag         = "s3:PutObjectTagging" // beside permPut, of what is put with tags
	permTags        = "s3:GetObjectTagging" // beside permGet, of what is copied with tags
	permACL         = "s3:PutObjectAcl"     // beside permPut, of what is put with an ACL
)

// needsOf is what each feature cannot do without, found by reading what courier, bucket and desk ask of a store; a test
// holds it against a server with policies.
func needsOf(f Feature) []need {
	return map[Feature][]need{
		// An interrupted upload goes on with the parts that the store lists, and a cancelled one is removed.
		FeatureSend:   {{permPut, onObjects}, {permAbort, onObjects}, {permParts, onObjects}},
		FeatureLink:   {{permGet, onObjects}},
		FeatureBrowse: {{permList, onPrefix}},
		FeatureClean:  {{permUploads, onBucket}, {permAbort, onObjects}},
		FeatureRevoke: {{permDelete, onObjects}},
		// The page is put, opened by its link, and removed; what has come is listed, looked at and fetched.
		FeatureRequests: {
			{permPut, onObjects}, {permGet, onObjects}, {permDelete, onObjects}, {permAbort, onObjects}, {permParts, onObjects}, {permList, onPrefix},
		},
		FeatureUndo:    {{permVersioning, onBucket}, {permVersion, onObjects}},
		FeatureCORS:    {{permReadCORS, onBucket}, {permWriteCORS, onBucket}},
		FeatureDeny:    {{permReadPolicy, onBucket}, {permWritePolicy, onBucket}, {permNoPolicy, onBucket}},
		FeatureBuckets: {{permBuckets, onAll}},
	}[f]
}

// needsWith is needsOf at a destination whose objects get tags or an ACL: these are judged by permissions of their own.
func needsWith(f Feature, u UploadSettings) []need {
	list := needsOf(f)
	if !slices.ContainsFunc(list, func(n need) bool { return n.action == permPut }) {
		return list
	}
	if f != FeatureSend { // as request.go and bundle.go have it
		u = ofRequest(u)
	}
	if len(u.Tags) > 0 {
		list = append(list, need{permTag, onObjects})
		if f == FeatureRequests { // a file that is renamed takes its tags along
			list = append(list, need{permTags, onObjects})
		}
	}
	if u.ACL != "" {
		list = append(list, need{permACL, onObjects})
	}
	return list
}

// AllFeatures lists the features, those that most people want first.
func AllFeatures() []Feature {
	return []Feature{
		FeatureSend, FeatureLink, FeatureBrowse, FeatureClean, FeatureRevoke, FeatureRequests,
		FeatureUndo, FeatureCORS, FeatureDeny, FeatureBuckets,
	}
}

// UsualFeatures are those that a check wants where nobody says otherwise: all that concerns the destination alone, and
// changes nothing about its bucket.
func UsualFeatures() []Feature { return AllFeatures()[:6] }

// ParseFeatures reads features with commas between them; "" are the usual ones, and "all" all of them.
func ParseFeatures(s string) ([]Feature, error) {
	switch strings.TrimSpace(s) {
	case "":
		return UsualFeatures(), nil
	case "all":
		return AllFeatures(), nil
	}
	var list []Feature
	for word := range strings.SplitSeq(s, ",") {
		f := Feature(strings.TrimSpace(word))
		if !slices.Contains(AllFeatures(), f) {
			return nil, trouble("FeatureUnknown", args{"Given": string(f)}, nil)
		}
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list, nil
}

// Name is what a feature is called, as a text to be translated: "Sending".
func (f Feature) Name() Text {
	return Text{ID: map[Feature]string{
		FeatureSend: `Sending`, FeatureLink: `Linking`, FeatureBrowse: `Choosing from lists`, FeatureClean: `Cleaning up`,
		FeatureRevoke: `Revoking`, FeatureRequests: `Requesting files`, FeatureUndo: `Undoing a revocation`,
		FeatureCORS: `Uploading by mailed pages`, FeatureDeny: `Refusing uploads by a rule`, FeatureBuckets: `Listing the buckets`,
	}[f]}
}

// wanting gives the features, of those wanted, that need a permission.
func wanting(action string, of []Feature, u UploadSettings) (list []Feature) {
	for _, f := range of {
		if slices.ContainsFunc(needsWith(f, u), func(n need) bool { return n.action == action }) {
			list = append(list, f)
		}
	}
	return list
}

// Ability says whether a feature has all that it needs.
type Ability struct {
	Feature Feature
	Wanted  bool // by whoever asked for the check
	Missing []string
	Unknown []string // permissions that could not be told
}

// State is fine, missing or unknown.
func (a Ability) State() CheckState {
	switch {
	case len(a.Missing) > 0:
		return CheckMissing
	case len(a.Unknown) > 0:
		return CheckUnknown
	}
	return CheckFine
}

// Say is a sentence on the ability: "Sending works."
func (a Ability) Say(name string) Text {
	id := map[CheckState]string{
		CheckFine: `{{.Feature}} works.`, CheckMissing: `{{.Feature}} needs {{.Permissions}}.`,
		CheckUnknown: `{{.Feature}}: {{.Permissions}} cannot be told.`,
	}[a.State()]
	about := a.Missing
	if len(about) == 0 {
		about = a.Unknown
	}
	return Text{id, args{"Feature": name, "Permissions": strings.Join(about, ", ")}}
}
