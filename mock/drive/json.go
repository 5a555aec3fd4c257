package drive

import (
	"bytes"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// placeJSON writes the body, seals what is to be sealed, and holds both to the contract.
func (c *Client) placeJSON(d *draft, v any) error {
	v, err := c.asTexts(d.shape, v, d.sealed)
	if err != nil {
		return err
	}
	record, _ := v.(map[string]any)
	opened, seal := []byte(nil), false
	if d.sealed != "" && record != nil {
		if opened, seal, err = c.toSeal(d, record[d.sealed]); err != nil {
			return err
		}
	}
	if seal {
		cipher, err := c.cipher(d.plan)
		if err != nil {
			return err
		}
		record[d.sealed] = string(cipher.Seal(nil, opened))
	}
	d.request.Problems = append(d.request.Problems, c.problems("body", "", d.body.Validate(v))...)
	text, err := d.body.AppendJSON(nil, v, schema.Plain)
	if err != nil {
		return err
	}
	plain := text
	if seal {
		// The opened member stands in the plain body as it was sealed, byte for byte.
		record[d.sealed] = sealedMark
		shown, err := d.body.AppendJSON(nil, v, schema.Plain)
		if err != nil {
			return err
		}
		plain = bytes.Replace(shown, []byte(`"`+sealedMark+`"`), opened, 1)
	}
	if err := c.carry(d, text, d.media.Type); err != nil {
		return err
	}
	d.request.Plain = plain
	return nil
}

// sealedMark holds the place of the opened member while the plain body is written.
const sealedMark = "the sealed member stands here 7d1f0c52"

// toSeal is the text of the sealed member: of a record or list its JSON, of a text the text itself if it is JSON of one. Any
// other text is taken for ciphertext and travels as it is.
func (c *Client) toSeal(d *draft, v any) (opened []byte, seal bool, err error) {
	switch held := v.(type) {
	case nil:
		return nil, false, nil
	case string:
		inner, failed := wire.DecodeJSON([]byte(held), wire.JSONOptions{DuplicateNames: true})
		if kind := kindOf(inner); failed != nil || kind != "object" && kind != "array" {
			return nil, false, nil
		}
		opened, v = []byte(held), inner
	case map[string]any, []any:
		var n *shape
		if m := d.shape.member(d.sealed); m != nil {
			n = m.held()
		}
		if opened, err = c.appendJSON(n, v); err != nil {
			return nil, false, err
		}
	default:
		return nil, false, nil
	}
	if d.held != nil {
		d.request.Problems = append(d.request.Problems, c.problems("body", "/"+specs.EscapePointer(d.sealed), d.held.Validate(v))...)
	}
	return opened, true, nil
}

// asTexts writes the records and lists that stand where the contract has a text with JSON in it, but for the sealed member
// of the body.
func (c *Client) asTexts(n *shape, v any, sealed string) (any, error) {
	var err error
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			inner := n.member(name)
			if inner == nil || name == sealed {
				continue
			}
			if v[name], err = c.asTexts(inner, item, ""); err != nil {
				return nil, err
			}
			if held := inner.held(); held != nil && !inner.is(kindOf(item)) && (kindOf(item) == "object" || kindOf(item) == "array") {
				text, err := c.appendJSON(held, v[name])
				if err != nil {
					return nil, err
				}
				if v[name], err = c.accepted(inner, string(text)); err != nil {
					return nil, err
				}
			}
		}
	case []any:
		if inner := n.elements(); inner != nil {
			for i, item := range v {
				if v[i], err = c.asTexts(inner, item, ""); err != nil {
					return nil, err
				}
			}
		}
	}
	return v, nil
}

// accepted is JSON text as the contract takes it: where it takes no double quotes, with single ones.
func (c *Client) accepted(n *shape, text string) (string, error) {
	if n.pointer == "" {
		return text, nil
	}
	compiled, err := c.compiled.set.Compile(n.pointer)
	if err != nil {
		return "", err
	}
	if other := singleQuoted(text); compiled.Validate(text) != nil && compiled.Validate(other) == nil {
		return other, nil
	}
	return text, nil
}

// singleQuoted writes the texts in compact JSON between single quotes.
func singleQuoted(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case ch == '"':
			b.WriteByte('\'')
		case ch == '\'':
			b.WriteString(`\'`)
		case ch == '\\' && i+1 < len(text):
			if i++; text[i] != '"' {
				b.WriteByte('\\')
			}
			b.WriteByte(text[i])
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}
