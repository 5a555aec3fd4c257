package arazzo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"understudy/specs"
)

// Problem is one thing that is wrong in a document.
type Problem struct {
	At   specs.Position
	Text string
}

// String begins with file and line, and is one line that does nothing to a terminal.
func (p Problem) String() string {
	text := printable(p.Text)
	if p.At.Line == 0 {
		return p.At.File + ": " + text
	}
	return p.At.String() + ": " + text
}

// printable has a question mark for each character that a terminal does not print.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.Join(strings.Fields(text), " "))
}

// InvalidError is everything that is wrong in a document, in the order of its lines.
type InvalidError struct{ Problems []Problem }

// Error has one line for each problem.
func (e *InvalidError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func invalid(file string, line int, format string, args ...any) error {
	return &InvalidError{[]Problem{{specs.Position{File: file, Line: line}, fmt.Sprintf(format, args...)}}}
}

// mostProblems bounds how many are told: behind so many nobody reads on.
const mostProblems = 200

// problems gathers what is wrong.
type problems struct {
	file string
	list []Problem
	seen map[Problem]bool
	more int // those that are not told
}

func (p *problems) add(at specs.Position, format string, args ...any) {
	if len(p.list) == mostProblems {
		p.more++
		return
	}
	one := Problem{at, fmt.Sprintf(format, args...)}
	if p.seen[one] { // what is used twice is read twice
		return
	}
	if p.seen == nil {
		p.seen = map[Problem]bool{}
	}
	p.seen[one] = true
	p.list = append(p.list, one)
}

// meant is the end of an error; the search is not made where the error is not told.
func (p *problems) meant(word string, known []string) string {
	if len(p.list) == mostProblems {
		return ""
	}
	return meant(word, known)
}

func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b Problem) int { return cmp.Compare(a.At.Line, b.At.Line) })
	if p.more > 0 {
		p.list = append(p.list, Problem{specs.Position{File: p.file}, fmt.Sprintf("and %d more", p.more)})
	}
	return &InvalidError{p.list}
}

// shortened keeps a text of the document in an error short and on its line.
func shortened(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}

// meant names the known word that is nearest to another one, as the end of an error.
func meant(word string, known []string) string {
	best, least := "", 3
	for _, one := range known {
		if n := distance(strings.ToLower(word), strings.ToLower(one)); n < least && n < len(one) {
			best, least = one, n
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance counts the letters to insert, delete or change; beyond a few it does not matter how many.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
