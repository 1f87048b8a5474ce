package desk_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/bucket"
	"waybill/internal/desk"
	"waybill/internal/sandbox"
	"waybill/internal/teststore"
)

// everything is settings of each kind, with the store's KMS key.
func everything() desk.UploadSettings {
	return desk.UploadSettings{
		StorageClass: "REDUCED_REDUNDANCY", SSE: "aws:kms", KMSKey: teststore.KMSKey,
		Tags:     map[string]string{"project": "atlas + co", "sum": "1+1=2"},
		Metadata: map[string]string{"author": "Zoë", "draft": "yes"}, CacheControl: "max-age=60, private",
		Disposition: `attachment; filename="own.txt"`,
	}
}

// has looks at an object's settings; metadata is as the store has it.
func has(t *testing.T, c *s3.Client, bucketName, key string) desk.UploadSettings {
	t.Helper()
	got, err := bucket.Kept(t.Context(), c, bucketName, key, true)
	if err != nil {
		t.Fatal(err)
	}
	return desk.UploadSettings(got)
}

// like reports whether an object has what was asked for it.
func like(got, asked desk.UploadSettings) bool {
	meta := map[string]string{}
	for name, value := range got.Metadata {
		meta[strings.ToLower(name)] = value
	}
	want := maps.Clone(asked.Metadata)
	if want["author"] == "Zoë" {
		want["author"] = "=?utf-8?q?Zo=C3=AB?=" // as S3 gives it back
	}
	return cmp.Or(got.StorageClass, "STANDARD") == cmp.Or(asked.StorageClass, "STANDARD") && got.SSE == asked.SSE && strings.HasSuffix(got.KMSKey, asked.KMSKey) &&
		maps.Equal(got.Tags, asked.Tags) && maps.Equal(meta, want) && got.CacheControl == asked.CacheControl && got.Disposition == asked.Disposition
}

// TestUploadSettings: what is chosen for a destination is what objects get, whole and in parts, zipped, over http and https;
// the page beside them gets what a page can have, and keeps it when it is written again; and a name that an object is
// given by a revocation changes none of it.
func TestUploadSettings(t *testing.T) {
	for scheme, https := range map[string]bool{"http": false, "https": true} {
		t.Run(scheme, func(t *testing.T) {
			m := teststore.StartMinIO(t, https, teststore.KMS())
			minioProfile(t, m, m.Key, m.Secret, "", "")
			d := openDesk(t, desk.Options{})
			c := m.Client(m.Key, m.Secret, "")
			asked := everything()
			above := desk.Destination{Bucket: teststore.Bucket, Prefix: "alice/"}
			if err := d.SetUpload(t.Context(), above, asked); err != nil {
				t.Fatal(err)
			}
			to := above
			to.Prefix = "alice/2026/" // a folder in it
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.txt"), "small")
			write(t, filepath.Join(dir, "empty.txt"), "")
			write(t, filepath.Join(dir, "big.bin"), strings.Repeat(rand.Text(), 12<<20/26))
			drop := d.Send(t.Context(), to, desk.SendOptions{Expires: time.Hour, PartSize: 5 << 20, Bundle: true}, []string{dir})
			list := collect(t, drop)
			if n := drop.Notices(); len(n) > 0 {
				t.Errorf("%v", n)
			}
			if len(list) != 4 {
				t.Fatalf("%d transfers: %+v", len(list), list)
			}
			page := list[3]
			onPage := asked
			onPage.CacheControl, onPage.Disposition = "", ""
			for _, s := range list {
				want := asked
				if s.Kind == desk.KindBundle {
					want = onPage
				}
				if s.State != desk.Sent || s.Trouble != nil {
					t.Fatalf("%s: %s, %v", s.Name, s.State, s.Trouble)
				}
				if got := has(t, c, teststore.Bucket, s.Key); !like(got, want) {
					t.Errorf("%s has %+v", s.Name, got)
				}
			}
			zipped := one(t, collect(t, d.SendZip(t.Context(), to, desk.SendOptions{Expires: time.Hour, Title: "all"}, []string{dir})))
			if got := has(t, c, teststore.Bucket, zipped.Key); zipped.Trouble != nil || !like(got, asked) {
				t.Errorf("the zip has %+v, %v", got, zipped.Trouble)
			}
			// The link says what the object says.
			if own, err := d.CopyLink(t.Context(), list[0].ID); err != nil || strings.Contains(own.URL, "response-content-disposition") {
				t.Errorf("the link names the file over the object's own word, %v", err)
			}

			// Written again, after it was forgotten what the destination gets.
			if err := d.SetUpload(t.Context(), above, desk.UploadSettings{}); err != nil {
				t.Fatal(err)
			}
			if r := d.Renew(t.Context(), page.ID, time.Hour, desk.VerifyAll); r.Trouble != nil {
				t.Fatal(r.Trouble)
			}
			if got := has(t, c, teststore.Bucket, page.Key); !like(got, onPage) {
				t.Errorf("the page that was renewed has %+v", got)
			}
			rev, err := d.Revocable(t.Context(), list[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Revoke(t.Context(), rev, desk.RevokeRename); err != nil {
				t.Fatal(err)
			}
			found, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(teststore.Bucket), Prefix: aws.String(strings.TrimSuffix(list[0].Key, ".txt") + " (revoked")})
			if err != nil || len(found.Contents) != 1 {
				t.Fatalf("%v, %v", found, err)
			}
			if got := has(t, c, teststore.Bucket, aws.ToString(found.Contents[0].Key)); !like(got, asked) {
				t.Errorf("the object that was renamed has %+v", got)
			}
			if _, err := d.Unrevoke(t.Context(), list[0].ID); err != nil {
				t.Fatal(err)
			}
			if got := has(t, c, teststore.Bucket, list[0].Key); !like(got, asked) {
				t.Errorf("the object that is back has %+v", got)
			}
		})
	}
}

