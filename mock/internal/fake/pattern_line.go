package fake

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// isSure says whether every text that is written for a pattern matches it: it asks for nothing about what stands around,
// but that a text begins and ends where the pattern does.
func isSure(re *syntax.Regexp) bool {
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	for len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		parts = parts[1:]
	}
	for len(parts) > 0 && parts[len(parts)-1].Op == syntax.OpEndText {
		parts = parts[:len(parts)-1]
	}
	return !slices.ContainsFunc(parts, asksAround)
}

func asksAround(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpNoMatch:
		return true
	}
	return slices.ContainsFunc(re.Sub, asksAround)
}

// line is a pattern that is a sequence of runs of characters from its beginning to its end, each of which ends where a
// character comes that is not of it: one look at each character of a text decides whether it matches.
type line struct{ runs []run }

type run struct {
	ascii       [2]uint64
	ranges      []rune
	least, most int // most is negative for an open end
}

func (r *run) has(c rune) bool {
	if c < utf8.RuneSelf {
		return r.ascii[c>>6]>>(c&63)&1 != 0
	}
	return among(r.ranges, c)
}

// lineOf reads a pattern as a line; nil where it is none.
func lineOf(re *syntax.Regexp) *line {
	if re.Op != syntax.OpConcat || len(re.Sub) < 2 || re.Sub[0].Op != syntax.OpBeginText {
		return nil
	}
	last := re.Sub[len(re.Sub)-1]
	if last.Op != syntax.OpEndText {
		return nil
	}
	l := &line{}
	for _, part := range re.Sub[1 : len(re.Sub)-1] {
		if !l.add(part) {
			return nil
		}
	}
	for i := range l.runs {
		if !l.ends(i) {
			return nil
		}
	}
	return l
}

// ends says whether it is clear where a run ends: it has one length, or nothing that may follow begins like it.
func (l *line) ends(i int) bool {
	one := &l.runs[i]
	if one.least == one.most {
		return true
	}
	for _, next := range l.runs[i+1:] {
		if len(intersect(one.ranges, next.ranges)) > 0 {
			return false
		}
		if next.least > 0 {
			break
		}
	}
	return true
}

func (l *line) add(re *syntax.Regexp) bool {
	least, most := 1, 1
	one := re
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return false
		}
		for _, c := range re.Rune {
			l.runs = append(l.runs, newRun([]rune{c, c}, 1, 1))
		}
		return true
	case syntax.OpCapture:
		return l.add(re.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(part *syntax.Regexp) bool { return !l.add(part) })
	case syntax.OpStar:
		least, most, one = 0, -1, re.Sub[0]
	case syntax.OpPlus:
		least, most, one = 1, -1, re.Sub[0]
	case syntax.OpQuest:
		least, most, one = 0, 1, re.Sub[0]
	case syntax.OpRepeat:
		least, most, one = re.Min, re.Max, re.Sub[0]
	}
	ranges := one.Rune
	switch one.Op {
	case syntax.OpCharClass:
	case syntax.OpLiteral:
		if len(one.Rune) != 1 || one.Flags&syntax.FoldCase != 0 {
			return false
		}
		ranges = []rune{one.Rune[0], one.Rune[0]}
	case syntax.OpAnyChar:
		ranges = []rune{0, utf8.MaxRune}
	case syntax.OpAnyCharNotNL:
		ranges = []rune{0, '\n' - 1, '\n' + 1, utf8.MaxRune}
	default:
		return false
	}
	l.runs = append(l.runs, newRun(ranges, least, most))
	return true
}

func newRun(ranges []rune, least, most int) run {
	r := run{ranges: ranges, least: least, most: most}
	for i := 0; i < len(ranges); i += 2 {
		for c := ranges[i]; c <= min(ranges[i+1], utf8.RuneSelf-1); c++ {
			r.ascii[c>>6] |= 1 << (c & 63)
		}
	}
	return r
}

func (l *line) match(text []byte) bool {
	at := 0
	for i := range l.runs {
		r := &l.runs[i]
		n := 0
		for at < len(text) && n != r.most {
			c, size := rune(text[at]), 1
			if c >= utf8.RuneSelf {
				if c, size = utf8.DecodeRune(text[at:]); c == utf8.RuneError && size == 1 {
					return false
				}
			}
			if !r.has(c) {
				break
			}
			at += size
			n++
		}
		if n < r.least {
			return false
		}
	}
	return at == len(text)
}
