package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// link is one schema as the library has compiled it, and the ones it refers to. The library puts off nothing: it compiles
// all that a schema leads to in one go, in a time that grows with the square of it. So each reference leads to a stub, an
// empty schema that is made to refer to the real one afterwards.
type link struct {
	schema   *jsonschema.Schema
	stub     *jsonschema.Schema // nil while nothing refers to it
	refs     []string           // URLs of the resources it refers to
	complete bool               // all that it leads to is linked
}

// stubMark is what the URL of a stub ends with; a pointer's slashes are escaped in a URL, so none is a stub by accident.
const stubMark = "/stub"

// link compiles a resource and everything that it leads to.
func (s *Set) link(resource string) (*jsonschema.Schema, error) {
	var reached []*link
	seen := map[string]bool{resource: true}
	for queue := []string{resource}; len(queue) > 0; queue = queue[1:] {
		l, err := s.linkOf(queue[0])
		if err != nil {
			return nil, err
		}
		if l.complete {
			continue
		}
		reached = append(reached, l)
		for _, ref := range l.refs {
			if !seen[ref] {
				seen[ref] = true
				queue = append(queue, ref)
			}
		}
	}
	for _, l := range reached {
		for _, ref := range l.refs {
			target := s.linked[ref]
			if target.stub != nil {
				continue
			}
			stub, err := s.compiler.Compile(ref + stubMark)
			if err != nil {
				return nil, err
			}
			stub.Ref, target.stub = target.schema, stub
		}
		l.complete = true
	}
	return s.linked[resource].schema, nil
}

func (s *Set) linkOf(resource string) (*link, error) {
	if l, ok := s.linked[resource]; ok {
		return l, nil
	}
	p, ok := resourcePlace(resource)
	if !ok {
		return nil, fmt.Errorf("only references within the document are supported, not %q", resource)
	}
	raw, ok := s.contract.Value(p.pointer)
	if !ok {
		return nil, fmt.Errorf("%s: there is no schema at #%s", s.contract.Position(p.pointer), p.pointer)
	}
	t := transformer{set: s, view: p.view}
	doc := t.schema(raw, s.dropNames(p.drop))
	if err := s.compiler.AddResource(resource, doc); err != nil {
		return nil, err
	}
	l := &link{refs: t.refs}
	var err error
	if l.schema, err = s.compiler.Compile(resource); err != nil {
		return nil, err
	}
	s.linked[resource] = l
	return l, nil
}

// resources gives the library what it asks for on its own: stubs.
type resources struct{ set *Set }

// Load implements [jsonschema.URLLoader].
func (r resources) Load(resource string) (any, error) {
	if strings.HasSuffix(resource, stubMark) {
		return map[string]any{"$comment": "stub"}, nil
	}
	return nil, fmt.Errorf("only references within the document are supported, not %q", resource)
}

// transformer makes a schema of the contract into one of the library: references lead to stubs, annotations are left out,
// and what one side of a call may not send is forbidden.
type transformer struct {
	set  *Set
	view View
	refs []string
}

// schema transforms one schema; drop are the names that it is not to require. The raw value is changed.
func (t *transformer) schema(raw any, drop []string) any {
	m, ok := raw.(map[string]any)
	if !ok {
		return raw
	}
	if t.view != Any {
		drop = union(drop, t.set.ownMarks(m, t.view))
	}
	out := make(map[string]any, len(m))
	for keyword, v := range m {
		switch kindOf(keyword) {
		case assertion:
			out[keyword] = v
		case oneSchema:
			out[keyword] = t.schema(v, t.inside(keyword, drop))
		case schemaList:
			out[keyword] = t.list(v, t.inside(keyword, drop))
		case schemaMap:
			out[keyword] = t.members(keyword, v, t.inside(keyword, drop))
		}
	}
	if ref, ok := m["$ref"].(string); ok {
		out["$ref"] = t.reference(ref, drop)
	}
	t.require(out, drop)
	if list, ok := out["oneOf"]; ok && out["anyOf"] == nil && discriminates(m) {
		// Alternatives of one family are open more often than not, so that a value of one fits another as well. Its discriminator
		// says which one is meant (OpenAPI, "Discriminator Object"); that several fit is no fault.
		delete(out, "oneOf")
		out["anyOf"] = list
	}
	return out
}

// discriminates says whether a schema has a discriminator beside its alternatives.
func discriminates(m map[string]any) bool {
	d, _ := m["discriminator"].(map[string]any)
	name, _ := d["propertyName"].(string)
	return name != ""
}

// inside are the names that hold for a subschema: those of the same value where it is about the same one.
func (t *transformer) inside(keyword string, drop []string) []string {
	if sameValue(keyword) {
		return drop
	}
	return nil
}

func (t *transformer) list(v any, drop []string) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	for i := range list {
		list[i] = t.schema(list[i], drop)
	}
	return list
}

func (t *transformer) members(keyword string, v any, drop []string) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name, child := range m {
		if (keyword == "properties" || keyword == "patternProperties") && t.view != Any && t.set.isOwnMark(child, t.view) {
			m[name] = false
			continue
		}
		m[name] = t.schema(child, drop)
	}
	return m
}

// reference leads to the stub of what a $ref means; what is not local is left for the library to refuse.
func (t *transformer) reference(ref string, drop []string) string {
	pointer, local := localPointer(ref)
	if !local || pointer != "" && pointer[0] != '/' {
		return ref
	}
	p := place{pointer: pointer}
	if t.view != Any {
		if names := t.set.requiredBelow(pointer, drop); len(names) > 0 {
			p.view, p.drop = t.view, t.set.dropped(names)
		} else if t.set.isMarked(pointer, t.view) {
			p.view = t.view
		}
	}
	resource := resourceURL(p)
	if !slices.Contains(t.refs, resource) {
		t.refs = append(t.refs, resource)
	}
	return resource + stubMark
}

// require takes the dropped names out of what a schema requires.
func (t *transformer) require(m map[string]any, drop []string) {
	if len(drop) == 0 {
		return
	}
	if list, ok := m["required"].([]any); ok {
		m["required"] = without(list, drop)
	}
	dependent, _ := m["dependentRequired"].(map[string]any)
	for name, v := range dependent {
		if list, ok := v.([]any); ok {
			dependent[name] = without(list, drop)
		}
	}
}

func without(list []any, drop []string) []any {
	return slices.DeleteFunc(list, func(v any) bool {
		name, ok := v.(string)
		return ok && slices.Contains(drop, name)
	})
}

// localPointer is the JSON pointer of a reference within the document: a contract has it without percent-encoding.
func localPointer(ref string) (string, bool) { return strings.CutPrefix(ref, "#") }
