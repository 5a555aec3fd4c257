package generate

import (
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// spot is one place of a value with what holds there.
type spot struct {
	tokens []string
	// whole is the plan with its groups open, plan the one with every group settled the way the value has it.
	whole, plan *plan
	value       any
	context     context
	// around are the alternatives that were chosen on the way here, the innermost last.
	around []scope
}

// scope is a schema that was chosen among alternatives for the value at the first tokens of a spot.
type scope struct {
	depth int
	atom  *atom
}

func (s *spot) pointer() string { return pointerOf(s.tokens) }

func pointerOf(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(specs.EscapePointer(t))
	}
	return b.String()
}

const (
	mostSpots    = 300
	deepestSpots = 12
)

// spots lists the places of a valid value: itself, its members, and of a list the places of a tuple or the first element.
func (g *Generator) spots(p *plan, v any, record fake.Source) []*spot {
	w := walker{g: g}
	w.visit(&spot{whole: p, value: v, context: context{record: record}})
	return w.spots
}

type walker struct {
	g     *Generator
	spots []*spot
}

func (w *walker) visit(s *spot) {
	if len(w.spots) >= mostSpots || len(s.tokens) > deepestSpots {
		return
	}
	s.plan, s.around = w.g.settled(s.whole, s.value, s.around, len(s.tokens))
	if s.plan == nil || s.plan.err != nil {
		return
	}
	w.spots = append(w.spots, s)
	if s.plan.isFixed {
		return
	}
	switch v := s.value.(type) {
	case map[string]any:
		for _, name := range s.plan.namesIn(v) {
			one := s.plan.byName[name]
			if one == nil {
				var err error
				if one, err = s.plan.newMember(name); err != nil {
					continue
				}
			}
			w.visit(s.below(name, one.edge, v[name], context{name, one.edge.field, s.context.record.Sub(name)}))
		}
	case []any:
		for i := range min(len(v), max(1, s.plan.prefix)) {
			w.visit(s.below(strconv.Itoa(i), s.plan.item(i), v[i], s.context))
		}
	}
}

func (s *spot) below(token string, e *edge, v any, c context) *spot {
	return &spot{tokens: append(slices.Clip(s.tokens), token), whole: e.plan(), value: v, context: c, around: s.around}
}

// namesIn lists the members of a value: those that the schema names in its order, then the others by name.
func (p *plan) namesIn(v map[string]any) []string {
	var names []string
	for _, m := range p.members {
		if _, ok := v[m.name]; ok {
			names = append(names, m.name)
		}
	}
	for _, name := range sortedNames(v) {
		if p.byName[name] == nil {
			names = append(names, name)
		}
	}
	return names
}

// settled follows the open groups of a plan by what a value is; nil when the value fits none.
func (g *Generator) settled(p *plan, v any, around []scope, depth int) (*plan, []scope) {
	around = slices.Clip(around)
	p.compile()
	for len(p.groups) > 0 {
		c := p.groups[0]
		number := g.branchOf(c, p.view, v)
		if number < 0 {
			return nil, around
		}
		if c.keyword == "oneOf" || c.keyword == "anyOf" {
			around = append(around, scope{depth, c.branches[number].add[0]})
		}
		p = c.branches[number].plan(p, c, number)
	}
	return p, around
}

// branchOf is the number of the branch that a value took; -1 for none.
func (g *Generator) branchOf(c *choice, view schema.View, v any) int {
	for _, narrow := range []bool{true, false} {
		for i, b := range c.branches {
			heads := b.add
			if narrow {
				heads = append(slices.Clip(heads), b.soft...)
			}
			if !slices.ContainsFunc(heads, func(a *atom) bool { return !g.accepts(a, view, v) }) {
				return i
			}
		}
	}
	return -1
}

// replaced is a copy of a value with something else at one place; what is not on the way there is shared.
func replaced(v any, tokens []string, by any) any {
	if len(tokens) == 0 {
		return by
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = item
		}
		out[tokens[0]] = replaced(v[tokens[0]], tokens[1:], by)
		return out
	case []any:
		out := slices.Clone(v)
		if i, err := strconv.Atoi(tokens[0]); err == nil && i < len(out) {
			out[i] = replaced(out[i], tokens[1:], by)
		}
		return out
	}
	return v
}

// at is what stands at a place of a value.
func at(v any, tokens []string) any {
	for _, t := range tokens {
		switch in := v.(type) {
		case map[string]any:
			v = in[t]
		case []any:
			i, err := strconv.Atoi(t)
			if err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}
