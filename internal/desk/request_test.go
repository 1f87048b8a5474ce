package desk_test

import (
	"context"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
	"waybill/signer"
)

// asking is a place with a desk, and somebody who asks for files there.
type asking struct {
	place
	desk *desk.Desk
	to   desk.Destination
}

func askings(t *testing.T, try func(t *testing.T, a asking)) {
	places(t, func(t *testing.T, p place) {
		try(t, asking{p, openDesk(t, desk.Options{}), desk.Destination{Bucket: p.bucket, Prefix: p.object("in").Key}})
	})
}

// ask makes a request that is as it should be.
func (a asking) ask(o desk.RequestOptions) *desk.Ways {
	a.t.Helper()
	w, err := a.desk.Request(a.t.Context(), a.to, o)
	if err != nil {
		a.t.Fatal(err)
	}
	if w.Trouble != nil {
		a.t.Fatal(w.Trouble)
	}
	return w
}

// end has a request end now, so that nothing has to be done within the seconds of a short one.
func (a asking) end(request string) {
	a.t.Helper()
	if err := a.desk.EndRequest(a.t.Context(), request); err != nil {
		a.t.Fatal(err)
	}
}

// put sends by a place for one file.
func (a asking) put(u desk.Upload, name, body string) (int, string) {
	a.t.Helper()
	h := map[string]string{"Content-Disposition": signer.Disposition(name, false)}
	for k, v := range u.Header {
		h[k] = v
	}
	status, _, answer := a.do(u.Method, u.URL, h, []byte(body))
	return status, answer
}

// arrived gives the names of what has come, with sizes.
func (a asking) arrived(id string) []desk.Arrival {
	a.t.Helper()
	list, err := a.desk.Arrivals(a.t.Context(), id)
	if err != nil {
		a.t.Fatal(err)
	}
	return list
}

