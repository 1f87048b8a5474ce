package signer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
)

// The words that credential_source may have.
const (
	sourceEnvironment = "Environment"
	sourceInstance    = "Ec2InstanceMetadata"
	sourceContainer   = "EcsContainer"
)

// Bounds of a role's session, by STS's AssumeRole
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
const (
	shortestSession = 15 * time.Minute
	usualSession    = time.Hour // when nobody asks for another length, and the most for a role assumed by a role
	longestSession  = 12 * time.Hour
)

// way is how a profile gets its credentials, and for a role from whom those come that may assume it.
type way struct {
	profile  string
	kind     Kind
	settings map[string]string
	session  ssoSession    // of KindSSO
	duration time.Duration // duration_seconds; 0 where it is not set
	source   *way          // of KindRole
}

// way finds out how a profile gets its credentials, in the order in which the AWS CLI looks: role, web identity, SSO,
// keys, aws login, process. The SDK for Go prefers keys to SSO, and would sign as somebody else than the CLI.
func (f awsFiles) way(profile string) (*way, *ProfileError) { return f.follow(profile, nil) }

func (f awsFiles) follow(profile string, before []string) (*way, *ProfileError) {
	s := f.profiles[profile]
	has := func(key string) bool { return s[key] != "" }
	w := &way{profile: profile, settings: s, kind: KindUnknown}
	fault := func(kind Fault, about string) (*way, *ProfileError) {
		return w, &ProfileError{Profile: profile, Fault: kind, About: about}
	}
	if text := s["duration_seconds"]; text != "" && has("role_arn") {
		n, err := strconv.Atoi(text)
		w.duration = time.Duration(n) * time.Second
		if err != nil || n < int(shortestSession/time.Second) || n > int(longestSession/time.Second) {
			w.kind = KindRole
			return fault(FaultDuration, text)
		}
	}
	// A profile that is its own source, or another's, signs with its keys.
	again := slices.Contains(before, profile)
	asRole := has("role_arn") && (has("source_profile") || has("credential_source")) && !(again && w.hasKeys())
	switch {
	case asRole && again:
		w.kind = KindRole
		return fault(FaultLoop, strings.Join(append(before, profile), " → "))
	case asRole && has("source_profile"):
		w.kind = KindRole
		source := s["source_profile"]
		if _, there := f.profiles[source]; !there {
			return fault(FaultSourceMissing, source)
		}
		var err *ProfileError
		w.source, err = f.follow(source, append(slices.Clone(before), profile))
		if err != nil {
			return w, err
		}
		if w.source.kind == KindUnknown {
			return fault(FaultSourceEmpty, source)
		}
		return w, nil
	case asRole:
		w.kind = KindRole
		w.source = &way{profile: profile, settings: s}
		switch s["credential_source"] {
		case sourceEnvironment:
			w.source.kind = KindEnvironment
		case sourceInstance:
			w.source.kind = KindInstance
		case sourceContainer:
			w.source.kind = KindContainer
		default:
			return fault(FaultCredentialSource, s["credential_source"])
		}
		return w, nil
	case has("web_identity_token_file"):
		w.kind = KindWebIdentity
		if !has("role_arn") {
			return fault(FaultSetting, "role_arn")
		}
		return w, nil
	case has("sso_account_id"), has("sso_role_name"):
		return f.followSSO(w)
	case w.hasKeys():
		w.kind = KindStatic
		if has("aws_session_token") {
			w.kind = KindSession
		}
		return w, nil
	case has("login_session"):
		w.kind = KindLogin
		return w, nil
	case has("credential_process"):
		w.kind = KindProcess
		return w, nil
	case has("sso_session"), has("sso_start_url"): // enough to sign in, but not to get credentials
		return f.followSSO(w)
	case has("aws_access_key_id"):
		return fault(FaultHalfKeys, "aws_secret_access_key")
	case has("aws_secret_access_key"):
		return fault(FaultHalfKeys, "aws_access_key_id")
	case has("role_arn"):
		return fault(FaultNoSource, s["role_arn"])
	}
	return w, nil
}

