package fault

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"understudy/mock/internal/fake"
	"understudy/specs"
)

// MaxRules bounds the rules of a [Set].
const MaxRules = 100

// ErrExists says that the set has a rule of that id.
var ErrExists = errors.New("there is a fault of that id")

// ErrFull says that the set has [MaxRules] rules.
var ErrFull = errors.New("too many faults")

// Set holds the rules of one session in the order they were added. The zero value is empty and ready; it is safe for
// concurrent use and must not be copied.
type Set struct {
	// rules is nil while there are none; a list that was stored is never changed.
	rules atomic.Pointer[[]*entry]

	mu     sync.Mutex // serialises changes
	minted int
}

type entry struct {
	rule   Rule
	struck atomic.Int64
}

// State is a rule and how many calls it has struck so far. Its written form is the rule's with one key more.
type State struct {
	Rule   `yaml:",inline"`
	Struck int64 `json:"struck" yaml:"struck"`
}

// Struck is what befalls one call.
type Struck struct {
	Rule Rule
	// Delay is how long this call waits.
	Delay time.Duration
}

// Add puts a rule, which must have passed [Rule.Check], behind those that are there. It returns the rule's id, minted when
// it had none; an id is minted once in the life of a set. The error is [ErrExists] or [ErrFull].
func (s *Set) Add(r Rule) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.entries()
	if len(have) >= MaxRules {
		return "", fmt.Errorf("%w: there are %d; remove one first", ErrFull, len(have))
	}
	if r.ID != "" && contains(have, r.ID) {
		return "", fmt.Errorf("%w: %q; remove it first, or choose another id", ErrExists, r.ID)
	}
	for r.ID == "" {
		s.minted++
		if id := fmt.Sprintf("f%d", s.minted); !contains(have, id) {
			r.ID = id
		}
	}
	if r.Delay != nil {
		own := *r.Delay
		r.Delay = &own
	}
	s.store(append(slices.Clone(have), &entry{rule: r}))
	return r.ID, nil
}

// Remove takes a rule out and says whether there was one of that id.
func (s *Set) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.entries()
	left := slices.DeleteFunc(slices.Clone(have), func(e *entry) bool { return e.rule.ID == id })
	s.store(left)
	return len(left) < len(have)
}

// Clear takes every rule out.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store(nil)
}

// List returns the rules in the order they were added, those included that are used up.
func (s *Set) List() []State {
	var list []State
	for _, e := range s.entries() {
		r := e.rule
		if r.Delay != nil {
			own := *r.Delay
			r.Delay = &own
		}
		list = append(list, State{r, e.struck.Load()})
	}
	return list
}

// Strike decides one call: the number-th of an operation in this session, which has this seed. The contract is the one in
// force for the call. The first rule that strikes counts the call; nil means that none does. Of a rule with a share, the
// same seed, rule id, operation and number always decide the same.
func (s *Set) Strike(seed int64, c *specs.Contract, op *specs.Operation, number int64) *Struck {
	if rules := s.rules.Load(); rules != nil {
		return strike(*rules, seed, c, op, number)
	}
	return nil
}

func strike(rules []*entry, seed int64, c *specs.Contract, op *specs.Operation, number int64) *Struck {
	for _, e := range rules {
		if !e.rule.applies(c, op) {
			continue
		}
		drawn := fake.New(seed, "fault", e.rule.ID, c.Vendor, op.ID).Index(int(number))
		if e.rule.Share > 0 && !drawn.Sub("share").Chance(e.rule.Share) || !e.take() {
			continue
		}
		return &Struck{Rule: e.rule, Delay: e.rule.Delay.draw(drawn.Sub("delay"))}
	}
	return nil
}

// take counts one struck call, unless the rule is used up.
func (e *entry) take() bool {
	for {
		n := e.struck.Load()
		if e.rule.Calls > 0 && n >= int64(e.rule.Calls) {
			return false
		}
		if e.struck.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (s *Set) entries() []*entry {
	if rules := s.rules.Load(); rules != nil {
		return *rules
	}
	return nil
}

func (s *Set) store(rules []*entry) {
	if len(rules) == 0 {
		s.rules.Store(nil)
		return
	}
	s.rules.Store(&rules)
}

func contains(rules []*entry, id string) bool {
	return slices.ContainsFunc(rules, func(e *entry) bool { return e.rule.ID == id })
}
