package schema

import "strings"

// fewAhead is how many of the members that a schema names next are compared before the name is looked up, where another one
// comes than the last time.
const fewAhead = 4

// object judges an object by its members, in the order in which they come. Most come in that of the schema.
func (s *scan) object(q *quick, depth int) bool {
	if depth >= s.maxDepth {
		return s.giveUp()
	}
	start, before := s.pos, s.mark()
	wanted := s.wanted
	s.wanted = ""
	var seen uint64
	wide := len(q.members) > 64
	if wide {
		for range q.required {
			s.wide = append(s.wide, 0)
		}
	}
	count, last := int64(0), 0 // the member before, counted from 1
	s.pos++
	c := s.peek()
	if c == '}' {
		s.pos++
		return s.whole(q, seen, before, 0, start, depth)
	}
	for {
		if c != '"' {
			return s.giveUp()
		}
		i := -1
		var name string
		if last < len(q.after) {
			if k := int(q.after[last].Load()); k < len(q.members) && q.members[k].stands(s.text, s.pos) {
				i = k
			}
			for k := last; i < 0 && k < len(q.members) && k < last+fewAhead; k++ {
				if q.members[k].stands(s.text, s.pos) {
					i = k
					q.after[last].Store(uint32(k))
				}
			}
			if i >= 0 {
				m := &q.members[i]
				name = m.name
				s.pos += len(m.quoted)
			}
		}
		repeated := false
		if i < 0 {
			if i, name, repeated = s.name(q, before); s.stopped {
				return false
			}
			if i >= 0 && last < len(q.after) {
				q.after[last].Store(uint32(i))
			}
		}
		if i >= 0 {
			last = i + 1
			set, bit := seen, uint64(1)<<(i&63)
			if wide {
				word := &s.wide[before.wide+i>>6]
				set = *word
				*word |= bit
			} else {
				seen |= bit
			}
			repeated = set&bit != 0
		}
		if repeated {
			if !s.duplicates {
				return s.giveUp()
			}
			s.repeated = true
			if q != s.anything {
				return s.lastOnes(q, before, start, depth)
			}
			count--
		}
		count++
		if s.pos >= len(s.text) || s.text[s.pos] <= ' ' {
			s.peek()
		}
		from, here := s.pos, false
		if wanted != "" {
			here = s.enters(wanted, name)
		}
		var ok bool
		if i >= 0 && q.names == nil {
			ok = s.value(q.members[i].quick, depth+1)
		} else {
			ok = (q.names == nil || s.nameFits(q.names, name)) && s.member(q, i, name, depth+1)
		}
		if !ok {
			if s.stopped || !s.duplicates || q == s.anything {
				return false
			}
			// Another member of that name may still come, and count instead.
			return s.lastOnes(q, before, start, depth)
		}
		if here {
			s.from, s.to = from, s.pos
		}
		if wanted != "" {
			s.wanted = "" // what was looked for below this member is not below the next
		}
		// Between most members there is nothing but a comma.
		if p := s.pos; p+1 < len(s.text) && s.text[p] == ',' && s.text[p+1] == '"' {
			s.pos, c = p+1, '"'
			continue
		}
		switch s.peek() {
		case ',':
			s.pos++
			c = s.peek()
		case '}':
			s.pos++
			if seen&q.must == q.must && q.brief && s.lists == Plain {
				if len(s.names) > before.names || len(s.buffer) > before.buffer {
					s.truncate(before)
				}
				return !s.stopped
			}
			return s.whole(q, seen, before, count, start, depth)
		default:
			return s.giveUp()
		}
	}
}

// enters looks whether a member stands on the way to what is wanted in its object, and lets the member's value look for the
// rest of the way; it says whether the member is what is wanted.
func (s *scan) enters(wanted, name string) bool {
	token, rest, more := strings.Cut(wanted, "/")
	if token != name || strings.IndexByte(token, '~') >= 0 {
		return false
	}
	s.wanted = rest
	return !more
}

