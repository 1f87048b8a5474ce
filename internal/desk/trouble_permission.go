package desk

import (
	"errors"
	"strings"

	"github.com/aws/smithy-go"

	"waybill/internal/courier"
)

// missedPermission names what a refusal is about: by the store's own words, else by the very request that was refused, else
// as whoever asked thinks. A job makes many requests, and the one that is refused need not be what the job is called by.
func missedPermission(err error, thought string) string {
	if r, ok := refusalIn(err); ok {
		if action := deniedAction.FindStringSubmatch(r.message); action != nil {
			return action[1]
		}
	}
	var own *courier.StoreError
	if errors.As(err, &own) {
		switch op := own.Op; {
		case op == "put", op == "complete", op == "post the form", op == "start the multipart upload", strings.HasPrefix(op, "upload part"):
			return permPut
		case op == "list the parts", op == "look at the parts":
			return permParts
		case op == "abort":
			return permAbort
		case op == "delete", op == "remove the object":
			return permDelete
		case op == "look at the object", op == "look at the first part", op == "try the link", op == "fetch":
			return permGet
		}
		return thought
	}
	var operation *smithy.OperationError
	if !errors.As(err, &operation) {
		return thought
	}
	if known, ok := map[string]string{
		"ListObjectsV2": permList, "ListMultipartUploads": permUploads, "ListBuckets": permBuckets,
		"GetObjectTagging": permTags, "HeadObject": permGet, "GetObject": permGet, "GetBucketVersioning": permVersioning,
		"GetBucketCors": permReadCORS, "PutBucketCors": permWriteCORS, "DeleteBucketCors": permWriteCORS,
		"GetBucketPolicy": permReadPolicy, "PutBucketPolicy": permWritePolicy, "DeleteBucketPolicy": permNoPolicy,
	}[operation.OperationName]; ok {
		return known
	}
	return thought
}
