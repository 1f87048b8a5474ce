package bucket

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// CORSRule is what a bucket allows pages of other origins.
type CORSRule struct {
	ID             string   `json:"ID,omitempty"`
	AllowedOrigins []string `json:"AllowedOrigins"`
	AllowedMethods []string `json:"AllowedMethods"`
	AllowedHeaders []string `json:"AllowedHeaders,omitempty"`
	ExposeHeaders  []string `json:"ExposeHeaders,omitempty"`
	MaxAgeSeconds  int32    `json:"MaxAgeSeconds,omitempty"`
}

// Allows reports whether a page of an origin may make a request with these headers, and read all those that it asks to be
// exposed (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html). One star in a rule stands for
// anything.
func (r CORSRule) Allows(origin, method string, headers, exposed []string) bool {
	fits := func(list []string, want string) bool {
		return slices.ContainsFunc(list, func(pattern string) bool { return matches(strings.ToLower(pattern), strings.ToLower(want)) })
	}
	all := func(list, wanted []string) bool {
		return !slices.ContainsFunc(wanted, func(w string) bool { return !fits(list, w) })
	}
	// An origin is compared as it is written.
	return slices.ContainsFunc(r.AllowedOrigins, func(pattern string) bool { return matches(pattern, origin) }) &&
		slices.Contains(r.AllowedMethods, method) && all(r.AllowedHeaders, headers) && all(r.ExposeHeaders, exposed)
}

// matches compares with a pattern that may have one star.
func matches(pattern, text string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	return len(text) >= len(before)+len(after) && strings.HasPrefix(text, before) && strings.HasSuffix(text, after)
}

// CORS gives the rules of a bucket, none where it has none.
func CORS(ctx context.Context, c *s3.Client, bucket string) ([]CORSRule, error) {
	rules, err := corsRules(ctx, c, bucket)
	list := make([]CORSRule, len(rules))
	for i, r := range rules {
		list[i] = CORSRule{aws.ToString(r.ID), r.AllowedOrigins, r.AllowedMethods, r.AllowedHeaders, r.ExposeHeaders, aws.ToInt32(r.MaxAgeSeconds)}
	}
	return list, err
}

func corsRules(ctx context.Context, c *s3.Client, bucket string) ([]types.CORSRule, error) {
	out, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: aws.String(bucket)})
	if isCode(err, "NoSuchCORSConfiguration") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the CORS rules of s3://%s: %w", bucket, err)
	}
	return out.CORSRules, nil
}

// AddCORS adds a rule to those of a bucket, in the place of one with the same ID. All others stay.
func AddCORS(ctx context.Context, c *s3.Client, bucket string, rule CORSRule) error {
	rules, err := corsRules(ctx, c, bucket)
	if err != nil {
		return err
	}
	added := types.CORSRule{
		ID: aws.String(rule.ID), AllowedOrigins: rule.AllowedOrigins, AllowedMethods: rule.AllowedMethods,
		AllowedHeaders: rule.AllowedHeaders, ExposeHeaders: rule.ExposeHeaders,
	}
	if rule.MaxAgeSeconds > 0 {
		added.MaxAgeSeconds = aws.Int32(rule.MaxAgeSeconds)
	}
	return putCORS(ctx, c, bucket, append(withoutRule(rules, rule.ID), added))
}

// RemoveCORS takes the rule with the ID away, and leaves all others as they are by now.
func RemoveCORS(ctx context.Context, c *s3.Client, bucket, id string) error {
	rules, err := corsRules(ctx, c, bucket)
	if err != nil {
		return err
	}
	kept := withoutRule(rules, id)
	if len(kept) == len(rules) {
		return nil
	}
	return putCORS(ctx, c, bucket, kept)
}

func withoutRule(rules []types.CORSRule, id string) []types.CORSRule {
	return slices.DeleteFunc(slices.Clone(rules), func(r types.CORSRule) bool { return aws.ToString(r.ID) == id })
}

// putCORS writes all the rules of a bucket; none is no rules at all.
func putCORS(ctx context.Context, c *s3.Client, bucket string, rules []types.CORSRule) error {
	var err error
	if len(rules) == 0 {
		_, err = c.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: aws.String(bucket)})
	} else {
		_, err = c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: aws.String(bucket), CORSConfiguration: &types.CORSConfiguration{CORSRules: rules}})
	}
	if err != nil {
		return fmt.Errorf("write the CORS rules of s3://%s: %w", bucket, err)
	}
	return nil
}
