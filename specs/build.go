package specs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// builder turns a document, its references all within it and its schemas in the dialect of 3.1, into the operations of a
// [Contract].
type builder struct {
	contract *Contract
	document *document
	ours     bool // the document uses the vocabulary
	// strict says that what is wrong is a problem, which keeps the contract from being used, and not a note.
	strict bool
	// swagger says that the document was one of Swagger 2.0.
	swagger  bool
	problems []error
	noted    map[Note]bool
	stated   map[string]bool         // operationIds of the document
	numbered map[string]int          // how many operations were given another id than the one that they wanted
	prefixed map[*yaml.Node][]string // what lists of servers stand for
}

// problem notes what is wrong at pointer; what is shared by several operations is noted once.
func (b *builder) problem(pointer, format string, args ...any) {
	err := fmt.Errorf("%s: %s", b.document.position(pointer), fmt.Sprintf(format, args...))
	if !slices.ContainsFunc(b.problems, func(known error) bool { return known.Error() == err.Error() }) {
		b.problems = append(b.problems, err)
	}
}

// note tells what is strange and no hindrance, each thing once.
func (b *builder) note(rule, pointer, format string, args ...any) {
	b.noteAt(rule, b.document.nearest(pointer), pointer, fmt.Sprintf(format, args...))
}

func (b *builder) noteAt(rule string, at Position, pointer, text string) {
	n := Note{Rule: rule, At: at, Pointer: pointer, Text: text}
	if !b.noted[n] {
		b.noted[n] = true
		b.contract.Notes = append(b.contract.Notes, n)
	}
}

// wrong is a problem in a document that is held to its word, else a note.
func (b *builder) wrong(pointer, format string, args ...any) {
	if b.strict {
		b.problem(pointer, format, args...)
		return
	}
	b.note(NoteInvalid, pointer, format, args...)
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
	b.collectIDs()
	b.paths(root)
	b.resolveLinks()
	b.checkCatalogue()
	b.checkUnclear()
	b.checkSensitive()
	b.checkResources()
	for _, op := range b.contract.Operations {
		b.checkWire(op)
	}
}

// methods are those of a path item, as OpenAPI spells them.
func methods() []string {
	return []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
}

// collectIDs finds the operationIds that the document gives, so that none of ours takes one of them.
func (b *builder) collectIDs() {
	b.stated = map[string]bool{}
	for _, p := range b.document.names("/paths") {
		item := b.document.nodes["/paths/"+EscapePointer(p)]
		for _, method := range methods() {
			if id := words(field(item, method), "operationId"); id != "" {
				b.stated[id] = true
			}
		}
	}
}

func (b *builder) paths(root Wire) {
	shapes := map[string]string{}
	for _, p := range b.document.names("/paths") {
		if strings.HasPrefix(p, "x-") {
			continue
		}
		pointer := "/paths/" + EscapePointer(p)
		if reason := unservable(p); reason != "" {
			b.wrong(pointer, "the path %q %s; its operations are left out", p, reason)
			continue
		}
		shape := shapeOf(p)
		if first, twice := shapes[shape]; twice {
			b.wrong(pointer, "the path %q is %q under other names of its parameters", p, first)
		} else {
			shapes[shape] = p
		}
		b.path(p, pointer, root)
	}
}

func (b *builder) path(p, pointer string, root Wire) {
	item := b.document.nodes[pointer]
	if item.Kind != yaml.MappingNode {
		b.wrong(pointer, "the path %q is no object; it is left out", p)
		return
	}
	var wire Wire
	b.decode(pointer+"/"+KeyWire, &wire)
	for _, name := range b.document.names(pointer) {
		if slices.Contains(methods(), name) {
			b.operation(p, spot{pointer, item}, name, merge(root, wire))
		}
	}
}

func (b *builder) operation(p string, item spot, method string, wire Wire) {
	at := item.in(method)
	if at.node.Kind != yaml.MappingNode {
		b.wrong(at.pointer, "%s %s is no object; it is left out", strings.ToUpper(method), p)
		return
	}
	var own Wire
	b.decode(at.pointer+"/"+KeyWire, &own)
	op := &Operation{
		Vendor: b.contract.Vendor, Method: strings.ToUpper(method), Path: p, Summary: words(at.node, "summary"), Pointer: at.pointer,
		Source: b.contract.Source(at.pointer), Wire: merge(wire, own), Prefixes: b.prefixes(item, at),
	}
	var ok bool
	if op.ID, ok = b.id(at, op); !ok {
		return
	}
	b.secure(op, at, own)
	op.Parameters = b.parameters(item, at, p)
	op.Body = b.body(at)
	op.Responses = b.responses(at)
	b.resource(op)
	b.contract.Operations = append(b.contract.Operations, op)
	b.contract.byID[op.ID] = op
}

