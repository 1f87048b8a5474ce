package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/internal/desk"
	"waybill/internal/ledger"
	"waybill/signer"
)

// record is a link that was sent at a moment.
func record(id string, sent time.Time) ledger.Record {
	return ledger.Record{
		ID: id, Path: "/home/alice/private/" + id + ".pdf", Name: "<Bericht> & \u00e4/" + id + ".pdf", Profile: "work", Region: "eu-west-1",
		Endpoint: "https://store.example.com", Account: "123456789012", AllowHTTP: true, Bucket: "team-share", Prefix: "alice/", Key: "alice/" + id + ".pdf",
		Size: 123, ContentType: "application/pdf", ETag: `"e"`, Checksum: "crc64nvme:AAAAAAAAAAA=", State: "sent", Created: sent, Asked: time.Hour,
		Ends: sent.Add(time.Hour), Because: "requested", Verified: true, Inline: true, Plan: "plan-of-here", Signed: sent, Note: "a note\nof two lines",
	}
}

// computer is a home with a ledger in it, and what there is to know of it.
type computer struct {
	t    *testing.T
	home string
}

func newComputer(t *testing.T, records ...ledger.Record) computer {
	t.Helper()
	c := computer{t, filepath.Join(t.TempDir(), "home")}
	c.ledger(func(l *ledger.Ledger) error { return l.PutAll(context.Background(), records) })
	return c
}

