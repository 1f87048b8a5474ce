package desk_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"waybill/internal/desk"
)

// TestAnInterruptedReportBlamesNobody: that a store did not answer because nobody waited for it is not its fault.
func TestAnInterruptedReportBlamesNobody(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	isolate(t, "[default]\nendpoint_url = "+s.URL+"\n", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
	begun := time.Now()
	report := desk.Examine(ctx, openDesk(t, desk.Options{}), desk.Examination{})
	if len(report.Findings) > 0 {
		t.Errorf("%s", report.Text())
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it went on for %v", took)
	}
	for _, p := range report.Parts {
		interrupted := p.Name == desk.PartStore || p.Name == desk.PartTroubles
		if said := p.Facts[0].Value == "the report was interrupted"; said != interrupted {
			t.Errorf("%s: %v", p.Name, p.Facts)
		}
	}
}
