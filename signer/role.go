package signer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
)

// role gets the sessions of a role, assumed with the credentials of a source or with a web identity's token.
type role struct {
	way    *way
	chain  *chain
	source *keyring // nil for a web identity

	mu   sync.Mutex
	most time.Duration // the longest session that was granted when a longer one was refused
}

// RoleError says that a role could not be assumed.
type RoleError struct {
	Profile string
	Role    string // its ARN
	Err     error
}

// Error names the role.
func (e *RoleError) Error() string { return fmt.Sprintf("assume the role %s: %v", e.Role, e.Err) }

// Unwrap gives what STS said.
func (e *RoleError) Unwrap() error { return e.Err }

func (r *role) reach() Reach {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Reach{Role: r.way.settings["role_arn"], Chained: r.way.chained(), Most: r.most}
}

// ask assumes the role, for as long as is wished if that is allowed.
func (r *role) ask(ctx context.Context, w wish) (aws.Credentials, error) {
	withMFA := r.way.settings["mfa_serial"] != "" && r.source != nil
	if withMFA && !w.anew {
		if c, ok := r.way.cached(); ok {
			return c, nil
		}
	}
	if withMFA && w.spare {
		ctx = Quiet(ctx)
	}
	client, err := r.client(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	question := CodeQuestion{Profile: r.way.profile, Serial: r.way.settings["mfa_serial"]}
	for try := 1; ; try++ {
		code := ""
		if withMFA {
			if code, err = r.chain.askCode(ctx, question); err != nil {
				return aws.Credentials{}, err
			}
		}
		c, err := r.longest(ctx, client, code, r.lengths(w))
		switch {
		case err == nil:
			if withMFA {
				// What cannot be kept is asked for again next time.
				_ = r.way.keep(c)
			}
			return c, nil
		case withMFA && isWrongCode(err) && try < codeTries:
			question.Wrong = true
			continue
		case withMFA && isWrongCode(err):
			question.Wrong = true
			return aws.Credentials{}, &CodeError{CodeQuestion: question}
		case ctx.Err() != nil:
			return aws.Credentials{}, context.Cause(ctx)
		}
		return aws.Credentials{}, &RoleError{Profile: r.way.profile, Role: r.way.settings["role_arn"], Err: err}
	}
}

// client makes a client of STS with the credentials of the source.
func (r *role) client(ctx context.Context) (*sts.Client, error) {
	var by aws.CredentialsProvider = aws.AnonymousCredentials{}
	if r.source != nil {
		c, err := r.source.kept(ctx)
		if err != nil {
			return nil, err
		}
		by = credentials.StaticCredentialsProvider{Value: c}
	}
	return sts.NewFromConfig(r.chain.cfg, func(o *sts.Options) { o.Credentials = by }), nil
}

// lengths are the lengths of a session to ask for, one after the other until one is granted: the one that is wished
// first, then those that are usual for roles, and the profile's own last; 0 leaves it to STS, which gives an hour.
func (r *role) lengths(w wish) []time.Duration {
	own := r.way.duration
	usual := usualSession
	if own > 0 {
		usual = own
	}
	most := longestSession
	if own > 0 && !w.beyond {
		most = own
	}
	if r.way.chained() {
		most = min(most, usualSession)
	}
	r.mu.Lock()
	if r.most > 0 {
		most = min(most, r.most)
	}
	r.mu.Unlock()
	// A minute more, since signing and asking take time.
	wanted := min(w.until.Sub(r.chain.now()).Round(time.Minute)+time.Minute, most)
	var lengths []time.Duration
	if !w.until.IsZero() && wanted > usual {
		lengths = append(lengths, wanted)
		for _, d := range []time.Duration{8 * time.Hour, 4 * time.Hour, 2 * time.Hour, time.Hour} {
			if d < wanted && d > usual {
				lengths = append(lengths, d)
			}
		}
	}
	return append(lengths, own)
}

// longest asks for sessions until one is granted.
func (r *role) longest(ctx context.Context, client *sts.Client, code string, lengths []time.Duration) (aws.Credentials, error) {
	last := len(lengths) - 1
	for i := 0; ; i++ {
		c, err := r.assume(ctx, client, code, lengths[i])
		switch {
		case err == nil:
			if i > 0 {
				r.mu.Lock()
				r.most = max(lengths[i], shortestSession)
				if lengths[i] == 0 {
					r.most = usualSession
				}
				r.mu.Unlock()
			}
			return c, nil
		case i == last, ctx.Err() != nil, isWrongCode(err):
			return c, err
		case isCodeOf(err, "AccessDenied"): // a policy may bound the length, and does not say to what
			i = last - 1
		case !isCodeOf(err, "ValidationError"):
			return c, err
		}
	}
}

func (r *role) assume(ctx context.Context, client *sts.Client, code string, length time.Duration) (aws.Credentials, error) {
	s := r.way.settings
	var seconds *int32
	if length > 0 {
		seconds = aws.Int32(int32(length / time.Second)) // #nosec G115 -- at most twelve hours
	}
	name := s["role_session_name"]
	if name == "" {
		name = fmt.Sprintf("waybill-%d", time.Now().Unix())
	}
	if r.source == nil {
		token, err := os.ReadFile(s["web_identity_token_file"])
		if err != nil {
			return aws.Credentials{}, &ProfileError{Profile: r.way.profile, Fault: FaultTokenFile, About: s["web_identity_token_file"], Err: systemsWord(err)}
		}
		out, err := client.AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
			RoleArn: aws.String(s["role_arn"]), RoleSessionName: aws.String(name), DurationSeconds: seconds,
			WebIdentityToken: aws.String(strings.TrimSpace(string(token))),
		})
		if err != nil {
			return aws.Credentials{}, err
		}
		return sessionOf(out.Credentials, out.AssumedRoleUser)
	}
	in := &sts.AssumeRoleInput{RoleArn: aws.String(s["role_arn"]), RoleSessionName: aws.String(name), DurationSeconds: seconds}
	if id := s["external_id"]; id != "" {
		in.ExternalId = aws.String(id)
	}
	if code != "" {
		in.SerialNumber, in.TokenCode = aws.String(s["mfa_serial"]), aws.String(code)
	}
	out, err := client.AssumeRole(ctx, in)
	if err != nil {
		return aws.Credentials{}, err
	}
	return sessionOf(out.Credentials, out.AssumedRoleUser)
}

