package testaws_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"waybill/internal/desk"
	"waybill/internal/testaws"
)

// TestAccessPoint sends, links, lists, renames and revokes through an access point, by its ARN and by its alias: under a
// host's name of its own, signed for its own region, with nothing asked and nothing refused for an ARN.
func TestAccessPoint(t *testing.T) {
	r := newRig(t, "")
	for name, c := range map[string]struct {
		bucket, host string
		refused      int
	}{
		"ARN":   {point, "point-111122223333.s3-accesspoint." + home + ".amazonaws.com", 0},
		"alias": {"point-abcdef-s3alias", "point-abcdef-s3alias.s3." + home + ".amazonaws.com", 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := r.again(t)
			d, ctx := r.desk(), context.Background()
			for _, size := range []int{1000, 11 << 20} {
				sent := sends(d, c.bucket, desk.SendOptions{PartSize: 5 << 20}, file(t, size))
				r.good(sent, home)
				if !strings.HasPrefix(sent.Link.URL, "https://"+c.host+"/report") {
					t.Errorf("%s", strings.SplitN(sent.Link.URL, "?", 2)[0])
				}
				if status := r.get(sent.Link.URL); status != 200 {
					t.Errorf("the link answers %d", status)
				}
			}
			r.wants(c.refused, 0)
			page, err := d.Browse(ctx, desk.Store{}, c.bucket, "", "")
			if err != nil || len(page.Lines) != 2 {
				t.Fatalf("%v, %v", page, err)
			}
			links, err := d.Links(ctx, 0)
			if err != nil || len(links) != 2 || links[0].Destination.Bucket != c.bucket {
				t.Fatalf("%v, %v", links, err)
			}
			what, err := d.Revocable(ctx, links[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Revoke(ctx, what, desk.RevokeDelete); err != nil {
				t.Error(err)
			}
			link, err := d.CopyLink(ctx, links[1].ID)
			if err != nil {
				t.Fatal(err)
			}
			r.signedFor(link.URL, home)
			for _, c := range r.Calls() {
				if c.Status != 0 && c.Region != "" {
					t.Errorf("%s %s%s was answered with %d", c.Method, c.Host, c.Path, c.Status)
				}
			}
			_, err = d.AddCORS(ctx, desk.Store{}, c.bucket)
			if trouble := desk.Explain(err); trouble == nil || trouble.Code != "AccessPointPart" {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestAccelerate: bytes go through transfer acceleration, by the profile's word or by a flag's, and lists do not.
func TestAccelerate(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		flag   bool
	}{"profile": {"s3 =\n  use_accelerate_endpoint = true\n", false}, "flag": {"", true}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c.config)
			d := r.desk()
			d.SetAccelerate(c.flag)
			if _, err := d.Buckets(context.Background(), desk.Store{}); err != nil {
				t.Fatal(err)
			}
			sent := sends(d, bucket, desk.SendOptions{PartSize: 5 << 20}, file(t, 11<<20))
			r.good(sent, home)
			if !strings.HasPrefix(sent.Link.URL, "https://"+bucket+".s3-accelerate.amazonaws.com/") {
				t.Errorf("%s", strings.SplitN(sent.Link.URL, "?", 2)[0])
			}
			if _, err := d.Browse(context.Background(), desk.Store{}, bucket, "", ""); err != nil {
				t.Fatal(err)
			}
			lists, bytes := 0, 0
			for _, c := range r.Calls() {
				accelerated := strings.Contains(c.Host, "accelerate")
				switch {
				case c.Query.Has("max-buckets"), c.Query.Has("list-type"):
					lists++
					if accelerated {
						t.Errorf("%s %s%s", c.Method, c.Host, c.Path)
					}
				default:
					bytes++
					if !accelerated {
						t.Errorf("%s %s%s", c.Method, c.Host, c.Path)
					}
				}
			}
			if lists != 2 || bytes < 5 {
				t.Errorf("%d lists, %d others", lists, bytes)
			}
			failed := sends(d, "team.share", desk.SendOptions{}, file(t, 10))
			if failed.State != desk.Failed || failed.Trouble.Code != "Acceleration" {
				t.Errorf("%s, %v", failed.State, failed.Trouble)
			}
		})
	}
}

// TestAccelerateToAnotherRegion: the accelerated host is every region's, and only the signature tells them apart.
func TestAccelerateToAnotherRegion(t *testing.T) {
	r := newRig(t, "s3 =\n  use_accelerate_endpoint = true\n")
	r.good(sends(r.desk(), bucket, desk.SendOptions{}, file(t, 1000)), home)
	r.wants(1, 0)
}

// TestRequesterPays: every request about the bucket says who pays, links carry it, and another start of the program signs
// them again so. Without the person's word, none says so.
func TestRequesterPays(t *testing.T) {
	r := newRig(t, "")
	says := func(want bool) {
		t.Helper()
		n := 0
		for _, c := range r.Calls() {
			if c.Region == "" {
				continue
			}
			n++
			if got := c.Query.Get("X-Amz-Request-Payer") + c.Query.Get("x-amz-request-payer") + c.Header.Get("X-Amz-Request-Payer"); (got == "requester") != want {
				t.Errorf("%s %s%s says %q", c.Method, c.Host, c.Path, got)
			}
		}
		if n == 0 {
			t.Error("nothing was asked")
		}
	}
	d, ctx := r.desk(), context.Background()
	plain := sends(d, bucket, desk.SendOptions{}, file(t, 1000))
	r.good(plain, home)
	says(false)

	d.SetRequestPayer(true)
	paid := sends(d, bucket, desk.SendOptions{PartSize: 5 << 20}, file(t, 11<<20))
	r.good(paid, home)
	if _, err := d.Browse(ctx, desk.Store{}, bucket, "", ""); err != nil {
		t.Fatal(err)
	}
	linked := d.LinkTo(ctx, desk.Store{}, bucket, plain.Key, desk.SendOptions{Expires: time.Hour})
	r.good(linked, home)
	ways, err := d.Request(ctx, desk.Destination{Bucket: bucket, Prefix: "in/"}, desk.RequestOptions{Expires: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if len(ways.Posts) > 0 || len(ways.Uploads) == 0 || !strings.Contains(ways.Uploads[0].URL, "x-amz-request-payer=requester") {
		t.Errorf("a form has no field for who pays: %d forms, %d files", len(ways.Posts), len(ways.Uploads))
	}
	if notice := d.PayerNotice(desk.Destination{Bucket: bucket}); notice == nil || notice.Code != "RequesterPays" {
		t.Errorf("%v", notice)
	}
	says(true)

	again := r.desk()
	for id, want := range map[string]bool{paid.ID: true, linked.ID: true} {
		link, err := again.CopyLink(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(link.URL, "x-amz-request-payer=requester") != want {
			t.Errorf("%v is expected", want)
		}
		if status := r.get(link.URL); status != 200 {
			t.Errorf("the link answers %d", status)
		}
	}
	other := r.desk()
	link, err := other.CopyLink(ctx, plain.ID)
	if err != nil || strings.Contains(link.URL, "payer") {
		t.Errorf("a link for which nobody has said so has it too, or %v", err)
	}
	if err := other.SetRequesterPays(bucket, true); err != nil {
		t.Fatal(err)
	}
	if link, err = r.desk().CopyLink(ctx, plain.ID); err != nil || !strings.Contains(link.URL, "payer") {
		t.Errorf("the remembered word does not hold: %v", err)
	}
}

// TestOtherKinds are refused before anything is asked.
func TestOtherKinds(t *testing.T) {
	r := newRig(t, "s3_use_arn_region = false\n")
	d := r.desk()
	for name, want := range map[string]string{
		"fast--use1-az4--x-s3": "BucketKind", "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap": "BucketKind",
		"arn:aws:s3-outposts:us-east-1:111122223333:outpost/op-1/accesspoint/x": "BucketKind", "point--ol-s3": "BucketKind",
		"arn:aws:s3:eu-west-1:111122223333:bucket/x": "AccessPointName", point: "AccessPointRegion",
		"arn:aws-cn:s3:cn-north-1:111122223333:accesspoint/data": "AccessPointOther",
	} {
		failed := sends(d, name, desk.SendOptions{}, file(t, 10))
		if failed.State != desk.Failed || failed.Trouble.Code != want {
			t.Errorf("%s: %s, %v", name, failed.State, failed.Trouble)
		}
	}
	if calls := r.Calls(); len(calls) > 0 {
		t.Errorf("%d requests", len(calls))
	}
}

// TestS3URLOfAccessPoint takes apart what a person types.
func TestS3URLOfAccessPoint(t *testing.T) {
	for text, want := range map[string][2]string{
		"s3://" + point + "/a/b.txt": {point, "a/b.txt"},
		"s3://" + point:              {point, ""},
		"s3://" + point + "/":        {point, ""},
		"s3://" + strings.Replace(point, "/", ":", 1) + "/a/b":   {strings.Replace(point, "/", ":", 1), "a/b"},
		"s3://team-share/arn:aws:s3:eu-west-1:1:accesspoint/a/b": {"team-share", "arn:aws:s3:eu-west-1:1:accesspoint/a/b"},
	} {
		b, k, err := desk.ParseS3URL(text)
		if err != nil || b != want[0] || k != want[1] {
			t.Errorf("%s: %q, %q, %v", text, b, k, err)
		}
	}
	for _, text := range []string{"s3://arn:aws:s3:eu-west-1:111122223333:accesspoint", "s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/"} {
		if _, _, err := desk.ParseS3URL(text); desk.Explain(err) == nil || desk.Explain(err).Code != "AccessPointName" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestRefusalsStayTheirs: what S3 says of something else is not taken for a region.
func TestRefusalsStayTheirs(t *testing.T) {
	r := newRig(t, "")
	r.Refusal = testaws.Permanent
	failed := sends(r.desk(), "nobodys-bucket", desk.SendOptions{}, file(t, 10))
	if failed.State != desk.Failed || failed.Trouble.Code != "NoSuchBucket" {
		t.Errorf("%s, %v", failed.State, failed.Trouble)
	}
	r.wants(1, 0)
}
