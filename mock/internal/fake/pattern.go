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
	tree   *step
	check  *regexp.Regexp
	// sure says that whatever is written for the tree matches, quick what decides faster than check whether a text does,
	// nil where nothing can.
	sure  bool
	quick *line
	// plain says that JSON escapes no character of what is written.
	plain bool
	// refers says that what a group has written is written again.
	refers bool
	// most is how many characters are written at most without filling up.
	most int
	// asked is set instead of check where the pattern looks around or back: tree is then the pattern without that, and
	// ahead holds what positive look-aheads ask for.
	asked *regexp2.Regexp
	ahead []*step
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
	p := &Pattern{source: pattern, tree: stepOf(tree), check: check, sure: isSure(tree), quick: lineOf(tree)}
	p.plain, p.most = p.tree.plain(), p.tree.longest()
	return p, nil
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

// MatchBytes is Match of bytes.
func (p *Pattern) MatchBytes(text []byte) bool {
	switch {
	case p.quick != nil:
		return p.quick.match(text)
	case p.check != nil:
		return p.check.Match(text)
	}
	return p.Match(string(text))
}

// Plain says whether JSON escapes no character of the texts that are made for the pattern.
func (p *Pattern) Plain() bool { return p.plain }

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
	text, ok := p.Append(nil, s, minRunes, maxRunes)
	if !ok {
		return "", fmt.Errorf("pattern %q with length %d to %d (0: open): %w", p.source, minRunes, maxRunes, ErrNoText)
	}
	return string(text), nil
}

// Append appends what [Pattern.Text] returns; ok is false, and nothing is appended, where no text is found.
func (p *Pattern) Append(dst []byte, s Source, minRunes, maxRunes int) (text []byte, ok bool) {
	try := 0
	if p.most < minRunes {
		try = patternTries / 2
	}
	for ; try < patternTries; try++ {
		w := writer{out: dst, from: len(dst), stream: s.Index(try).stream(), steps: patternSteps}
		if p.refers {
			w.groups = new([10][2]int)
		}
		if try >= patternTries/2 {
			w.fill = p.aim(&w.stream, minRunes, maxRunes) - (try-patternTries/2)/2
		}
		if !w.write(p.tree) {
			continue
		}
		if len(p.ahead) > 0 {
			text := p.meetAhead(string(w.out[w.from:]), s.Index(try))
			w.out, w.runes = append(dst, text...), utf8.RuneCountInString(text)
		}
		if w.runes >= minRunes && (maxRunes <= 0 || w.runes <= maxRunes) && (p.sure || p.MatchBytes(w.out[w.from:])) {
			return w.out, true
		}
	}
	return dst, false
}

// aim is a length within the bounds. The caller takes off, step by step, what
// the part behind the last open repetition may need.
func (p *Pattern) aim(st *stream, minRunes, maxRunes int) int {
	if maxRunes <= minRunes {
		return minRunes
	}
	return minRunes + st.intn(maxRunes-minRunes+1)
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
