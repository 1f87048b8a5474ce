package signer_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/internal/teststore"
	"waybill/signer"
)

const (
	baseKeys = "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n"
	device   = "arn:aws:iam::111122223333:mfa/alice"
	withMFA  = "[profile p]\nrole_arn = " + roleA + "\nsource_profile = base\nmfa_serial = " + device + "\n"
	// keptAs is the file that the AWS CLI names for withMFA:
	//	hashlib.sha1(json.dumps({"RoleArn": roleA, "SerialNumber": device}, sort_keys=True).encode()).hexdigest()
	keptAs = "df6ad30ca59db831a9bb81ffadb2e92e8ad8c5e9"
)

func kept() string { return filepath.Join(os.Getenv("HOME"), ".aws", "cli", "cache", keptAs+".json") }

// TestMFA: the code is asked for once, and the session is kept where the AWS CLI looks for it.
func TestMFA(t *testing.T) {
	a := atAWS(t, withMFA, baseKeys)
	a.Code = "123456"
	var asked []signer.CodeQuestion
	answers := []string{"12 34", "000000", " 123 456 "}
	code := func(_ context.Context, q signer.CodeQuestion) (string, error) {
		asked = append(asked, q)
		return answers[len(asked)-1], nil
	}
	s := openNow(t, signer.Options{Profile: "p", Code: code})
	signs(t, s, time.Minute)
	want := []signer.CodeQuestion{{"p", device, false}, {"p", device, true}, {"p", device, true}}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}
	calls := a.Calls("AssumeRole")
	if v := calls[len(calls)-1].Values; v["SerialNumber"] != device || v["TokenCode"] != "123456" {
		t.Errorf("STS was told %v", v)
	}
	info, err := os.Stat(kept())
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("the session is not kept for its owner: %v, %v", info, err)
	}
	// Another Waybill needs no code, and asks nobody.
	signs(t, openNow(t, signer.Options{Profile: "p"}), time.Minute)
	if len(asked) != 3 || len(a.Calls("AssumeRole")) != len(calls) {
		t.Error("the kept session was not used")
	}
	list, err := signer.Profiles()
	if err != nil || list[1].Ends.IsZero() || list[1].Account != "111122223333" {
		t.Errorf("%+v, %v", list, err)
	}
	// A session that a store has refused is asked for anew.
	answers = append(answers, "123456")
	s.Renew()
	signs(t, s, time.Minute)
	if len(asked) != 4 {
		t.Errorf("asked %d times", len(asked))
	}
}

// TestSessionsThatTheCLIHasKept are read in the form in which it writes them, until they are as short as it takes them.
func TestSessionsThatTheCLIHasKept(t *testing.T) {
	for left, good := range map[time.Duration]bool{time.Hour: true, 10 * time.Minute: false} {
		a := atAWS(t, withMFA, baseKeys)
		text, err := json.Marshal(map[string]any{
			"Credentials": map[string]string{"AccessKeyId": "ASIAOFCLI", "SecretAccessKey": "s", "SessionToken": "t",
				"Expiration": time.Now().Add(left).UTC().Format("2006-01-02T15:04:05UTC")},
			"AssumedRoleUser":  map[string]string{"Arn": "arn:aws:sts::111122223333:assumed-role/a/botocore-session-1"},
			"ResponseMetadata": map[string]any{"HTTPStatusCode": 200},
		})
		if err != nil {
			t.Fatal(err)
		}
		put(t, kept(), string(text))
		p, err := openNow(t, signer.Options{Profile: "p"}).Get(t.Context(), signer.Object{Bucket: "bucket", Key: "k", Expires: time.Minute}, signer.GetOptions{})
		if good != (err == nil) || good && !strings.Contains(p.URL, "ASIAOFCLI") || len(a.Calls("AssumeRole")) > 0 {
			t.Errorf("%v left: %v", left, err)
		}
		if err != nil && !errors.Is(err, signer.ErrNoCode) {
			t.Errorf("%v", err)
		}
	}
}

