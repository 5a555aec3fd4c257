package state

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Memory is a [Store] that lives as long as the process. Its sessions share no lock.
type Memory struct {
	// Keep is how many records each append-only kind of a session keeps; 0 means 1000.
	Keep int

	// Bytes bounds what a session's records hold, and again what each of its append-only kinds holds; 0 means 16 MiB.
	Bytes int

	sessions sync.Map  // by name, *world
	steps    sync.Pool // of *memoryTx that nobody uses
}

// ErrFull says that a step would have taken a session beyond its bound; nothing of it was kept.
var ErrFull = errors.New("the session holds as much as it may")

// world is what is kept of a session. Steps that only read it hold its lock together.
type world struct {
	mu       sync.RWMutex
	version  int64 // counts the commits
	kinds    map[string]*kind
	logs     map[string]*log
	counters map[string]int64
	bytes    int // of the records under keys

	// rivalries tell by the kind that a step looks at first whether it is likely to be overtaken: *atomic.Int64, see
	// [world.rivals].
	rivalries sync.Map
}

// rivalry is how many steps that write nothing it takes to forget that one was overtaken.
const rivalry = 64

// rivals says whether steps that look at a kind first had better be alone from there on: they write, and while they render what
// they reply, others do the same.
func (w *world) rivals(kind string) bool {
	n, known := w.rivalries.Load(kind)
	return known && n.(*atomic.Int64).Load() > 0
}

// overtaken notes that a step which looked at a kind first was overtaken.
func (w *world) overtaken(kind string) {
	n, _ := w.rivalries.LoadOrStore(kind, &atomic.Int64{})
	n.(*atomic.Int64).Store(rivalry)
}

// peaceful notes that a step which looked at a kind first was alone for nothing.
func (w *world) peaceful(kind string) {
	if n, known := w.rivalries.Load(kind); known {
		n.(*atomic.Int64).Add(-1)
	}
}

func (m *Memory) world(session string) *world {
	w, known := m.sessions.Load(session)
	if !known {
		w, _ = m.sessions.LoadOrStore(session, &world{kinds: map[string]*kind{}, logs: map[string]*log{}, counters: map[string]int64{}})
	}
	return w.(*world)
}

// Update implements [Store]. The session is held from the step's first look at it: with other steps that look, until it counts,
// appends or commits, and alone from then on. A step that writes after another one has committed since its first look runs again,
// alone from the first; as long as that happens, those like it are alone at once. So no step runs more than twice. One that
// writes and looks at nothing holds the session for the commit alone.
func (m *Memory) Update(ctx context.Context, session string, step func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := m.run(session, step, together)
	if errors.Is(err, errOvertaken) {
		err = m.run(session, step, alone)
	}
	return err
}

// errOvertaken says that another step has committed since a step first looked at its session.
var errOvertaken = errors.New("another step has committed meanwhile")

func (m *Memory) run(session string, step func(Tx) error, look hold) error {
	tx := m.begin(session)
	defer m.end(tx)
	tx.look = look
	if err := step(tx); err != nil {
		return err
	}
	return tx.commit()
}

// Drop implements [Store].
func (m *Memory) Drop(session string) { m.sessions.Delete(session) }

func (m *Memory) begin(session string) *memoryTx {
	tx, ok := m.steps.Get().(*memoryTx)
	if !ok {
		tx = &memoryTx{}
	}
	tx.world, tx.keep, tx.most = m.world(session), m.Keep, m.Bytes
	if tx.keep == 0 {
		tx.keep = 1000
	}
	if tx.most == 0 {
		tx.most = 16 << 20
	}
	return tx
}

// maxPooled bounds the notes of a step that are used again, by their number.
const maxPooled = 64

// end lets go of the session, after a panic in the step as well, and of all that the step wrote.
func (m *Memory) end(tx *memoryTx) {
	tx.release()
	if max(cap(tx.writes), cap(tx.appends), cap(tx.counted)) > maxPooled {
		return
	}
	clear(tx.writes)
	clear(tx.appends)
	clear(tx.counted)
	*tx = memoryTx{writes: tx.writes[:0], appends: tx.appends[:0], counted: tx.counted[:0]}
	m.steps.Put(tx)
}
