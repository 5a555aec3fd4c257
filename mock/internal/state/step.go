package state

import "slices"

type write struct {
	kind, key string
	record    []byte // nil deletes
}

type count struct {
	counter string
	value   int64
}

// hold is how a step holds its session.
type hold int

const (
	loose    hold = iota // not at all
	together             // with others that look at it
	alone
)

// memoryTx is a step on a session of [Memory].
type memoryTx struct {
	world   *world
	keep    int
	most    int
	look    hold // how the session is held from the first look at it
	held    hold
	version int64  // of the world, since it is held
	first   string // what was looked at first
	writes  []write
	appends []write
	counted []count
}

// read holds the session for a look at a kind.
func (t *memoryTx) read(kind string) {
	if t.held != loose {
		return
	}
	if t.first = kind; t.look == together && !t.world.rivals(kind) {
		t.take(together)
	} else {
		t.take(alone)
	}
}

// change holds the session for a look at what the step is about to change, so it is not overtaken there.
func (t *memoryTx) change() {
	if t.held == loose {
		t.take(alone)
	}
}

func (t *memoryTx) take(as hold) {
	if t.held = as; as == alone {
		t.world.mu.Lock()
	} else {
		t.world.mu.RLock()
	}
	t.version = t.world.version
}

func (t *memoryTx) release() {
	switch t.held {
	case together:
		t.world.mu.RUnlock()
	case alone:
		t.world.mu.Unlock()
	}
	t.held = loose
}

// Get implements [Tx]: a step's own writes first, the newest first.
func (t *memoryTx) Get(kind, key string) ([]byte, bool) {
	t.read(kind)
	for i := len(t.writes) - 1; i >= 0; i-- {
		if w := &t.writes[i]; w.kind == kind && w.key == key {
			return w.record, w.record != nil
		}
	}
	if k := t.world.kinds[kind]; k != nil {
		if at, ok := k.place[key]; ok {
			return k.rows[at].record, true
		}
	}
	return nil, false
}

// Put implements [Tx].
func (t *memoryTx) Put(kind, key string, record []byte) { t.put(kind, key, owned(record)) }

// put writes a record that is the store's already.
func (t *memoryTx) put(kind, key string, record []byte) {
	t.writes = append(t.writes, write{kind, key, record})
}

// Delete implements [Tx].
func (t *memoryTx) Delete(kind, key string) {
	t.writes = append(t.writes, write{kind, key, nil})
}

// Each implements [Tx].
func (t *memoryTx) Each(kind string, visit func(key string, record []byte) bool) {
	t.read(kind)
	k := t.world.kinds[kind]
	if slices.ContainsFunc(t.writes, func(w write) bool { return w.kind == kind }) {
		k = k.clone()
		for _, w := range t.writes {
			if w.kind == kind {
				k.apply(w.key, w.record)
			}
		}
	}
	if k == nil {
		return
	}
	for _, r := range k.rows {
		if !r.gone && !visit(r.key, r.record) {
			return
		}
	}
}

// owned is the store's copy of a record, never nil: the caller may use its buffer again.
func owned(record []byte) []byte { return append([]byte{}, record...) }

// Append implements [Tx].
func (t *memoryTx) Append(kind string, record ...[]byte) int64 {
	t.append(kind, record)
	t.change() // what takes memory is done by then
	n := int64(0)
	for i := range t.appends {
		if t.appends[i].kind == kind {
			n++
		}
	}
	if l := t.world.logs[kind]; l != nil {
		n += l.dropped + int64(l.held)
	}
	return n
}

func (t *memoryTx) append(kind string, record [][]byte) {
	t.appends = append(t.appends, write{kind: kind, record: slices.Concat(record...)})
}

// Appended implements [Tx].
func (t *memoryTx) Appended(kind string) ([][]byte, int64) {
	t.read(kind)
	pending := 0
	for i := range t.appends {
		if t.appends[i].kind == kind {
			pending++
		}
	}
	l := log{}
	if kept := t.world.logs[kind]; kept != nil {
		l = kept.copy(pending)
	}
	for _, a := range t.appends {
		if a.kind == kind {
			l.add(a.record, t.keep, t.most)
		}
	}
	return l.list(), l.dropped
}

// Next implements [Tx].
func (t *memoryTx) Next(counter string) int64 {
	t.change()
	for i := range t.counted {
		if c := &t.counted[i]; c.counter == counter {
			c.value++
			return c.value
		}
	}
	n := t.world.counters[counter] + 1
	t.counted = append(t.counted, count{counter, n})
	return n
}

func (t *memoryTx) commit() error {
	if len(t.writes)+len(t.appends)+len(t.counted) == 0 {
		if t.first != "" && t.held == alone && t.look == together {
			t.world.peaceful(t.first)
		}
		return nil
	}
	if t.held != alone {
		looked, before := t.held == together, t.version
		t.release()
		if t.take(alone); looked && t.version != before {
			t.world.overtaken(t.first)
			return errOvertaken
		}
	}
	t.world.version++
	if t.grows() && t.world.bytes+t.growth() > t.most {
		return ErrFull
	}
	for _, w := range t.writes {
		k := t.world.kinds[w.kind]
		if k == nil {
			if w.record == nil {
				continue
			}
			k = &kind{place: map[string]int{}}
			t.world.kinds[w.kind] = k
		}
		t.world.bytes += k.apply(w.key, w.record)
		if len(k.place) == 0 {
			delete(t.world.kinds, w.kind)
		}
	}
	for _, a := range t.appends {
		l := t.world.logs[a.kind]
		if l == nil {
			l = &log{}
			t.world.logs[a.kind] = l
		}
		l.add(a.record, t.keep, t.most)
	}
	for _, c := range t.counted {
		t.world.counters[c.counter] = c.value
	}
	return nil
}

// grows says whether the writes could take the session beyond its bound, at a glance.
func (t *memoryTx) grows() bool {
	n := t.world.bytes
	for i := range t.writes {
		n += len(t.writes[i].key) + len(t.writes[i].record)
	}
	return n > t.most
}

// growth is by how much the writes change what the session holds, the last one of each key counting.
func (t *memoryTx) growth() int {
	last := map[[2]string][]byte{}
	for _, w := range t.writes {
		last[[2]string{w.kind, w.key}] = w.record
	}
	n := 0
	for at, record := range last {
		if record != nil {
			n += len(at[1]) + len(record)
		}
		if k := t.world.kinds[at[0]]; k != nil {
			if place, ok := k.place[at[1]]; ok {
				n -= len(at[1]) + len(k.rows[place].record)
			}
		}
	}
	return n
}
