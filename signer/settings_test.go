package signer_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/signer"
)

// TestSettingsAreSigned: each of them is a header that has to be sent, on the PUT and on the start of parts; the parts and
// their end have none.
func TestSettingsAreSigned(t *testing.T) {
	isolate(t, "", staticKeys)
	s := open(t, signer.Options{})
	o := signer.Object{Bucket: "bucket", Key: "key", Expires: time.Hour}
	yes := true
	set := signer.ObjectSettings{
		StorageClass: "STANDARD_IA", SSE: "aws:kms", KMSKey: "alias/mine", BucketKey: &yes, Tags: map[string]string{"b": "x y", "a": "ä"},
		Metadata: map[string]string{"Author": "Zoë"}, CacheControl: "no-store", Disposition: "inline", ACL: "bucket-owner-full-control",
	}
	want := map[string]string{
		"X-Amz-Storage-Class": "STANDARD_IA", "X-Amz-Server-Side-Encryption": "aws:kms",
		"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "alias/mine", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "true",
		"X-Amz-Tagging": "a=%C3%A4&b=x+y", "X-Amz-Meta-Author": "=?utf-8?q?Zo=C3=AB?=", "Cache-Control": "no-store",
		"Content-Disposition": "inline", "X-Amz-Acl": "bucket-owner-full-control",
	}
	put, err := s.Put(t.Context(), o, signer.PutOptions{Size: 1, Settings: set, Overwrite: true})
	if err != nil {
		t.Fatal(err)
	}
	create, err := s.CreateMultipart(t.Context(), o, signer.CreateOptions{Settings: set})
	if err != nil {
		t.Fatal(err)
	}
	for what, p := range map[string]signer.Presigned{"PUT": put, "start": create} {
		signed := strings.Split(query(t, p).Get("X-Amz-SignedHeaders"), ";")
		for name, value := range want {
			if p.Header.Get(name) != value || !slices.Contains(signed, strings.ToLower(name)) {
				t.Errorf("%s: %s is %q, signed: %v", what, name, p.Header.Get(name), slices.Contains(signed, strings.ToLower(name)))
			}
		}
		if len(p.Header) != len(want) {
			t.Errorf("%s: %v", what, slices.Sorted(maps.Keys(p.Header)))
		}
	}
	plain, err := s.Put(t.Context(), o, signer.PutOptions{Size: 1, Overwrite: true})
	if err != nil || len(plain.Header) != 0 {
		t.Errorf("without settings: %v, %v", plain.Header, err)
	}
}

func TestSettingsCheck(t *testing.T) {
	tags := func(n int) map[string]string {
		all := map[string]string{}
		for i := range n {
			all[fmt.Sprint(i)] = ""
		}
		return all
	}
	no := false
	for _, c := range []struct {
		name   string
		set    signer.ObjectSettings
		custom bool
		err    error
	}{
		{"none", signer.ObjectSettings{}, false, nil},
		{"a class of AWS's", signer.ObjectSettings{StorageClass: "GLACIER_IR"}, false, nil},
		{"a class of another store's", signer.ObjectSettings{StorageClass: "COLD"}, true, nil},
		{"the same at AWS", signer.ObjectSettings{StorageClass: "COLD"}, false, signer.ErrSettingUnknown},
		{"no word", signer.ObjectSettings{StorageClass: "CO LD"}, true, signer.ErrSettingUnknown},
		{"ten tags", signer.ObjectSettings{Tags: tags(10)}, false, nil},
		{"eleven", signer.ObjectSettings{Tags: tags(11)}, false, signer.ErrSettingNumber},
		{"128 characters", signer.ObjectSettings{Tags: map[string]string{strings.Repeat("ä", 128): strings.Repeat("ß", 256)}}, false, nil},
		{"129", signer.ObjectSettings{Tags: map[string]string{strings.Repeat("ä", 129): ""}}, false, signer.ErrSettingLength},
		{"a value of 257", signer.ObjectSettings{Tags: map[string]string{"a": strings.Repeat("a", 257)}}, false, signer.ErrSettingLength},
		{"all that tags may have", signer.ObjectSettings{Tags: map[string]string{"a +-=._:/@": "ж 漢 9"}}, false, nil},
		{"a sign", signer.ObjectSettings{Tags: map[string]string{"a": "<"}}, false, signer.ErrSettingText},
		{"broken", signer.ObjectSettings{Tags: map[string]string{"a": "\xff"}}, false, signer.ErrSettingText},
		{"no name", signer.ObjectSettings{Tags: map[string]string{"": "a"}}, false, signer.ErrSettingEmpty},
		{"AWS's own", signer.ObjectSettings{Tags: map[string]string{"aws:x": "a"}}, false, signer.ErrSettingReserved},
		{"2,048 bytes", signer.ObjectSettings{Metadata: map[string]string{"ab": strings.Repeat("x", 2046)}}, false, nil},
		{"one more", signer.ObjectSettings{Metadata: map[string]string{"ab": strings.Repeat("x", 2047)}}, false, signer.ErrSettingLength},
		{"a line end in a value", signer.ObjectSettings{Metadata: map[string]string{"a": "b\r\nc"}}, false, nil}, // encoded, so it ends no line
		{"a line end in a name", signer.ObjectSettings{Metadata: map[string]string{"a\r\nb": "c"}}, false, signer.ErrSettingText},
		{"a header in a header", signer.ObjectSettings{Disposition: "inline\nX: y"}, false, signer.ErrSettingText},
		{"spaces that get lost", signer.ObjectSettings{CacheControl: " no-store"}, false, signer.ErrSettingText},
		{"a key without KMS", signer.ObjectSettings{KMSKey: "a"}, false, signer.ErrSettingKMS},
		{"a bucket key without KMS", signer.ObjectSettings{SSE: "AES256", BucketKey: &no}, false, signer.ErrSettingKMS},
		{"an ARN", signer.ObjectSettings{SSE: "aws:kms", KMSKey: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}, false, nil},
		{"an ACL", signer.ObjectSettings{ACL: "PRIVATE"}, false, signer.ErrSettingUnknown},
	} {
		err := c.set.Check(c.custom)
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
		var fault *signer.SettingError
		if err != nil && (!errors.As(err, &fault) || fault.Setting == "") {
			t.Errorf("%s: %v names no setting", c.name, err)
		}
	}
}