// id is the operation's id in the contract: the document's, else one of method and path. Where several have one, all but
// the first get a number behind it, unless the document is held to its word.
func (b *builder) id(at spot, op *Operation) (string, bool) {
	wanted := words(at.node, "operationId")
	stated := wanted != ""
	if !stated {
		wanted = deriveID(op.Method, op.Path)
	}
	id := wanted
	for b.taken(id, stated && id == wanted) {
		b.numbered[wanted]++
		id = wanted + "_" + strconv.Itoa(b.numbered[wanted]+1)
	}
	if id == wanted {
		return id, true
	}
	pointer := at.pointer
	if stated {
		pointer += "/operationId"
	}
	first, twice := b.contract.byID[wanted]
	if b.strict {
		if twice {
			b.problem(at.pointer, "operationId %q is taken by %s %s", wanted, first.Method, first.Path)
			return "", false
		}
		return id, true
	}
	if twice {
		b.note(NoteInvalid, pointer, "operationId %q is taken by %s %s; this one is called %q here", wanted, first.Method, first.Path, id)
	}
	return id, true
}

// taken says whether an id belongs to another operation, or will: what the document states comes before what we make.
func (b *builder) taken(id string, stated bool) bool {
	_, taken := b.contract.byID[id]
	return taken || !stated && b.stated[id]
}

// spot is a node of the document and where it stands.
type spot struct {
	pointer string
	node    *yaml.Node
}

// in is what stands under a name; its node is nil for nothing.
func (s spot) in(name string) spot {
	return spot{s.pointer + "/" + EscapePointer(name), field(s.node, name)}
}

// follow goes to where references lead.
func (b *builder) follow(s spot) spot {
	for range mostHops {
		ref, ok := reference(s.node)
		if !ok {
			break
		}
		pointer := strings.TrimPrefix(ref.Value, "#")
		n, ok := b.document.nodes[pointer]
		if !ok {
			break
		}
		s = spot{pointer, n}
	}
	return s
}

// each visits what stands under the names of an object, extensions left out, with references followed.
func (b *builder) each(s spot, visit func(name string, at spot)) {
	if s.node == nil || s.node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(s.node.Content); i += 2 {
		name := s.node.Content[i].Value
		at := b.follow(spot{s.pointer + "/" + EscapePointer(name), s.node.Content[i+1]})
		visit(name, at)
	}
}

// schema is the place of the schema under a name: where its $ref leads when it says nothing of its own, "" for none.
func (b *builder) schema(s spot, name string) string {
	at := s.in(name)
	if at.node == nil {
		return ""
	}
	ref, ok := reference(at.node)
	if !ok || !onlyRefers(at.node) {
		return at.pointer
	}
	return strings.TrimPrefix(ref.Value, "#")
}

// onlyRefers says whether nothing beside a $ref changes what it describes.
func onlyRefers(n *yaml.Node) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch name := n.Content[i].Value; name {
		case "$ref", "description", "summary", "title", "deprecated", "$comment", "externalDocs":
		default:
			if !strings.HasPrefix(name, "x-") || name == KeySensitive {
				return false
			}
		}
	}
	return true
}

// unservable says why no request can have a path; "" when one can.
func unservable(p string) string {
	switch {
	case !strings.HasPrefix(p, "/"):
		return "does not begin with /"
	case strings.ContainsAny(p, "?#"):
		return "holds ? or #, which are no part of a path"
	}
	open := false
	for _, r := range p {
		switch {
		case r == '{' && open, r == '}' && !open, r == '/' && open:
			return "has a brace without its other half"
		case r == '{':
			open = true
		case r == '}':
			open = false
		}
	}
	if open {
		return "has a brace without its other half"
	}
	if strings.Contains(p, "{}") {
		return "has a parameter without a name"
	}
	return ""
}

// shapeOf is a path without the names of its parameters.
func shapeOf(p string) string {
	var shape strings.Builder
	for {
		before, rest, found := strings.Cut(p, "{")
		shape.WriteString(before)
		if !found {
			return shape.String()
		}
		shape.WriteString("{}")
		_, p, _ = strings.Cut(rest, "}")
	}
}

// deriveID names an operation that its document leaves unnamed, from method and path: getUsersId.
func deriveID(method, p string) string {
	id := strings.ToLower(method)
	for word := range strings.FieldsFuncSeq(p, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		first, size := utf8.DecodeRuneInString(word)
		id += string(unicode.ToUpper(first)) + word[size:]
	}
	return id
}
