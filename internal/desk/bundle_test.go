package desk_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"waybill/internal/desk"
	"waybill/signer"
)

// downloads finds the links on a page that lead to files, by the path that they lead to.
func downloads(t *testing.T, page string) (links []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "href" && strings.HasPrefix(a.Val, "http") && !slices.Contains(links, a.Val) {
				links = append(links, a.Val)
			}
		}
	}
	return links
}

// texts fetches each link on a page, and gives what they lead to.
func texts(t *testing.T, page string) (all []string) {
	t.Helper()
	for _, l := range downloads(t, page) {
		body, _, status := download(t, l)
		if status != 200 {
			t.Errorf("%d of a link on the page", status)
		}
		all = append(all, string(body))
	}
	slices.Sort(all)
	return all
}

// TestBundle: a folder becomes one link; its page holds one for each file, and follows what becomes of them.
func TestBundle(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, desk.Options{})
	to := dest(t)
	dir := filepath.Join(t.TempDir(), "holiday")
	for _, name := range []string{"a.txt", "b & <c>.txt", "sub/d.txt"} {
		write(t, filepath.Join(dir, name), "this is "+name)
	}
	list := send(t, d, to, desk.SendOptions{Expires: time.Hour, Bundle: true}, dir)
	if len(list) != 4 {
		t.Fatalf("%d transfers of 4", len(list))
	}
	page := list[3]
	if page.State != desk.Sent || page.Kind != desk.KindBundle || page.Trouble != nil || !page.Link.Verified || page.Name != "holiday" || page.Key != to.Prefix+"/holiday.html" {
		t.Fatalf("%+v, %v", page, page.Trouble)
	}
	all := []string{"this is a.txt", "this is b & <c>.txt", "this is sub/d.txt"}
	body, header, status := download(t, page.Link.URL)
	if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "text/html") || !strings.HasPrefix(header.Get("Content-Disposition"), "inline") {
		t.Errorf("%d %v", status, header)
	}
	if got := texts(t, string(body)); !slices.Equal(got, all) {
		t.Errorf("%q", got)
	}
	for _, f := range list[:3] {
		if e := entry(t, d, f.ID); e.Bundle != page.ID || e.Kind != desk.KindFile || e.Ends.Before(f.Link.Ends) {
			t.Errorf("%+v", e)
		}
	}
	if e := entry(t, d, page.ID); e.Kind != desk.KindBundle || !e.Inline || !e.Live(time.Now()) || e.Ends.Sub(page.Link.Ends).Abs() > time.Second {
		t.Errorf("%+v", e)
	}

	// A second bundle of the same name takes nothing from the first.
	second := d.Bundle(ctx, desk.Destination{}, desk.SendOptions{Expires: time.Hour}, "holiday", list[0].ID, list[1].ID)
	if second.State != desk.Sent || second.Key != to.Prefix+"/holiday (2).html" {
		t.Fatalf("%+v, %v", second, second.Trouble)
	}
	body, _, _ = download(t, second.Link.URL)
	if got := texts(t, string(body)); !slices.Equal(got, all[:2]) {
		t.Errorf("%q", got)
	}

	// What is renewed for longer is so on its page, under the same key and the page's own link.
	if r := d.Renew(ctx, list[0].ID, 3*time.Hour, desk.VerifyNone); r.State != desk.Sent {
		t.Fatal(r.Trouble)
	}
	body, _, _ = download(t, second.Link.URL)
	longest := 0
	for _, l := range downloads(t, string(body)) {
		if strings.Contains(l, "X-Amz-Expires=10") { // three hours are 10,800 seconds
			longest++
		}
	}
	if longest != 1 {
		t.Errorf("%d links of three hours on the page", longest)
	}

	// The page is renewed with all that stands on it.
	renewed := d.Renew(ctx, second.ID, 5*time.Hour, desk.VerifyAuto)
	if renewed.State != desk.Sent || renewed.Trouble != nil || renewed.Key != second.Key || time.Until(renewed.Link.Ends) < 4*time.Hour {
		t.Fatalf("%+v, %v", renewed, renewed.Trouble)
	}
	if e := entry(t, d, list[1].ID); time.Until(e.Ends) < 4*time.Hour {
		t.Errorf("a file on it ends %v", e.Ends)
	}

	// What is revoked is not offered any more; with the page goes what stands on it.
	if _, err := revoke(d, list[0].ID, desk.RevokeDelete); err != nil {
		t.Fatal(err)
	}
	body, _, _ = download(t, renewed.Link.URL)
	if got := texts(t, string(body)); !slices.Equal(got, all[1:2]) {
		t.Errorf("%q", got)
	}
	// It stood on the first page too, which has the others still.
	body, _, _ = download(t, page.Link.URL)
	if got := texts(t, string(body)); !slices.Equal(got, all[1:]) {
		t.Errorf("%q", got)
	}
	r, err := d.Revocable(ctx, second.ID)
	if err != nil || r.Files != 1 || !strings.Contains(r.Question(desk.RevokeDelete), "1 files on its page") {
		t.Errorf("%+v, %v", r, err)
	}
	if e, err := d.Revoke(ctx, r, desk.RevokeRename); err != nil || !e.CanUndo {
		t.Fatalf("%+v, %v", e, err)
	}
	if keys, _ := inBucket(t, to.Prefix); slices.Contains(keys, second.Key) || slices.Contains(keys, list[1].Key) || !slices.Contains(keys, list[2].Key) {
		t.Errorf("%v", keys)
	}
	// Undone, page and files are there again.
	if e, err := d.Unrevoke(ctx, second.ID); err != nil || !e.Live(time.Now()) {
		t.Fatalf("%+v, %v", e, err)
	}
	body, _, _ = download(t, renewed.Link.URL)
	if got := texts(t, string(body)); !slices.Equal(got, all[1:2]) {
		t.Errorf("%q", got)
	}
	// Of two that were asked about together, the second finds what the first has taken, and leaves the way back.
	file, err := d.Revocable(ctx, list[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := revoke(d, second.ID, desk.RevokeRename); err != nil {
		t.Fatal(err)
	}
	if e, err := d.Revoke(ctx, file, desk.RevokeDelete); err != nil || !e.CanUndo {
		t.Errorf("%+v, %v", e, err)
	}
	keys, _ := inBucket(t, to.Prefix)
	if slices.Contains(keys, second.Key) || slices.Contains(keys, list[1].Key) || !slices.Contains(keys, list[2].Key) {
		t.Errorf("%v", keys)
	}
	for _, f := range list[:3] {
		if e := entry(t, d, f.ID); !e.Verified && e.Revoked.IsZero() {
			t.Errorf("the link of %s was not tried", f.Name)
		}
	}
}

// TestRenewAll renews page and files together, and writes the page once.
func TestRenewAll(t *testing.T) {
	d := newDesk(t, desk.Options{})
	to := dest(t)
	list := send(t, d, to, desk.SendOptions{Expires: time.Hour, Bundle: true}, textFile(t, "a.txt"), textFile(t, "b.txt"), textFile(t, "c.txt"))
	var pages atomic.Int64
	atProxy(t, func(r *http.Request) {
		if r.Method == http.MethodPut {
			pages.Add(1)
		}
	})
	d2 := openDesk(t, desk.Options{Home: d.Home()})
	steps := 0
	ids := []string{list[0].ID, list[1].ID, "nobody", list[3].ID}
	renewed := d2.RenewAll(context.Background(), ids, 6*time.Hour, desk.VerifyAuto, func(n int) { steps = n })
	for i, want := range []desk.State{desk.Sent, desk.Sent, desk.Failed, desk.Sent} {
		if renewed[i].State != want || renewed[i].ID != ids[i] {
			t.Errorf("%d: %s %v", i, renewed[i].State, renewed[i].Trouble)
		}
		if want == desk.Sent && time.Until(renewed[i].Link.Ends) < 5*time.Hour {
			t.Errorf("%d ends %v", i, renewed[i].Link.Ends)
		}
	}
	if pages.Load() != 1 || steps != 3 {
		t.Errorf("the page was written %d times, in %d steps", pages.Load(), steps)
	}
	pages.Store(0)
	d2.RenewAll(context.Background(), []string{list[0].ID, list[1].ID}, 7*time.Hour, desk.VerifyNone, nil)
	if pages.Load() != 1 {
		t.Errorf("the page of two files was written %d times", pages.Load())
	}
}

// textFile makes a file.
func textFile(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	write(t, path, "this is "+name)
	return path
}

// TestBundleOfNothing says so, and puts no page there.
func TestBundleOfNothing(t *testing.T) {
	d := newDesk(t, desk.Options{})
	to := dest(t)
	list := send(t, d, to, desk.SendOptions{Bundle: true}, "/no/such/file")
	if len(list) != 1 || list[0].State != desk.Failed {
		t.Errorf("%+v", list)
	}
	if got := d.Bundle(context.Background(), to, desk.SendOptions{}, "x", list[0].ID); code(got.Trouble) != "NothingToBundle" {
		t.Errorf("%+v", got)
	}
	if keys, _ := inBucket(t, to.Prefix); len(keys) > 0 {
		t.Errorf("%v", keys)
	}
}

// TestTemplateOfADrop: keys follow the template, links keep the names, and an unguessable part is in no two keys.
func TestTemplateOfADrop(t *testing.T) {
	d := newDesk(t, desk.Options{})
	to := dest(t)
	dir := filepath.Join(t.TempDir(), "photos")
	write(t, filepath.Join(dir, "a.jpg"), "a")
	write(t, filepath.Join(dir, "2026", "b.tar.gz"), "b")
	template, err := desk.ParseTemplate("{date}/{stem}-{uuid}{ext}")
	if err != nil {
		t.Fatal(err)
	}
	wanted := regexp.MustCompile(`^` + regexp.QuoteMeta(to.Prefix) + `/\d{4}-\d\d-\d\d/photos/(2026/)?[a-z2-7]{26}/[ab]-[0-9a-f-]{36}\.(jpg|tar\.gz)$`)
	parts := map[string]bool{}
	for _, s := range send(t, d, to, desk.SendOptions{Template: template, Unguessable: true}, dir) {
		if s.State != desk.Sent || !wanted.MatchString(s.Key) {
			t.Errorf("%s: %s %v", s.Key, s.State, s.Trouble)
		}
		parts[regexp.MustCompile(`[a-z2-7]{26}`).FindString(s.Key)] = true
		_, header, _ := download(t, s.Link.URL)
		if !strings.Contains(header.Get("Content-Disposition"), `filename="`+filepath.Base(s.Name)+`"`) {
			t.Errorf("%s is saved as %s", s.Name, header.Get("Content-Disposition"))
		}
	}
	if len(parts) != 2 {
		t.Errorf("%d unguessable parts of 2", len(parts))
	}
}

// TestDistribution: a link for longer than seven days is a distribution's, and only where there is one.
func TestDistribution(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, desk.Options{})
	to := dest(t)
	long := 30 * 24 * time.Hour
	if err := d.CheckExpires(to.Bucket, long); code(err) != "NoDistribution" {
		t.Error(err)
	}
	if err := d.SetDistribution(to.Bucket, signer.CloudFront{Domain: "https://x/", KeyPairID: "K", PrivateKey: "/no/such.pem"}); code(err) != "DistributionWrong" {
		t.Error(err)
	}
	c := signer.CloudFront{Domain: "d111111abcdef8.cloudfront.net", KeyPairID: "K2JCJMDEHXQW5F", PrivateKey: rsaKey(t)}
	if err := d.SetDistribution(to.Bucket, c); err != nil {
		t.Fatal(err)
	}
	if err := d.CheckExpires(to.Bucket, long); err != nil {
		t.Error(err)
	}
	sent := sendOne(t, d, to, desk.SendOptions{Expires: long, Verify: desk.VerifyNone}, "ä b.txt", "hello")
	if !strings.HasPrefix(sent.Link.URL, "https://d111111abcdef8.cloudfront.net/") || !strings.Contains(sent.Link.URL, "Key-Pair-Id=K2JCJMDEHXQW5F") ||
		sent.Link.Because != signer.Requested || time.Until(sent.Link.Ends) < long-time.Minute {
		t.Errorf("%+v", sent.Link)
	}
	if e := entry(t, d, sent.ID); !e.CloudFront || !e.Live(time.Now().Add(20*24*time.Hour)) {
		t.Errorf("%+v", e)
	}
	again, err := d.CopyLink(ctx, sent.ID)
	if err != nil || !strings.HasPrefix(again.URL, "https://d111111abcdef8.cloudfront.net/") || again.Ends.Sub(sent.Link.Ends).Abs() > time.Second {
		t.Errorf("%+v, %v", again, err)
	}
	short := d.Renew(ctx, sent.ID, time.Hour, desk.VerifyAuto)
	if short.State != desk.Sent || strings.Contains(short.Link.URL, "cloudfront") || entry(t, d, sent.ID).CloudFront {
		t.Errorf("%+v %v", short.Link, short.Trouble)
	}
	if err := d.SetDistribution(to.Bucket, signer.CloudFront{}); err != nil || len(d.Settings().Distributions) != 0 {
		t.Error(err)
	}
}

// rsaKey makes a private key and gives its file.
func rsaKey(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.pem")
	write(t, path, string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})))
	return path
}
