package schema

import (
	"encoding/json"
	"maps"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// accepts says whether the value is certainly valid.
func (q *quick) accepts(v any) bool {
	if q.never || q.enum != nil && !q.listed(v) {
		return false
	}
	if q.anyOf != nil && !q.one(v) {
		return false
	}
	for _, part := range q.allOf {
		if !part.accepts(v) {
			return false
		}
	}
	switch v := v.(type) {
	case map[string]any:
		return q.types.has(objectType) && q.object(v)
	case []any:
		return q.types.has(arrayType) && q.list(v)
	case string:
		return q.types.has(stringType) && q.text(v)
	case json.Number:
		return q.number(v)
	case bool:
		return q.types.has(booleanType)
	case nil:
		return q.types.has(nullType)
	}
	return false
}

func (q *quick) listed(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return q.enum[v]
}

func (q *quick) one(v any) bool {
	for _, alternative := range q.anyOf {
		if alternative.accepts(v) {
			return true
		}
	}
	return false
}

func (q *quick) object(v map[string]any) bool {
	if !q.size.has(int64(len(v))) {
		return false
	}
	for _, name := range q.required {
		if _, ok := v[name]; !ok {
			return false
		}
	}
	known := 0
	for i := range q.members {
		m := &q.members[i]
		item, ok := v[m.name]
		if !ok {
			if m.required {
				return false
			}
			continue
		}
		known++
		if !m.quick.accepts(item) {
			return false
		}
	}
	return !q.closed || known == len(v)
}

func (q *quick) list(v []any) bool {
	if !q.count.has(int64(len(v))) {
		return false
	}
	if q.items == nil {
		return true
	}
	for _, item := range v {
		if !q.items.accepts(item) {
			return false
		}
	}
	return true
}

func (q *quick) text(v string) bool {
	if !q.fits(v) {
		return false
	}
	if q.pattern != nil && !q.pattern.MatchString(v) {
		return false
	}
	return q.format == nil || q.format(v) == nil
}

func (q *quick) number(v json.Number) bool {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		// A fraction: bounds and exponents are the library's, but for a plain decimal above a bound of nothing.
		return q.types.has(numberType) && q.bits == 0 && q.fraction(string(v))
	}
	if !q.types.has(integerType | numberType) {
		return false
	}
	if q.bits == 32 && n != int64(int32(n)) {
		return false
	}
	return q.amount.has(n)
}

// fraction takes a plain positive decimal where the only bounds are a lower one of zero and a number of decimals.
func (q *quick) fraction(v string) bool {
	whole, decimals, ok := strings.Cut(v, ".")
	if !ok || strings.ContainsAny(v, "eE-") || len(whole) == 0 || q.digits >= 0 && len(decimals) > q.digits {
		return false
	}
	return q.amount.most == math.MaxInt64 && q.amount.least <= 0
}

// fits holds a text to its length in characters, and counts them only where its bytes leave it open.
func (q *quick) fits(v string) bool {
	// A character has one to four bytes.
	if bytes := int64(len(v)); bytes <= q.length.most && bytes/4 >= q.length.least {
		return true
	}
	return q.length.has(int64(utf8.RuneCountInString(v)))
}

// prune leaves out of a value that was not accepted what would only repeat what is wrong with it: a list ends after a few
// elements that were not accepted. The places of what stays are the same. Without it, a body of a hundred thousand wrong
// elements would have the library explain each.
func (q *quick) prune(v any) any {
	const enough = 5
	switch v := v.(type) {
	case map[string]any:
		out, cloned := v, false
		for i := range q.members {
			m := &q.members[i]
			item, ok := v[m.name]
			if !ok || m.quick.accepts(item) {
				continue
			}
			if !cloned {
				out, cloned = maps.Clone(v), true
			}
			out[m.name] = m.quick.prune(item)
		}
		return out
	case []any:
		if q.items == nil || !q.count.has(int64(len(v))) {
			return v
		}
		out := make([]any, 0, min(len(v), 64))
		wrong := 0
		for _, item := range v {
			if !q.items.accepts(item) {
				item = q.items.prune(item)
				wrong++
			}
			out = append(out, item)
			if wrong >= enough && int64(len(out)) >= q.count.least {
				break
			}
		}
		return out
	}
	return v
}
