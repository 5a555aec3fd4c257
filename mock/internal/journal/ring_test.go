package journal

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// Who adds waits for nobody, not even for one who reads; and who reads sees all that was added.
func TestAddWaitsForNobody(t *testing.T) {
	t.Parallel()
	j := &Journal{}
	j.mu.Lock()
	for id := int64(1); id <= 3; id++ {
		j.Add(sized(id, 1000)) // or the test hangs
	}
	if j.held != 0 {
		t.Error("an exchange got into the ring without its lock")
	}
	j.mu.Unlock()
	if e, ok := j.Find(2); !ok || e.ID != 2 {
		t.Errorf("Find does not see what was added: %v, %v", e, ok)
	}
	wantKept(t, j, 0, 1, 2, 3)
}

// What waits counts against the bound as soon as somebody looks.
func TestWhatWaitsIsBounded(t *testing.T) {
	t.Parallel()
	j := &Journal{Bytes: 3000}
	j.mu.Lock()
	for id := int64(1); id <= 10; id++ {
		j.Add(sized(id, 1000))
	}
	j.mu.Unlock()
	if kept, dropped := j.Count(); kept != 3 || dropped != 7 {
		t.Errorf("Count is %d and %d, want 3 and 7", kept, dropped)
	}
	j.mu.Lock()
	j.Add(sized(11, 1000))
	j.mu.Unlock()
	j.Clear()
	wantKept(t, j, 0)
}

// Ids are given out before exchanges are added, so one may overtake another.
func TestJournalSortsWhatOvertook(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 1 + random.IntN(40)
		bound := 1000 * (1 + random.IntN(n))
		j := &Journal{Bytes: bound}
		var ids []int64
		for _, i := range random.Perm(n) {
			hold := random.IntN(3) == 0
			if hold {
				j.mu.Lock()
			}
			j.Add(sized(int64(i+1), 1000))
			if hold {
				j.mu.Unlock()
			}
			ids = append(ids, int64(i+1))
			kept, dropped := j.All()
			if !slices.IsSortedFunc(kept, func(a, b *Exchange) int { return int(a.ID - b.ID) }) {
				t.Fatalf("after %v the order is wrong", ids)
			}
			if want := min(len(ids), bound/1000); len(kept) != want || dropped != int64(len(ids)-want) {
				t.Fatalf("after %v there are %d kept and %d dropped, bound %d", ids, len(kept), dropped, bound)
			}
			for _, e := range kept {
				if found, ok := j.Find(e.ID); !ok || found != e {
					t.Fatalf("after %v, %d is not found", ids, e.ID)
				}
			}
		}
	}
}

func TestAJournalThatKeepsNothing(t *testing.T) {
	t.Parallel()
	j := &Journal{Bytes: -1}
	j.Add(sized(1, 1000))
	wantKept(t, j, 0)
}

// Exchanges without an id stay in the order they were added in.
func TestJournalKeepsTheOrderOfEqualIDs(t *testing.T) {
	t.Parallel()
	j := &Journal{}
	j.mu.Lock()
	for _, name := range []string{"a", "b", "c"} {
		j.Add(&Exchange{Session: name})
	}
	j.mu.Unlock()
	j.Add(&Exchange{Session: "d"})
	var got string
	kept, _ := j.All()
	for _, e := range kept {
		got += e.Session
	}
	if got != "abcd" {
		t.Errorf("the order is %q", got)
	}
}

