package schema

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/value"
	"understudy/specs"
)

// drawn is a value that a schema may have a form for, in one of the forms that behaviours give, and now and then one that it
// has none for.
func drawn(r *rand.Rand, n *node, depth int) any {
	if r.IntN(60) == 0 {
		return oddValues()[r.IntN(len(oddValues()))]
	}
	if len(n.anyOf) > 0 {
		return drawn(r, n.anyOf[r.IntN(len(n.anyOf))], depth)
	}
	if n.isConst && r.IntN(8) > 0 {
		return n.constant
	}
	types := n.types
	if len(types) == 0 {
		types = []string{"object", "string", "number", "array"}
	}
	switch types[r.IntN(len(types))] {
	case "object":
		return drawnRecord(r, n, depth)
	case "array":
		items := n.items
		if items == nil || depth > 6 {
			items = &node{types: []string{"string"}}
		}
		list := []any{}
		for range r.IntN(4) {
			list = append(list, drawn(r, items, depth+1))
		}
		return list
	case "integer", "number":
		return []any{7, int64(-12), json.Number("12.50"), json.Number("3"), "42", "", "-0.5", value.Day{}, time.UnixMilli(1767198600123)}[r.IntN(9)]
	case "boolean":
		return r.IntN(2) == 0
	case "null":
		return []any{nil, ""}[r.IntN(2)]
	}
	return []any{
		"张三", "", "plain text of some length", "with \"quotes\"", "tab\tand\\", 15, json.Number("2881.00"), time.UnixMilli(1767198600123),
		value.Day{Year: 2026, Month: 1, Day: 2}, []any{"single"}, nil, `{"a":1}`, "\u2028", "emoji 😀 and more text behind it",
	}[r.IntN(14)]
}

func drawnRecord(r *rand.Rand, n *node, depth int) map[string]any {
	out := map[string]any{}
	for _, p := range n.properties {
		if depth < 8 && (n.required[p.name] || r.IntN(3) > 0) {
			out[p.name] = drawn(r, p.node, depth+1)
		}
	}
	if r.IntN(40) == 0 || len(n.properties) == 0 {
		out["extra"], out["a second"] = "x", []any{1, nil}
	}
	return out
}

func oddValues() []any {
	return []any{nil, "", "\xff", 1, 1.5, json.Number("abc"), json.Number("1e3"), true, struct{}{}, []any{}, []any{1, 2}, map[string]any{}, map[string]any{"\xff": 1},
		`[1,"2"]`, `{"a":`, []any{[]any{"deep"}}, map[string]any{"b": value.Day{Year: -3, Month: 1, Day: 400}}, []any{nil}, time.Time{},
		value.Fix(func() any { return map[string]any{"a": "x"} }), value.Fix(func() any { return []any{} })}
}

// agree compares what is written in one go with what Convert and AppendJSON write.
func agree(t *testing.T, s *Schema, v any, lists Lists) (wrote bool) {
	t.Helper()
	want, wrong := written(s, v, lists)
	got, err := s.Append([]byte("before "), v, lists)
	if (err != nil) != (wrong != nil) {
		t.Fatalf("%s: %#v: error %v, want %v", s.root.pointer, v, err, wrong)
	}
	if err == nil && string(got) != "before "+want {
		t.Fatalf("%s, lists %d: %#v:\n got %s\nwant %s", s.root.pointer, lists, v, got, want)
	}
	if err != nil && string(got) != "before " {
		t.Fatalf("%s: a refused value leaves %q", s.root.pointer, got)
	}
	return err == nil
}

func inOneGo(s *Schema, v any, lists Lists) bool {
	w := writer{lists: lists, empty: -1}
	return w.value(s.root, v) == wrote
}

// replies are the schemas of a contract's JSON replies.
func replies(t *testing.T, c *specs.Contract) []string {
	var pointers []string
	for _, o := range c.Operations {
		for _, r := range o.Responses {
			for _, m := range r.Content {
				pointers = append(pointers, m.Schema)
			}
		}
	}
	if len(pointers) == 0 {
		t.Fatalf("%s has no replies", c.Vendor)
	}
	return pointers
}

