package fake

import (
	"math"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// step is one part of a pattern, made ready for writing.
type step struct {
	op syntax.Op
	// text is a literal without marks; runes are those of one with marks of back-references.
	text  []byte
	count int // of the characters of text
	runes []rune
	class *class
	// least and most are how often the only part is written; most is negative for an open end.
	least, most int
	group       int
	parts       []*step
	// steady is the class of a repetition of one class, which is written in one go.
	steady *class
}

// class is a set of characters to choose from.
type class struct {
	ranges []rune
	total  int
	// common asks for a common Chinese character first.
	common bool
	empty  bool
	// table are its characters where all of them are ASCII, "" where some are not.
	table string
}

func stepOf(re *syntax.Regexp) *step {
	s := &step{op: re.Op, group: re.Cap}
	switch re.Op {
	case syntax.OpLiteral:
		if slices.ContainsFunc(re.Rune, isMark) {
			s.runes = re.Rune
		} else {
			s.text, s.count = []byte(string(re.Rune)), len(re.Rune)
		}
	case syntax.OpCharClass:
		s.class = classOf(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		s.class = classOf([]rune{0, utf8.MaxRune})
	case syntax.OpStar:
		s.op, s.least, s.most = syntax.OpRepeat, 0, -1
	case syntax.OpPlus:
		s.op, s.least, s.most = syntax.OpRepeat, 1, -1
	case syntax.OpQuest:
		s.op, s.least, s.most = syntax.OpRepeat, 0, 1
	case syntax.OpRepeat:
		s.least, s.most = re.Min, re.Max
	}
	for _, sub := range re.Sub {
		s.parts = append(s.parts, stepOf(sub))
	}
	if s.op == syntax.OpRepeat && s.parts[0].class != nil && !s.parts[0].class.empty {
		s.steady = s.parts[0].class
	}
	return s
}

func isMark(r rune) bool { return r > backMark && r <= backMark+9 }

// preferred lists what a class is filled from, best first: a class such as
// [^,] would otherwise give control characters and unassigned code points.
var preferred = [...][]rune{
	{'0', '9', 'A', 'Z', 'a', 'z'},
	{'一', '龥'},
	{'!', '~'},
	{' ', ' '},
}

func classOf(ranges []rune) *class {
	for i, wanted := range preferred {
		if both := intersect(ranges, wanted); len(both) > 0 {
			// Most of the block is characters nobody writes.
			return &class{ranges: both, total: sizeOf(both), common: i == 1, table: tableOf(both)}
		}
	}
	// Surrogates are in the ranges of some classes and in no UTF-8 text.
	valid := intersect(ranges, []rune{0, 0xd7ff, 0xe000, utf8.MaxRune})
	return &class{ranges: valid, total: sizeOf(valid), empty: len(valid) == 0}
}

func tableOf(ranges []rune) string {
	var table []byte
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if r >= utf8.RuneSelf {
				return ""
			}
			table = append(table, byte(r))
		}
	}
	return string(table)
}

func sizeOf(ranges []rune) int {
	total := 0
	for i := 0; i < len(ranges); i += 2 {
		total += int(ranges[i+1]-ranges[i]) + 1
	}
	return total
}

func (c *class) pick(st *stream) rune {
	if c.common {
		at := 3 * st.intn(len(surnames)/3)
		if common, _ := utf8.DecodeRuneInString(surnames[at:]); c.has(common) {
			return common
		}
	}
	n := st.intn(c.total)
	for i := 0; i < len(c.ranges); i += 2 {
		size := int(c.ranges[i+1]-c.ranges[i]) + 1
		if n < size {
			return c.ranges[i] + rune(n)
		}
		n -= size
	}
	return c.ranges[0]
}

func (c *class) has(r rune) bool { return among(c.ranges, r) }

func among(ranges []rune, r rune) bool {
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] <= r && r <= ranges[i+1] {
			return true
		}
	}
	return false
}

// plain says whether JSON escapes nothing that is written.
func (s *step) plain() bool {
	for _, r := range string(s.text) {
		if r < ' ' || r == '"' || r == '\\' {
			return false
		}
	}
	if s.runes != nil {
		return false
	}
	if s.class != nil && len(intersect(s.class.ranges, []rune{0, 0x1f, '"', '"', '\\', '\\'})) > 0 {
		return false
	}
	return !slices.ContainsFunc(s.parts, func(part *step) bool { return !part.plain() })
}

