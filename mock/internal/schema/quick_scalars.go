package schema

import (
	"encoding/json"
	"math"
	"regexp"
)

// enumeration is a closed list of values.
type enumeration struct {
	texts   []string
	byText  map[string]bool // instead, where they are many
	numbers []decimal
	words   types // of true, false and null: those that are listed
	isTrue  bool
	isFalse bool
	others  []any // objects and lists
}

// fewTexts are compared one by one.
const fewTexts = 8

func (b *builder) enumerations() {
	if list, ok := b.raw["enum"].([]any); ok {
		b.enumeration("enum", list)
	}
	if constant, ok := b.raw["const"]; ok {
		b.enumeration("const", []any{constant})
	}
}

func (b *builder) enumeration(keyword string, list []any) {
	var e enumeration
	for _, one := range list {
		switch one := one.(type) {
		case string:
			e.texts = append(e.texts, one)
		case json.Number:
			var d decimal
			if !d.read(string(one)) {
				b.fail(keyword, "it lists a number that is not to be held exactly")
				return
			}
			e.numbers = append(e.numbers, d)
		case bool:
			e.isTrue, e.isFalse = e.isTrue || one, e.isFalse || !one
			e.words |= booleanType
		case nil:
			e.words |= nullType
		default:
			e.others = append(e.others, one)
		}
	}
	if len(e.texts) > fewTexts {
		e.byText = make(map[string]bool, len(e.texts))
		for _, text := range e.texts {
			e.byText[text] = true
		}
	}
	b.quick.enums = append(b.quick.enums, &e)
}

func (e *enumeration) text(text string) bool {
	if e.byText != nil {
		return e.byText[text]
	}
	for _, one := range e.texts {
		if one == text {
			return true
		}
	}
	return false
}

func (e *enumeration) number(d *decimal) bool {
	for i := range e.numbers {
		if e.numbers[i].compare(d) == 0 {
			return true
		}
	}
	return false
}

func (e *enumeration) boolean(v bool) bool { return v && e.isTrue || !v && e.isFalse }

func (e *enumeration) null() bool { return e.words&nullType != 0 }

// other says whether an object or a list is listed.
func (e *enumeration) other(v any) bool {
	for _, one := range e.others {
		if sameJSON(one, v) {
			return true
		}
	}
	return false
}

// types are those of the listed values.
func (e *enumeration) types() types {
	t := e.words
	if len(e.texts) > 0 {
		t |= stringType
	}
	if len(e.numbers) > 0 {
		t |= numberType | integerType
	}
	for _, one := range e.others {
		if _, ok := one.(map[string]any); ok {
			t |= objectType
		} else {
			t |= arrayType
		}
	}
	return t
}

func (b *builder) texts() {
	q := b.quick
	q.looks = b.span(&q.length, "minLength", "maxLength")
	if text, ok := b.raw["pattern"].(string); ok {
		compiled, ok := b.matcher("pattern", text)
		if !ok {
			return
		}
		q.pattern, q.looks = compiled, true
	}
	name, ok := b.raw["format"].(string)
	if !ok {
		return
	}
	check, bits := b.format(name)
	if bits > 0 {
		q.bits, q.counts = bits, true
	}
	if check != nil {
		q.format, q.looks = check, true
	}
}

// matcher compiles a pattern. One that needs backtracking is the library's, which knows when to give up.
func (b *builder) matcher(keyword, text string) (matcher, bool) {
	compiled, err := b.set.compilePattern(text)
	fast, ok := compiled.(*regexp.Regexp)
	if err != nil || !ok {
		b.fail(keyword, "it needs backtracking")
		return nil, false
	}
	if r, ok := newRuns(text); ok {
		return r, true
	}
	return fast, true
}

func (b *builder) numbers() {
	q := b.quick
	for _, one := range []struct {
		keyword     string
		upper, open bool
	}{{"minimum", false, false}, {"maximum", true, false}, {"exclusiveMinimum", false, true}, {"exclusiveMaximum", true, true}} {
		v, ok := b.raw[one.keyword]
		if !ok {
			continue
		}
		l := limit{upper: one.upper, open: one.open}
		literal, _ := numberOf(v)
		if !l.bound.read(literal) {
			b.fail(one.keyword, "it is no number that is to be held exactly")
			return
		}
		q.counts = true
		q.limits = append(q.limits, l)
		l.narrow(&q.amount)
	}
	v, ok := b.raw["multipleOf"]
	if !ok {
		return
	}
	var d decimal
	literal, _ := numberOf(v)
	if !d.read(literal) {
		b.fail("multipleOf", "it is no number that is to be held exactly")
		return
	}
	if q.step, ok = newStep(&d); !ok {
		b.fail("multipleOf", "it is no positive number of at most 18 digits")
		return
	}
	q.counts = true
}

// narrow takes from whole numbers of at most 18 digits those beyond the limit.
func (l *limit) narrow(s *span) {
	d := &l.bound
	var least, most int64 // that the bound lies between
	switch {
	case d.n+d.exp > 18:
		// Beyond all of them.
		least, most = math.MaxInt64, math.MaxInt64
		if d.negative {
			least, most = math.MinInt64, math.MinInt64
		}
	case d.whole():
		least = d.int64()
		most = least
		if l.open {
			least, most = least-1, most+1
		}
	default:
		cut := *d
		for cut.n > 0 && cut.exp < 0 {
			cut.n--
			cut.exp++
		}
		if cut.n == 0 {
			cut.exp = 0
		}
		least = cut.int64()
		most = least + 1
		if d.negative {
			least, most = least-1, least
		}
	}
	if l.upper {
		s.most = min(s.most, least)
	} else {
		s.least = max(s.least, most)
	}
}
