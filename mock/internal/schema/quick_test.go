package schema

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy/specs"
)

// scalars are values at the edges of what the schemas say: lengths, bounds, formats, types.
func scalars() []any {
	list := []any{nil, true, false, "", " ", "a", "ab", "张三", "张3", "11010519491231002X", "110105194912310021", "13812345678", "1381234567",
		"2026-01-02", "2026-02-30", "2026-01-02 03:04:05", "2026-01-02 3:04:05", "2026-01-02 03:04:05.5", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123+08:00", "2026-01-02T3:04:05Z", "2026-02-30T03:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02T23:59:60Z",
		"2026-01-02t03:04:05z", "2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05+25:00", "2026-01-02T03:04:05", "操作成功", "200", "0 0 12 * * ?",
		"0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789abcdef", "0123456789abcdef0123456789abcdef\n", "\xff", "null", "{}"}
	for _, n := range []string{"0", "-0", "1", "2", "3", "5", "6", "9", "99", "200", "500", "-1", "0.5", "2881.00", "2881.001", "-0.01", "0.0", "1e2", "1E-2",
		"1.0", "200.0", "86400000", "86400001", "1000000000000", "999999999999", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808"} {
		list = append(list, json.Number(n))
	}
	for _, length := range []int{20, 21, 30, 32, 33, 50, 51, 64, 65, 100, 101, 1000, 1001, 2000, 2001} {
		list = append(list, fmt.Sprintf("%0*d", length, 7))
	}
	return list
}

// randomValue is a value that resembles what the schema describes and often is not valid.
func randomValue(random *rand.Rand, n *node, edges []any, depth int) any {
	if len(n.anyOf) > 0 && random.IntN(20) > 0 {
		return randomValue(random, n.anyOf[random.IntN(len(n.anyOf))], edges, depth)
	}
	switch {
	case random.IntN(60) == 0 || depth > 6:
		return edges[random.IntN(len(edges))]
	case n.isConst && random.IntN(20) > 0:
		return n.constant
	case len(n.properties) > 0 && n.is("object"):
		v := map[string]any{}
		for _, p := range n.properties {
			if n.required[p.name] && random.IntN(60) > 0 || !n.required[p.name] && random.IntN(2) == 0 {
				v[p.name] = randomValue(random, p.node, edges, depth+1)
			}
		}
		if random.IntN(30) == 0 {
			v["unknown"] = edges[random.IntN(len(edges))]
		}
		return v
	case n.items != nil && n.is("array"):
		v := []any{}
		for range random.IntN(4) {
			v = append(v, randomValue(random, n.items, edges, depth+1))
		}
		return v
	}
	// Prefer what the schema may take, so that whole values are valid now and then.
	for range 200 {
		v := edges[random.IntN(len(edges))]
		if random.IntN(20) == 0 || n.holds(v) {
			return v
		}
	}
	return nil
}

// pointers are those of every schema in which a contract's bodies and parameters begin, and of every component.
func pointers(c *specs.Contract) []string {
	var list []string
	for _, op := range c.Operations {
		for _, p := range op.Parameters {
			if p.Schema != "" {
				list = append(list, p.Schema)
			}
		}
		var bodies []specs.MediaType
		if op.Body != nil {
			bodies = op.Body.Content
		}
		for _, r := range op.Responses {
			bodies = append(bodies, r.Content...)
		}
		for _, b := range bodies {
			if b.Schema != "" {
				list = append(list, b.Schema)
			}
		}
	}
	for _, name := range c.Names("/components/schemas") {
		list = append(list, "/components/schemas/"+specs.EscapePointer(name))
	}
	return list
}

// The quick check may say yes only where the library does, in every schema of every contract.
func TestQuickAgreesWithTheLibrary(t *testing.T) {
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
			seed := uint64(len(vendor))
			random := rand.New(rand.NewPCG(seed, 1))
			schemas, accepted := 0, 0
			for _, pointer := range pointers(c) {
				s, err := set.Compile(pointer)
				if err != nil {
					t.Fatal(err)
				}
				if s.quick == nil {
					continue
				}
				schemas++
				for range 300 {
					v := randomValue(random, s.root, edges, 0)
					if !s.quick.accepts(v) {
						continue
					}
					accepted++
					if err := library(t, s).Validate(v); err != nil {
						text, _ := json.Marshal(v)
						t.Fatalf("seed %d: %s: the quick check takes %s, the library says %v", seed, pointer, text, err)
					}
				}
			}
			if schemas == 0 || accepted < 20*schemas {
				t.Errorf("%d values of %d schemas were accepted: too few to say anything", accepted, schemas)
			}
		})
	}
}

