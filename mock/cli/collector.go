package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// room is how much the heap may grow between two collections, in bytes. With the few megabytes that live while the vendors
// that come with this module are played, and the pages of the program itself, the process stays below 64 MB.
const room = 20 << 20

// TuneCollector lets the garbage collector of this process run as understudy serve has it; whoever measures the simulator
// outside of that command calls it too. Only the first call does anything, and a GOGC in the environment wins. A GOMEMLIMIT
// stays in force beside it.
//
// At Go's default the heap may grow to twice what lives. That is a few megabytes here, so under load the collector would run
// dozens of times a second. What counts is how much memory one can spare, not how much of it lives: the percentage is chosen
// anew after each collection so that the next one comes after [room] bytes, or [leastPercent] where much lives, since a
// collection costs as much as it finds alive. A memory limit would not do: beyond it the collector runs all the time, and
// nobody knows how much the contracts and sessions of a user need.
func TuneCollector() { tuneCollector() }

var tuneCollector = sync.OnceFunc(func() {
	if os.Getenv("GOGC") != "" {
		return
	}
	t := newTuning(func(percent int) { debug.SetGCPercent(percent) })
	t.adjust()
	t.follow()
})

// collectorTuning is the percentage that is in force.
type collectorTuning struct {
	live    []metrics.Sample
	set     func(percent int)
	percent int
}

func newTuning(set func(percent int)) *collectorTuning {
	return &collectorTuning{live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, set: set}
}

// follow adjusts the percentage after each collection: a cleanup runs once what it hangs on is collected.
func (t *collectorTuning) follow() {
	runtime.AddCleanup(&struct{ _ *collectorTuning }{}, func(t *collectorTuning) {
		t.adjust()
		t.follow()
	}, t)
}

// adjust sets the percentage, which stops everything for a moment, where it is far from the right one.
func (t *collectorTuning) adjust() {
	metrics.Read(t.live)
	percent := percentFor(t.live[0].Value.Uint64())
	if d := percent - t.percent; max(d, -d) > t.percent/10 {
		t.percent = percent
		t.set(percent)
	}
}

// leastLive is what is taken to live at least, in bytes; below that the percentages would be enormous. It is also what Go
// collects at the earliest, at 100 percent.
const leastLive = 4 << 20

// leastPercent is twice Go's default: a large contract makes calls dearer by no more than that.
const leastPercent = 200

// percentFor is GOGC for so many bytes that live.
func percentFor(live uint64) int {
	return int(max(leastPercent, room*100/max(live, leastLive)))
}
