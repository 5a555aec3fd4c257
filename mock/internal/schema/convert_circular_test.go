package schema

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/value"
)

// TestConversionsHaveAnEnd: what fits nowhere is tried once as the only element of a list, or as what a text holds, however the
// schemas lead back to themselves.
func TestConversionsHaveAnEnd(t *testing.T) {
	t.Parallel()
	const x = `{"$ref":"#/components/schemas/X"}`
	const json = `"type":"string","contentMediaType":"application/json"`
	record, nested := value.Record{"a": true}, `{"type":"integer"}`
	for range 12 {
		nested = `{"type":"array","items":` + nested + `}`
	}
	many := make([]string, 30)
	for i := range many {
		many[i] = fmt.Sprintf(`{"type":"array","maxItems":%d,"items":%s}`, i+1, x)
	}
	for _, tt := range []struct {
		schema string
		v      any
		want   string // "" stands for a refusal
	}{
		{`{"type":"array","items":` + x + `}`, "x", ""},
		{`{"type":"array","items":` + x + `}`, record, ""},
		{`{"type":"array","items":` + x + `}`, value.Fix(func() any { return record }), ""},
		{`{"type":"array","items":` + x + `}`, value.List{value.List{}, value.List{value.List{}}}, `[[],[[]]]`},
		{`{"type":"array","items":` + x + `}`, value.List{value.List{}, 1}, ""},
		{`{"type":"array","items":{"type":"array","items":` + x + `}}`, 1, ""},
		{`{"anyOf":[{"type":"string"},{"type":"array","items":` + x + `}]}`, "x", `"x"`},
		{`{"anyOf":[{"type":"string"},{"type":"array","items":` + x + `}]}`, true, ""},
		{`{"anyOf":[{"type":"string"},{"type":"array","items":` + x + `}]}`, record, ""},
		{`{"anyOf":[{"type":"array","items":` + x + `},{"type":"string"}]}`, "x", `"x"`},
		{`{"anyOf":[{"type":"array","items":` + x + `},{"type":"string"}]}`, true, ""},
		{`{"anyOf":[{"type":"array","items":{"anyOf":[{"type":"string"},` + x + `]}}]}`, "x", `["x"]`},
		{`{"anyOf":[{"type":"array","items":{"anyOf":[{"type":"string"},` + x + `]}}]}`, true, ""},
		{`{"type":"array","items":{"type":"object","properties":{"a":` + x + `}}}`, value.Record{"a": value.Record{}}, `[{"a":[{}]}]`},
		{`{"type":"array","items":{"type":"object","properties":{"a":` + x + `}}}`, record, ""},
		{`{"type":["array","object"],"items":` + x + `,"properties":{"a":{"type":"boolean"}}}`, record, `{"a":true}`},
		{`{"type":["array","object"],"items":` + x + `,"properties":{"a":{"type":"boolean"}}}`, 1, ""},
		{`{` + json + `,"contentSchema":` + x + `}`, record, ""},
		{`{` + json + `,"contentSchema":` + x + `}`, "x", `"x"`},
		{`{` + json + `,"contentSchema":` + x + `}`, value.List{record}, ""},
		{`{` + json + `,"contentSchema":{"type":"array","items":` + x + `}}`, record, ""},
		{`{` + json + `,"contentSchema":{"type":"array","items":` + x + `}}`, value.List{"x", value.List{"y"}}, `"[\"x\",\"[\\\"y\\\"]\"]"`},
		{`{"type":"object","additionalProperties":{` + json + `,"contentSchema":` + x + `}}`, value.Record{"a": value.Record{"b": value.Record{}}}, `{"a":"{\"b\":\"{}\"}"}`},
		{`{"anyOf":[` + strings.Join(many, ",") + `]}`, true, ""},
		{`{"anyOf":[` + strings.Join(many, ",") + `,{"type":"boolean"}]}`, true, `true`},
		{`{"anyOf":[{"type":["string","array"],"contentMediaType":"application/json","contentSchema":{"type":"integer"},"items":{"type":"object","additionalProperties":true}}]}`, record, `[{"a":true}]`},
		{nested, 5, strings.Repeat("[", 12) + "5" + strings.Repeat("]", 12)},
		{nested, true, ""},
	} {
		start := time.Now()
		s := hostileSchema(t, tt.schema)
		for _, lists := range []Lists{Plain, Wrapped, Simplified} {
			want, got := "", ""
			converted, wantErr := s.Convert(tt.v)
			if wantErr == nil {
				text, err := s.AppendJSON(nil, converted, lists)
				if err != nil {
					t.Fatalf("%s: %v: %v", tt.schema, tt.v, err)
				}
				want = string(text)
			}
			text, gotErr := s.Append(nil, tt.v, lists)
			if got = string(text); got != want || fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
				t.Errorf("%s: %v: in one go %s, %v, in two %s, %v", tt.schema, tt.v, got, gotErr, want, wantErr)
			}
			if lists == Plain && want != tt.want || (want == "") != (tt.want == "") {
				t.Errorf("%s: %v is %s, %v, not %s", tt.schema, tt.v, want, wantErr, tt.want)
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v took %v", tt.schema, tt.v, took)
		}
	}
}

// TestTheSameMistakeIsNamed: of several members that are wrong it is always the same one.
func TestTheSameMistakeIsNamed(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		`{"type":"object","properties":{"z":{"type":"integer"},"y":{"type":"integer"}},"additionalProperties":{"type":"integer"}}`: "at /z ",
		`{"type":"object","properties":{"x":{}},"additionalProperties":{"type":"integer"}}`:                                        "at /a ",
		`{"type":"object","properties":{"a":{}}}`:                                                                                  "at /b ",
	} {
		s := hostileSchema(t, schema)
		for range 40 {
			v := value.Record{}
			for _, name := range strings.Split("zyxdebac", "") {
				v[name] = true
			}
			_, err := s.Convert(v)
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Fatalf("%s: %v, not %s", schema, err, want)
			}
			if _, again := s.Append(nil, v, Plain); again == nil || again.Error() != err.Error() {
				t.Fatalf("%s: in one go: %v, in two: %v", schema, again, err)
			}
		}
	}
}
