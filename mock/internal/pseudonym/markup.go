package pseudonym

import (
	"strings"
	"unicode/utf8"
)

// Letters maps the characters of a text. Of markup it leaves alone the names of tags and attributes and the references to
// characters that have a name, and maps what stands between the tags and within quotes in them. A reference to a character by
// its number becomes the character that it is mapped to.
func Letters(text string, to func(rune) rune) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		switch text[i] {
		case '<':
			if n := tagAt(text[i:]); n > 0 {
				tag(&b, text[i:i+n], to)
				i += n
				continue
			}
		case '&':
			if n, r := referenceAt(text[i:]); n > 0 {
				if r == 0 {
					b.WriteString(text[i : i+n])
				} else {
					b.WriteRune(to(r))
				}
				i += n
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 {
			b.WriteByte('?')
		} else {
			b.WriteRune(to(r))
		}
		i += n
	}
	return b.String()
}

// longestTag bounds how far the end of a tag is looked for.
const longestTag = 4096

// mostDigits is how many digits the names in a tag have at most; a row of more may be a number of somebody's.
const mostDigits = 3

// tagAt is the length of the tag or comment that a text begins with, 0 for none.
func tagAt(text string) int {
	if len(text) < 3 || !(isAlnum(text[1]) && !isDigit(text[1]) || text[1] == '/' || text[1] == '!' || text[1] == '?') {
		return 0
	}
	quote, digits := byte(0), 0
	for i := 1; i < min(len(text), longestTag); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		case isDigit(c):
			if digits++; digits > mostDigits {
				return 0
			}
		case !isAlnum(c) && c < 0x80 && !strings.ContainsRune(" \t\r\n-_:/=!?.#;,", rune(c)):
			return 0
		}
	}
	return 0
}

func tag(b *strings.Builder, text string, to func(rune) rune) {
	comment := strings.HasPrefix(text, "<!--")
	quote := rune(0)
	value := false // one without quotes
	for i, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
			b.WriteRune(r)
		case quote != 0 || comment && i > 3 && i < len(text)-3:
			b.WriteRune(to(r))
		case r == '"' || r == '\'':
			quote = r
			b.WriteRune(r)
		case r == ' ' || r == '>' || r == '\t' || r == '\n':
			value = false
			b.WriteRune(r)
		case value || isHan(r):
			b.WriteRune(to(r))
		default:
			value = r == '='
			b.WriteRune(r)
		}
	}
}

// referenceAt reads a reference to a character: its length, 0 for none, and the character where it is told by number.
func referenceAt(text string) (n int, r rune) {
	end := strings.IndexByte(text[:min(len(text), 12)], ';')
	if end < 3 {
		return 0, 0
	}
	body := text[1:end]
	if body[0] != '#' {
		for i := range len(body) {
			if !isAlnum(body[i]) {
				return 0, 0
			}
		}
		return end + 1, 0
	}
	digits, base := body[1:], rune(10)
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	for i := range len(digits) {
		at := strings.IndexByte(lowerHex, digits[i]|0x20)
		if at < 0 || rune(at) >= base {
			return 0, 0
		}
		if r = r*base + rune(at); r > utf8.MaxRune {
			return 0, 0
		}
	}
	if r == 0 || !utf8.ValidRune(r) {
		return 0, 0
	}
	return end + 1, r
}
