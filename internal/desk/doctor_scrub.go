package desk

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"waybill/internal/courier"
	"waybill/signer"
)

// scrubber takes out of a report what nobody else may read. No part is supposed to put it in; this is for what comes with
// the words of others: errors, stores' messages, names.
type scrubber struct {
	paths   []string       // of endpoints, with their hosts; longest first
	alone   *regexp.Regexp // the same paths elsewhere
	secrets []string       // longest first
	short   *regexp.Regexp
	homes   *regexp.Regexp
	user    *regexp.Regexp
}

const (
	shortSecret    = 6 // bytes; shorter ones are in any text by chance, and searched for as whole words
	shortestSecret = 3 // bytes; shorter ones are words that every text has, and protect nothing
)

var (
	anAccount   = regexp.MustCompile(`\b\d{8}(\d{4})\b`)
	anAccessKey = regexp.MustCompile(`\b(A[A-Z]{3})[A-Z0-9]{12,124}\b`) // AKIA…, ASIA…, AROA…
	anEscape    = regexp.MustCompile(`%[0-9A-F]{2}`)
	saysSecret  = regexp.MustCompile(`(?i)secret|passw|token$`) // the name of a variable
	aWord       = regexp.MustCompile(`^[a-z-]*$`)               // which would be missed everywhere in a report
	aToken      = regexp.MustCompile(`\b(?:IQoJ|FwoG|eyJ)[A-Za-z0-9+/=_.-]{40,}`)
)

// newScrubber knows what is secret on this computer, and in addresses of stores that only the caller knows.
func newScrubber(endpoints ...string) scrubber {
	secrets := signer.Secrets()
	endpoints = append(endpoints, signer.Endpoints()...)
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case strings.HasPrefix(name, "AWS_ENDPOINT_URL"):
			endpoints = append(endpoints, value)
		case isProxyVariable(name):
			secrets = append(secrets, signer.PasswordsIn(value)...)
		case saysSecret.MatchString(name), strings.HasPrefix(name, "AWS_") && !harmless(name) && !aWord.MatchString(value):
			secrets = append(secrets, value)
		}
	}
	s := scrubber{user: userPattern()}
	var alone []string
	for _, one := range endpoints {
		secrets = append(secrets, signer.PasswordsIn(one)...)
		host, paths, parts := pathsIn(one)
		secrets = append(secrets, parts...)
		for _, path := range paths {
			s.paths = append(s.paths, host+path)
			if len(path) >= shortSecret {
				alone = append(alone, regexp.QuoteMeta(path))
			}
		}
	}
	longestFirst(s.paths)
	if longestFirst(alone); len(alone) > 0 {
		s.alone = regexp.MustCompile(`(^|[^/])(?:` + strings.Join(alone, "|") + `)($|[^\pL\pN_-])`)
	}
	var short []string
	for _, one := range secrets {
		switch {
		case len(one) >= shortSecret:
			s.secrets = append(s.secrets, formsOf(one)...)
		case len(one) >= shortestSecret:
			short = append(short, regexp.QuoteMeta(one), regexp.QuoteMeta(url.QueryEscape(one)))
		}
	}
	longestFirst(s.secrets)
	s.secrets = slices.Compact(s.secrets)
	s.short = wholeWords(short, "")
	var homes []string
	for _, find := range []func() (string, error){os.UserHomeDir, func() (string, error) { u, err := user.Current(); return userHome(u), err }} {
		home, err := find()
		if home = filepath.Clean(home); err != nil || len(home) < 3 {
			continue
		}
		homes = append(homes, home)
		if leads, err := filepath.EvalSymlinks(home); err == nil {
			homes = append(homes, leads)
		}
	}
	s.homes = homePattern(homes)
	return s
}