// TestRequestOfAnyNumber: page, form and file are there, the page opens by its link, what is sent arrives, and another
// desk signs the same again to the same end.
func TestRequestOfAnyNumber(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		w := a.ask(desk.RequestOptions{From: "Alice", For: "Zoë & Söhne", Message: "Hello\nyou", Expires: 30 * time.Minute})
		r := w.Request
		if !r.Posts || r.Standing(time.Now()) != desk.RequestOpen || w.Because != signer.Requested || time.Until(w.Ends) > 30*time.Minute || time.Until(w.Ends) < 29*time.Minute || !w.Ends.Equal(r.Ends) {
			t.Errorf("%+v until %v because %s", r, w.Ends, w.Because)
		}
		if !strings.HasPrefix(r.Folder, a.to.Prefix+"/"+time.Now().Format("2006-01-02")+"-zoë-söhne-") || !strings.HasSuffix(r.Folder, "/") || strings.HasPrefix(r.Page, r.Folder) {
			t.Errorf("%s and %s", r.Folder, r.Page)
		}
		status, h, page := a.do(http.MethodGet, w.PageURL, nil, nil)
		if status != 200 || !w.Verified || !strings.HasPrefix(h.Get("Content-Type"), "text/html") || !strings.HasPrefix(h.Get("Content-Disposition"), "inline") {
			t.Errorf("the page: HTTP %d, %v", status, h)
		}
		for _, want := range []string{"Alice", "Zo", "Hello", r.Folder} {
			if !strings.Contains(page, want) || !strings.Contains(string(w.HTML), want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if strings.Contains(page, "{signature}") != (len(w.Posts) > 0) || w.HTMLName != "Send files to Alice.html" {
			t.Errorf("%q", w.HTMLName)
		}
		if len(w.Posts) != 1 || w.Posts[0].ContentType != "application/octet-stream" || len(w.Uploads) != 0 {
			t.Fatalf("%d forms, %d uploads", len(w.Posts), len(w.Uploads))
		}
		f := w.Posts[0]
		status, answer := a.post(f.URL, f.Fields, f.Folder+"kT3rZ0aQ9bX1/evil.html", "text/html", []byte("<script>"))
		a.refused("a page", status, answer, f.Folder+"kT3rZ0aQ9bX1/evil.html", "AccessDenied")
		if status, answer := a.post(f.URL, f.Fields, f.Folder+"kT3rZ0aQ9bX1/photos/é.html", f.ContentType, []byte("<script>")); status != 201 {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
		status, answer = a.post(f.URL, f.Fields, r.Page, f.ContentType, []byte("x"))
		a.refused("over the page", status, answer, "", "AccessDenied")
		status, answer = a.post(f.URL, f.Fields, r.Folder+"large-1", f.ContentType, []byte("x"))
		a.refused("over a place for a file in parts", status, answer, r.Folder+"large-1", "AccessDenied")
		shown := maps.Clone(f.Fields)
		shown["Content-Disposition"] = "inline"
		status, answer = a.post(f.URL, shown, f.Folder+"kT3rZ0aQ9bX1/shown.html", f.ContentType, []byte("<script>"))
		a.refused("to be shown", status, answer, f.Folder+"kT3rZ0aQ9bX1/shown.html", "AccessDenied")
		brought, err := a.signer.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(a.bucket), Key: aws.String(f.Folder + "kT3rZ0aQ9bX1/photos/é.html")})
		if err != nil || aws.ToString(brought.ContentDisposition) != "attachment" {
			t.Errorf("what a form brought: %+v, %v", brought, err)
		}

		list := a.arrived(r.ID)
		if len(list) != 1 || list[0].Name != "photos/é.html" || list[0].Size != 8 || !list[0].New || list[0].TooLarge || list[0].Unasked || list[0].ContentType != "application/octet-stream" {
			t.Fatalf("%+v", list)
		}
		again, err := openDesk(t, desk.Options{Home: a.desk.Home()}).Ways(t.Context(), r.ID)
		if err != nil || again.EndsEarlier() != nil || again.Ends.Sub(w.Ends).Abs() > time.Second {
			t.Fatalf("until %v, %v, %v", again.Ends, again.EndsEarlier(), err)
		}
		if status, answer := a.post(again.Posts[0].URL, again.Posts[0].Fields, f.Folder+"kT3rZ0aQ9bX2/b", f.ContentType, []byte("b")); status != 201 {
			t.Errorf("signed again: HTTP %d: %s", status, answer)
		}
		if status, _, _ := a.do(http.MethodGet, again.PageURL, nil, nil); status != 200 {
			t.Errorf("the page signed again: HTTP %d", status)
		}
	})
}

// TestRequestOfSome: exactly so many files, of a kind, and none twice.
func TestRequestOfSome(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		w := a.ask(desk.RequestOptions{Files: 2, Kinds: []string{"PDF"}, MaxSize: 10})
		if len(w.Posts) != 0 || len(w.Uploads) != 2 || w.Request.Posts || len(w.Commands) != 4 || !strings.HasSuffix(w.Uploads[1].Key, "/file-2.pdf") {
			t.Fatalf("%d forms, %d uploads, %d commands", len(w.Posts), len(w.Uploads), len(w.Commands))
		}
		html := w.Uploads[0]
		html.Header = map[string]string{"Content-Type": "text/html", "If-None-Match": "*"}
		status, answer := a.put(html, "x.html", "<script>")
		a.refused("a page", status, answer, html.Key, "SignatureDoesNotMatch", "AccessDenied")
		if status, answer := a.put(w.Uploads[0], "Größe \u202e.pdf", "0123456789"); status != 200 {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
		status, answer = a.put(w.Uploads[0], "b.pdf", "other")
		a.refused("a second time", status, answer, "", "PreconditionFailed")
		// A URL for one file has no bound for its size; that it is too large is said afterwards.
		if status, answer := a.put(w.Uploads[1], "c.txt", "01234567890"); status != 200 {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
		list := a.arrived(w.Request.ID)
		if len(list) != 2 || list[0].Name != "Größe [U+202E].pdf" || list[0].TooLarge || list[0].Unasked || list[1].Name != "c.txt" || !list[1].TooLarge || !list[1].Unasked {
			t.Errorf("%+v", list)
		}
	})
}

