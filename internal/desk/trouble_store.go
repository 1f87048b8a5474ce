package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/signer"
)

// refusal is a store's no, whichever way it came.
type refusal struct {
	status  int
	code    string
	message string
	region  string
	date    time.Time     // the store's clock; zero when the answer has none
	ahead   time.Duration // what that clock was ahead of this computer's
	html    bool
	tls     bool // it said that it speaks https only
	away    bool // it sends on to another host
}

// refusalIn finds the store's no in an error of the courier or of the SDK.
func refusalIn(err error) (r refusal, ok bool) {
	var own *courier.StoreError
	if errors.As(err, &own) {
		return refusal{
			status: own.Status, code: own.Code, message: own.Message, region: own.Region,
			date: own.Date, ahead: own.Ahead, html: own.HTML, tls: own.WantsTLS, away: own.Away,
		}, true
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		r, ok = refusal{code: api.ErrorCode(), message: courier.RedactText(api.ErrorMessage())}, true
	}
	var told *signer.ElsewhereError
	if errors.As(err, &told) {
		r.region = told.Region
	}
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) && answer.Response != nil && answer.HTTPStatusCode() > 0 { // 0: there was no answer
		ok = true
		r.status = answer.HTTPStatusCode()
		if date, wrong := http.ParseTime(answer.Response.Header.Get("Date")); wrong == nil {
			r.date, r.ahead = date, time.Until(date)
		}
		r.html = strings.HasPrefix(answer.Response.Header.Get("Content-Type"), "text/html")
		if to, wrong := url.Parse(answer.Response.Header.Get("Location")); wrong == nil && r.region == "" {
			r.away = to.Host != ""
		}
	}
	return r, ok
}

// ofStore knows the store's own codes.
func ofStore(err error, s scene, a args) string {
	switch {
	case errors.Is(err, courier.ErrTaken):
		return "PreconditionFailed"
	case errors.Is(err, courier.ErrOverwrite):
		return "OverwriteRefused"
	case errors.Is(err, courier.ErrProof):
		return "BadDigest"
	case errors.Is(err, bucket.ErrNotAStore):
		return "NotAStore"
	}
	r, ok := refusalIn(err)
	if !ok {
		return ""
	}
	a["Status"], a["Region"], a["Host"] = r.status, r.region, hostIn(err, s)
	s.permission = missedPermission(err, s.permission)
	a["Permission"] = s.permission
	if code := ofStranger(r); code != "" {
		return code
	}
	if code := r.ofClock(a); code != "" {
		return code
	}
	if code := ofKMS(r, a); code != "" {
		return code
	}
	if code := r.ofMessage(); code != "" {
		return code
	}
	row := rowOf(r.code)
	switch {
	case r.code == "" && r.status == http.StatusForbidden, row == "AccessDenied":
		return r.denied(s, a)
	case r.code == "NotFound" && s.key != "":
		return "NoSuchKey"
	case r.region != "" && (r.status == http.StatusMovedPermanently || r.status == http.StatusTemporaryRedirect):
		return "PermanentRedirect"
	case row == "NotUnderstood":
		a["Message"] = r.quoted()
		return row
	case row != "":
		return row
	case r.status == http.StatusInsufficientStorage:
		return "QuotaExceeded"
	case r.status == http.StatusTooManyRequests:
		return "SlowDown"
	case r.status >= 500:
		return "InternalError"
	case r.code == "":
		return "NotAStore"
	}
	a["Code"], a["Message"] = r.code, r.quoted()
	return "Refused"
}

// ofStranger knows the answers that are not the store's own: a proxy's, a gateway's, a login page's.
func ofStranger(r refusal) string {
	switch {
	case r.tls, strings.Contains(strings.ToLower(r.message), "http request to an https server"):
		return "WantsHTTPS"
	case r.status == http.StatusProxyAuthRequired: // of a proxy for plain http
		return "ProxyPassword"
	case r.status == http.StatusNetworkAuthenticationRequired, r.away && rowOf(r.code) == "":
		return "CaptivePortal"
	case r.html && (r.status == http.StatusBadGateway || r.status == http.StatusServiceUnavailable || r.status == http.StatusGatewayTimeout):
		return "Gateway"
	case r.html, r.code == "BadRequest": // which is HTTP's word, not S3's
		return "NotAStore"
	case r.status >= 300 && r.status < 400 && r.region == "" && rowOf(r.code) == "": // without a word of S3's
		return "NotAStore"
	}
	return ""
}

// ofMessage knows what stores have no code for, but words.
func (r refusal) ofMessage() string {
	said := strings.ToLower(r.message)
	switch {
	case strings.Contains(said, "headers present in the request which were not signed"):
		return "HeadersNotSigned"
	case strings.Contains(said, "cap exceeded"): // Backblaze: storage, download and transaction caps
		return "CapExceeded"
	case r.aboutLock():
		return "ObjectLocked"
	}
	return ""
}

// rowOf is the row for a code of a store's, by its own name or by an alias; "" where the table has none.
func rowOf(code string) string {
	if alias, ok := aliases()[code]; ok {
		return alias
	}
	if _, ok := rows()[code]; ok {
		return code
	}
	return ""
}

// mostQuoted is how much of a store's own words goes into a sentence, in bytes.
const mostQuoted = 160

// quoted is the store's own message as a part of a sentence; "" for one that quotes a signed URL itself, whose place is in
// the details, where it is cut out.
func (r refusal) quoted() string {
	if strings.Contains(strings.ToLower(r.message), "x-amz-s") {
		return ""
	}
	said := strings.TrimRight(visible(strings.Join(strings.Fields(r.message), " ")), ". ")
	if len(said) > mostQuoted {
		end := mostQuoted
		for !utf8.RuneStart(said[end]) {
			end--
		}
		said = said[:end] + "…"
	}
	return said
}
