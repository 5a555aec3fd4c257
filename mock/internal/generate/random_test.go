package generate_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// random draws schemas that some value keeps. Old leaves out what OpenAPI 3.0 cannot say.
type random struct {
	t   *rapid.T
	old bool
}

func (r random) one(name string, options ...string) string {
	return rapid.SampledFrom(options).Draw(r.t, name)
}

func (r random) yes(name string) bool { return rapid.Bool().Draw(r.t, name) }

func (r random) upTo(name string, n int) int { return rapid.IntRange(0, n).Draw(r.t, name) }

func (r random) schema(depth int) map[string]any {
	kinds := []string{"string", "integer", "number", "boolean", "enum", "string", "integer"}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "object", "array", "array", "allOf", "anyOf", "oneOf")
		if !r.old {
			kinds = append(kinds, "tuple", "if", "map", "nullable", "ref", "needs", "not")
		}
	}
	s := r.kind(r.one("kind", kinds...), depth)
	if r.upTo("example", 9) == 0 {
		s["example"] = rapid.SampledFrom([]any{"x", 3, map[string]any{}, []any{}, "2025-01-01"}).Draw(r.t, "example value")
	}
	if r.upTo("marked", 12) == 0 {
		s["readOnly"] = true
	}
	return s
}

func (r random) kind(kind string, depth int) map[string]any {
	switch kind {
	case "string":
		return r.text()
	case "integer", "number":
		return r.number(kind)
	case "boolean":
		return map[string]any{"type": "boolean"}
	case "enum":
		return map[string]any{"type": "string", "enum": []any{"red", "green", "blue"}[:1+r.upTo("enum", 2)]}
	case "object":
		return r.object(depth)
	case "array":
		return r.list(depth)
	case "allOf":
		return map[string]any{"allOf": []any{r.named("p", depth), r.named("q", depth)}}
	case "anyOf":
		return map[string]any{"anyOf": []any{r.schema(depth - 1), r.schema(depth - 1)}}
	case "oneOf":
		return map[string]any{"oneOf": []any{r.tagged("first", depth), r.tagged("second", depth), map[string]any{"type": "boolean"}}}
	case "tuple":
		s := map[string]any{"type": "array", "prefixItems": []any{r.schema(depth - 1), r.schema(depth - 1)}, "minItems": r.upTo("least", 2)}
		if r.yes("closed") {
			s["items"] = false
		}
		return s
	case "if":
		s := r.named("c", depth)
		s["if"] = map[string]any{"required": []any{"flag"}}
		s["then"] = map[string]any{"required": []any{"why"}, "properties": map[string]any{"why": r.text()}}
		s["else"] = map[string]any{"properties": map[string]any{"other": r.number("integer")}}
		s["properties"].(map[string]any)["flag"] = map[string]any{"type": "boolean"}
		return s
	case "map":
		s := map[string]any{"type": "object", "additionalProperties": r.schema(depth - 1), "minProperties": r.upTo("least", 3)}
		if r.yes("names") {
			s["propertyNames"] = map[string]any{"pattern": "^[a-z]{2,8}[0-9]{0,3}$"}
		} else if r.yes("patterns") {
			s["patternProperties"] = map[string]any{"^x-": map[string]any{"type": "integer"}}
		}
		return s
	case "nullable":
		return map[string]any{"anyOf": []any{r.schema(depth - 1), map[string]any{"type": "null"}}}
	case "ref":
		return map[string]any{"type": "object", "properties": map[string]any{"again": map[string]any{"$ref": "#/components/schemas/Root"}}}
	case "needs":
		s := r.named("n", depth)
		s["dependentRequired"] = map[string]any{"n1": []any{"n2"}, "n2": []any{"extra"}}
		return s
	}
	return map[string]any{"type": "integer", "minimum": 1, "maximum": 9, "not": map[string]any{"enum": []any{1, 2, 3}}}
}

