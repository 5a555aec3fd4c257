package mock_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// mostSlow is how many schemas of the five contracts one pass over a body cannot judge.
const mostSlow = 0

// TestSchemasAreJudgedInOnePass counts the schemas that are left to the slow validator, and names them when there are more
// or fewer than there were.
func TestSchemasAreJudgedInOnePass(t *testing.T) {
	t.Parallel()
	found := map[string]schema.Slow{}
	judged := 0
	for _, vendor := range specs.Vendors() {
		c := contract(t, vendor)
		set := schema.NewSet(c)
		look := func(pointer string, view schema.View) {
			if pointer == "" {
				return
			}
			s, err := set.CompileView(pointer, view)
			if err != nil {
				t.Fatal(err)
			}
			judged++
			for _, one := range s.Slow() {
				found[vendor+"#"+one.Pointer+" "+one.Keyword] = one
			}
		}
		for _, op := range c.Operations {
			for _, p := range op.Parameters {
				look(p.Schema, schema.Request)
			}
			if op.Body != nil {
				for _, m := range op.Body.Content {
					look(m.Schema, schema.Request)
				}
			}
			for _, r := range op.Responses {
				for _, m := range r.Content {
					look(m.Schema, schema.Response)
				}
				for _, h := range r.Headers {
					look(h.Schema, schema.Response)
				}
			}
		}
		for _, name := range c.Names("/components/schemas") {
			look("/components/schemas/"+specs.EscapePointer(name), schema.Any)
		}
	}
	if judged < 60 {
		t.Errorf("only %d schemas were looked at", judged)
	}
	if len(found) == mostSlow {
		return
	}
	list := ""
	for _, at := range slices.Sorted(maps.Keys(found)) {
		list += fmt.Sprintf("\n  %s: %s", at, found[at].Reason)
	}
	t.Errorf("%d schemas of the contracts are left to the slow validator, it was %d:%s", len(found), mostSlow, list)
}
