package schema

import (
	"hash/maphash"
	"strings"
	"sync"
	"unsafe"

	"understudy/mock/internal/wire"
)

// Syntax says how strictly a JSON text is read, and how its lists are written.
type Syntax struct {
	wire.JSONOptions
	Lists Lists
	// Part is looked for on the way, nil for nothing.
	Part *Part
}

// Part is a part of a text, found while the text is read.
type Part struct {
	// Pointer is a JSON pointer (RFC 6901) that leads through objects; not "", the whole.
	Pointer string
	// From and To are where the part stands in a text that was accepted. To is 0 where nothing stands there, and where looking
	// would take longer: a name on the way is escaped, or one comes twice.
	From, To int
}

// Accepts says, in one pass over a JSON text and without a value in between, whether it is one that [wire.DecodeJSON] takes
// and that certainly keeps the schema. False decides nothing: DecodeJSON and [Schema.Validate] have the last word, and
// explain. A nil schema takes what is JSON.
func (s *Schema) Accepts(text []byte, syntax Syntax) bool {
	if s == nil {
		return accepts(nil, text, syntax)
	}
	return accepts(s.quick, text, syntax)
}

// ValidJSON says whether [wire.DecodeJSON] takes a text.
func ValidJSON(text []byte, o wire.JSONOptions) bool {
	return accepts(nil, text, Syntax{JSONOptions: o})
}

const (
	// defaultDepth and depthLimit are those of [wire.DecodeJSON].
	defaultDepth = 64
	depthLimit   = 10_000
	// Parts of a text may be read again for alternatives: so many times the text altogether, and a bit.
	mostReadings = 64
	fewReadings  = 1 << 14
)

// scan is one pass over a JSON text.
type scan struct {
	text       string
	bytes      []byte // the same
	pos        int
	maxDepth   int
	duplicates bool
	repeated   bool // a name was repeated where that is allowed
	lists      Lists
	stopped    bool // the text is not JSON, or it takes more to judge it
	reads      bool // there is no schema: a number may be one that nobody can hold
	left       int  // bytes that may still be read again
	nested     int  // schemas of the same value within each other

	wanted   string // the pointer of the part that is looked for in the value that comes, "" for none
	from, to int    // where it was found

	anything *quick
	seed     maphash.Seed
	// Stacks: each object and list takes what it needs from the top and gives it back.
	names    []seenName
	table    []uint32
	wide     []uint64
	elements []element
	buffer   []byte // texts without their escapes
}

// scans keeps the stacks from one text to the next.
var scans = sync.Pool{New: func() any {
	q := newQuick()
	q.settle()
	q.settleLists()
	return &scan{anything: q, seed: maphash.MakeSeed()}
}}

// Stacks that have grown beyond this are not kept.
const (
	mostKept      = 1 << 12
	mostKeptBytes = 1 << 16
)

func accepts(q *quick, text []byte, syntax Syntax) bool {
	s := scans.Get().(*scan)
	s.text, s.bytes = unsafe.String(unsafe.SliceData(text), len(text)), text
	s.pos, s.stopped, s.repeated, s.nested, s.reads = 0, false, false, 0, q == nil
	s.maxDepth = min(syntax.MaxDepth, depthLimit)
	if syntax.MaxDepth <= 0 {
		s.maxDepth = defaultDepth
	}
	s.duplicates, s.lists = syntax.DuplicateNames, syntax.Lists
	s.left = mostReadings*len(text) + fewReadings
	s.wanted, s.from, s.to = "", 0, 0
	if syntax.Part != nil {
		s.wanted = strings.TrimPrefix(syntax.Part.Pointer, "/")
	}
	ok := s.peek() != 0 && s.value(q, 0) && s.peek() == 0 && s.pos == len(s.text) && !s.stopped
	if syntax.Part != nil && ok && !s.repeated {
		syntax.Part.From, syntax.Part.To = s.from, s.to
	}
	s.release()
	return ok
}

func (s *scan) release() {
	s.text, s.bytes = "", nil
	if cap(s.names) > mostKept || cap(s.table) > mostKept || cap(s.wide) > mostKept || cap(s.elements) > mostKept || cap(s.buffer) > mostKeptBytes {
		return
	}
	s.truncate(mark{})
	scans.Put(s)
}

