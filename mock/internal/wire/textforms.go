package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"
)

// textForm is a sealed text after the mistakes that ids name have been undone.
type textForm struct {
	ids  []string
	text []byte
}

// textVariant undoes what may happen to a sealed text on its way; nil means
// that the mistake cannot have been made.
type textVariant struct {
	id   string
	undo func(c *Cipher, text []byte) []byte
}

// textVariants lists the known mistakes in the text around cipher bytes.
func textVariants() []textVariant {
	return []textVariant{
		{"sealed-quoted", func(_ *Cipher, text []byte) []byte { return unquoted(text) }},
		{"sealed-json-escaped", func(_ *Cipher, text []byte) []byte {
			if !bytes.ContainsRune(text, '\\') || bytes.ContainsAny(text, "\"\r\n") {
				return nil
			}
			return unquoted(slices.Concat([]byte(`"`), text, []byte(`"`)))
		}},
		{"sealed-plus-as-space", func(_ *Cipher, text []byte) []byte {
			// A blank at either end may have been a plus as well as white space.
			return bytes.ReplaceAll(bytes.Trim(text, "\r\n"), []byte(" "), []byte("+"))
		}},
		{"sealed-url-encoded", func(_ *Cipher, text []byte) []byte { return percentDecoded(text) }},
		{"sealed-url-encoded-twice", func(_ *Cipher, text []byte) []byte { return percentDecoded(percentDecoded(text)) }},
		{"sealed-form-field", func(_ *Cipher, text []byte) []byte {
			// name=TEXT or name=TEXT%3D; a plus sign in it was meant as one.
			pairs, err := ParseForm(bytes.ReplaceAll(text, []byte("+"), []byte("%2B")))
			if err != nil {
				return nil
			}
			longest := ""
			for _, p := range pairs {
				if p.Name != "" && len(p.Value) > len(longest) {
					longest = p.Value
				}
			}
			return []byte(longest)
		}},
		{"sealed-in-object", func(_ *Cipher, text []byte) []byte {
			var members map[string]any
			if !opensWith(text, '{') || json.Unmarshal(text, &members) != nil {
				return nil
			}
			longest := ""
			for _, v := range members {
				if s, ok := v.(string); ok && len(s) > len(longest) {
					longest = s
				}
			}
			return []byte(longest)
		}},
		{"sealed-byte-list", byteList},
		{"sealed-hex-dashes", func(c *Cipher, text []byte) []byte { return dashedHex(c, text) }},
		{"sealed-raw-bytes", func(c *Cipher, text []byte) []byte {
			if !c.fits(len(text)) || isText(text) {
				return nil
			}
			return c.encoding.Encode(nil, text)
		}},
		{"sealed-encoded-twice", func(c *Cipher, text []byte) []byte {
			for _, e := range []Encoding{Base64, Hex} {
				inner, bad := e.appendDecode(nil, text)
				if bad != nil || len(inner) == 0 {
					continue
				}
				for _, within := range []Encoding{c.encoding, Base64, Hex} {
					if raw, bad := within.appendDecode(nil, inner); bad == nil && c.fits(len(raw)) {
						return c.encoding.Encode(nil, raw)
					}
				}
			}
			return nil
		}},
	}
}

// textForms lists the text itself, what each known mistake would have made it
// from, and what two of them would have. Text that is JSON can only be JSON that
// holds the ciphertext.
func (c *Cipher) textForms(text []byte, work *budget) []textForm {
	variants := textVariants()
	forms := []textForm{{text: text}}
	seen := map[string]bool{string(text): true}
	holdsJSON := isJSON(text)
	for i := 0; i < len(forms) && len(forms[i].ids) < 2; i++ {
		for _, v := range variants {
			if i == 0 && holdsJSON && v.id != "sealed-in-object" && v.id != "sealed-byte-list" || !work.spend(len(forms[i].text)) {
				continue
			}
			undone := v.undo(c, forms[i].text)
			if len(undone) == 0 || seen[string(undone)] {
				continue
			}
			seen[string(undone)] = true
			forms = append(forms, textForm{slices.Concat(forms[i].ids, []string{v.id}), undone})
		}
	}
	if holdsJSON {
		return forms[1:]
	}
	return forms
}

