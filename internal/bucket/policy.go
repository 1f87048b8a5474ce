package bucket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// ErrPolicy says that a bucket's policy is not what a policy looks like, so nothing is added to it.
var ErrPolicy = errors.New("the bucket's policy cannot be read")

// policy is a bucket's policy. Of what is not of Waybill's making, nothing is read and all is kept.
type policy struct {
	top        map[string]json.RawMessage
	statements []json.RawMessage
}

// DenyPut is the statement that refuses everybody to put anything below a folder. Its ID is what Deny and Undeny know it
// by. partition is "aws", or the one of the store's region.
func DenyPut(id, partition, bucket, folder string) json.RawMessage {
	// A policy takes * and ? for wildcards, and ${ for a variable.
	literal := strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace(folder)
	text, err := json.Marshal(struct {
		Sid       string
		Effect    string
		Principal string
		Action    string
		Resource  string
	}{id, "Deny", "*", "s3:PutObject", "arn:" + partition + ":s3:::" + bucket + "/" + literal + "*"})
	if err != nil { // which plain texts do not give
		return nil
	}
	return text
}

// Deny adds a statement to a bucket's policy, in the place of one with the same ID. All others stay.
func Deny(ctx context.Context, c *s3.Client, bucket, id string, statement json.RawMessage) error {
	p, err := readPolicy(ctx, c, bucket)
	if err != nil {
		return err
	}
	p.without(id)
	p.statements = append(p.statements, statement)
	return p.write(ctx, c, bucket)
}

// Undeny takes the statement with the ID out of a bucket's policy, and leaves all others as they are by now.
func Undeny(ctx context.Context, c *s3.Client, bucket, id string) error {
	p, err := readPolicy(ctx, c, bucket)
	if err != nil {
		return err
	}
	if !p.without(id) {
		return nil
	}
	return p.write(ctx, c, bucket)
}

// HasPolicy reports whether a bucket has a policy.
func HasPolicy(ctx context.Context, c *s3.Client, bucket string) (bool, error) {
	p, err := readPolicy(ctx, c, bucket)
	return err == nil && len(p.statements) > 0, err
}

func readPolicy(ctx context.Context, c *s3.Client, bucket string) (*policy, error) {
	p := &policy{top: map[string]json.RawMessage{}}
	out, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
	if isCode(err, "NoSuchBucketPolicy") {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the policy of s3://%s: %w", bucket, err)
	}
	text := aws.ToString(out.Policy)
	if strings.TrimSpace(text) == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(text), &p.top); err != nil {
		return nil, fmt.Errorf("read the policy of s3://%s: %w: %w", bucket, ErrPolicy, err)
	}
	list := p.top["Statement"]
	if len(list) > 0 && list[0] == '{' { // a single one needs no list
		p.statements = []json.RawMessage{list}
	} else if err := json.Unmarshal(list, &p.statements); err != nil {
		return nil, fmt.Errorf("read the policy of s3://%s: %w: %w", bucket, ErrPolicy, err)
	}
	return p, nil
}

// without removes the statement with the ID, and reports whether there was one.
func (p *policy) without(id string) bool {
	kept := p.statements[:0]
	for _, s := range p.statements {
		var known struct{ Sid string }
		if json.Unmarshal(s, &known) != nil || known.Sid != id {
			kept = append(kept, s)
		}
	}
	found := len(kept) < len(p.statements)
	p.statements = kept
	return found
}

// write puts the policy, or removes it where nothing is left of it: a policy without statements is none.
func (p *policy) write(ctx context.Context, c *s3.Client, bucket string) error {
	if len(p.statements) == 0 {
		if _, err := c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: aws.String(bucket)}); err != nil {
			return fmt.Errorf("remove the policy of s3://%s: %w", bucket, err)
		}
		return nil
	}
	if _, known := p.top["Version"]; !known {
		// Without one it is of 2008, which knows no ${*}.
		p.top["Version"] = json.RawMessage(`"2012-10-17"`)
	}
	list, err := json.Marshal(p.statements)
	if err != nil {
		return fmt.Errorf("write the policy of s3://%s: %w", bucket, err)
	}
	p.top["Statement"] = list
	text, err := json.Marshal(p.top)
	if err != nil {
		return fmt.Errorf("write the policy of s3://%s: %w", bucket, err)
	}
	if _, err := c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: aws.String(string(text))}); err != nil {
		return fmt.Errorf("write the policy of s3://%s: %w", bucket, err)
	}
	return nil
}

// isCode reports whether a store has refused with this code.
func isCode(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}
