package desk_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/signer"
)

// TestFormsThatLastAnHour: versitygw, and so the sandbox, refuses a form for its age after an hour, whatever its policy
// says. A request for longer has places there, and says so; where forms last it has one.
func TestFormsThatLastAnHour(t *testing.T) {
	places(t, func(t *testing.T, p place) {
		a := asking{p, openDesk(t, desk.Options{}), desk.Destination{Bucket: p.bucket, Prefix: p.object("in").Key}}
		// What the store really does with a form of 59 minutes, and of two hours.
		for age, want := range map[time.Duration]bool{59 * time.Minute: true, 2 * time.Hour: p.bucket != sandbox.Bucket} {
			folder := p.object("form/")
			folder.Expires = 15 * time.Minute
			form, err := p.signer.Post(t.Context(), folder, signer.PostOptions{ContentType: "text/plain", Age: age})
			if err != nil {
				t.Fatal(err)
			}
			if status, answer := p.post(form.URL, form.Fields, form.Folder+"a", "text/plain", nil); (status == http.StatusCreated) != want {
				t.Errorf("a form of %v: HTTP %d: %s", age, status, answer)
			}
		}
		if w := a.ask(desk.RequestOptions{Expires: time.Hour}); len(w.Posts) != 1 {
			t.Errorf("%d forms for an hour", len(w.Posts))
		}
		w, err := a.desk.Request(t.Context(), a.to, desk.RequestOptions{Expires: 50 * time.Minute * 2, Kinds: []string{".pdf", ".png"}})
		if err != nil {
			t.Fatal(err)
		}
		if p.bucket == sandbox.Bucket {
			if code(w.Trouble) != "FormsLastAnHour" || !strings.Contains(w.Trouble.Error(), "1h40m") || len(w.Posts) != 0 || len(w.Uploads) != 40 || w.Request.Files != 20 {
				t.Errorf("%v, %d forms, %d places", w.Trouble, len(w.Posts), len(w.Uploads))
			}
		} else if w.Trouble != nil || len(w.Posts) != 2 {
			t.Errorf("%v, %d forms", w.Trouble, len(w.Posts))
		}
		if list := a.arrived(w.Request.ID); len(list) != 0 {
			t.Errorf("the trial has left %+v", list)
		}
	})
}

// TestForgetWhatStillWorks: what comes by a closed request whose form works would be shown by nobody.
func TestForgetWhatStillWorks(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, sandbox.Bucket, ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{})
	if _, err := a.desk.CloseRequest(t.Context(), w.Request.ID, false); err != nil {
		t.Fatal(err)
	}
	if n, err := a.desk.ForgetRequests(t.Context(), w.Request.ID); n != 0 || code(err) != "RequestStillWorks" {
		t.Errorf("%d, %v", n, err)
	}
	a.end(w.Request.ID)
	if n, err := a.desk.ForgetRequests(t.Context(), w.Request.ID); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := a.desk.Closable(t.Context(), w.Request.ID); code(err) != "NoSuchRequest" {
		t.Error(err)
	}
}

// TestClosingTheEnded says that there is nothing to close.
func TestClosingTheEnded(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, sandbox.Bucket, ""), openDesk(t, desk.Options{}), dest(t)}
	w := a.ask(desk.RequestOptions{})
	a.end(w.Request.ID)
	_, err := a.desk.Closable(t.Context(), w.Request.ID)
	_, again := a.desk.CloseRequest(t.Context(), w.Request.ID, false)
	if code(err) != "NothingToClose" || code(again) != "NothingToClose" || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("%v, %v", err, again)
	}
}
