package check

import (
	"slices"
	"strings"
)

// mostNear bounds how many names are suggested for one that is not known.
const mostNear = 5

// nearest are the known names that are nearest to one that is not known; where none is near, the first ones.
func nearest(name string, known []string) []string {
	type scored struct {
		name  string
		edits int
	}
	var list []scored
	for _, k := range known {
		a, b := strings.ToLower(name), strings.ToLower(k)
		n := edits(a, b)
		if strings.Contains(b, a) || strings.Contains(a, b) {
			n = 0
		}
		if n <= 1+len(name)/3 {
			list = append(list, scored{k, n})
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return a.edits - b.edits })
	var near []string
	for _, one := range list {
		near = append(near, one.name)
	}
	if near == nil {
		near = known
	}
	return near[:min(len(near), mostNear)]
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
