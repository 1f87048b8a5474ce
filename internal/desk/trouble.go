package desk

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

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
	name := path.Base(cmp.Or(s.key, s.bucket)) // where there is no file on this machine
	if s.path != "" {
		name = filepath.Base(s.path)
	}
	return args{
		"Profile": profile, "Bucket": s.bucket, "Key": visible(s.key), "Name": visible(name),
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
			t := trouble(code, a, err)
			t.SignIn = s.signIn(t)
			return t
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
func ofSigner(err error, s scene, a args) string {
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
	case errors.Is(err, signer.ErrEndpointParts):
		return "EndpointParts"
	case errors.Is(err, signer.ErrEndpoint):
		return "Endpoint"
	case errors.Is(err, signer.ErrKeyTooLong):
		return "KeyTooLongError"
	case errors.Is(err, signer.ErrKeyEmpty), errors.Is(err, signer.ErrKeyDots), errors.Is(err, signer.ErrKeySlash),
		errors.Is(err, signer.ErrKeyEncoding):
		return "KeyName"
	case errors.Is(err, signer.ErrBucketName) && strings.HasPrefix(strings.ToLower(s.bucket), "s3://"):
		return "BucketAddress"
	case errors.Is(err, signer.ErrBucketName):
		return "BucketName"
	case errors.Is(err, signer.ErrProfile):
		return "ProfileSetup"
	case file != nil:
		return "ConfigFile"
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
		a["Path"] = inTheWay(path)
		return trouble("LedgerReadOnly", a, err)
	case errors.Is(err, ledger.ErrSecret):
		return trouble("LedgerSecret", a, err)
	}
	return trouble("LedgerFailed", a, err)
}

// Explain turns any error that a job gave back into words; nil stays nil.
func Explain(err error) *Trouble { return explain(err, scene{}) }

// String is for logs: code and detail.
func (t *Trouble) String() string { return fmt.Sprintf("%s: %s", t.Code, t.Detail) }
