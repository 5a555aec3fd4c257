package generate_test

import (
	"reflect"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// places lists where schemas stand in a contract, with the side that each is of.
func places(c *specs.Contract) map[string]schema.View {
	all := map[string]schema.View{}
	add := func(pointer string, v schema.View) {
		if pointer != "" {
			all[pointer] = v
		}
	}
	for _, name := range c.Names("/components/schemas") {
		add("/components/schemas/"+specs.EscapePointer(name), schema.Any)
	}
	for _, op := range c.Operations {
		for _, p := range op.Parameters {
			add(p.Schema, schema.Request)
		}
		if op.Body != nil {
			for _, m := range op.Body.Content {
				add(m.Schema, schema.Request)
			}
		}
		for _, r := range op.Responses {
			for _, m := range r.Content {
				add(m.Schema, schema.Response)
			}
			for _, h := range r.Headers {
				add(h.Schema, schema.Response)
			}
		}
	}
	return all
}

func TestEverySchemaOfOurContracts(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c, err := specs.Load(vendor)
			if err != nil {
				t.Fatal(err)
			}
			set := schema.NewSet(c)
			g, twin := generate.New(c, set), generate.New(c, set)
			found := places(c)
			if len(found) == 0 {
				t.Fatal("the contract has no schema")
			}
			broken := 0
			for pointer, view := range found {
				s, err := set.CompileView(pointer, view)
				if err != nil {
					t.Fatal(err)
				}
				for i := range 4 {
					o := generate.Options{View: view, Dynamic: i%2 == 1, Optional: generate.Optional(i % 3)}
					src := fake.New(int64(i), pointer)
					v, err := g.Value(pointer, src, o)
					if err != nil {
						t.Errorf("%s: %v", pointer, err)
						continue
					}
					if violations := s.Validate(v); len(violations) > 0 {
						t.Errorf("%s: %v: %v", pointer, v, violations)
					}
					again, _ := twin.Value(pointer, src, o)
					if !reflect.DeepEqual(v, again) {
						t.Errorf("%s: the same source gave\n%v\nand\n%v", pointer, v, again)
					}
				}
				valid, err := g.Value(pointer, fake.New(1), generate.Options{View: view, Optional: generate.All})
				if err != nil {
					continue
				}
				judgeCases(t, g, s, pointer, generate.Options{View: view})
				broken += judgeBroken(t, g, s, pointer, valid, generate.Options{View: view})
			}
			if broken == 0 {
				t.Error("no rule of the contract was broken")
			}
		})
	}
}

// judgeCases holds the cases of a schema to what they promise.
func judgeCases(t *testing.T, g *generate.Generator, s *schema.Schema, pointer string, o generate.Options) {
	t.Helper()
	cases := g.Cases(pointer, fake.New(1, "cases"), o)
	if len(cases) == 0 {
		t.Errorf("%s: no case", pointer)
	}
	if len(cases) > 60 {
		t.Errorf("%s: %d cases", pointer, len(cases))
	}
	names := map[string]bool{}
	for _, one := range cases {
		if names[one.Name] {
			t.Errorf("%s: two cases are called %q", pointer, one.Name)
		}
		names[one.Name] = true
		if violations := s.Validate(one.Value); len(violations) > 0 {
			t.Errorf("%s: %s: %v: %v", pointer, one.Name, one.Value, violations)
		}
	}
}

// judgeBroken holds the broken cases of a schema to what they promise, and counts them.
func judgeBroken(t *testing.T, g *generate.Generator, s *schema.Schema, pointer string, valid any, o generate.Options) int {
	t.Helper()
	cases := g.Broken(pointer, valid, fake.New(1, "broken"), o)
	names := map[string]bool{}
	for _, one := range cases {
		if names[one.Name] {
			t.Errorf("%s: two cases are called %q", pointer, one.Name)
		}
		names[one.Name] = true
		if len(s.Validate(one.Value)) == 0 {
			t.Errorf("%s: %s: %v is valid", pointer, one.Name, one.Value)
		}
		if one.Keyword == "" {
			t.Errorf("%s: %s: no rule is named", pointer, one.Name)
		}
	}
	if violations := s.Validate(valid); len(violations) > 0 {
		t.Errorf("%s: the valid value was changed: %v", pointer, violations)
	}
	return len(cases)
}
