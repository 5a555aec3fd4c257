package specs

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Position is a place in a contract's file; lines and columns count from 1.
type Position struct {
	File         string
	Line, Column int
}

// String returns file:line, the form editors and terminals make clickable.
func (p Position) String() string { return p.File + ":" + strconv.Itoa(p.Line) }

// document is one YAML or JSON file, read once: its nodes by JSON pointer (RFC 6901), so that every later statement
// about it can say where it stands. Once a contract has been made of it, it is [packed] and has no nodes of its own.
type document struct {
	file  string
	root  *yaml.Node
	nodes map[string]*yaml.Node
	keys  map[string]*yaml.Node
	// indexed is how many bytes all pointers have.
	indexed int
	// brought names the file of each node that another file brought, one that was referred to or an overlay; all others
	// stand in file.
	brought map[*yaml.Node]string
	// overlays are the files of those that were applied.
	overlays []string
	// proven says that the tests of this module hold the document to the OpenAPI Specification, so that nobody else has to: that
	// takes longer than all the rest of reading it. What is made of it by overlays is not proven.
	proven bool
	packed *packed
}

// parseText reads a file whose root is an object, without an index; what says in an error what the file should be.
func parseText(file string, data []byte, what string) (*document, error) {
	root, _, err := parseTree(file, data)
	if err != nil {
		return nil, err
	}
	return newDocument(file, root, what)
}

func newDocument(file string, root *yaml.Node, what string) (*document, error) {
	d := &document{file: file, root: root}
	if d.root.Kind != yaml.MappingNode {
		return nil, noObject(file, root, what)
	}
	// Aliases are for documents that nobody here can change: ours say $ref.
	t := tidier{file: file, aliases: field(root, KeyUnderstudy) == nil && field(root, "overlay") == nil, copied: new(int)}
	return d, t.tidy(root, 0)
}

// parseDocument is [parseText] with an index.
func parseDocument(file string, data []byte, what string) (*document, error) {
	d, err := parseText(file, data, what)
	if err != nil {
		return nil, err
	}
	return d, d.reindex()
}

// reindex finds every node anew.
func (d *document) reindex() error {
	d.nodes, d.keys, d.indexed = map[string]*yaml.Node{}, map[string]*yaml.Node{}, 0
	return d.index("", d.root)
}

// place is where a node stands.
func (d *document) place(n *yaml.Node) Position {
	file := d.file
	if other, ok := d.brought[n]; ok {
		file = other
	}
	return Position{file, n.Line, n.Column}
}

// laid says whether an overlay brought a node.
func (d *document) laid(n *yaml.Node) bool {
	file, ok := d.brought[n]
	return ok && slices.Contains(d.overlays, file)
}

// placeOfLine is where a line of something below n stands. Of two files that both have it, the overlay is meant: what
// stands in the document was judged before it came.
func (d *document) placeOfLine(n *yaml.Node, line int) Position {
	found := Position{File: d.file, Line: line}
	var search func(*yaml.Node)
	search = func(n *yaml.Node) {
		if file, ok := d.brought[n]; ok && n.Line == line {
			found.File = file
		}
		for _, child := range n.Content {
			search(child)
		}
	}
	search(n)
	return found
}

// mostIndexed bounds the bytes of all pointers: long names deep in each other multiply a document.
const mostIndexed = 1 << 29

func (d *document) index(pointer string, n *yaml.Node) error {
	if d.indexed += len(pointer); d.indexed > mostIndexed {
		return fmt.Errorf("%s: the names of objects that stand in each other are too long up to here", d.place(n))
	}
	d.nodes[pointer] = n
	switch n.Kind {
	case yaml.AliasNode:
		return fmt.Errorf("%s: YAML aliases are not supported: write a $ref", d.place(n))
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			at := pointer + "/" + EscapePointer(key.Value)
			if first, twice := d.keys[at]; twice {
				return fmt.Errorf("%s: %q stands here a second time (first at line %d)", d.place(key), key.Value, first.Line)
			}
			d.keys[at] = key
			if err := d.index(at, n.Content[i+1]); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			if err := d.index(pointer+"/"+strconv.Itoa(i), item); err != nil {
				return err
			}
		}
	}
	return nil
}

// node is what stands at a JSON pointer; it is not to be changed.
func (d *document) node(pointer string) (*yaml.Node, bool) {
	if p := d.packed; p != nil {
		_, at, ok := p.find(pointer)
		if !ok {
			return nil, false
		}
		return p.node(at, nil), true
	}
	n, ok := d.nodes[pointer]
	return n, ok
}

// has says whether something stands at a JSON pointer.
func (d *document) has(pointer string) bool {
	if p := d.packed; p != nil {
		_, _, ok := p.find(pointer)
		return ok
	}
	_, ok := d.nodes[pointer]
	return ok
}

// value is what stands at a JSON pointer, as [value] gives it.
func (d *document) value(pointer string) (any, bool) {
	if p := d.packed; p != nil {
		_, at, ok := p.find(pointer)
		if !ok {
			return nil, false
		}
		return p.value(at), true
	}
	n, ok := d.nodes[pointer]
	if !ok {
		return nil, false
	}
	return value(n), true
}

func (d *document) position(pointer string) Position {
	if d.packed != nil {
		return d.packed.position(d.file, pointer)
	}
	if key, ok := d.keys[pointer]; ok {
		return d.place(key)
	}
	if n, ok := d.nodes[pointer]; ok {
		return d.place(n)
	}
	return Position{File: d.file}
}

// nearest is where the thing at pointer stands, or what is around it when there is no such thing.
func (d *document) nearest(pointer string) Position {
	for {
		if at := d.position(pointer); at.Line > 0 || pointer == "" {
			return at
		}
		pointer = pointer[:max(0, strings.LastIndexByte(pointer, '/'))]
	}
}

// names lists the keys of the mapping at pointer in the order of the file.
func (d *document) names(pointer string) []string {
	if d.packed != nil {
		return d.packed.names(pointer)
	}
	n, ok := d.nodes[pointer]
	if !ok || n.Kind != yaml.MappingNode {
		return nil
	}
	names := make([]string, 0, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		names = append(names, n.Content[i].Value)
	}
	return names
}

// value turns a node into what encoding/json would give: maps, lists, strings, booleans, nil, and numbers as literals.
func value(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = value(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = value(item)
		}
		return list
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return json.Number(n.Value)
		}
		var f float64
		if n.Decode(&f) == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
		}
	}
	return n.Value
}

// EscapePointer escapes one reference token of a JSON pointer (RFC 6901, section 3).
func EscapePointer(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

// UnescapePointer is the reverse of [EscapePointer].
func UnescapePointer(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}
