package mask

import (
	"slices"
	"strings"

	"understudy/specs"
)

// keeping is a pointer of a body that stays.
type keeping struct {
	text   string
	tokens []string
	used   bool
}

func (k *keeping) matches(tokens []string) bool {
	return len(tokens) >= len(k.tokens) && slices.EqualFunc(k.tokens, tokens[:len(k.tokens)], func(want, got string) bool {
		return want == "*" || want == got
	})
}

// keeps says whether what stands at a pointer of a body stays, with all that is in it.
func (w *walk) keeps(pointer string) bool {
	if len(w.keep) == 0 {
		return false
	}
	tokens := tokensOf(pointer)
	found := false
	for _, k := range w.keep {
		if k.matches(tokens) {
			k.used, found = true, true
		}
	}
	return found
}

func tokensOf(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, token := range tokens {
		tokens[i] = specs.UnescapePointer(token)
	}
	return tokens
}
