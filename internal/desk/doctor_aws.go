package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"waybill/signer"
)

// harmless reports whether the value of an AWS variable may be shown. What is not known to be harmless is not.
func harmless(name string) bool {
	return slices.Contains([]string{
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE",
		"AWS_EC2_METADATA_DISABLED", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_SDK_LOAD_CONFIG", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_STS_REGIONAL_ENDPOINTS", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_LOGIN_CACHE_DIRECTORY", "AWS_PAGER",
		"AWS_EXECUTION_ENV", "AWS_CREDENTIAL_EXPIRATION", "AWS_VAULT", "AWS_DEFAULTS_MODE", "AWS_DEFAULT_OUTPUT", "AWS_CLI_AUTO_PROMPT",
		"AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "AWS_S3_USE_ARN_REGION",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_EC2_METADATA_V1_DISABLED", "AWS_ACCOUNT_ID_ENDPOINT_MODE",
	}, name)
}

func isProxyVariable(name string) bool {
	return slices.Contains([]string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}, strings.ToUpper(name))
}

// environment names the variables that matter, with their values where these are harmless.
func (x *examiner) environment(context.Context) {
	all := os.Environ()
	slices.Sort(all)
	for _, pair := range all {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case value == "":
		case strings.HasPrefix(name, "AWS_ENDPOINT_URL"), isProxyVariable(name):
			x.say(name, bareAddress(value))
		case strings.HasPrefix(name, "AWS_") && harmless(name), strings.EqualFold(name, "NO_PROXY"),
			name == "WAYBILL_HOME", name == "SSL_CERT_FILE", name == "SSL_CERT_DIR", name == "XDG_DATA_HOME":
			x.say(name, value)
		case strings.HasPrefix(name, "AWS_"), strings.HasPrefix(name, "WAYBILL_"):
			x.say(name, "is set")
		}
	}
	if len(x.part.Facts) == 0 {
		x.say("none", "no variable of AWS, of proxies or of Waybill is set")
	}
}

// bareAddress is an address without user, path and query, each of which may be a key, but with a word on those that are there; no
// more than that it is set where it cannot be read.
func bareAddress(value string) string {
	text := value
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") { // then what looks like a host is a user's name
		return "is set, and is no address"
	}
	bare := u.Scheme + "://" + u.Host
	if u.User != nil {
		bare += ", with a user name"
		if _, has := u.User.Password(); has {
			bare += " and a password"
		}
	}
	if strings.Trim(u.Path, "/") != "" {
		bare += ", with a path"
	}
	if u.RawQuery != "" {
		bare += ", with a query"
	}
	return bare
}

// files are the AWS files and the caches of the AWS CLI: whether they are there, their modes, and what is wrong with them.
func (x *examiner) files(context.Context) {
	files, err := signer.Files()
	if err != nil {
		x.say("failed", err.Error())
	}
	for _, f := range files {
		info, err := os.Stat(f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			x.sayf(f.What, "%s: not there", f.Path)
		case err != nil:
			x.sayf(f.What, "%s: %s", f.Path, inWords(err))
			x.wrong(trouble("ConfigFile", args{"File": f.Path, "Line": 0, "Fault": inWords(err)}, err))
		case info.IsDir():
			entries, err := os.ReadDir(f.Path)
			if err != nil {
				x.sayf(f.What, "%s: %s, %s", f.Path, modeOf(info), inWords(err))
				continue
			}
			x.sayf(f.What, "%s: %s, %d files", f.Path, modeOf(info), len(entries))
			for _, e := range entries {
				if i, err := e.Info(); err == nil && filepath.Ext(e.Name()) == ".json" && i.Mode().IsRegular() && openToOthers(i) {
					x.wrong(trouble("OpenToOthers", args{"Path": filepath.Join(f.Path, e.Name())}, nil))
				}
			}
		default:
			x.sayf(f.What, "%s: %s, %d bytes, changed %s", f.Path, modeOf(info), info.Size(), info.ModTime().UTC().Format(time.RFC3339))
			if f.What == "credentials" && openToOthers(info) {
				x.wrong(trouble("OpenToOthers", args{"Path": f.Path}, nil))
			}
		}
	}
}

// profiles are what can be signed with. Nobody is asked. What is wrong with the one that the report is about counts.
func (x *examiner) profiles(context.Context) {
	list, err := signer.Profiles()
	if err != nil {
		x.fails("failed", explain(err, scene{}))
	}
	inUse := x.store.Profile
	if inUse == "" {
		inUse = signer.DefaultProfile()
	}
	found := false
	for _, p := range list {
		words := []string{string(p.Kind)}
		add := func(format string, value string) {
			if value != "" {
				words = append(words, fmt.Sprintf(format, value))
			}
		}
		add("region %s", p.Region)
		if p.Endpoint != "" {
			add("endpoint %s", bareAddress(p.Endpoint))
		}
		add("account %s", p.Account)
		add("role %s", p.Role)
		switch now := time.Now(); {
		case p.SignedOut:
			words = append(words, "nobody is signed in")
		case !p.Ends.IsZero() && p.Ends.Before(now) && !p.Renews:
			words = append(words, "ended "+p.Ends.UTC().Format(time.RFC3339))
		case !p.Ends.IsZero():
			words = append(words, "until "+p.Ends.UTC().Format(time.RFC3339))
			if p.Renews {
				words = append(words, "renewed by itself")
			}
		}
		mine := p.Name == inUse && !x.store.Sandbox
		if mine {
			found = true
			words = append(words, "in use")
		}
		t := Profile{Profile: p}.Trouble()
		if t == nil && p.SignedOut && mine {
			x.wrong(trouble(signedOut(p.Base), args{"Profile": p.Name, "Ends": inMinutes(p.Ends)}, nil))
		}
		if t != nil {
			words = append(words, "cannot work: "+troubleLine(t))
			if mine {
				x.wrong(t)
			}
		}
		x.say(p.Name, strings.Join(words, ", "))
	}
	if len(list) == 0 {
		x.say("none", "the AWS files name no profile")
	}
	if !found && !x.store.Sandbox && err == nil {
		if x.store.Profile != "" {
			x.wrong(trouble("NoProfile", args{"Profile": inUse}, nil))
		} else {
			x.wrong(trouble("NoCredentials", args{"Profile": inUse}, nil))
		}
	}
}
