//go:build !linux

package courier

import "errors"

// canSendFile: other systems do not tell how far they are while they send.
const canSendFile = false

func newFileBody(string, piece, func(int64), *watch) (body, error) { return nil, errors.ErrUnsupported }
