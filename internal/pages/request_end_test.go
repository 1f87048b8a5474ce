package pages_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/chromedp/chromedp"

	"waybill/internal/pages"
)

// TestTheEndComesWhileSending: what is under way and can arrive does; the rest is said in words, and no new one begins.
func TestTheEndComesWhileSending(t *testing.T) {
	s := inSandbox(t)
	way := s.over(t)
	dir := t.TempDir()
	big, _ := file(t, dir, "big.bin", 40<<20)
	form, formContent := file(t, dir, "form.txt", 1<<20)
	late, _ := file(t, dir, "late.txt", 10)
	r := asking("ends-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 5<<20)}
	r.Posts[0].Accept = []string{".txt"}
	r.Slots = []pages.Slot{s.parts("in/1", "text/plain", 9)}
	tab := visit(t, "about:blank", reader{}) // first: a browser takes its time to start, more where much else runs
	r.Ends = time.Now().Add(5 * time.Second).Truncate(time.Second)
	link := s.serve(r)
	open := make(chan struct{})
	way.troubled(func(r *http.Request) trouble {
		if r.Method != http.MethodGet && r.URL.Query().Get("partNumber") != "1" {
			return waitsFor(open)
		}
		return nil
	})
	tab.do(chromedp.Navigate(link))
	tab.drop(big, form)
	tab.untilStates("sending sending")
	tab.until("the end", func() bool { return tab.is(`document.documentElement.classList.contains("ended")`) })
	close(open)
	tab.untilStates("failed sent")
	said := tab.says()
	for _, want := range []string{
		"The time to send files is over. Ask Alice Meyer for a new page.", "Ended",
		"The time was over before all of the file was there. Nothing of it counts as sent.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if !tab.is(`document.getElementById("choose").disabled`) || tab.count(`[data-state=failed] .acts button:not([hidden])`) != 1 {
		t.Error("what cannot be done is still offered")
	}
	tab.picture("request-ended-sending")
	tab.drop(late)
	tab.do(chromedp.Sleep(300 * time.Millisecond)) // a row that must not come
	if states := tab.states(); states != "failed sent" {
		t.Errorf("after the end the rows are %s", states)
	}
	s.arrived(tab, "in/", map[string][]byte{"form.txt": formContent})
}

// TestRequestEndedBefore opens it too late.
func TestRequestEndedBefore(t *testing.T) {
	s := inSandbox(t)
	r := asking("ended-" + unguessed())
	r.Posts = []pages.Post{s.post("in/", "", 5<<20)}
	r.Ends = time.Now().Add(-time.Minute)
	tab := visit(t, s.serve(r), reader{})
	path, _ := file(t, t.TempDir(), "a.txt", 10)
	tab.drop(path)
	said := tab.says()
	if !strings.Contains(said, "The time to send files is over. Ask Alice Meyer for a new page.") || tab.states() != "" || !tab.is(`document.getElementById("choose").disabled`) {
		t.Errorf("it says\n%s", said)
	}
	tab.picture("request-ended")
	tab.onlyWent(s.endpoint + "/" + s.bucket + "/pages/")
}

// TestClosedRequest removes the upload under the page's feet.
func TestClosedRequest(t *testing.T) {
	s := inSandbox(t)
	r := asking("closed-" + unguessed())
	r.Slots = []pages.Slot{s.parts("in/1", "text/plain", 9)}
	uploads, err := s.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: aws.String(s.bucket)})
	if err != nil || len(uploads.Uploads) != 1 {
		t.Fatal(uploads, err)
	}
	link := s.serve(r)
	if _, err := s.client.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: aws.String(s.bucket), Key: uploads.Uploads[0].Key, UploadId: uploads.Uploads[0].UploadId}); err != nil {
		t.Fatal(err)
	}
	tab := visit(t, link, reader{})
	path, _ := file(t, t.TempDir(), "a.txt", 17<<20)
	tab.drop(path)
	tab.untilStates("failed")
	if said := tab.says(); !strings.Contains(said, "The place for this file is not open any more: the request was closed, or somebody else has used it.") {
		t.Errorf("it says\n%s", said)
	}
	tab.forgiveAll("404")
}
