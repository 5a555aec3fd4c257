package session

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestFindingASessionWaitsForNobody: not for one who makes or drops sessions.
func TestFindingASessionWaitsForNobody(t *testing.T) {
	t.Parallel()
	r := NewRegistry(Config{})
	a := get(t, r, "a")
	r.mu.Lock()
	defer r.mu.Unlock()
	if again := get(t, r, "a"); again != a { // or the test hangs
		t.Error("Get found another session")
	}
	if used, ok := r.Use("a"); !ok || used != a {
		t.Error("Use does not find the session")
	}
	if found, ok := r.Lookup("a"); !ok || found != a {
		t.Error("Lookup does not find the session")
	}
	if found, ok := r.BySubject(a.Subject); !ok || found != a {
		t.Error("BySubject does not find the session")
	}
	a.Clock.mu.Lock()
	defer a.Clock.mu.Unlock()
	a.Clock.Now()
	a.Start()
	a.Call("op")
}

// TestExpiryAgainstAModel: of sessions used at random, exactly those go that were idle for too long when the bound is reached.
func TestExpiryAgainstAModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 0))
		h := &hand{at: noon}
		const most, idle = 12, time.Minute
		r := NewRegistry(Config{Max: most, Idle: idle, Now: h.now})
		used := map[string]time.Time{}
		for step := range 1000 {
			h.move(time.Duration(random.IntN(4)) * time.Second)
			name := fmt.Sprint("s", random.IntN(40))
			_, there := used[name]
			switch random.IntN(10) {
			case 0:
				if r.Drop(name) != there {
					t.Fatalf("seed %d, step %d: Drop(%s) = %v", seed, step, name, !there)
				}
				delete(used, name)
				continue
			case 1:
				if r.Reset(name) != there {
					t.Fatalf("seed %d, step %d: Reset(%s) = %v", seed, step, name, !there)
				}
				if there {
					used[name] = h.now()
				}
				continue
			}
			if !there && len(used) >= most {
				for other, at := range used {
					if h.now().Sub(at) > idle {
						delete(used, other)
					}
				}
			}
			_, err := r.Get(name)
			if full := !there && len(used) >= most; full != errors.Is(err, ErrLimit) || !full && err != nil {
				t.Fatalf("seed %d, step %d: Get(%s): %v with %d sessions", seed, step, name, err, len(used))
			}
			if err == nil {
				used[name] = h.now()
			}
			want := []string{}
			for other := range used {
				want = append(want, other)
			}
			slices.Sort(want)
			if got := names(r); !slices.Equal(got, want) {
				t.Fatalf("seed %d, step %d: there are %v, want %v", seed, step, got, want)
			}
			if r.count != len(used) || len(r.idle.heap) != len(used) {
				t.Fatalf("seed %d, step %d: %d are counted and %d queued of %d", seed, step, r.count, len(r.idle.heap), len(used))
			}
		}
	}
}

// A full registry that nobody leaves answers at once: it does not look at every session again and again.
func TestAFullRegistryLooksAtOneSession(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	r := NewRegistry(Config{Max: 1000, Now: h.now})
	for i := range 1000 {
		get(t, r, fmt.Sprint(i))
	}
	h.move(5 * time.Minute)
	for i := range 1000 {
		get(t, r, fmt.Sprint(i))
	}
	h.move(6 * time.Minute)
	if _, err := r.Get("new"); !errors.Is(err, ErrLimit) {
		t.Fatalf("Get: %v", err)
	}
	// All were looked at once and know now when they were used: the longest out of use is not due.
	if oldest := r.idle.heap[0].queued.used; oldest != noon.Add(5*time.Minute).UnixNano() {
		t.Errorf("the first in the queue is of %v", time.Unix(0, oldest))
	}
}

