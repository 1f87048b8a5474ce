//go:build linux

package e2e

import "image"

// Larger than this, in pixels, no letter of a window is.
const letterWidth, letterHeight = 60, 32

// separateInk turns a picture of a window into black text on white paper, whatever the colours were. What is
// of one lightness and larger than a letter is ground: the window, a card, a button, a chip. What is small and
// unlike the ground around it is ink. So white words on a blue button and a dark window read as well as black
// on white.
func separateInk(picture *image.RGBA) *image.Gray {
	light := lightness(picture)
	const unknown = -1
	ground := make([]int, len(light.Pix))
	for i := range ground {
		ground[i] = unknown
	}
	var front []int // pixels whose ground is known, to be asked for their neighbours'
	pieces(light, func(a, b uint8) bool { return max(a, b)-min(a, b) <= 3 }, func(piece []int, size image.Point) {
		if size.X <= letterWidth && size.Y <= letterHeight {
			return
		}
		for _, at := range piece {
			ground[at] = int(light.Pix[at])
		}
		front = append(front, piece...)
	})
	ink := image.NewGray(light.Rect)
	for len(front) > 0 {
		var next []int
		for _, at := range front {
			difference := int(light.Pix[at]) - ground[at]
			ink.Pix[at] = uint8(255 - min(255, max(difference, -difference)*3/2))
			for _, beside := range neighbours(light, at) {
				if ground[beside] == unknown {
					ground[beside] = ground[at]
					next = append(next, beside)
				}
			}
		}
		front = next
	}
	removeFrames(ink)
	return ink
}

// lightness is the picture without its colours.
func lightness(picture *image.RGBA) *image.Gray {
	light := image.NewGray(image.Rectangle{Max: picture.Rect.Size()})
	for y := range light.Rect.Dy() {
		row := picture.Pix[y*picture.Stride:]
		for x := range light.Rect.Dx() {
			r, g, b := int(row[4*x]), int(row[4*x+1]), int(row[4*x+2])
			light.Pix[y*light.Stride+x] = uint8((299*r + 587*g + 114*b) / 1000)
		}
	}
	return light
}

// removeFrames wipes off what hangs together and is too large for a letter: edges of buttons, dividing lines,
// progress bars. Tesseract takes them for letters, and the words beside them for parts of a drawing.
func removeFrames(ink *image.Gray) {
	const faint = 215 // lighter than this is the soft edge of something
	pieces(ink, func(a, b uint8) bool { return a <= faint && b <= faint }, func(piece []int, size image.Point) {
		if size.X > letterWidth || size.Y > letterHeight {
			for _, at := range piece {
				ink.Pix[at] = 255
			}
		}
	})
}

// pieces takes a picture apart into what hangs together, pixel by pixel.
func pieces(picture *image.Gray, together func(a, b uint8) bool, take func(piece []int, size image.Point)) {
	seen := make([]bool, len(picture.Pix))
	var piece []int
	for start := range picture.Pix {
		if seen[start] {
			continue
		}
		seen[start] = true
		piece = append(piece[:0], start)
		bounds := image.Rectangle{}
		for i := 0; i < len(piece); i++ {
			x, y := piece[i]%picture.Stride, piece[i]/picture.Stride
			bounds = bounds.Union(image.Rect(x, y, x+1, y+1))
			for _, beside := range neighbours(picture, piece[i]) {
				if !seen[beside] && together(picture.Pix[piece[i]], picture.Pix[beside]) {
					seen[beside] = true
					piece = append(piece, beside)
				}
			}
		}
		take(piece, bounds.Size())
	}
}

// neighbours are the pixels above, below and beside. One that is not there is the pixel itself.
func neighbours(picture *image.Gray, at int) (beside [4]int) {
	beside = [4]int{at, at, at, at}
	x, width := at%picture.Stride, picture.Stride
	if x > 0 {
		beside[0] = at - 1
	}
	if x < width-1 {
		beside[1] = at + 1
	}
	if at >= width {
		beside[2] = at - width
	}
	if at+width < len(picture.Pix) {
		beside[3] = at + width
	}
	return beside
}

// enlargeGray makes a picture larger, with soft edges: between pixels it takes the middle.
func enlargeGray(small *image.Gray, factor int) *image.Gray {
	width, height := small.Rect.Dx(), small.Rect.Dy()
	large := image.NewGray(image.Rect(0, 0, width*factor, height*factor))
	for y := range height * factor {
		y0, fy := y/factor, y%factor
		y1 := min(y0+1, height-1)
		for x := range width * factor {
			x0, fx := x/factor, x%factor
			x1 := min(x0+1, width-1)
			at := func(x, y int) int { return int(small.Pix[y*small.Stride+x]) }
			above := at(x0, y0)*(factor-fx) + at(x1, y0)*fx
			below := at(x0, y1)*(factor-fx) + at(x1, y1)*fx
			large.Pix[y*large.Stride+x] = uint8((above*(factor-fy) + below*fy) / (factor * factor))
		}
	}
	return large
}
