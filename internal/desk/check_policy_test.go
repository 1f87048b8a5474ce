package desk_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/bucket"
	"waybill/internal/desk"
	"waybill/internal/teststore"
)

// written is a policy as it was written, to be changed.
type written struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid, Effect string
	Action      []string
	Resource    string
	Principal   map[string]string            `json:",omitempty"` // in a bucket's policy
	Condition   map[string]map[string]string `json:",omitempty"`
}

func readPolicy(t *testing.T, text string) (p written) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return p
}

func (p written) text(t *testing.T) string {
	t.Helper()
	out, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func (p written) clone() written {
	p.Statement = slices.Clone(p.Statement)
	for i := range p.Statement {
		p.Statement[i].Action = slices.Clone(p.Statement[i].Action)
	}
	return p
}

// less gives all policies that allow one thing less: an action, or a part of what a statement is granted on.
func (p written) less(prefix string) map[string]written {
	all := map[string]written{}
	for i, s := range p.Statement {
		for j, action := range s.Action {
			q := p.clone()
			q.Statement[i].Action = slices.Delete(q.Statement[i].Action, j, j+1)
			if len(q.Statement[i].Action) == 0 {
				q.Statement = slices.Delete(q.Statement, i, i+1)
			}
			all["without "+action] = q
		}
		if strings.HasSuffix(s.Resource, "/"+prefix+"*") {
			q := p.clone()
			q.Statement[i].Resource = strings.TrimSuffix(s.Resource, "*") + "narrow/*"
			all["objects of a folder within only"] = q
		}
		if s.Condition != nil {
			q := p.clone()
			q.Statement[i].Condition = map[string]map[string]string{"StringLike": {"s3:prefix": prefix + "narrow/*"}}
			all["lists of a folder within only"] = q
		}
	}
	return all
}

func policyOf(t *testing.T, to desk.Destination, o desk.PolicyOptions) string {
	t.Helper()
	text, err := openDesk(t, desk.Options{}).Policy(t.Context(), to, o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestPolicyIsSufficientAndMinimal: whoever may do exactly what the policy says does the whole job; with any one thing less,
// some of it does not work; and nothing is allowed beside it.
//
// MinIO is the judge. It knows no permissions for CORS rules, as it has no such rules: TestPolicyOfCORS has these, at
// versitygw. A rule in the bucket's policy it stores and does not hold signed requests to: TestPolicyOfRules does what is
// asked of it. KMS it has only with a server for keys, so what TestPolicyWords says of keys is AWS's documentation's word.
func TestPolicyIsSufficientAndMinimal(t *testing.T) {
	p := newPoliced(t, teststore.Bucket)
	for name, features := range map[string][]desk.Feature{
		"send":          {desk.FeatureSend},
		"send and link": {desk.FeatureSend, desk.FeatureLink},
		"and revoke":    {desk.FeatureSend, desk.FeatureLink, desk.FeatureRevoke},
		"the usual":     desk.UsualFeatures(),
		"lists":         {desk.FeatureBrowse, desk.FeatureBuckets},
	} {
		t.Run(name, func(t *testing.T) {
			to := desk.Destination{Bucket: teststore.Bucket, Prefix: "team/alice"}
			policy := readPolicy(t, p.policyOf(t, to, features...))
			if failed := p.does(t, policy.text(t), to, features...); len(failed) > 0 {
				t.Fatalf("the policy is not sufficient: %v\n%s", failed, policy.text(t))
			}
			less := policy.less("team/alice/")
			if len(less) < 2 {
				t.Fatalf("%d policies allow less than\n%s", len(less), policy.text(t))
			}
			for what, narrower := range less {
				failed := p.does(t, narrower.text(t), to, features...)
				if len(failed) == 0 {
					t.Errorf("%s, all works as well", what)
				}
				for job, err := range failed {
					t.Logf("%s: %s fails: %v", what, job, err)
				}
			}
		})
	}
}

// TestPolicyInAVersionedBucket: what bringing back needs.
func TestPolicyInAVersionedBucket(t *testing.T) {
	p := newPoliced(t, teststore.Bucket)
	p.version(teststore.Bucket)
	features := []desk.Feature{desk.FeatureSend, desk.FeatureRevoke, desk.FeatureUndo}
	to := desk.Destination{Bucket: teststore.Bucket, Prefix: "team/alice"}
	policy := readPolicy(t, p.policyOf(t, to, features...))
	if failed := p.does(t, policy.text(t), to, desk.FeatureUndo); len(failed) > 0 {
		t.Fatalf("not sufficient: %v", failed)
	}
	for _, action := range []string{"s3:GetBucketVersioning", "s3:DeleteObjectVersion", "s3:DeleteObject"} {
		narrower, ok := policy.less("team/alice/")["without "+action]
		if !ok {
			t.Fatalf("%s is not in\n%s", action, policy.text(t))
		}
		if failed := p.does(t, narrower.text(t), to, desk.FeatureUndo); len(failed) == 0 {
			t.Errorf("without %s, all works as well", action)
		}
	}
}

// policyOf is the policy that somebody gets who has a profile of this store already.
func (p *policed) policyOf(t *testing.T, to desk.Destination, features ...desk.Feature) string {
	t.Helper()
	minioProfile(t, p.minio, p.minio.Key, p.minio.Secret, "", "")
	return policyOf(t, to, desk.PolicyOptions{Features: features})
}

func (p *policed) version(name string) {
	p.t.Helper()
	if _, err := p.root.PutBucketVersioning(p.t.Context(), &s3.PutBucketVersioningInput{
		Bucket: aws.String(name), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		p.t.Fatal(err)
	}
}

// TestPolicyAllowsNothingElse: beside the prefix, in lists above it, and in other buckets all is refused; each line of the
// policy that says so is needed for that. A prefix with signs that a policy reads as patterns stays that prefix.
func TestPolicyAllowsNothingElse(t *testing.T) {
	p := newPoliced(t, teststore.Bucket)
	if _, err := p.root.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("other-bucket")}); err != nil {
		t.Fatal(err)
	}
	// What AWS has for the signs * and ? in a name, MinIO does not know; TestPolicyWords has that.
	for _, prefix := range []string{"team/alice", "a*b/c?d", "dollar ${x}"} {
		t.Run(strings.ReplaceAll(prefix, "/", "-"), func(t *testing.T) {
			to := desk.Destination{Bucket: teststore.Bucket, Prefix: prefix}
			policy := readPolicy(t, p.policyOf(t, to))
			if failed := p.does(t, policy.text(t), to, desk.FeatureSend, desk.FeatureLink, desk.FeatureBrowse, desk.FeatureRevoke); len(failed) > 0 {
				t.Fatalf("inside: %v\n%s", failed, policy.text(t))
			}
			if allowed := p.reaches(t, policy.text(t), prefix); len(allowed) > 0 {
				t.Errorf("allowed outside: %q\n%s", allowed, policy.text(t))
			}
			wider := policy.clone()
			for i := range wider.Statement {
				wider.Statement[i].Condition = nil
			}
			if allowed := p.reaches(t, wider.text(t), prefix); !slices.Contains(allowed, "list everything") || slices.Contains(allowed, "put beside") {
				t.Errorf("without the condition, %q is allowed", allowed)
			}
			wider = policy.clone()
			wider.Statement[0].Resource = "arn:aws:s3:::" + teststore.Bucket + "/*"
			if allowed := p.reaches(t, wider.text(t), prefix); !slices.Contains(allowed, "put beside") || slices.Contains(allowed, "put elsewhere") {
				t.Errorf("with all objects, %q is allowed", allowed)
			}
		})
	}
}

// TestPolicyOfRules: a rule in the bucket's policy is read, written, and taken away with the policy where it was the only
// one.
func TestPolicyOfRules(t *testing.T) {
	p := newPoliced(t, teststore.Bucket)
	to := desk.Destination{Bucket: teststore.Bucket, Prefix: "alice"}
	policy := readPolicy(t, p.policyOf(t, to, desk.FeatureDeny))
	rules := func(text string) error {
		key, secret, token, _ := p.minio.Session(15*time.Minute, text)
		c := p.minio.Client(key, secret, token)
		err := bucket.Deny(t.Context(), c, teststore.Bucket, "waybill1", bucket.DenyPut("waybill1", "aws", teststore.Bucket, "alice/in/"))
		if err == nil {
			err = bucket.Undeny(t.Context(), c, teststore.Bucket, "waybill1")
		}
		_, _ = p.root.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(teststore.Bucket)})
		return err
	}
	if err := rules(policy.text(t)); err != nil {
		t.Fatalf("not sufficient: %v\n%s", err, policy.text(t))
	}
	less := policy.less("alice/")
	if len(less) != 3 {
		t.Errorf("%d policies allow less", len(less))
	}
	for what, narrower := range less {
		if err := rules(narrower.text(t)); err == nil {
			t.Errorf("%s, all works as well", what)
		}
	}
}

