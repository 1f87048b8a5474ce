package desk

import (
	"bytes"
	"context"
	"crypto/md5" // #nosec G501 -- Content-MD5 is the one sum that every store knows
	"encoding/base64"
	"net/http"
	"time"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/signer"
)

// writeAnswer is how long a write that was sent is waited for after a cancel.
const writeAnswer = 2 * time.Second

// checkBody is what the tiny object says to whoever finds one.
const checkBody = "Waybill has put this here to try what it may do, and could not remove it. It can be deleted.\n"

// try does the steps that write, after asking; without consent, it tells what can be told without writing.
func (r *checking) try(ctx context.Context) {
	if r.options.Consent == nil || r.options.ReadOnly || !r.consents(ctx, r.question(ctx)) || ctx.Err() != nil {
		if ctx.Err() == nil {
			r.tryReading(ctx)
		}
		return
	}
	r.desk.notePut(r.signer, r.dest.Bucket, r.key)
	litter := &litter{checking: r}
	defer litter.end(ctx)
	if !r.tryObject(ctx, litter) || !r.tryParts(ctx, litter) {
		return
	}
	if !r.trySpeed(ctx, litter) {
		return
	}
	r.tidyEarlier(ctx)
}

// question says what would be written, and what of it would stay.
func (r *checking) question(ctx context.Context) CheckQuestion {
	stays := false
	if r.never {
		// To delete what is not there changes nothing, and tells whether it would be allowed. A bucket that keeps versions
		// would keep a marker of it.
		_, r.deletes = r.deleting(ctx)
		stays, r.deletesAre = r.denied(r.deletes), true
	}
	a := r.scene("").args()
	a["Place"] = r.dest.Bucket + "/" + visible(r.key)
	a["Days"], a["Stays"], a["Versioned"] = r.retention.Days, stays, r.versioned
	a["Speed"] = !stays && r.retention.Days == 0
	return CheckQuestion{Text: Text{checkQuestionText, a}, Locked: r.retention.Days > 0, Days: r.retention.Days}
}

// consents asks, and takes the end of the context for a no.
func (r *checking) consents(ctx context.Context, q CheckQuestion) bool {
	answer := make(chan bool, 1)
	go func() { answer <- r.options.Consent(ctx, q) }()
	select {
	case yes := <-answer:
		return yes
	case <-ctx.Done():
		return false
	}
}

func (r *checking) denied(err error) bool {
	return explain(err, r.scene("")).Denied()
}

// tryReading tells of the writing steps what reading tells.
func (r *checking) tryReading(ctx context.Context) {
	const why = `Not tried: nothing was to be written.`
	r.done(r.begin("put"), CheckSkipped, why, nil)
	if !r.tryNoObject(ctx, why) {
		return
	}
	r.done(r.begin("multipart"), CheckSkipped, why, nil)
	if !r.tryNoParts(ctx) {
		return
	}
	r.done(r.begin("speed"), CheckSkipped, why, nil)
}

// tryNoObject tells of opening and deleting what can be told without an object of the check's own.
func (r *checking) tryNoObject(ctx context.Context, why string) bool {
	s := r.begin("get")
	if r.readable == "" {
		r.done(s, CheckSkipped, `There is no object here to try it with.`, nil)
	} else {
		p, err := r.signer.Get(ctx, signer.Object{Bucket: r.dest.Bucket, Key: r.readable, Expires: 15 * time.Minute}, signer.GetOptions{})
		if err == nil {
			err = r.courier.Probe(ctx, p)
		}
		if ctx.Err() != nil || r.verdict(s, err, `An object that is there already opened by a link.`, nil) {
			return false
		}
	}
	s = r.begin("delete")
	if r.deletesAre {
		return !r.verdict(s, r.deletes, `There is nothing to delete, and the store would have deleted it.`, nil)
	}
	r.done(s, CheckSkipped, why, nil)
	return true
}

// noUpload is an upload's name that no store gives.
const noUpload = "waybill-check-no-such-upload"

