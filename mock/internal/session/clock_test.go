package session

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))

// frozenClock stands at noon.
func frozenClock() *Clock {
	c := NewClock(nil)
	c.Freeze(noon)
	return c
}

// list takes notes from any goroutine.
type list struct {
	mu    sync.Mutex
	notes []string
}

func (l *list) add(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

func (l *list) want(t *testing.T, want ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(l.notes, want) {
		t.Errorf("ran %q, want %q", l.notes, want)
	}
}

func wantNow(t *testing.T, c *Clock, want time.Time) {
	t.Helper()
	if got := c.Now(); !got.Equal(want) {
		t.Errorf("the clock is at %v, want %v", got, want)
	}
}

// TestSetShift takes a clock to a distance from real time, wherever it was; what has fallen due by then fires at once.
func TestSetShift(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, notes := frozenClock(), &list{}
		c.Freeze(time.Now())
		c.AfterFunc(time.Hour, func() { notes.add("due") })
		c.SetShift(30 * time.Minute)
		synctest.Wait()
		notes.want(t)
		wantNow(t, c, time.Now().Add(30*time.Minute))
		time.Sleep(time.Minute)
		c.SetShift(2 * time.Hour)
		synctest.Wait()
		notes.want(t, "due")
		wantNow(t, c, time.Now().Add(2*time.Hour))
		if _, frozen, shift := c.State(); frozen || shift != 2*time.Hour {
			t.Errorf("frozen is %v, the shift %v", frozen, shift)
		}
		c.Freeze(noon)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { c.SetShift(-time.Hour) })
		}
		all.Wait()
		wantNow(t, c, time.Now().Add(-time.Hour))
	})
}

func TestClockRunsWithRealTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(nil)
		start := time.Now()
		wantNow(t, c, start)
		if got := c.Now(); got != got.Round(0) {
			t.Error("the time has a monotonic reading")
		}
		time.Sleep(time.Minute)
		wantNow(t, c, start.Add(time.Minute))
	})
}

func TestClockFreezeAndResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(nil)
		start := time.Now()
		c.Freeze(time.Time{})
		time.Sleep(time.Hour)
		wantNow(t, c, start)
		c.Resume()
		wantNow(t, c, start)
		time.Sleep(time.Minute)
		wantNow(t, c, start.Add(time.Minute))
		c.Freeze(noon)
		time.Sleep(time.Hour)
		wantNow(t, c, noon)
		c.Resume()
		c.Resume() // the second has nothing to do
		time.Sleep(time.Second)
		wantNow(t, c, noon.Add(time.Second))
	})
}

func TestClockAdvanceRunsTimersInOrder(t *testing.T) {
	t.Parallel()
	c := frozenClock()
	var ran []string
	note := func(name string) func() {
		return func() { ran = append(ran, fmt.Sprintf("%s at %v", name, c.Now().Sub(noon))) }
	}
	c.AfterFunc(3*time.Second, note("three"))
	c.AfterFunc(time.Second, func() {
		note("one")()
		c.AfterFunc(time.Second, note("one and one"))
		c.AfterFunc(time.Hour, note("much later"))
		c.AfterFunc(0, note("at once"))
	})
	c.AfterFunc(3*time.Second, note("three, set later"))
	c.AfterFunc(5*time.Second, note("at the end"))
	c.AfterFunc(6*time.Second, note("beyond"))
	c.Advance(5 * time.Second)
	want := []string{"one at 1s", "at once at 1s", "one and one at 2s", "three at 3s", "three, set later at 3s", "at the end at 5s"}
	if !slices.Equal(ran, want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
	wantNow(t, c, noon.Add(5*time.Second))
	ran = nil
	c.Advance(time.Second)
	if !slices.Equal(ran, []string{"beyond at 6s"}) {
		t.Errorf("then ran %q", ran)
	}
}

func TestClockAdvanceGoesForwardOnly(t *testing.T) {
	t.Parallel()
	c := frozenClock()
	c.Advance(-time.Hour)
	wantNow(t, c, noon)
}

// A timer that the clock was frozen beyond is overdue: it runs with the next advance, and the clock does not go back.
func TestClockRunsOverdueTimers(t *testing.T) {
	t.Parallel()
	c := frozenClock()
	var at time.Time
	c.AfterFunc(time.Second, func() { at = c.Now() })
	c.Freeze(noon.Add(time.Hour))
	if !at.IsZero() {
		t.Error("freezing ran a timer")
	}
	c.Advance(0)
	if want := noon.Add(time.Hour); !at.Equal(want) {
		t.Errorf("the timer ran at %v, want %v", at, want)
	}
}

func TestClockAfterFuncOnARunningClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(nil)
		start := time.Now()
		var ran list
		c.AfterFunc(time.Minute, func() { ran.add("at %v", c.Now().Sub(start)) })
		time.Sleep(time.Minute - 1)
		synctest.Wait()
		ran.want(t)
		time.Sleep(time.Hour)
		synctest.Wait()
		ran.want(t, "at 1m0s")
	})
}

func TestClockTimersFollowTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(nil)
		var ran atomic.Int32
		c.AfterFunc(time.Minute, func() { ran.Add(1) })
		time.Sleep(30 * time.Second)
		c.Freeze(time.Time{})
		time.Sleep(time.Hour)
		synctest.Wait()
		if ran.Load() != 0 {
			t.Fatal("the timer ran on a frozen clock")
		}
		c.Resume()
		time.Sleep(30*time.Second - 1)
		synctest.Wait()
		if ran.Load() != 0 {
			t.Fatal("the timer ran before what was left had passed")
		}
		time.Sleep(1)
		synctest.Wait()
		if ran.Load() != 1 {
			t.Errorf("the timer ran %d times, want once", ran.Load())
		}
	})
}

func TestClockAdvanceOnARunningClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(nil)
		start := time.Now()
		var ran list
		c.AfterFunc(time.Minute, func() { ran.add("first at %v", c.Now().Sub(start)) })
		c.AfterFunc(3*time.Minute, func() { ran.add("second at %v", c.Now().Sub(start)) })
		c.Advance(2 * time.Minute)
		wantNow(t, c, start.Add(2*time.Minute))
		ran.want(t, "first at 1m0s")
		time.Sleep(time.Hour)
		synctest.Wait()
		wantNow(t, c, start.Add(time.Hour+2*time.Minute))
		ran.want(t, "first at 1m0s", "second at 3m0s")
	})
}

func TestClockStopsATimer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(nil)
		never := func() { t.Error("a stopped timer ran") }
		stop := c.AfterFunc(time.Second, never)
		stop()
		stop()
		time.Sleep(time.Minute)
		c.Freeze(time.Time{})
		c.AfterFunc(time.Second, never)()
		c.Advance(time.Minute)
		// One timer may stop another that is due at the same instant.
		var other func()
		c.AfterFunc(time.Second, func() { other() })
		other = c.AfterFunc(time.Second, never)
		c.Advance(time.Minute)
		synctest.Wait()
	})
}

// A timer that sets itself again must not outlive its session.
func TestClockStopEndsEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(nil)
		var ticks atomic.Int32
		var tick func()
		tick = func() {
			if ticks.Add(1) == 3 {
				c.Stop()
			}
			c.AfterFunc(time.Second, tick)
		}
		tick()
		c.AfterFunc(time.Minute, func() { t.Error("a dropped timer ran") })
		time.Sleep(time.Hour)
		synctest.Wait()
		c.Advance(time.Hour)
		if n := ticks.Load(); n != 3 {
			t.Errorf("%d ticks, want none after Stop at the third", n)
		}
	})
}

// What was frozen stays frozen, and what two callers advance adds up, also from within a timer.
func TestClockMovesWhileItMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(nil)
		start := time.Now()
		c.AfterFunc(time.Second, func() { c.Advance(time.Minute) })
		c.AfterFunc(2*time.Second, func() { c.Freeze(time.Time{}) })
		c.Advance(10 * time.Second)
		wantNow(t, c, start.Add(70*time.Second))
		time.Sleep(time.Hour)
		wantNow(t, c, start.Add(70*time.Second))
		c.AfterFunc(time.Second, func() { c.Resume() })
		c.Advance(10 * time.Second)
		time.Sleep(time.Hour)
		wantNow(t, c, start.Add(80*time.Second+time.Hour))
	})
}

// Callers that freeze, resume and advance against each other: each timer runs once, the clock ends where the sum of
// the advances leads, and nobody hangs.
func TestClockTimersRunOnceWhateverRaces(t *testing.T) {
	t.Parallel()
	for range 20 {
		c := NewClock(nil)
		c.Freeze(noon)
		const timers, movers, moves = 60, 4, 15
		var runs [timers]atomic.Int32
		for i := range timers {
			c.AfterFunc(time.Duration(i)*time.Millisecond, func() { runs[i].Add(1) })
		}
		var wg sync.WaitGroup
		for range movers {
			wg.Go(func() {
				for range moves {
					c.Advance(time.Millisecond)
				}
			})
		}
		wg.Wait()
		wantNow(t, c, noon.Add(movers*moves*time.Millisecond))
		for i := range runs {
			if n := runs[i].Load(); n != 1 {
				t.Fatalf("timer %d ran %d times, want once", i, n)
			}
		}
	}
}

func TestClockTimersRunOnceOnARunningClock(t *testing.T) {
	t.Parallel()
	for range 20 {
		c := NewClock(nil)
		const timers = 60
		var runs [timers]atomic.Int32
		var all sync.WaitGroup
		for i := range timers {
			all.Add(1)
			c.AfterFunc(time.Duration(i)*20*time.Microsecond, func() {
				if runs[i].Add(1) == 1 {
					all.Done()
				}
			})
		}
		var wg sync.WaitGroup
		for caller := range 3 {
			wg.Go(func() {
				for range 20 {
					switch caller {
					case 0:
						c.Freeze(time.Time{})
					case 1:
						c.Resume()
					case 2:
						c.Advance(50 * time.Microsecond)
					}
				}
			})
		}
		wg.Wait()
		c.Resume()
		all.Wait()
		c.Advance(time.Hour)
		for i := range runs {
			if n := runs[i].Load(); n != 1 {
				t.Fatalf("timer %d ran %d times, want once", i, n)
			}
		}
	}
}
