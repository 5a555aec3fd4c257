package schema

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/go-json-experiment/json/jsontext"
)

func (b *builder) objects() {
	q := b.quick
	b.span(&q.size, "minProperties", "maxProperties")
	properties, _ := b.raw["properties"].(map[string]any)
	q.index = map[string]int{}
	b.named("properties", func(name string, raw any, child func() *quick) {
		if b.place.view != Any && b.set.isOwnMark(raw, b.place.view) {
			b.member(name, b.fresher(&quick{never: true}), true)
			return
		}
		b.member(name, child(), true)
	})
	if len(q.members) != len(properties) {
		b.fail("properties", "it has names twice")
	}
	b.named("patternProperties", func(pattern string, raw any, child func() *quick) {
		compiled, ok := b.matcher("patternProperties", pattern)
		if !ok {
			return
		}
		p := patterned{matcher: compiled}
		if b.place.view != Any && b.set.isOwnMark(raw, b.place.view) {
			p.quick = b.fresher(&quick{never: true})
		} else {
			p.quick = child()
		}
		q.rest.patterns = append(q.rest.patterns, p)
	})
	if _, ok := b.raw["additionalProperties"]; ok {
		q.rest.extra = b.child("additionalProperties")
	}
	if _, ok := b.raw["propertyNames"]; ok {
		q.names = b.child("propertyNames")
	}
	required, _ := b.raw["required"].([]any)
	for _, one := range required {
		if name := fmt.Sprint(one); !b.drops(name) {
			q.members[b.memberNamed(name)].required = true
		}
	}
	b.dependents()
	b.byPattern()
}

func (b *builder) drops(name string) bool {
	for _, one := range b.drop {
		if one == name {
			return true
		}
	}
	return false
}

func (b *builder) member(name string, child *quick, declared bool) int {
	q := b.quick
	m := member{name: name, quick: child, declared: declared}
	if quoted, err := jsontext.AppendQuote(nil, name); err == nil && len(quoted) == len(name)+2 {
		m.quoted = string(quoted) + ":"
		m.edges = edgesOf(m.quoted)
	}
	i := len(q.members)
	q.members = append(q.members, m)
	q.index[name] = i
	return i
}

// memberNamed is the index of a name that need not be declared.
func (b *builder) memberNamed(name string) int {
	if i, ok := b.quick.index[name]; ok {
		return i
	}
	return b.member(name, nil, false)
}

func (b *builder) dependents() {
	q := b.quick
	b.named("dependentRequired", func(name string, raw any, _ func() *quick) {
		list, _ := raw.([]any)
		n := need{beside: b.memberNamed(name)}
		for _, one := range list {
			if name := fmt.Sprint(one); !b.drops(name) {
				n.all = append(n.all, b.memberNamed(name))
			}
		}
		q.needs = append(q.needs, n)
	})
	b.named("dependentSchemas", func(name string, _ any, child func() *quick) {
		q.needs = append(q.needs, need{beside: b.memberNamed(name), whole: child()})
	})
}

// byPattern gives each member with a place of its own what the patterns say of it as well, or what is said of the rest.
func (b *builder) byPattern() {
	q := b.quick
	for i := range q.members {
		m := &q.members[i]
		var all []*quick
		matched := m.declared
		if m.quick != nil {
			all = append(all, m.quick)
		}
		for _, p := range q.rest.patterns {
			if p.matcher.MatchString(m.name) {
				matched = true
				if p.quick != nil {
					all = append(all, p.quick)
				}
			}
		}
		if !matched && q.rest.extra != nil {
			all = append(all, q.rest.extra)
		}
		switch len(all) {
		case 0:
			m.quick = nil
		case 1:
			m.quick = all[0]
		default:
			both := b.fresher(newQuick())
			both.allOf = all
			m.quick = both
		}
	}
	q.require()
}

func (b *builder) lists() {
	q := b.quick
	b.span(&q.count, "minItems", "maxItems")
	q.first = b.children("prefixItems")
	if _, ok := b.raw["items"]; ok {
		q.items = b.child("items")
	}
	q.unique, _ = b.raw["uniqueItems"].(bool)
	if _, ok := b.raw["contains"]; ok {
		c := contained{quick: b.child("contains"), count: natural()}
		c.count.least = 1
		b.span(&c.count, "minContains", "maxContains")
		q.contains = &c
	}
	xml, _ := b.raw["xml"].(map[string]any)
	n := b.set.nodes[b.place.pointer]
	if wrapped, _ := xml["wrapped"].(bool); !wrapped {
		return
	}
	if n == nil || !n.xmlWrapped {
		q.list.murky = true
		return
	}
	q.list.omitted = true
	if n.items != nil || n.first != nil {
		q.list.element = n.elementName()
	}
}

// settle sums up what the schema says beside the schemas of the same value.
func (q *quick) settle() {
	same := len(q.allOf) > 0 || len(q.choices) > 0 || len(q.not) > 0 || q.condition != nil
	q.own = !same || q.types != 0 || len(q.enums) > 0 || q.looks || q.counts || len(q.members) > 0 || !q.rest.open() ||
		q.size != natural() || q.names != nil || len(q.needs) > 0 || len(q.first) > 0 || q.items != nil || q.count != natural() ||
		q.unique || q.contains != nil
	for _, c := range q.choices {
		c.settle()
	}
	q.simple = !same && !q.never && q.slow == nil
	if len(q.required) == 1 {
		q.must = q.required[0]
	}
	if len(q.members) > 0 {
		q.after = make([]atomic.Uint32, len(q.members)+1)
		for i := range q.after { // at first the order of the schema
			q.after[i].Store(uint32(i))
		}
	}
	q.brief = len(q.members) <= 64 && q.size == natural() && len(q.needs) == 0
}

// settleLists finds out whether the text of a list depends on more than this schema: on the alternatives of the same value.
func (q *quick) settleLists() {
	defer func() { q.simple = q.simple && q.list == (listForm{}) }()
	seen := map[*quick]bool{nil: true, q: true}
	for queue := q.inPlace(); len(queue) > 0; queue = queue[1:] {
		one := queue[0]
		if seen[one] {
			continue
		}
		seen[one] = true
		if one.list.omitted || one.list.element != "" || one.list.murky {
			q.list.murky = true
			return
		}
		queue = append(queue, one.inPlace()...)
	}
	if q.list.omitted && len(seen) > 2 {
		q.list.murky = true
	}
}

// sameJSON says whether two decoded values are equal, numbers by what they amount to.
func sameJSON(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, item := range a {
			other, ok := b[name]
			if !ok || !sameJSON(item, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !sameJSON(a[i], b[i]) {
				return false
			}
		}
		return true
	case json.Number:
		b, ok := b.(json.Number)
		if !ok || a == b {
			return ok
		}
		var x, y decimal
		return x.read(string(a)) && y.read(string(b)) && x.compare(&y) == 0
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}
