package session

import (
	"container/heap"
	"math"
	"time"
)

// expired stands in [Session.used] of a session that is to go: whoever comes for it now comes too late.
const expired = math.MinInt64

// touchEvery is how closely use is noted: so that calls which come close upon one another do not all write to one place.
const touchEvery = int64(10 * time.Millisecond)

// touch notes that the session is in use at a real time, so that it does not expire meanwhile. It is false when the session is
// to go already.
func (s *Session) touch(real time.Time) bool {
	now := real.UnixNano()
	for {
		before := s.used.Load()
		switch {
		case before == expired:
			return false
		case before != 0 && now < before+touchEvery, s.used.CompareAndSwap(before, now):
			return true
		}
	}
}

// queued is what a [queue] notes of a session.
type queued struct {
	place int   // from 1; 0 while it is in none
	used  int64 // when it was in use last, as far as the queue knows
}

// queue finds the sessions that were idle for the longest time. Use is not told to it: a session whose turn comes is looked at
// again, and goes back when it was in use since. So each costs a step of the queue once in as long as it takes to expire.
type queue struct{ heap sessionHeap }

func (q *queue) add(s *Session) {
	s.queued.used = s.used.Load()
	heap.Push(&q.heap, s)
}

func (q *queue) remove(s *Session) {
	if s.queued.place > 0 {
		heap.Remove(&q.heap, s.queued.place-1)
	}
}

// expire takes out a session that was not in use since oldest, which nobody gets any more; nil when there is none.
func (q *queue) expire(oldest int64) *Session {
	for len(q.heap) > 0 && q.heap[0].queued.used < oldest {
		s := q.heap[0]
		used := s.used.Load()
		if used < oldest && s.used.CompareAndSwap(used, expired) {
			heap.Pop(&q.heap)
			return s
		}
		s.queued.used = s.used.Load()
		heap.Fix(&q.heap, 0)
	}
	return nil
}

// sessionHeap has the session on top that is the longest out of use, as far as is known.
type sessionHeap []*Session

func (h sessionHeap) Len() int           { return len(h) }
func (h sessionHeap) Less(i, j int) bool { return h[i].queued.used < h[j].queued.used }

func (h sessionHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].queued.place, h[j].queued.place = i+1, j+1
}

// Push implements [heap.Interface].
func (h *sessionHeap) Push(s any) {
	*h = append(*h, s.(*Session))
	(*h)[len(*h)-1].queued.place = len(*h)
}

// Pop implements [heap.Interface].
func (h *sessionHeap) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	s.queued.place = 0
	return s
}
