package schema

import (
	"encoding/json"
	"slices"
	"strings"
)

// Shape is what a schema says about the form of a value, for those who read and write it as something else than JSON:
// references, allOf and alternatives are already put together. The zero Shape says nothing: anything goes. A Shape is
// immutable.
type Shape struct {
	// nodes are the alternatives; a schema without any is the only one.
	nodes []*node
	// root is the schema itself where it has alternatives.
	root *node
}

// XML is what OpenAPI's keyword xml says about how a value is written in XML.
type XML struct {
	Name, Namespace, Prefix string
	Attribute, Wrapped      bool
	// Text says that the value is the text of the element around it (nodeType of OpenAPI 3.2).
	Text bool
}

func readXML(m map[string]any) XML {
	var x XML
	x.Name, _ = m["name"].(string)
	x.Namespace, _ = m["namespace"].(string)
	x.Prefix, _ = m["prefix"].(string)
	x.Attribute, _ = m["attribute"].(bool)
	x.Wrapped, _ = m["wrapped"].(bool)
	switch m["nodeType"] {
	case "attribute":
		x.Attribute = true
	case "text", "cdata":
		x.Text = true
	}
	return x
}

// Shape is the form that the schema describes; that of a nil schema is the zero Shape.
func (s *Schema) Shape() Shape {
	if s == nil {
		return Shape{}
	}
	return shapeOf(s.root)
}

// shapeOf lays out the alternatives of some schemas.
func shapeOf(nodes ...*node) Shape {
	var sh Shape
	var add func(n *node)
	add = func(n *node) {
		if len(n.anyOf) == 0 {
			if !slices.Contains(sh.nodes, n) {
				sh.nodes = append(sh.nodes, n)
			}
			return
		}
		for _, alternative := range n.anyOf {
			add(alternative)
		}
	}
	for _, n := range nodes {
		if n != nil {
			add(n)
		}
	}
	if len(nodes) == 1 && nodes[0] != nil && len(nodes[0].anyOf) > 0 {
		sh.root = nodes[0]
	}
	return sh
}

