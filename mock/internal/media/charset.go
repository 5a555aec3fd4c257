package media

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"understudy/mock/internal/parameter"
)

var byteOrderMark = []byte("\xEF\xBB\xBF")

// charsetOf finds a charset by one of its names (WHATWG Encoding Standard); nil is UTF-8.
func charsetOf(name string) (encoding.Encoding, error) {
	switch strings.ToLower(strings.Trim(name, `"' `)) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return nil, nil
	}
	e, err := htmlindex.Get(strings.Trim(name, `"' `))
	if err != nil {
		return nil, fail(parameter.Unsupported, "", "the charset is not known; send UTF-8")
	}
	return e, nil
}

// decodeCharset is the text that bytes are in a charset.
func decodeCharset(name string, data []byte) (string, error) {
	e, err := charsetOf(name)
	if err != nil {
		return "", err
	}
	if e == nil {
		if !utf8.Valid(data) {
			return "", fail(parameter.Malformed, "", "the text is not UTF-8; send UTF-8, or say which charset it is")
		}
		return string(data), nil
	}
	decoded, err := e.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return "", fail(parameter.Malformed, "", "the text is not in the charset that the Content-Type states")
	}
	return string(decoded), nil
}

func encodeCharset(name, text string) ([]byte, error) {
	e, err := charsetOf(name)
	if err != nil || e == nil {
		return []byte(text), err
	}
	encoded, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, fail(parameter.Unfit, "", "the charset has no form for a character of the text")
	}
	return encoded, nil
}

// text is a body as text.
func (t mediaType) text(body []byte) (string, error) { return decodeCharset(t.params["charset"], body) }
