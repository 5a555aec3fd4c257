package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"understudy/specs"
)

// node is a schema as the writer needs it: references resolved, properties in the order of the document.
type node struct {
	pointer    string
	types      []string
	nullable   bool
	format     string
	properties []property
	byName     map[string]*node
	required   map[string]bool
	items      *node
	open       bool // additional properties are written as they are
	anyOf      []*node
	constant   any
	isConst    bool
	minLength  bool // an empty text is not allowed
	jsonText   bool // a text that holds JSON
	sensitive  string
	xmlName    string
	xmlWrapped bool
}

type property struct {
	name string
	node *node
}

// nodeAt reads the schema at pointer; a schema that refers to itself comes back as the same node.
func (s *Set) nodeAt(pointer string) (*node, error) {
	if n, ok := s.nodes[pointer]; ok {
		return n, nil
	}
	raw, ok := s.contract.Value(pointer)
	if !ok {
		return nil, fmt.Errorf("%s: there is no schema at #%s", s.contract.Position(pointer), pointer)
	}
	m, ok := raw.(map[string]any)
	if ref, isRef := m["$ref"].(string); isRef {
		return s.referred(pointer, ref, m)
	}
	n := &node{pointer: pointer, byName: map[string]*node{}, required: map[string]bool{}}
	s.nodes[pointer] = n
	if !ok {
		n.open = true // true: anything
		return n, nil
	}
	return n, s.fill(n, m)
}

// referred is the node that a $ref stands for: the very same one, so that circular schemas end, unless the reference
// adds what the field holds.
func (s *Set) referred(pointer, ref string, m map[string]any) (*node, error) {
	target, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil, fmt.Errorf("%s: only references within the document are supported, not %q", s.contract.Position(pointer), ref)
	}
	n, err := s.nodeAt(target)
	if err != nil {
		return nil, err
	}
	if sensitive, ok := m[specs.KeySensitive].(string); ok {
		marked := *n
		marked.sensitive = sensitive
		n = &marked
	}
	s.nodes[pointer] = n
	return n, nil
}

func (s *Set) fill(n *node, m map[string]any) error {
	n.scalars(m)
	for _, name := range s.contract.Names(n.pointer + "/properties") {
		child, err := s.nodeAt(n.pointer + "/properties/" + specs.EscapePointer(name))
		if err != nil {
			return err
		}
		n.properties = append(n.properties, property{name, child})
		n.byName[name] = child
	}
	if _, ok := m["items"]; ok {
		items, err := s.nodeAt(n.pointer + "/items")
		if err != nil {
			return err
		}
		n.items = items
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		list, _ := m[keyword].([]any)
		for i := range list {
			child, err := s.nodeAt(fmt.Sprintf("%s/%s/%d", n.pointer, keyword, i))
			if err != nil {
				return err
			}
			n.anyOf = append(n.anyOf, child)
		}
	}
	parts, _ := m["allOf"].([]any)
	for i := range parts {
		child, err := s.nodeAt(fmt.Sprintf("%s/allOf/%d", n.pointer, i))
		if err != nil {
			return err
		}
		n.absorb(child)
	}
	return nil
}

func (n *node) scalars(m map[string]any) {
	switch t := m["type"].(type) {
	case string:
		n.types = []string{t}
	case []any:
		for _, one := range t {
			if one, ok := one.(string); ok {
				n.types = append(n.types, one)
			}
		}
	}
	if i := slices.Index(n.types, "null"); i >= 0 {
		n.nullable = true
	}
	n.format, _ = m["format"].(string)
	n.sensitive, _ = m[specs.KeySensitive].(string)
	n.constant, n.isConst = m["const"]
	if least, ok := m["minLength"].(json.Number); ok && least != "0" {
		n.minLength = true
	}
	n.jsonText = m["contentMediaType"] == "application/json"
	required, _ := m["required"].([]any)
	for _, r := range required {
		if r, ok := r.(string); ok {
			n.required[r] = true
		}
	}
	switch extra := m["additionalProperties"].(type) {
	case bool:
		n.open = extra
	case map[string]any:
		n.open = true
	}
	if x, ok := m["xml"].(map[string]any); ok {
		n.xmlName, _ = x["name"].(string)
		n.xmlWrapped, _ = x["wrapped"].(bool)
	}
}

// absorb takes over what an allOf part states.
func (n *node) absorb(part *node) {
	if len(n.types) == 0 {
		n.types = part.types
	}
	for _, p := range part.properties {
		if n.byName[p.name] == nil {
			n.properties = append(n.properties, p)
			n.byName[p.name] = p.node
		}
	}
	for name := range part.required {
		n.required[name] = true
	}
	n.open = n.open || part.open
}

// is says whether the schema takes a JSON type; a schema without type takes all of them.
func (n *node) is(jsonType string) bool {
	if len(n.types) == 0 {
		switch jsonType {
		case "object":
			return len(n.properties) > 0 || n.open
		case "array":
			return n.items != nil
		}
		return len(n.anyOf) == 0 && len(n.properties) == 0 && n.items == nil
	}
	return slices.Contains(n.types, jsonType)
}
