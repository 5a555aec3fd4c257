package fault

import (
	"fmt"
	"strings"
)

// known ends a sentence about a word that nobody knows: the word, what there is, and which of it may have been meant.
func known(word string, words []string) string {
	return fmt.Sprintf("%q; there are %s%s", word, some(words), meant(word, words))
}

// some lists words, but not all the operations of a large contract.
func some(words []string) string {
	const most = 40
	if len(words) <= most {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
}

// meant asks for the nearest word when it is a few slips away.
func meant(word string, words []string) string {
	best, least := "", 1+len(word)/3
	for _, w := range words {
		if n := slips(strings.ToLower(word), strings.ToLower(w)); n <= least {
			best, least = w, n-1
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// slips counts the bytes to insert, delete or replace between two words.
func slips(a, b string) int {
	if len(a) > 200 {
		return len(a)
	}
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range len(b) {
			replaced := previous[j]
			if a[i] != b[j] {
				replaced++
			}
			current[j+1] = min(replaced, previous[j+1]+1, current[j]+1)
		}
		previous = current
	}
	return previous[len(b)]
}
