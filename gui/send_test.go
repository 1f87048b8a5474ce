package gui

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"waybill/internal/desk"
	"waybill/signer"
)

// fetch follows a link as anybody would.
func fetch(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d, %v", resp.StatusCode, err)
	}
	return string(body)
}

func TestDropBecomesALinkOnTheClipboard(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "/team//alice")
	if got := r.send.dest.prefix.Text; got != "team/alice/" {
		t.Errorf("the folder was not cleaned: %q", got)
	}
	if got := r.send.zone.text.text; !strings.Contains(got, "sandbox/team/alice/") {
		t.Errorf("the drop zone does not say where: %q", got)
	}
	r.send.drop([]string{r.file("report.txt", "hello")})
	r.over(1)
	row := r.content(0)
	if row.chip != "Link copied" || row.main != "Copy" || row.mainKind != primary || !strings.Contains(row.text, "checked") {
		t.Errorf("%+v", row)
	}
	if got := fetch(t, r.app.Clipboard().Content()); got != "hello" {
		t.Errorf("%q was behind the link", got)
	}
	if s := r.desk.Settings(); s.Destination.Bucket != "sandbox" || s.Destination.Prefix != "team/alice/" {
		t.Errorf("remembered %+v", s.Destination)
	}
	r.until("the Links place has it", func() bool { return len(r.links.entries) == 1 })
	if r.side.links.badge != "1" {
		t.Errorf("the sidebar counts %q", r.side.links.badge)
	}
}

func TestManyLinksAreCopiedALineEach(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	dir := filepath.Join(t.TempDir(), "many")
	for i := range 5 {
		write(t, filepath.Join(dir, fmt.Sprintf("%d.txt", i)), fmt.Sprint(i))
	}
	gone := filepath.Join(dir, "..", "gone.txt")
	r.send.drop([]string{dir, gone})
	r.over(6)
	lines := strings.Split(r.app.Clipboard().Content(), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines are on the clipboard", len(lines))
	}
	for i, line := range lines {
		if got := fetch(t, line); got != fmt.Sprint(i) {
			t.Errorf("line %d leads to %q", i, got)
		}
	}
	bad := r.content(5)
	if bad.chip != "Not sent" || !strings.Contains(bad.text, "gone.txt") || bad.help == "" || bad.main != "Retry" {
		t.Errorf("%+v", bad)
	}
	// The file is back: it is sent again in its own row, and its link is copied.
	write(t, gone, "back")
	_, act := r.send.content1(5)
	act.main()
	act.main() // a second click before the first has shown: it is sent once
	if row := r.content(5); row.chip != "Next" {
		t.Errorf("tried again, it shows %+v", row)
	}
	r.until("it is sent", func() bool { return r.send.shown[5].Good(time.Now()) && r.send.shown[5].copied })
	if len(r.send.shown) != 6 {
		t.Errorf("%d rows", len(r.send.shown))
	}
	// It came with the others, so the links of all of them are on the clipboard, in the drop's order.
	lines = strings.Split(r.app.Clipboard().Content(), "\n")
	if len(lines) != 6 {
		t.Fatalf("%d lines are on the clipboard after one was tried again", len(lines))
	}
	if got := fetch(t, lines[5]); got != "back" {
		t.Errorf("%q", got)
	}
	// Whatever else is copied takes the place of the links, and no row says otherwise.
	r.copy("something else")
	for i := range 6 {
		if row := r.content(i); row.chip != "Sent" {
			t.Errorf("row %d says %q", i, row.chip)
		}
	}
	r.send.clear()
	if r.send.totals().files != 0 || !r.send.zone.all.Visible() {
		t.Error("what is done is still there")
	}
}

