package generate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// contract makes a contract whose components are the given schemas, as JSON.
func contract(t interface {
	Helper()
	Fatal(args ...any)
}, schemas string) *specs.Contract {
	t.Helper()
	c, err := specs.Parse("sample", "sample.yaml", []byte(`{"openapi": "3.1.0", "info": {"title": "Sample", "version": "1"}, "paths": {"/": {"get": {"operationId": "get", "responses": {"204": {"description": "nothing"}}}}},
"components": {"schemas": `+schemas+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const root = "/components/schemas/Root"

// hard are schemas that need more than one thought. S is the schema under test, the others stand beside it.
var hard = []struct{ name, schemas string }{
	{"nothing said", `{"Root": {}}`},
	{"true", `{"Root": {"type": "object", "properties": {"a": true}, "required": ["a"]}}`},
	{"a child that is optional", `{"Root": {"type": "object", "properties": {"name": {"type": "string"}, "parent": {"$ref": "#/components/schemas/Root"}}}}`},
	{"a list of itself", `{"Root": {"type": "object", "required": ["children"], "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Root"}}}}}`},
	{"a list with an element through an optional member", `{"Root": {"type": "object", "properties": {"next": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Root"}}}}}`},
	{"a tree of alternatives", `{"Root": {"oneOf": [{"$ref": "#/components/schemas/Sum"}, {"$ref": "#/components/schemas/Leaf"}]},
		"Sum": {"type": "object", "required": ["left", "right"], "additionalProperties": false, "properties": {"left": {"$ref": "#/components/schemas/Root"}, "right": {"$ref": "#/components/schemas/Root"}}},
		"Leaf": {"type": "object", "required": ["value"], "additionalProperties": false, "properties": {"value": {"type": "integer"}}}}`},
	{"two that need each other by way of null", `{"Root": {"type": "object", "required": ["b"], "properties": {"b": {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]}}},
		"B": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/Root"}}}}`},
	{"polymorphic with a mapping", `{"Root": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}], "discriminator": {"propertyName": "kind", "mapping": {"c": "#/components/schemas/Cat", "d": "#/components/schemas/Dog"}}},
		"Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["c"]}, "lives": {"type": "integer"}}},
		"Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["d"]}, "bark": {"type": "boolean"}}}}`},
	{"a base with a discriminator", `{"Root": {"type": "object", "required": ["kind"], "discriminator": {"propertyName": "kind"}, "properties": {"kind": {"type": "string"}}},
		"Cat": {"allOf": [{"$ref": "#/components/schemas/Root"}, {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer", "minimum": 1}}}]}}`},
	{"allOf deep down", `{"Root": {"allOf": [{"allOf": [{"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 9}]}, {"multipleOf": 2}]}, {"multipleOf": 3}]}}`},
	{"allOf of objects", `{"Root": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object", "required": ["b"], "properties": {"a": {"minLength": 5}, "b": {"type": "string"}}}]}, "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "maxLength": 6}}}}`},
	{"a closed part of an allOf", `{"Root": {"allOf": [{"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}, {"properties": {"a": {"maxLength": 3}, "c": {"type": "string"}}}]}}`},
	{"ref with siblings", `{"Root": {"$ref": "#/components/schemas/A", "minLength": 4, "description": "longer"}, "A": {"type": "string", "maxLength": 5}}`},
	{"types", `{"Root": {"type": ["string", "null"], "minLength": 2}}`},
	{"enum against the borders", `{"Root": {"type": "integer", "enum": [1, 5, 9], "minimum": 4, "maximum": 8}}`},
	{"enum in two parts", `{"Root": {"allOf": [{"enum": ["a", "b", "c"]}, {"enum": ["c", "d"]}]}}`},
	{"const that is an object", `{"Root": {"const": {"a": [1, {"b": null}]}}}`},
	{"decimals", `{"Root": {"type": "number", "exclusiveMinimum": 0.1, "exclusiveMaximum": 0.3, "multipleOf": 0.01}}`},
	{"two close borders", `{"Root": {"type": "number", "exclusiveMinimum": 1.000001, "exclusiveMaximum": 1.000002}}`},
	{"two multiples", `{"Root": {"type": "number", "allOf": [{"multipleOf": 0.6}, {"multipleOf": 0.25}], "minimum": 1}}`},
	{"whole and not", `{"Root": {"type": "integer", "multipleOf": 2.5, "minimum": 1, "maximum": 9}}`},
	{"far away", `{"Root": {"type": "integer", "minimum": 123456789012345678901234567890}}`},
	{"int32 at its border", `{"Root": {"type": "integer", "format": "int32", "minimum": 2147483647}}`},
	{"below zero", `{"Root": {"type": "number", "maximum": -0.5, "minimum": -0.75}}`},
	{"pattern with a length", `{"Root": {"type": "string", "pattern": "^[a-z]+[0-9]*$", "minLength": 12, "maxLength": 12}}`},
	{"pattern without anchors", `{"Root": {"type": "string", "pattern": "[0-9]{3}", "minLength": 20}}`},
	{"two patterns", `{"Root": {"type": "string", "allOf": [{"pattern": "^[a-z0-9]+$"}, {"pattern": "[0-9]$"}]}}`},
	{"look-ahead", `{"Root": {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*[0-9])(?=.*[@#%])[A-Za-z0-9@#%]{8,16}$"}}`},
	{"negative look-ahead", `{"Root": {"type": "string", "pattern": "^(?!0)[0-9]{4}$"}}`},
	{"ecma escapes", `{"Root": {"type": "string", "pattern": "^[\\u4e00-\\u9fa5]{2,4}$"}}`},
	{"format with a length", `{"Root": {"type": "object", "required": ["a", "b", "c"], "properties": {"a": {"type": "string", "format": "email", "minLength": 40}, "b": {"type": "string", "format": "uri", "maxLength": 12}, "c": {"type": "string", "format": "email", "maxLength": 8}}}}`},
	{"tuple", `{"Root": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false, "minItems": 2}}`},
	{"contains", `{"Root": {"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 900}, "minContains": 2, "minItems": 3}}`},
	{"unique", `{"Root": {"type": "array", "uniqueItems": true, "minItems": 3, "items": {"enum": ["a", "b", "c"]}}}`},
	{"unique booleans and more", `{"Root": {"type": "array", "uniqueItems": true, "minItems": 2, "items": {"type": "boolean"}}}`},
	{"unique with an example", `{"Root": {"type": "array", "uniqueItems": true, "minItems": 3, "items": {"type": "string", "example": "x"}}}`},
	{"a map", `{"Root": {"type": "object", "additionalProperties": {"type": "integer"}}}`},
	{"a map with names", `{"Root": {"type": "object", "minProperties": 3, "propertyNames": {"pattern": "^k[0-9]{2}$"}, "additionalProperties": {"type": "boolean"}}}`},
	{"patterns of names", `{"Root": {"type": "object", "minProperties": 1, "additionalProperties": false, "patternProperties": {"^x-[a-z]{3}$": {"type": "integer"}}}}`},
	{"few members", `{"Root": {"type": "object", "maxProperties": 2, "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}}}}`},
	{"what needs what", `{"Root": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}}, "dependentRequired": {"a": ["b"], "b": ["d"]}, "required": ["a"]}}`},
	{"a schema that depends", `{"Root": {"type": "object", "properties": {"card": {"type": "string"}, "address": {"type": "string"}}, "dependentSchemas": {"card": {"required": ["address"], "properties": {"address": {"minLength": 30}}}}}}`},
	{"if then else", `{"Root": {"type": "object", "required": ["country", "zip"], "properties": {"country": {"enum": ["CN", "US"]}, "zip": {"type": "string"}}, "if": {"properties": {"country": {"const": "CN"}}}, "then": {"properties": {"zip": {"pattern": "^[0-9]{6}$"}}}, "else": {"properties": {"zip": {"pattern": "^[0-9]{5}$"}}}}}`},
	{"not a value", `{"Root": {"type": "string", "enum": ["a", "b"], "not": {"const": "a"}}}`},
	{"not both", `{"Root": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "not": {"required": ["a", "b"]}}}`},
	{"not a type", `{"Root": {"not": {"type": ["string", "object", "array", "null", "boolean"]}}}`},
	{"one of required", `{"Root": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}}`},
	{"one of overlapping numbers", `{"Root": {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]}}`},
	{"any of with siblings", `{"Root": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}, "anyOf": [{"properties": {"id": {"minimum": 5000}}}, {"required": ["name"], "properties": {"name": {"type": "string"}}}]}}`},
	{"unevaluated", `{"Root": {"allOf": [{"$ref": "#/components/schemas/A"}], "properties": {"b": {"type": "string"}}, "unevaluatedProperties": false}, "A": {"type": "object", "properties": {"a": {"type": "string"}}}}`},
	{"JSON in a text", `{"Root": {"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}}}`},
	{"an example in the way", `{"Root": {"type": "object", "example": {"n": "no number"}, "properties": {"n": {"type": "integer", "example": 1.5}}, "required": ["n"]}}`},
	{"every format", `{"Root": {"type": "object", "required": [` + quoted(fake.Formats()) + `], "properties": {` + everyFormat() + `}}}`},
	{"recursion by reference only", `{"Root": {"$ref": "#/components/schemas/A"}, "A": {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}}, "B": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/A"}}}}`},
	{"long", `{"Root": {"type": "string", "minLength": 3000}}`},
	{"optional that cannot be", `{"Root": {"type": "object", "properties": {"a": false, "b": {"type": "string"}, "c": {"type": "integer", "minimum": 5, "maximum": 4}}}}`},
}

func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }

func everyFormat() string {
	var all []string
	for _, name := range fake.Formats() {
		all = append(all, fmt.Sprintf(`%q: {"type": "string", "format": %q}`, name, name))
	}
	return strings.Join(all, ", ")
}

func TestHardSchemas(t *testing.T) {
	t.Parallel()
	for _, h := range hard {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			c := contract(t, h.schemas)
			set := schema.NewSet(c)
			g := generate.New(c, set)
			s, err := set.Compile(root)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 12 {
				v, err := g.Value(root, fake.New(int64(i)), generate.Options{Dynamic: i%2 == 0, Optional: generate.Optional(i % 3)})
				if err != nil {
					t.Fatal(err)
				}
				if violations := s.Validate(v); len(violations) > 0 {
					t.Fatalf("%v: %v", v, violations)
				}
				if i < 3 {
					text, _ := json.Marshal(v)
					t.Logf("%.300s", text)
				}
			}
			judgeCases(t, g, s, root, generate.Options{})
			valid, err := g.Value(root, fake.New(1), generate.Options{Optional: generate.All})
			if err == nil {
				judgeBroken(t, g, s, root, valid, generate.Options{})
			}
		})
	}
}
