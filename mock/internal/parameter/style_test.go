package parameter

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// compiled compiles a schema in YAML's flow style; components may be nil.
func compiled(tb testing.TB, text string) *schema.Schema {
	tb.Helper()
	doc := "openapi: 3.1.0\ninfo: {title: Test, version: \"1\"}\npaths: {/x: {get: {responses: {'200': {description: ok}}}}}\ncomponents:\n  schemas:\n    X: " + text + "\n"
	c, err := specs.Parse("test", "test.yaml", []byte(doc))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := schema.NewSet(c).Compile("/components/schemas/X")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// received is a request that carries what was written, as a server reads it.
func received(tb testing.TB, p *specs.Parameter, w Written) Raw {
	tb.Helper()
	raw := Raw{}
	switch p.In {
	case "path":
		plain, err := unescape(w.Text, false)
		if err != nil {
			tb.Fatalf("the path %q: %v", w.Text, err)
		}
		raw.EscapedPath, raw.Path = map[string]string{p.Name: w.Text}, map[string]string{p.Name: plain}
	case "header":
		raw.Header = http.Header{http.CanonicalHeaderKey(p.Name): {w.Text}}
	case "cookie":
		r := http.Request{Header: http.Header{"Cookie": {w.Text}}}
		raw.Cookies = r.Cookies()
	default:
		pairs, err := wire.ParseQuery(w.Query)
		if err != nil {
			tb.Fatalf("the query %q: %v", w.Query, err)
		}
		if len(pairs) != len(w.Pairs) {
			tb.Fatalf("the query %q has other pairs than %v", w.Query, w.Pairs)
		}
		for i := range pairs {
			if pairs[i] != w.Pairs[i] {
				tb.Fatalf("the query %q has other pairs than %v", w.Query, w.Pairs)
			}
		}
		raw.Query, raw.Escaped = pairs, w.Query
	}
	return raw
}

func carried(p *specs.Parameter, w Written) string {
	if p.In == "query" {
		return w.Query
	}
	return w.Text
}

// The examples of the OpenAPI Specification 3.1.1, "Style Examples", and of RFC 6570, section 3.2, for what the styles take
// from it.
func TestStyleExamples(t *testing.T) {
	t.Parallel()
	const (
		texts   = "{type: array, items: {type: string}}"
		colours = "{type: object, properties: {R: {type: integer}, G: {type: integer}, B: {type: integer}}}"
	)
	list := []any{"blue", "black", "brown"}
	object := map[string]any{"R": json.Number("100"), "G": json.Number("200"), "B": json.Number("150")}
	// Members are written in alphabetical order, the specification's own stand in another.
	tests := []struct {
		in, style string
		explode   bool
		schema    string
		v         any
		want      string
	}{
		{"path", "matrix", false, "{type: string}", "", ";color"},
		{"path", "matrix", false, "{type: string}", "blue", ";color=blue"},
		{"path", "matrix", false, texts, list, ";color=blue,black,brown"},
		{"path", "matrix", false, colours, object, ";color=B,150,G,200,R,100"},
		{"path", "matrix", true, "{type: string}", "blue", ";color=blue"},
		{"path", "matrix", true, texts, list, ";color=blue;color=black;color=brown"},
		{"path", "matrix", true, colours, object, ";B=150;G=200;R=100"},
		{"path", "label", false, "{type: string}", "", "."},
		{"path", "label", false, "{type: string}", "blue", ".blue"},
		{"path", "label", false, texts, list, ".blue,black,brown"},
		{"path", "label", false, colours, object, ".B,150,G,200,R,100"},
		{"path", "label", true, texts, list, ".blue.black.brown"},
		{"path", "label", true, colours, object, ".B=150.G=200.R=100"},
		{"path", "simple", false, "{type: string}", "blue", "blue"},
		{"path", "simple", false, texts, list, "blue,black,brown"},
		{"path", "simple", false, colours, object, "B,150,G,200,R,100"},
		{"path", "simple", true, texts, list, "blue,black,brown"},
		{"path", "simple", true, colours, object, "B=150,G=200,R=100"},
		{"header", "simple", false, texts, list, "blue,black,brown"},
		{"header", "simple", false, colours, object, "B,150,G,200,R,100"},
		{"header", "simple", true, colours, object, "B=150,G=200,R=100"},
		{"query", "form", false, "{type: string}", "", "color="},
		{"query", "form", false, "{type: string}", "blue", "color=blue"},
		{"query", "form", false, texts, list, "color=blue,black,brown"},
		{"query", "form", false, colours, object, "color=B,150,G,200,R,100"},
		{"query", "form", true, "{type: string}", "blue", "color=blue"},
		{"query", "form", true, texts, list, "color=blue&color=black&color=brown"},
		{"query", "form", true, colours, object, "B=150&G=200&R=100"},
		{"query", "spaceDelimited", false, texts, list, "color=blue%20black%20brown"},
		{"query", "spaceDelimited", false, colours, object, "color=B%20150%20G%20200%20R%20100"},
		{"query", "pipeDelimited", false, texts, list, "color=blue%7Cblack%7Cbrown"},
		{"query", "pipeDelimited", false, colours, object, "color=B%7C150%7CG%7C200%7CR%7C100"},
		{"query", "deepObject", true, colours, object, "color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100"},
		{"cookie", "form", false, "{type: string}", "blue", "color=blue"},
		{"cookie", "form", false, texts, list, "color=blue,black,brown"},
		{"cookie", "form", false, colours, object, "color=B,150,G,200,R,100"},
		{"cookie", "form", true, texts, list, "color=blue; color=black; color=brown"},
		{"cookie", "form", true, colours, object, "B=150; G=200; R=100"},
		// RFC 6570, sections 3.2.2, 3.2.5, 3.2.7 and 3.2.8: one value with what has to be escaped.
		{"path", "simple", false, "{type: string}", "Hello World!", "Hello%20World%21"},
		{"path", "simple", false, "{type: string}", "50%", "50%25"},
		{"path", "simple", false, texts, []any{"a,b", "c/d"}, "a%2Cb,c%2Fd"},
		{"path", "label", true, texts, []any{"a.b", "c"}, ".a%2Eb.c"},
		{"query", "form", true, "{type: string}", "a&b=c+d é", "color=a%26b%3Dc%2Bd%20%C3%A9"},
		{"query", "form", false, texts, []any{"a,b", "c d"}, "color=a%2Cb,c%20d"},
	}
	for _, tt := range tests {
		p := &specs.Parameter{Name: "color", In: tt.in, Style: tt.style, Explode: tt.explode}
		w, err := Encode(p, tt.v)
		if err != nil || carried(p, w) != tt.want {
			t.Errorf("%s %s %v: Encode = %q, %v, want %q", tt.in, tt.style, tt.explode, carried(p, w), err, tt.want)
			continue
		}
		got, given, err := Decode(p, compiled(t, tt.schema), received(t, p, w))
		if err != nil || !given || !reflect.DeepEqual(got, tt.v) {
			t.Errorf("%s %s %v: Decode(%q) = %#v, %v, %v, want %#v", tt.in, tt.style, tt.explode, tt.want, got, given, err, tt.v)
		}
	}
}

func query(s string) Raw {
	pairs, err := wire.ParseQuery(s)
	if err != nil {
		panic(err)
	}
	return Raw{Query: pairs, Escaped: s}
}

// What tools really send.
func TestDecodeQuery(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	const filter = `{type: object, properties: {name: {type: string}, age: {type: object, properties: {gte: {type: integer}}}, tags: {type: array, items: {type: string}}, ids: {type: array, items: {type: integer}}, rows: {type: array, items: {type: object, properties: {a: {type: integer}, b: {type: integer}}}}}}`
	tests := []struct {
		name, style string
		explode     bool
		schema, raw string
		want        any // nil: not given
	}{
		{"integer", "form", true, "{type: integer}", "q=9007199254740993", json.Number("9007199254740993")},
		{"number as written", "form", true, "{type: number}", "q=1.50", json.Number("1.50")},
		{"boolean", "form", true, "{type: boolean}", "q=true", true},
		{"boolean of another language", "form", true, "{type: boolean}", "q=True", "True"},
		{"text that is no number", "form", true, "{type: integer}", "q=12x", "12x"},
		{"leading zero", "form", true, "{type: integer}", "q=012", "012"},
		{"number as text", "form", true, "{type: string}", "q=12", "12"},
		{"plus is a space", "form", true, "{type: string}", "q=a+b%2Bc", "a b+c"},
		{"nullable integer", "form", true, "{type: [integer, 'null']}", "q=5", json.Number("5")},
		{"nullable integer that is null", "form", true, "{type: [integer, 'null']}", "q=null", nullValue},
		{"through allOf", "form", true, "{allOf: [{type: integer}, {minimum: 3}]}", "q=5", json.Number("5")},
		{"through anyOf", "form", true, "{anyOf: [{type: integer}, {type: boolean}]}", "q=true", true},
		{"one or many: one", "form", true, "{anyOf: [{type: integer}, {type: array, items: {type: integer}}]}", "q=5", json.Number("5")},
		{"one or many: many", "form", true, "{anyOf: [{type: integer}, {type: array, items: {type: integer}}]}", "q=5&q=6", []any{json.Number("5"), json.Number("6")}},
		{"one or many within one text", "form", false, "{oneOf: [{type: integer}, {type: array, items: {type: integer}}]}", "q=5,6", []any{json.Number("5"), json.Number("6")}},
		{"escaped delimiters", "form", false, "{type: array, items: {type: integer}}", "q=1%2C2%2C3", []any{json.Number("1"), json.Number("2"), json.Number("3")}},
		{"an escaped comma beside a delimiter", "form", false, "{type: array, items: {type: string}}", "q=a%2Cb,c", []any{"a,b", "c"}},
		{"spaces as plus", "spaceDelimited", false, "{type: array, items: {type: string}}", "q=a+b%20c", []any{"a", "b", "c"}},
		{"bare pipes", "pipeDelimited", false, "{type: array, items: {type: integer}}", "q=1|2|3", []any{json.Number("1"), json.Number("2"), json.Number("3")}},
		{"exploded pipes", "pipeDelimited", true, "{type: array, items: {type: integer}}", "q=1&q=2", []any{json.Number("1"), json.Number("2")}},
		{"empty list of numbers", "form", false, "{type: array, items: {type: integer}}", "q=", []any{}},
		{"empty text in a list", "form", false, "{type: array, items: {type: string}}", "q=", []any{""}},
		{"not given", "form", true, "{type: string}", "r=1", nil},
		{"object whose pieces do not pair", "form", false, "{type: object}", "q=a,1,b", "a,1,b"},
		{"exploded object", "form", true, "{type: object, properties: {a: {type: integer}, b: {type: array, items: {type: string}}}}", "a=1&b=x&b=y&c=3", object{"a": json.Number("1"), "b": []any{"x", "y"}}},
		{"exploded object of any members", "form", true, "{type: object, additionalProperties: {type: integer}}", "a=1&other=2", object{"a": json.Number("1")}},
		{"exploded object without members", "form", true, "{type: object, properties: {a: {type: integer}}}", "c=3", nil},
		{"JSON where the style has no form", "form", true, "{type: object, properties: {a: {type: object}}}", "a=%7B%22b%22:1%7D", object{"a": object{"b": json.Number("1")}}},
		{"deepObject", "deepObject", true, filter, "q[name]=x&q[age][gte]=3", object{"name": "x", "age": object{"gte": json.Number("3")}}},
		{"deepObject, list repeated", "deepObject", true, filter, "q[tags]=a&q[tags]=b", object{"tags": []any{"a", "b"}}},
		{"deepObject, list of one", "deepObject", true, filter, "q[tags]=a", object{"tags": []any{"a"}}},
		{"deepObject, empty brackets", "deepObject", true, filter, "q[tags][]=a&q[tags][]=b", object{"tags": []any{"a", "b"}}},
		{"deepObject, indexes", "deepObject", true, filter, "q[ids][1]=5&q[ids][0]=4", object{"ids": []any{json.Number("4"), json.Number("5")}}},
		{"deepObject, objects in a list", "deepObject", true, filter, "q[rows][0][a]=1&q[rows][0][b]=2&q[rows][1][a]=3", object{"rows": []any{object{"a": json.Number("1"), "b": json.Number("2")}, object{"a": json.Number("3")}}}},
		{"deepObject, objects in a list by empty brackets", "deepObject", true, filter, "q[rows][][a]=1&q[rows][][b]=2&q[rows][][a]=3", object{"rows": []any{object{"a": json.Number("1"), "b": json.Number("2")}, object{"a": json.Number("3")}}}},
		{"deepObject without a schema", "deepObject", true, "true", "q[a][]=1&q[b]=x", object{"a": []any{"1"}, "b": "x"}},
		{"deepObject with escaped brackets", "deepObject", true, filter, "q%5Bage%5D%5Bgte%5D=3", object{"age": object{"gte": json.Number("3")}}},
		{"deepObject of another name", "deepObject", true, filter, "qq[name]=x&q=1", nil},
	}
	for _, tt := range tests {
		p := &specs.Parameter{Name: "q", In: "query", Style: tt.style, Explode: tt.explode}
		raw := query(tt.raw)
		raw.Taken = func(name string) bool { return name == "other" }
		s := compiled(t, tt.schema)
		for _, escaped := range []string{raw.Escaped, ""} {
			if escaped == "" && strings.Contains(tt.name, "beside a delimiter") {
				continue // without the text as it stood the two are the same
			}
			raw.Escaped = escaped
			got, given, err := Decode(p, s, raw)
			want := tt.want
			if want == nullValue {
				want = nil
			}
			if err != nil || given != (tt.want != nil) || !reflect.DeepEqual(got, want) && given {
				t.Errorf("%s: Decode(%q) = %#v, %v, %v, want %#v", tt.name, tt.raw, got, given, err, want)
			}
		}
	}
}

// nullValue stands for a null that was given.
const nullValue = "\x00null"

func TestDecodeFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		p      specs.Parameter
		schema string
		raw    Raw
		kind   Kind
	}{
		{"twice", specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true}, "{type: string}", query("q=1&q=2"), Repeated},
		{"twice where one is a list", specs.Parameter{Name: "q", In: "query", Style: "form"}, "{type: array, items: {type: string}}", query("q=1&q=2"), Repeated},
		{"member twice", specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true}, "{type: object, properties: {a: {type: string}}}", query("a=1&a=2"), Repeated},
		{"member twice within", specs.Parameter{Name: "q", In: "query", Style: "form"}, "{type: object}", query("q=a,1,a,2"), Repeated},
		{"deep member twice", specs.Parameter{Name: "q", In: "query", Style: "deepObject"}, "{type: object, properties: {a: {type: string}}}", query("q[a]=1&q[a]=2"), Repeated},
		{"value and brackets", specs.Parameter{Name: "q", In: "query", Style: "deepObject"}, "{type: object}", query("q[a]=1&q[a][b]=2"), Malformed},
		{"open bracket", specs.Parameter{Name: "q", In: "query", Style: "deepObject"}, "{type: object}", query("q[a=1"), Malformed},
		{"text behind a bracket", specs.Parameter{Name: "q", In: "query", Style: "deepObject"}, "{type: object}", query("q[a]b=1"), Malformed},
		{"too many brackets", specs.Parameter{Name: "q", In: "query", Style: "deepObject"}, "{type: object}", query("q" + strings.Repeat("[a]", 33) + "=1"), TooLarge},
		{"header twice", specs.Parameter{Name: "X-Q", In: "header"}, "{type: integer}", Raw{Header: http.Header{"X-Q": {"1", "2"}}}, Repeated},
		{"label without full stop", specs.Parameter{Name: "q", In: "path", Style: "label"}, "{type: string}", Raw{Path: map[string]string{"q": "x"}}, Malformed},
		{"matrix without semicolon", specs.Parameter{Name: "q", In: "path", Style: "matrix"}, "{type: string}", Raw{Path: map[string]string{"q": "q=x"}}, Malformed},
		{"matrix of another name", specs.Parameter{Name: "q", In: "path", Style: "matrix"}, "{type: string}", Raw{Path: map[string]string{"q": ";r=x"}}, Malformed},
		{"broken escape", specs.Parameter{Name: "q", In: "path"}, "{type: string}", Raw{EscapedPath: map[string]string{"q": "a%2"}}, Malformed},
		{"not UTF-8", specs.Parameter{Name: "q", In: "path"}, "{type: string}", Raw{EscapedPath: map[string]string{"q": "%FF"}}, Malformed},
		{"content that is no JSON", specs.Parameter{Name: "q", In: "query", MediaType: "application/json"}, "{type: object}", query("q={a}"), Malformed},
		{"content twice", specs.Parameter{Name: "q", In: "query", MediaType: "application/json"}, "{type: object}", query("q={}&q={}"), Repeated},
		{"cookie twice", specs.Parameter{Name: "q", In: "cookie", Style: "form", Explode: true}, "{type: string}", Raw{Cookies: []*http.Cookie{{Name: "q", Value: "1"}, {Name: "q", Value: "2"}}}, Repeated},
	}
	for _, tt := range tests {
		v, _, err := Decode(&tt.p, compiled(t, tt.schema), tt.raw)
		failed, ok := err.(*Error)
		if !ok || failed.Kind != tt.kind || failed.Reason == "" {
			t.Errorf("%s: Decode = %#v, %v, want an error of kind %s", tt.name, v, err, tt.kind)
		}
	}
}