// followSSO fills in where a profile's SSO session is, and what it is asked for.
func (f awsFiles) followSSO(w *way) (*way, *ProfileError) {
	w.kind = KindSSO
	fault := func(kind Fault, about string) (*way, *ProfileError) {
		return w, &ProfileError{Profile: w.profile, Fault: kind, About: about}
	}
	from := w.settings
	if name := w.settings["sso_session"]; name != "" {
		section, there := f.sessions[name]
		if !there {
			return fault(FaultSSOSession, name)
		}
		w.session.name, from = name, section
	}
	w.session.startURL, w.session.region = from["sso_start_url"], from["sso_region"]
	for scope := range strings.SplitSeq(from["sso_registration_scopes"], ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			w.session.scopes = append(w.session.scopes, scope)
		}
	}
	for _, needed := range []struct{ name, value string }{
		{"sso_start_url", w.session.startURL}, {"sso_region", w.session.region},
		{"sso_account_id", w.settings["sso_account_id"]}, {"sso_role_name", w.settings["sso_role_name"]},
	} {
		if needed.value == "" {
			return fault(FaultSetting, needed.name)
		}
	}
	return w, nil
}

func (w *way) hasKeys() bool {
	return w.settings["aws_access_key_id"] != "" && w.settings["aws_secret_access_key"] != ""
}

// wayOfEnvironment is how the environment alone gives credentials, nil where it does not: by keys, by a web identity,
// or by a container, in this order.
func wayOfEnvironment() *way {
	env, err := config.NewEnvConfig()
	switch {
	case err != nil:
		return nil
	case env.Credentials.HasKeys():
		w := &way{profile: EnvironmentProfile, kind: KindEnvironment}
		return w
	case env.WebIdentityTokenFilePath != "" && env.RoleARN != "":
		return &way{profile: EnvironmentProfile, kind: KindWebIdentity, settings: map[string]string{
			"role_arn": env.RoleARN, "web_identity_token_file": env.WebIdentityTokenFilePath, "role_session_name": env.RoleSessionName,
		}}
	case env.ContainerCredentialsRelativePath != "" || env.ContainerCredentialsEndpoint != "":
		return &way{profile: EnvironmentProfile, kind: KindContainer}
	}
	return nil
}

// chained reports whether the role is assumed by another role's session, which AWS bounds to an hour
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html, role chaining). A session token in a file or in the
// environment may be a role's or not.
func (w *way) chained() bool {
	if w.source == nil {
		return false
	}
	switch w.source.kind {
	case KindRole, KindWebIdentity, KindSSO, KindContainer, KindInstance:
		return true
	}
	return false
}

// role is whose permissions the profile has: a role's ARN, an SSO permission set's name, or "" for neither.
func (w *way) role() string {
	switch w.kind {
	case KindRole, KindWebIdentity:
		return w.settings["role_arn"]
	case KindSSO:
		return w.settings["sso_role_name"]
	}
	return ""
}

// account is the number of the account, "" where the files do not say.
func (w *way) account() string {
	switch w.kind {
	case KindRole, KindWebIdentity:
		return accountIn(w.settings["role_arn"])
	case KindSSO:
		return w.settings["sso_account_id"]
	case KindLogin:
		return accountIn(w.settings["login_session"])
	}
	return w.settings["aws_account_id"]
}

// accountIn is the account's number in an ARN: arn:partition:service:region:account:resource.
func accountIn(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[4]
}

// base is where the credentials come from in the end, below all roles.
func (w *way) base() *way {
	for w.kind == KindRole && w.source != nil {
		w = w.source
	}
	return w
}

// roleWithMFA is the first role on the way that asks for a code, nil where none does.
func (w *way) roleWithMFA() *way {
	for ; w != nil; w = w.source {
		if w.kind == KindRole && w.settings["mfa_serial"] != "" {
			return w
		}
	}
	return nil
}
