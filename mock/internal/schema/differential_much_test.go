package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// TestOnePassOverMuch: what is done element by element and member by member does not wear off over thousands of them.
func TestOnePassOverMuch(t *testing.T) {
	t.Parallel()
	const many = 3000
	list := func(one func(i int) string) string {
		var b strings.Builder
		for i := range many {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(one(i))
		}
		return b.String()
	}
	items := func(one func(i int) string, last ...string) string {
		return "[" + strings.Join(append([]string{list(one)}, last...), ",") + "]"
	}
	members := func(one func(i int) string, last ...string) string {
		return "{" + strings.Join(append([]string{list(func(i int) string { return fmt.Sprintf(`"m%d":%s`, i, one(i)) })}, last...), ",") + "}"
	}
	whole := func(i int) string { return fmt.Sprint(i) }
	pair := func(i int) string { return fmt.Sprintf(`{"a":%d,"b":"%d"}`, i, i) }
	point := func(i int) string { return fmt.Sprintf("%d.0", i) }
	var wide, properties strings.Builder
	for i := range 200 {
		fmt.Fprintf(&properties, "m%d: {type: integer}, ", i)
		fmt.Fprintf(&wide, `"m%d":%d,`, 199-i, i)
	}
	for _, tt := range []struct {
		schema, body string
		ok           bool
	}{
		{"{type: object}", members(whole), true},
		{"{type: object}", members(whole, `"m7":1`), false},
		{"{type: object}", members(whole, `"\u006d2999":1`), false},
		{"{type: object, additionalProperties: {type: integer}, maxProperties: 3000}", members(whole), true},
		{"{type: object, additionalProperties: {type: integer}, maxProperties: 2999}", members(whole), false},
		{"{type: object, additionalProperties: {type: integer}}", members(whole, `"x":"y"`), false},
		{"{type: object, properties: {m5: {type: integer}, m2999: {type: integer}}, required: [m5, m2999]}", members(whole), true},
		{"{type: object, propertyNames: {pattern: '^m[0-9]+$'}, patternProperties: {'9$': {multipleOf: 1}}}", members(whole), true},
		{"{type: object, properties: {" + properties.String() + "}, required: [m0, m64, m199], additionalProperties: false}", "{" + strings.TrimSuffix(wide.String(), ",") + "}", true},
		{"{type: object, properties: {" + properties.String() + "}, required: [m0, m64, m199]}", "{" + wide.String() + `"m64":1}`, false},
		{"{type: object, properties: {" + properties.String() + "}, required: [m0, m64, absent]}", "{" + strings.TrimSuffix(wide.String(), ",") + "}", false},
		{"{type: array, items: {type: integer}, uniqueItems: true}", items(whole), true},
		{"{type: array, items: {type: integer}, uniqueItems: true}", items(whole, "17"), false},
		{"{type: array, items: {type: number}, uniqueItems: true}", items(whole, "17.0"), false},
		{"{type: array, items: {type: number}, uniqueItems: true}", items(point), true},
		{"{type: array, uniqueItems: true}", items(pair), true},
		{"{type: array, uniqueItems: true}", items(pair, `{"b":"17","a":17.0}`), false},
		{"{type: array, items: {type: array, items: {type: integer}, uniqueItems: true}}", items(func(i int) string { return fmt.Sprintf("[%d,%d]", i, i+1) }), true},
		{"{type: array, items: {allOf: [{type: object, required: [a]}, {properties: {b: {type: string}}, required: [b]}]}}", items(pair), true},
		{"{type: array, items: {anyOf: [{allOf: [{type: string}, {minLength: 3}]}, {type: integer}]}}", items(whole), true},
		{"{type: array, items: {anyOf: [{allOf: [{type: object, required: [a]}, {required: [c]}]}, {allOf: [{required: [a]}, {required: [b]}]}]}}", items(pair), true},
		{"{type: array, items: {oneOf: [{type: object, required: [a], not: {required: [b]}}, {type: object, required: [a, b]}]}}", items(pair), true},
		{"{type: array, items: {if: {required: [c]}, then: {required: [d]}, else: {required: [a]}}}", items(pair), true},
		{"{type: array, items: {not: {allOf: [{required: [a]}, {required: [c]}]}}}", items(pair), true},
		{"{type: array, items: {anyOf: [{type: object, properties: {a: {not: {type: integer}}}}, {type: object, properties: {a: {allOf: [{minimum: 0}, {type: integer}]}}}]}}", items(pair), true},
		{"{type: array, contains: {type: string}, minContains: 1, maxContains: 1}", items(whole, `"x"`), true},
		{"{type: array, contains: {allOf: [{type: string}, {minLength: 1}]}, maxContains: 1}", items(whole, `"x"`, `"y"`), false},
		{"{type: array, items: {type: integer}, maxItems: 3000}", items(whole), true},
		{"{type: array, items: {type: integer}, maxItems: 3000}", items(whole, "1"), false},
		{"{type: array, items: {type: object, properties: {a: {type: integer}, b: {type: string, maxLength: 4}}, additionalProperties: false}}", items(pair), true},
		{"{type: array, items: {type: object, dependentRequired: {a: [b]}, dependentSchemas: {b: {properties: {a: {minimum: 0}}}}}}", items(pair), true},
		{"{type: array, items: {$ref: '#/components/schemas/X'}}", "[" + strings.Repeat("[],", many) + "[[[]]]]", true},
	} {
		s := of(t, tt.schema)
		text := []byte(tt.body)
		if slowly(s.schema, text, schema.Syntax{}) != tt.ok {
			t.Errorf("%s: %s: the test is wrong", tt.schema, shown(text[:min(len(text), 80)]))
		}
		if wrong := verdict(s.schema, text, schema.Syntax{}); wrong != "" {
			t.Errorf("%s: %s", tt.schema, wrong)
		}
		if wrong := verdict(s.schema, text, schema.Syntax{JSONOptions: wire.JSONOptions{DuplicateNames: true}}); wrong != "" {
			t.Errorf("%s: with names allowed twice: %s", tt.schema, wrong)
		}
	}
}