// TestPolicyOfCORS: versitygw holds whoever owns nothing to the bucket's policy, which has the same words, but for a
// principal.
func TestPolicyOfCORS(t *testing.T) {
	a := usersStore(t)
	owner := s3.New(s3.Options{ // the signer's client signs as the files say, and these will be somebody else's
		Region: "us-east-1", BaseEndpoint: aws.String(a.signer.Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(usersKey, usersSecret, ""),
	})
	to := desk.Destination{Bucket: "inbox"}
	policy := readPolicy(t, policyOf(t, to, desk.PolicyOptions{Features: []desk.Feature{desk.FeatureCORS}}))
	isolate(t, "[default]\nendpoint_url = "+a.signer.Endpoint()+"\n", "[default]\naws_access_key_id = "+otherKey+"\naws_secret_access_key = "+otherSecret+"\n")
	rules := func(p written) error {
		p = p.clone()
		for i := range p.Statement {
			p.Statement[i].Principal = map[string]string{"AWS": otherKey}
		}
		// Where a bucket has a policy, its owner may do what that says as well, and nothing else.
		p.Statement = append(p.Statement, statement{
			Sid: "Owner", Effect: "Allow", Action: []string{"s3:*"}, Resource: "arn:aws:s3:::inbox", Principal: map[string]string{"AWS": usersKey},
		})
		if _, err := owner.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("inbox"), Policy: aws.String(p.text(t))}); err != nil {
			t.Fatal(err)
		}
		d := openDesk(t, desk.Options{})
		rules, err := d.AddCORS(t.Context(), desk.Store{}, "inbox")
		if err == nil && !rules.Ours {
			err = fmt.Errorf("%+v: %w", rules, rules.Trouble)
		}
		if err == nil {
			_, err = d.UndoCORS(t.Context(), desk.Store{}, "inbox")
		}
		_, _ = owner.DeleteBucketCors(t.Context(), &s3.DeleteBucketCorsInput{Bucket: aws.String("inbox")})
		return err
	}
	if err := rules(policy.clone()); err != nil {
		t.Fatalf("not sufficient: %v\n%s", err, policy.text(t))
	}
	less := policy.less("")
	if len(less) != 2 {
		t.Errorf("%d policies allow less", len(less))
	}
	for what, narrower := range less {
		if err := rules(narrower); err == nil {
			t.Errorf("%s, all works as well", what)
		}
	}
}