// Types are the JSON types that a value may have, in the order of the document; none means any.
func (s Shape) Types() []string {
	var types []string
	for _, n := range s.nodes {
		own := n.types
		switch {
		case len(own) > 0:
		case len(n.properties) > 0 || n.patterns != nil || n.extra != nil || len(n.required) > 0:
			own = []string{"object"}
		case n.items != nil || n.first != nil:
			own = []string{"array"}
		default:
			return nil
		}
		for _, t := range own {
			if !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
	}
	return types
}

// Is says whether a value may have a JSON type; integer is asked for by number as well.
func (s Shape) Is(jsonType string) bool {
	types := s.Types()
	return len(types) == 0 || slices.Contains(types, jsonType) || jsonType == "number" && slices.Contains(types, "integer")
}

// Says says whether the schema names a JSON type or describes one, and does not merely take it because it takes anything.
func (s Shape) Says(jsonType string) bool { return slices.Contains(s.Types(), jsonType) }

// Members are the names of the properties, in the order of the document.
func (s Shape) Members() []string {
	var names []string
	for i, n := range s.nodes {
		for _, p := range n.properties {
			known := func(before *node) bool { return before.byName[p.name] != nil }
			if !slices.ContainsFunc(s.nodes[:i], known) {
				names = append(names, p.name)
			}
		}
	}
	return names
}

// Member is the shape of a member: of the property, by its pattern, or as additional properties are.
func (s Shape) Member(name string) Shape {
	var known, others []*node
	for _, n := range s.nodes {
		if child := n.byName[name]; child != nil {
			known = append(known, child)
		} else if child := n.child(name); child != nil {
			others = append(others, child)
		}
	}
	if len(known) > 0 {
		return shapeOf(known...)
	}
	return shapeOf(others...)
}

// Knows says whether a name is that of a property, or fits a pattern of properties.
func (s Shape) Knows(name string) bool {
	for _, n := range s.nodes {
		if n.byName[name] != nil {
			return true
		}
		for _, p := range n.patterns {
			if p.pattern.MatchString(name) {
				return true
			}
		}
	}
	return false
}

// Open says whether an object may have members that have no property of their own.
func (s Shape) Open() bool {
	return len(s.nodes) == 0 || slices.ContainsFunc(s.nodes, func(n *node) bool { return !n.closed })
}

// Free says whether the contract states that an object takes members of any name, or describes none.
func (s Shape) Free() bool {
	return slices.ContainsFunc(s.nodes, func(n *node) bool {
		return n.open || n.is("object") && !n.closed && len(n.properties) == 0 && len(n.patterns) == 0
	})
}

// Item is the shape of a list's element at an index.
func (s Shape) Item(index int) Shape {
	var items []*node
	for _, n := range s.nodes {
		switch {
		case index < len(n.first):
			items = append(items, n.first[index])
		case n.items != nil:
			items = append(items, n.items)
		}
	}
	return shapeOf(items...)
}

// XML is what the schema says about how the value is written in XML.
func (s Shape) XML() XML {
	if s.root != nil && s.root.xml != (XML{}) {
		return s.root.xml
	}
	for _, n := range s.nodes {
		if n.xml != (XML{}) {
			return n.xml
		}
	}
	return XML{}
}

// Name is that of the component that the shape stands under, "" for one without a name.
func (s Shape) Name() string {
	nodes := s.nodes
	if s.root != nil {
		nodes = append([]*node{s.root}, nodes...)
	}
	for _, n := range nodes {
		if parent, name := cutPointer(n.pointer); parent == "/components/schemas" {
			return name
		}
	}
	return ""
}

// Format is the schema's format.
func (s Shape) Format() string { return s.text(func(n *node) string { return n.format }) }

// ContentEncoding says how bytes are written as a text: base64, base16 …; "" where nothing is said.
func (s Shape) ContentEncoding() string { return s.text(func(n *node) string { return n.encoding }) }

// ContentMediaType is the media type of what a text holds; "" where nothing is said.
func (s Shape) ContentMediaType() string { return s.text(func(n *node) string { return n.mediaType }) }

// Binary says whether a text is one of bytes: format binary, or a media type of the content without an encoding.
func (s Shape) Binary() bool {
	return s.Format() == "binary" || s.ContentMediaType() != "" && s.ContentEncoding() == "" && !s.jsonText()
}

func (s Shape) jsonText() bool {
	return slices.ContainsFunc(s.nodes, func(n *node) bool { return n.jsonText })
}

func (s Shape) text(of func(*node) string) string {
	for _, n := range s.nodes {
		if text := of(n); text != "" {
			return text
		}
	}
	return ""
}

// Fits says whether a value has the type and the members of one of the alternatives; it does not look at other rules.
func (s Shape) Fits(v any) bool {
	return len(s.nodes) == 0 || slices.ContainsFunc(s.nodes, func(n *node) bool { return n.fits(v) })
}

// Pick is the shape of the alternative that a value fits best; all of them where none can be told from the others.
func (s Shape) Pick(v any) Shape {
	if len(s.nodes) < 2 {
		return s
	}
	for _, n := range s.nodes {
		if n.fits(v) {
			return Shape{nodes: []*node{n}}
		}
	}
	return s
}

// FromText reads a text as the value that the shape describes: a number, a truth value or null where it fits one, in the
// order in which the contract names the types, else the text itself, for the schema to tell.
func (s Shape) FromText(text string) any {
	for _, t := range s.Types() {
		switch t {
		case "string":
			return text
		case "integer", "number":
			if n, ok := literal(text); ok {
				return json.Number(strings.Clone(string(n)))
			}
		case "boolean":
			if text == "true" || text == "false" {
				return text == "true"
			}
		case "null":
			if text == "null" && !s.Is("string") {
				return nil
			}
		}
	}
	return text
}

// AppendJSON appends the compact JSON text of a value of JSON, members in the order of the schema.
func (s Shape) AppendJSON(dst []byte, v any) ([]byte, error) {
	s = s.Pick(v)
	if len(s.nodes) == 0 {
		return appendAny(dst, v)
	}
	return s.nodes[0].appendJSON(dst, v, Plain)
}
