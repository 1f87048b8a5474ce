package desk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/signer"
)

// args fill the templates of a Text.
type args = map[string]any

// trouble makes a Trouble of a row of the table.
func trouble(code string, a args, cause error) *Trouble {
	row, ok := rows()[code]
	if !ok {
		row = rows()["Unexpected"]
	}
	t := &Trouble{Code: code, What: Text{row.what, a}, Help: Text{row.help, a}, Cause: cause}
	if cause != nil {
		t.Detail = courier.RedactText(cause.Error())
	}
	return t
}

// scene is what was being done, for the words of an explanation.
type scene struct {
	store      Store
	bucket     string
	key        string
	path       string // the file on this machine
	permission string // the permission that the store would have asked for
}

func (s scene) args() args {
	profile := s.store.Profile
	switch {
	case s.store.Sandbox:
		profile = SandboxProfile
	case profile == "":
		profile = signer.DefaultProfile()
	}
	place := ""
	if s.bucket != "" {
		place = s.bucket + "/" + visible(s.key)
	}
	return args{
		"Profile": profile, "Bucket": s.bucket, "Key": visible(s.key), "Name": visible(filepath.Base(s.path)),
		"Path": visible(s.path), "Permission": s.permission, "Place": place,
	}
}

// explain turns any error into words. A Trouble stays what it is; nil stays nil.
func explain(err error, s scene) *Trouble {
	if err == nil {
		return nil
	}
	var already *Trouble
	if errors.As(err, &already) {
		return already
	}
	a := s.args()
	for _, kind := range []func(error, scene, args) string{ofPlace, ofSigner, ofFile, ofUpload, ofStore, ofNetwork} {
		if code := kind(err, s, a); code != "" {
			return trouble(code, a, err)
		}
	}
	if errors.As(err, new(*v4.SigningError)) {
		return trouble("CredentialsFailed", a, err)
	}
	return trouble("Unexpected", a, err)
}

// ofFile knows what can be wrong with a file on this machine.
func ofFile(err error, _ scene, _ args) string {
	var onDisk *fs.PathError
	switch {
	case errors.Is(err, courier.ErrChanged):
		return "FileChanged"
	case errors.Is(err, courier.ErrNotRegular):
		return "NotRegular"
	case errors.Is(err, courier.ErrTooLarge):
		return "FileTooLarge"
	case !errors.As(err, &onDisk):
		return ""
	case errors.Is(err, fs.ErrNotExist):
		return "FileGone"
	case errors.Is(err, fs.ErrPermission):
		return "FileUnreadable"
	}
	return "FileRead"
}

// ofSigner knows what can be wrong before a request is made.
func ofSigner(err error, _ scene, a args) string {
	var file *signer.FileError
	if errors.As(err, &file) {
		a["File"], a["Line"], a["Fault"] = file.Path, file.Line, file.Err.Error()
	}
	var key *signer.KeyFileError
	for _, fault := range []error{signer.ErrDomain, signer.ErrKeyPairID, signer.ErrOriginPath, signer.ErrOutsideOrigin, signer.ErrLinkEnd} {
		if errors.Is(err, fault) {
			a["Fault"] = fault.Error()
			return "DistributionWrong"
		}
	}
	if errors.As(err, &key) {
		a["Fault"] = key.Error()
		return "DistributionWrong"
	}
	var nobody *signer.NoProfileError
	if errors.As(err, &nobody) {
		a["Profile"] = nobody.Name
	}
	var bundle *signer.CABundleError
	if errors.As(err, &bundle) {
		a["File"], a["Fault"] = bundle.Path, bundle.Err.Error()
		return "CABundle"
	}
	if code := ofCredentials(err, a); code != "" {
		return code
	}
	switch {
	case errors.Is(err, signer.ErrNoProfile) && file != nil:
		return "ProfileInBrokenFile"
	case errors.Is(err, signer.ErrNoProfile):
		return "NoProfile"
	case errors.Is(err, signer.ErrNoCredentials):
		return "NoCredentials"
	case errors.Is(err, signer.ErrPlainHTTP):
		return "PlainHTTP"
	case errors.Is(err, signer.ErrEndpoint):
		return "Endpoint"
	case errors.Is(err, signer.ErrKeyTooLong):
		return "KeyTooLongError"
	case errors.Is(err, signer.ErrKeyEmpty), errors.Is(err, signer.ErrKeyDots), errors.Is(err, signer.ErrKeySlash),
		errors.Is(err, signer.ErrKeyEncoding):
		return "KeyName"
	case errors.Is(err, signer.ErrBucketName):
		return "BucketName"
	case errors.Is(err, signer.ErrProfile):
		return "ProfileSetup"
	case file != nil:
		return "ConfigFile"
	}
	return ""
}