func TestDecodeElsewhere(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	cookies := func(s string) Raw {
		r := http.Request{Header: http.Header{"Cookie": {s}}}
		return Raw{Cookies: r.Cookies()}
	}
	lines := func(s ...string) Raw { return Raw{Header: http.Header{"Q": s}} }
	path := func(s string) Raw { return Raw{EscapedPath: map[string]string{"q": s}} }
	const ints, pair = "{type: array, items: {type: integer}}", "{type: object, properties: {a: {type: integer}, b: {type: string}}}"
	one, two := json.Number("1"), json.Number("2")
	tests := []struct {
		name    string
		p       specs.Parameter
		schema  string
		raw     Raw
		want    any
		skipped bool
	}{
		{"header list with spaces", specs.Parameter{Name: "q", In: "header"}, ints, lines(" 1 , 2 "), []any{one, two}, false},
		{"header list on two lines, empty elements", specs.Parameter{Name: "q", In: "header"}, ints, lines("1,,", "2"), []any{one, two}, false},
		{"header text with a comma", specs.Parameter{Name: "q", In: "header"}, "{type: string}", lines("a, b"), "a, b", false},
		{"header text is not escaped", specs.Parameter{Name: "q", In: "header"}, "{type: string}", lines("50%25 a+b"), "50%25 a+b", false},
		{"header object", specs.Parameter{Name: "q", In: "header", Explode: true}, pair, lines("a=1, b=x=y"), object{"a": one, "b": "x=y"}, false},
		{"header JSON", specs.Parameter{Name: "q", In: "header", MediaType: "application/json"}, pair, lines(`{"a":1}`), object{"a": one}, false},
		{"cookie", specs.Parameter{Name: "q", In: "cookie", Style: "form", Explode: true}, "{type: integer}", cookies("r=2; q=1"), one, false},
		{"cookie escaped", specs.Parameter{Name: "q", In: "cookie", Style: "form", Explode: true}, "{type: string}", cookies("q=%E4%BD%93+a"), "体+a", false},
		{"cookie that is not escaped", specs.Parameter{Name: "q", In: "cookie", Style: "form", Explode: true}, "{type: string}", cookies("q=50%"), "50%", false},
		{"cookie list as a query has it", specs.Parameter{Name: "q", In: "cookie", Style: "form", Explode: true}, ints, cookies("q=1&q=2"), []any{one, two}, false},
		{"cookie list in one", specs.Parameter{Name: "q", In: "cookie", Style: "form"}, ints, cookies("q=1,2"), []any{one, two}, false},
		{"cookies of an object", specs.Parameter{Name: "q", In: "cookie", Style: "form", Explode: true}, pair, cookies("a=1; c=3; b=x"), object{"a": one, "b": "x"}, false},
		{"cookie JSON", specs.Parameter{Name: "q", In: "cookie", MediaType: "application/json"}, pair, cookies("q=%7B%22a%22%3A1%7D"), object{"a": one}, false},
		{"no cookie", specs.Parameter{Name: "q", In: "cookie", Style: "form", Explode: true}, pair, cookies("c=1"), nil, true},
		{"label as OpenAPI 3.0 wrote it", specs.Parameter{Name: "q", In: "path", Style: "label"}, ints, path(".1.2"), []any{one, two}, false},
		{"label fraction", specs.Parameter{Name: "q", In: "path", Style: "label"}, "{type: number}", path(".1.5"), json.Number("1.5"), false},
		{"path object with a comma in a value", specs.Parameter{Name: "q", In: "path", Explode: true}, pair, path("a=1,b=x%2Cy%3Dz"), object{"a": one, "b": "x,y=z"}, false},
		{"path plus is a plus", specs.Parameter{Name: "q", In: "path"}, "{type: string}", path("a+b"), "a+b", false},
		{"path JSON", specs.Parameter{Name: "q", In: "path", MediaType: "application/json"}, pair, path("%7B%22a%22%3A1%7D"), object{"a": one}, false},
	}
	for _, tt := range tests {
		got, given, err := Decode(&tt.p, compiled(t, tt.schema), tt.raw)
		if err != nil || given == tt.skipped || given && !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: Decode = %#v, %v, %v, want %#v", tt.name, got, given, err, tt.want)
		}
	}
}

