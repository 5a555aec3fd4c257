package parameter

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// scalars are schemas of parameters, most of them of single values; "" stands for none.
func scalars() []string {
	return []string{
		"", "true", "{}", "{type: string}", "{type: integer}", "{type: number, minimum: 1}", "{type: boolean}", "{type: 'null'}",
		"{type: [integer, 'null']}", "{type: ['null', string]}", "{type: [string, integer]}", "{type: [integer, string]}", "{type: [boolean, number]}",
		"{enum: [a, 1]}", "{anyOf: [{type: integer}, {type: string}]}", "{oneOf: [{type: boolean}, {type: integer, maximum: 5}]}", "{allOf: [{type: integer}]}",
		"{type: string, minLength: 2, pattern: '^[a-z]'}", "{type: array, items: {type: string}}", "{type: object}", "{properties: {a: {type: string}}}",
		"{anyOf: [{type: integer}, {type: array, items: {type: string}}]}", "{minLength: 1}", "{type: [string, object]}",
	}
}

func scalarTexts() []string {
	return []string{
		"", "a", "1", "-1", "0", "01", "1.5", "1e3", "1E+400", "-", "+1", " 1", "1 ", "1\n", "true", "false", "True", "null", "NULL", "体检", "a,b", "a|b", "a b", "[1]", `{"a":1}`,
		"[", "{a", " [1]", `"a"`, "%41", "a&b=c", "=", "a=b", ";color=1", "0x10", "Infinity", "NaN", "1_000", "１", "9007199254740993", ".5", "5.", "a\tb", "\u00a0",
	}
}

// plainly reads a text as a Plain does, and holds it to Decode.
func plainly(t interface {
	Helper()
	Errorf(string, ...any)
}, p *specs.Parameter, s *schema.Schema, text string) (plain, read bool) {
	t.Helper()
	one, ok := NewPlain(p, s)
	if !ok {
		return false, false
	}
	raw := Raw{}
	switch p.In {
	case "path":
		raw.Path = map[string]string{p.Name: text}
	case "header":
		raw.Header = http.Header{"Color": {text}}
		text = strings.Trim(text, " \t")
	default:
		raw.Escaped = "other=1&" + p.Name + "=" + url.QueryEscape(text)
		pairs, err := wire.ParseQuery(raw.Escaped)
		if err != nil {
			return true, false
		}
		raw.Query = pairs
		text, _ = pairs.Get(p.Name)
	}
	v, ok := one.Value(text)
	if !ok {
		return true, false
	}
	want, given, err := Decode(p, s, raw)
	if err != nil || !given || !reflect.DeepEqual(v, want) {
		t.Errorf("%s %s explode %t: %q is %#v; Decode says %#v, %t, %v", p.In, p.Style, p.Explode, text, v, want, given, err)
	}
	return true, true
}

func TestPlainAgrees(t *testing.T) {
	t.Parallel()
	plain, read := map[string]int{}, 0
	for _, p := range ways() {
		for _, empty := range []bool{false, true} {
			p.AllowEmptyValue = empty
			for _, text := range scalars() {
				var s *schema.Schema
				if text != "" {
					s = compiled(t, text)
				}
				for _, value := range scalarTexts() {
					isPlain, isRead := plainly(t, &p, s, value)
					if isPlain {
						plain[p.In+" "+text]++
					}
					if isRead {
						read++
					}
				}
			}
		}
	}
	for _, due := range []string{"query {type: string}", "query {type: integer}", "path {type: integer}", "header {type: boolean}", "query ", "path true"} {
		if plain[due] == 0 {
			t.Errorf("a parameter in the %s is not plain", due)
		}
	}
	for _, other := range []string{"query {type: object}", "query {type: array, items: {type: string}}", "cookie {type: string}"} {
		if plain[other] > 0 {
			t.Errorf("a parameter in the %s is plain", other)
		}
	}
	if read < 1000 {
		t.Errorf("only %d texts were read", read)
	}
}

func TestPlainAgreesOnAnyText(t *testing.T) {
	t.Parallel()
	var schemas []*schema.Schema
	for _, text := range scalars()[1:] {
		schemas = append(schemas, compiled(t, text))
	}
	all := ways()
	rapid.Check(t, func(t *rapid.T) {
		p := all[rapid.IntRange(0, len(all)-1).Draw(t, "way")]
		s := rapid.SampledFrom(schemas).Draw(t, "schema")
		text := rapid.OneOf(rapid.StringN(0, 12, 40), rapid.StringMatching(`[-+0-9.eE\[{"tf ]{0,8}`)).Draw(t, "text")
		plainly(t, &p, s, text)
	})
}

func BenchmarkPlain(b *testing.B) {
	p := specs.Parameter{Name: "limit", In: "query", Style: form, Explode: true}
	s := compiled(b, "{type: integer, minimum: 1}")
	one, ok := NewPlain(&p, s)
	if !ok {
		b.Fatal("not plain")
	}
	pairs, err := wire.ParseQuery("limit=50")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			text, _ := pairs.Get("limit")
			if v, ok := one.Value(text); !ok || s.Validate(v) != nil {
				b.Fatal("invalid")
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v, given, err := Decode(&p, s, Raw{Query: pairs, Escaped: "limit=50"})
			if err != nil || !given || s.Validate(v) != nil {
				b.Fatal("invalid")
			}
		}
	})
}
