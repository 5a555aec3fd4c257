package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// contract is a document whose component schemas are the given YAML, indented by four.
func contract(t testing.TB, schemas string) *specs.Contract {
	t.Helper()
	text := "openapi: 3.1.0\nx-understudy: 1\ninfo: {title: Test, version: \"1\"}\npaths: {}\ncomponents:\n  schemas:\n"
	for line := range strings.Lines(strings.Trim(schemas, "\n")) {
		text += "    " + line
	}
	c, err := specs.Parse("test", "test.yaml", []byte(text))
	if err != nil {
		t.Fatalf("the test's own contract: %v", err)
	}
	return c
}

// firstLine is the line at which the schemas given to contract begin in its file.
const firstLine = 7

// compiled is the component schema X of the given ones.
func compiled(t testing.TB, schemas string) *Schema {
	t.Helper()
	return component(t, NewSet(contract(t, schemas)), "X")
}

func component(t testing.TB, set *Set, name string) *Schema {
	t.Helper()
	s, err := set.Compile("/components/schemas/" + name)
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	return s
}

// decoded reads JSON as the wire does.
func decoded(t testing.TB, text string) any {
	t.Helper()
	v, err := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// written is the JSON text of a behaviour's value, or the error.
func written(s *Schema, v any, lists Lists) (string, error) {
	converted, err := s.Convert(v)
	if err != nil {
		return "", err
	}
	text, err := s.AppendJSON(nil, converted, lists)
	return string(text), err
}

func TestCompileIsDoneOnce(t *testing.T) {
	t.Parallel()
	set := NewSet(contract(t, "X: {type: string}"))
	if component(t, set, "X") != component(t, set, "X") {
		t.Error("the second Compile made another schema")
	}
}

func TestCompileErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, schemas, want string }{
		{"a pattern of property names that Go cannot compile", "Y: {type: string}\nX:\n  type: object\n  patternProperties: {'^(x': {type: string}}", "test.yaml:8: "},
		{"an alternative that is the schema itself", "X: {anyOf: [{$ref: '#/components/schemas/X'}, {type: string}]}", "test.yaml:7: "},
		{"a part that is the schema itself", "Y: {type: string}\nX: {allOf: [{$ref: '#/components/schemas/X'}, {type: string}]}", "test.yaml:8: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := "openapi: 3.1.0\nx-understudy: 1\ninfo: {title: Test, version: \"1\"}\npaths: {}\ncomponents:\n  schemas:\n"
			for line := range strings.Lines(tt.schemas) {
				text += "    " + line
			}
			c, err := specs.Parse("test", "test.yaml", []byte(text))
			if err != nil {
				t.Fatalf("refused before it is compiled: %v", err)
			}
			set := NewSet(c)
			for range 2 { // a failure must not be taken for a result the second time
				_, err = set.Compile("/components/schemas/X")
				if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
					t.Errorf("Compile: %v, want an error at %s", err, tt.want)
				}
			}
		})
	}
	set := NewSet(contract(t, "X: {type: string}"))
	if _, err := set.Compile("/components/schemas/None"); err == nil || !strings.Contains(err.Error(), "/components/schemas/None") {
		t.Errorf("Compile of nothing: %v", err)
	}
}

const tree = `
X:
  type: object
  required: [name]
  properties:
    name: {type: string, x-sensitive: name}
    born: {type: string, format: date}
    partner: {$ref: '#/components/schemas/X', x-sensitive: person-id}
    first: {$ref: '#/components/schemas/Leaf'}
    children: {type: array, items: {$ref: '#/components/schemas/X'}}
    last: {type: integer}
Leaf:
  allOf:
    - {$ref: '#/components/schemas/X'}
    - {type: object, properties: {leaf: {type: integer}}}
`

