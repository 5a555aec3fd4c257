package session

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// hand is real time that a test moves by hand.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func get(t *testing.T, r *Registry, name string) *Session {
	t.Helper()
	s, err := r.Get(name)
	if err != nil {
		t.Fatalf("Get(%q): %v", name, err)
	}
	return s
}

func names(r *Registry) []string {
	var list []string
	for _, s := range r.List() {
		list = append(list, s.Name)
	}
	return list
}

func TestRegistryMakesASessionOnce(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	r := NewRegistry(Config{Now: h.now, Seed: 42})
	if _, ok := r.Lookup("a"); ok {
		t.Error("a session that nobody named is there")
	}
	a := get(t, r, "a")
	if again := get(t, r, "a"); again != a {
		t.Error("the second Get made another session")
	}
	if found, ok := r.Lookup("a"); !ok || found != a {
		t.Error("Lookup does not find it")
	}
	if found, ok := r.BySubject(a.Subject + "4000a000000000000000"); !ok || found != a {
		t.Error("BySubject does not find it")
	}
	if a.Name != "a" || !a.Start().Equal(noon) || !a.Clock.Now().Equal(noon) || a.Journal == nil {
		t.Errorf("the session is %+v", a)
	}
	b := get(t, r, "b")
	if b.Key == a.Key || b.Subject == a.Subject || b.Seed() == a.Seed() {
		t.Error("two sessions share key, subject or seed")
	}
	if s := get(t, r, Default); s.Seed() != 42 {
		t.Errorf("the default session's seed is %d, want the configured one", s.Seed())
	}
	if got := names(r); !slices.Equal(got, []string{"a", "b", "default"}) {
		t.Errorf("List names %v", got)
	}
}

func TestRegistryIsStableAcrossServers(t *testing.T) {
	t.Parallel()
	one, two := NewRegistry(Config{Seed: 1}), NewRegistry(Config{Seed: 1})
	get(t, two, "first") // the order in which sessions are made is not part of a seed
	a, b := get(t, one, "a"), get(t, two, "a")
	if a.Seed() != b.Seed() || a.Subject != b.Subject {
		t.Error("the same name under the same seed gives another seed or subject")
	}
	if len(a.Subject) != 12 || strings.Trim(a.Subject, "0123456789abcdef") != "" {
		t.Errorf("the subject is %q, want 12 lower-case hex digits", a.Subject)
	}
	if c := get(t, NewRegistry(Config{Seed: 2}), "a"); c.Seed() == a.Seed() || c.Subject != a.Subject {
		t.Error("another server seed must give another session seed and the same subject")
	}
}

func TestRegistryValidatesNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := []struct {
		name string
		ok   bool
	}{
		{"a", true}, {"Test.Case_1-x", true}, {long, true}, {".hidden", true}, {"-", true}, {Default, true},
		{"", false}, {long + "a", false}, {"a b", false}, {"a/b", false}, {"体检", false}, {".", false}, {"..", false},
		{"a#1", false}, {"~a", false}, {"a\n", false}, {"a%2F", false},
	}
	for _, tt := range tests {
		r := NewRegistry(Config{})
		_, err := r.Get(tt.name)
		if tt.ok && err != nil || !tt.ok && !errors.Is(err, ErrName) {
			t.Errorf("Get(%q): %v", tt.name, err)
		}
		if !tt.ok && len(r.List()) != 0 {
			t.Errorf("Get(%q) made a session all the same", tt.name)
		}
	}
}

func TestRegistryLimit(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	var dropped []string
	r := NewRegistry(Config{Max: 3, Idle: time.Minute, Now: h.now, Dropped: func(s *Session) { dropped = append(dropped, s.Key) }})
	get(t, r, Default)
	a := get(t, r, "a")
	get(t, r, "b")
	if _, err := r.Get("c"); !errors.Is(err, ErrLimit) {
		t.Fatalf("the fourth session: %v, want ErrLimit", err)
	}
	h.move(30 * time.Second)
	get(t, r, "b") // in use
	h.move(30 * time.Second)
	if _, err := r.Get("c"); !errors.Is(err, ErrLimit) {
		t.Fatalf("nobody was idle for longer than a minute: %v, want ErrLimit", err)
	}
	h.move(1)
	var rang bool
	a.Clock.AfterFunc(time.Second, func() { rang = true })
	get(t, r, "c")
	if got := names(r); !slices.Equal(got, []string{"b", "c", "default"}) {
		t.Errorf("after the expiry there are %v: the idle one goes, the default stays, the used one too", got)
	}
	if !slices.Equal(dropped, []string{a.Key}) {
		t.Errorf("Dropped was called with %v, want %v", dropped, a.Key)
	}
	a.Clock.Advance(time.Hour)
	if rang {
		t.Error("a timer of an expired session ran")
	}
	if _, ok := r.BySubject(a.Subject); ok {
		t.Error("an expired session is still found by its subject")
	}
	h.move(time.Hour)
	get(t, r, "d")
	if got := names(r); !slices.Equal(got, []string{"d", "default"}) {
		t.Errorf("after an hour there are %v: the default session never expires", got)
	}
}

