package schema

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/value"
)

var (
	instant = time.Date(2025, 12, 31, 16, 30, 0, 123_456_789, time.UTC) // half past midnight in China
	day     = value.Day{Year: 2026, Month: time.January, Day: 2}
)

// The closed list, each conversion in each direction, and what is not on it.
func TestConversions(t *testing.T) {
	t.Parallel()
	record := func(v any) value.Record { return value.Record{"a": v} }
	list := func(v ...any) value.List { return v }
	tests := []struct {
		name, schema string
		v            any
		want         string // "" stands for a refusal
	}{
		{"text", "{type: string}", "甲", `"甲"`},
		{"whole", "{type: integer}", 7, `7`},
		{"whole 64", "{type: integer}", int64(-7), `-7`},
		{"number", "{type: number}", json.Number("2881.00"), `2881.00`},
		{"boolean", "{type: boolean}", true, `true`},

		{"number to text", "{type: string}", json.Number("2881.00"), `"2881.00"`},
		{"whole to text", "{type: string}", 7, `"7"`},
		{"text to number", "{type: number}", "2881.00", `2881.00`},
		{"text to whole", "{type: integer}", "-12", `-12`},
		{"the first type is written", "{type: [string, integer]}", 7, `"7"`},
		{"the first type is written, other way round", "{type: [integer, string]}", "7", `7`},
		{"the first type that fits is written", "{type: [integer, string]}", "x7", `"x7"`},
		{"fraction to whole", "{type: integer}", json.Number("1.5"), ""},
		{"exponent to whole", "{type: integer}", json.Number("1e3"), ""},
		{"text fraction to whole", "{type: integer}", "1.5", ""},
		{"text that is no number", "{type: integer}", "12a", ""},
		{"text with a leading zero", "{type: integer}", "012", ""},
		{"text with a plus", "{type: integer}", "+12", ""},
		{"text with a space", "{type: number}", "12 ", ""},
		{"hex", "{type: number}", "0x1f", ""},
		{"a number that is none", "{type: number}", json.Number("abc"), ""},
		{"an empty number", "{type: number}", json.Number(""), ""},
		{"a number that is none as text", "{type: string}", json.Number("-"), ""},
		{"a binary fraction", "{type: number}", 1.5, ""},
		{"boolean to text", "{type: string}", true, ""},
		{"boolean to number", "{type: integer}", true, ""},
		{"text to boolean", "{type: boolean}", "true", ""},
		{"number to boolean", "{type: boolean}", 1, ""},

		{"instant to millis", "{type: integer}", instant, `1767198600123`},
		{"instant to text", "{type: string}", instant, `"2026-01-01T00:30:00+08:00"`},
		{"instant to date-time", "{type: string, format: date-time}", instant, `"2026-01-01T00:30:00+08:00"`},
		{"instant to cn-date-time", "{type: string, format: cn-date-time}", instant, `"2026-01-01 00:30:00"`},
		{"instant to the day in China", "{type: string, format: date}", instant, `"2026-01-01"`},
		{"instant by a part's format", "{allOf: [{type: string, format: cn-date-time}], description: x}", instant, `"2026-01-01 00:30:00"`},
		{"instant to boolean", "{type: boolean}", instant, ""},
		{"day to text", "{type: string, format: date}", day, `"2026-01-02"`},
		{"day to number", "{type: integer}", day, ""},

		{"record to list", "{type: array, items: {type: object, properties: {a: {type: integer}}}}", record("1"), `[{"a":1}]`},
		{"text to list", "{type: array, items: {type: string}}", "x", `["x"]`},
		{"number to list", "{type: array, items: {type: string}}", 5, `["5"]`},
		{"instant to list", "{type: array, items: {type: integer}}", instant, `[1767198600123]`},
		{"one to record", "{type: object, properties: {a: {type: integer}}}", list(record("1")), `{"a":1}`},
		{"one to text", "{type: string}", list("x"), `"x"`},
		{"one to number", "{type: integer}", list("7"), `7`},
		{"two to record", "{type: object, properties: {a: {type: integer}}}", list(record("1"), record("2")), ""},
		{"none to record", "{type: object, properties: {a: {type: integer}}}", list(), ""},
		{"two to text", "{type: string}", list("x", "y"), ""},
		{"an empty list", "{type: array, items: {type: string}}", list(), `[]`},
		{"a list", "{type: array, items: {type: integer}}", list(1, "2", json.Number("3")), `[1,2,3]`},
		{"a list without items", "{type: array}", list(1, day, record("x")), `[1,"2026-01-02",{"a":"x"}]`},
		{"null in a list", "{type: array, items: {type: [integer, 'null']}}", list(1, nil), `[1,null]`},
		{"null in a list that has none", "{type: array, items: {type: integer}}", list(1, nil), ""},

		{"record to JSON text", "{type: string, contentMediaType: application/json}", record("<甲>"), `"{\"a\":\"<甲>\"}"`},
		{"record to JSON text by its schema", "{type: string, contentMediaType: application/json, contentSchema: {type: object, properties: {a: {type: integer}}}}", record(instant), `"{\"a\":1767198600123}"`},
		{"record to JSON text that its schema does not know", "{type: string, contentMediaType: application/json, contentSchema: {type: object, properties: {b: {type: integer}}}}", record(1), ""},
		{"list to JSON text", "{type: string, contentMediaType: application/json}", list(1, "x", day), `"[1,\"x\",\"2026-01-02\"]"`},
		{"record to plain text", "{type: string}", record("x"), ""},
		{"JSON text to record", "{type: object, properties: {a: {type: number}}}", `{"a":2881.00}`, `{"a":2881.00}`},
		{"JSON text to list", "{type: array, items: {type: integer}}", `[1,"2"]`, `[1,2]`},
		{"broken JSON text to record", "{type: object, properties: {a: {type: number}}}", `{"a":`, ""},
		{"other text to record", "{type: object, properties: {a: {type: number}}}", `x`, ""},
		{"JSON text that its schema does not know", "{type: object, properties: {a: {type: number}}}", `{"b":1}`, ""},

		{"null", "{type: [string, 'null']}", nil, `null`},
		{"empty text to null", "{type: [integer, 'null']}", "", `null`},
		{"empty text where none may be empty", "{type: [string, 'null'], minLength: 1}", "", `null`},
		{"empty text stays", "{type: [string, 'null']}", "", `""`},
		{"no text where one must stand", "{type: object, required: [a], properties: {a: {type: string, minLength: 1}}}", record(nil), ""},
		{"empty text where one must stand", "{type: object, required: [a], properties: {a: {type: string, minLength: 1}}}", record(""), ""},
		{"null at the root that has none", "{type: string}", nil, ""},

		{"const", "{type: integer, const: 200}", "200", `200`},
		{"another than const", "{type: integer, const: 200}", 201, ""},
		{"const without type", "{const: 200}", "200", `200`},
		{"const text without type", "{const: ok}", "ok", `"ok"`},
		{"enum without type", "{enum: [1, 2]}", "2", `2`},
		{"no type takes a number", "{description: any}", json.Number("1.50"), `1.50`},
		{"no type takes a record", "{description: any}", record(list(nil, day)), `{"a":[null,"2026-01-02"]}`},
		{"no type takes null", "{description: any}", nil, `null`},
		{"what JSON has no form for", "{description: any}", struct{}{}, ""},

		{"number beside nothing else", "{anyOf: [{type: object, properties: {}}, {type: integer}]}", "5", `5`},
		{"null by the second alternative", "{anyOf: [{type: object, properties: {a: {type: string}}}, {type: 'null'}]}", nil, `null`},
		{"no alternative fits", "{anyOf: [{type: integer}, {type: boolean}]}", "x", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := compiled(t, "X: "+tt.schema)
			got, err := written(s, tt.v, Plain)
			if tt.want == "" {
				if err == nil {
					t.Errorf("%v became %s, want a refusal", tt.v, got)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Fatalf("%v became %s, %v, want %s", tt.v, got, err, tt.want)
			}
			if violations := s.Validate(decoded(t, got)); violations != nil {
				t.Errorf("what was written is not valid: %v", violations)
			}
		})
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	const schemas = `
X:
  type: object
  required: [must, text, none]
  properties:
    must: {type: integer}
    text: {type: string}
    none: {type: [string, "null"]}
    free: {type: integer}
    empty: {type: [integer, "null"]}
    fixed: {type: boolean, const: true}
`
	s := compiled(t, schemas)
	tests := []struct {
		name string
		v    value.Record
		want string
	}{
		{"absent", value.Record{"must": 1}, `{"must":1,"text":"","none":null}`},
		{"null", value.Record{"must": 1, "text": nil, "none": nil, "free": nil, "empty": nil, "fixed": nil}, `{"must":1,"text":"","none":null,"empty":null}`},
		{"empty", value.Record{"must": 1, "text": "", "none": "", "free": "", "empty": ""}, `{"must":1,"text":"","none":"","empty":null}`},
		{"all", value.Record{"must": "1", "text": 2, "none": 3, "free": "4", "empty": "5", "fixed": true}, `{"must":1,"text":"2","none":"3","free":4,"empty":5,"fixed":true}`},
	}
	for _, tt := range tests {
		if got, err := written(s, tt.v, Plain); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestRefusalsNameThePlace(t *testing.T) {
	t.Parallel()
	const schemas = `
X:
  type: object
  required: [a]
  properties:
    a: {type: integer}
    "b/~": {type: array, items: {$ref: "#/components/schemas/Y"}}
    "no": {type: string, minLength: 1}
Y:
  type: object
  properties: {c: {type: boolean}}
`
	s := compiled(t, schemas)
	tests := []struct {
		name string
		v    any
		want []string
	}{
		{"missing", value.Record{}, []string{"at /a ", "integer", "null"}},
		{"null", value.Record{"a": nil}, []string{"at /a ", "integer", "null"}},
		{"wrong text", value.Record{"a": "secret"}, []string{"at /a ", "integer", "a text of 6 characters"}},
		{"unknown member", value.Record{"a": 1, "x/y": "secret"}, []string{"at /x~1y ", "no such member"}},
		{"unknown member of an element", value.Record{"a": 1, "b/~": value.List{value.Record{}, value.Record{"secret-free": 1}}}, []string{"at /b~1~0/1/secret-free ", "no such member"}},
		{"deep", value.Record{"a": 1, "b/~": value.List{value.Record{"c": true}, value.Record{"c": day}}}, []string{"at /b~1~0/1/c ", "boolean"}},
		{"the root", value.List{}, []string{"at / ", "object", "a list of 0 elements"}},
		{"an empty text where none may be", value.Record{"a": 1, "no": nil, "b/~": "secret"}, []string{"at /b~1~0/0 ", "object"}},
	}
	for _, tt := range tests {
		_, err := s.Convert(tt.v)
		if err == nil {
			t.Errorf("%s: no refusal", tt.name)
			continue
		}
		for _, part := range tt.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", tt.name, err, part)
			}
		}
		if strings.Contains(err.Error(), "secret") && tt.name != "unknown member of an element" {
			t.Errorf("%s: the error shows the value: %v", tt.name, err)
		}
	}
}

// Of several alternatives that all refuse, the one that came furthest tells what was wrong.
func TestRefusalOfTheNearestAlternative(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {anyOf: [{type: string}, {type: object, properties: {a: {type: object, properties: {b: {type: integer}}}}}, {type: object, properties: {c: {type: string}}}]}")
	_, err := s.Convert(value.Record{"a": value.Record{"b": "x"}})
	if err == nil || !strings.Contains(err.Error(), "at /a/b ") {
		t.Errorf("Convert: %v, want a refusal at /a/b", err)
	}
}

func TestUnknownMembers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, schema, want string }{
		{"closed by saying nothing", "{type: object, properties: {a: {type: integer}}}", ""},
		{"closed", "{type: object, properties: {a: {type: integer}}, additionalProperties: false}", ""},
		{"open", "{type: object, properties: {a: {type: integer}}, additionalProperties: true}", `{"a":1,"day":"2026-01-02","n":"5","x":{"b":1,"c":2}}`},
		{"described", "{type: object, properties: {a: {type: integer}, x: {description: any}}, additionalProperties: {type: [integer, string]}}", `{"a":1,"x":{"b":1,"c":2},"day":"2026-01-02","n":5}`},
		{"described otherwise", "{type: object, properties: {a: {type: integer}}, additionalProperties: {type: integer}}", ""},
		{"open by a part", "{allOf: [{type: object, properties: {a: {type: integer}}}, {additionalProperties: true}]}", `{"a":1,"day":"2026-01-02","n":"5","x":{"b":1,"c":2}}`},
	}
	for _, tt := range tests {
		v := value.Record{"n": "5", "a": "1", "x": value.Record{"c": 2, "b": 1}, "day": day}
		got, err := written(compiled(t, "X: "+tt.schema), v, Plain)
		if tt.want == "" && err == nil || tt.want != "" && (err != nil || got != tt.want) {
			t.Errorf("%s: %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

// The alternative is found by constants and required members, and written in its own order.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	const schemas = `
X:
  anyOf:
    - {$ref: "#/components/schemas/Success"}
    - {$ref: "#/components/schemas/Short"}
    - {$ref: "#/components/schemas/Failure"}
Success:
  type: object
  required: [success, code, result]
  properties:
    success: {const: true, type: boolean}
    code: {type: integer, const: 200}
    result: {type: array, items: {type: integer}}
Short:
  type: object
  required: [code]
  properties: {code: {type: integer}}
Failure:
  type: object
  required: [result, code, success]
  properties:
    result: {type: "null"}
    code: {type: integer}
    success: {const: false, type: boolean}
`
	tests := []struct {
		name string
		v    value.Record
		want string
	}{
		{"success", value.Record{"success": true, "code": "200", "result": value.List{"1"}}, `{"success":true,"code":200,"result":[1]}`},
		{"by required", value.Record{"code": "500"}, `{"code":500}`},
		{"by constant", value.Record{"success": false, "code": "500", "result": nil}, `{"result":null,"code":500,"success":false}`},
		{"by constant, with the other's code", value.Record{"success": false, "code": "200", "result": nil}, `{"result":null,"code":200,"success":false}`},
	}
	s := compiled(t, schemas)
	for _, tt := range tests {
		got, err := written(s, tt.v, Plain)
		if err != nil || got != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.name, got, err, tt.want)
			continue
		}
		if violations := s.Validate(decoded(t, got)); violations != nil {
			t.Errorf("%s: not valid: %v", tt.name, violations)
		}
	}
	if got, err := written(s, value.Record{"success": true, "code": "500", "result": value.List{}}, Plain); err == nil {
		t.Errorf("a success with another code became %s", got)
	}
}

// What stands beside anyOf holds for each alternative.
func TestAlternativesWithSomethingBeside(t *testing.T) {
	t.Parallel()
	const schemas = `
X:
  type: object
  required: [kind]
  properties:
    kind: {type: string}
    at: {type: string, format: cn-date-time}
    number: {type: integer}
  anyOf:
    - {required: [number], properties: {kind: {const: n}}}
    - {properties: {kind: {const: t}, text: {type: string}}, required: [text]}
`
	s := compiled(t, schemas)
	for want, v := range map[string]value.Record{
		`{"kind":"n","at":"2026-01-01 00:30:00","number":5}`: {"number": "5", "kind": "n", "at": instant},
		`{"kind":"t","number":5,"text":"6"}`:                 {"number": "5", "kind": "t", "text": 6},
	} {
		if got, err := written(s, v, Plain); err != nil || got != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	for name, v := range map[string]value.Record{"what the alternative requires": {"kind": "n"}, "what stands beside": {"number": "5"}} {
		if got, err := written(s, v, Plain); err == nil {
			t.Errorf("without %s it became %s", name, got)
		}
	}
}

// A constant alone may decide which alternative a value was made by, and so its order.
func TestAlternativesByConstantAlone(t *testing.T) {
	t.Parallel()
	s := compiled(t, `
X:
  anyOf:
    - {type: object, required: [kind, x], properties: {kind: {const: a}, x: {type: integer}}}
    - {type: object, required: [kind, x], properties: {x: {type: integer}, kind: {const: b}}}
`)
	for want, v := range map[string]value.Record{`{"kind":"a","x":1}`: {"kind": "a", "x": 1}, `{"x":1,"kind":"b"}`: {"kind": "b", "x": 1}} {
		if got, err := written(s, v, Plain); err != nil || got != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}

// What a part of a part says holds as well, whatever is read first.
func TestPartsOfParts(t *testing.T) {
	t.Parallel()
	s := compiled(t, `
X: {allOf: [{$ref: '#/components/schemas/Middle'}, {properties: {c: {type: integer}}}], required: [c]}
Middle: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {b: {type: integer}}}]}
Base: {type: object, required: [a], properties: {a: {type: integer}}}
`)
	if got, err := written(s, value.Record{"c": "3", "b": "2", "a": "1"}, Plain); err != nil || got != `{"a":1,"b":2,"c":3}` {
		t.Errorf("%s, %v", got, err)
	}
	for _, missing := range []value.Record{{"c": 3}, {"a": 1}} {
		if got, err := written(s, missing, Plain); err == nil {
			t.Errorf("without a required member it became %s", got)
		}
	}
}
