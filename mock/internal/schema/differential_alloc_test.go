package schema_test

import (
	"fmt"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// bodyPlaces are the schemas of a contract's bodies, with the side that each is of.
func bodyPlaces(c *specs.Contract) map[string]schema.View {
	all := map[string]schema.View{}
	for _, op := range c.Operations {
		if op.Body != nil {
			for _, m := range op.Body.Content {
				all[m.Schema] = schema.Request
			}
		}
		for _, r := range op.Responses {
			for _, m := range r.Content {
				all[m.Schema] = schema.Response
			}
		}
	}
	delete(all, "")
	return all
}

// TestOnePassAllocatesNothing: a valid body of any vendor's schema is judged without an allocation.
func TestOnePassAllocatesNothing(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates on its own")
	}
	for _, vendor := range specs.Vendors() {
		c, err := specs.Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		set := schema.NewSet(c)
		gen := generate.New(c, set)
		judged := 0
		for pointer, view := range bodyPlaces(c) {
			s, err := set.CompileView(pointer, view)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 4 {
				v, err := gen.Value(pointer, fake.New(int64(i), pointer), generate.Options{View: view, Dynamic: i%2 == 1, Optional: generate.Optional(i % 3)})
				if err != nil {
					t.Fatal(err)
				}
				text := style{}.bytes(treeOf(v))
				if !s.Accepts(text, schema.Syntax{}) {
					t.Errorf("%s: %s: a valid body is not taken: %s", vendor, pointer, shown(text))
					break
				}
				judged++
				if n := testing.AllocsPerRun(20, func() { s.Accepts(text, schema.Syntax{}) }); n > 0 {
					t.Errorf("%s: %s: %v allocations over %s", vendor, pointer, n, shown(text))
					break
				}
			}
		}
		if judged == 0 {
			t.Errorf("%s: no body was judged", vendor)
		}
	}
	// What makes a reader put things aside: escapes, many members, nested lists, long texts.
	for _, tt := range []struct{ schema, body string }{
		{"{properties: {id: {type: integer}, 名: {type: string, maxLength: 4}}, required: [id]}", `{"\u0069d":1,"\u540d":"\ud83d\ude00\n\u0041x","more":{"a":[1,2,{"b":"\\"}]}}`},
		{"{type: object, additionalProperties: {type: integer}}", `{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"n":14,"o":15,"p":16,"q":17,"r":18,"s":19,"t":20}`},
		{"{type: array, items: {type: string, pattern: '^[a-z]+$', maxLength: 5}, uniqueItems: true}", `["a","b","c","d","e","abcde"]`},
		{"{type: array, items: {oneOf: [{type: integer}, {type: string, format: date}, {type: string, format: date-time}]}}", `[1,"2025-01-31","2025-01-31T10:20:30.5+08:00"]`},
		{"{type: array, items: {type: number, multipleOf: 0.01, minimum: -5.5, maximum: 1e3}}", `[1,1.5,99.99,1000,-5.5,0]`},
	} {
		s := of(t, tt.schema)
		if !s.schema.Accepts([]byte(tt.body), schema.Syntax{}) {
			t.Errorf("%s: %s is not taken", tt.schema, tt.body)
			continue
		}
		text := []byte(tt.body)
		if n := testing.AllocsPerRun(20, func() { s.schema.Accepts(text, schema.Syntax{}) }); n > 0 {
			t.Errorf("%s: %v allocations over %s", tt.schema, n, fmt.Sprintf("%.200s", text))
		}
	}
}
