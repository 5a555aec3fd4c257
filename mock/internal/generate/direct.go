package generate

import (
	"math"

	"understudy/mock/internal/fake"
)

// shown says whether a member is written.
type shown uint8

const (
	never shown = iota
	always
	depends // on what stands around it
)

// direct is how a member is written that is a text or a number, and that nothing of the document stands for.
type direct struct {
	// text makes the text that is tried first, nil for another kind of value; ofRecord says that it is one of the record.
	text     fake.Maker
	ofRecord bool
	// free says that every text will do.
	free bool
	// listed says that it is one of the enumerated values, truth that it is true or false, patterned that it is a text of which
	// nothing but patterns is said.
	listed, truth, patterned bool
	// grid is set for a number that is the same for every record; low and high bound its index.
	grid      *grid
	low, high int
}

// settle finds how the members are written.
func (s *script) settle() {
	for i := range s.members {
		m := &s.members[i]
		m.settle()
		for o := range s.counts {
			of := &s.counts[o]
			switch m.shown[o] {
			case always:
				of.chosen++
				if m.to.composite {
					of.parts++
				}
			case depends:
				of.depends = true
			}
		}
	}
}

// settle finds how a member is written directly.
func (m *part) settle() {
	p, f := m.to.plan, m.edge.field
	for _, o := range [...]Optional{Believable, All, None} {
		switch {
		case m.banned:
		case m.required:
			m.shown[o] = always
		case o == None, m.to.endless, m.old && o != All:
		case m.to.composite:
			m.shown[o] = depends
		default:
			m.shown[o] = always
		}
	}
	m.listed = m.to.own == nil && m.to.fixed != nil
	switch {
	case m.to.own != nil, m.to.fixed != nil, m.to.why != "", m.to.composite, m.to.anything, p.han, m.to.escaped:
	case m.to.loose == booleanType:
		m.truth = true
	case m.to.loose == numberType && p.grid.small && (f == nil || f.Steady()):
		var h hand
		low, high := h.between(p, f, fake.Source{}, fake.Source{})
		m.grid = p.grid
		m.low, m.high = p.grid.near(low, high)
	case m.to.loose == stringType && p.media == "" && p.minLength <= longest:
		m.free = p.minLength == 0 && p.maxLength == math.MaxInt && len(p.patterns) == 0
		switch {
		case len(p.formats) > 0 && (f == nil || !f.IsOf(p.formats[0])):
			m.text, m.ofRecord = p.makers[0], ofPerson(p.formats[0])
		case p.digits:
		case f == nil:
			m.patterned = len(p.patterns) > 0 && len(p.formats) == 0
		default:
			m.text = f.Maker()
		}
	}
}

// ofPerson says whether a format is that of a person's datum.
func ofPerson(format string) bool {
	return format == "cn-id-card" || format == "cn-mobile" || format == "cn-name"
}
