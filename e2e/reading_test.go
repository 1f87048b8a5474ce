//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os/exec"
	"strconv"
	"strings"
)

// enlarge is how much larger than on the screen tesseract gets the text: it was trained on scanned pages,
// where letters have some thirty pixels, not twelve.
const enlarge = 2

// word is a word on the screen and where it stands there.
type word struct {
	text string
	box  image.Rectangle
}

// line is words that stand on one line, near each other.
type line []word

func (l line) String() string {
	texts := make([]string, len(l))
	for i, w := range l {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

func (l line) box() (all image.Rectangle) {
	for _, w := range l {
		all = all.Union(w.box)
	}
	return all
}

// readText reads a picture of a screen as a person would, line by line.
func readText(ctx context.Context, picture *image.RGBA) ([]line, error) {
	ink := separateInk(picture)
	large := enlargeGray(ink, enlarge)
	var in bytes.Buffer
	fmt.Fprintf(&in, "P5\n%d %d\n255\n", large.Rect.Dx(), large.Rect.Dy())
	in.Write(large.Pix)
	// Page segmentation 11 finds text wherever it is, which is what a window is like.
	cmd := exec.CommandContext(ctx, "tesseract", "stdin", "stdout", "--psm", "11", "--dpi", "192", "-l", "eng", "tsv")
	cmd.Env = append(cmd.Environ(), "OMP_THREAD_LIMIT=1") // its threads wait for each other more than they work
	cmd.Stdin = &in
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(err, errors.New(complaint.String()))
	}
	return parseTSV(out, picture.Rect.Min)
}

// parseTSV takes tesseract's table of words. Columns 1 to 4 number page, block, paragraph and line, 6 to 9 are
// the box, 11 is the text.
func parseTSV(table []byte, origin image.Point) ([]line, error) {
	var lines []line
	last := ""
	rows := bufio.NewScanner(bytes.NewReader(table))
	for rows.Scan() {
		columns := strings.Split(rows.Text(), "\t")
		if len(columns) != 12 || columns[0] != "5" || strings.TrimSpace(columns[11]) == "" {
			continue // not a word
		}
		var box [4]int
		for i := range box {
			n, err := strconv.Atoi(columns[6+i])
			if err != nil {
				return nil, fmt.Errorf("read tesseract's table: %w", err)
			}
			box[i] = n / enlarge
		}
		at := image.Pt(box[0], box[1]).Add(origin)
		w := word{columns[11], image.Rectangle{Min: at, Max: at.Add(image.Pt(box[2], box[3]))}}
		if number := strings.Join(columns[1:5], "."); number == last {
			lines[len(lines)-1] = append(lines[len(lines)-1], w)
		} else {
			lines, last = append(lines, line{w}), number
		}
	}
	return lines, rows.Err()
}
