package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestViolations(t *testing.T) {
	t.Parallel()
	s := compiled(t, `
X:
  type: object
  required: [name, "a/b"]
  additionalProperties: false
  x-source: clause 1
  properties:
    name: {type: string, minLength: 2, maxLength: 4}
    "a/b":
      x-source: clause 2
      type: integer
    rows:
      type: array
      minItems: 1
      maxItems: 2
      items: {$ref: '#/components/schemas/Row'}
    状态: {type: integer, enum: [1, 2]}
Row:
  type: object
  x-source: clause 3
  properties:
    ok: {const: true}
    code: {type: string, pattern: '^[a-z]+$'}
    amount: {type: number, minimum: 0, maximum: 10, multipleOf: 0.01}
    day: {type: string, format: date}
`)
	const x, row = firstLine, firstLine + 16
	tests := []struct {
		name, v string
		want    []string // pointer keyword line source
	}{
		{"valid", `{"name":"ab","a/b":1,"rows":[{"ok":true,"code":"x","amount":9.99,"day":"2025-02-28"}],"状态":2}`, nil},
		{"wrong type", `["secret-text"]`, []string{fmt.Sprintf(" type %d clause 1", x)}},
		{"missing", `{}`, []string{fmt.Sprintf("/a~1b required %d clause 1", x), fmt.Sprintf("/name required %d clause 1", x)}},
		{"unknown", `{"name":"ab","a/b":1,"x~y":"secret-text"}`, []string{fmt.Sprintf("/x~0y additionalProperties %d clause 1", x)}},
		{"short", `{"name":"甲","a/b":1}`, []string{fmt.Sprintf("/name minLength %d clause 1", x+6)}},
		{"long", `{"name":"secret-text","a/b":1}`, []string{fmt.Sprintf("/name maxLength %d clause 1", x+6)}},
		{"escaped pointer and its own clause", `{"name":"ab","a/b":"secret-text"}`, []string{fmt.Sprintf("/a~1b type %d clause 2", x+7)}},
		{"enum under a Chinese name", `{"name":"ab","a/b":1,"状态":3}`, []string{fmt.Sprintf("/状态 enum %d clause 1", x+15)}},
		{"few", `{"name":"ab","a/b":1,"rows":[]}`, []string{fmt.Sprintf("/rows minItems %d clause 1", x+10)}},
		{"many", `{"name":"ab","a/b":1,"rows":[{},{},{}]}`, []string{fmt.Sprintf("/rows maxItems %d clause 1", x+10)}},
		{"everything in the second row", `{"name":"ab","a/b":1,"rows":[{},{"ok":false,"code":"secret-text","amount":-0.001,"day":"2025-02-30"}]}`, []string{
			fmt.Sprintf("/rows/1/amount minimum %d clause 3", row+6), fmt.Sprintf("/rows/1/amount multipleOf %d clause 3", row+6),
			fmt.Sprintf("/rows/1/code pattern %d clause 3", row+5), fmt.Sprintf("/rows/1/day format %d clause 3", row+7), fmt.Sprintf("/rows/1/ok const %d clause 3", row+4),
		}},
		{"maximum", `{"name":"ab","a/b":1,"rows":[{"amount":10.01}]}`, []string{fmt.Sprintf("/rows/0/amount maximum %d clause 3", row+6)}},
		{"places that have nothing in common", `{"name":1,"a/b":1.5,"rows":"secret-text"}`, []string{
			fmt.Sprintf("/a~1b type %d clause 2", x+7), fmt.Sprintf("/name type %d clause 1", x+6), fmt.Sprintf("/rows type %d clause 1", x+10),
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, v := range s.Validate(decoded(t, tt.v)) {
				got = append(got, fmt.Sprintf("%s %s %d %s", v.Pointer, v.Keyword, v.At.Line, v.Source))
				if v.At.File != "test.yaml" {
					t.Errorf("%s stands in file %q", v.Pointer, v.At.File)
				}
				if v.Expected == "" || v.Got == "" || !strings.HasPrefix(v.Schema, "/components/schemas/") {
					t.Errorf("the violation says too little: %+v", v)
				}
				if strings.Contains(v.Got+v.Expected, "secret-text") {
					t.Errorf("the violation shows the value: %+v", v)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestViolationTells(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, required: [a/b], properties: {a/b: {type: [integer, 'null']}, c: {enum: [x, y]}, d: {type: string, minLength: 3}, e: {type: integer, maximum: 5}}}")
	tests := []struct{ v, keyword, expected, got, subject string }{
		{`{}`, "required", "a value", "absent", "a~1b"},
		{`{"a/b":"secret"}`, "type", "null or integer", "a text of 6 characters", "a~1b"},
		{`{"a/b":{"x":1}}`, "type", "null or integer", "an object of 1 members", "a~1b"},
		{`{"a/b":[1,2]}`, "type", "null or integer", "a list of 2 elements", "a~1b"},
		{`{"a/b":true}`, "type", "null or integer", "true", "a~1b"},
		{`{"a/b":1,"c":null}`, "enum", "one of [x y]", "null", "c"},
		{`{"a/b":1,"d":"张三"}`, "minLength", "at least 3 characters", "a text of 2 characters", "d"},
		{`{"a/b":1,"e":6}`, "maximum", "at most 5", "the number 6", "e"},
		{`{"a/b":1,"e":13812345678}`, "maximum", "at most 5", "a number of 11 characters", "e"},
	}
	for _, tt := range tests {
		list := s.Validate(decoded(t, tt.v))
		if len(list) != 1 {
			t.Errorf("%s: %d violations, want 1: %v", tt.v, len(list), list)
			continue
		}
		v := list[0]
		if v.Keyword != tt.keyword || v.Expected != tt.expected || v.Got != tt.got || v.Subject() != tt.subject {
			t.Errorf("%s: %s wants %q at %q, got %q", tt.v, v.Keyword, v.Expected, v.Subject(), v.Got)
		}
		empty := v.Got == "null" || v.Got == "a text of 0 characters"
		if missing := tt.keyword == "required" || empty && (tt.keyword == "type" || tt.keyword == "minLength"); v.Missing() != missing {
			t.Errorf("%s: Missing = %v", tt.v, v.Missing())
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		schema    string
		good, bad []string // JSON
	}{
		{"{type: string, format: cn-id-card}",
			[]string{`"11010519491231002X"`},
			[]string{`"110105194912310021"`, `"110105194912310020"`, `"11010519491231002x"`, `"11010519490231002X"`, `"110105491231002"`, `"11010519491231002XX"`, `"1101051949123１002X"`, `"X10105194912310021"`, `""`}},
		{"{type: string, format: cn-mobile}",
			[]string{`"13812345678"`, `"19900000000"`},
			[]string{`"12812345678"`, `"1381234567"`, `"138123456789"`, `"1381234567x"`, `"+8613812345678"`, `"23812345678"`, `""`}},
		{"{type: string, format: cn-name}",
			[]string{`"张三"`, `"阿卜杜·外力"`, `"Anna Li"`},
			[]string{`"张3"`, `"张\n三"`, `"张３"`}},
		{"{type: string, format: cn-date-time}",
			[]string{`"2026-01-02 03:04:05"`},
			[]string{`"2026-01-02T03:04:05"`, `"2026-02-30 03:04:05"`, `"2026-01-02 24:00:00"`, `"2026-01-02"`, `"2026-01-02 3:04:05"`, `""`}},
		{"{type: string, format: quartz-cron}",
			[]string{`"0 0 12 * * ?"`, `"0 0/5 14 * * ?"`, `"0 15 10 ? * MON-FRI"`},
			[]string{`"* * * * *"`, `"0 0 25 * * ?"`, `"0 0 12 * * x"`, `""`}},
		{"{type: string, format: date}",
			[]string{`"2025-02-28"`, `"2024-02-29"`},
			[]string{`"2025-02-30"`, `"2025-02-29"`, `"2025-2-3"`, `"20250203"`, `"2025-02-03 00:00:00"`, `""`}},
		{"{type: string, format: date-time}",
			[]string{`"2026-01-02T03:04:05+08:00"`, `"2026-01-02T03:04:05Z"`},
			[]string{`"2026-01-02 03:04:05"`, `"2026-02-30T03:04:05Z"`}},
		{"{type: integer, format: int32}",
			[]string{`2147483647`, `-2147483648`, `0`},
			[]string{`2147483648`, `-2147483649`, `1e10`, `99999999999999999999`, `1.5`}},
		{"{type: integer, format: int64}",
			[]string{`9223372036854775807`, `-9223372036854775808`},
			[]string{`9223372036854775808`, `-9223372036854775809`, `1e30`}},
		{"{type: [integer, 'null'], format: int32}", []string{`null`, `5`}, []string{`"5"`}},
	}
	for _, tt := range tests {
		s := compiled(t, "X: "+tt.schema)
		for _, v := range tt.good {
			if violations := s.Validate(decoded(t, v)); violations != nil {
				t.Errorf("%s refuses %s: %v", tt.schema, v, violations)
			}
		}
		for _, v := range tt.bad {
			violations := s.Validate(decoded(t, v))
			if len(violations) != 1 || violations[0].Pointer != "" {
				t.Errorf("%s on %s: %v, want one violation", tt.schema, v, violations)
				continue
			}
			if text := strings.Trim(v, `"`); len(text) > 5 && strings.Contains(violations[0].Got+violations[0].Expected, text) {
				t.Errorf("%s: the violation shows the value: %+v", tt.schema, violations[0])
			}
		}
	}
}

// Numbers that take minutes or a gigabyte to hold exactly are refused before anybody tries.
func TestMonstrousNumbers(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, x-source: clause 1, properties: {list: {type: array, items: {type: number, minimum: 0.5, multipleOf: 0.01}}}}")
	for _, number := range []string{"1e9999999", "1E+999999", "-1e-9999999", "1e0001000", "0e1000000000000"} {
		violations := s.Validate(decoded(t, `{"list":[1,`+number+`]}`))
		if len(violations) != 1 || violations[0].Pointer != "/list/1" || violations[0].Source != "clause 1" || violations[0].At.Line != firstLine {
			t.Errorf("%s: %+v, want one violation at /list/1", number, violations)
		}
	}
	for _, number := range []string{"1e2", "1e+02", "2881.00", "1E000001"} {
		if violations := s.Validate(decoded(t, `{"list":[`+number+`]}`)); violations != nil {
			t.Errorf("%s: %v", number, violations)
		}
	}
}

func TestValidateTakesAnything(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, properties: {a: {type: integer}}}")
	for _, v := range []any{nil, struct{}{}, map[string]any{"a": make(chan int)}, 1, []any{func() {}}} {
		if violations := s.Validate(v); len(violations) == 0 {
			t.Errorf("%T is valid", v)
		}
	}
}

// TestAWideWrongBodyIsExplainedOnce: a body of many wrong elements costs no more to explain than one of a few.
func TestAWideWrongBodyIsExplainedOnce(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, properties: {to: {type: array, items: {type: object, required: [a, b], properties: {a: {type: string}, b: {type: integer}}}}}}")
	wide := make([]any, 200_000)
	for i := range wide {
		wide[i] = map[string]any{}
	}
	list := s.Validate(map[string]any{"to": wide})
	if len(list) == 0 || len(list) > 20 {
		t.Fatalf("%d violations, want 1 to 20", len(list))
	}
	if list[0].Pointer != "/to/0/a" || !list[0].Missing() {
		t.Errorf("the first violation is %s at %s, want the first missing member", list[0].Keyword, list[0].Pointer)
	}
	// What only the library can accept hides nothing that stands behind it.
	mixed := make([]any, 50)
	for i := range mixed {
		mixed[i] = map[string]any{"a": "x", "b": json.Number("1.0")}
	}
	mixed[49] = map[string]any{"a": "x"}
	if list := s.Validate(map[string]any{"to": mixed}); len(list) != 1 || list[0].Pointer != "/to/49/b" {
		t.Errorf("violations %v, want the missing member of the last element", list)
	}
}

func TestViolationsComeInOneOrder(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, properties: {a: {type: object, required: [x]}, b: {type: object, required: [x]}, c: {type: integer}, d: {not: {}}}}")
	var first string
	for range 40 {
		got := fmt.Sprint(s.Validate(decoded(t, `{"a":{},"b":{},"c":"x","d":1}`)))
		if first == "" {
			first = got
		}
		if got != first {
			t.Fatalf("violations in two orders:\n%s\n%s", first, got)
		}
	}
}
