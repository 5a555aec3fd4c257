// Package schema compiles the schemas of a contract, once: into validators of decoded values and into writers that
// render a behaviour's values in the form the schema describes.
//
// Validation is the library's (JSON Schema 2020-12, exact numbers, formats asserted); each component schema is a
// resource of its own, which keeps compilation linear in the size of the document.
package schema

import (
	"fmt"
	"net/url"
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
	fresh    []string // where the nodes stand that were read for the schema that is being compiled
	// following holds the references that are being resolved.
	following map[string]bool
	compiled  map[looked]*Schema
	quicks    map[looked]*quick
	linked    map[string]*link
	drops     []string
	marked    [Response + 1]map[string]bool
	raws      map[string]any // what views look at, by pointer
	sound     map[string]bool
	patterns  map[string]jsonschema.Regexp
}

// looked is a schema and the side it is looked at from.
type looked struct {
	pointer string
	view    View
}

// Schema is one compiled schema; it is immutable.
type Schema struct {
	contract *specs.Contract
	root     *node
	quick    *quick // nil when only the library can judge
	view     View
	set      *Set
	// linked compiles for the library, which takes most of the time: at once where only that tells whether the schema is one,
	// else when a value needs explaining.
	linked func() (*jsonschema.Schema, error)
}

// At compiles another schema of the same contract, seen from the same side.
func (s *Schema) At(pointer string) (*Schema, error) { return s.set.CompileView(pointer, s.view) }

// NewSet returns an empty set for a contract.
func NewSet(c *specs.Contract) *Set {
	s := &Set{
		contract: c, nodes: map[string]*node{}, following: map[string]bool{}, compiled: map[looked]*Schema{},
		quicks: map[looked]*quick{}, linked: map[string]*link{}, raws: map[string]any{},
		sound: map[string]bool{}, patterns: map[string]jsonschema.Regexp{},
	}
	for view := range s.marked {
		s.marked[view] = map[string]bool{}
	}
	s.compiler = jsonschema.NewCompiler()
	s.compiler.DefaultDraft(jsonschema.Draft2020)
	s.compiler.AssertFormat()
	s.compiler.UseRegexpEngine(compilePattern) // of values with the format regex too: those are not kept
	for _, f := range formats() {
		s.compiler.RegisterFormat(f)
	}
	s.compiler.UseLoader(resources{s})
	return s
}

// Compile returns the schema at a JSON pointer of the contract. A schema that does not compile is an error that says
// where it stands.
func (s *Set) Compile(pointer string) (*Schema, error) { return s.CompileView(pointer, Any) }

// CompileView returns the schema at a JSON pointer of the contract as one side of a call sees it. Where no property is
// marked for that side, it is the very schema that [Set.Compile] returns.
func (s *Set) CompileView(pointer string, v View) (*Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if done, ok := s.compiled[looked{pointer, v}]; ok {
		return done, nil
	}
	defer s.forget()
	if v != Any && !s.isMarked(pointer, v) {
		done, err := s.compile(pointer, Any)
		if err == nil {
			s.compiled[looked{pointer, v}] = done
		}
		return done, err
	}
	return s.compile(pointer, v)
}

func (s *Set) compile(pointer string, v View) (*Schema, error) {
	if done, ok := s.compiled[looked{pointer, v}]; ok {
		return done, nil
	}
	root, err := s.read(pointer)
	if err != nil {
		return nil, err
	}
	done := &Schema{contract: s.contract, root: root, quick: s.quickAt(pointer, v), view: v, set: s}
	resource := resourceURL(place{pointer, v, 0})
	if s.isSound(pointer) {
		done.linked = sync.OnceValues(func() (*jsonschema.Schema, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			defer s.forget()
			return s.link(resource)
		})
	} else {
		validator, err := s.link(resource)
		if err != nil {
			return nil, s.unsound(pointer, err)
		}
		done.linked = func() (*jsonschema.Schema, error) { return validator, nil }
	}
	s.compiled[looked{pointer, v}] = done
	return done, nil
}

// read is the schema at pointer as the writer needs it, with everything that it leads to. What was read on the way to an
// error is forgotten: another schema's failure must not be taken for this one's, nor half a schema for a whole one.
func (s *Set) read(pointer string) (*node, error) {
	s.fresh = s.fresh[:0]
	root, err := s.nodeAt(pointer)
	if err == nil {
		checked := map[*node]bool{}
		for _, at := range s.fresh {
			if loop := s.nodes[at].loop(checked); loop != nil {
				err = fmt.Errorf("%s: the schema at #%s is its own alternative or part", s.contract.Position(loop.pointer), loop.pointer)
				break
			}
		}
	}
	if err != nil {
		for _, at := range s.fresh {
			delete(s.nodes, at)
		}
		return nil, err
	}
	for _, at := range s.fresh {
		s.nodes[at].settle()
	}
	return root, nil
}

// place is where a resource of the library comes from: a schema of the contract, the side it is looked at from, and the
// list of names that it is not to require (see [Set.dropped]).
type place struct {
	pointer string
	view    View
	drop    int
}

var schemes = [...]string{Any: "contract", Request: "request", Response: "response"}

func resourceURL(p place) string {
	host := ""
	if p.drop > 0 {
		host = fmt.Sprintf("d%d", p.drop)
	}
	return schemes[p.view] + "://" + host + "/" + url.PathEscape(p.pointer)
}

func resourcePlace(resource string) (place, bool) {
	scheme, rest, _ := strings.Cut(resource, "://")
	for view, name := range schemes {
		if name != scheme {
			continue
		}
		host, escaped, _ := strings.Cut(rest, "/")
		p := place{view: View(view)}
		if host != "" {
			if _, err := fmt.Sscanf(host, "d%d", &p.drop); err != nil {
				return place{}, false
			}
		}
		var err error
		p.pointer, err = url.PathUnescape(escaped)
		return p, err == nil
	}
	return place{}, false
}
