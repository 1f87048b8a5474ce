package signer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
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
	cfg, err := o.loadDraft(ctx, p, d.settings)
	if err != nil {
		return nil, err
	}
	return o.signer(cfg, d.settings, nil)
}

// loadDraft has the SDK read the settings of a profile that is not written yet.
func (o Options) loadDraft(ctx context.Context, p NewProfile, settings map[string]string) (cfg aws.Config, err error) {
	folder, err := os.MkdirTemp("", "waybill-") // 0700 by its own contract
	if err != nil {
		return cfg, fmt.Errorf("try the profile %q: %w", p.Name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "config")
	if err := os.WriteFile(path, []byte(withoutKeys(p.Name, settings)), 0o600); err != nil {
		return cfg, fmt.Errorf("try the profile %q: %w", p.Name, err)
	}
	cfg, err = o.load(ctx, settings,
		config.WithSharedConfigFiles([]string{path}), config.WithSharedCredentialsFiles([]string{filepath.Join(folder, "credentials")}))
	cfg.Credentials = credentials.NewStaticCredentialsProvider(p.AccessKeyID, p.SecretAccessKey, "")
	return cfg, err
}

// withoutKeys writes a profile's settings as a config file has them, without those that are secret.
func withoutKeys(name string, settings map[string]string) string {
	text := ""
	header := "profile " + name
	if name == "default" {
		header = name
	}
	var plain, nested []assignment
	for _, setting := range slices.Sorted(maps.Keys(settings)) {
		switch {
		case strings.HasPrefix(setting, "aws_") || settings[setting] == "":
		case strings.Contains(setting, "."):
			nested = append(nested, assignment{setting, settings[setting]})
		default:
			plain = append(plain, assignment{setting, settings[setting]})
		}
	}
	text = appendSection(text, header, plain)
	parent := ""
	for _, s := range nested {
		block, name, _ := strings.Cut(s.name, ".")
		if block != parent {
			text += block + " =\n"
			parent = block
		}
		text += "    " + name + " = " + s.value + "\n"
	}
	return text
}
