package desk

import (
	"context"
	"path"
	"sync"
	"sync/atomic"
)

// linksAtOnce is how many links to what is already there are made together: each looks at its object and is tried.
const linksAtOnce = 8

// LinkAll makes, tries and records links to objects that are already in a bucket, as LinkTo does, and gives them in
// the order of their keys. progress is called from any goroutine with how many are done. What was not begun before
// the context is over comes back as Cancelled.
func (d *Desk) LinkAll(ctx context.Context, s Store, bucketName string, keys []string, o SendOptions, progress func(done int)) []Transfer {
	made := make([]Transfer, len(keys))
	var next, done atomic.Int64
	var group sync.WaitGroup
	for range min(linksAtOnce, len(keys)) {
		group.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(keys) {
					return
				}
				if ctx.Err() != nil {
					made[n] = Transfer{Key: keys[n], Name: visible(path.Base(keys[n])), State: Cancelled, Destination: Destination{Store: s, Bucket: bucketName}}
					continue
				}
				one := o
				if !o.Verify.tries(n) {
					one.Verify = VerifyNone
				}
				made[n] = d.LinkTo(ctx, s, bucketName, keys[n], one)
				if progress != nil {
					progress(int(done.Add(1)))
				}
			}
		})
	}
	group.Wait()
	return made
}

// tries reports whether the n-th link of several, from 0, is fetched before it is shown as good.
func (v Verify) tries(n int) bool {
	switch v {
	case VerifyAll:
		return true
	case VerifyNone:
		return false
	case VerifySample:
		return n%sampleEvery == 0
	}
	return n < verifyFirst || n%sampleEvery == 0
}
