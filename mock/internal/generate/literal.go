package generate

import (
	"encoding/json"
	"slices"
	"sync"
)

// mergeFixed narrows the enumerated values.
func (p *plan) mergeFixed(a *atom) {
	if list, ok := a.raw["enum"].([]any); ok {
		p.narrow(list, "enum")
	}
	if v, ok := a.raw["const"]; ok {
		p.narrow([]any{v}, "const")
	}
}

func (p *plan) narrow(list []any, keyword string) {
	if !p.isFixed {
		p.isFixed = true
		p.fixed = slices.Clone(list)
	} else {
		p.fixed = slices.DeleteFunc(p.fixed, func(v any) bool {
			return !slices.ContainsFunc(list, func(w any) bool { return equal(v, w) })
		})
	}
	if len(p.fixed) == 0 {
		p.limit(0, keyword)
	}
}

// settleFixed leaves of the enumerated values those that every other rule takes.
func (p *plan) settleFixed() {
	if !p.isFixed {
		return
	}
	p.fixed = slices.DeleteFunc(p.fixed, func(v any) bool {
		return slices.ContainsFunc(p.excluded, func(w any) bool { return equal(v, w) }) || !p.accepts(v)
	})
	if len(p.fixed) == 0 {
		p.limit(0, "enum")
	}
}

// own is what the document itself gives, settled when it is first asked for: looking into an example needs the plans of
// the parts, which may be this one again.
func (p *plan) own() *literals {
	p.literal.once.Do(func() {
		if p.err == nil {
			p.settleLiterals()
		}
	})
	return &p.literal
}

// literals are the document's own valid values, best first.
type literals struct {
	once   sync.Once
	values []any
	// given says that there are some here or in a member.
	given bool
}

// settleLiterals collects the values that the document itself gives, best first: example, examples, default. One that
// is not valid is passed over. An example of a part of an allOf is only the whole's where the value has no parts itself,
// or when all parts have one.
func (p *plan) settleLiterals() {
	whole := !p.has(objectType)
	var defaults []any
	merged, complete := map[string]any{}, true
	for _, a := range p.atoms {
		if p.part[a.pointer] && !whole {
			v, ok := a.raw["example"].(map[string]any)
			for name, item := range v {
				if _, twice := merged[name]; !twice {
					merged[name] = item
				}
			}
			complete = complete && (ok || len(a.names) == 0)
			continue
		}
		if a.made {
			continue
		}
		if v, ok := a.raw["example"]; ok {
			p.offer(v)
		}
		if list, ok := a.raw["examples"].([]any); ok {
			for _, v := range list {
				p.offer(v)
			}
		}
		if v, ok := a.raw["default"]; ok && !saysNothing(v) {
			defaults = append(defaults, v)
		}
		complete = complete && (len(a.names) == 0 || !p.has(objectType))
	}
	if complete && len(merged) > 0 {
		p.offer(merged)
	}
	for _, v := range defaults {
		p.offer(v)
	}
	p.literal.given = len(p.literal.values) > 0
	for _, m := range p.members {
		for _, a := range m.edge.heads {
			p.literal.given = p.literal.given || a.has("example") || a.has("examples") || a.has("default")
		}
	}
}

func (p *plan) has(t types) bool { return p.types&t != 0 }

// saysNothing tells the defaults that stand for absence: answering with them would tell a reader nothing.
func saysNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

const mostLiterals = 20

func (p *plan) offer(v any) {
	if len(p.literal.values) >= mostLiterals || slices.ContainsFunc(p.literal.values, func(w any) bool { return equal(v, w) }) {
		return
	}
	if !p.accepts(v) {
		v = p.strip(v, 0)
		if !p.accepts(v) {
			return
		}
	}
	p.literal.values = append(p.literal.values, v)
}

// strip leaves out of a copy of an example what the view forbids: one example stands for both sides of a call.
func (p *plan) strip(v any, depth int) any {
	if depth > 20 {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			m := p.byName[name]
			switch {
			case m == nil:
				out[name] = item
			case m.banned:
			default:
				out[name] = m.edge.plan().strip(item, depth+1)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = p.item(i).plan().strip(item, depth+1)
		}
		return out
	}
	return v
}

// equal compares as JSON Schema does: numbers by value.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		if !ok || a == b {
			return ok
		}
		x, okX := ratOf(a)
		y, okY := ratOf(b)
		return okX && okY && x.Cmp(y) == 0
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, item := range a {
			other, there := b[name]
			if !there || !equal(item, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	default:
		switch b.(type) {
		case map[string]any, []any, json.Number:
			return false
		}
		return a == b
	}
}

// clone copies a value, so that whoever gets it may change it.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	}
	return v
}
