package schema_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"understudy/specs"
)

// inventor makes up schemas of every keyword. Most are of one type and make sense; some keywords stand where they say nothing,
// or contradict the others.
type inventor struct {
	random *rand.Rand
	// count is how many schemas the document has, index which one is being made: what is about the same value may lead to later ones alone.
	count, index int
	old          bool // only what OpenAPI 3.0 and its readers know
}

func (v *inventor) one(list ...string) string { return list[v.random.IntN(len(list))] }

func (v *inventor) often(in int) bool { return v.random.IntN(in) > 0 }

func (v *inventor) seldom(in int) bool { return v.random.IntN(in) == 0 }

// later refers to a schema further down in the document, or makes one.
func (v *inventor) later(depth int) any {
	if next := v.index + 1; next < v.count && v.seldom(3) && !v.old {
		return map[string]any{"$ref": "#/components/schemas/S" + strconv.Itoa(next+v.random.IntN(v.count-next))}
	}
	return v.schema(depth)
}

// any refers to a schema of the document, perhaps one that leads here, or makes one.
func (v *inventor) any(depth int) any {
	switch {
	case v.seldom(5) && !v.old && v.count > 0:
		ref := map[string]any{"$ref": "#/components/schemas/S" + strconv.Itoa(v.random.IntN(v.count))}
		if v.seldom(6) {
			ref["description"] = "said beside it"
		}
		return ref
	case v.seldom(25) && !v.old:
		return v.often(2)
	}
	return v.schema(depth)
}

func (v *inventor) schema(depth int) map[string]any {
	kinds := []string{"string", "string", "number", "integer", "boolean", "enum"}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "object", "array", "array", "allOf", "anyOf", "oneOf", "not")
		if !v.old {
			kinds = append(kinds, "discriminator", "if", "map", "tuple", "types", "const", "content", "unevaluated", "null", "ref", "depends")
		}
	}
	s := v.kind(v.one(kinds...), depth)
	if v.seldom(15) && !v.old {
		v.noise(s, depth)
	}
	if v.seldom(10) {
		s["description"], s["x-order"] = "says nothing", 3
	}
	if v.seldom(12) && !v.old {
		s[v.one("readOnly", "writeOnly")] = true
	}
	return s
}

// noise adds what a schema of another type would say.
func (v *inventor) noise(s map[string]any, depth int) {
	other := v.kind(v.one("string", "number", "object", "array", "enum"), min(depth, 1))
	for keyword, value := range other {
		if _, ok := s[keyword]; !ok && keyword != "type" {
			s[keyword] = value
		}
	}
	if v.seldom(3) {
		delete(s, "type")
	}
}

func (v *inventor) kind(kind string, depth int) map[string]any {
	switch kind {
	case "string":
		return v.text()
	case "number", "integer":
		return v.number(kind)
	case "boolean", "null":
		return map[string]any{"type": kind}
	case "enum":
		return v.enum()
	case "object":
		return v.object(depth)
	case "array":
		return v.list(depth)
	case "allOf":
		return map[string]any{"allOf": []any{v.part(depth), v.part(depth)}}
	case "anyOf", "oneOf":
		list := []any{v.later(depth - 1), v.later(depth - 1)}
		if v.seldom(2) && !v.old {
			list = append(list, map[string]any{"type": "null"})
		}
		return map[string]any{kind: list}
	case "not":
		s := v.number("integer")
		s["not"] = map[string]any{"enum": []any{1, 2, json.Number("3.0")}}
		if v.seldom(2) {
			s = v.text()
			s["not"] = v.text()
		}
		return s
	case "discriminator":
		return v.discriminated(depth)
	case "types":
		s := v.text()
		for keyword, value := range v.number("integer") {
			if _, ok := s[keyword]; !ok {
				s[keyword] = value
			}
		}
		s["type"] = []any{"string", v.one("integer", "null", "boolean", "number")}
		return s
	case "const":
		return map[string]any{"const": []any{"red", 1, json.Number("1.0"), nil, true, []any{1, "a"}, map[string]any{"a": json.Number("1.0")}, "", json.Number("9007199254740993")}[v.random.IntN(9)]}
	case "content":
		inside := *v
		inside.count = 0 // a text that holds a text that holds itself has no end
		s := map[string]any{"type": "string", "contentMediaType": "application/json", "contentSchema": inside.schema(depth - 1)}
		if v.seldom(3) {
			s = map[string]any{"type": "string", "contentEncoding": "base64", "minLength": 2}
		}
		return s
	case "ref":
		if next := v.index + 1; next < v.count {
			s := map[string]any{"$ref": "#/components/schemas/S" + strconv.Itoa(next+v.random.IntN(v.count-next))}
			if v.seldom(3) {
				s["minLength"], s["minProperties"], s["minimum"] = 1, 1, 1
			}
			return s
		}
	case "map":
		return v.mapping(depth)
	case "tuple":
		s := map[string]any{"type": "array", "prefixItems": []any{v.any(depth - 1), v.any(depth - 1)}, "minItems": v.random.IntN(3)}
		if v.often(3) {
			s["items"] = []any{false, v.any(depth - 1)}[v.random.IntN(2)]
		}
		return s
	}
	return v.conditional(kind, depth)
}

