package desk_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/courier"
	"waybill/internal/desk"
	"waybill/internal/teststore"
)

// TestDeniedInTheWordsOfAWS: AWS says which kind of policy refuses what
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html, Access denied message examples, and
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html). No store here has such words.
func TestDeniedInTheWordsOfAWS(t *testing.T) {
	const who = `User: arn:aws:iam::123456789012:user/alice is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::team-share/alice/a.txt" `
	d, a := atAnswers(t)
	for said, want := range map[string]struct{ row, holds string }{
		"Access Denied": {"AccessDenied", "s3:PutObject is missing"},
		who + "because no identity-based policy allows the s3:PutObject action":                                                                   {"AccessDenied", "s3:PutObject is missing"},
		strings.ReplaceAll(who, "s3:PutObject", "s3:PutObjectTagging") + "because no resource-based policy allows the s3:PutObjectTagging action": {"AccessDenied", "s3:PutObjectTagging is missing"},
		who + "with an explicit deny in a resource-based policy":                                                                                  {"AccessDeniedPolicy", "resource-based policy"},
		who + "with an explicit deny in an identity-based policy":                                                                                 {"AccessDeniedPolicy", "identity-based policy"},
		who + "because no service control policy allows the s3:PutObject action":                                                                  {"AccessDeniedOrganization", "service control policy"},
		who + "with an explicit deny in a service control policy":                                                                                 {"AccessDeniedOrganization", "service control policy"},
		who + "with an explicit deny in a resource control policy":                                                                                {"AccessDeniedOrganization", "resource control policy"},
		who + "because no permissions boundary allows the s3:PutObject action":                                                                    {"AccessDeniedBoundary", "permissions boundary"},
		who + "with an explicit deny in a session policy":                                                                                         {"AccessDeniedBoundary", "session policy"},
		who + "because no VPC endpoint policy allows the s3:PutObject action":                                                                     {"AccessDeniedNetwork", "network"},
		who + "because public access control lists (ACLs) are prevented by the BlockPublicAcls setting in S3 Block Public Access":                 {"AccessDeniedPublic", "team-share"},
		"User: arn:aws:iam::123456789012:user/alice is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-central-1:123456789012:key/1234 because no identity-based policy allows the kms:GenerateDataKey action":                                                                      {"KMSDenied", "kms:GenerateDataKey"},
		"User: arn:aws:sts::123456789012:assumed-role/Sender/alice is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access": {"KMSDenied", "kms:Decrypt"},
		"There were headers present in the request which were not signed": {"HeadersNotSigned", "proxy"},
		// Backblaze B2, of its caps (https://www.backblaze.com/docs/cloud-storage-data-caps-and-alerts).
		"Cannot upload files, storage cap exceeded. See the Caps & Alerts page to increase your cap.": {"CapExceeded", "cap"},
	} {
		*a = answer{status: http.StatusForbidden, code: "AccessDenied", message: said}
		told := sending(t, d)
		words := fmt.Sprint(told.What, " ", told.Help)
		if code(told) != want.row || !strings.Contains(words, want.holds) {
			t.Errorf("%q\nis %s: %s\nwant %s with %q", said, told.Code, words, want.row, want.holds)
		}
		if told.Denied() != (strings.HasPrefix(want.row, "AccessDenied") || want.row == "KMSDenied") {
			t.Errorf("%s: denied is %v", want.row, told.Denied())
		}
	}
}

// TestDeniedWithoutAPermission: what needs no permission that could be named asks for all.
func TestDeniedWithoutAPermission(t *testing.T) {
	if told := desk.Explain(&courier.StoreError{Op: "knock", Status: http.StatusForbidden, Code: "AccessDenied"}); code(told) != "AccessDenied" || !strings.Contains(told.Error(), "s3:*") {
		t.Errorf("%v", told)
	}
}

// TestLockedObjects: MinIO's own refusal to remove a version that is retained.
func TestLockedObjects(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	c := m.Client(m.Key, m.Secret, "")
	ctx := context.Background()
	if _, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("locked"), ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	kept, err := c.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String("locked"), Key: aws.String("a.txt"), Body: strings.NewReader("hello"),
		ObjectLockMode: types.ObjectLockModeCompliance, ObjectLockRetainUntilDate: aws.Time(time.Now().Add(time.Hour)),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("locked"), Key: aws.String("a.txt"), VersionId: kept.VersionId})
	if told := desk.ExplainAt(err, "locked", "a.txt"); code(told) != "ObjectLocked" || !strings.Contains(told.Error(), "a.txt") {
		t.Errorf("%v: %v", told, err)
	}
}

// TestNoRoomBetweenFiles: versitygw keeps objects as files, so a name cannot be a file and a folder at once.
func TestNoRoomBetweenFiles(t *testing.T) {
	d, to := newDesk(t, desk.Options{}), dest(t)
	put(t, to.Prefix+"/a", "a file")
	path := filepath.Join(t.TempDir(), "b")
	write(t, path, "below it")
	to.Prefix += "/a"
	if s := one(t, send(t, d, to, desk.SendOptions{}, path)); code(s.Trouble) != "ObjectParentIsFile" {
		t.Errorf("%s, %v", s.State, s.Trouble)
	}
}