// TestUploadSettingsOfARequest: what others send gets what the destination's objects get, by form, whole and in parts.
func TestUploadSettingsOfARequest(t *testing.T) {
	m := teststore.StartMinIO(t, false, teststore.KMS())
	minioProfile(t, m, m.Key, m.Secret, "", "")
	d := openDesk(t, desk.Options{})
	c := m.Client(m.Key, m.Secret, "")
	asked := everything()
	inbox := desk.Destination{Bucket: teststore.Bucket, Prefix: "inbox/"}
	if err := d.SetUpload(t.Context(), inbox, asked); err != nil {
		t.Fatal(err)
	}
	want := asked
	want.CacheControl, want.Disposition = "", ""
	p := newPlace(t, teststore.Bucket, "")
	forms, err := d.Request(t.Context(), inbox, desk.RequestOptions{})
	if err != nil || len(forms.Posts) == 0 {
		t.Fatalf("%v, %v", forms, err)
	}
	post := forms.Posts[0]
	if status, answer := p.post(post.URL, post.Fields, post.Folder+"a.txt", post.ContentType, []byte("a")); status != http.StatusCreated {
		t.Fatalf("HTTP %d %s", status, answer)
	}
	byForm := want
	byForm.Disposition = "attachment"
	if got := has(t, c, teststore.Bucket, post.Folder+"a.txt"); !like(got, byForm) {
		t.Errorf("by form: %+v", got)
	}
	slots, err := d.Request(t.Context(), inbox, desk.RequestOptions{Files: 1})
	if err != nil || len(slots.Uploads) != 1 {
		t.Fatalf("%v, %v", slots, err)
	}
	up := slots.Uploads[0]
	if status, _, answer := p.do(up.Method, up.URL, up.Header, []byte("b")); status != http.StatusOK {
		t.Fatalf("HTTP %d %s", status, answer)
	}
	if got := has(t, c, teststore.Bucket, up.Key); !like(got, want) {
		t.Errorf("whole: %+v", got)
	}
}

