package signer_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/signer"
)

// TestWhereBucketsAre holds addresses and regions of what is signed against those of the SDK's own presigner, for every form
// that a profile can ask for, and against what AWS's documentation has.
func TestWhereBucketsAre(t *testing.T) {
	const point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/data"
	keys := "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n"
	for name, c := range map[string]struct {
		config string
		bucket string
		sdk    func(*s3.Options)
		want   string // host and path
		region string // "" is the profile's, eu-central-1
	}{
		"usual":              {"", "team-share", nil, "team-share.s3.eu-central-1.amazonaws.com/a/b", ""},
		"dots":               {"", "team.share", nil, "s3.eu-central-1.amazonaws.com/team.share/a/b", ""},
		"upper case":         {"", "Team_share", nil, "s3.eu-central-1.amazonaws.com/Team_share/a/b", ""},
		"path":               {"s3 =\n  addressing_style = path\n", "team-share", func(o *s3.Options) { o.UsePathStyle = true }, "s3.eu-central-1.amazonaws.com/team-share/a/b", ""},
		"virtual":            {"s3 =\n  addressing_style = virtual\n", "team-share", nil, "team-share.s3.eu-central-1.amazonaws.com/a/b", ""},
		"dual-stack":         {"use_dualstack_endpoint = true\n", "team-share", nil, "team-share.s3.dualstack.eu-central-1.amazonaws.com/a/b", ""},
		"dual-stack of S3":   {"s3 =\n  use_dualstack_endpoint = true\n", "team-share", func(o *s3.Options) { o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled }, "team-share.s3.dualstack.eu-central-1.amazonaws.com/a/b", ""},
		"FIPS":               {"region = us-west-2\nuse_fips_endpoint = true\n", "team-share", nil, "team-share.s3-fips.us-west-2.amazonaws.com/a/b", "us-west-2"},
		"FIPS, dual-stack":   {"region = us-west-2\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n", "team-share", nil, "team-share.s3-fips.dualstack.us-west-2.amazonaws.com/a/b", "us-west-2"},
		"accelerated":        {"s3 =\n  use_accelerate_endpoint = true\n", "team-share", func(o *s3.Options) { o.UseAccelerate = true }, "team-share.s3-accelerate.amazonaws.com/a/b", ""},
		"both":               {"use_dualstack_endpoint = true\ns3 =\n  use_accelerate_endpoint = true\n", "team-share", func(o *s3.Options) { o.UseAccelerate = true }, "team-share.s3-accelerate.dualstack.amazonaws.com/a/b", ""},
		"China":              {"region = cn-north-1\n", "team-share", nil, "team-share.s3.cn-north-1.amazonaws.com.cn/a/b", "cn-north-1"},
		"an alias":           {"", "data-abcdefgh-s3alias", nil, "data-abcdefgh-s3alias.s3.eu-central-1.amazonaws.com/a/b", ""},
		"an access point":    {"", point, func(o *s3.Options) { o.UseARNRegion = true }, "data-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/a/b", "eu-west-1"},
		"dual-stack, point":  {"use_dualstack_endpoint = true\n", point, func(o *s3.Options) { o.UseARNRegion = true }, "data-111122223333.s3-accesspoint.dualstack.eu-west-1.amazonaws.com/a/b", "eu-west-1"},
		"point with a colon": {"", strings.Replace(point, "/", ":", 1), func(o *s3.Options) { o.UseARNRegion = true }, "data-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/a/b", "eu-west-1"},
		"point in China":     {"region = cn-north-1\n", "arn:aws-cn:s3:cn-northwest-1:111122223333:accesspoint/data", func(o *s3.Options) { o.UseARNRegion = true }, "data-111122223333.s3-accesspoint.cn-northwest-1.amazonaws.com.cn/a/b", "cn-northwest-1"},
		"own endpoint":       {"endpoint_url = https://s3.example.com/x\n", "team-share", func(o *s3.Options) { o.UsePathStyle = true }, "s3.example.com/x/team-share/a/b", ""},
		"own, virtual":       {"endpoint_url = https://s3.example.com\ns3 =\n  addressing_style = virtual\n", "team-share", nil, "team-share.s3.example.com/a/b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := "[default]\nregion = eu-central-1\n" + c.config
			if strings.HasPrefix(c.config, "region") {
				text = "[default]\n" + c.config
			}
			isolate(t, text, keys)
			ctx := context.Background()
			s, err := signer.Open(ctx, signer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Get(ctx, signer.Object{Bucket: c.bucket, Key: "a/b", Expires: time.Hour}, signer.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := config.LoadDefaultConfig(ctx)
			if err != nil {
				t.Fatal(err)
			}
			sdk, err := s3.NewPresignClient(s3.NewFromConfig(cfg, func(o *s3.Options) {
				if c.sdk != nil {
					c.sdk(o)
				}
			})).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &c.bucket, Key: aws.String("a/b")})
			if err != nil {
				t.Fatal(err)
			}
			mine, sdks := parsed(t, got.URL), parsed(t, sdk.URL)
			if mine.Host+mine.Path != c.want {
				t.Errorf("%s%s, want %s", mine.Host, mine.Path, c.want)
			}
			if mine.Host != sdks.Host || mine.Path != sdks.Path || scopeOf(mine) != scopeOf(sdks) {
				t.Errorf("%s%s signed for %s, and the SDK has %s%s signed for %s", mine.Host, mine.Path, scopeOf(mine), sdks.Host, sdks.Path, scopeOf(sdks))
			}
			region := c.region
			if region == "" {
				region = "eu-central-1"
			}
			if !strings.Contains(scopeOf(mine), "/"+region+"/s3/") || got.Region != region {
				t.Errorf("signed for %s, want %s", scopeOf(mine), region)
			}
		})
	}
}