func TestDropWithoutABucketWaits(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.until("the buckets are known", func() bool { return r.send.dest.known && len(r.send.dest.bucket.options) > 0 })
	r.send.dest.at.Bucket = ""
	r.send.dest.bucket.setValue("")
	r.send.drop([]string{r.file("a.txt", "a"), r.file("b.txt", "b")})
	if r.send.totals().files != 0 || len(r.send.waiting) != 2 || !r.notices.box.Visible() {
		t.Fatalf("%d rows, %d wait", r.send.totals().files, len(r.send.waiting))
	}
	if r.window.Canvas().Focused() != fyne.Focusable(r.send.dest.bucket) {
		t.Error("the bucket's field is not ready to type in")
	}
	r.fill(r.send.dest.bucket, "sandbox")
	r.over(2)
	if n := r.send.totals(); n.links != 2 {
		t.Errorf("%d links", n.links)
	}
	if r.notices.box.Visible() {
		t.Error("the notice stays")
	}
}

func TestErrorIsReadInTheRow(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "no-such-bucket")
	r.app.Clipboard().SetContent("what was there before")
	r.send.drop([]string{r.file("a.txt", "a")})
	r.over(1)
	row := r.content(0)
	if row.text != `There is no bucket "no-such-bucket" in this store.` || row.help == "" || row.chipTone != bad {
		t.Errorf("%+v", row)
	}
	if got := r.app.Clipboard().Content(); got != "what was there before" {
		t.Errorf("the clipboard has %q", got)
	}
	r.send.toggle(0)
	if row := r.content(0); !strings.Contains(row.open, "NoSuchBucket") || !strings.Contains(row.open, row.text) {
		t.Errorf("opened it says %q", row.open)
	}
	if strings.Contains(r.content(0).open, "Signature") {
		t.Error("the details hold a signature")
	}
}

func TestTakenNameIsAskedAbout(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.asksOnClash()
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "taken")
	path := r.file("same.txt", "first")
	r.send.drop([]string{path})
	r.over(1)
	first := r.app.Clipboard().Content()
	for i, c := range []struct {
		choice, text string
		then         func(rowContent) bool
		first        string
	}{
		{"Skip", "second", func(c rowContent) bool { return c.chip == "Skipped" }, "first"},
		{"Keep both", "third", func(c rowContent) bool { return strings.Contains(c.text, "as same (2).txt") }, "first"},
		{"Replace", "fourth", func(c rowContent) bool { return c.chip == "Link copied" }, "fourth"},
	} {
		write(t, path, c.text)
		r.send.drop([]string{path})
		r.until("the question is there", func() bool { return len(r.send.shown) == i+2 && len(r.content(0).more) == 3 })
		row, act := r.send.content1(0)
		for j, choice := range row.more {
			if choice == c.choice {
				act.more[j]()
			}
		}
		r.over(i + 2)
		if row := r.content(0); !c.then(row) {
			t.Errorf("%s: %+v", c.choice, row)
		}
		if got := fetch(t, first); got != c.first {
			t.Errorf("%s: the first has become %q", c.choice, got)
		}
	}
}

func TestPauseResumeCancel(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.desk.SetLimitRate(20 << 20)                                       // so that it is not over before the first click
	big := r.file("big.bin", strings.Repeat("0123456789abcdef", 8<<20)) // 128 MiB
	r.send.drop([]string{big})
	r.until("it is under way", func() bool { return r.send.totals().files == 1 && r.send.shown[0].Done > 0 })
	row, act := r.send.content1(0)
	if row.main != "Pause" || !row.bar || row.side != iconClose {
		t.Fatalf("%+v", row)
	}
	act.main()
	r.until("it is paused", func() bool { return r.send.shown[0].State == desk.Paused })
	row, act = r.send.content1(0)
	if row.chip != "Paused" || row.main != "Resume" || r.send.pauseText.text != "Resume all" {
		t.Errorf("%+v, %q", row, r.send.pauseText.text)
	}
	act.main()
	r.until("it goes on", func() bool { return r.send.shown[0].State == desk.Sending })
	_, act = r.send.content1(0)
	act.side(nil)
	r.over(1)
	if row := r.content(0); row.chip != "Cancelled" || row.main != "Send again" {
		t.Errorf("%+v", row)
	}
}