// sessionOf reads STS's answer.
func sessionOf(c *types.Credentials, user *types.AssumedRoleUser) (aws.Credentials, error) {
	if c == nil || aws.ToString(c.AccessKeyId) == "" || aws.ToString(c.SecretAccessKey) == "" || c.Expiration == nil {
		return aws.Credentials{}, errors.New("STS answered without credentials")
	}
	account := ""
	if user != nil {
		account = accountIn(aws.ToString(user.Arn))
	}
	return aws.Credentials{
		AccessKeyID: aws.ToString(c.AccessKeyId), SecretAccessKey: aws.ToString(c.SecretAccessKey),
		SessionToken: aws.ToString(c.SessionToken), CanExpire: true, Expires: *c.Expiration,
		AccountID: account, Source: string(KindRole),
	}, nil
}

// isCodeOf reports whether a service said one of the codes.
func isCodeOf(err error, codes ...string) bool {
	var said smithy.APIError
	if !errors.As(err, &said) {
		return false
	}
	for _, code := range codes {
		if said.ErrorCode() == code {
			return true
		}
	}
	return false
}

// isWrongCode reports whether STS refused the code of an MFA device: it has no error code of its own for that.
func isWrongCode(err error) bool {
	var said smithy.APIError
	return errors.As(err, &said) && said.ErrorCode() == "AccessDenied" &&
		strings.Contains(said.ErrorMessage(), "MultiFactorAuthentication failed")
}
