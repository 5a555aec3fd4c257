package journal

import (
	"sort"
	"sync"
	"sync/atomic"
)

// Journal is a ring of exchanges bounded in bytes. It is safe for concurrent use.
//
// Whoever adds waits for nobody: an exchange is first pushed onto a list without a lock. Who then finds the ring free, or
// reads next, moves what waits into the ring; so the bound holds but for what those who add at the same time have waiting.
type Journal struct {
	// Bytes bounds what is kept; 0 means 1 MiB, and a negative number keeps nothing. Otherwise one exchange is kept whatever its
	// size.
	Bytes int

	// waiting is the newest of the exchanges that are not in the ring yet.
	waiting atomic.Pointer[Exchange]

	mu sync.Mutex
	// ring has a power of two of places; the held ones from first on, in the order of their ids.
	ring    []place
	first   int
	held    int
	bytes   int
	dropped int64
}

// place is one of the ring. It says itself how large its exchange is: to drop one that was not touched for long is to fetch it
// from far away.
type place struct {
	*Exchange
	bytes int
}

// Add keeps an exchange and lets the oldest go where the bound asks for it.
func (j *Journal) Add(e *Exchange) {
	if j.Bytes < 0 {
		return
	}
	e.bytes = e.size()
	for {
		e.next = j.waiting.Load()
		if j.waiting.CompareAndSwap(e.next, e) {
			break
		}
	}
	// What another one pushed while the lock was held here may have found it taken: hence the second look.
	for j.waiting.Load() != nil && j.mu.TryLock() {
		j.settle()
		j.mu.Unlock()
	}
}

// lock gives a reader the ring with all in it whose Add has returned.
func (j *Journal) lock() {
	j.mu.Lock()
	j.settle()
}

// settle moves what waits into the ring, under the lock.
func (j *Journal) settle() {
	var oldest *Exchange
	for e := j.waiting.Swap(nil); e != nil; { // the newest comes first
		next := e.next
		e.next = oldest
		oldest, e = e, next
	}
	for oldest != nil {
		e := oldest
		oldest, e.next = e.next, nil // or a kept one would hold on to those that were dropped
		j.insert(e)
	}
}

// insert puts an exchange in its place, which is the last one or close by: ids are given out shortly before exchanges are
// added.
func (j *Journal) insert(e *Exchange) {
	if j.held == len(j.ring) {
		grown := make([]place, max(16, 2*len(j.ring)))
		for i := range j.held {
			grown[i] = *j.at(i)
		}
		j.ring, j.first = grown, 0
	}
	i := j.held
	for ; i > 0 && j.at(i-1).ID > e.ID; i-- {
		*j.at(i) = *j.at(i - 1)
	}
	*j.at(i) = place{e, e.bytes}
	j.held++
	j.bytes += e.bytes
	limit := j.Bytes
	if limit == 0 {
		limit = 1 << 20
	}
	for j.bytes > limit && j.held > 1 {
		oldest := j.at(0)
		j.bytes -= oldest.bytes
		*oldest = place{}
		j.first = (j.first + 1) & (len(j.ring) - 1)
		j.held--
		j.dropped++
	}
}

// at is the i-th place of the ring, 0 being that of the oldest exchange.
func (j *Journal) at(i int) *place { return &j.ring[(j.first+i)&(len(j.ring)-1)] }

// All returns the kept exchanges, oldest first, and how many older ones were dropped.
func (j *Journal) All() (kept []*Exchange, dropped int64) {
	j.lock()
	defer j.mu.Unlock()
	kept = make([]*Exchange, j.held)
	for i := range kept {
		kept[i] = j.at(i).Exchange
	}
	return kept, j.dropped
}

// Count tells how many exchanges are kept and how many older ones were dropped.
func (j *Journal) Count() (kept int, dropped int64) {
	j.lock()
	defer j.mu.Unlock()
	return j.held, j.dropped
}

// Find returns the exchange with an id, if it is still kept.
func (j *Journal) Find(id int64) (*Exchange, bool) {
	j.lock()
	defer j.mu.Unlock()
	i := sort.Search(j.held, func(i int) bool { return j.at(i).ID >= id })
	if i < j.held && j.at(i).ID == id {
		return j.at(i).Exchange, true
	}
	return nil, false
}

// Clear forgets everything, the count of dropped ones included.
func (j *Journal) Clear() {
	j.lock()
	defer j.mu.Unlock()
	j.ring, j.first, j.held, j.bytes, j.dropped = nil, 0, 0, 0, 0
}
