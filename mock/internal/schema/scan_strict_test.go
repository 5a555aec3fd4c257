package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/wire"
)

// TestValidJSONIsDecodeJSON: what one is as strict about, the other is too.
func TestValidJSONIsDecodeJSON(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40)
	texts := []string{
		"", " ", "null", " true ", "false", "tru", "nul", "truex", "nullnull", "1 2", "{}", "[]", "{ }", "[ ]", "[1,]", "[,1]", "[1 2]", "{,}", `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a" : 1 , "b":2}`, `{a:1}`, `{"a":1 "b":2}`,
		"\uFEFF{}", "\xEF\xBB\xBF1", "\xFE\xFF1", "\xFF\xFE", "\x00", "1\x00", "[1\x00]", "{\"a\":1}\n\r\t ", "\v1", "[1\f]", "// a\n1", "'a'", "NaN", "Infinity", "+1", ".5", "1.", "-", "--1", "-0", "-0.0", "0", "00", "01", "-01", "0.", "0e", "0e+", "1e5", "1E-05", "1e1000",
		"1e+0000000001", "1.5e", "1.5.5", "0x10", "1_000", strings.Repeat("9", 101), "[" + strings.Repeat("9", 101) + "]", "9007199254740993", `"a"`, `"`, `"a`, `"\"`, `"\x"`, `"\u12"`, `"\u0000"`, `"a\u0000b"`, `"\u0001"`, `"\u00e9\u5f20"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`, `"\ud83dx"`,
		`"\ud83d\u0041"`, `"\ud83d\n"`, `"\uD83D\uDE00\uD83D"`, `"\ud83d\ude0"`, "\"\x01\"", "\"\x1f\"", "\"\x7f\"", "\"a\nb\"", "\"\xff\"", "\"\xc3\x28\"", "\"\xed\xa0\x80\"", "\"é张😀\"", "\"" + long + "\xc3\"", "\"" + long + "\\", "\"" + long + "\\u", "\"" + long + "é\\n\"", "{\"\xff\":1}", "[\"\xff\",\"long enough\"]", "[\"abc\xc3\",\"long enough\"]", "[\"abcdefgh\xe5\xbc\",\"long enough\"]", "[\"é\",\"long enough\"]",
		`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"":1,"":2}`, `{"a":{"b":1,"b":2}}`, `{"a":[{"b":1},{"b":1}]}`, `[{"a":1},{"a":1}]`, `{"` + long + `":1,"` + long + `":2}`, `{"` + long + `1":1,"` + long + `2":2}`, `{"\/":1,"/":2}`, `{"é":1,"\u00E9":2}`,
		strings.Repeat("[", 64) + strings.Repeat("]", 64), strings.Repeat("[", 65) + strings.Repeat("]", 65), strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64), strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 11_000),
	}
	valid := 0
	for _, text := range texts {
		for _, o := range []wire.JSONOptions{{}, {DuplicateNames: true}, {MaxDepth: 1}, {MaxDepth: 2}, {MaxDepth: 100}, {MaxDepth: -1}, {MaxDepth: 1 << 30}} {
			// Beginnings end where nothing else is read.
			for cut := range 3 {
				part := text[:max(0, len(text)-cut)]
				_, err := wire.DecodeJSON([]byte(part), o)
				if got := ValidJSON([]byte(part), o); got != (err == nil) {
					t.Errorf("%.60q with %+v: %v, DecodeJSON says %v", part, o, got, err)
				}
				if err == nil {
					valid++
				}
			}
		}
	}
	if valid < 200 {
		t.Errorf("only %d texts are valid", valid)
	}
}

// TestMonstrousNumbersInTexts: a number that is not to be held exactly is left to Validate, which takes it where nothing is said
// about its place. Whether something is said can depend on alternatives that one pass has not read to their end.
func TestMonstrousNumbersInTexts(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, properties: {a: {type: number}, b: {}, c: {type: array, uniqueItems: true}, d: {not: {const: {x: 1}}}}}")
	either := compiled(t, "X: {oneOf: [{properties: {a: {type: string}, b: {type: integer}}, required: [a]}, {properties: {c: {}}}]}")
	if either.Accepts([]byte(`{"a":[],"b":0e1000}`), Syntax{}) {
		t.Error("an alternative that fails before it comes to a monstrous number lets another one take it")
	}
	monstrous := []string{"1e1000", "1e-1000", strings.Repeat("9", 101)}
	for _, number := range append(monstrous, "1e999", strings.Repeat("9", 100), "1e0000000000001") {
		for _, text := range []string{`{"a":%s}`, `{"b":%s}`, `{"b":[%s]}`, `{"c":[%s,1]}`, `{"c":[%s,1.0]}`, `{"d":{"x":%s}}`, `{"other":%s}`, `%s`, `[%s]`} {
			text = fmt.Sprintf(text, number)
			v, err := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
			if err != nil {
				t.Fatal(err)
			}
			want := len(s.Validate(v)) == 0 && !slices.Contains(monstrous, number)
			if got := s.Accepts([]byte(text), Syntax{}); got != want {
				t.Errorf("Accepts(%.40s) is %v, want %v", text, got, want)
			}
		}
	}
}