// name reads a member's name and the colon behind it, and looks it up: its index, -1 for one that the schema does not name,
// and of the latter whether it came before.
func (s *scan) name(q *quick, before mark) (index int, name string, repeated bool) {
	start := s.pos + 1
	end, escaped := s.quoted()
	if s.stopped {
		return -1, "", false
	}
	if name = s.text[start:end]; escaped {
		name = s.unescaped(name)
	}
	if s.peek() != ':' {
		s.stopped = true
		return -1, "", false
	}
	s.pos++
	if len(q.members) > 0 {
		if i, ok := q.index[name]; ok {
			return i, name, false
		}
	}
	return -1, name, !s.addName(before, name)
}

func (s *scan) member(q *quick, i int, name string, depth int) bool {
	if i >= 0 {
		return s.value(q.members[i].quick, depth)
	}
	if len(q.rest.patterns) == 0 {
		return s.value(q.rest.extra, depth)
	}
	start, end := s.pos, -1
	for k := range q.rest.patterns {
		p := &q.rest.patterns[k]
		if !p.matcher.MatchString(name) {
			continue
		}
		if end >= 0 && !s.try(p.quick, start, depth) || end < 0 && !s.value(p.quick, depth) {
			return false
		}
		end = s.pos
	}
	return end >= 0 || s.value(q.rest.extra, depth)
}

func (s *scan) nameFits(q *quick, name string) bool {
	if q.simple {
		return q.types.has(stringType) && q.text(name)
	}
	j := judge{}
	ok := j.value(q, name)
	if j.unsure {
		return s.giveUp()
	}
	return ok
}

// whole judges what can be said of an object only when all of it was read.
func (s *scan) whole(q *quick, seen uint64, before mark, count int64, start, depth int) bool {
	if s.stopped {
		return false
	}
	has := func(i int) bool {
		if len(q.members) > 64 {
			return s.wide[before.wide+i>>6]>>(i&63)&1 != 0
		}
		return seen>>i&1 != 0
	}
	if s.lists != Plain {
		if !s.leftOut(q, has) {
			return false
		}
	} else {
		for k, required := range q.required {
			there := seen
			if len(q.members) > 64 {
				there = s.wide[before.wide+k]
			}
			if required&^there != 0 {
				return false
			}
		}
	}
	if !q.size.has(count) {
		return false
	}
	for k := range q.needs {
		n := &q.needs[k]
		if !has(n.beside) {
			continue
		}
		for _, i := range n.all {
			if !has(i) {
				return false
			}
		}
		if end := s.pos; n.whole != nil {
			if !s.try(n.whole, start, depth) {
				return false
			}
			s.pos = end
		}
	}
	s.truncate(before)
	return true
}

// leftOut judges which members are missing where empty lists may have been left out.
func (s *scan) leftOut(q *quick, has func(int) bool) bool {
	for i := range q.members {
		m := &q.members[i]
		if has(i) {
			continue
		}
		if m.quick == nil || m.quick.list == (listForm{}) {
			if m.required {
				return false
			}
			continue
		}
		if m.quick.list.murky || q.size != natural() || q.names != nil || len(q.needs) > 0 {
			return s.giveUp()
		}
		if !m.quick.takesEmptyList() {
			return s.giveUp()
		}
	}
	return true
}

// takesEmptyList says whether a schema that says all there is to say itself takes a list without elements.
func (q *quick) takesEmptyList() bool {
	return q.types.has(arrayType) && q.count.has(0) && len(q.enums) == 0 && (q.contains == nil || q.contains.count.has(0))
}

// lastOnes judges an object in which a name may be repeated: the last one counts.
func (s *scan) lastOnes(q *quick, before mark, start, depth int) bool {
	s.truncate(before)
	was := s.repeated
	s.repeated, s.pos = false, start
	if !s.object(s.anything, depth) {
		return false
	}
	if s.left -= s.pos - start; s.left < 0 {
		return s.giveUp()
	}
	if !s.repeated {
		s.repeated = was
		return false // what was wrong is
	}
	if s.lists != Plain {
		return s.giveUp()
	}
	v, ok := s.decode(start, s.pos)
	if !ok {
		return s.giveUp()
	}
	j := judge{}
	ok = j.own(q, v)
	if j.unsure {
		return s.giveUp()
	}
	return ok
}
