package signer_test

import (
	"strings"
	"testing"

	"waybill/internal/testaws"
	"waybill/internal/testproxy"
	"waybill/signer"
)

// TestContainersAndInstancesAreAskedDirectly: a proxy would ask for its own credentials, or keep what it sees.
func TestContainersAndInstancesAreAskedDirectly(t *testing.T) {
	a := atAWS(t, "[profile instance]\nrole_arn = arn:aws:iam::111122223333:role/x\ncredential_source = Ec2InstanceMetadata\n"+
		"[profile container]\nrole_arn = arn:aws:iam::111122223333:role/x\ncredential_source = EcsContainer\n"+
		"[profile keys]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = own\n[profile own]\naws_access_key_id = a\naws_secret_access_key = b\n", "")
	services, ca := testproxy.Services(t, a.URL)
	p := testproxy.Start(t)
	for _, name := range []string{"http_proxy", "https_proxy", "no_proxy"} { // first: on Windows they are the same as those in capitals
		t.Setenv(name, "")
	}
	for name, value := range map[string]string{
		"HTTP_PROXY": p.URL, "HTTPS_PROXY": p.URL, "NO_PROXY": "", "AWS_CA_BUNDLE": ca,
		"AWS_EC2_METADATA_SERVICE_ENDPOINT":  testproxy.Named(a.URL),
		"AWS_CONTAINER_CREDENTIALS_FULL_URI": testproxy.Named(services) + "/container", "AWS_CONTAINER_AUTHORIZATION_TOKEN": testaws.ContainerToken,
		"AWS_ENDPOINT_URL_STS": testproxy.Named(services),
	} {
		t.Setenv(name, value)
	}
	for _, profile := range []string{"instance", "container"} {
		s := openNow(t, signer.Options{Profile: profile})
		if _, _, err := s.Session(t.Context()); err == nil {
			t.Errorf("%s: credentials came, though their source cannot be reached without the proxy", profile)
		}
	}
	if seen := p.Seen(); len(seen) > 0 {
		t.Errorf("the proxy has seen %q", seen)
	}
	// The same proxy is taken for the rest.
	s := openNow(t, signer.Options{Profile: "keys"})
	if _, _, err := s.Session(t.Context()); err != nil {
		t.Error(err)
	}
	if seen := p.Seen(); len(seen) == 0 || !strings.HasPrefix(seen[0], "CONNECT "+testproxy.Service) {
		t.Errorf("the proxy has seen %q", seen)
	}
}

// TestACABundleOfAProfile: one that is broken is said with its name, and the environment comes first.
func TestACABundleOfAProfile(t *testing.T) {
	isolate(t, "[default]\naws_access_key_id = a\naws_secret_access_key = b\nca_bundle = /nowhere/ca.pem\n", "")
	if _, err := signer.Open(t.Context(), signer.Options{}); err == nil || !strings.Contains(err.Error(), "/nowhere/ca.pem") {
		t.Errorf("%v", err)
	}
	_, ca := testproxy.Services(t, "http://127.0.0.1:1")
	t.Setenv("AWS_CA_BUNDLE", ca) // comes first
	s := open(t, signer.Options{})
	pool := s.Transport().TLSClientConfig.RootCAs
	if pool == nil {
		t.Fatal("nothing more is trusted")
	}
	transport, err := signer.NewTransport()
	if err != nil || transport.TLSClientConfig.RootCAs == nil {
		t.Errorf("%v", err)
	}
}