// A schema may lead to itself by a property, a list, a marked reference and an allOf.
func TestCircularSchemas(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"X", "Leaf"} {
		set := NewSet(contract(t, tree))
		component(t, set, from)
		s := component(t, set, "X")
		person := func(name string) map[string]any { return map[string]any{"name": name, "last": "1"} }
		v := person("root")
		v["children"] = []any{person("child"), map[string]any{"name": "child", "children": []any{person("grandchild")}}}
		v["partner"] = person("partner")
		v["first"] = map[string]any{"name": "leaf", "leaf": "7", "last": "2", "children": person("only")}
		want := `{"name":"root","partner":{"name":"partner","last":1},` +
			`"first":{"name":"leaf","children":[{"name":"only","last":1}],"last":2,"leaf":7},` +
			`"children":[{"name":"child","last":1},{"name":"child","children":[{"name":"grandchild","last":1}]}],"last":1}`
		got, err := written(s, v, Plain)
		if err != nil || got != want {
			t.Errorf("compiled from %s:\n got %s, %v\nwant %s", from, got, err, want)
		}
		if violations := s.Validate(decoded(t, want)); violations != nil {
			t.Errorf("what was written is not valid: %v", violations)
		}
		violations := s.Validate(decoded(t, `{"name":"a","children":[{"name":"b","children":[{"last":"x"}]}]}`))
		if len(violations) != 2 {
			t.Errorf("in the grandchild there are %d violations, want 2: %v", len(violations), violations)
		}
	}
}

