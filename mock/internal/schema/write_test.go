package schema

import (
	"encoding/json"
	"strings"
	"testing"

	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
)

func TestAppendJSONKeepsTheOrderOfTheDocument(t *testing.T) {
	t.Parallel()
	s := compiled(t, `
X:
  type: object
  properties:
    zebra: {type: string}
    amount: {type: number}
    中文: {type: string}
    inner: {$ref: '#/components/schemas/Inner'}
    alpha: {type: string}
Inner: {type: object, properties: {b: {type: integer}, a: {type: integer}}}
`)
	v := value.Record{
		"alpha": "last", "inner": value.Record{"a": 1, "b": 2}, "amount": json.Number("2881.00"), "zebra": "张三 <a href=\"x\">&'\u2028\t", "中文": "值",
	}
	const want = `{"zebra":"张三 <a href=\"x\">&'` + "\u2028" + `\t","amount":2881.00,"中文":"值","inner":{"b":2,"a":1},"alpha":"last"}`
	got, err := written(s, v, Plain)
	if err != nil || got != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	converted, _ := s.Convert(v)
	if text, err := s.AppendJSON([]byte("before "), converted, Plain); err != nil || string(text) != "before "+want {
		t.Errorf("AppendJSON does not append: %s, %v", text, err)
	}
}

func TestAppendJSONRefusesWhatIsNoText(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, additionalProperties: true, properties: {a: {type: string}}}")
	for _, v := range []value.Record{{"a": "\xff"}, {"\xff": "a"}} {
		if got, err := written(s, v, Plain); err == nil {
			t.Errorf("bytes that are not UTF-8 became %q", got)
		}
	}
}

const lists = `
X:
  type: object
  properties:
    before: {type: integer}
    wrapped: {type: array, xml: {wrapped: true}, items: {$ref: '#/components/schemas/Row'}}
    plain: {type: array, items: {$ref: '#/components/schemas/Row'}}
    texts: {type: array, xml: {wrapped: true}, items: {type: string}}
    after: {type: integer}
Row:
  type: object
  xml: {name: row_dto}
  properties:
    id: {type: integer}
    parts: {type: array, xml: {wrapped: true}, items: {type: string, xml: {name: part}}}
`

func TestAppendJSONWrapsLists(t *testing.T) {
	t.Parallel()
	s := compiled(t, lists)
	rows := value.List{value.Record{"id": 1, "parts": value.List{"a", "b"}}, value.Record{"id": 2, "parts": value.List{}}}
	full := value.Record{"before": 1, "wrapped": rows, "plain": rows, "texts": value.List{"x"}, "after": 2}
	none := value.Record{"before": 1, "wrapped": value.List{}, "plain": value.List{}, "texts": value.List{}, "after": 2}
	tests := []struct {
		name  string
		v     value.Record
		lists Lists
		want  string
	}{
		{"plain", full, Plain, `{"before":1,"wrapped":[{"id":1,"parts":["a","b"]},{"id":2,"parts":[]}],"plain":[{"id":1,"parts":["a","b"]},{"id":2,"parts":[]}],"texts":["x"],"after":2}`},
		{"wrapped", full, Wrapped, `{"before":1,"wrapped":{"row_dto":[{"id":1,"parts":{"part":["a","b"]}},{"id":2}]},"plain":[{"id":1,"parts":{"part":["a","b"]}},{"id":2}],"texts":{"item":["x"]},"after":2}`},
		{"empty, plain", none, Plain, `{"before":1,"wrapped":[],"plain":[],"texts":[],"after":2}`},
		{"empty, wrapped", none, Wrapped, `{"before":1,"plain":[],"after":2}`},
		{"only an empty wrapped list", value.Record{"wrapped": value.List{}}, Wrapped, `{}`},
	}
	for _, tt := range tests {
		if got, err := written(s, tt.v, tt.lists); err != nil || got != tt.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", tt.name, got, err, tt.want)
		}
	}
}

func TestAppendXML(t *testing.T) {
	t.Parallel()
	const declaration = `<?xml version="1.0" encoding="utf-8" ?>`
	s := compiled(t, `
X: {type: object, properties: {reply: {$ref: '#/components/schemas/Y'}, failure: {type: object, properties: {message: {type: string}}}}}
`+strings.Replace(lists, "\nX:", "Y:", 1))
	tests := []struct {
		name string
		v    value.Record
		want string
	}{
		{"order, lists and wrapped lists", value.Record{"after": 2, "before": 1,
			"wrapped": value.List{value.Record{"id": 1, "parts": value.List{"a", "b"}}, value.Record{"id": 2, "parts": value.List{}}},
			"plain":   value.List{value.Record{"id": 3}, value.Record{"id": 4}}, "texts": value.List{"x", "y"}},
			`<reply><before>1</before><wrapped><row_dto><id>1</id><parts><part>a</part><part>b</part></parts></row_dto><row_dto><id>2</id><parts></parts></row_dto></wrapped>` +
				`<row_dto><id>3</id></row_dto><row_dto><id>4</id></row_dto><texts><texts>x</texts><texts>y</texts></texts><after>2</after></reply>`},
		{"empty lists", value.Record{"wrapped": value.List{}, "plain": value.List{}}, `<reply><wrapped></wrapped></reply>`},
	}
	for _, tt := range tests {
		converted, err := s.Convert(value.Record{"reply": tt.v})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got, err := s.AppendXML([]byte("before "), converted)
		if err != nil || string(got) != "before "+declaration+tt.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", tt.name, got, err, tt.want)
		}
		if name, _, err := wire.DecodeXML(got[len("before "):], 0); err != nil || name != "reply" {
			t.Errorf("%s: what was written cannot be read: %v", tt.name, err)
		}
	}
}

