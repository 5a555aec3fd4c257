package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The bounds of DiagnoseOpen: a diagnosis must not cost more than a body is worth. Beyond the first, nothing is tried;
// the second is how many bytes may be decoded and opened in all.
const (
	maxDiagnose     = 1 << 20
	maxDiagnoseWork = 24 << 20
)

// budget is work that is left, in bytes.
type budget struct{ left int }

// spend takes n bytes of work, and a little for the call itself; false means that nothing is left.
func (b *budget) spend(n int) bool {
	b.left -= n + 64
	return b.left > 0
}

// DiagnoseOpen says what would have worked on a text that Open refused, or
// that Open accepted but that is not JSON. A candidate counts only when what it
// opens is a JSON object or array, be it in GBK, UTF-16 or written twice. Where
// none does, weaker evidence decides, which is the strongest there can be:
// sealed-truncated (the whole blocks open to the beginning of JSON),
// sealed-wrong-iv (everything after the first block is text and ends like
// JSON), sealed-passphrase (the mark of openssl and CryptoJS),
// sealed-bytes-as-text (replacement characters among the bytes), and what the
// scheme itself opens to. The zero Finding means that the text opens to JSON.
//
// Detail holds "step" and "reason" of the failure, "also" when further mistakes
// are needed to explain the text, "bytes" for lengths, "slot" for another
// credential taken as key, "part" for what an IV was made of.
func (c *Cipher) DiagnoseOpen(text []byte) Finding {
	_, f := c.Recover(text)
	return f
}

// Recover opens a text to its JSON, whatever known mistakes it holds, which the
// finding names as DiagnoseOpen does. The plaintext is nil where no combination
// of mistakes opens it.
func (c *Cipher) Recover(text []byte) ([]byte, Finding) {
	plain, failure := c.Open(nil, text)
	if failure == nil && isJSON(plain) {
		return plain, Finding{}
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
	if len(text) > maxDiagnose {
		if isJSON(text) {
			return text, found("sealed-plain-json")
		}
		return nil, found(fallbackID(failure.Step), "bytes", itoa(len(text)))
	}
	if isJavaArray(text) {
		return nil, found("sealed-java-array")
	}
	if m := c.reproduce(text); m != nil {
		return m.plain, found(m.ids[0], "also", strings.Join(m.ids[1:], ","), "slot", m.slot, "part", m.part)
	}
	if isJSON(text) {
		return text, found("sealed-plain-json")
	}
	return nil, c.weigh(text, failure, found)
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
	case StepTag:
		return "sealed-wrong-tag"
	default:
		return "sealed-wrong-key"
	}
}

// named returns the IDs that are not empty.
func named(ids ...string) []string {
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

// weigh handles what no candidate opens to JSON.
func (c *Cipher) weigh(text []byte, failure *SealError, found func(string, ...string) Finding) Finding {
	raw, bad := c.decode(nil, text)
	if bad != nil {
		// What a log cuts off, it often marks.
		kept := bytes.TrimSpace(text)
		for _, mark := range []string{"...", "…"} {
			kept = bytes.TrimSuffix(kept, []byte(mark))
		}
		if raw, bad = c.decode(nil, kept); bad != nil && bad.Offset == len(kept) {
			// Cut within a group of characters: the whole blocks before it remain.
			kept = bytes.TrimRight(kept, "= \t\r\n")
			raw, bad = c.decode(nil, kept[:max(0, len(kept)-1)])
		}
	}
	if bad != nil && lostBytes(text) || bad == nil && lostBytes(raw) {
		return found("sealed-bytes-as-text")
	}
	if bad != nil {
		return found("sealed-not-encoded")
	}
	if bytes.HasPrefix(raw, saltedMark) {
		return found("sealed-passphrase")
	}
	size := itoa(len(raw))
	if c.mode == GCM {
		if beginsJSON(c.withoutTag(raw)) {
			return found("sealed-truncated", "bytes", size)
		}
		if len(raw) < c.prepended+tagSize {
			return found("sealed-too-short", "bytes", size)
		}
		return found(fallbackID(failure.Step))
	}
	if len(raw) < c.prepended {
		return found("sealed-length", "bytes", size)
	}
	iv := c.iv
	if c.prepended > 0 {
		iv, raw = raw[:c.prepended], raw[c.prepended:]
	}
	opened := bytes.Clone(raw[:len(raw)-len(raw)%blockSize])
	decrypt(c.block, c.mode, iv, opened)
	// Valid PKCS#5 padding proves that nothing is missing at the end.
	if (failure.Step != StepJSON || c.padding == Zero) && beginsJSON(opened) {
		return found("sealed-truncated", "bytes", size)
	}
	if len(raw)%blockSize != 0 {
		return found("sealed-length", "bytes", size)
	}
	plain, padded := unpad(c.padding, opened)
	if tail, ok := c.withoutFirstBlock(raw); ok && endsLikeJSON(tail) && (!padded || !isText(plain) || c.mode == CBC && completesJSON(tail)) {
		return found("sealed-wrong-iv")
	}
	if failure.Step == StepJSON {
		if id := almostJSON(plain); id != "" {
			return found(id)
		}
		if !isText(plain) {
			return found("sealed-wrong-key")
		}
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

// completesJSON reports whether some beginning makes a JSON document of text: in a name, in a value, or between them.
func completesJSON(text []byte) bool {
	for _, state := range []struct {
		prefix string
		quoted bool
	}{{`{"a":"`, true}, {`{"`, true}, {`{"a":`, false}, {`{"a":1`, false}, {`{"a":1,`, false}, {`{"a"`, false}, {`["`, true}, {`[1`, false}, {`[`, false}} {
		open := unopened(text, state.quoted)
		if len(open) == 0 || open[0] != state.prefix[0] {
			continue
		}
		var whole []byte
		for i := len(open) - 1; i > 0; i-- {
			if whole = append(whole, open[i]); open[i] == '{' {
				whole = append(whole, `"a":`...)
			}
		}
		if json.Valid(slices.Concat(whole, []byte(state.prefix), text)) {
			return true
		}
	}
	return false
}

// unopened lists the brackets that a text closes and does not open, the innermost first. quoted says that it begins
// within a string.
func unopened(text []byte, quoted bool) []byte {
	var open []byte
	depth := 0
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
		case (b == '}' || b == ']') && depth > 0:
			depth--
		case b == '}':
			open = append(open, '{')
		case b == ']':
			open = append(open, '[')
		}
	}
	return open
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
