package session

import (
	"log"
	"runtime/debug"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// Clock is a session's time: the real one, shifted, or frozen. Timers set on it follow it: on a running clock they fire
// when real time gets there, on a frozen one when [Clock.Advance] passes them. The zero value is not ready; see
// [NewClock].
type Clock struct {
	now func() time.Time // real time

	// shown is how the clock stands or runs, for those who only read it: they wait for nobody. It is nil on a clock that was
	// never set, and what it points at is never changed.
	shown atomic.Pointer[reading]

	mu     sync.Mutex
	offset time.Duration
	frozen bool
	moving int       // calls of Advance under way; the clock stands in between its steps
	at     time.Time // while the clock stands
	end    time.Time // where the calls of Advance under way lead
	ended  bool
	timers []*timer
	next   int
}

// reading is what it takes to read a clock: where it stands, or how far it is from real time.
type reading struct {
	stands bool
	at     time.Time
	offset time.Duration
}

type timer struct {
	due     time.Time
	order   int
	run     func()
	real    *time.Timer // nil unless armed; one that fires after it was replaced does nothing
	stopped bool
}

// NewClock returns a clock that runs with now, which is [time.Now] when nil.
func NewClock(now func() time.Time) *Clock {
	if now == nil {
		now = time.Now
	}
	return &Clock{now: now}
}

// Now is the session's current time, without a monotonic reading.
func (c *Clock) Now() time.Time {
	switch r := c.shown.Load(); {
	case r == nil:
		return c.now().Round(0)
	case r.stands:
		return r.at
	default:
		return c.now().Add(r.offset).Round(0)
	}
}

// At is the session's time when real time is at real: [Clock.Now] for whoever has just read the real one.
func (c *Clock) At(real time.Time) time.Time {
	switch r := c.shown.Load(); {
	case r == nil:
		return real.Round(0)
	case r.stands:
		return r.at
	default:
		return real.Add(r.offset).Round(0)
	}
}

// unlock ends a change and shows it.
func (c *Clock) unlock() {
	c.showLocked()
	c.mu.Unlock()
}

func (c *Clock) showLocked() {
	c.shown.Store(&reading{stands: c.standsLocked(), at: c.at, offset: c.offset})
}

func (c *Clock) nowLocked() time.Time {
	if c.standsLocked() {
		return c.at
	}
	return c.now().Add(c.offset).Round(0)
}

func (c *Clock) standsLocked() bool { return c.frozen || c.moving > 0 }

// Freeze stops the clock at t; the zero time means now.
func (c *Clock) Freeze(t time.Time) {
	c.mu.Lock()
	defer c.unlock()
	if t.IsZero() {
		t = c.nowLocked()
	}
	c.haltLocked()
	c.frozen, c.at = true, t.Round(0)
}

// Resume lets a frozen clock run on from where it stands.
func (c *Clock) Resume() {
	c.mu.Lock()
	defer c.unlock()
	if !c.frozen {
		return
	}
	c.frozen = false
	c.runLocked()
}

// Shift moves the clock by d without running what falls due on the way: on a running clock that fires at once, on a
// frozen one with the next [Clock.Advance]. A clock may be shifted back.
func (c *Clock) Shift(d time.Duration) {
	c.mu.Lock()
	defer c.unlock()
	if c.standsLocked() {
		c.at = c.at.Add(d)
		return
	}
	c.haltLocked()
	c.at = c.at.Add(d)
	c.runLocked()
}

// SetShift lets the clock run, frozen or not, d from real time. What falls due by that fires at once.
func (c *Clock) SetShift(d time.Duration) {
	c.mu.Lock()
	defer c.unlock()
	c.haltLocked()
	c.frozen, c.at = false, c.now().Add(d).Round(0)
	c.runLocked()
}

// State tells the clock's time, whether it is frozen, and how far a running one is from real time.
func (c *Clock) State() (now time.Time, frozen bool, shift time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked(), c.frozen, c.offset
}

// haltLocked makes the clock stand where it is and disarms its timers.
func (c *Clock) haltLocked() {
	c.at = c.nowLocked()
	for _, t := range c.timers {
		t.disarm()
	}
}

// runLocked lets the clock run on from where it stands, unless somebody still holds it.
func (c *Clock) runLocked() {
	if c.standsLocked() {
		return
	}
	c.offset = c.at.Sub(c.now().Round(0))
	for _, t := range c.timers {
		c.startLocked(t)
	}
}

// Advance moves the clock forward by d and runs every timer that falls due on the way, in order of time, each with the
// clock standing at its due time, and waits for each to return. What a timer sets on the way runs too if it falls due.
// Advances at the same time add up. A clock that is frozen, or is frozen meanwhile, is frozen afterwards.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	if !c.standsLocked() {
		c.haltLocked()
	}
	if c.moving == 0 {
		c.end = c.at
	}
	c.moving++
	c.end = c.end.Add(max(d, 0))
	end := c.end
	for {
		due := c.dueLocked(end)
		if due == nil {
			break
		}
		if due.due.After(c.at) {
			c.at = due.due
		}
		c.unlock()
		due.run()
		c.mu.Lock()
	}
	if end.After(c.at) {
		c.at = end
	}
	c.moving--
	if !c.frozen {
		c.runLocked()
	}
	c.unlock()
}

// dueLocked takes the earliest timer out that is due by end.
func (c *Clock) dueLocked(end time.Time) *timer {
	sort.SliceStable(c.timers, func(i, j int) bool {
		a, b := c.timers[i], c.timers[j]
		return a.due.Before(b.due) || a.due.Equal(b.due) && a.order < b.order
	})
	if len(c.timers) == 0 || c.timers[0].due.After(end) {
		return nil
	}
	due := c.timers[0]
	c.removeLocked(due)
	return due
}

// AfterFunc runs f once d has passed on this clock and returns a function that stops it.
func (c *Clock) AfterFunc(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return func() {}
	}
	t := &timer{due: c.nowLocked().Add(d), order: c.next, run: func() { guarded(f) }}
	c.next++
	c.timers = append(c.timers, t)
	if !c.standsLocked() {
		c.startLocked(t)
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.removeLocked(t)
	}
}

// guarded runs f; a panic in it ends f and nothing else, since other sessions live in the same process.
func guarded(f func()) {
	defer func() {
		if fault := recover(); fault != nil {
			log.Printf("understudy: panic in a timer: %v\n%s", fault, debug.Stack())
		}
	}()
	f()
}

// startLocked arms a timer on real time.
func (c *Clock) startLocked(t *timer) {
	var armed *time.Timer
	armed = time.AfterFunc(t.due.Sub(c.nowLocked()), func() {
		c.mu.Lock()
		if t.stopped || t.real != armed {
			c.mu.Unlock()
			return
		}
		c.removeLocked(t)
		c.mu.Unlock()
		t.run()
	})
	t.real = armed
}

func (t *timer) disarm() {
	if t.real != nil {
		t.real.Stop()
		t.real = nil
	}
}

func (c *Clock) removeLocked(t *timer) {
	t.disarm()
	t.stopped = true
	for i, other := range c.timers {
		if other == t {
			c.timers = append(c.timers[:i], c.timers[i+1:]...)
			return
		}
	}
}

// Stop drops every timer and takes no more: what is still under way in a session that has ended starts nothing later.
// The time itself can still be read.
func (c *Clock) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	for _, t := range c.timers {
		t.disarm()
		t.stopped = true
	}
	c.timers = nil
}
