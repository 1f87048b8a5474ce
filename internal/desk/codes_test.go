package desk_test

import (
	"context"
	_ "embed"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waybill/internal/desk"
)

// answer is what a store says to whoever asks for an object or a list.
type answer struct {
	status        int
	code, message string
	header        map[string]string
	body          string // in place of S3's XML
}

// ServeHTTP lets HEAD find an object, so that a link to it is made and tried.
func (a *answer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		w.Header().Set("ETag", `"x"`)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	if a.body != "" {
		_, _ = fmt.Fprint(w, a.body)
		return
	}
	_, _ = fmt.Fprint(w, "<Error><Code>")
	_ = xml.EscapeText(w, []byte(a.code))
	_, _ = fmt.Fprint(w, "</Code><Message>")
	_ = xml.EscapeText(w, []byte(a.message))
	_, _ = fmt.Fprint(w, "</Message></Error>")
}

// atAnswers is a desk at a store that says whatever the answer is set to.
func atAnswers(t *testing.T) (*desk.Desk, *answer) {
	t.Helper()
	a := &answer{status: http.StatusBadRequest}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	isolate(t, "[default]\nmax_attempts = 1\nendpoint_url = "+server.URL+"\n", "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
	return openDesk(t, desk.Options{}), a
}

// sending is what becomes of a file that the store answers so, over the courier.
func sending(t *testing.T, d *desk.Desk) *desk.Trouble {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "hello")
	return one(t, send(t, d, desk.Destination{Bucket: "team-share", Prefix: "alice"}, desk.SendOptions{OnClash: desk.ClashReplace}, path)).Trouble
}

// listing is what becomes of a list, over the SDK.
func listing(d *desk.Desk) *desk.Trouble {
	_, err := d.Prefixes(context.Background(), desk.Destination{Bucket: "team-share", Prefix: "alice"})
	return desk.Explain(err)
}

//go:embed testdata/codes.txt
var codesText string

// published reads testdata/codes.txt: each code, and for those that cannot be met, why not.
func published() map[string]string {
	codes := map[string]string{}
	for line := range strings.Lines(codesText) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		name, rest, _ := strings.Cut(line, "\t")
		codes[name] = strings.TrimPrefix(rest, "unmet: ")
	}
	return codes
}

// TestPublishedCodes: each code of the lists leads to words, whichever way it comes, or is known not to come.
func TestPublishedCodes(t *testing.T) {
	d, a := atAnswers(t)
	codes := published()
	if len(codes) < 150 {
		t.Fatalf("only %d codes", len(codes))
	}
	general := []string{"", "Refused", "Unexpected"}
	// Tried again by the courier for a while, or under another name; the list shows the words.
	patient := []string{"SlowDown", "InternalError", "ConnectionLost", "Stalled", "OperationAborted", "BadDigest", "ExpiredToken", "PreconditionFailed"}
	for name, unmet := range codes {
		*a = answer{status: http.StatusBadRequest, code: name, message: "This is what the store says of it."}
		told := listing(d)
		row := code(told)
		if known := slices.Contains(desk.Codes(), name); unmet != "" {
			if row != "Refused" || known {
				t.Errorf("%s cannot be met (%s), and has the row %s", name, unmet, row)
			}
			continue
		}
		if slices.Contains(general, row) {
			t.Errorf("%s leads to %q only: %v", name, row, told)
			continue
		}
		if words := told.What.String() + told.Help.String(); strings.Contains(words, name) {
			t.Errorf("%s is named in %q", name, words)
		}
		if told.Help.String() == "" || !strings.Contains(told.Detail, "what the store says") {
			t.Errorf("%s: %q, %q", name, told.Help, told.Detail)
		}
		if slices.Contains(patient, row) {
			continue
		}
		if bySend := code(sending(t, d)); bySend != row {
			t.Errorf("%s is %s in a list and %s for a file", name, row, bySend)
		}
	}
}

// TestAliasesLeadToRows: no alias leads nowhere, hides a row of its own name, or says what the table says already.
func TestAliasesLeadToRows(t *testing.T) {
	for name, row := range desk.Aliases() {
		if !slices.Contains(desk.Codes(), row) || slices.Contains(desk.Codes(), name) {
			t.Errorf("%s leads to %s", name, row)
		}
	}
}

// TestDetailsHoldNoSecret: S3's refusals repeat what they were sent
// (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html): the token, the signature, the canonical request.
func TestDetailsHoldNoSecret(t *testing.T) {
	d, a := atAnswers(t)
	const token, signature = "FwoGZXIvYXdzEBYaDHTokenOfTheTestTokenOfTheTest", "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"
	for _, says := range []answer{
		{status: 400, body: "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message><Token-0>" + token + "</Token-0></Error>"},
		{status: 403, body: "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message>" +
			"<AWSAccessKeyId>AKID</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256 " + token + "</StringToSign><SignatureProvided>" + signature + "</SignatureProvided>" +
			"<CanonicalRequest>GET /?X-Amz-Security-Token=" + token + "&amp;X-Amz-Signature=" + signature + "</CanonicalRequest></Error>"},
		{status: 400, code: "InvalidRequest", message: "https://store.example/a?X-Amz-Security-Token=" + token + "&X-Amz-Signature=" + signature},
		{status: 400, code: "SomethingOfItsOwn", message: "https://store.example/a?X-Amz-Security-Token=" + token + "&X-Amz-Signature=" + signature},
	} {
		*a = says
		for way, told := range map[string]*desk.Trouble{"list": listing(d), "file": sending(t, d)} {
			if code(told) == "" || told.Detail == "" {
				t.Fatalf("a %s: %v", way, told)
			}
			for _, said := range []string{told.String(), told.Detail, told.What.String(), told.Help.String()} {
				if strings.Contains(said, token) || strings.Contains(said, signature) || strings.Contains(said, "AWS4-HMAC") {
					t.Errorf("a %s: %s", way, said)
				}
			}
		}
	}
}