// TestUploadSettingsOfAResumedDrop: what is sent later gets what was chosen when the drop began, whatever was chosen since.
func TestUploadSettingsOfAResumedDrop(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	to := dest(t)
	to.Prefix += "/"
	asked := desk.UploadSettings{Tags: map[string]string{"project": "atlas"}, Metadata: map[string]string{"draft": "yes"}, CacheControl: "no-store"}
	atStore(t)
	d := openDesk(t, desk.Options{Home: home})
	if err := d.SetUpload(t.Context(), to, asked); err != nil {
		t.Fatal(err)
	}
	leaveInTheMiddle(t, home, to, desk.SendOptions{Expires: time.Hour})
	atStore(t)
	if err := d.SetUpload(t.Context(), to, desk.UploadSettings{CacheControl: "max-age=1"}); err != nil {
		t.Fatal(err)
	}
	left := interrupted(t, d)
	if len(left) != 1 {
		t.Fatalf("%d drops are left", len(left))
	}
	drop, err := d.Resume(t.Context(), left[0], desk.Attendance{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range collect(t, drop) {
		if s.State != desk.Sent {
			t.Errorf("%s: %s, %v", s.Name, s.State, s.Trouble)
		}
	}
	keys, _ := inBucket(t, to.Prefix)
	if len(keys) != 61 {
		t.Fatalf("%d objects", len(keys))
	}
	for _, key := range keys {
		if got := has(t, client(), sandbox.Bucket, key); !like(got, asked) {
			t.Errorf("%s has %+v", key, got)
		}
	}
}

// TestUploadSettingsThatAStoreRefuses says what each refusal of a real store means.
func TestUploadSettingsThatAStoreRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	at := func(t *testing.T, more ...string) *desk.Desk {
		m := teststore.StartMinIO(t, false, more...)
		minioProfile(t, m, m.Key, m.Secret, "", "")
		return openDesk(t, desk.Options{})
	}
	refused := func(t *testing.T, d *desk.Desk, code string, u desk.UploadSettings) {
		t.Helper()
		s := one(t, send(t, d, desk.Destination{Bucket: teststore.Bucket}, desk.SendOptions{Expires: time.Hour, Upload: &u}, path))
		if s.State != desk.Failed || desk.CodeOf(s.Trouble) != code {
			t.Errorf("%+v: %s, %v", u, s.State, s.Trouble)
		}
	}
	t.Run("without KMS", func(t *testing.T) {
		d := at(t)
		refused(t, d, "InvalidStorageClass", desk.UploadSettings{StorageClass: "GLACIER"})
		refused(t, d, "KMSMissing", desk.UploadSettings{SSE: "aws:kms"})
		refused(t, d, "KMSMissing", desk.UploadSettings{SSE: "AES256"})
	})
	t.Run("another key", func(t *testing.T) {
		refused(t, at(t, teststore.KMS()), "KMSKey", desk.UploadSettings{SSE: "aws:kms", KMSKey: "no-such-key"})
	})
}

// TestUploadSettingsThatAStoreIgnores: the sandbox's server encrypts nothing, and says nothing of it.
func TestUploadSettingsThatAStoreIgnores(t *testing.T) {
	d := newDesk(t, desk.Options{})
	dir := t.TempDir()
	for i := range 5 {
		write(t, filepath.Join(dir, fmt.Sprintf("%d.txt", i)), "a")
	}
	u := desk.UploadSettings{SSE: "AES256", Tags: map[string]string{"a": "b"}}
	drop := d.Send(t.Context(), dest(t), desk.SendOptions{Expires: time.Hour, Upload: &u}, []string{dir})
	for _, s := range collect(t, drop) {
		if s.State != desk.Sent || s.Trouble != nil {
			t.Errorf("%s: %s, %v", s.Name, s.State, s.Trouble)
		}
	}
	if n := drop.Notices(); len(n) != 1 || desk.CodeOf(n[0]) != "IgnoredSSE" {
		t.Errorf("%v", n)
	}
}

// TestUploadSettingsAreCheckedFirst: nothing is sent with settings that no store would take.
func TestUploadSettingsAreCheckedFirst(t *testing.T) {
	d := newDesk(t, desk.Options{})
	to := dest(t)
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	many := map[string]string{}
	for i := range 11 {
		many[fmt.Sprint(i)] = ""
	}
	key := true
	for code, u := range map[string]desk.UploadSettings{
		"UploadStorageClass":     {StorageClass: "COLD STORAGE"},
		"UploadSSE":              {SSE: "rot13"},
		"UploadKMSKey":           {SSE: "aws:kms", KMSKey: "a key"},
		"UploadKMSKeyAlone":      {SSE: "AES256", BucketKey: &key},
		"UploadACL":              {ACL: "everybody"},
		"UploadHeader":           {CacheControl: "no-store\r\nX-Evil: 1"},
		"UploadTag":              {Tags: map[string]string{"a": "what?"}},
		"UploadTagsTooMany":      {Tags: many},
		"UploadTagTooLong":       {Tags: map[string]string{"a": strings.Repeat("ä", 257)}},
		"UploadTagReserved":      {Tags: map[string]string{"AWS:a": ""}},
		"UploadTwice":            {Metadata: map[string]string{"A": "", "a": ""}},
		"UploadMetadata":         {Metadata: map[string]string{"a name": ""}},
		"UploadMetadataTooLarge": {Metadata: map[string]string{"a": strings.Repeat("é", 400)}},
	} {
		s := one(t, send(t, d, to, desk.SendOptions{Expires: time.Hour, Upload: &u}, path))
		if s.State != desk.Failed || desk.CodeOf(s.Trouble) != code || s.Trouble.Help.String() == "" {
			t.Errorf("%s: %s, %v", code, s.State, s.Trouble)
		}
		if err := d.SetUpload(t.Context(), to, u); desk.CodeOf(err) != code {
			t.Errorf("%s is remembered: %v", code, err)
		}
	}
	if keys, _ := inBucket(t, to.Prefix); len(keys) > 0 {
		t.Errorf("%v were sent", keys)
	}
	if w := desk.UploadWarnings(desk.UploadSettings{StorageClass: "DEEP_ARCHIVE", ACL: "public-read"}); len(w) != 2 || desk.CodeOf(w[0]) != "UploadArchived" || desk.CodeOf(w[1]) != "UploadPublic" {
		t.Errorf("%v", w)
	}
}

// TestUploadSettingsHoldForFolders: the nearest folder's hold, for one and the same store only.
func TestUploadSettingsHoldForFolders(t *testing.T) {
	d := newDesk(t, desk.Options{})
	at := func(s desk.Store, prefix string) desk.Destination {
		return desk.Destination{Store: s, Bucket: "film", Prefix: prefix}
	}
	class := func(c string) desk.UploadSettings { return desk.UploadSettings{StorageClass: c} }
	set := func(dest desk.Destination, u desk.UploadSettings) {
		t.Helper()
		if err := d.SetUpload(context.Background(), dest, u); err != nil {
			t.Fatal(err)
		}
	}
	set(at(desk.Store{}, ""), class("STANDARD_IA"))
	set(at(desk.Store{}, "raw/"), class("GLACIER_IR"))
	set(at(desk.Store{}, "raw/alice/"), class("STANDARD_IA"))
	set(at(desk.Store{}, "open/"), desk.UploadSettings{})
	set(at(desk.Store{Sandbox: true}, ""), class("ONEZONE_IA"))
	for dest, want := range map[desk.Destination]string{
		at(desk.Store{}, ""): "STANDARD_IA", at(desk.Store{Profile: "default"}, "x/"): "STANDARD_IA", at(desk.Store{}, "raw/bob/"): "GLACIER_IR",
		at(desk.Store{}, "raw/alice/"): "STANDARD_IA", at(desk.Store{}, "rawer/"): "STANDARD_IA", at(desk.Store{}, "open/x/"): "",
		at(desk.Store{Sandbox: true}, "raw/"): "ONEZONE_IA", at(desk.Store{Profile: "other"}, "raw/"): "",
		at(desk.Store{Region: "eu-west-1"}, "raw/"): "GLACIER_IR",
	} {
		if got, _ := d.Settings().UploadOf(dest); got.StorageClass != want {
			t.Errorf("%+v: %q, want %q", dest, got.StorageClass, want)
		}
	}
	set(at(desk.Store{}, "raw/alice/"), class("GLACIER_IR")) // as in the folder above
	if n := len(d.Settings().Uploads); n != 4 {
		t.Errorf("%d are kept", n)
	}
}

// TestArchivedLink: a link to what is archived is not one to give away.
func TestArchivedLink(t *testing.T) {
	endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodGet && r.URL.Query().Has("X-Amz-Signature") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>InvalidObjectState</Code><Message>The operation is not valid for the object's storage class</Message></Error>")
			return
		}
		pass(w)
	})
	config, credentials := sandboxProfile()
	isolate(t, strings.ReplaceAll(config, store.Endpoint(), endpoint), credentials)
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	s := one(t, send(t, d, dest(t), desk.SendOptions{Expires: time.Hour}, path))
	if s.State != desk.Sent || desk.CodeOf(s.Trouble) != "LinkRefusedArchive" || !s.Refused() {
		t.Errorf("%s, %v", s.State, s.Trouble)
	}
}

