package e2e_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// requestTypes are the media types that an operation takes, "" for none.
func (op roadOperation) requestTypes() []string {
	if op.RequestBody == nil {
		return []string{""}
	}
	list := slices.Sorted(maps.Keys(op.RequestBody.Value.Content))
	for i, media := range list {
		list[i] = strings.Replace(media, "/*", "/plain", 1)
	}
	return list
}

// asks says whether a call with nothing but its path is a bad one.
func (op roadOperation) asks() bool {
	if op.RequestBody != nil && op.RequestBody.Value.Required {
		return true
	}
	for _, p := range slices.Concat(op.item.Parameters, op.Parameters) {
		if p.Value.Required && p.Value.In != "path" {
			return true
		}
	}
	return false
}

// success is what the operation says of its first success.
func (op roadOperation) success() *openapi3.Response {
	for _, status := range slices.Sorted(maps.Keys(op.Responses.Map())) {
		if strings.HasPrefix(status, "2") {
			return op.Responses.Value(status).Value
		}
	}
	return nil
}

// sample is a value of a schema: what the document shows, else something plain.
func sample(ref *openapi3.SchemaRef, depth int) any {
	if ref == nil || ref.Value == nil {
		return map[string]any{}
	}
	s := ref.Value
	switch {
	case s.Example != nil:
		return s.Example
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Const != nil:
		return s.Const
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.OneOf) > 0:
		return sample(s.OneOf[0], depth)
	case len(s.AnyOf) > 0:
		return sample(s.AnyOf[0], depth)
	}
	switch {
	case s.Type.Includes("integer"), s.Type.Includes("number"):
		if s.Min != nil {
			return *s.Min + 1
		}
		return 1.0
	case s.Type.Includes("boolean"):
		return true
	case s.Type.Includes("string"):
		switch s.Format {
		case "uuid":
			return "6f1c2a9e-1111-4aaa-8bbb-0123456789ab"
		case "date":
			return "2024-03-05"
		case "date-time":
			return "2024-03-05T12:03:20+08:00"
		case "email":
			return "anna@client.example"
		case "uri":
			return "https://client.example/"
		}
		return map[string]string{"^[A-Z]-[0-9]{4}$": "A-0001", "^[A-Z]{3}-[0-9]{4}$": "ABC-0001", "^[0-9]{8}$": "01234567", "^97[89][0-9]{10}$": "9780000000002", "": "some text"}[s.Pattern]
	case s.Type.Includes("array"):
		return []any{sample(s.Items, depth+1)}
	}
	out := map[string]any{}
	for _, part := range append(s.AllOf, ref) {
		for name, p := range part.Value.Properties {
			if !p.Value.ReadOnly && (slices.Contains(part.Value.Required, name) || depth < 2 && part.Value.AdditionalProperties.Schema == nil) {
				out[name] = sample(p, depth+1)
			}
		}
	}
	return out
}

// exampleOf is the example that the document has of a parameter, nil for none.
func exampleOf(p *openapi3.Parameter) any {
	if p.Example != nil {
		return p.Example
	}
	if p.Extensions["x-example"] != nil {
		return p.Extensions["x-example"]
	}
	if p.Schema != nil && p.Schema.Value.Example != nil {
		return p.Schema.Value.Example
	}
	return nil
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}

// written is a request in the making.
type written struct {
	path   string
	query  []string
	header http.Header
}

// parameter writes a parameter by the rules of its style.
func (w *written) parameter(p *openapi3.Parameter) {
	v := exampleOf(p)
	if p.Content != nil {
		text, _ := json.Marshal(v)
		w.query = append(w.query, p.Name+"="+url.QueryEscape(string(text)))
		return
	}
	if v == nil {
		v = sample(p.Schema, 0)
	}
	m, err := p.SerializationMethod()
	if err != nil {
		panic(err)
	}
	switch p.In {
	case "path":
		w.path = strings.Replace(w.path, "{"+p.Name+"}", inPath(p.Name, v, m), 1)
	case "header":
		w.header.Set(p.Name, strings.TrimPrefix(joined(v, ",", m.Explode, plain), ","))
	case "cookie":
		pair := p.Name + "=" + plain(v)
		if before := w.header.Get("Cookie"); before != "" {
			pair = before + "; " + pair
		}
		w.header.Set("Cookie", pair)
	case "query":
		escape := func(v any) string { return url.QueryEscape(plain(v)) }
		if p.AllowReserved {
			escape = plain
		}
		w.query = append(w.query, inQuery(p.Name, v, m, escape)...)
	}
}

