package schema

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// TestIsUTF8 holds the quick look at a text to that of the standard library.
func TestIsUTF8(t *testing.T) {
	t.Parallel()
	parts := []string{
		"正文", "文", "a", "é", "😀", "\uD7FF", "\uE000", "\u0800", "\u00a0", "\uFFFD", "\xED\xA0\x80", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xC0\x80",
		"\xF4\x90\x80\x80", "\xE6\xAD", "\x80", "\xFF", "\xE6\xAD\x41", "\xED\x9F\xBF", "abcdefgh",
	}
	r := rand.New(rand.NewPCG(1, 2))
	valid, broken := 0, 0
	for range 20_000 {
		var text []byte
		for range r.IntN(8) {
			one := parts[r.IntN(len(parts))]
			if r.IntN(3) > 0 {
				one = parts[r.IntN(7)]
			}
			text = append(text, one...)
		}
		want := utf8.Valid(text)
		if got := isUTF8(text); got != want {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
		if want {
			valid++
		} else {
			broken++
		}
	}
	if valid < 1000 || broken < 1000 {
		t.Errorf("%d valid and %d broken texts", valid, broken)
	}
}
