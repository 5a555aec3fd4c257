package specs

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// builder turns a loaded document into a [Contract] and collects what is wrong on the way.
type builder struct {
	contract *Contract
	document *document
	doc      *openapi3.T
	ours     bool // the document uses the vocabulary
	problems []error
}

// problem notes what is wrong at pointer; what is shared by several operations is noted once.
func (b *builder) problem(pointer, format string, args ...any) {
	err := fmt.Errorf("%s: %s", b.document.position(pointer), fmt.Sprintf(format, args...))
	if !slices.ContainsFunc(b.problems, func(known error) bool { return known.Error() == err.Error() }) {
		b.problems = append(b.problems, err)
	}
}

// decode reads the vocabulary value at pointer into the value that into points at; nothing there is no problem.
func (b *builder) decode(pointer string, into any) {
	if !b.ours {
		return
	}
	if n, ok := b.document.nodes[pointer]; ok {
		b.problems = append(b.problems, b.document.decodeStrict(n, into)...)
	}
}

func (b *builder) build() {
	var version int
	b.decode("/"+KeyUnderstudy, &version)
	if _, stated := b.document.nodes["/"+KeyUnderstudy]; stated && len(b.problems) == 0 && version != 1 {
		b.problem("/"+KeyUnderstudy, "this reads version 1 of the vocabulary, not %d", version)
	}
	var root Wire
	b.decode("/"+KeyWire, &root)
	b.decode("/"+KeyErrors, &b.contract.Errors)
	b.decode("/"+KeyUnclear, &b.contract.Unclear)
	for _, p := range b.document.names("/paths") {
		b.path(p, root)
	}
	b.checkCatalogue()
	b.checkUnclear()
	b.checkSensitive()
	for _, op := range b.contract.Operations {
		b.checkWire(op)
	}
}

func (b *builder) path(p string, root Wire) {
	item := b.doc.Paths.Find(p)
	if item == nil {
		return
	}
	pointer := "/paths/" + EscapePointer(p)
	var wire Wire
	b.decode(pointer+"/"+KeyWire, &wire)
	for _, name := range b.document.names(pointer) {
		method := strings.ToUpper(name)
		operation, ok := item.Operations()[method]
		if !ok {
			continue
		}
		b.operation(p, pointer, method, item, operation, merge(root, wire))
	}
}

func (b *builder) operation(p, itemPointer, method string, item *openapi3.PathItem, o *openapi3.Operation, wire Wire) {
	pointer := itemPointer + "/" + strings.ToLower(method)
	var own Wire
	b.decode(pointer+"/"+KeyWire, &own)
	op := &Operation{
		Vendor: b.contract.Vendor, ID: o.OperationID, Method: method, Path: p, Summary: o.Summary, Pointer: pointer,
		Wire: merge(wire, own), Prefixes: b.prefixes(item, o),
	}
	if op.ID == "" {
		op.ID = deriveID(method, p)
	}
	if first, twice := b.contract.byID[op.ID]; twice {
		b.problem(pointer, "operationId %q is taken by %s %s", op.ID, first.Method, first.Path)
		return
	}
	op.Source = b.contract.Source(pointer)
	op.Security = b.security(pointer, o)
	if own.Auth == nil && op.Security == nil {
		op.Wire.Auth = nil
	}
	for i, ref := range item.Parameters {
		op.Parameters = append(op.Parameters, b.parameter(itemPointer+"/parameters/"+strconv.Itoa(i), ref))
	}
	for i, ref := range o.Parameters {
		op.Parameters = append(op.Parameters, b.parameter(pointer+"/parameters/"+strconv.Itoa(i), ref))
	}
	if ref := o.RequestBody; ref != nil && ref.Value != nil {
		at := refPointer(ref.Ref, pointer+"/requestBody")
		op.Body = &Body{Required: ref.Value.Required, Content: b.content(at, ref.Value.Content)}
	}
	for _, status := range b.document.names(pointer + "/responses") {
		ref := o.Responses.Value(status)
		if ref == nil || ref.Value == nil {
			continue
		}
		at := refPointer(ref.Ref, pointer+"/responses/"+status)
		op.Responses = append(op.Responses, Response{Status: status, Content: b.content(at, ref.Value.Content)})
	}
	b.contract.Operations = append(b.contract.Operations, op)
	b.contract.byID[op.ID] = op
}

