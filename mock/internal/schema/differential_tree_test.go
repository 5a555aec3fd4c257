package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// tree is a JSON value as it is written: members in an order and perhaps twice, scalars as their text, right or wrong.
type tree struct {
	kind    byte // '{', '[', or '"', '0' and 'w' for a text, a number and a word
	text    string
	names   []string
	items   []*tree // of a list, or the values of the names
	escaped bool    // a text is written with escapes
}

func (n *tree) clone() *tree {
	c := *n
	c.names, c.items = slices.Clone(n.names), make([]*tree, len(n.items))
	for i, item := range n.items {
		c.items[i] = item.clone()
	}
	return &c
}

// treeOf is the tree of a decoded value, members by name.
func treeOf(v any) *tree {
	switch v := v.(type) {
	case map[string]any:
		n := &tree{kind: '{', names: slices.Sorted(maps.Keys(v))}
		for _, name := range n.names {
			n.items = append(n.items, treeOf(v[name]))
		}
		return n
	case []any:
		n := &tree{kind: '['}
		for _, item := range v {
			n.items = append(n.items, treeOf(item))
		}
		return n
	case string:
		return &tree{kind: '"', text: v}
	case json.Number:
		return &tree{kind: '0', text: string(v)}
	}
	return &tree{kind: 'w', text: strings.ReplaceAll(fmt.Sprint(v), "<nil>", "null")}
}

// all lists a tree and everything in it.
func (n *tree) all() []*tree {
	list := []*tree{n}
	for _, item := range n.items {
		list = append(list, item.all()...)
	}
	return list
}

// style is how a tree is written; the zero style is compact and without escapes that need not be.
type style struct {
	random *rand.Rand
	space  int // one in so many places has white space, 0 for none
	escape int // one in so many characters is escaped, 0 for none
}

func (s style) write(b *bytes.Buffer, n *tree) {
	s.gap(b)
	switch n.kind {
	case '{', '[':
		b.WriteByte(n.kind)
		for i, item := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			if n.kind == '{' {
				s.gap(b)
				s.quote(b, n.names[i], n.escaped)
				s.gap(b)
				b.WriteByte(':')
			}
			s.write(b, item)
		}
		s.gap(b)
		b.WriteByte(n.kind + 2) // the closing bracket in ASCII
	case '"':
		s.quote(b, n.text, n.escaped)
	default:
		b.WriteString(n.text)
	}
	s.gap(b)
}

func (s style) gap(b *bytes.Buffer) {
	if s.space == 0 || s.random.IntN(s.space) > 0 {
		return
	}
	for range 1 + s.random.IntN(3) {
		b.WriteByte(" \t\r\n"[s.random.IntN(4)])
	}
}

func (s style) quote(b *bytes.Buffer, text string, all bool) {
	b.WriteByte('"')
	for i := 0; i < len(text); {
		// Decoded by hand, so that bytes that are not UTF-8 stay what they are.
		width := 1
		for width < 4 && i+width < len(text) && text[i+width]&0xC0 == 0x80 {
			width++
		}
		part := text[i : i+width]
		i += width
		r := []rune(part)[0]
		switch c := part[0]; {
		case r == 0xFFFD && part != "\uFFFD":
			b.WriteString(part)
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20, all, s.escape > 0 && s.random.IntN(s.escape) == 0:
			s.escapeOf(b, r)
		default:
			b.WriteString(part)
		}
	}
	b.WriteByte('"')
}

func (s style) escapeOf(b *bytes.Buffer, r rune) {
	if i := strings.IndexRune("\b\f\n\r\t/", r); i >= 0 && s.random != nil && s.random.IntN(2) == 0 {
		b.WriteString([]string{`\b`, `\f`, `\n`, `\r`, `\t`, `\/`}[i])
		return
	}
	form := `\u%04x`
	if s.random != nil && s.random.IntN(2) == 0 {
		form = `\u%04X`
	}
	if r > 0xFFFF {
		r -= 0x10000
		fmt.Fprintf(b, form, 0xD800+(r>>10))
		r = 0xDC00 + r&0x3FF
	}
	fmt.Fprintf(b, form, r)
}

// bytes is the text of a tree.
func (s style) bytes(n *tree) []byte {
	var b bytes.Buffer
	s.write(&b, n)
	return b.Bytes()
}
