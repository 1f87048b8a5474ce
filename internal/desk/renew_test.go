package desk_test

import (
	"context"
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
	"waybill/signer"
)

// code is a trouble's, "" for none; the row is witnessed.
func code(err error) string { return desk.CodeOf(err) }

// sendOne sends a file with a text and gives its transfer.
func sendOne(t *testing.T, d *desk.Desk, to desk.Destination, o desk.SendOptions, name, text string) desk.Transfer {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	write(t, path, text)
	s := one(t, send(t, d, to, o, path))
	if s.State != desk.Sent || s.Trouble != nil {
		t.Fatalf("%s, %v", s.State, s.Trouble)
	}
	return s
}

func entry(t *testing.T, d *desk.Desk, id string) desk.Entry {
	t.Helper()
	e, err := d.Entry(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestRenew: a link that has ended works again, nothing is uploaded, and the ledger knows the new end.
func TestRenew(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, desk.Options{})
	to := dest(t)
	sent := sendOne(t, d, to, desk.SendOptions{Expires: time.Second, Verify: desk.VerifyNone}, "a.txt", "hello")
	<-time.After(time.Until(sent.Link.Ends) + 10*time.Millisecond)
	if _, _, status := download(t, sent.Link.URL); status != 403 {
		t.Fatalf("%d of a link that has ended", status)
	}
	before, _ := inBucket(t, to.Prefix)
	renewed := d.Renew(ctx, sent.ID, 2*time.Hour, desk.VerifyAuto)
	if renewed.State != desk.Sent || renewed.Trouble != nil || !renewed.Link.Verified || renewed.ID != sent.ID {
		t.Fatalf("%+v", renewed)
	}
	if body, header, status := download(t, renewed.Link.URL); status != 200 || string(body) != "hello" || !strings.Contains(header.Get("Content-Disposition"), "a.txt") {
		t.Errorf("%d %q %v", status, body, header)
	}
	e := entry(t, d, sent.ID)
	if !e.Ends.Equal(renewed.Link.Ends) || e.Asked != 2*time.Hour || !e.Live(time.Now()) || e.Standing(time.Now()) != desk.Live {
		t.Errorf("%+v", e)
	}
	if left := time.Until(e.Ends); left < 119*time.Minute || left > 2*time.Hour {
		t.Errorf("ends in %v", left)
	}
	if after, _ := inBucket(t, to.Prefix); len(after) != len(before) {
		t.Errorf("%v, before %v", after, before)
	}
	if again := d.Renew(ctx, sent.ID, 0, desk.VerifyNone); again.Link == nil || entry(t, d, sent.ID).Asked != 2*time.Hour {
		t.Errorf("as long as before: %+v", again)
	}
	for name, c := range map[string]struct{ id, want string }{
		"nobody's": {"no-such-id", "NotInLedger"},
		"not sent": {one(t, send(t, d, to, desk.SendOptions{}, "/no/such/file")).ID, "NothingToRenew"},
	} {
		if got := d.Renew(ctx, c.id, time.Hour, desk.VerifyAuto); got.State != desk.Failed || code(got.Trouble) != c.want {
			t.Errorf("%s: %v", name, got.Trouble)
		}
	}
}

// TestRenewOfWhatIsGone: the ledger does not promise a link that leads nowhere.
func TestRenewOfWhatIsGone(t *testing.T) {
	d := newDesk(t, desk.Options{})
	sent := sendOne(t, d, dest(t), desk.SendOptions{Expires: time.Hour}, "a.txt", "hello")
	if _, err := client().DeleteObject(context.Background(), &s3.DeleteObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String(sent.Key)}); err != nil {
		t.Fatal(err)
	}
	got := d.Renew(context.Background(), sent.ID, 3*time.Hour, desk.VerifyAuto)
	if got.State != desk.Failed || code(got.Trouble) != "NoSuchKey" {
		t.Errorf("%s %v", got.State, got.Trouble)
	}
	if e := entry(t, d, sent.ID); !e.Ends.Equal(sent.Link.Ends) {
		t.Errorf("ends %v, was %v", e.Ends, sent.Link.Ends)
	}
}

// revoke looks, and takes away what it has seen.
func revoke(d *desk.Desk, id string, how desk.Revoking) (desk.Entry, error) {
	r, err := d.Revocable(context.Background(), id)
	if err != nil {
		return r.Entry, err
	}
	return d.Revoke(context.Background(), r, how)
}