// reaches gives what a policy allows outside a prefix.
func (p *policed) reaches(t *testing.T, policy, prefix string) (allowed []string) {
	t.Helper()
	ctx := t.Context()
	key, secret, token, _ := p.minio.Session(15*time.Minute, policy)
	c := p.minio.Client(key, secret, token)
	like := strings.NewReplacer("*", "xx", "?", "yy", "$", "zz").Replace(prefix) // a star, taken for one, would take them in
	beside := []string{"secret.txt", prefix + "-other/secret.txt", strings.ToUpper(prefix) + "/secret.txt"}
	if like != prefix {
		beside = append(beside, like+"/secret.txt")
	}
	tries := map[string]func() error{
		"list everything": func() error {
			_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(p.bucket)})
			return err
		},
		"list all versions": func() error {
			_, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: aws.String(p.bucket)})
			return err
		},
		"put elsewhere": func() error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("other-bucket"), Key: aws.String(prefix + "/a"), Body: strings.NewReader("x")})
			return err
		},
		"tag": func() error {
			_, err := c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: aws.String(p.bucket), Key: aws.String(p.put(desk.Destination{Prefix: prefix}, "tagged")), Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}})
			return err
		},
		"write the policy": func() error {
			_, err := c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(p.bucket), Policy: aws.String(`{"Version":"2012-10-17","Statement":[]}`)})
			return err
		},
		"delete the bucket": func() error {
			_, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String("other-bucket")})
			return err
		},
	}
	for i, other := range beside {
		called := func(what string) string {
			if i == 0 {
				return what
			}
			return fmt.Sprintf("%s at %s", what, other)
		}
		tries[called("put beside")] = func() error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(p.bucket), Key: aws.String(other), Body: strings.NewReader("x")})
			return err
		}
		tries[called("get beside")] = func() error {
			p.put(desk.Destination{}, other)
			_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(p.bucket), Key: aws.String(other)})
			return err
		}
		tries[called("delete beside")] = func() error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(p.bucket), Key: aws.String(other)})
			return err
		}
		tries[called("start beside")] = func() error {
			_, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(p.bucket), Key: aws.String(other)})
			return err
		}
		folder := other[:strings.LastIndex(other, "/")+1]
		if folder != "" {
			tries[called("list beside")] = func() error {
				_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(p.bucket), Prefix: aws.String(folder)})
				return err
			}
		}
	}
	for what, do := range tries {
		switch err := do(); {
		case err == nil:
			allowed = append(allowed, what)
		case !strings.Contains(err.Error(), "AccessDenied"):
			t.Errorf("%s: %v", what, err)
		}
	}
	slices.Sort(allowed)
	return allowed
}

