package media

import (
	"bytes"
	"mime"
	"mime/multipart"
	"net/textproto"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

const upload = `
X:
  type: object
  required: [file]
  properties:
    id: {type: integer}
    note: {type: string}
    meta: {type: object, properties: {a: {type: integer}}}
    file: {type: string, format: binary}
    photos: {type: array, items: {type: string, format: binary}}
    tags: {type: array, items: {type: string}}
    raw: {type: string, contentMediaType: image/png}
    sealed: {type: string, contentEncoding: base64}
    rows: {type: array, items: {type: object, properties: {n: {type: integer}}}}
    profile: {type: string, format: binary}
`

func uploadType(encoding map[string]specs.Encoding) *specs.MediaType {
	return &specs.MediaType{Type: "multipart/form-data", Encoding: encoding}
}

func TestMultipartRoundTrip(t *testing.T) {
	t.Parallel()
	s := compiled(t, upload)
	m := uploadType(map[string]specs.Encoding{
		"profile": {ContentType: "image/png, image/jpeg"},
		"rows":    {ContentType: "application/json"},
	})
	random := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
	rapid.Check(t, func(t *rapid.T) {
		v := record{
			"id": number("9007199254740993"), "note": rapid.String().Draw(t, "note"), "meta": record{"a": number("1.0")},
			"file": random.Draw(t, "file"), "photos": []any{random.Draw(t, "one"), random.Draw(t, "two")},
			"tags": []any{"a", "体\r\n"}, "raw": random.Draw(t, "raw"), "sealed": "AAEC", "rows": []any{record{"n": number("1")}, record{"n": number("2")}},
			"profile": random.Draw(t, "profile"), "other \"name\"\\": "x",
		}
		body, contentType, err := Encode(m, s, v)
		if err != nil {
			t.Fatal(err)
		}
		again, _, _ := Encode(m, s, v)
		if !bytes.Equal(body, again) {
			t.Fatal("the same value gave other bytes")
		}
		got, err := Decode(m, s, contentType, body)
		if err != nil || !reflect.DeepEqual(got, any(v)) {
			t.Fatalf("%s\nDecode = %#v, %v\nwant %#v", body, got, err, v)
		}
	})
}

// TestMultipartIsReadByOthers holds what is written to the standard library's reading.
func TestMultipartIsReadByOthers(t *testing.T) {
	t.Parallel()
	body, contentType, err := Encode(uploadType(nil), compiled(t, upload), record{"id": number("1"), "file": "\x00", "meta": record{"a": number("1")}})
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	form, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if form.Value["id"][0] != "1" || form.Value["meta"][0] != `{"a":1}` || len(form.File["file"]) != 1 || form.File["file"][0].Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%s\nis read as %+v", body, form)
	}
}

// raw writes parts as a client does: header lines, a blank line, content.
func rawParts(parts ...string) []byte {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--b\r\n" + p + "\r\n")
	}
	b.WriteString("--b--\r\n")
	return []byte(b.String())
}