func TestConsumes(t *testing.T) {
	t.Parallel()
	const members = "{type: object, properties: {a: {type: string}}}"
	tests := []struct {
		p        specs.Parameter
		schema   string
		yes, not []string
	}{
		{specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true}, "{type: string}", []string{"q"}, []string{"a", "q[a]", "Q"}},
		{specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true}, members, []string{"a"}, []string{"q", "b"}},
		{specs.Parameter{Name: "q", In: "query", Style: "form"}, members, []string{"q"}, []string{"a"}},
		{specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true}, "{type: object, additionalProperties: true}", []string{"a", "b"}, nil},
		{specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true}, "{type: object, patternProperties: {'^x': {type: string}}}", []string{"x1"}, []string{"y"}},
		{specs.Parameter{Name: "q", In: "query", Style: "deepObject", Explode: true}, members, []string{"q[a]", "q[b][c]", "q[a"}, []string{"q", "a", "qq[a]"}},
		{specs.Parameter{Name: "q", In: "query", Explode: true, MediaType: "application/json"}, members, []string{"q"}, []string{"a"}},
		{specs.Parameter{Name: "q", In: "header"}, "{type: string}", nil, []string{"q"}},
	}
	for _, tt := range tests {
		s := compiled(t, tt.schema)
		for _, name := range tt.yes {
			if !Consumes(&tt.p, s, name) {
				t.Errorf("%+v of %s does not consume %s", tt.p, tt.schema, name)
			}
		}
		for _, name := range tt.not {
			if Consumes(&tt.p, s, name) {
				t.Errorf("%+v of %s consumes %s", tt.p, tt.schema, name)
			}
		}
	}
}

