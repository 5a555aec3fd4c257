package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxPairs bounds the parameters of one query or one form: far above any
// vendor's call, far below what makes sorting and matching costly.
const maxPairs = 1000

// The values of Pair.In.
const (
	InQuery = "query"
	InForm  = "form"
)

// Pair is one raw parameter, decoded but otherwise as it came.
type Pair struct {
	Name, Value string
	// In says where it came from: "query" or "form".
	In string
}

// Pairs are parameters in the order received, duplicates kept: a signature and
// a "given twice" check need what a map would lose.
type Pairs []Pair

// Get returns the first value of a name and how often the name occurs; a
// missing name is "", 0.
func (p Pairs) Get(name string) (value string, n int) {
	for i := range p {
		if p[i].Name == name {
			if n == 0 {
				value = p[i].Value
			}
			n++
		}
	}
	return value, n
}

// The values of ParamError.Reason.
const (
	ParamPercent = "percent" // a '%' without two hexadecimal digits
	ParamUTF8    = "utf8"    // decoded bytes that are not UTF-8
	ParamCount   = "count"   // more than 1000 pairs
	ParamNul     = "nul"     // the character NUL
)

// ParamError says where a query string or a form cannot be read. It never
// holds a name or a value.
type ParamError struct {
	In     string // "query" or "form"
	Offset int    // byte offset into the raw text
	Reason string // one of the Param constants
	GBK    bool   // the bytes that are not UTF-8 do read as GBK
}

// Error names the place and the fix.
func (e *ParamError) Error() string {
	at := e.In + ": offset " + strconv.Itoa(e.Offset) + ": "
	switch e.Reason {
	case ParamPercent:
		return at + "'%' is not followed by two hexadecimal digits; write a literal percent sign as %25"
	case ParamNul:
		return at + "the character NUL; leave it out"
	case ParamCount:
		return at + "more than " + strconv.Itoa(maxPairs) + " parameters"
	default:
		if e.GBK {
			return at + "percent-encoded bytes are not UTF-8 but read as GBK; encode the text as UTF-8"
		}
		return at + "percent-encoded bytes are not valid UTF-8"
	}
}

// ParseQuery reads a raw query string (without '?') by the WHATWG URL rules
// for application/x-www-form-urlencoded, but strictly: '+' is a space, ';' is
// an ordinary character, empty pieces between '&' are skipped, a piece without
// '=' has the value "". A broken escape, text that is not UTF-8 and more than
// 1000 pairs are a *ParamError.
func ParseQuery(raw string) (Pairs, error) { return parsePairs(raw, InQuery) }

// ParseForm reads an application/x-www-form-urlencoded body by the rules of
// ParseQuery. The texts returned may be parts of body, which must not be changed
// afterwards.
func ParseForm(body []byte) (Pairs, error) {
	return parsePairs(unsafe.String(unsafe.SliceData(body), len(body)), InForm)
}

// pairReader reads the pairs of one text. What is not escaped stays a part of
// it; all that is escaped is decoded into one buffer, which never outgrows its
// first size.
type pairReader struct {
	raw     string
	plain   bool // the text holds neither NUL nor what is not UTF-8
	decoded []byte
}

func parsePairs(raw, in string) (Pairs, error) {
	if raw == "" {
		return nil, nil
	}
	r := pairReader{raw: raw, plain: utf8.ValidString(raw) && strings.IndexByte(raw, 0) < 0}
	pairs := make(Pairs, 0, min(strings.Count(raw, "&")+1, maxPairs))
	for pos := 0; pos <= len(raw); {
		end := strings.IndexByte(raw[pos:], '&')
		if end < 0 {
			end = len(raw)
		} else {
			end += pos
		}
		piece := raw[pos:end]
		if piece != "" {
			if len(pairs) == maxPairs {
				return nil, &ParamError{In: in, Offset: pos, Reason: ParamCount}
			}
			name, value, found := strings.Cut(piece, "=")
			valueAt := pos + len(name)
			if found {
				valueAt++
			}
			pair := Pair{In: in}
			var err *ParamError
			if pair.Name, err = r.unescaped(name, pos); err == nil {
				pair.Value, err = r.unescaped(value, valueAt)
			}
			if err != nil {
				err.In = in
				return nil, err
			}
			pairs = append(pairs, pair)
		}
		pos = end + 1
	}
	if len(pairs) == 0 {
		return nil, nil
	}
	return pairs, nil
}

// unescaped decodes one name or value that starts at byte offset at.
func (r *pairReader) unescaped(s string, at int) (string, *ParamError) {
	decoded := s
	i := escapeAt(s)
	switch {
	case i < 0 && r.plain:
		return s, nil
	case i >= 0:
		if r.decoded == nil {
			r.decoded = make([]byte, 0, len(r.raw)-at)
		}
		start := len(r.decoded)
		buf := append(r.decoded, s[:i]...)
		for ; i < len(s); i++ {
			switch c := s[i]; c {
			case '+':
				buf = append(buf, ' ')
			case '%':
				if i+2 >= len(s) || fromHex(s[i+1]) < 0 || fromHex(s[i+2]) < 0 {
					return "", &ParamError{Offset: at + i, Reason: ParamPercent}
				}
				buf = append(buf, byte(fromHex(s[i+1])<<4|fromHex(s[i+2])))
				i += 2
			default:
				buf = append(buf, c)
			}
		}
		r.decoded = buf
		decoded = unsafe.String(unsafe.SliceData(buf[start:]), len(buf)-start)
	}
	if !utf8.ValidString(decoded) {
		return "", &ParamError{Offset: at, Reason: ParamUTF8, GBK: readsAsGBK(decoded)}
	}
	if strings.IndexByte(decoded, 0) >= 0 {
		return "", &ParamError{Offset: at, Reason: ParamNul}
	}
	return decoded, nil
}

// escapeAt is the offset of the first character that is an escape, or -1.
func escapeAt(s string) int {
	percent := strings.IndexByte(s, '%')
	if percent >= 0 {
		s = s[:percent]
	}
	if plus := strings.IndexByte(s, '+'); plus >= 0 {
		return plus
	}
	return percent
}

// readsAsGBK reports whether s decodes as GBK without a replacement character.
func readsAsGBK(s string) bool {
	text, err := simplifiedchinese.GBK.NewDecoder().String(s)
	return err == nil && !strings.ContainsRune(text, utf8.RuneError)
}

// fromHex is the value of one hexadecimal digit, or -1.
func fromHex(c byte) int {
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
