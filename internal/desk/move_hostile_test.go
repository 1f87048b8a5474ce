package desk_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/signer"
)

// TestKeysOnTheNetworkAreNotLookedFor: a look would tell another computer who is importing. The file is there, so that
// whoever looks finds it.
func TestKeysOnTheNetworkAreNotLookedFor(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("such a path is one of this computer elsewhere only")
	}
	isolate(t, "", "")
	key := privateKey(t)
	for _, path := range []string{"/" + key, "file:///" + key} {
		from, here := newComputer(t), newComputer(t)
		from.desk(func(d *desk.Desk) error {
			return d.SetDistribution("films", signer.CloudFront{Domain: "there.cloudfront.net", KeyPairID: "K2JCJMDEHXQW5F", PrivateKey: path})
		})
		file, _ := from.export()
		if got := here.imports(file); !slices.Equal(got.Keys, []string{path}) {
			t.Errorf("%q was looked for: %q", path, got.Keys)
		}
	}
}

func TestImportOfWhatIsNoExport(t *testing.T) {
	isolate(t, "", "")
	from := newComputer(t, record("a", time.Now()), record("b", time.Now()))
	good, _ := from.export()
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	lines := strings.SplitAfter(text, "\n")
	c := newComputer(t, record("here", time.Now()))
	for name, one := range map[string]struct{ text, code string }{
		"empty":          {"", "ImportNotOurs"},
		"text":           {"hello\n", "ImportNotOurs"},
		"zip":            {"PK\x03\x04\n", "ImportNotOurs"},
		"other JSON":     {`{"a":1}` + "\n", "ImportNotOurs"},
		"no form":        {`{"waybill_export":{"format":0}}` + "\n", "ImportNotOurs"},
		"newer":          {`{"waybill_export":{"format":3,"version":"9.9.9"},"more":[]}` + "\n\x00", "ImportNewer"},
		"endless line":   {strings.Repeat("[", 2<<20), "ImportNotOurs"},
		"long line":      {lines[0] + `{"settings":"` + strings.Repeat("x", 2<<20) + `"}` + "\n", "ImportDamaged"},
		"cut":            {text[:len(text)-20], "ImportDamaged"},
		"no end":         {strings.Join(lines[:4], ""), "ImportDamaged"},
		"a line less":    {lines[0] + lines[1] + lines[3] + lines[4], "ImportDamaged"},
		"a byte changed": {strings.Replace(text, "alice/a.pdf", "alice/x.pdf", 1), "ImportDamaged"},
		"more after it":  {text + "{}\n", "ImportDamaged"},
		"out of order":   {lines[0] + lines[2] + lines[1] + lines[3] + lines[4], "ImportDamaged"},
		"no UTF-8":       {strings.Replace(text, "alice", "al\xffce", 1), "ImportDamaged"},
	} {
		path := filepath.Join(t.TempDir(), "x.jsonl")
		write(t, path, one.text)
		told := c.refuses(path, one.code)
		if !strings.Contains(told.Error(), "x.jsonl") || name == "newer" && !strings.Contains(told.Error(), "9.9.9") {
			t.Errorf("%s: %v", name, told)
		}
	}
	c.refuses(filepath.Join(t.TempDir(), "nothing"), "ImportGone")
	c.refuses(t.TempDir(), "ImportNotOurs")
	huge := filepath.Join(t.TempDir(), "huge")
	write(t, huge, text)
	if err := os.Truncate(huge, 2<<30); err != nil { // it takes no room
		t.Fatal(err)
	}
	c.refuses(huge, "ImportDamaged")
	// As it came, it is good.
	if m := c.imports(good); m.Added != 2 {
		t.Errorf("%+v", m)
	}
}

