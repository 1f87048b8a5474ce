package desk

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/signer"
)

// checkName is what the names begin with of all that a check puts into a bucket.
const checkName = ".waybill-check-"

// checkKey is the end of such a key.
var checkKey = regexp.MustCompile(`(^|/)\.waybill-check-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// checkOld is how old something of a check has to be for another one to take it for forgotten: no check takes so long.
const checkOld = time.Hour

// mostOfCheck is how large what a check puts may be, in bytes. What is larger has the name by chance.
const mostOfCheck = speedMore

// checkUploadKey is the key of the upload in parts that a check of this home starts at a place. It is always the same, since
// some stores (MinIO) list unfinished uploads by their whole key only: so the next check finds what a killed one has left.
func checkUploadKey(home, bucketName, prefix string) string {
	return prefix + checkName + uuid.NewSHA1(uuid.NameSpaceURL, []byte("waybill-check\x00"+home+"\x00"+bucketName+"\x00"+prefix)).String()
}

// litter is what a check has put into the bucket, or may have.
type litter struct {
	*checking
	object   bool     // the tiny object, or what was put under its key to measure
	versions []string // of it, and of markers over it
	upload   string
	lost     bool // an upload may have been started whose name nobody was told
	began    time.Time
	stays    bool // the profile may not remove it
	locked   bool // by Object Lock
}

// saw notes a version that the store has told of. Where versions are suspended, what is put has none, and is called "null";
// the marker that a delete leaves is called so too.
func (l *litter) saw(h http.Header) {
	v, marker := h.Get("X-Amz-Version-Id"), h.Get("X-Amz-Delete-Marker") == "true"
	switch {
	case v == "null" && !marker:
		return
	case v == "" && marker:
		v = "null"
	}
	if v != "" && !slices.Contains(l.versions, v) {
		l.versions, l.object = append(l.versions, v), true
	}
}

// sawDelete notes the marker that a delete leaves. Where versions are known to be suspended, there is one whether the store
// says so or not.
func (l *litter) sawDelete(h http.Header) {
	if l.saw(h); l.suspended && !slices.Contains(l.versions, "null") {
		l.versions, l.object = append(l.versions, "null"), true
	}
}

// startUpload starts an upload in parts.
func (r *checking) startUpload(ctx context.Context, l *litter) (string, error) {
	l.began, l.lost = r.signer.Now(), true
	t, err := r.write(ctx, "start the multipart upload", func(ctx context.Context) (signer.Presigned, error) {
		return r.signer.CreateMultipart(ctx, r.upload(), signer.CreateOptions{ContentType: "text/plain; charset=utf-8", Settings: ofCheck(r.gets)})
	}, nil)
	if err != nil {
		if refused, ok := refusalIn(err); ok && refused.status < 500 {
			l.lost = false
		}
		return "", err
	}
	var x struct {
		UploadID string `xml:"UploadId"`
	}
	if err := xml.Unmarshal(t.Body, &x); err != nil || x.UploadID == "" {
		return "", bucket.ErrNotAStore
	}
	l.upload, l.lost = x.UploadID, false
	return l.upload, nil
}

// removeVersions removes the versions that are known, for good.
func (l *litter) removeVersions(ctx context.Context) error {
	var failed error
	kept := l.versions[:0]
	for _, v := range slices.Clone(l.versions) {
		if err := bucket.DeleteVersion(ctx, l.signer.Client(), l.dest.Bucket, l.key, v); err != nil {
			failed = errors.Join(failed, err)
			kept = append(kept, v)
		}
	}
	l.versions = kept
	l.object = len(kept) > 0
	return failed
}

// end removes what there is, and forgets what was written down of it before it was put, unless a later check could do more.
func (l *litter) end(ctx context.Context) {
	l.remove(ctx)
	if !l.object || l.locked || len(l.versions) > 0 {
		l.desk.forgetPut(l.key)
	}
}

// remove takes away what there is, also when the check was cancelled. What stays is said by Check.Left.
func (l *litter) remove(ctx context.Context) {
	if !l.object && l.upload == "" && !l.lost {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*l.desk.checkWaits)
	defer cancel()
	var failed error
	if l.upload != "" || l.lost {
		if err := l.removeUploads(ctx); err != nil {
			failed = errors.Join(failed, err)
		} else {
			l.upload, l.lost = "", false
		}
	}
	if l.object && !l.locked {
		if err := l.removeObject(ctx); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	l.told(failed)
}

// removeObject removes what has the tiny object's key. A put that was cut off may still be at work in the store, so it is
// removed once more after a moment.
func (l *litter) removeObject(ctx context.Context) error {
	if len(l.versions) > 0 {
		if err := l.removeVersions(ctx); err == nil {
			return nil
		}
	}
	for again := range 2 {
		if again > 0 {
			pause(ctx, 300*time.Millisecond)
		}
		t, err := l.deleting(ctx)
		for err != nil && courier.Unreachable(err) && ctx.Err() == nil {
			pause(ctx, time.Second/2)
			t, err = l.deleting(ctx)
		}
		if err != nil {
			return err
		}
		if l.sawDelete(t.Header); len(l.versions) > 0 { // a marker, and another one would come of the next
			return l.removeVersions(ctx)
		}
	}
	l.object = false
	return nil
}

// pause waits for a while, or for the end of the context.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// removeUploads removes the upload, and those of this check that it was not told the name of.
func (l *litter) removeUploads(ctx context.Context) error {
	if l.upload != "" {
		return l.courier.AbortID(ctx, l.dest.Bucket, l.uploadKey, l.upload)
	}
	found, err := bucket.Uploads(ctx, l.signer.Client(), l.dest.Bucket, l.uploadKey)
	for err != nil && courier.Unreachable(err) && ctx.Err() == nil { // the courier has its own patience
		pause(ctx, time.Second/2)
		found, err = bucket.Uploads(ctx, l.signer.Client(), l.dest.Bucket, l.uploadKey)
	}
	if err != nil {
		return err
	}
	for _, u := range found {
		if u.Key == l.uploadKey && !u.Started.Before(l.began.Add(-clockAgrees)) {
			err = errors.Join(err, l.courier.AbortID(ctx, l.dest.Bucket, u.Key, u.ID))
		}
	}
	return err
}

// told writes down what stays.
func (l *litter) told(failed error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = nil
	a := l.scene("").args()
	a["Place"], a["Days"] = l.dest.Bucket+"/"+visible(l.key), l.retention.Days
	switch {
	case l.locked:
		l.left = trouble("CheckLocked", a, failed)
	case l.upload != "" || l.lost:
		a["Place"] = l.dest.Bucket + "/" + visible(l.uploadKey)
		l.left = trouble("CheckUploadStays", a, failed)
	case len(l.versions) > 0:
		l.left = trouble("CheckVersionStays", a, failed)
	case l.object:
		l.left = trouble("CheckStays", a, failed)
	}
}

// tidyEarlier removes what checks that were killed have left, by its name and its age, or by what they have written down.
func (r *checking) tidyEarlier(ctx context.Context) {
	removed, found, known := 0, 0, []string{r.key}
	var failed error
	old := func(t time.Time) bool { return !t.IsZero() && r.signer.Now().Sub(t) > r.desk.checkOld }
	ours := func(key string) bool {
		return strings.HasPrefix(key, r.dest.Prefix+checkName) && checkKey.MatchString(key)
	}
	if r.listed {
		for l, err := range bucket.All(ctx, r.signer.Client(), r.dest.Bucket, r.dest.Prefix+checkName) {
			if err != nil {
				break
			}
			if l.Key == r.key || !ours(l.Key) || l.Size > mostOfCheck || !old(l.Modified) {
				continue
			}
			found, known = found+1, append(known, l.Key)
			if err := r.courier.Remove(ctx, r.dest.Bucket, l.Key); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			removed++
			r.desk.forgetPut(l.Key)
		}
	}
	more, gone, err := r.desk.tidyPuts(ctx, r.signer, r.dest.Bucket, known...) // also where listing is forbidden
	found, removed, failed = found+more, removed+gone, errors.Join(failed, err)
	for _, name := range []string{r.dest.Prefix + checkName, r.uploadKey} {
		uploads, err := bucket.Uploads(ctx, r.signer.Client(), r.dest.Bucket, name)
		if err != nil {
			continue // it has a step of its own
		}
		for _, u := range uploads {
			if !ours(u.Key) || !old(u.Started) || name == r.dest.Prefix+checkName && u.Key == r.uploadKey {
				continue
			}
			found++
			if err := r.courier.AbortID(ctx, r.dest.Bucket, u.Key, u.ID); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			removed++
		}
	}
	if found == 0 || ctx.Err() != nil {
		return
	}
	s := r.begin("left")
	s.Facts.Removed = removed
	if removed == found {
		r.done(s, CheckFine, `{{.Removed}} were removed.`, args{"Removed": removed})
		return
	}
	s.Trouble = explain(failed, r.scene(permDelete))
	r.done(s, CheckUnknown, `{{.Removed}} of {{.Found}} were removed.`, args{"Removed": removed, "Found": found})
}
