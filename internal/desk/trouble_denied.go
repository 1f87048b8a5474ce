package desk

import (
	"regexp"
	"strings"
)

// Denied reports whether somebody lacks a permission, or is refused one, whatever the reason.
func (t *Trouble) Denied() bool {
	return t != nil && (strings.HasPrefix(t.Code, "AccessDenied") || t.Code == "KMSDenied")
}

// What AWS says of a refusal
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html): who may not do what, and which kind
// of policy says so, or does not allow it.
var (
	deniedAction = regexp.MustCompile(`not authorized to perform:? ([a-z0-9-]+:[A-Za-z*]+)`)
	deniedPolicy = regexp.MustCompile(`(because no|with an explicit deny in an?) ([A-Za-z-]+(?: [a-z]+)? policy|permissions boundary)`)
)

// denied is the row for a permission that is missing, by the reason that the store gives. Which one it is, missedPermission knows.
func (r refusal) denied(s scene, a args) string {
	if s.permission == "" {
		a["Permission"] = "s3:*"
	}
	if strings.Contains(r.message, "S3 Block Public Access") {
		return "AccessDeniedPublic"
	}
	policy := deniedPolicy.FindStringSubmatch(r.message)
	if policy == nil {
		return "AccessDenied"
	}
	a["Policy"] = policy[2]
	switch policy[2] {
	case "service control policy", "resource control policy":
		return "AccessDeniedOrganization"
	case "permissions boundary", "session policy":
		return "AccessDeniedBoundary"
	case "VPC endpoint policy":
		return "AccessDeniedNetwork"
	}
	if policy[1] == "because no" {
		return "AccessDenied"
	}
	return "AccessDeniedPolicy"
}