// TestImportOfHostileRecords: signed for by its own sum, but nothing that a Waybill would write.
func TestImportOfHostileRecords(t *testing.T) {
	isolate(t, "", "")
	good, _ := newComputer(t, record("a", time.Now())).export()
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	c := newComputer(t, record("here", time.Now()))
	for name, one := range map[string]struct {
		change func(map[string]any)
		code   string
	}{
		"id of a path":     {func(r map[string]any) { r["id"] = "../../etc/passwd" }, "ImportDamaged"},
		"no id":            {func(r map[string]any) { r["id"] = "" }, "ImportDamaged"},
		"escape in a name": {func(r map[string]any) { r["name"] = "\x1b[2J" }, "ImportDamaged"},
		"name that turns":  {func(r map[string]any) { r["name"] = "a\u202eb" }, "ImportDamaged"},
		"bucket of a path": {func(r map[string]any) { r["bucket"] = "../x" }, "ImportDamaged"},
		"still sending":    {func(r map[string]any) { r["state"] = "sending" }, "ImportDamaged"},
		"a script":         {func(r map[string]any) { r["endpoint"] = "javascript:x" }, "ImportDamaged"},
		"a password":       {func(r map[string]any) { r["endpoint"] = "https://a:b@x.example" }, "ImportDamaged"},
		"negative size":    {func(r map[string]any) { r["size"] = -1 }, "ImportDamaged"},
		"huge number":      {func(r map[string]any) { r["size"] = 1e30 }, "ImportDamaged"},
		"long ago":         {func(r map[string]any) { r["created"] = "0001-01-01T00:00:00Z" }, "ImportDamaged"},
		"a century":        {func(r map[string]any) { r["asked"] = 100 * 365 * 24 * 3600 }, "ImportDamaged"},
		"strange page":     {func(r map[string]any) { r["files"] = []string{"a b"} }, "ImportDamaged"},
		"a link":           {func(r map[string]any) { r["note"] = "https://x/?X-Amz-Signature=abc" }, "ImportSecret"},
		"a path":           {func(r map[string]any) { r["path"] = "/etc/passwd" }, ""},
	} {
		c.refusesOrDrops(name, resigned(t, data, one.change), one.code)
	}
}

// TestSettingsThatNobodyCanUse are left out, and said.
func TestSettingsThatNobodyCanUse(t *testing.T) {
	isolate(t, "", "")
	head := []byte(`{"waybill_export":{"format":1,"version":"1","made":"2026-11-01T00:00:00Z"}}` + "\n")
	settings := []byte(`{"settings":{"destination":{"bucket":"../up","prefix":""},"expires":-5,"on_clash":"burn","appearance":"pink","limit_rate":-1,"remind":-1,` +
		`"recent":[{"bucket":"good-one","prefix":""},{"bucket":"x","prefix":"../"}],"naming":[{"destination":{"bucket":"good-one","prefix":""},"template":"../{nam}"}],` +
		`"requests":{"destination":{"bucket":"good-one","prefix":""},"files":-3,"folder":"//elsewhere/share"},` +
		`"distributions":[{"bucket":"good-one","cloudfront":{"Domain":""}}],"updates":{"look":"always","skip":"9.9.9","seen":"99.0.0"}}}` + "\n")
	path := filepath.Join(t.TempDir(), "x.jsonl")
	write(t, path, string(ended([][]byte{head, settings})))
	c := newComputer(t)
	m := c.imports(path)
	if m.LeftOut != 7 {
		t.Errorf("%+v", m)
	}
	c.desk(func(d *desk.Desk) error {
		s := d.Settings()
		if s.Destination.Bucket != "" || s.Expires != time.Hour || s.OnClash != desk.ClashKeepBoth || s.Appearance != desk.AppearanceSystem || s.LimitRate != 0 ||
			len(s.Recent) != 1 || len(s.Naming) != 0 || len(s.Distributions) != 0 || s.Updates != (desk.Updates{}) ||
			s.Requests.Files != 0 || s.Requests.Folder != "" || s.Requests.Destination.Bucket != "" {
			t.Errorf("%+v", s)
		}
		return nil
	})
}