func TestAppendWritesWhatThePairWrites(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		c, err := specs.Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		set := NewSet(c)
		r := rand.New(rand.NewPCG(1, 2))
		fits, once := 0, 0
		for _, pointer := range replies(t, c) {
			s, err := set.Compile(pointer)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 1500 {
				lists := Lists(i % 3)
				v := drawn(r, s.root, 0)
				if agree(t, s, v, lists) {
					fits++
					if inOneGo(s, v, lists) {
						once++
					}
				}
			}
		}
		if fits < 300 || once < fits*9/10 {
			t.Errorf("%s: of %d values that fit %d were written in one go", vendor, fits, once)
		}
	}
}

func TestAppendOfAlternatives(t *testing.T) {
	t.Parallel()
	schemas := []string{
		"{anyOf: [{type: object, required: [gone], properties: {b: {}, a: {type: string}}}, {type: object, properties: {a: {type: string}, b: {}}}]}",
		"{anyOf: [{type: object, required: [a], properties: {a: {type: boolean}, b: {type: string}}}, {type: object, properties: {b: {type: string}, a: {type: string}}}]}",
		"{anyOf: [{type: object, properties: {b: {type: [boolean, 'null']}, a: {type: string}}}, {type: object, properties: {a: {type: string}, b: {type: string, minLength: 1}}}]}",
		"{anyOf: [{type: object, additionalProperties: true, required: [z], properties: {a: {type: boolean}}}, {type: object, properties: {c: {type: string}, a: {type: string}}, required: [a]}]}",
		"{anyOf: [{type: array, items: {type: object, properties: {a: {type: boolean}, b: {}}}}, {type: array, items: {type: object, properties: {b: {}, a: {type: string}}}}]}",
		"{oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/A'}], discriminator: {propertyName: kind}}",
		"{type: object, properties: {a: {type: string}}, anyOf: [{required: [a]}, {properties: {b: {type: string}}}]}",
		"{anyOf: [{type: object, properties: {a: {anyOf: [{type: object, properties: {b: {const: 1}}}, {type: 'null'}]}}}, {type: object, properties: {b: {}, a: {type: object, properties: {c: {}, b: {const: '1'}}}}}]}",
		"{type: array, xml: {wrapped: true}, items: {anyOf: [{type: array, xml: {wrapped: true}, items: {type: string}}, {type: string}]}}",
		"{type: object, properties: {a: {type: array, xml: {wrapped: true}, items: {type: string}}, b: {anyOf: [{type: array, xml: {wrapped: true}, items: {}}, {type: object}]}, c: {type: [string, 'null']}}}",
		"{type: object, patternProperties: {'^b': {type: object, properties: {z: {}, a: {}}}}, properties: {a: {type: string}}, additionalProperties: true}",
		"{type: array, prefixItems: [{type: object, properties: {b: {}, a: {}}}], items: {type: object, properties: {a: {}, b: {}}}}",
		"{type: object, required: [a, gone], properties: {a: {type: string}}, additionalProperties: {type: integer}}",
		"{type: string, contentMediaType: application/json, contentSchema: {type: object, properties: {b: {}, a: {}}}}",
		"{const: {a: 1}}", "{enum: [1, x, null]}", "{type: [integer, string, 'null'], minLength: 2}", "{}",
	}
	some := []any{
		map[string]any{"a": "x", "b": "y"}, map[string]any{"b": "", "a": "x"}, map[string]any{"a": "x"}, map[string]any{"a": true, "b": nil}, map[string]any{"kind": "A", "b": 1, "a": 2},
		map[string]any{"kind": "B", "b": 1, "a": 2}, map[string]any{"kind": "C", "a": 1}, []any{map[string]any{"b": "x", "a": "y"}}, []any{map[string]any{"a": true}}, []any{}, []any{"x"}, []any{[]any{}, []any{"x"}, "y"},
		map[string]any{"a": map[string]any{"b": json.Number("1"), "c": 1}}, map[string]any{"a": map[string]any{"b": "1", "c": 1}, "b": []any{}}, map[string]any{"a": []any{}, "b": []any{}, "c": ""},
		map[string]any{"a": "", "b": []any{}, "c": "x"}, map[string]any{"b": map[string]any{"a": 1, "z": 2}, "a": "x"}, "x", 1, nil, "12", map[string]any{"a": json.Number("1")}, map[string]any{"x": 1, "a": "y"},
	}
	for _, text := range schemas {
		s := compiled(t, "X: "+text+"\nA: {type: object, required: [kind], properties: {a: {}, kind: {type: string}, b: {}}}\nB: {type: object, required: [kind], properties: {b: {}, kind: {type: string}, a: {}}}")
		r := rand.New(rand.NewPCG(3, 4))
		for _, lists := range []Lists{Plain, Wrapped, Simplified} {
			for _, v := range append(some, oddValues()...) {
				agree(t, s, v, lists)
			}
			for range 300 {
				agree(t, s, drawn(r, s.root, 0), lists)
			}
		}
	}
}

