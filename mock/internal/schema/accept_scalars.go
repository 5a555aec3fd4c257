package schema

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

func (q *quick) boolean(v bool) bool {
	for _, e := range q.enums {
		if !e.boolean(v) {
			return false
		}
	}
	return true
}

func (q *quick) null() bool {
	for _, e := range q.enums {
		if !e.null() {
			return false
		}
	}
	return true
}

func (q *quick) text(v string) bool {
	for _, e := range q.enums {
		if !e.text(v) {
			return false
		}
	}
	return !q.looks || q.fits(v) && (q.pattern == nil || q.pattern.MatchString(v)) && (q.format == nil || q.format(v))
}

// fits holds a text to its length in characters, and counts them only where its bytes leave it open.
func (q *quick) fits(v string) bool {
	bytes := int64(len(v))
	if bytes < q.length.least {
		return false
	}
	// A character has one to four bytes.
	if bytes <= q.length.most && bytes/4 >= q.length.least {
		return true
	}
	return q.length.has(int64(runesIn(v)))
}

// runesIn is utf8.RuneCountInString, made for texts that are mostly ASCII.
func runesIn(v string) int {
	const highs = 0x8080808080808080
	n := 0
	for rest := v; ; n += 8 {
		switch {
		case len(rest) >= 8:
			if eightOf(rest)&highs != 0 {
				return n + utf8.RuneCountInString(rest)
			}
			rest = rest[8:]
			continue
		case len(v) >= 8:
			// The last eight bytes are looked at together, some of them again.
			if eightOf(v[len(v)-8:])&highs == 0 {
				return len(v)
			}
		}
		return n + utf8.RuneCountInString(rest)
	}
}

// mostPlain is how many digits a whole number may have to be judged without a [decimal].
const mostPlain = 18

// number judges the text of a number; it is not sure about one that is monstrous (see [unreadable]).
func (q *quick) number(text string) (ok, sure bool) {
	n, plain := plainNumber(text)
	if plain {
		return q.whole(n), true
	}
	var d decimal
	if !d.read(text) {
		return false, false
	}
	return q.decimal(&d, text), true
}

// plainNumber reads a whole number that is written in few digits.
func plainNumber(text string) (n int64, ok bool) {
	digits := text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > mostPlain {
		return 0, false
	}
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	if len(digits) < len(text) {
		n = -n
	}
	return n, true
}

// whole judges a whole number that is written in few digits.
func (q *quick) whole(n int64) bool {
	if q.types != 0 && q.types&(integerType|numberType) == 0 {
		return false
	}
	if !q.counts && len(q.enums) == 0 {
		return true
	}
	if q.bits == 32 && n != int64(int32(n)) || !q.amount.has(n) {
		return false
	}
	if s := q.step; s != nil && !(s.exp == 0 && n%int64(s.size) == 0) || len(q.enums) > 0 {
		var d decimal
		d.set(n)
		return (s == nil || s.takes(&d)) && q.listsNumber(&d)
	}
	return true
}

// between says whether the schema takes every number between a whole one of few digits and the next, away from zero, that has
// no more than so many decimals. Where it does not, the number has to be looked at.
func (q *quick) between(n int64, negative bool, decimals int) bool {
	if q.types != 0 && q.types&numberType == 0 || q.bits > 0 || len(q.enums) > 0 {
		return false
	}
	if q.step != nil && (q.step.size != 1 || q.step.exp > -decimals) {
		return false
	}
	if negative {
		return q.amount.has(n) && q.amount.has(n-1)
	}
	return q.amount.has(n) && q.amount.has(n+1)
}

// decimal judges any other number.
func (q *quick) decimal(d *decimal, text string) bool {
	if q.types != 0 && q.types&numberType == 0 && !(q.types&integerType != 0 && d.whole()) {
		return false
	}
	if q.bits > 0 {
		if _, err := strconv.ParseInt(text, 10, q.bits); err != nil {
			return false
		}
	}
	for i := range q.limits {
		if !q.limits[i].takes(d) {
			return false
		}
	}
	return (q.step == nil || q.step.takes(d)) && q.listsNumber(d)
}

func (q *quick) listsNumber(d *decimal) bool {
	for _, e := range q.enums {
		if !e.number(d) {
			return false
		}
	}
	return true
}

// fewElements are compared one with another.
const fewElements = 20

// distinct says whether no two elements are equal.
func distinct(list []any) bool {
	if len(list) <= fewElements {
		for i := range list {
			for _, before := range list[:i] {
				if sameJSON(before, list[i]) {
					return false
				}
			}
		}
		return true
	}
	seen := make(map[string]bool, len(list))
	var text []byte
	for _, one := range list {
		text = appendCanonical(text[:0], one)
		if seen[string(text)] {
			return false
		}
		seen[string(text)] = true
	}
	return true
}

// appendCanonical appends a text that is the same for equal values and for no others.
func appendCanonical(dst []byte, v any) []byte {
	switch v := v.(type) {
	case map[string]any:
		dst = append(dst, '{')
		for _, name := range sortedNames(v) {
			dst = strconv.AppendQuote(dst, name)
			dst = append(dst, ':')
			dst = append(appendCanonical(dst, v[name]), ',')
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for _, item := range v {
			dst = append(appendCanonical(dst, item), ',')
		}
		return append(dst, ']')
	case json.Number:
		var d decimal
		if !d.read(string(v)) {
			return append(dst, v...)
		}
		if d.negative {
			dst = append(dst, '-')
		}
		for _, digit := range d.digits[:d.n] {
			dst = append(dst, '0'+digit)
		}
		dst = append(dst, 'e')
		return strconv.AppendInt(dst, int64(d.exp), 10)
	case string:
		return strconv.AppendQuote(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	}
	return append(dst, "null"...)
}
