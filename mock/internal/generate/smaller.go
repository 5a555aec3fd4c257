package generate

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

// Smaller lists simpler values of the same kind, the most reduced first: members and elements left out, texts shortened,
// numbers nearer to zero. It knows no schema: whoever shrinks a value asks whether a candidate still does what it looks
// for. Each candidate is simpler than the value, so taking one after the other comes to an end; one that cannot be made
// simpler has none. Parts of the value are shared.
func Smaller(v any) []any {
	switch v := v.(type) {
	case map[string]any:
		return smallerObjects(v)
	case []any:
		return smallerLists(v)
	case string:
		return smallerTexts(v)
	case json.Number:
		return smallerNumbers(v)
	case bool:
		if v {
			return []any{false}
		}
	}
	return nil
}

func smallerObjects(v map[string]any) []any {
	if len(v) == 0 {
		return nil
	}
	names := sortedNames(v)
	list := []any{map[string]any{}}
	// Halves first: what does not matter goes in large pieces.
	for size := len(names) / 2; size > 0; size /= 2 {
		for from := 0; from < len(names); from += size {
			left := make(map[string]any, len(v))
			for i, name := range names {
				if i < from || i >= from+size {
					left[name] = v[name]
				}
			}
			if len(left) > 0 {
				list = append(list, left)
			}
		}
	}
	for _, name := range names {
		for _, item := range Smaller(v[name]) {
			list = append(list, replaced(v, []string{name}, item))
		}
	}
	return list
}

func smallerLists(v []any) []any {
	if len(v) == 0 {
		return nil
	}
	list := []any{[]any{}}
	for size := len(v) / 2; size > 0; size /= 2 {
		for from := 0; from < len(v); from += size {
			left := slices.Delete(slices.Clone(v), from, min(from+size, len(v)))
			if len(left) > 0 {
				list = append(list, left)
			}
		}
	}
	for i := range v {
		for _, item := range Smaller(v[i]) {
			other := slices.Clone(v)
			other[i] = item
			list = append(list, other)
		}
	}
	return list
}

func smallerTexts(v string) []any {
	n := utf8.RuneCountInString(v)
	if n == 0 {
		return nil
	}
	list := []any{""}
	for _, left := range []int{1, n / 4, n / 2, n - 1} {
		if left > 0 && left < n {
			list = append(list, first(v, left))
		}
	}
	if plain := plainText(v); plain != v {
		list = append(list, plain)
	}
	return distinct(list)
}

// plainText has the letter a for every character that is not one already.
func plainText(v string) string {
	out := make([]rune, 0, len(v))
	for _, r := range v {
		switch {
		case r >= '0' && r <= '9':
			out = append(out, '0')
		default:
			out = append(out, 'a')
		}
	}
	return string(out)
}

// smallerNumbers come nearer to zero, lose their sign or their fraction.
func smallerNumbers(v json.Number) []any {
	r, ok := ratOf(v)
	if !ok {
		return []any{json.Number("0")}
	}
	if r.Sign() == 0 {
		return nil
	}
	list := []any{json.Number("0")}
	size := new(big.Rat).Abs(r)
	add := func(n *big.Int) {
		if other := new(big.Rat).SetInt(n); other.Cmp(size) < 0 && n.Sign() > 0 {
			list = append(list, decimal(n.String(), 0))
		}
	}
	add(big.NewInt(1))
	whole := floor(size)
	add(new(big.Int).Quo(whole, big.NewInt(2)))
	add(new(big.Int).Sub(whole, big.NewInt(1)))
	add(whole)
	if r.Sign() < 0 {
		list = append(list, json.Number(strings.TrimPrefix(string(v), "-")))
	}
	return distinct(list)
}

func distinct(list []any) []any {
	var out []any
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