// notThere takes the answer that there is no such upload for what it is: a permission.
func notThere(err error) error {
	if refused, ok := refusalIn(err); ok && refused.status == http.StatusNotFound {
		return nil
	}
	return err
}

func (r *checking) upload() signer.Object {
	return signer.Object{Bucket: r.dest.Bucket, Key: r.uploadKey, Expires: 15 * time.Minute}
}

// abortNothing removes an upload that is not there.
func (r *checking) abortNothing(ctx context.Context) error {
	p, err := r.signer.AbortMultipart(ctx, r.upload(), noUpload)
	_, err = r.once(ctx, "abort", p, err, nil)
	return notThere(err)
}

// write makes a request that changes something. After a cancel it is waited for a moment: what was done is known then.
func (r *checking) write(ctx context.Context, op string, sign func(context.Context) (signer.Presigned, error), body []byte) (courier.Trial, error) {
	request, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-request.Done():
		case <-time.After(writeAnswer):
			cancel(context.Cause(ctx))
		}
	})
	defer stop()
	p, err := sign(request)
	return r.once(request, op, p, err, body)
}

// ofCheck is the settings of what a check puts: what the bucket may demand of every object, and what needs a permission. As
// with a page, it is read at once, and shown to nobody.
func ofCheck(u UploadSettings) UploadSettings { return ofPage(u) }

func (r *checking) put(ctx context.Context, l *litter, body []byte, overwrite bool) (courier.Trial, error) {
	l.object = true
	sum := md5.Sum(body) // #nosec G401
	t, err := r.write(ctx, "put", func(ctx context.Context) (signer.Presigned, error) {
		return r.signer.Put(ctx, r.object(), signer.PutOptions{
			Size: int64(len(body)), ContentType: "text/plain; charset=utf-8", Overwrite: overwrite, Settings: ofCheck(r.gets),
			Sum: signer.Sum{Header: "Content-Md5", Value: base64.StdEncoding.EncodeToString(sum[:])},
		})
	}, body)
	if refused, ok := refusalIn(err); ok && refused.status >= 300 && refused.status < 500 {
		l.object = len(l.versions) > 0 // a clear no
	}
	l.saw(t.Header)
	return t, err
}

// deleting deletes the tiny object, or nothing.
func (r *checking) deleting(ctx context.Context) (courier.Trial, error) {
	return r.write(ctx, "delete", func(ctx context.Context) (signer.Presigned, error) { return r.signer.Delete(ctx, r.object()) }, nil)
}

// tryObject puts a tiny object, opens it by a link, and deletes it.
func (r *checking) tryObject(ctx context.Context, l *litter) bool {
	s := r.begin("put")
	t, err := r.put(ctx, l, []byte(checkBody), false)
	a := r.scene("").args()
	a["Place"] = r.dest.Bucket + "/" + visible(r.key)
	said := `The store took {{.Place}}.`
	if t.Header != nil {
		s.Facts.Encryption, s.Facts.Key = t.Header.Get("X-Amz-Server-Side-Encryption"), t.Header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id")
	}
	if keyARN.MatchString(s.Facts.Key) {
		said, a["Key"] = `The store took {{.Place}}, and encrypts with the key {{.Key}}.`, s.Facts.Key
		r.mu.Lock()
		r.Check.key = s.Facts.Key
		r.mu.Unlock()
	}
	if over := r.verdict(s, err, said, a); over || ctx.Err() != nil {
		return false
	}
	if err != nil { // there is nothing to open or to delete; what else writes needs the same permission
		return r.tryNoObject(ctx, `Not tried, because of what went wrong before.`)
	}
	s = r.begin("get")
	p, err := r.signer.Get(ctx, r.object(), signer.GetOptions{})
	t, err = r.once(ctx, "open the link", p, err, nil)
	if err == nil && !bytes.Equal(t.Body, []byte(checkBody)) {
		return r.fails(s, trouble("NotAStore", r.scene("").args(), nil))
	}
	if over := r.verdict(s, err, `The link opened it.`, nil); over || ctx.Err() != nil {
		return false
	}
	return r.tryTags(ctx) && r.tryDelete(ctx, l)
}

