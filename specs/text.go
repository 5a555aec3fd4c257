package specs

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// decodeText gives a file's text as UTF-8 without a byte order mark. UTF-16 is known by its mark alone.
func decodeText(file string, data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, fmt.Errorf("%s: the file begins as UTF-16 and is not; save it as UTF-8", file)
		}
		data = text
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fmt.Errorf("%s: the file is empty", file)
	}
	if utf8.Valid(data) {
		if i := bytes.IndexByte(data, 0); i >= 0 {
			return nil, fmt.Errorf("%s:%d: this file is no text: it holds a zero byte", file, lineAt(data, i))
		}
		return data, nil
	}
	bad := 0
	for {
		r, size := utf8.DecodeRune(data[bad:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		bad += size
	}
	line := lineAt(data, bad)
	// GB 18030 contains GBK; what it cannot read either comes out as the replacement character.
	if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data); err == nil && !bytes.ContainsRune(text, utf8.RuneError) && bytes.IndexByte(data, 0) < 0 {
		return nil, fmt.Errorf("%s:%d: this file is GBK, not UTF-8; save it as UTF-8", file, line)
	}
	return nil, fmt.Errorf("%s:%d: this file is not UTF-8; save it as UTF-8", file, line)
}

// lineAt is the line of a byte, from 1.
func lineAt(data []byte, offset int) int { return bytes.Count(data[:offset], []byte{'\n'}) + 1 }