// joined writes the parts of a list or an object.
func joined(v any, separator string, explode bool, escape func(any) string) string {
	var parts []string
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			parts = append(parts, escape(one))
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if explode {
				parts = append(parts, name+"="+escape(v[name]))
			} else {
				parts = append(parts, name, escape(v[name]))
			}
		}
	default:
		return escape(v)
	}
	return strings.Join(parts, separator)
}

func inPath(name string, v any, m *openapi3.SerializationMethod) string {
	escape := func(v any) string { return url.PathEscape(plain(v)) }
	switch m.Style {
	case "label":
		if m.Explode {
			return "." + joined(v, ".", true, escape)
		}
		return "." + joined(v, ",", false, escape)
	case "matrix":
		list, isList := v.([]any)
		switch {
		case isList && m.Explode:
			var b strings.Builder
			for _, one := range list {
				b.WriteString(";" + name + "=" + escape(one))
			}
			return b.String()
		case m.Explode:
			return ";" + joined(v, ";", true, escape)
		}
		return ";" + name + "=" + joined(v, ",", false, escape)
	}
	return joined(v, ",", m.Explode, escape)
}

func inQuery(name string, v any, m *openapi3.SerializationMethod, escape func(any) string) []string {
	separator := map[string]string{"spaceDelimited": "%20", "pipeDelimited": "|"}[m.Style]
	switch v := v.(type) {
	case []any:
		if !m.Explode {
			if separator == "" {
				separator = ","
			}
			return []string{name + "=" + joined(v, separator, false, escape)}
		}
		var pairs []string
		for _, one := range v {
			pairs = append(pairs, name+"="+escape(one))
		}
		return pairs
	case map[string]any:
		if m.Style == "deepObject" {
			var pairs []string
			for _, member := range slices.Sorted(maps.Keys(v)) {
				pairs = append(pairs, url.QueryEscape(name+"["+member+"]")+"="+escape(v[member]))
			}
			return pairs
		}
		if m.Explode {
			return []string{joined(v, "&", true, escape)}
		}
		return []string{name + "=" + joined(v, ",", false, escape)}
	}
	return []string{name + "=" + escape(v)}
}

// body writes a body of a media type, of the document's example where it has one.
func (w *written) body(t *testing.T, media string, of *openapi3.MediaType) []byte {
	t.Helper()
	if of == nil {
		t.Fatalf("nothing is said of %s", media)
	}
	v := of.Example
	for _, name := range slices.Sorted(maps.Keys(of.Examples)) {
		if v == nil {
			v = of.Examples[name].Value.Value
		}
	}
	if v == nil {
		v = sample(of.Schema, 0)
	}
	base, _, _ := mime.ParseMediaType(media)
	switch {
	case strings.HasSuffix(base, "json"):
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return text
	case strings.HasSuffix(base, "xml"):
		var b bytes.Buffer
		writeXML(&b, "", of.Schema, v)
		return b.Bytes()
	case base == "application/x-www-form-urlencoded":
		return []byte(strings.Join(formPairs(v.(map[string]any), of), "&"))
	case base == "multipart/form-data":
		return w.parts(t, v.(map[string]any), of)
	}
	if text, ok := v.(string); ok {
		return []byte(text)
	}
	return []byte("some bytes")
}

func formPairs(v map[string]any, of *openapi3.MediaType) []string {
	var pairs []string
	escape := func(v any) string { return url.QueryEscape(plain(v)) }
	for _, name := range slices.Sorted(maps.Keys(v)) {
		e := of.Encoding[name]
		_, isObject := v[name].(map[string]any)
		if e != nil && strings.Contains(e.ContentType, "json") || isObject && (e == nil || e.Style == "") {
			text, _ := json.Marshal(v[name])
			pairs = append(pairs, name+"="+url.QueryEscape(string(text)))
			continue
		}
		m := &openapi3.SerializationMethod{Style: "form", Explode: true}
		if e != nil {
			m = e.SerializationMethod()
		}
		pairs = append(pairs, inQuery(name, v[name], m, escape)...)
	}
	return pairs
}

