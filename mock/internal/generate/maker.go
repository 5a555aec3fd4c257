package generate

import (
	"strings"

	"understudy/mock/internal/fake"
	"understudy/specs"
)

const (
	// mostTries bounds how often a value that broke a rule is made anew, mostWork all steps of one call together.
	mostTries = 24
	mostWork  = 20000
	// judging is the work of one judgement by the validator.
	judging = 20
	// ample is how many values one made value has about, at most, where nothing asks for more.
	ample        = 600
	defaultDepth = 8
)

// maker makes one value.
type maker struct {
	hand
	o Options
	// steady makes the same shape for every source: first branches, lists of one.
	steady bool
	// careful judges every part as soon as it stands.
	careful bool
	forced  int // the next list has one element less; 0 leaves it open
	bare    int // above zero: the document's own values are not used
	work    int
	depth   int
	texts   int // within each other around the place, each the content of the next
	stack   []*plan
	path    []string
	failure failure
}

// failure is the deepest reason why nothing was made.
type failure struct {
	pointer, keyword, reason string
	depth                    int
}

func (m *maker) fail(keyword, reason string) {
	if m.failure.keyword != "" && (len(m.path) < m.failure.depth || len(m.path) == m.failure.depth && keyword == "schema") {
		return
	}
	var b strings.Builder
	for _, token := range m.path {
		b.WriteByte('/')
		b.WriteString(specs.EscapePointer(token))
	}
	m.failure = failure{b.String(), keyword, reason, len(m.path)}
}

// context is what the place says about a value: the name under which it stands, and the record that it belongs to.
type context struct {
	name   string
	field  *fake.Field
	record fake.Source
}

// value makes a value of a plan; ok is false when it could not.
func (m *maker) value(p *plan, c context, src fake.Source, room int) (v any, ok bool) {
	if p.composite() {
		m.stack = append(m.stack, p)
		defer func() { m.stack = m.stack[:len(m.stack)-1] }()
	}
	if !p.tricky && !m.careful {
		return m.once(p, c, src, room, 0)
	}
	tries := mostTries
	if len(m.path) == 0 {
		tries = 1 // whoever asked for the whole tries again
	}
	optional := m.o.Optional
	defer func() { m.o.Optional = optional }()
	for try := range tries {
		if m.work > mostWork {
			break
		}
		from := src
		if try > 0 {
			from = src.Index(-try)
			m.o.Optional = variant(optional, try)
		}
		if try > 2 {
			m.bare++
		}
		v, ok = m.once(p, c, from, room, try)
		if try > 2 {
			m.bare--
		}
		if ok && len(m.path) == 0 {
			return v, true
		}
		if m.work += judging; ok && p.accepts(v) {
			return v, true
		}
		if !ok && try > 6 && !p.tricky {
			break
		}
	}
	m.fail("schema", "no value was found that keeps every rule")
	return nil, false
}

// variant is which optional members the n-th try has: the fewer, the fewer rules speak.
func variant(o Optional, try int) Optional {
	switch try % 3 {
	case 1:
		return None
	case 2:
		return All
	}
	return o
}

func (m *maker) once(p *plan, c context, src fake.Source, room, try int) (any, bool) {
	m.work++
	if p.err != nil {
		m.fail("schema", p.err.Error())
		return nil, false
	}
	if p.reach() >= endless {
		m.fail(p.impossible())
		return nil, false
	}
	if m.work > mostWork {
		if m.failure.keyword == "" {
			m.fail("schema", "no value was found in a bounded number of tries")
		}
		return nil, false
	}
	if !m.o.Dynamic && m.bare == 0 {
		if own := p.own(); len(own.values) > 0 && (m.o.Optional == Believable || !container(own.values[0])) {
			return clone(own.values[0]), true
		}
	}
	if len(p.groups) > 0 {
		return m.choose(p, c, src, room, try)
	}
	if p.isFixed {
		return clone(m.listed(p, src, try)), true
	}
	if p.han {
		defer func(was bool) { m.chinese = was }(m.chinese)
		m.chinese = true
	}
	switch m.pickType(p, c, try) {
	case objectType:
		return m.object(p, c, src, room, try)
	case arrayType:
		return m.list(p, c, src, room, try)
	case stringType:
		return m.text(p, c, src, room, try)
	case numberType:
		return m.number(p, c, src), true
	case booleanType:
		return m.boolean(src), true
	}
	return nil, true
}