func TestNoProfileOffersTheSandbox(t *testing.T) {
	isolate(t, "", "")
	r := open(t, "", Options{})
	if r.send.zone.title.text != "No AWS profile on this computer" || r.send.zone.button.kind != primary {
		t.Fatalf("%q", r.send.zone.title.text)
	}
	// What is dropped now is not lost.
	path := r.file("a.txt", "kept")
	r.send.drop([]string{path})
	if len(r.send.waiting) != 1 {
		t.Fatal("the file was lost")
	}
	// A person who adds a profile and looks again finds it.
	withProfiles(t)
	r.send.zone.second.onTap()
	if r.send.dest.none() || r.send.dest.who() != "default" {
		t.Errorf("%q is chosen", r.send.dest.who())
	}
	r.over(1) // there is one bucket, so it is clear where to
	if got := fetch(t, r.app.Clipboard().Content()); got != "kept" {
		t.Errorf("%q", got)
	}
}

func TestBrokenConfigIsNamed(t *testing.T) {
	isolate(t, "[default]\nregion = us-east-1\n[profile broken\n", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
	r := open(t, "", Options{})
	if !r.notices.box.Visible() || r.notices.lines["profiles"] == nil {
		t.Fatal("nothing is said")
	}
	_, err := r.desk.Profiles()
	if told := desk.Explain(err); !strings.Contains(told.What.String(), "3") || !strings.Contains(told.What.String(), os.Getenv("AWS_CONFIG_FILE")) {
		t.Errorf("%v", told)
	}
}

func TestSessionThatEndsFirstIsSaidBefore(t *testing.T) {
	ends := time.Now().Add(20 * time.Minute).UTC().Format(time.RFC3339)
	isolate(t, "[profile short]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"SessionToken\":\"T\",\"Expiration\":\""+ends+"\"}'\nendpoint_url = "+store.Endpoint()+"\n", "")
	r := open(t, "", Options{})
	r.ready()
	d := r.send.dest
	if d.outlook.Because != signer.Credentials || !strings.Contains(d.line.label.Text, "session of short ends") || d.help.label.Text == "" {
		t.Errorf("%q / %q", d.line.label.Text, d.help.label.Text)
	}
	if got := r.side.until.label.Text; !strings.Contains(got, "Session ends") || !strings.Contains(got, "min") {
		t.Errorf("the sidebar says %q", got)
	}
	r.fill(d.lasts, "15 minutes")
	r.ready()
	if !strings.HasPrefix(d.line.label.Text, "Links made now work until today") && !strings.HasPrefix(d.line.label.Text, "Links made now work until tomorrow") {
		t.Errorf("a shorter time: %q", d.line.label.Text)
	}
}

func TestProfileThatDoesNotSignSaysSo(t *testing.T) {
	isolate(t, "[profile gone]\ncredential_process = false\nendpoint_url = "+store.Endpoint()+"\n", "")
	r := open(t, "", Options{})
	r.ready()
	d := r.send.dest
	if d.refused == nil || d.line.label.Text != d.refused.What.String() || d.help.label.Text == "" {
		t.Fatalf("%q", d.line.label.Text)
	}
	r.fill(d.bucket, "sandbox")
	if d.line.label.Text != d.refused.What.String() {
		t.Errorf("after naming a bucket: %q", d.line.label.Text)
	}
	r.send.drop([]string{r.file("a.txt", "a")})
	r.over(1)
	if row := r.content(0); row.chip != "Not sent" || row.text == "" || row.help == "" {
		t.Errorf("%+v", row)
	}
	r.ready()
	if d.refused == nil || d.line.label.Text != d.refused.What.String() {
		t.Errorf("after a drop: %q", d.line.label.Text)
	}
}

func TestFieldsSayWhatIsWrong(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	d := r.send.dest
	for _, c := range []struct {
		field *combo
		text  string
		code  string
	}{
		{d.bucket, "my/bucket", "BucketName"}, {d.lasts, "8d", "NoDistribution"}, {d.lasts, "9999d", "ExpiresTooLong"}, {d.lasts, "soon", "ExpiresNotATime"},
		{d.lasts, "-1h", "ExpiresTooShort"}, {d.prefix, "a/../b", "PrefixDots"},
	} {
		r.fill(c.field, c.text)
		if d.trouble == nil || d.trouble.Code != c.code || d.line.label.Text != d.trouble.What.String() {
			t.Errorf("%q: %v, and the line says %q", c.text, d.trouble, d.line.label.Text)
		}
		r.send.drop([]string{r.file("a.txt", "a")})
		if r.send.totals().files > 0 {
			t.Fatalf("%q: it was sent all the same", c.text)
		}
		r.send.waiting = nil
		r.fill(d.bucket, "sandbox")
		r.fill(d.lasts, "1 hour")
		r.ready()
		r.fill(d.prefix, "")
	}
	// A whole address may be pasted into the bucket's field.
	r.fill(d.bucket, "s3://sandbox/alice/2026")
	if d.at.Bucket != "sandbox" || d.at.Prefix != "alice/2026/" {
		t.Errorf("%+v", d.at)
	}
}

func TestProfilesRememberTheirPlaces(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, "one")
	r.send.drop([]string{r.file("a.txt", "a")})
	r.over(1)
	r.fill(r.send.dest.profile, "wor") // enough to know which
	if r.send.dest.at.Profile != "work" || r.send.dest.profile.Text != "work" {
		t.Fatalf("%+v", r.send.dest.at)
	}
	r.fill(r.send.dest.profile, "nobody")
	if r.send.dest.profile.Text != "work" {
		t.Errorf("a profile that does not exist stays in the field: %q", r.send.dest.profile.Text)
	}
	r.fill(r.send.dest.profile, "default")
	if at := r.send.dest.at; at.Bucket != "sandbox" || at.Prefix != "one/" {
		t.Errorf("%+v", at)
	}
}