// Sessions below the bound stay however long they were idle.
func TestRegistryKeepsIdleSessionsWhileThereIsRoom(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	r := NewRegistry(Config{Now: h.now})
	a := get(t, r, "a")
	h.move(1000 * time.Hour)
	get(t, r, "b")
	if get(t, r, "a") != a {
		t.Error("an idle session was dropped though there was room")
	}
}

func TestRegistryDefaultLimits(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	r := NewRegistry(Config{Now: h.now})
	for i := range 1024 {
		get(t, r, fmt.Sprint(i))
	}
	h.move(10 * time.Minute)
	if _, err := r.Get("one"); !errors.Is(err, ErrLimit) {
		t.Errorf("the 1025th session: %v, want ErrLimit", err)
	}
	h.move(1)
	get(t, r, "one")
}

func TestRegistryReset(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	var ended []string
	r := NewRegistry(Config{
		Now: h.now, Ended: func(s *Session) { ended = append(ended, s.Key) }, Dropped: func(s *Session) { t.Errorf("Dropped was called with %s", s.Key) },
		Born: func(s, before *Session) any {
			if before == nil {
				return s.Key
			}
			return before.Life
		},
	})
	if r.Reset("a") {
		t.Error("Reset of nothing says that there was something")
	}
	old := get(t, r, "a")
	old.Call("op")
	old.Clock.Freeze(noon.Add(-time.Hour))
	old.Clock.AfterFunc(time.Second, func() { t.Error("a timer outlived the reset") })
	h.move(time.Minute)
	if !r.Reset("a") {
		t.Error("Reset says that there was no session")
	}
	a := get(t, r, "a")
	if a == old || a.Key == old.Key {
		t.Error("the reset session has the old key")
	}
	if a.Subject != old.Subject || a.Seed() != old.Seed() {
		t.Error("a reset changes subject or seed")
	}
	if found, ok := r.BySubject(a.Subject); !ok || found != a {
		t.Error("the subject does not lead to the new session")
	}
	if !a.Start().Equal(noon.Add(time.Minute)) || !a.Clock.Now().Equal(h.now()) {
		t.Errorf("the new session starts at %v with the clock at %v, want real time", a.Start(), a.Clock.Now())
	}
	if n := a.Call("op"); n != 1 {
		t.Errorf("the first call after a reset has number %d", n)
	}
	if !slices.Equal(ended, []string{old.Key}) {
		t.Errorf("Ended was called with %v, want %v", ended, old.Key)
	}
	if a.Life != old.Key {
		t.Errorf("the new session's life is %v: it does not know the old one's", a.Life)
	}
	old.Clock.Advance(time.Hour)
}

func TestRegistryDrop(t *testing.T) {
	t.Parallel()
	var dropped []string
	r := NewRegistry(Config{
		Ended:   func(s *Session) { dropped = append(dropped, "ended "+s.Key) },
		Dropped: func(s *Session) { dropped = append(dropped, s.Key) },
	})
	if r.Drop("a") {
		t.Error("Drop of nothing says that there was something")
	}
	a := get(t, r, "a")
	if !r.Drop("a") || len(r.List()) != 0 {
		t.Error("the session is still there")
	}
	if again := get(t, r, "a"); again.Key == a.Key {
		t.Error("the session's next life has the key of the first")
	}
	if !slices.Equal(dropped, []string{"ended " + a.Key, a.Key}) {
		t.Errorf("Ended and Dropped were called with %v, want %v", dropped, a.Key)
	}
}

