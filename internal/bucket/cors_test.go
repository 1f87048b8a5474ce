package bucket_test

import (
	"encoding/json"
	"testing"

	"waybill/internal/bucket"
)

func TestRuleAllows(t *testing.T) {
	rule := bucket.CORSRule{
		AllowedOrigins: []string{"https://*.example.com", "null"}, AllowedMethods: []string{"PUT", "GET"},
		AllowedHeaders: []string{"Content-Type", "x-amz-*"}, ExposeHeaders: []string{"ETag"},
	}
	for _, c := range []struct {
		origin, method   string
		headers, exposed []string
		want             bool
	}{
		{"null", "PUT", []string{"content-type", "x-amz-date"}, []string{"etag"}, true},
		{"https://a.example.com", "GET", nil, nil, true},
		{"https://example.com", "GET", nil, nil, false},
		{"NULL", "GET", nil, nil, false},
		{"null", "POST", nil, nil, false},
		{"null", "PUT", []string{"if-none-match"}, nil, false},
		{"null", "PUT", nil, []string{"x-amz-checksum-crc64nvme"}, false},
	} {
		if got := rule.Allows(c.origin, c.method, c.headers, c.exposed); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if (bucket.CORSRule{AllowedOrigins: []string{"a*a"}, AllowedMethods: []string{"GET"}}).Allows("a", "GET", nil, nil) {
		t.Error("a star takes no character twice")
	}
}

// TestRuleOfAFolder takes no character of a folder for a pattern.
func TestRuleOfAFolder(t *testing.T) {
	var got struct{ Sid, Effect, Principal, Action, Resource string }
	if err := json.Unmarshal(bucket.DenyPut("id", "aws", "b", `a*?$"/`), &got); err != nil {
		t.Fatal(err)
	}
	if got.Resource != `arn:aws:s3:::b/a${*}${?}${$}"/*` || got.Effect != "Deny" || got.Principal != "*" || got.Action != "s3:PutObject" || got.Sid != "id" {
		t.Errorf("%+v", got)
	}
}
