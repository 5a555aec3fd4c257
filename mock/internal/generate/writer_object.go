package generate

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
)

// Given is a value that a member of the whole value is to have, such as the number by which a path names it.
type Given struct {
	// Name is that of the member, Else of the one that has the value where there is no such member, "" for none.
	Name, Else string
	// Value is a text, a number or a boolean. A member that is a text gets a number as a text.
	Value any
}

// wants says whether a member is written.
func (w *writer) wants(m *part, room int) bool {
	if m.shown[w.o.Optional] != depends {
		return m.shown[w.o.Optional] == always
	}
	// A part that contains its own kind is shown once, and not at the end of a long way.
	if w.cramped(room) {
		return false
	}
	again := w.again(m.to)
	return again == 0 || again < 2 && w.depth <= 3
}

func (w *writer) object(dst []byte, s *script, src fake.Source, room int) ([]byte, bool) {
	w.depth++
	dst, ok := w.members(append(dst, '{'), s, src, room)
	w.depth--
	return append(dst, '}'), ok
}

func (w *writer) members(dst []byte, s *script, src fake.Source, room int) ([]byte, bool) {
	p := s.plan
	of := s.counts[w.o.Optional]
	for i := range s.members {
		if !of.depends {
			break
		}
		if m := &s.members[i]; m.shown[w.o.Optional] == depends && w.wants(m, room) {
			of.chosen++
			of.parts++ // one without parts does not depend on anything
		}
	}
	chosen, parts := of.chosen, of.parts
	if chosen > p.maxSize || chosen < p.minSize && len(s.members) > 0 {
		return dst, false
	}
	if len(s.members) == 0 {
		return w.entries(dst, s, src, room)
	}
	each := room - chosen
	if parts > 1 {
		each /= parts
	}
	base, first := len(w.spans), true
	for i := range s.members {
		m := &s.members[i]
		if shown := m.shown[w.o.Optional]; shown != always && (shown == never || !w.wants(m, room)) {
			continue
		}
		key := m.key
		if first {
			key, first = key[1:], false
		}
		dst = append(dst, key...)
		from := len(dst)
		var ok bool
		if dst, ok = w.direct(dst, m, src); !ok {
			w.level++
			w.count = -1
			dst, ok = w.value(dst[:from], m.to, m.edge.field, src, src.At(m.place), each)
			w.level--
		}
		if !ok {
			return dst, false
		}
		if m.related || w.level == 0 && w.o.Given != nil {
			w.spans = append(w.spans, span{i, from, len(dst), w.count})
		}
	}
	if base == len(w.spans) {
		return dst, true
	}
	dst, ok := w.agree(dst, s, base)
	if ok && w.level == 0 {
		dst, ok = w.giveAll(dst, s, base)
	}
	w.spans = w.spans[:base]
	return dst, ok
}

// direct appends a member that is a text or a number; ok is false where it is something else, or not what was asked for.
func (w *writer) direct(dst []byte, m *part, record fake.Source) (out []byte, ok bool) {
	switch {
	case m.to.tricky && w.chosen > 0:
	case m.text != nil:
		src := record
		if !m.ofRecord {
			src = record.At(m.place)
		}
		dst = append(dst, '"')
		from := len(dst)
		if dst = m.text(dst, src, w.record(record)); !m.free {
			p := m.to.plan
			if !p.fitsBytes(dst[from:]) {
				return dst, false
			}
			if !p.matches(dst[from:]) {
				if dst, ok = w.patterned(dst[:from], p, src, 0); !ok {
					return dst, false
				}
			}
		}
		w.work++
		return append(dst, '"'), true
	case m.grid != nil:
		w.work++
		return m.grid.append(dst, int64(record.At(m.place).Between(m.low, m.high))), true
	case m.listed:
		w.work++
		return w.listed(dst, m.to, record.At(m.place)), true
	case m.truth:
		w.work++
		return appendTruth(dst, record.At(m.place)), true
	case m.patterned:
		w.work++
		if dst, ok = w.patterned(append(dst, '"'), m.to.plan, record.At(m.place), 0); ok {
			return append(dst, '"'), true
		}
	}
	return dst, false
}

// entries appends those of a map.
func (w *writer) entries(dst []byte, s *script, src fake.Source, room int) ([]byte, bool) {
	p := s.plan
	wanted := p.minSize
	if p.pairs && !p.unnamed() && w.o.Optional != None && !w.cramped(room) {
		wanted = max(wanted, believablePairs)
	}
	if wanted = min(wanted, p.maxSize); wanted == 0 || s.entry == nil {
		return dst, p.minSize == 0
	}
	base, written := len(w.spans), 0
	for i := 0; written < wanted && i < 4*wanted+20; i++ {
		begin := len(dst)
		if written > 0 {
			dst = append(dst, ',')
		}
		from := len(dst)
		dst = append(src.Sub("key").Index(i).AppendKey(append(dst, '"'), i), '"')
		if w.among(dst, base, from) {
			dst = dst[:begin]
			continue
		}
		w.spans = append(w.spans, span{from: from, to: len(dst)})
		var ok bool
		w.level++
		dst, ok = w.value(append(dst, ':'), s.entry, nil, src, src.Sub("entry").Index(i), room/wanted)
		w.level--
		if !ok {
			return dst, false
		}
		written++
	}
	w.spans = w.spans[:base]
	return dst, written >= p.minSize
}

