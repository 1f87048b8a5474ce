package signer

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
)

// FuzzFilesAsTheSDK holds this package's reading of a config file against the SDK's, whose word counts when it
// comes to signing. Where this package finds a fault it refuses the file, and the SDK's reading does not matter.
func FuzzFilesAsTheSDK(f *testing.F) {
	for _, seed := range []string{
		"[default]\nregion = x\nendpoint_url = http://e # comment\n",
		"[ default ] ; comment\nREGION: x\n  endpoint_url = \"http://e\"\n",
		"[default]\nregion = 'a'\n\n[profile other]\nregion = b\n[default]\ncredential_process = c\t;d\n",
		"[default]\ns3 =\n  region = nested\nregion = outer\r\n",
		"[default]\nregion =\n# between\n  more\n  region = x # y\n",
		"[default]\nregion = # nothing\n",
		"[default]\nregion == x : y\n",
		"[profile default]\nregion = x\n",
		"[]\nregion = x\n[default]\n",
	} {
		f.Add(seed)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "[default]") && strings.Contains(text, "profile") {
			return // of [default] and [profile default] in one file the SDK takes the second, whole
		}
		sections, _, fault := parseSections(strings.NewReader(text))
		if fault != nil {
			return
		}
		ours := map[string]string{}
		for _, s := range sections {
			if s.header == "default" || s.header == "profile default" {
				for name, value := range s.values {
					ours[name] = value
				}
			}
		}
		path := filepath.Join(dir, "config")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		theirs, err := config.LoadSharedConfigProfile(context.Background(), "default", func(o *config.LoadSharedConfigOptions) {
			o.ConfigFiles, o.CredentialsFiles = []string{path}, []string{filepath.Join(dir, "none")}
		})
		if err != nil {
			return // it has no default profile, or one that cannot be used
		}
		for name, value := range map[string]string{"region": theirs.Region, "endpoint_url": theirs.BaseEndpoint, "credential_process": theirs.CredentialProcess} {
			first, _, _ := strings.Cut(value, "\n") // lines that continue a value are of no interest here
			if ours[name] != first {
				t.Errorf("%s = %q, the SDK reads %q in\n%s", name, ours[name], first, text)
			}
		}
	})
}