// TestQuestionsOfTwoFilesOfOneName: each row asks for its own file, and a cancelled row asks no more.
func TestQuestionsOfTwoFilesOfOneName(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.asksOnClash()
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, fmt.Sprint("twins", time.Now().UnixNano()))
	there := r.file("twin.txt", "there")
	r.send.drop([]string{there})
	r.over(1)
	link := r.app.Clipboard().Content()
	r.send.clear()
	r.send.drop([]string{there})
	r.fill(r.send.dest.lasts, "1 day") // so that it is a drop of its own
	r.send.drop([]string{r.file("twin.txt", "mine")})
	asking := func(at int) bool { return len(r.content(at).more) == 3 }
	r.until("both ask", func() bool { return len(r.send.shown) == 2 && asking(0) && asking(1) })
	_, act := r.send.content1(1)
	act.side(nil)
	r.until("the older is cancelled", func() bool { return r.send.shown[1].State == desk.Cancelled })
	if !asking(0) {
		t.Fatal("the other one's question went with it")
	}
	_, act = r.send.content1(0)
	act.more[1]() // replace
	r.over(2)
	if got := fetch(t, link); got != "mine" {
		t.Errorf("%q is there", got)
	}
	if len(r.send.asks) != 0 {
		t.Errorf("%d questions are left", len(r.send.asks))
	}
}

