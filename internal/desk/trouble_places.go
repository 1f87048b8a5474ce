package desk

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"waybill/signer"
)

// ofPlace knows what cannot be reached, and why.
func ofPlace(err error, _ scene, a args) string {
	for _, one := range []struct {
		err  error
		code string
	}{
		{signer.ErrARN, "BucketKind"},
		{signer.ErrAccessPoint, "AccessPointName"},
		{signer.ErrAccessPointHere, "AccessPointHere"},
		{signer.ErrARNRegion, "AccessPointRegion"},
		{signer.ErrARNPartition, "AccessPointOther"},
		{signer.ErrAcceleration, "Acceleration"},
	} {
		if errors.Is(err, one.err) {
			return one.code
		}
	}
	return ""
}

var (
	kmsAction = regexp.MustCompile(`kms:[A-Za-z]+`)
	kmsKey    = regexp.MustCompile(`arn:[a-z-]+:kms:[A-Za-z0-9:/_-]+`)
)

// ofKMS knows what the key of a bucket, or of an object, can be the reason of. S3 names the action that KMS refused in its
// message only (https://repost.aws/knowledge-center/s3-access-denied-error-kms).
func ofKMS(r refusal, a args) string {
	a["KMSKey"] = kmsKey.FindString(r.message)
	switch {
	case strings.HasPrefix(r.code, "KMS."):
		return "KMSKey"
	case r.code != "AccessDenied":
		return ""
	}
	if action := kmsAction.FindString(r.message); action != "" {
		a["Permission"] = action
		return "KMSDenied"
	}
	if strings.Contains(strings.ToLower(r.message), "ciphertext refers to a customer master key") {
		a["Permission"] = "kms:Decrypt"
		return "KMSDenied"
	}
	return ""
}

// aboutLock reports whether a store refuses because of Object Lock, in the words of AWS and Ceph, or of MinIO. Of an upload
// that lacks what Object Lock wants, S3 names it too, with another status.
func (r refusal) aboutLock() bool {
	said := strings.ToLower(r.message)
	return r.status == http.StatusForbidden && strings.Contains(said, "object lock") || strings.Contains(said, "worm protected")
}
