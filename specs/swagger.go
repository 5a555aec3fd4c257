package specs

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// swaggerReader makes a document of OpenAPI 3.0 of one of Swagger 2.0, in place: what stays keeps its node and so its
// position, what is new stands where that does which it was made of.
type swaggerReader struct {
	document *document
	note     func(n *yaml.Node, rule, text string)
	consumes []*yaml.Node // of the whole document
	produces []*yaml.Node
	// targets are what the references lead to, by node: pointers change, nodes stay.
	targets map[*yaml.Node]*yaml.Node
	// told are the notes that one document gets once.
	told map[string]bool
}

// fromSwagger converts the document. Its references are all within it.
func (d *document) fromSwagger(note func(n *yaml.Node, rule, text string)) {
	s := &swaggerReader{document: d, note: note, targets: map[*yaml.Node]*yaml.Node{}, told: map[string]bool{}}
	s.consumes, s.produces = list(field(d.root, "consumes")), list(field(d.root, "produces"))
	s.remember()
	s.root()
	s.schemas()
	s.refer()
}

// remember finds what every reference leads to.
func (s *swaggerReader) remember() {
	whole := tree{root: s.document.root, tables: tables{}}
	w := walker{layouts: layouts(), visit: func(n *yaml.Node, _ kind) bool {
		if ref, ok := reference(n); ok {
			if target, found := whole.find(strings.TrimPrefix(ref.Value, "#")); found {
				s.targets[ref] = target
			}
		}
		return true
	}}
	w.walk(s.document.root, rootKind)
}

// refer lets the references lead to where their targets stand now.
func (s *swaggerReader) refer() {
	pointers := map[*yaml.Node]string{}
	var index func(n *yaml.Node, pointer string)
	index = func(n *yaml.Node, pointer string) {
		if _, known := pointers[n]; known {
			return
		}
		pointers[n] = pointer
		for i, child := range n.Content {
			switch {
			case n.Kind == yaml.SequenceNode:
				index(child, pointer+"/"+strconv.Itoa(i))
			case i%2 == 1:
				index(child, pointer+"/"+EscapePointer(n.Content[i-1].Value))
			}
		}
	}
	// What others refer to stands under components rather than where it is used.
	if components := field(s.document.root, "components"); components != nil {
		index(components, "/components")
	}
	index(s.document.root, "")
	for ref, target := range s.targets {
		if pointer, ok := pointers[target]; ok {
			ref.Value = "#" + pointer
		}
	}
}

// root lays the parts of the document out anew.
func (s *swaggerReader) root() {
	before := s.document.root.Content
	root := s.document.root
	root.Content = nil
	components := s.object(s.document.root)
	for i := 0; i+1 < len(before); i += 2 {
		key, part := before[i], before[i+1]
		section := ""
		switch key.Value {
		case "swagger":
			s.put(root, "openapi", s.text("3.0.3", part), key)
		case "host", "basePath", "schemes", "consumes", "produces":
		case "definitions":
			section = "schemas"
		case "parameters":
			s.sharedParameters(components, key, part)
		case "responses":
			section = "responses"
			each(part, func(_ string, n *yaml.Node) { s.response(n, s.produces) })
		case "securityDefinitions":
			section = "securitySchemes"
			each(part, func(_ string, n *yaml.Node) { s.security(n) })
		case "paths":
			each(part, func(name string, n *yaml.Node) {
				if !strings.HasPrefix(name, "x-") {
					s.path(n)
				}
			})
			root.Content = append(root.Content, key, part)
		default:
			root.Content = append(root.Content, key, part)
		}
		if section != "" {
			s.put(components, section, part, key)
		}
	}
	s.servers(before)
	if len(components.Content) > 0 {
		s.put(root, "components", components, components.Content[0])
	}
}

// servers are made of schemes, host and basePath.
func (s *swaggerReader) servers(before []*yaml.Node) {
	was := &yaml.Node{Kind: yaml.MappingNode, Content: before}
	host, base := words(was, "host"), words(was, "basePath")
	if host == "" && base == "" {
		return
	}
	at := field(was, "basePath")
	if at == nil {
		at = field(was, "host")
	}
	servers := s.sequence(at)
	schemes := list(field(was, "schemes"))
	if len(schemes) == 0 || host == "" {
		schemes = []*yaml.Node{s.text("https", at)}
	}
	for _, scheme := range schemes {
		url := scheme.Value + "://" + host + "/" + strings.TrimPrefix(base, "/")
		if host == "" {
			url = "/" + strings.TrimPrefix(base, "/")
		}
		server := s.object(at)
		s.put(server, "url", s.text(url, at), at)
		servers.Content = append(servers.Content, server)
	}
	s.put(s.document.root, "servers", servers, at)
}

