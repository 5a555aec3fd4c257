package parameter

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// ways are all ways to write a parameter.
func ways() []specs.Parameter {
	var list []specs.Parameter
	for in, styles := range map[string][]string{
		"path": {simple, label, matrix}, "header": {simple}, "cookie": {form}, "query": {form, spaceDelimited, pipeDelimited},
	} {
		for _, style := range styles {
			for _, explode := range []bool{false, true} {
				list = append(list, specs.Parameter{Name: "color", In: in, Style: style, Explode: explode})
			}
		}
	}
	return append(list, specs.Parameter{Name: "color", In: "query", Style: deepObject, Explode: true})
}

// delimiter is the character that an element of a list of one may not hold, since those who escape delimiters are understood.
func delimiter(p *specs.Parameter) string {
	switch {
	case p.In == "header":
		return ","
	case p.Style == spaceDelimited:
		return " "
	case p.Style == pipeDelimited:
		return "|"
	case p.Style == label:
		return ".,"
	}
	return ","
}

// TestRoundTrip holds every style to giving back what was written with it.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	texts := compiled(t, "{type: array, items: {type: string}}")
	numbers := compiled(t, "{type: array, items: {type: number}}")
	record := compiled(t, "{type: object, properties: {a: {type: string}, b: {type: integer}, c: {type: boolean}}}")
	single := compiled(t, "{type: string}")
	for _, p := range ways() {
		t.Run(p.In+" "+p.Style+" "+strconv.FormatBool(p.Explode), func(t *testing.T) {
			t.Parallel()
			char := rapid.Rune().Filter(func(r rune) bool { return r > ' ' && r != 0x7F && (p.In != "header" || r != ',') })
			if p.In != "header" {
				char = rapid.OneOf(char, rapid.SampledFrom([]rune(" ,;.=&+%|\"'[]{}/?#\t体")))
			}
			least := 0
			if p.In == "header" {
				least = 1
			}
			text := rapid.StringOfN(char, least, 8, -1)
			element := text
			if p.Style == spaceDelimited || p.Style == pipeDelimited {
				element = text.Filter(func(s string) bool { return p.Explode || !strings.Contains(s, delimiter(&p)) })
			}
			rapid.Check(t, func(t *rapid.T) {
				check := func(s *schema.Schema, v any) {
					w, err := Encode(&p, v)
					if err != nil {
						t.Fatalf("Encode(%#v): %v", v, err)
					}
					raw := carriedBack(t, &p, w)
					got, given, err := Decode(&p, s, raw)
					if err != nil || !given || !reflect.DeepEqual(got, v) {
						t.Fatalf("%q: Decode = %#v, %v, %v, want %#v", carried(&p, w), got, given, err, v)
					}
				}
				if p.Style != spaceDelimited && p.Style != pipeDelimited && p.Style != deepObject { // they have no form of their own for one value
					check(single, text.Draw(t, "text"))
				}
				b := json.Number(strconv.FormatInt(rapid.Int64().Draw(t, "b"), 10))
				v := map[string]any{"b": b, "c": rapid.Bool().Draw(t, "c")}
				if rapid.Bool().Draw(t, "has a") {
					v["a"] = element.Draw(t, "a")
				}
				check(record, v)
				if p.Style == deepObject {
					return
				}
				list := rapid.SliceOfN(element, 1, 4).Draw(t, "list")
				if len(list) > 1 || !strings.ContainsAny(list[0], delimiter(&p)) {
					check(texts, anyOf(list))
				}
				check(numbers, []any{b, json.Number("1e5"), json.Number("-3")})
			})
		})
	}
}

func anyOf(list []string) []any {
	items := make([]any, len(list))
	for i, s := range list {
		items[i] = s
	}
	return items
}

// carriedBack is what a server reads of what was written.
func carriedBack(t *rapid.T, p *specs.Parameter, w Written) Raw {
	raw := Raw{}
	switch p.In {
	case "path":
		// As the path travels: no character in it may end it or be one that a URL cannot hold.
		u, err := url.Parse("http://host/" + w.Text)
		if err != nil || strings.TrimPrefix(u.EscapedPath(), "/") != w.Text {
			t.Fatalf("%q is no segment of a path", w.Text)
		}
		raw.EscapedPath = map[string]string{p.Name: w.Text}
	case "header":
		raw.Header = http.Header{"Color": {w.Text}}
	case "cookie":
		r := http.Request{Header: http.Header{"Cookie": {w.Text}}}
		raw.Cookies = r.Cookies()
	default:
		pairs, err := wire.ParseQuery(w.Query)
		if err != nil || !reflect.DeepEqual(pairs, w.Pairs) {
			t.Fatalf("%q is read as %v, %v, written as %v", w.Query, pairs, err, w.Pairs)
		}
		raw.Query, raw.Escaped = pairs, w.Query
	}
	return raw
}

