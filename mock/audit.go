package mock

import (
	"fmt"

	"understudy/mock/internal/generate"
	"understudy/specs"
)

// The rules of notes that a server adds to those of its contracts.
const (
	NoteUnsound = "unsound-schema" // an operation that is refused, because a schema of it does not compile
	NoteExample = "broken-example" // an example that breaks its own schema: it is answered only to who asks for it
)

// Audit compiles what first calls would compile and tells what it finds out: operations that cannot be answered, examples
// that break their schemas, each with its place. It takes its time with a large contract and may run beside calls.
func (s *Server) Audit() []specs.Note {
	var notes []specs.Note
	for _, v := range s.base().vendors {
		for _, op := range v.operations {
			if err := op.ready(); err != nil {
				notes = append(notes, specs.Note{
					Rule: NoteUnsound, At: v.contract.Position(op.Pointer), Pointer: op.Pointer,
					Text: fmt.Sprintf("%s is refused: %s", op.ID, err),
				})
				continue
			}
			for _, r := range op.replies {
				for _, b := range r.bodies {
					notes = append(notes, b.brokenExamples(op, r.Status)...)
				}
			}
		}
	}
	return notes
}

func (b *body) brokenExamples(op *operation, status string) (notes []specs.Note) {
	for _, e := range b.examples {
		if e.broken == nil {
			continue
		}
		name := "the example"
		only := ""
		if e.name != "" {
			name, only = "the example "+quote(e.name), " but to Prefer: example="+e.name
		}
		notes = append(notes, specs.Note{
			Rule: NoteExample, At: e.broken.At, Pointer: e.broken.Pointer,
			Text: fmt.Sprintf("%s of %s, status %s, breaks its schema and is not answered%s: %s", name, op.ID, status, only, why(e.broken)),
		})
	}
	return notes
}

func why(p *generate.Problem) string {
	if len(p.Violations) == 0 {
		return fmt.Sprint(p.Err)
	}
	v := p.Violations[0]
	return fmt.Sprintf("at %q %s wants %s, there is %s", v.Pointer, v.Keyword, v.Expected, v.Got)
}
