package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// roots are the schemas in which a contract's bodies, parameters and headers begin, and the components.
func roots(c *specs.Contract) []string {
	list := []string{}
	add := func(pointer string) {
		if pointer != "" {
			list = append(list, pointer)
		}
	}
	for _, name := range c.Names("/components/schemas") {
		add("/components/schemas/" + specs.EscapePointer(name))
	}
	for _, op := range c.Operations {
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
	slices.Sort(list)
	return slices.Compact(list)
}

// below lists a schema and the schemas within it.
func below(pointer string, raw any) []string {
	m, ok := raw.(map[string]any)
	if _, isBool := raw.(bool); isBool {
		return []string{pointer}
	}
	if !ok {
		return nil
	}
	list := []string{pointer}
	for _, keyword := range slices.Sorted(maps.Keys(m)) {
		at := pointer + "/" + keyword
		switch keyword {
		case "items", "contains", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "not", "if", "then", "else", "contentSchema":
			list = append(list, below(at, m[keyword])...)
		case "allOf", "anyOf", "oneOf", "prefixItems":
			parts, _ := m[keyword].([]any)
			for i, part := range parts {
				list = append(list, below(at+"/"+strconv.Itoa(i), part)...)
			}
		case "properties", "patternProperties", "dependentSchemas", "$defs":
			members, _ := m[keyword].(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(members)) {
				list = append(list, below(at+"/"+specs.EscapePointer(name), members[name])...)
			}
		}
	}
	return list
}

// subject is one schema seen from one side.
type subject struct {
	contract *specs.Contract
	gen      *generate.Generator
	pointer  string
	view     schema.View
	schema   *schema.Schema
}

func (s *subject) String() string {
	return fmt.Sprintf("%s#%s (%s)", s.contract.Vendor, s.pointer, []string{"any", "request", "response"}[s.view])
}

// subjects are all schemas of a contract from each side from which they look different. Those that do not compile are
// counted and left out.
func subjects(c *specs.Contract) (list []*subject, broken int) {
	set := schema.NewSet(c)
	gen := generate.New(c, set)
	var pointers []string
	for _, root := range roots(c) {
		raw, _ := c.Value(root)
		pointers = append(pointers, below(root, raw)...)
	}
	slices.Sort(pointers)
	seen := map[*schema.Schema]bool{}
	for _, pointer := range slices.Compact(pointers) {
		for _, view := range []schema.View{schema.Any, schema.Request, schema.Response} {
			compiled, err := set.CompileView(pointer, view)
			if err != nil {
				broken++
				continue
			}
			if !seen[compiled] {
				seen[compiled] = true
				list = append(list, &subject{c, gen, pointer, view, compiled})
			}
		}
	}
	return list, broken
}

// hints gathers what a schema speaks of.
func (s *subject) hints(random *rand.Rand) *hints {
	h := &hints{random: random}
	seen := map[string]bool{}
	var gather func(v any, depth int)
	gather = func(v any, depth int) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok && depth > 0 && !seen[ref] {
				seen[ref] = true
				target, _ := s.contract.Value(strings.TrimPrefix(ref, "#"))
				gather(target, depth-1)
			}
			for _, name := range slices.Sorted(maps.Keys(v)) {
				switch name {
				case "description", "title", "summary", "x-source", "pattern", "format", "$ref", "type":
					continue
				case "properties":
					h.names = append(h.names, slices.Sorted(maps.Keys(v[name].(map[string]any)))...)
				}
				gather(v[name], depth)
			}
		case []any:
			for _, one := range v {
				gather(one, depth)
			}
		case string:
			h.texts = append(h.texts, v)
		case json.Number:
			h.numbers = append(h.numbers, string(v))
			if n, err := strconv.ParseInt(string(v), 10, 64); err == nil && n >= 0 && n < 3000 {
				for _, length := range []int{int(n) - 1, int(n), int(n) + 1} {
					if length >= 0 {
						h.numbers = append(h.numbers, strconv.Itoa(length))
						h.texts = append(h.texts, strings.Repeat([]string{"x", "字", "𠮷"}[length%3], length))
					}
				}
			}
		}
	}
	raw, _ := s.contract.Value(s.pointer)
	gather(raw, 3)
	return h
}

