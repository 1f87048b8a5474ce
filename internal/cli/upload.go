package cli

import (
	"context"

	"github.com/spf13/cobra"

	"waybill/internal/desk"
)

// uploadFlags are what objects get besides their bytes. They are called as in the AWS CLI.
type uploadFlags struct {
	set       func(name string) bool // whether a flag was given
	given     desk.UploadSettings
	bucketKey bool
	tagging   string
	metadata  string
}

func (u *uploadFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	u.set = func(name string) bool { return f.Changed(name) }
	f.StringVar(&u.given.StorageClass, "storage-class", "", "storage class, such as STANDARD_IA or GLACIER_IR")
	f.StringVar(&u.given.SSE, "sse", "", "encryption: AES256, aws:kms or aws:kms:dsse")
	f.StringVar(&u.given.KMSKey, "sse-kms-key-id", "", "KMS key for --sse aws:kms: its ID, ARN, or alias/name")
	f.BoolVar(&u.bucketKey, "bucket-key-enabled", false, "with --sse aws:kms, use an S3 bucket key")
	f.StringVar(&u.tagging, "tagging", "", "tags, as project=atlas&team=blue")
	f.StringVar(&u.metadata, "metadata", "", "metadata, as author=Zoë,draft=yes")
	f.StringVar(&u.given.CacheControl, "cache-control", "", "Cache-Control of the objects")
	f.StringVar(&u.given.Disposition, "content-disposition", "", "Content-Disposition of the objects, and of their links unless --inline (default: links offer the file's name)")
	f.StringVar(&u.given.ACL, "acl", "", "canned ACL, such as bucket-owner-full-control (default: none is sent)")
	// Nothing is a choice here: it takes away what is remembered for the destination.
	mayBeEmpty(cmd, "storage-class", "sse", "sse-kms-key-id", "tagging", "metadata", "cache-control", "content-disposition", "acl")
	complete(cmd, "storage-class", desk.StorageClasses()...)
	complete(cmd, "sse", desk.SSEs()...)
	complete(cmd, "acl", desk.ACLs()...)
}

// over puts what was given on the command line over what is remembered for the destination; "" takes a setting out.
func (u *uploadFlags) over(s desk.UploadSettings) (_ desk.UploadSettings, err error) {
	for name, take := range map[string]func(){
		"storage-class":       func() { s.StorageClass = u.given.StorageClass },
		"sse":                 func() { s.SSE, s.KMSKey, s.BucketKey = u.given.SSE, "", nil },
		"cache-control":       func() { s.CacheControl = u.given.CacheControl },
		"content-disposition": func() { s.Disposition = u.given.Disposition },
		"acl":                 func() { s.ACL = u.given.ACL },
	} {
		if u.set(name) {
			take()
		}
	}
	if u.set("sse-kms-key-id") { // after --sse, which is about a key of its own
		s.KMSKey = u.given.KMSKey
	}
	if u.set("bucket-key-enabled") {
		s.BucketKey = &u.bucketKey
	}
	if u.set("tagging") {
		if s.Tags, err = desk.ParseTagging(u.tagging); err != nil {
			return s, usage(err)
		}
	}
	if u.set("metadata") {
		if s.Metadata, err = desk.ParseMetadata(u.metadata); err != nil {
			return s, usage(err)
		}
	}
	return s, nil
}

// uploadSettings is with what settings a drop goes. It says what a person may not expect of them.
func (c *command) uploadSettings(ctx context.Context, d *desk.Desk, dest desk.Destination, u *uploadFlags) (*desk.UploadSettings, error) {
	known, _ := d.Settings().UploadOf(dest)
	s, err := u.over(known)
	if err != nil {
		return nil, err
	}
	if err := d.CheckUpload(ctx, dest.Store, s); err != nil {
		return nil, usage(err)
	}
	for _, w := range desk.UploadWarnings(s) {
		if !c.quiet {
			c.tell(w)
		}
	}
	return &s, nil
}
