package specs_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestDialect gives schemas of OpenAPI 3.0 and what they mean in 3.1.
func TestDialect(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, schema, want string }{
		{"nothing to do", "{type: string, maxLength: 3}", `{"maxLength":3,"type":"string"}`},
		{"nullable", "{type: string, nullable: true, example: a}", `{"example":"a","type":["string","null"]}`},
		{"not nullable", "{type: string, nullable: false}", `{"type":"string"}`},
		{"nullable without a type", "{nullable: true, description: d}", `{"description":"d"}`},
		{"nullable enum", "{type: string, enum: [a, b], nullable: true}", `{"enum":["a","b",null],"type":["string","null"]}`},
		{"nullable enum with null", "{type: string, enum: [a, null], nullable: true}", `{"enum":["a",null],"type":["string","null"]}`},
		{"nullable reference", "{$ref: '#/components/schemas/A', nullable: true, description: d}", `{"anyOf":[{"$ref":"#/components/schemas/A"},{"type":"null"}],"description":"d"}`},
		{"nullable allOf", "{allOf: [{$ref: '#/components/schemas/A'}], nullable: true, readOnly: true}", `{"anyOf":[{"allOf":[{"$ref":"#/components/schemas/A"}]},{"type":"null"}],"readOnly":true}`},
		{"nullable allOf and anyOf", "{allOf: [{type: object}], anyOf: [{type: object}], nullable: true}", `{"allOf":[{"anyOf":[{"allOf":[{"type":"object"}]},{"type":"null"}]}],"anyOf":[{"type":"object"},{"type":"null"}]}`},
		{"nullable oneOf", "{oneOf: [{type: string}, {$ref: '#/components/schemas/A'}], discriminator: {propertyName: k}, nullable: true}", `{"discriminator":{"propertyName":"k"},"oneOf":[{"type":"string"},{"$ref":"#/components/schemas/A"},{"type":"null"}]}`},
		{"nullable oneOf of nullables", "{oneOf: [{type: string}, {$ref: '#/components/schemas/N'}], nullable: true}", `{"oneOf":[{"type":"string"},{"$ref":"#/components/schemas/N"}]}`},
		{"exclusive bounds", "{minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}", `{"exclusiveMinimum":1,"maximum":9}`},
		{"exclusive bound of nothing", "{exclusiveMinimum: true}", `{}`},
		{"exclusive bound of 3.1", "{exclusiveMinimum: 4}", `{"exclusiveMinimum":4}`},
		{"beside a reference", "{$ref: '#/components/schemas/A', maxLength: 3, title: t, x-y: 1}", `{"$ref":"#/components/schemas/A","title":"t","x-y":1}`},
		{"a flag for a list", "{type: string, required: true}", `{"type":"string"}`},
		{"a type that is none", "{type: ref, description: d}", `{"description":"d"}`},
		{"a type in capitals", "{type: String, nullable: true}", `{"type":["string","null"]}`},
		{"below", "{type: array, items: {type: object, additionalProperties: {not: {nullable: true, type: integer}}}}", `{"items":{"additionalProperties":{"not":{"type":["integer","null"]}},"type":"object"},"type":"array"}`},
		{"a property of the name", "{properties: {nullable: {type: boolean}, $ref: {type: string, nullable: true}}}", `{"properties":{"$ref":{"type":["string","null"]},"nullable":{"type":"boolean"}}}`},
		{"data", "{default: {nullable: true, exclusiveMinimum: true}, enum: [{nullable: true}]}", `{"default":{"exclusiveMinimum":true,"nullable":true},"enum":[{"nullable":true}]}`},
	}
	for _, tt := range tests {
		document := small + "components:\n  schemas:\n    A: {type: object}\n    N: {type: object, nullable: true}\n    S: " + tt.schema + "\n"
		c, _ := mustRead(t, map[string]string{"a.yaml": document})
		v, _ := c.Value("/components/schemas/S")
		got, err := json.Marshal(v)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s:\n got %s %v\nwant %s", tt.name, got, err, tt.want)
		}
		visitAll(c, "/components/schemas/S", func(pointer string) {
			if at := c.Position(pointer); at.Line != 11 || at.Column == 0 {
				t.Errorf("%s: %s stands at %s:%d", tt.name, pointer, at, at.Column)
			}
		})
		modern, _ := mustRead(t, map[string]string{"a.yaml": strings.Replace(document, "3.0.3", "3.1.0", 1)})
		if v, _ := modern.Value("/components/schemas/N"); v.(map[string]any)["nullable"] != true {
			t.Errorf("a document of 3.1 was changed: %v", v)
		}
	}
}

