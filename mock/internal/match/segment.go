package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// pattern is one segment of a template: prefix {names[0]} inner[0] {names[1]} … suffix. Without names it is the prefix
// alone. Its texts are in the normal form.
type pattern struct {
	prefix, suffix string
	inner          []string
	names          []string
}

// parse reads a segment of a template. A brace that opens or closes nothing is text.
func parse(segment string) pattern {
	var p pattern
	text := 0 // where the text before the next parameter begins
	for i := 0; i < len(segment); i++ {
		if segment[i] != '{' {
			continue
		}
		n := strings.IndexAny(segment[i+1:], "{}")
		if n < 1 || segment[i+1+n] == '{' {
			continue
		}
		before := literal(segment[text:i])
		if len(p.names) == 0 {
			p.prefix = before
		} else {
			p.inner = append(p.inner, before)
		}
		p.names = append(p.names, segment[i+1:i+1+n])
		i += 1 + n
		text = i + 1
	}
	if len(p.names) == 0 {
		p.prefix = literal(segment)
	} else {
		p.suffix = literal(segment[text:])
	}
	return p
}

// bare says that the segment is one parameter and nothing else.
func (p *pattern) bare() bool { return len(p.names) == 1 && p.prefix == "" && p.suffix == "" }

// key tells patterns apart that have the same prefix and suffix; names do not count.
func (p *pattern) key() string { return strings.Join(p.inner, "{}") }

// capture appends the parameters' values in a segment that has the prefix and the suffix. Each takes as little as it can
// from the right, and at least one character: a.b.png is the a.b of {name}.{ext} and its png.
func (p *pattern) capture(segment string, captured []string) ([]string, bool) {
	rest := segment[len(p.prefix) : len(segment)-len(p.suffix)]
	first := len(captured)
	for i := len(p.inner) - 1; i >= 0; i-- {
		text := p.inner[i]
		at := indexBefore(rest, text)
		if at < 0 {
			return nil, false
		}
		captured = append(captured, rest[at+len(text):])
		rest = rest[:at]
	}
	if rest == "" {
		return nil, false
	}
	captured = append(captured, rest)
	slices.Reverse(captured[first:])
	return captured, true
}

// indexBefore finds the last text with a character behind it, not inside of an escape; -1 when it is not there.
func indexBefore(s, text string) int {
	for at := len(s) - len(text) - 1; at > 0; at-- {
		if end := at + len(text); strings.HasPrefix(s[at:], text) && utf8.RuneStart(s[at]) && utf8.RuneStart(s[end]) && !within(s, at) && !within(s, end) {
			return at
		}
	}
	return -1
}

// widths are the lengths of a prefix and a suffix.
type widths struct{ prefix, suffix int }

// ends are a prefix and a suffix.
type ends struct{ prefix, suffix string }

// way is a mixed segment and what follows it.
type way struct {
	pattern pattern
	next    *node
}

// groups holds the mixed segments behind a node by what they begin and end with, so that a segment is compared with those
// only that begin and end as it does.
type groups struct {
	widths []widths // the more text the earlier
	byEnds map[ends][]way
}

// get is the node behind a mixed segment, nil when there is none.
func (g *groups) get(p pattern) *node {
	for _, w := range g.byEnds[ends{p.prefix, p.suffix}] {
		if w.pattern.key() == p.key() && len(w.pattern.names) == len(p.names) {
			return w.next
		}
	}
	return nil
}

// child is the node behind a mixed segment, made when there is none.
func (g *groups) child(p pattern) *node {
	if next := g.get(p); next != nil {
		return next
	}
	if g.byEnds == nil {
		g.byEnds = map[ends][]way{}
	}
	next := &node{}
	e := ends{p.prefix, p.suffix}
	list := append(g.byEnds[e], way{p, next})
	// The order is that of the texts, not that of adding.
	slices.SortFunc(list, func(a, b way) int {
		return cmp.Or(
			cmp.Compare(innerText(b.pattern), innerText(a.pattern)),
			cmp.Compare(len(a.pattern.names), len(b.pattern.names)),
			cmp.Compare(a.pattern.key(), b.pattern.key()),
		)
	})
	g.byEnds[e] = list
	w := widths{len(p.prefix), len(p.suffix)}
	if !slices.Contains(g.widths, w) {
		g.widths = append(g.widths, w)
		slices.SortFunc(g.widths, func(a, b widths) int {
			return cmp.Or(cmp.Compare(b.prefix+b.suffix, a.prefix+a.suffix), cmp.Compare(b.prefix, a.prefix))
		})
	}
	return next
}

func innerText(p pattern) int {
	n := 0
	for _, text := range p.inner {
		n += len(text)
	}
	return n
}

// at lists the mixed segments whose ends have these widths and are those of a segment.
func (g *groups) at(w widths, segment string) []way {
	tail := len(segment) - w.suffix
	if tail <= w.prefix || within(segment, tail) {
		return nil
	}
	return g.byEnds[ends{segment[:w.prefix], segment[tail:]}]
}

// within says whether a place is inside of an escape.
func within(s string, at int) bool {
	return at > 0 && at < len(s) && (s[at-1] == '%' || at > 1 && s[at-2] == '%')
}
