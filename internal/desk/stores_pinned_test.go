package desk_test

import (
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// TestPasswordOfAnEndpointIsNotKept: nobody signs with it, and the ledger is no place for one.
func TestPasswordOfAnEndpointIsNotKept(t *testing.T) {
	_, credentials := sandboxProfile()
	isolate(t, "", credentials)
	d := openDesk(t, desk.Options{})
	to := dest(t)
	to.Store = desk.Store{Endpoint: strings.Replace(store.Endpoint(), "http://", "http://bob:planted@", 1)}
	sent := sendOne(t, d, to, desk.SendOptions{}, "a.txt", "hello")
	if e := entry(t, d, sent.ID); e.Destination.Endpoint != store.Endpoint() {
		t.Errorf("the ledger has %q", e.Destination.Endpoint)
	}
	if renewed := d.Renew(t.Context(), sent.ID, time.Hour, desk.VerifyAuto); renewed.Trouble != nil || !renewed.Link.Verified {
		t.Errorf("%+v", renewed)
	}
}
