package desk

import "strings"

// ofUpload knows what stores say of upload settings that they cannot take, where that has no code of S3's or one that
// means other things too.
func ofUpload(err error, s scene, a args) string {
	r, ok := refusalIn(err)
	if !ok || s.permission != "s3:PutObject" { // of links, linkTrouble knows more
		return ""
	}
	if code := ofKMS(r, a); code != "" { // of AWS's own codes
		return code
	}
	code, message := strings.ToLower(r.code), strings.ToLower(r.message)
	aboutKMS := strings.Contains(code, "kms") || strings.Contains(message, "kms")
	switch {
	case !aboutKMS:
		return ""
	case r.code == "AccessDenied": // of which ofPlace knows more
		return ""
	case r.code == "NotImplemented", strings.Contains(message, "not configured"): // MinIO
		return "KMSMissing"
	}
	return "KMSKey"
}
