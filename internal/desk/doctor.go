package desk

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Examination is what Examine is told.
type Examination struct {
	Version string
	Store   Store // whose store is asked; the zero value takes the one that was sent to last, else the default profile's
	Offline bool  // nothing is asked over the network, and no credentials are got
	// Opening is why there is no desk, where there is none.
	Opening error
	// About is a failure that the report is about; nil for none.
	About *Trouble
	// Window is what the window says of itself; nil without one.
	Window []Fact
}

// Report is what somebody who helps would want to know. It holds no key, token, signature or password, no home folder and
// no name of the user's: see scrubber.
type Report struct {
	Made     time.Time
	Version  string
	Findings []Finding // what is wrong, gravest part first
	Parts    []Part
}

// Finding is something that is wrong, and what to do about it.
type Finding struct {
	Part string
	*Trouble
}

// Part is one part of a report.
type Part struct {
	Name  string
	Facts []Fact
}

// Fact is a line of a part. Value may have several lines.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// The parts of a report, in their order.
const (
	PartAbout       = "What failed"
	PartProgram     = "Program"
	PartSystem      = "System"
	PartWindow      = "Window"
	PartHome        = "Home"
	PartLedger      = "Ledger"
	PartSettings    = "Settings"
	PartEnvironment = "Environment"
	PartFiles       = "AWS files"
	PartProfiles    = "Profiles"
	PartNetwork     = "Network"
	PartStore       = "Store"
	PartTroubles    = "Last troubles"
)

// How long a part may take.
const (
	partLimit  = 10 * time.Second
	storeLimit = 25 * time.Second
)

// examiner writes one report.
type examiner struct {
	Examination
	d      *Desk // nil where it could not be opened
	store  Store
	report Report
	part   *Part // that is being written
}

// Examine looks at everything that a helper would ask for, and says first what is wrong. d may be nil. Each part says of
// itself when it cannot be had, and the others go on. Nothing is changed, and nobody is asked for anything.
func Examine(ctx context.Context, d *Desk, o Examination) Report {
	x := &examiner{Examination: o, d: d, report: Report{Made: time.Now(), Version: o.Version}}
	if d != nil {
		x.report.Made = d.now()
	}
	x.store = x.storeToAsk()
	hide := newScrubber(append(d.endpoints(), x.store.Endpoint)...) // first: what is read later may change meanwhile, and only shown then
	for _, part := range []struct {
		name  string
		limit time.Duration
		look  func(context.Context)
	}{
		{PartAbout, partLimit, x.about},
		{PartProgram, partLimit, x.program},
		{PartSystem, partLimit, x.system},
		{PartWindow, partLimit, x.window},
		{PartHome, partLimit, x.home},
		{PartLedger, partLimit, x.ledger},
		{PartSettings, partLimit, x.settings},
		{PartEnvironment, partLimit, x.environment},
		{PartFiles, partLimit, x.files},
		{PartProfiles, partLimit, x.profiles},
		{PartNetwork, partLimit, x.network},
		{PartStore, storeLimit, x.askStore},
		{PartTroubles, partLimit, x.troubles},
	} {
		x.look(ctx, part.name, part.limit, part.look)
	}
	return hide.report(x.report)
}

// look writes one part. Whatever goes wrong in it stays in it, and what fails because the person does not want to wait is
// nobody's fault.
func (x *examiner) look(ctx context.Context, name string, limit time.Duration, do func(context.Context)) {
	x.part = &Part{Name: name}
	before := len(x.report.Findings)
	defer func() {
		if fault := recover(); fault != nil {
			x.say("failed", fmt.Sprint(fault))
		}
		if ctx.Err() != nil {
			x.part.Facts, x.report.Findings = []Fact{{"not known", "the report was interrupted"}}, x.report.Findings[:before]
		}
		if len(x.part.Facts) > 0 {
			x.report.Parts = append(x.report.Parts, *x.part)
		}
	}()
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	do(limited)
}

// say adds a fact.
func (x *examiner) say(name, value string) { x.part.Facts = append(x.part.Facts, Fact{name, value}) }

// sayf is say with a format.
func (x *examiner) sayf(name, format string, a ...any) { x.say(name, fmt.Sprintf(format, a...)) }

// wrong adds a finding. The same one is said once.
func (x *examiner) wrong(t *Trouble) {
	same := func(f Finding) bool { return f.Code == t.Code && f.What.String() == t.What.String() }
	if t != nil && !slices.ContainsFunc(x.report.Findings, same) {
		x.report.Findings = append(x.report.Findings, Finding{x.part.Name, t})
	}
}

// fails says a trouble as a fact, and counts it as one that is wrong.
func (x *examiner) fails(name string, t *Trouble) {
	x.say(name, troubleLine(t))
	x.wrong(t)
}

// troubleLine is a trouble in one line.
func troubleLine(t *Trouble) string {
	line := t.Code + ": " + t.What.String()
	if t.Detail != "" {
		line += " [" + t.Detail + "]"
	}
	return line
}

// about is the failure that the report is about.
func (x *examiner) about(context.Context) {
	if x.About == nil {
		return
	}
	x.say("code", x.About.Code)
	x.say("what happened", x.About.What.String())
	x.say("what to do", x.About.Help.String())
	if x.About.Detail != "" {
		x.say("detail", x.About.Detail)
	}
}

// window is what the window says of itself.
func (x *examiner) window(context.Context) { x.part.Facts = append(x.part.Facts, x.Window...) }

// troubles are the last failures that people were told of.
func (x *examiner) troubles(context.Context) {
	if x.d == nil {
		return
	}
	for _, t := range x.d.PastTroubles() {
		line := t.Code
		if t.Times > 1 {
			line += fmt.Sprintf(" ×%d", t.Times)
		}
		if t.Detail != "" {
			line += ": " + t.Detail
		}
		x.say(t.At.Format(time.RFC3339), line)
	}
	if len(x.part.Facts) == 0 {
		x.say("none", "nobody was told of one")
	}
}

// storeToAsk is the store that the report is about.
func (x *examiner) storeToAsk() Store {
	if x.Store != (Store{}) || x.d == nil {
		return x.Store
	}
	return x.d.Settings().Destination.Store
}

// endpoints are the addresses of stores in the settings, and of those that were opened; d may be nil.
func (d *Desk) endpoints() (list []string) {
	if d == nil {
		return nil
	}
	s := d.Settings()
	list = append(list, s.Destination.Endpoint, s.Requests.Destination.Endpoint)
	for _, one := range s.Recent {
		list = append(list, one.Endpoint)
	}
	for _, one := range s.LinkEndpoints {
		list = append(list, one.Store.Endpoint, one.URL)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for s, opened := range d.stores {
		list = append(list, s.Endpoint, opened.signer.Endpoint())
	}
	return list
}