// TestPolicyWords: partition, key and bad input.
func TestPolicyWords(t *testing.T) {
	isolate(t, "[default]\nregion = eu-central-1\n[profile china]\nregion = cn-north-1\n[profile gov]\nregion = us-gov-west-1\n", "")
	to := desk.Destination{Bucket: "team-share", Prefix: "alice"}
	for profile, want := range map[string]string{"": "arn:aws:s3:::team-share", "china": "arn:aws-cn:s3:::team-share/", "gov": "arn:aws-us-gov:s3:::team-share"} {
		to.Profile = profile
		if got := policyOf(t, to, desk.PolicyOptions{}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", profile, got)
		}
	}
	// Somebody may want a policy for a profile that is to be made yet.
	to.Store = desk.Store{Profile: "not-there-yet", Region: "cn-northwest-1"}
	if got := policyOf(t, to, desk.PolicyOptions{}); !strings.Contains(got, "arn:aws-cn:s3:::team-share/alice/*") {
		t.Error(got)
	}
	// AWS has endpoints that can be named, too; MinIO takes no other partition than aws, whatever its region is called.
	for endpoint, want := range map[string]string{
		"https://s3.us-gov-west-1.amazonaws.com": "arn:aws-us-gov:s3:::team-share/", "https://minio.example.com": "arn:aws:s3:::team-share/",
	} {
		for _, profile := range []string{"gov", "not-there-yet"} {
			to.Store = desk.Store{Profile: profile, Region: "us-gov-west-1", Endpoint: endpoint}
			if got := policyOf(t, to, desk.PolicyOptions{}); !strings.Contains(got, want) {
				t.Errorf("%s at %s: %s", profile, endpoint, got)
			}
		}
	}
	to.Store = desk.Store{}
	const key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	for features, want := range map[desk.Feature]string{
		desk.FeatureSend: `["kms:Decrypt","kms:GenerateDataKey"]`, desk.FeatureLink: `["kms:Decrypt"]`, desk.FeatureBrowse: "",
	} {
		p := readPolicy(t, policyOf(t, to, desk.PolicyOptions{Features: []desk.Feature{features}, Key: key}))
		got := ""
		for _, s := range p.Statement {
			if s.Resource == key {
				text, _ := json.Marshal(s.Action)
				got = string(text)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", features, got, want)
		}
	}
	to.Prefix = "a*b/c?d $x"
	if got := policyOf(t, to, desk.PolicyOptions{}); !strings.Contains(got, `:team-share/a${*}b/c${?}d ${$}x/*"`) || !strings.Contains(got, `"s3:prefix": "a${*}b/c${?}d ${$}x/*"`) {
		t.Error(got)
	}
	// An access point's objects have a resource of their own.
	point := desk.Destination{Bucket: "arn:aws:s3:eu-central-1:111122223333:accesspoint:mine", Prefix: "alice"}
	if got := policyOf(t, point, desk.PolicyOptions{}); !strings.Contains(got, `"arn:aws:s3:eu-central-1:111122223333:accesspoint/mine/object/alice/*"`) ||
		!strings.Contains(got, `"arn:aws:s3:eu-central-1:111122223333:accesspoint/mine"`) {
		t.Error(got)
	}
	// A whole bucket needs no condition.
	whole := policyOf(t, desk.Destination{Bucket: "team-share"}, desk.PolicyOptions{})
	if strings.Contains(whole, "Condition") || !strings.Contains(whole, `"arn:aws:s3:::team-share/*"`) {
		t.Error(whole)
	}
	d := openDesk(t, desk.Options{})
	for want, bad := range map[string]desk.Destination{"BucketName": {Bucket: "a/b"}, "PrefixDots": {Bucket: "team-share", Prefix: "../x"}} {
		if _, err := d.Policy(t.Context(), bad, desk.PolicyOptions{}); code(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := d.Policy(t.Context(), to, desk.PolicyOptions{Key: "alias/mine"}); code(err) != "KeyARN" {
		t.Error(err)
	}
	if _, err := desk.ParseFeatures("send,fly"); code(err) != "FeatureUnknown" {
		t.Error(err)
	}
	if list, err := desk.ParseFeatures(" send, link,send"); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestPolicyWithUploadSettings: tags, an ACL and a key of the destination's own need permissions of their own, where the
// feature sends such things, and nowhere else.
func TestPolicyWithUploadSettings(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	isolate(t, "[default]\nregion = eu-central-1\n", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
	d := openDesk(t, desk.Options{})
	to := desk.Destination{Bucket: "team-share", Prefix: "alice"}
	for _, c := range []struct {
		settings desk.UploadSettings
		feature  desk.Feature
		also     []string
	}{
		{desk.UploadSettings{StorageClass: "STANDARD_IA", SSE: "AES256", CacheControl: "no-store", Metadata: map[string]string{"a": "b"}}, desk.FeatureRequests, nil},
		{desk.UploadSettings{Tags: map[string]string{"a": "b"}}, desk.FeatureSend, []string{"s3:PutObjectTagging"}},
		{desk.UploadSettings{Tags: map[string]string{"a": "b"}}, desk.FeatureRequests, []string{"s3:GetObjectTagging", "s3:PutObjectTagging"}},
		{desk.UploadSettings{Tags: map[string]string{"a": "b"}}, desk.FeatureBrowse, nil},
		{desk.UploadSettings{ACL: "public-read"}, desk.FeatureSend, []string{"s3:PutObjectAcl"}},
		{desk.UploadSettings{ACL: "public-read"}, desk.FeatureRequests, nil}, // which are not given away
		{desk.UploadSettings{ACL: "bucket-owner-full-control"}, desk.FeatureRequests, []string{"s3:PutObjectAcl"}},
		{desk.UploadSettings{SSE: "aws:kms", KMSKey: key}, desk.FeatureSend, []string{"kms:Decrypt", "kms:GenerateDataKey"}},
		{desk.UploadSettings{SSE: "aws:kms", KMSKey: "alias/mine"}, desk.FeatureSend, nil}, // which no policy can name
	} {
		allowed := func(s desk.UploadSettings) (list []string) {
			if err := d.SetUpload(t.Context(), to, s); err != nil {
				t.Fatal(err)
			}
			at := to
			at.Prefix += "/a folder in it"
			text, err := d.Policy(t.Context(), at, desk.PolicyOptions{Features: []desk.Feature{c.feature}})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range readPolicy(t, text).Statement {
				if list = append(list, s.Action...); strings.HasPrefix(s.Action[0], "kms:") != (s.Resource == key) {
					t.Errorf("%v on %s", s.Action, s.Resource)
				}
			}
			return list
		}
		plain := allowed(desk.UploadSettings{})
		also := slices.DeleteFunc(allowed(c.settings), func(a string) bool { return slices.Contains(plain, a) })
		slices.Sort(also)
		if !slices.Equal(also, c.also) {
			t.Errorf("%+v, %s: also %q, want %q", c.settings, c.feature, also, c.also)
		}
	}
}
