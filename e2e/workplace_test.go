//go:build linux

package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// workplace is the desktop of somebody who has one profile, "work". Its store is a sandbox that runs elsewhere,
// and the road to it is the test's to make slow or to close.
type workplace struct {
	*desktop
	store *store
	road  *road
}

func newWorkplace(t *testing.T, width, height int) *workplace {
	t.Helper()
	needWindow(t)
	elsewhere := newShell(t)
	p := &workplace{desktop: newDesktop(t, width, height), store: elsewhere.store()}
	p.store.makeBucket("team-share")
	p.road = newRoad(t, strings.TrimPrefix(p.store.endpoint, "http://"), 1<<40)
	p.write([]byte("[profile work]\nregion = "+p.store.region+"\nendpoint_url = "+p.road.url()+"\n"), ".aws", "config")
	p.write([]byte("[work]\naws_access_key_id = "+p.store.keyID+"\naws_secret_access_key = "+p.store.secret+"\n"), ".aws", "credentials")
	p.remember("system")
	return p
}

// remember lays down what Waybill remembers of an earlier start.
func (p *workplace) remember(appearance string) {
	p.t.Helper()
	text, err := json.Marshal(map[string]any{
		"appearance":  appearance,
		"destination": map[string]any{"profile": "work", "bucket": "team-share", "prefix": "alice/2026-11/"},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(text, "waybill", "settings.json")
}
