package fake

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPatternsRoundTrip(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		``, `^$`, `abc`, `^1[3-9]\d{9}$`, `^[A-Z]{2}\d{3}-\d{1,4}$`, `^(T|F)$`, `^[0-9a-f]{32}$`, `^[^,]+$`, `^.{1,20}$`, `(?i)^abc$`,
		`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`, `^\p{Han}{2,4}$`, `^\S+\s\S+$`, `^a*b?c+$`, `^[\x{d7ff}-\x{dfff}]$`, `^\x00[^\n]$`,
		`^(([a-z]+)*;)*$`, `^((((((a*)*b)*c)*d)*e)*f)*$`, `^(a{0,10}){0,50}$`, `^\w+@\w+\.(com|cn)$`, `\bword\b`, `^(?P<y>\d\d)$`, `^[а-я]{3}$`, `^\.\*$`,
	} {
		re := regexp.MustCompile(pattern)
		for i := range 20 {
			text, err := New(1, pattern).Index(i).Pattern(pattern)
			if err != nil {
				t.Errorf("%v", err)
				break
			}
			if !re.MatchString(text) || !utf8.ValidString(text) {
				t.Errorf("%q does not match %s", text, pattern)
			}
			if again, _ := New(1, pattern).Index(i).Pattern(pattern); again != text {
				t.Errorf("%s: %q, then %q", pattern, text, again)
			}
		}
	}
}

func TestPatternUnderstandsEscapesOfOtherDialects(t *testing.T) {
	t.Parallel()
	for pattern, check := range map[string]string{
		`^[\u4e00-\u9fa5]{2,4}$`: `^\p{Han}{2,4}$`,
		`^\u0041\\u0042$`:        `^A\\u0042$`,
		`^[\u0061]$`:             `^a$`,
	} {
		text, err := New(1).Pattern(pattern)
		if err != nil || !regexp.MustCompile(check).MatchString(text) {
			t.Errorf("%s: %q, %v", pattern, text, err)
		}
	}
}

func TestPatternsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`[`, `a{2000}`, `\u12`, `*`, `\`, `(?=a`, `(?<=`, `(a\1`, `(?!)[`} {
		text, err := New(1).Pattern(pattern)
		if err == nil || text != "" || errors.Is(err, ErrNoText) {
			t.Errorf("%s: %q, %v; want an error of the syntax", pattern, text, err)
		} else if !strings.Contains(err.Error(), "pattern") {
			t.Errorf("the error does not name its place: %v", err)
		}
	}
}

func TestPatternsThatNothingMatches(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`(?=a)b`, `a^b`, `$a`, `[^\x00-\x{10ffff}]`, `^[\x{d800}-\x{dfff}]$`} {
		if text, err := New(1).Pattern(pattern); !errors.Is(err, ErrNoText) || text != "" {
			t.Errorf("%s: %q, %v; want ErrNoText", pattern, text, err)
		}
	}
}

func TestPatternWithinLengths(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern     string
		least, most int
	}{
		{`^[a-z]+$`, 60, 60}, {`^[a-z]*$`, 1, 3}, {`^\d{1,30}$`, 30, 30}, {`^\d{1,30}$`, 0, 1}, {`^[a-z]+@[a-z]+\.com$`, 40, 40},
		{`x`, 0, 1}, {`^.*$`, 1000, 1001}, {`^\p{Han}+$`, 20, 0},
	} {
		p, err := CompilePattern(tc.pattern)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 50 {
			text, err := p.Text(New(1, tc.pattern).Index(i), tc.least, tc.most)
			if err != nil {
				t.Fatal(err)
			}
			n := utf8.RuneCountInString(text)
			if n < tc.least || tc.most > 0 && n > tc.most || !regexp.MustCompile(tc.pattern).MatchString(text) {
				t.Fatalf("%s %d..%d: %q", tc.pattern, tc.least, tc.most, text)
			}
		}
	}
	p, err := CompilePattern(`^\d{5}$`)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := p.Text(New(1), 6, 0); !errors.Is(err, ErrNoText) {
		t.Errorf("five digits of length six: %q, %v", text, err)
	}
}

func TestNestedRepetitionsStayCheap(t *testing.T) {
	t.Parallel()
	pattern := "^" + strings.Repeat("(", 40) + "a?" + strings.Repeat("b*)*", 40) + "$"
	p, err := CompilePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		w := writer{stream: New(1).Index(i).stream(), steps: patternSteps}
		if !w.write(p.tree) {
			t.Fatal("nothing written")
		}
		// Beyond the bound only what is mandatory is walked: each node once.
		if w.steps < -2*len(pattern) {
			t.Errorf("%d steps beyond the bound", -w.steps)
		}
	}
	if text, err := p.Text(New(1), 0, 0); err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

func FuzzPattern(f *testing.F) {
	for _, pattern := range []string{`^1[3-9]\d{9}$`, `(a|b*)+?`, `[\u4e00-\u9fa5]`, `\b.\B`, `(?i)ß`} {
		f.Add(int64(1), pattern)
	}
	f.Fuzz(func(t *testing.T, seed int64, pattern string) {
		text, err := New(seed).Pattern(pattern)
		if err != nil {
			return
		}
		if !regexp.MustCompile(re2Escapes(pattern)).MatchString(text) {
			t.Errorf("%q does not match %q", text, pattern)
		}
	})
}

func BenchmarkPattern(b *testing.B) {
	p, err := CompilePattern(`^[A-Z]{2}\d{3}-\d{1,4}$`)
	if err != nil {
		b.Fatal(err)
	}
	s := New(1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := p.Text(s.Index(i), 0, 0); err != nil {
			b.Fatal(err)
		}
	}
}
