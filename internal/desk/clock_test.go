package desk_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/teststore"
)

// TestWrongClockEverywhere: with a clock that is hours off, MinIO, which is strict about it in both directions, gets
// signatures by its own time: of many files at once, of links, of renewals and of requests. A person hears of it once.
func TestWrongClockEverywhere(t *testing.T) {
	m := teststore.StartMinIO(t, false)
	for name, off := range map[string]time.Duration{"ahead of": 3*time.Hour + 7*time.Minute, "behind": -26 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			minioProfile(t, m, m.Key, m.Secret, "", "")
			wrong := func() time.Time { return time.Now().Add(off) }
			at := func() *desk.Desk { return openDesk(t, desk.Options{Now: wrong}) }
			amount := map[string]string{"ahead of": "3 h 7 min", "behind": "1 d 2 h"}[name]
			said := func(t *testing.T, told *desk.Trouble) {
				t.Helper()
				if code(told) != "ClockCorrected" || !strings.Contains(told.Error(), amount+" "+name) {
					t.Errorf("%v", told)
				}
			}
			good := func(t *testing.T, l *desk.Link) {
				t.Helper()
				if l == nil {
					t.Fatal("no link")
				}
				if _, _, status := download(t, l.URL); status != http.StatusOK || time.Until(l.Ends) > time.Hour || time.Until(l.Ends) < 55*time.Minute {
					t.Errorf("status %d, it ends in %v", status, time.Until(l.Ends))
				}
			}
			ctx := context.Background()
			to := desk.Destination{Bucket: teststore.Bucket, Prefix: t.Name()}
			d := at()
			dir := filepath.Join(t.TempDir(), "many")
			for i := range 40 {
				write(t, filepath.Join(dir, fmt.Sprint(i)), "hello")
			}
			drop := d.Send(ctx, to, desk.SendOptions{Expires: time.Hour, Verify: desk.VerifyAll}, []string{dir})
			var sent desk.Transfer
			for _, s := range collect(t, drop) {
				if s.State != desk.Sent || !s.Link.Verified {
					t.Errorf("%s: %v", s.Name, s.Trouble)
				}
				sent = s
			}
			if n := drop.Notices(); len(n) != 1 {
				t.Errorf("%d notices", len(n))
			} else {
				said(t, n[0])
			}
			if again := d.ClockTrouble(); again != nil {
				t.Errorf("said twice: %v", again)
			}
			good(t, sent.Link)

			// A link to what is there, also when nobody tries it: looking at the object has told the time.
			for _, v := range []desk.Verify{desk.VerifyAll, desk.VerifyNone} {
				d := at()
				made := d.LinkTo(ctx, desk.Store{}, to.Bucket, sent.Key, desk.SendOptions{Expires: time.Hour, Verify: v})
				if made.Trouble != nil {
					t.Fatal(made.Trouble)
				}
				said(t, d.ClockTrouble())
				good(t, made.Link)
				again := d.Renew(ctx, made.ID, time.Hour, desk.VerifyAll)
				if again.Trouble != nil {
					t.Fatal(again.Trouble)
				}
				good(t, again.Link)
			}

			d = at()
			ways, err := d.Request(ctx, to, desk.RequestOptions{From: "Alice", Expires: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			said(t, d.ClockTrouble())
			if _, _, status := download(t, ways.PageURL); status != http.StatusOK || !ways.Verified || time.Until(ways.Ends) > time.Hour {
				t.Errorf("%d, %v, %v", status, ways.Verified, ways.Ends)
			}
		})
	}
}

// TestClockThatCannotBeCorrected: where the store does not tell its time, or tells another than it goes by, the refusal
// stands, with what is known of the clock.
func TestClockThatCannotBeCorrected(t *testing.T) {
	for name, c := range map[string]struct {
		date string // in place of the store's; "" is none
		want string
	}{
		"no date":      {"", "This computer's clock and the store's are too far apart."},
		"another date": {time.Now().Add(-8 * time.Hour).UTC().Format(http.TimeFormat), "This computer's clock is 5 h ahead of the store's."},
	} {
		t.Run(name, func(t *testing.T) {
			atStore(t)
			to := dest(t)
			to.Endpoint = tampering(t, func(w http.ResponseWriter, _ *http.Request, pass func(http.ResponseWriter)) {
				said := httptest.NewRecorder()
				pass(said)
				for name, values := range said.Header() {
					w.Header()[name] = values
				}
				w.Header()["Date"] = nil
				if c.date != "" {
					w.Header().Set("Date", c.date)
				}
				w.WriteHeader(said.Code)
				_, _ = io.Copy(w, said.Body)
			})
			d := openDesk(t, desk.Options{Now: func() time.Time { return time.Now().Add(-3 * time.Hour) }})
			path := filepath.Join(t.TempDir(), "a.txt")
			write(t, path, "hello")
			s := one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour}, path))
			if code(s.Trouble) != "RequestTimeTooSkewed" || s.Trouble.Error() != c.want {
				t.Errorf("%s, %v: %s", s.State, s.Trouble, s.Trouble.Detail)
			}
		})
	}
}

// TestLateSignature: the clock is right, and the signature had ended when it came, as on a very slow way.
func TestLateSignature(t *testing.T) {
	atStore(t)
	put(t, "late/a.txt", "hello")
	to := desk.Store{Endpoint: tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodGet {
			<-time.After(2100 * time.Millisecond) // the store counts in seconds, and no less will do
		}
		pass(w)
	})}
	made := openDesk(t, desk.Options{}).LinkTo(context.Background(), to, "sandbox", "late/a.txt", desk.SendOptions{Expires: time.Second})
	if code(made.Trouble) != "LinkNotTried" {
		t.Errorf("%v", made.Trouble)
	}
	if cause := desk.Explain(made.Trouble.Cause); code(cause) != "SignatureEnded" {
		t.Errorf("%v", cause)
	}
}

// TestOneMeasureOfTheClock: the report of the doctor and the look at a destination hold this computer's clock against the
// store's alike, and say it in the same words.
func TestOneMeasureOfTheClock(t *testing.T) {
	const off, words = -3*time.Hour - 7*time.Minute, "3 h 7 min behind the store's"
	atStore(t)
	d := openDesk(t, desk.Options{Now: func() time.Time { return time.Now().Add(off) }})
	report := desk.Examine(t.Context(), d, desk.Examination{})
	told := slices.ContainsFunc(report.Findings, func(f desk.Finding) bool {
		return code(f.Trouble) == "ClockOff" && strings.Contains(f.Error(), words)
	})
	measured := slices.ContainsFunc(report.Parts, func(p desk.Part) bool {
		return slices.ContainsFunc(p.Facts, func(f desk.Fact) bool {
			got, err := time.ParseDuration(strings.TrimSuffix(f.Value, " behind the store's"))
			return f.Name == "clock" && err == nil && (got+off).Abs() <= time.Second
		})
	})
	if !told || !measured {
		t.Errorf("%s", report.Text())
	}
	_, steps := checked(t, d, dest(t), desk.CheckOptions{ReadOnly: true})
	s := steps["clock"]
	if code(s.Trouble) != "ClockCorrected" || !strings.Contains(s.Trouble.Error(), words) || !strings.Contains(s.Result.String(), words) ||
		(s.Facts.ClockOff-off).Abs() > time.Second {
		t.Errorf("%v, %s, %v", s.Facts.ClockOff, s.Result, s.Trouble)
	}
}
