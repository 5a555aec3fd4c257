package learn

import (
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// violations are those of a reply's value, of texts in it that hold JSON as well.
func (s *stand) violations(pointer string, v any) []schema.Violation {
	return s.violationsIn(pointer, v, schema.Response)
}

func (s *stand) violationsIn(pointer string, v any, view schema.View) []schema.Violation {
	if pointer == "" {
		return nil
	}
	compiled, err := s.set.CompileView(pointer, view)
	if err != nil {
		return nil
	}
	list := compiled.Validate(v)
	if len(list) > 0 {
		if meant := s.meant(pointer, v, view); meant != "" {
			return s.violationsIn(meant, v, view)
		}
	}
	if !holdsJSON(v) {
		return list
	}
	s.visit(pointer, v, "", func(schemas []string, place string, v any) {
		text, ok := v.(string)
		if !ok {
			return
		}
		for _, one := range schemas {
			inner := one + "/contentSchema"
			if _, stated := s.value(inner); !stated {
				continue
			}
			if content, ok := drive.Held(text); ok {
				for _, found := range s.violationsIn(inner, content, view) {
					found.Pointer = place + found.Pointer
					list = append(list, found)
				}
			}
			return
		}
	})
	return list
}

// holdsJSON says whether a text anywhere in a value may hold JSON.
func holdsJSON(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, item := range v {
			if holdsJSON(item) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, holdsJSON)
	case string:
		v = strings.TrimSpace(v)
		return v != "" && (v[0] == '{' || v[0] == '[')
	}
	return false
}

// meant is the alternative that a value was meant to be which fits none: the one whose type and constants it has, and of those
// the one that explains most of it. It is "" where the schema is none of alternatives alone.
func (s *stand) meant(pointer string, v any, view schema.View) string {
	m, keyword := s.raw(pointer), ""
	for range mostDeep {
		ref, ok := m["$ref"].(string)
		if !ok || len(m) > 1 || len(ref) < 2 {
			break
		}
		pointer = ref[1:]
		m = s.raw(pointer)
	}
	for name := range m {
		switch name {
		case "anyOf", "oneOf":
			if keyword != "" {
				return ""
			}
			keyword = name
		case "description", "title", "x-source", "x-sensitive", "example", "examples":
		default:
			return ""
		}
	}
	some, _ := m[keyword].([]any)
	best, least := "", 0
	for i := range some {
		one := pointer + "/" + keyword + "/" + itoa(i)
		compiled, err := s.set.CompileView(one, view)
		if err != nil {
			continue
		}
		n := 0
		for _, found := range compiled.Validate(v) {
			inner, _ := drive.At(v, found.Pointer)
			n += leaves(inner)
			first := strings.Count(found.Pointer, "/") <= 1
			switch {
			case found.Pointer == "" && found.Keyword == "type":
				n += telling * telling
			case first && (found.Keyword == "const" || found.Keyword == "enum" || found.Keyword == "not"):
				n += telling
			}
		}
		if best == "" || n < least {
			best, least = one, n
		}
	}
	return best
}

// telling weighs what tells one alternative from another more than all else.
const telling = 1 << 14

// raw is the object at a pointer of the contract.
func (s *stand) raw(pointer string) map[string]any {
	v, _ := s.value(pointer)
	m, _ := v.(map[string]any)
	return m
}

// visit walks a value beside its schema: each place with the schemas that are about it, references followed, alternatives
// that do not fit left out.
func (s *stand) visit(pointer string, v any, place string, each func(schemas []string, place string, v any)) {
	s.visitAll(s.parts(pointer, v), v, place, each)
}

func (s *stand) visitAll(schemas []string, v any, place string, each func([]string, string, any)) {
	each(schemas, place, v)
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sortedKeys(v) {
			var below []string
			for _, one := range schemas {
				child := one + "/properties/" + specs.EscapePointer(name)
				if _, ok := s.value(child); !ok {
					if _, ok = s.value(one + "/additionalProperties"); !ok {
						continue
					}
					child = one + "/additionalProperties"
				}
				below = append(below, s.parts(child, v[name])...)
			}
			s.visitAll(below, v[name], place+"/"+specs.EscapePointer(name), each)
		}
	case []any:
		for i := range v {
			var below []string
			for _, one := range schemas {
				if _, ok := s.value(one + "/items"); ok {
					below = append(below, s.parts(one+"/items", v[i])...)
				}
			}
			s.visitAll(below, v[i], place+"/"+itoa(i), each)
		}
	}
}

// mostDeep bounds how deep references and alternatives are followed.
const mostDeep = 32

// parts lists the schemas that stand at a pointer: itself, what it refers to, all of allOf, and of anyOf and oneOf those
// that take the value, or all where none does.
func (s *stand) parts(pointer string, v any) []string { return s.partsOf(pointer, v, 0) }

func (s *stand) partsOf(pointer string, v any, deep int) []string {
	raw, ok := s.value(pointer)
	m, isObject := raw.(map[string]any)
	if !ok || !isObject || deep > mostDeep {
		return nil
	}
	list := []string{pointer}
	if ref, ok := m["$ref"].(string); ok && len(ref) > 1 && ref[0] == '#' {
		list = append(list, s.partsOf(ref[1:], v, deep+1)...)
	}
	if all, ok := m["allOf"].([]any); ok {
		for i := range all {
			list = append(list, s.partsOf(pointer+"/allOf/"+itoa(i), v, deep+1)...)
		}
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		some, _ := m[keyword].([]any)
		var fitting, others []string
		for i := range some {
			one := pointer + "/" + keyword + "/" + itoa(i)
			compiled, err := s.set.CompileView(one, schema.Response)
			if err != nil {
				continue
			}
			inner := s.partsOf(one, v, deep+1)
			if len(compiled.Validate(v)) == 0 {
				fitting = append(fitting, inner...)
			} else if compiled.Shape().Fits(v) {
				others = append(others, inner...)
			}
		}
		if fitting == nil {
			fitting = others
		}
		list = append(list, fitting...)
	}
	return list
}
