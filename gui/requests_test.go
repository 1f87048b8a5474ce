package gui

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
)

// TestSomebodyIsAskedForFiles: from the empty place by the form to the link on the clipboard, and to what is uploaded.
func TestSomebodyIsAskedForFiles(t *testing.T) {
	r := inRequests(t, "ask")
	p, f := r.requests, r.asking
	if !p.empty.all.Visible() || p.empty.button.text != "Ask somebody for files" || p.band.Visible() {
		t.Fatalf("the empty place says %q", p.empty.title.text)
	}
	p.empty.button.Tapped(nil)
	if r.window.Canvas().Focused() != fyne.Focusable(f.whom) || !r.side.requests.on {
		t.Fatal("the form is not open")
	}
	r.until("the profile is known", func() bool { return f.known })
	if f.to.bucket.Text != "sandbox" || f.to.prefix.Text != "ask/" || !strings.HasPrefix(f.ends.label.Text, "Files may come until today ") && !strings.HasPrefix(f.ends.label.Text, "Files may come until tomorrow ") {
		t.Errorf("%q, %q: %q", f.to.bucket.Text, f.to.prefix.Text, f.ends.label.Text)
	}
	test.Type(f.whom, "Anna & Söhne")
	f.from.SetText("Bob")
	f.message.SetText("The photos,\nplease.")
	f.kinds[desk.KindsPictures].onTap()
	r.fill(f.size, "10 MB")
	if !strings.Contains(f.store.label.Text, "other types, larger files") || f.make.Disabled() {
		t.Errorf("%q, disabled: %v", f.store.label.Text, f.make.Disabled())
	}
	f.whom.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.until("it is made", func() bool { return r.arrivals.all.Visible() && r.arrivals.request.ID != "" && !r.arrivals.waiting })
	if got := r.says(requestNotice); !strings.HasPrefix(got, "The link to the page for Anna & Söhne is copied. The link works until ") {
		t.Errorf("it says %q", got)
	}
	page := fetch(t, r.clipboard())
	if !strings.Contains(page, "Anna &amp; Söhne") || !strings.Contains(page, "The photos,") {
		t.Error("the clipboard leads to another page")
	}
	a := r.arrivals
	if a.title.text != "Anna & Söhne" || a.asked.text != "Any number of files, pictures, at most 10\u00a0MB each" || !strings.Contains(a.about.text, "sandbox/ask/") ||
		a.message.text != "“The photos, please.”" || !a.message.Visible() || a.empty.title.text != "Nothing has arrived yet" || a.chip.text != "Link copied" {
		t.Errorf("%q, %q, %q, %q, %q, %q", a.title.text, a.asked.text, a.about.text, a.message.text, a.empty.title.text, a.chip.text)
	}

	// What is uploaded is there without a look by hand, and in sight it needs no notice.
	w, err := r.desk.Ways(context.Background(), a.request.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.sends(w, "one.png", "1")
	r.watches()
	r.until("it is shown", func() bool { return len(a.arrivals) == 1 })
	if c, _ := r.arrival("one.png"); c.chip != "New" || c.main != "Download" || !strings.HasPrefix(c.text, "1\u00a0B · arrived today ") {
		t.Errorf("%+v", c)
	}
	if r.says(arrivedNotice) != "" {
		t.Errorf("%q is said of what is in sight", r.says(arrivedNotice))
	}
	r.until("it is seen", func() bool { return len(p.requests) == 1 && p.requests[0].Arrived == 1 && p.requests[0].New == 0 })
	if c, _ := r.arrival("one.png"); c.chip != "New" {
		t.Error("the word jumps away while somebody looks")
	}

	// Out of sight, a line says it, and the sidebar counts.
	a.leave()
	r.ui.open(r.send)
	r.sends(w, "two.png", "22")
	r.sends(w, "three.png", "333")
	r.watches()
	r.until("the sidebar counts", func() bool { return r.side.requests.badge == "2" })
	if got := r.says(arrivedNotice); got != "2 files have arrived for the request to Anna & Söhne" {
		t.Errorf("it says %q", got)
	}
	c, _ := p.row(0)
	if c.name != "Anna & Söhne" || !strings.HasPrefix(c.text, "3 files, 2 new, 6\u00a0B · sandbox/ask/") || c.texts != colorAccent {
		t.Errorf("its row says %+v", c)
	}
	r.press(arrivedNotice, "Show")
	r.until("they are shown", func() bool { return len(a.arrivals) == 3 })
	for name, want := range map[string]string{"one.png": "", "two.png": "New", "three.png": "New"} {
		if c, _ := r.arrival(name); c.chip != want {
			t.Errorf("%s: %q", name, c.chip)
		}
	}
	r.until("they are seen", func() bool { return r.side.requests.badge == "" })

	// The next form has what was chosen, but for whom it was.
	r.key("ask")
	if f.whom.Text != "" || f.message.Text != "" || f.from.Text != "Bob" || f.size.Text != "10 MB" || f.group != desk.KindsPictures {
		t.Errorf("the form has %q, %q, %q, %q, %q", f.whom.Text, f.message.Text, f.from.Text, f.size.Text, f.group)
	}
	if s := r.desk.Settings().Requests; s.From != "Bob" || s.MaxSize != 10_000_000 || s.Destination.Prefix != "ask/" || s.Expires != time.Hour {
		t.Errorf("%+v is remembered", s)
	}
	r.key("escape")
	if !p.all.Visible() {
		t.Error("Escape does not lead back")
	}
}

// TestWhatIsWrongInTheForm is said before anything is made.
func TestWhatIsWrongInTheForm(t *testing.T) {
	r := inRequests(t, "wrong")
	f := r.asking
	r.key("ask")
	r.until("the profile is known", func() bool { return f.known })
	for _, c := range []struct {
		field *combo
		bad   string
		says  string
		good  string
	}{
		{f.files, "many", `"many" is not a whole number of files`, "Any number"},
		{f.files, "2000", `2000 is not a number of files`, "3"},
		{f.size, "large", `"large" is not a size`, "any size"},
		{f.lasts, "8d", `"8d" is longer than a signed link can last`, "36h"},
		{f.to.bucket, "ab", `"ab" cannot be the name of a bucket`, "sandbox"},
		{f.to.prefix, "a/../b", `The folder "a/../b" has`, "a/b"},
	} {
		r.fill(c.field, c.bad)
		if !strings.HasPrefix(f.ends.label.Text, c.says) || !f.make.Disabled() {
			t.Errorf("%q: %q, disabled: %v", c.bad, f.ends.label.Text, f.make.Disabled())
		}
		r.fill(c.field, c.good)
		r.until("the profile is known", func() bool { return f.known })
		if !strings.HasPrefix(f.ends.label.Text, "Files may come until ") || f.make.Disabled() {
			t.Errorf("%q: %q, disabled: %v", c.good, f.ends.label.Text, f.make.Disabled())
		}
	}
	f.kinds[desk.KindsOwn].onTap()
	if r.window.Canvas().Focused() != fyne.Focusable(f.own) || !f.ownBox.Visible() {
		t.Error("the list is not asked for")
	}
	f.own.SetText("pdf, /x")
	if !strings.HasPrefix(f.ends.label.Text, `"/x" is not a kind of file.`) || !f.make.Disabled() {
		t.Errorf("%q", f.ends.label.Text)
	}
	f.submit()
	if f.making || !strings.HasPrefix(r.says(requestNotice), `"/x" is not a kind of file.`) {
		t.Errorf("it is made, and it says %q", r.says(requestNotice))
	}
}

// TestTheFormSaysWhenTheSessionEnds before anything is made.
func TestTheFormSaysWhenTheSessionEnds(t *testing.T) {
	ends := time.Now().Add(20 * time.Minute)
	isolate(t, "[profile s]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"SessionToken\":\"T\",\"Expiration\":\""+
		ends.UTC().Format(time.RFC3339)+"\"}'\nendpoint_url = "+store.Endpoint()+"\n", "")
	r := open(t, "", Options{})
	r.ready()
	r.key("ask")
	f := r.asking
	r.until("the profile is known", func() bool { return f.known })
	if want := "Files may come until " + r.words.zoned(ends.Truncate(time.Second), time.Now()) + ", when the session of s ends, not for 1 hour."; f.ends.label.Text != want {
		t.Errorf("%q, not %q", f.ends.label.Text, want)
	}
}

// TestTheWaysIn: what can be copied, mailed, scanned and looked at leads into the request.
func TestTheWaysIn(t *testing.T) {
	r := inRequests(t, "ways")
	w := r.asks(desk.RequestOptions{For: "Anna", From: "Bob [boss]"})
	p, a := r.requests, r.watched()
	p.rows.list.at = 0
	r.key("copy")
	r.until("the link is copied", func() bool { return strings.HasPrefix(r.clipboard(), "http") })
	if !strings.Contains(fetch(t, r.clipboard()), "Anna") {
		t.Error("it leads elsewhere")
	}
	if c, _ := p.row(0); c.chip != "Link copied" {
		t.Errorf("%q", c.chip)
	}
	for label, begins := range map[string]string{"Markdown": `[Send files to Bob \[boss\]](<http`, "HTML": `<a href="http`, "curl command": "sh -c ", "PowerShell command": "& { param"} {
		r.app.Clipboard().SetContent("")
		p.menu(w.Request, p.rows.list)
		r.choose("Copy as", label)
		r.until(label+" is copied", func() bool { return strings.HasPrefix(r.clipboard(), begins) })
	}
	r.key("qr")
	r.until("the code is shown", func() bool { return r.qr != nil })
	if got := r.scanned(); !strings.Contains(fetch(t, got), "Anna") {
		t.Error("the code leads elsewhere")
	}
	r.key("escape")
	if r.qr != nil {
		t.Fatal("Escape does not close it")
	}
	r.key("browser")
	opened := ""
	r.until("the browser opens", func() bool {
		select {
		case u := <-a.urls:
			opened = u.String()
		default:
		}
		return opened != ""
	})
	if strings.Contains(opened, "Signature") {
		t.Error("the browser opens by an address that others can read and use")
	}
	r.key("mail")
	r.until("the mail program opens", func() bool {
		select {
		case u := <-a.urls:
			return u.Scheme == "mailto" && strings.Contains(u.String(), "Send%20files%20to%20Bob")
		default:
			return false
		}
	})
	p.menu(w.Request, p.rows.list)
	r.choose("Copy the S3 address")
	if got := r.clipboard(); got != "s3://sandbox/"+w.Request.Folder {
		t.Errorf("%q", got)
	}
}

func TestRequestsAreFoundAndForgotten(t *testing.T) {
	r := inRequests(t, "list")
	p, ctx := r.requests, context.Background()
	for whom, lasts := range map[string]time.Duration{"Anna": 10 * time.Minute, "Bob": 24 * time.Hour, "Carol": time.Hour} {
		r.asks(desk.RequestOptions{For: whom, Message: "for " + whom, Expires: lasts})
	}
	names := func() string {
		var all []string
		for _, q := range p.shown {
			all = append(all, q.For)
		}
		return strings.Join(all, " ")
	}
	byName := func(name string) desk.Request {
		for _, q := range p.requests {
			if q.For == name {
				return q
			}
		}
		t.Fatalf("no request to %s", name)
		return desk.Request{}
	}
	if _, err := r.desk.CloseRequest(ctx, byName("Bob").ID, false); err != nil {
		t.Fatal(err)
	}
	p.load()
	r.until("it is known as closed", func() bool { return !byName("Bob").Closed.IsZero() })
	for f, want := range map[requestFilter]int{openRequests: 2, newsRequests: 0, soonRequests: 1, overRequests: 1, allRequests: 3} {
		p.filters[f].onTap()
		if len(p.shown) != want || !strings.Contains(p.filters[f].text, string(rune('0'+want))) {
			t.Errorf("filter %d shows %d, says %q", f, len(p.shown), p.filters[f].text)
		}
		if p.empty.all.Visible() == (want > 0) || p.empty.title.text == "" {
			t.Errorf("filter %d: the empty place is shown %v", f, p.empty.all.Visible())
		}
	}
	p.filters[allRequests].onTap()
	for text, want := range map[string]string{"ANNA": "Anna", "for bob": "Bob", "nobody": ""} {
		p.search.SetText(text)
		if names() != want {
			t.Errorf("%q finds %q", text, names())
		}
	}
	p.empty.button.Tapped(nil)
	if len(p.shown) != 3 {
		t.Error("the search is not cleared")
	}
	// Open ones are not forgotten, and the others after a question.
	p.selectAll()
	if p.bar.all.Hidden || p.bar.count.text != "3 selected" {
		t.Error("there is nothing to do with the selected")
	}
	r.app.Clipboard().SetContent("")
	r.key("copy")
	r.until("the open ones are copied", func() bool { return strings.Count(r.clipboard(), "http") == 2 })
	r.key("forget")
	if got := r.says(forgetRequestsQuestion); !strings.HasPrefix(got, "Forget the request to Bob?") {
		t.Errorf("it asks %q", got)
	}
	r.press(forgetRequestsQuestion, "Forget")
	// What was signed for it still works, and nobody would show what comes.
	r.until("it stays", func() bool {
		return strings.HasPrefix(r.says("forget"), "The request is closed, but what was signed works until ")
	})
	r.notices.hide("forget")
	dora := r.asks(desk.RequestOptions{For: "Dora", Expires: time.Second}).Request
	r.until("its time is over", func() bool { return dora.Standing(time.Now()) == desk.RequestEnded })
	p.askForget([]desk.Request{dora})
	r.press(forgetRequestsQuestion, "Forget")
	r.until("it is gone", func() bool { return len(p.requests) == 3 })
	p.askForget([]desk.Request{byName("Anna"), byName("Carol")})
	if got := r.says(forgetRequestsQuestion); !strings.HasPrefix(got, "An open request cannot be forgotten.") {
		t.Errorf("it says %q", got)
	}
	r.notices.hide(forgetRequestsQuestion)
	// By keys: Space selects, Ctrl+I shows.
	p.selectNone()
	p.rows.list.at = p.index(byName("Carol").ID)
	r.key("details")
	r.until("it is shown", func() bool { return r.arrivals.all.Visible() && r.arrivals.title.text == "Carol" })
	r.arrivals.rows.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !p.all.Visible() {
		t.Error("Escape does not lead back")
	}
	// One whose time is over moves to the others by itself.
	later := time.Now().Add(11 * time.Minute)
	r.now = func() time.Time { return later }
	p.tick()
	p.filters[overRequests].onTap()
	if got := names(); got != "Anna Bob" && got != "Bob Anna" {
		t.Errorf("%q are over", got)
	}
	if c, _ := p.row(strings.Index(names(), "Anna") / len("Bob ")); !strings.HasPrefix(c.chip, "Ended ") || c.main != "Show" {
		t.Errorf("its row says %q, %q", c.chip, c.main)
	}
}

// TestClosingARequest: one question; the page is gone, and the window says what still works.
func TestClosingARequest(t *testing.T) {
	r := inRequests(t, "close")
	w := r.asks(desk.RequestOptions{For: "Anna"})
	p := r.requests
	p.rows.list.at = 0
	p.rows.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	r.until("it asks", func() bool { return r.says(closeQuestion) != "" })
	if got := r.says(closeQuestion); !strings.HasPrefix(got, "Close the request to Anna? Its page is removed") || !strings.Contains(got, "can go on uploading until ") {
		t.Errorf("it asks %q", got)
	}
	r.press(closeQuestion, "Keep it as it is")
	if status(t, w.PageURL) != http.StatusOK {
		t.Fatal("it is closed without consent")
	}
	p.askClose(p.requests[0])
	r.until("it asks again", func() bool { return r.says(closeQuestion) != "" })
	r.press(closeQuestion, "Close it")
	r.until("it is closed", func() bool { return r.says(closeNotice) != "" })
	if got := r.says(closeNotice); !strings.HasPrefix(got, "The request to Anna is closed. The page is gone, but whoever kept it can go on uploading until ") {
		t.Errorf("it says %q", got)
	}
	r.until("the row says so", func() bool { c, _ := p.row(0); return strings.HasPrefix(c.chip, "Closed ") && c.main == "Show" })
	if got := status(t, w.PageURL); got != http.StatusNotFound {
		t.Errorf("the page answers %d", got)
	}
	// What still works is still looked at.
	r.sends(w, "late.txt", "late")
	r.watches()
	r.until("it is told", func() bool { return r.says(arrivedNotice) == "late.txt has arrived for the request to Anna" })
}

// TestTheStoreIsAskedToRefuse, where the bucket has a policy that a statement can be added to. The sandbox does not hold its
// owner to it, and the window says that instead of promising what is not so.
func TestTheStoreIsAskedToRefuse(t *testing.T) {
	r := inRequests(t, "deny")
	client := s3.New(s3.Options{BaseEndpoint: aws.String(store.Endpoint()), Region: sandbox.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(store.Keys().AccessKeyID, store.Keys().SecretAccessKey, "")})
	name := aws.String("has-a-policy")
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // other tests count on one bucket
		ctx := context.Background()
		left, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: name})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range left.Contents {
			if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: name, Key: o.Key}); err != nil {
				t.Error(err)
			}
		}
		if _, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: name}); err != nil {
			t.Error(err)
		}
	})
	if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: name, Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::has-a-policy/public/*"}]}`)}); err != nil {
		t.Fatal(err)
	}
	r.fill(r.send.dest.bucket, *name)
	w := r.asks(desk.RequestOptions{For: "Anna", Files: 2})
	p := r.requests
	p.askClose(p.requests[0])
	r.until("it asks", func() bool { return r.says(closeQuestion) != "" })
	if got := r.says(closeQuestion); !strings.Contains(got, `"Effect": "Deny"`) {
		t.Fatalf("it does not show the statement: %q", got)
	}
	r.press(closeQuestion, "Close it, and have the store refuse")
	r.until("it is closed", func() bool { return r.says(closeNotice) != "" })
	if got := r.says(closeNotice); !strings.HasPrefix(got, "The request to Anna is closed.") || !strings.Contains(got, "can go on uploading until ") {
		t.Errorf("it says %q", got)
	}
	if got := r.uploads(w, "late.txt", "late"); got != http.StatusOK {
		t.Errorf("the store answers %d, and the window says that it takes what comes", got)
	}
}

// TestOutOfSight: the window looks less often then, and tells the desktop.
func TestOutOfSight(t *testing.T) {
	r := inRequests(t, "sight")
	w := r.asks(desk.RequestOptions{For: "Anna"})
	h, p := r.listens(), r.requests
	r.watches()
	now := time.Now()
	r.now = func() time.Time { return now }
	p.watch.last = now
	looks := func(after time.Duration) bool {
		now = p.watch.last.Add(after)
		r.count()
		looked := p.watch.looking
		r.until("it is over", func() bool { return !p.watch.looking && !p.loading })
		return looked
	}
	if looks(29*time.Second) || !looks(30*time.Second) {
		t.Error("it does not look every 30 seconds")
	}
	r.back.front = false
	r.sends(w, "<b>bold</b>.txt", "1")
	if looks(90*time.Second) || !looks(2*time.Minute) {
		t.Error("out of sight it does not look every two minutes")
	}
	if len(h.said) != 1 || h.said[0].title != "<b>bold</b>.txt has arrived" || h.said[0].body != "for the request to Anna" {
		t.Errorf("the desktop is told %+v", h.said)
	}
	if r.says(arrivedNotice) == "" {
		t.Error("nothing is said in the window")
	}
	// What comes while nobody looks stays new, even if its request is open.
	r.shows(w, 1)
	if !r.arrivals.unseen {
		t.Error("it counts as seen")
	}
	r.back.front = true
	r.count()
	r.until("it is seen", func() bool { return r.side.requests.badge == "" && !r.arrivals.unseen })
}

// TestClosingAsksWhileDownloading: neither the window's cross nor quitting ends a download without a word.
func TestClosingAsksWhileDownloading(t *testing.T) {
	r := inRequests(t, "closing")
	b := &bringing{}
	r.brings["a request"] = b
	for _, end := range []func(){r.closeWindow, r.askToQuit} {
		end()
		if !strings.HasPrefix(r.says(stopQuestion), "Files are still being downloaded.") || r.ctx.Err() != nil {
			t.Fatalf("it asks %q, and ends with %v", r.says(stopQuestion), r.ctx.Err())
		}
		r.press(stopQuestion, "Keep downloading")
	}
	b.over = true
	if r.closeWindow(); r.ctx.Err() == nil {
		t.Error("it stays open for nothing")
	}
}

// TestSearchFieldSaysAllItCan: in a window of the usual width there is room for all that the search looks through.
func TestSearchFieldSaysAllItCan(t *testing.T) {
	r := inRequests(t, "search")
	if got := r.requests.search.PlaceHolder; got != "Search name, folder or message" {
		t.Errorf("wide, it says %q", got)
	}
	r.requests.search.Resize(fyne.NewSize(200, control))
	if got := r.requests.search.PlaceHolder; got != "Search" {
		t.Errorf("narrow, it says %q", got)
	}
}
