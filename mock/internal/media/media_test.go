package media

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

type (
	record = map[string]any
	number = json.Number
)

// compiled compiles the component X of some in YAML.
func compiled(tb testing.TB, components string) *schema.Schema {
	tb.Helper()
	if !strings.Contains(components, "\n") {
		components = "X: " + components
	}
	doc := "openapi: 3.1.0\ninfo: {title: Test, version: \"1\"}\npaths: {/x: {get: {responses: {'200': {description: ok}}}}}\ncomponents:\n  schemas:\n"
	for line := range strings.Lines(strings.TrimLeft(components, "\n")) {
		doc += "    " + line
	}
	c, err := specs.Parse("test", "test.yaml", []byte(doc+"\n"))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := schema.NewSet(c).Compile("/components/schemas/X")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func kindOf(tb testing.TB, err error) parameter.Kind {
	tb.Helper()
	failed, ok := err.(*Error)
	if !ok || failed.Reason == "" {
		tb.Fatalf("an error of type %T: %v", err, err)
	}
	return failed.Kind
}

func TestDecodeTypes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, stated, schema, contentType, body string
		want                                    any
		kind                                    parameter.Kind
	}{
		{"JSON", "application/json", "true", "application/json", `{"a":1.50}`, record{"a": number("1.50")}, ""},
		{"JSON with a charset", "application/json", "true", "application/json; charset=UTF-8", `"体"`, "体", ""},
		{"JSON in GBK", "application/json", "true", "application/json; charset=gbk", "\"\xcc\xe5\"", "体", ""},
		{"JSON of a vendor", "application/vnd.pet.v2+json", "true", "application/vnd.pet.v2+json; profile=\"x\"", `[]`, []any{}, ""},
		{"no Content-Type", "application/json", "true", "", `true`, true, ""},
		{"capitals", "application/json", "true", "Application/JSON", `null`, nil, ""},
		{"another type", "application/json", "true", "text/plain", `{}`, nil, parameter.Mismatched},
		{"JSON where its suffix is stated", "application/problem+json", "true", "application/json", `{}`, nil, parameter.Mismatched},
		{"no type at all", "application/json", "true", "json", `{}`, nil, parameter.Malformed},
		{"charset nobody knows", "application/json", "true", "application/json; charset=x-none", `{}`, nil, parameter.Unsupported},
		{"broken JSON", "application/json", "true", "application/json", `{"a":`, nil, parameter.Malformed},
		{"a name twice", "application/json", "true", "application/json", `{"a":1,"a":2}`, nil, parameter.Malformed},
		{"deep JSON", "application/json", "true", "application/json", strings.Repeat("[", 65), nil, parameter.TooLarge},
		{"text", "text/plain", "{type: string}", "text/plain", "体\n", "体\n", ""},
		{"text in GBK", "text/plain", "{type: string}", "text/plain; charset=GB18030", "\xcc\xe5", "体", ""},
		{"text that is a number", "text/plain", "{type: integer}", "text/plain", "12", number("12"), ""},
		{"text that is no number", "text/plain", "{type: integer}", "text/plain", "12 apples", "12 apples", ""},
		{"text that is not UTF-8", "text/plain", "{type: string}", "text/plain", "\xcc\xe5", nil, parameter.Malformed},
		{"text in a range", "text/*", "{type: string}", "text/csv", "a,b\r\n", "a,b\r\n", ""},
		{"bytes", "application/octet-stream", "{type: string, format: binary}", "application/octet-stream", "\x00\xff", "\x00\xff", ""},
		{"image", "image/*", "{type: string, format: binary}", "image/png", "\x89PNG", "\x89PNG", ""},
		{"no image", "image/*", "{type: string, format: binary}", "application/pdf", "", nil, parameter.Mismatched},
		{"anything", "*/*", "true", "application/json", "{}", record{}, ""},
		{"anything without a type", "*/*", "true", "", "{}", "{}", ""},
		{"a range with a suffix", "application/*+json", "true", "application/vnd.pet+json", `{}`, record{}, ""},
		{"no type of a range with a suffix", "application/*+json", "true", "application/json", `{}`, nil, parameter.Mismatched},
		{"an object in text", "text/plain", "{type: object}", "text/plain", `{"a":1}`, record{"a": number("1")}, ""},
		{"no object in text", "text/plain", "{type: object}", "text/plain", `a`, "a", ""},
		{"an object in text that may be text", "text/plain", "{type: [object, string]}", "text/plain", `{}`, "{}", ""},
		{"JSON that is YAML", "application/yaml", "{type: object}", "application/yaml", "{}", record{}, ""},
		{"lines", "application/x-ndjson", "{type: array}", "application/x-ndjson", "{\"a\":1}\n\n2\n", []any{record{"a": number("1")}, number("2")}, ""},
		{"an event", "text/event-stream", "{type: object}", "text/event-stream", "event: x\ndata: {\"a\":1}\n\n", record{"a": number("1")}, ""},
		{"a type with no reading here", "application/yaml", "{type: object}", "application/yaml", "a: 1", nil, parameter.Unsupported},
		{"form", "application/x-www-form-urlencoded", "{type: object, properties: {a: {type: integer}, b: {type: array, items: {type: string}}, c: {type: object}}}",
			"application/x-www-form-urlencoded", "a=1&b=x&b=y+z&c=%7B%22d%22%3A1%7D&e=2&f=1&f=2",
			record{"a": number("1"), "b": []any{"x", "y z"}, "c": record{"d": number("1")}, "e": "2", "f": []any{"1", "2"}}, ""},
		{"form with a field twice", "application/x-www-form-urlencoded", "{type: object, properties: {a: {type: integer}}}", "application/x-www-form-urlencoded", "a=1&a=2", nil, parameter.Repeated},
		{"form with a broken escape", "application/x-www-form-urlencoded", "true", "application/x-www-form-urlencoded", "a=%2", nil, parameter.Malformed},
		{"form whose object is no JSON", "application/x-www-form-urlencoded", "{type: object, properties: {c: {type: object}}}", "application/x-www-form-urlencoded", "c=x", record{"c": "x"}, ""},
		{"empty form", "application/x-www-form-urlencoded", "{type: object}", "application/x-www-form-urlencoded", "", record{}, ""},
	}
	for _, tt := range tests {
		got, err := Decode(&specs.MediaType{Type: tt.stated}, compiled(t, tt.schema), tt.contentType, []byte(tt.body))
		switch {
		case tt.kind != "":
			if err == nil || kindOf(t, err) != tt.kind {
				t.Errorf("%s: Decode = %#v, %v, want an error of kind %s", tt.name, got, err, tt.kind)
			}
		case err != nil || !reflect.DeepEqual(got, tt.want):
			t.Errorf("%s: Decode = %#v, %v, want %#v", tt.name, got, err, tt.want)
		}
	}
}

