package schema

import (
	"slices"

	"understudy/specs"
)

// Place is what a schema says about one place of a value: everything that may describe it, whichever alternative the value
// turns out to be. The zero Place is one that nothing describes. A Place is immutable.
type Place struct {
	schema *Schema
	nodes  []*node
}

// Place is that of the whole value; that of a nil schema is the zero Place.
func (s *Schema) Place() Place {
	if s == nil {
		return Place{}
	}
	return s.place([]*node{s.root})
}

func (s *Schema) place(nodes []*node) Place {
	nodes = slices.Clone(nodes)
	for i := 0; i < len(nodes); i++ {
		for _, n := range nodes[i].anyOf {
			if !slices.Contains(nodes, n) {
				nodes = append(nodes, n)
			}
		}
	}
	return Place{s, nodes}
}

// Described says whether any schema is about the place.
func (p Place) Described() bool { return len(p.nodes) > 0 }

// Sensitive is the kind that the place is marked with, "" for none.
func (p Place) Sensitive() string {
	for _, n := range p.nodes {
		if n.sensitive != "" {
			return n.sensitive
		}
	}
	return ""
}

// Takes says whether one of the schemas is about values of a JSON type.
func (p Place) Takes(jsonType string) bool {
	return slices.ContainsFunc(p.nodes, func(n *node) bool { return n.is(jsonType) || jsonType == "number" && n.is("integer") })
}

// Member is the place of an object's member.
func (p Place) Member(name string) Place {
	var children []*node
	for _, n := range p.nodes {
		if child := n.child(name); child != nil {
			children = append(children, child)
		}
	}
	return p.below(children)
}

// Names says whether a property has the name; a member that has none is described by its place alone, its name may be a datum.
func (p Place) Names(name string) bool {
	return slices.ContainsFunc(p.nodes, func(n *node) bool { return n.byName[name] != nil })
}

// Item is the place of a list's element.
func (p Place) Item(index int) Place {
	var children []*node
	for _, n := range p.nodes {
		switch {
		case index < len(n.first):
			children = append(children, n.first[index])
		case n.items != nil:
			children = append(children, n.items)
		}
	}
	return p.below(children)
}

// Content is the place of the value whose JSON text stands here; json says that one stands here at all.
func (p Place) Content() (content Place, json bool) {
	var children []*node
	for _, n := range p.nodes {
		if n.content != nil {
			children = append(children, n.content)
		}
		json = json || n.jsonText
	}
	return p.below(children), json || len(children) > 0
}

func (p Place) below(nodes []*node) Place {
	if len(nodes) == 0 {
		return Place{}
	}
	return p.schema.place(nodes)
}

// Format is the first format stated.
func (p Place) Format() string {
	for _, n := range p.nodes {
		if n.format != "" {
			return n.format
		}
	}
	return ""
}

// MediaType is that of the content of a text, "" where none is stated.
func (p Place) MediaType() string {
	for _, n := range p.nodes {
		if n.mediaType != "" {
			return n.mediaType
		}
	}
	return ""
}

// Closed says whether the contract lists the values that may stand here.
func (p Place) Closed() bool { return slices.ContainsFunc(p.nodes, p.closed) }

func (p Place) closed(n *node) bool {
	raw, _ := p.schema.contract.Value(n.pointer)
	m, _ := raw.(map[string]any)
	if _, ok := m["enum"]; ok || n.isConst {
		return true
	}
	return slices.ContainsFunc(n.parts, p.closed)
}

// Keeps says whether one value may stand where another stood: every schema of the place that takes the other takes it.
func (p Place) Keeps(before, after any) bool {
	for _, n := range p.nodes {
		compiled, err := p.schema.set.CompileView(n.pointer, p.schema.view)
		if err != nil {
			continue // nothing is valid under it
		}
		if len(compiled.Validate(after)) > 0 && len(compiled.Validate(before)) == 0 {
			return false
		}
	}
	return true
}

// Valid says whether one of the schemas takes a value.
func (p Place) Valid(v any) bool {
	return slices.ContainsFunc(p.nodes, func(n *node) bool {
		compiled, err := p.schema.set.CompileView(n.pointer, p.schema.view)
		return err == nil && len(compiled.Validate(v)) == 0
	})
}

// Pointers are the places of the schemas in the contract.
func (p Place) Pointers() []string {
	var pointers []string
	for _, n := range p.nodes {
		pointers = append(pointers, n.pointer)
	}
	return pointers
}

// Shape is what the schemas say about the form of the value.
func (p Place) Shape() Shape { return shapeOf(p.nodes...) }

// Contract is the one that the schemas stand in, nil for the zero Place.
func (p Place) Contract() *specs.Contract {
	if p.schema == nil {
		return nil
	}
	return p.schema.contract
}

// View is the side that the place is looked at from.
func (p Place) View() View {
	if p.schema == nil {
		return Any
	}
	return p.schema.view
}
