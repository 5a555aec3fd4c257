// Package state keeps what a simulated vendor remembers, one world per session. A behaviour reads and writes it in
// steps; a step sees all of a session or nothing of it, and is kept whole or not at all.
//
// Records are bytes, so that an engine on disk or in a database can take the place of memory without a behaviour
// noticing. The package statetest holds what every engine must do.
package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Store keeps the records of all sessions. Implementations are safe for concurrent use.
type Store interface {
	// Update runs step on a session's state and commits what it wrote when it returns nil; with an error nothing is
	// kept and that error is returned. A step may run more than once and has no side effects of its own. Steps of
	// one session are atomic against each other; sessions never see each other.
	Update(ctx context.Context, session string, step func(Tx) error) error
	// Drop forgets a session at once.
	Drop(session string)
}

// Tx is one step's view of a session: what was committed before, and its own writes. It is used by one goroutine and
// not after the step has returned. Returned bytes belong to the store and are not changed; of the bytes it is given, the
// store keeps a copy.
type Tx interface {
	// Get returns the record of a kind under a key.
	Get(kind, key string) ([]byte, bool)
	// Put writes the record of a kind under a key. A new key stands behind the older ones of its kind.
	Put(kind, key string, record []byte)
	// Delete removes a record; removing none is fine.
	Delete(kind, key string)
	// Each calls visit for every record of a kind, oldest key first, until it returns false. It visits what was there
	// when it began, whatever visit writes.
	Each(kind string, visit func(key string, record []byte) bool)
	// Append adds a record, given whole or in parts, to an append-only kind and returns its number, counting from 1. The newest records up to
	// the store's limit are kept; the others are counted as dropped.
	Append(kind string, record ...[]byte) int64
	// Appended returns the kept records of an append-only kind, oldest first, and how many were dropped before them.
	Appended(kind string) (records [][]byte, dropped int64)
	// Next counts up a counter and returns its new value, 1 for the first.
	Next(counter string) int64
}

// Memory is a [Store] that lives as long as the process.
type Memory struct {
	// Keep is how many records each append-only kind of a session keeps; 0 means 1000.
	Keep int

	// Bytes bounds what a session's records hold, and again what each of its append-only kinds holds; 0 means 16 MiB.
	Bytes int

	mu       sync.Mutex
	sessions map[string]*world
}

// ErrFull says that a step would have taken a session beyond its bound; nothing of it was kept.
var ErrFull = errors.New("the session holds as much as it may")

type world struct {
	mu       sync.Mutex
	kinds    map[string]*kind
	logs     map[string]*log
	counters map[string]int64
	bytes    int // of the records under keys
}

// kind holds records in the order of their first Put; a deleted key leaves an empty place until the next compaction.
type kind struct {
	place map[string]int
	rows  []row
}

type row struct {
	key    string
	record []byte
	gone   bool
}

type log struct {
	records [][]byte
	bytes   int
	dropped int64
}

func (m *Memory) world(session string) *world {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sessions == nil {
		m.sessions = map[string]*world{}
	}
	w := m.sessions[session]
	if w == nil {
		w = &world{kinds: map[string]*kind{}, logs: map[string]*log{}, counters: map[string]int64{}}
		m.sessions[session] = w
	}
	return w
}

// Update implements [Store]. The session is locked from the step's first use of its Tx, so steps that touch no state
// run side by side.
func (m *Memory) Update(ctx context.Context, session string, step func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx := &memoryTx{world: m.world(session), keep: m.Keep, most: m.Bytes}
	if tx.keep == 0 {
		tx.keep = 1000
	}
	if tx.most == 0 {
		tx.most = 16 << 20
	}
	defer tx.unlock()
	if err := step(tx); err != nil {
		return err
	}
	return tx.commit()
}

// Drop implements [Store].
func (m *Memory) Drop(session string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, session)
}

type write struct {
	kind, key string
	record    []byte // nil deletes
}

type memoryTx struct {
	world    *world
	keep     int
	most     int
	locked   bool
	writes   []write
	appends  []write
	counters map[string]int64
}

func (t *memoryTx) lock() {
	if !t.locked {
		t.world.mu.Lock()
		t.locked = true
	}
}

func (t *memoryTx) unlock() {
	if t.locked {
		t.world.mu.Unlock()
		t.locked = false
	}
}

