package generate

import (
	"strconv"

	"understudy/mock/internal/fake"
)

func (m *maker) list(p *plan, c context, src fake.Source, room, try int) (any, bool) {
	if p.minItems > mostMade {
		m.fail("minItems", "a list that long is not made")
		return nil, false
	}
	count := m.length(p, src, room)
	m.depth++
	defer func() { m.depth-- }()
	out := make([]any, 0, count)
	need := 0
	if len(p.contains) > 0 {
		need = p.minContains
	}
	for i := range count {
		e := p.item(i)
		if i >= p.prefix && need > 0 || need > 0 && count-i <= need {
			need--
			e = &edge{g: p.g, view: p.view, heads: append(append([]*atom{}, e.heads...), p.contains...)}
		}
		if e.plan().reach() >= endless && len(out) >= p.minItems {
			break
		}
		v, ok := m.element(p, e, c, out, src.Index(i), room/count)
		if !ok {
			if len(out) >= p.minItems {
				break
			}
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// element makes one element; where no two may be equal, several are tried.
func (m *maker) element(p *plan, e *edge, c context, out []any, src fake.Source, room int) (any, bool) {
	m.path = append(m.path, strconv.Itoa(len(out)))
	defer func() { m.path = m.path[:len(m.path)-1] }()
	here := context{c.name, c.field, src}
	next := e.plan()
	v, ok := m.value(next, here, src, room)
	if !ok || !p.unique {
		return v, ok
	}
	if next.isFixed && len(next.groups) == 0 {
		for i := range next.fixed {
			if one := next.fixed[(src.Intn(len(next.fixed))+i)%len(next.fixed)]; !among(out, one) {
				return clone(one), true
			}
		}
	}
	m.bare++
	defer func() { m.bare-- }()
	for try := 0; among(out, v); try++ {
		if try > 2*mostTries || m.work > mostWork {
			m.fail("uniqueItems", "no further element was found that differs from the others")
			return nil, false
		}
		if v, ok = m.value(next, here, src.Sub("other").Index(try), room); !ok {
			return nil, false
		}
	}
	return v, true
}

func among(list []any, v any) bool {
	for _, other := range list {
		if equal(other, v) {
			return true
		}
	}
	return false
}

// length is how many elements a list gets.
func (m *maker) length(p *plan, src fake.Source, room int) int {
	least, most := p.minItems, p.maxItems
	if m.forced > 0 {
		least, m.forced = m.forced-1, 0
		return least
	}
	if m.o.Optional == None || m.cramped(room) || least >= most {
		return least
	}
	next := p.item(p.prefix).plan()
	if p.prefix > 0 {
		least = max(least, min(p.prefix, most))
	}
	if next.reach() >= endless || m.again(next) > 1 || m.again(next) > 0 && m.depth > 3 {
		return least
	}
	wish := 1
	if p.prefix > 0 {
		wish = 0
	}
	// Elements made of the document's own examples would all be the same.
	if !m.steady && (m.o.Dynamic || m.bare > 0 || !next.own().given) && p.prefix == 0 {
		wish = src.Sub("length").Between(p.lengths())
	}
	return min(max(least, wish), most)
}
