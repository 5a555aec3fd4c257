package fake

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// ErrNoText says that no text for a pattern was found: the pattern matches
// nothing, or needs a coincidence (a word boundary, a length) that did not come.
var ErrNoText = errors.New("no text found")

// Pattern is a compiled pattern that texts can be made for. It is immutable.
type Pattern struct {
	source string
	tree   *syntax.Regexp
	check  *regexp.Regexp
	// asked is set instead of check where the pattern looks around or back: tree is then the pattern without that, and
	// ahead holds what positive look-aheads ask for.
	asked *regexp2.Regexp
	ahead []*syntax.Regexp
}

// CompilePattern reads a JSON Schema pattern: in the dialect of Go's regexp
// (RE2), with \uXXXX besides, which schemas written for Java and JavaScript use
// for Chinese ranges. What RE2 cannot say, look-around and back-references, is
// left to trying: texts are made for the rest of the pattern, and held to all of it.
func CompilePattern(pattern string) (*Pattern, error) {
	text := re2Escapes(pattern)
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return looseAround(pattern, err)
	}
	check, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	return &Pattern{source: pattern, tree: tree, check: check}, nil
}

// String returns the pattern as it was written.
func (p *Pattern) String() string { return p.source }

// Match says whether a text matches, anywhere in it as JSON Schema wants it.
func (p *Pattern) Match(text string) bool {
	if p.check != nil {
		return p.check.MatchString(text)
	}
	ok, err := p.asked.MatchString(text)
	return ok && err == nil
}

// Pattern returns a text that matches a pattern; see CompilePattern, which
// saves the parsing when there is more than one text to make.
func (s Source) Pattern(pattern string) (string, error) {
	p, err := CompilePattern(pattern)
	if err != nil {
		return "", err
	}
	return p.Text(s, 0, 0)
}

const (
	patternTries = 64
	// moreRepeats is how far an open repetition goes beyond its minimum.
	moreRepeats = 8
	// patternSteps bounds the work on nested repetitions; when it is used up
	// every repetition stops at its minimum.
	patternSteps = 10000
)

// Text returns a text that matches the pattern and has minRunes to maxRunes
// characters; maxRunes 0 sets no upper bound. The error is ErrNoText, with the
// pattern. Every text is checked against the pattern before it is returned.
func (p *Pattern) Text(s Source, minRunes, maxRunes int) (string, error) {
	for try := range patternTries {
		w := writer{stream: s.Index(try).stream(), steps: patternSteps}
		if try >= patternTries/2 {
			w.fill = p.aim(&w.stream, minRunes, maxRunes) - (try-patternTries/2)/2
		}
		if !w.write(p.tree) {
			continue
		}
		text := w.out.String()
		if len(p.ahead) > 0 {
			text = p.meetAhead(text, s.Index(try))
			w.runes = utf8.RuneCountInString(text)
		}
		if w.runes >= minRunes && (maxRunes <= 0 || w.runes <= maxRunes) && p.Match(text) {
			return text, nil
		}
	}
	return "", fmt.Errorf("pattern %q with length %d to %d (0: open): %w", p.source, minRunes, maxRunes, ErrNoText)
}

// aim is a length within the bounds. The caller takes off, step by step, what
// the part behind the last open repetition may need.
func (p *Pattern) aim(st *stream, minRunes, maxRunes int) int {
	if maxRunes <= minRunes {
		return minRunes
	}
	return minRunes + st.intn(maxRunes-minRunes+1)
}

// writer walks a pattern's tree and writes one text.
type writer struct {
	out    strings.Builder
	runes  int
	stream stream
	steps  int
	// fill, when positive, makes every repetition go on until the text has
	// that many characters; otherwise repetitions are of a believable size.
	fill int
	// groups is what each group has written last.
	groups [10]string
}

func (w *writer) rune(r rune) bool {
	w.out.WriteRune(r)
	w.runes++
	return true
}