// Get implements [Tx]: a step's own writes first, the newest first.
func (t *memoryTx) Get(kind, key string) ([]byte, bool) {
	t.lock()
	for i := len(t.writes) - 1; i >= 0; i-- {
		if w := t.writes[i]; w.kind == kind && w.key == key {
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
func (t *memoryTx) Put(kind, key string, record []byte) {
	t.lock()
	t.writes = append(t.writes, write{kind, key, owned(record)})
}

// Delete implements [Tx].
func (t *memoryTx) Delete(kind, key string) {
	t.lock()
	t.writes = append(t.writes, write{kind, key, nil})
}

// Each implements [Tx].
func (t *memoryTx) Each(kind string, visit func(key string, record []byte) bool) {
	t.lock()
	own := false
	for _, w := range t.writes {
		own = own || w.kind == kind
	}
	k := t.world.kinds[kind]
	if own {
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
	t.lock()
	t.appends = append(t.appends, write{kind: kind, record: slices.Concat(record...)})
	n := int64(0)
	for _, a := range t.appends {
		if a.kind == kind {
			n++
		}
	}
	if l := t.world.logs[kind]; l != nil {
		n += l.dropped + int64(len(l.records))
	}
	return n
}

// Appended implements [Tx].
func (t *memoryTx) Appended(kind string) ([][]byte, int64) {
	t.lock()
	l := log{}
	if kept := t.world.logs[kind]; kept != nil {
		l = log{append([][]byte(nil), kept.records...), kept.bytes, kept.dropped}
	}
	for _, a := range t.appends {
		if a.kind == kind {
			l.add(a.record, t.keep, t.most)
		}
	}
	return l.records, l.dropped
}

// Next implements [Tx].
func (t *memoryTx) Next(counter string) int64 {
	t.lock()
	if t.counters == nil {
		t.counters = map[string]int64{}
	}
	n, ok := t.counters[counter]
	if !ok {
		n = t.world.counters[counter]
	}
	t.counters[counter] = n + 1
	return n + 1
}

func (t *memoryTx) commit() error {
	if !t.locked {
		return nil // the step touched nothing, and holds no lock to look with
	}
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
	for name, n := range t.counters {
		t.world.counters[name] = n
	}
	return nil
}

// grows says whether the writes could take the session beyond its bound, at a glance.
func (t *memoryTx) grows() bool {
	n := t.world.bytes
	for _, w := range t.writes {
		n += len(w.key) + len(w.record)
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

func (k *kind) clone() *kind {
	c := &kind{place: map[string]int{}}
	if k != nil {
		for _, r := range k.rows {
			if !r.gone {
				c.apply(r.key, r.record)
			}
		}
	}
	return c
}

// apply writes or deletes a record and returns by how many bytes the kind grew.
func (k *kind) apply(key string, record []byte) int {
	at, known := k.place[key]
	switch {
	case record == nil && known:
		freed := len(key) + len(k.rows[at].record)
		k.rows[at] = row{gone: true}
		delete(k.place, key)
		if len(k.rows) > 32 && len(k.place) < len(k.rows)/2 {
			*k = *k.clone()
		}
		return -freed
	case record == nil:
		return 0
	case known:
		before := len(k.rows[at].record)
		k.rows[at].record = record
		return len(record) - before
	}
	k.place[key] = len(k.rows)
	k.rows = append(k.rows, row{key: key, record: record})
	return len(key) + len(record)
}

// add appends and lets the oldest go beyond keep records or most bytes; the newest is kept whatever its size. The backing
// array is renewed by append itself once in a while.
func (l *log) add(record []byte, keep, most int) {
	l.records = append(l.records, record)
	l.bytes += len(record)
	for len(l.records) > keep || l.bytes > most && len(l.records) > 1 {
		l.bytes -= len(l.records[0])
		l.records[0] = nil
		l.records = l.records[1:]
		l.dropped++
	}
}

// Read decodes the record of a kind under a key into the value that into points at.
func Read(tx Tx, kind, key string, into any) (bool, error) {
	record, ok := tx.Get(kind, key)
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal(record, into); err != nil {
		return false, fmt.Errorf("state: record %s of kind %s: %w", key, kind, err)
	}
	return true, nil
}

// Write encodes v and puts it under a key.
func Write(tx Tx, kind, key string, v any) error {
	record, err := json.Marshal(v)
	if err != nil {
		return errors.Join(fmt.Errorf("state: record %s of kind %s", key, kind), err)
	}
	tx.Put(kind, key, record)
	return nil
}
