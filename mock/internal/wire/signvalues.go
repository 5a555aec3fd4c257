package wire

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// percentEscape escapes as RFC 3986 does: a space is %20.
func percentEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// componentEscape escapes as encodeURIComponent of JavaScript does, which leaves !'()* as they are.
func componentEscape(s string) string {
	return strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace(percentEscape(s))
}

// lowerEscapes writes the digits of escapes in lower case, as .NET does.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(s[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// asciiOnly has a question mark for every other character, as getBytes() gives where Java's default charset is ASCII.
func asciiOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0x7F {
			return '?'
		}
		return r
	}, s)
}

// compactJSON writes JSON text without white space.
func compactJSON(s string) (string, bool) {
	var b bytes.Buffer
	if !isJSON([]byte(s)) || json.Compact(&b, []byte(s)) != nil {
		return "", false
	}
	return b.String(), true
}

// spacedJSON writes JSON text as json.dumps of Python does: blanks after , and :, other characters escaped.
func spacedJSON(s string) (string, bool) {
	compact, ok := compactJSON(s)
	if !ok {
		return "", false
	}
	var b strings.Builder
	inText := false
	for i, r := range compact {
		switch {
		case r == '"' && !escapedAt(compact, i):
			inText = !inText
		case r > 0xFFFF:
			r -= 0x10000
			b.WriteString(`\u` + strconv.FormatInt(int64(0xD800+r>>10), 16) + `\u` + strconv.FormatInt(int64(0xDC00+r&0x3FF), 16))
			continue
		case r > 0x7F:
			text := strconv.FormatInt(int64(r), 16)
			b.WriteString(`\u` + strings.Repeat("0", max(0, 4-len(text))) + text)
			continue
		}
		b.WriteRune(r)
		if !inText && (r == ',' || r == ':') {
			b.WriteByte(' ')
		}
	}
	return b.String(), true
}

// escapedAt reports whether an odd number of backslashes stands before i.
func escapedAt(s string, i int) bool {
	n := 0
	for i-n > 0 && s[i-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

// slashedJSON writes / as \/, as json_encode of PHP does.
func slashedJSON(s string) (string, bool) {
	compact, ok := compactJSON(s)
	return strings.ReplaceAll(compact, "/", `\/`), ok
}
