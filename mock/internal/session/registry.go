package session

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"understudy/mock/internal/journal"
)

// Registry holds the sessions of one server.
type Registry struct {
	config Config

	// sessions and bySubject are read without a lock; mu guards changes and the rest.
	sessions, bySubject sync.Map // name, subject → *Session

	mu    sync.Mutex
	count int
	made  int64
	idle  queue
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
	return &Registry{config: config}
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Get returns the session of a name and makes it when it is new. The error is [ErrName] or [ErrLimit].
func (r *Registry) Get(name string) (*Session, error) { return r.GetAt(name, r.config.Now()) }

// GetAt is [Registry.Get] for whoever has just read the real time, by Config.Now.
func (r *Registry) GetAt(name string, real time.Time) (*Session, error) {
	if s, ok := r.Lookup(name); ok && s.touch(real) {
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
	s, ok := r.Lookup(name)
	if !ok || !s.touch(r.config.Now()) {
		return nil, false
	}
	return s, true
}

// Make makes the session of a name, which must be new; born stands in for [Config].Born, and when it fails there is no
// session. The error is [ErrExists], [ErrName], [ErrLimit] or that of born.
func (r *Registry) Make(name string, born func(s *Session) (any, error)) (*Session, error) {
	if !validName(name) {
		return nil, ErrName
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.Lookup(name); ok {
		return nil, ErrExists
	}
	return r.makeLocked(name, born)
}

func validName(name string) bool {
	return namePattern.MatchString(name) && strings.Trim(name, ".") != ""
}

func (r *Registry) make(name string) (*Session, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.Lookup(name); ok && s.touch(r.config.Now()) {
		return s, nil
	}
	return r.makeLocked(name, r.usual(nil))
}

func (r *Registry) makeLocked(name string, born func(*Session) (any, error)) (*Session, error) {
	if name != Default && r.count >= r.config.Max && !r.expireLocked() {
		return nil, fmt.Errorf("%w: there are %d, and none was idle for %v", ErrLimit, r.count, r.config.Idle)
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
	s.touch(r.config.Now())
	if name != Default {
		r.idle.add(s)
	}
	r.sessions.Store(name, s)
	r.bySubject.Store(s.Subject, s)
	r.count++
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
	for s := r.idle.expire(oldest); s != nil; s = r.idle.expire(oldest) {
		r.dropLocked(s)
		expired = true
	}
	return expired
}

func (r *Registry) dropLocked(s *Session) {
	r.endLocked(s)
	r.sessions.Delete(s.Name)
	r.bySubject.Delete(s.Subject)
	if r.config.Dropped != nil {
		r.config.Dropped(s)
	}
}

func (r *Registry) endLocked(s *Session) {
	s.ended.Store(true)
	r.idle.remove(s)
	r.count--
	s.Clock.Stop()
	if r.config.Ended != nil {
		r.config.Ended(s)
	}
}

// Lookup returns the session of a name if there is one.
func (r *Registry) Lookup(name string) (*Session, bool) {
	if s, ok := r.sessions.Load(name); ok {
		return s.(*Session), true
	}
	return nil, false
}

// BySubject returns the session in which a token with this subject was issued, if it is there.
func (r *Registry) BySubject(subject string) (*Session, bool) {
	if len(subject) < 2*subjectBytes {
		return nil, false
	}
	if s, ok := r.bySubject.Load(subject[:2*subjectBytes]); ok {
		return s.(*Session), true
	}
	return nil, false
}

// List returns all sessions by name.
func (r *Registry) List() []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*Session, 0, r.count)
	r.sessions.Range(func(_, s any) bool {
		list = append(list, s.(*Session))
		return true
	})
	slices.SortFunc(list, func(a, b *Session) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Reset gives a session a new life: empty state and journal, a real clock, another start; its seed stays. It says
// whether there was such a session.
func (r *Registry) Reset(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.Lookup(name)
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
	s, ok := r.Lookup(name)
	if ok {
		r.dropLocked(s)
	}
	return ok
}
