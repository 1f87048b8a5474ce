package desk_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// TestBucketWithAKey sends to a bucket that encrypts with a key of KMS by itself: the ETag is no MD5 there, and the sums
// prove what arrived all the same; links open, and what comes by a request is brought here.
func TestBucketWithAKey(t *testing.T) {
	ctx := context.Background()
	m := teststore.StartMinIOWithKMS(t)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	if _, err := m.Client(m.Key, m.Secret, "").PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket: aws.String(teststore.Bucket), ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: aws.String(teststore.KMSKey)},
			BucketKeyEnabled:                   aws.Bool(true),
		}}},
	}); err != nil {
		t.Fatal(err)
	}
	d := openDesk(t, desk.Options{})
	for name, text := range map[string]string{"small.txt": "hello", "empty.txt": "", "big.bin": strings.Repeat("0123456789abcdef", 11<<16)} {
		sent := sendOne(t, d, desk.Destination{Bucket: teststore.Bucket}, desk.SendOptions{Expires: time.Hour, PartSize: 5 << 20}, name, text)
		if sent.State != desk.Sent || sent.Trouble != nil || !sent.Link.Verified || !strings.HasPrefix(sent.Checksum, "crc64nvme:") {
			t.Fatalf("%s: %s, %v", name, sent.State, sent.Trouble)
		}
		h, err := m.Client(m.Key, m.Secret, "").HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(teststore.Bucket), Key: aws.String(sent.Key)})
		if err != nil || h.ServerSideEncryption != types.ServerSideEncryptionAwsKms {
			t.Errorf("%s is not encrypted: %v", name, err)
		}
		if body, _, status := download(t, sent.Link.URL); status != 200 || string(body) != text {
			t.Errorf("%s: %d, %d bytes", name, status, len(body))
		}
		if _, err := d.Verify(ctx, sent.ID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKeyThatMayNotBeUsed: S3 names in its message what KMS has refused, and each of these has its own words. The texts are
// those that AWS documents (https://repost.aws/knowledge-center/s3-access-denied-error-kms,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html).
func TestKeyThatMayNotBeUsed(t *testing.T) {
	const key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	denied := func(action string) string {
		return "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: " + action + " on resource: " + key + " because no identity-based policy allows the " + action + " action"
	}
	for name, c := range map[string]struct {
		status                int
		code, message         string
		want, says, doesNotDo string
	}{
		"sending":  {403, "AccessDenied", denied("kms:GenerateDataKey"), "KMSDenied", "kms:GenerateDataKey is missing", "kms:Decrypt is missing"},
		"in parts": {403, "AccessDenied", denied("kms:Decrypt"), "KMSDenied", "kms:Decrypt is missing", "kms:GenerateDataKey is missing"},
		"disabled": {400, "KMS.DisabledException", key + " is disabled.", "KMSKey", "disabled", "is missing"},
		"deleted":  {400, "KMS.NotFoundException", "Key '" + key + "' does not exist", "KMSKey", "not there", "is missing"},
		"pending":  {400, "KMS.KMSInvalidStateException", key + " is pending deletion.", "KMSKey", "about to be deleted", "is missing"},
		"other":    {403, "AccessDenied", "Access Denied", "AccessDenied", "s3:PutObject is missing", "kms:"},
	} {
		t.Run(name, func(t *testing.T) {
			atStore(t)
			endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
				if r.Method != http.MethodPut {
					pass(w)
					return
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, "<Error><Code>"+c.code+"</Code><Message>"+c.message+"</Message></Error>")
			})
			d := openDesk(t, desk.Options{})
			path := filepath.Join(t.TempDir(), "a.txt")
			write(t, path, "hello")
			sent := one(t, send(t, d, desk.Destination{Store: desk.Store{Endpoint: endpoint}, Bucket: sandbox.Bucket}, desk.SendOptions{}, path))
			if sent.State != desk.Failed || sent.Trouble.Code != c.want {
				t.Fatalf("%s, %v", sent.State, sent.Trouble)
			}
			if said := sent.Trouble.Error(); !strings.Contains(said, c.says) || strings.Contains(said, c.doesNotDo) {
				t.Error(said)
			}
			if help := sent.Trouble.Help.String(); c.want != "AccessDenied" && !strings.Contains(help, key) {
				t.Error(help)
			}
		})
	}
}
