package journal

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// sized is an exchange of which the journal counts exactly bytes.
func sized(id int64, bytes int) *Exchange {
	e := &Exchange{ID: id}
	e.Request.Text = make([]byte, bytes-e.size())
	return e
}

func wantKept(t *testing.T, j *Journal, wantDropped int64, want ...int64) {
	t.Helper()
	kept, dropped := j.All()
	got := []int64{}
	for _, e := range kept {
		got = append(got, e.ID)
	}
	if held, lost := j.Count(); held != len(kept) || lost != dropped {
		t.Errorf("Count is %d and %d, and All gives %d and %d", held, lost, len(kept), dropped)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || dropped != wantDropped {
		t.Errorf("kept %v with %d dropped, want %v with %d", got, dropped, want, wantDropped)
	}
}

func TestJournalKeepsWithinItsBytes(t *testing.T) {
	t.Parallel()
	j := &Journal{Bytes: 3000}
	wantKept(t, j, 0)
	for id := int64(1); id <= 3; id++ {
		j.Add(sized(id, 1000))
	}
	wantKept(t, j, 0, 1, 2, 3)
	j.Add(sized(4, 1000))
	wantKept(t, j, 1, 2, 3, 4)
	j.Add(sized(5, 2001)) // leaves room for none of the others
	wantKept(t, j, 4, 5)
	j.Add(sized(6, 500))
	wantKept(t, j, 4, 5, 6)
	j.Add(sized(7, 1<<20)) // larger than the bound: kept all the same, alone
	wantKept(t, j, 6, 7)
	j.Add(sized(8, 500))
	wantKept(t, j, 7, 8)
}

func TestJournalCountsEveryText(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 1000)
	for name, e := range map[string]*Exchange{
		"request":         {Request: Body{Text: []byte(text)}},
		"reply":           {Reply: Body{Text: []byte(text)}},
		"path":            {Path: text},
		"parameter name":  {Parameters: []Parameter{{Name: text}}},
		"parameter value": {Parameters: []Parameter{{Value: text}}},
	} {
		if got := e.size() - new(Exchange).size(); got < 1000 {
			t.Errorf("%s: 1000 bytes count as %d", name, got)
		}
	}
}

// Sizes vary so that the ring wraps at every place and grows while it is wrapped.
func TestJournalKeepsTheOrder(t *testing.T) {
	t.Parallel()
	j := &Journal{Bytes: 40_000}
	for id := int64(1); id <= 500; id++ {
		j.Add(sized(id, 500+int(id*37%1500)))
		if id > 300 {
			j.Bytes = 80_000
		}
		kept, dropped := j.All()
		if len(kept) == 0 || kept[len(kept)-1].ID != id {
			t.Fatalf("after %d the newest is missing", id)
		}
		bytes := 0
		for i, e := range kept {
			if want := dropped + int64(i) + 1; e.ID != want {
				t.Fatalf("after %d, place %d holds %d, want %d", id, i, e.ID, want)
			}
			bytes += e.size()
		}
		if bytes > j.Bytes {
			t.Fatalf("after %d, %d bytes are kept, more than %d", id, bytes, j.Bytes)
		}
	}
}

func TestJournalDefaultBound(t *testing.T) {
	t.Parallel()
	var j Journal
	for id := int64(1); id <= 3; id++ {
		j.Add(sized(id, 400_000))
	}
	wantKept(t, &j, 1, 2, 3)
}

func TestJournalFind(t *testing.T) {
	t.Parallel()
	j := &Journal{Bytes: 2000}
	for _, id := range []int64{3, 7, 9} {
		j.Add(sized(id, 1000))
	}
	if e, ok := j.Find(7); !ok || e.ID != 7 {
		t.Errorf("Find(7) = %v, %v", e, ok)
	}
	for _, id := range []int64{3, 4, 0} {
		if e, ok := j.Find(id); ok || e != nil {
			t.Errorf("Find(%d) = %v, %v, want nothing", id, e, ok)
		}
	}
}

func TestJournalClear(t *testing.T) {
	t.Parallel()
	j := &Journal{Bytes: 2000}
	for id := int64(1); id <= 5; id++ {
		j.Add(sized(id, 1000))
	}
	j.Clear()
	wantKept(t, j, 0)
	j.Add(sized(6, 1000))
	j.Add(sized(7, 1000))
	wantKept(t, j, 0, 6, 7)
}

// What All returned stays as it was.
func TestJournalAllIsASnapshot(t *testing.T) {
	t.Parallel()
	j := &Journal{Bytes: 2000}
	j.Add(sized(1, 1000))
	j.Add(sized(2, 1000))
	before, _ := j.All()
	j.Add(sized(3, 1000))
	if len(before) != 2 || before[0].ID != 1 || before[1].ID != 2 {
		t.Error("a later exchange changed what All had returned")
	}
}

func TestJournalIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	j := &Journal{Bytes: 20_000}
	const writers, each = 4, 200
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				j.Add(sized(int64(w*each+i+1), 500))
				if _, dropped := j.All(); dropped < 0 {
					t.Error("a negative count")
				}
				j.Find(1)
			}
		})
	}
	wg.Wait()
	kept, dropped := j.All()
	if len(kept) != 40 || dropped != writers*each-40 {
		t.Errorf("%d kept and %d dropped of %d", len(kept), dropped, writers*each)
	}
	seen := map[int64]bool{}
	for _, e := range kept {
		seen[e.ID] = true
	}
	if len(seen) != len(kept) {
		t.Error("an exchange is kept twice")
	}
}
