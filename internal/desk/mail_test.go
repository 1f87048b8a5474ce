package desk_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waybill/internal/desk"
)

func TestMailToReadsBack(t *testing.T) {
	for _, c := range []struct{ name, shown, end string }{
		{"report.pdf", "report.pdf", "The link ends on 24 November 2026 at 12:00."},
		{"Q&A = 100 % + more?#.txt", "Q&A = 100 % + more?#.txt", "It ends today & not tomorrow + a day."},
		{"Übergrößenträger 日本 🎉.png", "Übergrößenträger 日本 🎉.png", "Der Link gilt bis Dienstag, 24. November 2026, 12:00 Uhr – „danach nicht mehr“."},
		{"it's \"quoted\" & <b>.txt", "it's \"quoted\" & <b>.txt", ""},
		{"two\r\nBcc: x@example.com\r\n.txt", "two__Bcc: x@example.com__.txt", "End"},
		{"a%0D%0Ab.txt", "a%0D%0Ab.txt", "End"},
	} {
		got := desk.MailTo(c.name, someURL, c.end)
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "mailto" || u.Opaque != "" || u.Path != "" || u.Fragment != "" || u.String() != got {
			t.Fatalf("%s: %v, written again as %v", got, err, u)
		}
		q, err := url.ParseQuery(u.RawQuery)
		if err != nil || len(q) != 2 || q.Get("subject") != c.shown {
			t.Errorf("%s reads as %q, %v", got, q, err)
		}
		want := []string{c.shown, someURL, c.end, ""}
		if c.end == "" {
			want = []string{c.shown, someURL, ""}
		}
		if body := q.Get("body"); body != strings.Join(want, "\r\n") {
			t.Errorf("%q: the body is %q", c.name, body)
		}
		// net/url would read a "+" as a space; a mail program does not. RFC 6068, section 2: nothing but the
		// unreserved characters and percent-encoded ones.
		if !regexp.MustCompile(`^mailto:\?subject=(?:[\w.~-]|%[0-9A-F]{2})*&body=(?:[\w.~-]|%[0-9A-F]{2})*$`).MatchString(got) {
			t.Errorf("%s is not as RFC 6068 wants it", got)
		}
	}
}

func TestMailBreaks(t *testing.T) {
	for n, want := range map[int]bool{100: false, 998: false, 999: true, 2000: true} {
		if link := presigned(n); desk.MailBreaks(link) != want {
			t.Errorf("%d characters: %v", n, !want)
		}
	}
}
