package signer

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

// OpenNew makes a profile ready to sign that is not written yet, for trying it. Region, endpoint and addressing are found as Open
// would find them after AddProfile: by the SDK, which reads them from a file of the profile's settings that is removed again. The
// keys stay in memory. Of the options, Profile and Keys have no meaning here. The errors are those of AddProfile and of Open.
func OpenNew(ctx context.Context, p NewProfile, replace bool, o Options) (*Signer, error) {
	var files awsPaths
	var err error
	if files.config, files.credentials, err = paths(); err != nil {
		return nil, err
	}
	d, err := files.draft(p, replace)
	if err != nil {
		return nil, err
	}
	o.Profile, o.Keys = p.Name, nil
	cfg, err := o.loadCopy(ctx, d.settings, withoutKeys(p.Name, d.settings))
	if err != nil {
		return nil, err
	}
	cfg.Credentials = credentials.NewStaticCredentialsProvider(p.AccessKeyID, p.SecretAccessKey, "")
	return o.signer(cfg, d.settings, nil)
}
