package desk

import (
	"context"
	"time"
)

// Arrival is a file that has come by a request.
type Arrival struct {
	Request     string // the request's ID
	Key         string // whole
	Name        string // as a person reads it; the sender chose it
	Size        int64  // bytes
	ContentType string
	Checksum    string // "crc64nvme:…", or "" where the store has none
	Came        time.Time
	New         bool // not seen yet: SawArrivals was not called since it came
	Gone        bool // it was there, and is not any more
	TooLarge    bool // larger than the request asked for: a URL for one file cannot forbid that
	Unasked     bool // of a kind that the request did not ask for
}

// Arrivals asks the store what has come by a request, oldest first, and writes it down. Who was not told of it yet sees
// it as New until SawArrivals.
func (d *Desk) Arrivals(ctx context.Context, id string) ([]Arrival, error) { return nil, notYet() }

// KnownArrivals is Arrivals as of the last look. It asks no store.
func (d *Desk) KnownArrivals(ctx context.Context, id string) ([]Arrival, error) {
	return nil, notYet()
}

// SawArrivals says that the person has seen what has arrived so far.
func (d *Desk) SawArrivals(ctx context.Context, id string) error { return notYet() }

// News is what has come by a request since the last look at the store, by whomever that was.
type News struct {
	Request  Request
	Arrivals []Arrival // only those that came since
	Trouble  *Trouble  // why the store could not be asked
}

// LookForArrivals asks the stores of all open requests, and once more those that have ended since they were last asked.
// It gives those with something to tell, and tidies up after the ended ones: page, unfinished uploads, policy.
func (d *Desk) LookForArrivals(ctx context.Context) ([]News, error) { return nil, notYet() }

// Downloaded is one file on its way from the bucket to a folder.
type Downloaded struct {
	Arrival Arrival
	Path    string // where it is, or will be
	Done    int64  // bytes
	Over    bool
	Skipped bool     // it was there already, whole
	Trouble *Trouble // why it is not there
}

// Download brings what has arrived into a folder of this computer: all of it, or what keys name. Nothing is
// overwritten, names are made safe for this system, and what is there whole already is skipped. progress is called from
// one goroutine, for each file now and then and once when it is Over; nil is none. The error is for what concerns all.
func (d *Desk) Download(ctx context.Context, id, folder string, keys []string, progress func(Downloaded)) ([]Downloaded, error) {
	return nil, notYet()
}
