package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"waybill/internal/bucket"
	"waybill/internal/courier"
	"waybill/signer"
)

// checkWithin is how long a store may take to be checked: a person waits for it.
const checkWithin = 30 * time.Second

// ErrStoreCheck says of an error that it is the check of a store which did not succeed: the store can be added without one.
var ErrStoreCheck = errors.New("the store did not pass its check")

// checkStore asks the store: for the bucket that was named, else for all there are. Where the keys may not list, that is enough to
// know that the store takes them; whether they are of use is then a matter of a tiny object, if that is allowed.
func (d *Desk) checkStore(ctx context.Context, n NewStore, p signer.NewProfile, o AddStoreOptions) (StoreCheck, error) {
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	where := scene{store: Store{Profile: p.Name, Endpoint: p.Endpoint}, bucket: n.Bucket, permission: "s3:ListBucket"}
	opened, err := signer.OpenNew(ctx, p, o.Replace, signer.Options{AllowHTTP: n.AllowHTTP, Now: d.now})
	if t := nowhere(err); t != nil {
		return StoreCheck{}, fmt.Errorf("%w: %w", ErrStoreCheck, t)
	}
	if err != nil {
		return StoreCheck{}, explainStore(err, n)
	}
	other := elsewhere(opened, p)
	if o.Asking != nil {
		o.Asking(other)
	}
	found, err := d.askStore(ctx, opened, where, o)
	if t := pathTrouble(p.Endpoint, n.Bucket, found, err); t != nil && other == nil {
		found, err = StoreCheck{}, t
	}
	found.Elsewhere = other
	if err != nil {
		return found, fmt.Errorf("%w: %w", ErrStoreCheck, err)
	}
	if n.Bucket != "" {
		if _, _, err := d.tidyPuts(ctx, opened, n.Bucket); err != nil {
			d.log.Debug("what an earlier check has left stays", "error", err)
		}
	}
	return found, nil
}

// pathTrouble finds an endpoint with a bucket's name behind the host: a store looks there for a bucket or an object, or lists the
// objects of the bucket where its buckets were asked for. Some stores do have a path, and answer there as stores do.
func pathTrouble(endpoint, bucketName string, found StoreCheck, err error) error {
	u, notURL := url.Parse(endpoint)
	if has := notURL == nil && strings.Trim(u.Path, "/") != ""; !has {
		return nil
	}
	var t *Trouble
	switch {
	case errors.As(err, &t) && (t.Code == "NoSuchBucket" || t.Code == "NoSuchKey"):
	case err == nil && bucketName == "" && len(found.Buckets) == 0:
	default:
		return nil
	}
	bare := url.URL{Scheme: u.Scheme, Host: u.Host}
	return trouble("StoreEndpointPath", args{"Path": visible(u.Path), "Bare": bare.String()}, err)
}

func (d *Desk) askStore(ctx context.Context, opened *signer.Signer, where scene, o AddStoreOptions) (StoreCheck, error) {
	if where.bucket == "" {
		where.permission = "s3:ListAllMyBuckets"
		listed, err := bucket.List(ctx, opened.Client())
		t := explain(err, where)
		switch {
		case t == nil:
			var found StoreCheck
			for _, b := range listed {
				found.Buckets = append(found.Buckets, b.Name)
			}
			slices.Sort(found.Buckets)
			return found, nil
		case t.Denied():
			return StoreCheck{}, trouble(codeNeedsBucket, where.args(), err)
		}
		return StoreCheck{}, t
	}
	_, err := bucket.Prefixes(ctx, opened.Client(), where.bucket, "")
	t := explain(err, where)
	switch {
	case t == nil:
		return StoreCheck{}, nil
	case !t.Denied():
		return StoreCheck{}, t
	case !o.MayPut:
		return StoreCheck{}, trouble(codeMayNotList, where.args(), err)
	}
	return d.putCheck(ctx, opened, where)
}

// Codes of troubles that a check of a store gives, and that can be answered.
const (
	codeMayNotList  = "CheckMayNotList"  // may a tiny object be put?
	codeNeedsBucket = "CheckNeedsBucket" // which bucket?
)

// CanAllowPut reports whether the check of a store asks to put a tiny object: AddStoreOptions.MayPut is the answer.
func (t *Trouble) CanAllowPut() bool { return t != nil && t.Code == codeMayNotList }

// NeedsBucket reports whether the check of a store wants a bucket to be named.
func (t *Trouble) NeedsBucket() bool { return t != nil && t.Code == codeNeedsBucket }

// storeCheckBody is what the tiny object says to whoever finds one.
const storeCheckBody = "Waybill has tried whether it may write here. This can be deleted.\n"

// unheardWithin is how long the removal may take of an object of which nobody knows whether it was put.
const unheardWithin = 5 * time.Second

// putCheck puts a tiny object as a file would be sent, and removes it again, also when nobody has heard whether it was put.
func (d *Desk) putCheck(ctx context.Context, opened *signer.Signer, where scene) (StoreCheck, error) {
	where.key, where.permission = storeCheckName+strings.ToLower(rand.Text()), "s3:PutObject"
	carrier := courier.New(opened, courier.Options{Concurrency: 1})
	defer carrier.Close()
	d.notePut(opened, where.bucket, where.key)
	_, failed := carrier.Put(ctx, &courier.Upload{Bucket: where.bucket, Key: where.key, ContentType: "text/plain; charset=utf-8"}, []byte(storeCheckBody))
	if refused, ok := refusalIn(failed); ok && refused.status >= 300 && refused.status < 500 { // a clear no
		d.forgetPut(where.key)
		return StoreCheck{}, explain(failed, where)
	}
	within := checkWithin
	if failed != nil {
		within = unheardWithin
	}
	// Removing it is worth the wait even if the person does not wait any more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	_, stays := bucket.Delete(ctx, opened.Client(), where.bucket, where.key)
	if stays == nil && failed == nil { // else the store may still be at it
		d.forgetPut(where.key)
	}
	switch {
	case failed != nil:
		return StoreCheck{}, explain(failed, where)
	case stays != nil:
		return StoreCheck{Put: true, Left: where.key}, nil
	}
	return StoreCheck{Put: true}, nil
}
