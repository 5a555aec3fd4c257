package specs

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parameters are those of the path and of the operation, whose word counts where both name one.
func (b *builder) parameters(item, operation spot, p string) []Parameter {
	own := b.parameterList(operation.in("parameters"), p)
	known := map[parameterKey]bool{}
	for _, one := range own {
		known[keyOf(one)] = true
	}
	list := slices.DeleteFunc(b.parameterList(item.in("parameters"), p), func(of Parameter) bool { return known[keyOf(of)] })
	return append(list, own...)
}

// parameterKey is what tells parameters of an operation apart: place and name, of headers in whatever case.
type parameterKey struct{ in, name string }

func keyOf(p Parameter) parameterKey {
	if p.In == "header" {
		return parameterKey{p.In, strings.ToLower(p.Name)}
	}
	return parameterKey{p.In, p.Name}
}

func (b *builder) parameterList(at spot, p string) []Parameter {
	if at.node == nil {
		return nil
	}
	if at.node.Kind != yaml.SequenceNode {
		b.wrong(at.pointer, "parameters is a list; this one is left out")
		return nil
	}
	var list []Parameter
	known := map[parameterKey]bool{}
	for i, n := range at.node.Content {
		one, ok := b.parameter(b.follow(spot{at.pointer + "/" + strconv.Itoa(i), n}), p)
		if !ok {
			continue
		}
		if known[keyOf(one)] {
			b.wrong(one.Pointer, "the %s parameter %q stands in the list twice; the first counts", one.In, one.Name)
			continue
		}
		known[keyOf(one)] = true
		list = append(list, one)
	}
	return list
}

func (b *builder) parameter(at spot, p string) (Parameter, bool) {
	one := Parameter{
		Name: words(at.node, "name"), In: words(at.node, "in"), Required: isTrue(at.node, "required"), Sensitive: words(at.node, KeySensitive),
		AllowReserved: isTrue(at.node, "allowReserved"), AllowEmptyValue: isTrue(at.node, "allowEmptyValue"), Pointer: at.pointer,
	}
	switch {
	case one.Name == "" || !slices.Contains([]string{"path", "query", "header", "cookie"}, one.In):
		b.wrong(at.pointer, "a parameter needs a name, and in as path, query, header or cookie; this one is left out")
		return one, false
	case one.In == "header" && b.ignoredHeader(one.Name): // OpenAPI, Parameter Object, name
		return one, false
	case one.In == "path" && !strings.Contains(p, "{"+one.Name+"}"):
		b.wrong(at.pointer, "the path %q has no parameter %q; it is left out", p, one.Name)
		return one, false
	case one.In == "path":
		one.Required = true
	}
	one.Style, one.Explode = b.style(at, one.In)
	one.Schema, one.MediaType = b.described(at)
	one.Examples = b.examples(at)
	return one, true
}

// ignoredHeader says whether a header is described elsewhere: by media types and security. Swagger 2.0 has no such rule,
// and documents of its time describe Authorization as a parameter.
func (b *builder) ignoredHeader(name string) bool {
	name = strings.ToLower(name)
	return name == "accept" || name == "content-type" || name == "authorization" && !b.swagger
}

