package control

import (
	"sync"

	"understudy/mock"
)

// Bounds of a feed.
const (
	mostWaiting      = 1024
	mostWaitingBytes = 4 << 20
)

// feed holds exchanges for one reader. Putting never waits: where the feed is full, the reader misses the exchange and all
// that follow until it takes, and is told how many.
type feed struct {
	wake chan struct{} // holds something while there is something to take

	mu     sync.Mutex
	items  []mock.Exchange
	bytes  int
	missed int64 // after the items
}

func newFeed() *feed { return &feed{wake: make(chan struct{}, 1)} }

func (f *feed) put(e mock.Exchange) {
	// What an exchange holds decoded is some multiple of what travelled, and never nothing.
	size := 1024 + e.Request.Bytes + e.Reply.Bytes
	f.mu.Lock()
	if f.missed > 0 || len(f.items) >= mostWaiting || f.bytes+size > mostWaitingBytes && len(f.items) > 0 {
		f.missed++
	} else {
		f.items = append(f.items, e)
		f.bytes += size
	}
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// take empties the feed; missed counts what did not get in after the items.
func (f *feed) take() (items []mock.Exchange, missed int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	items, missed = f.items, f.missed
	f.items, f.bytes, f.missed = nil, 0, 0
	return items, missed
}
