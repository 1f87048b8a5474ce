package teststore

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// StartRadosgw runs Ceph's object gateway, with a monitor and a storage daemon that keeps all in memory.
func StartRadosgw(t testing.TB) Server {
	t.Helper()
	dir := t.TempDir()
	s, address := newServer(t)
	c := ceph{t: t, dir: dir}
	cluster, monitor := uuid.NewString(), freeAddress(t)
	for _, name := range []string{"mon", "osd", "rgw", "run"} {
		if err := os.Mkdir(c.path(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	config := fmt.Sprintf(`[global]
fsid = %[2]s
mon host = v2:%[3]s/0
public addr = 127.0.0.1
ms bind ipv6 = false
run dir = %[1]s/run
admin socket =
log file =
pid file =
keyring = %[1]s/keyring
mon data = %[1]s/mon
osd data = %[1]s/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
osd heartbeat grace = 600
mon allow pool size one = true
mon data avail crit = 0
mon pg warn min per osd = 0
[osd]
keyring = %[1]s/osd/keyring
[client.rgw]
keyring = %[1]s/rgw/keyring
rgw data = %[1]s/rgw
rgw frontends = beast endpoint=%[4]s
`, dir, cluster, monitor, address)
	if err := os.WriteFile(c.path("ceph.conf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c.do("ceph-authtool", "--create-keyring", c.path("keyring"), "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
	c.do("ceph-authtool", c.path("keyring"), "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *", "--cap", "osd", "allow *")
	c.do("monmaptool", "--create", "--addv", "a", "[v2:"+monitor+"]", "--fsid", cluster, c.path("monmap"))
	c.do("ceph-mon", "--mkfs", "-i", "a", "--monmap", c.path("monmap"), "--keyring", c.path("keyring"))
	mon := c.run("ceph-mon", "-i", "a", "--foreground")
	mon.until("answers", func(ctx context.Context) error { return c.try(ctx, "ceph", "--connect-timeout", "5", "status") })

	daemon := uuid.NewString()
	c.do("ceph", "osd", "new", daemon)
	c.do("ceph", "auth", "get-or-create", "osd.0", "mon", "allow profile osd", "osd", "allow *", "-o", c.path("osd/keyring"))
	c.do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", daemon)
	osd := c.run("ceph-osd", "-i", "0", "--foreground")
	osd.until("is up", func(ctx context.Context) error {
		out, err := c.command(ctx, "ceph", "osd", "stat").Output()
		if err == nil && !strings.Contains(string(out), "1 up") {
			err = fmt.Errorf("it says %q", out)
		}
		return err
	})

	c.do("ceph", "auth", "get-or-create", "client.rgw", "mon", "allow *", "osd", "allow *", "-o", c.path("rgw/keyring"))
	gateway := c.run("radosgw", "-n", "client.rgw", "--foreground")
	gateway.until("answers", func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	})
	c.do("radosgw-admin", "user", "create", "--uid=owner", "--display-name=owner", "--access-key="+s.Key, "--secret="+s.Secret)
	return s.ready(t, gateway)
}

// ceph is a cluster in a folder.
type ceph struct {
	t   testing.TB
	dir string
}

func (c ceph) path(name string) string { return filepath.Join(c.dir, name) }

func (c ceph) env() []string { return []string{"CEPH_CONF=" + c.path("ceph.conf")} }

func (c ceph) run(name string, args ...string) *program {
	c.t.Helper()
	return run(c.t, c.dir, c.env(), installed(c.t, name), args...)
}

func (c ceph) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, installed(c.t, name), args...) // #nosec G204 -- Ceph's own tools
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env()...)
	return cmd
}

func (c ceph) try(ctx context.Context, name string, args ...string) error {
	if out, err := c.command(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// do is for what cannot fail.
func (c ceph) do(name string, args ...string) {
	c.t.Helper()
	if err := c.try(c.t.Context(), name, args...); err != nil {
		c.t.Fatal(err)
	}
}
