package drive

import (
	"fmt"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// Problem is one rule of the contract that a request or a reply breaks. It describes what stands there and does not show
// it.
type Problem struct {
	// In is path, query, header, cookie, body or reply; of a reply, header is one of its own. Pointer is a JSON pointer into the
	// body, or the name of a parameter or header and a pointer into its value.
	In, Pointer string
	// Keyword is the rule: a keyword of JSON Schema, or style (the text or value has not the form of the parameter), status,
	// mediaType and body (of a reply: none such is declared, or it has none), seal.
	Keyword       string
	Expected, Got string
	// At is the rule's place in the contract, Clause the statement of the vendor's document.
	At     specs.Position
	Clause string
	// Missing says that nothing stands where something must.
	Missing bool
}

// String tells the problem in one line.
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", p.In, p.Pointer)
	if p.Missing {
		b.WriteString("is missing")
	} else {
		fmt.Fprintf(&b, "wants %s, there is %s", p.Expected, p.Got)
	}
	if p.At.Line > 0 {
		fmt.Fprintf(&b, " (%s", p.At)
		if p.Clause != "" {
			fmt.Fprintf(&b, ", %s", p.Clause)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// InvalidError says that the contract forbids a request, which was not sent.
type InvalidError struct {
	Operation *specs.Operation
	Problems  []Problem
}

// Error tells every problem.
func (e *InvalidError) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	return e.Operation.Vendor + "." + e.Operation.ID + " was not sent, the contract forbids it: " + strings.Join(lines, "; ")
}

// problems are the violations of a value whose place is below a pointer.
func (c *Client) problems(in, below string, violations []schema.Violation) []Problem {
	var list []Problem
	for _, v := range violations {
		if v.Source == c.contract.Source("") {
			v.Source = "" // the document as a whole is no clause
		}
		list = append(list, Problem{
			In: in, Pointer: below + v.Pointer, Keyword: v.Keyword, Expected: v.Expected, Got: v.Got,
			At: v.At, Clause: v.Source, Missing: v.Missing(),
		})
	}
	return list
}
