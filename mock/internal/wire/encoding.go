package wire

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
)

// Encoding is how cipher bytes are written as text.
type Encoding string

// The encodings. Any other value behaves as Base64; NewCipher refuses it.
const (
	Base64    Encoding = "base64"
	Base64URL Encoding = "base64url" // RFC 4648, section 5, without padding
	Hex       Encoding = "hex"
	HexUpper  Encoding = "hex-upper"
)

// isHex reports whether e is hexadecimal, in whichever case it is written.
func (e Encoding) isHex() bool { return e == Hex || e == HexUpper }

// EncodingError says where a text is not of its encoding. It never holds the
// text.
type EncodingError struct {
	Encoding Encoding
	Offset   int // byte offset into the text
	Reason   string
}

// Error names the encoding, the place and what is wrong there.
func (e *EncodingError) Error() string {
	return string(e.Encoding) + ": offset " + strconv.Itoa(e.Offset) + ": " + e.Reason
}

// Encode appends the text of src to dst: Base64 in the standard alphabet,
// padded, in one line (Z-12), or hexadecimal in lower case (W-26), unless e says
// otherwise.
func (e Encoding) Encode(dst, src []byte) []byte {
	switch e {
	case Hex:
		return hex.AppendEncode(dst, src)
	case HexUpper:
		start, size := len(dst), hex.EncodedLen(len(src))
		dst = slices.Grow(dst, size)[:start+size]
		upperHexInto(dst[start:], src)
		return dst
	case Base64URL:
		return base64.RawURLEncoding.AppendEncode(dst, src)
	}
	return base64.StdEncoding.AppendEncode(dst, src)
}

// chunk is how many bytes are encoded together by encodeTail: a number that is divisible by three, so that Base64 goes on
// without padding.
const chunk = 768

// encodeTail writes the text of the bytes at the end of a buffer into all of it, from the front. It is as long as their text
// is: what is written never overtakes what is still to be read, since each byte makes more than one character.
func (e Encoding) encodeTail(buffer []byte, size int) {
	var part [chunk]byte
	rest := buffer[len(buffer)-size:]
	for at := 0; len(rest) > 0; {
		n := copy(part[:], rest)
		rest = rest[n:]
		switch e {
		case Hex:
			at += hex.Encode(buffer[at:], part[:n])
		case HexUpper:
			at += upperHexInto(buffer[at:], part[:n])
		case Base64URL:
			encodeBase64(buffer[at:], part[:n], urlPairs(), base64.RawURLEncoding)
			at += base64.RawURLEncoding.EncodedLen(n)
		default:
			encodeBase64(buffer[at:], part[:n], standardPairs(), base64.StdEncoding)
			at += base64.StdEncoding.EncodedLen(n)
		}
	}
}

// upperHexInto writes hexadecimal digits in upper case, and says how many.
func upperHexInto(dst, src []byte) int {
	const digits = "0123456789ABCDEF"
	for i, b := range src {
		dst[2*i], dst[2*i+1] = digits[b>>4], digits[b&15]
	}
	return 2 * len(src)
}

// Decode reads text and returns its bytes. Base64 is read tolerantly (Z-12):
// white space is dropped, '-' and '_' stand for '+' and '/', padding may be
// missing. Hexadecimal is read in either case. Anything else is an
// *EncodingError.
func (e Encoding) Decode(src []byte) ([]byte, error) {
	out, err := e.appendDecode(nil, src)
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (e Encoding) encodedLen(n int) int {
	switch {
	case e.isHex():
		return hex.EncodedLen(n)
	case e == Base64URL:
		return base64.RawURLEncoding.EncodedLen(n)
	}
	return base64.StdEncoding.EncodedLen(n)
}

// appendDecode appends the bytes of src to dst; on error it returns dst as it
// was. The error is typed so that callers read the offset without a cast.
func (e Encoding) appendDecode(dst, src []byte) ([]byte, *EncodingError) {
	if e.isHex() {
		return appendHex(dst, src)
	}
	start := len(dst)
	dst = slices.Grow(dst, base64.RawStdEncoding.DecodedLen(len(src)))
	usual := base64.StdEncoding
	if e == Base64URL {
		usual = base64.RawURLEncoding
	}
	n, err := usual.Decode(dst[start:cap(dst)], src)
	if err == nil {
		return dst[:start+n], nil
	}
	clean, bad := cleanBase64(src)
	if bad != nil {
		return dst[:start], bad
	}
	// cleanBase64 leaves only alphabet characters in a possible number.
	n, err = base64.RawStdEncoding.Decode(dst[start:cap(dst)], clean)
	if err != nil {
		return dst[:start], &EncodingError{Base64, len(src), "the text cannot be read"}
	}
	return dst[:start+n], nil
}

// cleanBase64 returns src in the standard alphabet without white space and
// padding.
func cleanBase64(src []byte) ([]byte, *EncodingError) {
	clean := make([]byte, 0, len(src))
	padding, paddingAt := 0, 0
	for i, c := range src {
		switch {
		case c == ' ' || '\t' <= c && c <= '\r':
			continue
		case c == '=':
			if padding == 0 {
				paddingAt = i
			}
			padding++
			continue
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '+', c == '/':
		default:
			return nil, &EncodingError{Base64, i, "not a Base64 character"}
		}
		if padding > 0 {
			return nil, &EncodingError{Base64, i, "text after the padding"}
		}
		clean = append(clean, c)
	}
	rest := len(clean) % 4
	if rest == 1 {
		return nil, &EncodingError{Base64, len(src), "one character is left over; the text is cut off"}
	}
	if allowed := (4 - rest) % 4; padding > allowed {
		return nil, &EncodingError{Base64, paddingAt, "too much padding"}
	}
	return clean, nil
}

func appendHex(dst, src []byte) ([]byte, *EncodingError) {
	out, err := hex.AppendDecode(dst, src)
	if err == nil {
		return out, nil
	}
	for i, c := range src {
		if fromHex(c) < 0 {
			return dst, &EncodingError{Hex, i, "not a hexadecimal digit"}
		}
	}
	return dst, &EncodingError{Hex, len(src), "an odd number of digits"}
}
