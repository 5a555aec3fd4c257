package mock

import (
	"fmt"
	"net/http"

	"understudy/mock/internal/fault"
	"understudy/mock/internal/generate"
	"understudy/specs"
)

// The rules of notes that a server adds to those of its contracts.
const (
	NoteUnsound = "unsound-schema" // an operation that is refused, because a schema of it does not compile
	NoteExample = "broken-example" // an example that breaks its own schema: it is answered only to who asks for it
	NoteError   = "strict-success" // an error of the catalogue that the schema of its status forbids: it is answered all the same
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
			notes = append(notes, s.forbiddenErrors(op)...)
			for _, r := range op.replies {
				for _, b := range r.bodies {
					notes = append(notes, b.brokenExamples(op, r.Status)...)
				}
				for _, h := range r.headers {
					for i := range h.broken {
						notes = append(notes, specs.Note{
							Rule: NoteExample, At: h.broken[i].At, Pointer: h.broken[i].Pointer,
							Text: fmt.Sprintf("an example of the header %s of %s, status %s, breaks its schema and is not answered: %s", h.Name, op.ID, r.Status, why(&h.broken[i])),
						})
					}
				}
			}
		}
	}
	return notes
}

// forbiddenErrors tells the first row of the catalogue that an operation's own response would not take.
func (s *Server) forbiddenErrors(op *operation) []specs.Note {
	c := op.of.contract
	x := &exchange{request: &http.Request{Header: http.Header{}}, op: op, now: s.now()}
	for _, id := range fault.Errors(c, op.ID) {
		row, _ := c.Error(id)
		to, v, err := s.errorValue(x, row)
		if err != nil || len(to.bodies) == 0 {
			continue
		}
		b := x.preferredBody(to)
		if _, err = s.render(x, to, v); err == nil || b.schema == nil {
			continue
		}
		if violations := b.schema.Validate(op.fitted(b, "", v)); violations != nil {
			return []specs.Note{{
				Rule: NoteError, At: c.Position(to.Pointer), Pointer: to.Pointer,
				Text: fmt.Sprintf("the error %s comes under status %s, whose schema forbids it; it is answered all the same: %s", id, to.Status, violated(violations)),
			}}
		}
	}
	return nil
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
