package generate

import (
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

func (b *breaker) object(p *plan, v map[string]any) {
	without := func(drop ...string) map[string]any {
		left := make(map[string]any, len(v))
		for name, item := range v {
			if !slices.Contains(drop, name) {
				left[name] = item
			}
		}
		return left
	}
	with := func(name string, item any) map[string]any {
		more := without()
		more[name] = item
		return more
	}
	for _, m := range p.members {
		if _, there := v[m.name]; there && m.required {
			b.try("required", "required", "/"+specs.EscapePointer(m.name), without(m.name))
		}
	}
	for _, name := range sortedNames(p.needs) {
		if _, there := v[name]; !there {
			continue
		}
		for _, needed := range p.needs[name] {
			b.try("dependentRequired", "dependentRequired", "/"+specs.EscapePointer(needed), without(needed))
		}
	}
	b.sizes(p, v, without)
	b.marked(p, with)
	for _, keyword := range []string{"additionalProperties", "unevaluatedProperties"} {
		for _, name := range []string{"unexpected", "unexpected_1", "x"} {
			if _, there := v[name]; !there && b.try(keyword, keyword, "/"+name, with(name, "unexpected")) {
				break
			}
		}
	}
	if len(p.names) > 0 {
		for _, name := range []string{"!", "not a name", "UNEXPECTED", "unexpected", "0", strings.Repeat("n", 300)} {
			if b.try("propertyNames", "propertyNames", "/"+name, with(name, b.like(p, name, v))) {
				break
			}
		}
	}
}

// like is a value that may stand under a name that is none itself.
func (b *breaker) like(p *plan, name string, v map[string]any) any {
	for _, other := range sortedNames(v) {
		if p.byName[other] == nil {
			return v[other]
		}
	}
	return name
}

// sizes breaks the bounds of the number of members.
func (b *breaker) sizes(p *plan, v map[string]any, without func(...string) map[string]any) {
	if p.minSize > 0 && len(v) >= p.minSize {
		var drop []string
		names := p.namesIn(v)
		for i := len(names) - 1; i >= 0 && len(v)-len(drop) >= p.minSize; i-- {
			if m := p.byName[names[i]]; m == nil || !m.required {
				drop = append(drop, names[i])
			}
		}
		b.try("minProperties", "minProperties", "", without(drop...))
	}
	if p.maxSize > 1000 {
		return
	}
	m := b.g.maker(b.o)
	m.o.Optional = All
	more := without()
	for _, one := range p.members {
		if _, there := more[one.name]; there || len(more) > p.maxSize || one.banned || one.edge.plan().reach() >= endless {
			continue
		}
		if item, ok := m.value(one.edge.plan(), context{one.name, one.edge.field, b.src}, b.src.Sub(one.name), ample/4); ok {
			more[one.name] = item
		}
	}
	for i := 0; len(more) <= p.maxSize && i < 3*p.maxSize+20; i++ {
		name, ok := m.key(p, b.src.Sub("key").Index(i), i, 0)
		if !ok {
			break
		}
		one, err := p.newMember(name)
		if err != nil || one.edge.plan().reach() >= endless {
			break
		}
		if item, ok := m.value(one.edge.plan(), context{record: b.src}, b.src.Index(i), ample/4); ok {
			more[name] = item
		}
	}
	b.try("maxProperties", "maxProperties", "", more)
}

// marked sends what the side may not send.
func (b *breaker) marked(p *plan, with func(string, any) map[string]any) {
	keyword := "readOnly"
	if b.o.View == schema.Response {
		keyword = "writeOnly"
	}
	for _, m := range p.members {
		if !m.banned {
			continue
		}
		e := &edge{g: b.g, view: schema.Any, heads: m.edge.heads}
		maker := b.g.maker(b.o)
		maker.o.View = schema.Any
		item, ok := maker.value(e.plan(), context{m.name, m.edge.field, b.src}, b.src.Sub(m.name), ample/4)
		if !ok {
			item = "unexpected"
		}
		b.try(keyword, keyword, "/"+specs.EscapePointer(m.name), with(m.name, item))
	}
}

func (b *breaker) list(p *plan, v []any) {
	if p.minItems > 0 && len(v) >= p.minItems {
		b.try("minItems", "minItems", "", slices.Clone(v[:p.minItems-1]))
	}
	if p.maxItems <= 10*mostElements {
		more := slices.Clone(v)
		m := b.g.maker(b.o)
		for len(more) <= p.maxItems {
			i := len(more)
			e := p.item(min(i, max(0, p.maxItems-1)))
			item, ok := m.element(p, e, b.spot.context, more, b.src.Sub("more").Index(i), 20)
			if !ok {
				break
			}
			more = append(more, item)
		}
		if !b.try("maxItems", "maxItems", "", more) && len(more) > 0 {
			b.try("items", "items", "/"+strconv.Itoa(len(more)-1), more)
		}
	}
	if p.prefix > 0 {
		b.try("items", "items", "/"+strconv.Itoa(len(v)), append(slices.Clone(v), "unexpected"))
	}
	if p.unique && len(v) > 0 {
		twice := append(slices.Clone(v), v[0])
		if !b.try("uniqueItems", "uniqueItems", "/"+strconv.Itoa(len(v)), twice) && len(v) > 1 {
			twice = slices.Clone(v)
			twice[len(v)-1] = v[0]
			b.try("uniqueItems", "uniqueItems", "/"+strconv.Itoa(len(v)-1), twice)
		}
	}
	if len(p.contains) > 0 {
		b.lacking(p, v)
	}
}

// lacking makes the elements of a list without the one that it has to contain.
func (b *breaker) lacking(p *plan, v []any) {
	m := b.g.maker(b.o)
	less := make([]any, 0, len(v))
	for i := range v {
		for try := range mostTries {
			item, ok := m.element(p, p.item(i), b.spot.context, less, b.src.Sub("lacking").Index(i).Index(try), 20)
			if ok && !slices.ContainsFunc(p.contains, func(a *atom) bool { return b.g.accepts(a, b.o.View, item) }) {
				less = append(less, item)
				break
			}
		}
	}
	_ = b.try("contains", "contains", "", less) || b.try("contains", "minContains", "", less)
}
