package fake

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// matchWithin bounds one match of an engine that goes back and forth.
const matchWithin = 100 * time.Millisecond

// looseAround compiles a pattern that RE2 refused, if only look-around and back-references stand in its way; else the
// refusal is the error.
func looseAround(pattern string, refused error) (*Pattern, error) {
	refusal := fmt.Errorf("pattern %q: %w", pattern, refused)
	rest, ahead := withoutLooks(pattern)
	rest = re2Escapes(withoutBackReferences(rest))
	tree, err := syntax.Parse(rest, syntax.Perl)
	if err != nil {
		return nil, refusal
	}
	p := &Pattern{source: pattern, tree: stepOf(tree)}
	p.most, p.refers = p.tree.longest(), p.tree.refers()
	for _, option := range []regexp2.RegexOptions{regexp2.ECMAScript | regexp2.Unicode, regexp2.ECMAScript, regexp2.None} {
		if p.asked, err = regexp2.Compile(pattern, option); err == nil {
			break
		}
	}
	if err != nil {
		return nil, refusal
	}
	p.asked.MatchTimeout = matchWithin
	for _, text := range ahead {
		// What may stand anywhere says nothing about where.
		text = strings.TrimPrefix(strings.TrimPrefix(text, "^"), ".*")
		if tree, err := syntax.Parse(re2Escapes(text), syntax.Perl); err == nil {
			p.ahead = append(p.ahead, stepOf(tree))
		}
	}
	return p, nil
}

// withoutLooks takes look-around out of a pattern and returns what its positive look-aheads ask for.
func withoutLooks(pattern string) (rest string, ahead []string) {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		if pattern[i] == '\\' && i+1 < len(pattern) {
			b.WriteString(pattern[i : i+2])
			i += 2
			continue
		}
		if pattern[i] == '[' {
			end := classEnd(pattern, i)
			b.WriteString(pattern[i:end])
			i = end
			continue
		}
		kind := ""
		for _, k := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
			if strings.HasPrefix(pattern[i:], k) {
				kind = k
			}
		}
		if kind == "" {
			b.WriteByte(pattern[i])
			i++
			continue
		}
		end := groupEnd(pattern, i)
		if kind == "(?=" && end > i+len(kind) {
			ahead = append(ahead, pattern[i+len(kind):end-1])
		}
		i = end
	}
	return b.String(), ahead
}

// classEnd is the index after the bracket that closes a character class.
func classEnd(pattern string, i int) int {
	for j := i + 1; j < len(pattern); j++ {
		switch {
		case pattern[j] == '\\':
			j++
		case pattern[j] == ']' && j > i+1:
			return j + 1
		}
	}
	return len(pattern)
}

// groupEnd is the index after the parenthesis that closes a group.
func groupEnd(pattern string, i int) int {
	depth := 0
	for j := i; j < len(pattern); j++ {
		switch pattern[j] {
		case '\\':
			j++
		case '[':
			j = classEnd(pattern, j) - 1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return len(pattern)
}

// backMark plus n stands in a tree for what the n-th group has matched; the block is set aside for private use.
const backMark = '\ue000'

// withoutBackReferences puts a mark in the place of each back-reference that follows its group.
func withoutBackReferences(pattern string) string {
	var b strings.Builder
	groups := 0
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			if n := int(pattern[i+1] - '0'); pattern[i+1] >= '1' && n <= min(groups, 9) {
				b.WriteRune(backMark + rune(n))
			} else {
				b.WriteString(pattern[i : i+2])
			}
			i++
			continue
		case pattern[i] == '[':
			end := classEnd(pattern, i)
			b.WriteString(pattern[i:end])
			i = end - 1
			continue
		case pattern[i] == '(' && (!strings.HasPrefix(pattern[i:], "(?") || strings.HasPrefix(pattern[i:], "(?P<") || strings.HasPrefix(pattern[i:], "(?<")):
			groups++
		}
		b.WriteByte(pattern[i])
	}
	return b.String()
}

// meetAhead writes what the look-aheads ask for over some characters of a text.
func (p *Pattern) meetAhead(text string, s Source) string {
	if p.Match(text) {
		return text
	}
	runes := []rune(text)
	for i, tree := range p.ahead {
		w := writer{stream: s.Sub("ahead").Index(i).stream(), steps: patternSteps / 10, groups: new([10][2]int)}
		if !w.write(tree) {
			continue
		}
		wanted := []rune(string(w.out))
		if len(wanted) > len(runes) {
			continue
		}
		at := s.Sub("place").Index(i).Intn(len(runes) - len(wanted) + 1)
		copy(runes[at:], wanted)
	}
	return string(runes)
}