// TestQuestionsThatNobodyAnswers: a no is a no for all who wait, and is not asked again at once; a context that is over
// ends the question; a quiet one asks nothing.
func TestQuestionsThatNobodyAnswers(t *testing.T) {
	a := atAWS(t, withMFA, baseKeys)
	a.Code = "123456"
	var mu sync.Mutex
	asked := 0
	asking := make(chan struct{}, 10)
	answer := make(chan string)
	code := func(ctx context.Context, _ signer.CodeQuestion) (string, error) {
		mu.Lock()
		asked++
		mu.Unlock()
		asking <- struct{}{}
		select {
		case text := <-answer:
			return text, nil
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
	s := openNow(t, signer.Options{Profile: "p", Code: code})
	if _, _, err := s.Session(signer.Quiet(t.Context())); !errors.Is(err, signer.ErrNoCode) || asked != 0 {
		t.Fatalf("%v, asked %d times", err, asked)
	}
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 5)
	go func() { _, _, err := s.Session(ctx); failed <- err }()
	<-asking
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for range 5 {
		go func() { _, _, err := s.Session(t.Context()); failed <- err }()
	}
	<-asking
	time.Sleep(50 * time.Millisecond) // so that some of them wait
	answer <- ""
	for range 5 {
		if err := <-failed; !errors.Is(err, signer.ErrNoCode) {
			t.Errorf("%v", err)
		}
	}
	if _, _, err := s.Session(t.Context()); !errors.Is(err, signer.ErrNoCode) || asked != 2 {
		t.Errorf("%v, asked %d times", err, asked)
	}
	s.Forget() // somebody signs in
	go func() { _, _, err := s.Session(t.Context()); failed <- err }()
	<-asking
	answer <- "123456"
	if err := <-failed; err != nil {
		t.Error(err)
	}
}

// TestLongerSessions: a role is assumed for as long as a link shall last, as far as the role allows it.
func TestLongerSessions(t *testing.T) {
	const role = "[profile p]\nrole_arn = " + roleA + "\nsource_profile = base\n"
	for name, c := range map[string]struct {
		config  string
		longest time.Duration
		bound   bool
		wanted  time.Duration
		asked   []string // the lengths that STS was asked for
		ends    time.Duration
		because signer.Because
		most    time.Duration
	}{
		"enough":               {role, time.Hour, false, 30 * time.Minute, []string{""}, 30 * time.Minute, signer.Requested, 0},
		"longer, allowed":      {role, 12 * time.Hour, false, 10 * time.Hour, []string{"36060"}, 10 * time.Hour, signer.Requested, 0},
		"longer than any":      {role, 12 * time.Hour, false, 40 * time.Hour, []string{"43200"}, 12 * time.Hour, signer.Credentials, 0},
		"longer than the role": {role, 4 * time.Hour, false, 10 * time.Hour, []string{"36060", "28800", "14400"}, 4 * time.Hour, signer.Credentials, 4 * time.Hour},
		"no longer":            {role, time.Hour, false, 10 * time.Hour, []string{"36060", "28800", "14400", "7200", ""}, time.Hour, signer.Credentials, time.Hour},
		"bound by a policy":    {role, time.Hour, true, 10 * time.Hour, []string{"36060", ""}, time.Hour, signer.Credentials, time.Hour},
		"the profile's own":    {role + "duration_seconds = 7200\n", 12 * time.Hour, false, 10 * time.Hour, []string{"7200"}, 2 * time.Hour, signer.Credentials, 0},
	} {
		a := atAWS(t, c.config, baseKeys)
		a.Longest, a.Bound = c.longest, c.bound
		s := openNow(t, signer.Options{Profile: "p"})
		_, p := signs(t, s, c.wanted)
		var asked []string
		for _, call := range a.Calls("AssumeRole") {
			asked = append(asked, call.Values["DurationSeconds"])
		}
		if !slices.Equal(asked, c.asked) {
			t.Errorf("%s: asked for %q, want %q", name, asked, c.asked)
		}
		if left := time.Until(p.Ends); p.Because != c.because || left < c.ends-time.Minute || left > c.ends+2*time.Minute {
			t.Errorf("%s: ends in %v because of %s, want %v", name, left, p.Because, c.ends)
		}
		if reach := s.Reach(); reach.Role != roleA || reach.Chained || reach.Most != c.most {
			t.Errorf("%s: %+v", name, reach)
		}
		signs(t, s, c.wanted)
		if n := len(a.Calls("AssumeRole")); n != len(c.asked) {
			t.Errorf("%s: asked again, %d times", name, n)
		}
	}
}

// TestStretch: what the profile's own duration and a kept session hold back comes when a person asks for it.
func TestStretch(t *testing.T) {
	a := atAWS(t, withMFA+"duration_seconds = 3600\n", baseKeys)
	a.Code, a.Longest = "123456", 12*time.Hour
	asked := 0
	code := func(context.Context, signer.CodeQuestion) (string, error) { asked++; return "123456", nil }
	s := openNow(t, signer.Options{Profile: "p", Code: code})
	if _, p := signs(t, s, 8*time.Hour); p.Because != signer.Credentials || asked != 1 {
		t.Fatalf("%v, asked %d times", p, asked)
	}
	s.Forget() // the files have changed, and the session at hand still holds
	if err := os.RemoveAll(filepath.Dir(kept())); err != nil {
		t.Fatal(err)
	}
	if _, p := signs(t, s, 8*time.Hour); p.Because != signer.Credentials || asked != 1 {
		t.Fatalf("%v, asked %d times", p, asked)
	}
	ends, err := s.Stretch(t.Context(), time.Now().Add(8*time.Hour))
	if err != nil || time.Until(ends) < 8*time.Hour || asked != 2 {
		t.Errorf("until %v, %v, asked %d times", ends, err, asked)
	}
	if _, p := signs(t, s, 8*time.Hour); p.Because != signer.Requested || asked != 2 {
		t.Errorf("%v, asked %d times", p, asked)
	}
}

// TestChainedRoles are never asked for more than AWS gives them.
func TestChainedRoles(t *testing.T) {
	a := atAWS(t, "[profile p]\nrole_arn = "+roleB+"\nsource_profile = q\n[profile q]\nrole_arn = "+roleA+"\nsource_profile = base\n", baseKeys)
	a.Longest = 12 * time.Hour
	s := openNow(t, signer.Options{Profile: "p"})
	_, p := signs(t, s, 8*time.Hour)
	if _, err := s.Stretch(t.Context(), time.Now().Add(8*time.Hour)); err != nil {
		t.Error(err)
	}
	for _, call := range a.Calls("AssumeRole") {
		if call.Values["DurationSeconds"] != "" {
			t.Errorf("asked for %v", call.Values)
		}
	}
	if reach := s.Reach(); !reach.Chained || p.Because != signer.Credentials {
		t.Errorf("%+v, %v", reach, p)
	}
}

// TestLongerSessionsOfARealSTS: MinIO grants what is wished, and takes what it has granted.
func TestLongerSessionsOfARealSTS(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	isolate(t, "[profile p]\nendpoint_url = "+m.Endpoint+"\nrole_arn = arn:xxx:xxx:xxx:xxxx\nsource_profile = base\n",
		"[base]\naws_access_key_id = "+m.Key+"\naws_secret_access_key = "+m.Secret+"\n")
	s := openNow(t, signer.Options{Profile: "p"})
	_, p := signs(t, s, 3*time.Hour)
	if p.Because != signer.Requested || time.Until(p.Ends) < 2*time.Hour {
		t.Errorf("%v", p)
	}
	if _, err := s.Client().ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("the store does not take the session: %v", err)
	}
}
