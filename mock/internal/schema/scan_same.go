package schema

// same judges by the schema and by the others of the same value, each of which reads it from its start.
func (s *scan) same(q *quick, depth int) bool {
	start, end := s.pos, -1
	if start == len(s.text) {
		return s.giveUp()
	}
	if q.own {
		if !s.own(q, depth) {
			return false
		}
		end = s.pos
	}
	if s.nested++; s.nested > mostInside {
		return s.giveUp()
	}
	for _, part := range q.allOf {
		if end >= 0 && !s.try(part, start, depth) || end < 0 && !s.value(part, depth) {
			return false
		}
		end = s.pos
	}
	for _, c := range q.choices {
		if !s.choice(c, start, depth) {
			return false
		}
		end = s.pos
	}
	for _, not := range q.not {
		if s.try(not, start, depth) || s.stopped {
			return false
		}
	}
	if c := q.condition; c != nil {
		then := c.then
		if !s.try(c.when, start, depth) {
			then = c.otherwise
		}
		if s.stopped || !s.try(then, start, depth) {
			return false
		}
		end = s.pos
	}
	s.nested--
	if s.pos = end; end < 0 {
		s.pos = start
		return s.value(nil, depth)
	}
	return true
}

// try is value for a schema of a value that is read again from its start, or for one of several.
func (s *scan) try(q *quick, start, depth int) bool {
	before := s.mark()
	s.pos = start
	ok := s.value(q, depth)
	if s.left -= max(s.pos-start, 0) + 1; s.left < 0 {
		s.stopped = true
	}
	if s.stopped {
		return false
	}
	if !ok {
		s.truncate(before)
	}
	return ok
}

func (s *scan) choice(c *choice, start, depth int) bool {
	set, first := ^uint64(0), -1
	if len(c.list) <= mostChoices {
		kind := typeOf(s.text[start])
		var text string
		found := false
		top := len(s.buffer)
		if kind == objectType && c.property != "" && !s.duplicates {
			var other bool
			if text, found, other = s.told(c, start, depth); s.stopped {
				return false
			}
			if other && c.byText != nil {
				return false // all that may be an object want a text there
			}
		}
		set, first = c.order(kind, text, found)
		s.buffer = s.buffer[:top]
	}
	if first >= 0 && set>>first&1 != 0 && !c.one && s.try(c.list[first], start, depth) {
		return true
	}
	taken, end := 0, 0
	for i, one := range c.list {
		if i < mostChoices && set>>i&1 == 0 || i == first && !c.one {
			continue
		}
		if s.try(one, start, depth) {
			if taken, end = taken+1, s.pos; !c.one {
				return true
			}
		}
		if s.stopped || taken > 1 {
			return false
		}
	}
	if taken == 0 {
		return false
	}
	s.pos = end
	return true
}

// typeOf is the type of a value by its first byte.
func typeOf(c byte) types {
	switch c {
	case '{':
		return objectType
	case '[':
		return arrayType
	case '"':
		return stringType
	case 't', 'f':
		return booleanType
	case 'n':
		return nullType
	}
	return numberType | integerType
}

// told is the text of the member that tells alternatives apart; other says that it is there and no text.
func (s *scan) told(c *choice, start, depth int) (text string, found, other bool) {
	defer func() { s.left -= s.pos - start }()
	if depth >= s.maxDepth {
		s.stopped = true
		return "", false, false
	}
	s.pos = start + 1
	for s.peek() == '"' {
		at := s.pos
		end, escaped := s.quoted()
		if s.stopped {
			return "", false, false
		}
		name := s.text[at+1 : end]
		if escaped {
			name = s.unescaped(name)
		}
		if s.peek() != ':' {
			break
		}
		s.pos++
		c0 := s.peek()
		if name == c.property {
			if c0 != '"' {
				return "", false, true
			}
			at := s.pos
			end, escaped := s.quoted()
			if s.stopped {
				return "", false, false
			}
			if text = s.text[at+1 : end]; escaped {
				text = s.unescaped(text)
			}
			return text, true, false
		}
		if !s.value(nil, depth+1) {
			return "", false, false
		}
		switch s.peek() {
		case ',':
			s.pos++
			continue
		case '}':
			return "", false, false
		}
		break
	}
	if s.peek() != '}' {
		s.stopped = true
	}
	return "", false, false
}

// wrapped judges a list that is written as the only member of an object.
func (s *scan) wrapped(q *quick, depth int) bool {
	if s.pos >= len(s.text) || s.text[s.pos] == '[' || s.text[s.pos] == '{' && q.types.has(objectType) {
		return s.giveUp()
	}
	if s.text[s.pos] != '{' {
		return s.own(q, depth)
	}
	if depth >= s.maxDepth {
		return s.giveUp()
	}
	s.pos++
	if s.peek() != '"' {
		return s.giveUp()
	}
	at := s.pos
	end, escaped := s.quoted()
	if s.stopped || escaped || s.text[at+1:end] != q.list.element || s.peek() != ':' {
		return s.giveUp()
	}
	s.pos++
	if s.peek() != '[' {
		return s.giveUp()
	}
	if !s.own(q, depth+1) {
		return false
	}
	if s.peek() != '}' {
		return s.giveUp()
	}
	s.pos++
	return true
}
