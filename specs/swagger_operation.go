package specs

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (s *swaggerReader) path(item *yaml.Node) {
	if item.Kind != yaml.MappingNode {
		return
	}
	shared := list(field(item, "parameters"))
	var plain, bodies []*yaml.Node // of the path: OpenAPI 3 knows no body of a path
	for _, n := range shared {
		if in := words(s.meant(n), "in"); in == "body" || in == "formData" {
			bodies = append(bodies, n)
			continue
		}
		plain = append(plain, n)
	}
	for _, n := range plain {
		s.parameter(n)
	}
	if i := keyAt(item, "parameters"); i >= 0 {
		rest := *item.Content[i+1]
		rest.Content = plain
		s.same(&rest, item.Content[i+1])
		item.Content[i+1] = &rest
	}
	for _, method := range methods() {
		if operation := field(item, method); operation != nil && operation.Kind == yaml.MappingNode {
			s.operation(operation, bodies)
		}
	}
}

// meant is the parameter that a reference stands for.
func (s *swaggerReader) meant(n *yaml.Node) *yaml.Node {
	for range mostHops {
		ref, ok := reference(n)
		if !ok || s.targets[ref] == nil {
			break
		}
		n = s.targets[ref]
	}
	return n
}

func (s *swaggerReader) operation(n *yaml.Node, inherited []*yaml.Node) {
	consumes, produces := s.consumes, s.produces
	if own := field(n, "consumes"); own != nil {
		consumes = list(own)
	}
	if own := field(n, "produces"); own != nil {
		produces = list(own)
	}
	var plain, body, form []*yaml.Node
	sort := func(p *yaml.Node) {
		switch words(s.meant(p), "in") {
		case "body":
			body = append(body, p)
		case "formData":
			form = append(form, p)
		default:
			s.parameter(p)
			plain = append(plain, p)
		}
	}
	own := list(field(n, "parameters"))
	for _, p := range inherited {
		of := s.meant(p)
		overridden := slices.ContainsFunc(own, func(o *yaml.Node) bool {
			o = s.meant(o)
			return words(o, "in") == words(of, "in") && (words(of, "in") == "body" || words(o, "name") == words(of, "name"))
		})
		if !overridden {
			sort(p)
		}
	}
	for _, p := range own {
		sort(p)
	}
	if i := keyAt(n, "parameters"); i >= 0 {
		rest := *n.Content[i+1]
		rest.Content = plain
		s.same(&rest, n.Content[i+1])
		n.Content[i+1] = &rest
	}
	switch {
	case len(body) > 0:
		if len(body) > 1 || len(form) > 0 {
			s.note(body[0], NoteInvalid, "an operation has one body or fields of a form; the first body counts")
		}
		s.put(n, "requestBody", s.body(body[0], consumes), body[0])
	case len(form) > 0:
		s.put(n, "requestBody", s.form(form, consumes), form[0])
	}
	each(field(n, "responses"), func(name string, r *yaml.Node) {
		if strings.HasPrefix(name, "x-") {
			return
		}
		if _, refers := reference(r); !refers {
			s.response(r, produces)
		}
	})
	for _, name := range []string{"consumes", "produces", "schemes"} {
		remove(n, name)
	}
}

// schemaWords are those that Swagger has in parameters and headers and OpenAPI 3 in their schema.
func schemaWords() []string {
	return []string{
		"type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength",
		"pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf", "x-nullable",
	}
}

// takeSchema takes the words of a schema out of a parameter or header.
func (s *swaggerReader) takeSchema(n *yaml.Node) *yaml.Node {
	schema := s.object(n)
	for _, name := range schemaWords() {
		if i := keyAt(n, name); i >= 0 {
			schema.Content = append(schema.Content, n.Content[i], n.Content[i+1])
			n.Content = slices.Delete(n.Content, i, i+2)
		}
	}
	return schema
}

// parameter converts one of a query, path or header.
func (s *swaggerReader) parameter(n *yaml.Node) {
	if _, refers := reference(n); refers || n.Kind != yaml.MappingNode || field(n, "schema") != nil {
		return
	}
	in, array := words(n, "in"), words(n, "type") == "array"
	format := field(n, "collectionFormat")
	remove(n, "collectionFormat")
	at := format
	if at == nil {
		at = n
	}
	if array {
		style, explode := s.style(in, format)
		s.put(n, "style", s.text(style, at), at)
		s.put(n, "explode", s.flag(explode, at), at)
	}
	schema := s.takeSchema(n)
	s.put(n, "schema", schema, n)
}

// style is the style that a collectionFormat has become.
func (s *swaggerReader) style(in string, format *yaml.Node) (style string, explode bool) {
	name := "csv"
	if format != nil {
		name = format.Value
	}
	if in == "query" || in == "formData" {
		switch name {
		case "csv":
			return "form", false
		case "multi":
			return "form", true
		case "ssv":
			return "spaceDelimited", false
		case "pipes":
			return "pipeDelimited", false
		}
		s.note(format, NoteConverted, "OpenAPI 3 has no equal for collectionFormat "+shortened(name)+"; the list is read with commas")
		return "form", false
	}
	if name != "csv" {
		s.note(format, NoteConverted, "OpenAPI 3 has no equal for collectionFormat "+shortened(name)+" in a "+in+" parameter; the list is read with commas")
	}
	return "simple", false
}

