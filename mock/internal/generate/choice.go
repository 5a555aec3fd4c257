package generate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"understudy/specs"
)

// choice is a group of schemas of which one is taken: oneOf, anyOf, if with then and else, a member with
// dependentSchemas, the children of a schema with a discriminator.
type choice struct {
	pointer  string // of the group in the contract
	keyword  string
	branches []*branch
}

// branch is one way to settle a group.
type branch struct {
	// name is the same whatever the source: the name of the schema referred to, or its number.
	name string
	// add holds then; soft too, unless nothing is left with it.
	add  []*atom
	soft []*atom
	last bool // only when no other can be met
	once sync.Once
	// firm is the plan with the group settled that way, narrow the same with soft; nil without it.
	firm, narrow *plan
}

func (b *branch) shells(p *plan, c *choice, number int) (narrow, firm *plan) {
	b.once.Do(func() {
		decided := append(slices.Clip(p.decided), c.pointer+"="+strconv.Itoa(number))
		heads := append(slices.Clip(p.heads), b.add...)
		b.firm = p.g.plan(p.view, heads, decided)
		if len(b.soft) > 0 {
			b.narrow = p.g.plan(p.view, append(slices.Clip(heads), b.soft...), decided)
		}
	})
	return b.narrow, b.firm
}

// plan is the plan with the group settled that way.
func (b *branch) plan(p *plan, c *choice, number int) *plan {
	narrow, firm := b.shells(p, c, number)
	if narrow != nil && narrow.reach() < endless {
		firm = narrow
	}
	firm.compile()
	return firm
}

func (p *plan) mergeGroups() error {
	for _, a := range p.atoms {
		for _, keyword := range []string{"oneOf", "anyOf"} {
			if list, ok := a.raw[keyword].([]any); ok && len(list) > 0 {
				if err := p.mergeAlternatives(a, keyword, len(list)); err != nil {
					return err
				}
			}
		}
		if err := p.mergeConditions(a); err != nil {
			return err
		}
		if err := p.mergeChildren(a); err != nil {
			return err
		}
	}
	return nil
}

