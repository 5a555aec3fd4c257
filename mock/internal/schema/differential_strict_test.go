package schema_test

import (
	"strings"
	"testing"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// of is the component schema X of a document that has it alone.
func of(tb testing.TB, text string) *subject {
	tb.Helper()
	c, err := specs.Parse("test", "test.yaml", []byte("openapi: 3.1.0\ninfo: {title: Test, version: \"1\"}\npaths: {}\ncomponents:\n  schemas:\n    X: "+text+"\n"))
	if err != nil {
		tb.Fatal(err)
	}
	list, broken := subjects(c)
	if broken > 0 || len(list) == 0 || list[0].pointer != "/components/schemas/X" {
		tb.Fatalf("%s: %d schemas, %d do not compile", text, len(list), broken)
	}
	return list[0]
}

// strict are texts that a lenient reader takes, and what is JSON though it looks odd.
func strict() map[string]bool {
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	list := map[string]bool{
		`{"a":1}`: true, `{"a":1,"a":1}`: false, `{"a":1,"\u0061":1}`: false, `{"":1,"":2}`: false, `{"a":{"b":1},"b":{"b":1}}`: true, `[{"a":1},{"a":1}]`: true, `{"a":[{"b":1,"b":2}]}`: false, `{"😀":1,"\ud83d\ude00":2}`: false,
		"": false, " ": false, "\n\t": false, "1": true, " 1 \r\n": true, "1 1": false, "1,": false, "{}{}": false, "{} x": false, "[1]\x00": false, "[1]\f": false, "\u00a01": false, "\v1": false,
		"\xEF\xBB\xBF1": false, "\xFE\xFF1": false, "\xFF\xFE1": false, `"` + "\xEF\xBB\xBF" + `"`: true, "\"\xFF\"": false, "\"\xC0\xAF\"": false, "\"\xED\xA0\x80\"": false, "\"\xF4\x90\x80\x80\"": false, "\"\xF0\x9F\x98\"": false, "{\"\xFF\":1}": false,
		`"\ud800"`: false, `"\udc00"`: false, `"\ud800\u0041"`: false, `"\ud800\ud800"`: false, `"\udc00\ud800"`: false, `"\ud83d\ude00"`: true, `"\uD83D\uDE00"`: true, `"\ud83d\\ude00"`: false, `{"\ud800":1}`: false,
		`"\u0000"`: false, `{"\u0000":1}`: false, `"\u0001"`: true, "\"\x00\"": false, "\"\x1f\"": false, "\"\x7f\"": true, "\"\n\"": false, "\"\t\"": false, "\"\u2028\"": true,
		`"\/\b\f\n\r\t\"\\"`: true, `"\a"`: false, `"\'"`: false, `"\x41"`: false, `"\u12"`: false, `"\u12g4"`: false, `"\U0041"`: false, `"\`: false, `"`: false, `"a`: false, `'a'`: false, `"\u+123"`: false, `"\u 123"`: false,
		"0": true, "-0": true, "00": false, "01": false, "-01": false, "+1": false, ".5": false, "1.": false, "-": false, "-.5": false, "1.5e": false, "1e+": false, "1E5": true, "1e-5": true, "1e+05": true, "0x1": false, "1_0": false, "NaN": false, "-Infinity": false, "1e400": true, "-1e400": true,
		"9007199254740993": true, strings.Repeat("9", 400): true, "1." + strings.Repeat("0", 400): true,
		"true": true, "tru": false, "truex": false, "True": false, "null": true, "nul": false, "nulll": false, "false": true, "fals": false, "undefined": false,
		"[": false, "]": false, "[1": false, "[1,": false, "[1,]": false, "[,1]": false, "[1 2]": false, "[1}": false, "{": false, "}": false, `{"a"`: false, `{"a":`: false, `{"a":1`: false, `{"a":1,`: false, `{"a":1,}`: false, `{,"a":1}`: false,
		`{"a" 1}`: false, `{"a"::1}`: false, `{a:1}`: false, `{1:1}`: false, `{"a":1]`: false, `{"a":}`: false, `{"a":1 "b":2}`: false, `{null:1}`: false, "[1]//x": false, "/*x*/1": false, "[1,/**/2]": false, "#1": false,
		nested(64): true, nested(65): false, "[" + nested(63) + "," + nested(63) + "]": true, "[" + nested(63) + "," + nested(64) + "]": false, strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64): true,
		strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65): false, nested(100_000): false, strings.Repeat("[", 100_000): false, strings.Repeat(" ", 100_000) + "1" + strings.Repeat("\n", 100_000): true,
	}
	// At every offset from the start of a word of eight bytes, which is how texts may be looked through.
	for at := range 20 {
		pad := strings.Repeat("x", at)
		for text, ok := range map[string]bool{`é`: true, "\x01": false, "\x1f": false, "\x20": true, "\x7f": true, "\x80": false, "\xFF": false, `\"`: true, `\\`: true, `\`: false, `"`: false, `\u0000`: false, `\ud800`: false, "𠮷": true, "\xED\xA0\x80": false} {
			list[`"`+pad+text+`"`], list[`"`+pad+text+`xxxxxxxxx"`] = ok, ok
			list[`{"`+pad+text+`":1}`] = ok
		}
		list["["+strings.Repeat("1", at+1)+"]"], list["["+strings.Repeat("1", at+1)+"x]"], list["[0"+strings.Repeat("1", at+1)+"]"] = true, false, false
	}
	return list
}

// TestOnePassIsAsStrict: what is no JSON is not taken, whatever the schema, and what is JSON is.
func TestOnePassIsAsStrict(t *testing.T) {
	t.Parallel()
	takesAnything := []string{
		"true", "{}", "{description: nothing}", "{type: [object, array, string, number, boolean, 'null']}", "{minProperties: 0, minLength: 0, minItems: 0}", "{items: true, additionalProperties: true}",
		"{anyOf: [{type: [array, object]}, {type: [string, number, boolean, 'null']}]}", "{properties: {a: true, b: {}}, items: {type: [object, array, string, number, boolean, 'null']}}",
		"{type: [object, array, string, number, boolean, 'null'], additionalProperties: {$ref: '#/components/schemas/X'}, items: {$ref: '#/components/schemas/X'}}",
	}
	for _, text := range takesAnything {
		s := of(t, text)
		for body, ok := range strict() {
			decoded := wire.JSONOptions{}
			if _, err := wire.DecodeJSON([]byte(body), decoded); (err == nil) != ok {
				t.Fatalf("%s: the test says %t, DecodeJSON %v", shown([]byte(body)), ok, err)
			}
			if wrong := verdict(s.schema, []byte(body), schema.Syntax{}); wrong != "" {
				t.Errorf("%s: %s: %s", text, shown([]byte(body)), wrong)
			}
		}
	}
	// What the options relax.
	s := of(t, "{}").schema
	for _, tt := range []struct {
		text   string
		syntax wire.JSONOptions
		ok     bool
	}{
		{`{"a":1,"a":2}`, wire.JSONOptions{DuplicateNames: true}, true},
		{`{"a":1,"\u0061":2}`, wire.JSONOptions{DuplicateNames: true}, true},
		{"[[1]]", wire.JSONOptions{MaxDepth: 2}, true},
		{"[[[1]]]", wire.JSONOptions{MaxDepth: 2}, false},
		{strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), wire.JSONOptions{MaxDepth: 1 << 30}, true},
		{strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), wire.JSONOptions{MaxDepth: 1 << 30}, false},
		{"[]", wire.JSONOptions{MaxDepth: -1}, true},
	} {
		syntax := schema.Syntax{JSONOptions: tt.syntax}
		if wrong := verdict(s, []byte(tt.text), syntax); wrong != "" || s.Accepts([]byte(tt.text), syntax) != tt.ok {
			t.Errorf("%s, %+v: %s; want %t", shown([]byte(tt.text)), tt.syntax, wrong, tt.ok)
		}
	}
	// Of a name that stands there twice the last one counts.
	last := of(t, "{properties: {a: {type: integer, minimum: 5}}, required: [a], maxProperties: 1}").schema
	for body, ok := range map[string]bool{`{"a":1,"a":9}`: true, `{"a":9,"a":1}`: false, `{"a":"x","\u0061":9}`: true, `{"b":1,"b":2,"a":9}`: false} {
		twice := schema.Syntax{JSONOptions: wire.JSONOptions{DuplicateNames: true}}
		if slowly(last, []byte(body), twice) != ok {
			t.Errorf("%s: the test is wrong", body)
		}
		if wrong := verdict(last, []byte(body), twice); wrong != "" {
			t.Errorf("%s: %s", body, wrong)
		}
		if last.Accepts([]byte(body), schema.Syntax{}) {
			t.Errorf("%s is taken where no name may stand twice", body)
		}
	}
}

// TestOnePassWithoutASchema: a nil schema takes what is JSON.
func TestOnePassWithoutASchema(t *testing.T) {
	t.Parallel()
	var none *schema.Schema
	for body, ok := range strict() {
		if none.Accepts([]byte(body), schema.Syntax{}) != ok {
			t.Errorf("%s: want %t", shown([]byte(body)), ok)
		}
	}
	if len(none.Slow()) > 0 {
		t.Error("no schema is left to the library")
	}
}
