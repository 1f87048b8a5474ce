package pages

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// requestData is what the script of a request's page reads. html/template writes it as JSON that no name in it can
// leave.
type requestData struct {
	ID     string     `json:"id"`
	From   string     `json:"from"`
	For    string     `json:"for"`
	Ends   int64      `json:"ends"` // Unix milliseconds; 0 when it is not known
	Files  int        `json:"files"`
	Max    int64      `json:"max"`
	Kinds  []string   `json:"kinds"`
	Asked  said       `json:"asked"` // the kinds in words
	Online string     `json:"online"`
	Posts  []postData `json:"posts"`
	Slots  []slotData `json:"slots"`
	Sums   string     `json:"sums"` // the worker's script
}

type postData struct {
	URL    string            `json:"url"`
	Fields map[string]string `json:"fields"`
	Folder string            `json:"folder"`
	Type   string            `json:"type"`
	Accept []string          `json:"accept"`
	Max    int64             `json:"max"`
}

type slotData struct {
	Key    string     `json:"key"`
	Type   string     `json:"type"`
	Accept []string   `json:"accept"`
	Put    *callData  `json:"put"`
	Parts  *partsData `json:"parts"`
	Look   *callData  `json:"look"`
}

type callData struct {
	URL    string            `json:"url"`
	Header map[string]string `json:"header"`
}

type partsData struct {
	URL        string    `json:"url"`
	Signatures []string  `json:"signatures"`
	List       []string  `json:"list"`
	Complete   callData  `json:"complete"`
	Note       *callData `json:"note"`
}

// newRequestData checks every URL and tells the origins that they lead to.
func newRequestData(r Request) (data requestData, origins []string, err error) {
	data = requestData{ID: r.ID, From: r.From, For: r.For, Files: r.Files, Max: r.MaxSize, Kinds: r.Kinds, Asked: kindList(r.Kinds), Online: r.Online}
	if !r.Ends.IsZero() {
		data.Ends = r.Ends.UnixMilli()
	}
	var known checkedLinks
	if r.Online != "" {
		if _, err := href(r.Online); err != nil {
			return data, nil, fmt.Errorf("the link to the page online: %w", err)
		}
	}
	for i, p := range r.Posts {
		known.check(fmt.Sprintf("form %d", i+1), p.URL)
		data.Posts = append(data.Posts, postData{p.URL, p.Fields, p.Folder, p.ContentType, p.Accept, p.MaxSize})
	}
	for i, s := range r.Slots {
		slot := slotData{Key: s.Key, Type: s.ContentType, Accept: s.Accept}
		what := fmt.Sprintf("place %d", i+1)
		if s.Put != nil {
			known.check(what, s.Put.URL)
			slot.Put = &callData{s.Put.URL, s.Put.Header}
		}
		if s.Look != nil {
			known.check(what, s.Look.URL)
			slot.Look = &callData{s.Look.URL, s.Look.Header}
		}
		if p := s.Parts; p != nil {
			slot.Parts = &partsData{URL: p.URL, Signatures: p.Signatures, List: p.List, Complete: callData{p.Complete.URL, p.Complete.Header}}
			for _, signature := range p.Signatures {
				known.check(what, strings.NewReplacer("{number}", "1", "{signature}", signature).Replace(p.URL))
			}
			for _, link := range append(slices.Clone(p.List), p.Complete.URL) {
				known.check(what, link)
			}
			if p.Note != nil {
				known.check(what, p.Note.URL)
				slot.Parts.Note = &callData{p.Note.URL, p.Note.Header}
			}
		}
		data.Slots = append(data.Slots, slot)
	}
	if known.err != nil {
		return data, nil, known.err
	}
	data.Sums, err = asset("request/sums.js")
	return data, known.origins, err
}

// checkedLinks remembers where links lead, and the first that is none.
type checkedLinks struct {
	origins []string
	err     error
}

func (c *checkedLinks) check(what, link string) {
	if c.err != nil {
		return
	}
	if _, err := href(link); err != nil {
		c.err = fmt.Errorf("the signed request of %s: %w", what, err)
		return
	}
	origin, err := originOf(link)
	if err != nil {
		c.err = fmt.Errorf("the signed request of %s: %w", what, err)
		return
	}
	if !slices.Contains(c.origins, origin) {
		c.origins = append(c.origins, origin)
	}
}

// originOf is a link's origin as a policy names it. Content-Security-Policy has no form for an IPv6 address, so there
// it is all of the scheme.
func originOf(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", ErrNotALink
	}
	if strings.HasPrefix(u.Host, "[") {
		return u.Scheme + ":", nil
	}
	if strings.ContainsFunc(u.Host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:", r)
	}) {
		return "", ErrNotALink
	}
	return u.Scheme + "://" + u.Host, nil
}