func (r random) text() map[string]any {
	s := map[string]any{"type": "string"}
	switch r.upTo("text", 5) {
	case 0:
		s["pattern"] = r.one("pattern", "^[a-z]+$", "[0-9]{2}", "^(a|bc)*d$", `^\d{4}-\d{2}$`, "^.{3,}$", "x$")
	case 1:
		s["format"] = r.one("format", "date", "date-time")
		if !r.old {
			s["format"] = r.one("other format", "uuid", "email", "ipv4", "uri", "date")
		}
	case 2, 3:
		least := r.upTo("least", 30)
		s["minLength"] = least
		if r.yes("most") {
			s["maxLength"] = least + r.upTo("more", 10)
		}
	}
	if s["pattern"] == "^[a-z]+$" && r.yes("length") {
		s["minLength"], s["maxLength"] = 4, 4+r.upTo("more", 20)
	}
	return s
}

func (r random) number(kind string) map[string]any {
	s := map[string]any{"type": kind}
	least := r.upTo("minimum", 2000) - 1000
	if r.yes("bounded below") {
		s["minimum"] = least
	}
	if r.yes("bounded above") {
		s["maximum"] = least + 40 + r.upTo("span", 40)
	}
	if !r.old && r.yes("exclusive") {
		s["exclusiveMinimum"] = json.Number(strconv.Itoa(least) + ".5")
		if kind == "number" && r.yes("decimals") {
			s["multipleOf"] = json.Number(r.one("step", "0.01", "0.25", "0.5", "3", "1.5"))
		}
	}
	if _, stepped := s["multipleOf"]; !stepped && r.yes("stepped") {
		s["multipleOf"] = 1 + r.upTo("step", 30)
	}
	if kind == "integer" && r.yes("wide") {
		s["format"] = r.one("format", "int32", "int64")
	}
	return s
}

func (r random) named(prefix string, depth int) map[string]any {
	properties := map[string]any{}
	var required []any
	for i := range 1 + r.upTo("members", 3) {
		name := prefix + strconv.Itoa(i+1)
		properties[name] = r.schema(depth - 1)
		if r.yes("required") {
			required = append(required, name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties}
	if required != nil {
		s["required"] = required
	}
	return s
}

func (r random) object(depth int) map[string]any {
	s := r.named("m", depth)
	switch r.upTo("more", 3) {
	case 0:
		s["additionalProperties"] = false
	case 1:
		s["additionalProperties"] = map[string]any{"type": "string"}
		s["minProperties"] = r.upTo("least", 5)
	case 2:
		if list, _ := s["required"].([]any); len(list) > 0 {
			s["maxProperties"] = len(list)
		}
	}
	return s
}

func (r random) tagged(kind string, depth int) map[string]any {
	s := r.named("t", depth)
	s["properties"].(map[string]any)["kind"] = map[string]any{"type": "string", "enum": []any{kind}}
	list, _ := s["required"].([]any)
	s["required"] = append(list, "kind")
	return s
}

func (r random) list(depth int) map[string]any {
	s := map[string]any{"type": "array", "items": r.schema(depth - 1)}
	least := r.upTo("least", 3)
	s["minItems"] = least
	if r.yes("most") {
		s["maxItems"] = least + r.upTo("more", 3)
	}
	switch r.upTo("list", 4) {
	case 0:
		s["uniqueItems"] = true
		s["items"] = map[string]any{"type": "integer", "minimum": 0, "maximum": 20 + r.upTo("span", 100)}
	case 1:
		if !r.old {
			s["items"] = map[string]any{"type": "integer"}
			s["contains"] = map[string]any{"minimum": 100}
			delete(s, "maxItems")
		}
	}
	return s
}

// drawn is a contract whose root schema is made up at random, and that schema compiled for one of the views.
func drawn(t *rapid.T) (raw []byte, c *specs.Contract, set *schema.Set, view schema.View, s *schema.Schema) {
	raw, err := json.Marshal(random{t: t}.schema(3))
	if err != nil {
		t.Fatal(err)
	}
	c = contract(t, `{"Root": `+string(raw)+`}`)
	set = schema.NewSet(c)
	view = rapid.SampledFrom([]schema.View{schema.Any, schema.Request, schema.Response}).Draw(t, "view")
	if s, err = set.CompileView(root, view); err != nil {
		t.Fatal(err)
	}
	return raw, c, set, view, s
}

func TestRandomSchemas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raw, c, set, view, s := drawn(t)
		o := generate.Options{View: view, Dynamic: rapid.Bool().Draw(t, "dynamic"), Optional: generate.Optional(rapid.IntRange(0, 2).Draw(t, "optional"))}
		seed := rapid.Int64().Draw(t, "seed")
		g, twin := generate.New(c, set), generate.New(c, schema.NewSet(c))
		v, err := g.Value(root, fake.New(seed), o)
		if err != nil {
			t.Fatalf("%s\n%v", raw, err)
		}
		if violations := s.Validate(v); len(violations) > 0 {
			t.Fatalf("%s\n%v: %v", raw, v, violations)
		}
		twin.Cases(root, fake.New(seed), o) // what was asked before has no say
		if again, _ := twin.Value(root, fake.New(seed), o); !reflect.DeepEqual(v, again) {
			t.Fatalf("%s\nthe same source gave\n%v\nand\n%v", raw, v, again)
		}
		names := judgedCases(t, s, g.Cases(root, fake.New(seed), o))
		if other := judgedCases(t, s, twin.Cases(root, fake.New(seed+1), o)); !reflect.DeepEqual(names, other) {
			t.Fatalf("%s\nthe names of cases depend on the source:\n%v\n%v", raw, names, other)
		}
		for _, one := range g.Broken(root, v, fake.New(seed), o) {
			if len(s.Validate(one.Value)) == 0 {
				t.Fatalf("%s\n%s: %v is valid", raw, one.Name, one.Value)
			}
		}
	})
}

