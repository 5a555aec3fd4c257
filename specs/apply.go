package specs

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ohler55/ojg/jp"
	"go.yaml.in/yaml/v3"
)

// mostPlaces bounds what one action may change.
const mostPlaces = 10_000

// clone is a document that can be changed without changing d. Its index is empty: see [document.reindex].
func (d *document) clone() *document {
	c := &document{file: d.file, brought: map[*yaml.Node]string{}, overlays: slices.Clone(d.overlays)}
	if d.packed != nil {
		c.root = d.packed.node(0, c.brought)
		return c
	}
	var copyOf func(*yaml.Node) *yaml.Node
	copyOf = func(n *yaml.Node) *yaml.Node {
		twin := *n
		twin.Content = make([]*yaml.Node, len(n.Content))
		for i, child := range n.Content {
			twin.Content[i] = copyOf(child)
		}
		if file, ok := d.brought[n]; ok {
			c.brought[&twin] = file
		}
		return &twin
	}
	c.root = copyOf(d.root)
	return c
}

// bring is a copy of a node of an overlay, to be put into the document.
func (d *document) bring(file string, n *yaml.Node) *yaml.Node {
	twin := *n
	twin.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		twin.Content[i] = d.bring(file, child)
	}
	d.brought[&twin] = file
	return &twin
}

// name is what an error without a place calls the document: its file, and the overlays that have a part in it.
func (d *document) name() string {
	if len(d.overlays) == 0 {
		return d.file
	}
	return d.file + " with " + strings.Join(d.overlays, ", ")
}

// apply changes the document by each action in turn, so that a later one finds what an earlier one left.
func (d *document) apply(o overlay) error {
	if !slices.Contains(d.overlays, o.file) {
		d.overlays = append(d.overlays, o.file)
	}
	var problems []error
	problem := func(a action, err error) {
		problems = append(problems, fmt.Errorf("%s: %s: %w", a.at, a.target, err))
	}
	for _, a := range o.actions {
		selected, err := d.locate(a.path)
		if err != nil {
			problem(a, err)
			continue
		}
		for _, at := range selected {
			if a.remove {
				err = at.remove()
			} else {
				err = d.update(o.file, at.node, a.update)
			}
			if err != nil {
				problem(a, err)
				break
			}
		}
	}
	return errors.Join(problems...)
}

// location is a selected node and the object or array that it stands in, nil for the root.
type location struct {
	path   string
	parent *yaml.Node
	node   *yaml.Node
}

// locate finds the nodes that a JSONPath selects, each once, in the order of their paths.
func (d *document) locate(path jp.Expr) (selected []location, err error) {
	defer func() {
		// A filter that the library cannot follow through some value is the overlay's mistake, not a crash.
		if fault := recover(); fault != nil {
			selected, err = nil, fmt.Errorf("the path cannot be followed: %v", fault)
		}
	}()
	if len(path) == 1 { // the library does not count the root as a place
		return []location{{node: d.root}}, nil
	}
	seen := map[*yaml.Node]bool{}
	for _, found := range path.Locate(plain(value(d.root)), mostPlaces+1) {
		at, ok := d.walk(found)
		if !ok {
			return nil, fmt.Errorf("the path cannot be followed to %s", found)
		}
		if !seen[at.node] {
			seen[at.node] = true
			selected = append(selected, at)
		}
	}
	switch {
	case len(selected) == 0:
		return nil, errors.New("the path selects nothing in the document as it stands here")
	case len(selected) > mostPlaces:
		return nil, fmt.Errorf("the path selects more than %d places", mostPlaces)
	}
	slices.SortFunc(selected, func(a, b location) int { return cmp.Compare(a.path, b.path) })
	return selected, nil
}

// walk follows a normalized path (RFC 9535, section 2.7) from the root.
func (d *document) walk(path jp.Expr) (location, bool) {
	at := location{node: d.root}
	for _, step := range path {
		var token string
		next := (*yaml.Node)(nil)
		switch step := step.(type) {
		case jp.Root:
			continue
		case jp.Child:
			token = string(step)
			if i := keyAt(at.node, token); i >= 0 {
				next = at.node.Content[i+1]
			}
		case jp.Nth:
			token = strconv.Itoa(int(step))
			if at.node.Kind == yaml.SequenceNode && int(step) >= 0 && int(step) < len(at.node.Content) {
				next = at.node.Content[step]
			}
		}
		if next == nil {
			return location{}, false
		}
		at = location{path: at.path + "/" + EscapePointer(token), parent: at.node, node: next}
	}
	return at, true
}

// keyAt is the index of a key in the content of an object, -1 when it has no such key or is no object.
func keyAt(n *yaml.Node, name string) int {
	if n.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return i
		}
	}
	return -1
}

// plain gives the JSONPath library the numbers it can compare.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			v[name] = plain(item)
		}
	case []any:
		for i, item := range v {
			v[i] = plain(item)
		}
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
		return string(v)
	}
	return v
}

// remove takes the node out of its object or array.
func (at location) remove() error {
	if at.parent == nil {
		return errors.New("the document as a whole cannot be removed")
	}
	i := slices.Index(at.parent.Content, at.node)
	switch {
	case i < 0: // removed with something around it
	case at.parent.Kind == yaml.MappingNode:
		at.parent.Content = slices.Delete(at.parent.Content, i-1, i+1)
	case at.node.Kind == yaml.ScalarNode:
		return fmt.Errorf("%s is one value in an array; Overlay 1.0 removes the whole array, which another action may then add anew", at.path)
	default:
		at.parent.Content = slices.Delete(at.parent.Content, i, i+1)
	}
	return nil
}

// update merges into a selected object, or appends to a selected array.
func (d *document) update(file string, selected, update *yaml.Node) error {
	switch selected.Kind {
	case yaml.MappingNode:
		if update.Kind != yaml.MappingNode {
			return fmt.Errorf("the path selects an object at %s, which takes an object, not %s", d.place(selected), kindOf(update))
		}
		return d.merge(file, selected, update)
	case yaml.SequenceNode:
		entries := []*yaml.Node{update}
		if update.Kind == yaml.SequenceNode {
			entries = update.Content
		}
		for _, entry := range entries {
			selected.Content = append(selected.Content, d.bring(file, entry))
		}
		return nil
	}
	return fmt.Errorf("the path selects %s at %s; an update takes the object around it", kindOf(selected), d.place(selected))
}

func (d *document) merge(file string, into, from *yaml.Node) error {
	for i := 0; i+1 < len(from.Content); i += 2 {
		name, item := from.Content[i], from.Content[i+1]
		at := keyAt(into, name.Value)
		if at < 0 {
			into.Content = append(into.Content, d.bring(file, name), d.bring(file, item))
			continue
		}
		present := into.Content[at+1]
		var err error
		switch {
		case kindOf(present) != kindOf(item):
			err = fmt.Errorf("%q is %s at %s and %s here; remove it first", name.Value, kindOf(present), d.place(present), kindOf(item))
		case item.Kind == yaml.ScalarNode:
			into.Content[at], into.Content[at+1] = d.bring(file, name), d.bring(file, item)
		default:
			err = d.update(file, present, item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "an object"
	case yaml.SequenceNode:
		return "an array"
	}
	return "a single value"
}
