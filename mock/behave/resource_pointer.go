package behave

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

// tokens are the unescaped parts of a JSON pointer (RFC 6901).
func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	list := strings.Split(pointer[1:], "/")
	for i, t := range list {
		list[i] = specs.UnescapePointer(t)
	}
	return list
}

// valueAt is what stands at a pointer.
func valueAt(v any, pointer string) (any, bool) {
	for _, token := range tokens(pointer) {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[token]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, ok := index(token, len(at)-1)
			if !ok {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// index reads an index of an array up to most: digits without leading zeros.
func index(token string, most int) (int, bool) {
	i, err := strconv.Atoi(token)
	return i, err == nil && i >= 0 && i <= most && strconv.Itoa(i) == token
}

// withValue is a value with something put at a pointer. Objects that are not there are made; nothing of the given value is
// changed. Where a list or a text stands in the way the value stays as it is.
func withValue(v any, pointer string, put any) any { return placed(v, tokens(pointer), put) }

func placed(v any, at []string, put any) any {
	if len(at) == 0 {
		return put
	}
	switch v := v.(type) {
	case nil:
		return map[string]any{at[0]: placed(nil, at[1:], put)}
	case map[string]any:
		out := make(map[string]any, len(v)+1)
		for name, one := range v {
			out[name] = one
		}
		out[at[0]] = placed(v[at[0]], at[1:], put)
		return out
	case []any:
		if i, ok := index(at[0], len(v)-1); ok {
			out := slices.Clone(v)
			out[i] = placed(v[i], at[1:], put)
			return out
		}
	}
	return v
}

// withoutMember is a value with nothing at a pointer to a member.
func withoutMember(v any, pointer string) any {
	cut := strings.LastIndexByte(pointer, '/')
	if cut < 0 {
		return v
	}
	parent, ok := valueAt(v, pointer[:cut])
	holder, isObject := parent.(map[string]any)
	if !ok || !isObject {
		return v
	}
	out := make(map[string]any, len(holder))
	for name, one := range holder {
		if name != specs.UnescapePointer(pointer[cut+1:]) {
			out[name] = one
		}
	}
	return withValue(v, pointer[:cut], out)
}

// cloned is a copy that shares nothing that could change.
func cloned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return v
		}
		out := make(map[string]any, len(v))
		for name, one := range v {
			out[name] = cloned(one)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = cloned(one)
		}
		return out
	}
	return v
}

// scalarText is a text, number or boolean as text; "" for anything else.
func scalarText(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return keyText(v)
}

// equalValues says whether two values are the same in JSON; numbers are compared by what they are, not how they are written.
func equalValues(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for name, v := range a {
			if w, has := other[name]; !has || !equalValues(v, w) {
				return false
			}
		}
		return true
	case []any:
		other, ok := b.([]any)
		return ok && slices.EqualFunc(a, other, equalValues)
	case nil, string, bool:
		return a == b
	}
	return isNumber(a) && isNumber(b) && equalNumbers(scalarText(a), scalarText(b))
}

func isNumber(v any) bool {
	switch v.(type) {
	case json.Number, int, int64, float64:
		return true
	}
	return false
}

func equalNumbers(a, b string) bool {
	if a == b {
		return true
	}
	x, err := strconv.ParseFloat(a, 64)
	y, also := strconv.ParseFloat(b, 64)
	// Beyond 2^53 a float does not tell neighbours apart; there only the same digits are the same.
	return err == nil && also == nil && x == y && math.Abs(x) < 1<<53
}
