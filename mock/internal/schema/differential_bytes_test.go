package schema_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
)

// insertions are what a text of JSON may not hold everywhere, or nowhere.
func insertions() []string {
	return []string{
		"\x00", "\x01", "\x1f", "\x7f", "\n", "\t", " ", "\v", "\u00a0", "\u2028", "\xEF\xBB\xBF", "\xFE\xFF", "\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF0\x9F\x98", "\xFF", `\`, `\\`, `"`, `\"`, `\'`, `\a`, `\x41`, `\/`,
		`\u0000`, `\u0001`, `\u0041`, `\u00e9`, `\uD83D\uDE00`, `\ud800`, `\udc00`, `\uD800\u0041`, `\udc00\ud800`, `\ud800\ud800`, `\ud83d\u005c`, `\ud83d\\ude00`, `\u12`, `\u`, `\u{41}`, `\uzzzz`, `\U0041`, `\u+041`,
		",", ",,", ":", "{", "}", "[", "]", "{}", "[]", "//x\n", "/*x*/", "#", "'", "null", "true", "0", "-", ".", "e", "1e400", "\r\n",
	}
}

// spoil changes bytes of a text, whether it is JSON afterwards or not.
func spoil(random *rand.Rand, text []byte) []byte {
	if len(text) == 0 {
		return []byte(" ")
	}
	at := random.IntN(len(text))
	switch random.IntN(17) {
	case 0:
		return text[:at]
	case 1:
		out := slices.Clone(text)
		out[at] ^= 1 << random.IntN(8)
		return out
	case 2:
		return slices.Delete(slices.Clone(text), at, at+1)
	case 3:
		return slices.Concat([]byte("\xEF\xBB\xBF"), text)
	case 4:
		return slices.Concat(text, []byte(insertions()[random.IntN(len(insertions()))]))
	case 5:
		return slices.Concat(text, text)
	case 6:
		return slices.Concat(bytes.Repeat([]byte(" \n\t\r"), 1+random.IntN(2000)), text, bytes.Repeat([]byte{' '}, random.IntN(3000)))
	case 7:
		to := at + random.IntN(len(text)-at)
		return slices.Concat(text[:to], text[at:to], text[to:])
	case 8:
		return nest(random, text)
	case 9:
		// A number by what is none.
		if from, to := number(text, at); to > from {
			list := slices.Concat(brokenNumbers(), edgeNumbers())
			return slices.Concat(text[:from], []byte(list[random.IntN(len(list))]), text[to:])
		}
	case 10:
		// Within a text or a name.
		if i := bytes.IndexByte(text[at:], '"'); i >= 0 {
			at += i + 1
		}
	case 11:
		if i := bytes.IndexAny(text[at:], "}]"); i >= 0 {
			return slices.Concat(text[:at+i], []byte{','}, text[at+i:])
		}
	case 12:
		return bytes.ReplaceAll(text, []byte{'"'}, []byte{'\''})
	case 13:
		return escapeAt(random, text, at)
	}
	return slices.Concat(text[:at], []byte(insertions()[random.IntN(len(insertions()))]), text[at:])
}

// number finds the end of one at or after an offset.
func number(text []byte, at int) (from, to int) {
	i := bytes.IndexAny(text[at:], "0123456789")
	if i < 0 {
		return 0, 0
	}
	from = at + i
	to = from
	for to < len(text) && strings.IndexByte("0123456789.eE+-", text[to]) >= 0 {
		to++
	}
	return from, to
}

// escapeAt writes a character of a text as an escape.
func escapeAt(random *rand.Rand, text []byte, at int) []byte {
	for i := at; i < len(text); i++ {
		if c := text[i]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			const hex = "0123456789abcdef"
			return slices.Concat(text[:i], []byte{'\\', 'u', '0', '0', hex[c>>4], hex[c&15]}, text[i+1:])
		}
	}
	return slices.Concat(text, []byte{" \n"[random.IntN(2)]})
}

// nest puts brackets around a value somewhere, about as many as are allowed.
func nest(random *rand.Rand, text []byte) []byte {
	depth := 60 + random.IntN(8)
	if random.IntN(10) == 0 {
		depth = 20_000
	}
	left, right := "[", "]"
	if random.IntN(2) == 0 {
		left, right = `{"a":`, "}"
	}
	deep := strings.Repeat(left, depth) + "1" + strings.Repeat(right, depth)
	if random.IntN(2) == 0 {
		if i := bytes.LastIndexByte(text, '}'); i > 0 && len(bytes.TrimSpace(text[:i])) > 1 {
			return slices.Concat(text[:i], []byte(`,"deep":`+deep), text[i:])
		}
	}
	if from, to := number(text, random.IntN(len(text))); to > from {
		return slices.Concat(text[:from], []byte(deep), text[to:])
	}
	return slices.Concat([]byte(strings.Repeat(left, depth)), text, []byte(strings.Repeat(right, depth)))
}