// draw makes a value as the schema describes it, more or less.
func (s *subject) draw(h *hints, raw any, depth int) *tree {
	m, ok := raw.(map[string]any)
	if !ok || len(m) == 0 || depth <= 0 || h.random.IntN(40) == 0 {
		return h.value(1)
	}
	if ref, ok := m["$ref"].(string); ok {
		target, _ := s.contract.Value(strings.TrimPrefix(ref, "#"))
		return s.draw(h, target, depth-1)
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if list, ok := m[keyword].([]any); ok && len(list) > 0 && h.random.IntN(3) > 0 {
			return s.draw(h, list[h.random.IntN(len(list))], depth-1)
		}
	}
	if constant, ok := m["const"]; ok {
		return treeOf(constant)
	}
	if list, ok := m["enum"].([]any); ok && len(list) > 0 {
		return treeOf(list[h.random.IntN(len(list))])
	}
	switch kind := s.kindOf(h, m); kind {
	case "object":
		return s.drawObject(h, m, depth)
	case "array":
		return s.drawList(h, m, depth)
	case "string":
		return &tree{kind: '"', text: h.textual()}
	case "integer", "number":
		return &tree{kind: '0', text: h.number()}
	case "boolean":
		return &tree{kind: 'w', text: []string{"true", "false"}[h.random.IntN(2)]}
	case "null":
		return &tree{kind: 'w', text: "null"}
	}
	if list, ok := m["allOf"].([]any); ok && len(list) > 0 {
		n := s.draw(h, list[0], depth-1)
		for _, part := range list[1:] {
			if other := s.draw(h, part, depth-1); n.kind == '{' && other.kind == '{' {
				n.names, n.items = append(n.names, other.names...), append(n.items, other.items...)
			}
		}
		return n
	}
	return h.value(2)
}

func (s *subject) kindOf(h *hints, m map[string]any) string {
	switch v := m["type"].(type) {
	case string:
		return v
	case []any:
		if len(v) > 0 {
			return fmt.Sprint(v[h.random.IntN(len(v))])
		}
	}
	for _, keyword := range []string{"properties", "required", "patternProperties", "additionalProperties", "minProperties"} {
		if _, ok := m[keyword]; ok {
			return "object"
		}
	}
	if _, ok := m["items"]; ok {
		return "array"
	}
	return ""
}

func (s *subject) drawObject(h *hints, m map[string]any, depth int) *tree {
	n := &tree{kind: '{'}
	properties, _ := m["properties"].(map[string]any)
	required, _ := m["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if slices.Contains(required, any(name)) || h.random.IntN(2) == 0 {
			n.add(name, s.draw(h, properties[name], depth-1))
		}
	}
	for _, one := range required {
		if name, ok := one.(string); ok && properties[name] == nil {
			n.add(name, h.value(1))
		}
	}
	if extra, ok := m["additionalProperties"]; ok && extra != false {
		for range h.random.IntN(4) {
			if name := h.name(); !slices.Contains(n.names, name) {
				n.add(name, s.draw(h, extra, depth-1))
			}
		}
	}
	patterns, _ := m["patternProperties"].(map[string]any)
	for _, pattern := range slices.Sorted(maps.Keys(patterns)) {
		if name := strings.Trim(pattern, "^$") + "b"; h.random.IntN(2) == 0 && !slices.Contains(n.names, name) {
			n.add(name, s.draw(h, patterns[pattern], depth-1))
		}
	}
	return n
}

func (s *subject) drawList(h *hints, m map[string]any, depth int) *tree {
	n := &tree{kind: '['}
	first, _ := m["prefixItems"].([]any)
	for _, one := range first {
		n.items = append(n.items, s.draw(h, one, depth-1))
	}
	if items, ok := m["items"]; ok && items != false {
		for range h.random.IntN(5) {
			n.items = append(n.items, s.draw(h, items, depth-1))
		}
	}
	return n
}
