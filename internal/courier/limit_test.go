package courier

import (
	"bytes"
	"testing"
	"time"
)

// TestALimitThatComesDuringARead: what was read without a limit passes under the one that has come meanwhile.
func TestALimitThatComesDuringARead(t *testing.T) {
	content := bytes.Repeat([]byte("x"), 3*limitBurst)
	limit := NewLimit(0)
	slow := func(int64) { limit.Set(4 << 20) }
	b := newReadBody(t.Context(), bytes.NewReader(content), piece{size: int64(len(content))}, slow, limit, newWatch(time.Minute, func(error) {}))
	defer b.end(false)
	if n, err := b.Read(make([]byte, len(content))); n != len(content) || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}
