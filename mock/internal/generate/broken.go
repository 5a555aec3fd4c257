package generate

import (
	"slices"
	"strings"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
)

// mostBroken bounds the broken cases of one schema.
const mostBroken = 250

// Broken makes values that break exactly one rule which the schema states, at one place, from a valid value: the validator
// names that rule at that place and nothing else. Within alternatives it is the validator of the alternative that the
// valid value takes. The valid value is not changed. There are none for a value that is not valid.
func (g *Generator) Broken(pointer string, valid any, src fake.Source, o Options) []Case {
	p, compiled, err := g.prepare(pointer, o.View)
	if err != nil || len(compiled.Validate(valid)) > 0 {
		return nil
	}
	b := &breaker{g: g, compiled: compiled, o: o, src: src, whole: valid, names: map[string]bool{}}
	for _, s := range g.spots(p, valid, src) {
		b.spot = s
		b.place()
	}
	return b.cases
}

// breaker gathers the broken cases of one value.
type breaker struct {
	g        *Generator
	compiled *schema.Schema
	o        Options
	src      fake.Source
	whole    any
	spot     *spot
	cases    []Case
	names    map[string]bool
}

// try adds a case if it breaks what it should: value stands at the spot then, below is the place of the broken rule within
// it. The first of several tries for one name counts; the result says whether there is one.
func (b *breaker) try(name, keyword string, below string, value any) bool {
	pointer := b.spot.pointer() + below
	name += place(pointer)
	if b.names[name] || len(b.cases) >= mostBroken {
		return true
	}
	whole := replaced(b.whole, b.spot.tokens, value)
	if !b.breaks(whole, keyword, pointer) {
		return false
	}
	b.names[name] = true
	b.cases = append(b.cases, Case{Name: name, Value: clone(whole), Pointer: pointer, Keyword: keyword})
	return true
}

// breaks says whether a value breaks one rule at one place and no other.
func (b *breaker) breaks(whole any, keyword, pointer string) bool {
	found := b.compiled.Validate(whole)
	if len(found) == 0 {
		return false
	}
	if only(found, keyword, pointer) {
		return true
	}
	for i := len(b.spot.around) - 1; i >= 0; i-- {
		s := b.spot.around[i]
		if s.atom.made || s.atom.raw == nil {
			continue
		}
		compiled, err := b.g.set.CompileView(s.atom.pointer, b.o.View)
		if err != nil {
			continue
		}
		inside := strings.TrimPrefix(pointer, pointerOf(b.spot.tokens[:s.depth]))
		if only(compiled.Validate(at(whole, b.spot.tokens[:s.depth])), keyword, inside) {
			return true
		}
	}
	return false
}

func only(list []schema.Violation, keyword, pointer string) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(v schema.Violation) bool {
		return v.Keyword != keyword || v.Pointer != pointer
	})
}

// place breaks every rule of the spot.
func (b *breaker) place() {
	p := b.spot.plan
	b.kinds(p)
	if p.isFixed {
		b.fixed(p)
	}
	switch v := b.spot.value.(type) {
	case map[string]any:
		b.object(p, v)
	case []any:
		b.list(p, v)
	case string:
		b.text(p, v)
	default:
		if p.has(numberType | integerType) {
			b.number(p)
		}
	}
	b.alternatives()
	for _, v := range p.excluded {
		b.try("not", "not", "", v)
	}
}

// kinds breaks the type: by another one, by null, and by a fraction where a whole number is wanted.
func (b *breaker) kinds(p *plan) {
	if !p.stated {
		return
	}
	if !p.has(stringType) {
		_ = b.try("type", "type", "", "not of this type") || b.try("type", "type", "", "")
	} else {
		for _, v := range []any{number("12345"), true, map[string]any{}, []any{}} {
			if b.try("type", "type", "", v) {
				break
			}
		}
	}
	b.try("null", "type", "", nil)
	if p.has(integerType) && !p.has(numberType) {
		b.try("fraction", "type", "", number("1.5"))
	}
}

func (b *breaker) fixed(p *plan) {
	keyword := "enum"
	for _, a := range p.atoms {
		if a.has("const") {
			keyword = "const"
		}
	}
	var tries []any
	for _, v := range p.fixed {
		switch v := v.(type) {
		case string:
			tries = append(tries, v+"-unknown", v+"x", strings.ToUpper(v), strings.ToLower(v), "unknown", strings.Repeat("z", len(v)))
		case map[string]any, []any:
			tries = append(tries, map[string]any{}, []any{})
		case bool:
			tries = append(tries, !v)
		case nil:
		default:
			tries = append(tries, number("987654"), number("-1"), number("0"), number("7"))
		}
	}
	for _, v := range tries {
		if b.try(keyword, keyword, "", v) {
			return
		}
	}
}

// alternatives makes values that none of a group of schemas takes.
func (b *breaker) alternatives() {
	p := b.spot.whole
	for len(p.groups) > 0 {
		group := p.groups[0]
		taken := b.g.branchOf(group, p.view, b.spot.value)
		if taken < 0 {
			return
		}
		if group.keyword == "oneOf" || group.keyword == "anyOf" {
			b.none(group)
		}
		p = group.branches[taken].plan(p, group, taken)
	}
}

func (b *breaker) none(group *choice) {
	name := group.keyword + place(b.spot.pointer())
	if b.names[name] {
		return
	}
	for _, v := range strangers(b.spot.value) {
		fits := slices.ContainsFunc(group.branches, func(one *branch) bool { return b.g.accepts(one.add[0], b.o.View, v) })
		whole := replaced(b.whole, b.spot.tokens, v)
		found := b.compiled.Validate(whole)
		elsewhere := slices.ContainsFunc(found, func(v schema.Violation) bool {
			return v.Pointer != b.spot.pointer() && !strings.HasPrefix(v.Pointer, b.spot.pointer()+"/")
		})
		if fits || len(found) == 0 || elsewhere || len(b.cases) >= mostBroken {
			continue
		}
		b.names[name] = true
		b.cases = append(b.cases, Case{Name: name, Value: clone(whole), Pointer: b.spot.pointer(), Keyword: group.keyword})
		return
	}
}

// strangers are values that hardly any schema takes, those of the same type as a valid one first.
func strangers(valid any) []any {
	object := []any{map[string]any{"unexpected": true}, map[string]any{}}
	text := []any{"not one of these", "", "\u0001"}
	numbers := []any{number("-987654321.125"), number("987654321"), number("0")}
	list := []any{[]any{map[string]any{"unexpected": true}, "unexpected", number("1")}, []any{}}
	var same []any
	switch valid.(type) {
	case map[string]any:
		same = object
	case []any:
		same = list
	case string:
		same = text
	case bool, nil:
	default:
		same = numbers
	}
	return slices.Concat(same, object, text, numbers, list, []any{true})
}
