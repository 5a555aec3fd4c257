package generate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
)

func (p *plan) mergeObject() error {
	var names []string
	known, required := map[string]bool{}, map[string]bool{}
	add := func(name string) {
		if !known[name] {
			known[name] = true
			names = append(names, name)
		}
	}
	for _, a := range p.atoms {
		for _, name := range append(slices.Clip(a.names), a.texts("required")...) {
			add(name)
		}
		for _, name := range a.texts("required") {
			required[name] = true
		}
		if err := p.mergeSize(a); err != nil {
			return err
		}
	}
	for _, name := range sortedNames(p.needs) {
		for _, needed := range append(p.needs[name], name) {
			add(needed)
		}
	}
	for _, name := range names {
		switch plainName(name) {
		case "idcard", "idcardno", "gender", "sex", "birthday", "birthdate", "age", "married":
			// Whoever has an age has a person's name, unless the object says what else it is.
			p.entity = "person " + strings.TrimPrefix(p.entity, "person ")
		}
	}
	for _, name := range names {
		m, err := p.newMember(name)
		if err != nil {
			return err
		}
		m.required = required[name] && !m.banned
		p.members = append(p.members, m)
		p.byName[name] = m
	}
	if len(p.names) > 0 {
		p.keys = &edge{g: p.g, view: p.view, heads: append([]*atom{invent("?key", map[string]any{"type": "string"})}, p.names...)}
	}
	return nil
}

func (p *plan) mergeSize(a *atom) error {
	if n, ok := a.count("minProperties"); ok {
		p.minSize = max(p.minSize, n)
	}
	if n, ok := a.count("maxProperties"); ok {
		p.maxSize = min(p.maxSize, n)
	}
	if needs, ok := a.raw["dependentRequired"].(map[string]any); ok {
		for name, list := range needs {
			if p.needs == nil {
				p.needs = map[string][]string{}
			}
			p.needs[name] = append(p.needs[name], textsOf(list)...)
		}
	}
	if a.has("propertyNames") {
		names, err := p.g.below(a, "propertyNames")
		if err != nil {
			return err
		}
		p.names = append(p.names, names)
	}
	switch further := a.raw["additionalProperties"].(type) {
	case bool:
		p.closed = p.closed || !further
	case map[string]any:
		p.pairs = true
	}
	switch a.raw["unevaluatedProperties"].(type) {
	case bool:
		p.closed = p.closed || a.raw["unevaluatedProperties"] == false
		p.tricky = true
	case map[string]any:
		p.pairs, p.tricky = true, true
	}
	for _, text := range a.schemas("patternProperties") {
		pattern, err := fake.CompilePattern(text)
		if err != nil {
			return fmt.Errorf("%s: %w", p.g.contract.Position(a.pointer+"/patternProperties"), err)
		}
		p.keyPatterns = append(p.keyPatterns, pattern)
		p.pairs = true
	}
	return nil
}

func (p *plan) newMember(name string) (*member, error) {
	heads, named, err := p.memberHeads(name)
	if err != nil {
		return nil, err
	}
	m := &member{name: name, edge: &edge{g: p.g, view: p.view, heads: heads, field: fake.FieldNamed(name, p.entity)}}
	for _, a := range heads {
		m.old = m.old || a.raw["deprecated"] == true
	}
	mark := map[schema.View]string{schema.Request: "readOnly", schema.Response: "writeOnly"}[p.view]
	for _, a := range heads[:named] {
		m.banned = m.banned || mark != "" && p.g.marked(a, mark, map[string]bool{})
	}
	return m, nil
}

// marked says whether a schema has a mark, itself or by what it refers to or consists of.
func (g *Generator) marked(a *atom, mark string, seen map[string]bool) bool {
	if seen[a.pointer] || a.made {
		return false
	}
	seen[a.pointer] = true
	if a.raw[mark] == true {
		return true
	}
	var others []*atom
	add := func(one *atom, err error) {
		if err == nil {
			others = append(others, one)
		}
	}
	if ref, ok := a.raw["$ref"].(string); ok {
		if pointer, err := g.target(a, ref); err == nil {
			add(g.atom(pointer))
		}
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := a.raw[keyword].([]any)
		for i := range list {
			add(g.below(a, keyword, strconv.Itoa(i)))
		}
	}
	for _, keyword := range []string{"if", "then", "else", "not"} {
		if a.has(keyword) {
			add(g.below(a, keyword))
		}
	}
	return slices.ContainsFunc(others, func(one *atom) bool { return g.marked(one, mark, seen) })
}

// memberHeads lists what holds for a member of that name; the first so many come from schemas that name it, itself or by a
// pattern.
func (p *plan) memberHeads(name string) (heads []*atom, count int, err error) {
	var further []*atom
	add := func(a *atom, tokens ...string) error {
		child, err := p.g.below(a, tokens...)
		heads = append(heads, child)
		return err
	}
	known := false
	for _, a := range p.atoms {
		named := false
		properties, _ := a.raw["properties"].(map[string]any)
		if _, there := properties[name]; there {
			named = true
			if err := add(a, "properties", name); err != nil {
				return nil, 0, err
			}
		}
		for _, text := range a.schemas("patternProperties") {
			pattern, err := fake.CompilePattern(text)
			if err != nil {
				return nil, 0, fmt.Errorf("%s: %w", p.g.contract.Position(a.pointer+"/patternProperties"), err)
			}
			if pattern.Match(name) {
				named = true
				if err := add(a, "patternProperties", text); err != nil {
					return nil, 0, err
				}
			}
		}
		if !named && a.has("additionalProperties") {
			named = true
			child, err := p.g.below(a, "additionalProperties")
			if err != nil {
				return nil, 0, err
			}
			further = append(further, child)
		}
		known = known || named
	}
	for _, a := range p.atoms {
		if !known && a.has("unevaluatedProperties") {
			child, err := p.g.below(a, "unevaluatedProperties")
			if err != nil {
				return nil, 0, err
			}
			further = append(further, child)
		}
	}
	if p.forbidden[name] || !p.mayBeNamed(name) {
		further = append(further, invent("?never", false))
	}
	return append(slices.Clip(heads), further...), len(heads), nil
}

func (p *plan) mayBeNamed(name string) bool {
	for _, a := range p.names {
		if !p.g.accepts(a, schema.Any, name) {
			return false
		}
	}
	return true
}
