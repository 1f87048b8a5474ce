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
)

// loadCopy has the SDK read a profile's settings from a text in the place of the files, which has to be without keys: it is
// written into a folder of its own, and removed again.
func (o Options) loadCopy(ctx context.Context, settings map[string]string, text string) (cfg aws.Config, err error) {
	folder, err := os.MkdirTemp("", "waybill-") // 0700 by its own contract
	if err != nil {
		return cfg, fmt.Errorf("read the profile %q: %w", o.Profile, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "config")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return cfg, fmt.Errorf("read the profile %q: %w", o.Profile, err)
	}
	return o.loadFiles(ctx, settings,
		config.WithSharedConfigFiles([]string{path}), config.WithSharedCredentialsFiles([]string{filepath.Join(folder, "credentials")}))
}

// withoutKeys writes a profile as a config file has it, with its services section, and without quotes.
func (f awsFiles) withoutKeys(profile string) string {
	settings := maps.Clone(f.profiles[profile])
	if general, other := f.general[profile]; other {
		settings["endpoint_url"] = general
	}
	text := withoutKeys(profile, settings)
	if name := settings["services"]; len(f.services[name]) > 0 {
		text = sectionOf(text, "services "+name, f.services[name])
	}
	return text
}

// withoutKeys writes a profile's settings as a config file has them, without those by which it gets its credentials: some are
// secret, and the chain of this package has its own eyes for the rest.
func withoutKeys(profile string, settings map[string]string) string {
	settings = maps.Clone(settings)
	maps.DeleteFunc(settings, func(name, _ string) bool {
		switch name {
		case "role_arn", "source_profile", "credential_source", "web_identity_token_file", "credential_process", "login_session":
			return true
		}
		return strings.HasPrefix(name, "aws_") || strings.HasPrefix(name, "sso_")
	})
	header := "profile " + profile
	if profile == "default" {
		header = profile
	}
	return sectionOf("", header, settings)
}

// sectionOf puts a section at the end of a text, nested settings below those that have no block.
func sectionOf(text, header string, settings map[string]string) string {
	var plain, nested []assignment
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		switch {
		case settings[name] == "":
		case strings.Contains(name, "."):
			nested = append(nested, assignment{name, settings[name]})
		default:
			plain = append(plain, assignment{name, settings[name]})
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
