package cli

import (
	"fmt"
	"strings"
)

// meant suggests the known word that a mistyped one is nearest to, as the end of a sentence; without one that is near,
// it says nothing.
func meant(word string, known []string) string { return didYouMean(nearest(word, known)) }

func didYouMean(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", near)
}

// nearest is the known word that takes the fewest edits, as long as they are few for the word's length; "" is for none.
// What all the words begin with is to be left out: it would count as length.
func nearest(word string, known []string) string {
	best, most := "", 1+len(word)/3
	for _, k := range known {
		if n := edits(strings.ToLower(word), strings.ToLower(k)); n <= most {
			best, most = k, n-1
		}
	}
	return best
}

// edits counts the characters to insert, delete or replace to get from a to b (Levenshtein).
func edits(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			cost := diagonal
			if from[i] != to[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(to)]
}
