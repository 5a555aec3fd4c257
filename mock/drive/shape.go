package drive

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"understudy/specs"
)

// shape is what a schema says about a place that a caller may want to fill in or to find: its members in the order of the
// document, its types, what a text there holds. Judging values is the schema's own business.
type shape struct {
	pointer     string
	types       []string
	properties  []member
	required    []string
	items       *shape
	extra       *shape // describes members that have no name
	open        bool   // there may be such
	content     *shape // what the JSON text there holds
	jsonText    bool
	others      []*shape // anyOf, oneOf
	parts       []*shape // allOf, and a $ref with something beside it
	values      []any    // the only ones, from const and enum
	format      string
	description string
	sensitive   string
	readOnly    bool
	// element is the name of a list's element where lists are wrapped.
	element string
	wrapped bool
}

type member struct {
	name  string
	shape *shape
}

// shapes reads the shapes of one contract, each once. A schema that refers to itself is the same shape again.
type shapes struct {
	contract *specs.Contract
	known    map[string]*shape
}

func (s *shapes) at(pointer string) *shape {
	if pointer == "" {
		return &shape{}
	}
	if known := s.known[pointer]; known != nil {
		return known
	}
	n := &shape{pointer: pointer}
	s.known[pointer] = n
	raw, _ := s.contract.Value(pointer)
	m, ok := raw.(map[string]any)
	if !ok {
		return n
	}
	if ref, ok := m["$ref"].(string); ok {
		if target, ok := local(ref); ok && target != pointer {
			if len(m) == 1 {
				s.known[pointer] = s.at(target)
				return s.known[pointer]
			}
			n.parts = append(n.parts, s.at(target))
		}
	}
	s.fill(n, m)
	return n
}

func local(ref string) (string, bool) { return strings.CutPrefix(ref, "#") }

func (s *shapes) fill(n *shape, m map[string]any) {
	switch t := m["type"].(type) {
	case string:
		n.types = []string{t}
	case []any:
		n.types = texts(t)
	}
	if v, ok := m["const"]; ok {
		n.values = []any{v}
	} else if list, ok := m["enum"].([]any); ok {
		n.values = list
	}
	n.format, _ = m["format"].(string)
	n.description, _ = m["description"].(string)
	n.sensitive, _ = m[specs.KeySensitive].(string)
	n.jsonText = m["contentMediaType"] == "application/json"
	n.readOnly = m["readOnly"] == true
	required, _ := m["required"].([]any)
	n.required = texts(required)
	for _, name := range s.contract.Names(n.pointer + "/properties") {
		n.properties = append(n.properties, member{name, s.at(n.pointer + "/properties/" + specs.EscapePointer(name))})
	}
	for keyword, at := range map[string]**shape{"items": &n.items, "additionalProperties": &n.extra, "contentSchema": &n.content} {
		if _, ok := m[keyword].(map[string]any); ok {
			*at = s.at(n.pointer + "/" + keyword)
		}
	}
	n.open = m["additionalProperties"] == true || n.extra != nil
	each := func(keyword string) (list []*shape) {
		schemas, _ := m[keyword].([]any)
		for i := range schemas {
			list = append(list, s.at(fmt.Sprintf("%s/%s/%d", n.pointer, keyword, i)))
		}
		return list
	}
	n.parts = append(n.parts, each("allOf")...)
	n.others = append(each("anyOf"), each("oneOf")...)
	if x, ok := m["xml"].(map[string]any); ok {
		n.wrapped, _ = x["wrapped"].(bool)
		n.element, _ = x["name"].(string)
	}
}

func texts(list []any) []string {
	var out []string
	for _, v := range list {
		if text, ok := v.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// all is the shape with everything that holds for the same value: its parts and, one of several, its alternatives.
func (n *shape) all() []*shape {
	list := []*shape{n}
	for i := 0; i < len(list); i++ {
		for _, next := range append(slices.Clone(list[i].parts), list[i].others...) {
			if !slices.Contains(list, next) {
				list = append(list, next)
			}
		}
	}
	return list
}

// members lists the named members, each name once, in the order of the document.
func (n *shape) members() []member {
	var list []member
	for _, part := range n.all() {
		for _, m := range part.properties {
			if !slices.ContainsFunc(list, func(known member) bool { return known.name == m.name }) {
				list = append(list, m)
			}
		}
	}
	return list
}

// member is the shape of a member, of every alternative that speaks of it; nil when none does.
func (n *shape) member(name string) *shape {
	var list []*shape
	all := n.all()
	for _, part := range all {
		for _, m := range part.properties {
			if m.name == name && !slices.Contains(list, m.shape) {
				list = append(list, m.shape)
			}
		}
	}
	for _, part := range all {
		if len(list) == 0 && part.extra != nil {
			list = append(list, part.extra)
		}
	}
	return either(list)
}

// either is one shape for several that may hold; nil for none.
func either(list []*shape) *shape {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return &shape{others: list}
}

// takesAny says whether an object there may have members that have no name in the contract.
func (n *shape) takesAny() bool {
	all := n.all()
	return slices.ContainsFunc(all, func(part *shape) bool { return part.open }) ||
		n.is("object") && !slices.ContainsFunc(all, func(part *shape) bool { return len(part.properties) > 0 })
}

// elements is the shape of a list's elements; nil where there is no list.
func (n *shape) elements() *shape {
	var list []*shape
	for _, part := range n.all() {
		if part.items != nil && !slices.Contains(list, part.items) {
			list = append(list, part.items)
		}
	}
	return either(list)
}

// held is the shape of what a JSON text there holds; nil where there is no such text.
func (n *shape) held() *shape {
	for _, part := range n.all() {
		switch {
		case part.content != nil:
			return part.content
		case part.jsonText:
			return &shape{}
		}
	}
	return nil
}

// kinds are the JSON types that the value may have, the first one the one to write; none means any.
func (n *shape) kinds() []string {
	var list []string
	add := func(kind string) {
		if !slices.Contains(list, kind) {
			list = append(list, kind)
		}
	}
	for _, part := range n.all() {
		for _, t := range part.types {
			add(t)
		}
		if part.types != nil {
			continue
		}
		for _, v := range part.values {
			add(kindOf(v))
		}
		if len(part.properties) > 0 {
			add("object")
		}
	}
	return list
}

func (n *shape) is(kind string) bool {
	kinds := n.kinds()
	return len(kinds) == 0 || slices.Contains(kinds, kind) || kind == "integer" && slices.Contains(kinds, "number")
}

// only is the value that alone may stand there, if there is but one: a constant, the only one of an enumeration, null.
func (n *shape) only() (any, bool) {
	if len(n.others) > 0 {
		return nil, false
	}
	for _, part := range n.all() {
		switch {
		case len(part.values) == 1:
			return part.values[0], true
		case len(part.types) == 1 && part.types[0] == "null":
			return nil, true
		}
	}
	return nil, false
}

// needs lists the members that must be there, whichever alternative holds.
func (n *shape) needs() []string {
	list := slices.Clone(n.required)
	for _, part := range n.parts {
		list = append(list, part.needs()...)
	}
	return list
}

// isReadOnly says whether a request may not have the value.
func (n *shape) isReadOnly() bool {
	if n.readOnly {
		return true
	}
	for _, part := range n.parts {
		if part.isReadOnly() {
			return true
		}
	}
	return false
}

// kindOf names the JSON type of a value.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return "number"
		}
		return "integer"
	case []any:
		return "array"
	}
	return "object"
}