func TestTagsAndMetadataAsText(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"": {}, "a=b": {"a": "b"}, "a=b&c": {"a": "b", "c": ""}, "a%20b=c+d%26": {"a b": "c d&"}, "a=b=c": {"a": "b=c"},
	} {
		got, err := signer.ParseTagging(text)
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		if again, err := signer.ParseTagging(signer.FormatTagging(got)); err != nil || !maps.Equal(again, got) {
			t.Errorf("%q: %v again, %v", text, again, err)
		}
	}
	for text, want := range map[string]map[string]string{
		"": {}, "a=b": {"a": "b"}, "a=b,c=d=e": {"a": "b", "c": "d=e"}, `a=b\,c, d = \\x`: {"a": "b,c", "d": `\x`}, "a=": {"a": ""}, "x-amz-meta-a=1,X-Amz-Meta-B=2": {"a": "1", "B": "2"},
	} {
		got, err := signer.ParseMetadata(text)
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		if again, err := signer.ParseMetadata(signer.FormatMetadata(got)); err != nil || !maps.Equal(again, got) {
			t.Errorf("%q: %v again, %v", text, again, err)
		}
	}
	for _, text := range []string{"a=1&a=2", "%zz=1"} {
		if got, err := signer.ParseTagging(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
	for _, text := range []string{"a", "=b", "a=1,a=2", "a=b,", "a=1,x-amz-meta-a=2", "x-amz-meta-=1"} {
		if got, err := signer.ParseMetadata(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestOutside: the same keys, region and clock at another address, with buckets where the profile says.
func TestOutside(t *testing.T) {
	for _, c := range []struct{ config, endpoint, want string }{
		{"[default]\nendpoint_url = http://127.0.0.1:9000\n", "https://files.example.com", "https://files.example.com/bucket/a/b.txt"},
		{"[default]\nendpoint_url = http://127.0.0.1:9000\n", "https://files.example.com:8443/s3", "https://files.example.com:8443/s3/bucket/a/b.txt"},
		{"[default]\nendpoint_url = http://127.0.0.1:9000\ns3 =\n  addressing_style = virtual\n", "https://files.example.com", "https://bucket.files.example.com/a/b.txt"},
		{"[default]\nregion = eu-central-1\nuse_dualstack_endpoint = true\ns3 =\n  use_accelerate_endpoint = true\n", "https://files.example.com", "https://files.example.com/bucket/a/b.txt"},
	} {
		isolate(t, c.config, staticKeys)
		s := open(t, signer.Options{})
		out, err := s.Outside(c.endpoint, false)
		if err != nil {
			t.Fatal(err)
		}
		s.SetSkew(noon.Add(time.Hour))
		o := signer.Object{Bucket: "bucket", Key: "a/b.txt", Expires: time.Hour}
		p, err := out.Get(t.Context(), o, signer.GetOptions{})
		if err != nil || signer.Bare(p.URL) != c.want {
			t.Errorf("%s: %s, %v", c.endpoint, signer.Bare(p.URL), err)
		}
		if !out.Now().Equal(noon.Add(time.Hour)) || out.Region() != s.Region() {
			t.Errorf("%v, %s", out.Now(), out.Region())
		}
		inside, err := s.Get(t.Context(), o, signer.GetOptions{})
		if err != nil || query(t, inside).Get("X-Amz-Signature") == query(t, p).Get("X-Amz-Signature") || query(t, inside).Get("X-Amz-Credential") != query(t, p).Get("X-Amz-Credential") {
			t.Errorf("the host is not what differs in the signature, or %v", err)
		}
		if again, err := s.Outside(c.endpoint, false); err != nil || again != out {
			t.Errorf("made twice, %v", err)
		}
		if same, err := s.Outside("", false); err != nil || same != s {
			t.Errorf("no endpoint: %v", err)
		}
		if _, err := s.Outside("http://files.example.com", false); !errors.Is(err, signer.ErrPlainHTTP) {
			t.Errorf("plain http: %v", err)
		}
		if _, err := s.Outside("http://files.example.com", true); err != nil {
			t.Errorf("plain http, allowed: %v", err)
		}
	}
}