// tryTags reads the tags of the tiny object, where it has any.
func (r *checking) tryTags(ctx context.Context) bool {
	if len(r.gets.Tags) == 0 {
		return true
	}
	s := r.begin("tags")
	_, err := bucket.Kept(ctx, r.signer.Client(), r.dest.Bucket, r.key, true)
	return !r.verdict(s, err, `Its tags can be read.`, nil) && ctx.Err() == nil
}

// tryDelete deletes the tiny object, and its versions where the bucket keeps any.
func (r *checking) tryDelete(ctx context.Context, l *litter) bool {
	s := r.begin("delete")
	t, err := r.deleting(ctx)
	if err == nil {
		l.sawDelete(t.Header)
	}
	said := `It is gone.`
	if len(l.versions) > 0 {
		said = `It is gone; the bucket keeps a version of it.`
	}
	if err == nil {
		l.object = len(l.versions) > 0
	}
	l.stays = err != nil
	if over := r.verdict(s, err, said, nil); over || ctx.Err() != nil {
		return false
	}
	if len(l.versions) == 0 {
		return true
	}
	s = r.begin("version")
	if r.retention.Days > 0 {
		l.stays, l.locked = true, true
		r.done(s, CheckSkipped, `Not tried: what it would leave could not be removed again.`, nil)
		return true
	}
	err = l.removeVersions(ctx)
	l.stays = l.stays || err != nil
	return !r.verdict(s, err, `The version and its marker are gone.`, nil) && ctx.Err() == nil
}

// tryParts starts an upload of one part, has it listed, and removes it. What may not be removed is not begun.
func (r *checking) tryParts(ctx context.Context, l *litter) bool {
	s := r.begin("multipart")
	if err := r.abortNothing(ctx); err != nil {
		r.done(s, CheckSkipped, `Not tried: what it would leave could not be removed again.`, nil)
		return r.tryNoParts(ctx)
	}
	id, err := r.startUpload(ctx, l)
	if err == nil {
		sum := md5.Sum([]byte(checkBody)) // #nosec G401
		_, err = r.write(ctx, "upload part 1", func(ctx context.Context) (signer.Presigned, error) {
			return r.signer.UploadPart(ctx, r.upload(), id, 1, int64(len(checkBody)),
				signer.Sum{Header: "Content-Md5", Value: base64.StdEncoding.EncodeToString(sum[:])})
		}, []byte(checkBody))
	}
	if over := r.verdict(s, err, `The store took a part.`, nil); over || ctx.Err() != nil {
		return false
	}
	if id == "" {
		return r.tryNoParts(ctx)
	}
	s = r.begin("parts")
	p, err := r.signer.ListParts(ctx, r.upload(), id, 0)
	_, err = r.once(ctx, "list the parts", p, err, nil)
	if over := r.verdict(s, err, `The store listed the part.`, nil); over || ctx.Err() != nil {
		return false
	}
	s = r.begin("abort")
	_, err = r.write(ctx, "abort", func(ctx context.Context) (signer.Presigned, error) {
		return r.signer.AbortMultipart(ctx, r.upload(), id)
	}, nil)
	if err == nil {
		l.upload = ""
	}
	return !r.verdict(s, err, `The upload is gone.`, nil) && ctx.Err() == nil
}

// tryNoParts asks for an upload that does not exist: it has no parts, and is gone when it is removed. Stores look at
// permissions first.
func (r *checking) tryNoParts(ctx context.Context) bool {
	s := r.begin("parts")
	p, err := r.signer.ListParts(ctx, r.upload(), noUpload, 0)
	_, err = r.once(ctx, "list the parts", p, err, nil)
	if ctx.Err() != nil || r.verdict(s, notThere(err), `The store has no such upload, and would have listed its parts.`, nil) {
		return false
	}
	s = r.begin("abort")
	err = r.abortNothing(ctx)
	return ctx.Err() == nil && !r.verdict(s, err, `The store has no such upload, and would have removed it.`, nil)
}
