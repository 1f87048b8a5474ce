package ledger

import (
	"regexp"
	"strings"
)

// secretField is the signature or the token of a form, with its value: as JSON, as HTML, or as curl is given it.
var secretField = regexp.MustCompile(`x-amz-signature[^0-9a-z]{1,24}(value[^0-9a-z]{1,16})?[0-9a-f]{64}|` +
	`x-amz-security-token[^0-9a-z]{1,24}(value[^0-9a-z]{1,16})?[0-9a-z+/=]{40}`)

// secret is the last line of defence: nothing that came from a presigned URL or form belongs into a file. A text about
// signatures is none.
func secret(texts ...string) bool {
	for _, text := range texts {
		lower := strings.ToLower(text)
		if !strings.Contains(lower, "x-amz-s") && !strings.Contains(lower, "key-pair-id") { // as nearly every text does not
			continue
		}
		plain := strings.NewReplacer("%25", "%", "%3d", "=").Replace(lower)
		plain = strings.ReplaceAll(plain, "%3d", "=") // what was escaped twice
		if strings.Contains(plain, "x-amz-signature=") || strings.Contains(plain, "x-amz-security-token=") ||
			strings.Contains(plain, "key-pair-id=") && strings.Contains(plain, "signature=") || // CloudFront's
			secretField.MatchString(strings.NewReplacer("&quot;", `"`, "&#34;", `"`).Replace(plain)) {
			return true
		}
	}
	return false
}
