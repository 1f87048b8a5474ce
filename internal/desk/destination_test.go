package desk_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"waybill/internal/desk"
	"waybill/signer"
)

func TestParseExpires(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"15m": 15 * time.Minute, "1h": time.Hour, "36h": 36 * time.Hour, "7d": signer.MaxExpires, "1d12h": 36 * time.Hour,
		"1H": time.Hour, "1h30m": 90 * time.Minute, "90s": 90 * time.Second, "0.5d": 12 * time.Hour, "1s": time.Second,
	} {
		if d, err := desk.ParseExpires(text); err != nil || d != want {
			t.Errorf("%q is %v, %v; want %v", text, d, err, want)
		}
		if d, err := desk.ParseExpires(" " + text + "\t"); err != nil || d != want {
			t.Errorf("%q with spaces around it is %v, %v; want %v", text, d, err, want)
		}
	}
	for text, want := range map[string]string{
		"0": "ExpiresTooShort", "0s": "ExpiresTooShort", "-1h": "ExpiresTooShort", "999ms": "ExpiresTooShort",
		"8d": "ExpiresTooLong", "169h": "ExpiresTooLong", "7d1s": "ExpiresTooLong", "99999d": "ExpiresTooLong",
		"soon": "ExpiresNotATime", "": "ExpiresNotATime", "1": "ExpiresNotATime", "1x": "ExpiresNotATime", "1d-2h": "ExpiresNotATime",
		"NaNd": "ExpiresNotATime", "d": "ExpiresNotATime",
	} {
		if _, err := desk.ParseExpires(text); err == nil || code(desk.Explain(err)) != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// FuzzParseExpires: what it takes lies in the range that a signature can carry, and is read the same when it is
// written out again.
func FuzzParseExpires(f *testing.F) {
	for _, seed := range []string{"15m", "1h", "36h", "7d", "1d12h", "0", "8d", "-1h", "soon", "1e3d", "0x1p3h", "+1h", "1d+2h", "∞", "30s", "90s", "1h0m30s", "10m"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := desk.ParseExpires(text)
		if err != nil {
			if told := desk.Explain(err); told.What.String() == "" || told.Help.String() == "" {
				t.Fatalf("%q: no words for %v", text, err)
			}
			return
		}
		if d < time.Second || d > signer.MaxExpires {
			t.Fatalf("%q became %v", text, d)
		}
		if again, err := desk.ParseExpires(desk.FormatExpires(d)); err != nil || again != d {
			t.Fatalf("%v is written %q, which reads as %v, %v", d, desk.FormatExpires(d), again, err)
		}
	})
}

// FuzzCleanPrefix: what it gives back is clean, stays what it is when cleaned again, and leaves room for a name.
func FuzzCleanPrefix(f *testing.F) {
	for _, seed := range []string{"", "/", "alice", "/team//alice/", "a/../b", ".", "a\x00b", "\u202e", "\xff", " a ", "e\u0301/", strings.Repeat("x", 1030)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean, err := desk.CleanPrefix(text)
		if err != nil {
			if told := desk.Explain(err); told.What.String() == "" || told.Help.String() == "" {
				t.Fatalf("%q: no words for %v", text, err)
			}
			return
		}
		switch {
		case clean == "":
			return
		case clean[0] == '/', clean[len(clean)-1] != '/', strings.Contains(clean, "//"), !utf8.ValidString(clean), len(clean) >= signer.MaxKey:
			t.Fatalf("%q became %q", text, clean)
		}
		if err := signer.CheckKey(clean + "x"); err != nil {
			t.Fatalf("%q became %q: %v", text, clean, err)
		}
		if again, err := desk.CleanPrefix(clean); err != nil || again != clean {
			t.Fatalf("%q cleaned again is %q, %v", clean, again, err)
		}
	})
}

func TestParseS3URL(t *testing.T) {
	for text, want := range map[string][2]string{
		"s3://team-share/alice/a.txt": {"team-share", "alice/a.txt"}, "s3://team-share": {"team-share", ""},
		"s3://team-share/": {"team-share", ""}, "s3://abc//d": {"abc", "/d"},
	} {
		if bucket, key, err := desk.ParseS3URL(text); err != nil || bucket != want[0] || key != want[1] {
			t.Errorf("%q is %q and %q, %v", text, bucket, key, err)
		}
	}
	for text, want := range map[string]string{
		"s3://": "NotS3URL", "s3:///": "NotS3URL", "s3:///a.txt": "NotS3URL", "": "NotS3URL", "http://team-share/a": "NotS3URL",
		"S3://team-share/a": "NotS3URL", "s3://a/b": "BucketName", "s3://my_bucket!/a": "BucketName",
	} {
		_, _, err := desk.ParseS3URL(text)
		if told := desk.Explain(err); told == nil || code(told) != want || want == "NotS3URL" && !strings.Contains(told.What.String(), `"`+text+`"`) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// FuzzParseS3URL: what it takes is a bucket that can exist, and is the address again when put together.
func FuzzParseS3URL(f *testing.F) {
	for _, seed := range []string{"s3://team-share/alice/a.txt", "s3://b", "s3:///a", "s3://my/bucket", "http://x", "s3://UPPER/", "s3://abc//d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		bucket, key, err := desk.ParseS3URL(text)
		if err != nil {
			return
		}
		if signer.CheckBucket(bucket) != nil {
			t.Fatalf("%q has the bucket %q", text, bucket)
		}
		if put := "s3://" + bucket + "/" + key; put != text && put != text+"/" {
			t.Fatalf("%q became %q", text, put)
		}
	})
}