func TestDecodeMultipart(t *testing.T) {
	t.Parallel()
	named := func(name, content string) string {
		return "Content-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content
	}
	typed := func(name, contentType, content string) string {
		return "Content-Disposition: form-data; name=\"" + name + "\"; filename=\"f\"\r\nContent-Type: " + contentType + "\r\n\r\n" + content
	}
	const boundary = "multipart/form-data; boundary=b"
	encoding := map[string]specs.Encoding{
		"profile": {ContentType: "image/png, image/*+x", Headers: nil},
		"meta":    {ContentType: "application/json"},
	}
	tests := []struct {
		name, contentType string
		body              []byte
		want              any
		kind              parameter.Kind
	}{
		{"texts", boundary, rawParts(named("id", "7"), named("note", "a\r\nb")), record{"id": number("7"), "note": "a\r\nb"}, ""},
		{"quoted boundary, preamble and epilogue", `multipart/form-data; boundary="b"`, append(append([]byte("ignored\r\n"), rawParts(named("id", "7"))...), "ignored"...), record{"id": number("7")}, ""},
		{"JSON without a type", boundary, rawParts(named("meta", `{"a":1}`)), record{"meta": record{"a": number("1")}}, ""},
		{"JSON by its type", boundary, rawParts(typed("meta", "application/json; charset=utf-8", `{"a":1}`)), record{"meta": record{"a": number("1")}}, ""},
		{"file", boundary, rawParts(typed("file", "application/pdf", "\x00\xff")), record{"file": "\x00\xff"}, ""},
		{"files", boundary, rawParts(typed("photos", "image/png", "1"), typed("photos", "image/gif", "2")), record{"photos": []any{"1", "2"}}, ""},
		{"one file of a list", boundary, rawParts(typed("photos", "image/png", "1")), record{"photos": []any{"1"}}, ""},
		{"stated type", boundary, rawParts(typed("profile", "image/png", "1")), record{"profile": "1"}, ""},
		{"no type where one is stated", boundary, rawParts(named("profile", "1")), record{"profile": "1"}, ""},
		{"text in GBK", boundary, rawParts(typed("note", "text/plain; charset=gbk", "\xcc\xe5")), record{"note": "体"}, ""},
		{"base64 on the way", boundary, rawParts("Content-Disposition: form-data; name=\"file\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n/w=="), record{"file": "\x00\x01\x02\xff"}, ""},
		{"unknown parts", boundary, rawParts(named("x", "1"), named("y", "2"), named("y", "3")), record{"x": "1", "y": []any{"2", "3"}}, ""},
		{"no parts", boundary, []byte("--b--\r\n"), record{}, ""},
		{"another type than stated", boundary, rawParts(typed("profile", "image/gif", "1")), nil, parameter.Mismatched},
		{"text where JSON is stated", boundary, rawParts(typed("meta", "text/plain", "{}")), nil, parameter.Mismatched},
		{"broken JSON where JSON is stated", boundary, rawParts(named("meta", "{")), nil, parameter.Malformed},
		{"part twice", boundary, rawParts(named("id", "1"), named("id", "2")), nil, parameter.Repeated},
		{"no name", boundary, rawParts("Content-Type: text/plain\r\n\r\n1"), nil, parameter.Malformed},
		{"no boundary", "multipart/form-data", rawParts(named("id", "1")), nil, parameter.Malformed},
		{"another boundary", "multipart/form-data; boundary=c", rawParts(named("id", "1")), nil, parameter.Malformed},
		{"cut off", boundary, bytes.TrimSuffix(rawParts(named("id", "1")), []byte("--b--\r\n")), nil, parameter.Malformed},
		{"empty", boundary, nil, nil, parameter.Malformed},
		{"broken base64", boundary, rawParts("Content-Disposition: form-data; name=\"file\"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!"), nil, parameter.Malformed},
		{"too many parts", boundary, rawParts(strings.Split(strings.Repeat(named("y", "1")+"\x00", 1001), "\x00")[:1001]...), nil, parameter.TooLarge},
	}
	s := compiled(t, upload)
	for _, tt := range tests {
		got, err := Decode(uploadType(encoding), s, tt.contentType, tt.body)
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

func TestMultipartHeaders(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("test", "test.yaml", []byte(`openapi: 3.1.0
info: {title: Test, version: "1"}
paths: {/x: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {X: {type: object, properties: {file: {type: string, format: binary}}}, Limit: {type: integer, maximum: 5}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.NewSet(c).Compile("/components/schemas/X")
	if err != nil {
		t.Fatal(err)
	}
	m := uploadType(map[string]specs.Encoding{"file": {Headers: []specs.Header{{Name: "X-Limit", Required: true, Schema: "/components/schemas/Limit"}}}})
	for header, ok := range map[string]bool{"X-Limit: 5\r\n": true, "X-Limit: 6\r\n": false, "": false, "X-Limit: a\r\n": false} {
		body := rawParts("Content-Disposition: form-data; name=\"file\"\r\n" + header + "\r\n1")
		v, err := Decode(m, s, "multipart/form-data; boundary=b", body)
		if ok != (err == nil) || err != nil && (kindOf(t, err) != parameter.Breached || err.(*Error).Pointer != "/file") {
			t.Errorf("%q: %#v, %v", header, v, err)
		}
	}
}

func TestMultipartMixed(t *testing.T) {
	t.Parallel()
	s := compiled(t, "{type: array, items: {anyOf: [{type: object, properties: {a: {type: integer}}}, {type: string}]}}")
	m := &specs.MediaType{Type: "multipart/mixed"}
	v := []any{record{"a": number("1")}, "text"}
	body, contentType, err := Encode(m, s, v)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(m, s, contentType, body)
	if err != nil || !reflect.DeepEqual(got, any(v)) {
		t.Errorf("%s\nDecode = %#v, %v, want %#v", body, got, err, v)
	}
}

// A style in the encoding holds for parts as it does for fields.
func TestMultipartStyle(t *testing.T) {
	t.Parallel()
	s := compiled(t, "{type: object, properties: {filter: {type: object, properties: {age: {type: integer}}}, ids: {type: array, items: {type: integer}}}}")
	m := uploadType(map[string]specs.Encoding{"filter": {Style: "deepObject", Explode: true, Stated: true}, "ids": {Style: "pipeDelimited", Stated: true}})
	v := record{"filter": record{"age": number("3")}, "ids": []any{number("1"), number("2")}}
	body, contentType, err := Encode(m, s, v)
	if err != nil || !bytes.Contains(body, []byte(`name="filter[age]"`)) || !bytes.Contains(body, []byte("1|2")) {
		t.Fatalf("%s, %v", body, err)
	}
	got, err := Decode(m, s, contentType, body)
	if err != nil || !reflect.DeepEqual(got, any(v)) {
		t.Errorf("%s\nDecode = %#v, %v, want %#v", body, got, err, v)
	}
}

// FuzzMultipart: whatever a body holds, reading does not panic and fails with an error of its own kind, and what was read
// can be written and read again.
func FuzzMultipart(f *testing.F) {
	part := func(header textproto.MIMEHeader, content string) []byte {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.SetBoundary("b")
		out, _ := w.CreatePart(header)
		_, _ = out.Write([]byte(content))
		_ = w.Close()
		return b.Bytes()
	}
	f.Add(part(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="id"`}}, "7"))
	f.Add(part(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="meta"`}, "Content-Type": {"application/json"}}, `{"a":1}`))
	f.Add(part(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename*=utf-8''x`}, "Content-Transfer-Encoding": {"quoted-printable"}}, "=41"))
	f.Add(rawParts("Content-Type: multipart/mixed; boundary=c\r\nContent-Disposition: form-data; name=x\r\n\r\n--c\r\n\r\n1\r\n--c--"))
	f.Add([]byte("--b\nContent-Type: 0/0\n\n\xf5\n--b--"))
	s := compiled(f, upload)
	m := uploadType(map[string]specs.Encoding{"profile": {ContentType: "image/png"}, "tags": {Style: "form", Explode: true, Stated: true}})
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, contentType := range []string{"multipart/form-data; boundary=b", "multipart/mixed; boundary=b"} {
			stated := m
			if strings.HasPrefix(contentType, "multipart/mixed") {
				stated = &specs.MediaType{Type: "multipart/mixed"}
			}
			v, err := Decode(stated, s, contentType, body)
			if err != nil {
				kindOf(t, err)
				continue
			}
			written, contentType, err := Encode(stated, s, v)
			if err != nil {
				kindOf(t, err)
				continue
			}
			if _, err := Decode(stated, s, contentType, written); err != nil {
				t.Fatalf("%s\nwritten of %#v is not read: %v", written, v, err)
			}
		}
	})
}
