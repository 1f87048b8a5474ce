// Package update finds out whether there is a newer Waybill: it reads a manifest from a URL that was set when the
// program was built, and believes it only with a signature by the key that was set with it. It installs nothing.
//
// The signature is minisign's (https://jedisct1.github.io/minisign/), in a file of its own beside the manifest: whoever
// wants to can check it with a tool that is not ours, and the same key signs the checksums of a release.
package update

import (
	"errors"

	"github.com/jedisct1/go-minisign"
)

// Source is where the manifest lies and who signs it. The zero value is a build that looks nowhere.
type Source struct {
	URL string // https; plain http to a loopback address only. The signature is at URL + ".minisig"
	Key string // the public key as minisign writes it, in base64: the second line of its file
}

// Set reports whether this build can look for a newer one at all.
func (s Source) Set() bool { return s.URL != "" && s.Key != "" }

// What may be wrong with what was fetched. None of these texts holds anything of an unsigned manifest.
var (
	ErrKey         = errors.New("the public key of this build is none of minisign's")
	ErrAddress     = errors.New("not an https address")
	ErrTooLarge    = errors.New("larger than a manifest may be")
	ErrSignature   = errors.New("the signature is not by the key of this build")
	ErrManifest    = errors.New("the manifest is not as it should be")
	ErrNewerFormat = errors.New("the manifest has a form that this version does not know")
	ErrExpired     = errors.New("the manifest has expired")
	ErrOlder       = errors.New("the manifest is older than one that was seen before")
)

// key reads the public key.
func (s Source) key() (minisign.PublicKey, error) {
	key, err := minisign.NewPublicKey(s.Key)
	if err != nil {
		return key, ErrKey
	}
	return key, nil
}