// conditional makes the kinds of schemas in which one part speaks of another.
func (v *inventor) conditional(kind string, depth int) map[string]any {
	s := v.object(depth)
	properties := s["properties"].(map[string]any)
	switch kind {
	case "if":
		properties["flag"] = map[string]any{"type": "boolean"}
		s["if"] = map[string]any{"properties": map[string]any{"flag": map[string]any{"const": true}}, "required": []any{"flag"}}
		s["then"] = map[string]any{"required": []any{"a"}}
		if v.seldom(2) {
			s["else"] = map[string]any{"properties": map[string]any{"b": v.text()}}
		}
	case "unevaluated":
		return map[string]any{"type": "object", "allOf": []any{s}, "properties": map[string]any{"z": v.text()}, "unevaluatedProperties": []any{false, v.text()}[v.random.IntN(2)]}
	case "depends":
		s["dependentRequired"] = map[string]any{"a": []any{"b"}}
		if v.seldom(2) {
			s["dependentSchemas"] = map[string]any{"b": map[string]any{"required": []any{"c"}, "maxProperties": 3}}
		}
	}
	return s
}

func (v *inventor) part(depth int) any {
	if v.seldom(4) {
		return v.later(depth - 1)
	}
	s := v.object(depth - 1)
	delete(s, "additionalProperties")
	return s
}

func (v *inventor) text() map[string]any {
	s := map[string]any{"type": "string"}
	switch v.random.IntN(6) {
	case 0:
		s["pattern"] = v.one("^[a-z]+$", "[0-9]{2}", "^(a|bc)*d?$", `^\d{4}-\d{2}`, "^.{3,}$", "x$", "^[^\\x00-\\x1f]*$", `^\p{Han}+$`, "^$", "", "^(?:red|green)$", "^[A-Za-z0-9_-]{1,8}$")
		if v.seldom(8) && !v.old {
			s["pattern"] = v.one("^(?!red)[a-z]+$", `^(a)\1$`, `^(?=.*\d).{2,}$`)
		}
	case 1, 4:
		s["format"] = v.one("date", "date-time")
		if !v.old {
			s["format"] = v.one("date", "date-time", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "uri-template", "uuid", "json-pointer", "relative-json-pointer", "regex", "semver", "period",
				"cn-id-card", "cn-mobile", "cn-name", "cn-date-time", "quartz-cron", "byte", "binary", "password", "unheard-of", "int32", "int64", "epoch-millis", "float", "double")
		}
	case 2, 3:
		least := v.random.IntN(5)
		if v.often(2) {
			s["minLength"] = least
		}
		if v.seldom(2) {
			s["maxLength"] = least + v.random.IntN(20)
		}
	}
	if v.seldom(6) && !v.old {
		s["maxLength"] = json.Number("3.0")
	}
	return s
}

