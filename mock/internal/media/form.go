package media

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// field is how one member of a form or one part of a multipart body is written.
type field struct {
	name     string
	shape    schema.Shape
	encoding specs.Encoding
}

func fieldOf(m *specs.MediaType, sh schema.Shape, name string) field {
	return field{name, sh.Member(name), m.Encoding[name]}
}

// parameter is the field as a parameter of a query, for encodings that state a style.
func (f field) parameter() *specs.Parameter {
	p := &specs.Parameter{Name: f.name, In: "query", Style: f.encoding.Style, Explode: f.encoding.Explode, AllowReserved: f.encoding.AllowReserved}
	if p.Style == "" {
		p.Style = "form"
	}
	return p
}

// isList says whether the field is repeated, each time with one element.
func (f field) isList() bool { return f.shape.Says("array") }

// types are the media types that the contract allows for the field's text or for the part; none when it does not say.
func (f field) types() []mediaType {
	var list []mediaType
	for _, one := range elements(f.encoding.ContentType) {
		if t, err := parseType(one); err == nil {
			list = append(list, t)
		}
	}
	return list
}

// usual is the media type of one text or part where none is stated (OpenAPI, "Encoding Object", contentType).
func usual(sh schema.Shape) mediaType {
	base := "text/plain"
	switch {
	case sh.Says("string") && (sh.Binary() || sh.ContentEncoding() != ""):
		base = "application/octet-stream"
		if t, err := parseType(sh.ContentMediaType()); err == nil && !t.isRange() {
			base = t.base
		}
	case sh.Is("string"):
	case sh.Says("object") || sh.Says("array"):
		base = "application/json"
	}
	return mediaType{base: base}
}

// decodeForm reads application/x-www-form-urlencoded. A field is written like a query parameter where its encoding states a
// style, else by its content type: a list is repeated, an object is JSON text. A field that the contract does not know is a
// text, or a list of them.
func decodeForm(m *specs.MediaType, sh schema.Shape, t mediaType, body []byte) (any, error) {
	if _, err := t.text(body); err != nil {
		return nil, err
	}
	pairs, err := wire.ParseForm(body)
	if err != nil {
		return nil, fail(parameter.Malformed, "", err.Error())
	}
	return decodeFields(m, sh, pairs, string(body))
}

// decodeFields reads the fields of a form; escaped is its text as it came, "" where there is none.
func decodeFields(m *specs.MediaType, sh schema.Shape, pairs wire.Pairs, escaped string) (map[string]any, error) {
	object := map[string]any{}
	taken := map[string]bool{}
	names := sh.Members()
	for name := range m.Encoding {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	raw := parameter.Raw{Query: pairs, Escaped: escaped, Taken: func(name string) bool { return slices.Contains(names, name) }}
	for _, name := range names {
		f := fieldOf(m, sh, name)
		if !f.encoding.Stated {
			continue
		}
		p := f.parameter()
		v, given, err := parameter.DecodeShape(p, f.shape, raw)
		if err != nil {
			return nil, below(err, name)
		}
		if !given {
			continue
		}
		object[name] = v
		for _, pair := range pairs {
			if parameter.ConsumesShape(p, f.shape, pair.Name) {
				taken[pair.Name] = true
			}
		}
	}
	texts := map[string][]string{}
	var order []string
	for _, pair := range pairs {
		if taken[pair.Name] {
			continue
		}
		if texts[pair.Name] == nil {
			order = append(order, pair.Name)
		}
		texts[pair.Name] = append(texts[pair.Name], pair.Value)
	}
	for _, name := range order {
		v, err := fieldOf(m, sh, name).read(texts[name])
		if err != nil {
			return nil, below(err, name)
		}
		object[name] = v
	}
	return object, nil
}

// below puts a member's name in front of an error's pointer.
func below(err error, name string) error {
	if failed, ok := err.(*Error); ok {
		failed.Pointer = "/" + specs.EscapePointer(name) + failed.Pointer
	}
	return err
}

// read is the value of a field that stands there with some texts.
func (f field) read(texts []string) (any, error) {
	if f.isList() {
		if len(texts) == 1 {
			if v, ok := f.wholeList(texts[0]); ok {
				return v, nil
			}
		}
		items := make([]any, len(texts))
		for i, text := range texts {
			v, err := f.one(f.shape.Item(i), text)
			if err != nil {
				return nil, below(err, strconv.Itoa(i))
			}
			items[i] = v
		}
		return items, nil
	}
	if len(texts) > 1 {
		if len(f.shape.Types()) > 0 {
			return nil, fail(parameter.Repeated, "", "the field occurs more than once; send it once")
		}
		items := make([]any, len(texts))
		for i, text := range texts {
			items[i] = text
		}
		return items, nil
	}
	return f.one(f.shape, texts[0])
}

// wholeList reads a list whose JSON text is the field as a whole.
func (f field) wholeList(text string) (any, bool) {
	types := f.types()
	if len(types) == 0 || types[0].family() != jsonFamily || !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "[") {
		return nil, false
	}
	v, failed := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
	_, isList := v.([]any)
	return v, failed == nil && isList && !f.shape.Item(0).Says("array")
}

