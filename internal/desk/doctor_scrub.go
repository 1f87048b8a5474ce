package desk

import (
	"cmp"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"waybill/internal/courier"
	"waybill/signer"
)

// scrubber takes out of a report what nobody else may read. No part is supposed to put it in; this is for what comes with
// the words of others: errors, stores' messages, names.
type scrubber struct {
	secrets []string // longest first
	homes   []string // longest first
	user    *regexp.Regexp
}

// shortSecret is the fewest bytes that are searched for: shorter ones are in any text by chance.
const shortSecret = 6

var (
	anAccount   = regexp.MustCompile(`\b\d{8}(\d{4})\b`)
	anAccessKey = regexp.MustCompile(`\b(A[A-Z]{3})[A-Z0-9]{12,124}\b`) // AKIA…, ASIA…, AROA…
	aToken      = regexp.MustCompile(`\b(?:IQoJ|FwoG|eyJ)[A-Za-z0-9+/=_.-]{40,}`)
)

func newScrubber() scrubber {
	s := scrubber{secrets: signer.Secrets()}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case strings.HasPrefix(name, "AWS_") && !harmless(name):
			s.secrets = append(s.secrets, value)
		case isProxyVariable(name), strings.HasPrefix(name, "AWS_ENDPOINT_URL"):
			if u, err := url.Parse(value); err == nil && u.User != nil {
				password, _ := u.User.Password()
				s.secrets = append(s.secrets, password, u.User.String())
			} else if user, _, ok := strings.Cut(value, "@"); ok {
				s.secrets = append(s.secrets, user[strings.LastIndexByte(user, '/')+1:])
			}
		}
	}
	s.secrets = slices.DeleteFunc(s.secrets, func(one string) bool { return len(one) < shortSecret })
	for _, one := range slices.Clone(s.secrets) {
		for _, escaped := range []string{url.QueryEscape(one), url.PathEscape(one)} {
			if escaped != one {
				s.secrets = append(s.secrets, escaped)
			}
		}
	}
	longestFirst(s.secrets)
	for _, find := range []func() (string, error){os.UserHomeDir, func() (string, error) { u, err := user.Current(); return userHome(u), err }} {
		home, err := find()
		if home = filepath.Clean(home); err != nil || len(home) < 3 {
			continue
		}
		s.homes = append(s.homes, home)
		if leads, err := filepath.EvalSymlinks(home); err == nil {
			s.homes = append(s.homes, leads)
		}
	}
	longestFirst(s.homes)
	s.user = userPattern()
	return s
}

func userHome(u *user.User) string {
	if u == nil {
		return ""
	}
	return u.HomeDir
}

// userPattern finds the names that the user has here, as whole words.
func userPattern() *regexp.Regexp {
	var names []string
	add := func(name string) {
		name = name[strings.LastIndexByte(name, '\\')+1:] // Windows puts the domain before it
		if len(name) >= 3 {
			names = append(names, regexp.QuoteMeta(name))
		}
	}
	if u, err := user.Current(); err == nil {
		add(u.Username)
		add(u.Name)
	}
	for _, variable := range []string{"USER", "LOGNAME", "USERNAME"} {
		add(os.Getenv(variable))
	}
	if len(names) == 0 {
		return nil
	}
	longestFirst(names)
	return regexp.MustCompile(`(?i)(^|[^\pL\pN])(?:` + strings.Join(names, "|") + `)($|[^\pL\pN])`)
}

func longestFirst(list []string) {
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
}

// text takes all of it out of a text.
func (s scrubber) text(t string) string {
	for _, secret := range s.secrets {
		t = strings.ReplaceAll(t, secret, "…")
	}
	t = courier.RedactText(t)
	t = anAccessKey.ReplaceAllString(t, "${1}…")
	t = aToken.ReplaceAllString(t, "…")
	t = anAccount.ReplaceAllString(t, "…${1}")
	for _, home := range s.homes {
		t = strings.ReplaceAll(t, home, "~")
		t = strings.ReplaceAll(t, filepath.ToSlash(home), "~")
	}
	if s.user != nil {
		for before := ""; before != t; { // two names beside each other share what is between them
			before, t = t, s.user.ReplaceAllString(t, "${1}USER${2}")
		}
	}
	return t
}

// report takes all of it out of a report.
func (s scrubber) report(r Report) Report {
	for i, f := range r.Findings {
		clean := *f.Trouble
		clean.What, clean.Help, clean.Detail, clean.Cause = s.sentence(f.What), s.sentence(f.Help), s.text(f.Detail), nil
		r.Findings[i].Trouble = &clean
	}
	for _, part := range r.Parts {
		for i, fact := range part.Facts {
			part.Facts[i] = Fact{s.text(fact.Name), s.text(fact.Value)}
		}
	}
	return r
}

// sentence takes it out of what a sentence is about; the sentence itself stays one that can be translated.
func (s scrubber) sentence(t Text) Text {
	clean := args{}
	for name, value := range t.Args {
		if text, ok := value.(string); ok {
			value = s.text(text)
		}
		clean[name] = value
	}
	return Text{t.ID, clean}
}
