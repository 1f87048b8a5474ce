package signer

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Profiles lists the profiles that the AWS CLI would list, "default" first, then by name; credentials in the
// environment stand as a profile of their own, before them. Each says of what kind it is, whose account it leads to and
// until when it is signed in, as far as files tell: nobody is asked. With an error, the list still holds what could be
// read; the error then wraps a *FileError that names file and line.
func Profiles() ([]Profile, error) {
	files, err := readFiles()
	list := make([]Profile, 0, len(files.profiles)+1)
	for name := range files.profiles {
		list = append(list, files.describe(name))
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
	if w := wayOfEnvironment(); w != nil {
		region := os.Getenv("AWS_REGION")
		if region == "" {
			region = os.Getenv("AWS_DEFAULT_REGION")
		}
		endpoint := os.Getenv("AWS_ENDPOINT_URL_S3")
		if endpoint == "" {
			endpoint = os.Getenv("AWS_ENDPOINT_URL")
		}
		kind := w.kind
		if kind == KindStatic || kind == KindSession {
			kind = KindEnvironment
		}
		list = slices.Insert(list, 0, Profile{Name: EnvironmentProfile, Kind: kind, Base: kind, Region: region, Endpoint: endpoint, Role: w.role()})
	}
	return list, err
}

// DefaultProfile is what the AWS CLI takes when nobody names a profile: the environment's credentials, then
// what AWS_PROFILE names, then "default".
func DefaultProfile() string {
	if w := wayOfEnvironment(); w != nil {
		if w.kind != KindContainer {
			return EnvironmentProfile
		}
		// A container's credentials are what is left when the profile has none.
		files, _ := readFiles()
		if found, err := files.way(defaultSection()); err == nil && found.kind == KindUnknown {
			return EnvironmentProfile
		}
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

// awsFiles is what the config and the credentials file say together.
type awsFiles struct {
	profiles map[string]map[string]string
	sessions map[string]map[string]string // the sso-session sections
	services map[string]map[string]string // the services sections
	general  map[string]string            // the endpoint_url of profiles whose services section has another one for S3
	quoted   bool                         // a name stands in quotes, see Options.load
}

// readFiles gives the settings of every profile, those of the credentials file before those of the
// config file, as the AWS CLI merges them. A services section that a profile names is resolved for S3.
func readFiles() (awsFiles, error) {
	configFile, credentialsFile, err := paths()
	if err != nil {
		return mergeSections(nil, nil), err
	}
	inConfig, errConfig := readSections(configFile)
	inCredentials, errCredentials := readSections(credentialsFile)
	return mergeSections(inConfig, inCredentials), errors.Join(errConfig, errCredentials)
}

// mergeSections puts together what the two files say.
func mergeSections(inConfig, inCredentials []section) awsFiles {
	files := awsFiles{
		profiles: map[string]map[string]string{}, sessions: map[string]map[string]string{}, services: map[string]map[string]string{}, general: map[string]string{},
	}
	add := func(name string, values map[string]string) {
		into := files.profiles[name]
		if into == nil {
			into = map[string]string{}
			files.profiles[name] = into
		}
		for k, v := range values {
			into[k] = v
		}
	}
	for _, s := range inConfig {
		files.quoted = files.quoted || strings.ContainsAny(s.header, `"'`)
		if name := profileInConfig(s.header); name != "" {
			add(name, s.values)
			continue
		}
		kind, name, two := strings.Cut(s.header, " ")
		name = strings.Trim(name, `"'`)
		switch {
		case two && kind == "services":
			files.services[name] = s.values
		case two && kind == "sso-session":
			files.sessions[name] = s.values
		}
	}
	for _, s := range inCredentials {
		files.quoted = files.quoted || strings.ContainsAny(s.header, `"'`)
		if name := profileInCredentials(s.header); name != "" {
			add(name, s.values)
		}
	}
	for name, values := range files.profiles {
		if url := files.services[values["services"]]["s3.endpoint_url"]; url != "" {
			files.general[name] = values["endpoint_url"]
			values["endpoint_url"] = url
		}
	}
	return files
}

// profileInConfig is the profile that a header of the config file begins, "" where it begins none.
func profileInConfig(header string) string {
	kind, name, two := strings.Cut(header, " ")
	switch {
	case !two && kind == "default":
		return "default"
	case two && kind == "profile":
		return strings.Trim(name, `"'`)
	}
	return ""
}

// profileInCredentials is the profile that a header of the credentials file begins.
func profileInCredentials(header string) string { return strings.Trim(header, `"'`) }
