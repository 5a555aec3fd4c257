package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

// role is how a schema stands in another one.
type role int

const (
	whole  role = iota // about a value of its own
	part               // of an allOf, or of a condition: about a value that others speak of as well
	either             // one of several alternatives for such a value
)

// child is a schema within a schema.
type child struct {
	pointer string
	raw     any
	role    role
	keyword string
}

// children lists the schemas directly within a schema, in an order of their own.
func children(pointer string, m map[string]any) []child {
	var list []child
	for _, keyword := range slices.Sorted(maps.Keys(m)) {
		at, v := pointer+"/"+keyword, m[keyword]
		switch keyword {
		case "items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "contains", "propertyNames", "contentSchema":
			list = append(list, child{at, v, whole, keyword})
		case "not", "if":
			list = append(list, child{at, v, part, keyword})
		case "then", "else":
			list = append(list, child{at, v, part, keyword})
		case "allOf", "anyOf", "oneOf", "prefixItems":
			r := map[string]role{"allOf": part, "prefixItems": whole}[keyword]
			if keyword == "anyOf" || keyword == "oneOf" {
				r = either
			}
			items, _ := v.([]any)
			for i, one := range items {
				list = append(list, child{at + "/" + strconv.Itoa(i), one, r, keyword})
			}
		case "properties", "patternProperties", "dependentSchemas", "$defs", "definitions":
			r := whole
			if keyword == "dependentSchemas" {
				r = part
			}
			members, _ := v.(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(members)) {
				list = append(list, child{at + "/" + specs.EscapePointer(name), members[name], r, keyword})
			}
		}
	}
	return list
}

// refOf is the pointer that a schema refers to.
func refOf(m map[string]any) (pointer string, ok bool) {
	ref, ok := m["$ref"].(string)
	if !ok {
		return "", false
	}
	return strings.CutPrefix(ref, "#")
}

// compositionParts are the schemas that compositions refer to as their parts.
func (l *linter) compositionParts() map[string]bool {
	parts := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
				list, _ := v[keyword].([]any)
				for _, one := range list {
					m, _ := one.(map[string]any)
					if ref, ok := refOf(m); ok {
						parts[ref] = true
					}
				}
			}
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(l.root)
	return parts
}

// roots lists the schemas that stand in the document by themselves: the components, then those of operations, each once.
func (l *linter) roots() []string {
	var list []string
	seen := map[string]bool{"": true}
	add := func(pointer string) {
		if !seen[pointer] {
			seen[pointer] = true
			list = append(list, pointer)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.object("/components/schemas"))) {
		add("/components/schemas/" + specs.EscapePointer(name))
	}
	for _, op := range l.contract.Operations {
		for _, p := range op.Parameters {
			add(p.Schema)
		}
		if op.Body != nil {
			for _, m := range op.Body.Content {
				add(m.Schema)
			}
		}
		for _, r := range op.Responses {
			for _, m := range r.Content {
				add(m.Schema)
			}
			for _, h := range r.Headers {
				add(h.Schema)
			}
		}
	}
	return list
}

// composition is what a schema and everything that it consists of says of the properties of one value.
type composition struct {
	properties map[string]bool
	// open says that other names are described too: by patterns, or by a schema for all others.
	open bool
	// required has the names and where they stand.
	required map[string]string
	// closed are the parts with additionalProperties: false, and the names that each of them allows.
	closed []closedPart
	lost   bool // a reference leads nowhere
}

type closedPart struct {
	pointer string
	names   map[string]bool
}

// compose gathers what a schema says of one value, following references and compositions.
func (l *linter) compose(pointer string, raw any) *composition {
	c := &composition{properties: map[string]bool{}, required: map[string]string{}}
	seen := map[string]bool{}
	var walk func(pointer string, raw any, certain bool)
	walk = func(pointer string, raw any, certain bool) {
		m, ok := raw.(map[string]any)
		if !ok || seen[pointer] {
			return
		}
		seen[pointer] = true
		if ref, ok := refOf(m); ok {
			next, found := l.at(ref)
			if !found {
				c.lost = true
			}
			walk(ref, next, certain)
		}
		own, _ := m["properties"].(map[string]any)
		names := map[string]bool{}
		for name := range own {
			c.properties[name] = true
			names[name] = true
		}
		if _, ok := m["patternProperties"]; ok {
			c.open = true
		}
		switch other := m["additionalProperties"].(type) {
		case map[string]any:
			c.open = true
		case bool:
			if _, patterns := m["patternProperties"]; !other && certain && !patterns {
				c.closed = append(c.closed, closedPart{pointer, names})
			}
		}
		list, _ := m["required"].([]any)
		for i, one := range list {
			if name, ok := one.(string); ok && c.required[name] == "" {
				c.required[name] = pointer + "/required/" + strconv.Itoa(i)
			}
		}
		for _, one := range children(pointer, m) {
			switch one.keyword {
			case "allOf":
				walk(one.pointer, one.raw, certain)
			case "anyOf", "oneOf", "then", "else", "if", "dependentSchemas":
				walk(one.pointer, one.raw, false)
			}
		}
	}
	walk(pointer, raw, true)
	return c
}
