package specs

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// tree is one file of a document: the first that was opened, or one that it refers to. Nodes of other files than the first
// are only ever copied, so that a reference into them finds what stands in the file.
type tree struct {
	file    string
	root    *yaml.Node
	anchors map[string]string // $anchor and $id → JSON pointer, made when first needed
	// tables are large objects by name; nil as long as the tree may change.
	tables tables
}

type tables = map[*yaml.Node]map[string]*yaml.Node

// opener reads the file that a reference in another one names. A contract without files of its own has none.
type opener func(from, name string) (*tree, error)

// bundler makes one document of several files: what a $ref into another file leads to is copied under components (or
// where Swagger 2.0 has it), or in place of the $ref where a reference object cannot stand. Every $ref that remains is
// "#" and a JSON pointer without percent signs.
type bundler struct {
	document *document
	first    *tree
	open     opener
	swagger  bool
	layouts  map[kind]layout
	sections map[kind]string
	// brought tells where what was copied from another file stands now.
	brought map[origin]string
	// numbered is how many things were given a name, by section and name, so that the next one's is found at once.
	numbered map[string]int
	copied   int
	// local are the references within the document, to be judged once all of it is there.
	local    []*yaml.Node
	reported map[*yaml.Node]bool
	inlining []*yaml.Node
	problems []error
}

// origin is a thing in a file, as one kind of component.
type origin struct {
	tree    *tree
	pointer string
	section string
}

// bundle brings a document together in place and reports every reference that leads nowhere.
func (d *document) bundle(open opener) error {
	b := &bundler{
		document: d, first: &tree{file: d.file, root: d.root}, open: open, swagger: field(d.root, "swagger") != nil,
		layouts: layouts(), sections: sections(), brought: map[origin]string{}, numbered: map[string]int{}, reported: map[*yaml.Node]bool{},
	}
	if b.swagger {
		b.sections = map[kind]string{schemaKind: "definitions", parameterKind: "parameters", responseKind: "responses"}
	}
	if d.brought == nil {
		d.brought = map[*yaml.Node]string{}
	}
	b.components()
	b.walk(b.first, d.root, rootKind)
	b.judge()
	if len(b.problems) > 0 {
		return errors.Join(b.problems...)
	}
	return nil
}

// mostProblems bounds how many references are reported: whoever has mended those reads the document again.
const mostProblems = 100

func (b *bundler) problem(n *yaml.Node, format string, args ...any) {
	if len(b.problems) < mostProblems && !b.reported[n] {
		b.reported[n] = true
		b.problems = append(b.problems, fmt.Errorf("%s: %s", b.document.place(n), fmt.Sprintf(format, args...)))
	}
}

// walk brings in what the part of a document at n refers to; from is the file that its references are relative to.
func (b *bundler) walk(from *tree, n *yaml.Node, k kind) {
	w := walker{layouts: b.layouts}
	w.visit = func(n *yaml.Node, k kind) bool {
		if k == schemaKind {
			b.mapping(from, n)
		}
		ref, ok := reference(n)
		if !ok || n.Kind != yaml.MappingNode {
			return true
		}
		if _, ok := b.sections[k]; !ok {
			return b.inline(from, n, ref, k)
		}
		b.refer(from, ref, k)
		return k == schemaKind
	}
	w.walk(n, k)
}

// refer makes a reference one within the document.
func (b *bundler) refer(from *tree, ref *yaml.Node, k kind) {
	to, pointer, ok := b.target(from, ref)
	if !ok {
		return
	}
	if to == b.first {
		ref.Value = "#" + pointer
		b.local = append(b.local, ref)
		return
	}
	if at, ok := b.bring(to, pointer, ref, k); ok {
		ref.Value = "#" + at
		b.local = append(b.local, ref)
	}
}

// target finds the file and the place that a reference names; it has reported a problem when there is none.
func (b *bundler) target(from *tree, ref *yaml.Node) (*tree, string, bool) {
	name, fragment, _ := strings.Cut(ref.Value, "#")
	to := from
	if name != "" {
		pointer, known := from.anchor(name)
		if known { // an $id of this very file
			return from, pointer + fragment, true
		}
		var err error
		if to, err = b.file(from, name); err != nil {
			b.problem(ref, "$ref %q: %v", ref.Value, err)
			return nil, "", false
		}
	}
	fragment = unescapePercent(fragment)
	if fragment != "" && !strings.HasPrefix(fragment, "/") {
		pointer, known := to.anchor("#" + fragment)
		if !known {
			b.problem(ref, "$ref %q: there is no $anchor %q in %s", ref.Value, fragment, to.file)
		}
		return to, pointer, known
	}
	return to, fragment, true
}

var networkForm = regexp.MustCompile(`^(?i)[a-z][a-z0-9+.-]+:`)

func (b *bundler) file(from *tree, name string) (*tree, error) {
	if networkForm.MatchString(name) && !strings.HasPrefix(strings.ToLower(name), "file:") || strings.HasPrefix(name, "//") {
		return nil, errors.New("nothing is fetched from a network; save it as a file and refer to that")
	}
	if b.open == nil {
		return nil, errors.New("this document stands alone, without files to refer to")
	}
	to, err := b.open(from.file, unescapePercent(name))
	if err != nil {
		return nil, err
	}
	if to.file == b.first.file {
		return b.first, nil
	}
	return to, nil
}

