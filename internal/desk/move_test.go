package desk_test

import (
	"context"
	"encoding/json"
	"errors"
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

// TestExportHoldsNoSecret: wherever a secret may be on this computer, none of it is in the file.
func TestExportHoldsNoSecret(t *testing.T) {
	isolate(t, "[default]\naws_session_token = TOKEN-OF-CONFIG\n", "[default]\naws_access_key_id = AKIDOFTHEPERSON\naws_secret_access_key = SECRET-OF-THE-PERSON\naws_session_token = TOKEN-OF-THE-PERSON\n")
	now := time.Now()
	inEndpoint := record("endpoint", now)
	inEndpoint.Endpoint = "https://alice:PASSWORD-OF-THE-LEDGER@store.example.com"
	c := newComputer(t, record("a", now), inEndpoint)
	asked := request(aRequestID, now)
	asked.Endpoint = "https://alice:PASSWORD-OF-THE-REQUEST@store.example.com"
	c.ledger(func(l *ledger.Ledger) error { return l.PutRequest(context.Background(), asked) })
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
		s.Requests = desk.RequestChoices{Destination: secret, Folder: "/home/alice/private/inbox"}
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
	if err != nil || m.Links != 2 || m.Distributions != 1 || m.Requests != 1 {
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
			if !errors.As(err, &told) || code(told) != one.code {
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

var errFull = errors.New("the disk is full")

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
			l.PutRequest(context.Background(), request(aRequestID, now)),
			l.PutRequest(context.Background(), ledger.Request{ID: "ended", Made: sent, Asked: time.Hour, Ends: sent.Add(time.Hour)})) // of no form that this version makes
	})
	path, m := old.export()
	if m.Links != 7 || m.LeftOut != 2 || m.Requests != 1 {
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
