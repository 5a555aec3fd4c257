// Package schema compiles the schemas of a contract, once: into validators of decoded values and into writers that
// render a behaviour's values in the form the schema describes.
//
// Validation is the library's (JSON Schema 2020-12, exact numbers, formats asserted); each component schema is a
// resource of its own, which keeps compilation linear in the size of the document.
package schema

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy/specs"
)

// Set compiles schemas of one contract and remembers them. It is safe for concurrent use.
type Set struct {
	contract *specs.Contract

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	nodes    map[string]*node
	fresh    []*node // read and not settled yet
	// following holds the references that are being resolved.
	following map[string]bool
	compiled  map[string]*Schema
	quicks    map[string]*quick
}

// Schema is one compiled schema; it is immutable.
type Schema struct {
	contract  *specs.Contract
	root      *node
	validator *jsonschema.Schema
	quick     *quick // nil when only the library can judge
}

// NewSet returns an empty set for a contract.
func NewSet(c *specs.Contract) *Set {
	s := &Set{contract: c, nodes: map[string]*node{}, following: map[string]bool{}, compiled: map[string]*Schema{}, quicks: map[string]*quick{}}
	s.compiler = jsonschema.NewCompiler()
	s.compiler.DefaultDraft(jsonschema.Draft2020)
	s.compiler.AssertFormat()
	for _, f := range formats() {
		s.compiler.RegisterFormat(f)
	}
	s.compiler.UseLoader(resources{c})
	return s
}

// Compile returns the schema at a JSON pointer of the contract. A schema that does not compile is an error that says
// where it stands.
func (s *Set) Compile(pointer string) (*Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if done, ok := s.compiled[pointer]; ok {
		return done, nil
	}
	root, err := s.nodeAt(pointer)
	if err != nil {
		return nil, err
	}
	validator, err := s.compiler.Compile(resourceURL(pointer))
	if err != nil {
		return nil, fmt.Errorf("%s: the schema does not compile: %w", s.contract.Position(pointer), err)
	}
	checked := map[*node]bool{}
	for _, n := range s.fresh {
		if loop := n.loop(checked); loop != nil {
			return nil, fmt.Errorf("%s: the schema at #%s is its own alternative or part", s.contract.Position(loop.pointer), loop.pointer)
		}
	}
	for _, n := range s.fresh {
		n.settle()
	}
	s.fresh = nil
	done := &Schema{contract: s.contract, root: root, validator: validator, quick: s.quickAt(pointer)}
	s.compiled[pointer] = done
	return done, nil
}

const resourcePrefix = "contract:///"

func resourceURL(pointer string) string { return resourcePrefix + url.PathEscape(pointer) }

func resourcePointer(resource string) (string, bool) {
	escaped, ok := strings.CutPrefix(resource, resourcePrefix)
	if !ok {
		return "", false
	}
	pointer, err := url.PathUnescape(escaped)
	return pointer, err == nil
}

// resources gives the library each schema as a document of its own, its references made absolute.
type resources struct{ contract *specs.Contract }

// Load implements [jsonschema.URLLoader].
func (r resources) Load(resource string) (any, error) {
	pointer, ok := resourcePointer(resource)
	if !ok {
		return nil, fmt.Errorf("only references within the document are supported, not %q", resource)
	}
	raw, ok := r.contract.Value(pointer)
	if !ok {
		return nil, fmt.Errorf("%s: there is no schema at #%s", r.contract.Position(pointer), pointer)
	}
	return absolute(raw), nil
}

func absolute(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, child := range v {
			if ref, ok := child.(string); ok && name == "$ref" {
				if pointer, local := localPointer(ref); local {
					v[name] = resourceURL(pointer)
				}
				continue
			}
			v[name] = absolute(child)
		}
	case []any:
		for i, child := range v {
			v[i] = absolute(child)
		}
	}
	return v
}

// Undescribed is the kind of what no schema describes: nobody has said that it is harmless.
const Undescribed = "undescribed"

// Sensitive walks a decoded value and calls mask for each member whose schema is marked x-sensitive, with its kind, and
// for each that no schema describes, as [Undescribed]; what mask returns takes its place. The value is changed in place; the result is the value itself or its replacement.
func (s *Schema) Sensitive(v any, mask func(kind string, v any) any) any {
	return maskAll([]*node{s.root}, v, mask)
}

// maskAll masks a value that several schemas may describe, each place once: what one alternative of several marks is
// masked whichever of them holds.
func maskAll(nodes []*node, v any, mask func(kind string, v any) any) any {
	if v == nil {
		return v
	}
	if len(nodes) == 0 {
		return mask(Undescribed, v)
	}
	for i := 0; i < len(nodes); i++ {
		if nodes[i].sensitive != "" {
			return mask(nodes[i].sensitive, v)
		}
		nodes = append(nodes, nodes[i].anyOf...)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			var children []*node
			for _, n := range nodes {
				if child := n.child(name); child != nil {
					children = append(children, child)
				}
			}
			v[name] = maskAll(children, item, mask)
		}
	case []any:
		var items []*node
		for _, n := range nodes {
			if n.items != nil {
				items = append(items, n.items)
			}
		}
		for i, item := range v {
			v[i] = maskAll(slices.Clip(items), item, mask)
		}
	default:
		kind := jsonType(v)
		if !slices.ContainsFunc(nodes, func(n *node) bool { return n.is(kind) || kind == "number" && n.is("integer") }) {
			return mask(Undescribed, v)
		}
	}
	return v
}

// jsonType names the JSON type of a scalar.
func jsonType(v any) string {
	switch v.(type) {
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	}
	return "string"
}

// Describes says whether the described object has a member of that name that is not marked as sensitive.
func (s *Schema) Describes(name string) bool {
	child := s.root.byName[name]
	return child != nil && child.sensitive == ""
}
