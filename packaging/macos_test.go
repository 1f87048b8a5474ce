package packaging

import (
	"os"
	"slices"
	"strings"
	"testing"

	"howett.net/plist"
)

// info is what the tests read of Info.plist.
type info struct {
	Identifier   string     `plist:"CFBundleIdentifier"`
	Executable   string     `plist:"CFBundleExecutable"`
	Name         string     `plist:"CFBundleName"`
	Version      string     `plist:"CFBundleVersion"`
	Short        string     `plist:"CFBundleShortVersionString"`
	Minimum      string     `plist:"LSMinimumSystemVersion"`
	Category     string     `plist:"LSApplicationCategoryType"`
	HighDensity  bool       `plist:"NSHighResolutionCapable"`
	AlwaysLight  bool       `plist:"NSRequiresAquaSystemAppearance"`
	Localised    []string   `plist:"CFBundleLocalizations"`
	Documents    []document `plist:"CFBundleDocumentTypes"`
	Services     []service  `plist:"NSServices"`
	LocalNetwork string     `plist:"NSLocalNetworkUsageDescription"`
}

type document struct {
	Role  string   `plist:"CFBundleTypeRole"`
	Rank  string   `plist:"LSHandlerRank"`
	Types []string `plist:"LSItemContentTypes"`
}

type service struct {
	Item    map[string]string `plist:"NSMenuItem"`
	Message string            `plist:"NSMessage"`
	Port    string            `plist:"NSPortName"`
	Types   []string          `plist:"NSSendFileTypes"`
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestInfoPlist: what macOS is told of the app agrees with what the app is.
func TestInfoPlist(t *testing.T) {
	text := read(t, "macos/Info.plist")
	var have info
	format, err := plist.Unmarshal([]byte(text), &have)
	if err != nil || format != plist.XMLFormat {
		t.Fatal(format, err)
	}
	if strings.Count(text, "@VERSION@") != 2+1 { // the comment on top names it too
		t.Error("the version is not where build.sh fills it in")
	}
	if have.Version != "@VERSION@" || have.Short != "@VERSION@" {
		t.Errorf("versions %q and %q", have.Version, have.Short)
	}
	toml := read(t, "../FyneApp.toml")
	if !strings.Contains(toml, `ID = "`+have.Identifier+`"`) || !strings.Contains(toml, `Name = "`+have.Name+`"`) {
		t.Errorf("FyneApp.toml knows neither %q nor %q", have.Identifier, have.Name)
	}
	// The name that services are offered under is that of the process.
	if have.Executable != have.Name || have.Minimum != "12.0" || have.Category == "" || !have.HighDensity || have.AlwaysLight ||
		have.LocalNetwork == "" {
		t.Errorf("%+v", have)
	}
	if len(have.Documents) != 1 || have.Documents[0].Role != "Viewer" || have.Documents[0].Rank != "Alternate" ||
		!slices.Equal(have.Documents[0].Types, []string{"public.data", "public.directory"}) {
		t.Errorf("documents: %+v", have.Documents)
	}
	if len(have.Services) != 1 {
		t.Fatalf("services: %+v", have.Services)
	}
	offered := have.Services[0]
	if offered.Port != have.Name || !slices.Equal(offered.Types, []string{"public.item"}) {
		t.Errorf("service: %+v", offered)
	}
	if !strings.Contains(read(t, "../internal/finder/watch_darwin.go"), `"`+offered.Message+`:userData:error:"`) {
		t.Errorf("nothing in internal/finder answers %s", offered.Message)
	}
	for _, language := range have.Localised {
		var words map[string]string
		if _, err := plist.Unmarshal([]byte(read(t, "macos/"+language+".lproj/ServicesMenu.strings")), &words); err != nil {
			t.Fatal(err)
		}
		if words[offered.Item["default"]] == "" {
			t.Errorf("%s: no word for %q", language, offered.Item["default"])
		}
	}
	if build := read(t, "macos/build.sh"); !strings.Contains(build, "for language in "+strings.Join(have.Localised, " ")+";") {
		t.Errorf("build.sh takes other languages than %q", have.Localised)
	}
}
