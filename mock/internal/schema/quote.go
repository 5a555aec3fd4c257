package schema

import (
	"encoding/binary"
	"unicode/utf8"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// appendQuote appends a text as a JSON string, as [jsontext.AppendQuote] does; false, and nothing appended, for what is no
// UTF-8. Most texts need no escape, which is found out eight bytes at a time.
func appendQuote(dst []byte, s string) ([]byte, bool) {
	plain, ascii := plainText(s)
	if plain && (ascii || utf8.ValidString(s)) {
		dst = append(dst, '"')
		dst = append(dst, s...)
		return append(dst, '"'), true
	}
	out, err := jsontext.AppendQuote(dst, s)
	if err != nil {
		return dst, false
	}
	return out, true
}

// plainText says whether a text has no byte that JSON escapes, and whether it has ASCII alone.
func plainText(s string) (plain, ascii bool) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	b := unsafe.Slice(unsafe.StringData(s), len(s)) // only read
	var all uint64
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		all |= w
		quote, slash := w^('"'*ones), w^('\\'*ones)
		// A byte is one that JSON escapes where taking from it borrows; what is no ASCII has its high bit set and does not count.
		if ((w-0x20*ones)&^w|(quote-ones)&^quote|(slash-ones)&^slash)&highs != 0 {
			return false, false
		}
	}
	for _, c := range b {
		all |= uint64(c)
		if c < 0x20 || c == '"' || c == '\\' {
			return false, false
		}
	}
	return true, all&highs == 0
}

// keyOf is a member's name with its colon, "" for a name that is no UTF-8.
func keyOf(name string) string {
	key, ok := appendQuote(nil, name)
	if !ok {
		return ""
	}
	return string(append(key, ':'))
}
