package cli

import (
	"runtime"
	"testing"
)

// TestPercentFor: what lives may grow by the room that there is, and at least by twice its size.
func TestPercentFor(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{0: 500, 1 << 20: 500, 5 << 20: 400, 10 << 20: 200, 20 << 20: 200, 1 << 30: 200} {
		if got := percentFor(live); got != want {
			t.Errorf("%d bytes live: %d percent, want %d", live, got, want)
		}
	}
}

// TestCollectorFollows: the percentage is that of what lives now, not of what lived at the start.
func TestCollectorFollows(t *testing.T) {
	if testing.Short() {
		t.Skip("it collects the whole heap")
	}
	runtime.GC() // what lived in other tests does not
	tuned := make(chan int)
	tuning := newTuning(func(percent int) {
		select {
		case tuned <- percent:
		case <-t.Context().Done():
		}
	})
	go func() {
		tuning.adjust()
		tuning.follow()
	}()
	first := <-tuned
	held := make([]byte, 64<<20)
	var second int
	for range 1000 {
		if runtime.GC(); second != 0 {
			break
		}
		select {
		case second = <-tuned:
		default:
			runtime.Gosched()
		}
	}
	if first <= second || second != leastPercent {
		t.Errorf("%d percent, and %d with %d more bytes that live; want fewer, and %d", first, second, len(held), leastPercent)
	}
	runtime.KeepAlive(held)
}