func (w *written) parts(t *testing.T, v map[string]any, of *openapi3.MediaType) []byte {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	w.header.Set("Content-Type", form.FormDataContentType())
	for _, name := range slices.Sorted(maps.Keys(v)) {
		list, isList := v[name].([]any)
		if !isList {
			list = []any{v[name]}
		}
		property := of.Schema.Value.Properties[name]
		for _, one := range list {
			header := textproto.MIMEHeader{}
			disposition := map[string]string{"name": name}
			text := []byte(plain(one))
			if _, isObject := one.(map[string]any); isObject {
				text, _ = json.Marshal(one)
				header.Set("Content-Type", "application/json")
			}
			if e := of.Encoding[name]; e != nil && e.ContentType != "" {
				first, _, _ := strings.Cut(e.ContentType, ",")
				header.Set("Content-Type", first)
			}
			if property != nil && property.Value.Type.Includes("string") && (property.Value.Format == "binary" || strings.HasPrefix(header.Get("Content-Type"), "image/")) {
				disposition["filename"] = name + ".bin"
			}
			header.Set("Content-Disposition", mime.FormatMediaType("form-data", disposition))
			part, err := form.CreatePart(header)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write(text)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// writeXML writes a value as an element.
func writeXML(b *bytes.Buffer, name string, ref *openapi3.SchemaRef, v any) {
	s := ref.Value
	if s.XML != nil && s.XML.Name != "" {
		name = s.XML.Name
	}
	members, isObject := v.(map[string]any)
	if !isObject {
		b.WriteString("<" + name + ">")
		_ = xml.EscapeText(b, []byte(plain(v)))
		b.WriteString("</" + name + ">")
		return
	}
	b.WriteString("<" + name)
	names := slices.Sorted(maps.Keys(members))
	for _, member := range names {
		if x := s.Properties[member].Value.XML; x != nil && x.Attribute {
			as := member
			if x.Name != "" {
				as = x.Name
			}
			b.WriteString(" " + as + `="`)
			_ = xml.EscapeText(b, []byte(plain(members[member])))
			b.WriteString(`"`)
		}
	}
	b.WriteString(">")
	for _, member := range names {
		property := s.Properties[member]
		x := property.Value.XML
		if x != nil && x.Attribute {
			continue
		}
		list, isList := members[member].([]any)
		if !isList {
			writeXML(b, member, property, members[member])
			continue
		}
		wrapped := x != nil && x.Wrapped
		around := member
		if wrapped {
			if x.Name != "" {
				around = x.Name
			}
			b.WriteString("<" + around + ">")
		}
		for _, one := range list {
			writeXML(b, member, property.Value.Items, one)
		}
		if wrapped {
			b.WriteString("</" + around + ">")
		}
	}
	b.WriteString("</" + name + ">")
}

// secure adds credentials of the first alternative that the operation accepts.
func (r *road) secure(w *written, op roadOperation) {
	required := r.doc.Security
	if op.Security != nil {
		required = *op.Security
	}
	if len(required) == 0 {
		return
	}
	for name := range required[0] {
		s := r.doc.Components.SecuritySchemes[name].Value
		switch {
		case s.Type == "apiKey" && s.In == "header":
			w.header.Set(s.Name, "a-key")
		case s.Type == "apiKey" && s.In == "query":
			w.query = append(w.query, s.Name+"=a-key")
		case s.Type == "apiKey":
			w.header.Add("Cookie", s.Name+"=a-key")
		case s.Type == "http" && s.Scheme == "basic":
			w.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("user:password")))
		case s.Type == "http" && s.Scheme == "digest":
			w.header.Set("Authorization", `Digest username="user", realm="r", nonce="n", uri="/", response="0123456789abcdef0123456789abcdef"`)
		default:
			w.header.Set("Authorization", "Bearer a.token.of-some-kind")
		}
	}
}
