package schema

import (
	"slices"
	"strings"
)

// Slow is a schema that one pass over a text cannot judge: it is left to the library, on its own part of the text.
type Slow struct {
	// Pointer is that of the schema in the contract, Keyword what one pass cannot decide there, and Reason why not.
	Pointer, Keyword, Reason string
}

// Slow lists the schemas, this one and those it leads to, that are left to the library, by pointer.
func (s *Schema) Slow() []Slow {
	if s == nil {
		return nil
	}
	var list []Slow
	seen := map[*quick]bool{nil: true}
	for queue := []*quick{s.quick}; len(queue) > 0; queue = queue[1:] {
		q := queue[0]
		if seen[q] {
			continue
		}
		seen[q] = true
		if q.slow != nil {
			list = append(list, *q.slow)
		}
		queue = append(queue, q.within()...)
	}
	slices.SortFunc(list, func(a, b Slow) int {
		return strings.Compare(a.Pointer+"\x00"+a.Keyword, b.Pointer+"\x00"+b.Keyword)
	})
	return slices.Compact(list)
}

// within are the schemas that one leads to.
func (q *quick) within() []*quick {
	list := slices.Clone(q.inPlace())
	for i := range q.members {
		list = append(list, q.members[i].quick)
	}
	for i := range q.rest.patterns {
		list = append(list, q.rest.patterns[i].quick)
	}
	list = append(list, q.rest.extra, q.names, q.items)
	list = append(list, q.first...)
	if q.contains != nil {
		list = append(list, q.contains.quick)
	}
	return list
}

// inPlace are the schemas that are about the same value as this one.
func (q *quick) inPlace() []*quick {
	list := slices.Concat(q.allOf, q.not)
	for _, c := range q.choices {
		list = append(list, c.list...)
	}
	if q.condition != nil {
		list = append(list, q.condition.when, q.condition.then, q.condition.otherwise)
	}
	for i := range q.needs {
		list = append(list, q.needs[i].whole)
	}
	return list
}
