package schema

import (
	"encoding/json"
	"slices"
)

// Undescribed is the kind of what no schema describes: nobody has said that it is harmless.
const Undescribed = "undescribed"

// Sensitive walks a decoded value and calls mask for each member whose schema is marked x-sensitive, with its kind, and
// for each that no schema describes, as [Undescribed]; what mask returns takes its place. The value is changed in place; the result is the value itself or its replacement.
func (s *Schema) Sensitive(v any, mask func(kind string, v any) any) any {
	return maskAll([]*node{s.root}, v, mask)
}

// maskAll masks a value that several schemas may describe, each place once: what one alternative of several marks is
// masked whichever of them holds.
func maskAll(nodes []*node, v any, mask func(kind string, v any) any) any {
	if v == nil {
		return v
	}
	if len(nodes) == 0 {
		return mask(Undescribed, v)
	}
	for i := 0; i < len(nodes); i++ {
		if nodes[i].sensitive != "" {
			return mask(nodes[i].sensitive, v)
		}
		nodes = append(nodes, nodes[i].anyOf...)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			var children []*node
			for _, n := range nodes {
				if child := n.child(name); child != nil {
					children = append(children, child)
				}
			}
			v[name] = maskAll(children, item, mask)
		}
	case []any:
		var items []*node
		for _, n := range nodes {
			if n.items != nil {
				items = append(items, n.items)
			}
		}
		for i, item := range v {
			v[i] = maskAll(slices.Clip(items), item, mask)
		}
	default:
		kind := jsonType(v)
		if !slices.ContainsFunc(nodes, func(n *node) bool { return n.is(kind) || kind == "number" && n.is("integer") }) {
			return mask(Undescribed, v)
		}
	}
	return v
}

// Hides says whether the described value itself, or an element of the described list, is marked as sensitive.
func (s *Schema) Hides() bool {
	hidden := false
	if s != nil {
		for _, v := range []any{"", []any{""}} {
			s.Sensitive(v, func(kind string, v any) any {
				hidden = hidden || kind != Undescribed
				return v
			})
		}
	}
	return hidden
}

// jsonType names the JSON type of a scalar.
func jsonType(v any) string {
	switch v.(type) {
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	}
	return "string"
}

// Describes says whether the described object has a member of that name that is not marked as sensitive.
func (s *Schema) Describes(name string) bool {
	child := s.root.byName[name]
	return child != nil && child.sensitive == ""
}