func TestAppendQuote(t *testing.T) {
	t.Parallel()
	check := func(s string) {
		want, err := jsontext.AppendQuote([]byte("x"), s)
		got, ok := appendQuote([]byte("x"), s)
		if ok != (err == nil) || ok && string(got) != string(want) || !ok && string(got) != "x" {
			t.Fatalf("%q: %q, %v, want %q, %v", s, got, ok, want, err)
		}
	}
	for c := range rune(0x3000) {
		check(string(c))
		check("a text of 16 byte" + string(c) + "and more behind")
	}
	for _, c := range []rune{utf8.RuneError, 0xD7FF, 0xE000, 0xFFFF, 0x10000, utf8.MaxRune} {
		check(strings.Repeat("中", 5) + string(c))
	}
	for b := range 256 {
		for pad := range 17 {
			check(strings.Repeat("p", pad) + string([]byte{byte(b)}) + "rest of it")
		}
	}
}

const batch = `
X:
  anyOf:
    - {$ref: '#/components/schemas/Rows'}
    - {type: object, required: [ok], properties: {ok: {const: false}}}
Rows:
  type: object
  required: [ok, rows, at]
  properties:
    ok: {const: true}
    at: {type: integer}
    id: {type: string}
    rows: {type: array, xml: {wrapped: true}, items: {$ref: '#/components/schemas/Row'}}
Row: {type: object, xml: {name: row}, properties: {batch: {type: string, maxLength: 4}, name: {type: string}, day: {type: string, format: date}, last: {type: integer}}}
`

func TestAFrameWritesWhatThePairWrites(t *testing.T) {
	t.Parallel()
	s := compiled(t, batch)
	at := time.UnixMilli(1767198600123)
	made := 0
	row := func(name string) *value.Fixed {
		return value.Fix(func() any {
			made++
			return map[string]any{"name": name, "day": value.Day{Year: 2026, Month: 1, Day: 2}}
		})
	}
	fixed := []*value.Fixed{row("甲"), row("乙"), row("")}
	frame := s.Frame(map[string]any{"ok": true, "at": Now, "id": RequestID, "rows": Result})
	if frame == nil || !frame.Has(RequestID) {
		t.Fatal("there is no frame")
	}
	for call := range 3 {
		for _, lists := range []Lists{Plain, Wrapped, Simplified} {
			for _, result := range []any{
				[]any{fixed[0], fixed[1]}, []any{}, []any{fixed[2]}, map[string]any{"name": "x"},
				[]any{&value.With{Fixed: fixed[0], Name: "batch", Member: "b" + string(rune('0'+call))}, fixed[1]},
				[]any{&value.With{Fixed: fixed[0], Name: "last", Member: call}}, []any{&value.With{Fixed: fixed[0], Name: "last"}},
				[]any{&value.With{Fixed: value.Fix(func() any { return map[string]any{} }), Name: "batch", Member: "b"}},
				[]any{&value.With{Fixed: value.Fix(func() any { return map[string]any{"batch": "b"} }), Name: "day", Member: "2026-01-02"}},
			} {
				want, err := written(s, map[string]any{"ok": true, "at": at, "id": "r1", "rows": result}, lists)
				if err != nil {
					t.Fatal(err)
				}
				got, _, ok := frame.Append([]byte("before "), Filling{Result: result, Now: at, RequestID: "r1"}, lists)
				if empty, _ := result.([]any); ok && string(got) != "before "+want || !ok && len(empty) > 0 {
					t.Errorf("%v: %s, want %s", ok, got, want)
				}
			}
		}
	}
	made = 0
	for range 5 {
		if _, _, ok := frame.Append(nil, Filling{Result: []any{fixed[0], &value.With{Fixed: fixed[1], Name: "batch", Member: "b"}}, Now: at}, Plain); !ok {
			t.Fatal("not written")
		}
	}
	if made > 2 {
		t.Errorf("the rows were made %d times", made)
	}
}

