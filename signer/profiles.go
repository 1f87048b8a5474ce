package signer

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Profiles lists the profiles that the AWS CLI would list, "default" first, then by name; credentials in the
// environment stand as a profile of their own, before them. With an error, the list still holds what could be
// read; the error then wraps a *FileError that names file and line.
func Profiles() ([]Profile, error) {
	merged, err := mergedProfiles()
	list := make([]Profile, 0, len(merged)+1)
	for name, values := range merged {
		list = append(list, Profile{Name: name, Kind: kindOf(values), Region: values["region"], Endpoint: values["endpoint_url"]})
	}
	slices.SortFunc(list, func(a, b Profile) int {
		switch {
		case a.Name == b.Name:
			return 0
		case a.Name == "default":
			return -1
		case b.Name == "default":
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	if environmentHasKeys() {
		region := os.Getenv("AWS_REGION")
		if region == "" {
			region = os.Getenv("AWS_DEFAULT_REGION")
		}
		endpoint := os.Getenv("AWS_ENDPOINT_URL_S3")
		if endpoint == "" {
			endpoint = os.Getenv("AWS_ENDPOINT_URL")
		}
		list = slices.Insert(list, 0, Profile{Name: EnvironmentProfile, Kind: KindEnvironment, Region: region, Endpoint: endpoint})
	}
	return list, err
}

// DefaultProfile is what the AWS CLI takes when nobody names a profile: the environment's credentials, then
// what AWS_PROFILE names, then "default".
func DefaultProfile() string {
	if environmentHasKeys() {
		return EnvironmentProfile
	}
	return defaultSection()
}

// environmentHasKeys asks the SDK, which knows older names of the variables too, so that what is shown is what
// signs.
func environmentHasKeys() bool {
	env, err := config.NewEnvConfig()
	return err == nil && env.Credentials.HasKeys()
}

// defaultSection is the section that settings are read from when nobody names a profile, even where the
// credentials come from the environment.
func defaultSection() string {
	if name := namedByEnvironment(); name != "" {
		return name
	}
	return "default"
}

func namedByEnvironment() string {
	if name := os.Getenv("AWS_PROFILE"); name != "" {
		return name
	}
	return os.Getenv("AWS_DEFAULT_PROFILE")
}

// mergedProfiles gives the settings of every profile, those of the credentials file before those of the
// config file, as the AWS CLI merges them. A services section that a profile names is resolved for S3.
func mergedProfiles() (map[string]map[string]string, error) {
	configFile, credentialsFile, err := paths()
	if err != nil {
		return nil, err
	}
	inConfig, errConfig := readSections(configFile)
	inCredentials, errCredentials := readSections(credentialsFile)

	merged := map[string]map[string]string{}
	add := func(name string, values map[string]string) {
		into := merged[name]
		if into == nil {
			into = map[string]string{}
			merged[name] = into
		}
		for k, v := range values {
			into[k] = v
		}
	}
	services := map[string]map[string]string{}
	for _, s := range inConfig {
		kind, name, two := strings.Cut(s.header, " ")
		name = strings.Trim(name, `"'`)
		switch {
		case !two && kind == "default":
			add("default", s.values)
		case two && kind == "profile" && name != "":
			add(name, s.values)
		case two && kind == "services":
			services[name] = s.values
		}
	}
	for _, s := range inCredentials {
		if name := strings.Trim(s.header, `"'`); name != "" {
			add(name, s.values)
		}
	}
	for _, values := range merged {
		if url := services[values["services"]]["s3.endpoint_url"]; url != "" {
			values["endpoint_url"] = url
		}
	}
	return merged, errors.Join(errConfig, errCredentials)
}

// kindOf tells how a profile gets its credentials, in the order in which the SDK looks.
func kindOf(values map[string]string) Kind {
	has := func(key string) bool { return values[key] != "" }
	keys := has("aws_access_key_id") && has("aws_secret_access_key")
	switch {
	case has("role_arn") && (has("source_profile") || has("credential_source") && !keys):
		return KindRole
	case keys && has("aws_session_token"):
		return KindSession
	case keys:
		return KindStatic
	case has("role_arn") && has("web_identity_token_file"):
		return KindWebIdentity
	case has("sso_session"), has("sso_start_url"):
		return KindSSO
	case has("login_session"):
		return KindLogin
	case has("credential_process"):
		return KindProcess
	}
	return KindUnknown
}
