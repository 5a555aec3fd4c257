package behave

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"understudy/mock/internal/value"
)

// moment is all that what a session begins with is a function of.
type moment struct {
	seed  int64
	start time.Time
	data  *value.Record // the first of the user's records, and how many: they are replaced whole
	given int
}

func momentOf(w *World, data []value.Record) moment {
	m := moment{seed: w.Seed, start: w.Start.Round(0).UTC()}
	if len(data) > 0 {
		m.data, m.given = &data[0], len(data)
	}
	return m
}

// memory keeps what was invented under all that it is a function of: what is found there is never out of date, and what was
// forgotten is invented again, the same. It is shared by the sessions of a contract, safe for concurrent use, and free of
// locks for who finds something. What it holds is not to be changed. A nil memory remembers nothing.
type memory[K comparable, V any] struct {
	// most bounds what is kept, in whatever remember is told to weigh by.
	most int

	kept   atomic.Pointer[kept[K, V]]
	mu     sync.Mutex // of who adds
	weight int
}

// kept are maps that are replaced and never changed: the newer one often, as long as it is small.
type kept[K comparable, V any] struct{ newer, older map[K]V }

// mostNewer bounds what is copied for each value that is added.
const mostNewer = 64

func (m *memory[K, V]) find(key K) (v V, ok bool) {
	if m == nil {
		return v, false
	}
	kept := m.kept.Load()
	if kept == nil {
		return v, false
	}
	if v, ok = kept.newer[key]; !ok {
		v, ok = kept.older[key]
	}
	return v, ok
}

// remember keeps a value, or returns the one that somebody else has kept meanwhile. Where there is no room everything older
// goes.
func (m *memory[K, V]) remember(key K, v V, weight int) V {
	if m == nil || weight > m.most {
		return v
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if before, ok := m.find(key); ok {
		return before
	}
	next := &kept[K, V]{newer: map[K]V{}}
	if m.weight += weight; m.weight > m.most {
		m.weight = weight
	} else if before := m.kept.Load(); before != nil {
		next.older = before.older
		if len(before.newer) < mostNewer {
			maps.Copy(next.newer, before.newer)
		} else {
			next.older = make(map[K]V, len(before.older)+len(before.newer))
			maps.Copy(next.older, before.older)
			maps.Copy(next.older, before.newer)
		}
	}
	next.newer[key] = v
	m.kept.Store(next)
	return v
}

// remembered returns a contract's memory of one sort.
func remembered[K comparable, V any](derive func(key any, make func() (any, error)) (any, error), most int) *memory[K, V] {
	type of struct {
		key K
		v   *V
	}
	m, _ := derive(of{}, func() (any, error) { return &memory[K, V]{most: most}, nil })
	return m.(*memory[K, V])
}