// What the contracts do not say today and the quick check understands.
func TestQuickAgreesOnOtherSchemas(t *testing.T) {
	t.Parallel()
	schemas := []string{
		"{type: integer, minimum: -1, maximum: 5}", "{type: number, minimum: 1}", "{type: number, maximum: 5}", "{type: number, multipleOf: 0.01, minimum: 0}",
		"{type: number, multipleOf: 0.5}", "{multipleOf: 0.1}", "{type: [integer, string], format: int32}", "{format: int64}", "{format: date}",
		"{minLength: 2}", "{maxLength: 2}", "{pattern: '^[0-9a-f]{32}$'}", "{enum: [1, a, null, true]}", "{const: 1.0}", "{const: null}",
		"{type: object, maxProperties: 1, minProperties: 1, additionalProperties: true}", "{required: [a]}", "{additionalProperties: false, properties: {a: {type: integer}}}",
		"{type: object, properties: {a: {type: integer}}, additionalProperties: {type: string}}", "{items: {type: integer}, minItems: 1, maxItems: 2}",
		"{anyOf: [{type: integer}, {not: {type: string}}]}", "{oneOf: [{type: integer}, {type: number}]}", "{anyOf: [{maxLength: 1}, {minimum: 1}], type: [string, integer]}",
		"{allOf: [{type: integer}, {minimum: 2}]}", "{type: integer, exclusiveMinimum: 1}", "{type: array, items: {type: string}, uniqueItems: true}",
		"{type: object, properties: {a: {$ref: '#/components/schemas/X'}, b: {type: integer}}}",
		"{type: object, properties: {a: {$ref: '#/components/schemas/X'}, b: {not: {type: integer}}}}",
		"{type: string, format: date-time}", "{type: string, format: double}", "{allOf: [{type: object, required: [a]}, {properties: {a: {type: integer}}}]}",
		"{allOf: [{type: object, additionalProperties: false, properties: {a: true}}, {required: [a], properties: {b: true}}]}",
		"{properties: {a: {$ref: '#/components/schemas/Y', maxLength: 1}}}", "{$ref: '#/components/schemas/Y'}",
	}
	edges := scalars()
	for _, edge := range scalars() {
		edges = append(edges, []any{edge}, []any{edge, edge}, map[string]any{"a": edge}, map[string]any{"b": edge}, map[string]any{"a": map[string]any{"a": edge, "b": edge}}, map[string]any{"a": edge, "b": edge, "c": edge})
	}
	edges = append(edges, []any{}, map[string]any{})
	accepted := 0
	for _, text := range schemas {
		s := compiled(t, "X: "+text+"\nY: {type: string, minLength: 1}")
		for _, v := range edges {
			valid := library(t, s).Validate(v) == nil
			if s.quick != nil && s.quick.accepts(v) {
				accepted++
				if !valid {
					t.Errorf("%s: the quick check takes %v, the library does not", text, v)
				}
			}
			if (s.Validate(v) == nil) != valid {
				t.Errorf("%s: Validate and the library differ over %v", text, v)
			}
		}
	}
	if accepted < 500 {
		t.Errorf("only %d values were accepted", accepted)
	}
}

// library is the library's own validator of a schema.
func library(tb testing.TB, s *Schema) *jsonschema.Schema {
	tb.Helper()
	validator, err := s.linked()
	if err != nil {
		tb.Fatal(err)
	}
	return validator
}

// TestWhatIsPutOffWouldCompile: the library is left aside only for schemas that it would take.
func TestWhatIsPutOffWouldCompile(t *testing.T) {
	t.Parallel()
	good := []string{
		"{type: object, required: [a], properties: {a: {type: [string, 'null'], enum: [x, null]}}}", "{type: array, items: {$ref: '#/components/schemas/Y'}, minItems: 0}",
		"{oneOf: [{type: string, pattern: '^(?!a)'}, {not: {const: 1, exclusiveMinimum: 1e3, multipleOf: 0.5}}], unevaluatedProperties: false, dependentRequired: {a: [b]}}",
		"{patternProperties: {'^x': true}, propertyNames: {format: email}, prefixItems: [true], items: false, uniqueItems: true, contains: {}, minContains: 2}",
		"{anyOf: [{type: string, pattern: '^a'}, {type: array, items: {$ref: '#/components/schemas/X'}}]}", "{type: object, properties: {next: {$ref: '#/components/schemas/X'}}}",
	}
	bad := []string{
		"{type: any}", "{type: [string, string]}", "{type: []}", "{required: a}", "{required: [a, a]}", "{properties: {a: 5}}", "{properties: []}", "{minLength: -1}",
		"{minLength: '1'}", "{enum: x}", "{anyOf: []}", "{pattern: 5}", "{pattern: '('}", "{format: 5}", "{multipleOf: x}", "{multipleOf: 0}", "{items: [{type: string}]}",
		"{maximum: x}", "{patternProperties: {'(': true}}", "{not: 5}", "{oneOf: {}}", "{uniqueItems: 1}", "{dependentRequired: {a: b}}", "{prefixItems: []}", "{exclusiveMinimum: true}",
		"{allOf: [{$ref: 'other.yaml'}]}", "{if: {type: any}}", "{minContains: 1.5}", "{type: object, properties: {a: {anyOf: [{type: string}, {type: any}]}}}", "{type: array, items: {$ref: '#/components/schemas/None'}}", "{additionalProperties: 5}",
	}
	for _, text := range good {
		s := foreign(t, "X: "+text+"\n    Y: {type: string}")
		if !s.set.isSound("/components/schemas/X") {
			t.Errorf("%s is not left for later", text)
		}
		library(t, s)
	}
	for _, text := range bad {
		c, err := specs.Parse("test", "test.yaml", []byte("openapi: 3.1.0\ninfo: {title: Test, version: \"1\"}\npaths: {/x: {get: {responses: {'200': {description: ok}}}}}\ncomponents:\n  schemas:\n    X: "+text+"\n"))
		if err != nil {
			continue // refused before
		}
		set := NewSet(c)
		if s, err := set.Compile("/components/schemas/X"); err == nil {
			t.Errorf("%s compiles: %v", text, s.root.types)
		}
	}
}
