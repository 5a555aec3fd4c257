package match

import "strings"

// The normal form of a text in a path has its escapes in capitals, and none of a character that a URL holds in no other way:
// what means the same is then equal byte by byte, and 体检 in a template is what a client sends for it.

// held are the characters that a URL's path may hold unescaped (RFC 3986, section 3.3), and those that escaped are not what
// they are unescaped. The tilde is not among them: old clients escape it.
const held = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:/?#[]@!$&'()*+,;=%"

// normal brings an escaped text into the normal form; false when an escape is broken.
func normal(s string) (string, bool) {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		c, ok := escaped(s[i:])
		if !ok {
			return "", false
		}
		writeNormal(&b, c)
		i += 2
	}
	return b.String(), true
}

// literal brings the text of a template into the normal form. A percent sign that begins no escape stands for itself.
func literal(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c, ok := escaped(s[i:]); {
		case ok:
			writeNormal(&b, c)
			i += 2
		case s[i] == '%':
			b.WriteString("%25")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func writeNormal(b *strings.Builder, c byte) {
	if strings.IndexByte(held, c) < 0 {
		b.WriteByte(c)
		return
	}
	const digits = "0123456789ABCDEF"
	b.Write([]byte{'%', digits[c>>4], digits[c&15]})
}

// unescape is what a text in the normal form says.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c, ok := escaped(s[i:])
		if !ok {
			b.WriteByte(s[i])
			continue
		}
		b.WriteByte(c)
		i += 2
	}
	return b.String()
}

// escaped reads the escape that a text begins with.
func escaped(s string) (byte, bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	high, ok := digit(s[1])
	low, also := digit(s[2])
	return high<<4 | low, ok && also
}

func digit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
