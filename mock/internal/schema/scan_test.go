package schema

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// judged are schemas with every keyword, and places of some in others.
var judged = []string{
	"true", "false", "{}", "{not: {}}", "{type: integer, minimum: -1, maximum: 5}", "{type: number, minimum: 1}", "{type: number, maximum: 5}",
	"{type: number, multipleOf: 0.01, minimum: 0}", "{type: number, multipleOf: 0.5}", "{multipleOf: 0.1}", "{multipleOf: 3}", "{multipleOf: 1e2}", "{multipleOf: 0.7}",
	"{type: [integer, string], format: int32}", "{format: int64}", "{format: date}", "{format: int32, type: number}", "{minLength: 2}", "{maxLength: 2}", "{minLength: 2, maxLength: 3}", "{minLength: 3, maxLength: 2}",
	"{pattern: '^[0-9a-f]{32}$'}", "{pattern: '^[A-Z]{2}$'}", "{pattern: '^\\d{1,11}$'}", "{pattern: 'a'}", "{pattern: '^a?b+$'}", "{pattern: '^[^x]*$'}", "{pattern: '^(?!a)'}", "{pattern: '^.{2,3}$'}",
	"{enum: [1, a, null, true]}", "{const: 1.0}", "{const: null}", "{const: {a: 1}}", "{enum: [[1], {a: [1, 2.0]}]}", "{enum: [1, 2], const: 2}", "{enum: []}", "{const: '张三'}", "{enum: [a, ab, abc, abcd, e, f, g, h, i, j, '200', '操作成功']}",
	"{type: object, maxProperties: 1, minProperties: 1, additionalProperties: true}", "{required: [a]}", "{required: [a, z], properties: {b: true}}", "{additionalProperties: false, properties: {a: {type: integer}}}",
	"{type: object, properties: {a: {type: integer}}, additionalProperties: {type: string}}", "{items: {type: integer}, minItems: 1, maxItems: 2}", "{required: [b], additionalProperties: false, properties: {a: true}}",
	"{required: [b], additionalProperties: {type: string}, properties: {a: true}}", "{properties: {a: false}}", "{patternProperties: {'^a': {type: integer}}, properties: {a: {minimum: 2}, b: true}, additionalProperties: false}",
	"{patternProperties: {'a|c': {type: integer}, 'c': {minimum: 3}}}", "{propertyNames: {maxLength: 1, enum: [a, b]}}", "{propertyNames: {anyOf: [{const: a}, {const: b}]}}", "{propertyNames: false}",
	"{prefixItems: [{type: integer}, {type: string}], items: false}", "{prefixItems: [{type: integer}]}", "{prefixItems: [true, {type: integer}], items: {type: string}}", "{items: false}",
	"{anyOf: [{type: integer}, {not: {type: string}}]}", "{oneOf: [{type: integer}, {type: number}]}", "{anyOf: [{maxLength: 1}, {minimum: 1}], type: [string, integer]}",
	"{allOf: [{type: integer}, {minimum: 2}]}", "{type: integer, exclusiveMinimum: 1}", "{exclusiveMinimum: 0.5, exclusiveMaximum: 200}", "{minimum: -0.5, maximum: 1e2}", "{minimum: 1e30}", "{maximum: 1e30, minimum: -1e30}", "{exclusiveMaximum: 2881.001}",
	"{type: array, items: {type: string}, uniqueItems: true}", "{uniqueItems: true}", "{type: array, uniqueItems: true, items: {properties: {a: true}}}",
	"{contains: {type: integer}}", "{contains: {type: integer}, minContains: 0, maxContains: 1}", "{contains: {type: string}, minContains: 2}", "{contains: {oneOf: [{type: integer}, {minimum: 2}]}}",
	"{type: object, properties: {a: {$ref: '#/components/schemas/X'}, b: {type: integer}}}", "{type: object, properties: {a: {$ref: '#/components/schemas/X'}, b: {not: {type: integer}}}}",
	"{type: string, format: date-time}", "{type: string, format: double}", "{format: uuid}", "{format: email}", "{format: uri}", "{format: ipv4}", "{format: time}", "{format: hostname}", "{format: duration}", "{format: ipv6}", "{format: regex}", "{format: cn-mobile}", "{format: uri-reference}", "{format: cn-id-card}", "{format: cn-date-time}", "{format: quartz-cron}", "{not: {format: email}}",
	"{allOf: [{type: object, required: [a]}, {properties: {a: {type: integer}}}]}", "{allOf: [{type: object, additionalProperties: false, properties: {a: true}}, {required: [a], properties: {b: true}}]}",
	"{properties: {a: {$ref: '#/components/schemas/Y', maxLength: 1}}}", "{$ref: '#/components/schemas/Y'}", "{not: {required: [a, b]}}", "{not: {properties: {a: {type: integer}}}}", "{not: {not: {type: integer}}}", "{not: {oneOf: [{required: [a]}, {required: [b]}]}}",
	"{oneOf: [{required: [a]}, {required: [b]}]}", "{anyOf: [{required: [a]}, {required: [b]}], properties: {a: {type: integer}}}", "{oneOf: [{type: 'null'}, {$ref: '#/components/schemas/Y'}, {type: object, required: [a]}]}",
	"{oneOf: [{properties: {a: {const: x}, b: {type: integer}}, required: [a]}, {properties: {a: {const: '200'}, b: {type: string}}, required: [a]}]}",
	"{oneOf: [{properties: {a: {const: x}}}, {properties: {a: {const: '200'}, b: {type: string}}}]}", "{anyOf: [{properties: {a: {enum: [a, '200']}}, required: [a]}, {properties: {a: {const: '200'}, b: {type: string}}, required: [a]}]}",
	"{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: a, mapping: {'200': '#/components/schemas/A', a: B}}}",
	"{anyOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}, {type: integer}], discriminator: {propertyName: a}}",
	"{if: {required: [a]}, then: {required: [b]}, else: {required: [c]}}", "{if: {type: string}, then: {maxLength: 2}}", "{if: {properties: {a: {type: integer}}}, else: {required: [b]}}", "{if: {type: integer}, then: false, else: true}",
	"{dependentRequired: {a: [b], c: [d]}}", "{dependentSchemas: {a: {required: [b], properties: {a: {type: integer}}}}}", "{unevaluatedProperties: false, properties: {a: true}}", "{properties: {a: {unevaluatedItems: false, prefixItems: [true]}, b: {type: integer}}}",
	"{allOf: [{$ref: '#/components/schemas/Y'}, {pattern: a}], minLength: 2}", "{type: object, properties: {a: {type: [object, 'null'], properties: {a: {type: string}}, additionalProperties: false}}}", "{type: [string, 'null'], enum: [a, null]}",
	"{properties: {a: {oneOf: [{type: string}, {type: integer}]}, b: {anyOf: [{type: string}, {type: 'null'}]}}, minProperties: 1}",
	"{properties: {a: {type: integer}}, allOf: [{required: [a], properties: {b: true}}, {properties: {a: {minimum: 2}}, type: [object, string]}]}", "{allOf: [{properties: {a: true}}, {additionalProperties: false, properties: {a: true, b: true}}, {required: [b], maxProperties: 2}]}",
	"{$ref: '#/components/schemas/Tree'}", "{anyOf: [{$ref: '#/components/schemas/Tree'}, {$ref: '#/components/schemas/Y'}]}",
}

