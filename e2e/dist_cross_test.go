//go:build linux && dist

package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// What was made for arm64 runs here through an emulator, with arm64's own libraries: no window, and all of the rest.
func TestCrossProgramSends(t *testing.T) {
	h := newHome(t)
	libraries, err := run(t, exec.Command("../packaging/linux/sysroot.sh", "arm64"))
	if err != nil {
		t.Fatal(err)
	}
	h.must("tar", "-xzf", only(t, "..", "dist", "waybill-*-linux-arm64.tar.gz"), "-C", h.dir)
	program := only(t, h.path("waybill-*"), "bin", "waybill")
	emulated := func(args ...string) string {
		return h.must("qemu-aarch64-static", append([]string{"-L", strings.TrimSpace(libraries), program}, args...)...)
	}
	if said := emulated("version"); !strings.Contains(said, "linux/arm64") {
		t.Errorf("it is for another computer: %s", said)
	}
	h.write(noise(20_000_000), "large.bin") // in parts
	sent := sentFiles(t, emulated("send", "--sandbox", "--json", "large.bin"))
	if len(sent) != 1 || sent[0].Error != nil || !sent[0].Verified {
		t.Errorf("not sent, or not verified: %+v", sent)
	}
}
