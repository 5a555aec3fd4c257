package specs

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// secure says which credentials an operation asks for.
func (b *builder) secure(op *Operation, at spot, own Wire) {
	required := at.in("security")
	if required.node == nil {
		required = spot{"", b.document.root}.in("security")
	}
	op.Requirements = b.requirements(required)
	var schemes []SecurityScheme
	open := false
	for _, alternative := range op.Requirements {
		open = open || len(alternative) == 0
		for _, s := range alternative {
			if !slices.ContainsFunc(schemes, func(known SecurityScheme) bool { return known.Name == s.Name }) {
				schemes = append(schemes, s)
			}
		}
	}
	if auth := op.Wire.Auth; auth != nil && auth.Security != "" {
		if i := slices.IndexFunc(schemes, func(s SecurityScheme) bool { return s.Name == auth.Security }); i >= 0 {
			op.Security = &schemes[i]
			return
		}
		_, declared := b.document.nodes["/components/securitySchemes/"+EscapePointer(auth.Security)]
		if declared && own.Auth == nil { // stated for the operations that do ask for it
			op.Wire.Auth = nil
		}
	}
	if len(schemes) == 1 && !open || len(schemes) > 0 && op.Wire.Auth != nil {
		op.Security = &schemes[0]
	}
	// Credentials in the body are none of OpenAPI's security: only an operation that is called open has none.
	inBody := op.Wire.Auth != nil && len(op.Wire.Auth.Fields) > 0 && required.node == nil
	if own.Auth == nil && len(schemes) == 0 && !inBody {
		op.Wire.Auth = nil
	}
}

// requirements reads OpenAPI's security: alternatives, each of schemes that are all needed. An alternative with a scheme
// that the document does not declare is none that anybody could meet.
func (b *builder) requirements(at spot) [][]SecurityScheme {
	if at.node == nil || at.node.Kind != yaml.SequenceNode {
		return nil
	}
	var list [][]SecurityScheme
	for _, n := range at.node.Content {
		alternative, good := []SecurityScheme{}, n.Kind == yaml.MappingNode
		for i := 0; good && i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			scheme, ok := b.scheme(at.pointer, name)
			if !ok {
				good = false
				break
			}
			for _, scope := range n.Content[i+1].Content {
				scheme.Scopes = append(scheme.Scopes, scope.Value)
			}
			alternative = append(alternative, scheme)
		}
		if good {
			list = append(list, alternative)
		}
	}
	return list
}

// scheme reads a declared security scheme.
func (b *builder) scheme(from, name string) (SecurityScheme, bool) {
	declared := b.follow(spot{"", b.document.root}.in("components").in("securitySchemes").in(name))
	if declared.node == nil || declared.node.Kind != yaml.MappingNode {
		b.wrong(strings.TrimSuffix(from, "/security"), "security scheme %q is not declared in components.securitySchemes", name)
		return SecurityScheme{}, false
	}
	s := SecurityScheme{Name: name, Type: words(declared.node, "type")}
	switch s.Type {
	case "apiKey":
		s.In, s.Key = words(declared.node, "in"), words(declared.node, "name")
		if s.Key == "" || !slices.Contains([]string{"header", "query", "cookie"}, s.In) {
			b.wrong(declared.pointer, "an apiKey needs a name, and in as header, query or cookie")
			return s, false
		}
	case "http":
		s.In, s.Key, s.Scheme = "header", "Authorization", strings.ToLower(words(declared.node, "scheme"))
		s.Bearer = s.Scheme == "bearer"
		if s.Scheme == "" {
			b.wrong(declared.pointer, "security of type http needs a scheme such as basic or bearer")
			return s, false
		}
	case "oauth2", "openIdConnect":
		s.In, s.Key, s.Bearer = "header", "Authorization", true
	case "mutualTLS":
	default:
		b.wrong(declared.pointer, "security scheme type %q is unknown; there are apiKey, http, oauth2, openIdConnect and mutualTLS", s.Type)
		return s, false
	}
	return s, true
}

// mostPrefixes bounds the paths that the variables of servers multiply to.
const mostPrefixes = 100

// prefixes lists the paths of the servers that hold for an operation, the innermost list replacing an outer one, as
// OpenAPI has it. A variable in one stands for its default and for each value of its enum.
func (b *builder) prefixes(item, operation spot) []string {
	servers := spot{"", b.document.root}.in("servers")
	for _, inner := range []spot{item.in("servers"), operation.in("servers")} {
		if inner.node != nil && inner.node.Kind == yaml.SequenceNode && len(inner.node.Content) > 0 {
			servers = inner
		}
	}
	prefixes := []string{""}
	if servers.node == nil {
		return prefixes
	}
	if known, ok := b.prefixed[servers.node]; ok {
		return known
	}
	for _, server := range servers.node.Content {
		for _, p := range serverPaths(server) {
			if !slices.Contains(prefixes, p) && len(prefixes) < mostPrefixes {
				prefixes = append(prefixes, p)
			}
		}
	}
	b.prefixed[servers.node] = slices.Clip(prefixes)
	return b.prefixed[servers.node]
}