// one reads one text of a field, by the media type that the contract states for it or by the usual one.
func (f field) one(sh schema.Shape, text string) (any, error) {
	types := f.types()
	if len(types) == 0 {
		types = []mediaType{usual(sh)}
	}
	return readText(sh, types[0], []byte(text), len(f.types()) > 0)
}

// readText reads the text of a field or the content of a part. What the contract does not state to be JSON and is none stays
// a text, for the schema to tell.
func readText(sh schema.Shape, t mediaType, data []byte, stated bool) (any, error) {
	switch t.family() {
	case jsonFamily:
		v, err := decodeJSON(t, data)
		if err != nil && !stated {
			return string(data), nil
		}
		return v, err
	case xmlFamily:
		return decodeXML(sh, t, data)
	case textFamily:
		text, err := t.text(data)
		if err != nil {
			return nil, err
		}
		return sh.FromText(text), nil
	case formFamily:
		return decodeForm(&specs.MediaType{}, sh, t, data)
	}
	return string(data), nil
}

// members are the names of an object's members: those of the schema in its order, then the others by name.
func members(sh schema.Shape, object map[string]any) []string {
	var names, others []string
	for _, name := range sh.Members() {
		if _, there := object[name]; there {
			names = append(names, name)
		}
	}
	for name := range object {
		if !slices.Contains(names, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return append(names, others...)
}

// encodeForm writes the fields of a form. A member that is null is left out, and so is a list without elements.
func encodeForm(m *specs.MediaType, sh schema.Shape, v any) ([]byte, error) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fail(parameter.Unfit, "", "a form is an object")
	}
	sh = sh.Pick(v)
	var pieces []string
	for _, name := range members(sh, object) {
		if object[name] == nil {
			continue
		}
		f := fieldOf(m, sh, name)
		if f.encoding.Stated {
			w, err := parameter.Encode(f.parameter(), object[name])
			if err != nil {
				return nil, below(err, name)
			}
			if w.Query != "" {
				pieces = append(pieces, w.Query)
			}
			continue
		}
		texts, err := f.texts(object[name])
		if err != nil {
			return nil, below(err, name)
		}
		for _, text := range texts {
			pieces = append(pieces, url.QueryEscape(name)+"="+url.QueryEscape(text.content))
		}
	}
	return []byte(strings.Join(pieces, "&")), nil
}

// written is the text of a field, or the content of a part and its media type.
type written struct {
	content string
	mediaType
}

// texts are those that a field is written with: one for each element of a list.
func (f field) texts(v any) ([]written, error) {
	items, isList := v.([]any)
	if !isList {
		w, err := f.text(f.shape, v)
		return []written{w}, err
	}
	if len(f.shape.Types()) > 0 && !f.isList() {
		w, err := f.text(f.shape, v)
		return []written{w}, err
	}
	var list []written
	for i, item := range items {
		w, err := f.text(f.shape.Item(i), item)
		if err != nil {
			return nil, below(err, strconv.Itoa(i))
		}
		list = append(list, w)
	}
	return list, nil
}

// text writes one value by the media type that the contract states, or by the usual one.
func (f field) text(sh schema.Shape, v any) (written, error) {
	t := usual(sh)
	if types := f.types(); len(types) > 0 {
		t = types[0]
	} else if _, isText := v.(string); !isText && t.family() != jsonFamily && !isSingle(v) {
		t = mediaType{base: "application/json"}
	}
	if t.isRange() {
		t = t.concrete()
	}
	switch t.family() {
	case jsonFamily:
		text, err := sh.AppendJSON(nil, v)
		return written{string(text), t}, err
	case xmlFamily:
		text, err := encodeXML(sh, t, v)
		return written{string(text), t}, err
	case formFamily:
		text, err := encodeForm(&specs.MediaType{}, sh, v)
		return written{string(text), t}, err
	}
	text, err := textOf(v, "")
	if t.family() == textFamily && len(f.types()) == 0 && !utf8.ValidString(text) {
		t = mediaType{base: "application/octet-stream"}
	}
	return written{text, t}, err
}

func isSingle(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}
