package desk_test

import (
	"image"
	"testing"
	"time"

	scale "golang.org/x/image/draw"

	"waybill/internal/desk"
)

// enlarged is a picture with each pixel as a square of n by n.
func enlarged(picture image.Image, n int) image.Image {
	large := image.NewGray(image.Rect(0, 0, n*picture.Bounds().Dx(), n*picture.Bounds().Dy()))
	scale.NearestNeighbor.Scale(large, large.Bounds(), picture, picture.Bounds(), scale.Src, nil)
	return large
}

// TestTurns: between now and the moment that Turns says, the standing stays; at that moment it is another one.
func TestTurns(t *testing.T) {
	made := time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC)
	for _, lasts := range []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 36 * time.Hour, 7 * 24 * time.Hour} {
		e := desk.Entry{State: desk.Sent, Signed: made, Asked: lasts, Ends: made.Add(lasts)}
		unknown := e
		unknown.Ends = time.Time{}
		for _, e := range []desk.Entry{e, unknown} {
			now, turns := made, 0
			for {
				next := e.Turns(now)
				if next.IsZero() {
					break
				}
				if !next.After(now) {
					t.Fatalf("%v: at %v it turns at %v", lasts, now, next)
				}
				before, just, after := e.Standing(now), e.Standing(next.Add(-1)), e.Standing(next)
				if just != before || after == before {
					t.Errorf("%v: %s at %v, %s just before %v, %s then", lasts, before, now, just, next, after)
				}
				now = next
				turns++
			}
			if e.Standing(now) != desk.Ended || turns < 1 || turns > 2 {
				t.Errorf("%v: after %d turns it is %s", lasts, turns, e.Standing(now))
			}
		}
	}
	for _, e := range []desk.Entry{
		{State: desk.Failed}, {State: desk.Sent, Signed: made, Asked: time.Hour, Revoked: made},
		{State: desk.Sent, Signed: made, Asked: time.Hour, TroubleCode: "LinkRefused"},
	} {
		if at := e.Turns(made); !at.IsZero() {
			t.Errorf("%+v turns at %v", e, at)
		}
	}
}

func TestRemindAt(t *testing.T) {
	made := time.Date(2026, 11, 25, 14, 5, 0, 0, time.UTC)
	day := desk.Entry{State: desk.Sent, Signed: made, Asked: 24 * time.Hour, Ends: made.Add(24 * time.Hour)}
	if at := day.RemindAt(time.Hour); !at.Equal(made.Add(23 * time.Hour)) {
		t.Errorf("an hour before the end is %v", at)
	}
	revoked, unknown, failed, refused := day, day, day, day
	revoked.Revoked, unknown.Ends, failed.State, refused.TroubleCode = made, time.Time{}, desk.Failed, "LinkRefused"
	for name, at := range map[string]time.Time{
		"never": day.RemindAt(0), "as long as it lasts": day.RemindAt(24 * time.Hour), "longer": day.RemindAt(48 * time.Hour),
		"revoked": revoked.RemindAt(time.Hour), "unknown": unknown.RemindAt(time.Hour),
		"not sent": failed.RemindAt(time.Hour), "refused": refused.RemindAt(time.Hour),
	} {
		if !at.IsZero() {
			t.Errorf("%s: %v", name, at)
		}
	}
}

// TestQRModules: the modules, drawn again in any size, are the same code.
func TestQRModules(t *testing.T) {
	for _, n := range []int{120, 500, 1200, 2048, 2900} {
		link := presigned(n)
		picture, err := desk.QR(link)
		if err != nil {
			t.Fatal(err)
		}
		modules := desk.QRModules(picture)
		if side := modules.Bounds().Dx(); (side-8-17)%4 != 0 || picture.Bounds().Dx()%side != 0 {
			t.Errorf("%d bytes: %d modules on a side", n, side)
		}
		if got, err := readQR(enlarged(modules, 3)); err != nil || got != link {
			t.Errorf("%d bytes: %q, %v", n, got, err)
		}
	}
}