// TestProfileNamedLikeTheSandbox: an AWS profile may have any name, and it is never taken for what is built in.
func TestProfileNamedLikeTheSandbox(t *testing.T) {
	keys := "\naws_access_key_id = a\naws_secret_access_key = b\n"
	isolate(t, "", "[default]"+keys+"[sandbox]"+keys+"[Sandbox]"+keys+"[Prod]"+keys+"[prod]"+keys)
	r := open(t, "", Options{})
	d := r.send.dest
	for _, p := range d.profiles {
		d.profile.choose(profileOption(p))
		if d.at.Sandbox != p.Sandbox || !p.Sandbox && d.at.Profile != p.Name {
			t.Errorf("%q (built in: %v) was chosen, and %+v is used", p.Name, p.Sandbox, d.at.Store)
		}
	}
	for _, name := range []string{"prod", "Prod", "sandbox"} {
		if r.fill(d.profile, name); d.at.Profile != name || d.at.Sandbox {
			t.Errorf("%q was typed, and %+v is used", name, d.at.Store)
		}
	}
}

// TestFlagsAreForOneStart: what the command line says of the store is not remembered, and is in the fields.
func TestFlagsAreForOneStart(t *testing.T) {
	withProfiles(t)
	home := filepath.Join(t.TempDir(), "home")
	t.Setenv("AWS_PROFILE", "work")
	r := open(t, home, Options{Store: desk.Store{Endpoint: store.Endpoint()}})
	r.ready()
	if r.send.dest.profile.Text != "work" {
		t.Errorf("the profile's field has %q", r.send.dest.profile.Text)
	}
	r.fill(r.send.dest.bucket, "sandbox")
	r.send.drop([]string{r.file("a.txt", "a")})
	r.over(1)
	if got := r.desk.Settings().Destination; got != (desk.Destination{}) {
		t.Errorf("%+v is remembered", got)
	}
}

// TestSessionRunsOutWhileTheWindowIsOpen: what the line promises never goes past the session, and a session that
// was signed in to again is noticed.
func TestSessionRunsOutWhileTheWindowIsOpen(t *testing.T) {
	until := func(ends time.Time) {
		isolate(t, "[profile s]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"SessionToken\":\"T\",\"Expiration\":\""+
			ends.UTC().Format(time.RFC3339)+"\"}'\nendpoint_url = "+store.Endpoint()+"\n", "")
	}
	first := time.Now().Add(2 * time.Hour)
	until(first)
	r := open(t, "", Options{})
	r.ready()
	d := r.send.dest
	r.fill(d.lasts, "1 hour")
	r.ready()
	later := time.Now().Add(90 * time.Minute)
	r.now = func() time.Time { return later }
	until(later.Add(10 * time.Hour)) // signed in again
	r.send.tick()
	if want := "Links made now work until " + r.words.moment(first, later) + "."; d.line.label.Text != want {
		t.Errorf("%q, not %q", d.line.label.Text, want)
	}
	r.until("the new session is known", func() bool { return d.session.ends.After(first.Add(time.Hour)) })
	r.send.tick()
	if want := "Links made now work until " + r.words.moment(later.Add(time.Hour), later) + "."; d.line.label.Text != want {
		t.Errorf("%q, not %q", d.line.label.Text, want)
	}
}

// TestLinkThatHasEndedIsNotOfferedAnyMore: a row in the Send place keeps its word as long as it is in sight.
func TestLinkThatHasEndedIsNotOfferedAnyMore(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.fill(r.send.dest.bucket, "sandbox")
	r.send.drop([]string{r.file("a.txt", "a")})
	r.over(1)
	r.app.Clipboard().SetContent("")
	r.now = func() time.Time { return time.Now().Add(8 * 24 * time.Hour) }
	r.send.show()
	row := r.content(0)
	if row.chip != "Ended" || row.main != "Send again" || !r.send.copyText.Hidden {
		t.Errorf("%+v", row)
	}
	r.send.copyAt(0)
	r.send.copyAll()
	if got := r.app.Clipboard().Content(); got != "" {
		t.Errorf("%q was copied", got)
	}
}