func TestRegistryMake(t *testing.T) {
	t.Parallel()
	r := NewRegistry(Config{Born: func(*Session, *Session) any { return "usual" }})
	failure := errors.New("failure")
	if _, err := r.Make("a", func(*Session) (any, error) { return nil, failure }); !errors.Is(err, failure) {
		t.Errorf("Make: %v, want the error of born", err)
	}
	if _, ok := r.Lookup("a"); ok {
		t.Error("a session whose life failed is there")
	}
	s, err := r.Make("a", func(s *Session) (any, error) {
		s.SetSeed(7)
		return "of its own", nil
	})
	if err != nil || s.Life != "of its own" || s.Seed() != 7 {
		t.Fatalf("Make: %+v, %v", s, err)
	}
	for name, want := range map[string]error{"a": ErrExists, "a/b": ErrName} {
		if _, err := r.Make(name, func(*Session) (any, error) { return nil, failure }); !errors.Is(err, want) {
			t.Errorf("Make(%q): %v, want %v", name, err, want)
		}
	}
	if s := get(t, r, "b"); s.Life != "usual" {
		t.Errorf("the life of a session made by its name is %v", s.Life)
	}
}

// Use keeps a session from expiring, Lookup does not.
func TestRegistryUse(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	r := NewRegistry(Config{Max: 2, Idle: time.Minute, Now: h.now})
	get(t, r, "used")
	get(t, r, "seen")
	h.move(2 * time.Minute)
	if _, ok := r.Use("used"); !ok {
		t.Error("Use does not find the session")
	}
	if _, ok := r.Lookup("seen"); !ok {
		t.Error("Lookup does not find the session")
	}
	if _, ok := r.Use("nobody"); ok {
		t.Error("Use finds what is not there")
	}
	get(t, r, "new")
	if got := names(r); !slices.Equal(got, []string{"new", "used"}) {
		t.Errorf("after the expiry there are %v", got)
	}
}

// A session is in use from the moment it is made: whoever makes the next one must not find it idle.
func TestRegistryDoesNotExpireWhatIsJustMade(t *testing.T) {
	t.Parallel()
	r := NewRegistry(Config{Max: 1})
	if _, err := r.make("a"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Get("b"); !errors.Is(err, ErrLimit) {
		t.Errorf("Get at the bound: %v, want ErrLimit", err)
	}
}

func TestRegistryConcurrentGet(t *testing.T) {
	t.Parallel()
	r := NewRegistry(Config{Max: 8})
	const callers = 32
	var wg sync.WaitGroup
	got := make([]*Session, callers)
	for i := range callers {
		wg.Go(func() {
			s, err := r.Get(fmt.Sprint(i % 8))
			if err != nil {
				t.Error(err)
			}
			got[i] = s
		})
	}
	wg.Wait()
	if n := len(r.List()); n != 8 {
		t.Errorf("there are %d sessions, want 8", n)
	}
	for i, s := range got {
		if s != got[i%8] {
			t.Errorf("session %d was made twice", i%8)
		}
	}
}

// Its first call begins a session, so that a clock set before it decides all dates.
func TestSessionStartsWithItsFirstCall(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon}
	s := get(t, NewRegistry(Config{Now: h.now}), "a")
	day := noon.AddDate(-1, 0, 0)
	s.Clock.Freeze(day)
	if !s.Start().Equal(day) {
		t.Errorf("the session starts at %v, want %v", s.Start(), day)
	}
	s.Clock.Advance(time.Hour)
	if !s.Start().Equal(day) {
		t.Errorf("the start moved to %v", s.Start())
	}
}

func TestSessionCountsCalls(t *testing.T) {
	t.Parallel()
	s := get(t, NewRegistry(Config{}), "a")
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int64]bool{}
	for range 50 {
		wg.Go(func() {
			n := s.Call("op")
			mu.Lock()
			defer mu.Unlock()
			seen[n] = true
		})
	}
	wg.Wait()
	if len(seen) != 50 || !seen[1] || !seen[50] {
		t.Errorf("50 calls have %d different numbers", len(seen))
	}
	if n := s.Call("other"); n != 1 {
		t.Errorf("another operation starts at %d", n)
	}
}

// TestTheDefaultSessionHasAlwaysRoom: callers that name no session are not turned away because others have named many.
func TestTheDefaultSessionHasAlwaysRoom(t *testing.T) {
	t.Parallel()
	r := NewRegistry(Config{Max: 1})
	get(t, r, "one")
	if _, err := r.Get(Default); err != nil {
		t.Errorf("the default session: %v", err)
	}
	if _, err := r.Get("two"); !errors.Is(err, ErrLimit) {
		t.Errorf("another session: %v, want ErrLimit", err)
	}
}