func TestSensitive(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, schemas, v, want string }{
		{"a member", "X: {type: object, properties: {a: {type: string, x-sensitive: name}, b: {type: string}}}",
			`{"a":"x","b":"y","c":"z"}`, `{"a":"<name>","b":"y","c":"<undescribed>"}`},
		{"null is no datum", "X: {type: object, properties: {a: {type: [string, 'null'], x-sensitive: name}}}",
			`{"a":null}`, `{"a":null}`},
		{"an object as a whole", "X: {type: object, properties: {a: {type: object, x-sensitive: message}}}",
			`{"a":{"b":"c"}}`, `{"a":"<message>"}`},
		{"the root", "X: {type: string, x-sensitive: ciphertext}", `"x"`, `"<ciphertext>"`},
		{"a list's elements", "X: {type: array, items: {type: string, x-sensitive: mobile}}", `["1","2"]`, `["<mobile>","<mobile>"]`},
		{"members of a list's elements", "X: {type: array, items: {type: object, properties: {a: {type: string, x-sensitive: mobile}}}}",
			`[{"a":"1"},{"a":"2","b":"3"}]`, `[{"a":"<mobile>"},{"a":"<mobile>","b":"<undescribed>"}]`},
		{"a reference", "X: {type: object, properties: {a: {$ref: '#/components/schemas/Y'}}}\nY: {type: string, x-sensitive: token}",
			`{"a":"1"}`, `{"a":"<token>"}`},
		{"a mark beside a reference", "X: {type: object, properties: {a: {$ref: '#/components/schemas/Y', x-sensitive: name}, b: {$ref: '#/components/schemas/Y'}}}\nY: {type: string}",
			`{"a":"1","b":"2"}`, `{"a":"<name>","b":"2"}`},
		{"a mark behind a reference with a mark", "X: {type: object, properties: {a: {$ref: '#/components/schemas/Y', x-sensitive: name}}}\nY: {type: string, x-sensitive: token}",
			`{"a":"1"}`, `{"a":"<name>"}`},
		{"an alternative", "X: {anyOf: [{type: object, properties: {a: {type: string, x-sensitive: name}}}, {type: object, properties: {b: {type: string, x-sensitive: token}}}]}",
			`{"a":"1","b":"2","c":"3"}`, `{"a":"<name>","b":"<token>","c":"<undescribed>"}`},
		{"the same member in two alternatives, once", "X: {oneOf: [{type: object, properties: {a: {type: string, x-sensitive: name}}}, {type: object, properties: {a: {type: string, x-sensitive: name}, b: {type: string}}}]}",
			`{"a":"1"}`, `{"a":"<name>"}`},
		{"beside alternatives", "X: {type: object, properties: {a: {type: string, x-sensitive: name}}, anyOf: [{required: [a]}, {required: [b]}]}",
			`{"a":"1"}`, `{"a":"<name>"}`},
		{"a part", "X: {allOf: [{type: object, properties: {a: {type: string, x-sensitive: name}}}, {properties: {a: {maxLength: 3}, b: {type: string, x-sensitive: token}}}]}",
			`{"a":"1","b":"2"}`, `{"a":"<name>","b":"<token>"}`},
		{"a part that marks what another declares", "X: {type: object, properties: {a: {type: string}}, allOf: [{properties: {a: {x-sensitive: name}}}]}",
			`{"a":"1"}`, `{"a":"<name>"}`},
		{"additional properties", "X: {type: object, additionalProperties: {type: string, x-sensitive: name}}",
			`{"a":"1","b":"2"}`, `{"a":"<name>","b":"<name>"}`},
		{"deep in a circle", strings.ReplaceAll(tree, "born", "b"),
			`{"name":"1","partner":{"name":"2"},"children":[{"name":"3","children":[{"name":"4"}]}],"first":{"name":"5","leaf":6}}`,
			`{"children":[{"children":[{"name":"<name>"}],"name":"<name>"}],"first":{"leaf":6,"name":"<name>"},"name":"<name>","partner":"<person-id>"}`},
		{"a value of another type", "X: {type: object, properties: {a: {type: string, x-sensitive: name}}}", `{"a":{"b":["c"]}}`, `{"a":"<name>"}`},
		{"a value that is not what the schema says", "X: {type: object, properties: {a: {type: string}}}", `["x"]`, `["<undescribed>"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := compiled(t, tt.schemas)
			got := s.Sensitive(decoded(t, tt.v), func(kind string, _ any) any { return "<" + kind + ">" })
			var text strings.Builder
			encoder := json.NewEncoder(&text)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(got); err != nil || strings.TrimSpace(text.String()) != tt.want {
				t.Errorf("got %s, want %s", text.String(), tt.want)
			}
		})
	}
}

// Masking twice would turn a pseudonym into another one.
func TestSensitiveMasksEachPlaceOnce(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {anyOf: [{$ref: '#/components/schemas/Y'}, {$ref: '#/components/schemas/Y'}, {type: object, properties: {a: {type: string, x-sensitive: name}}}]}\nY: {type: object, properties: {a: {type: string, x-sensitive: name}}}")
	n := 0
	got := s.Sensitive(decoded(t, `{"a":"x"}`), func(_ string, v any) any {
		n++
		return fmt.Sprint(v, "!")
	})
	if n != 1 || !reflect.DeepEqual(got, map[string]any{"a": "x!"}) {
		t.Errorf("masked %d times: %v", n, got)
	}
}

func TestConstantAndFromText(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {anyOf: [{type: object, properties: {code: {type: integer}, ok: {const: true}}}, {$ref: '#/components/schemas/Y'}]}\nY: {type: object, properties: {code: {$ref: '#/components/schemas/Code'}}}\nCode: {type: integer, const: 200}")
	for member, want := range map[string]any{"code": json.Number("200"), "ok": true} {
		if got, ok := s.Constant(member); !ok || got != want {
			t.Errorf("Constant(%s) = %v, %v, want %v", member, got, ok, want)
		}
	}
	if got, ok := s.Constant("other"); ok {
		t.Errorf("Constant(other) = %v", got)
	}
	tests := []struct {
		schema, text string
		want         any
	}{
		{"{type: string}", "12", "12"},
		{"{type: integer}", "12", json.Number("12")},
		{"{type: integer}", "1.5", json.Number("1.5")}, // for validation to name
		{"{type: number}", "-1.50", json.Number("-1.50")},
		{"{type: integer}", "012", "012"},
		{"{type: integer}", " 12", " 12"},
		{"{type: integer}", "", ""},
		{"{type: boolean}", "true", true},
		{"{type: boolean}", "false", false},
		{"{type: boolean}", "TRUE", "TRUE"},
		{"{type: [integer, string]}", "12", json.Number("12")},
		{"{type: [integer, string]}", "x", "x"},
		{"{type: [string, integer]}", "12", "12"},
		{"{description: anything}", "12", "12"},
		{"{allOf: [{type: integer}]}", "12", json.Number("12")},
	}
	for _, tt := range tests {
		if got := compiled(t, "X: "+tt.schema).FromText(tt.text); got != tt.want {
			t.Errorf("%s: FromText(%q) = %#v, want %#v", tt.schema, tt.text, got, tt.want)
		}
	}
}
