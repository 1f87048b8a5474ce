package desk_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// TestSettingsThatAreLeftOut: a store that takes files and leaves out what was asked for besides is told of, once a drop.
func TestSettingsThatAreLeftOut(t *testing.T) {
	for want, u := range map[string]desk.UploadSettings{
		"IgnoredStorageClass": {StorageClass: "STANDARD_IA"},
		"IgnoredTags":         {Tags: map[string]string{"a": "b"}},
		"IgnoredHeaders":      {Metadata: map[string]string{"a": "b"}},
	} {
		t.Run(want, func(t *testing.T) {
			_, keys := sandboxProfile()
			endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
				switch answer := httptest.NewRecorder(); {
				case r.URL.Query().Has("tagging"):
					_, _ = w.Write([]byte("<Tagging><TagSet></TagSet></Tagging>"))
				case r.Method == http.MethodHead:
					pass(answer)
					for name, values := range answer.Header() {
						if !strings.HasPrefix(name, "X-Amz-Meta-") && name != "X-Amz-Storage-Class" {
							w.Header()[name] = values
						}
					}
					w.WriteHeader(answer.Code)
				default:
					pass(w)
				}
			})
			isolate(t, "[default]\nendpoint_url = "+endpoint+"\n", keys)
			d := openDesk(t, desk.Options{})
			dir := t.TempDir()
			for _, name := range []string{"a.txt", "b.txt"} {
				write(t, filepath.Join(dir, name), name)
			}
			to := desk.Destination{Bucket: sandbox.Bucket, Prefix: dest(t).Prefix}
			drop := d.Send(t.Context(), to, desk.SendOptions{Expires: time.Hour, Upload: &u}, []string{dir})
			for _, s := range collect(t, drop) {
				if s.State != desk.Sent || s.Trouble != nil {
					t.Errorf("%s: %s, %v", s.Name, s.State, s.Trouble)
				}
			}
			if n := drop.Notices(); len(n) != 1 || desk.CodeOf(n[0]) != want {
				t.Errorf("%v", n)
			}
		})
	}
}

// TestReachInWords: what works near here only is said of one link and of several.
func TestReachInWords(t *testing.T) {
	for reach, says := range map[desk.Reach]string{desk.ReachComputer: "only on this computer.", desk.ReachNetwork: "only in this network."} {
		if one, many := desk.Said(*reach.Says(1)), desk.Said(*reach.Says(2)); one != "This link works "+says || many != "These links work "+says {
			t.Errorf("%q, %q", one, many)
		}
	}
	if desk.ReachAnywhere.Says(1) != nil || desk.ReachUnknown.Says(1) != nil {
		t.Error("of what works anywhere, or may, something is said")
	}
}