func TestPastedPaths(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a b.txt"), filepath.Join(dir, "ü%20.txt")
	write(t, a, "a")
	write(t, b, "b")
	for text, want := range map[string]int{
		a: 1, a + "\n" + b: 2, `"` + a + `"`: 1,
		"copy\nfile://" + strings.ReplaceAll(a, " ", "%20"): 1,
		"# list\r\nfile://" + dir + "/%C3%BC%2520.txt\r\n":  1,
		"hello": 0, "": 0, "a b.txt": 0, dir + "/nothing": 0, a + "\nand some words": 0, "https://example.com/a": 0,
		a + "\n" + dir + "/nothing": 2, // the row of what is not there says so
	} {
		got, missing := pastedPaths(text)
		if len(got) != want {
			t.Errorf("%q: %q", text, got)
		}
		if (missing != "") != (text == dir+"/nothing") {
			t.Errorf("%q: %q is said to be missing", text, missing)
		}
	}
}

// TestInterruptedDropGoesOn: what a start leaves behind, the next one offers to go on with.
func TestInterruptedDropGoesOn(t *testing.T) {
	withProfiles(t)
	home := filepath.Join(t.TempDir(), "home")
	content := strings.Repeat("0123456789abcdef", 6<<20) // 96 MiB
	big := filepath.Join(t.TempDir(), "big.bin")
	write(t, big, content)
	r := open(t, home, Options{})
	r.ready()
	r.desk.SetLimitRate(20 << 20)
	r.fill(r.send.dest.bucket, "sandbox")
	r.fill(r.send.dest.prefix, fmt.Sprint("interrupted", time.Now().UnixNano()))
	r.send.drop([]string{big})
	r.until("it is under way", func() bool { return r.send.totals().files == 1 && r.send.shown[0].Done > 0 })
	r.askToClose()
	notice := r.notices.lines["close"]
	if notice == nil {
		t.Fatal("the window closes without a question")
	}
	r.cancel(desk.ErrLeave) // what "Close, go on later" does
	r.busy.Wait()
	if err := r.desk.Close(); err != nil {
		t.Fatal(err)
	}

	next := open(t, home, Options{})
	next.until("it is offered", func() bool { return next.notices.lines["interrupted"] != nil })
	list, err := next.desk.Interrupted(context.Background())
	if len(list) != 1 || err != nil {
		t.Fatalf("%v, %v", list, err)
	}
	next.send.goOn(list[0])
	next.over(1)
	row := next.content(0)
	if row.chip != "Link copied" || strings.Contains(row.text, "(2)") {
		t.Errorf("%+v", row)
	}
	if got := fetch(t, next.app.Clipboard().Content()); got != content {
		t.Errorf("%d bytes arrived", len(got))
	}
	if list, err = next.desk.Interrupted(context.Background()); len(list) != 0 || err != nil {
		t.Errorf("there is still something to go on with: %v, %v", list, err)
	}
}

// TestFilesJoinADropUnderWay: what goes the same way is one drop, and its links are copied together.
func TestFilesJoinADropUnderWay(t *testing.T) {
	withProfiles(t)
	r := open(t, "", Options{})
	r.ready()
	r.desk.SetLimitRate(4 << 20)
	r.fill(r.send.dest.bucket, "sandbox")
	r.send.drop([]string{r.file("first.bin", strings.Repeat("x", 4<<20))})
	r.until("it is under way", func() bool { return r.send.totals().files == 1 && r.send.shown[0].Done > 0 })
	r.send.drop([]string{r.file("second.txt", "second")})
	r.desk.SetLimitRate(0)
	r.over(2)
	if len(r.send.groups) != 1 || len(strings.Split(r.app.Clipboard().Content(), "\n")) != 2 {
		t.Errorf("%d drops, and %q is on the clipboard", len(r.send.groups), r.app.Clipboard().Content())
	}
	r.fill(r.send.dest.prefix, "elsewhere")
	r.send.drop([]string{r.file("third.txt", "third")})
	r.over(3)
	if len(r.send.groups) != 2 {
		t.Errorf("%d drops", len(r.send.groups))
	}
}
