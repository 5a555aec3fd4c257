package schema

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// typesOf are the types of the values that a schema without type lists by const or enum.
func typesOf(m map[string]any) []string {
	values, _ := m["enum"].([]any)
	if constant, ok := m["const"]; ok {
		values = []any{constant}
	}
	var types []string
	for _, v := range values {
		name := "object"
		switch v.(type) {
		case nil:
			name = "null"
		case bool:
			name = "boolean"
		case string:
			name = "string"
		case json.Number:
			name = "number"
		case []any:
			name = "array"
		}
		if !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	return types
}

// loop finds a schema that leads back to itself without going into the value: nothing could ever judge it. Checked holds
// true for what is in order and false for what is being looked at.
func (n *node) loop(checked map[*node]bool) *node {
	if done, seen := checked[n]; seen {
		if done {
			return nil
		}
		return n
	}
	checked[n] = false
	for _, same := range [][]*node{n.anyOf, n.parts} {
		for _, next := range same {
			if found := next.loop(checked); found != nil {
				return found
			}
		}
	}
	checked[n] = true
	return nil
}

// settle puts together what a schema states in several places, once all of them are read: what its parts say (allOf,
// or a $ref with something beside it) becomes its own, and what stands beside anyOf holds for every alternative.
func (n *node) settle() {
	if n.settled {
		return
	}
	n.settled = true
	for _, part := range n.parts {
		part.settle()
		n.absorb(part)
	}
	if len(n.anyOf) > 0 {
		n.ways = &ways{}
	}
	if len(n.types) == 0 && len(n.properties) == 0 && len(n.required) == 0 && n.items == nil && !n.isConst {
		return
	}
	beside := *n
	beside.anyOf = nil
	for i, alternative := range n.anyOf {
		alternative.settle()
		n.anyOf[i] = alternative.with(&beside)
	}
}

// with is an alternative with what stands beside it: the properties in the order of the latter.
func (n *node) with(beside *node) *node {
	both := *n
	both.properties, both.byName, both.required = nil, map[string]*node{}, maps.Clone(n.required)
	for _, p := range beside.properties {
		if own := n.byName[p.name]; own != nil {
			p.node = own
		}
		both.properties = append(both.properties, p)
	}
	for _, p := range n.properties {
		if beside.byName[p.name] == nil {
			both.properties = append(both.properties, p)
		}
	}
	for _, p := range both.properties {
		both.byName[p.name] = p.node
	}
	both.absorb(beside)
	both.piecewise = false
	return &both
}

// absorb takes over what another schema states about the same value, where this one says nothing.
func (n *node) absorb(part *node) {
	if len(n.types) == 0 {
		n.types, n.nullable = part.types, part.nullable
	}
	for _, p := range part.properties {
		known := n.byName[p.name]
		switch {
		case known == nil:
			n.properties = append(n.properties, p)
			n.byName[p.name] = p.node
		case known.sensitive == "" && p.node.sensitive != "":
			marked := *known
			marked.sensitive = p.node.sensitive
			n.byName[p.name] = &marked
			at := slices.IndexFunc(n.properties, func(own property) bool { return own.name == p.name })
			n.properties[at].node = &marked
		}
	}
	for name := range part.required {
		n.required[name] = true
	}
	n.open = n.open || part.open
	n.extra = cmp.Or(n.extra, part.extra)
	n.items = cmp.Or(n.items, part.items)
	n.content = cmp.Or(n.content, part.content)
	n.format = cmp.Or(n.format, part.format)
	n.sensitive = cmp.Or(n.sensitive, part.sensitive)
	n.closed = n.closed || part.closed
	n.patterns = append(n.patterns, part.patterns...)
	if n.first == nil {
		n.first = part.first
	}
	n.encoding = cmp.Or(n.encoding, part.encoding)
	n.mediaType = cmp.Or(n.mediaType, part.mediaType)
	if n.xml == (XML{}) {
		n.xml = part.xml
	}
	if n.byValue == nil && len(n.anyOf) == 0 {
		n.discriminator, n.byValue = part.discriminator, part.byValue
	}
	n.xmlName = cmp.Or(n.xmlName, part.xmlName)
	n.xmlWrapped = n.xmlWrapped || part.xmlWrapped
	n.minLength = n.minLength || part.minLength
	n.jsonText = n.jsonText || part.jsonText
	if !n.isConst {
		n.constant, n.isConst = part.constant, part.isConst
	}
	n.anyOf = append(n.anyOf, part.anyOf...)
}

// is says whether the schema takes a JSON type; a schema without type takes those that its other keywords speak of,
// and all of them when none does.
func (n *node) is(jsonType string) bool {
	if len(n.types) > 0 {
		return slices.Contains(n.types, jsonType)
	}
	switch {
	case len(n.anyOf) == 0 && len(n.properties) == 0 && n.items == nil:
		return true
	case jsonType == "object":
		return len(n.properties) > 0 || n.open
	}
	return jsonType == "array" && n.items != nil
}

// child describes a member; it is nil when the schema does not know it.
func (n *node) child(name string) *node {
	if known := n.byName[name]; known != nil {
		return known
	}
	for _, p := range n.patterns {
		if p.pattern.MatchString(name) {
			return p.node
		}
	}
	return n.extra
}
