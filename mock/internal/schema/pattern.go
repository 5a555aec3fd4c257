package schema

import (
	"regexp"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// patternWithin bounds how long a pattern may take that has to try ways and go back: some take an age over a text that was
// made for it. A text that takes longer does not match.
const patternWithin = 200 * time.Millisecond

// compilePattern compiles a pattern once for the set.
func (s *Set) compilePattern(text string) (jsonschema.Regexp, error) {
	if done, ok := s.patterns[text]; ok {
		return done, nil
	}
	done, err := compilePattern(text)
	if err == nil {
		s.patterns[text] = done
	}
	return done, err
}

// compilePattern compiles a pattern: by Go's own engine, whose time is bounded by nature, or where it knows less than
// ECMA-262, which JSON Schema refers to (section 6.3.3), by one that knows lookaround, back references and the like.
func compilePattern(text string) (jsonschema.Regexp, error) {
	fast, err := regexp.Compile(text)
	if err == nil {
		return fast, nil
	}
	// Some write patterns for the engine of their own language: what only that one knows is tried last.
	for _, option := range []regexp2.RegexOptions{regexp2.ECMAScript | regexp2.Unicode, regexp2.ECMAScript, regexp2.None} {
		slow, failed := regexp2.Compile(text, option)
		if failed != nil {
			continue
		}
		slow.MatchTimeout = patternWithin
		return &pattern{Regexp: slow}, nil
	}
	return nil, err
}

// A pattern that has been too slow for this many texts within a while is not tried on others until the while is over: a
// body may hold a hundred thousand of them.
const (
	mostSlow = 10
	slowFor  = 10 * time.Second
)

// pattern is one that needs backtracking.
type pattern struct {
	*regexp2.Regexp

	mu    sync.Mutex
	since time.Time // of the first text that it was too slow for
	slow  int
}

// MatchString implements [jsonschema.Regexp].
func (p *pattern) MatchString(text string) bool {
	if p.givesUp() {
		return false
	}
	matched, err := p.Regexp.MatchString(text)
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.slow == 0 {
			p.since = time.Now()
		}
		p.slow++
	}
	return err == nil && matched
}

func (p *pattern) givesUp() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.slow > 0 && time.Since(p.since) > slowFor {
		p.slow = 0
	}
	return p.slow >= mostSlow
}
