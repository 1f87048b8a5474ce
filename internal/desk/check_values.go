package desk

import (
	"strconv"
	"time"
)

// Numbers in a check's sentences. Each says how the command line writes it; the window writes them as people do where it
// stands.

// Rate is a number of bytes a second.
type Rate float64

// String writes it as the command line does.
func (r Rate) String() string {
	switch {
	case r >= 1e9:
		return strconv.FormatFloat(float64(r)/1e9, 'f', 1, 64) + " GB/s"
	case r >= 1e6:
		return strconv.FormatFloat(float64(r)/1e6, 'f', 1, 64) + " MB/s"
	}
	return strconv.FormatFloat(float64(r)/1e3, 'f', 0, 64) + " kB/s"
}

// Moment is a point in time, in a sentence.
type Moment time.Time

// String writes it as the command line does.
func (m Moment) String() string { return time.Time(m).Local().Format("2 Jan 2006 15:04") }

// Took is a measured time.
type Took time.Duration

// String writes it in milliseconds, which are what networks are compared by.
func (t Took) String() string {
	ms := float64(t) / float64(time.Millisecond)
	if ms < 10 {
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	}
	return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
}
