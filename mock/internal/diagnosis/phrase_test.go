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
paths: {}
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
`

// TestFindingsOfASchemaSpeakChinese holds every phrase of a schema's findings to being translated: none keeps an English
// word.
func TestFindingsOfASchemaSpeakChinese(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("all", "all.yaml", []byte(everyKeyword))
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := schema.NewSet(c).Compile("/components/schemas/All")
	if err != nil {
		t.Fatal(err)
	}
	value := map[string]any{
		"other": "x", "type": json.Number("1"), "integer": "abc", "kind": map[string]any{}, "enum": json.Number("1234567"), "short": "a", "long": "abc",
		"small": json.Number("1"), "large": json.Number("9"), "few": []any{}, "many": []any{"a"}, "multiple": json.Number("3"),
	}
	violations := compiled.Validate(value)
	if len(violations) != len(value)+1 {
		t.Fatalf("%d violations of %d", len(violations), len(value)+1)
	}
	for _, v := range violations {
		d := diagnosis.New("violates-contract")
		d.Findings = []diagnosis.Finding{{In: "body", Pointer: "/", Expected: v.Expected, Got: v.Got}}
		text := d.Text("zh")
		for _, english := range []string{"text", "number", "object", "list", "least", "most", "one of", "value", "absent", "present", "member", "string", "integer", "boolean", " or ", "contract"} {
			if strings.Contains(text, english) {
				t.Errorf("%s keeps %q: %s (%q, %q)", v.Keyword, english, text, v.Expected, v.Got)
			}
		}
		if !strings.Contains(text, "正文") {
			t.Errorf("%s does not say where: %s", v.Keyword, text)
		}
	}
}
