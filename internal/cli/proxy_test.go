//go:build unix

package cli_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/testaws"
	"waybill/internal/testproxy"
	"waybill/internal/teststore"
	"waybill/internal/testupdates"
)

// company is a network out of which only a proxy leads: its store, the services that give credentials and the list of
// versions have names that nobody but the proxy can resolve, and certificates of authorities of their own.
type company struct {
	*rig
	proxy    *testproxy.Proxy
	store    *teststore.MinIO
	aws      *testaws.AWS
	versions *testupdates.Server
	trust    []string // files of certificates
	hosts    map[string]string
}

// password has characters that must be escaped in an address.
const password = "pr0xy/PASS word@#"

func newCompany(t *testing.T) *company {
	t.Helper()
	c := &company{store: teststore.StartMinIO(t, true), hosts: map[string]string{}}
	named := strings.Replace(c.store.Endpoint, "127.0.0.1", teststore.Name, 1)
	c.rig = newRig(t,
		"[default]\nendpoint_url = "+named+"\n"+
			"[profile role]\nendpoint_url = "+named+"\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = default\nservices = role\n"+
			"[services role]\nsts =\n  endpoint_url = "+named+"\n"+ssoConfig,
		fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", c.store.Key, c.store.Secret))
	for _, name := range []string{"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "DBUS_SESSION_BUS_ADDRESS"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("USERPROFILE", os.Getenv("HOME"))
	c.aws = testaws.Start(t)
	services, ca := testproxy.Services(t, c.aws.URL)
	for _, name := range []string{"SSO", "SSO_OIDC"} {
		t.Setenv("AWS_ENDPOINT_URL_"+name, testproxy.Named(services))
	}
	t.Setenv("AWS_ENDPOINT_URL_STS", named) // MinIO has one
	c.versions = testupdates.New(t)
	c.versions.Publish(testupdates.Release("1.2.0"))
	c.hosts["store"] = strings.TrimPrefix(named, "https://")
	c.hosts["services"] = strings.TrimPrefix(testproxy.Named(services), "https://")
	c.hosts["versions"] = strings.TrimPrefix(testproxy.Named(c.versions.URL), "https://")
	c.proxy = testproxy.Start(t)
	c.trust = []string{c.store.CA, ca, c.versions.Trust()}
	t.Setenv("AWS_CA_BUNDLE", testproxy.Bundle(t, c.trust...))
	c.secrets = append(c.secrets, password, "PASS")
	return c
}

// jobs are all that goes out into the network, each with the host that it has to do with.
func (c *company) jobs() map[string]struct {
	host string
	run  func() ran
} {
	small, large := c.write("small.txt", "small"), c.write("large.bin", strings.Repeat("0123456789abcdef", 12<<20/16))
	type job = struct {
		host string
		run  func() ran
	}
	return map[string]job{
		"send": {"store", func() ran {
			return c.run("send", "--json", "--bucket", teststore.Bucket, "--verify-link", "all", small)
		}},
		"multipart": {"store", func() ran {
			return c.run("send", "--json", "--bucket", teststore.Bucket, "--part-size", "5MiB", "--verify-link", "all", large)
		}},
		"link":    {"store", func() ran { return c.run("link", "--json", "s3://"+teststore.Bucket+"/seed.txt") }},
		"list":    {"store", func() ran { return c.run("link", "--json", "s3://"+teststore.Bucket+"/seed*") }},
		"role":    {"store", func() ran { return c.run("send", "--json", "--profile", "role", "--bucket", teststore.Bucket, small) }},
		"sign in": {"services", func() ran { return c.run("login", "--json", "--profile", "corp", "--no-browser") }},
		"update": {"versions", func() ran {
			source := desk.UpdateSource(c.versions.Source())
			source.URL = testproxy.Named(source.URL)
			return c.builtFor("1.1.0", source, "update", "--json")
		}},
	}
}

// TestCompanyNetwork: everything goes through the proxy, and everything trusts the company's certificates.
func TestCompanyNetwork(t *testing.T) {
	c := newCompany(t)
	t.Setenv("HTTPS_PROXY", c.proxy.URL)
	c.run("send", "--bucket", teststore.Bucket, c.write("seed.txt", "seed")).is(0)
	jobs := c.jobs()
	all := func(t *testing.T) {
		for name, job := range jobs {
			t.Run(name, func(t *testing.T) {
				c.proxy.Seen()
				got := job.run()
				if got.status != 0 {
					t.Fatalf("%s", got.err)
				}
				for _, line := range got.lines() {
					if verified, has := line["verified"]; has && verified != true {
						t.Errorf("the link was not tried: %v", line)
					}
				}
				if seen := c.proxy.Seen(); !slices.Contains(seen, "CONNECT "+c.hosts[job.host]) {
					t.Errorf("the proxy has seen %q", seen)
				}
			})
		}
	}
	t.Run("open", all)
	c.proxy.Set(func() { c.proxy.Password = password })
	t.Setenv("HTTPS_PROXY", c.proxy.With(password))
	t.Run("password", all)
	c.proxy.Set(func() { c.proxy.ReadsAlong = true })
	t.Setenv("AWS_CA_BUNDLE", testproxy.Bundle(t, append(c.trust, testproxy.Authority(t))...))
	t.Run("reads along", all)
}

// TestCompanyNetworkThatStandsInTheWay: each job fails in words that say whose fault it is, and never with the password.
func TestCompanyNetworkThatStandsInTheWay(t *testing.T) {
	c := newCompany(t)
	jobs := c.jobs()
	fails := func(t *testing.T, words string, names ...string) {
		t.Helper()
		for name, job := range jobs {
			if len(names) > 0 && !slices.Contains(names, name) {
				continue
			}
			begun := time.Now()
			got := job.run()
			text := got.out + got.err
			if got.status != 1 || !strings.Contains(text, words) {
				t.Errorf("%s: status %d, wanted %q\n%s", name, got.status, words, text)
			}
			if strings.Contains(text, "alice") || strings.Contains(text, "PASS") {
				t.Errorf("%s: who goes through the proxy is said:\n%s", name, text)
			}
			if took := time.Since(begun); took > 40*time.Second {
				t.Errorf("%s: it took %v", name, took)
			}
		}
	}
	t.Run("without the proxy", func(t *testing.T) { fails(t, "There is no computer called", "send", "list") })
	t.Setenv("HTTPS_PROXY", c.proxy.URL)
	c.proxy.Set(func() { c.proxy.Password = password })
	t.Run("no password", func(t *testing.T) { fails(t, "wants a user name and a password") })
	t.Setenv("HTTPS_PROXY", c.proxy.With("wrong PASS"))
	t.Run("wrong password", func(t *testing.T) { fails(t, "or does not accept those it was given") })
	c.proxy.Set(func() { c.proxy.Ways = []string{"NTLM", "Negotiate"} })
	t.Run("a proxy of Windows", func(t *testing.T) { fails(t, "wants to be signed in to by NTLM, Negotiate") })
	t.Setenv("HTTPS_PROXY", c.proxy.With(password))
	c.proxy.Set(func() { c.proxy.Refuse = http.StatusForbidden })
	t.Run("refused", func(t *testing.T) { fails(t, "does not let connections to ") })
	c.proxy.Set(func() { c.proxy.Refuse = http.StatusBadGateway })
	t.Run("cannot reach", func(t *testing.T) { fails(t, "could not reach ") })
	c.proxy.Set(func() { c.proxy.Refuse, c.proxy.HangsUp = 0, true })
	t.Run("hangs up", func(t *testing.T) { fails(t, "takes connections and does not answer") })
	c.proxy.Set(func() { c.proxy.HangsUp, c.proxy.Silent = false, true })
	t.Run("silent", func(t *testing.T) {
		fails(t, "takes connections and does not answer", "send", "sign in")
	})
	c.proxy.Set(func() { c.proxy.Silent, c.proxy.ReadsAlong = false, true })
	t.Run("reads along", func(t *testing.T) { fails(t, "is not one that this computer trusts") })
	t.Setenv("HTTPS_PROXY", "http://alice:a#PASS@"+c.proxy.Address)
	t.Run("no address", func(t *testing.T) { fails(t, "HTTPS_PROXY does not hold the address of a proxy.") })
	t.Setenv("HTTPS_PROXY", "http://alice:PASS@127.0.0.1:1")
	t.Run("not there", func(t *testing.T) { fails(t, "The proxy 127.0.0.1:1 cannot be reached.") })
}
