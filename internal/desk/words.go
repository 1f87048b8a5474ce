package desk

import (
	"strings"
	"text/template"
)

// Text is a sentence for a person. ID is the English sentence itself, as a text/template over Args, and at
// the same time the key under which the window finds its translation; so the two faces say the same thing.
type Text struct {
	ID   string
	Args map[string]any
}

// String renders the English sentence. A template that does not fit its arguments is shown as it stands:
// an error message must never be the cause of another error.
func (t Text) String() string {
	if !strings.Contains(t.ID, "{{") {
		return t.ID
	}
	tmpl, err := template.New("").Option("missingkey=zero").Parse(t.ID)
	if err != nil {
		return t.ID
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, t.Args); err != nil {
		return t.ID
	}
	return b.String()
}

// Trouble is a failure in a person's words: what happened, what to do, and the technical detail that a
// helper would ask for. It never carries a signature, a token or a secret.
type Trouble struct {
	// Code is stable and for programs: the store's own code where it gave one ("AccessDenied"), else one of
	// Waybill's ("NoProfile", "FileChanged", …).
	Code string
	// What happened, in one sentence.
	What Text
	// Help says what to do, in one sentence. Empty when there is nothing to do.
	Help Text
	// Detail is the folded technical part: operation, status, request id, the wrapped error's words.
	Detail string
	// Cause is the error behind it, for errors.Is and errors.As; it is never printed.
	Cause error
	// SignIn is the store that Desk.SignIn has to be called with for this to be over. It is nil where nobody needs to sign
	// in, and where that is the work of another program.
	SignIn *Store
}

// Error is the English sentence on what happened, so that a Trouble can travel as an error.
func (t *Trouble) Error() string { return t.What.String() }

// Unwrap gives errors.Is and errors.As the way to the cause.
func (t *Trouble) Unwrap() error { return t.Cause }