// TestRevoke deletes or renames the object, says which, and undoes what can be undone.
func TestRevoke(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, desk.Options{})
	to := dest(t)
	sent := sendOne(t, d, to, desk.SendOptions{Expires: time.Hour}, "für Bob.txt", "hello")
	again := d.LinkTo(ctx, desk.Store{}, to.Bucket, sent.Key, desk.SendOptions{Expires: time.Hour})

	r, err := d.Revocable(ctx, sent.ID)
	if err != nil || r.Versioned || r.Replaced > 0 || r.Gone || r.Others != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if q := r.Question(desk.RevokeDelete); !strings.HasPrefix(q, "Delete ") || !strings.Contains(q, "für Bob.txt") || !strings.Contains(q, "cannot be undone") || !strings.Contains(q, "1 more") {
		t.Error(q)
	}
	if q := r.Question(desk.RevokeRename); !strings.HasPrefix(q, "Rename ") || !strings.Contains(q, "can be undone") {
		t.Error(q)
	}
	if q := r.Choice(); code(q) != "RevokeChoice" || !strings.Contains(q.What.String(), "für Bob.txt? 1 more") || !strings.HasSuffix(q.Help.String(), "; deleting cannot.") {
		t.Error(q)
	}
	e, err := revoke(d, sent.ID, desk.RevokeRename)
	if err != nil || !e.CanUndo || e.Standing(time.Now()) != desk.Revoked || e.Live(time.Now()) {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, _, status := download(t, sent.Link.URL); status != 404 {
		t.Errorf("%d of a revoked link", status)
	}
	if other := entry(t, d, again.ID); other.Standing(time.Now()) != desk.Revoked {
		t.Errorf("the other link to it is %s", other.Standing(time.Now()))
	}
	keys, _ := inBucket(t, to.Prefix)
	if len(keys) != 1 || !strings.Contains(keys[0], "für Bob (revoked ") || get(t, keys[0]) != "hello" {
		t.Errorf("%v", keys)
	}
	for name, err := range map[string]error{
		"revoke": func() error { _, err := revoke(d, sent.ID, desk.RevokeDelete); return err }(),
		"copy":   func() error { _, err := d.CopyLink(ctx, sent.ID); return err }(),
		"renew":  d.Renew(ctx, sent.ID, 0, desk.VerifyAuto).Trouble,
	} {
		if code(err) != "LinkRevoked" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if e, err = d.Unrevoke(ctx, again.ID); err != nil || !e.Live(time.Now()) {
		t.Fatalf("%+v, %v", e, err)
	}
	if body, _, status := download(t, sent.Link.URL); status != 200 || string(body) != "hello" {
		t.Errorf("%d %q after undo", status, body)
	}
	if e := entry(t, d, sent.ID); !e.Live(time.Now()) || e.CanUndo {
		t.Errorf("%+v", e)
	}

	if e, err = revoke(d, sent.ID, desk.RevokeDelete); err != nil || e.CanUndo {
		t.Errorf("%+v, %v", e, err)
	}
	if keys, unfinished := inBucket(t, to.Prefix); len(keys)+len(unfinished) > 0 {
		t.Errorf("%v %v", keys, unfinished)
	}
	if _, err := d.Unrevoke(ctx, sent.ID); code(err) != "NothingToUndo" {
		t.Errorf("%v", err)
	}
}

// TestRevokeSaysWhatElseIsThere: somebody has written over the object since.
func TestRevokeSaysWhatElseIsThere(t *testing.T) {
	d := newDesk(t, desk.Options{})
	sent := sendOne(t, d, dest(t), desk.SendOptions{Expires: time.Hour}, "a.txt", "mine")
	put(t, sent.Key, "somebody's")
	r, err := d.Revocable(context.Background(), sent.ID)
	if err != nil || r.Replaced != 1 || !strings.Contains(r.Question(desk.RevokeDelete), "Somebody has replaced 1") {
		t.Errorf("%+v, %v", r, err)
	}
	// What comes there after the question is not what was agreed to.
	put(t, sent.Key, "another one's")
	if _, err := d.Revoke(context.Background(), r, desk.RevokeDelete); code(err) != "ObjectChanged" || get(t, sent.Key) != "another one's" {
		t.Errorf("%v", err)
	}
	if _, err := client().DeleteObject(context.Background(), &s3.DeleteObjectInput{Bucket: aws.String(sandbox.Bucket), Key: aws.String(sent.Key)}); err != nil {
		t.Fatal(err)
	}
	if r, err = d.Revocable(context.Background(), sent.ID); err != nil || !r.Gone {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestRevokeWhereVersionsAreKept: a deletion there is a cover, which is taken off again.
func TestRevokeWhereVersionsAreKept(t *testing.T) {
	ctx := context.Background()
	m := teststore.StartMinIO(t, false)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	if _, err := m.Client(m.Key, m.Secret, "").PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: aws.String(teststore.Bucket), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatal(err)
	}
	d := openDesk(t, desk.Options{})
	sent := sendOne(t, d, desk.Destination{Bucket: teststore.Bucket}, desk.SendOptions{Expires: time.Hour}, "a.txt", "hello")
	r, err := d.Revocable(ctx, sent.ID)
	if err != nil || !r.Versioned || !strings.Contains(r.Question(desk.RevokeDelete), "keeps versions") {
		t.Errorf("%+v, %v", r, err)
	}
	if e, err := revoke(d, sent.ID, desk.RevokeDelete); err != nil || !e.CanUndo {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, _, status := download(t, sent.Link.URL); status != 404 {
		t.Errorf("%d of a revoked link", status)
	}
	if e, err := d.Unrevoke(ctx, sent.ID); err != nil || !e.Live(time.Now()) {
		t.Fatalf("%+v, %v", e, err)
	}
	if body, _, status := download(t, sent.Link.URL); status != 200 || string(body) != "hello" {
		t.Errorf("%d %q after undo", status, body)
	}
}

// TestRevokedLinksStayDead: a file of the same name does not get the key to which a link was revoked.
func TestRevokedLinksStayDead(t *testing.T) {
	d := newDesk(t, desk.Options{})
	to := dest(t)
	sent := sendOne(t, d, to, desk.SendOptions{Expires: time.Hour}, "a.txt", "for Bob")
	if _, err := revoke(d, sent.ID, desk.RevokeDelete); err != nil {
		t.Fatal(err)
	}
	again := sendOne(t, d, to, desk.SendOptions{Expires: time.Hour}, "a.txt", "not for Bob")
	if _, _, status := download(t, sent.Link.URL); status != 404 || !strings.HasSuffix(again.Key, "a (2).txt") {
		t.Errorf("%d, and the new file is %s", status, again.Key)
	}
}

// TestSelection finds, sorts and exports what is in the ledger.
func TestSelection(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	made := func(id, name string, size int64, state desk.State, ends time.Duration, more func(*desk.Entry)) desk.Entry {
		e := desk.Entry{
			ID: id, Name: name, Size: size, State: state, Sent: now.Add(-time.Hour), Signed: now.Add(-time.Hour),
			Asked: ends + time.Hour, Ends: now.Add(ends), Because: signer.Requested, Key: "k/" + name, Destination: desk.Destination{Bucket: "b"},
		}
		if more != nil {
			more(&e)
		}
		return e
	}
	all := []desk.Entry{
		made("1", "b.txt", 10, desk.Sent, 7*24*time.Hour-time.Hour, nil),
		made("2", "A.txt", 30, desk.Sent, 20*time.Hour, func(e *desk.Entry) { e.Asked = 7 * 24 * time.Hour; e.Note = "for Zoë" }),
		made("3", "c.txt", 20, desk.Sent, -time.Minute, nil),
		made("4", "=d.txt", 5, desk.Sent, 5*time.Hour, func(e *desk.Entry) { e.Revoked = now }),
		made("5", "e.txt", 0, desk.Failed, time.Hour, func(e *desk.Entry) { e.TroubleText = "a, \"b\"\nc" }),
		made("6", "f.txt", 1, desk.Sent, 4*time.Hour, func(e *desk.Entry) { e.TroubleCode = "LinkRefusedKMS" }),
		made("7", "g.txt", 2, desk.Sent, 0, func(e *desk.Entry) { e.Ends, e.Because, e.Asked = time.Time{}, signer.Unknown, 3*time.Hour }),
	}
	ids := func(s desk.Selection) string {
		found := ""
		for _, e := range s.Of(all, now) {
			found += e.ID
		}
		return found
	}
	for _, c := range []struct {
		text   string
		states []string
		sort   string
		want   string
	}{
		{"", nil, "", "1234567"},
		{"zoë", nil, "", "2"},
		{"K/B", nil, "", "1"},
		{"nothing", nil, "", ""},
		{"", []string{"live"}, "", "127"},
		{"", []string{"ending-soon"}, "", "2"},
		{"", []string{"ended", "revoked"}, "", "34"},
		{"", []string{"refused"}, "", "6"},
		{"", []string{"failed"}, "", "5"},
		{"", nil, "name", "4213567"},
		{"", nil, "size", "2314765"},
		{"", []string{"live"}, "end", "721"},
	} {
		s, err := desk.ParseSelection(c.text, c.states, c.sort)
		if got := ids(s); err != nil || got != c.want {
			t.Errorf("%q %v %q: %s (%v), want %s", c.text, c.states, c.sort, got, err, c.want)
		}
	}
	if _, err := desk.ParseSelection("", []string{"gone"}, ""); code(err) != "StandingUnknown" {
		t.Error(err)
	}
	if _, err := desk.ParseSelection("", nil, "colour"); code(err) != "SortUnknown" {
		t.Error(err)
	}
	var table strings.Builder
	if err := desk.WriteCSV(&table, all, now); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(table.String())).ReadAll()
	if err != nil || len(rows) != len(all)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	column := func(name string) int {
		for i, n := range rows[0] {
			if n == name {
				return i
			}
		}
		t.Fatalf("no column %s", name)
		return 0
	}
	if rows[4][column("name")] != "'=d.txt" || rows[5][column("error")] != "a, \"b\"\nc" || rows[2][column("note")] != "for Zoë" ||
		rows[4][column("state")] != "revoked" || rows[7][column("ends")] != "" || rows[1][column("ends")] != "2026-12-02T11:00:00Z" {
		t.Errorf("%q", rows)
	}
}

// TestNotesAndForgetting: what a person writes is found again, and what is forgotten is gone from the ledger only.
func TestNotesAndForgetting(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, desk.Options{})
	sent := sendOne(t, d, dest(t), desk.SendOptions{Expires: time.Hour}, "a.txt", "hello")
	if err := d.SetNote(ctx, sent.ID, "for Bob"); err != nil || entry(t, d, sent.ID).Note != "for Bob" {
		t.Errorf("%v", err)
	}
	if err := d.SetNote(ctx, "nobody", "x"); code(err) != "NotInLedger" {
		t.Error(err)
	}
	if n, err := d.ForgetLinks(ctx, sent.ID, "nobody"); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := d.Entry(ctx, sent.ID); code(err) != "NotInLedger" {
		t.Error(err)
	}
	if body, _, status := download(t, sent.Link.URL); status != 200 || string(body) != "hello" {
		t.Errorf("%d %q", status, body)
	}
}

// TestMatchAndBrowse finds what is there by pattern, and page by page.
func TestMatchAndBrowse(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, desk.Options{})
	prefix := dest(t).Prefix + "/"
	for _, k := range []string{"a.pdf", "b.txt", "x/c.pdf", "x/y/d e.pdf", "x/ü+&.pdf", "x/[1].pdf"} {
		put(t, prefix+k, k)
	}
	for pattern, want := range map[string]string{
		"*.pdf":       "a.pdf",
		"**/*.pdf":    "a.pdf x/[1].pdf x/c.pdf x/y/d e.pdf x/ü+&.pdf",
		"x/?.pdf":     "x/c.pdf",
		"{a,b}.*":     "a.pdf b.txt",
		`x/\[1\].pdf`: "x/[1].pdf",
		"nothing*":    "",
	} {
		var found []string
		for l, err := range d.Match(ctx, desk.Store{}, sandbox.Bucket, prefix+pattern) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, strings.TrimPrefix(l.Key, prefix))
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%s finds %q, want %q", pattern, got, want)
		}
	}
	for _, err := range d.Match(ctx, desk.Store{}, sandbox.Bucket, prefix+"[a") {
		if code(err) != "PatternWrong" {
			t.Error(err)
		}
	}
	page, err := d.Browse(ctx, desk.Store{}, sandbox.Bucket, prefix, "")
	if err != nil || page.Next != "" || len(page.Lines) != 3 {
		t.Fatalf("%+v, %v", page, err)
	}
	if l := page.Lines[0]; !l.Folder || l.Key != prefix+"x/" {
		t.Errorf("%+v", l)
	}
	if l := page.Lines[1]; l.Folder || l.Key != prefix+"a.pdf" || l.Size != 5 || time.Since(l.Modified).Abs() > time.Minute {
		t.Errorf("%+v", l)
	}
	put(t, prefix+"bell\a+/z.txt", "z") // S3's XML has no words for such a name
	folders, err := d.Prefixes(ctx, desk.Destination{Bucket: sandbox.Bucket, Prefix: prefix})
	if want := []string{prefix + "bell\a+/", prefix + "x/"}; err != nil || !slices.Equal(folders, want) {
		t.Errorf("%q, %v, want %q", folders, err, want)
	}
	if page, err = d.Browse(ctx, desk.Store{}, sandbox.Bucket, prefix+"x/y", ""); err != nil || len(page.Lines) != 1 || !page.Lines[0].Folder {
		t.Errorf("%+v, %v", page, err)
	}
	if _, err := d.Browse(ctx, desk.Store{}, "no-such-bucket", "", ""); code(err) != "NoSuchBucket" {
		t.Error(err)
	}
}
