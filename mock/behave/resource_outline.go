package behave

import (
	"strconv"
	"strings"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// outline is what a schema says of the members of an object and the items of a list, whatever it is composed of.
type outline struct {
	names   []string // in the order of the document
	members map[string]*outlinedMember
	// open says that an object may hold members beside the named ones.
	open  bool
	items string // the schema of an item, "" when nothing is said
}

type outlinedMember struct {
	schema              string
	required            bool
	readOnly, writeOnly bool
	format              string
	standard            any // its default
	hasStandard         bool
}

// outline reads the schema at a pointer once.
func (r *resources) outline(pointer string) *outline {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.outlines[pointer]
	if o == nil {
		o = &outline{members: map[string]*outlinedMember{}}
		if pointer != "" {
			reader := outlineReader{r.contract, o, map[string]bool{}}
			reader.read(pointer, true)
		}
		o.open = o.open || len(o.members) == 0
		r.outlines[pointer] = o
	}
	return o
}

type outlineReader struct {
	contract *specs.Contract
	into     *outline
	seen     map[string]bool
}

// read takes in what the schema at a pointer says. What one of several alternatives asks for is not asked for by all.
func (d outlineReader) read(pointer string, always bool) {
	if d.seen[pointer] {
		return
	}
	d.seen[pointer] = true
	v, _ := d.contract.Value(pointer)
	s, ok := v.(map[string]any)
	if !ok {
		return
	}
	for _, name := range d.contract.Names(pointer + "/properties") {
		if m := d.into.members[name]; m == nil {
			at := pointer + "/properties/" + specs.EscapePointer(name)
			d.into.names = append(d.into.names, name)
			d.into.members[name] = d.member(at)
		}
	}
	if _, has := s["items"]; has && d.into.items == "" {
		d.into.items = pointer + "/items"
	}
	switch more := s["additionalProperties"].(type) {
	case bool:
		d.into.open = d.into.open || more
	case map[string]any:
		d.into.open = true
	}
	if ref, ok := s["$ref"].(string); ok {
		d.read(strings.TrimPrefix(ref, "#"), always)
	}
	for _, keyword := range []string{"allOf", "oneOf", "anyOf"} {
		parts, _ := s[keyword].([]any)
		for i := range parts {
			d.read(pointer+"/"+keyword+"/"+strconv.Itoa(i), always && keyword == "allOf")
		}
	}
	required, _ := s["required"].([]any)
	for _, name := range required {
		text, _ := name.(string)
		if m := d.into.members[text]; m != nil && always {
			m.required = true
		}
	}
}

// member reads what a member's schema says of it, there or where it refers to.
func (d outlineReader) member(pointer string) *outlinedMember {
	m := &outlinedMember{schema: pointer}
	for range 16 {
		v, _ := d.contract.Value(pointer)
		s, ok := v.(map[string]any)
		if !ok {
			break
		}
		m.readOnly = m.readOnly || s["readOnly"] == true
		m.writeOnly = m.writeOnly || s["writeOnly"] == true
		if format, ok := s["format"].(string); ok && m.format == "" {
			m.format = format
		}
		if standard, has := s["default"]; has && !m.hasStandard {
			m.standard, m.hasStandard = standard, true
		}
		ref, ok := s["$ref"].(string)
		if !ok {
			break
		}
		pointer = strings.TrimPrefix(ref, "#")
	}
	return m
}

// shown is a value as a schema has it in a reply: without members that the schema does not name, or names writeOnly.
func (r *resources) shown(v any, pointer string) any {
	switch v := v.(type) {
	case map[string]any:
		o := r.outline(pointer)
		out := make(map[string]any, len(v))
		for name, one := range v {
			switch m := o.members[name]; {
			case m == nil && o.open:
				out[name] = cloned(one)
			case m != nil && !m.writeOnly:
				out[name] = r.shown(one, m.schema)
			}
		}
		return out
	case []any:
		items := r.outline(pointer).items
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = r.shown(one, items)
		}
		return out
	}
	return v
}

// present is a representation as the reply of an operation has it. What that schema asks for and the representation does not
// hold is invented, always the same for the same source.
func (r *resources) present(v value.Record, pointer string, w *World, src fake.Source) any {
	out, _ := r.shown(v, pointer).(map[string]any)
	o := r.outline(pointer)
	for _, name := range o.names {
		m := o.members[name]
		if _, has := out[name]; has || !m.required || m.writeOnly {
			continue
		}
		out[name] = m.standard
		if !m.hasStandard {
			out[name] = r.invented(m.schema, w, src.Sub(name))
		}
	}
	if s := r.compiled(pointer, schema.Response); !keeps(s, out) {
		if whole, ok := r.invented(pointer, w, src).(map[string]any); ok {
			if whole = overlaid(whole, out); keeps(s, whole) {
				return whole
			}
		}
	}
	return out
}

// overlaid lays the members of one object over those of another, objects within them too.
func overlaid(under, over map[string]any) map[string]any {
	out := make(map[string]any, len(under)+len(over))
	for name, v := range under {
		out[name] = v
	}
	for name, v := range over {
		below, both := out[name].(map[string]any)
		if above, ok := v.(map[string]any); ok && both {
			v = overlaid(below, above)
		}
		out[name] = v
	}
	return out
}
