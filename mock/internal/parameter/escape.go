package parameter

import (
	"strings"
	"unicode/utf8"
)

// text is a text as it came: still escaped, or not.
type text struct {
	s       string
	escaped bool
	plus    bool // "+" is a space
}

// plain is what the text says.
func (t text) plain() (string, error) {
	if !t.escaped {
		return t.s, nil
	}
	return unescape(t.s, t.plus)
}

// split cuts the text at a delimiter. Unescaped delimiters cut; where there are none, escaped ones do.
func (t text) split(delimiter byte) ([]string, error) {
	if !t.escaped {
		return strings.Split(t.s, string(delimiter)), nil
	}
	cut := string(delimiter)
	unescaped := strings.Contains(t.s, cut) || delimiter == ' ' && t.plus && strings.Contains(t.s, "+")
	if !unescaped {
		s, err := t.plain()
		return strings.Split(s, cut), err
	}
	s := t.s
	if delimiter == ' ' {
		// In a query a space never stands unescaped: both its forms are the delimiter.
		s = strings.ReplaceAll(strings.ReplaceAll(s, "+", " "), "%20", " ")
	}
	pieces := strings.Split(s, cut)
	for i, piece := range pieces {
		var err error
		if pieces[i], err = unescape(piece, t.plus); err != nil {
			return nil, err
		}
	}
	return pieces, nil
}

// after is the text behind a prefix that is not escaped.
func (t text) after(prefix string) (text, bool) {
	rest, ok := strings.CutPrefix(t.s, prefix)
	t.s = rest
	return t, ok
}

// unescape decodes percent-encoding (RFC 3986, section 2.1) of UTF-8.
func unescape(s string, plus bool) (string, error) {
	if !strings.ContainsAny(s, "%+") {
		return checked(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+' && plus:
			b.WriteByte(' ')
		case s[i] == '%':
			if i+2 >= len(s) || hex(s[i+1]) < 0 || hex(s[i+2]) < 0 {
				return "", &Error{Kind: Malformed, Offset: int64(i), Reason: "'%' is not followed by two hexadecimal digits; write a literal percent sign as %25"}
			}
			b.WriteByte(byte(hex(s[i+1])<<4 | hex(s[i+2])))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return checked(b.String())
}

func checked(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", &Error{Kind: Malformed, Offset: -1, Reason: "the text is not UTF-8"}
	}
	return s, nil
}

func hex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// escape percent-encodes everything but the unreserved characters (RFC 3986, section 2.3) and those in also.
func escape(s, also string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0,
			also != "" && strings.IndexByte(also, c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// reserved are the characters that allowReserved leaves as they are (RFC 3986, section 2.2), but for those that a query
// cannot hold or that mean something in a form.
const reserved = ":/?@!$'()*,;="