func TestAllowEmptyValue(t *testing.T) {
	t.Parallel()
	p := &specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true, AllowEmptyValue: true}
	s := compiled(t, "{type: integer}")
	for _, raw := range []string{"q=", "q"} {
		v, given, err := Decode(p, s, query(raw))
		if err != nil || !given || Validate(p, s, v) != nil {
			t.Errorf("%q: %#v, %v, %v", raw, v, given, err)
		}
	}
	strict := *p
	strict.AllowEmptyValue = false
	v, _, _ := Decode(&strict, s, query("q="))
	if Validate(&strict, s, v) == nil {
		t.Errorf("an empty text is a valid integer: %#v", v)
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		p specs.Parameter
		v any
	}{
		{specs.Parameter{Name: "q", In: "query", Style: "spaceDelimited"}, []any{"a b"}},
		{specs.Parameter{Name: "q", In: "query", Style: "pipeDelimited"}, []any{"a|b"}},
		{specs.Parameter{Name: "q", In: "query", Style: "form"}, []any{[]any{"a"}}},
		{specs.Parameter{Name: "q", In: "query", Style: "form"}, []any{nil}},
		{specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true}, map[string]any{"a": map[string]any{}}},
		{specs.Parameter{Name: "q", In: "query", Style: "deepObject"}, map[string]any{"a]": "b"}},
		{specs.Parameter{Name: "q", In: "header"}, []any{"a,b"}},
		{specs.Parameter{Name: "q", In: "header"}, "a\r\nInjected: 1"},
		{specs.Parameter{Name: "q", In: "path"}, map[string]any{"a": []any{}}},
		{specs.Parameter{Name: "q", In: "query", MediaType: "application/json"}, func() {}},
	}
	for _, tt := range tests {
		w, err := Encode(&tt.p, tt.v)
		if failed, ok := err.(*Error); !ok || failed.Kind != Unfit {
			t.Errorf("%+v of %v: %+v, %v, want an error of kind unfit", tt.p, tt.v, w, err)
		}
	}
}

func TestAllowReserved(t *testing.T) {
	t.Parallel()
	p := &specs.Parameter{Name: "q", In: "query", Style: "form", Explode: true, AllowReserved: true}
	w, err := Encode(p, "http://a.b/c?d=e&f#g [h]+100%")
	if want := "q=http://a.b/c?d=e%26f%23g%20%5Bh%5D%2B100%25"; err != nil || w.Query != want {
		t.Errorf("Encode = %q, %v, want %q", w.Query, err, want)
	}
	p.Explode = false
	w, err = Encode(p, []any{"a,b", "c/d"})
	if want := "q=a%2Cb,c/d"; err != nil || w.Query != want {
		t.Errorf("Encode of a list = %q, %v, want %q", w.Query, err, want)
	}
}
