package cli

import (
	"time"

	"waybill/internal/desk"
)

// checkJSON is the line of a step.
type checkJSON struct {
	Step       string          `json:"step"`
	State      desk.CheckState `json:"state"`
	Title      string          `json:"title"`
	Result     string          `json:"result"`
	Permission string          `json:"permission,omitempty"`
	Missed     string          `json:"missed,omitempty"` // what is missing, where it is missing
	Needed     bool            `json:"needed"`
	Features   []desk.Feature  `json:"features,omitempty"` // that need the permission
	Facts      *factsJSON      `json:"facts,omitempty"`
	Error      *errorJSON      `json:"error,omitempty"`
}

// factsJSON are what a step has measured: times in milliseconds, speeds in bytes a second.
type factsJSON struct {
	Host        string     `json:"host,omitempty"`
	Addresses   []string   `json:"addresses,omitempty"`
	Proxy       string     `json:"proxy,omitempty"`
	Region      string     `json:"region,omitempty"`
	LookupMS    float64    `json:"lookup_ms,omitempty"`
	ConnectMS   float64    `json:"connect_ms,omitempty"`
	TLS         string     `json:"tls,omitempty"`
	Issuer      string     `json:"issuer,omitempty"`
	Ends        *time.Time `json:"ends,omitempty"` // of the certificate, or of the session
	ClockOff    float64    `json:"clock_off_seconds,omitempty"`
	RoundTripMS float64    `json:"round_trip_ms,omitempty"`
	FirstMS     float64    `json:"first_answer_ms,omitempty"`
	Put         float64    `json:"put_bytes_per_second,omitempty"`
	Get         float64    `json:"get_bytes_per_second,omitempty"`
	Versioned   bool       `json:"versioned,omitempty"`
	Days        int        `json:"locked_days,omitempty"`
	Encryption  string     `json:"encryption,omitempty"`
	Key         string     `json:"kms_key,omitempty"`
	Removed     int        `json:"removed,omitempty"`
}

func checkLine(s desk.CheckStep) checkJSON {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	f := s.Facts
	facts := factsJSON{
		Host: f.Host, Addresses: f.Addresses, Proxy: f.Proxy, Region: f.Region, LookupMS: ms(f.Lookup), ConnectMS: ms(f.Connect),
		TLS: f.TLS, Issuer: f.Issuer, Ends: desk.Second(f.Ends), ClockOff: f.ClockOff.Seconds(), RoundTripMS: ms(f.RoundTrip), FirstMS: ms(f.FirstByte),
		Put: float64(f.PutSpeed), Get: float64(f.GetSpeed), Versioned: f.Versioned, Days: f.Days, Encryption: f.Encryption, Key: f.Key, Removed: f.Removed,
	}
	line := checkJSON{
		Step: s.ID, State: s.State, Title: s.Title.String(), Result: s.Result.String(), Permission: s.Permission, Missed: s.Missed, Needed: s.Needed, Features: s.For,
	}
	if !facts.empty() {
		line.Facts = &facts
	}
	if t := s.Trouble; t != nil {
		line.Error = &errorJSON{t.Code, t.What.String(), t.Help.String()}
	}
	return line
}

func (f factsJSON) empty() bool {
	return len(f.Addresses) == 0 && f.Host == "" && f.Proxy == "" && f.Region == "" && f.TLS == "" && f.Ends == nil && f.ClockOff == 0 && f.RoundTripMS == 0 &&
		f.Put == 0 && f.Get == 0 && !f.Versioned && f.Days == 0 && f.Encryption == "" && f.Removed == 0
}

// outcomeJSON is the last line of a check.
type outcomeJSON struct {
	Step     string        `json:"step"` // "outcome"
	Works    bool          `json:"works"`
	Result   string        `json:"result"`
	Features []abilityJSON `json:"features"`
	Left     *errorJSON    `json:"left,omitempty"` // what could not be removed
}

type abilityJSON struct {
	Feature desk.Feature    `json:"feature"`
	Wanted  bool            `json:"wanted"`
	State   desk.CheckState `json:"state"`
	Missing []string        `json:"missing,omitempty"`
	Unknown []string        `json:"unknown,omitempty"`
}

func checkOutcome(c *desk.Check) outcomeJSON {
	o := outcomeJSON{Step: "outcome", Works: c.Works(), Result: c.Summary().String()}
	for _, a := range c.Abilities() {
		o.Features = append(o.Features, abilityJSON{a.Feature, a.Wanted, a.State(), a.Missing, a.Unknown})
	}
	if t := c.Left(); t != nil {
		o.Left = &errorJSON{t.Code, t.What.String(), t.Help.String()}
	}
	return o
}
