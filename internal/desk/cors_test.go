package desk_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/desk"
	"waybill/internal/teststore"
)

// preflight asks as a browser does for a page in a file.
func (a asking) preflight(url, method string) bool {
	a.t.Helper()
	status, h, _ := a.do(http.MethodOptions, url, map[string]string{
		"Origin": "null", "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-disposition,content-type,if-none-match",
	}, nil)
	return status < 300 && (h.Get("Access-Control-Allow-Origin") == "*" || h.Get("Access-Control-Allow-Origin") == "null")
}

// TestCORS: the rule that is missing is shown, added to those that are there, and taken away again.
func TestCORS(t *testing.T) {
	atStore(t)
	a := asking{newPlace(t, "sandbox", ""), openDesk(t, desk.Options{}), dest(t)}
	ctx := t.Context()
	theirs := types.CORSRule{ID: aws.String("theirs"), AllowedOrigins: []string{"https://example.com"}, AllowedMethods: []string{"GET"}, MaxAgeSeconds: aws.Int32(5)}
	put := func(rules ...types.CORSRule) {
		if _, err := client().PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: aws.String(a.bucket), CORSConfiguration: &types.CORSConfiguration{CORSRules: rules}}); err != nil {
			t.Fatal(err)
		}
	}
	ids := func() (list []string) {
		out, err := client().GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: aws.String(a.bucket)})
		if err != nil {
			return nil
		}
		for _, r := range out.CORSRules {
			list = append(list, aws.ToString(r.ID))
		}
		return list
	}
	t.Cleanup(func() {
		_, _ = client().DeleteBucketCors(context.WithoutCancel(ctx), &s3.DeleteBucketCorsInput{Bucket: aws.String(a.bucket)})
	})
	w := a.ask(desk.RequestOptions{Files: 1})
	url := w.Uploads[0].URL

	c, err := a.desk.CORS(ctx, desk.Store{}, a.bucket)
	if err != nil || c.Allowed || c.Ours || c.Others != 0 || c.Trouble != nil || !strings.Contains(c.Rule, `"waybill-requests"`) || a.preflight(url, "PUT") {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, err := a.desk.UndoCORS(ctx, desk.Store{}, a.bucket); code(err) != "NoCORSRule" {
		t.Error(err)
	}
	put(theirs)
	if c, err = a.desk.AddCORS(ctx, desk.Store{}, a.bucket); err != nil || !c.Allowed || !c.Ours || c.Others != 1 || c.Rule != "" {
		t.Errorf("%+v, %v", c, err)
	}
	for _, method := range []string{"PUT", "POST", "GET", "HEAD"} {
		if !a.preflight(url, method) {
			t.Errorf("%s is not allowed", method)
		}
	}
	if got := ids(); !slices.Equal(got, []string{"theirs", "waybill-requests"}) {
		t.Errorf("%q", got)
	}
	if c, err = a.desk.AddCORS(ctx, desk.Store{}, a.bucket); err != nil || len(ids()) != 2 {
		t.Errorf("a second time: %+v, %v", c, err)
	}
	// Somebody adds a rule meanwhile; it stays.
	out, err := client().GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: aws.String(a.bucket)})
	if err != nil {
		t.Fatal(err)
	}
	more := theirs
	more.ID = aws.String("more")
	put(append(out.CORSRules, more)...)
	if c, err = a.desk.UndoCORS(ctx, desk.Store{}, a.bucket); err != nil || c.Allowed || c.Ours || c.Others != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	if got := ids(); !slices.Equal(got, []string{"theirs", "more"}) {
		t.Errorf("%q", got)
	}
	// The page says a sum with each file.
	put(types.CORSRule{
		AllowedOrigins: []string{"*"}, AllowedMethods: []string{"PUT", "POST", "GET"}, ExposeHeaders: []string{"ETag"},
		AllowedHeaders: []string{"content-type", "content-disposition", "if-none-match"},
	})
	if c, err = a.desk.CORS(ctx, desk.Store{}, a.bucket); err != nil || c.Allowed {
		t.Errorf("%+v, %v", c, err)
	}
	// A rule for the very origin of a file is enough.
	put(types.CORSRule{
		AllowedOrigins: []string{"null"}, AllowedMethods: []string{"PUT", "POST", "GET"}, AllowedHeaders: []string{"*"}, ExposeHeaders: []string{"ETag"},
	})
	if c, err = a.desk.CORS(ctx, desk.Store{}, a.bucket); err != nil || !c.Allowed || c.Ours || !a.preflight(url, "PUT") {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestCORSWhereThereIsNone: MinIO sets no rules and allows every origin, and that is said.
func TestCORSWhereThereIsNone(t *testing.T) {
	m := teststore.StartMinIO(t, true)
	minioProfile(t, m, m.Key, m.Secret, "", "")
	a := asking{newPlace(t, teststore.Bucket, m.CA), openDesk(t, desk.Options{}), desk.Destination{Bucket: teststore.Bucket}}
	for _, look := range []func() (desk.CORS, error){
		func() (desk.CORS, error) { return a.desk.CORS(t.Context(), desk.Store{}, a.bucket) },
		func() (desk.CORS, error) { return a.desk.AddCORS(t.Context(), desk.Store{}, a.bucket) },
	} {
		c, err := look()
		if err != nil || !c.Allowed || c.Rule != "" || code(c.Trouble) != "CORSAlways" {
			t.Errorf("%+v, %v", c, err)
		}
	}
	if !a.preflight(a.ask(desk.RequestOptions{Files: 1}).Uploads[0].URL, "PUT") {
		t.Error("it is not so")
	}
}