// fits says whether so many bytes can be a whole ciphertext.
func (c *Cipher) fits(n int) bool {
	if c.mode == GCM {
		return n >= c.prepended+tagSize
	}
	return n > 0 && n%blockSize == 0
}

// unquoted takes the quotes off a JSON string, or off a text in single quotes.
func unquoted(text []byte) []byte {
	text = bytes.TrimSpace(text)
	var s string
	if opensWith(text, '"') && json.Unmarshal(text, &s) == nil {
		return []byte(s)
	}
	if n := len(text); n > 1 && text[0] == '\'' && text[n-1] == '\'' {
		return text[1 : n-1]
	}
	return nil
}

func percentDecoded(text []byte) []byte {
	if !bytes.ContainsRune(text, '%') {
		return nil
	}
	s, err := url.PathUnescape(string(text))
	if err != nil {
		return nil
	}
	return []byte(s)
}

// dashedHex reads 0A-1B-2C, as BitConverter.ToString of .NET writes bytes, and the same with
// colons or blanks, and returns them in the encoding due.
func dashedHex(c *Cipher, text []byte) []byte {
	text = bytes.TrimSpace(text)
	if len(text) < 5 || (len(text)+1)%3 != 0 {
		return nil
	}
	mark := text[2]
	if mark != '-' && mark != ':' && mark != ' ' {
		return nil
	}
	digits := make([]byte, 0, len(text)/3*2+2)
	for i := 0; i < len(text); i += 3 {
		if i > 0 && text[i-1] != mark {
			return nil
		}
		digits = append(digits, text[i], text[i+1])
	}
	raw, err := hex.AppendDecode(nil, digits)
	if err != nil {
		return nil
	}
	return c.encoding.Encode(nil, raw)
}

// byteList reads [12, -34, …], as Arrays.toString of Java writes bytes, and the object that JSON.stringify of Node makes
// of a Buffer.
func byteList(c *Cipher, text []byte) []byte {
	var numbers []int
	switch text = bytes.TrimSpace(text); {
	case opensWith(text, '['):
		if json.Unmarshal(text, &numbers) != nil {
			return nil
		}
	case opensWith(text, '{') && bytes.Contains(text, []byte(`"Buffer"`)):
		var buffer struct {
			Type string `json:"type"`
			Data []int  `json:"data"`
		}
		if json.Unmarshal(text, &buffer) != nil || buffer.Type != "Buffer" {
			return nil
		}
		numbers = buffer.Data
	}
	if len(numbers) < blockSize {
		return nil
	}
	raw := make([]byte, len(numbers))
	for i, n := range numbers {
		if n < -128 || n > 255 {
			return nil
		}
		raw[i] = byte(n)
	}
	return c.encoding.Encode(nil, raw)
}

// opensWith reports whether text, apart from white space, begins with c.
func opensWith(text []byte, c byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && text[0] == c
}

// isJavaArray reports whether text is what Java prints for a byte array instead of its bytes, such as [B@1b6d3586.
func isJavaArray(text []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(text), []byte("[B@"))
	if !ok || len(rest) == 0 || len(rest) > 16 {
		return false
	}
	_, err := strconv.ParseUint(string(rest), 16, 64)
	return err == nil
}

// lostBytes reports whether bytes were turned into a String and back on their way: what is not UTF-8 became the
// replacement character, and nothing can bring it back.
func lostBytes(raw []byte) bool {
	lost := bytes.Count(raw, []byte(string(utf8.RuneError)))
	return lost >= 2 && lost*3 >= len(raw)/8
}