func (v *inventor) number(kind string) map[string]any {
	s := map[string]any{"type": kind}
	least := v.random.IntN(200) - 100
	if v.seldom(2) {
		s["minimum"] = least
	}
	if v.seldom(2) {
		s["maximum"] = least + v.random.IntN(150)
	}
	if v.old {
		return s
	}
	if v.seldom(4) {
		s[v.one("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")] = json.Number(v.one("0", "0.5", "-1.25", "100", "1e2", "9007199254740992", "2147483647", "9223372036854775807", "1e19", "0.0", "-0"))
	}
	if v.seldom(4) {
		s["multipleOf"] = json.Number(v.one("1", "2", "5", "10", "0.01", "0.1", "0.25", "0.5", "1.5", "1e1", "1e-2", "3", "1.0", "0.001", "100", "7"))
	}
	if v.seldom(4) {
		s["format"] = v.one("int32", "int64", "epoch-millis", "float", "double", "date")
	}
	return s
}

func (v *inventor) enum() map[string]any {
	list := []any{"red", "green", "RED", "", "𠮷", "a\nb", "\"", 1, json.Number("1.5"), 0, json.Number("100"), json.Number("1e2"), true, false, nil, []any{1}, map[string]any{"a": 1}, json.Number("-0.0"), json.Number("9007199254740993")}
	v.random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	s := map[string]any{"enum": list[:1+v.random.IntN(5)]}
	if v.old || v.seldom(2) {
		s = map[string]any{"type": "string", "enum": []any{"red", "green", "cat"}[:1+v.random.IntN(3)]}
	}
	return s
}

func (v *inventor) object(depth int) map[string]any {
	properties := map[string]any{}
	required := []any{}
	names := []string{"a", "b", "c", "d", "id", "名", "x-a", "a/b"}
	v.random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:1+v.random.IntN(4)] {
		properties[name] = v.any(depth - 1)
		if v.seldom(2) {
			required = append(required, name)
		}
	}
	if v.seldom(12) {
		required = append(required, "elsewhere")
	}
	s := map[string]any{"type": "object", "properties": properties, "required": required}
	if len(required) == 0 {
		delete(s, "required")
	}
	switch v.random.IntN(7) {
	case 0, 1:
		s["additionalProperties"] = false
	case 2:
		s["additionalProperties"] = v.any(depth - 1)
	case 3:
		s["minProperties"] = v.random.IntN(4)
	case 4:
		s["maxProperties"] = 1 + v.random.IntN(4)
	}
	return s
}

func (v *inventor) mapping(depth int) map[string]any {
	s := map[string]any{"type": "object", "additionalProperties": v.any(depth - 1)}
	if v.seldom(2) {
		s["propertyNames"] = map[string]any{"pattern": "^[a-z-]{1,8}[0-9]{0,3}$"}
	}
	if v.seldom(2) {
		s["patternProperties"] = map[string]any{"^x-": map[string]any{"type": "integer"}, "b$": v.any(depth - 1)}
	}
	if v.seldom(3) {
		s["properties"] = map[string]any{"x-a": v.any(depth - 1)}
	}
	if v.seldom(3) {
		s["minProperties"], s["maxProperties"] = 1, 2
	}
	return s
}

func (v *inventor) list(depth int) map[string]any {
	s := map[string]any{"type": "array", "items": v.any(depth - 1)}
	least := v.random.IntN(3)
	if v.seldom(2) {
		s["minItems"] = least
	}
	if v.seldom(2) {
		s["maxItems"] = least + v.random.IntN(4)
	}
	if v.seldom(3) {
		s["uniqueItems"] = v.often(4)
	}
	if v.seldom(8) && !v.old {
		s["contains"] = v.any(depth - 1)
		if v.seldom(2) {
			s["minContains"] = v.random.IntN(3)
		}
		if v.seldom(3) {
			s["maxContains"] = 1 + v.random.IntN(3)
		}
	}
	if v.seldom(20) && !v.old {
		delete(s, "items")
		s["unevaluatedItems"] = v.any(depth - 1)
	}
	return s
}

