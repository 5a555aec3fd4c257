package generate

import (
	"bytes"

	"understudy/mock/internal/fake"
)

// writer writes one value. It decides as a maker does at its first try.
type writer struct {
	hand
	o     Options
	bare  int // above zero: the document's own values are not used
	work  int
	depth int
	level int // of parts around the place, whatever they are
	// chosen is how many alternatives were chosen on the way: what breaks one of them may keep another one.
	chosen int
	count  int // of the elements of the list that was written last, -1 where it is not known
	stack  []*script
	spans  []span
}

// span is where something stands in the text that is written: a member by its number, with the number of its elements where
// it is a list, -1 where that is not known.
type span struct{ what, from, to, count int }

func (w *writer) begin(o Options, chinese bool) {
	if o.Depth <= 0 {
		o.Depth = defaultDepth
	}
	w.hand, w.o = newHand(o.At, chinese), o
	w.bare, w.work, w.depth, w.level, w.chosen = 0, 0, 0, 0, 0
	w.stack, w.spans = w.stack[:0], w.spans[:0]
}

func (w *writer) tight() bool { return w.depth >= w.o.Depth }

func (w *writer) cramped(room int) bool { return w.tight() || room <= 0 }

func (w *writer) again(s *script) int {
	n := 0
	for _, other := range w.stack {
		if other == s {
			n++
		}
	}
	return n
}

// value appends a value of a script; ok is false where none is written. What may break its rules is judged where nobody
// else would: among alternatives.
func (w *writer) value(dst []byte, s *script, f *fake.Field, record, src fake.Source, room int) (out []byte, ok bool) {
	from := len(dst)
	dst, ok = w.once(dst, s, f, record, src, room)
	if ok && s.tricky && w.level > 0 {
		w.work += judging
		ok = w.chosen == 0 || s.keeps(dst[from:])
	}
	return dst, ok
}

func (w *writer) once(dst []byte, s *script, f *fake.Field, record, src fake.Source, room int) (out []byte, ok bool) {
	w.work++
	if w.work > mostWork || s.endless {
		return dst, false
	}
	if s.own != nil && !w.o.Dynamic && w.bare == 0 && (w.o.Optional == Believable || !s.whole) {
		return w.literal(dst, s)
	}
	if s.fixed != nil {
		return w.listed(dst, s, src), true
	}
	if s.why != "" {
		return dst, false
	}
	if !s.composite {
		if !s.plan.han {
			return w.typed(dst, s, f, record, src, room)
		}
		was := w.chinese
		w.chinese = true
		dst, ok = w.typed(dst, s, f, record, src, room)
		w.chinese = was
		return dst, ok
	}
	w.stack = append(w.stack, s)
	was := w.chinese
	if s.branches != nil {
		dst, ok = w.choose(dst, s, f, record, src, room)
	} else {
		w.chinese = was || s.plan.han
		dst, ok = w.typed(dst, s, f, record, src, room)
	}
	w.chinese = was
	w.stack = w.stack[:len(w.stack)-1]
	return dst, ok
}

// literal appends the document's own value, with what was given for its members.
func (w *writer) literal(dst []byte, s *script) ([]byte, bool) {
	w.count = -1
	if w.level > 0 || len(w.o.Given) == 0 || s.spans == nil {
		return append(dst, s.own...), true
	}
	from, base := len(dst), len(w.spans)
	dst = append(dst, s.own...)
	for name, at := range s.spans {
		for i := range w.o.Given {
			if w.o.Given[i].is(name, s.spans) {
				w.spans = append(w.spans, span{what: i, from: from + at[0], to: from + at[1]})
			}
		}
	}
	ok := true
	for i := base; i < len(w.spans) && ok; i++ {
		dst, ok = w.give(dst, base, i, w.o.Given[w.spans[i].what].Value, nil)
	}
	w.spans = w.spans[:base]
	return dst, ok
}

// listed appends one of the enumerated values; null only where it is the only one.
func (w *writer) listed(dst []byte, s *script, src fake.Source) []byte {
	w.count = -1
	i := src.Intn(len(s.fixed))
	if s.fixed[i].null {
		i = (i + 1) % len(s.fixed)
	}
	return append(dst, s.fixed[i].text...)
}

func (w *writer) choose(dst []byte, s *script, f *fake.Field, record, src fake.Source, room int) ([]byte, bool) {
	count := len(s.branches)
	start := src.Sub("branch").Intn(count)
	if s.shallowest != nil && (w.cramped(room) || w.again(s) > 2) {
		return w.taken(dst, s.shallowest, f, record, src, room)
	}
	for _, last := range [...]bool{false, true} {
		for i := range count {
			if b := &s.branches[(start+i)%count]; !b.to.endless && b.last == last {
				return w.taken(dst, b.to, f, record, src, room)
			}
		}
	}
	return dst, false
}

