package generate_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
)

func TestEachRuleIsBroken(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ schema, valid, names string }{
		{`{"type": "object", "required": ["name", "age"], "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}`, `{"name": "a", "age": 3}`,
			"type|null|required /name|required /age|type /name|null /name|type /age|null /age|fraction /age"},
		{`{"type": "string", "enum": ["a", "b"]}`, `"a"`, "type|null|enum"},
		{`{"const": 5}`, `5`, "const"},
		{`{"type": "integer", "minimum": 2, "maximum": 9}`, `5`, "type|null|fraction|minimum|maximum"},
		{`{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.01}`, `0.5`, "type|null|exclusiveMinimum|exclusiveMaximum|multipleOf"},
		{`{"type": "integer", "format": "int32"}`, `5`, "type|null|fraction|format"},
		{`{"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"}`, `"abc"`, "type|null|minLength|maxLength|pattern"},
		{`{"type": "string", "format": "date"}`, `"2025-01-01"`, "type|null|format"},
		{`{"type": ["string", "null"], "format": "uuid"}`, `"8c1d1f5e-6c63-4c68-9a20-1f2a5c1a0f11"`, "type|format"},
		{`{"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": true, "items": {"type": "boolean"}}`, `[true]`,
			"type|null|minItems|uniqueItems /1|type /0|null /0"},
		{`{"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "integer"}}`, `[1, 2]`, "type|null|minItems|maxItems|type /0|null /0|fraction /0"},
		{`{"type": "array", "prefixItems": [{"type": "string"}], "items": false}`, `["a"]`, "type|null|items /1|type /0|null /0"},
		{`{"type": "array", "contains": {"const": 1}, "items": {"type": "integer"}}`, `[1, 2]`, "type|null|contains"},
		{`{"type": "object", "additionalProperties": false, "properties": {"a": {}}}`, `{"a": 1}`, "type|null|additionalProperties /unexpected"},
		{`{"type": "object", "unevaluatedProperties": false, "properties": {"a": {}}}`, `{"a": 1}`, "type|null|unevaluatedProperties /unexpected"},
		{`{"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}}`, `{"a": 1, "b": 2}`, "type|null|dependentRequired /b"},
		{`{"type": "object", "minProperties": 1, "maxProperties": 2}`, `{"a": 1}`, "type|null|minProperties|maxProperties"},
		{`{"type": "object", "propertyNames": {"maxLength": 3}}`, `{"a": 1}`, "type|null|propertyNames /not a name"},
		{`{"type": "object", "properties": {"a": {"type": "string"}, "id": {"type": "integer", "readOnly": true}}}`, `{"a": "x"}`,
			"type|null|readOnly /id|type /a|null /a"},
		{`{"oneOf": [{"type": "integer"}, {"type": "string", "format": "date"}]}`, `5`, "type|null|fraction|oneOf"},
		{`{"type": "object", "required": ["p"], "properties": {"p": {"oneOf": [
			{"type": "object", "required": ["k", "n"], "properties": {"k": {"const": "x"}, "n": {"type": "integer", "minimum": 1}}},
			{"type": "object", "required": ["k"], "properties": {"k": {"const": "y"}}}]}}}`, `{"p": {"k": "x", "n": 3}}`,
			"type|null|required /p|type /p|null /p|required /p/k|required /p/n|oneOf /p|const /p/k|type /p/n|null /p/n|fraction /p/n|minimum /p/n"},
		{`{"anyOf": [{"type": "string", "minLength": 3}, {"type": "null"}]}`, `"abc"`, "type|minLength|anyOf"},
		{`{"type": "string", "not": {"enum": ["root"]}}`, `"abc"`, "type|null|not"},
		{`{"allOf": [{"type": "string", "maxLength": 3}, {"minLength": 2}]}`, `"ab"`, "type|null|minLength|maxLength"},
		{`{"type": "object", "required": ["c"], "properties": {"c": {"type": "string"}}, "if": {"properties": {"c": {"const": "x"}}}, "then": {"required": ["d"]}}`, `{"c": "x", "d": 1}`,
			"type|null|required /c|required /d|type /c|null /c"},
		{`{"type": "array", "items": {"$ref": "#/components/schemas/Root"}}`, `[[]]`, "type|null|type /0|null /0"},
		{`true`, `1`, ""},
	} {
		t.Run(tc.schema, func(t *testing.T) {
			t.Parallel()
			c := contract(t, `{"Root": `+tc.schema+`}`)
			set := schema.NewSet(c)
			g := generate.New(c, set)
			s, err := set.CompileView(root, schema.Request)
			if err != nil {
				t.Fatal(err)
			}
			valid := decoded(t, tc.valid)
			if violations := s.Validate(valid); len(violations) > 0 {
				t.Fatalf("the valid value is not: %v", violations)
			}
			var names []string
			for _, one := range g.Broken(root, valid, fake.New(1), generate.Options{View: schema.Request}) {
				names = append(names, one.Name)
				violations := s.Validate(one.Value)
				if len(violations) == 0 {
					t.Errorf("%s: %v is valid", one.Name, one.Value)
				}
				if strings.Contains(tc.schema, "Of\"") {
					continue // several schemas have a say there
				}
				for _, v := range violations {
					if v.Keyword != one.Keyword || v.Pointer != one.Pointer {
						t.Errorf("%s: %v breaks %s at %q too", one.Name, one.Value, v.Keyword, v.Pointer)
					}
				}
			}
			want := strings.Split(tc.names, "|")
			if tc.names == "" {
				want = nil
			}
			slices.Sort(names)
			slices.Sort(want)
			if !slices.Equal(names, want) {
				t.Errorf("got  %q\nwant %q", names, want)
			}
			if !reflect.DeepEqual(valid, decoded(t, tc.valid)) {
				t.Errorf("the valid value was changed: %v", valid)
			}
		})
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNothingIsBrokenInWhatIsNotValid(t *testing.T) {
	t.Parallel()
	c := contract(t, `{"Root": {"type": "string"}}`)
	g := generate.New(c, schema.NewSet(c))
	if cases := g.Broken(root, json.Number("1"), fake.New(1), generate.Options{}); len(cases) > 0 {
		t.Errorf("%v", cases)
	}
	if cases := g.Broken("/components/schemas/None", "a", fake.New(1), generate.Options{}); len(cases) > 0 {
		t.Errorf("%v", cases)
	}
}