// discriminated is a choice between two schemas that a member tells apart.
func (v *inventor) discriminated(depth int) map[string]any {
	branch := func(kind any) map[string]any {
		s := v.object(depth - 1)
		s["properties"].(map[string]any)["kind"] = kind
		list, _ := s["required"].([]any)
		s["required"] = append(list, "kind")
		return s
	}
	keyword := v.one("oneOf", "oneOf", "anyOf")
	s := map[string]any{keyword: []any{branch(map[string]any{"const": "cat"}), branch(map[string]any{"type": "string", "enum": []any{"dog", "wolf"}})}}
	if v.seldom(3) {
		s[keyword] = append(s[keyword].([]any), branch(map[string]any{"type": "string"}))
	}
	if v.often(3) {
		s["discriminator"] = map[string]any{"propertyName": "kind"}
	}
	return s
}

// invented is a document of so many schemas made up from a seed.
func invented(tb testing.TB, seed uint64, count int) *specs.Contract {
	tb.Helper()
	v := &inventor{random: rand.New(rand.NewPCG(seed, 11)), count: count}
	schemas := map[string]any{}
	for v.index = range count {
		schemas["S"+strconv.Itoa(v.index)] = v.schema(3)
	}
	text, err := json.Marshal(map[string]any{
		"openapi": "3.1.0", "info": map[string]any{"title": "Invented", "version": "1"}, "paths": map[string]any{},
		"components": map[string]any{"schemas": schemas},
	})
	if err != nil {
		tb.Fatal(err)
	}
	c, err := specs.Parse(fmt.Sprintf("invented-%d", seed), "invented.json", text)
	if err != nil {
		tb.Fatalf("seed %d: %v", seed, err)
	}
	return c
}

// keywords counts the keywords that stand in the schemas of a contract.
func keywords(c *specs.Contract, into map[string]int) {
	for _, root := range roots(c) {
		raw, _ := c.Value(root)
		for _, pointer := range below(root, raw) {
			one, _ := c.Value(pointer)
			m, _ := one.(map[string]any)
			for keyword := range m {
				into[keyword]++
			}
			if format, ok := m["format"].(string); ok {
				into["format "+format]++
			}
		}
	}
}

// must are the keywords that a test of everything has to have met.
func must() []string {
	return []string{
		"type", "properties", "required", "additionalProperties", "items", "prefixItems", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "uniqueItems",
		"minItems", "maxItems", "minProperties", "maxProperties", "patternProperties", "propertyNames", "oneOf", "anyOf", "allOf", "not", "if", "then", "else", "discriminator", "$ref", "readOnly", "writeOnly", "contentSchema",
		"contentMediaType", "contentEncoding", "dependentRequired", "dependentSchemas", "contains", "minContains", "maxContains", "unevaluatedProperties", "unevaluatedItems", "format date", "format date-time", "format time",
		"format duration", "format email", "format hostname", "format ipv4", "format ipv6", "format uri", "format uri-reference", "format uuid", "format regex", "format int32", "format int64", "format cn-id-card",
		"format cn-mobile", "format cn-name", "format cn-date-time", "format quartz-cron", "format epoch-millis", "format byte",
	}
}

func met(tb testing.TB, found map[string]int) {
	tb.Helper()
	for _, keyword := range must() {
		if found[keyword] == 0 {
			tb.Errorf("no schema says %s", keyword)
		}
	}
}

// TestOnePassAgreesOverInventedSchemas holds Accepts to DecodeJSON and Validate in schemas that nobody wrote.
func TestOnePassAgreesOverInventedSchemas(t *testing.T) {
	t.Parallel()
	const perDocument = 20
	total := budget()
	found := map[string]int{}
	var sum tally
	unsound := 0
	// A schema is worth a few bodies: there are ever more schemas.
	for seed := uint64(1); sum.bodies < total; seed++ {
		c := invented(t, seed, perDocument)
		keywords(c, found)
		list, broken := subjects(c)
		unsound += broken
		one := spread(t, list, seed*1000, min(total/20, 500))
		sum.add(one)
		if sum.failed > 10 {
			t.Fatalf("and more; %s", &sum)
		}
	}
	met(t, found)
	sum.enough(t)
	t.Logf("%s; %d do not compile", &sum, unsound)
}
