package desk

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"waybill/signer"
)

// ofCredentials knows what can be wrong on the way from a profile to its credentials.
func ofCredentials(err error, a args) string {
	if code := ofSignIn(err, a); code != "" {
		return code
	}
	var fault *signer.ProfileError
	if errors.As(err, &fault) {
		a["Profile"], a["About"] = fault.Profile, fault.About
		if code := "Profile" + string(fault.Fault); rows()[code] != (row{}) {
			return code
		}
		return "ProfileSetup"
	}
	var code *signer.CodeError
	if errors.As(err, &code) {
		a["Profile"], a["Device"] = code.Profile, code.Serial
		if code.Wrong {
			return "MFAWrong"
		}
		return "MFA"
	}
	var out *signer.SignedOutError
	if errors.As(err, &out) {
		a["Profile"] = out.Profile
		a["Ends"] = inMinutes(out.Ended)
		return signedOut(out.Kind)
	}
	var set *signer.PermissionSetError
	if errors.As(err, &set) {
		a["Profile"], a["Account"], a["Role"] = set.Profile, set.Account, set.Role
		return "PermissionSet"
	}
	var role *signer.RoleError
	if errors.As(err, &role) {
		a["Profile"], a["Role"] = role.Profile, role.Role
		return ofSTS(err, a)
	}
	var process *signer.ProcessError
	if errors.As(err, &process) {
		a["Profile"] = process.Profile
		return ofProcess(err)
	}
	var failed *signer.CredentialsError
	if !errors.As(err, &failed) || errors.Is(err, signer.ErrNoCredentials) {
		return ""
	}
	if r, answered := refusalIn(err); answered { // by a service that is no store
		if code := ofService(r, a); code != "" {
			return code
		}
		return "CredentialsFailed"
	}
	if code := ofNetwork(err, scene{}, a); code != "" && !errors.Is(err, context.Canceled) {
		return code
	}
	return "CredentialsFailed"
}

// signedOut is the code of what there is to say where nobody is signed in: who has to do what is a matter of the kind of
// credentials that lacks a session.
func signedOut(kind signer.Kind) string {
	switch kind {
	case signer.KindLogin:
		return "SignedOutLogin"
	case signer.KindSession:
		return "SessionOver"
	case signer.KindEnvironment:
		return "SessionOverEnvironment"
	}
	return "SignedOut"
}

// ofSignIn knows what becomes of signing in.
func ofSignIn(err error, a args) string {
	switch {
	case errors.Is(err, signer.ErrSignInDenied):
		return "SignInDenied"
	case errors.Is(err, signer.ErrSignInTimeout):
		return "SignInTimeout"
	case errors.Is(err, signer.ErrNotSSO):
		return "SignInNotNeeded"
	}
	var service *signer.SignInError
	if r, answered := refusalIn(err); errors.As(err, &service) && answered {
		return cmp.Or(ofService(r, a), "SignInFailed")
	}
	return ""
}

// ofService knows what the services that give credentials have in common: whoever answers in their place, their clock, and
// too much to do.
func ofService(r refusal, a args) string {
	a["Status"], a["Host"] = r.status, "AWS"
	switch code := ofStranger(r); code {
	case "":
	case "NotAStore": // AWS has no web pages there
		return "CaptivePortal"
	default:
		return code
	}
	if code := r.ofClock(a); code != "" {
		return code
	}
	if row := rowOf(r.code); r.status >= http.StatusInternalServerError || r.status == http.StatusTooManyRequests || row == "SlowDown" || row == "InternalError" {
		return "CredentialsBusy"
	}
	return ""
}

func ofProcess(err error) string {
	switch {
	case errors.Is(err, signer.ErrProcessTimeout):
		return "ProcessTimeout"
	case errors.Is(err, signer.ErrProcessMissing):
		return "ProcessMissing"
	case errors.Is(err, signer.ErrProcessOutput):
		return "ProcessOutput"
	}
	return "ProcessFailed"
}

// ofSTS knows why a role is not assumed.
func ofSTS(err error, a args) string {
	r, answered := refusalIn(err)
	if !answered {
		return ofNetwork(err, scene{}, a)
	}
	if code := ofService(r, a); code != "" {
		return code
	}
	switch r.code {
	case "AccessDenied":
		return "RoleDenied"
	case "ExpiredTokenException", "InvalidIdentityToken", "IDPRejectedClaim": // AssumeRoleWithWebIdentity's words
		return "WebIdentityEnded"
	case "IDPCommunicationError":
		return "IdentityProvider"
	case "ExpiredToken": // of the session that assumes the role
		return "ExpiredToken"
	case "InvalidClientTokenId", "InvalidAccessKeyId":
		return "InvalidAccessKeyId"
	case "SignatureDoesNotMatch":
		return "SignatureDoesNotMatch"
	}
	a["Message"] = r.quoted()
	return "RoleRefused"
}