// begin adds a group unless it is settled.
func (p *plan) begin(pointer, keyword string) *choice {
	if slices.ContainsFunc(p.decided, func(d string) bool {
		group, _, _ := cutLast(d, '=')
		return group == pointer
	}) {
		return nil
	}
	c := &choice{pointer: pointer, keyword: keyword}
	p.groups = append(p.groups, c)
	return c
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func (p *plan) mergeAlternatives(a *atom, keyword string, count int) error {
	// More than one may hold where exactly one has to.
	p.tricky = p.tricky || keyword == "oneOf"
	c := p.begin(a.pointer+"/"+keyword, keyword)
	if c == nil {
		return nil
	}
	for i := range count {
		one, err := p.g.below(a, keyword, strconv.Itoa(i))
		if err != nil {
			return err
		}
		b := &branch{name: strconv.Itoa(i), add: []*atom{one}}
		if name := lastToken(one.pointer); strings.HasPrefix(one.pointer, "/components/schemas/") && strings.Count(one.pointer, "/") == 3 {
			b.name = name
			b.soft = p.g.discriminated(a, one.pointer, name)
		}
		c.branches = append(c.branches, b)
	}
	return nil
}

func lastToken(pointer string) string {
	_, last, _ := cutLast(pointer, '/')
	return specs.UnescapePointer(last)
}

// discriminated narrows the member that tells the schemas of a group apart to the value that stands for one of them.
func (g *Generator) discriminated(a *atom, target, name string) []*atom {
	d, ok := a.raw["discriminator"].(map[string]any)
	if !ok {
		return nil
	}
	member, _ := d["propertyName"].(string)
	if member == "" {
		return nil
	}
	mapping, _ := d["mapping"].(map[string]any)
	for _, key := range sortedNames(mapping) {
		if to, _ := mapping[key].(string); mapped(to) == target {
			name = key
			break
		}
	}
	return []*atom{invent(a.pointer+"/discriminator?"+name, map[string]any{
		"properties": map[string]any{member: map[string]any{"const": name}},
		"required":   []any{member},
	})}
}

// mapped is the pointer that a value of a discriminator's mapping means: a reference or the name of a schema.
func mapped(to string) string {
	if pointer, ok := strings.CutPrefix(to, "#"); ok {
		return pointer
	}
	return "/components/schemas/" + specs.EscapePointer(to)
}

func (p *plan) mergeConditions(a *atom) error {
	if a.has("if") && (a.has("then") || a.has("else")) {
		p.tricky = true
		if err := p.mergeIf(a); err != nil {
			return err
		}
	}
	for _, name := range a.schemas("dependentSchemas") {
		p.tricky = true
		c := p.begin(a.pointer+"/dependentSchemas/"+specs.EscapePointer(name), "dependentSchemas")
		if c == nil {
			continue
		}
		then, err := p.g.below(a, "dependentSchemas", name)
		if err != nil {
			return err
		}
		present := invent(c.pointer+"?present", map[string]any{"required": []any{name}})
		absent := invent(c.pointer+"?absent", map[string]any{"properties": map[string]any{name: false}})
		c.branches = []*branch{{name: "present", add: []*atom{then, present}}, {name: "absent", add: []*atom{absent}}}
	}
	return nil
}

func (p *plan) mergeIf(a *atom) error {
	c := p.begin(a.pointer+"/if", "if")
	if c == nil {
		return nil
	}
	condition, err := p.g.below(a, "if")
	if err != nil {
		return err
	}
	then := &branch{name: "then", add: []*atom{condition}}
	if a.has("then") {
		one, err := p.g.below(a, "then")
		if err != nil {
			return err
		}
		then.add = append(then.add, one)
	}
	// What an if speaks of has to be there to be true in a way worth looking at.
	if properties, ok := condition.raw["properties"].(map[string]any); ok {
		names := []any{}
		for _, name := range sortedNames(properties) {
			names = append(names, name)
		}
		then.soft = []*atom{invent(c.pointer+"?present", map[string]any{"required": names})}
	}
	otherwise := &branch{name: "else", add: []*atom{invent(c.pointer+"?not", map[string]any{"not": a.raw["if"]})}}
	if a.has("else") {
		one, err := p.g.below(a, "else")
		if err != nil {
			return err
		}
		otherwise.add = append(otherwise.add, one)
	}
	c.branches = []*branch{then, otherwise}
	return nil
}

// mergeChildren opens a base schema: one with a discriminator and without alternatives stands for the schemas that
// extend it.
func (p *plan) mergeChildren(a *atom) error {
	p.mergeTag(a)
	if !a.has("discriminator") || a.has("oneOf") || a.has("anyOf") || a.made {
		return nil
	}
	children := p.g.childrenOf(a)
	if len(children) == 0 {
		return nil
	}
	c := p.begin(a.pointer+"/discriminator", "discriminator")
	if c == nil {
		return nil
	}
	for _, known := range p.atoms {
		if slices.Contains(children, known.pointer) {
			// The value is one of the children already.
			c.branches = []*branch{{name: lastToken(known.pointer), soft: p.g.discriminated(a, known.pointer, lastToken(known.pointer))}}
			return nil
		}
	}
	for _, pointer := range children {
		child, err := p.g.atom(pointer)
		if err != nil {
			return err
		}
		name := lastToken(pointer)
		c.branches = append(c.branches, &branch{name: name, add: []*atom{child}, soft: p.g.discriminated(a, pointer, name)})
	}
	c.branches = append(c.branches, &branch{name: "base", last: true})
	return nil
}

// mergeTag gives a schema that stands alone the value by which others tell it apart.
func (p *plan) mergeTag(a *atom) {
	p.g.extended.Do(p.g.findExtensions)
	group := p.g.tellers[a.pointer]
	if group == nil || slices.ContainsFunc(p.heads, func(h *atom) bool { return h.made && strings.HasPrefix(h.pointer, group.pointer+"/discriminator?") }) {
		return
	}
	if c := p.begin(a.pointer+"?tag", "discriminator"); c != nil {
		name := lastToken(a.pointer)
		c.branches = []*branch{{name: name, soft: p.g.discriminated(group, a.pointer, name)}}
	}
}

// childrenOf lists the schemas that a base schema's mapping names, or those that extend it by an allOf.
func (g *Generator) childrenOf(base *atom) []string {
	d, _ := base.raw["discriminator"].(map[string]any)
	mapping, _ := d["mapping"].(map[string]any)
	var children []string
	for _, key := range sortedNames(mapping) {
		to, _ := mapping[key].(string)
		pointer := mapped(to)
		if _, ok := g.contract.Value(pointer); ok && pointer != base.pointer && !slices.Contains(children, pointer) {
			children = append(children, pointer)
		}
	}
	if len(children) > 0 {
		return children
	}
	g.extended.Do(g.findExtensions)
	return g.extensions[base.pointer]
}

// findExtensions looks once through all named schemas for what their allOf refers to.
func (g *Generator) findExtensions() {
	g.extensions, g.tellers = map[string][]string{}, map[string]*atom{}
	const components = "/components/schemas"
	for _, name := range g.contract.Names(components) {
		pointer := components + "/" + specs.EscapePointer(name)
		g.findTellers(pointer)
		parts := pointer + "/allOf"
		for i := 0; ; i++ {
			v, ok := g.contract.Value(fmt.Sprintf("%s/%d/$ref", parts, i))
			if !ok {
				if _, more := g.contract.Value(fmt.Sprintf("%s/%d", parts, i)); more {
					continue
				}
				break
			}
			if ref, ok := v.(string); ok {
				target := mapped(ref)
				g.extensions[target] = append(g.extensions[target], pointer)
			}
		}
	}
}

// findTellers notes the alternatives that a named schema tells apart by a discriminator.
func (g *Generator) findTellers(pointer string) {
	if _, ok := g.contract.Value(pointer + "/discriminator"); !ok {
		return
	}
	group, err := g.read(pointer)
	if err != nil {
		return
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		list, _ := group.raw[keyword].([]any)
		for _, one := range list {
			alternative, _ := one.(map[string]any)
			if ref, ok := alternative["$ref"].(string); ok && g.tellers[mapped(ref)] == nil {
				g.tellers[mapped(ref)] = group
			}
		}
	}
}
