package generate

import (
	"strconv"

	"understudy/mock/internal/fake"
)

// again counts how often a value of the plan is being made around this place; of a text, what it holds.
func (m *maker) again(p *plan) int {
	if p.holds() && !p.composite() {
		p = p.content.plan()
	}
	n := 0
	for _, other := range m.stack {
		if other == p {
			n++
		}
	}
	return n
}

// wants says whether an optional member is made.
func (m *maker) wants(one *member, next *plan, room int) bool {
	if one.banned || m.o.Optional == None && !one.required {
		return one.required && !one.banned
	}
	h := next.reach()
	if one.required {
		return true
	}
	if h >= endless || one.old && m.o.Optional != All {
		return false
	}
	if !m.nests(next) {
		return true
	}
	// A part that contains its own kind is shown once, and not at the end of a long way.
	return !m.cramped(room) && m.again(next) < 2 && (m.again(next) == 0 || m.depth <= 3)
}

// nests says whether values of the plan may have parts here: a text has them within another text.
func (m *maker) nests(p *plan) bool { return p.composite() || m.texts > 0 && p.holds() }

// composite says whether values of the plan may have parts.
func (p *plan) composite() bool {
	if p.isFixed {
		return false
	}
	return len(p.groups) > 0 || p.wanted&(objectType|arrayType) != 0
}

func (m *maker) object(p *plan, c context, src fake.Source, room, try int) (any, bool) {
	if p.minSize > mostMade {
		m.fail("minProperties", "an object that large is not made")
		return nil, false
	}
	m.depth++
	defer func() { m.depth-- }()
	parts := 0
	out := make(map[string]any, len(p.members))
	for _, one := range p.members {
		next := one.edge.plan()
		if !m.wants(one, next, room) {
			continue
		}
		out[one.name] = nil
		if m.nests(next) {
			parts++
		}
	}
	if !m.settleMembers(p, out, src, try) {
		return nil, false
	}
	room -= len(out)
	if parts > 1 {
		room /= parts
	}
	for i, one := range p.members {
		if _, ok := out[one.name]; !ok {
			continue
		}
		if !m.member(p, out, one, src.Index(i), src, room) {
			return nil, false
		}
	}
	if !m.further(p, out, src, room, try) {
		return nil, false
	}
	for _, r := range p.relations {
		r.agree(out)
	}
	return out, true
}

// member makes one member; an optional one that cannot be made is left out.
func (m *maker) member(p *plan, out map[string]any, one *member, own, record fake.Source, room int) bool {
	m.path = append(m.path, one.name)
	v, ok := m.value(one.edge.plan(), context{one.name, one.edge.field, record}, own, room)
	m.path = m.path[:len(m.path)-1]
	switch {
	case ok:
		out[one.name] = v
	case one.required:
		return false
	default:
		delete(out, one.name)
	}
	return true
}

// settleMembers brings the chosen members in line with dependentRequired and the bounds of their number.
func (m *maker) settleMembers(p *plan, out map[string]any, src fake.Source, try int) bool {
	if p.needs == nil && p.minSize <= len(out) && len(out) <= p.maxSize {
		return true
	}
	m.followNeeds(p, out)
	// Members that nothing asks for go, the last ones first.
	for i := len(p.members) - 1; i >= 0 && len(out) > p.maxSize; i-- {
		one := p.members[(i+try)%len(p.members)]
		if _, ok := out[one.name]; !ok || one.required || p.neededBy(out, one.name) {
			continue
		}
		delete(out, one.name)
	}
	for _, one := range p.members {
		if len(out) >= p.minSize {
			break
		}
		if _, ok := out[one.name]; !ok && !one.banned && one.edge.plan().reach() < endless {
			out[one.name] = nil
			m.followNeeds(p, out)
		}
	}
	return true
}

func (m *maker) followNeeds(p *plan, out map[string]any) {
	for changed := p.needs != nil; changed; {
		changed = false
		for name, needed := range p.needs {
			if _, ok := out[name]; !ok {
				continue
			}
			for _, other := range needed {
				one := p.byName[other]
				if _, ok := out[other]; ok || one == nil || one.banned {
					continue // what the view forbids is not needed either
				}
				if one.edge.plan().reach() >= endless {
					// What is needed cannot stand here, so neither can what needs it.
					delete(out, name)
					changed = true
					break
				}
				out[other] = nil
				changed = true
			}
		}
	}
}

func (p *plan) neededBy(out map[string]any, name string) bool {
	for other, needed := range p.needs {
		if _, ok := out[other]; !ok {
			continue
		}
		for _, one := range needed {
			if one == name {
				return true
			}
		}
	}
	return false
}

// believablePairs is how many entries an object has that is a map.
const believablePairs = 2

// further adds members that no schema names: those of a map, and what is missing to the least number.
func (m *maker) further(p *plan, out map[string]any, src fake.Source, room, try int) bool {
	wanted := p.minSize
	if p.pairs && len(p.members) == 0 && !p.unnamed() && m.o.Optional != None && !m.cramped(room) {
		wanted = max(wanted, believablePairs)
		if m.steady {
			wanted = max(p.minSize, 1)
		}
	}
	wanted = min(wanted, p.maxSize)
	for i := 0; len(out) < wanted && i < 4*wanted+20; i++ {
		name, ok := m.key(p, src.Sub("key").Index(i), i, try)
		if _, twice := out[name]; !ok || twice {
			continue
		}
		one, err := p.newMember(name)
		if err != nil || one.banned {
			continue
		}
		if one.edge.plan().reach() >= endless {
			continue
		}
		m.member(p, out, one, src.Sub("entry").Index(i), src, room/max(1, wanted))
	}
	if len(out) < p.minSize {
		m.fail("minProperties", "no name for a further member was found")
		return false
	}
	return true
}

// unnamed says whether further members are forbidden.
func (p *plan) unnamed() bool { return p.closed && len(p.keyPatterns) == 0 }

// key makes up the name of a further member.
func (m *maker) key(p *plan, src fake.Source, i, try int) (string, bool) {
	if m.steady {
		src = fake.New(0, "key").Index(i)
	}
	if p.keys != nil {
		was := m.o.Dynamic
		m.o.Dynamic = true
		v, ok := m.value(p.keys.plan(), context{}, src, 1)
		m.o.Dynamic = was
		name, isText := v.(string)
		return name, ok && isText
	}
	if n := len(p.keyPatterns); n > 0 && (p.closed || (i+try)%2 == 0) {
		name, err := p.keyPatterns[(i+try)%n].Text(src, 1, 0)
		return name, err == nil
	}
	if m.steady {
		return "key" + strconv.Itoa(i+1), true
	}
	return src.Key(i), true
}
