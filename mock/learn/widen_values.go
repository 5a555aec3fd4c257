package learn

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// values adds constants to those that a schema takes. What may be a datum is not written down: the rule goes.
func (w *widener) values(at string, list []heardAt) {
	m := w.raw(at)
	var seen []any
	shown := true
	for _, h := range list {
		if !slices.Contains(seen, scalar(h.value)) {
			seen = append(seen, scalar(h.value))
		}
		shown = shown && w.showsConstant(h.complaint)
	}
	slices.SortFunc(seen, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	own, isConst := m["const"]
	_, isEnum := m["enum"].([]any)
	switch {
	case isConst && shown:
		w.remove(at + "/const")
		w.update(at, map[string]any{"enum": append([]any{scalar(own)}, seen...)})
	case isEnum && shown:
		w.update(at, map[string]any{"enum": seen})
	case isConst || isEnum:
		w.remove(at + "/const")
		w.remove(at + "/enum")
	default:
		for _, keyword := range []string{"anyOf", "oneOf"} {
			if _, ok := m[keyword].([]any); ok {
				w.alternative(at, keyword, list)
			}
		}
	}
}

// showsConstant says whether the value of a complaint about a constant can be shown and written down: it is no datum, and of
// the type of those that the contract has. A recording has stand-ins for what has another type.
func (s *stand) showsConstant(c complaint) bool {
	m := s.raw(c.schema)
	own, _ := m["enum"].([]any)
	if one, is := m["const"]; is {
		own = append(own, one)
	}
	alike := len(own) == 0 || slices.ContainsFunc(own, func(o any) bool { return typeOf(jsonOf(o)) == typeOf(c.value) })
	return alike && m["x-sensitive"] == nil && plainValue(c.value)
}

// scalar is a scalar that can be compared and written.
func scalar(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case map[string]any, []any:
		return nil
	}
	return v
}

var plainText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\p{L}\p{N}_./ -]{0,24}$`) })

// plainValue says whether a constant can be written down: it is short and no number of a person, phone or card.
func plainValue(v any) bool {
	switch v := v.(type) {
	case nil, bool:
		return true
	case json.Number:
		return len(v) < 6
	case string:
		return plainText().MatchString(v) && !manyDigits.MatchString(v)
	}
	return false
}

// bound moves a bound to what was seen.
func (w *widener) bound(at, keyword string, list []heardAt) {
	n := -1
	for _, h := range list {
		size := 0
		switch v := h.value.(type) {
		case string:
			size = utf8.RuneCountInString(v)
		case []any:
			size = len(v)
		}
		if n < 0 || strings.HasPrefix(keyword, "max") && size > n || strings.HasPrefix(keyword, "min") && size < n {
			n = size
		}
	}
	w.update(at, map[string]any{keyword: n})
}

// alternative adds one to several.
func (w *widener) alternative(at, keyword string, list []heardAt) {
	var values []any
	for _, h := range list {
		values = append(values, h.value)
	}
	w.update(at, map[string]any{keyword: []any{w.inferred(values)}})
}
