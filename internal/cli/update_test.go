package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/cli"
	"waybill/internal/desk"
	"waybill/internal/testupdates"
	"waybill/internal/update"
)

// built runs a command as a build of a version that looks for newer ones at a server.
func (r *rig) built(version string, s *testupdates.Server, args ...string) ran {
	r.t.Helper()
	if s == nil {
		return r.builtFor(version, desk.UpdateSource{}, args...)
	}
	return r.builtFor(version, desk.UpdateSource(s.Source()), args...)
}

// builtFor runs a command as a build of a version that looks for newer ones where the source says.
func (r *rig) builtFor(version string, source desk.UpdateSource, args ...string) ran {
	r.t.Helper()
	var out, err bytes.Buffer
	env := cli.Environment{In: strings.NewReader(""), Out: &out, Err: &err, Version: version, Updates: source}
	status := cli.Run(r.t.Context(), args, env)
	return r.look(ran{r.t, args, status, out.String(), err.String()})
}

// withUpdates is a computer that trusts the certificate of a server with versions.
func withUpdates(t *testing.T) (*rig, *testupdates.Server) {
	t.Helper()
	r, s := newRig(t, "", ""), testupdates.New(t)
	t.Setenv("AWS_CA_BUNDLE", s.Trust())
	return r, s
}

func TestUpdate(t *testing.T) {
	r, s := withUpdates(t)
	release := testupdates.Release("1.2.0")
	for i, system := range []string{"linux", "windows", "darwin"} { // one of them is this one
		d := release.Downloads[0]
		d.OS, d.Arch, d.Size = system, "", int64(i+1)<<20
		release.Downloads = append(release.Downloads, d)
	}
	s.Publish(release)
	newer := r.built("1.1.0", s, "update").is(cli.OK)
	for _, wanted := range []string{"Waybill 1.2.0 is out, since ", "; this is 1.1.0.\n", "- Links that sing.", "Download it from https://example.com/releases/v1.2.0\n",
		"https://example.com/waybill_amd64.deb (", "SHA-256 abab"} {
		if !strings.Contains(newer.out, wanted) {
			t.Errorf("%q is not in %q", wanted, newer.out)
		}
	}
	line := r.built("1.1.0", s, "update", "--json").is(cli.OK).line()
	fields(t, line, "version", "newest", "newer", "released", "page", "notes", "downloads")
	if line["newer"] != true || line["newest"] != "1.2.0" || line["version"] != "1.1.0" || line["page"] != release.Page {
		t.Errorf("%v", line)
	}
	for _, version := range []string{"1.2.0", "1.2.0-5-gabc1234", "1.3.0", "2.0.0-rc.1"} {
		if got := r.built(version, s, "update").is(cli.OK); got.out != "Waybill "+version+" is the newest there is.\n" || got.err != "" {
			t.Errorf("%q, %q", got.out, got.err)
		}
		if line := r.built(version, s, "update", "--json").is(cli.OK).line(); line["newer"] != false {
			t.Errorf("%v", line)
		}
	}
	// Nobody has asked for more than this: whether it may look by itself is still to be asked.
	if settings, err := os.ReadFile(r.home + "/settings.json"); err != nil || strings.Contains(string(settings), `"look"`) || !strings.Contains(string(settings), `"seen": "1.2.0"`) {
		t.Errorf("%v: %s", err, settings)
	}
}

// TestUpdateLeavesBrokenSettings: that it has looked is no choice, so settings that cannot be read stay what keeps files from
// going by the defaults.
func TestUpdateLeavesBrokenSettings(t *testing.T) {
	r, s := withUpdates(t)
	s.Publish(testupdates.Release("1.2.0"))
	path := filepath.Join(r.home, "settings.json")
	r.write(path, `{"expires":`)
	r.built("1.1.0", s, "update").is(cli.OK)
	if text, err := os.ReadFile(path); err != nil || string(text) != `{"expires":` {
		t.Errorf("%q, %v", text, err)
	}
}

