package signer

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// source hands out sessions, each as long as the next of lives says; zero is a failure.
type source struct {
	now   func() time.Time
	lives []time.Duration
	asked int
}

func (s *source) ask(context.Context, wish) (aws.Credentials, error) {
	life := s.lives[min(s.asked, len(s.lives)-1)]
	s.asked++
	if life == 0 {
		return aws.Credentials{}, errors.New("the session has ended")
	}
	return aws.Credentials{AccessKeyID: "A", SecretAccessKey: "S", SessionToken: "T", CanExpire: true, Expires: s.now().Add(life)}, nil
}

// newSource makes a source and a keyring of it, with a clock that can be put forward.
func newSource(lives ...time.Duration) (*source, *keyring, *time.Duration) {
	later := new(time.Duration)
	now := func() time.Time { return time.Now().Add(*later) }
	s := &source{now: now, lives: lives}
	return s, newKeyring(s, now), later
}

func TestLongerCredentialsAreAskedFor(t *testing.T) {
	s, k, later := newSource(10*time.Minute, time.Hour, 2*time.Hour)
	wants := func(d time.Duration) time.Time { return k.now().Add(d) }
	get := func(want time.Duration) time.Duration {
		t.Helper()
		_, ends, known, err := k.get(context.Background(), wants(want))
		if err != nil || !known {
			t.Fatalf("known %v, %v", known, err)
		}
		return ends.Sub(k.now()).Round(time.Minute)
	}
	if got := get(5 * time.Minute); got != 10*time.Minute || s.asked != 1 {
		t.Errorf("%v after %d tries: what reaches is not exchanged", got, s.asked)
	}
	if got := get(30 * time.Minute); got != time.Hour || s.asked != 2 {
		t.Errorf("%v after %d tries: what does not reach is exchanged", got, s.asked)
	}
	// Ten thousand files of a drop are no ten thousand requests for credentials.
	for range 3 {
		if got := get(90 * time.Minute); got != time.Hour || s.asked != 2 {
			t.Errorf("%v after %d tries", got, s.asked)
		}
	}
	*later = refreshPause
	if get(3 * time.Hour); s.asked != 3 {
		t.Errorf("%d tries after the pause", s.asked)
	}
}

func TestCredentialsAtHandAreUsedToTheirEnd(t *testing.T) {
	s, k, later := newSource(10*time.Minute, 0)
	if _, _, _, err := k.get(context.Background(), k.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time the cache is empty
		c, _, _, err := k.get(context.Background(), k.now().Add(time.Hour))
		if err != nil || c.AccessKeyID != "A" {
			t.Errorf("no longer ones to be had is no reason to fail: %v", err)
		}
	}
	*later = 11 * time.Minute
	_, _, _, err := k.get(context.Background(), k.now().Add(time.Hour))
	var failed *CredentialsError
	if !errors.As(err, &failed) || s.asked < 3 {
		t.Errorf("after %d tries: %v, want a *CredentialsError", s.asked, err)
	}
}

func TestKindOf(t *testing.T) {
	keys := map[string]string{"aws_access_key_id": "a", "aws_secret_access_key": "b"}
	with := func(more ...string) map[string]string {
		all := map[string]string{}
		for k, v := range keys {
			all[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			all[more[i]] = more[i+1]
		}
		return all
	}
	sso := []string{"sso_session", "s", "sso_account_id", "1", "sso_role_name", "r"}
	for _, c := range []struct {
		values map[string]string
		want   Kind
		fault  Fault
	}{
		{keys, KindStatic, ""},
		{map[string]string{"aws_access_key_id": "a"}, KindUnknown, FaultHalfKeys},
		{with("aws_session_token", "t"), KindSession, ""},
		{with("role_arn", "r", "source_profile", "p"), KindRole, ""},
		{with("role_arn", "r"), KindStatic, ""}, // as the AWS CLI has it
		{with("role_arn", "r", "credential_source", "Environment"), KindRole, ""},
		{map[string]string{"role_arn": "r", "credential_source": "Environment"}, KindRole, ""},
		{map[string]string{"role_arn": "r", "credential_source": "Nowhere"}, KindRole, FaultCredentialSource},
		{map[string]string{"role_arn": "r", "source_profile": "nobody"}, KindRole, FaultSourceMissing},
		{map[string]string{"role_arn": "r", "source_profile": "empty"}, KindRole, FaultSourceEmpty},
		{map[string]string{"role_arn": "r", "source_profile": "x"}, KindRole, FaultLoop},
		{map[string]string{"role_arn": "r", "source_profile": "back"}, KindRole, FaultLoop},
		{with("role_arn", "r", "source_profile", "x"), KindRole, ""}, // its own source
		{map[string]string{"role_arn": "r", "source_profile": "p", "duration_seconds": "60"}, KindRole, FaultDuration},
		{map[string]string{"role_arn": "r", "source_profile": "p", "duration_seconds": "18446745073"}, KindRole, FaultDuration}, // nanoseconds go round
		{map[string]string{"role_arn": "r", "source_profile": "p", "duration_seconds": "43200"}, KindRole, ""},
		{map[string]string{"role_arn": "r", "web_identity_token_file": "f"}, KindWebIdentity, ""},
		{map[string]string{"web_identity_token_file": "f"}, KindWebIdentity, FaultSetting},
		{map[string]string{"role_arn": "r"}, KindUnknown, FaultNoSource},
		{with(sso...), KindSSO, ""}, // before keys, as in the AWS CLI
		{map[string]string{"sso_session": "s"}, KindSSO, FaultSetting},
		{with("sso_session", "s"), KindStatic, ""},
		{map[string]string{"sso_session": "gone", "sso_account_id": "1", "sso_role_name": "r"}, KindSSO, FaultSSOSession},
		{map[string]string{"sso_start_url": "u", "sso_region": "e", "sso_account_id": "1", "sso_role_name": "r"}, KindSSO, ""},
		{map[string]string{"sso_start_url": "u", "sso_account_id": "1", "sso_role_name": "r"}, KindSSO, FaultSetting},
		{map[string]string{"login_session": "s", "credential_process": "p"}, KindLogin, ""},
		{map[string]string{"credential_process": "p"}, KindProcess, ""},
		{map[string]string{"region": "r"}, KindUnknown, ""},
	} {
		files := awsFiles{
			profiles: map[string]map[string]string{"x": c.values, "p": keys, "empty": {"region": "r"}, "back": {"role_arn": "r2", "source_profile": "x"}},
			sessions: map[string]map[string]string{"s": {"sso_start_url": "u", "sso_region": "e"}},
		}
		got, err := files.way("x")
		fault := Fault("")
		if err != nil {
			fault = err.Fault
		}
		if got.kind != c.want || fault != c.fault {
			t.Errorf("%v: %s (%v), want %s (%s)", c.values, got.kind, err, c.want, c.fault)
		}
	}
}
