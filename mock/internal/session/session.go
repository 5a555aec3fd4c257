// Package session keeps the worlds that callers of one server live in. Everything that varies hangs on a session: its
// state, clock, seed and journal. Sessions are made when they are first named, bounded in number, and dropped at once.
package session

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"understudy/mock/internal/journal"
)

// Default is the session of callers that name none.
const Default = "default"

// ErrLimit says that no further session can be made.
var ErrLimit = errors.New("session limit reached")

// ErrExists says that a session of this name is there already.
var ErrExists = errors.New("there is a session of this name already")

// ErrName says that a name cannot be a session's.
var ErrName = errors.New("a session name has 1 to 64 letters, digits, '.', '_' or '-'")

// Config bounds and seeds the sessions of a [Registry].
type Config struct {
	// Max bounds their number; 0 means 1024. At the bound those idle for longer than Idle (0 means ten minutes) go first;
	// the default session stays, and is made whatever the bound.
	Max  int
	Idle time.Duration
	// Seed is the seed of the default session; every other one derives its own from it and from its name.
	Seed int64
	// Now is real time; nil means time.Now.
	Now func() time.Time
	// JournalBytes bounds each journal, as [journal.Journal] has it.
	JournalBytes int
	// Born is called for each incarnation as it is made, before it is seen, with the one that a reset ended; what it
	// returns is the session's Life. Like Ended and Dropped it must not call the registry.
	Born func(s, before *Session) any
	// Ended is called with each incarnation that ends, by a reset too; Dropped with the last one of a session, after it.
	Ended, Dropped func(s *Session)
}

// Session is one world.
type Session struct {
	Name string
	// Key names this incarnation in the store: a reset session has another key, so that a call still under way writes
	// into the old world.
	Key     string
	Clock   *Clock
	Journal *journal.Journal
	// Made is when this incarnation was made, in real time.
	Made time.Time
	// Subject is how the subjects of the tokens issued in this session begin: 12 lower-case hex digits.
	Subject string
	// Life is what the engine hangs on this incarnation; see [Config].
	Life any

	seed  atomic.Int64
	start atomic.Pointer[time.Time]
	ended atomic.Bool
	used  atomic.Int64 // when it was in use last, in nanoseconds of real time; expired once it is to go
	calls sync.Map     // operation → *atomic.Int64

	queued queued
}

// Start is when the session began on its clock: at its first call. A clock that is set before that call decides all
// dates, so a frozen one gives the same data whenever the test runs.
func (s *Session) Start() time.Time {
	return s.StartAt(s.Begins())
}

// StartAt is [Session.Start] for whoever has just read the session's clock: a session that has not begun begins now.
func (s *Session) StartAt(now time.Time) time.Time {
	if start := s.start.Load(); start != nil {
		return *start
	}
	begins := now // a copy, so that nothing is allocated for a session that has begun
	s.start.CompareAndSwap(nil, &begins)
	return *s.start.Load()
}

// Begins is when the session began, or would begin now; it begins nothing.
func (s *Session) Begins() time.Time {
	if start := s.start.Load(); start != nil {
		return *start
	}
	return s.Clock.Now()
}

// Seed decides the session's data.
func (s *Session) Seed() int64 { return s.seed.Load() }

// SetSeed gives the session other data.
func (s *Session) SetSeed(seed int64) { s.seed.Store(seed) }

// Ended says that the session was reset, dropped or has expired: a call under way works for nobody.
func (s *Session) Ended() bool { return s.ended.Load() }

// Call counts up the calls of an operation in this session and returns the number of this one, from 1.
func (s *Session) Call(operation string) int64 {
	n, ok := s.calls.Load(operation)
	if !ok {
		n, _ = s.calls.LoadOrStore(operation, new(atomic.Int64))
	}
	return n.(*atomic.Int64).Add(1)
}