// sharedParameters are those of the document: bodies become request bodies, fields of forms stay where they are used.
func (s *swaggerReader) sharedParameters(components, key, part *yaml.Node) {
	parameters, bodies := s.object(key), s.object(key)
	if part.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(part.Content); i += 2 {
		name, n := part.Content[i], part.Content[i+1]
		switch words(n, "in") {
		case "body":
			bodies.Content = append(bodies.Content, name, s.body(n, s.consumes))
		case "formData":
		default:
			s.parameter(n)
			parameters.Content = append(parameters.Content, name, n)
		}
	}
	if len(parameters.Content) > 0 {
		s.put(components, "parameters", parameters, key)
	}
	if len(bodies.Content) > 0 {
		s.put(components, "requestBodies", bodies, key)
	}
}

func (s *swaggerReader) security(n *yaml.Node) {
	kind := field(n, "type")
	switch words(n, "type") {
	case "basic":
		kind.Value = "http"
		s.put(n, "scheme", s.text("basic", kind), kind)
	case "oauth2":
		flow := words(n, "flow")
		if flow == "" {
			return
		}
		at := field(n, "flow")
		names := map[string]string{"application": "clientCredentials", "accessCode": "authorizationCode"}
		if other, ok := names[flow]; ok {
			flow = other
		}
		one := s.object(at)
		for _, name := range []string{"authorizationUrl", "tokenUrl", "scopes"} {
			if i := keyAt(n, name); i >= 0 {
				one.Content = append(one.Content, n.Content[i], n.Content[i+1])
				n.Content = slices.Delete(n.Content, i, i+2)
			}
		}
		if field(one, "scopes") == nil {
			s.put(one, "scopes", s.object(at), at)
		}
		flows := s.object(at)
		s.put(flows, flow, one, at)
		remove(n, "flow")
		s.put(n, "flows", flows, at)
	}
}

// schemas brings what Swagger says differently in schemas into the words of OpenAPI 3.0.
func (s *swaggerReader) schemas() {
	done := map[*yaml.Node]bool{}
	w := walker{layouts: layouts(), visit: func(n *yaml.Node, k kind) bool {
		if k != schemaKind || n.Kind != yaml.MappingNode {
			return true
		}
		if done[n] {
			return false
		}
		done[n] = true
		if d := field(n, "discriminator"); d != nil && d.Kind == yaml.ScalarNode {
			object := s.object(d)
			s.put(object, "propertyName", s.text(d.Value, d), d)
			n.Content[keyAt(n, "discriminator")+1] = object
		}
		if i := keyAt(n, "x-nullable"); i >= 0 && field(n, "nullable") == nil {
			key := *n.Content[i]
			key.Value = "nullable"
			s.same(&key, n.Content[i])
			n.Content[i] = &key
		}
		if words(n, "type") == "file" {
			kind := field(n, "type")
			kind.Value = "string"
			remove(n, "format")
			s.put(n, "format", s.text("binary", kind), kind)
		}
		if format := field(n, "collectionFormat"); format != nil {
			if format.Value != "csv" {
				s.note(format, NoteConverted, "OpenAPI 3 cannot say how a list within a list is written: collectionFormat "+shortened(format.Value)+" is left out")
			}
			remove(n, "collectionFormat")
		}
		return true
	}}
	w.walk(s.document.root, rootKind)
}

// once is a note that the document gets at the first place only.
func (s *swaggerReader) once(n *yaml.Node, text string) {
	if !s.told[text] {
		s.told[text] = true
		s.note(n, NoteConverted, text)
	}
}

func (s *swaggerReader) put(object *yaml.Node, name string, value, at *yaml.Node) {
	object.Content = append(object.Content, s.text(name, at), value)
}

func (s *swaggerReader) text(text string, at *yaml.Node) *yaml.Node {
	return s.node(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}, at)
}

func (s *swaggerReader) flag(on bool, at *yaml.Node) *yaml.Node {
	return s.node(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(on)}, at)
}

func (s *swaggerReader) object(at *yaml.Node) *yaml.Node {
	return s.node(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, at)
}

func (s *swaggerReader) sequence(at *yaml.Node) *yaml.Node {
	return s.node(&yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}, at)
}

func (s *swaggerReader) node(n, at *yaml.Node) *yaml.Node {
	n.Line, n.Column = at.Line, at.Column
	s.same(n, at)
	return n
}

// same lets a node stand in the file of another.
func (s *swaggerReader) same(n, at *yaml.Node) {
	if file, ok := s.document.brought[at]; ok {
		s.document.brought[n] = file
	}
}

// list is the items of a list, none for what is no list.
func list(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// each visits the fields of an object.
func each(n *yaml.Node, visit func(name string, n *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i].Value, n.Content[i+1])
	}
}

// remove takes a field out of an object.
func remove(n *yaml.Node, name string) {
	if i := keyAt(n, name); i >= 0 {
		n.Content = slices.Delete(n.Content, i, i+2)
	}
}
