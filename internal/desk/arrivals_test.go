package desk_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/desk"
)

// TestMoreThanIsLookedAt: of too many files some are looked at, what was seen before is not said to be gone, and all of it
// is said.
func TestMoreThanIsLookedAt(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	ctx := t.Context()
	w := a.ask(desk.RequestOptions{})
	f := w.Posts[0]
	send := func(key string) {
		t.Helper()
		if status, answer := a.post(f.URL, f.Fields, f.Folder+key, f.ContentType, []byte("x")); status != 201 {
			t.Fatalf("HTTP %d: %s", status, answer)
		}
	}
	send("x5/5")
	if list := a.arrived(w.Request.ID); len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	for n := range 3 {
		send("x" + strconv.Itoa(n) + "/" + strconv.Itoa(n))
	}
	a.desk.LookAtMost(2)
	list, err := a.desk.Arrivals(ctx, w.Request.ID)
	if code(err) != "ArrivalsCut" || !strings.Contains(err.Error(), "2") || len(list) != 3 {
		t.Errorf("%+v, %v", list, err)
	}
	for _, one := range list {
		if one.Gone {
			t.Errorf("%s is said to be gone", one.Name)
		}
	}
	if news, err := a.desk.LookForArrivals(ctx); err != nil || len(news) != 1 || code(news[0].Trouble) != "ArrivalsCut" {
		t.Errorf("%+v, %v", news, err)
	}
	if got, err := a.desk.Download(ctx, w.Request.ID, t.TempDir(), nil, nil); code(err) != "ArrivalsCut" || len(got) != 3 || got[0].Trouble != nil {
		t.Errorf("%+v, %v", got, err)
	}
	a.desk.LookAtMost(4)
	if list := a.arrived(w.Request.ID); len(list) != 4 {
		t.Errorf("%+v", list)
	}
}

// TestEndedRequestWithoutBucket: nobody asks for ever what has come to a bucket that is gone.
func TestEndedRequestWithoutBucket(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	ctx := t.Context()
	a.bucket, a.to.Bucket = "soon-gone", "soon-gone"
	if _, err := client().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(a.bucket)}); err != nil {
		t.Fatal(err)
	}
	w := a.ask(desk.RequestOptions{Files: 1, MaxSize: 1})
	if _, err := client().DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(a.bucket), Key: aws.String(w.Request.Page)}); err != nil {
		t.Fatal(err)
	}
	if _, err := client().DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String(a.bucket)}); err != nil {
		t.Fatal(err)
	}
	if news, err := a.desk.LookForArrivals(ctx); err != nil || len(news) != 1 || code(news[0].Trouble) != "NoSuchBucket" || !news[0].Request.Awaits(time.Now()) {
		t.Errorf("while it is open: %+v, %v", news, err)
	}
	a.end(w.Request.ID)
	if news, err := a.desk.LookForArrivals(ctx); err != nil || len(news) != 0 {
		t.Errorf("%+v, %v", news, err)
	}
	if r, err := a.desk.RequestOf(ctx, w.Request.ID); err != nil || r.Awaits(time.Now()) {
		t.Errorf("%+v, %v", r, err)
	}
	if n, err := a.desk.ForgetRequests(ctx, w.Request.ID); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}
