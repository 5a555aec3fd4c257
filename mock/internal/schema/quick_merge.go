package schema

// merge takes over what the parts of a schema (allOf) say about members, so that an object is read once and not for each of
// them. Parts that say more stay parts.
func (q *quick) merge(fresh func(*quick) *quick) {
	if q == nil || q.merged {
		return
	}
	q.merged = true
	if q.never || q.slow != nil || !q.rest.open() {
		return
	}
	var left []*quick
	for _, part := range q.allOf {
		part.merge(fresh)
		if !part.namesMembers() || !q.absorb(part, fresh) {
			left = append(left, part)
		}
	}
	q.allOf = left
	q.require()
}

// namesMembers says whether a schema speaks of types and of named members alone.
func (q *quick) namesMembers() bool {
	return !q.never && q.slow == nil && len(q.inPlace()) == 0 && q.rest.open() && q.names == nil && len(q.needs) == 0 && !q.looks && !q.counts &&
		len(q.first) == 0 && q.items == nil && q.count == natural() && !q.unique && q.contains == nil && q.list == listForm{}
}

// absorb takes over a part; false leaves all as it was.
func (q *quick) absorb(part *quick, fresh func(*quick) *quick) bool {
	both := q.types.expanded() & part.types.expanded()
	if both == 0 {
		return false
	}
	if both == everyType {
		both = 0
	}
	q.types = both
	q.enums = append(q.enums, part.enums...)
	q.size = span{max(q.size.least, part.size.least), min(q.size.most, part.size.most)}
	if q.index == nil {
		q.index = map[string]int{}
	}
	for _, m := range part.members {
		i, known := q.index[m.name]
		if !known {
			q.index[m.name] = len(q.members)
			q.members = append(q.members, m)
			continue
		}
		own := &q.members[i]
		own.required = own.required || m.required
		own.declared = own.declared || m.declared
		switch {
		case own.quick == nil || own.quick == m.quick:
			own.quick = m.quick
		case m.quick != nil:
			one := fresh(newQuick())
			one.allOf = []*quick{own.quick, m.quick}
			own.quick = one
		}
	}
	return true
}

// require makes the set of the members that have to be there.
func (q *quick) require() {
	q.required = make([]uint64, (len(q.members)+63)/64)
	for i := range q.members {
		if q.members[i].required {
			q.required[i/64] |= 1 << (i % 64)
		}
	}
}

// expanded is the set with what it stands for: every type where it is empty, and numbers are whole ones too.
func (t types) expanded() types {
	if t == 0 {
		return everyType
	}
	if t&numberType != 0 {
		t |= integerType
	}
	return t
}
