package detect

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Edit is what takes the place of a part of a text, in bytes.
type Edit struct {
	Start, End int
	Text       string
	Kind       string
}

// Apply makes edits, which are in order and do not overlap.
func Apply(text string, edits []Edit) string {
	if len(edits) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.Start])
		b.WriteString(e.Text)
		at = e.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// Through looks with find at a text and, up to twice, through what hides one: percent-encoding, \u escapes, character references,
// Base64 and hexadecimal. The edits are of the text itself, what was hidden is hidden again the same way. They are in order and
// do not overlap.
func Through(text string, find func(string) []Edit) []Edit { return through(text, find, mostHidden) }

// mostHidden is how often one text may be hidden in another; each time may take thrice as long.
const mostHidden = 2

func through(text string, find func(string) []Edit, left int) []Edit {
	edits := find(text)
	if left == 0 {
		return edits
	}
	if plain, from := unescape(text); from != nil {
		for _, e := range through(plain, find, left-1) {
			start, end := from[e.Start], from[e.End]
			edits = append(edits, Edit{start, end, escapeLike(text[start:end], e.Text), e.Kind})
		}
	}
	encoded(text, func(start, end int, plain string, encode func(string) string) bool {
		inner := Joined(through(plain, find, left-1))
		if len(inner) == 0 {
			return false
		}
		edits = append(edits, Edit{start, end, encode(Apply(plain, inner)), inner[0].Kind})
		return true
	})
	return Joined(edits)
}

// Joined puts edits in order and leaves out those that overlap an earlier one.
func Joined(edits []Edit) []Edit {
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	kept := edits[:0]
	end := 0
	for _, e := range edits {
		if e.Start >= end {
			kept = append(kept, e)
			end = e.End
		}
	}
	return kept
}

// Plain is a text with its escapes read once: percent-encoding, \u escapes, character references.
func Plain(text string) string {
	plain, _ := unescape(text)
	return plain
}

// unescape reads escapes; from is where each byte of the plain text, and its end, comes from. It is nil where there are none.
func unescape(text string) (plain string, from []int) {
	if strings.IndexByte(text, '%') < 0 && strings.IndexByte(text, '\\') < 0 && strings.IndexByte(text, '&') < 0 {
		return text, nil
	}
	var b strings.Builder
	places := make([]int, 0, len(text)+1)
	some := false
	for i := 0; i < len(text); {
		decoded, size := escapeAt(text, i)
		if size == 0 {
			b.WriteByte(text[i])
			places = append(places, i)
			i++
			continue
		}
		some = true
		b.WriteString(decoded)
		for range len(decoded) {
			places = append(places, i)
		}
		i += size
	}
	if !some {
		return text, nil
	}
	return b.String(), append(places, len(text))
}

// escapeAt reads one escape: %41, \u0041 with its surrogate, &#65; or &#x41;.
func escapeAt(text string, i int) (decoded string, size int) {
	switch text[i] {
	case '%':
		if i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			c, _ := strconv.ParseUint(text[i+1:i+3], 16, 8)
			return string([]byte{byte(c)}), 3
		}
	case '\\':
		r, ok := unitAt(text, i)
		if !ok {
			return "", 0
		}
		if r >= 0xd800 && r < 0xdc00 {
			if low, ok := unitAt(text, i+6); ok && low >= 0xdc00 && low < 0xe000 {
				return string((r-0xd800)<<10 | (low - 0xdc00) + 0x10000), 12
			}
		}
		return string(r), 6
	case '&':
		if i+3 >= len(text) || text[i+1] != '#' {
			return "", 0
		}
		end := strings.IndexByte(text[i:min(len(text), i+12)], ';')
		if end < 0 {
			return "", 0
		}
		digits, base := text[i+2:i+end], 10
		if digits != "" && digits[0]|0x20 == 'x' {
			digits, base = digits[1:], 16
		}
		n, err := strconv.ParseUint(digits, base, 21)
		if err != nil || !utf8.ValidRune(rune(n)) {
			return "", 0
		}
		return string(rune(n)), end + 1
	}
	return "", 0
}

func unitAt(text string, i int) (rune, bool) {
	if i+6 > len(text) || text[i] != '\\' || text[i+1]|0x20 != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
	return rune(n), err == nil
}

// escapeLike writes a text with the escapes that another one has.
func escapeLike(like, text string) string {
	var b strings.Builder
	switch {
	case strings.Contains(like, `\u`), strings.Contains(like, `\U`):
		for _, r := range text {
			switch {
			case r < 0x80 && r >= 0x20 && r != '"' && r != '\\':
				b.WriteRune(r)
			case r > 0xffff:
				fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
			default:
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		}
		return b.String()
	case strings.Contains(like, "%"):
		return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
	case strings.Contains(like, "&#"):
		for _, r := range text {
			if r >= 0x80 {
				fmt.Fprintf(&b, "&#%d;", r)
				continue
			}
			b.WriteRune(r)
		}
		return b.String()
	}
	return text
}

// leastEncoded is how long an encoded text is that can hide anything: a name of two characters.
const leastEncoded = 8

// encoded calls look for each row of characters that is the Base64 or hexadecimal form of a text; it says whether anything was
// found there.
func encoded(text string, look func(start, end int, plain string, encode func(string) string) bool) {
	for i := 0; i < len(text); {
		if !isBase64(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && isBase64(text[i]) {
			i++
		}
		end := i
		for i < len(text) && text[i] == '=' && i-end < 2 {
			i++
		}
		if i-start < leastEncoded || try(text, start, i, look) {
			continue
		}
		// A row may be a path, or several texts with hyphens between them.
		for at := start; at < end; {
			stop := at
			for stop < end && isAlnum(text[stop]) {
				stop++
			}
			last := stop
			if stop == end {
				last = i
			}
			if (at > start || last < i) && last-at >= leastEncoded {
				try(text, at, last, look)
			}
			at = stop + 1
		}
	}
}

func isBase64(c byte) bool { return isURLBase64(c) || c == '+' || c == '/' }

func try(text string, start, end int, look func(start, end int, plain string, encode func(string) string) bool) bool {
	row := text[start:end]
	if plain, ok := readHex(row); ok {
		upper := strings.ToUpper(row) == row
		return look(start, end, plain, func(s string) string {
			if upper {
				return strings.ToUpper(hex.EncodeToString([]byte(s)))
			}
			return hex.EncodeToString([]byte(s))
		})
	}
	for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		raw, err := e.DecodeString(strings.TrimRight(row, "="))
		if err != nil || !isText(string(raw)) {
			continue
		}
		padded := strings.HasSuffix(row, "=") || len(row)%4 == 0
		return look(start, end, string(raw), func(s string) string {
			if padded {
				return e.WithPadding(base64.StdPadding).EncodeToString([]byte(s))
			}
			return e.EncodeToString([]byte(s))
		})
	}
	return false
}

func readHex(row string) (string, bool) {
	if len(row)%2 != 0 {
		return "", false
	}
	raw, err := hex.DecodeString(row)
	return string(raw), err == nil && isText(string(raw))
}

// isText says whether bytes are a text that people or programs write.
func isText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
	}
	return s != ""
}