func (c computer) ledger(do func(*ledger.Ledger) error) {
	c.t.Helper()
	l, err := ledger.Open(context.Background(), filepath.Join(c.home, "ledger.db"))
	if err == nil {
		err = errors.Join(do(l), l.Close())
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// records are those of the ledger, by ID.
func (c computer) records() map[string]ledger.Record {
	c.t.Helper()
	all := map[string]ledger.Record{}
	c.ledger(func(l *ledger.Ledger) error {
		list, err := l.List(context.Background(), 0)
		for _, r := range list {
			all[r.ID] = r
		}
		return err
	})
	return all
}

// desk does something with a desk on this computer.
func (c computer) desk(do func(*desk.Desk) error) {
	c.t.Helper()
	d, err := desk.Open(context.Background(), desk.Options{Home: c.home, Version: "1.0.0"})
	if err == nil {
		err = errors.Join(do(d), d.Close())
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c computer) export() (path string, m desk.Moving) {
	c.t.Helper()
	path = filepath.Join(c.t.TempDir(), "waybill.jsonl")
	c.desk(func(d *desk.Desk) (err error) {
		m, err = d.ExportFile(context.Background(), path, false)
		return err
	})
	return path, m
}

func (c computer) imports(path string) (m desk.Imported) {
	c.t.Helper()
	c.desk(func(d *desk.Desk) (err error) {
		m, err = d.ImportFile(context.Background(), path)
		return err
	})
	return m
}

// refuses wants an import to fail with a code, and to leave everything as it was.
func (c computer) refuses(path, code string) *desk.Trouble {
	c.t.Helper()
	before, files := c.records(), listed(c.t, c.home)
	var told *desk.Trouble
	c.desk(func(d *desk.Desk) error {
		_, err := d.ImportFile(context.Background(), path)
		if !errors.As(err, &told) || told.Code != code {
			c.t.Errorf("%v, want %s", err, code)
		}
		return nil
	})
	if after := c.records(); cmp.Diff(before, after) != "" {
		c.t.Error(cmp.Diff(before, after))
	}
	if after := listed(c.t, c.home); !slices.Equal(files, after) {
		c.t.Errorf("left behind: %q, was %q", after, files)
	}
	if told == nil {
		c.t.FailNow()
	}
	return told
}

// listed names what is in a folder, but for what SQLite and locks leave there.
func listed(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if name := e.Name(); name != "import.lock" && name != "ledger.db-wal" && name != "ledger.db-shm" {
			names = append(names, name)
		}
	}
	return names
}

func TestMovingToAnEmptyComputer(t *testing.T) {
	isolate(t, "", "")
	now := time.Now().Truncate(time.Microsecond)
	revoked := record("b", now.Add(-time.Hour))
	revoked.Revoked, revoked.Undo, revoked.Ends = now, "move:alice/x", time.Time{}
	failed := record("c", now.Add(-2*time.Hour))
	failed.State, failed.TroubleCode, failed.Trouble, failed.Signed, failed.Ends = "failed", "FileGone", "c.pdf is not there.", time.Time{}, time.Time{}
	page := record("page", now)
	page.Kind = "bundle"
	inSandbox := record("s", now)
	inSandbox.Sandbox = true
	from := newComputer(t, record("a", now), revoked, failed, page, inSandbox)
	from.ledger(func(l *ledger.Ledger) error {
		ctx := context.Background()
		return errors.Join(l.SetPage(ctx, "page", "b", "a"), l.PutPlan(ctx, ledger.Plan{ID: "p", Owner: "left", Content: "{}"}))
	})
	to := desk.Destination{Store: desk.Store{Profile: "work", Endpoint: "https://store.example.com"}, Bucket: "team-share", Prefix: "alice/"}
	from.desk(func(d *desk.Desk) error {
		s := d.Settings()
		s.Destination, s.Expires, s.OnClash, s.Appearance, s.LimitRate, s.Remind, s.SkipHidden = to, 36*time.Hour, desk.ClashSkip, desk.AppearanceDark, 5_000_000, time.Hour, true
		s.SetNaming(desk.DestinationNaming{Destination: to, Template: "{date}/{name}", Unguessable: true})
		return d.SaveSettings(s)
	})
	file, m := from.export()
	if m.Links != 4 || m.SandboxLinks != 1 || m.Interrupted != 1 || m.Destinations != 1 || m.Templates != 1 || m.Distributions != 0 {
		t.Errorf("%+v", m)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}

	c := computer{t, filepath.Join(t.TempDir(), "new")}
	got := c.imports(file)
	if got.Links != 4 || got.Added != 4 || got.Replaced+got.Kept+got.LeftOut != 0 || got.Version != "1.0.0" || time.Since(got.Made) > time.Minute {
		t.Errorf("%+v", got)
	}
	// All of a record comes but what is of that computer alone.
	for id, want := range from.records() {
		if want.Path, want.Plan = "", ""; want.Sandbox {
			want = ledger.Record{}
		}
		if diff := cmp.Diff(want, c.records()[id]); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	c.ledger(func(l *ledger.Ledger) error {
		onPage, err := l.BundledIn(context.Background(), "page")
		if len(onPage) != 2 || onPage[0].ID != "b" || onPage[1].ID != "a" {
			t.Errorf("%d files stand on the page", len(onPage))
		}
		plans, _ := l.Plans(context.Background())
		if len(plans) != 0 {
			t.Error("somebody else's drop is here")
		}
		return err
	})
	var was desk.Settings
	from.desk(func(d *desk.Desk) error { was = d.Settings(); return nil })
	c.desk(func(d *desk.Desk) error {
		if diff := cmp.Diff(was, d.Settings()); diff != "" {
			t.Error(diff)
		}
		return nil
	})
	if left := listed(t, c.home); !slices.Equal(left, []string{"ledger.db", "ledger.db.before-import", "settings.json"}) {
		t.Errorf("%q", left)
	}
	// Once more changes nothing.
	if again := c.imports(file); again.Added+again.Replaced+again.Kept != 0 || again.Links != 4 || len(again.Backups) != 2 || !strings.HasSuffix(again.Backups[0], "ledger.db.before-import-2") {
		t.Errorf("%+v", again)
	}
}

func TestMovingToAComputerInUse(t *testing.T) {
	isolate(t, "", "")
	now := time.Now().Truncate(time.Microsecond)
	before := now.Add(-time.Hour)
	renewedThere, renewedHere, noted := record("renewed-there", before), record("renewed-here", before), record("noted", before)
	from := newComputer(t, record("same", before), renewedThere, renewedHere, noted, record("only-there", before))
	here := newComputer(t, record("same", before), renewedThere, renewedHere, noted, record("only-here", before))
	change := func(c computer, id string, do func(*ledger.Record)) {
		c.ledger(func(l *ledger.Ledger) error { return l.Change(context.Background(), id, do) })
	}
	change(from, "renewed-there", func(r *ledger.Record) { r.Signed, r.Ends, r.Note = now, now.Add(time.Hour), "" })
	change(here, "renewed-here", func(r *ledger.Record) { r.Revoked = now })
	change(from, "noted", func(r *ledger.Record) { r.Note = "from there" })
	bucket := func(name string) desk.Destination { return desk.Destination{Bucket: name} }
	settings := func(c computer, appearance string, buckets ...string) {
		c.desk(func(d *desk.Desk) error {
			s := d.Settings()
			s.Appearance = appearance
			for _, b := range buckets {
				s.Destination = bucket(b)
				s.SetNaming(desk.DestinationNaming{Destination: bucket(b), Template: desk.Template(appearance + "/{name}")})
				if err := d.SaveSettings(s); err != nil {
					return err
				}
				s = d.Settings()
			}
			return nil
		})
	}
	settings(from, desk.AppearanceDark, "there", "both")
	settings(here, desk.AppearanceLight, "both", "here")

	file, _ := from.export()
	m := here.imports(file)
	if m.Added != 1 || m.Replaced != 1 || m.Kept != 2 {
		t.Errorf("%+v", m)
	}
	records := here.records()
	if len(records) != 6 {
		t.Errorf("%d records", len(records))
	}
	r := records["renewed-there"]
	if !r.Signed.Equal(now) || r.Path != renewedThere.Path || r.Plan != renewedThere.Plan || r.Note != renewedThere.Note {
		t.Errorf("%+v", r)
	}
	if !records["renewed-here"].Revoked.Equal(now) || records["noted"].Note != noted.Note || records["only-here"].Path == "" {
		t.Error("what happened here is lost")
	}
	here.desk(func(d *desk.Desk) error {
		s := d.Settings()
		if s.Appearance != desk.AppearanceDark || s.Destination != bucket("both") || !slices.Equal(s.Recent, []desk.Destination{bucket("both"), bucket("there"), bucket("here")}) {
			t.Errorf("%+v", s)
		}
		if s.NamingOf(bucket("both")).Template != "dark/{name}" || s.NamingOf(bucket("here")).Template != "light/{name}" || s.NamingOf(bucket("there")).Template != "dark/{name}" {
			t.Errorf("%+v", s.Naming)
		}
		return nil
	})
	// As it was before is beside it, each time.
	here.imports(file)
	for _, ending := range []string{".before-import", ".before-import-2"} {
		for _, name := range []string{"ledger.db", "settings.json"} {
			info, err := os.Stat(filepath.Join(here.home, name+ending))
			if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("%s%s: %v", name, ending, err)
			}
		}
	}
	old := filepath.Join(t.TempDir(), "home")
	text, err := os.ReadFile(filepath.Join(here.home, "ledger.db.before-import"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(old, "ledger.db"), string(text))
	if restored := (computer{t, old}).records(); len(restored) != 5 || !restored["renewed-there"].Signed.Equal(before) {
		t.Errorf("%d records in the copy", len(restored))
	}
}

// TestDistributionsMoveWithoutTheirKeys: the path comes, this computer's own stays, and what is missing is said.
func TestDistributionsMoveWithoutTheirKeys(t *testing.T) {
	isolate(t, "", "")
	from, here := newComputer(t), newComputer(t)
	key := privateKey(t)
	set := func(c computer, bucket, domain, key string) {
		c.desk(func(d *desk.Desk) error {
			return d.SetDistribution(bucket, signer.CloudFront{Domain: domain, KeyPairID: "K2JCJMDEHXQW5F", PrivateKey: key})
		})
	}
	gone := privateKey(t)
	set(from, "films", "there.cloudfront.net", key)
	set(from, "music", "there.cloudfront.net", gone)
	set(here, "films", "here.cloudfront.net", key)
	file, m := from.export()
	if m.Distributions != 2 {
		t.Errorf("%+v", m)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	got := here.imports(file)
	if !slices.Equal(got.Keys, []string{gone}) {
		t.Errorf("%q", got.Keys)
	}
	here.desk(func(d *desk.Desk) error {
		films, _ := d.Settings().DistributionOf("films")
		music, _ := d.Settings().DistributionOf("music")
		if films.Domain != "here.cloudfront.net" || music.Domain != "there.cloudfront.net" || music.PrivateKey != gone {
			t.Errorf("%+v, %+v", films, music)
		}
		return nil
	})
}

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

// TestExportHoldsNoSecret: wherever a secret may be on this computer, none of it is in the file.
func TestExportHoldsNoSecret(t *testing.T) {
	isolate(t, "[default]\naws_session_token = TOKEN-OF-CONFIG\n", "[default]\naws_access_key_id = AKIDOFTHEPERSON\naws_secret_access_key = SECRET-OF-THE-PERSON\naws_session_token = TOKEN-OF-THE-PERSON\n")
	now := time.Now()
	inEndpoint := record("endpoint", now)
	inEndpoint.Endpoint = "https://alice:PASSWORD-OF-THE-LEDGER@store.example.com"
	c := newComputer(t, record("a", now), inEndpoint)
	key := privateKey(t)
	pem, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(c.home, "sandbox", "keys.json"), `{"secret":"SECRET-OF-THE-SANDBOX"}`)
	secret := desk.Destination{Store: desk.Store{Endpoint: "https://bob:PASSWORD-OF-THE-SETTINGS@store.example.com"}, Bucket: "team-share"}
	c.desk(func(d *desk.Desk) error {
		s := d.Settings()
		s.Destination = secret
		s.SetNaming(desk.DestinationNaming{Destination: secret, Unguessable: true})
		return errors.Join(d.SaveSettings(s), d.SetDistribution("films", signer.CloudFront{Domain: "d.cloudfront.net", KeyPairID: "K2JCJMDEHXQW5F", PrivateKey: key}))
	})
	// Somebody has put the key itself where its path should be.
	settings := filepath.Join(c.home, "settings.json")
	var edited map[string]any
	text, err := os.ReadFile(settings)
	if err != nil || json.Unmarshal(text, &edited) != nil {
		t.Fatal(err)
	}
	edited["distributions"] = append(edited["distributions"].([]any), map[string]any{"bucket": "music", "cloudfront": map[string]any{"Domain": "d.cloudfront.net", "KeyPairID": "K2", "PrivateKey": string(pem)}})
	text, err = json.Marshal(edited)
	if err != nil {
		t.Fatal(err)
	}
	write(t, settings, string(text))

	file, m := c.export()
	exported, err := os.ReadFile(file)
	if err != nil || m.Links != 2 || m.Distributions != 1 {
		t.Fatalf("%v, %+v", err, m)
	}
	body := strings.Split(string(pem), "\n")[1]
	for _, secret := range []string{"TOKEN-OF", "SECRET-OF", "AKID", "PASSWORD-OF", "alice:", "bob:", body, "PRIVATE KEY", "X-Amz", "/home/alice/private"} {
		if strings.Contains(string(exported), secret) {
			t.Errorf("%q is in it", secret)
		}
	}
	for _, expected := range []string{key, "store.example.com", "team-share", "alice/a.pdf"} { // or the look was blind
		if !strings.Contains(string(exported), expected) {
			t.Errorf("%q is not in it", expected)
		}
	}
	if got := newComputer(t).imports(file); got.Added != 2 {
		t.Errorf("%+v", got)
	}
}

func TestExportReplacesNothingUnasked(t *testing.T) {
	isolate(t, "", "")
	c, dir := newComputer(t, record("a", time.Now())), t.TempDir()
	there := filepath.Join(dir, "there.txt")
	write(t, there, "mine")
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), link); err != nil {
		t.Fatal(err)
	}
	c.desk(func(d *desk.Desk) error {
		ctx := context.Background()
		for _, one := range []struct {
			path    string
			replace bool
			code    string
		}{
			{there, false, "ExportThere"}, {dir, true, "ExportNoFile"}, {link, true, "ExportNoFile"}, {os.DevNull, true, "ExportNoFile"},
			{filepath.Join(c.home, "ledger.db"), true, "ExportNoFile"}, {filepath.Join(dir, "none", "x"), false, "ExportNotWritten"},
			{filepath.Join(there, "x"), false, "ExportNotWritten"},
		} {
			_, err := d.ExportFile(ctx, one.path, one.replace)
			var told *desk.Trouble
			if !errors.As(err, &told) || told.Code != one.code {
				t.Errorf("%s: %v, want %s", one.path, err, one.code)
			}
		}
		if text, err := os.ReadFile(there); err != nil || string(text) != "mine" {
			t.Errorf("%q, %v", text, err)
		}
		if left := listed(t, dir); !slices.Equal(left, []string{"link", "there.txt"}) {
			t.Errorf("%q", left)
		}
		_, err := d.ExportFile(ctx, there, true)
		return err
	})
	if info, err := os.Stat(there); err != nil || info.Size() < 100 || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestExportOntoAFullDisk: what cannot be written whole is not there.
func TestExportOntoAFullDisk(t *testing.T) {
	isolate(t, "", "")
	var records []ledger.Record
	for i := range 100 {
		records = append(records, record(fmt.Sprintf("r%d", i), time.Now()))
	}
	c := newComputer(t, records...)
	c.desk(func(d *desk.Desk) error {
		var whole bytes.Buffer
		if _, err := d.ExportAll(context.Background(), &whole); err != nil {
			return err
		}
		for room := 0; room < whole.Len(); room += whole.Len()/20 + 1 {
			if _, err := d.ExportAll(context.Background(), &full{room}); !errors.Is(err, errFull) {
				t.Fatalf("%d bytes: %v", room, err)
			}
		}
		return nil
	})
}

var errFull = errors.New("the disk is full")

// full takes so many bytes and no more.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	if f.room -= n; n < len(p) {
		return n, errFull
	}
	return n, nil
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
		"newer":          {`{"waybill_export":{"format":2,"version":"9.9.9"},"more":[]}` + "\n\x00", "ImportNewer"},
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
	c.refuses(filepath.Join(t.TempDir(), "nothing"), "FileGone")
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

// refusesOrDrops wants an import to be refused, or, without a code, to leave the file's path out.
func (c computer) refusesOrDrops(name, path, code string) {
	c.t.Helper()
	if code != "" {
		if told := c.refuses(path, code); told == nil {
			c.t.Errorf("%s was taken", name)
		}
		return
	}
	c.imports(path)
	if r := c.records()["a"]; r.ID != "a" || r.Path != "" {
		c.t.Errorf("%s: %+v", name, r)
	}
}

// resigned changes the first record of an export, and makes the end fit again.
func resigned(t *testing.T, export []byte, change func(map[string]any)) string {
	t.Helper()
	lines := bytes.SplitAfter(export, []byte("\n"))
	var record map[string]map[string]any
	if err := json.Unmarshal(lines[2], &record); err != nil {
		t.Fatal(err)
	}
	change(record["record"])
	line, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	lines[2] = append(line, '\n')
	path := filepath.Join(t.TempDir(), "hostile.jsonl")
	write(t, path, string(ended(lines[:len(lines)-2])))
	return path
}

// TestSettingsThatNobodyCanUse are left out, and said.
func TestSettingsThatNobodyCanUse(t *testing.T) {
	isolate(t, "", "")
	head := []byte(`{"waybill_export":{"format":1,"version":"1","made":"2026-11-01T00:00:00Z"}}` + "\n")
	settings := []byte(`{"settings":{"destination":{"bucket":"../up","prefix":""},"expires":-5,"on_clash":"burn","appearance":"pink","limit_rate":-1,"remind":-1,` +
		`"recent":[{"bucket":"good-one","prefix":""},{"bucket":"x","prefix":"../"}],"naming":[{"destination":{"bucket":"good-one","prefix":""},"template":"../{nam}"}],` +
		`"distributions":[{"bucket":"good-one","cloudfront":{"Domain":""}}],"updates":{"look":"always","skip":"9.9.9","seen":"99.0.0"}}}` + "\n")
	path := filepath.Join(t.TempDir(), "x.jsonl")
	write(t, path, string(ended([][]byte{head, settings})))
	c := newComputer(t)
	m := c.imports(path)
	if m.LeftOut != 6 {
		t.Errorf("%+v", m)
	}
	c.desk(func(d *desk.Desk) error {
		s := d.Settings()
		if s.Destination.Bucket != "" || s.Expires != time.Hour || s.OnClash != desk.ClashKeepBoth || s.Appearance != desk.AppearanceSystem || s.LimitRate != 0 ||
			len(s.Recent) != 1 || len(s.Naming) != 0 || len(s.Distributions) != 0 || s.Updates != (desk.Updates{}) {
			t.Errorf("%+v", s)
		}
		return nil
	})
}

// TestAnImportThatWasKilledIsFinished: from the moment at which it is to be done, whoever opens the desk next does it.
func TestAnImportThatWasKilledIsFinished(t *testing.T) {
	isolate(t, "", "")
	from := newComputer(t, record("a", time.Now()), record("b", time.Now()))
	from.desk(func(d *desk.Desk) error {
		s := d.Settings()
		s.Appearance = desk.AppearanceDark
		return d.SaveSettings(s)
	})
	file, _ := from.export()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := newComputer(t, record("here", time.Now()))
	write(t, filepath.Join(c.home, "import.jsonl"), string(data)) // as a kill just after that moment leaves it
	c.desk(func(d *desk.Desk) error {
		if s := d.Settings(); s.Appearance != desk.AppearanceDark {
			t.Errorf("%+v", s)
		}
		if list, err := d.Links(context.Background(), 0); err != nil || len(list) != 3 {
			t.Errorf("%d links, %v", len(list), err)
		}
		return nil
	})
	if left := listed(t, c.home); !slices.Equal(left, []string{"ledger.db", "settings.json"}) {
		t.Errorf("%q", left)
	}
}

// TestAnImportThatCannotBegin: without room for the copies, nothing is changed.
func TestAnImportThatCannotBegin(t *testing.T) {
	isolate(t, "", "")
	file, _ := newComputer(t, record("a", time.Now())).export()
	c := newComputer(t, record("here", time.Now()))
	// The settings are no file, so no copy of them can be kept.
	if err := os.Mkdir(filepath.Join(c.home, "settings.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.refuses(file, "ImportFailed")
}

func TestReadExport(t *testing.T) {
	isolate(t, "", "")
	file, _ := newComputer(t, record("a", time.Now())).export()
	c := newComputer(t)
	c.desk(func(d *desk.Desk) error {
		m, err := d.ReadExport(context.Background(), file)
		if m.Links != 1 || m.Version != "1.0.0" {
			t.Errorf("%+v", m)
		}
		return err
	})
	if len(c.records()) != 0 {
		t.Error("reading it was importing it")
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	c.desk(func(d *desk.Desk) error {
		if _, err := d.ReadExport(cancelled, file); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		return nil
	})
}

// TestAnImportThatCannotBeFinished is said at each start, and done as soon as it can be.
func TestAnImportThatCannotBeFinished(t *testing.T) {
	isolate(t, "", "")
	file, _ := newComputer(t, record("a", time.Now())).export()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := newComputer(t, record("here", time.Now()))
	write(t, filepath.Join(c.home, "import.jsonl"), string(data))
	inTheWay := filepath.Join(c.home, "settings.json", "x")
	write(t, inTheWay, "") // no file can take the place of a folder
	for range 2 {
		c.desk(func(d *desk.Desk) error {
			if told := d.LedgerTrouble(); told == nil || told.Code != "ImportUnfinished" || !strings.Contains(told.Help.String(), "import.jsonl") {
				t.Errorf("%v", told)
			}
			return nil
		})
	}
	if err := os.RemoveAll(filepath.Dir(inTheWay)); err != nil {
		t.Fatal(err)
	}
	c.desk(func(d *desk.Desk) error {
		if told := d.LedgerTrouble(); told != nil {
			t.Errorf("%v", told)
		}
		return nil
	})
	if len(c.records()) != 2 {
		t.Error("it was not finished")
	}
}

// TestFailedRecordsMove: a send that has failed keeps what was mistyped, and no export may be one that no import takes.
func TestFailedRecordsMove(t *testing.T) {
	sent := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	failed := func(id string, wrong func(*ledger.Record)) ledger.Record {
		r := record(id, sent)
		r.State, r.TroubleCode, r.Ends, r.Because, r.ETag, r.Signed = "failed", "Endpoint", time.Time{}, "", "", time.Time{}
		wrong(&r)
		return r
	}
	nowhere := record("nowhere", sent)
	nowhere.Endpoint = "localhost:9000" // which nothing can have been sent to
	old := newComputer(t,
		failed("host", func(r *ledger.Record) { r.Endpoint = "localhost:9000" }),
		failed("words", func(r *ledger.Record) { r.Endpoint = "http://a b\x1b[2J" }),
		failed("prefix", func(r *ledger.Record) { r.Prefix, r.Key = "a\x1b[2J\u202e/", "" }),
		failed("type", func(r *ledger.Record) { r.ContentType = "text/\xff\xfeplain" }),
		failed("bucket", func(r *ledger.Record) { r.Bucket = "No\nBucket" }),
		failed("name", func(r *ledger.Record) { r.Name = "a\xff\n.pdf" }),
		nowhere, record("good", sent))
	old.ledger(func(l *ledger.Ledger) error {
		now := time.Now()
		return errors.Join(
			l.PutRequest(context.Background(), ledger.Request{ID: "open", Made: now, Asked: time.Hour, Ends: now.Add(time.Hour)}),
			l.PutRequest(context.Background(), ledger.Request{ID: "ended", Made: sent, Asked: time.Hour, Ends: sent.Add(time.Hour)}))
	})
	path, m := old.export()
	if m.Links != 7 || m.LeftOut != 1 || m.Requests != 1 {
		t.Errorf("%+v", m)
	}
	fresh := newComputer(t)
	if came := fresh.imports(path); came.Added != 7 {
		t.Errorf("%+v", came)
	}
	have := fresh.records()
	if r := have["host"]; r.Endpoint != "" || r.State != "failed" {
		t.Errorf("%+v", r)
	}
	if have["type"].ContentType != "text/_plain" || have["prefix"].Prefix != "a_[2J_/" {
		t.Errorf("%q, %q", have["type"].ContentType, have["prefix"].Prefix)
	}
}