func TestFormEncoding(t *testing.T) {
	t.Parallel()
	s := compiled(t, `
X:
  type: object
  properties:
    ids: {type: array, items: {type: integer}}
    filter: {type: object, properties: {age: {type: integer}}}
    meta: {type: object, properties: {n: {type: integer}}}
    rows: {type: array, items: {type: object, properties: {n: {type: integer}}}}
    all: {type: array, items: {type: array, items: {type: integer}}}
    name: {type: string}
    point: {type: object, properties: {x: {type: integer}, y: {type: integer}}}
`)
	m := &specs.MediaType{Type: "application/x-www-form-urlencoded", Encoding: map[string]specs.Encoding{
		"ids":    {Style: "form", Stated: true},
		"filter": {Style: "deepObject", Explode: true, Stated: true},
		"meta":   {ContentType: "application/json"},
		"all":    {ContentType: "application/json"},
		"point":  {Style: "form", Explode: true, Stated: true},
	}}
	v := record{
		"ids": []any{number("1"), number("2")}, "filter": record{"age": number("3")}, "meta": record{"n": number("4")},
		"rows": []any{record{"n": number("5")}, record{"n": number("6")}}, "name": "a&b 体", "all": []any{[]any{number("1")}, []any{}},
		"point": record{"x": number("7"), "y": number("8")}, "other": "z",
	}
	body, contentType, err := Encode(m, s, v)
	want := "ids=1,2&filter%5Bage%5D=3&meta=%7B%22n%22%3A4%7D&rows=%7B%22n%22%3A5%7D&rows=%7B%22n%22%3A6%7D" +
		"&all=%5B1%5D&all=%5B%5D&name=a%26b+%E4%BD%93&x=7&y=8&other=z"
	if err != nil || contentType != m.Type {
		t.Fatalf("Encode: %q, %v", contentType, err)
	}
	if got := string(body); got != want {
		t.Errorf("Encode = %s\nwant     %s", got, want)
	}
	got, err := Decode(m, s, contentType, body)
	if err != nil || !reflect.DeepEqual(got, any(v)) {
		t.Errorf("Decode = %#v, %v\nwant %#v", got, err, v)
	}
	for _, body := range []string{"meta=x", "filter[age", "ids=1&ids=2", "meta={}&meta={}"} {
		v, err := Decode(m, s, contentType, []byte(body))
		if err == nil {
			t.Errorf("%s: %#v", body, v)
			continue
		}
		if failed := err.(*Error); !strings.HasPrefix(failed.Pointer, "/") {
			t.Errorf("%s: the error has the pointer %q", body, failed.Pointer)
		}
	}
}