// TestDeepRoundTrip holds deepObject to giving back whatever is nested in it.
func TestDeepRoundTrip(t *testing.T) {
	t.Parallel()
	s := compiled(t, `{type: object, properties: {name: {type: string}, tags: {type: array, items: {type: string}}, rows: {type: array, items: {$ref: '#/components/schemas/X'}}, inner: {$ref: '#/components/schemas/X'}}}`)
	p := &specs.Parameter{Name: "color", In: "query", Style: deepObject, Explode: true}
	text := rapid.StringOfN(rapid.Rune().Filter(func(r rune) bool { return r != 0 }), 0, 5, -1)
	var node func(depth int) *rapid.Generator[map[string]any]
	node = func(depth int) *rapid.Generator[map[string]any] {
		return rapid.Custom(func(t *rapid.T) map[string]any {
			v := map[string]any{"name": text.Draw(t, "name")}
			if tags := rapid.SliceOfN(text, 0, 3).Draw(t, "tags"); len(tags) > 0 {
				v["tags"] = anyOf(tags)
			}
			if depth > 0 && rapid.Bool().Draw(t, "inner") {
				v["inner"] = node(depth-1).Draw(t, "inner value")
			}
			if depth > 0 {
				var rows []any
				for range rapid.IntRange(0, 3).Draw(t, "rows") {
					rows = append(rows, node(depth-1).Draw(t, "row"))
				}
				if len(rows) > 0 {
					v["rows"] = rows
				}
			}
			return v
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		v := any(node(2).Draw(t, "v"))
		w, err := Encode(p, v)
		if err != nil {
			t.Fatal(err)
		}
		got, given, err := Decode(p, s, carriedBack(t, p, w))
		if err != nil || !given || !reflect.DeepEqual(got, v) {
			t.Fatalf("%q: Decode = %#v, %v, %v, want %#v", w.Query, got, given, err, v)
		}
	})
}

// FuzzParameter: whatever a request holds, decoding does not panic, its errors are of its own kind and quote nothing, and
// what could be read can be written again where it has a form.
func FuzzParameter(f *testing.F) {
	schemas := []string{
		"{type: string}", "{type: [integer, 'null']}", "{type: array, items: {type: integer}}",
		"{type: object, properties: {a: {type: integer}, b: {type: array, items: {type: string}}}, additionalProperties: {$ref: '#/components/schemas/X'}}",
		"{anyOf: [{type: integer}, {type: array, items: {type: string}}, {type: object}]}", "true",
	}
	for i, s := range []string{"color=a,b&color=c", "color[a][]=1&color[b][0][c]=2", ";color=1;color=2", ".a=1.b=2", "%41%zz+", "a=1&b=2", `color={"a":1}`} {
		f.Add(s, uint8(i), uint8(i))
	}
	var compiledSchemas []*schema.Schema
	for _, s := range schemas {
		compiledSchemas = append(compiledSchemas, compiled(f, s))
	}
	all := ways()
	all = append(all, specs.Parameter{Name: "color", In: "query", MediaType: "application/json"})
	f.Fuzz(func(t *testing.T, s string, way, which uint8) {
		p := all[int(way)%len(all)]
		compiledAs := compiledSchemas[int(which)%len(schemas)]
		r := http.Request{Header: http.Header{"Cookie": {s}, "Color": {s, s}}}
		raw := Raw{EscapedPath: map[string]string{"color": s}, Header: r.Header, Cookies: r.Cookies(), Escaped: s}
		if pairs, err := wire.ParseQuery(s); err == nil {
			raw.Query = pairs
		} else {
			raw.Escaped = ""
		}
		v, given, err := Decode(&p, compiledAs, raw)
		if err != nil {
			if _, ok := err.(*Error); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if given {
			if _, err := Encode(&p, v); err != nil {
				if _, ok := err.(*Error); !ok {
					t.Fatalf("%T: %v", err, err)
				}
			}
			Validate(&p, compiledAs, v)
		}
	})
}