func parsed(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func scopeOf(u *url.URL) string { return u.Query().Get("X-Amz-Credential") }

// TestNoWayThere: what cannot be reached as a profile wants it says which of its reasons it is.
func TestNoWayThere(t *testing.T) {
	const point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/data"
	keys := "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n"
	for name, c := range map[string]struct {
		config, bucket string
		want           error
	}{
		"point, own endpoint":     {"endpoint_url = https://s3.example.com\n", point, signer.ErrAccessPointHere},
		"point, path":             {"s3 =\n  addressing_style = path\n", point, signer.ErrAccessPointHere},
		"point of another region": {"s3_use_arn_region = false\n", point, signer.ErrARNRegion},
		"the same, as the CLI":    {"s3 =\n  use_arn_region = false\n", point, signer.ErrARNRegion},
		"accelerated dots":        {"s3 =\n  use_accelerate_endpoint = true\n", "team.share", signer.ErrAcceleration},
		"accelerated, own":        {"endpoint_url = https://s3.example.com\ns3 =\n  use_accelerate_endpoint = true\n", "team-share", signer.ErrAcceleration},
		"accelerated point":       {"s3 =\n  use_accelerate_endpoint = true\n", point, signer.ErrAcceleration},
		"accelerated FIPS":        {"use_fips_endpoint = true\ns3 =\n  use_accelerate_endpoint = true\n", "team-share", signer.ErrAcceleration},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, "[default]\nregion = us-east-1\n"+c.config, keys)
			s, err := signer.Open(context.Background(), signer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Get(context.Background(), signer.Object{Bucket: c.bucket, Key: "a", Expires: time.Hour}, signer.GetOptions{})
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// TestRelocate reads what refusals say of regions, as AWS documents them and as has been seen of other stores.
func TestRelocate(t *testing.T) {
	const elsewhere = "eu-west-1"
	for name, c := range map[string]struct {
		e    signer.Elsewhere
		want string // "" is that nothing can be done
	}{
		"301":             {signer.Elsewhere{Status: 301, Code: "PermanentRedirect", Region: elsewhere}, elsewhere},
		"301, HEAD":       {signer.Elsewhere{Status: 301, Region: elsewhere}, elsewhere},
		"301, endpoint":   {signer.Elsewhere{Status: 301, Code: "PermanentRedirect", Endpoint: "team-share.s3.eu-west-1.amazonaws.com"}, elsewhere},
		"301, old":        {signer.Elsewhere{Status: 301, Code: "PermanentRedirect", Endpoint: "team-share.s3-eu-west-1.amazonaws.com"}, elsewhere},
		"307":             {signer.Elsewhere{Status: 307, Code: "TemporaryRedirect", Endpoint: "team-share.s3-eu-west-1.amazonaws.com"}, elsewhere},
		"400, header":     {signer.Elsewhere{Status: 400, Code: "AuthorizationHeaderMalformed", Region: elsewhere}, elsewhere},
		"400, message":    {signer.Elsewhere{Status: 400, Code: "AuthorizationHeaderMalformed", Message: "the region 'us-east-1' is wrong; expecting 'eu-west-1'"}, elsewhere},
		"400, query":      {signer.Elsewhere{Status: 400, Code: "AuthorizationQueryParametersError", Region: elsewhere}, elsewhere},
		"400, location":   {signer.Elsewhere{Status: 400, Code: "IllegalLocationConstraintException", Message: "The eu-west-1 location constraint is incompatible for the region specific endpoint this request was sent to."}, elsewhere},
		"400, HEAD":       {signer.Elsewhere{Status: 400, Region: elsewhere}, elsewhere},
		"the same":        {signer.Elsewhere{Status: 301, Region: "us-east-1"}, ""},
		"nothing said":    {signer.Elsewhere{Status: 301, Code: "PermanentRedirect"}, ""},
		"over seven days": {signer.Elsewhere{Status: 400, Code: "AuthorizationQueryParametersError", Region: "us-east-1"}, ""},
		"another fault":   {signer.Elsewhere{Status: 400, Code: "BadDigest", Region: elsewhere}, ""},
		"denied":          {signer.Elsewhere{Status: 403, Code: "AccessDenied", Region: elsewhere}, ""},
		"a trap":          {signer.Elsewhere{Status: 301, Region: "evil.example.com/x"}, ""},
		"another trap":    {signer.Elsewhere{Status: 307, Endpoint: "s3.eu-west-1.amazonaws.com.example.com"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var learnt []signer.Home
			s, err := signer.Open(context.Background(), signer.Options{
				Region: "us-east-1", Endpoint: "https://s3.example.com", Keys: &signer.Keys{AccessKeyID: "a", SecretAccessKey: "b"},
				Regions: signer.NewRegions(nil, func(h signer.Home) { learnt = append(learnt, h) }),
			})
			if err != nil {
				t.Fatal(err)
			}
			if moved := s.Relocate(context.Background(), "team-share", "us-east-1", c.e); moved != (c.want != "") {
				t.Errorf("%v", moved)
			}
			want := c.want
			if want == "" {
				want = "us-east-1"
			}
			if got := s.RegionOf("team-share"); got != want || len(learnt) != min(len(c.want), 1) {
				t.Errorf("%q, %v", got, learnt)
			}
			if len(learnt) == 1 && learnt[0] != (signer.Home{Store: "https://s3.example.com", Bucket: "team-share", Region: elsewhere}) {
				t.Errorf("%+v", learnt)
			}
		})
	}
}

// TestRegionOfAWSNamedOtherwise: a bucket without a location constraint is in us-east-1
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html).
func TestRegionOfAWSNamedOtherwise(t *testing.T) {
	s, err := signer.Open(context.Background(), signer.Options{Region: "me-south-1", Keys: &signer.Keys{AccessKeyID: "a", SecretAccessKey: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Relocate(context.Background(), "team-share", "me-south-1", signer.Elsewhere{
		Status: 400, Code: "IllegalLocationConstraintException",
		Message: "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
	}) || s.RegionOf("team-share") != "us-east-1" {
		t.Error(s.RegionOf("team-share"))
	}
}

// TestRegionLearntOfAnEarlierStore: where what was learned of a store of one's own is refused without a better word, the
// profile's region is tried again, and what it refuses then is told.
func TestRegionLearntOfAnEarlierStore(t *testing.T) {
	const endpoint = "http://127.0.0.1:9000"
	ctx := context.Background()
	s, err := signer.Open(ctx, signer.Options{
		Region: "garage", Endpoint: endpoint, Keys: &signer.Keys{AccessKeyID: "a", SecretAccessKey: "b"},
		Regions: signer.NewRegions([]signer.Home{{Store: endpoint, Bucket: "team-share", Region: "eu-west-1"}}, nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	no := signer.Elsewhere{Status: 400, Code: "AuthorizationHeaderMalformed", Message: "unexpected scope"}
	if s.RegionOf("team-share") != "eu-west-1" || !s.Relocate(ctx, "team-share", "eu-west-1", no) || s.RegionOf("team-share") != "garage" {
		t.Errorf("%q", s.RegionOf("team-share"))
	}
	if s.Relocate(ctx, "team-share", "garage", no) {
		t.Error("it goes round in circles")
	}
}

// TestARNsOfOtherParts: an access point's region belongs to the part of AWS that its ARN names.
func TestARNsOfOtherParts(t *testing.T) {
	for _, arn := range []string{
		"arn:aws-cn:s3:us-east-1:111122223333:accesspoint/data", "arn:aws:s3:cn-north-1:111122223333:accesspoint/data",
		"arn:awsfoo:s3:us-east-1:111122223333:accesspoint/data",
	} {
		if err := signer.CheckBucket(arn); !errors.Is(err, signer.ErrAccessPoint) {
			t.Errorf("%s: %v", arn, err)
		}
	}
	for _, arn := range []string{
		"arn:aws-cn:s3:cn-north-1:111122223333:accesspoint/data", "arn:aws-us-gov:s3:us-gov-west-1:111122223333:accesspoint:data",
	} {
		if err := signer.CheckBucket(arn); err != nil {
			t.Error(err)
		}
	}
}
