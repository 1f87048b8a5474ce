//go:build linux

package e2e

import (
	"testing"
	"time"
)

// Time limits, generous because the machine may be busy with something else. A test that goes well never
// takes this long.
const (
	soon   = 30 * time.Second // something on this machine answers
	inTime = 90 * time.Second // a file has been sent, or a window has come up
)

// await asks again and again until the answer is yes. The answer says also what was seen, for the message
// that a person reads when it never came.
func await(t testing.TB, within time.Duration, what string, look func() (yes bool, seen string)) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		yes, seen := look()
		if yes {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s; seen instead:\n%s", within, what, seen)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