// TestRequestEndsWithTheSession: the end of the credentials is the request's, and it is said.
func TestRequestEndsWithTheSession(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		if !strings.Contains(t.Name(), "session") {
			return
		}
		w := a.ask(desk.RequestOptions{Expires: 6 * time.Hour})
		if w.Because != signer.Credentials || w.Request.Because != signer.Credentials || time.Until(w.Ends) > time.Hour || !w.Ends.Equal(w.Request.Ends) {
			t.Errorf("until %v because %s", w.Ends, w.Because)
		}
		if w.Posts[0].Fields["x-amz-security-token"] == "" {
			t.Error("the form has no token")
		}
		again, err := a.desk.Ways(t.Context(), w.Request.ID)
		if err != nil || again.Because != signer.Credentials || again.EndsEarlier() != nil {
			t.Errorf("%s, %v, %v", again.Because, again.EndsEarlier(), err)
		}
	})
}

// runCommand runs a command line as a person does who puts a file's name in place of FILE.
func runCommand(t *testing.T, command string, files ...string) string {
	t.Helper()
	quoted := make([]string, len(files))
	for i, f := range files {
		quoted[i] = "'" + strings.ReplaceAll(f, "'", `'\''`) + "'"
	}
	line := strings.TrimSuffix(command, "FILE") + strings.Join(quoted, " ")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "CURL_CA_BUNDLE="+os.Getenv("AWS_CA_BUNDLE"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// awkward are names that try to be more than names.
func awkward() []string {
	return []string{
		"plain.txt", "with  spaces.txt", "it's.txt", `"quoted".txt`, "$(touch pwned).txt", "`touch pwned`.txt", "-rf", "a;type=text,html.txt",
		"{a,b}[1-2].txt", "100%41.txt", "日本語 é.txt", "back\\slash.txt", "@x", "#1 & co=1?.txt", strings.Repeat("n", 250),
	}
}

// TestCommandLines runs what is printed for curl, with names that are made to break it.
func TestCommandLines(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		dir := t.TempDir()
		var files []string
		for _, name := range awkward() {
			path := filepath.Join(dir, name)
			write(t, path, "this is "+name)
			files = append(files, path)
		}
		names := func(id string) (got []string) {
			for _, one := range a.arrived(id) {
				got = append(got, one.Name)
				body, _, _ := a.text(one.Key)
				if !strings.HasPrefix(body, "this is ") || int64(len(body)) != one.Size {
					t.Errorf("%s has %q", one.Name, body)
				}
			}
			slices.Sort(got)
			return got
		}
		want := slices.Clone(awkward())
		for i, name := range want {
			want[i] = strings.ReplaceAll(name, `back\`, "back/")
		}
		slices.Sort(want)

		many := a.ask(desk.RequestOptions{Large: -1})
		if len(many.Commands) != 2 || many.Commands[0].Shell != desk.ShellPOSIX {
			t.Fatalf("%d commands", len(many.Commands))
		}
		runCommand(t, many.Commands[0].Text, files...)
		if got := names(many.Request.ID); !slices.Equal(got, want) {
			t.Errorf("by the form:\n%q\n%q", got, want)
		}

		some := a.ask(desk.RequestOptions{Files: len(files)})
		for i, f := range files {
			runCommand(t, some.Commands[2*i].Text, f)
		}
		if got := names(some.Request.ID); !slices.Equal(got, want) {
			t.Errorf("by PUT:\n%q\n%q", got, want)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "pwned*")); err != nil || len(left) > 0 {
			t.Errorf("%q", left)
		}
		// A kind of a family goes by its form.
		pictures := a.ask(desk.RequestOptions{Kinds: []string{"image/*"}, Large: -1})
		runCommand(t, pictures.Commands[0].Text, files[0])
		if got := a.arrived(pictures.Request.ID); len(got) != 1 || got[0].ContentType != "image/x-unknown" || got[0].SaidType() != "" {
			t.Errorf("%+v", got)
		}
	})
}

// TestCloseRequest: the page goes, unfinished uploads go, and what cannot be called back is said, or denied where the
// store honours that.
func TestCloseRequest(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		ctx := t.Context()
		w := a.ask(desk.RequestOptions{For: "Bob"})
		id := w.Request.ID
		stale, err := a.desk.StaleUploads(ctx, desk.Store{}, a.bucket, w.Request.Folder)
		if err != nil || len(stale) != 4 || !stale[0].InWork || !stale[0].Asked || stale[0].Ours {
			t.Errorf("%+v, %v", stale, err)
		}
		c, err := a.desk.Closable(ctx, id)
		if err != nil || c.Uploads != 4 || !c.Works || c.CanDeny || c.Rule != "" || !strings.Contains(c.Question(false), "Bob") {
			t.Fatalf("%+v, %v: %s", c, err, c.Question(false))
		}
		closed, err := a.desk.CloseRequest(ctx, id, false)
		if err != nil || closed.Denied || code(closed.Still) != "StillWorks" || closed.Request.Standing(time.Now()) != desk.RequestClosed {
			t.Fatalf("%+v, %v", closed, err)
		}
		if status, _, _ := a.do(http.MethodGet, w.PageURL, nil, nil); status != 404 {
			t.Errorf("the page: HTTP %d", status)
		}
		if stale, err := a.desk.StaleUploads(ctx, desk.Store{}, a.bucket, w.Request.Folder); err != nil || len(stale) != 0 {
			t.Errorf("%+v, %v", stale, err)
		}
		if _, err := a.desk.Ways(ctx, id); code(err) != "RequestClosed" {
			t.Error(err)
		}
		f := w.Posts[0]
		if status, _ := a.post(f.URL, f.Fields, f.Folder+"kT3rZ0aQ9bXx/late", f.ContentType, []byte("x")); status != 201 {
			t.Errorf("what was signed does not work any more, and it is said that it does: HTTP %d", status)
		}
		if _, err := a.desk.CloseRequest(ctx, id, false); code(err) != "NothingToClose" {
			t.Error(err)
		}
		// A first policy could lock its owner out.
		closed, err = a.desk.CloseRequest(ctx, id, true)
		if err != nil || closed.Denied || code(closed.Still) != "NotDenied" || !strings.Contains(closed.Still.Error(), "lock everybody out") {
			t.Errorf("%+v, %v", closed, err)
		}
		if _, err := a.signer.Client().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(a.bucket)}); err == nil {
			t.Error("there is a policy")
		}
		// Neither store holds its administrator's signatures to a bucket's policy; then nothing of the rule stays.
		theirs := `{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::` + a.bucket + `/public/*"]}]}`
		if _, err := a.signer.Client().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(a.bucket), Policy: aws.String(theirs)}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_, _ = a.signer.Client().DeleteBucketPolicy(context.Background(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(a.bucket)})
		})
		if c, err := a.desk.Closable(ctx, id); err != nil || !c.CanDeny || !strings.Contains(c.Rule, w.Request.Folder) {
			t.Errorf("%+v, %v", c, err)
		}
		closed, err = a.desk.CloseRequest(ctx, id, true)
		if err != nil || closed.Denied || code(closed.Still) != "NotDenied" || !strings.Contains(closed.Still.Error(), "does not hold") || closed.Request.Denied {
			t.Errorf("%+v, %v", closed, err)
		}
		if out, err := a.signer.Client().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(a.bucket)}); err != nil || strings.Contains(aws.ToString(out.Policy), "waybill") || !strings.Contains(aws.ToString(out.Policy), "Theirs") {
			t.Errorf("%v, %v", out, err)
		}
		if news, err := a.desk.LookForArrivals(ctx); err != nil || len(news) != 1 || len(news[0].Arrivals) != 1 || news[0].Trouble != nil {
			t.Errorf("%+v, %v", news, err)
		}
	})
}

// TestEndedRequestIsTidied by the next look: page and unfinished uploads go, files stay.
func TestEndedRequestIsTidied(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		ctx := t.Context()
		w := a.ask(desk.RequestOptions{})
		f := w.Posts[0]
		if status, answer := a.post(f.URL, f.Fields, f.Folder+"kT3rZ0aQ9bXx/a.txt", f.ContentType, []byte("x")); status != 201 {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
		a.end(w.Request.ID)
		if _, err := a.desk.Ways(ctx, w.Request.ID); code(err) != "RequestEnded" {
			t.Error(err)
		}
		stale, err := a.desk.StaleUploads(ctx, desk.Store{}, a.bucket, w.Request.Folder)
		if err != nil || len(stale) != 4 || stale[0].InWork || !stale[0].Ours {
			t.Errorf("%+v, %v", stale, err)
		}
		news, err := a.desk.LookForArrivals(ctx)
		if err != nil || len(news) != 1 || len(news[0].Arrivals) != 1 || news[0].Request.Arrived != 1 {
			t.Fatalf("%+v, %v", news, err)
		}
		if news, err := a.desk.LookForArrivals(ctx); err != nil || len(news) != 0 {
			t.Errorf("%+v, %v", news, err)
		}
		if _, _, there := a.text(w.Request.Page); there {
			t.Error("the page is there")
		}
		if stale, err := a.desk.StaleUploads(ctx, desk.Store{}, a.bucket, w.Request.Folder); err != nil || len(stale) != 0 {
			t.Errorf("%+v, %v", stale, err)
		}
		if body, _, _ := a.text(f.Folder + "kT3rZ0aQ9bXx/a.txt"); body != "x" {
			t.Errorf("%q", body)
		}
		// What was begun before the end may come after it.
		if _, err := a.signer.Client().PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(a.bucket), Key: aws.String(f.Folder + "kT3rZ0aQ9bXx/late"), Body: strings.NewReader("late")}); err != nil {
			t.Fatal(err)
		}
		if news, err := a.desk.LookForArrivals(ctx); err != nil || len(news) != 1 || len(news[0].Arrivals) != 1 || news[0].Request.Arrived != 2 {
			t.Errorf("%+v, %v", news, err)
		}
		if n, err := a.desk.ForgetRequests(ctx, w.Request.ID); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// TestRequestInParts: a file of one of the large places comes under the name that its note tells.
func TestRequestInParts(t *testing.T) {
	askings(t, func(t *testing.T, a asking) {
		w := a.ask(desk.RequestOptions{})
		parts, note, complete := partsOnPage(t, string(w.HTML))
		url := func(n int) string {
			return strings.NewReplacer("{number}", strconv.Itoa(n), "{signature}", parts.Signatures[n-1]).Replace(parts.URL)
		}
		if len(parts.Signatures) != 1000 {
			t.Fatalf("%d parts", len(parts.Signatures))
		}
		list := ""
		for n, body := range []string{strings.Repeat("x", 5<<20), "the end"} {
			status, h, answer := a.do(http.MethodPut, url(n+1), nil, []byte(body))
			if status != 200 {
				t.Fatalf("HTTP %d: %s", status, answer)
			}
			list += "<Part><PartNumber>" + strconv.Itoa(n+1) + "</PartNumber><ETag>" + h.Get("ETag") + "</ETag></Part>"
		}
		for range 2 { // as after a reload
			if status, _, answer := a.do(http.MethodPut, note.URL, note.Header, []byte(`{"name":"../films/é.mov","size":5}`)); status != 200 {
				t.Fatalf("HTTP %d: %s", status, answer)
			}
		}
		if list := a.arrived(w.Request.ID); len(list) != 0 {
			t.Errorf("%+v", list)
		}
		if status, _, answer := a.do(http.MethodPost, complete.URL, complete.Header, []byte("<CompleteMultipartUpload>"+list+"</CompleteMultipartUpload>")); status != 200 {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
		if list := a.arrived(w.Request.ID); len(list) != 1 || list[0].Name != "films/é.mov" || list[0].Size != 5<<20+7 {
			t.Errorf("%+v", list)
		}
	})
}
