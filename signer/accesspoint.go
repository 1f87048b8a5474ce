package signer

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Errors of what is named where a bucket's name stands.
var (
	// ErrAccessPoint: an ARN that is no access point's, or not a whole one.
	ErrAccessPoint = errors.New("not the ARN of an access point")
	// ErrAccessPointHere: an access point is reached by a host's name of its own, which only AWS has.
	ErrAccessPointHere = errors.New("access points are AWS's own, and have no path-style address")
	// ErrARNRegion: s3_use_arn_region = false keeps requests in the profile's region.
	ErrARNRegion = errors.New("the access point is in another region than the profile, and s3_use_arn_region is false")
	// ErrARNPartition: credentials are good for one part of AWS only.
	ErrARNPartition = errors.New("the access point is in another part of AWS than the profile")
	// ErrAcceleration: what transfer acceleration cannot do.
	ErrAcceleration = errors.New("transfer acceleration is for buckets of AWS whose names have no dot, without path-style addresses and FIPS endpoints")
)

// AccessPoint is what the ARN of an access point says
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html).
type AccessPoint struct {
	Partition, Region, Account, Name string
}

var (
	regionForm  = regexp.MustCompile(`^[a-z]{2,}(-[a-z0-9]+)+$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	pointForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$`)
)

// ParseAccessPoint reads arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME, or with a colon before the name. ok says that the
// name of a bucket is an ARN at all. An ARN of something else, such as a multi-region access point or one of Outposts or
// Object Lambda, is an ErrARN; a broken one an ErrAccessPoint.
func ParseAccessPoint(name string) (p AccessPoint, ok bool, err error) {
	rest, ok := strings.CutPrefix(name, "arn:")
	if !ok {
		return p, false, nil
	}
	parts := strings.SplitN(rest, ":", 5)
	if len(parts) < 5 {
		return p, true, fmt.Errorf("bucket %q: %w", name, ErrAccessPoint)
	}
	service, resource := parts[1], parts[4]
	kind, point, found := strings.Cut(strings.Replace(resource, ":", "/", 1), "/")
	switch {
	case service != "s3", kind == "accesspoint" && (parts[2] == "" || strings.HasSuffix(point, ".mrap")):
		return p, true, fmt.Errorf("bucket %q: %w", name, ErrARN)
	case kind != "accesspoint" || !found || !regionForm.MatchString(parts[2]) || parts[0] != PartitionOf(parts[2]) ||
		!accountForm.MatchString(parts[3]) || !pointForm.MatchString(point):
		return p, true, fmt.Errorf("bucket %q: %w", name, ErrAccessPoint)
	}
	return AccessPoint{parts[0], parts[2], parts[3], point}, true, nil
}

func isAccessPoint(bucket string) bool { return strings.HasPrefix(bucket, "arn:") }

// IsAccessPoint reports whether an access point stands where a bucket is named: its ARN, or its alias.
func IsAccessPoint(bucket string) bool {
	return isAccessPoint(bucket) || strings.HasSuffix(bucket, "-s3alias")
}

// isOtherKind reports whether a name is one of those that AWS keeps for what is no general purpose bucket and no access
// point to one: directory buckets and their access points, Object Lambda, Outposts, tables, multi-region access points
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
func isOtherKind(name string) bool {
	for _, ending := range []string{"--x-s3", "--xa-s3", "--ol-s3", "--op-s3", "--table-s3", ".mrap"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}
