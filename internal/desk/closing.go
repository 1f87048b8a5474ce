package desk

import "context"

// Closing is what closing a request would do: what a person is asked about, and what is done then.
type Closing struct {
	Request Request
	Uploads int // unfinished uploads in parts, which are removed
	// Works says that signed URLs or the form go on working until the request's end for whoever kept the page, unless
	// a policy denies them.
	Works bool
	// CanDeny says that the bucket's policy can be read, and so perhaps be changed.
	CanDeny bool
	// Rule is the statement that Deny would add to the bucket's policy, as JSON.
	Rule string
}

// Closable looks what closing a request would do, before it is asked about.
func (d *Desk) Closable(ctx context.Context, id string) (Closing, error) {
	return Closing{}, notYet()
}

// Ask is the question for a person's consent as a text to be translated; deny asks about the policy as well.
func (c Closing) Ask(deny bool) Text { return Text{} }

// Question is Ask in English.
func (c Closing) Question(deny bool) string { return c.Ask(deny).String() }

// Closed is what closing a request has done.
type Closed struct {
	Request Request
	Denied  bool // the store was tried: it refuses what was signed
	// Still says what still works and until when; nil where nothing does.
	Still *Trouble
}

// CloseRequest ends a request before its time: the page goes, unfinished uploads in parts go, and with deny a policy
// of the bucket refuses what was signed. Where the store does not honour that, the policy is taken back, and Still says
// so. Asking again with deny after a first time without is fine. A closed request cannot be opened again, nor can one be
// extended: make a new one.
func (d *Desk) CloseRequest(ctx context.Context, id string, deny bool) (Closed, error) {
	return Closed{}, notYet()
}

// Undeny takes the policy of a closed request back before its end.
func (d *Desk) Undeny(ctx context.Context, id string) error { return notYet() }
