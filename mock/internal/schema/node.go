package schema

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"

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
	open       bool  // there may be additional properties
	extra      *node // describes them; nil means anything
	closed     bool  // the contract says that there are none
	patterns   []patternNode
	first      []*node // the first elements of a list (prefixItems)
	parts      []*node
	settled    bool
	anyOf      []*node
	constant   any
	isConst    bool
	minLength  bool // an empty text is not allowed
	jsonText   bool // a text that holds JSON
	sensitive  string
	content    *node  // of the JSON that a text holds
	encoding   string // contentEncoding
	mediaType  string // contentMediaType
	xmlName    string
	xmlWrapped bool
	xml        XML
	// byValue has the alternatives that the values of the discriminating property stand for.
	discriminator string
	byValue       map[string]int
	// piecewise says that the schema judges a record member by member, a list element by element, a value by its alternatives,
	// and says nothing else; see [judge].
	piecewise bool
	// least and most bound the elements of a list.
	least, most int
	// ways is what is known of the alternatives, nil where there are none.
	ways *ways
}

// patternNode describes the members whose names match.
type patternNode struct {
	pattern jsonschema.Regexp
	node    *node
}

type property struct {
	name string
	node *node
	key  string // the name as JSON text, with its colon; "" where it is no text of JSON
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
	if ref, isRef := m["$ref"].(string); isRef && onlyRefers(m) {
		return s.referred(pointer, ref)
	}
	n := &node{pointer: pointer, byName: map[string]*node{}, required: map[string]bool{}}
	s.nodes[pointer] = n
	s.fresh = append(s.fresh, pointer)
	if !ok {
		n.open = true // true: anything
		return n, nil
	}
	return n, s.fill(n, m)
}

// onlyRefers says whether a schema with a $ref adds nothing that changes what is written or masked.
func onlyRefers(m map[string]any) bool {
	for keyword := range m {
		switch keyword {
		case "$ref", "description", "summary", "title", "deprecated", "example", "examples", "default", "$comment", specs.KeySource:
		default:
			return false
		}
	}
	return true
}

// referred is the node that a $ref stands for: the very same one, so that circular schemas end.
func (s *Set) referred(pointer, ref string) (*node, error) {
	target, ok := localPointer(ref)
	if !ok {
		return nil, fmt.Errorf("%s: only references within the document are supported, not %q", s.contract.Position(pointer), ref)
	}
	if s.following[pointer] {
		return nil, fmt.Errorf("%s: the $ref %q leads back to itself", s.contract.Position(pointer), ref)
	}
	s.following[pointer] = true
	defer delete(s.following, pointer)
	n, err := s.nodeAt(target)
	if err != nil {
		return nil, err
	}
	s.nodes[pointer] = n
	s.fresh = append(s.fresh, pointer)
	return n, nil
}

func (s *Set) fill(n *node, m map[string]any) error {
	n.scalars(m)
	n.piecewise = piecewise(m)
	n.least, n.most = counted(m)
	for _, name := range s.contract.Names(n.pointer + "/properties") {
		child, err := s.nodeAt(n.pointer + "/properties/" + specs.EscapePointer(name))
		if err != nil {
			return err
		}
		n.properties = append(n.properties, property{name, child, keyOf(name)})
		n.byName[name] = child
	}
	for keyword, at := range map[string]**node{"items": &n.items, "additionalProperties": &n.extra, "contentSchema": &n.content} {
		if _, ok := m[keyword].(map[string]any); !ok {
			continue
		}
		child, err := s.nodeAt(n.pointer + "/" + keyword)
		if err != nil {
			return err
		}
		*at = child
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
	n.discriminator, n.byValue = s.alternativesOf(m)
	if err := s.fillRest(n, m); err != nil {
		return err
	}
	if ref, ok := m["$ref"].(string); ok {
		target, err := s.referred(n.pointer, ref)
		if err != nil {
			return err
		}
		s.nodes[n.pointer] = n
		n.parts = append(n.parts, target)
	}
	parts, _ := m["allOf"].([]any)
	for i := range parts {
		child, err := s.nodeAt(fmt.Sprintf("%s/allOf/%d", n.pointer, i))
		if err != nil {
			return err
		}
		n.parts = append(n.parts, child)
	}
	return nil
}

// fillRest reads what only a stranger's schemas say: the first elements of a list, members by pattern.
func (s *Set) fillRest(n *node, m map[string]any) error {
	list, _ := m["prefixItems"].([]any)
	for i := range list {
		child, err := s.nodeAt(fmt.Sprintf("%s/prefixItems/%d", n.pointer, i))
		if err != nil {
			return err
		}
		n.first = append(n.first, child)
	}
	for _, text := range s.contract.Names(n.pointer + "/patternProperties") {
		compiled, err := s.compilePattern(text)
		if err != nil {
			continue // the validator tells
		}
		child, err := s.nodeAt(n.pointer + "/patternProperties/" + specs.EscapePointer(text))
		if err != nil {
			return err
		}
		n.patterns = append(n.patterns, patternNode{compiled, child})
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
	n.format, _ = m["format"].(string)
	if n.sensitive, _ = m[specs.KeySensitive].(string); n.sensitive == "" && n.format == "password" {
		n.sensitive = "secret" // OpenAPI's word for it
	}
	n.constant, n.isConst = m["const"]
	if len(n.types) == 0 {
		n.types = typesOf(m)
	}
	n.nullable = slices.Contains(n.types, "null")
	if least, ok := m["minLength"].(json.Number); ok && least != "0" {
		n.minLength = true
	}
	n.encoding, _ = m["contentEncoding"].(string)
	n.mediaType, _ = m["contentMediaType"].(string)
	n.jsonText = n.mediaType == "application/json"
	required, _ := m["required"].([]any)
	for _, r := range required {
		if r, ok := r.(string); ok {
			n.required[r] = true
		}
	}
	switch extra := m["additionalProperties"].(type) {
	case bool:
		n.open, n.closed = extra, !extra
	case map[string]any:
		n.open = true
	}
	if x, ok := m["xml"].(map[string]any); ok {
		n.xml = readXML(x)
		n.xmlName, n.xmlWrapped = n.xml.Name, n.xml.Wrapped
	}
}