// write reports false where the pattern cannot match.
func (w *writer) write(re *syntax.Regexp) bool {
	w.steps--
	switch re.Op {
	case syntax.OpNoMatch:
		return false
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if r <= backMark || r > backMark+9 {
				w.rune(r)
				continue
			}
			for _, again := range w.groups[r-backMark] {
				w.rune(again)
			}
		}
	case syntax.OpCharClass:
		return w.class(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return w.class([]rune{0, utf8.MaxRune})
	case syntax.OpCapture:
		from := w.out.Len()
		ok := w.write(re.Sub[0])
		if re.Cap < len(w.groups) {
			w.groups[re.Cap] = w.out.String()[from:]
		}
		return ok
	case syntax.OpStar:
		return w.repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		return w.repeat(re.Sub[0], 1, -1)
	case syntax.OpQuest:
		return w.repeat(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		return w.repeat(re.Sub[0], re.Min, re.Max)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !w.write(sub) {
				return false
			}
		}
	case syntax.OpAlternate:
		return w.write(re.Sub[w.stream.intn(len(re.Sub))])
	}
	// What is left matches the empty text: anchors, boundaries, nothing.
	return true
}

func (w *writer) repeat(re *syntax.Regexp, least, most int) bool {
	room := moreRepeats
	switch {
	case most >= 0 && w.fill > 0:
		room = most - least
	case most >= 0:
		room = min(most-least, moreRepeats)
	case w.fill > 0:
		room = patternSteps
	}
	count := least + room
	if w.fill <= 0 {
		count = least + w.stream.intn(room+1)
	}
	for i := range count {
		if i >= least && (w.steps <= 0 || w.fill > 0 && w.runes >= w.fill) {
			break
		}
		if !w.write(re) {
			// A repetition that cannot match may still stand zero times.
			return least == 0 && i == 0
		}
	}
	return true
}

// preferred lists what a class is filled from, best first: a class such as
// [^,] would otherwise give control characters and unassigned code points.
var preferred = [...][]rune{
	{'0', '9', 'A', 'Z', 'a', 'z'},
	{'一', '龥'},
	{'!', '~'},
	{' ', ' '},
}

func (w *writer) class(ranges []rune) bool {
	for i, wanted := range preferred {
		both := intersect(ranges, wanted)
		if len(both) == 0 {
			continue
		}
		if i == 1 {
			// Most of the block is characters nobody writes.
			at := 3 * w.stream.intn(len(surnames)/3)
			if common, _ := utf8.DecodeRuneInString(surnames[at:]); len(intersect(both, []rune{common, common})) > 0 {
				return w.rune(common)
			}
		}
		return w.rune(w.pick(both))
	}
	// Surrogates are in the ranges of some classes and in no UTF-8 text.
	valid := intersect(ranges, []rune{0, 0xd7ff, 0xe000, utf8.MaxRune})
	return len(valid) > 0 && w.rune(w.pick(valid))
}

func (w *writer) pick(ranges []rune) rune {
	total := 0
	for i := 0; i < len(ranges); i += 2 {
		total += int(ranges[i+1]-ranges[i]) + 1
	}
	n := w.stream.intn(total)
	for i := 0; i < len(ranges); i += 2 {
		size := int(ranges[i+1]-ranges[i]) + 1
		if n < size {
			return ranges[i] + rune(n)
		}
		n -= size
	}
	return ranges[0]
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

// re2Escapes turns \uXXXX into \x{XXXX} and leaves everything else alone.
func re2Escapes(pattern string) string {
	if !strings.Contains(pattern, `\u`) {
		return pattern
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '\\' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		if pattern[i+1] == 'u' && i+6 <= len(pattern) && isHex(pattern[i+2:i+6]) {
			b.WriteString(`\x{` + pattern[i+2:i+6] + `}`)
			i += 5
			continue
		}
		b.WriteString(pattern[i : i+2])
		i++
	}
	return b.String()
}

func isHex(text string) bool {
	for i := 0; i < len(text); i++ {
		if !strings.ContainsRune("0123456789abcdefABCDEF", rune(text[i])) {
			return false
		}
	}
	return true
}
