package schema

import "strings"

// element is where an element of a list stands in the text.
type element struct{ start, end int }

func (s *scan) list(q *quick, depth int) bool {
	if depth >= s.maxDepth {
		return s.giveUp()
	}
	s.wanted = "" // a pointer through objects leads into no list
	start, before := s.pos, len(s.elements)
	count, taken := int64(0), int64(0)
	s.pos++
	more := s.peek() != ']'
	for more {
		one := q.items
		if count < int64(len(q.first)) {
			one = q.first[count]
		}
		at := s.pos
		if !s.value(one, depth+1) {
			return false
		}
		if q.contains != nil {
			end := s.pos
			if s.try(q.contains.quick, at, depth+1) {
				taken++
			}
			if s.stopped {
				return false
			}
			s.pos = end
		}
		if q.unique {
			s.elements = append(s.elements, element{at, s.pos})
		}
		count++
		switch s.peek() {
		case ',':
			s.pos++
			s.peek()
		case ']':
			more = false
		default:
			return s.giveUp()
		}
	}
	s.pos++
	if s.stopped || !q.count.has(count) || q.contains != nil && !q.contains.count.has(taken) {
		return false
	}
	if q.unique && count > 1 {
		return s.distinct(start, before)
	}
	s.elements = s.elements[:before]
	return true
}

// distinct says whether no two elements of the list from start to here are equal; they are those above before.
func (s *scan) distinct(start, before int) bool {
	stacks := s.mark()
	defer func() { s.elements = s.elements[:before] }()
	for _, e := range s.elements[before:] {
		text := s.text[e.start:e.end]
		if !literally(text) {
			return s.distinctValues(start)
		}
		if !s.addName(stacks, text) {
			return false
		}
	}
	s.truncate(stacks)
	return true
}

// literally says whether a value is written as every equal value is.
func literally(text string) bool {
	switch c := text[0]; c {
	case '"':
		return strings.IndexByte(text, '\\') < 0
	case '{', '[':
		return false
	case 't', 'f', 'n':
		return true
	}
	return text != "-0" && len(text) <= mostDigits && !strings.ContainsAny(text, ".eE")
}

// distinctValues is distinct where the texts do not tell.
func (s *scan) distinctValues(start int) bool {
	if s.left -= 16 * (s.pos - start); s.left < 0 || s.lists != Plain {
		return s.giveUp()
	}
	v, ok := s.decode(start, s.pos)
	if !ok || monstrous(v) {
		return s.giveUp()
	}
	list, _ := v.([]any)
	return distinct(list)
}
