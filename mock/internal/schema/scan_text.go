package schema

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// quoted reads the string at pos, whose first byte is a quotation mark, and returns where it ends: at the closing one. What
// is no string as [wire.DecodeJSON] has it ends the pass.
func (s *scan) quoted() (end int, escaped bool) {
	end, escaped = textEnd(s.bytes, s.pos+1)
	if end < 0 {
		s.stopped = true
		return s.pos + 1, false
	}
	s.pos = end + 1
	return end, escaped
}

// textEnd is where a string ends whose text begins at start, -1 where it is none.
//
// Eight bytes are looked at together. Each of the three tests marks the high bit of a byte that it finds; a borrow can mark a
// byte above a true find as well, so only the lowest mark is used.
func textEnd(data []byte, start int) (end int, escaped bool) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := start
	var beyond uint64 // has a high bit where a byte is not ASCII
	for {
		for ; i+8 <= len(data); i += 8 {
			w := binary.LittleEndian.Uint64(data[i:])
			quote, slash := w^('"'*ones), w^('\\'*ones)
			if found := ((w-0x20*ones)&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs; found != 0 {
				beyond |= w & (found&-found - 1)
				i += bits.TrailingZeros64(found) / 8
				break
			}
			beyond |= w
		}
		for i < len(data) && data[i] != '"' && data[i] != '\\' && data[i] >= 0x20 {
			beyond |= uint64(data[i])
			i++
		}
		if i == len(data) || data[i] < 0x20 {
			return -1, false
		}
		if data[i] == '"' {
			if beyond&highs != 0 && !isUTF8(data[start:i]) {
				return -1, false
			}
			return i, escaped
		}
		escaped = true
		width := escapeWidth(data[i:])
		if width == 0 {
			return -1, false
		}
		i += width
	}
}

// isUTF8 is utf8.Valid, made for texts in Chinese: their characters have three bytes each, and two are looked at together.
func isUTF8(text []byte) bool {
	const (
		marks = 0x0000C0C0F0C0C0F0 // where the first of three bytes says so, and the others that they follow one
		three = 0x00008080E08080E0
	)
	for len(text) >= 8 {
		w := binary.LittleEndian.Uint64(text)
		a, b := byte(w), byte(w>>24)
		if w&marks == three && a != 0xE0 && a != 0xED && b != 0xE0 && b != 0xED { // after those two not every byte may follow
			text = text[6:]
			continue
		}
		if a < utf8.RuneSelf {
			text = text[1:]
			continue
		}
		r, width := utf8.DecodeRune(text)
		if r == utf8.RuneError && width == 1 {
			return false
		}
		text = text[width:]
	}
	return utf8.Valid(text)
}

// escapeWidth is how many bytes an escape has, 0 for one that [wire.DecodeJSON] does not take.
func escapeWidth(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if r, width := unicodeEscape(string(s[:min(len(s), 12)])); r > 0 {
			return width
		}
	}
	return 0
}

// unicodeEscape reads \uXXXX, or a pair of surrogates; 0 is what may not stand there.
func unicodeEscape(s string) (r rune, width int) {
	unit := hexUnit(s)
	if unit <= 0 || !utf16.IsSurrogate(unit) {
		return max(unit, 0), 6
	}
	if r = utf16.DecodeRune(unit, hexUnit(s[6:])); r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

// hexUnit is the code unit of \uXXXX, -1 for none.
func hexUnit(s string) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	var unit rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case (c|0x20)-'a' <= 5:
			c = (c | 0x20) - 'a' + 10
		default:
			return -1
		}
		unit = unit<<4 | rune(c)
	}
	return unit
}

// unescaped is the text of a string that was read and has escapes; it stands on top of the buffer.
func (s *scan) unescaped(raw string) string {
	top := len(s.buffer)
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			s.buffer = append(s.buffer, raw[i])
			i++
			continue
		}
		c, width := raw[i+1], 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			var r rune
			r, width = unicodeEscape(raw[i:])
			s.buffer = utf8.AppendRune(s.buffer, r)
			i += width
			continue
		}
		s.buffer = append(s.buffer, c)
		i += width
	}
	// What the buffer has is not changed before it is given back: where it grows, it moves, and the old one stays.
	return unsafe.String(unsafe.SliceData(s.buffer[top:]), len(s.buffer)-top)
}

// quotedText judges the string at pos.
func (s *scan) quotedText(q *quick) bool {
	start := s.pos + 1
	end, escaped := textEnd(s.bytes, start)
	if end < 0 {
		return s.giveUp()
	}
	s.pos = end + 1
	if !q.looks && len(q.enums) == 0 {
		return true
	}
	text := s.text[start:end]
	if !escaped {
		return q.text(text)
	}
	top := len(s.buffer)
	ok := q.text(s.unescaped(text))
	s.buffer = s.buffer[:top]
	return ok
}

// number judges the number at pos, by the grammar of RFC 8259, section 6.
func (s *scan) number(q *quick) bool {
	t, start := s.text, s.pos
	i := start
	if t[i] == '-' {
		i++
	}
	first := i
	var n int64
	if i < len(t) && t[i] == '0' {
		i++
	} else {
		for i < len(t) && t[i]-'0' <= 9 {
			n = n*10 + int64(t[i]-'0')
			i++
		}
	}
	if i == first {
		return s.giveUp()
	}
	short := i-first <= mostPlain
	if first > start {
		n = -n
	}
	if i == len(t) || t[i] != '.' && t[i]|0x20 != 'e' {
		if s.pos = i; short {
			return q.whole(n)
		}
		return s.longNumber(q, t[start:i])
	}
	point := i
	i, power, monstrous := fractionEnd(t, i)
	if s.pos = i; i < 0 {
		return s.giveUp()
	}
	if monstrous {
		return s.reads || s.giveUp()
	}
	if short && !power && i-start <= mostDigits && q.between(n, first > start, i-point-1) {
		return true
	}
	return s.longNumber(q, t[start:i])
}

// longNumber judges a number whose digits have to be looked at one by one.
func (s *scan) longNumber(q *quick, text string) bool {
	if len(text) > mostDigits {
		return s.reads || s.giveUp()
	}
	if !q.counts && len(q.enums) == 0 && q.types.has(numberType) {
		return true
	}
	ok, sure := q.number(text)
	if !sure {
		return s.giveUp()
	}
	return ok
}

// fractionEnd is where a number ends whose digits before i are followed by a point or an exponent, -1 where it is none;
// whether it has an exponent, and whether that is monstrous (see [unreadable]).
func fractionEnd(t string, i int) (end int, power, monstrous bool) {
	if t[i] == '.' {
		from := i + 1
		for i = from; i < len(t) && t[i]-'0' <= 9; i++ {
		}
		if i == from {
			return -1, false, false
		}
	}
	if i == len(t) || t[i]|0x20 != 'e' {
		return i, false, false
	}
	i++
	if i < len(t) && (t[i] == '+' || t[i] == '-') {
		i++
	}
	from := i
	zeros := 0
	for ; i < len(t) && t[i]-'0' <= 9; i++ {
		if t[i] == '0' && zeros == i-from {
			zeros++
		}
	}
	if i == from {
		return -1, true, false
	}
	return i, true, i-from-zeros > 3
}