// refusal is a store's no, whichever way it came.
type refusal struct {
	status  int
	code    string
	message string
	region  string
	date    time.Time
	html    bool
	tls     bool // it said that it speaks https only
}

// aboutClock reports whether the store finds the request too old or too early. A presigned one it calls just
// "AccessDenied"; the rest stands in words that differ from store to store: "Request has expired", "Request is
// not yet valid" (AWS), "Request is not valid yet" (MinIO).
func (r refusal) aboutClock() bool {
	switch r.code {
	case "RequestTimeTooSkewed", "RequestNotYetValid", "RequestExpired":
		return true
	case "AccessDenied":
		message := strings.ToLower(r.message)
		return strings.Contains(message, "request has expired") || strings.Contains(message, "not yet valid") ||
			strings.Contains(message, "not valid yet")
	}
	return false
}

// refusalIn finds the store's no in an error of the courier or of the SDK.
func refusalIn(err error) (r refusal, ok bool) {
	var own *courier.StoreError
	if errors.As(err, &own) {
		return refusal{own.Status, own.Code, own.Message, own.Region, own.Date, own.HTML, own.WantsTLS}, true
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		r, ok = refusal{code: api.ErrorCode(), message: courier.RedactText(api.ErrorMessage())}, true
	}
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) && answer.Response != nil && answer.HTTPStatusCode() > 0 { // 0: there was no answer
		ok = true
		r.status = answer.HTTPStatusCode()
		r.region = answer.Response.Header.Get("X-Amz-Bucket-Region")
		r.date, _ = http.ParseTime(answer.Response.Header.Get("Date"))
		r.html = strings.HasPrefix(answer.Response.Header.Get("Content-Type"), "text/html")
	}
	return r, ok
}

// ofStore knows the store's own codes.
func ofStore(err error, s scene, a args) string {
	if errors.Is(err, courier.ErrTaken) {
		return "PreconditionFailed"
	}
	if errors.Is(err, courier.ErrProof) {
		return "BadDigest"
	}
	if errors.Is(err, bucket.ErrNotAStore) {
		return "NotAStore"
	}
	r, ok := refusalIn(err)
	if !ok {
		return ""
	}
	a["Status"], a["Region"] = r.status, r.region
	if code := ofKMS(r, a); code != "" {
		return code
	}
	message := strings.ToLower(r.message)
	switch {
	case r.aboutLock():
		return "ObjectLocked"
	case r.tls, strings.Contains(message, "http request to an https server"):
		return "WantsHTTPS"
	case r.html, r.code == "BadRequest": // which is HTTP's word, not S3's
		return "NotAStore"
	case r.aboutClock():
		return "RequestTimeTooSkewed"
	case r.code == "AccessDenied" && s.permission == "":
		a["Permission"] = "s3:*"
	case r.code == "UnauthorizedAccess", r.code == "Forbidden", r.code == "AllAccessDisabled", r.code == "" && r.status == http.StatusForbidden:
		return "AccessDenied"
	case r.code == "NotFound" && s.key != "":
		return "NoSuchKey"
	case r.code == "AuthorizationHeaderMalformed", r.code == "AuthorizationQueryParametersError", r.code == "IllegalLocationConstraintException",
		r.code == "TemporaryRedirect", r.code == "InvalidRegion", r.region != "" && (r.status == http.StatusMovedPermanently || r.status == http.StatusTemporaryRedirect):
		return "PermanentRedirect"
	case r.status >= 300 && r.status < 400 && r.code != "PermanentRedirect": // without a word of S3's
		return "NotAStore"
	case r.code == "InvalidBucketName":
		return "BucketName"
	case r.code == "TokenRefreshRequired", r.code == "InvalidToken", r.code == "ExpiredTokenException":
		return "ExpiredToken"
	}
	if _, known := rows()[r.code]; known {
		return r.code
	}
	switch {
	case r.status == http.StatusNetworkAuthenticationRequired:
		return "NotAStore"
	case r.status >= 500:
		return "InternalError"
	case r.code == "":
		return "NotAStore"
	}
	a["Code"], a["Message"] = r.code, r.message
	return "Refused"
}

