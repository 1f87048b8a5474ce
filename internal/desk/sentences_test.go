package desk

import (
	"regexp"
	"strings"
	"testing"
	"text/template"
)

// TestSentences: what a row says is one sentence on what happened and one on what to do, as a person would say it.
func TestSentences(t *testing.T) {
	action := regexp.MustCompile(`\{\{[^}]*\}\}`)
	command := regexp.MustCompile(`: (aws|waybill|chmod) [a-z0-9]+( .*)?$`) // to be copied, without a full stop behind it
	machine := regexp.MustCompile(`(?i)\b(errors?|invalid|failure|null|unable to|failed to|oops|please)\b`)
	sentence := regexp.MustCompile(`[.?!] +["A-Z{]`)
	// Rows that are no troubles but texts with several sentences: what a request enforces, and what is asked about.
	longer := map[string]bool{"RequestByForm": true, "RequestByFile": true, "RevokeChoice": true, "RevokeQuestion": true, "CloseQuestion": true}
	for code, r := range rows() {
		for part, text := range map[string]string{"what": r.what, "help": r.help} {
			if _, err := template.New("").Parse(text); err != nil {
				t.Errorf("%s, %s: %v", code, part, err)
			}
			plain := strings.TrimSpace(action.ReplaceAllString(text, ""))
			if plain == "" {
				if part == "what" || !strings.HasSuffix(code, "Question") {
					t.Errorf("%s has no %s", code, part)
				}
				continue
			}
			if !strings.HasSuffix(plain, ".") && !strings.HasSuffix(plain, "?") && !command.MatchString(text) && !strings.HasSuffix(text, "{{.Fault}}") && !strings.HasSuffix(text, "{{.Reason}}") {
				t.Errorf("%s: %q does not end as a sentence", code, text)
			}
			most := map[string]int{"what": 0, "help": 1}[part]
			if n := len(sentence.FindAllString(plain, -1)); n > most && !longer[code] {
				t.Errorf("%s: %q has %d sentences", code, text, n+1)
			}
			if word := machine.FindString(action.ReplaceAllString(text, "")); word != "" {
				t.Errorf("%s: %q says %q", code, text, word)
			}
			if strings.Contains(plain, code) && len(code) > 8 {
				t.Errorf("%s is named in %q", code, text)
			}
		}
	}
}

// TestElsewhereCannotLie: a line that names no test, or one that does not name the code, is a fault.
func TestElsewhereCannotLie(t *testing.T) {
	for line, good := range map[string]bool{
		"NoCredentials internal/cli TestNoAWSFilesAtAll":  true,
		"NoProfile internal/cli TestNoAWSFilesAtAll":      false,
		"NoCredentials internal/cli TestNobodyWrote":      false,
		"NoCredentials internal/desk TestNoAWSFilesAtAll": false,
		"NoCredentials": false,
	} {
		if _, faults := metElsewhere(line + "\n"); (len(faults) == 0) != good {
			t.Errorf("%s: %v", line, faults)
		}
	}
}
