package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
)

// Rule is one kind of finding there may be.
type Rule struct {
	// ID is stable, in kebab case.
	ID string
	// Severity is what a finding of the rule weighs unless it says otherwise.
	Severity Severity
	// Text says in one line what the rule is about.
	Text string
}

// Findings is what was found in a document, without anything being called.
type Findings struct {
	Tool, Version string
	Rules         []Rule
	List          []Finding
}

// Failures counts the findings that are errors or warnings.
func (f *Findings) Failures() int {
	n := 0
	for i := range f.List {
		if f.List[i].Severity != Note {
			n++
		}
	}
	return n
}

// WriteFindingsText writes one line for each finding, "file:line: severity: message [rule]", as compilers do.
func WriteFindingsText(w io.Writer, f *Findings) error {
	b := bufio.NewWriter(w)
	for i := range f.List {
		one := &f.List[i]
		fmt.Fprintf(b, "%s:%d: %s: %s [%s]\n", line(cmp.Or(one.At.File, "contract"), 1000), max(one.At.Line, 1), one.weight(), line(one.Sentence(), 2000), clean(one.Rule))
	}
	return b.Flush()
}
