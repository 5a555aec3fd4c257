package wire

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"
)

const (
	defaultDepth = 64
	// depthLimit keeps a wrong setting from exhausting the stack.
	depthLimit = 10_000
)

var utf8BOM = []byte("\xEF\xBB\xBF")

// JSONOptions are the few things a contract may relax.
type JSONOptions struct {
	// DuplicateNames allows a name twice in one object; the last one wins (E-10).
	DuplicateNames bool
	// MaxDepth bounds nested objects and arrays; 0 stands for 64, and values
	// above 10000 count as 10000.
	MaxDepth int
}

// DecodeJSON reads exactly one JSON value (RFC 8259) into map[string]any,
// []any, string, json.Number (the literal as written, Z-47), bool or nil.
// Repeated names, text that is not Unicode, nesting beyond the limit, a byte
// order mark, the escape \u0000 and anything after the value are refused.
//
// The texts returned are parts of data, which must not be changed afterwards:
// whoever keeps a small part of a large body for long should clone it.
func DecodeJSON(data []byte, o JSONOptions) (any, *JSONError) {
	if bytes.HasPrefix(data, utf8BOM) || bytes.HasPrefix(data, []byte("\xFE\xFF")) || bytes.HasPrefix(data, []byte("\xFF\xFE")) {
		return nil, &JSONError{Reason: JSONBOM}
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = defaultDepth
	}
	d := jsonScanner{
		text:       unsafe.String(unsafe.SliceData(data), len(data)),
		maxDepth:   min(o.MaxDepth, depthLimit),
		duplicates: o.DuplicateNames,
		badUTF8:    !utf8.Valid(data),
	}
	d.space()
	if d.pos == len(d.text) {
		return nil, d.fail(JSONEmpty, d.pos)
	}
	if c := d.text[d.pos]; c == '{' || c == '[' {
		stack := jsonStacks.Get().(*jsonStack)
		d.stack = stack.members[:0]
		defer func() { stack.release(d.stack, d.most) }()
	}
	value, err := d.value(0)
	if err != nil {
		return nil, err
	}
	d.space()
	if d.pos < len(d.text) {
		return nil, d.fail(JSONTrailing, d.pos)
	}
	return value, nil
}

// jsonScanner is a recursive descent over the text. Members and items wait on
// one shared stack until their container closes, so that maps and slices are
// made once and in their final size.
type jsonScanner struct {
	text       string
	pos        int
	maxDepth   int
	duplicates bool
	badUTF8    bool // somewhere in the text: only then is each string checked
	stack      []jsonMember
	most       int // members that waited when a container was closed
}

type jsonMember struct {
	name  string
	value any
	at    int // offset of the name
}

// jsonStack is a stack that is used again: only its values outlive a text.
type jsonStack struct{ members []jsonMember }

// mostStacked bounds what is kept of a stack that a long list has made long.
const mostStacked = 1024

var jsonStacks = sync.Pool{New: func() any { return &jsonStack{make([]jsonMember, 0, 32)} }}

// release gives a stack back, as it has grown, without the values of the text: used says how many of its places were in use at
// most, but for those that still are.
func (s *jsonStack) release(members []jsonMember, used int) {
	if cap(members) <= mostStacked {
		s.members = members[:max(len(members), used)]
		clear(s.members)
		jsonStacks.Put(s)
	}
}

func (d *jsonScanner) fail(reason string, at int) *JSONError {
	return &JSONError{Offset: int64(at), Reason: reason}
}

func (d *jsonScanner) space() {
	for d.pos < len(d.text) {
		switch d.text[d.pos] {
		case ' ', '\n', '\r', '\t':
			d.pos++
		default:
			return
		}
	}
}

// next skips white space and returns the byte there, 0 at the end.
func (d *jsonScanner) next() byte {
	d.space()
	if d.pos < len(d.text) {
		return d.text[d.pos]
	}
	return 0
}

