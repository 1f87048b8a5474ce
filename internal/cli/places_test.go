package cli_test

import (
	"strings"
	"testing"

	"waybill/internal/cli"
	"waybill/internal/sandbox"
)

// TestPlacesThatAreRefused: what cannot be reached, or paid, is said in words, with the status of its kind.
func TestPlacesThatAreRefused(t *testing.T) {
	r := atStore(t)
	file := r.write("a.txt", "hello")
	const point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/data"
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"send", "--bucket", sandbox.Bucket, "--request-payer", "owner", file}, cli.Usage, `"owner" cannot pay for requests`},
		{[]string{"send", "--bucket", sandbox.Bucket, "--accelerate", file}, cli.Failed, "cannot be reached by transfer acceleration"},
		{[]string{"send", "--bucket", point, file}, cli.Failed, "is an access point, and this store is reached in a way that has none"},
		{[]string{"link", "s3://" + point + "/a/b.txt"}, cli.Failed, "is an access point, and this store"},
		{[]string{"link", "s3://" + point}, cli.Usage, "names no object"},
		{[]string{"send", "--bucket", "fast--use1-az4--x-s3", file}, cli.Usage, "no general purpose bucket"},
		{[]string{"send", "--bucket", "arn:aws:s3:::bucket", file}, cli.Usage, "not the whole ARN of an access point"},
	} {
		got := r.run(c.args...).is(c.status)
		if !strings.Contains(got.err, c.says) {
			t.Errorf("%q says\n%s", c.args, got.err)
		}
	}
}

// TestRequestPayer: the word is given on the command line, said back, and carried by the link, which works.
func TestRequestPayer(t *testing.T) {
	r := atStore(t)
	got := r.run("send", "--bucket", sandbox.Bucket, "--prefix", "paid", "--request-payer", "requester", r.write("a.txt", "hello")).is(cli.OK)
	if !strings.Contains(got.out, "x-amz-request-payer=requester") || !strings.Contains(got.err, `pays for requests to the bucket "`+sandbox.Bucket+`"`) {
		t.Errorf("%s%s", got.out, got.err)
	}
	if body, _ := download(t, strings.TrimSpace(got.out)); body != "hello" {
		t.Errorf("%q", body)
	}
}