func judgedCases(t *rapid.T, s *schema.Schema, cases []generate.Case) []string {
	if len(cases) == 0 || len(cases) > 60 {
		t.Fatalf("%d cases", len(cases))
	}
	var names []string
	for _, one := range cases {
		names = append(names, one.Name)
		if violations := s.Validate(one.Value); len(violations) > 0 {
			t.Fatalf("%s: %v: %v", one.Name, one.Value, violations)
		}
	}
	return names
}

// TestASecondValidatorAgrees has another library judge what OpenAPI 3.0 can say.
func TestASecondValidatorAgrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raw, err := json.Marshal(random{t: t, old: true}.schema(3))
		if err != nil {
			t.Fatal(err)
		}
		var second openapi3.Schema
		if err := json.Unmarshal(raw, &second); err != nil {
			t.Fatal(err)
		}
		judge := func(v any) error { return second.VisitJSON(plain(t, v)) }
		c := contract(t, `{"Root": `+string(raw)+`}`)
		g := generate.New(c, schema.NewSet(c))
		o := generate.Options{Optional: generate.Optional(rapid.IntRange(0, 2).Draw(t, "optional"))}
		seed := rapid.Int64().Draw(t, "seed")
		v, err := g.Value(root, fake.New(seed), o)
		if err != nil {
			t.Fatalf("%s\n%v", raw, err)
		}
		for _, one := range append(g.Cases(root, fake.New(seed), o), generate.Case{Name: "value", Value: v}) {
			if err := judge(one.Value); err != nil {
				t.Fatalf("%s\n%s: %v: %v", raw, one.Name, one.Value, err)
			}
		}
		for _, one := range g.Broken(root, v, fake.New(seed), o) {
			if one.Keyword == "format" {
				continue // the other library asserts only some
			}
			if judge(one.Value) == nil {
				t.Fatalf("%s\n%s: %v is valid", raw, one.Name, one.Value)
			}
		}
	})
}

// plain turns numbers into those that the other library knows.
func plain(t *rapid.T, v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
