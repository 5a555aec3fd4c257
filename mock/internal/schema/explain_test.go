package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/specs"
)

// Every keyword says what it expected and what it got.
func TestEveryKeywordTells(t *testing.T) {
	t.Parallel()
	tests := []struct{ schema, v, pointer, keyword, expected, got string }{
		{"{multipleOf: 0.1}", `0.25`, "", "multipleOf", "a multiple of 0.1", "the number 0.25"},
		{"{minimum: 0.1}", `0`, "", "minimum", "at least 0.1", "the number 0"},
		{"{exclusiveMinimum: 1}", `1`, "", "exclusiveMinimum", "more than 1", "the number 1"},
		{"{exclusiveMaximum: 1e3}", `1000`, "", "exclusiveMaximum", "less than 1e3", "the number 1000"},
		{"{uniqueItems: true}", `[1,2,1]`, "/2", "uniqueItems", "no element twice", "the same as element 0"},
		{"{contains: {type: integer}}", `["a"]`, "", "contains", "at least 1 elements that fit", "a list of 1 elements"},
		{"{contains: {type: integer}, minContains: 2}", `[1,"a"]`, "", "minContains", "at least 2 elements that fit", "1 elements that fit"},
		{"{contains: {type: integer}, maxContains: 1}", `[1,2]`, "", "maxContains", "at most 1 elements that fit", "2 elements that fit"},
		{"{prefixItems: [{type: integer}], items: false}", `[1,2]`, "/1", "items", "no further element", "present"},
		{"{prefixItems: [{type: integer}], unevaluatedItems: false}", `[1,2]`, "/1", "unevaluatedItems", "no further element", "present"},
		{"{minProperties: 1}", `{}`, "", "minProperties", "at least 1 members", "an object of 0 members"},
		{"{maxProperties: 1}", `{"a":1,"b":2}`, "", "maxProperties", "at most 1 members", "an object of 2 members"},
		{"{propertyNames: {pattern: '^x'}}", `{"secret":1}`, "/secret", "propertyNames", "another name", "a name of 6 characters"},
		{"{dependentRequired: {a: [b]}}", `{"a":1}`, "/b", "dependentRequired", "a value beside a", "absent"},
		{"{allOf: [{properties: {a: {type: integer}}}], unevaluatedProperties: false}", `{"a":1,"b":2}`, "/b", "unevaluatedProperties", "no such member", "present"},
		{"{properties: {a: false}}", `{"a":1}`, "/a", "properties", "no value", "present"},
		{"{not: {type: string}}", `"secret"`, "", "not", "a value that the schema under not does not take", "a text of 6 characters"},
		{"{if: {type: string}, then: {minLength: 9}}", `"secret"`, "", "minLength", "at least 9 characters", "a text of 6 characters"},
		{"{const: {a: 1}}", `2`, "", "const", "map[a:1]", "the number 2"},
		{"{anyOf: [{type: string}, {type: integer}]}", `true`, "", "type", "integer or string", "true"},
		{"{anyOf: [{const: a}, {const: b}]}", `"secret"`, "", "enum", "one of [a b]", "a text of 6 characters"},
		{"{oneOf: [{enum: [a, b]}, {const: c}]}", `"d"`, "", "enum", "one of [a b c]", "a text of 1 characters"},
		{"{anyOf: [{type: object, properties: {a: {type: integer}}}, {type: 'null'}]}", `{"a":"x"}`, "/a", "type", "integer", "a text of 1 characters"},
		{"{anyOf: [{type: 'null'}, {type: object, properties: {a: {type: integer}, b: {enum: [x]}}}]}", `{"a":1,"b":"y"}`, "/b", "enum", "one of [x]", "a text of 1 characters"},
		{"{anyOf: [{type: array}, {type: object, properties: {a: {type: object, required: [c]}}}]}", `{"a":{}}`, "/a/c", "required", "a value", "absent"},
		{"{oneOf: [{type: object, required: [k], properties: {k: {const: a}, n: {type: integer}}}, {type: object, required: [k], properties: {k: {const: b}, s: {type: string}}}]}", `{"k":"b","s":1}`, "/s", "type", "string", "the number 1"},
		{"{oneOf: [{title: Small, maximum: 5}, {title: Even, multipleOf: 2}]}", `4`, "", "oneOf", "exactly one of the alternatives", "Small and Even both fit"},
		{"{oneOf: [{maximum: 5}, {multipleOf: 2}]}", `4`, "", "oneOf", "exactly one of the alternatives", "alternative 1 and alternative 2 both fit"},
		{"{enum: [" + strings.Repeat("x, ", 39) + "y]}", `"z"`, "", "enum", "one of [" + strings.TrimSpace(strings.Repeat("x ", 30)) + "] and 10 more", "a text of 1 characters"},
	}
	for _, tt := range tests {
		list := compiled(t, "X: "+tt.schema).Validate(decoded(t, tt.v))
		if len(list) != 1 {
			t.Errorf("%s on %s: %d violations, want 1: %+v", tt.schema, tt.v, len(list), list)
			continue
		}
		v := list[0]
		if v.Pointer != tt.pointer || v.Keyword != tt.keyword || v.Expected != tt.expected || v.Got != tt.got {
			t.Errorf("%s on %s:\n got %q %q %q %q\nwant %q %q %q %q", tt.schema, tt.v, v.Pointer, v.Keyword, v.Expected, v.Got, tt.pointer, tt.keyword, tt.expected, tt.got)
		}
		if v.Schema == "" || v.At.Line < firstLine {
			t.Errorf("%s on %s does not say where: %+v", tt.schema, tt.v, v)
		}
	}
}

