// Package session keeps the worlds that callers of one server live in. Everything that varies hangs on a session: its
// state, clock, seed and journal. Sessions are made when they are first named, bounded in number, and dropped at once.
package session

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
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
	// JournalBytes bounds each journal; 0 means 1 MiB.
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
	used  atomic.Int64
	calls sync.Map // operation → *atomic.Int64
}

// Start is when the session began on its clock: at its first call. A clock that is set before that call decides all
// dates, so a frozen one gives the same data whenever the test runs.
func (s *Session) Start() time.Time {
	begins := s.Begins()
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

// Registry holds the sessions of one server.
type Registry struct {
	config Config

	mu        sync.RWMutex
	sessions  map[string]*Session
	bySubject map[string]*Session
	made      int64
}

// NewRegistry returns an empty registry.
func NewRegistry(config Config) *Registry {
	if config.Max == 0 {
		config.Max = 1024
	}
	if config.Idle == 0 {
		config.Idle = 10 * time.Minute
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Registry{config: config, sessions: map[string]*Session{}, bySubject: map[string]*Session{}}
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Get returns the session of a name and makes it when it is new. The error is [ErrName] or [ErrLimit].
func (r *Registry) Get(name string) (*Session, error) {
	if s, ok := r.Use(name); ok {
		return s, nil
	}
	if !validName(name) {
		return nil, ErrName
	}
	return r.make(name)
}

// Use returns the session of a name if there is one. Unlike [Registry.Lookup] it counts as use, which keeps the session
// from expiring.
func (r *Registry) Use(name string) (*Session, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, ok := r.sessions[name]
	if ok {
		r.touch(s) // under the lock: a session that is in use again does not expire meanwhile
	}
	return s, ok
}

// Make makes the session of a name, which must be new; born stands in for [Config].Born, and when it fails there is no
// session. The error is [ErrExists], [ErrName], [ErrLimit] or that of born.
func (r *Registry) Make(name string, born func(s *Session) (any, error)) (*Session, error) {
	if !validName(name) {
		return nil, ErrName
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions[name] != nil {
		return nil, ErrExists
	}
	return r.makeLocked(name, born)
}

func validName(name string) bool {
	return namePattern.MatchString(name) && strings.Trim(name, ".") != ""
}

func (r *Registry) touch(s *Session) { s.used.Store(r.config.Now().UnixNano()) }

func (r *Registry) make(name string) (*Session, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.sessions[name]; s != nil {
		r.touch(s)
		return s, nil
	}
	return r.makeLocked(name, r.usual(nil))
}

func (r *Registry) makeLocked(name string, born func(*Session) (any, error)) (*Session, error) {
	if name != Default && len(r.sessions) >= r.config.Max && !r.expireLocked() {
		return nil, fmt.Errorf("%w: there are %d, and none was idle for %v", ErrLimit, len(r.sessions), r.config.Idle)
	}
	return r.newLocked(name, seedOf(r.config.Seed, name), born)
}

// usual gives a session the life that the registry's config has for it, after the incarnation that a reset ended.
func (r *Registry) usual(before *Session) func(*Session) (any, error) {
	return func(s *Session) (any, error) {
		if r.config.Born == nil {
			return nil, nil
		}
		return r.config.Born(s, before), nil
	}
}

func (r *Registry) newLocked(name string, seed int64, born func(*Session) (any, error)) (*Session, error) {
	r.made++
	s := &Session{
		Name: name, Key: fmt.Sprintf("%s#%d", name, r.made), Clock: NewClock(r.config.Now),
		Made: time.Now(), Journal: &journal.Journal{Bytes: r.config.JournalBytes}, Subject: subjectOf(name),
	}
	s.seed.Store(seed)
	var err error
	if s.Life, err = born(s); err != nil {
		return nil, err
	}
	r.touch(s)
	r.sessions[name], r.bySubject[s.Subject] = s, s
	return s, nil
}

// seedOf keeps the server's seed for the default session, so that --seed gives what it says.
func seedOf(seed int64, name string) int64 {
	if name == Default {
		return seed
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%s", seed, name)
	return int64(h.Sum64())
}

// subjectBytes is half the length of a session's mark.
const subjectBytes = 6

// subjectOf marks a session in the tokens issued in it.
func subjectOf(name string) string {
	sum := sha256.Sum256([]byte("understudy session " + name))
	return hex.EncodeToString(sum[:subjectBytes])
}

// expireLocked drops the sessions that were idle for too long and says whether there were any.
func (r *Registry) expireLocked() bool {
	oldest := r.config.Now().Add(-r.config.Idle).UnixNano()
	expired := false
	for name, s := range r.sessions {
		if name != Default && s.used.Load() < oldest {
			r.dropLocked(s)
			expired = true
		}
	}
	return expired
}

func (r *Registry) dropLocked(s *Session) {
	r.endLocked(s)
	delete(r.sessions, s.Name)
	delete(r.bySubject, s.Subject)
	if r.config.Dropped != nil {
		r.config.Dropped(s)
	}
}

func (r *Registry) endLocked(s *Session) {
	s.ended.Store(true)
	s.Clock.Stop()
	if r.config.Ended != nil {
		r.config.Ended(s)
	}
}

// Lookup returns the session of a name if there is one.
func (r *Registry) Lookup(name string) (*Session, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, ok := r.sessions[name]
	return s, ok
}

// BySubject returns the session in which a token with this subject was issued, if it is there.
func (r *Registry) BySubject(subject string) (*Session, bool) {
	if len(subject) < 2*subjectBytes {
		return nil, false
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, ok := r.bySubject[subject[:2*subjectBytes]]
	return s, ok
}

// List returns all sessions by name.
func (r *Registry) List() []*Session {
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := make([]*Session, 0, len(r.sessions))
	for _, s := range r.sessions {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *Session) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Reset gives a session a new life: empty state and journal, a real clock, another start; its seed stays. It says
// whether there was such a session.
func (r *Registry) Reset(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[name]
	if !ok {
		return false
	}
	r.endLocked(s)
	_, err := r.newLocked(name, s.Seed(), r.usual(s))
	return err == nil
}

// Drop ends a session and says whether there was one.
func (r *Registry) Drop(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[name]
	if ok {
		r.dropLocked(s)
	}
	return ok
}
