package desk

import (
	"image"
	"time"
)

// Turns is the moment after now at which the entry's standing changes by itself, the zero time where it does not.
func (e Entry) Turns(now time.Time) time.Time {
	switch e.Standing(now) {
	case Live: // its last part begins when less than that is left
		return e.Last().Add(1 - max(soonAtLeast, e.Asked/7))
	case EndingSoon:
		return e.Last()
	}
	return time.Time{}
}

// RemindAt is when a person is to be told that the entry's link ends, if they want to know that long before; the zero
// time where there is nothing to tell: before is 0, there is no link, nobody knows its end, or it never lasted as long.
func (e Entry) RemindAt(before time.Duration) time.Time {
	if before <= 0 || e.State != Sent || !e.Revoked.IsZero() || e.Refused() || e.Ends.IsZero() || e.Ends.Sub(e.Signed) <= before {
		return time.Time{}
	}
	return e.Ends.Add(-before)
}

// QRModules is the picture that QR has made with one pixel for each module, for whoever draws it in another size.
func QRModules(picture image.Image) *image.Gray {
	bounds := picture.Bounds()
	dark := func(x, y int) bool {
		light, _, _, _ := picture.At(bounds.Min.X+x, bounds.Min.Y+y).RGBA()
		return light < 0x8000
	}
	pixels := 0 // of a module: on the diagonal, the first dark one follows the quiet zone
	for pixels < bounds.Dx() && !dark(pixels, pixels) {
		pixels++
	}
	pixels = max(pixels/quietZone, 1)
	n := bounds.Dx() / pixels
	modules := image.NewGray(image.Rect(0, 0, n, n))
	for y := range n {
		for x := range n {
			if !dark(x*pixels+pixels/2, y*pixels+pixels/2) {
				modules.Pix[modules.PixOffset(x, y)] = 0xFF
			}
		}
	}
	return modules
}
