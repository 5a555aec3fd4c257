package diagnosis_test

import (
	"encoding/json"
	"strings"
	"testing"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// everyKeyword has a schema for each thing that a schema can find.
const everyKeyword = `openapi: 3.1.0
info: {title: t, version: "1"}
paths: {/a: {get: {operationId: a, responses: {"204": {description: ok}}}}}
components:
  schemas:
    All:
      type: object
      required: [gone]
      additionalProperties: false
      properties:
        gone: {type: string}
        type: {type: [string, "null"]}
        integer: {type: integer}
        kind: {type: boolean}
        enum: {enum: [a, b]}
        short: {type: string, minLength: 3}
        long: {type: string, maxLength: 1}
        small: {type: number, minimum: 5}
        large: {type: number, maximum: 5}
        few: {type: array, minItems: 1}
        many: {type: array, maxItems: 0}
        multiple: {type: number, multipleOf: 2}
    Rest:
      type: object
      properties:
        above: {type: number, exclusiveMinimum: 5}
        below: {type: number, exclusiveMaximum: 5}
        unique: {type: array, uniqueItems: true}
        beside: {type: object, dependentRequired: {a: [b]}}
        names: {type: object, propertyNames: {maxLength: 1}}
        contains: {type: array, contains: {const: 1}}
        enough: {type: array, contains: {const: 1}, minContains: 2}
        excess: {type: array, contains: {const: 1}, maxContains: 1}
        poor: {type: object, minProperties: 1}
        rich: {type: object, maxProperties: 0}
        other: {not: {type: number}}
        either: {anyOf: [{type: object, required: [a]}, {type: array, minItems: 2}]}
        both: {oneOf: [{minimum: 1, title: A}, {maximum: 5, title: B}]}
        never: false
        tail: {type: array, prefixItems: [{type: number}], items: false}
        kind: {oneOf: [{$ref: "#/components/schemas/All"}], discriminator: {propertyName: type}}
        long: {enum: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39"]}
        closed: {type: object, unevaluatedProperties: false}
`

// TestFindingsOfASchemaSpeakChinese holds every phrase of a schema's findings to being translated: none keeps an English
// word.
func TestFindingsOfASchemaSpeakChinese(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("all", "all.yaml", []byte(everyKeyword))
	if err != nil {
		t.Fatal(err)
	}
	one := func(literal string) json.Number { return json.Number(literal) }
	speaksChinese(t, c, "Rest", map[string]any{
		"above": one("5"), "below": one("5"), "unique": []any{one("1"), one("1")}, "beside": map[string]any{"a": one("1")}, "names": map[string]any{"ab": one("1")},
		"contains": []any{}, "enough": []any{one("1")}, "excess": []any{one("1"), one("1")}, "poor": map[string]any{}, "rich": map[string]any{"a": one("1")},
		"other": one("1"), "either": true, "both": one("3"), "never": one("1"), "tail": []any{one("1"), one("2")}, "kind": map[string]any{}, "long": "x",
		"closed": map[string]any{"a": one("1")},
	}, 0)
	speaksChinese(t, c, "All", map[string]any{
		"other": "x", "type": json.Number("1"), "integer": "abc", "kind": map[string]any{}, "enum": json.Number("1234567"), "short": "a", "long": "abc",
		"small": json.Number("1"), "large": json.Number("9"), "few": []any{}, "many": []any{"a"}, "multiple": json.Number("3"),
	}, 1)
}

// speaksChinese judges a value that breaks one rule in each member, and as many more.
func speaksChinese(t *testing.T, c *specs.Contract, name string, value map[string]any, more int) {
	t.Helper()
	compiled, err := schema.NewSet(c).Compile("/components/schemas/" + name)
	if err != nil {
		t.Fatal(err)
	}
	violations := compiled.Validate(value)
	if len(violations) != len(value)+more {
		t.Fatalf("%d violations of %d: %+v", len(violations), len(value)+more, violations)
	}
	for _, v := range violations {
		d := diagnosis.New("violates-contract")
		d.Findings = []diagnosis.Finding{{In: "body", Pointer: "/", Expected: v.Expected, Got: v.Got}}
		text := d.Text("zh")
		for _, english := range []string{"text", "number", "object", "list", "least", "most", "one of", "value", "absent", "present", "member", "string", "integer", "boolean", " or ", "contract", "alternative", "element", "fit", "name", "than", "multiple", " and ", "side"} {
			if strings.Contains(text, english) {
				t.Errorf("%s keeps %q: %s (%q, %q)", v.Keyword, english, text, v.Expected, v.Got)
			}
		}
		if !strings.Contains(text, "正文") {
			t.Errorf("%s does not say where: %s", v.Keyword, text)
		}
	}
}
