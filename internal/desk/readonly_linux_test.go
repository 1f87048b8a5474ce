package desk_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// TestReadOnlyHome: what was sent can be looked at, a request is not made and says so, and what is to be made writable is
// something that is there.
func TestReadOnlyHome(t *testing.T) {
	atStore(t)
	home := filepath.Join(t.TempDir(), "home")
	d := openDesk(t, desk.Options{Home: home})
	sendOne(t, d, dest(t), desk.SendOptions{}, "a.txt", "a")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	readOnly(t, home)
	d = openDesk(t, desk.Options{Home: home})
	if list, err := d.Links(context.Background(), 0); err != nil || len(list) != 1 || list[0].Name != "a.txt" {
		t.Errorf("%+v, %v", list, err)
	}
	if trouble := d.LedgerTrouble(); code(trouble) != "LedgerReadOnly" || !strings.Contains(trouble.Help.String(), filepath.Join(home, "ledger.db")) {
		t.Errorf("%v: %v", trouble, trouble.Help)
	}
	var out strings.Builder
	if m, err := d.ExportAll(context.Background(), &out); err != nil || m.Links != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	_, err := d.Request(context.Background(), dest(t), desk.RequestOptions{})
	if code(err) != "RequestNotKept" || !strings.Contains(desk.Explain(err).Help.String(), "ledger.db writable") {
		t.Errorf("%v: %v", err, desk.Explain(err).Help)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	readOnly(t, empty)
	d = openDesk(t, desk.Options{Home: filepath.Join(empty, "waybill")})
	if trouble := d.LedgerTrouble(); code(trouble) != "LedgerReadOnly" || !strings.Contains(trouble.Help.String(), "Make "+empty+" writable") {
		t.Errorf("%v: %v", trouble, trouble.Help)
	}
}

// TestKeysThatAreNoText: a store that keeps objects as files may have one whose name is no UTF-8; it is said why no signed
// address leads there.
func TestKeysThatAreNoText(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{Large: -1})
	f := w.Posts[0]
	if status, answer := a.post(f.URL, f.Fields, f.Folder+"kT3rZ0aQ0001/\xff.txt", f.ContentType, nil); status != http.StatusBadRequest {
		t.Errorf("the sandbox takes it: HTTP %d: %s", status, answer)
	}
	write(t, filepath.Join(sandbox.Bucket, f.Folder, "kT3rZ0aQ0001")+"/\xff.txt", "x") // the sandbox works in its data
	list, err := a.desk.Download(t.Context(), w.Request.ID, t.TempDir(), nil, nil)
	if err != nil || len(list) != 1 || code(list[0].Trouble) != "ArrivalKeyBytes" {
		t.Errorf("%+v, %v", list, err)
	}
}

// readOnly mounts a folder over itself, so that even root cannot write there.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
		t.Skipf("only root can mount a folder: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
}
