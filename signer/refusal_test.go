package signer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"waybill/signer"
)

// TestReadRefusal reads S3's XML and nothing else; of the region, the header goes before the XML.
func TestReadRefusal(t *testing.T) {
	const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>PermanentRedirect</Code><Message>Elsewhere.</Message>` +
		`<Region>eu-west-1</Region><Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint><RequestId>A1</RequestId></Error>`
	r, ok := signer.ReadRefusal([]byte(body))
	if want := (signer.Elsewhere{Status: 301, Code: "PermanentRedirect", Message: "Elsewhere.", Region: "eu-west-1", Endpoint: "b.s3.eu-west-1.amazonaws.com"}); !ok ||
		r.RequestID != "A1" || r.Elsewhere(301, http.Header{}) != want {
		t.Errorf("%+v", r)
	}
	h := http.Header{"X-Amz-Bucket-Region": {"ap-south-1"}, "Location": {"https://b.s3.ap-south-1.amazonaws.com/k?q"}}
	if e := r.Elsewhere(301, h); e.Region != "ap-south-1" || e.Endpoint != "b.s3.ap-south-1.amazonaws.com" {
		t.Errorf("%+v", e)
	}
	for _, other := range []string{"", "<html><Code>x</Code></html>", "<ListBucketResult/>", body[:80]} {
		if r, ok := signer.ReadRefusal([]byte(other)); ok || r != (signer.Refusal{}) {
			t.Errorf("%q is read as %+v", other, r)
		}
	}
}

// TestClientReadsRefusals: a list is asked for once more where only the XML of a refusal says where the bucket is, and what a
// second one says is kept beside the SDK's error, which is whole, also where the answer is large.
func TestClientReadsRefusals(t *testing.T) {
	for name, large := range map[string]string{"small": "", "large": strings.Repeat("x", 1<<20)} {
		t.Run(name, func(t *testing.T) {
			var regions []string
			next := map[string]string{"us-east-1": "eu-west-1", "eu-west-1": "ap-south-1"}
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				region := strings.Split(r.Header.Get("Authorization"), "/")[2]
				regions = append(regions, region)
				w.WriteHeader(http.StatusMovedPermanently)
				_, _ = fmt.Fprintf(w, "<Error><Code>PermanentRedirect</Code><Region>%s</Region><HostId>%s</HostId><Message>Go on.</Message></Error>", next[region], large)
			}))
			t.Cleanup(s.Close)
			opened, err := signer.Open(context.Background(), signer.Options{
				Region: "us-east-1", Endpoint: s.URL, Keys: &signer.Keys{AccessKeyID: "a", SecretAccessKey: "b"},
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = opened.Client().ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String("team-share")})
			var sdk smithy.APIError
			if !errors.As(err, &sdk) || sdk.ErrorCode() != "PermanentRedirect" || sdk.ErrorMessage() != "Go on." {
				t.Errorf("the SDK reads %v", err)
			}
			var told *signer.ElsewhereError
			wants := "ap-south-1"
			if large != "" { // more than is read of a refusal: the profile's region it is
				wants = ""
			}
			if got := errors.As(err, &told); got != (wants != "") || got && told.Region != wants {
				t.Errorf("%v", told)
			}
			if want := map[bool]string{true: "us-east-1 eu-west-1", false: "us-east-1"}[wants != ""]; strings.Join(regions, " ") != want {
				t.Errorf("asked in %q, want %q", regions, want)
			}
		})
	}
}
