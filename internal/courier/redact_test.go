package courier

import (
	"strings"
	"testing"
)

// TestFormsAreRedacted in whatever they are written.
func TestFormsAreRedacted(t *testing.T) {
	hex := strings.Repeat("0123456789abcdef", 4)
	for _, text := range []string{
		`{"x-amz-signature":"` + hex + `"}`, `x-amz-signature=` + hex, `<input name="X-Amz-Signature" value="` + hex + `">`, `--form-string 'x-amz-security-token=` + hex + `'`,
		`{"policy": "` + hex + `"}`, `{\"policy\":\"` + hex + `\"}`, "https://x/?a=b&X-Amz-Signature=" + hex + "&c=d",
	} {
		got := RedactText(text)
		if strings.Contains(got, hex) || !strings.Contains(got, "…") {
			t.Errorf("%s became %s", text, got)
		}
	}
	for _, text := range []string{"the policy: none", "x-amz-signature is wrong", `{"policy":"open"}`} {
		if got := RedactText(text); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}