// serverPaths are the paths that a server's URL template stands for, none when it is no URL.
func serverPaths(server *yaml.Node) []string {
	template := words(server, "url")
	if i := strings.Index(template, "://"); i >= 0 { // only the path matters, and a variable in the host is no URL
		template = template[i+3:]
		slash := strings.IndexByte(template, '/')
		if slash < 0 {
			return []string{""}
		}
		template = template[slash:]
	}
	texts := []string{template}
	variables := field(server, "variables")
	if variables != nil && variables.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(variables.Content); i += 2 {
			name := "{" + variables.Content[i].Value + "}"
			if !strings.Contains(template, name) {
				continue
			}
			var filled []string
			for _, value := range serverValues(variables.Content[i+1]) {
				for _, text := range texts {
					if len(filled) < mostPrefixes {
						filled = append(filled, strings.ReplaceAll(text, name, value))
					}
				}
			}
			texts = filled
		}
	}
	var paths []string
	for _, text := range texts {
		u, err := url.Parse(text)
		if err != nil || strings.ContainsAny(text, "{}") {
			continue
		}
		paths = append(paths, strings.TrimSuffix(path.Clean("/"+u.Path), "/"))
	}
	return paths
}

func serverValues(variable *yaml.Node) []string {
	var values []string
	if field(variable, "default") != nil {
		values = append(values, words(variable, "default"))
	}
	if enum := field(variable, "enum"); enum != nil {
		for _, v := range enum.Content {
			if !slices.Contains(values, v.Value) {
				values = append(values, v.Value)
			}
		}
	}
	return values
}

// linksOf reads the links of a response. They point into the contract, so that they are completed at the end.
func (b *builder) linksOf(response spot) []Link {
	var list []Link
	b.each(response.in("links"), func(name string, at spot) {
		if at.node.Kind != yaml.MappingNode || strings.HasPrefix(name, "x-") {
			return
		}
		l := Link{Name: name, Operation: b.linked(at), Pointer: at.pointer}
		if l.Operation == "" {
			return
		}
		if p := field(at.node, "parameters"); p != nil {
			l.Parameters, _ = value(p).(map[string]any)
		}
		if body := field(at.node, "requestBody"); body != nil {
			l.RequestBody = value(body)
		}
		list = append(list, l)
	})
	return list
}

// linked is what a link says of its operation: an operationId, or "#" and a pointer.
func (b *builder) linked(at spot) string {
	id, ref := words(at.node, "operationId"), words(at.node, "operationRef")
	switch {
	case id != "":
		return id
	case strings.HasPrefix(ref, "#/"):
		return "#" + unescapePercent(ref[1:])
	case ref != "":
		b.note(NoteLeftOut, at.pointer+"/operationRef", "the link leads to an operation outside the document; it is left out")
	default:
		b.wrong(at.pointer, "a link needs operationId or operationRef; this one is left out")
	}
	return ""
}

// resolveLinks lets every link name an operation of the contract, and leaves out those that cannot.
func (b *builder) resolveLinks() {
	byPointer := map[string]string{}
	for _, op := range b.contract.Operations {
		byPointer["#"+op.Pointer] = op.ID
	}
	for _, op := range b.contract.Operations {
		for i := range op.Responses {
			r := &op.Responses[i]
			r.Links = slices.DeleteFunc(r.Links, func(l Link) bool {
				_, known := b.contract.byID[l.Operation]
				_, pointed := byPointer[l.Operation]
				if !known && !pointed {
					b.wrong(l.Pointer, "the link %q leads to %q, which is no operation of the contract; it is left out", l.Name, l.Operation)
				}
				return !known && !pointed
			})
			for j := range r.Links {
				if id, ok := byPointer[r.Links[j].Operation]; ok {
					r.Links[j].Operation = id
				}
			}
		}
	}
}

// merge lays the parts that inner states over outer.
func merge(outer, inner Wire) Wire {
	out := outer
	if inner.Route != nil {
		out.Route = inner.Route
	}
	if inner.Auth != nil {
		out.Auth = inner.Auth
	}
	if inner.Sign != nil {
		out.Sign = inner.Sign
	}
	if inner.Seal != nil {
		out.Seal = inner.Seal
	}
	if inner.Envelope != nil {
		out.Envelope = inner.Envelope
	}
	if inner.Formats != nil {
		out.Formats = inner.Formats
	}
	if inner.Safe != nil {
		out.Safe = inner.Safe
	}
	return out
}
