//go:build linux && dist

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unpacked lays what is in the .deb into a folder.
func unpacked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	output(t, "dpkg-deb", "--extract", madeDeb(t), dir)
	return dir
}

func TestDistPassesLintian(t *testing.T) {
	out, err := exec.Command("lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", madeDeb(t)).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDistHasAGoodDesktopEntryAndMetadata(t *testing.T) {
	dir := unpacked(t)
	output(t, "desktop-file-validate", "--no-hints", filepath.Join(dir, "usr", "share", "applications", desktopID+".desktop"))
	output(t, "desktop-file-validate", filepath.Join(dir, "usr", "share", "Thunar", "sendto", "waybill.desktop"))
	output(t, "appstreamcli", "validate", "--no-net", filepath.Join(dir, "usr", "share", "metainfo", desktopID+".metainfo.xml"))
	output(t, "appstreamcli", "validate-tree", "--no-net", dir)
}

// Every file manager says the same, in English and in German, and hands over all that is marked.
func TestDistSendsFromEveryFileManager(t *testing.T) {
	dir := unpacked(t)
	for _, file := range []string{"kio/servicemenus/waybill.desktop", "nemo/actions/waybill.nemo_action", "file-manager/actions/waybill.desktop"} {
		text, err := os.ReadFile(filepath.Join(dir, "usr", "share", file))
		if err != nil {
			t.Error(err)
		}
		lines := strings.Split(string(text), "\n")
		for _, want := range []string{"Name=Send with Waybill", "Name[de]=Mit Waybill senden", "Exec=waybill %F"} {
			if !slices.Contains(lines, want) {
				t.Errorf("%s lacks the line %q", file, want)
			}
		}
	}
}

// A type of file that Waybill claimed would be sent when a person only wants to see it, wherever nothing else opens it.
func TestDistOpensNothingByDefault(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(unpacked(t), "usr", "share", "applications", desktopID+".desktop"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "MimeType") {
		t.Error("the desktop entry has a MimeType")
	}
}

func TestDistProgramIsHardened(t *testing.T) {
	program := filepath.Join(unpacked(t), "usr", "bin", "waybill")
	header, dynamic := output(t, "readelf", "--file-header", "--segments", "--wide", program), output(t, "readelf", "--dynamic", program)
	for what, pattern := range map[string]string{
		"position independent": `Type:\s+DYN`,
		"stack not executable": `GNU_STACK.*\sRW\s`,
		"read-only afterwards": `GNU_RELRO`,
		"all links at once":    `\(FLAGS_1\).*\bNOW\b`,
	} {
		if !regexp.MustCompile(pattern).MatchString(header + dynamic) {
			t.Errorf("%s: no %s in what readelf says", what, pattern)
		}
	}
	if sections := output(t, "readelf", "--sections", "--wide", program); strings.Contains(sections, ".symtab") || strings.Contains(sections, ".debug") {
		t.Error("the program has symbols")
	}
}

// Debian's own tool finds what is linked; what is opened at run time it cannot see.
func TestDistDeclaresWhatDebiansToolFinds(t *testing.T) {
	deb := madeDeb(t)
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "debian"), 0o755); err != nil {
		t.Fatal(err)
	}
	control := "Source: waybill\n\nPackage: waybill\nArchitecture: any\n"
	if err := os.WriteFile(filepath.Join(dir, "debian", "control"), []byte(control), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dpkg-shlibdeps", "-O", filepath.Join(unpacked(t), "usr", "bin", "waybill"))
	cmd.Dir = dir
	found, err := run(t, cmd)
	if err != nil {
		t.Fatal(err)
	}
	declared := strings.Split(field(t, deb, "Depends"), ", ")
	for want := range strings.SplitSeq(strings.TrimPrefix(strings.TrimSpace(found), "shlibs:Depends="), ", ") {
		if !slices.Contains(declared, want) {
			t.Errorf("the .deb does not depend on %s, but on %q", want, declared)
		}
	}
}

var neededByIt = regexp.MustCompile(`(?m)^\s+(\S+) is needed by waybill`)

func TestDistRPM(t *testing.T) {
	rpm, deb := madeRPM(t), unpacked(t)
	dir := t.TempDir()
	// Nothing is there, so rpm names all that it wants: by the names that libraries have on every distribution.
	out, err := exec.Command("rpm", "--root", dir, "--install", "--test", rpm).CombinedOutput()
	if err == nil {
		t.Error("rpm wants nothing")
	}
	var wanted []string
	for _, match := range neededByIt.FindAllStringSubmatch(string(out), -1) {
		wanted = append(wanted, match[1])
	}
	program := filepath.Join(deb, "usr", "bin", "waybill")
	list := strings.Fields(output(t, "../packaging/linux/libraries.sh", program, "rpm", "needs"))
	slices.Sort(wanted)
	slices.Sort(list)
	if !slices.Equal(wanted, list) {
		t.Errorf("rpm wants %q, and the program needs %q:\n%s", wanted, list, out)
	}

	output(t, "rpm", "--root", dir, "--install", "--nodeps", rpm)
	sums := func(dir string) []string {
		return strings.Split(output(t, "sh", "-c", `cd "$0" && find usr -type f -exec sha256sum {} + | sort`, dir), "\n")
	}
	inRPM, inDeb := sums(dir), sums(deb)
	for i := range inDeb { // Debian's zsh looks elsewhere
		inDeb[i] = strings.Replace(inDeb[i], "zsh/vendor-completions/", "zsh/site-functions/", 1)
	}
	slices.Sort(inRPM)
	slices.Sort(inDeb)
	if !slices.Equal(inRPM, inDeb) {
		t.Errorf("the .rpm has other files than the .deb: %q, %q", lacks(inRPM, inDeb), lacks(inDeb, inRPM))
	}
	if said := output(t, filepath.Join(dir, "usr", "bin", "waybill"), "version"); !strings.Contains(said, "waybill") {
		t.Errorf("waybill version: %q", said)
	}
	output(t, "rpm", "--root", dir, "--erase", "waybill")
	if left := output(t, "find", dir, "-name", "*aybill*"); left != "" {
		t.Errorf("left behind: %s", left)
	}
}
