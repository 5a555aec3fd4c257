package generate

import (
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// Examples judges the examples of a document against the schema at a JSON pointer, in the order given. Where the schema is
// "" nothing is said, and every example is valid.
func (g *Generator) Examples(list []specs.Example, pointer string, v schema.View) (valid []Named, broken []Problem) {
	var compiled *schema.Schema
	var err error
	if pointer != "" {
		compiled, err = g.set.CompileView(pointer, v)
	}
	for _, e := range list {
		value, ok := g.contract.Value(e.Pointer)
		if !ok {
			continue
		}
		problem := Problem{Name: e.Name, Pointer: e.Pointer, At: g.contract.Position(e.Pointer), Err: err}
		if compiled != nil {
			problem.Violations = compiled.Validate(value)
		}
		if err != nil || len(problem.Violations) > 0 {
			broken = append(broken, problem)
			continue
		}
		valid = append(valid, Named{Name: e.Name, Value: value, Pointer: e.Pointer})
	}
	return valid, broken
}