// mark is how far the stacks are filled, and how far schemas are nested.
type mark struct{ names, table, wide, elements, buffer, nested int }

func (s *scan) mark() mark {
	return mark{len(s.names), len(s.table), len(s.wide), len(s.elements), len(s.buffer), s.nested}
}

func (s *scan) truncate(m mark) {
	s.names, s.table, s.wide = s.names[:m.names], s.table[:m.table], s.wide[:m.wide]
	s.elements, s.buffer = s.elements[:m.elements], s.buffer[:m.buffer]
	s.nested = m.nested
}

// giveUp ends the whole pass: what is said after it means nothing.
func (s *scan) giveUp() bool {
	s.stopped = true
	return false
}

// peek skips white space and returns the byte there, 0 at the end.
func (s *scan) peek() byte {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		if c > ' ' {
			return c
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			s.stopped = true
			return 1
		}
		s.pos++
	}
	return 0
}

// value judges the value at pos, the first byte of which stands there; depth counts the objects and lists around it. False
// is that the schema does not take it, or that the pass has ended; pos is behind the value only where it is true.
func (s *scan) value(q *quick, depth int) bool {
	if q == nil {
		q = s.anything
	}
	if q.simple {
		if s.pos < len(s.text) && s.text[s.pos] == '"' {
			return q.types.has(stringType) && s.quotedText(q)
		}
		return s.own(q, depth)
	}
	switch {
	case q.never:
		return false
	case q.slow != nil:
		return s.library(q, depth)
	case s.lists != Plain && q.list.murky:
		return s.giveUp()
	case s.lists == Wrapped && q.list.element != "":
		return s.wrapped(q, depth)
	}
	return s.same(q, depth)
}

// own judges by what the schema says itself.
func (s *scan) own(q *quick, depth int) bool {
	if s.pos >= len(s.text) {
		return s.giveUp()
	}
	switch s.text[s.pos] {
	case '"':
		return q.types.has(stringType) && s.quotedText(q)
	case '{':
		if !q.types.has(objectType) {
			return false
		}
		start := s.pos
		return s.object(q, depth) && (len(q.enums) == 0 || s.listed(q, start))
	case '[':
		if !q.types.has(arrayType) {
			return false
		}
		start := s.pos
		return s.list(q, depth) && (len(q.enums) == 0 || s.listed(q, start))
	case 't':
		return s.word("true") && q.types.has(booleanType) && q.boolean(true)
	case 'f':
		return s.word("false") && q.types.has(booleanType) && q.boolean(false)
	case 'n':
		return s.word("null") && q.types.has(nullType) && q.null()
	}
	return s.number(q)
}

func (s *scan) word(word string) bool {
	if end := s.pos + len(word); end <= len(s.text) && s.text[s.pos:end] == word {
		s.pos = end
		return true
	}
	return s.giveUp()
}

// decode is the value of a part of the text that was read before.
func (s *scan) decode(start, end int) (any, bool) {
	v, err := wire.DecodeJSON(s.bytes[start:end], wire.JSONOptions{DuplicateNames: s.duplicates, MaxDepth: depthLimit})
	return v, err == nil
}

// listed says whether the object or list from start to here is one of those that the schema lists.
func (s *scan) listed(q *quick, start int) bool {
	if s.lists != Plain {
		return s.giveUp()
	}
	v, ok := s.decode(start, s.pos)
	if !ok || monstrous(v) {
		return s.giveUp()
	}
	return q.listsOther(v)
}

// library asks the library about a value.
func (s *scan) library(q *quick, depth int) bool {
	if q.library == nil || s.lists != Plain {
		return s.giveUp()
	}
	start := s.pos
	if !s.value(nil, depth) {
		return false
	}
	if s.left -= 16 * (s.pos - start); s.left < 0 {
		return s.giveUp()
	}
	v, ok := s.decode(start, s.pos)
	if !ok {
		return s.giveUp()
	}
	j := judge{}
	ok = j.library(q, v)
	if j.unsure {
		return s.giveUp()
	}
	return ok
}