const beside = `
Y: {type: string, minLength: 1}
A: {type: object, required: [a], properties: {a: {type: string}, b: {type: integer}}}
B: {type: object, required: [a], properties: {a: {type: string}, b: {type: string}}}
Tree: {type: object, properties: {a: {oneOf: [{$ref: '#/components/schemas/Tree'}, {type: array, items: {$ref: '#/components/schemas/Tree'}}, {type: integer}]}, b: {allOf: [{$ref: '#/components/schemas/Tree'}, {required: [a]}]}}}
`

// structures are values of every kind made of scalars.
func structures() []any {
	edges := scalars()
	for _, text := range []string{"a@b.cn", "http://a.cn/b?c=d", "10.0.0.1", "03:04:05Z", "P1D", "::1", "(", "x-y.cn", "0c5f3a1e-6d2b-4e8a-9c1d-2f3e4a5b6c7d", "é", "\U0001F600\U0001F600", "a\"b\\c\nd", "x", "bb", "XY"} {
		edges = append(edges, text)
	}
	list := append([]any{}, edges...)
	for i, edge := range edges {
		other := edges[(i*7+3)%len(edges)]
		list = append(list, []any{edge}, []any{edge, edge}, []any{edge, other}, []any{edge, other, []any{edge}}, map[string]any{"a": edge}, map[string]any{"b": edge}, map[string]any{"a": edge, "b": other}, map[string]any{"c": edge, "a": other},
			map[string]any{"a": map[string]any{"a": edge, "b": edge}}, map[string]any{"a": edge, "b": edge, "c": edge}, map[string]any{"a": []any{edge, map[string]any{"a": other}}}, []any{map[string]any{"a": edge}, map[string]any{"a": other}})
	}
	many := []any{}
	names := map[string]any{}
	for i := range 40 {
		many = append(many, json.Number(fmt.Sprint(i)))
		names[fmt.Sprintf("n%d", i)] = json.Number("1")
	}
	return append(list, []any{}, map[string]any{}, many, append(many[:30:30], json.Number("7.0")), names)
}

