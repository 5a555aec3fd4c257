package schema

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"understudy/mock/internal/value"
)

// Append converts a behaviour's value as [Schema.Convert] does and appends it as [Schema.AppendJSON] writes it, in one go
// and without a value in between. What the one pass is not sure of, and what is wrong, it leaves to those two.
// The error is that of the first one that fails; dst is returned as it was then.
func (s *Schema) Append(dst []byte, v any, lists Lists) ([]byte, error) {
	w := writer{dst: dst, lists: lists, empty: -1}
	if w.value(s.root, v) == wrote {
		return w.dst, nil
	}
	converted, err := s.Convert(v)
	if err != nil {
		return dst, err
	}
	out, err := s.AppendJSON(dst, converted, lists)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// writer converts and writes in one pass.
type writer struct {
	dst   []byte
	lists Lists
	// empty is where the last empty list begins, -1 where there was none.
	empty int
	// judges hold what is written to its schema piece by piece, nil where somebody else does it; see [judges]. Doubt says that
	// some piece was not known to keep its schema.
	judges *judges
	doubt  bool
	// lone is how often the value is within itself: the only element of a list, or what a text holds, and that again.
	lone int
}

// mostLone is how often the one pass goes into a value that way; Convert finds out whether there is an end.
const mostLone = 8

// outcome is what became of a value.
type outcome int

const (
	// wrote says that it stands there as Convert and AppendJSON would have it.
	wrote outcome = iota
	// leftOut says that it is absent, and refused that it has no form; nothing is written then.
	leftOut
	refused
	// unsure leaves it to Convert and AppendJSON; what is written is worth nothing.
	unsure
)

// value writes a value by what a schema says, or by the first of its alternatives that has a form for it.
func (w *writer) value(n *node, v any) outcome {
	if w.judges != nil && !w.pieces(n, v) {
		return w.judged(n, v)
	}
	switch v := v.(type) {
	case *value.Fixed:
		return w.fixed(n, v)
	case *value.With:
		return w.with(n, v)
	}
	if len(n.anyOf) > 0 {
		return w.alternative(n, v)
	}
	at := len(w.dst)
	out := w.one(n, v)
	if out == wrote && n.isConst {
		out = w.constant(n, at)
	}
	if out != wrote {
		w.dst = w.dst[:at]
	}
	return out
}

// constant compares what was written with the constant that a schema states.
func (w *writer) constant(n *node, at int) outcome {
	switch n.constant.(type) {
	case map[string]any, []any:
		return unsure
	}
	end := len(w.dst)
	w.dst, _ = appendAny(w.dst, n.constant)
	same := string(w.dst[at:end]) == string(w.dst[end:])
	w.dst = w.dst[:end]
	if !same {
		return refused
	}
	return wrote
}

// alternative writes by the first alternative that has a form for the value, where it is certain that AppendJSON would find
// the same one by what came out. A scalar is written alike by all.
func (w *writer) alternative(n *node, v any) outcome {
	at, none := len(w.dst), refused
	for i, alternative := range n.anyOf {
		switch out := w.value(alternative, v); out {
		case wrote:
			if c := w.dst[at]; (c == '{' || c == '[') && !n.found(i, v) {
				return unsure
			}
			return wrote
		case leftOut:
			none = leftOut
		case unsure:
			return unsure
		}
		w.dst = w.dst[:at]
	}
	return none
}

// one writes by what the schema itself says. What fits nowhere else may be the only element of a list.
func (w *writer) one(n *node, v any) outcome {
	at := len(w.dst)
	out := w.direct(n, v)
	if out != refused || !n.is("array") || n.items == nil {
		return out
	}
	switch v.(type) {
	case []any:
		return refused
	case map[string]any:
		if n.is("object") {
			return refused
		}
	}
	w.dst = w.dst[:at]
	if w.lone == mostLone {
		return unsure
	}
	w.lone++
	out = w.list(n, []any{v})
	w.lone--
	return out
}

func (w *writer) direct(n *node, v any) outcome {
	switch v := v.(type) {
	case nil:
		return w.null(n)
	case map[string]any:
		return w.record(n, v)
	case []any:
		return w.list(n, v)
	case string:
		return w.text(n, v)
	case bool:
		if n.is("boolean") {
			w.dst = strconv.AppendBool(w.dst, v)
			return wrote
		}
	case int:
		return w.whole(n, int64(v))
	case int64:
		return w.whole(n, v)
	case json.Number:
		return w.number(n, v)
	case time.Time:
		return w.instant(n, v)
	case value.Day:
		for _, t := range n.orderedTypes() {
			if t == "string" {
				w.dst = append(v.Append(append(w.dst, '"')), '"')
				return wrote
			}
		}
	}
	return refused
}

func (w *writer) null(n *node) outcome {
	if n.nullable || len(n.types) == 0 {
		w.dst = append(w.dst, "null"...)
		return wrote
	}
	return leftOut
}

func (w *writer) record(n *node, v map[string]any) outcome {
	if !n.is("object") {
		if n.is("string") && n.jsonText {
			return w.jsonOf(n, v)
		}
		return refused
	}
	w.dst = append(w.dst, '{')
	first, known := true, 0
	for i := range n.properties {
		p := &n.properties[i]
		got, present := v[p.name]
		if present {
			known++
		} else if !n.required[p.name] {
			continue
		}
		switch out := w.property(p, got, first, n.required); out {
		case wrote:
			first = false
		case leftOut:
		default:
			return out
		}
	}
	if known < len(v) {
		if out := w.extras(n, v, first); out != wrote {
			return out
		}
	}
	w.dst = append(w.dst, '}')
	return wrote
}

// property writes a member that the schema describes. One that has to be there and is absent is an empty text.
func (w *writer) property(p *property, v any, first bool, required map[string]bool) outcome {
	if p.key == "" {
		return unsure
	}
	before := len(w.dst)
	w.key(p.key, first)
	at := len(w.dst)
	w.empty = -1
	out := w.value(p.node, v)
	switch {
	case out == wrote && w.lists != Plain && w.empty == at:
		if len(p.node.anyOf) > 0 {
			return unsure
		}
		if p.node.xmlWrapped {
			w.dst = w.dst[:before]
			return leftOut
		}
	case out == leftOut && required[p.name]:
		if !p.node.is("string") || p.node.minLength || p.node.isConst {
			return refused
		}
		w.doubt = true // nobody has judged it
		w.dst = append(w.dst, `""`...)
		return wrote
	case out == leftOut:
		w.dst = w.dst[:before]
	}
	return out
}

func (w *writer) key(key string, first bool) {
	if !first {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(w.dst, key...)
}

// extras writes the members that have no property of their own, by name.
func (w *writer) extras(n *node, v map[string]any, first bool) outcome {
	if len(n.patterns) > 0 {
		return unsure
	}
	if !n.open && (len(n.properties) > 0 || len(n.types) > 0) {
		return refused
	}
	described := n.extra
	if described == nil {
		described = free
	}
	w.doubt = true // whether a schema takes further members is judged as a whole
	names := make([]string, 0, len(v))
	for name := range v {
		if n.byName[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		before := len(w.dst)
		if !first {
			w.dst = append(w.dst, ',')
		}
		var ok bool
		if w.dst, ok = appendQuote(w.dst, name); !ok {
			return unsure
		}
		w.dst = append(w.dst, ':')
		switch out := w.value(described, v[name]); out {
		case wrote:
			first = false
		case leftOut:
			w.dst = w.dst[:before]
		default:
			return out
		}
	}
	return wrote
}

func (w *writer) list(n *node, v []any) outcome {
	if !n.is("array") {
		switch {
		case n.is("string") && n.jsonText:
			return w.jsonOf(n, v)
		case len(v) == 1:
			return w.one(n, value.Plain(v[0]))
		}
		return refused
	}
	if n.first != nil {
		return unsure
	}
	items, wrapped := n.items, w.lists == Wrapped && n.xmlWrapped
	if items == nil {
		items, wrapped = free, false
	}
	if len(v) == 0 {
		w.empty = len(w.dst)
	}
	w.doubt = w.doubt || len(v) < n.least || len(v) > n.most
	if wrapped {
		w.dst, _ = appendQuote(append(w.dst, '{'), n.elementName())
		w.dst = append(w.dst, ':')
	}
	w.dst = append(w.dst, '[')
	for i, item := range v {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		switch out := w.value(items, item); out {
		case wrote:
		case leftOut:
			return refused
		default:
			return out
		}
	}
	if w.dst = append(w.dst, ']'); wrapped {
		w.dst = append(w.dst, '}')
	}
	return wrote
}