// spanOf is the number of the span of a member, -1 for none.
func (w *writer) spanOf(base, member int) int {
	for i := base; i < len(w.spans); i++ {
		if w.spans[i].what == member {
			return i
		}
	}
	return -1
}

// agree brings members in line that have to do with each other.
func (w *writer) agree(dst []byte, s *script, base int) ([]byte, bool) {
	for i := range s.bonds {
		b := &s.bonds[i]
		first, second := w.spanOf(base, b.first), w.spanOf(base, b.second)
		if first < 0 || second < 0 {
			continue
		}
		x, y := dst[w.spans[first].from:w.spans[first].to], dst[w.spans[second].from:w.spans[second].to]
		switch {
		case b.counts && isNumber(x) && y[0] == '[':
			n := int64(w.spans[second].count)
			if n < 0 {
				return dst, false
			}
			if b.least <= n && n <= b.most {
				var digits [20]byte
				dst = w.put(dst, base, first, strconv.AppendInt(digits[:0], n, 10))
			}
		case b.counts:
		case x[0] == '"' && y[0] == '"':
			if bytes.IndexByte(x, '\\') >= 0 || bytes.IndexByte(y, '\\') >= 0 {
				return dst, false
			}
			// Texts of one format and offset sort as what they mean.
			if len(x) == len(y) && bytes.Compare(y, x) < 0 {
				for k := range x {
					x[k], y[k] = y[k], x[k]
				}
			}
		case isNumber(x) && isNumber(y) && isLess(y, x):
			lower, upper := bytes.Clone(y), bytes.Clone(x)
			dst = w.put(dst, base, first, lower)
			dst = w.put(dst, base, second, upper)
		}
	}
	return dst, true
}

func isNumber(text []byte) bool { return text[0] == '-' || text[0] >= '0' && text[0] <= '9' }

func isLess(a, b []byte) bool {
	if len(a) < 18 && len(b) < 18 {
		x, okX := wholeOf(a)
		y, okY := wholeOf(b)
		if okX && okY {
			return x < y
		}
	}
	x, okX := ratOf(json.Number(a))
	y, okY := ratOf(json.Number(b))
	return okX && okY && x.Cmp(y) < 0
}

func wholeOf(text []byte) (n int64, ok bool) {
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

// put puts another text in the place of a span; those behind it move.
func (w *writer) put(dst []byte, base, number int, text []byte) []byte {
	at := w.spans[number]
	dst = slices.Replace(dst, at.from, at.to, text...)
	by := len(text) - (at.to - at.from)
	for i := base; i < len(w.spans); i++ {
		if w.spans[i].from > at.from {
			w.spans[i].from += by
			w.spans[i].to += by
		}
	}
	w.spans[number].to += by
	return dst
}

// is says whether a member of an object is the one that the value is for.
func (g *Given) is(name string, members map[string][2]int) bool {
	if _, there := members[g.Name]; there {
		return name == g.Name
	}
	return g.Else != "" && name == g.Else
}

// giveAll gives members of the whole value what was given for them.
func (w *writer) giveAll(dst []byte, s *script, base int) ([]byte, bool) {
	for i := range w.o.Given {
		given := &w.o.Given[i]
		found := -1
		for j := base; j < len(w.spans); j++ {
			if name := s.members[w.spans[j].what].name; name == given.Name || found < 0 && given.Else != "" && name == given.Else {
				found = j
			}
			if found >= 0 && s.members[w.spans[found].what].name == given.Name {
				break
			}
		}
		if found < 0 {
			continue
		}
		var ok bool
		if dst, ok = w.give(dst, base, found, given.Value, s.members[w.spans[found].what].schemas); !ok {
			return dst, false
		}
	}
	return dst, true
}

// give puts a value in the place of a member, unless the member's own schemas do not take it; ok is false for a value that is
// no text, number or boolean.
func (w *writer) give(dst []byte, base, number int, v any, schemas []*schema.Schema) (out []byte, ok bool) {
	at := w.spans[number]
	var room [64]byte
	text := room[:0]
	switch given := v.(type) {
	case json.Number:
		if dst[at.from] == '"' {
			v = given.String()
			text = quote(text, given.String())
		} else {
			text = append(text, given...)
		}
	case string:
		text = quote(text, given)
	case bool:
		text = strconv.AppendBool(text, given)
	default:
		return dst, false
	}
	for _, of := range schemas {
		if !of.Accepts(text, schema.Syntax{}) && len(of.Validate(v)) > 0 {
			return dst, true
		}
	}
	return w.put(dst, base, number, text), true
}
