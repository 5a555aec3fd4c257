package generate

import "slices"

// endless is the height of what cannot end, or has no value at all.
const endless = 32

// reach is how many values have to stand within each other at least to complete one of the plan: 1 for a text, 2 for an
// object with a required text or a text that holds a number. It is endless where a schema needs itself, or where its rules leave nothing.
func (p *plan) reach() int {
	if h := p.height.Load(); h != 0 {
		return int(h)
	}
	p.g.heights.Lock()
	defer p.g.heights.Unlock()
	p.g.combined = 0
	for depth := 1; depth < endless; depth++ {
		if p.ends(depth) {
			p.height.Store(int32(depth))
			return depth
		}
	}
	p.height.Store(endless)
	return endless
}

// completes says whether the parts of a value, an object's or a list's, can be completed at all.
func (p *plan) completes(parts func(depth int) bool) bool {
	p.g.heights.Lock()
	defer p.g.heights.Unlock()
	p.g.combined = 0
	return parts(endless - 1)
}

// ends says whether a value of at most that depth exists. The depth goes down with each step, so circles end.
func (p *plan) ends(depth int) bool {
	if h := p.height.Load(); h != 0 {
		return int(h) <= depth
	}
	if depth <= 0 {
		return false
	}
	key := ending{p, depth}
	if known, ok := p.g.endings[key]; ok {
		return known
	}
	if len(p.decided) > fewGroups {
		if p.g.combined++; p.g.combined > mostCombined {
			return false
		}
	}
	p.compile()
	// Whoever asks this again on the way to the answer is in a circle of groups.
	p.g.endings[key] = false
	ok := p.endsWithin(depth)
	if p.g.endings[key] = ok; !ok && p.g.combined > mostCombined {
		delete(p.g.endings, key) // it was not looked for to the end
	}
	return ok
}

// A value of several groups of schemas may have more combinations of their branches than anybody can go through: those of
// more than a few groups are counted.
const (
	fewGroups    = 4
	mostCombined = 2000
)

type ending struct {
	plan  *plan
	depth int
}

func (p *plan) endsWithin(depth int) bool {
	if p.types == 0 {
		return false
	}
	if len(p.groups) > 0 {
		if depth == 1 && !p.isFixed && p.types == objectType && slices.ContainsFunc(p.members, func(m *member) bool { return m.required }) {
			return false // whatever the branches add
		}
		c := p.groups[0]
		for i, b := range c.branches {
			narrow, firm := b.shells(p, c, i)
			if narrow != nil && narrow.ends(depth) || firm.ends(depth) {
				return true
			}
		}
		return false
	}
	if p.isFixed || p.types&^p.containers() != 0 {
		return true
	}
	return p.has(stringType) && p.textEnds(depth-1) || p.has(arrayType) && p.listEnds(depth-1) || p.has(objectType) && p.objectEnds(depth-1)
}

// containers are the types that other values stand in.
func (p *plan) containers() types {
	if p.holds() {
		return objectType | arrayType | stringType
	}
	return objectType | arrayType
}

func (p *plan) textEnds(depth int) bool { return p.holds() && p.content.shell().ends(depth) }

func (p *plan) listEnds(depth int) bool {
	for i := range min(p.minItems, len(p.items)) {
		if !p.items[i].shell().ends(depth) {
			return false
		}
	}
	return true
}

func (p *plan) objectEnds(depth int) bool {
	possible := 0
	for _, m := range p.members {
		if m.banned {
			continue
		}
		if m.required {
			if !m.edge.shell().ends(depth) {
				return false
			}
		}
		possible++
	}
	return possible >= p.minSize || !p.unnamed()
}
