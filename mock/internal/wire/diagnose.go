package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxDiagnose bounds the text that DiagnoseOpen tries on: a diagnosis must not
// cost more than a body is worth.
const maxDiagnose = 1 << 20

// DiagnoseOpen says what would have worked on a text that Open refused, or
// that Open accepted but that is not JSON. A candidate counts only when what it
// opens is a JSON object or array; three findings go by weaker evidence, which
// is the strongest there can be for them: sealed-truncated (the whole blocks
// open to the beginning of JSON), sealed-wrong-iv (everything after the first
// block is text and ends like JSON) and sealed-not-json (the scheme itself
// opens to text). The zero Finding means that the text opens to JSON.
//
// Detail holds "step" and "reason" of the failure, "also" when a second mistake
// is needed to explain the text, and "bytes" for lengths.
func (c *Cipher) DiagnoseOpen(text []byte) Finding {
	plain, failure := c.Open(nil, text)
	if failure == nil && isJSON(plain) {
		return Finding{}
	}
	if failure == nil {
		failure = &SealError{StepJSON, "the opened text is not a JSON object or array"}
	}
	found := func(id string, extra ...string) Finding {
		detail := map[string]string{"step": failure.Step, "reason": failure.Reason}
		for i := 0; i+1 < len(extra); i += 2 {
			if extra[i+1] != "" {
				detail[extra[i]] = extra[i+1]
			}
		}
		return Finding{ID: id, Detail: detail}
	}
	if isJSON(text) {
		return found("sealed-plain-json")
	}
	if len(text) > maxDiagnose {
		return found(fallbackID(failure.Step), "bytes", itoa(len(text)))
	}
	if id, also := c.reproduce(text); id != "" {
		return found(id, "also", also)
	}
	return c.weigh(text, failure, found)
}

// fallbackID is the finding for a step that nothing explains.
func fallbackID(step string) string {
	switch step {
	case StepEncoding:
		return "sealed-not-encoded"
	case StepLength:
		return "sealed-length"
	case StepJSON:
		return "sealed-not-json"
	default:
		return "sealed-wrong-key"
	}
}

// reproduce looks for the fewest known mistakes that open text to JSON: at most
// one in the text, one in the encoding and one in the cipher.
func (c *Cipher) reproduce(text []byte) (id, also string) {
	forms := []textForm{{text: text}}
	for _, v := range textVariants {
		if t := v.undo(text); t != nil && !bytes.Equal(t, text) {
			forms = append(forms, textForm{v.id, t})
		}
	}
	other, otherID := Hex, "sealed-hex"
	if c.encoding == Hex {
		other, otherID = Base64, "sealed-base64"
	}
	variants := c.variants()
	best := 4
	for _, form := range forms {
		for _, enc := range []struct {
			id string
			e  Encoding
		}{{"", c.encoding}, {otherID, other}} {
			raw, bad := enc.e.appendDecode(nil, form.text)
			if bad != nil || len(raw) == 0 || len(raw)%blockSize != 0 {
				continue
			}
			for i := range variants {
				v := &variants[i]
				names := named(form.id, enc.id, v.id)
				if len(names) == 0 || len(names) >= best || !v.opensToJSON(raw) {
					continue
				}
				best = len(names)
				id, also = names[0], ""
				if best > 1 {
					also = names[1]
				}
			}
		}
	}
	return id, also
}

// named returns the IDs that are not empty.
func named(ids ...string) []string {
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

// weigh handles what no candidate opens to JSON.
func (c *Cipher) weigh(text []byte, failure *SealError, found func(string, ...string) Finding) Finding {
	raw, bad := c.decode(nil, text)
	if bad != nil && bad.Offset == len(text) {
		// Cut within a group of characters: the whole blocks before it remain.
		kept := bytes.TrimRight(text, "= \t\r\n")
		raw, bad = c.decode(nil, kept[:max(0, len(kept)-1)])
	}
	if bad != nil {
		return found("sealed-not-encoded")
	}
	size := itoa(len(raw))
	opened := bytes.Clone(raw[:len(raw)-len(raw)%blockSize])
	c.decrypt(opened)
	// Valid PKCS#5 padding proves that nothing is missing at the end.
	if (failure.Step != StepJSON || c.padding == Zero) && beginsJSON(opened) {
		return found("sealed-truncated", "bytes", size)
	}
	if len(raw)%blockSize != 0 {
		return found("sealed-length", "bytes", size)
	}
	plain, padded := c.unpad(opened)
	if failure.Step == StepText && padded && isGBKJSON(plain) {
		return found("sealed-gbk-text")
	}
	if tail, ok := c.withoutFirstBlock(raw); ok && endsLikeJSON(tail) && !(padded && isText(plain)) {
		return found("sealed-wrong-iv")
	}
	if failure.Step == StepJSON && !isText(plain) {
		return found("sealed-wrong-key")
	}
	return found(fallbackID(failure.Step))
}

// withoutFirstBlock opens CBC text except its first block, the only one that
// the IV touches.
func (c *Cipher) withoutFirstBlock(raw []byte) ([]byte, bool) {
	if len(raw) < 2*blockSize {
		return nil, false
	}
	v := cipherVariant{block: c.block, padding: c.padding, iv: raw[:blockSize], mode: CBC}
	return v.open(raw[blockSize:])
}

// isJSON reports whether text is one JSON object or array.
func isJSON(text []byte) bool {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	return len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && utf8.Valid(trimmed) && json.Valid(trimmed)
}

// isGBKJSON reports whether text, which is not UTF-8, is JSON in GBK: what
// String.getBytes() gives on a Chinese Windows.
func isGBKJSON(text []byte) bool {
	decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(text)
	return err == nil && isJSON(decoded) && !bytes.ContainsRune(decoded, utf8.RuneError)
}

// beginsJSON reports whether text is the beginning of a JSON object or array
// that has not ended.
func beginsJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	// The last character may be cut within its bytes.
	for cut := 0; cut < utf8.UTFMax && len(text) > 0 && !utf8.Valid(text); cut++ {
		text = text[:len(text)-1]
	}
	if !utf8.Valid(text) {
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			if depth--; depth == 0 {
				return false
			}
		}
	}
}

// endsLikeJSON reports whether text could be the end of a JSON document whose
// first bytes are unknown: printable UTF-8 apart from a character cut at the
// start, closed by a bracket.
func endsLikeJSON(text []byte) bool {
	for cut := 0; cut < utf8.UTFMax-1 && len(text) > 0 && !utf8.RuneStart(text[0]); cut++ {
		text = text[1:]
	}
	text = bytes.TrimRight(text, " \t\r\n")
	if len(text) == 0 || !isText(text) {
		return false
	}
	last := text[len(text)-1]
	return last == '}' || last == ']'
}

// isText reports whether b is UTF-8 without control characters other than
// white space.
func isText(b []byte) bool {
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return utf8.Valid(b)
}