// hostIn finds the name of whoever did not answer.
func hostIn(err error, s scene) string {
	var own *courier.HostError
	if errors.As(err, &own) && own.Host != "" {
		return own.Host
	}
	var sdks *url.Error
	if errors.As(err, &sdks) {
		if u, err := url.Parse(sdks.URL); err == nil && u.Host != "" {
			return u.Host
		}
	}
	if u, err := url.Parse(s.store.Endpoint); err == nil && u.Host != "" {
		return u.Host
	}
	return "the store"
}

// ofNetwork knows what lies between here and the store.
func ofNetwork(err error, s scene, a args) string {
	a["Host"] = hostIn(err, s)
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case strings.Contains(err.Error(), "proxyconnect"), strings.Contains(err.Error(), "Proxy Authentication Required"):
		return "Proxy"
	case errors.As(err, &dns):
		a["Host"] = dns.Name
		return "NoSuchHost"
	case errors.As(err, &unknown), errors.As(err, &hostname), errors.As(err, &invalid), errors.As(err, &verification):
		return "Certificate"
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "NotTLS"
	case courier.IsAlert(err):
		return "RefusesTLS"
	case errors.Is(err, courier.ErrStalled):
		return "Stalled"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "StoreDown"
	case errors.Is(err, context.DeadlineExceeded):
		return "TimedOut"
	}
	var network net.Error
	if errors.As(err, &network) || errors.As(err, &op) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || strings.Contains(err.Error(), "EOF") {
		if network != nil && network.Timeout() {
			return "TimedOut"
		}
		return "ConnectionLost"
	}
	return ""
}

// ledgerTrouble says why sent files are not recorded.
func ledgerTrouble(err error, path string) *Trouble {
	a := args{"Path": path}
	switch {
	case errors.Is(err, ledger.ErrNewer):
		return trouble("LedgerNewer", a, err)
	case errors.Is(err, ledger.ErrCorrupt):
		return trouble("LedgerCorrupt", a, err)
	case errors.Is(err, ledger.ErrReadOnly):
		return trouble("LedgerReadOnly", a, err)
	case errors.Is(err, ledger.ErrSecret):
		return trouble("LedgerSecret", a, err)
	}
	return trouble("LedgerFailed", a, err)
}

// skewOf reads from a refusal by how much this machine's clock is off; ok is false when the refusal has
// nothing to do with the clock.
func skewOf(err error, now time.Time) (store time.Time, ok bool) {
	r, found := refusalIn(err)
	if !found || r.date.IsZero() || r.date.Sub(now).Abs() < time.Minute {
		return time.Time{}, false
	}
	if !r.aboutClock() {
		return time.Time{}, false
	}
	return r.date, true
}

// Explain turns any error that a job gave back into words; nil stays nil.
func Explain(err error) *Trouble { return explain(err, scene{}) }

// String is for logs: code and detail.
func (t *Trouble) String() string { return fmt.Sprintf("%s: %s", t.Code, t.Detail) }
