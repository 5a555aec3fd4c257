package arazzo

import (
	"encoding/json"
	"math/big"
	"strings"
)

// compare holds two JSON values to each other; nil stands for null and for what is not there.
func compare(op string, a, b any) bool {
	switch op {
	case "==":
		return equal(a, b)
	case "!=":
		return !equal(a, b)
	}
	n, ok := order(a, b)
	if !ok {
		return false
	}
	switch op {
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	}
	return n >= 0
}

// order says which of two numbers or texts comes first.
func order(a, b any) (int, bool) {
	textA, isTextA := a.(string)
	textB, isTextB := b.(string)
	if isTextA && isTextB {
		return strings.Compare(strings.ToLower(textA), strings.ToLower(textB)), true
	}
	x, okA := rational(a)
	y, okB := rational(b)
	if !okA || !okB {
		return 0, false
	}
	return x.Cmp(y), true
}

func equal(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		switch y := b.(type) {
		case bool:
			return x == y
		case string:
			return strings.EqualFold(y, Text(x))
		}
		return false
	case string:
		switch y := b.(type) {
		case string:
			return strings.EqualFold(x, y)
		case bool, json.Number:
			return equal(b, a)
		}
		return false
	case json.Number:
		m, okA := rational(a)
		n, okB := rational(b)
		if !okA || !okB {
			other, isNumber := b.(json.Number)
			return isNumber && other == x
		}
		return m.Cmp(n) == 0
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, item := range x {
			other, there := y[name]
			if !there || !equal(item, other) {
				return false
			}
		}
		return true
	}
	return false
}

// mostDigits bounds the numbers that are compared by value; longer ones are equal to themselves alone.
const mostDigits = 400

// rational is the exact value of a number, or of a text that is written as one.
func rational(v any) (*big.Rat, bool) {
	text := ""
	switch v := v.(type) {
	case json.Number:
		text = string(v)
	case string:
		text = v
	}
	if len(text) > mostDigits || !jsonNumber.MatchString(text) {
		return nil, false
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 && len(strings.TrimLeft(text[i+1:], "+-0")) > 3 {
		return nil, false // a number of so many digits that writing it out takes too long
	}
	return new(big.Rat).SetString(text)
}

// kindInWords names the JSON type of a value.
func kindInWords(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a truth value"
	case string:
		return "a text"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "a number"
}
