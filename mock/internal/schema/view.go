package schema

import (
	"slices"
	"strings"
)

// View says from which side of a call a schema is looked at.
type View int

const (
	// Any takes a schema as it stands: readOnly and writeOnly are annotations.
	Any View = iota
	// Request forbids properties that are readOnly, and asks for none of them.
	Request
	// Response forbids properties that are writeOnly, and asks for none of them.
	Response
)

// keyword is what marks a property that this side may not send.
func (v View) keyword() string {
	switch v {
	case Request:
		return "readOnly"
	case Response:
		return "writeOnly"
	}
	return ""
}

// isMarked says whether the schema at pointer leads to a property that the side may not send. What has been found once is
// remembered: when nothing is found, for all that was looked at.
func (s *Set) isMarked(pointer string, v View) bool {
	known := s.marked[v]
	seen := map[string]bool{pointer: true}
	for queue := []string{pointer}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		marked, ok := known[at]
		if ok && !marked {
			continue
		}
		var refs []string
		if !ok {
			marked = search(s.raw(at), v.keyword(), &refs)
		}
		if marked {
			known[at], known[pointer] = true, true
			return true
		}
		for _, ref := range refs {
			if !seen[ref] {
				seen[ref] = true
				queue = append(queue, ref)
			}
		}
	}
	for at := range seen {
		known[at] = false
	}
	return false
}

// raw is what the contract has at pointer, read once for what is being compiled; it must not be changed.
func (s *Set) raw(pointer string) any {
	v, ok := s.raws[pointer]
	if !ok {
		v, _ = s.contract.Value(pointer)
		s.raws[pointer] = v
	}
	return v
}

// forget lets go of what was read for a schema that is compiled: what was found in it is remembered, and of a large document
// it would be all.
func (s *Set) forget() {
	if len(s.raws) > 0 {
		s.raws = map[string]any{}
	}
}

// search looks for a keyword that is true in a schema and in what stands within it, and gathers what they refer to.
func search(raw any, keyword string, refs *[]string) bool {
	m, ok := raw.(map[string]any)
	if !ok {
		return false
	}
	if m[keyword] == true {
		return true
	}
	if ref, ok := m["$ref"].(string); ok {
		if pointer, local := localPointer(ref); local {
			*refs = append(*refs, pointer)
		}
	}
	for name, v := range m {
		switch kindOf(name) {
		case oneSchema:
			if search(v, keyword, refs) {
				return true
			}
		case schemaList:
			list, _ := v.([]any)
			for _, one := range list {
				if search(one, keyword, refs) {
					return true
				}
			}
		case schemaMap:
			members, _ := v.(map[string]any)
			for _, one := range members {
				if search(one, keyword, refs) {
					return true
				}
			}
		}
	}
	return false
}

// mostSteps bounds how far a value's own schemas are followed: through references and parts.
const mostSteps = 1000

// same calls visit for a schema and for every other that is about the same value, until one says that it is enough: its
// parts and alternatives, and what they refer to.
func (s *Set) same(raw any, visit func(m map[string]any) (enough bool)) {
	seen := map[string]bool{}
	steps := 0
	var walk func(raw any) bool
	walk = func(raw any) bool {
		m, ok := raw.(map[string]any)
		if steps++; !ok || steps > mostSteps {
			return false
		}
		if visit(m) {
			return true
		}
		if ref, ok := m["$ref"].(string); ok {
			if pointer, local := localPointer(ref); local && !seen[pointer] {
				seen[pointer] = true
				if walk(s.raw(pointer)) {
					return true
				}
			}
		}
		for keyword, v := range m {
			if !sameValue(keyword) {
				continue
			}
			switch v := v.(type) {
			case []any:
				if slices.ContainsFunc(v, walk) {
					return true
				}
			case map[string]any:
				if keyword != "dependentSchemas" && walk(v) {
					return true
				}
			}
		}
		return false
	}
	walk(raw)
}

// ownMarks are the names of the properties of a value that the side may not send.
func (s *Set) ownMarks(m map[string]any, v View) []string {
	var names []string
	s.same(m, func(m map[string]any) bool {
		properties, _ := m["properties"].(map[string]any)
		for name, child := range properties {
			if s.isOwnMark(child, v) {
				names = append(names, name)
			}
		}
		return false
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// isOwnMark says whether a property's schema marks it, itself or by what it refers to or consists of.
func (s *Set) isOwnMark(raw any, v View) bool {
	found := false
	s.same(raw, func(m map[string]any) bool {
		found = m[v.keyword()] == true
		return found
	})
	return found
}

// requiredBelow are those of some names that the schema at pointer requires, itself or by what it consists of, while it
// does not mark them itself: they have to be taken out of it for whoever refers to it.
func (s *Set) requiredBelow(pointer string, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	raw := s.raw(pointer)
	var found []string
	s.same(raw, func(m map[string]any) bool {
		list, _ := m["required"].([]any)
		for _, one := range list {
			if name, ok := one.(string); ok && slices.Contains(names, name) {
				found = append(found, name)
			}
		}
		dependent, _ := m["dependentRequired"].(map[string]any)
		for _, one := range dependent {
			list, _ := one.([]any)
			for _, one := range list {
				if name, ok := one.(string); ok && slices.Contains(names, name) {
					found = append(found, name)
				}
			}
		}
		return false
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// dropped is the number under which a list of names is kept that a resource is not to require; 0 is the empty one.
func (s *Set) dropped(names []string) int {
	if len(names) == 0 {
		return 0
	}
	key := strings.Join(names, "\x00")
	i := slices.Index(s.drops, key)
	if i < 0 {
		i = len(s.drops)
		s.drops = append(s.drops, key)
	}
	return i + 1
}

func (s *Set) dropNames(number int) []string {
	if number == 0 || number > len(s.drops) {
		return nil
	}
	return strings.Split(s.drops[number-1], "\x00")
}

func union(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	both := slices.Concat(a, b)
	slices.Sort(both)
	return slices.Compact(both)
}
