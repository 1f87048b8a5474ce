//go:build linux && wine

package e2e

import (
	"strings"
	"testing"
)

// TestWineMSI installs Waybill for everybody by the .msi, without a word, uses it, and removes it.
func TestWineMSI(t *testing.T) {
	w := newWine(t)
	msi := seen(installer(t, ".msi"))
	before := w.variable("PATH")
	folder := w.variable("ProgramFiles") + `\Waybill`
	program := folder + `\waybill.exe`

	w.runs("msiexec", "/i", msi, "/qn")
	w.exists(program, folder+`\waybill.com`, folder+`\LICENSE.txt`, folder+`\docs\command-line.md`,
		// Windows has it below ProgramData; wine takes the person's own for what is everybody's.
		w.variable("APPDATA")+`\Microsoft\Windows\Start Menu\Programs\Waybill.lnk`)
	for _, class := range []string{"*", "Directory"} {
		key := `HKLM\Software\Classes\` + class + `\shell\Waybill`
		w.registered(key, "MUIVerb", "@"+program+",-101")
		w.registered(key+`\command`, "", `"`+program+`" "%1"`)
	}
	if value, there := w.registry(`HKLM\Software\Microsoft\Windows\CurrentVersion\Run`, "Waybill"); there {
		t.Errorf("it starts at login, which nobody asked for: %s", value)
	}
	if got, want := w.variable("PATH"), before+";"+folder+`\`; got != want {
		t.Errorf("PATH is %q, want %q", got, want)
	}
	file := w.write([]byte("by the .msi"), "files", "msi.txt")
	if got := w.runs("cmd", "/c", "waybill", "send", "--sandbox", seen(file)); !strings.HasPrefix(got, "http://127.0.0.1:") {
		t.Errorf("it says %q", got)
	}

	// Over itself, with a part that was not there before.
	w.runs("msiexec", "/i", msi, "/qn", "ADDLOCAL=AtLogin")
	w.registered(`HKLM\Software\Microsoft\Windows\CurrentVersion\Run`, "Waybill", `"`+program+`" --minimised`)

	w.runs("msiexec", "/x", msi, "/qn")
	// Windows takes the semicolon away too; wine does not.
	if got := strings.TrimSuffix(w.variable("PATH"), ";"); got != before {
		t.Errorf("PATH is %q, and was %q", got, before)
	}
	if found := w.remains(); len(found) > 0 {
		t.Errorf("left behind:\n%s", strings.Join(found, "\n"))
	}
}