// style is how a parameter is written: OpenAPI's defaults, unless the document gives another that its place takes.
func (b *builder) style(at spot, in string) (style string, explode bool) {
	takes := map[string][]string{
		"path": {"simple", "label", "matrix"}, "query": {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
		"header": {"simple"}, "cookie": {"form", "cookie"},
	}[in]
	style = takes[0]
	if stated := words(at.node, "style"); stated != "" {
		if slices.Contains(takes, stated) {
			style = stated
		} else {
			b.wrong(at.pointer+"/style", "the style of a %s parameter is one of %s, not %q", in, strings.Join(takes, ", "), stated)
		}
	}
	explode = style == "form" || style == "cookie"
	if field(at.node, "explode") != nil {
		explode = isTrue(at.node, "explode")
	}
	return style, explode
}

// described is the schema of a parameter or header, and the media type of its text where it has one.
func (b *builder) described(at spot) (schema, mediaType string) {
	if schema := b.schema(at, "schema"); schema != "" {
		return schema, ""
	}
	b.each(at.in("content"), func(name string, m spot) {
		if mediaType == "" {
			mediaType, schema = name, b.schema(m, "schema")
		}
	})
	return schema, mediaType
}

// examples are those of a parameter, header or media type.
func (b *builder) examples(at spot) []Example {
	var list []Example
	if one := at.in("example"); one.node != nil {
		list = append(list, Example{Pointer: one.pointer})
	}
	many := at.in("examples")
	if many.node != nil && many.node.Kind == yaml.SequenceNode {
		b.wrong(many.pointer, "examples is an object with a name for each; this list is left out")
	}
	b.each(many, func(name string, e spot) {
		value := e.in("value")
		switch {
		case value.node != nil:
			list = append(list, Example{Name: name, Pointer: value.pointer})
		case field(e.node, "externalValue") != nil:
			b.note(NoteLeftOut, e.pointer+"/externalValue", "the example %q stands outside the document and is not fetched", name)
		case e.node.Kind == yaml.MappingNode && !strings.HasPrefix(name, "x-"):
			b.wrong(e.pointer, "the example %q has no value", name)
		}
	})
	return list
}

func (b *builder) body(operation spot) *Body {
	at := b.follow(operation.in("requestBody"))
	if at.node == nil {
		return nil
	}
	if at.node.Kind != yaml.MappingNode {
		b.wrong(at.pointer, "requestBody is an object; this one is left out")
		return nil
	}
	return &Body{Required: isTrue(at.node, "required"), Content: b.content(at), Pointer: at.pointer}
}

func (b *builder) responses(operation spot) []Response {
	var list []Response
	all := operation.in("responses")
	if all.node != nil && all.node.Kind != yaml.MappingNode {
		b.wrong(all.pointer, "responses is an object with a status for each; this one is left out")
	}
	b.each(all, func(name string, at spot) {
		if strings.HasPrefix(name, "x-") {
			return
		}
		status := statusOf(name)
		if status == "" || at.node.Kind != yaml.MappingNode {
			b.wrong(all.pointer+"/"+EscapePointer(name), "a response stands under a status such as 200, a range such as 4XX, or default, not %q; it is left out", name)
			return
		}
		list = append(list, Response{
			Status: status, Content: b.content(at), Headers: b.headers(at.in("headers")), Links: b.linksOf(at), Pointer: at.pointer,
		})
	})
	return list
}

// statusOf is a key of responses in its one spelling, "" for what is none.
func statusOf(name string) string {
	if strings.EqualFold(name, "default") {
		return "default"
	}
	if len(name) != 3 || name[0] < '1' || name[0] > '5' {
		return ""
	}
	if rest := strings.ToUpper(name[1:]); rest == "XX" {
		return name[:1] + rest
	}
	if _, err := strconv.ParseUint(name, 10, 16); err != nil {
		return ""
	}
	return name
}

func (b *builder) headers(at spot) []Header {
	var list []Header
	b.each(at, func(name string, h spot) {
		if strings.EqualFold(name, "content-type") { // OpenAPI, Response Object, headers: ignored
			return
		}
		if h.node.Kind != yaml.MappingNode {
			b.wrong(h.pointer, "the header %q is no object; it is left out", name)
			return
		}
		one := Header{Name: name, Required: isTrue(h.node, "required"), Explode: isTrue(h.node, "explode"), Pointer: h.pointer}
		one.Schema, one.MediaType = b.described(h)
		one.Examples = b.examples(h)
		list = append(list, one)
	})
	return list
}

func (b *builder) content(at spot) []MediaType {
	var types []MediaType
	b.each(at.in("content"), func(name string, m spot) {
		if strings.HasPrefix(name, "x-") && !strings.Contains(name, "/") {
			return
		}
		if m.node.Kind != yaml.MappingNode {
			b.wrong(m.pointer, "the media type %q is no object; it is left out", name)
			return
		}
		one := MediaType{Type: name, Schema: b.schema(m, "schema"), Examples: b.examples(m), Pointer: m.pointer}
		b.each(m.in("encoding"), func(property string, e spot) {
			if e.node.Kind != yaml.MappingNode {
				return
			}
			if one.Encoding == nil {
				one.Encoding = map[string]Encoding{}
			}
			one.Encoding[property] = b.encoding(e)
		})
		types = append(types, one)
	})
	return types
}

func (b *builder) encoding(at spot) Encoding {
	e := Encoding{
		ContentType: words(at.node, "contentType"), AllowReserved: isTrue(at.node, "allowReserved"), Headers: b.headers(at.in("headers")),
		Stated: field(at.node, "style") != nil || field(at.node, "explode") != nil || field(at.node, "allowReserved") != nil,
	}
	e.Style, e.Explode = b.style(at, "query")
	return e
}
