package mock

import (
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func quote(s string) string { return strconv.Quote(clip(s)) }

// clip keeps foreign text in messages short and whole.
func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	for i := most; i > 0; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i] + "…"
		}
	}
	return "…"
}

func sizeText(n int64) string { return strconv.FormatInt(n, 10) }