// refers says whether a literal repeats what a group has written.
func (s *step) refers() bool {
	return s.runes != nil || slices.ContainsFunc(s.parts, (*step).refers)
}

// longest is how many characters a text has at most, where nothing asks for more.
func (s *step) longest() int {
	switch {
	case s.text != nil:
		return s.count
	case s.runes != nil:
		return math.MaxInt32
	case s.class != nil:
		return 1
	case s.op == syntax.OpRepeat:
		most := s.least + moreRepeats
		if s.most >= 0 {
			most = min(most, s.most)
		}
		return min(most*s.parts[0].longest(), math.MaxInt32)
	}
	total := 0
	for _, part := range s.parts {
		if s.op == syntax.OpAlternate {
			total = max(total, part.longest())
		} else {
			total = min(total+part.longest(), math.MaxInt32)
		}
	}
	return total
}

// writer walks a pattern's steps and writes one text.
type writer struct {
	out    []byte
	from   int
	runes  int
	stream stream
	steps  int
	// fill, when positive, makes every repetition go on until the text has
	// that many characters; otherwise repetitions are of a believable size.
	fill int
	// groups is where what each group has written last begins and ends, nil where nothing refers to one.
	groups *[10][2]int
}

func (w *writer) rune(r rune) {
	if r < utf8.RuneSelf {
		w.out = append(w.out, byte(r))
	} else {
		w.out = utf8.AppendRune(w.out, r)
	}
	w.runes++
}

// write reports false where the pattern cannot match.
func (w *writer) write(s *step) bool {
	w.steps--
	switch s.op {
	case syntax.OpNoMatch:
		return false
	case syntax.OpLiteral:
		w.out = append(w.out, s.text...)
		w.runes += s.count
		for _, r := range s.runes {
			if !isMark(r) {
				w.rune(r)
				continue
			}
			span := w.groups[r-backMark]
			again := w.out[span[0]:span[1]]
			w.out = append(w.out, again...)
			w.runes += utf8.RuneCount(again)
		}
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		if s.class.empty {
			return false
		}
		w.rune(s.class.pick(&w.stream))
	case syntax.OpCapture:
		from := len(w.out)
		ok := w.write(s.parts[0])
		if w.groups != nil && s.group < len(w.groups) {
			w.groups[s.group] = [2]int{from, len(w.out)}
		}
		return ok
	case syntax.OpRepeat:
		return w.repeat(s)
	case syntax.OpConcat:
		for _, part := range s.parts {
			if !w.write(part) {
				return false
			}
		}
	case syntax.OpAlternate:
		return w.write(s.parts[w.stream.intn(len(s.parts))])
	}
	// What is left matches the empty text: anchors, boundaries, nothing.
	return true
}

// run writes so many characters of a class.
func (w *writer) run(c *class, count int) {
	if c.table == "" {
		for range count {
			w.rune(c.pick(&w.stream))
		}
		return
	}
	w.runes += count
	var drawn uint64
	for i := range count {
		if i%4 == 0 {
			drawn = w.stream.Uint64()
		}
		// Sixteen bits choose among a few characters evenly enough.
		w.out = append(w.out, c.table[drawn&0xffff*uint64(len(c.table))>>16])
		drawn >>= 16
	}
}

func (w *writer) repeat(s *step) bool {
	room := moreRepeats
	switch {
	case s.most >= 0 && w.fill > 0:
		room = s.most - s.least
	case s.most >= 0:
		room = min(s.most-s.least, moreRepeats)
	case w.fill > 0:
		room = patternSteps
	}
	count := s.least + room
	if w.fill <= 0 && room > 0 {
		count = s.least + w.stream.intn(room+1)
	}
	if s.steady != nil && w.fill <= 0 && w.steps > count {
		w.steps -= count
		w.run(s.steady, count)
		return true
	}
	for i := range count {
		if i >= s.least && (w.steps <= 0 || w.fill > 0 && w.runes >= w.fill) {
			break
		}
		if !w.write(s.parts[0]) {
			// A repetition that cannot match may still stand zero times.
			return s.least == 0 && i == 0
		}
	}
	return true
}

// intersect returns what two lists of inclusive ranges share.
func intersect(a, b []rune) []rune {
	var both []rune
	for i := 0; i < len(a); i += 2 {
		for j := 0; j < len(b); j += 2 {
			lo, hi := max(a[i], b[j]), min(a[i+1], b[j+1])
			if lo <= hi {
				both = append(both, lo, hi)
			}
		}
	}
	return both
}