func container(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// listed is one of the enumerated values; null only where it is the only one.
func (m *maker) listed(p *plan, src fake.Source, try int) any {
	if m.steady {
		return p.fixed[try%len(p.fixed)]
	}
	i := (src.Intn(len(p.fixed)) + try) % len(p.fixed)
	if p.fixed[i] == nil {
		i = (i + 1) % len(p.fixed)
	}
	return p.fixed[i]
}

// pickType settles a schema of several types: for the one that its other keywords speak of, and then in this order.
func (m *maker) pickType(p *plan, c context, try int) types {
	wanted := p.wanted
	if !p.stated && wanted == everyType&^nullType {
		// Nothing is said at all: the name may tell, else a text is as good as anything.
		wanted = stringType
		if c.field != nil && c.field.Numeric() {
			wanted = numberType
		}
	}
	if try%4 == 3 {
		wanted = p.types
	}
	if plain := p.types &^ p.containers(); plain != 0 && p.holds() && (m.texts >= mostTexts || !p.completes(p.textEnds)) {
		wanted = plain
	}
	return p.typeOf(wanted, m.tight())
}

// tight says that the value is deep enough: what may be left out is.
func (m *maker) tight() bool { return m.depth >= m.o.Depth || m.texts >= mostTexts }

func (m *maker) number(p *plan, c context, src fake.Source) any {
	index, low, high, ok := m.hand.number(p, c.field, c.record, src)
	if !ok {
		return p.grid.far(src, low, high)
	}
	return p.grid.number(index)
}

func (m *maker) boolean(src fake.Source) bool {
	if m.steady {
		return true
	}
	return src.Chance(0.6)
}

// choose settles the first open group of a plan.
func (m *maker) choose(p *plan, c context, src fake.Source, room, try int) (any, bool) {
	group := p.groups[0]
	count := len(group.branches)
	start := try
	if !m.steady {
		start += src.Sub("branch").Intn(count)
	}
	if m.cramped(room) || m.again(p) > 2 {
		if next := p.shallowest(); next != nil {
			return m.value(next, c, src, room)
		}
	}
	for _, last := range []bool{false, true} {
		for i := range count {
			number := (start + i) % count
			b := group.branches[number]
			next := b.plan(p, group, number)
			if next.reach() >= endless || last != (b.last || next.types == nullType) {
				continue
			}
			if v, ok := m.value(next, c, src, room); ok {
				return v, true
			}
		}
	}
	m.fail(group.keyword, "no alternative could be met")
	return nil, false
}

// shallowest is the branch of the first open group that ends soonest; nil when none does.
func (p *plan) shallowest() *plan {
	var best *plan
	for i, b := range p.groups[0].branches {
		next := b.plan(p, p.groups[0], i)
		if h := next.reach(); h < endless && (best == nil || h < best.reach()) {
			best = next
		}
	}
	return best
}

// cramped says that the value is deep or large enough.
func (m *maker) cramped(room int) bool { return m.tight() || room <= 0 }

// impossible names the keyword that leaves no value, and why.
func (p *plan) impossible() (keyword, reason string) {
	switch {
	case p.err != nil:
		return "schema", p.err.Error()
	case p.never != "":
		return p.never, "the rules leave no value"
	case len(p.groups) > 0:
		return p.groups[0].keyword, "no alternative can be met"
	case p.has(stringType) && p.holds():
		return "contentSchema", "nothing can stand in the text, or it needs itself without end"
	}
	for _, m := range p.members {
		if m.required && m.edge.plan().reach() >= endless {
			return "required", "nothing can stand under " + m.name + ", or it needs itself without end"
		}
	}
	return "minItems", "the elements need themselves without end"
}