// TestSessionsUnderManyHands: sessions are made, used, reset and dropped at the same time.
func TestSessionsUnderManyHands(t *testing.T) {
	t.Parallel()
	var born, ended, dropped atomic.Int64
	var at atomic.Int64
	at.Store(noon.UnixNano())
	r := NewRegistry(Config{
		Max: 6, Idle: time.Second, Now: func() time.Time { return time.Unix(0, at.Load()) },
		Born:    func(*Session, *Session) any { born.Add(1); return nil },
		Ended:   func(*Session) { ended.Add(1) },
		Dropped: func(*Session) { dropped.Add(1) },
	})
	var work sync.WaitGroup
	for hand := range 8 {
		work.Go(func() {
			random := rand.New(rand.NewPCG(uint64(hand), 1))
			for range 1000 {
				name := fmt.Sprint("s", random.IntN(10))
				switch random.IntN(12) {
				case 0:
					r.Drop(name)
				case 1:
					r.Reset(name)
				case 2:
					at.Add(int64(300 * time.Millisecond))
				case 3:
					if n := len(r.List()); n > 6 {
						t.Errorf("there are %d sessions", n)
					}
				default:
					s, err := r.Get(name)
					switch {
					case err == nil && s.Name != name:
						t.Errorf("Get(%s) found %s", name, s.Name)
					case err != nil && !errors.Is(err, ErrLimit):
						t.Errorf("Get(%s): %v", name, err)
					}
				}
			}
		})
	}
	work.Wait()
	left := int64(len(r.List()))
	if born.Load() != ended.Load()+left || int64(r.count) != left || int64(len(r.idle.heap)) != left {
		t.Errorf("%d born, %d ended, %d left, %d counted, %d queued", born.Load(), ended.Load(), left, r.count, len(r.idle.heap))
	}
	for _, s := range r.List() {
		if s.Ended() || s.used.Load() == expired {
			t.Errorf("%s is there and has ended", s.Name)
		}
		r.Drop(s.Name)
	}
	if r.count != 0 || len(r.idle.heap) != 0 {
		t.Errorf("%d are counted and %d queued of none", r.count, len(r.idle.heap))
	}
}

// What was found in use is not taken away at the same time: either its caller has it, or another session is made.
func TestWhoComesTooLateGetsAnotherSession(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	r := NewRegistry(Config{Max: 1, Now: h.now})
	a := get(t, r, "a")
	h.move(time.Hour)
	r.mu.Lock()
	gone := r.idle.expire(h.now().UnixNano())
	if gone != a || a.touch(h.now()) {
		t.Error("a session that is to go can still be used")
	}
	r.dropLocked(a)
	r.mu.Unlock()
	if again := get(t, r, "a"); again == a {
		t.Error("the session that has gone is found again")
	}
}

func TestClockAtIsNow(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	c := NewClock(h.now)
	same := func(when string) {
		t.Helper()
		if got, want := c.At(h.now()), c.Now(); !got.Equal(want) {
			t.Errorf("%s: At is %v and Now %v", when, got, want)
		}
	}
	same("at first")
	c.Shift(time.Hour)
	h.move(time.Second)
	same("shifted")
	c.Freeze(noon)
	h.move(time.Second)
	same("frozen")
	c.AfterFunc(time.Second, func() { same("on the way") })
	c.Advance(time.Minute)
	same("advanced")
	c.Resume()
	h.move(time.Second)
	same("resumed")
	c.SetShift(-time.Hour)
	same("set")
}

func TestUsingASessionAllocatesNothing(t *testing.T) {
	r := NewRegistry(Config{Max: 20_000})
	for i := range 10_000 {
		get(t, r, fmt.Sprint(i))
	}
	s := get(t, r, "77")
	if got := testing.AllocsPerRun(1000, func() {
		now := time.Now()
		if found, err := r.GetAt("77", now); err != nil || found != s {
			t.Fatal("the session is not found")
		}
		s.StartAt(s.Clock.At(now))
		s.Call("operation")
	}); got > 0 {
		t.Errorf("a call allocates %v times", got)
	}
}

func BenchmarkUse(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		r := NewRegistry(Config{Max: n + 1})
		for i := range n {
			if _, err := r.Get(fmt.Sprint(i)); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprint("of ", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Use("0")
			}
		})
		b.Run(fmt.Sprint("of ", n, " parallel"), func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r.Use("0")
				}
			})
		})
	}
}
