package desk

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"waybill/signer"
)

// PolicyOptions is what a policy for a destination is to allow.
type PolicyOptions struct {
	Features []Feature // none is UsualFeatures
	// Key is the ARN of the KMS key that the bucket encrypts with by default; "" is that of the destination's upload settings,
	// if it stands there as an ARN.
	Key string

	upload UploadSettings // of the destination
}

// policyStatement is a statement of an IAM policy, in the order in which people write them.
type policyStatement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  string
	Condition map[string]map[string]string `json:",omitempty"`
}

// Policy is the least that IAM has to allow for the features at a destination, as JSON to be pasted. It asks no store, and
// works without a network. The error is a *Trouble about the destination or the key.
func (d *Desk) Policy(ctx context.Context, dest Destination, o PolicyOptions) (string, error) {
	dest, err := dest.clean()
	if err != nil {
		return "", err
	}
	if o.Key != "" && !keyARN.MatchString(o.Key) {
		return "", trouble("KeyARN", args{"Given": o.Key}, nil)
	}
	o.upload, _ = d.Settings().UploadOf(dest)
	at := policyPlace{signer.PartitionAt(dest.Endpoint, dest.Region), !dest.Sandbox && signer.IsAmazon(dest.Endpoint)}
	if known, opened := d.known(ctx, dest.Store); known { // else of a profile that is to be made yet
		at = policyPlaceOf(opened)
	}
	return at.policy(dest.Bucket, dest.Prefix, o), nil
}

// policyPlace is where a policy is to hold.
type policyPlace struct {
	partition string // "aws", or that of the region
	amazon    bool
}

func policyPlaceOf(s *signer.Signer) policyPlace {
	return policyPlace{s.Partition(), signer.IsAmazon(s.Endpoint())}
}

// known opens a store's profile, without starting a sandbox for it.
func (d *Desk) known(ctx context.Context, s Store) (bool, *signer.Signer) {
	if s.Sandbox {
		return false, nil
	}
	opened, err := d.open(ctx, s)
	return err == nil, opened
}

// keyARN is the ARN of a KMS key; an alias is not one that IAM would take.
var keyARN = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`)

// literal writes a text for a policy, which takes * and ? for wildcards and ${ for a variable. AWS has variables that stand
// for these signs; MinIO and others do not know them, and there ? has to do, which is any one character.
func literal(s string, amazon bool) string {
	if amazon {
		return strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace(s)
	}
	return strings.NewReplacer("*", "?", "${", "?{").Replace(s)
}

// policy writes a policy, each statement for what it is granted on.
func (at policyPlace) policy(bucketName, prefix string, o PolicyOptions) string {
	if len(o.Features) == 0 {
		o.Features = UsualFeatures()
	}
	if o.Key == "" && keyARN.MatchString(o.upload.KMSKey) {
		o.Key = o.upload.KMSKey
	}
	actions := map[granted][]string{}
	for _, f := range o.Features {
		for _, n := range needsWith(f, o.upload) {
			if !slices.Contains(actions[n.on], n.action) {
				actions[n.on] = append(actions[n.on], n.action)
			}
		}
	}
	whole := "arn:" + at.partition + ":s3:::" + bucketName
	objects := whole + "/"
	if p, ok, err := signer.ParseAccessPoint(bucketName); ok && err == nil {
		whole = "arn:" + p.Partition + ":s3:" + p.Region + ":" + p.Account + ":accesspoint/" + p.Name
		objects = whole + "/object/"
	}
	var below map[string]map[string]string
	if prefix != "" {
		below = map[string]map[string]string{"StringLike": {"s3:prefix": literal(prefix, at.amazon) + "*"}}
	}
	statements := []policyStatement{}
	for _, s := range []policyStatement{
		{"WaybillObjects", "Allow", actions[onObjects], objects + literal(prefix, at.amazon) + "*", nil},
		{"WaybillList", "Allow", actions[onPrefix], whole, below},
		{"WaybillBucket", "Allow", actions[onBucket], whole, nil},
		{"WaybillBuckets", "Allow", actions[onAll], "*", nil},
		{"WaybillKey", "Allow", keyActions(o), o.Key, nil},
	} {
		if len(s.Action) > 0 {
			slices.Sort(s.Action)
			statements = append(statements, s)
		}
	}
	text, err := json.MarshalIndent(struct {
		Version   string
		Statement []policyStatement
	}{"2012-10-17", statements}, "", "  ")
	if err != nil { // which plain texts do not give
		return ""
	}
	return string(text)
}

// keyActions is what a key has to allow: an upload in parts is decrypted by S3 when it is put together
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html, AWS KMS).
func keyActions(o PolicyOptions) []string {
	writes := len(wanting(permPut, o.Features, o.upload)) > 0
	switch {
	case o.Key == "":
		return nil
	case writes:
		return []string{"kms:Decrypt", "kms:GenerateDataKey"}
	case len(wanting(permGet, o.Features, o.upload)) > 0:
		return []string{"kms:Decrypt"}
	}
	return nil
}