const pets = `
X:
  type: object
  properties:
    pet: {$ref: '#/components/schemas/Pet'}
    named: {$ref: '#/components/schemas/Named'}
Pet:
  oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
  discriminator: {propertyName: kind, mapping: {meow: '#/components/schemas/Cat', woof: Dog, hound: '#/components/schemas/Dog'}}
Named:
  anyOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
  discriminator: {propertyName: kind}
Cat: {type: object, required: [kind, lives], properties: {kind: {type: string}, lives: {type: integer}, fur: {type: string}}}
Dog: {type: object, required: [kind, bark], properties: {kind: {type: string}, bark: {type: string, minLength: 2}, age: {type: integer}}}
`

func TestDiscriminatorTells(t *testing.T) {
	t.Parallel()
	s := compiled(t, pets)
	tests := []struct {
		v    string
		want []string // pointer keyword expected, got
	}{
		{`{"pet":{"kind":"meow","lives":9}}`, nil},
		{`{"pet":{"lives":"many"}}`, []string{"/pet/kind discriminator one of [meow hound woof], absent"}},
		{`{"pet":{"kind":"cow"}}`, []string{"/pet/kind discriminator one of [meow hound woof], a text of 3 characters"}},
		{`{"pet":{"kind":1}}`, []string{"/pet/kind discriminator one of [meow hound woof], the number 1"}},
		{`{"pet":{"kind":"meow","lives":"x"}}`, []string{"/pet/lives type integer, a text of 1 characters"}},
		{`{"pet":{"kind":"hound","age":"x"}}`, []string{"/pet/age type integer, a text of 1 characters", "/pet/bark required a value, absent"}},
		{`{"pet":{"kind":"Dog"}}`, []string{"/pet/bark required a value, absent"}},
		{`{"pet":"x"}`, []string{"/pet type object, a text of 1 characters"}},
		{`{"named":{"kind":"meow"}}`, []string{"/named/kind discriminator one of [Cat Dog], a text of 4 characters"}},
		{`{"named":{"kind":"Dog","bark":"w"}}`, []string{"/named/bark minLength at least 2 characters, a text of 1 characters"}},
	}
	for _, tt := range tests {
		var got []string
		for _, v := range s.Validate(decoded(t, tt.v)) {
			got = append(got, fmt.Sprintf("%s %s %s, %s", v.Pointer, v.Keyword, v.Expected, v.Got))
			if missing := v.Got == "absent"; v.Missing() != missing {
				t.Errorf("%s: Missing = %v of %+v", tt.v, v.Missing(), v)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n got %q\nwant %q", tt.v, got, tt.want)
		}
	}
	text, err := s.AppendJSON(nil, decoded(t, `{"pet":{"bark":"wow","age":1,"kind":"hound","fur":"x"}}`), Plain)
	if want := `{"pet":{"kind":"hound","bark":"wow","age":1,"fur":"x"}}`; err != nil || string(text) != want {
		t.Errorf("written %s, %v, want %s", text, err, want)
	}
}

// foreign compiles the component X of a document that somebody else wrote.
func foreign(tb testing.TB, schemas string) *Schema {
	tb.Helper()
	c, err := specs.Parse("test", "test.yaml", []byte("openapi: 3.1.0\ninfo: {title: Test, version: \"1\"}\npaths: {/x: {get: {responses: {'200': {description: ok}}}}}\ncomponents:\n  schemas:\n    "+schemas+"\n"))
	if err != nil {
		tb.Fatal(err)
	}
	return component(tb, NewSet(c), "X")
}

// Patterns that Go's own engine does not know.
func TestPatterns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern   string
		good, bad []string
	}{
		{`^(?=.*[0-9])(?=.*[a-z]).{4,}$`, []string{"abc1"}, []string{"abcd", "1234", "a1"}},
		{`^(?!admin)[a-z]+$`, []string{"user"}, []string{"admin1", "administrator"}},
		{`^(a|b)\1$`, []string{"aa", "bb"}, []string{"ab"}},
		{`^\u4f53+$`, []string{"体体"}, []string{"检"}},
		{`(?<=x)y`, []string{"xy"}, []string{"zy"}},
		{`^\p{L}+$`, []string{"体检"}, []string{"1"}},
		{`^(?>a+)b$`, []string{"aab"}, []string{"aa"}},
	}
	for _, tt := range tests {
		s := foreign(t, "X: {type: object, properties: {p: {type: string, pattern: '"+tt.pattern+"'}}}")
		for _, text := range tt.good {
			if list := s.Validate(map[string]any{"p": text}); len(list) > 0 {
				t.Errorf("%s refuses %s: %+v", tt.pattern, text, list)
			}
		}
		for _, text := range tt.bad {
			list := s.Validate(map[string]any{"p": text})
			if len(list) != 1 || list[0].Keyword != "pattern" || list[0].Expected != tt.pattern {
				t.Errorf("%s takes %s: %+v", tt.pattern, text, list)
			}
		}
	}
}

