package wire

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// plainForm says what is wrong with opened text, "" for JSON as it should be,
// and what JSON it holds. No JSON means that it is none in any known writing.
func plainForm(plain []byte) (id string, inner []byte) {
	switch {
	case isJSON(plain):
		return "", plain
	case bytes.HasPrefix(plain, utf8BOM) && isJSON(plain[len(utf8BOM):]):
		return "sealed-bom-text", plain[len(utf8BOM):]
	}
	if inner := fromUTF16(plain); isJSON(inner) {
		return "sealed-utf16-text", inner
	}
	switch {
	case !utf8.Valid(plain):
		return "sealed-gbk-text", fromGBK(plain)
	case opensWith(plain, '"'):
		var s string
		if json.Unmarshal(plain, &s) == nil && isJSON([]byte(s)) {
			return "sealed-json-string", []byte(s)
		}
	case opensWith(plain, '%'):
		if s, err := url.QueryUnescape(string(plain)); err == nil && isJSON([]byte(s)) {
			return "sealed-text-url-encoded", []byte(s)
		}
	}
	return "", nil
}

// beginsPlausibly reports whether a first block could begin a text that plainForm knows. Two characters settle it, so
// that a wrong key passes once in tens of thousands of times.
func beginsPlausibly(first []byte) bool {
	if len(first) > 3 && (first[0] == 0xFF && first[1] == 0xFE || first[0] == 0xFE && first[1] == 0xFF ||
		first[0] == '{' && first[1] == 0 && first[3] == 0 || first[0] == 0 && first[1] == '{' && first[2] == 0) {
		return true
	}
	first = bytes.TrimLeft(bytes.TrimPrefix(first, utf8BOM), " \t\r\n")
	if len(first) == 0 {
		return false
	}
	next := bytes.TrimLeft(first[1:], " \t\r\n")
	follows := func(allowed string) bool { return len(next) == 0 || bytes.IndexByte([]byte(allowed), next[0]) >= 0 }
	switch first[0] {
	case '{':
		return follows(`"}`)
	case '[':
		return follows(`"{[]tfn-0123456789`)
	case '"':
		return follows(`{[\`)
	case '%':
		return bytes.HasPrefix(next, []byte("7")) || bytes.HasPrefix(next, []byte("5"))
	}
	return false
}

// fromUTF16 reads UTF-16, which Encoding.Unicode.GetBytes gives in .NET; nil for what can be none.
func fromUTF16(b []byte) []byte {
	if len(b) < 4 {
		return nil
	}
	if len(b)%2 != 0 {
		// Zero padding was taken off together with the last character's second byte.
		b = append(b[:len(b):len(b)], 0)
	}
	big := b[0] == 0xFE && b[1] == 0xFF || b[0] == 0
	if b[0] == 0xFF && b[1] == 0xFE || b[0] == 0xFE && b[1] == 0xFF {
		b = b[2:]
	} else if b[0] != 0 && b[1] != 0 {
		return nil
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		if big {
			units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
		} else {
			units[i] = uint16(b[2*i+1])<<8 | uint16(b[2*i])
		}
	}
	return []byte(string(utf16.Decode(units)))
}

// isJSON reports whether text is one JSON object or array.
func isJSON(text []byte) bool {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	return len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && utf8.Valid(trimmed) && json.Valid(trimmed)
}

// fromGBK returns the JSON that text, which is not UTF-8, is in GBK: what
// String.getBytes() gives on a Chinese Windows; nil for what is none.
func fromGBK(text []byte) []byte {
	if !opensWith(text, '{') && !opensWith(text, '[') {
		return nil
	}
	decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(text)
	if err != nil || !isJSON(decoded) || bytes.ContainsRune(decoded, utf8.RuneError) {
		return nil
	}
	return decoded
}

// almostJSON names what a text is that somebody took for JSON: a Map printed by Java, or a dict printed by Python.
func almostJSON(plain []byte) string {
	head := plain[:min(len(plain), 256)]
	switch {
	case regexp.MustCompile(`^\s*\{[A-Za-z_][A-Za-z0-9_.-]*=`).Match(head):
		return "sealed-java-map"
	case regexp.MustCompile(`^\s*[\[{]+\s*'`).Match(head):
		return "sealed-single-quotes"
	}
	return ""
}