// spellings are texts of a value.
func spellings(v any) []string {
	plain, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	spaced, err := json.MarshalIndent(v, " ", "\t")
	if err != nil {
		panic(err)
	}
	escaped := strings.Builder{}
	inText, after := false, false
	for _, c := range string(plain) {
		switch {
		case c == '"' && !after:
			inText = !inText
		case inText && !after && c != '\\' && c < 0x80 && escaped.Len()%3 == 0:
			fmt.Fprintf(&escaped, `\u%04X`, c)
			continue
		}
		after = c == '\\' && !after
		escaped.WriteRune(c)
	}
	return []string{string(plain), string(spaced), escaped.String()}
}

// TestScanAgreesWithTheLibrary: one pass over a text says yes exactly where the library would, of what reads as JSON.
func TestScanAgreesWithTheLibrary(t *testing.T) {
	t.Parallel()
	values := structures()
	accepted, decided := 0, 0
	for n, text := range judged {
		s := compiled(t, "X: "+text+"\n"+strings.Trim(beside, "\n"))
		validator := library(t, s)
		for k, v := range values {
			if (k+n)%4 > 0 {
				continue
			}
			for i, spelled := range spellings(v) {
				read, failed := wire.DecodeJSON([]byte(spelled), wire.JSONOptions{})
				got := s.Accepts([]byte(spelled), Syntax{})
				if failed != nil {
					if got {
						t.Errorf("%s: accepts %s, which is not JSON: %v", text, spelled, failed)
					}
					continue
				}
				valid := validator.Validate(read) == nil
				if got != valid {
					t.Errorf("%s: Accepts(%s) is %v, the library says %v", text, spelled, got, valid)
				}
				if i > 0 {
					continue
				}
				decided++
				if judge := (judge{}); judge.value(s.quick, read) != valid && !judge.unsure {
					t.Errorf("%s: of the value %s it says %v, the library %v", text, spelled, !valid, valid)
				}
				if again := s.Accepts([]byte(spelled), Syntax{JSONOptions: wire.JSONOptions{DuplicateNames: true}}); again != valid {
					t.Errorf("%s: Accepts(%s) with repeated names is %v, the library says %v", text, spelled, again, valid)
				}
				if valid {
					accepted++
				}
			}
		}
	}
	if accepted < 20*len(judged) || decided < accepted*3/2 {
		t.Errorf("%d of %d values are valid: too few to say anything", accepted, decided)
	}
}

// TestScanAgreesOnContracts: and so for every schema of every contract, seen from either side.
func TestScanAgreesOnContracts(t *testing.T) {
	t.Parallel()
	edges := scalars()
	for _, vendor := range specs.Vendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c, err := specs.Load(vendor)
			if err != nil {
				t.Fatal(err)
			}
			set := NewSet(c)
			random := rand.New(rand.NewPCG(uint64(len(vendor)), 2))
			accepted, tried := 0, 0
			for _, pointer := range pointers(c) {
				for _, view := range []View{Any, Request, Response} {
					s, err := set.CompileView(pointer, view)
					if err != nil {
						t.Fatal(err)
					}
					validator := library(t, s)
					for range 60 {
						v := randomValue(random, s.root, edges, 0)
						for _, spelled := range spellings(v) {
							read, failed := wire.DecodeJSON([]byte(spelled), wire.JSONOptions{})
							got := s.Accepts([]byte(spelled), Syntax{})
							valid := failed == nil && validator.Validate(read) == nil
							if got != valid {
								t.Fatalf("%s: Accepts(%s) is %v, the library says %v", pointer, spelled, got, valid)
							}
							tried++
							if valid {
								accepted++
							}
						}
					}
				}
			}
			if accepted*5 < tried {
				t.Errorf("%d of %d are valid: too few to say anything", accepted, tried)
			}
		})
	}
}
