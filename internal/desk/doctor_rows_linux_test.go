package desk_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/ledger"
)

// findings are the codes of what a report finds wrong.
func findings(t *testing.T, d *desk.Desk) (codes []string) {
	t.Helper()
	for _, f := range desk.Examine(t.Context(), d, desk.Examination{Offline: true}).Findings {
		codes = append(codes, desk.CodeOf(f.Trouble))
	}
	return codes
}

// TestDoctorFindsAFullDisk says so before anything has failed for it.
func TestDoctorFindsAFullDisk(t *testing.T) {
	home := t.TempDir()
	if err := syscall.Mount("tmpfs", home, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("only root can mount a small disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(home, syscall.MNT_DETACH) })
	if got := findings(t, newDesk(t, desk.Options{Home: home})); !slices.Contains(got, "DiskFull") {
		t.Errorf("%q", got)
	}
}

// TestDoctorFindsADamagedLedger that opens, and whose pages do not fit together.
func TestDoctorFindsADamagedLedger(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "ledger.db")
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		if err := l.Put(t.Context(), ledger.Record{
			ID: fmt.Sprintf("id-%04d", i), Name: "report.pdf", Bucket: "team-share", Key: fmt.Sprintf("alice/report-%04d.pdf", i), State: "sent",
			Because: "requested", Created: time.Now(), Asked: time.Hour,
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := findings(t, newDesk(t, desk.Options{Home: home})); slices.Contains(got, "LedgerDamaged") {
		t.Fatalf("a sound one: %q", got)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := len(data)/4096/2*4096 + 2048 // the cells of a page in the middle, whose head stays as it is
	copy(data[at:], bytes.Repeat([]byte{0xa5}, 64))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := findings(t, newDesk(t, desk.Options{Home: home})); !slices.Contains(got, "LedgerDamaged") {
		t.Errorf("%q", got)
	}
}