// TestDialectEverywhere changes schemas wherever they stand, and in what several operations share.
func TestDialectEverywhere(t *testing.T) {
	t.Parallel()
	const s = "{type: string, nullable: true}"
	c, _ := mustRead(t, map[string]string{"a.yaml": `openapi: 3.0.3
info: {title: everywhere, version: "1"}
paths:
  /a:
    parameters: [{name: a, in: query, schema: ` + s + `}, {name: b, in: query, content: {text/plain: {schema: ` + s + `}}}]
    post:
      requestBody: {content: {text/plain: {schema: ` + s + `, encoding: {a: {headers: {H: {schema: ` + s + `}}}}}}}
      callbacks: {c: {'{$url}': {post: {requestBody: {content: {text/plain: {schema: ` + s + `}}}, responses: {"200": {description: d}}}}}}
      responses: {"200": {description: d, headers: {H: {schema: ` + s + `}}, content: {text/plain: {schema: ` + s + `}}}}
components:
  schemas: {S: ` + s + `}
  parameters: {P: {name: p, in: query, schema: ` + s + `}}
  headers: {H: {schema: ` + s + `}}
  requestBodies: {B: {content: {text/plain: {schema: ` + s + `}}}}
  responses: {R: {description: d, content: {text/plain: {schema: ` + s + `}}}}
`})
	count := 0
	visitAll(c, "", func(pointer string) {
		switch pointer[strings.LastIndexByte(pointer, '/')+1:] {
		case "nullable":
			t.Errorf("%s was left", pointer)
		case "type":
			count++
			if v, _ := c.Value(pointer); len(v.([]any)) != 2 {
				t.Errorf("%s is %v", pointer, v)
			}
		}
	})
	if count != 12 {
		t.Errorf("there are %d schemas", count)
	}
}

// TestAliases expands what YAML lets a document say once.
func TestAliases(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": `openapi: 3.0.3
x-base: &base {type: object, description: base}
x-reply: &reply
  description: fine
  content: {application/json: {schema: &pet {type: object, nullable: true}}}
info: {title: aliases, version: "1"}
paths:
  /a:
    get: {responses: {"200": *reply}}
    put: {responses: {"200": {<<: *reply, description: other}}}
components:
  schemas:
    Pet: *pet
    Cat: {<<: [{title: t}, *base], description: cat, title: cat}
`})
	if len(c.Operations) != 2 || len(c.Operations[1].Responses) != 1 || len(c.Operations[1].Responses[0].Content) != 1 {
		t.Fatalf("operations %+v", c.Operations)
	}
	cat, _ := c.Value("/components/schemas/Cat")
	got, err := json.Marshal(cat)
	if want := `{"description":"cat","title":"cat","type":"object"}`; err != nil || string(got) != want {
		t.Errorf("the cat is %s, want %s", got, want)
	}
	if text1(c, "/paths/~1a/put/responses/200/description") != "other" {
		t.Error("a merge took the place of what the object says itself")
	}
	for _, pointer := range []string{"/components/schemas/Pet/type", c.Operations[0].Responses[0].Content[0].Schema + "/type"} {
		if v, _ := c.Value(pointer); len(v.([]any)) != 2 || c.Position(pointer).Line != 5 {
			t.Errorf("%s is %v at %s", pointer, v, c.Position(pointer))
		}
	}
}
