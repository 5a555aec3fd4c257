package fake

import "time"

// Maker appends a text that is believable in its place: of a field's source, within a record. JSON escapes no character of
// what a maker of this package writes.
type Maker func(dst []byte, s Source, r *Record) []byte

// Record is what the fields of one object have in common. What follows from it is found out once; it is not safe for
// concurrent use.
type Record struct {
	// Source is the object's: the person and the place that it speaks of are those of this key.
	Source Source
	// At is the instant before which invented dates lie.
	At time.Time
	// Chinese asks for Chinese data, else it is English.
	Chinese bool

	dated bool
	day   dayCount // of At
	known bool
	whose human
}

// Turn makes the record that of another source. What the records of one reply have in common stays known.
func (r *Record) Turn(source Source) {
	if r.Source != source {
		r.Source, r.known = source, false
	}
}

// today is the day of the instant before which dates lie.
func (r *Record) today() dayCount {
	if !r.dated {
		r.day, r.dated = dayNumber(r.At), true
	}
	return r.day
}

// human is what the fields of one person have in common: the same as [Source.Person] has it.
type human struct {
	source Source
	sex    Sex
	birth  dayCount
}

// human is the person of the record.
func (r *Record) human() *human {
	if !r.known {
		r.whose, r.known = r.born(r.Source), true
	}
	return &r.whose
}

// of is the person of a source: the record's, or somebody else.
func (r *Record) of(s Source) *human {
	if s == r.Source {
		return r.human()
	}
	other := r.born(s)
	return &other
}

func (r *Record) born(s Source) human {
	return human{source: s, sex: s.sex(AnySex), birth: dayAt(s.birth(dayOf(r.At), 0, 0))}
}

func (h *human) names() (family string, given [2]string) {
	year, _, _ := h.birth.civil()
	return h.source.names(h.sex, year)
}

func (h *human) appendName(dst []byte) []byte {
	family, given := h.names()
	return append(append(append(dst, family...), given[0]...), given[1]...)
}

// appendFamily appends the first character of the name, appendGiven the others.
func (h *human) appendFamily(dst []byte) []byte {
	family, _ := h.names()
	return append(dst, firstRunes(family, 1)...)
}

func (h *human) appendGiven(dst []byte) []byte {
	family, given := h.names()
	dst = append(dst, family[len(firstRunes(family, 1)):]...)
	return append(append(dst, given[0]...), given[1]...)
}

func (h *human) appendIDCard(dst []byte) []byte {
	return h.source.Sub("idcard").appendIDCard(dst, h.source.Sub("region").region().code, h.birth, h.sex)
}

func (h *human) appendAddress(dst []byte) []byte {
	return h.source.Sub("address").appendAddress(dst, h.source.Sub("region").region())
}