func TestAFrameThatIsNotCertain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, why string }{
		{"{anyOf: [{type: object, properties: {a: {}, r: {type: integer}}}, {type: object, properties: {r: {}, a: {}}}]}", ""},
		{"{type: object, properties: {r: {}}}", "a is not described"},
		{"{type: object, required: [n], properties: {a: {}, r: {}, n: {type: integer}}}", "n is missing"},
		{"{type: array}", "no record"},
	} {
		f := compiled(t, "X: "+c.schema).Frame(map[string]any{"a": 1, "r": Result})
		if c.why != "" && f != nil {
			t.Errorf("%s: there is a frame", c.why)
		}
		if f == nil {
			continue
		}
		s := compiled(t, "X: "+c.schema)
		for _, v := range []any{1, "x", nil, []any{1}} {
			want, err := written(s, map[string]any{"a": 1, "r": v}, Plain)
			if got, _, ok := f.Append(nil, Filling{Result: v}, Plain); ok && (err != nil || string(got) != want) {
				t.Errorf("%v: %s, want %s", v, got, want)
			}
		}
	}
	if (*Schema)(nil).Frame(map[string]any{}) != nil {
		t.Error("no schema has a frame")
	}
}

func TestAFrameJudgesPieceByPiece(t *testing.T) {
	t.Parallel()
	fixed := func(r map[string]any) *value.Fixed {
		return value.Fix(func() any {
			own := map[string]any{}
			for name, v := range r {
				own[name] = v
			}
			return own
		})
	}
	with := func(name string, v any) *value.With {
		return &value.With{Fixed: fixed(map[string]any{"name": "甲"}), Name: name, Member: v}
	}
	template := map[string]any{"ok": true, "at": Now, "rows": Result}
	for _, tt := range []struct {
		name, from, to string
		result         any
		judged         bool
	}{
		{"rows", "", "", []any{fixed(map[string]any{"name": "甲"}), with("batch", "b")}, true},
		{"a row beside them that is not remembered", "", "", []any{fixed(map[string]any{"name": "甲"}), map[string]any{"name": "x"}}, true},
		{"a row that breaks the schema", "", "", []any{fixed(map[string]any{"batch": "too long"})}, false},
		{"a member that breaks it", "", "", []any{with("batch", "too long")}, false},
		{"a row that breaks it beside a remembered one", "", "", []any{with("batch", "b"), map[string]any{"batch": "too long"}}, false},
		{"nothing remembered", "", "", []any{map[string]any{"name": "x"}}, false},
		{"a list with a rule of its own", "rows: {type: array,", "rows: {type: array, maxItems: 1,", []any{fixed(map[string]any{"name": "甲"})}, true},
		{"a list that breaks it", "rows: {type: array,", "rows: {type: array, maxItems: 1,", []any{fixed(map[string]any{"name": "甲"}), with("batch", "b")}, false},
		{"a list with too few rows", "rows: {type: array,", "rows: {type: array, minItems: 2,", []any{fixed(map[string]any{"name": "甲"})}, false},
		{"a list with a rule of another kind", "rows: {type: array,", "rows: {type: array, uniqueItems: true,", []any{with("batch", "b"), with("batch", "b")}, false},
		{"a record with a rule of its own", "required: [ok, rows, at]", "minProperties: 1\n  required: [ok, rows, at]", []any{fixed(map[string]any{"name": "甲"})}, false},
		{"a constant that breaks it", "ok: {const: true}", "ok: {type: boolean, enum: [false]}", []any{fixed(map[string]any{"name": "甲"})}, false},
		{"only one of the alternatives may fit", "anyOf:", "oneOf:", []any{fixed(map[string]any{"name": "甲"})}, false},
	} {
		s := compiled(t, strings.Replace(batch, tt.from, tt.to, 1))
		frame := s.Frame(template)
		for call := range 3 {
			text, judged, ok := frame.Append(nil, Filling{Result: tt.result, Now: time.UnixMilli(1767198600123)}, Plain)
			if !ok || judged != tt.judged {
				t.Errorf("%s, call %d: written %v, judged %v: %s", tt.name, call, ok, judged, text)
			}
			if judged && s.Validate(decoded(t, string(text))) != nil {
				t.Errorf("%s: judged, and breaks the schema: %s", tt.name, text)
			}
		}
	}
}