// TestRenamingAsksForWhatThereWas: S3 gives a copy the store's usual class and encryption unless they are asked for. MinIO
// copies them unasked, so what is asked for is looked at.
func TestRenamingAsksForWhatThereWas(t *testing.T) {
	copied := make(chan http.Header, 1)
	endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodHead {
			w.Header().Set("X-Amz-Server-Side-Encryption", "aws:kms")
			w.Header().Set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "arn:aws:kms:eu-west-1:123456789012:key/mine")
			w.Header().Set("X-Amz-Server-Side-Encryption-Bucket-Key-Enabled", "true")
		}
		if r.Header.Get("X-Amz-Copy-Source") != "" {
			copied <- r.Header.Clone()
		}
		pass(w)
	})
	config, credentials := sandboxProfile()
	isolate(t, strings.ReplaceAll(config, store.Endpoint(), endpoint), credentials)
	d := openDesk(t, desk.Options{})
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, "a")
	s := one(t, send(t, d, dest(t), desk.SendOptions{Expires: time.Hour}, path))
	r, err := d.Revocable(t.Context(), s.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Revoke(t.Context(), r, desk.RevokeRename); err != nil {
		t.Fatal(err)
	}
	asked := <-copied
	for name, want := range map[string]string{
		"X-Amz-Storage-Class": "STANDARD", "X-Amz-Server-Side-Encryption": "aws:kms",
		"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "arn:aws:kms:eu-west-1:123456789012:key/mine", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "true",
	} {
		if asked.Get(name) != want {
			t.Errorf("%s is asked for as %q", name, asked.Get(name))
		}
	}
}

