package wire

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// mostNesting is how deep encoding/json reads.
const mostNesting = 10_000

// walk goes through the members of a JSON object as they were written, and makes nothing of them. It checks the text as it
// goes, by the grammar that json.Valid holds it to: whether it was an object to its end is known when the walk is over.
type walk struct {
	text string
	at   int // of the next member, of the comma before it, or the end
	over bool
	bad  bool // the text is no object
}

// walkOf begins a walk. The text must not be changed while its parts are in use.
func walkOf(text []byte) walk {
	w := walk{text: unsafe.String(unsafe.SliceData(text), len(text))}
	w.at = blanks(w.text, 0)
	if w.at == len(w.text) || w.text[w.at] != '{' {
		w.bad = true
		return w
	}
	if w.at = blanks(w.text, w.at+1); w.at < len(w.text) && w.text[w.at] == '}' {
		w.end(w.at)
	}
	return w
}

// end is behind the last member: nothing but white space may follow.
func (w *walk) end(closing int) {
	w.over = true
	w.bad = blanks(w.text, closing+1) < len(w.text)
}

// next is the next member: its name as it stands between the quotation marks, and where its value stands. False is the end,
// or a text that is no object.
func (w *walk) next() (name string, from, to int, ok bool) {
	if w.bad || w.over {
		return "", 0, 0, false
	}
	s, start := w.text, w.at+1
	w.bad = true // until it is known to be none
	behind := skipString(s, w.at)
	if behind < 0 {
		return "", 0, 0, false
	}
	name = s[start : behind-1]
	i := blanks(s, behind)
	if i == len(s) || s[i] != ':' {
		return "", 0, 0, false
	}
	from = blanks(s, i+1)
	if to = skipValue(s, from, 2); to < 0 {
		return "", 0, 0, false
	}
	if i = blanks(s, to); i == len(s) {
		return "", 0, 0, false
	}
	switch s[i] {
	case ',':
		w.at, w.bad = blanks(s, i+1), false
	case '}':
		w.end(i)
	}
	return name, from, to, !w.bad
}

// blanks is the offset behind the white space at i.
func blanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t') {
		i++
	}
	return i
}

// skipValue is the offset behind the JSON value at i, -1 where there is none; depth counts it among the containers around it.
func skipValue(s string, i, depth int) int {
	if i >= len(s) {
		return -1
	}
	switch s[i] {
	case '"':
		return skipString(s, i)
	case '{', '[':
		return skipContainer(s, i, depth)
	case 't':
		return skipWord(s, i, "true")
	case 'f':
		return skipWord(s, i, "false")
	case 'n':
		return skipWord(s, i, "null")
	}
	return skipNumber(s, i)
}

func skipContainer(s string, i, depth int) int {
	opening, closing := s[i], s[i]+2 // the brackets stand two apart in ASCII, and so do the braces
	if depth > mostNesting {
		return -1
	}
	if i = blanks(s, i+1); i < len(s) && s[i] == closing {
		return i + 1
	}
	for {
		if opening == '{' {
			if i = skipString(s, i); i < 0 {
				return -1
			}
			if i = blanks(s, i); i == len(s) || s[i] != ':' {
				return -1
			}
			i = blanks(s, i+1)
		}
		if i = skipValue(s, i, depth+1); i < 0 {
			return -1
		}
		if i = blanks(s, i); i == len(s) {
			return -1
		}
		switch s[i] {
		case ',':
			i = blanks(s, i+1)
		case closing:
			return i + 1
		default:
			return -1
		}
	}
}

// skipString is the offset behind the string that begins at i, -1 where none does.
func skipString(s string, i int) int {
	if i >= len(s) || s[i] != '"' {
		return -1
	}
	for i++; ; {
		if i = plainEnd(s, i); i == len(s) || s[i] < 0x20 {
			return -1
		}
		if s[i] == '"' {
			return i + 1
		}
		if i+1 == len(s) {
			return -1
		}
		switch s[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if hexUnit(s[i:]) < 0 {
				return -1
			}
			i += 6
		default:
			return -1
		}
	}
}

func skipWord(s string, i int, word string) int {
	if !strings.HasPrefix(s[i:], word) {
		return -1
	}
	return i + len(word)
}

// skipNumber reads a literal by the grammar of RFC 8259, section 6.
func skipNumber(s string, i int) int {
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else {
		from := i
		if i = digits(s, i); i == from {
			return -1
		}
	}
	if i < len(s) && s[i] == '.' {
		from := i + 1
		if i = digits(s, from); i == from {
			return -1
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		from := i
		if i = digits(s, from); i == from {
			return -1
		}
	}
	return i
}

// isNamed says whether a name as it was written is a given one.
func isNamed(written, name string) bool {
	if written == name {
		return true
	}
	return !isPlainName(written) && decodedName(written) == name
}

// isPlainName says whether a name stands for itself: encoding/json replaces what is not UTF-8.
func isPlainName(written string) bool {
	return strings.IndexByte(written, '\\') < 0 && utf8.ValidString(written)
}

// decodedName is what a name says that is not plain.
func decodedName(written string) string {
	var name string
	if json.Unmarshal([]byte(`"`+written+`"`), &name) != nil {
		return written
	}
	return name
}

// IsNumber says whether a text is a number of JSON (RFC 8259, section 6), and nothing else.
func IsNumber(text string) bool { return text != "" && skipNumber(text, 0) == len(text) }