// bring copies a thing of another file into the document, once, and tells where it stands.
func (b *bundler) bring(to *tree, pointer string, ref *yaml.Node, k kind) (string, bool) {
	key := origin{to, pointer, b.sections[k]}
	if at, ok := b.brought[key]; ok {
		return at, true
	}
	found, ok := to.find(pointer)
	if !ok {
		b.problem(ref, "$ref %q: nothing stands at #%s of %s", ref.Value, pointer, to.file)
		return "", false
	}
	section := b.section(b.sections[k], ref)
	name := b.freeName(section, b.sections[k], nameOfThing(to.file, pointer))
	at := "/components/" + b.sections[k] + "/" + EscapePointer(name)
	if b.swagger {
		at = "/" + b.sections[k] + "/" + EscapePointer(name)
	}
	b.brought[key] = at
	thing := b.copy(to.file, found, ref)
	title := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: found.Line, Column: found.Column}
	b.document.brought[title] = to.file
	section.Content = append(section.Content, title, thing)
	b.walk(to, thing, k)
	return at, true
}

// section is the part of components with a name, made when there is none.
func (b *bundler) section(name string, ref *yaml.Node) *yaml.Node {
	parent := b.document.root
	if !b.swagger {
		parent = b.objectIn(parent, "components", ref)
	}
	return b.objectIn(parent, name, ref)
}

func (b *bundler) objectIn(parent *yaml.Node, name string, ref *yaml.Node) *yaml.Node {
	if n := field(parent, name); n != nil && n.Kind == yaml.MappingNode {
		return n
	}
	at := b.document.place(ref)
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: at.Line, Column: at.Column}
	object := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Line, Column: at.Column}
	b.document.brought[key], b.document.brought[object] = at.File, at.File
	if i := keyAt(parent, name); i >= 0 { // something that is no object
		parent.Content[i], parent.Content[i+1] = key, object
	} else {
		parent.Content = append(parent.Content, key, object)
	}
	return object
}

// copy is a copy of a part of a file, to stand in the document.
func (b *bundler) copy(file string, n, ref *yaml.Node) *yaml.Node {
	twin := *n
	if b.copied++; b.copied > mostCopied {
		if b.copied == mostCopied+1 {
			b.problem(ref, "the references up to here multiply the document by more than %d values", mostCopied)
		}
		twin.Content = nil
		return &twin
	}
	twin.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		twin.Content[i] = b.copy(file, child, ref)
	}
	if other, ok := b.document.brought[n]; ok {
		file = other
	}
	if file != b.document.file {
		b.document.brought[&twin] = file
	}
	return &twin
}

// inline puts what a $ref leads to in its place, where OpenAPI has no components for it: path items, lists, whole sections.
// What stands beside the $ref has precedence. The result says whether what is below is still to be walked.
func (b *bundler) inline(from *tree, n, ref *yaml.Node, k kind) bool {
	to, found, ok := b.wanted(from, ref)
	if !ok {
		return false
	}
	if slices.Contains(b.inlining, found) {
		b.problem(ref, "$ref %q leads back to itself", ref.Value)
		return false
	}
	b.inlining = append(b.inlining, found)
	defer func() { b.inlining = b.inlining[:len(b.inlining)-1] }()
	twin := b.copy(to.file, found, ref)
	b.walk(to, twin, k)
	b.replace(n, twin, from)
	return false
}

// wanted finds the node that a reference names.
func (b *bundler) wanted(from *tree, ref *yaml.Node) (*tree, *yaml.Node, bool) {
	to, pointer, ok := b.target(from, ref)
	if !ok {
		return nil, nil, false
	}
	found, ok := to.find(pointer)
	if !ok {
		b.nowhere(ref, to, pointer)
	}
	return to, found, ok
}

// replace lets n be what its $ref leads to, together with what stands beside the $ref.
func (b *bundler) replace(n, thing *yaml.Node, from *tree) {
	beside := n.Content
	n.Kind, n.Tag, n.Value, n.Content = thing.Kind, thing.Tag, thing.Value, thing.Content
	n.Line, n.Column = thing.Line, thing.Column
	if file, ok := b.document.brought[thing]; ok {
		b.document.brought[n] = file
	} else {
		delete(b.document.brought, n)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(beside); i += 2 {
		if beside[i].Value == "$ref" {
			continue
		}
		b.walk(from, beside[i+1], b.layouts[pathItemKind].fields[beside[i].Value])
		if at := keyAt(n, beside[i].Value); at >= 0 {
			n.Content[at], n.Content[at+1] = beside[i], beside[i+1]
		} else {
			n.Content = append(n.Content, beside[i], beside[i+1])
		}
	}
}

func (b *bundler) nowhere(ref *yaml.Node, to *tree, pointer string) {
	if to == b.first {
		b.problem(ref, "$ref %q leads nowhere in this document", ref.Value)
		return
	}
	b.problem(ref, "$ref %q: nothing stands at #%s of %s", ref.Value, pointer, to.file)
}

// freeName is a name that a section does not have yet.
func (b *bundler) freeName(section *yaml.Node, title, wanted string) string {
	key := title + "/" + wanted
	for {
		b.numbered[key]++
		name := wanted
		if n := b.numbered[key]; n > 1 {
			name += "_" + strconv.Itoa(n)
		}
		if keyAt(section, name) < 0 {
			return name
		}
	}
}

// nameOfThing makes a component's name of the last part of a pointer, or of the file when it is meant whole.
func nameOfThing(file, pointer string) string {
	name := UnescapePointer(pointer[strings.LastIndexByte(pointer, '/')+1:])
	if pointer == "" {
		name = baseName(file)
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '_'
	}, name)
	if strings.Trim(name, "_") == "" {
		return "brought"
	}
	return name
}
