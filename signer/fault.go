package signer

import "fmt"

// Fault is why a profile cannot work.
type Fault string

// The faults of profiles. What About of a ProfileError names is said beside each.
const (
	FaultNoSource         Fault = "NoSource"         // role_arn has neither source_profile nor credential_source
	FaultSourceMissing    Fault = "SourceMissing"    // source_profile names a profile that is not there: its name
	FaultLoop             Fault = "Loop"             // profiles name each other in a circle: the way round
	FaultSourceEmpty      Fault = "SourceEmpty"      // the source profile has no credentials: its name
	FaultCredentialSource Fault = "CredentialSource" // credential_source is a word that nobody knows: the word
	FaultNotInEnvironment Fault = "NotInEnvironment" // credential_source is Environment, which has no keys
	FaultNoContainer      Fault = "NoContainer"      // credential_source is EcsContainer, and this is none
	FaultContainerURI     Fault = "ContainerURI"     // the container's address is one that may not be asked: its host
	FaultSSOSession       Fault = "SSOSession"       // sso_session names a section that is not there: its name
	FaultSetting          Fault = "Setting"          // a setting that the profile's kind needs is missing: its name
	FaultDuration         Fault = "Duration"         // duration_seconds is not from 900 to 43,200: what it is
	FaultTokenFile        Fault = "TokenFile"        // the web identity's token file cannot be read: its path
	FaultHalfKeys         Fault = "HalfKeys"         // one of the two keys is missing: its name
)

// ProfileError says why a profile cannot work. It is an ErrProfile.
type ProfileError struct {
	Profile string
	Fault   Fault
	About   string // a name that the fault is about, never a secret
	Err     error  // what the system said, where it said something
}

// Error names profile and fault.
func (e *ProfileError) Error() string {
	text := fmt.Sprintf("profile %q: %s", e.Profile, e.Fault)
	if e.About != "" {
		text += fmt.Sprintf(" (%s)", e.About)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is makes it an ErrProfile.
func (e *ProfileError) Is(target error) bool { return target == ErrProfile }

// Unwrap gives what the system said.
func (e *ProfileError) Unwrap() error { return e.Err }