// value reads the value at pos; depth counts the containers around it.
func (d *jsonScanner) value(depth int) (any, *JSONError) {
	if d.pos == len(d.text) {
		return nil, d.fail(JSONSyntax, d.pos)
	}
	switch c := d.text[d.pos]; c {
	case '{', '[':
		if depth >= d.maxDepth {
			return nil, d.fail(JSONDepth, d.pos)
		}
		if c == '{' {
			return d.object(depth + 1)
		}
		return d.array(depth + 1)
	case '"':
		s, err := d.quoted()
		if err != nil {
			return nil, err
		}
		return s, nil
	case 't':
		return true, d.literal("true")
	case 'f':
		return false, d.literal("false")
	case 'n':
		return nil, d.literal("null")
	default:
		return d.number()
	}
}

func (d *jsonScanner) literal(word string) *JSONError {
	if !strings.HasPrefix(d.text[d.pos:], word) {
		return d.fail(JSONSyntax, d.pos)
	}
	d.pos += len(word)
	return nil
}

func (d *jsonScanner) object(depth int) (any, *JSONError) {
	base := len(d.stack)
	d.pos++
	if d.next() == '}' {
		d.pos++
		return map[string]any{}, nil
	}
	for {
		if d.next() != '"' {
			return nil, d.fail(JSONSyntax, d.pos)
		}
		at := d.pos
		name, err := d.quoted()
		if err != nil {
			return nil, err
		}
		if d.next() != ':' {
			return nil, d.fail(JSONSyntax, d.pos).below(name)
		}
		d.pos++
		d.space()
		value, err := d.value(depth)
		if err != nil {
			return nil, err.below(name)
		}
		d.stack = append(d.stack, jsonMember{name, value, at})
		switch d.next() {
		case ',':
			d.pos++
			continue
		case '}':
			d.pos++
			return d.closeObject(base)
		}
		return nil, d.fail(JSONSyntax, d.pos)
	}
}

// closeObject makes a map of the members that wait above base.
func (d *jsonScanner) closeObject(base int) (any, *JSONError) {
	d.most = max(d.most, len(d.stack))
	members := d.stack[base:]
	object := make(map[string]any, len(members))
	for i := range members {
		m := &members[i]
		object[m.name] = m.value
		if len(object) <= i && !d.duplicates {
			return nil, d.fail(JSONDuplicateName, m.at).below(m.name)
		}
	}
	d.stack = d.stack[:base]
	return object, nil
}

func (d *jsonScanner) array(depth int) (any, *JSONError) {
	base := len(d.stack)
	d.pos++
	if d.next() == ']' {
		d.pos++
		return []any{}, nil
	}
	for {
		d.space()
		index := len(d.stack) - base
		value, err := d.value(depth)
		if err != nil {
			return nil, err.below(strconv.Itoa(index))
		}
		d.stack = append(d.stack, jsonMember{value: value})
		switch d.next() {
		case ',':
			d.pos++
			continue
		case ']':
			d.pos++
			d.most = max(d.most, len(d.stack))
			items := make([]any, len(d.stack)-base)
			for i := range items {
				items[i] = d.stack[base+i].value
			}
			d.stack = d.stack[:base]
			return items, nil
		}
		return nil, d.fail(JSONSyntax, d.pos)
	}
}

// number reads a literal by the grammar of RFC 8259, section 6.
func (d *jsonScanner) number() (any, *JSONError) {
	s, start := d.text, d.pos
	i := start
	if i < len(s) && s[i] == '-' {
		i++
	}
	switch {
	case i < len(s) && s[i] == '0':
		i++
	default:
		from := i
		if i = digits(s, i); i == from {
			return nil, d.fail(JSONSyntax, i)
		}
	}
	if i < len(s) && s[i] == '.' {
		from := i + 1
		if i = digits(s, from); i == from {
			return nil, d.fail(JSONSyntax, i)
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		from := i
		if i = digits(s, from); i == from {
			return nil, d.fail(JSONSyntax, i)
		}
	}
	d.pos = i
	return json.Number(s[start:i]), nil
}

// digits returns the offset after the decimal digits that start at i.
func digits(s string, i int) int {
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}