// body makes a request body of a body parameter, or of a reference to one.
func (s *swaggerReader) body(at *yaml.Node, consumes []*yaml.Node) *yaml.Node {
	n := s.meant(at)
	body, content := s.object(at), s.object(at)
	each(n, func(name string, part *yaml.Node) {
		if name == "description" || name == "required" || strings.HasPrefix(name, "x-") {
			body.Content = append(body.Content, n.Content[keyAt(n, name)], part)
		}
	})
	if len(consumes) == 0 {
		s.once(at, "the document does not say what media type it consumes; application/json is taken")
		consumes = []*yaml.Node{s.text("application/json", at)}
	}
	for _, mediaType := range consumes {
		media := s.object(at)
		if i := keyAt(n, "schema"); i >= 0 {
			media.Content = append(media.Content, n.Content[i], n.Content[i+1])
		}
		if keyAt(content, mediaType.Value) < 0 {
			s.put(content, mediaType.Value, media, mediaType)
		}
	}
	s.put(body, "content", content, at)
	return body
}

// form makes a request body of the fields of a form.
func (s *swaggerReader) form(fields, consumes []*yaml.Node) *yaml.Node {
	at := fields[0]
	properties, required, encoding := s.object(at), s.sequence(at), s.object(at)
	file := false
	for _, place := range fields {
		n := s.meant(place)
		name := words(n, "name")
		if keyAt(properties, name) >= 0 {
			continue
		}
		twin := *n
		twin.Content = slices.Clone(n.Content) // the field may be shared by several operations
		s.same(&twin, n)
		format := field(n, "collectionFormat")
		array := words(n, "type") == "array"
		file = file || words(n, "type") == "file"
		schema := s.takeSchema(&twin)
		for _, word := range []string{"description", KeySensitive} {
			if i := keyAt(&twin, word); i >= 0 {
				schema.Content = append(schema.Content, twin.Content[i], twin.Content[i+1])
			}
		}
		s.put(properties, name, schema, n)
		if isTrue(n, "required") {
			required.Content = append(required.Content, s.text(name, field(n, "required")))
		}
		if array {
			one := s.object(n)
			style, explode := s.style("formData", format)
			s.put(one, "style", s.text(style, n), n)
			s.put(one, "explode", s.flag(explode, n), n)
			s.put(encoding, name, one, n)
		}
	}
	schema := s.object(at)
	s.put(schema, "type", s.text("object", at), at)
	s.put(schema, "properties", properties, at)
	if len(required.Content) > 0 {
		s.put(schema, "required", required, at)
	}
	var forms []*yaml.Node
	for _, mediaType := range consumes {
		if mediaType.Value == "multipart/form-data" || mediaType.Value == "application/x-www-form-urlencoded" && !file {
			forms = append(forms, mediaType)
		}
	}
	if len(forms) == 0 {
		name := "application/x-www-form-urlencoded"
		if file {
			name = "multipart/form-data"
		}
		if len(consumes) > 0 {
			s.note(at, NoteConverted, "fields of a form travel as none of the media types that are consumed; "+name+" is taken")
		}
		forms = []*yaml.Node{s.text(name, at)}
	}
	content := s.object(at)
	for _, mediaType := range forms {
		media := s.object(at)
		s.put(media, "schema", schema, at)
		if len(encoding.Content) > 0 {
			s.put(media, "encoding", encoding, at)
		}
		s.put(content, mediaType.Value, media, mediaType)
	}
	body := s.object(at)
	if len(required.Content) > 0 {
		s.put(body, "required", s.flag(true, at), at)
	}
	s.put(body, "content", content, at)
	return body
}

// response moves the schema and the examples of a response under its media types.
func (s *swaggerReader) response(n *yaml.Node, produces []*yaml.Node) {
	if _, refers := reference(n); refers || n.Kind != yaml.MappingNode {
		return
	}
	each(field(n, "headers"), func(_ string, h *yaml.Node) {
		if h.Kind != yaml.MappingNode || field(h, "schema") != nil {
			return
		}
		if format := field(h, "collectionFormat"); format != nil {
			s.style("header", format)
			remove(h, "collectionFormat")
		}
		schema := s.takeSchema(h)
		s.put(h, "schema", schema, h)
	})
	schema, examples := field(n, "schema"), field(n, "examples")
	if schema == nil && examples == nil {
		return
	}
	at := schema
	if at == nil {
		at = examples
	}
	types := slices.Clone(produces)
	each(examples, func(name string, e *yaml.Node) {
		if !slices.ContainsFunc(types, func(t *yaml.Node) bool { return t.Value == name }) {
			types = append(types, s.text(name, e))
		}
	})
	if len(types) == 0 {
		name := "application/json"
		if words(schema, "type") == "file" {
			name = "application/octet-stream"
		}
		s.once(at, "the document does not say what media type it produces; "+name+" is taken")
		types = []*yaml.Node{s.text(name, at)}
	}
	content := s.object(at)
	for _, mediaType := range types {
		media := s.object(at)
		if schema != nil {
			media.Content = append(media.Content, n.Content[keyAt(n, "schema")], schema)
		}
		if example := field(examples, mediaType.Value); example != nil {
			s.put(media, "example", example, example)
		}
		if keyAt(content, mediaType.Value) < 0 {
			s.put(content, mediaType.Value, media, mediaType)
		}
	}
	remove(n, "schema")
	remove(n, "examples")
	s.put(n, "content", content, at)
}