func TestUpdateThatNobodyCanTell(t *testing.T) {
	r, s := withUpdates(t)
	forged := func() {
		s.Publish(testupdates.Release("9.0.0"))
		other := testupdates.New(t)
		s.Put([]byte("{}"), other.Sign([]byte("{}")))
	}
	for name, c := range map[string]struct {
		version string
		make    func()
		says    string
	}{
		"no version": {"dev", func() { s.Publish(testupdates.Release("1.2.0")) }, "waybill: This Waybill has no version number, so none can be newer.\n  Look where you got it from.\n"},
		"forged":     {"1.1.0", forged, "waybill: The list of versions is not signed by those who have built this Waybill.\n  Download nothing because of it;"},
		"expired": {"1.1.0", func() {
			m := testupdates.Release("1.2.0")
			m.Expires = time.Now().Add(-time.Second)
			s.Publish(m)
		}, "waybill: The list of versions has expired, so it does not say whether there is a newer one.\n  Check this computer's clock"},
		"a page": {"1.1.0", func() { s.Put([]byte("<html>"), s.Sign([]byte("<html>"))) }, "waybill: Something else than a list of versions came from 127.0.0.1:"},
		"a later form": {"1.1.0", func() {
			m := testupdates.Release("1.2.0")
			m.Format = update.Format + 1
			s.Publish(m)
		}, "waybill: The list of versions has a form that this Waybill does not know yet.\n"},
	} {
		c.make()
		for _, flags := range [][]string{{"update"}, {"update", "--json"}, {"update", "--quiet"}} {
			if got := r.built(c.version, s, flags...).is(cli.Failed); got.out != "" || !strings.HasPrefix(got.err, c.says) {
				t.Errorf("%s: %q, %q", name, got.out, got.err)
			}
		}
	}
	// An older manifest than one that was seen is not believed, in another process either.
	s.Publish(testupdates.Release("1.2.0"))
	r.built("1.1.0", s, "update").is(cli.OK)
	s.Publish(testupdates.Release("1.1.5"))
	if got := r.built("1.1.0", s, "update").is(cli.Failed); !strings.HasPrefix(got.err, "waybill: The list of versions is older than one that was seen before.\n") {
		t.Errorf("%q", got.err)
	}
	s.Publish(testupdates.Release("1.3.0"))
	r.built("1.1.0", s, "update").is(cli.OK)

	t.Setenv("AWS_CA_BUNDLE", "")
	if got := r.built("1.1.0", s, "update").is(cli.Failed); !strings.HasPrefix(got.err, "waybill: The certificate of 127.0.0.1:") {
		t.Errorf("%q", got.err)
	}
	t.Setenv("AWS_CA_BUNDLE", r.write("none.pem", "no certificate"))
	if got := r.built("1.1.0", s, "update").is(cli.Failed); !strings.HasPrefix(got.err, "waybill: The trusted certificates in ") {
		t.Errorf("%q", got.err)
	}
	t.Setenv("AWS_CA_BUNDLE", "")
	s.Close()
	if got := r.built("1.1.0", s, "update").is(cli.Failed); !strings.HasPrefix(got.err, "waybill: 127.0.0.1:") || !strings.Contains(got.err, "could not be reached") {
		t.Errorf("%q", got.err)
	}
}

// TestUpdateIsNotSpokenOf: a build that looks nowhere says so when it is asked, and nowhere else.
func TestUpdateIsNotSpokenOf(t *testing.T) {
	r := newRig(t, "", "")
	if got := r.built("1.1.0", nil, "update").is(cli.Failed); got.out != "" ||
		got.err != "waybill: This Waybill does not look for newer versions: whoever built it has set no address for that.\n  Look where you got it from.\n" {
		t.Errorf("%q, %q", got.out, got.err)
	}
	for _, args := range [][]string{{"--help"}, {"man"}, {"completion", "bash"}} {
		if got := r.built("1.1.0", nil, args...).is(cli.OK); strings.Contains(got.out, "Look whether there is a newer") {
			t.Errorf("%q speaks of it", args)
		}
	}
	s := testupdates.New(t)
	if got := r.built("1.1.0", s, "--help").is(cli.OK); !strings.Contains(got.out, "Look whether there is a newer") {
		t.Errorf("%s", got.out)
	}
	if len(s.Asked()) != 0 {
		t.Error("it looked without being asked to")
	}
}
