package desk_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"waybill/internal/desk"
	"waybill/signer"
)

// TestPresets holds the data together: each can be filled in to an endpoint, and takes a key of its kind.
func TestPresets(t *testing.T) {
	var ids []string
	for _, p := range desk.Presets() {
		ids = append(ids, p.ID)
		if p.Name == "" || p.Addressing == "" || p.KeyHint == "" && p.ID != desk.CustomPreset {
			t.Errorf("%s lacks something", p.ID)
		}
		if found, ok := desk.PresetOf(p.ID); !ok || found.Name != p.Name {
			t.Errorf("%s is not found by its ID", p.ID)
		}
		if p.Region == "" && len(p.Regions) == 0 || p.Region != "" && len(p.Regions) > 0 && !slices.Contains(p.Regions, p.Region) {
			t.Errorf("%s: the region %q is not among %v", p.ID, p.Region, p.Regions)
		}
		for _, region := range append([]string{p.Region}, p.Regions...) {
			if region == "" || p.Endpoint == "" {
				continue
			}
			e := p.EndpointFor(region, strings.Repeat("a", 32))
			if p.Own {
				e = p.Endpoint
			}
			u, err := url.Parse(e)
			if err != nil || u.Host == "" || strings.ContainsAny(e, "{} ") || u.Scheme != "https" && !signer.Loopback(u.Hostname()) || u.Path != "" {
				t.Errorf("%s in %s is %q", p.ID, region, e)
			}
		}
	}
	want := []string{"aws", "minio", "r2", "b2", "wasabi", "ceph", "digitalocean", "hetzner", "scaleway", "idrive", "garage", "other"}
	if !slices.Equal(ids, want) {
		t.Errorf("the presets are %v", ids)
	}
}

// keysOf are made-up keys of each store's form.
func keysOf(preset string) (id, secret string) {
	id = map[string]string{
		"aws": "AKIAIOSFODNN7EXAMPLE", "r2": strings.Repeat("0a", 16), "b2": "0014aa9865d6f0000000000b0", "scaleway": "SCWXXXXXXXXXXXXXXXXX",
		"garage": "GK3515373e4c851ebaad366558",
	}[preset]
	if id == "" {
		id = "any-key"
	}
	return id, "a+secret/of=some-length"
}

// TestPresetsInTheFiles adds a store by each preset, and has the signer open what came of it.
func TestPresetsInTheFiles(t *testing.T) {
	for id, want := range map[string]struct{ region, endpoint string }{
		"aws":          {"us-east-1", ""},
		"minio":        {"us-east-1", "https://minio.example.com:9000"},
		"r2":           {"auto", "https://0123456789abcdef0123456789abcdef.eu.r2.cloudflarestorage.com"},
		"b2":           {"us-west-000", "https://s3.us-west-000.backblazeb2.com"},
		"wasabi":       {"us-east-1", "https://s3.us-east-1.wasabisys.com"},
		"ceph":         {"us-east-1", "https://rgw.example.com"},
		"digitalocean": {"nyc3", "https://nyc3.digitaloceanspaces.com"},
		"hetzner":      {"fsn1", "https://fsn1.your-objectstorage.com"},
		"scaleway":     {"fr-par", "https://s3.fr-par.scw.cloud"},
		"idrive":       {"us-west-1", "https://s3.us-west-1.idrivee2.com"},
		"garage":       {"garage", "http://127.0.0.1:3900"},
		"other":        {"us-east-1", "https://s3.example.com"},
	} {
		t.Run(id, func(t *testing.T) {
			isolate(t, "", "")
			d := openDesk(t, desk.Options{})
			p, _ := desk.PresetOf(id)
			n := desk.NewStore{Preset: id, Name: "new", Account: " 0123456789ABCDEF0123456789abcdef.EU "}
			n.AccessKeyID, n.SecretAccessKey = keysOf(id)
			if p.Own {
				n.Endpoint = p.Endpoint + "/" // as pasted
			}
			if p.Region == "" {
				n.Region = p.Regions[0]
			}
			added, err := d.AddStore(t.Context(), n, desk.AddStoreOptions{NoCheck: true})
			if err != nil {
				t.Fatal(err)
			}
			opened, err := signer.Open(t.Context(), signer.Options{Profile: "new"})
			if err != nil {
				t.Fatal(err)
			}
			if opened.Region() != want.region || opened.Endpoint() != want.endpoint || opened.Client().Options().UsePathStyle != (id != "aws") {
				t.Errorf("it opens as %q in %q, by path: %v", opened.Endpoint(), opened.Region(), opened.Client().Options().UsePathStyle)
			}
			if added.Store != (desk.Store{Profile: "new"}) || added.Checked {
				t.Errorf("%+v", added)
			}
		})
	}
}