// TestLastOneWins: where a name may be repeated, what stood there before does not count.
func TestLastOneWins(t *testing.T) {
	t.Parallel()
	s := compiled(t, `X: {type: object, required: [a], properties: {a: {type: integer}, b: {type: object, properties: {c: {type: string}}}, d: {oneOf: [{properties: {k: {const: x}}, required: [k]}, {properties: {k: {const: y}, v: {type: integer}}, required: [k]}]}}, maxProperties: 2}`)
	for _, text := range []string{`{"a":"x","a":1}`, `{"a":1,"a":"x"}`, `{"b":{"c":1,"c":"x"},"a":1}`, `{"b":{"c":1},"b":{"c":"x"},"a":1}`, `{"b":{"c":"x","c":1},"a":1}`, `{"b":{"c":1},"a":2}`, `{"z":1,"z":2,"a":1}`, `{"z":1,"y":2,"a":1}`,
		`{"a":1,"d":{"k":"x","k":"y","v":1}}`, `{"a":1,"d":{"k":"x","v":"1","k":"y"}}`, `{"a":1,"d":{"k":"y","v":"1","k":"x"}}`, `{"a":1,"d":{"k":"y","v":"1"}}`, `{"b":{"c":1,"c":2},"b":5}`} {
		o := wire.JSONOptions{DuplicateNames: true}
		v, err := wire.DecodeJSON([]byte(text), o)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := s.Accepts([]byte(text), Syntax{JSONOptions: o}), len(s.Validate(v)) == 0; got != want {
			t.Errorf("Accepts(%s) is %v, of the value it is %v", text, got, want)
		}
		if s.Accepts([]byte(text), Syntax{}) != (want(s, text)) {
			t.Errorf("Accepts(%s) differs where names may not be repeated", text)
		}
	}
}

func want(s *Schema, text string) bool {
	v, err := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
	return err == nil && len(s.Validate(v)) == 0
}

// TestManyNames: an object of a hundred thousand members that nobody described takes a moment, and a repeated name is found.
func TestManyNames(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"more":{"a":1,"b":2}`)
	for i := range 100_000 {
		fmt.Fprintf(&b, `,"name of member %d":{"x":%d}`, i, i)
	}
	for name, schema := range map[string]string{"nothing": "{}", "a schema": "{type: object, properties: {more: {type: object}}, additionalProperties: {type: object}, propertyNames: {minLength: 1}}"} {
		s := compiled(t, "X: "+schema)
		start := time.Now()
		if !s.Accepts([]byte(b.String()+"}"), Syntax{}) {
			t.Errorf("%s: not accepted", name)
		}
		for _, again := range []string{"more", "name of member 0", "name of member 99999", `name of m\u0065mber 7`} {
			if s.Accepts([]byte(b.String()+`,"`+again+`":{}}`), Syntax{}) {
				t.Errorf("%s: %q stands there twice, and it is accepted", name, again)
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
	}
}

// TestManyDeclaredNames: more members than a word has bits.
func TestManyDeclaredNames(t *testing.T) {
	t.Parallel()
	var properties, body strings.Builder
	for i := range 150 {
		fmt.Fprintf(&properties, "m%d: {type: integer}, ", i)
		if i > 0 {
			fmt.Fprintf(&body, `"m%d":%d,`, i, i)
		}
	}
	s := compiled(t, "X: {type: object, additionalProperties: false, required: [m0, m70, m149], properties: {"+properties.String()+"in: {$ref: '#/components/schemas/X'}}}")
	all := body.String()
	for text, want := range map[string]bool{
		`{` + all + `"m0":1}`: true, `{"in":{` + all + `"m0":2},` + all + `"m0":1}`: true, `{"in":{` + all + `"m5":2},` + all + `"m0":1}`: false, `{` + all + `"m5":1}`: false, `{"m0":1,"m149":2,"m70":3}`: true,
		`{"m0":1,"m149":2}`: false, `{"m0":1,"m149":2,"m70":3,"m149":2}`: false, `{` + all + `"m0":"1"}`: false, `{` + all + `"m0":1,"x":1}`: false, `{"m70":1,"in":{"m0":1,"m149":2,"m70":3},"m0":1}`: false,
	} {
		if got := s.Accepts([]byte(text), Syntax{}); got != want {
			t.Errorf("Accepts(%.60s) is %v", text, got)
		}
	}
}

// TestAlternativesEnd: alternatives within alternatives do not take time beyond all measure, and neither does a schema that
// is its own contrary.
func TestAlternativesEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ schema, open, end string }{
		{"{anyOf: [{properties: {a: {$ref: '#/components/schemas/X'}}, required: [b]}, {properties: {a: {$ref: '#/components/schemas/X'}}, required: [c]}]}", `{"a":`, `,"d":1}`},
		{"{oneOf: [{properties: {a: {$ref: '#/components/schemas/X'}}, required: [b]}, {properties: {a: {$ref: '#/components/schemas/X'}}, required: [c]}]}", `{"a":`, `,"d":1}`},
		{"{not: {properties: {a: {$ref: '#/components/schemas/X'}}, not: {properties: {a: {$ref: '#/components/schemas/X'}}}}}", `{"a":`, `}`},
		{"{not: {$ref: '#/components/schemas/X'}}", `{"a":`, `}`},
		{"{if: {$ref: '#/components/schemas/X'}, then: {$ref: '#/components/schemas/X'}}", `[`, `]`},
		{"{contains: {$ref: '#/components/schemas/X'}, items: {$ref: '#/components/schemas/X'}, minContains: 0}", `[`, `]`},
	} {
		s := compiled(t, "X: "+tt.schema)
		start := time.Now()
		s.Accepts([]byte(strings.Repeat(tt.open, 60)+"1"+strings.Repeat(tt.end, 60)), Syntax{})
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: it took %v", tt.schema, took)
		}
	}
}
