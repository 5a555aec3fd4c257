package generate

import (
	"encoding/json"
	"slices"
	"strconv"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
)

const (
	mostCases = 59 // besides the plain one
	// mostFound bounds among how many cases those that are wanted soonest are chosen.
	mostFound = 10 * mostCases
	// mostNested bounds how far alternatives within alternatives are looked into.
	mostNested = 2
)

// Cases makes valid values that are worth sending: the plain one first, then optional members in and out by pairs, each
// branch, each enumerated value, and the borders of every rule, at most sixty. Names, order and all values but the plain
// one are the same for every source, so that what is found can be told again; they differ from each other. There are none
// where not even a plain value can be made.
func (g *Generator) Cases(pointer string, src fake.Source, o Options) []Case {
	p, compiled, err := g.prepare(pointer, o.View)
	if err != nil {
		return nil
	}
	plain, err := g.Value(pointer, src, o)
	if err != nil {
		return nil
	}
	b := &builder{g: g, plan: p, compiled: compiled, o: o, src: fake.New(0, "cases", pointer), names: map[string]bool{}, seen: map[string]bool{}, done: map[string]bool{}}
	full, ok := b.full(p, nil)
	if !ok || len(compiled.Validate(full)) > 0 {
		if full, err = g.Value(pointer, b.src, o); err != nil {
			return []Case{{Name: "plain", Value: plain}}
		}
	}
	b.explore(p, full, "", 0, nil)
	return append([]Case{{Name: "plain", Value: plain}}, b.cut()...)
}

// builder gathers the cases of one schema.
type builder struct {
	g        *Generator
	plan     *plan
	compiled *schema.Schema
	o        Options
	src      fake.Source
	found    []ranked
	names    map[string]bool
	seen     map[string]bool
	done     map[string]bool // groups of alternatives by pointer and place that were gone through
}

// ranked is a case and how soon it is wanted when there are too many.
type ranked struct {
	Case
	round int
}

// full makes a value with all its optional members and of the same shape for every source.
func (b *builder) full(p *plan, c *context) (any, bool) {
	for _, optional := range []Optional{All, Believable, None} {
		o := b.o
		o.Optional = optional
		m := b.g.maker(o)
		m.steady = true
		here := context{record: b.src}
		if c != nil {
			here = *c
			// The path only has to say that this is no whole value: nobody else would try again.
			m.path = []string{c.name}
		}
		if v, ok := m.value(p, here, b.src.Sub("full"), ample/4); ok && p.accepts(v) {
			return v, true
		}
	}
	return nil, false
}

// add adds a case, unless it is not valid or there is one like it.
func (b *builder) add(c Case, round int) bool {
	if b.names[c.Name] || len(b.compiled.Validate(c.Value)) > 0 {
		return false
	}
	data, err := json.Marshal(c.Value)
	if err != nil || b.seen[string(data)] {
		return false
	}
	b.names[c.Name], b.seen[string(data)] = true, true
	c.Value = clone(c.Value)
	b.found = append(b.found, ranked{c, round})
	return true
}

// cut leaves the cases that are wanted soonest, in the order in which they were found.
func (b *builder) cut() []Case {
	round := make([]int, 0, len(b.found))
	for _, r := range b.found {
		round = append(round, r.round)
	}
	slices.Sort(round)
	last, room := 1<<30, 0
	if len(round) > mostCases {
		last = round[mostCases]
		for _, r := range round[:mostCases] {
			if r == last {
				room++
			}
		}
	}
	var out []Case
	for _, r := range b.found {
		if r.round == last {
			if room == 0 {
				continue
			}
			room--
		}
		if r.round <= last {
			out = append(out, r.Case)
		}
	}
	return out
}

