package desk

import "container/heap"

// queue holds the jobs that nobody works on yet. Small files come first, so that links appear early; one worker is
// always kept for the large ones, so that they do not wait for the last of ten thousand.
type queue struct {
	urgent []*job            // cancelled while they waited: they only have to be ended
	small  bySize            // at most largeFrom
	large  bySize            // the rest
	aside  map[*job]struct{} // paused: they wait outside the heaps until somebody resumes or cancels them
	inWork [2]int            // small and large jobs that workers have
}

const (
	largeFrom   = 16 << 20 // bytes: what goes in parts
	largeAtOnce = 4        // each has several parts on their way
)

// large reports whether a job counts as a large one.
func (j *job) large() bool { return j.queued > largeFrom }

func (q *queue) put(j *job) {
	if j.large() {
		heap.Push(&q.large, j)
	} else {
		heap.Push(&q.small, j)
	}
}

// take gives the next job, or nil when none may be worked on now. all is for a drop that has been stopped: then
// every job is given out, to be ended.
func (q *queue) take(all bool) *job {
	for {
		var j *job
		switch {
		case len(q.urgent) > 0:
			j = q.urgent[0]
			q.urgent = q.urgent[1:]
			return j
		case q.large.Len() > 0 && (q.inWork[1] == 0 || all || q.small.Len() == 0 && q.inWork[1] < largeAtOnce):
			j = heap.Pop(&q.large).(*job)
		case q.small.Len() > 0:
			j = heap.Pop(&q.small).(*job)
		case all && len(q.aside) > 0:
			for j = range q.aside {
				delete(q.aside, j)
				return j
			}
		default:
			return nil
		}
		switch {
		case j.gone: // it was ended as an urgent one
		case j.paused && !all:
			q.hold(j)
		default:
			return j
		}
	}
}

// hurry brings a job that waits to the front, to be ended.
func (q *queue) hurry(j *job) {
	delete(q.aside, j)
	q.urgent = append(q.urgent, j)
}

// back brings a paused job among the others again.
func (q *queue) back(j *job) {
	if _, waits := q.aside[j]; waits {
		delete(q.aside, j)
		q.put(j)
	}
}

// hold sets a paused job aside.
func (q *queue) hold(j *job) {
	if q.aside == nil {
		q.aside = map[*job]struct{}{}
	}
	q.aside[j] = struct{}{}
}

// empty reports whether there is nothing left to do, now or later.
func (q *queue) empty() bool {
	return len(q.urgent) == 0 && q.small.Len() == 0 && q.large.Len() == 0 && len(q.aside) == 0 && q.inWork == [2]int{}
}

// works counts who works on what.
func (q *queue) works(j *job, n int) {
	if j.large() {
		q.inWork[1] += n
	} else {
		q.inWork[0] += n
	}
}

// bySize is a heap: the smallest first, and of equals the one that was found first.
type bySize []*job

func (b bySize) Len() int { return len(b) }
func (b bySize) Less(i, k int) bool {
	if b[i].queued != b[k].queued {
		return b[i].queued < b[k].queued
	}
	return b[i].number < b[k].number
}
func (b bySize) Swap(i, k int) { b[i], b[k] = b[k], b[i] }

// Push implements heap.Interface.
func (b *bySize) Push(j any) { *b = append(*b, j.(*job)) }

// Pop implements heap.Interface.
func (b *bySize) Pop() any {
	old := *b
	j := old[len(old)-1]
	old[len(old)-1] = nil
	*b = old[:len(old)-1]
	return j
}