func TestEncodeTypes(t *testing.T) {
	t.Parallel()
	s := compiled(t, "{type: object, properties: {b: {type: integer}, a: {type: string}}}")
	tests := []struct {
		name, stated string
		schema       *schema.Schema
		v            any
		body, want   string
	}{
		{"JSON in the order of the contract", "application/json", s, record{"a": "<体>", "b": number("1.0"), "c": nil}, `{"b":1.0,"a":"<体>","c":null}`, "application/json"},
		{"JSON without a schema", "application/problem+json", nil, record{"b": 1, "a": []any{}}, `{"a":[],"b":1}`, "application/problem+json"},
		{"JSON in a range", "application/*", nil, []any{}, `[]`, "application/json"},
		{"text", "text/plain", nil, "体", "体", "text/plain; charset=utf-8"},
		{"text in GBK", "text/plain; charset=gbk", nil, "体", "\xcc\xe5", "text/plain; charset=gbk"},
		{"text of a number", "text/*", nil, number("1.50"), "1.50", "text/plain; charset=utf-8"},
		{"image", "image/*", nil, "\x89\xff", "\x89\xff", "image/png"},
		{"JSON in a range with a suffix", "application/*+json", nil, record{}, `{}`, "application/json"},
		{"an object in text", "text/plain", s, record{"a": "x", "b": number("1")}, `{"b":1,"a":"x"}`, "text/plain"},
		{"an object in YAML", "application/yaml", s, record{"a": "x"}, `{"a":"x"}`, "application/yaml"},
		{"a list in lines", "application/jsonl", compiled(t, "{type: array}"), []any{number("1"), record{}}, "1\n{}\n", "application/jsonl"},
		{"an object in lines", "application/jsonl", s, record{}, "{}\n", "application/jsonl"},
		{"an event", "text/event-stream", s, record{"b": number("1")}, "data: {\"b\":1}\n\n", "text/event-stream"},
		{"bytes as they are", "application/x-protobuf", nil, []byte("\x01"), "\x01", "application/x-protobuf"},
	}
	for _, tt := range tests {
		body, contentType, err := Encode(&specs.MediaType{Type: tt.stated}, tt.schema, tt.v)
		if err != nil || string(body) != tt.body || contentType != tt.want {
			t.Errorf("%s: Encode = %q, %q, %v, want %q, %q", tt.name, body, contentType, err, tt.body, tt.want)
		}
	}
	for stated, v := range map[string]any{
		"text/plain": record{}, "image/png": []any{}, "application/x-www-form-urlencoded": "x", "multipart/form-data": "x",
		"multipart/mixed": record{}, "text/plain; charset=gbk": "\U0001F600",
	} {
		if body, _, err := Encode(&specs.MediaType{Type: stated}, nil, v); err == nil || kindOf(t, err) != parameter.Unfit {
			t.Errorf("%s of %#v: %q, %v, want an error of kind unfit", stated, v, body, err)
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		accept  []string
		offered []string
		want    int // -1: nothing
	}{
		{"no Accept", nil, []string{"a/b", "c/d"}, 0},
		{"empty Accept", []string{""}, []string{"a/b"}, 0},
		{"exact", []string{"c/d"}, []string{"a/b", "c/d"}, 1},
		{"quality", []string{"a/b;q=0.5, c/d"}, []string{"a/b", "c/d"}, 1},
		{"equal qualities: the first offered", []string{"c/d, a/b"}, []string{"a/b", "c/d"}, 0},
		{"several lines", []string{"x/y", "c/d;q=0.1"}, []string{"a/b", "c/d"}, 1},
		{"the example of RFC 9110: level 1", []string{"text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"}, []string{"image/jpeg", "text/plain", "text/plain;format=flowed"}, 2},
		{"the example of RFC 9110: html before image", []string{"text/*;q=0.3, text/plain;q=0.7, */*;q=0.5"}, []string{"text/html", "image/jpeg"}, 1},
		{"specific refusal", []string{"application/xml;q=0, */*"}, []string{"application/xml", "application/json"}, 1},
		{"only refusals", []string{"a/b;q=0"}, []string{"a/b"}, -1},
		{"nothing fits", []string{"image/png"}, []string{"a/b"}, -1},
		{"a range offered", []string{"image/webp"}, []string{"application/json", "image/*"}, 1},
		{"old Java", []string{"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"}, []string{"application/json"}, 0},
		{"charset does not count", []string{"application/json;charset=gbk"}, []string{"application/json;charset=utf-8"}, 0},
		{"another version", []string{"application/json;version=2"}, []string{"application/json;version=1", "application/json;version=2"}, 1},
		{"a version not stated", []string{"application/json;version=2"}, []string{"application/json"}, 0},
		{"capitals", []string{"Application/JSON"}, []string{"application/json"}, 0},
		{"comma in quotes", []string{`a/b;x="1,2";q=0.1, c/d;q=0.2`}, []string{"a/b", "c/d"}, 1},
		{"nonsense only", []string{"json"}, []string{"a/b"}, 0},
		{"a quality that is none", []string{"a/b;q=2, c/d;q=0.1"}, []string{"a/b", "c/d"}, 1},
		{"nothing offered", nil, nil, -1},
	}
	for _, tt := range tests {
		i, ok := Choose(tt.accept, tt.offered)
		if !ok {
			i = -1
		}
		if i != tt.want {
			t.Errorf("%s: Choose = %d, want %d", tt.name, i, tt.want)
		}
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	content := []specs.MediaType{{Type: "*/*"}, {Type: "application/json"}, {Type: "application/json; version=2"}, {Type: "image/*"}}
	for contentType, want := range map[string]int{
		"application/json": 1, "application/json;charset=utf-8": 1, "application/json;version=2": 2, "image/png": 3, "text/plain": 0, "": 0,
	} {
		if i, ok := Select(content, contentType); !ok || i != want {
			t.Errorf("%q: Select = %d, %v, want %d", contentType, i, ok, want)
		}
	}
	if i, ok := Select(content[1:2], "text/plain"); ok {
		t.Errorf("text/plain is taken for %s", content[1:2][i].Type)
	}
}

func TestSupported(t *testing.T) {
	t.Parallel()
	for mediaType, want := range map[string]bool{
		"application/json": true, "application/hal+json": true, "text/xml": true, "image/svg+xml": true, "text/csv": true, "multipart/mixed": true,
		"application/x-www-form-urlencoded": true, "application/octet-stream": true, "image/*": true, "*/*": true,
		"application/yaml": false, "application/x-protobuf": false, "nonsense": false, "": false,
	} {
		if Supported(mediaType) != want {
			t.Errorf("Supported(%q) = %v", mediaType, !want)
		}
	}
}
