package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
)

// TestEnforced: the window promises of the store no more than the signatures hold it to.
func TestEnforced(t *testing.T) {
	pdf, mixed, unknown := []string{".pdf"}, []string{".pdf", "image/*"}, []string{".qqq"}
	for _, c := range []struct {
		o           desk.RequestOptions
		store, page []string // words in it
		notStore    []string
	}{
		{desk.RequestOptions{}, []string{"after the end"}, nil, []string{"larger", "types", "more than"}},
		{desk.RequestOptions{MaxSize: 1e6, Kinds: pdf}, []string{"other types", "larger files"}, nil, nil},
		{desk.RequestOptions{MaxSize: 1e6, Kinds: unknown}, []string{"larger files"}, []string{"minds the kinds"}, []string{"types"}},
		// Files in parts have no bound.
		{desk.RequestOptions{MaxSize: 1e10}, nil, []string{"minds the size"}, []string{"larger"}},
		{desk.RequestOptions{Files: 3, MaxSize: 1e6}, []string{"more than 3 files."}, []string{"minds the size"}, []string{"larger", "of each type"}},
		{desk.RequestOptions{Files: 3, Kinds: []string{".pdf", ".zip"}}, []string{"more than 3 files of each type, other types"}, nil, nil},
		{desk.RequestOptions{Files: 3, Kinds: mixed}, []string{"of each type"}, []string{"minds the kinds"}, []string{"other types"}},
	} {
		store, page := c.o.Enforced()
		_, _ = desk.Said(store), desk.Said(page)
		for _, word := range c.store {
			if !strings.Contains(store.String(), word) {
				t.Errorf("%+v: %q without %q", c.o, store, word)
			}
		}
		for _, word := range c.notStore {
			if strings.Contains(store.String(), word) {
				t.Errorf("%+v: %q with %q", c.o, store, word)
			}
		}
		for _, word := range c.page {
			if !strings.Contains(page.String(), word) {
				t.Errorf("%+v: %q without %q", c.o, page, word)
			}
		}
	}
}

func TestSizesAreReadAsTheyAreWritten(t *testing.T) {
	for n, want := range map[int64]string{1e7: "10 MB", 5 << 30: "5 GiB", 1_500_000: "1500 kB", 1234567: "1234567 B", 1 << 20: "1 MiB"} {
		text := desk.FormatMaxSize(n)
		if back, err := desk.ParseMaxSize(text); text != want || err != nil || back != n {
			t.Errorf("%d is written %q, not %q, and read as %d, %v", n, text, want, back, err)
		}
	}
}

func TestNumbersOfFiles(t *testing.T) {
	if n, err := desk.ParseFiles(" 12 "); n != 12 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, s := range []string{"", "0", "-1", "many", "1.5"} {
		if _, err := desk.ParseFiles(s); code(desk.Explain(err)) != "FilesNumber" {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestGroupsOfKinds(t *testing.T) {
	for _, g := range []desk.KindGroup{desk.KindsAny, desk.KindsPictures, desk.KindsDocuments, desk.KindsVideos} {
		kinds, err := desk.ParseKinds(strings.Join(g.Kinds(), ", "))
		if err != nil || desk.KindGroupOf(kinds) != g {
			t.Errorf("%q: %q, %v", g, kinds, err)
		}
		slices.Reverse(kinds)
		if desk.KindGroupOf(kinds) != g {
			t.Errorf("%q in another order is %q", g, desk.KindGroupOf(kinds))
		}
	}
	if g := desk.KindGroupOf([]string{".zip"}); g != desk.KindsOwn {
		t.Errorf("%q", g)
	}
}

func TestRequestsAreSelected(t *testing.T) {
	now := time.Now()
	list := []desk.Request{
		{ID: "open", For: "Anna", Made: now, Asked: 24 * time.Hour, Ends: now.Add(23 * time.Hour), New: 2},
		{ID: "soon", For: "Bob", Message: "The plans", Made: now, Asked: time.Hour, Ends: now.Add(10 * time.Minute)},
		{ID: "over", For: "Carol", Folder: "in/2026/", Made: now, Asked: time.Hour, Ends: now.Add(-time.Minute)},
		{ID: "closed", For: "Dora", Made: now, Asked: time.Hour, Ends: now.Add(10 * time.Minute), Closed: now},
	}
	for name, c := range map[string]struct {
		wanted desk.RequestSelection
		ids    string
	}{
		"all":     {desk.RequestSelection{}, "open soon over closed"},
		"open":    {desk.RequestSelection{Standings: []desk.RequestStanding{desk.RequestOpen}}, "open soon"},
		"ending":  {desk.RequestSelection{Soon: true}, "soon"},
		"news":    {desk.RequestSelection{News: true}, "open"},
		"name":    {desk.RequestSelection{Text: " aNNa"}, "open"},
		"message": {desk.RequestSelection{Text: "plans"}, "soon"},
		"folder":  {desk.RequestSelection{Text: "in/2026"}, "over"},
		"none":    {desk.RequestSelection{Text: "anna", Soon: true}, ""},
	} {
		var ids []string
		for _, r := range c.wanted.Of(list, now) {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != c.ids {
			t.Errorf("%s: %q, want %q", name, got, c.ids)
		}
	}
	// At each turn, and not before, a request stands elsewhere.
	r := list[0]
	turn := r.Turns(now)
	if r.EndsSoon(turn.Add(-time.Second)) || !r.EndsSoon(turn) {
		t.Errorf("it ends soon from another moment than %v on", turn)
	}
	if last := r.Turns(turn); !last.Equal(r.Ends) || r.Standing(last) != desk.RequestEnded || !r.Turns(last).IsZero() {
		t.Errorf("it ends at another moment than %v", last)
	}
}