func (b *builder) parameter(pointer string, ref *openapi3.ParameterRef) Parameter {
	pointer = refPointer(ref.Ref, pointer)
	p := Parameter{Name: ref.Value.Name, In: ref.Value.In, Required: ref.Value.Required}
	if n, ok := b.document.nodes[pointer+"/"+KeySensitive]; ok {
		p.Sensitive = n.Value
	}
	if ref.Value.Schema != nil {
		p.Schema = refPointer(ref.Value.Schema.Ref, pointer+"/schema")
	}
	return p
}

func (b *builder) content(pointer string, content openapi3.Content) []MediaType {
	var types []MediaType
	for _, name := range b.document.names(pointer + "/content") {
		value := content[name]
		if value == nil {
			continue
		}
		m := MediaType{Type: name}
		if value.Schema != nil {
			m.Schema = refPointer(value.Schema.Ref, pointer+"/content/"+EscapePointer(name)+"/schema")
		}
		for property, e := range value.Encoding {
			if e.ContentType != "" {
				if m.Encoding == nil {
					m.Encoding = map[string]Encoding{}
				}
				m.Encoding[property] = Encoding{ContentType: e.ContentType}
			}
		}
		types = append(types, m)
	}
	return types
}

func (b *builder) security(pointer string, o *openapi3.Operation) *SecurityScheme {
	required := b.doc.Security
	if o.Security != nil {
		required = *o.Security
	}
	for _, alternative := range required {
		for name := range alternative {
			ref := b.doc.Components.SecuritySchemes[name]
			if ref == nil || ref.Value == nil {
				b.problem(pointer, "security scheme %q is not declared in components.securitySchemes", name)
				continue
			}
			v := ref.Value
			switch {
			case v.Type == "apiKey" && (v.In == "header" || v.In == "query"):
				return &SecurityScheme{Name: name, In: v.In, Key: v.Name}
			case v.Type == "http" && strings.EqualFold(v.Scheme, "bearer"):
				return &SecurityScheme{Name: name, In: "header", Key: "Authorization", Bearer: true}
			default:
				b.problem("/components/securitySchemes/"+EscapePointer(name), "security scheme type %q is not supported yet; apiKey in header or query and http bearer are", v.Type)
			}
		}
	}
	return nil
}

// prefixes lists the paths of the servers that hold for an operation, the innermost list replacing an outer one, as
// OpenAPI has it.
func (b *builder) prefixes(item *openapi3.PathItem, o *openapi3.Operation) []string {
	servers := b.doc.Servers
	if len(item.Servers) > 0 {
		servers = item.Servers
	}
	if o.Servers != nil && len(*o.Servers) > 0 {
		servers = *o.Servers
	}
	prefixes := []string{""}
	for _, s := range servers {
		u, err := url.Parse(s.URL)
		if err != nil {
			continue
		}
		p := strings.TrimSuffix(path.Clean("/"+u.Path), "/")
		if !slices.Contains(prefixes, p) {
			prefixes = append(prefixes, p)
		}
	}
	return prefixes
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

// refPointer is where a thing really stands: at its $ref when it has one, else where it was found.
func refPointer(ref, found string) string {
	if pointer, ok := strings.CutPrefix(ref, "#"); ok {
		return pointer
	}
	return found
}

// deriveID names an operation that its document leaves unnamed, from method and path: getUsersId.
func deriveID(method, p string) string {
	id := strings.ToLower(method)
	for _, word := range strings.FieldsFunc(p, func(r rune) bool { return strings.ContainsRune("/{}.-_:", r) }) {
		first, size := utf8.DecodeRuneInString(word)
		id += string(unicode.ToUpper(first)) + word[size:]
	}
	return id
}
