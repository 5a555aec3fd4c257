package explain

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// errText is a text whose encoding cannot be told.
var errText = errors.New("the input is neither UTF-8, UTF-16 nor GBK text; save it as UTF-8")

// decodeText reads what PowerShell, an editor or a Chinese console hands over: UTF-8 with or without a byte order mark,
// UTF-16 in either order, or GBK. Line ends become single line feeds.
func decodeText(input []byte) (string, error) {
	text := ""
	switch {
	case bytes.HasPrefix(input, []byte("\xEF\xBB\xBF")) && utf8.Valid(input):
		text = string(input[3:])
	case bytes.HasPrefix(input, []byte("\xFF\xFE")):
		text = fromUTF16(input[2:], 1)
	case bytes.HasPrefix(input, []byte("\xFE\xFF")):
		text = fromUTF16(input[2:], 0)
	case halfNUL(input, 1):
		text = fromUTF16(input, 1)
	case halfNUL(input, 0):
		text = fromUTF16(input, 0)
	case utf8.Valid(input):
		text = string(input)
	default:
		decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(input)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return "", errText
		}
		text = string(decoded)
	}
	return strings.ReplaceAll(text, "\r\n", "\n"), nil
}

// halfNUL reports whether every second byte of the beginning is NUL: UTF-16 without its mark. high is where in each pair
// the high byte stands.
func halfNUL(b []byte, high int) bool {
	b = b[:min(len(b), 64)]
	if len(b) < 8 {
		return false
	}
	for i := high; i < len(b)-1; i += 2 {
		if b[i] != 0 {
			return false
		}
	}
	return b[1-high] != 0
}

func fromUTF16(b []byte, high int) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i+high])<<8 | uint16(b[2*i+1-high])
	}
	return string(utf16.Decode(units))
}
