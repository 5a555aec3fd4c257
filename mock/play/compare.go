package play

import (
	"slices"
	"unicode/utf8"

	"understudy/mock/internal/detect"
	"understudy/mock/internal/schema"
)

// difference is a field in which a call is not what was recorded. want or got is nil where there is nothing.
type difference struct {
	at        place
	want, got *field
}

// comparison is what comes of holding a call against a recorded request.
type comparison struct {
	differences []difference
	// pairs are the values that would be bound, renewed those of which each call has another one.
	pairs, renewed []pair
	// sameTimes says that the instants are those that were recorded as well.
	sameTimes bool
}

// comparer holds calls of one session against recorded requests.
type comparer struct {
	bound  *bindings
	masked bool
	// most is how many differences are told; the next one ends a comparison.
	most int
}

// compare holds a call against a recorded request.
func (w comparer) compare(recorded, asked *request) comparison {
	c := comparison{sameTimes: true}
	var texts []difference // which may come to nothing once it is known who stands for whom
	i, j := 0, 0
	for (i < len(recorded.settled) || j < len(asked.settled)) && len(c.differences) <= w.most {
		var want, got *field
		order := -1
		switch {
		case i == len(recorded.settled):
			order = 1
		case j < len(asked.settled):
			order = recorded.settled[i].compare(asked.settled[j].place)
		}
		var at place
		if order <= 0 {
			at, want = recorded.settled[i].place, &recorded.settled[i].field
			i++
		}
		if order >= 0 {
			at, got = asked.settled[j].place, &asked.settled[j].field
			j++
		}
		switch d := (difference{at, want, got}); {
		case w.same(&c, want, got):
		case w.masked && d.isOfTexts():
			texts = append(texts, d)
		default:
			c.differences = append(c.differences, d)
		}
	}
	for _, d := range texts {
		if len(c.differences) <= w.most && !w.sameWithin(&c, d) {
			c.differences = append(c.differences, d)
		}
	}
	if len(texts) > 0 {
		slices.SortFunc(c.differences, func(a, b difference) int { return a.at.compare(b.at) })
	}
	return c
}

// isOfTexts says whether both sides are texts that are not personal as a whole.
func (d difference) isOfTexts() bool {
	if d.want == nil || d.got == nil || d.want.kind != "" || d.got.kind != "" {
		return false
	}
	_, isText := d.want.value.(string)
	_, isToo := d.got.value.(string)
	return isText && isToo
}

// sameWithin says whether a text is the recorded one with the real values in the places of the recorded ones. In a masked
// recording a name that a field has stands under its pseudonym in a sentence as well.
func (w comparer) sameWithin(c *comparison, d difference) bool {
	list := w.bound.replacementsWith(c.pairs)
	expected := within(d.want.value.(string), list)
	if expected == d.got.value {
		return true
	}
	found, ok := hidden(field{value: expected}, *d.got)
	var fresh []pair
	for _, p := range found {
		if p.recorded == p.real {
			continue
		}
		if slices.ContainsFunc(list, func(r replacement) bool { return r.real == p.recorded }) {
			return false // who stands there is known, and it is somebody else
		}
		fresh = append(fresh, p)
	}
	return ok && c.bind(w.bound, fresh)
}

// same says whether a field is as it was recorded; either may be nil.
func (w comparer) same(c *comparison, want, got *field) bool {
	if want != nil && want.loose || got != nil && got.loose {
		c.pass(want, got)
		return true
	}
	if want == nil || got == nil {
		return false
	}
	if isBound(*want, w.masked) && isBound(*got, w.masked) && want.kind == got.kind {
		p := pair{want.kind, textOf(want.value), textOf(got.value)}
		return isShort(p) || c.bind(w.bound, []pair{p})
	}
	if want.value == got.value || want.now && got.now {
		return true
	}
	found, ok := hidden(*want, *got)
	return w.masked && ok && c.bind(w.bound, found)
}

// pass notes what is to be known of a field that is not compared.
func (c *comparison) pass(want, got *field) {
	if want == nil || got == nil {
		c.sameTimes = c.sameTimes && (want == nil || !isInstant(want.format)) && (got == nil || !isInstant(got.format))
		return
	}
	if isInstant(want.format) {
		c.sameTimes = c.sameTimes && want.value == got.value
	}
	if want.format == "uuid" {
		c.renewed = append(c.renewed, pair{"uuid", textOf(want.value), textOf(got.value)})
	}
}

// bind takes pairs to those that would be bound; false where one of them cannot be.
func (c *comparison) bind(b *bindings, list []pair) bool {
	before := len(c.pairs)
	for _, p := range list {
		ok, fresh := b.fits(p, c.pairs)
		if !ok {
			c.pairs = c.pairs[:before]
			return false
		}
		if fresh {
			c.pairs = append(c.pairs, p)
		}
	}
	return true
}

// isShort says whether a value that nobody describes is too short for two of them to have surely got two pseudonyms.
func isShort(p pair) bool {
	return p.kind == schema.Undescribed && utf8.RuneCountInString(p.recorded) < leastOpaque && utf8.RuneCountInString(p.real) < leastOpaque
}

const leastOpaque = 3

// hidden are the personal data within two texts that are equal around them; false where they are not, or where there are none.
func hidden(want, got field) (list []pair, ok bool) {
	recorded, isText := want.value.(string)
	real, isToo := got.value.(string)
	if !isText || !isToo || want.kind != "" || got.kind != "" {
		return nil, false
	}
	before, after := detect.Find(recorded), detect.Find(real)
	if len(before) == 0 || len(before) != len(after) {
		return nil, false
	}
	i, j := 0, 0
	for n, one := range before {
		other := after[n]
		if one.Kind != other.Kind || recorded[i:one.Start] != real[j:other.Start] {
			return nil, false
		}
		if one.Kind != detect.JWT && one.Kind != detect.Token {
			list = append(list, pair{one.Kind, recorded[one.Start:one.End], real[other.Start:other.End]})
		}
		i, j = one.End, other.End
	}
	return list, recorded[i:] == real[j:]
}
