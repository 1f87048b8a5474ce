package desk

import (
	"context"
	"iter"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"waybill/internal/bucket"
)

// Listed is a line of a bucket's list: an object, or a folder.
type Listed = bucket.Listed

// Page is a part of a bucket's list, at most a thousand lines.
type Page = bucket.Page

// Browse lists what is directly below a prefix, or begins with it; after is a Page's Next, or "" for the first page.
func (d *Desk) Browse(ctx context.Context, s Store, bucketName, prefix, after string) (Page, error) {
	where := scene{store: s, bucket: bucketName, key: prefix, permission: "s3:ListBucket"}
	if err := CheckBucket(bucketName); err != nil {
		return Page{}, err
	}
	opened, err := d.open(ctx, s)
	if err != nil {
		return Page{}, explain(err, where)
	}
	page, err := bucket.Objects(ctx, opened.Client(), bucketName, prefix, after)
	if err != nil {
		return Page{}, explain(err, where)
	}
	return page, nil
}

// IsGlob reports whether a key is meant as a pattern.
func IsGlob(key string) bool { return strings.ContainsAny(key, "*?[{") }

// Match finds the objects whose keys a pattern fits: * and ? within a folder, ** through folders, [a-z], {a,b}; a
// backslash takes the meaning from the character after it.
func (d *Desk) Match(ctx context.Context, s Store, bucketName, pattern string) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		where := scene{store: s, bucket: bucketName, key: pattern, path: pattern, permission: "s3:ListBucket"}
		if !doublestar.ValidatePattern(pattern) {
			yield(Listed{}, trouble("PatternWrong", args{"Given": pattern}, nil))
			return
		}
		opened, err := d.open(ctx, s)
		if err != nil {
			yield(Listed{}, explain(err, where))
			return
		}
		// What stands before the first sign of a pattern is all that a store can look for.
		start, _, _ := strings.Cut(pattern, `\`)
		if at := strings.IndexAny(start, "*?[{"); at >= 0 {
			start = start[:at]
		}
		for l, err := range bucket.All(ctx, opened.Client(), bucketName, start) {
			if err != nil {
				yield(Listed{}, explain(err, where))
				return
			}
			if fits, _ := doublestar.Match(pattern, l.Key); fits && !yield(l, nil) {
				return
			}
		}
	}
}

// NothingFits is the trouble of a pattern that fits no object.
func NothingFits(pattern string) *Trouble {
	return trouble("PatternEmpty", args{"Given": pattern}, nil)
}

// Exists reports whether there is an object of exactly this key, as far as can be seen.
func (d *Desk) Exists(ctx context.Context, s Store, bucketName, key string) bool {
	opened, err := d.open(ctx, s)
	if err != nil {
		return false
	}
	_, err = bucket.Head(ctx, opened.Client(), bucketName, key)
	return err == nil
}
