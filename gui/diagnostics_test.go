package gui

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestDiagnostics: a report is made in the background, says what is wrong in the person's language, and can be seen whole
// before it is copied.
func TestDiagnostics(t *testing.T) {
	withProfiles(t)
	t.Setenv("HOME", t.TempDir())
	r := open(t, "", Options{Version: "1.2.3"})
	r.ready()
	r.ui.open(r.settings)
	d := r.settings.diagnostics
	if d.preview.Visible() || d.findings.Visible() || d.state.all.Visible() {
		t.Error("it says something before it was asked")
	}
	d.show.onTap()
	if d.state.label.Text != "Looking…" {
		t.Errorf("meanwhile it says %q", d.state.label.Text)
	}
	d.show.onTap() // a second click makes no second report
	r.until("the report is there", func() bool { return d.preview.Visible() })
	if !strings.HasPrefix(d.text.Text, "# Waybill 1.2.3: nothing is wrong") || !strings.Contains(d.text.Text, "## Window\n\n- driver: ") || !strings.Contains(d.text.Text, "- default: static") {
		t.Errorf("%s", d.text.Text)
	}
	if d.state.label.Text != "Nothing is wrong, as far as can be seen." || d.findings.Visible() || d.show.text != "Hide the report" {
		t.Errorf("%q, %q", d.state.label.Text, d.show.text)
	}
	d.show.onTap()
	if d.preview.Visible() || d.show.text != "Show the report" || r.clipboard() != "" {
		t.Errorf("hidden, it is still there; the clipboard has %q", r.clipboard())
	}
	t.Setenv("HTTPS_PROXY", "nonsense://x")
	d.copy.onTap()
	r.until("it is copied", func() bool { return r.clipboard() != "" })
	if !strings.HasPrefix(r.clipboard(), "# Waybill 1.2.3: one thing is wrong\n\n1. HTTPS_PROXY does not hold") || d.preview.Visible() {
		t.Errorf("%.200s", r.clipboard())
	}
	if d.state.label.Text != "One thing is wrong:" || !d.findings.Visible() || len(d.findings.Objects) != 1 {
		t.Errorf("%q, %d findings", d.state.label.Text, len(d.findings.Objects))
	}
	buttonIn(r.notices.lines[reportNotice], "Show the report").onTap()
	if !d.preview.Visible() || d.text.Text != r.clipboard() {
		t.Error("what was copied is not what is shown")
	}
}

// TestAReportOfAFailedRow begins with what failed.
func TestAReportOfAFailedRow(t *testing.T) {
	withProfiles(t)
	t.Setenv("HOME", t.TempDir())
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.send.drop([]string{filepath.Join(t.TempDir(), "gone.txt")})
	r.over(1)
	row := r.send.shown[0]
	r.send.menu(row, r.send.rows.card)
	found := false
	for _, item := range r.closeMenu() {
		if item.Label == "Copy report" {
			found = true
			item.Action()
		}
	}
	if !found {
		t.Fatal("the menu has no report")
	}
	r.until("it is copied", func() bool { return strings.Contains(r.clipboard(), "## What failed") })
	_, text, _ := strings.Cut(r.clipboard(), "## What failed\n\n")
	if !strings.HasPrefix(text, "- code: FileGone\n- what happened: gone.txt is not there.\n") || !strings.Contains(text, "FileGone: stat ") {
		t.Errorf("%s", text)
	}
}
