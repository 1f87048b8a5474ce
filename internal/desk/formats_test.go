package desk_test

import (
	"encoding/xml"
	"os/exec"
	"strings"
	"testing"

	"waybill/internal/desk"
)

// hostile are names that a form of a link could trip over.
var hostileNames = []string{
	"report.pdf", "it's \"quoted\".txt", "a b; rm -rf ~ $(x) `y`.txt", "-rf", "<script>.html", "[x](y)*_.md", `back\slash`, "日本 é 🎉.png",
}

const someURL = "https://s3.example/b/k%20x?X-Amz-Signature=abc&response-content-disposition=attachment%3B%20filename%3D%22a%22"

// TestCurlCommandIsOneWordEach lets a shell read the command line.
func TestCurlCommandIsOneWordEach(t *testing.T) {
	for _, name := range hostileNames {
		line := desk.CopyText(desk.FormatCurl, []desk.NamedLink{{Name: "folder/" + name, URL: someURL}})
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "curl() { printf '%s\\n' \"$@\"; }; "+line).Output()
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		want := name
		if name == "-rf" {
			want = "./-rf"
		}
		if got := string(out); got != "-fL\n-o\n"+want+"\n"+someURL+"\n" {
			t.Errorf("%q: the shell reads %q", name, got)
		}
	}
}

func TestHTMLLinkHoldsTheNameAsText(t *testing.T) {
	for _, name := range hostileNames {
		text := desk.CopyText(desk.FormatHTML, []desk.NamedLink{{Name: name, URL: someURL}})
		var a struct {
			XMLName xml.Name `xml:"a"`
			Href    string   `xml:"href,attr"`
			Text    string   `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte(text), &a); err != nil || a.Href != someURL || a.Text != name {
			t.Errorf("%s reads as %+v, %v", text, a, err)
		}
	}
}

func TestMarkdownLinkIsEscaped(t *testing.T) {
	got := desk.CopyText(desk.FormatMarkdown, []desk.NamedLink{{Name: "[x](y)*_.md", URL: someURL}, {Name: "plain", URL: someURL}})
	if want := `[\[x\](y)\*\_.md](<` + someURL + ">)\n[plain](<" + someURL + ">)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if plain := desk.CopyText(desk.FormatURL, []desk.NamedLink{{Name: "a", URL: someURL}, {Name: "b", URL: someURL}}); plain != someURL+"\n"+someURL || strings.Contains(plain, "a\n") {
		t.Errorf("%s", plain)
	}
}
