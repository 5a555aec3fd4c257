package fake

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestALineMatchesAsThePattern holds the quick match to the whole one, over texts that match and texts that nearly do.
func TestALineMatchesAsThePattern(t *testing.T) {
	t.Parallel()
	quick := 0
	for _, pattern := range []string{
		`^1[3-9]\d{9}$`, `^[A-Z]{2}\d{3}-\d{1,4}$`, `^[0-9a-f]{32}$`, `^[^,]+$`, `^.{1,20}$`, `^\d+$`, `^a*b?c+$`, `^[а-я]{3}x?$`, `^\p{Han}{2,4}$`,
		`^([a-z]+)-([0-9]*)$`, `^[a-z]+[a-z0-9]*$`, `^a?ab$`, `^\S+\s\S+$`, `^(T|F)$`, `(?i)^abc$`, `^x$`, `^$`, `abc`, `^[a-z]{0,3}[0-9]$`, `^a+?b$`, `(?m)^a$`, `(?s)^.+$`,
	} {
		p, err := CompilePattern(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if p.quick != nil {
			quick++
		}
		re := regexp.MustCompile(pattern)
		for i := range 200 {
			text, err := p.Text(New(5, pattern).Index(i), 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range []string{text, text + "x", "x" + text, text + "\n", strings.ToUpper(text), text[:len(text)/2], "", text + text, text + "é", text + "\xff"} {
				if got, want := p.MatchBytes([]byte(one)), re.MatchString(one); got != want && utf8.ValidString(one) {
					t.Fatalf("%s: %q: %v, want %v", pattern, one, got, want)
				}
			}
			if p.Plain() && strings.ContainsAny(text, "\"\\\n") {
				t.Fatalf("%s is plain, and there is %q", pattern, text)
			}
		}
	}
	if quick < 8 {
		t.Errorf("only %d patterns are matched quickly", quick)
	}
}

func TestTextsAreMadeWithoutMemory(t *testing.T) {
	p, err := CompilePattern(`^1[3-9][0-9]{9}$`)
	if err != nil {
		t.Fatal(err)
	}
	r := &Record{At: noon()}
	buffer := make([]byte, 0, 256)
	i := 0
	if n := testing.AllocsPerRun(200, func() {
		i++
		s := New(1).Index(i)
		r.Turn(s)
		r.Chinese = i%2 == 0
		_, _ = p.Append(buffer, s, 0, 0)
		for _, name := range []string{"uuid", "date-time", "email", "uri", "cn-id-card", "cn-name"} {
			_ = FormatNamed(name)(buffer, s, r)
		}
		for _, name := range []*Field{personName, phone, city, address, sentence, sex} {
			_, _ = name.Append(buffer, s, r)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