func TestAppendXMLTexts(t *testing.T) {
	t.Parallel()
	s := compiled(t, `
X:
  type: object
  properties:
    reply:
      type: object
      properties:
        renamed: {type: string, xml: {name: other_name}}
        text: {type: [string, "null"]}
        flag: {type: boolean}
        amount: {type: number}
        loose: {description: any}
`)
	v := value.Record{"text": "张三 <a> & \"b\" 'c'\r\n]]>", "renamed": "x", "flag": false, "amount": json.Number("2881.00"), "loose": value.Record{"b": value.List{1, 2}, "a": nil}}
	converted, err := s.Convert(value.Record{"reply": v})
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.AppendXML(nil, converted)
	if err != nil {
		t.Fatal(err)
	}
	if want := `<other_name>x</other_name>`; !strings.Contains(string(text), want) {
		t.Errorf("%s has no %s", text, want)
	}
	if got := string(text); strings.Contains(got, "张三 <a>") || !strings.Contains(got, "张三 &lt;a&gt; &amp; ") {
		t.Errorf("the text is not escaped: %s", got)
	}
	_, back, err := wire.DecodeXML(text, 0)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	read := back.(map[string]any)
	for name, want := range map[string]string{"text": v["text"].(string), "flag": "false", "amount": "2881.00"} {
		if read[name] != want {
			t.Errorf("%s comes back as %q, want %q", name, read[name], want)
		}
	}
	converted, _ = s.Convert(value.Record{"reply": value.Record{"text": nil}})
	if text, err := s.AppendXML(nil, converted); err != nil || !strings.HasSuffix(string(text), `<reply></reply>`) {
		t.Errorf("null is left out of XML: %s, %v", text, err)
	}
}

func TestAppendXMLNeedsOneRoot(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, properties: {a: {type: string}, b: {type: string}}}")
	for _, v := range []any{map[string]any{}, map[string]any{"a": "secret", "b": "secret"}, []any{"secret"}, "secret", nil} {
		got, err := s.AppendXML([]byte("before"), v)
		if err == nil || string(got) != "before" {
			t.Errorf("%T became %s, %v", v, got, err)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the value: %v", err)
		}
	}
}

func TestXMLRefusesWhatItCannotHold(t *testing.T) {
	t.Parallel()
	s := compiled(t, "X: {type: object, properties: {a: {type: string}}}")
	for _, text := range []string{"x\u0001", "\ufffe", "\ufffd"} {
		if out, err := s.AppendXML(nil, map[string]any{"a": text}); err == nil {
			t.Errorf("%q was written as %s", text, out)
		}
	}
	if _, err := s.AppendXML(nil, map[string]any{"a": "一\t\n\r𠮷 &<"}); err != nil {
		t.Errorf("good text: %v", err)
	}
}

// TestNoMemberIsLost: what a schema allows without describing it is written as well, each member once and in a known order.
func TestNoMemberIsLost(t *testing.T) {
	t.Parallel()
	tests := []struct{ schema, v, want string }{
		{"{type: object, properties: {b: {type: string}, a: {type: string}}}", `{"z":1,"a":"1","y":{"q":[1.0,{}]},"b":"2"}`, `{"b":"2","a":"1","y":{"q":[1.0,{}]},"z":1}`},
		{"{type: object, properties: {b: true}, patternProperties: {'^x': {type: object, properties: {q: true, p: true}}}}", `{"xa":{"p":1,"q":2,"r":3},"b":null}`, `{"b":null,"xa":{"q":2,"p":1,"r":3}}`},
		{"{type: object, additionalProperties: {type: object, properties: {q: true, p: true}}}", `{"k":{"p":1,"q":2}}`, `{"k":{"q":2,"p":1}}`},
		{"{type: object, additionalProperties: false, properties: {a: true}}", `{"c":1,"a":2}`, `{"a":2,"c":1}`},
		{"{type: object, unevaluatedProperties: true, allOf: [{properties: {b: true}}, {properties: {a: true}}]}", `{"c":1,"a":2,"b":3}`, `{"b":3,"a":2,"c":1}`},
		{"{anyOf: [{type: object, properties: {b: true, a: true}, required: [b]}, {type: string}]}", `{"c":1,"a":2,"b":3}`, `{"b":3,"a":2,"c":1}`},
		{"{type: array, prefixItems: [{type: object, properties: {b: true, a: true}}], items: {type: object, properties: {d: true, c: true}}}", `[{"a":1,"b":2},{"c":3,"d":4}]`, `[{"b":2,"a":1},{"d":4,"c":3}]`},
		{"{type: array}", `[{"b":1,"a":[null]}]`, `[{"a":[null],"b":1}]`},
		{"true", `{"b":1,"a":"<体>"}`, `{"a":"<体>","b":1}`},
		{"{type: string}", `{"b":1}`, `{"b":1}`},
	}
	for _, tt := range tests {
		text, err := compiled(t, "X: "+tt.schema).AppendJSON(nil, decoded(t, tt.v), Plain)
		if err != nil || string(text) != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.schema, text, err, tt.want)
		}
	}
}