// taken appends a value of the alternative that was taken.
func (w *writer) taken(dst []byte, s *script, f *fake.Field, record, src fake.Source, room int) ([]byte, bool) {
	w.chosen++
	dst, ok := w.value(dst, s, f, record, src, room)
	w.chosen--
	return dst, ok
}

func (w *writer) typed(dst []byte, s *script, f *fake.Field, record, src fake.Source, room int) ([]byte, bool) {
	kind := s.loose
	switch {
	case s.anything:
		// Nothing is said at all: the name may tell, else a text is as good as anything.
		kind = stringType
		if f != nil && f.Numeric() {
			kind = numberType
		}
	case w.tight():
		kind = s.tight
	}
	switch kind {
	case objectType:
		return w.object(dst, s, src, room)
	case arrayType:
		return w.list(dst, s, f, record, src, room)
	case stringType:
		return w.text(dst, s, f, record, src)
	case numberType:
		index, low, high, ok := w.number(s.plan, f, record, src)
		if !ok {
			return append(dst, s.plan.grid.far(src, low, high)...), true
		}
		return s.plan.grid.append(dst, index), true
	case booleanType:
		return appendTruth(dst, src), true
	}
	return append(dst, "null"...), true
}

func appendTruth(dst []byte, src fake.Source) []byte {
	if src.Chance(0.6) {
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}

func (w *writer) text(dst []byte, s *script, f *fake.Field, record, src fake.Source) ([]byte, bool) {
	dst = append(dst, '"')
	from := len(dst)
	dst, missed := w.appendText(dst, s.plan, f, record, src, 0)
	if missed != "" {
		return dst, false
	}
	if s.escaped {
		return quote(dst[:from-1], string(dst[from:])), true
	}
	return append(dst, '"'), true
}

// list appends a list; where no two elements may be equal, several are tried.
func (w *writer) list(dst []byte, s *script, f *fake.Field, record, src fake.Source, room int) ([]byte, bool) {
	p := s.plan
	count := w.length(s, src, room)
	w.depth++
	base, ok := len(w.spans), true
	dst = append(dst, '[')
	written := 0
	for i := range count {
		item := s.items[min(i, len(s.items)-1)]
		if item.endless && i >= p.minItems {
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		from, own := len(dst), src.Index(i)
		w.level++
		dst, ok = w.value(dst, item, f, own, own, room/count)
		w.level--
		if !ok {
			break
		}
		if p.unique {
			if dst, ok = w.different(dst, base, from, item, f, own, room/count); !ok {
				break
			}
			w.spans = append(w.spans, span{from: from, to: len(dst)})
		}
		written++
	}
	w.spans = w.spans[:base]
	w.depth--
	w.count = written
	return append(dst, ']'), ok
}

// different looks for an element that none of those before it is equal to.
func (w *writer) different(dst []byte, base, from int, s *script, f *fake.Field, src fake.Source, room int) ([]byte, bool) {
	if !w.among(dst, base, from) {
		return dst, true
	}
	for i := range s.fixed {
		dst = append(dst[:from], s.fixed[(src.Intn(len(s.fixed))+i)%len(s.fixed)].text...)
		if !w.among(dst, base, from) {
			return dst, true
		}
	}
	w.bare++
	defer func() { w.bare-- }()
	for try := 0; ; try++ {
		if try > 2*mostTries || w.work > mostWork {
			return dst, false
		}
		var ok bool
		w.level++
		dst, ok = w.value(dst[:from], s, f, src, src.Sub("other").Index(try), room)
		w.level--
		if !ok {
			return dst, false
		}
		if !w.among(dst, base, from) {
			return dst, true
		}
	}
}

func (w *writer) among(dst []byte, base, from int) bool {
	for _, other := range w.spans[base:] {
		if bytes.Equal(dst[other.from:other.to], dst[from:]) {
			return true
		}
	}
	return false
}

// length is how many elements a list gets.
func (w *writer) length(s *script, src fake.Source, room int) int {
	p := s.plan
	least, most := p.minItems, p.maxItems
	if w.o.Optional == None || w.cramped(room) || least >= most {
		return least
	}
	next := s.items[min(p.prefix, len(s.items)-1)]
	if p.prefix > 0 {
		least = max(least, min(p.prefix, most))
	}
	if again := w.again(next); next.endless || again > 1 || again > 0 && w.depth > 3 {
		return least
	}
	wish := 1
	if p.prefix > 0 {
		wish = 0
	}
	// Elements made of the document's own examples would all be the same.
	if (w.o.Dynamic || w.bare > 0 || !next.given) && p.prefix == 0 {
		wish = src.Sub("length").Between(p.lengths())
	}
	return min(max(least, wish), most)
}