// explore adds the cases of every place of a whole value at or below some tokens; label tells which alternatives were
// taken on the way.
func (b *builder) explore(p *plan, whole any, label string, nested int, from []string) {
	spots := b.g.spots(p, whole, b.src)
	for _, s := range spots {
		if len(b.found) > mostFound {
			return
		}
		if len(s.tokens) < len(from) || !slices.Equal(s.tokens[:len(from)], from) {
			continue
		}
		// Members that are optional, and alternatives, come before borders.
		b.optional(s, whole, label)
		b.borders(s, whole, label)
	}
	if nested >= mostNested || len(b.found) > 2*mostCases {
		return
	}
	for _, s := range spots {
		if len(s.tokens) >= len(from) && slices.Equal(s.tokens[:len(from)], from) {
			b.branches(s, whole, label, nested)
		}
	}
}

// branches adds a case for each alternative that the value has not taken, and explores it.
func (b *builder) branches(s *spot, whole any, label string, nested int) {
	p := s.whole
	for len(p.groups) > 0 {
		group := p.groups[0]
		taken := b.g.branchOf(group, p.view, s.value)
		if taken < 0 {
			return
		}
		key := group.pointer + " " + s.pointer()
		gone := b.done[key]
		b.done[key] = true
		for i, one := range group.branches {
			if i == taken || one.last || gone || len(b.found) > mostFound {
				continue
			}
			next := one.plan(p, group, i)
			if next.reach() >= endless {
				continue
			}
			name := group.keyword + " " + one.name
			if next.types == nullType {
				name = "null"
			}
			v, ok := b.full(next, &s.context)
			if !ok {
				continue
			}
			other := replaced(whole, s.tokens, v)
			c := Case{Name: name + place(s.pointer()) + label, Value: other, Pointer: s.pointer(), Keyword: group.keyword}
			if b.add(c, 1) {
				b.explore(b.plan, other, label+" ("+one.name+")", nested+1, s.tokens)
			}
		}
		p = group.branches[taken].plan(p, group, taken)
	}
}

// place is a pointer as it stands in the name of a case.
func place(pointer string) string {
	if pointer == "" {
		return ""
	}
	return " " + pointer
}

const mostRows = 20

// optional adds the cases about members that may be left out: by pairs at the top, all at once further down.
func (b *builder) optional(s *spot, whole any, label string) {
	v, ok := s.value.(map[string]any)
	if !ok {
		return
	}
	var names []string
	for _, name := range s.plan.namesIn(v) {
		if m := s.plan.byName[name]; m == nil || !m.required {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	row := func(name string, round int, keep func(i int) bool) {
		left := make(map[string]any, len(v))
		for name, item := range v {
			left[name] = item
		}
		for i, name := range names {
			if !keep(i) {
				delete(left, name)
			}
		}
		b.add(Case{Name: name + place(s.pointer()) + label, Value: replaced(whole, s.tokens, left), Pointer: s.pointer(), Keyword: "properties"}, round)
	}
	if len(s.tokens) == 0 {
		row("optional all", 1, func(int) bool { return true })
	}
	row("optional none", 1, func(int) bool { return false })
	if len(s.tokens) > 0 || label != "" || len(names) < 2 {
		return
	}
	rows := pairs(len(names))
	for i := range min(len(rows), mostRows) {
		row("optional row "+strconv.Itoa(i+1), 2+i/4, func(member int) bool { return rows[i][member] })
	}
}

// pairs is a covering array: for every two of n columns all four combinations of in and out stand in some row. Its columns
// are different sets of half of the rows (rounded down) that all hold the first row (Kleitman and Spencer, 1973).
func pairs(n int) [][]bool {
	count := 4
	for binomial(count-1, count/2-1) < n {
		count++
	}
	rows := make([][]bool, count)
	for i := range rows {
		rows[i] = make([]bool, n)
	}
	column := 0
	var choose func(from, left int, set []int)
	choose = func(from, left int, set []int) {
		if column == n {
			return
		}
		if left == 0 {
			for _, r := range append([]int{0}, set...) {
				rows[r][column] = true
			}
			column++
			return
		}
		for r := from; r <= count-left; r++ {
			choose(r+1, left-1, append(slices.Clip(set), r))
		}
	}
	choose(1, count/2-1, nil)
	return rows
}

func binomial(n, k int) int {
	r := 1
	for i := range k {
		r = r * (n - i) / (i + 1)
	}
	return r
}