// TestJournalLosesNothing: whose Add has returned finds its exchange, whatever others do meanwhile.
func TestJournalLosesNothing(t *testing.T) {
	t.Parallel()
	const adders, each = 8, 300
	var j Journal
	j.Bytes = adders * each * 1000
	var serial atomic.Int64
	var work, readers sync.WaitGroup
	done := make(chan struct{})
	readers.Go(func() {
		last := 0
		for {
			kept, dropped := j.All()
			if len(kept) < last || dropped != 0 || !slices.IsSortedFunc(kept, func(a, b *Exchange) int { return int(a.ID - b.ID) }) {
				t.Errorf("%d kept after %d, %d dropped, or out of order", len(kept), last, dropped)
				return
			}
			last = len(kept)
			select {
			case <-done:
				return
			default:
			}
		}
	})
	for range adders {
		work.Go(func() {
			for range each {
				e := sized(serial.Add(1), 500)
				j.Add(e)
				if found, ok := j.Find(e.ID); !ok || found != e {
					t.Errorf("%d is lost", e.ID)
					return
				}
			}
		})
	}
	work.Wait()
	close(done)
	readers.Wait()
	if kept, dropped := j.Count(); kept != adders*each || dropped != 0 {
		t.Errorf("%d kept, %d dropped of %d", kept, dropped, adders*each)
	}
	if j.bytes != adders*each*500 {
		t.Errorf("%d bytes are counted", j.bytes)
	}
}

// TestJournalUnderClear: what was added before a Clear is gone, what was added after it is there, each once.
func TestJournalUnderClear(t *testing.T) {
	t.Parallel()
	const adders, each = 4, 300
	j := &Journal{Bytes: 20_000}
	var serial atomic.Int64
	var work sync.WaitGroup
	for range adders {
		work.Go(func() {
			for i := range each {
				j.Add(sized(serial.Add(1), 500))
				if i%50 == 0 {
					j.Clear()
				}
				kept, dropped := j.All()
				seen := map[int64]bool{}
				for _, e := range kept {
					if seen[e.ID] {
						t.Errorf("%d is kept twice", e.ID)
					}
					seen[e.ID] = true
				}
				if dropped < 0 || len(kept) > 40 {
					t.Errorf("%d kept, %d dropped", len(kept), dropped)
				}
			}
		})
	}
	work.Wait()
	j.Clear()
	wantKept(t, j, 0)
	j.Add(sized(5000, 500))
	wantKept(t, j, 0, 5000)
	if j.bytes != 500 || j.waiting.Load() != nil {
		t.Errorf("%d bytes are counted", j.bytes)
	}
}

// A kept exchange must not hold on to those that were dropped.
func TestKeptExchangesAreNotChained(t *testing.T) {
	t.Parallel()
	j := &Journal{}
	j.mu.Lock()
	j.Add(sized(1, 1000))
	j.Add(sized(2, 1000))
	j.mu.Unlock()
	kept, _ := j.All()
	for _, e := range kept {
		if e.next != nil {
			t.Errorf("%d leads to %d", e.ID, e.next.ID)
		}
	}
}

// A full journal costs no memory beyond the exchange, as an empty one does.
func TestAddAllocatesNothing(t *testing.T) {
	j := &Journal{Bytes: 100_000}
	const runs = 2000
	list := make([]Exchange, 2*runs+10)
	i := 0
	add := func() {
		list[i].ID = int64(i + 1)
		j.Add(&list[i])
		i++
	}
	for range runs {
		add()
	}
	if got := testing.AllocsPerRun(runs, add); got > 0 {
		t.Errorf("Add to a full journal allocates %v times", got)
	}
	if kept, dropped := j.Count(); kept == 0 || dropped == 0 {
		t.Fatal("the journal was not full: nothing was measured")
	}
}

func BenchmarkAdd(b *testing.B) {
	for _, one := range []struct {
		name string
		full bool
	}{{"growing", false}, {"full", true}} {
		b.Run(one.name, func(b *testing.B) {
			j := &Journal{}
			if one.full {
				for id := range int64(5000) {
					j.Add(&Exchange{ID: id - 5000})
				}
			} else {
				j.Bytes = 1 << 40
			}
			text := make([]byte, 1000)
			b.ReportAllocs()
			id := int64(0)
			for b.Loop() {
				id++
				j.Add(&Exchange{ID: id, Request: Body{Text: text}})
			}
		})
	}
	b.Run("parallel", func(b *testing.B) {
		j := &Journal{}
		var serial atomic.Int64
		text := make([]byte, 1000)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				j.Add(&Exchange{ID: serial.Add(1), Request: Body{Text: text}})
			}
		})
	})
}
