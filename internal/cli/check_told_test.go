package cli

import (
	"testing"

	"waybill/internal/desk"
)

// TestCheckThatEndsWhileItAsks: once the steps are over, a question that is still in the way brings no more lines.
func TestCheckThatEndsWhileItAsks(t *testing.T) {
	events := make(chan desk.CheckStep, 2)
	events <- desk.CheckStep{ID: "name"}
	events <- desk.CheckStep{ID: "tls"}
	close(events)
	var ids []string
	told(events, func(s desk.CheckStep) {
		if ids = append(ids, s.ID); len(ids) > 2 {
			t.Fatalf("%q", ids)
		}
	})
	if len(ids) != 2 {
		t.Errorf("%q", ids)
	}
}