// formsOf are the ways in which a secret may stand in a text: as it is, line by line, escaped for URLs, XML, JSON and logs, and
// in base64, where it may be a part of something longer.
func formsOf(secret string) []string {
	forms := []string{secret, html.EscapeString(secret), strings.Trim(strconv.Quote(secret), `"`)}
	if text, err := json.Marshal(secret); err == nil {
		forms = append(forms, strings.Trim(string(text), `"`))
	}
	for _, escaped := range []string{url.QueryEscape(secret), url.PathEscape(secret), (&url.URL{Path: secret}).EscapedPath()} {
		forms = append(forms, escaped, anEscape.ReplaceAllStringFunc(escaped, strings.ToLower))
	}
	for line := range strings.SplitSeq(secret, "\n") {
		forms = append(forms, strings.TrimSpace(line))
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		for before, first := range []int{0, 2, 3} { // as many bytes stand before it; the first characters are theirs in part
			text := encoding.EncodeToString([]byte(strings.Repeat("\x00", before) + secret))
			forms = append(forms, text[first:(before+len(secret))*8/6])
		}
	}
	return slices.DeleteFunc(forms, func(form string) bool { return len(form) < shortSecret })
}

// pathsIn is the path of an endpoint, as it is written and as it is meant, with the host before it. The parts of it that are no
// words may be secrets by themselves.
func pathsIn(endpoint string) (host string, paths, parts []string) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "http://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || strings.Trim(u.Path, "/") == "" {
		return "", nil, nil
	}
	for _, path := range []string{u.Path, u.EscapedPath()} {
		paths = append(paths, strings.TrimRight(path, "/"))
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if !aWord.MatchString(part) {
			parts = append(parts, part)
		}
	}
	return u.Host, paths, parts
}

// homePattern finds the home, and what is in it, but not its neighbours: /home/al is not the beginning of /home/alice.
func homePattern(homes []string) *regexp.Regexp {
	var forms []string
	for _, home := range homes {
		forms = append(forms, regexp.QuoteMeta(home), regexp.QuoteMeta(filepath.ToSlash(home)), regexp.QuoteMeta(strings.ReplaceAll(home, `\`, `\\`)))
	}
	if len(forms) == 0 {
		return nil
	}
	longestFirst(forms)
	return regexp.MustCompile(`(?i)(?:` + strings.Join(forms, "|") + `)($|[^\pL\pN_-])`)
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
		if len(name) >= 3 && !slices.Contains(anybody(), strings.ToLower(name)) {
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
	return wholeWords(names, "(?i)")
}

// wholeWords finds what matches one of the patterns and has no letter or digit beside it; nil where there are none.
func wholeWords(patterns []string, flags string) *regexp.Regexp {
	if len(patterns) == 0 {
		return nil
	}
	longestFirst(patterns)
	return regexp.MustCompile(flags + `(^|[^\pL\pN])(?:` + strings.Join(patterns, "|") + `)($|[^\pL\pN])`)
}

// replaceWords replaces what stands between the two groups of a pattern, as in those of wholeWords. Two beside each other share
// what is between them.
func replaceWords(t string, words *regexp.Regexp, by string) string {
	if words == nil {
		return t
	}
	for before := ""; before != t; {
		before, t = t, words.ReplaceAllString(t, "${1}"+by+"${2}")
	}
	return t
}

// anybody are names that tell nothing of who has them, and that other things have too: the root of an account, a distribution.
func anybody() []string {
	return []string{"root", "user", "admin", "administrator", "nobody", "ubuntu", "debian", "fedora", "ec2-user", "aws", "default"}
}

func longestFirst(list []string) {
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
}

// text takes all of it out of a text.
func (s scrubber) text(t string) string {
	for _, path := range s.paths {
		host, _, _ := strings.Cut(path, "/")
		t = strings.ReplaceAll(t, path, host+"/…")
	}
	t = replaceWords(t, s.alone, "/…")
	for _, secret := range s.secrets {
		t = strings.ReplaceAll(t, secret, "…")
	}
	t = replaceWords(t, s.short, "…")
	t = courier.RedactText(t)
	t = anAccessKey.ReplaceAllString(t, "${1}…")
	t = aToken.ReplaceAllString(t, "…")
	t = anAccount.ReplaceAllString(t, "…${1}")
	if s.homes != nil {
		t = s.homes.ReplaceAllString(t, "~${1}")
	}
	return replaceWords(t, s.user, "USER")
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
