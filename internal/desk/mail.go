package desk

import (
	"net/url"
	"strings"
)

// MailTo is a URL that opens a new mail in the person's mail program: without an address, its subject the name, its
// body the name, the link on a line of its own, and the sentence that says when the link ends. It is as much a key as
// the link in it.
//
// RFC 6068: everything is percent-encoded UTF-8, a space is %20 (a "+" would stay a plus), a line ends with %0D%0A.
func MailTo(name, link, end string) string {
	name = visible(name)
	body := name + "\r\n" + link + "\r\n"
	if end != "" {
		body += end + "\r\n"
	}
	return "mailto:?subject=" + mailEscape(name) + "&body=" + mailEscape(body)
}

// mailEscape encodes a value of a mailto URL. url.PathEscape would leave the "&" and the "=" that part the values.
func mailEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// mostInMailLine is how long a line of a mail may be (RFC 5322, section 2.1.1: "Each line of characters MUST be no
// more than 998 characters", its end not counted).
const mostInMailLine = 998

// MailBreaks reports whether a link is longer than a line of a mail may be. Most mail programs encode such a line so
// that it arrives whole; one that sends it as it stands, or a server on the way, may break the link in two.
func MailBreaks(link string) bool { return len(link) > mostInMailLine }
