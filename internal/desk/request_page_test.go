package desk_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"waybill/internal/pages"
)

// slotsOnPage reads what the script of a request's page is given.
func slotsOnPage(t *testing.T, page string) (slots []struct {
	Key   string
	Parts *struct {
		URL            string
		Signatures     []string
		Complete, Note pages.Call
	}
}) {
	t.Helper()
	found := regexp.MustCompile(`(?s)<script[^>]*application/json[^>]*>(.*?)</script>`).FindStringSubmatch(page)
	var data struct{ Slots json.RawMessage }
	if len(found) != 2 || json.Unmarshal([]byte(found[1]), &data) != nil || json.Unmarshal(data.Slots, &slots) != nil {
		t.Fatalf("the page has no data: %.200s", page)
	}
	return slots
}

// partsOnPage are those of the first place for a file in parts.
func partsOnPage(t *testing.T, page string) (parts pages.Parts, note, complete pages.Call) {
	t.Helper()
	for _, s := range slotsOnPage(t, page) {
		if s.Parts != nil {
			return pages.Parts{URL: s.Parts.URL, Signatures: s.Parts.Signatures}, s.Parts.Note, s.Parts.Complete
		}
	}
	t.Fatal("the page has no parts")
	return
}
