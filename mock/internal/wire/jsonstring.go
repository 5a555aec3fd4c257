package wire

import (
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads the string at pos, whose first byte is a quotation mark. Without
// escapes the result is a part of the text itself.
func (d *jsonScanner) quoted() (string, *JSONError) {
	s := d.text
	start := d.pos + 1
	i := plainEnd(s, start)
	if i < len(s) && s[i] == '"' {
		d.pos = i + 1
		return d.checked(start, i)
	}
	return d.escaped(start, i)
}

// plainEnd returns the offset of the first byte at or after i that cannot
// stand in a string as it is: a quotation mark, a backslash, a control
// character, or the end.
//
// Eight bytes are looked at together. Each of the three tests marks the high
// bit of a byte that it finds; a borrow can mark a byte above a true find as
// well, so only the lowest mark is used.
func plainEnd(s string, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(s); i += 8 {
		w := word(s[i : i+8])
		quote, slash := w^('"'*ones), w^('\\'*ones)
		found := (w-0x20*ones)&^w | (quote-ones)&^quote | (slash-ones)&^slash
		if found &= highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c == '"' || c == '\\' || c < 0x20 {
			break
		}
	}
	return i
}

// word is the little-endian value of eight bytes; the compiler makes it one load.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// checked returns text[from:to] when it is UTF-8.
func (d *jsonScanner) checked(from, to int) (string, *JSONError) {
	part := d.text[from:to]
	if d.badUTF8 && !utf8.ValidString(part) {
		at := from
		for at < to {
			r, width := utf8.DecodeRuneInString(d.text[at:to])
			if r == utf8.RuneError && width == 1 {
				break
			}
			at += width
		}
		return "", d.fail(JSONUTF8, at)
	}
	return part, nil
}

// escaped reads the rest of a string that started at start and is plain up to i.
func (d *jsonScanner) escaped(start, i int) (string, *JSONError) {
	s := d.text
	var b strings.Builder
	b.Grow(i - start + 32)
	for {
		part, err := d.checked(start, i)
		if err != nil {
			return "", err
		}
		b.WriteString(part)
		if i == len(s) || s[i] < 0x20 {
			return "", d.fail(JSONSyntax, i)
		}
		if s[i] == '"' {
			d.pos = i + 1
			return b.String(), nil
		}
		if i+1 == len(s) {
			return "", d.fail(JSONSyntax, i+1)
		}
		switch c := s[i+1]; c {
		case '"', '\\', '/':
			b.WriteByte(c)
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			r, width, reason := unicodeEscape(s[i:])
			if reason != "" {
				return "", d.fail(reason, i)
			}
			b.WriteRune(r)
			i += width - 2
		default:
			return "", d.fail(JSONSyntax, i+1)
		}
		start = i + 2
		i = plainEnd(s, start)
	}
}

// unicodeEscape reads the escape \uXXXX, or a surrogate pair of two, at the
// start of s. A reason other than "" is one of the JSON constants.
func unicodeEscape(s string) (r rune, width int, reason string) {
	unit := hexUnit(s)
	switch {
	case unit < 0:
		return 0, 0, JSONSyntax
	case unit == 0:
		return 0, 0, JSONNul
	case !utf16.IsSurrogate(unit):
		return unit, 6, ""
	}
	if low := hexUnit(s[6:]); low >= 0 {
		if r = utf16.DecodeRune(unit, low); r != utf8.RuneError {
			return r, 12, ""
		}
	}
	return 0, 0, JSONUTF8
}

// hexUnit is the code unit of an escape \uXXXX at the start of s, or -1.
func hexUnit(s string) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	var unit rune
	for i := 2; i < 6; i++ {
		v := fromHex(s[i])
		if v < 0 {
			return -1
		}
		unit = unit<<4 | rune(v)
	}
	return unit
}
