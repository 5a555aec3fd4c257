package play

import (
	"slices"

	"understudy/mock"
)

// choose finds the step that answers a call, -1 for none.
func (p *Player) choose(s *session, q *request, asked *mock.Asked) (int, comparison) {
	if p.config.Mode == Strict {
		if s.next < len(p.steps) && p.steps[s.next].answers(asked, p.config.Verbatim) {
			if c, ok := p.compare(s, s.next, q); ok {
				return s.next, c
			}
		}
		return -1, comparison{}
	}
	for _, among := range [][]int{p.index.outlined[outline(q, p.config.Recording.Masked)], p.index.called[q.key]} {
		if i, c := p.chooseAmong(among, s, q, asked); i >= 0 {
			return i, c
		}
	}
	return -1, comparison{}
}

// chooseAmong finds it among some of the steps.
func (p *Player) chooseAmong(among []int, s *session, q *request, asked *mock.Asked) (int, comparison) {
	type candidate struct {
		i int
		c *comparison
	}
	var all []candidate
	equal := map[int]*comparison{} // by the first of the steps that have the very same request
	for _, i := range among {
		if !p.steps[i].answers(asked, p.config.Verbatim) {
			continue
		}
		first := p.index.first[i]
		c, known := equal[first]
		if !known {
			made, _ := p.compare(s, i, q)
			c = &made
			equal[first] = c
		}
		if len(c.differences) == 0 {
			all = append(all, candidate{i, c})
		}
	}
	if slices.ContainsFunc(all, func(one candidate) bool { return one.c.sameTimes }) {
		all = slices.DeleteFunc(all, func(one candidate) bool { return !one.c.sameTimes })
	}
	for _, bound := range []bool{true, false} { // who is known already goes before a stranger
		for _, one := range all {
			if s.played[one.i] == 0 && (len(one.c.pairs) == 0) == bound {
				return one.i, *one.c
			}
		}
	}
	if len(all) == 0 {
		return -1, comparison{}
	}
	last := all[len(all)-1]
	return last.i, *last.c
}

// compare holds a call against a step.
func (p *Player) compare(s *session, i int, q *request) (comparison, bool) {
	recorded := p.steps[i].request
	if recorded.key != q.key {
		return comparison{}, false
	}
	c := comparer{bound: &s.bound, masked: p.config.Recording.Masked}.compare(recorded, q)
	return c, len(c.differences) == 0
}
