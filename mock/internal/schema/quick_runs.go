package schema

import (
	"regexp/syntax"
	"unicode/utf8"
)

// runs are a pattern for whole texts that is a row of characters and classes, each repeated so and so often, where no
// character can belong to two neighbours: one look at each character tells whether the text matches. Most patterns of
// contracts are such.
type runs []run

// run is a number of characters of a class.
type run struct {
	ascii       [2]uint64 // set of the characters below 128
	beyond      bool      // takes all others
	least, most int       // most is negative for any number
}

// newRuns says whether a pattern is one.
func newRuns(pattern string) (runs, bool) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || tree.Op != syntax.OpConcat || len(tree.Sub) < 2 {
		return nil, false
	}
	last := len(tree.Sub) - 1
	if tree.Sub[0].Op != syntax.OpBeginText || tree.Sub[last].Op != syntax.OpEndText {
		return nil, false
	}
	var list runs
	for _, sub := range tree.Sub[1:last] {
		if sub.Op == syntax.OpLiteral && sub.Flags&syntax.FoldCase == 0 {
			for _, c := range sub.Rune {
				if c >= utf8.RuneSelf {
					return nil, false
				}
				one := run{least: 1, most: 1}
				one.add(c)
				list = append(list, one)
			}
			continue
		}
		one, ok := newRun(sub)
		if !ok {
			return nil, false
		}
		list = append(list, one)
	}
	return list, list.decided()
}

func newRun(sub *syntax.Regexp) (run, bool) {
	one := run{least: 1, most: 1}
	switch sub.Op {
	case syntax.OpStar:
		one.least, one.most = 0, -1
	case syntax.OpPlus:
		one.most = -1
	case syntax.OpQuest:
		one.least = 0
	case syntax.OpRepeat:
		one.least, one.most = sub.Min, sub.Max
	default:
		return one, one.class(sub)
	}
	return one, one.class(sub.Sub[0])
}

// class takes over the characters that a single one may be.
func (r *run) class(sub *syntax.Regexp) bool {
	switch sub.Op {
	case syntax.OpLiteral:
		if len(sub.Rune) != 1 || sub.Rune[0] >= utf8.RuneSelf || sub.Flags&syntax.FoldCase != 0 {
			return false
		}
		r.add(sub.Rune[0])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		for c := range rune(utf8.RuneSelf) {
			if c != '\n' || sub.Op == syntax.OpAnyChar {
				r.add(c)
			}
		}
		r.beyond = true
	case syntax.OpCharClass:
		for i := 0; i+1 < len(sub.Rune); i += 2 {
			low, high := sub.Rune[i], sub.Rune[i+1]
			if high >= utf8.RuneSelf {
				if low > utf8.RuneSelf || high != utf8.MaxRune {
					return false
				}
				r.beyond = true
			}
			for c := low; c <= min(high, utf8.RuneSelf-1); c++ {
				r.add(c)
			}
		}
	default:
		return false
	}
	return true
}

func (r *run) add(c rune) { r.ascii[c/64] |= 1 << (c % 64) }

func (r *run) has(c byte) bool { return r.ascii[c>>6&1]>>(c&63)&1 != 0 }

// decided says whether a run that may be shorter can always be taken as long as it gets: what follows begins otherwise.
func (list runs) decided() bool {
	for i := range list {
		if list[i].least == list[i].most {
			continue
		}
		for j := i + 1; j < len(list); j++ {
			a, b := &list[i], &list[j]
			if a.ascii[0]&b.ascii[0] != 0 || a.ascii[1]&b.ascii[1] != 0 || a.beyond && b.beyond {
				return false
			}
			if b.least > 0 {
				break
			}
		}
	}
	return true
}

// MatchString implements [matcher].
func (list runs) MatchString(text string) bool {
	i := 0
	for k := range list {
		r := &list[k]
		n := 0
		for i < len(text) && n != r.most {
			c, width := text[i], 1
			if c < utf8.RuneSelf {
				if !r.has(c) {
					break
				}
			} else {
				if !r.beyond {
					break
				}
				_, width = utf8.DecodeRuneInString(text[i:])
			}
			i += width
			n++
		}
		if n < r.least {
			return false
		}
	}
	return i == len(text)
}
