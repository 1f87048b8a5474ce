package signer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
)

// chain gets the credentials of one profile. It reads the files again when they have changed: keys that somebody has
// put there since sign the rest of an upload that the old ones began.
type chain struct {
	profile string // "" for the environment's, then the default section's
	cfg     aws.Config
	code    func(context.Context, CodeQuestion) (string, error)
	now     func() time.Time

	mu    sync.Mutex
	stamp string
	built asker
	top   *role // the role whose session is handed out; nil for none
}

// ask gets credentials by the way that the files describe now.
func (c *chain) ask(ctx context.Context, w wish) (aws.Credentials, error) {
	source, err := c.source()
	if err != nil {
		return aws.Credentials{}, err
	}
	return source.ask(ctx, w)
}

func (c *chain) source() (asker, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp := FilesStamp()
	if c.built != nil && c.stamp == stamp {
		return c.built, nil
	}
	w, err := wayOf(c.profile)
	if err != nil {
		return nil, err
	}
	built := c.build(w)
	c.built, c.stamp = built, stamp
	c.top, _ = built.(*role)
	return built, nil
}

// reach tells what can be asked of the role.
func (c *chain) reach() Reach {
	if _, err := c.source(); err != nil {
		return Reach{}
	}
	c.mu.Lock()
	top := c.top
	c.mu.Unlock()
	if top == nil {
		return Reach{}
	}
	return top.reach()
}

// wayOf finds the way of a profile, or of whatever the AWS CLI takes when none is named.
func wayOf(profile string) (*way, error) {
	if profile == "" || profile == EnvironmentProfile {
		environment := wayOfEnvironment()
		if environment != nil && (environment.kind != KindContainer || profile != "") {
			return environment, nil
		}
		if profile == EnvironmentProfile {
			return nil, fmt.Errorf("read the environment: %w", ErrNoCredentials)
		}
		profile = defaultSection()
	}
	files, err := readFiles()
	if err != nil {
		return nil, err
	}
	if _, found := files.profiles[profile]; !found && profile != "default" {
		return nil, &NoProfileError{profile}
	}
	w, fault := files.way(profile)
	if fault != nil {
		return nil, fault
	}
	if environment := wayOfEnvironment(); w.kind == KindUnknown && environment != nil && environment.kind == KindContainer {
		return environment, nil // a profile without credentials in a container has the container's
	}
	return w, nil
}

// build makes a source of credentials of a way.
func (c *chain) build(w *way) asker {
	switch w.kind {
	case KindRole:
		return &role{way: w, chain: c, source: newKeyring(c.build(w.source), c.now)}
	case KindWebIdentity:
		return &role{way: w, chain: c}
	case KindSSO:
		return askFunc(c.portal(w))
	case KindLogin:
		return askFunc(c.login(w))
	case KindProcess:
		return process{profile: w.profile, command: w.settings["credential_process"], limit: processLimit}
	case KindContainer:
		return c.container(w.profile)
	case KindInstance:
		cfg := c.cfg.Copy()
		cfg.HTTPClient = directClient(c.cfg)
		return providerAsker{ec2rolecreds.New(func(o *ec2rolecreds.Options) {
			o.Client = imds.NewFromConfig(cfg, func(o *imds.Options) { o.ClientEnableState = imds.ClientDefaultEnableState })
		})}
	case KindStatic, KindSession:
		return askFunc(func(context.Context) (aws.Credentials, error) { return c.unended(w, keysOf(w)) })
	case KindEnvironment:
		return askFunc(func(context.Context) (aws.Credentials, error) {
			keys, err := keysOfEnvironment(w.profile)
			if err != nil {
				return keys, err
			}
			return c.unended(w, keys)
		})
	}
	return askFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, ErrNoCredentials })
}

// keysOf are the keys that stand in a profile.
func keysOf(w *way) aws.Credentials {
	c := aws.Credentials{
		AccessKeyID: w.settings["aws_access_key_id"], SecretAccessKey: w.settings["aws_secret_access_key"],
		SessionToken: w.settings["aws_session_token"], AccountID: w.settings["aws_account_id"], Source: string(w.kind),
	}
	return withEnd(c, hintsOf(w.settings))
}

// keysOfEnvironment are the keys in the environment.
func keysOfEnvironment(profile string) (aws.Credentials, error) {
	env, err := config.NewEnvConfig()
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("read the AWS settings of the environment: %w", err)
	}
	if !env.Credentials.HasKeys() {
		return aws.Credentials{}, &ProfileError{Profile: profile, Fault: FaultNotInEnvironment}
	}
	return withEnd(env.Credentials, hintsOfEnvironment()), nil
}

// withEnd notes the end of a session that a tool has written beside its token.
func withEnd(c aws.Credentials, hints []string) aws.Credentials {
	if end := hintedEnd(hints); c.SessionToken != "" && !end.IsZero() {
		c.CanExpire, c.Expires = true, end
	}
	return c
}

// unended refuses keys whose session is over: no store takes them, and only whoever got them can get others.
func (c *chain) unended(w *way, keys aws.Credentials) (aws.Credentials, error) {
	if keys.CanExpire && !keys.Expires.After(c.now()) {
		return aws.Credentials{}, &SignedOutError{Profile: w.profile, Kind: w.kind, Ended: keys.Expires, Err: errEnded}
	}
	return keys, nil
}

var errEnded = errors.New("the session token's time is over")

// askFunc is a source that takes no wishes.
type askFunc func(context.Context) (aws.Credentials, error)

func (f askFunc) ask(ctx context.Context, _ wish) (aws.Credentials, error) { return f(ctx) }

// providerAsker is a provider of the SDK's.
type providerAsker struct{ provider aws.CredentialsProvider }

func (p providerAsker) ask(ctx context.Context, _ wish) (aws.Credentials, error) {
	return p.provider.Retrieve(ctx)
}

// FilesStamp changes whenever the AWS config and credentials files do.
func FilesStamp() string {
	configFile, credentialsFile, err := paths()
	if err != nil {
		return err.Error()
	}
	stamp := ""
	for _, path := range []string{configFile, credentialsFile} {
		if info, err := os.Stat(path); err == nil {
			stamp += fmt.Sprintf("%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
	}
	return stamp
}