// TestPagesAreNotPublic: whatever ACL files are to have, a page with the links to them is for those who have its own.
func TestPagesAreNotPublic(t *testing.T) {
	acls := make(chan string, 8)
	endpoint := tampering(t, func(w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter)) {
		if r.Method == http.MethodPut && strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			acls <- r.Header.Get("X-Amz-Acl")
		}
		pass(w)
	})
	config, credentials := sandboxProfile()
	isolate(t, strings.ReplaceAll(config, store.Endpoint(), endpoint), credentials)
	d := openDesk(t, desk.Options{})
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.txt"), "a")
	write(t, filepath.Join(dir, "b.txt"), "b")
	for acl, want := range map[string]string{"public-read": "", "bucket-owner-full-control": "bucket-owner-full-control"} {
		to := dest(t)
		to.Prefix += "/"
		if err := d.SetUpload(t.Context(), to, desk.UploadSettings{ACL: acl}); err != nil {
			t.Fatal(err)
		}
		list := send(t, d, to, desk.SendOptions{Expires: time.Hour, Bundle: true}, filepath.Join(dir, "a.txt"), filepath.Join(dir, "b.txt"))
		if again := d.Renew(t.Context(), list[len(list)-1].ID, time.Hour, desk.VerifyNone); again.Trouble != nil {
			t.Fatal(again.Trouble)
		}
		if _, err := d.Request(t.Context(), to, desk.RequestOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, what := range []string{"the page", "the page again", "the page of a request"} {
			if got := <-acls; got != want {
				t.Errorf("%s: %s has the ACL %q", acl, what, got)
			}
		}
	}
}
