package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// alternatives explains a value that fits none of several schemas. What all of them say against it would be noise: told is
// the one that was meant, by the discriminator, by the type, by a constant, or because the least is wrong with it.
func (x explanation) alternatives(e *jsonschema.ValidationError, keyword string) []Violation {
	if raw, _ := x.schema.contract.Value(x.violation(e).Schema); keyword == "anyOf" {
		if m, ok := raw.(map[string]any); ok && m["anyOf"] == nil && discriminates(m) {
			keyword = "oneOf" // as the contract has it
		}
	}
	if list, ok := x.discriminated(e, keyword); ok {
		return list
	}
	branches := make([][]Violation, len(e.Causes))
	for i, cause := range e.Causes {
		branches[i] = x.leaves(nil, cause)
	}
	at := x.violation(e)
	if merged, ok := x.merged(e.Causes, at); ok {
		return one(merged)
	}
	meant := sift(branches, func(v Violation) bool { return v.Pointer == at.Pointer && v.Keyword == "type" })
	meant = sift(meant, func(v Violation) bool {
		parent, _ := cutPointer(v.Pointer)
		return (v.Pointer == at.Pointer || parent == at.Pointer) && (v.Keyword == "const" || v.Keyword == "enum")
	})
	if len(meant) == 0 {
		return one(at.tells(keyword, "one of the alternatives"))
	}
	return slices.MinFunc(meant, func(a, b []Violation) int { return len(a) - len(b) })
}

// sift leaves the branches that have no violation of a kind, if there are any.
func sift(branches [][]Violation, is func(Violation) bool) [][]Violation {
	var left [][]Violation
	for _, b := range branches {
		if !slices.ContainsFunc(b, is) {
			left = append(left, b)
		}
	}
	if len(left) == 0 {
		return branches
	}
	return left
}

// merged is the one violation that several alternatives come to which differ in their type only, or in their constants.
func (x explanation) merged(causes []*jsonschema.ValidationError, at Violation) (Violation, bool) {
	var types []string
	var values []any
	for _, cause := range causes {
		cause = only(cause)
		if cause == nil || pointerOf(cause.InstanceLocation) != at.Pointer {
			return at, false
		}
		switch k := cause.ErrorKind.(type) {
		case *kind.Type:
			types = append(types, k.Want...)
		case *kind.Const:
			values = append(values, k.Want)
		case *kind.Enum:
			values = append(values, k.Want...)
		default:
			return at, false
		}
	}
	switch {
	case len(values) > 0:
		return at.tells("enum", oneOfThese(values)), true
	case len(types) > 0:
		slices.Sort(types)
		return at.tells("type", strings.Join(slices.Compact(types), " or ")), true
	}
	return at, false
}

// only is the one cause that an error comes down to; nil when there are several.
func only(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	for len(e.Causes) > 0 {
		if len(e.Causes) > 1 {
			return nil
		}
		e = e.Causes[0]
	}
	return e
}

// discriminated explains by the discriminator (OpenAPI, "Discriminator Object"): by the alternative that the value names, or
// by naming those there are.
func (x explanation) discriminated(e *jsonschema.ValidationError, keyword string) ([]Violation, bool) {
	at := x.violation(e)
	object, ok := lookup(x.value, e.InstanceLocation).(map[string]any)
	if !ok {
		return nil, false
	}
	raw, _ := x.schema.contract.Value(at.Schema)
	m, _ := raw.(map[string]any)
	property, names := discriminatorOf(m, keyword)
	if property == "" || len(names) == 0 {
		return nil, false
	}
	given, there := object[property]
	text, _ := given.(string)
	for _, n := range names {
		if n.value != text || !there {
			continue
		}
		if n.index >= len(e.Causes) {
			return nil, false
		}
		if list := x.leaves(nil, e.Causes[n.index]); len(list) > 0 {
			return list, true
		}
		return nil, false
	}
	var known []string
	for _, n := range names {
		if n.told {
			known = append(known, n.value)
		}
	}
	at = at.below(property).tells("discriminator", "one of ["+strings.Join(known, " ")+"]").got(absent)
	if there {
		at.Got = describe(given)
	}
	return one(at), true
}

// naming says that a value of the discriminating property stands for one of the alternatives. The name of a schema stands
// for it also where the mapping has another one; only the latter is told.
type naming struct {
	value string
	index int
	told  bool
}

// discriminatorOf reads the discriminator that stands beside anyOf or oneOf: the property, and what its values stand for.
func discriminatorOf(m map[string]any, keyword string) (property string, names []naming) {
	d, _ := m["discriminator"].(map[string]any)
	property, _ = d["propertyName"].(string)
	list, _ := m[keyword].([]any)
	mapping, _ := d["mapping"].(map[string]any)
	if property == "" {
		return "", nil
	}
	for i, one := range list {
		alternative, _ := one.(map[string]any)
		ref, _ := alternative["$ref"].(string)
		if ref == "" {
			continue // an inline schema has no name
		}
		_, name := cutPointer(ref)
		mapped := false
		for _, value := range sortedNames(mapping) {
			if target, _ := mapping[value].(string); target == ref || target == name {
				names = append(names, naming{value, i, true})
				mapped = true
			}
		}
		names = append(names, naming{name, i, !mapped})
	}
	return property, names
}

// both names two alternatives that both take a value where one may.
func (x explanation) both(pointer string, indexes []int) string {
	raw, _ := x.schema.contract.Value(pointer)
	m, _ := raw.(map[string]any)
	list, _ := m["oneOf"].([]any)
	name := func(i int) string {
		if i < len(list) {
			alternative, _ := list[i].(map[string]any)
			if ref, _ := alternative["$ref"].(string); ref != "" {
				_, last := cutPointer(ref)
				return last
			}
			if title, _ := alternative["title"].(string); title != "" {
				return title
			}
		}
		return "alternative " + strconv.Itoa(i+1)
	}
	if len(indexes) < 2 {
		return "several fit"
	}
	return fmt.Sprintf("%s and %s both fit", name(indexes[0]), name(indexes[1]))
}

// alternativesOf are the nodes that a discriminator's values stand for.
func (s *Set) alternativesOf(m map[string]any) (property string, indexes map[string]int) {
	first := 0
	for _, keyword := range []string{"anyOf", "oneOf"} {
		list, _ := m[keyword].([]any)
		p, names := discriminatorOf(m, keyword)
		for _, n := range names {
			if indexes == nil {
				indexes = map[string]int{}
			}
			if _, taken := indexes[n.value]; !taken {
				property, indexes[n.value] = p, first+n.index
			}
		}
		first += len(list)
	}
	return property, indexes
}