// A pattern that would take an age is given up.
func TestSlowPatternIsGivenUp(t *testing.T) {
	t.Parallel()
	s := foreign(t, `X: {type: string, pattern: '^(?=a)(a+)+$'}`)
	start := time.Now()
	list := s.Validate(strings.Repeat("a", 60) + "!")
	if len(list) != 1 || list[0].Keyword != "pattern" {
		t.Errorf("violations %+v", list)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Examples, defaults and whatever else is no rule may hold what looks like one.
func TestAnnotationsAreNoRules(t *testing.T) {
	t.Parallel()
	s := foreign(t, `X: {type: object, $schema: 'http://json-schema.org/draft-07/schema#', $id: 'https://example.com/x', properties: {$ref: {type: string}, a: {const: {$ref: '#/nowhere'}, default: {$ref: '#/nowhere'}, example: {type: 5}, examples: {x: 1}, x-more: {$ref: '#/nowhere'}}}}`)
	if list := s.Validate(decoded(t, `{"$ref":"x","a":{"$ref":"#/nowhere"}}`)); list != nil {
		t.Errorf("violations %+v", list)
	}
	if list := s.Validate(decoded(t, `{"$ref":1}`)); len(list) != 1 {
		t.Errorf("a property named $ref is not held to its schema: %+v", list)
	}
}

// TestDiscriminatorDecidesBetweenSeveral: open alternatives of one family fit each other's values, and the discriminator
// says which one is meant.
func TestDiscriminatorDecidesBetweenSeveral(t *testing.T) {
	t.Parallel()
	const family = `
X: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]%s}
Cat: {type: object, required: [kind], properties: {kind: {type: string}, lives: {type: integer}}}
Dog: {type: object, required: [kind], properties: {kind: {type: string}, bark: {type: string}}}`
	const said = ", discriminator: {propertyName: kind}"
	for discriminator, want := range map[string]int{"": 1, said: 0} {
		if found := compiled(t, fmt.Sprintf(family, discriminator)).Validate(decoded(t, `{"kind":"Cat"}`)); len(found) != want {
			t.Errorf("%q: %v", discriminator, found)
		}
	}
	found := compiled(t, fmt.Sprintf(family, said)).Validate(decoded(t, `{"kind":"Cat","lives":"many","bark":1}`))
	if len(found) != 1 || found[0].Pointer != "/lives" || found[0].Keyword != "type" {
		t.Errorf("%v", found)
	}
}
