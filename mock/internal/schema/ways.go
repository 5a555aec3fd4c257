package schema

import (
	"reflect"
	"slices"
	"sync"
)

// ways is what can be said of a schema's alternatives without a value.
type ways struct {
	once sync.Once
	// clear says of each alternative that what it converts fits it, and fits none before it: whoever looks for the alternative
	// of a converted value finds this one.
	clear []bool
}

// found says whether pick is certain to find, for what the i-th alternative made of a value, that very alternative.
func (n *node) found(i int, v any) bool {
	if n.ways == nil {
		return false
	}
	if n.byValue != nil {
		return n.told(i, v)
	}
	n.ways.once.Do(func() {
		n.ways.clear = make([]bool, len(n.anyOf))
		for i, alternative := range n.anyOf {
			clear := alternative.sure(map[*node]bool{})
			for _, before := range n.anyOf[:i] {
				clear = clear && before.apart(alternative, 0)
			}
			n.ways.clear[i] = clear
		}
	})
	return i < len(n.ways.clear) && n.ways.clear[i]
}

// told says whether the discriminating member of a record names the i-th alternative, and stays as it is.
func (n *node) told(i int, v any) bool {
	record, _ := v.(map[string]any)
	name, isText := record[n.discriminator].(string)
	at, known := n.byValue[name]
	member := n.anyOf[i].byName[n.discriminator]
	return isText && name != "" && known && at == i && member != nil && len(member.anyOf) == 0 && slices.Equal(member.types, []string{"string"})
}

// sure says whether everything that convert makes by a schema fits that schema.
func (n *node) sure(seen map[*node]bool) bool {
	if seen[n] {
		return true
	}
	seen[n] = true
	if len(n.anyOf) > 0 {
		return n.byValue == nil && !slices.ContainsFunc(n.anyOf, func(one *node) bool { return !one.sure(seen) })
	}
	if len(n.types) == 0 && (len(n.properties) > 0 || n.items != nil) || len(n.patterns) > 0 {
		return false
	}
	for name := range n.required {
		if n.byName[name] == nil {
			return false
		}
	}
	for _, p := range n.properties {
		if !p.node.sure(seen) {
			return false
		}
	}
	return n.extra == nil || n.extra.sure(seen)
}

// deepest bounds how far below two alternatives their difference is looked for.
const deepest = 4

// apart says whether nothing that convert makes by another schema fits this one.
func (n *node) apart(other *node, depth int) bool {
	switch {
	case depth > deepest:
		return false
	case len(other.anyOf) > 0:
		return !slices.ContainsFunc(other.anyOf, func(one *node) bool { return !n.apart(one, depth+1) })
	case len(n.anyOf) > 0:
		return !n.is("object") && !slices.ContainsFunc(n.anyOf, func(one *node) bool { return !one.apart(other, depth+1) })
	case n.isConst && other.isConst && !reflect.DeepEqual(n.constant, other.constant):
		return true
	case n.otherTypes(other):
		return true
	}
	if !slices.Equal(other.types, []string{"object"}) {
		return false
	}
	for name := range n.required {
		if other.byName[name] == nil && !other.takesMore() {
			return true
		}
	}
	for name := range other.required {
		there, here := other.byName[name], n.child(name)
		if there != nil && (here == nil && !n.takesMore() || here != nil && here.apart(there, depth+1)) {
			return true
		}
	}
	return false
}

// takesMore says whether convert and fits take members that have no property of their own.
func (n *node) takesMore() bool { return n.open || len(n.properties) == 0 && len(n.types) == 0 }

// otherTypes says whether a value of another schema's types has none of this one's.
func (n *node) otherTypes(other *node) bool {
	if len(n.types) == 0 || len(other.types) == 0 {
		return false
	}
	return !slices.ContainsFunc(other.types, func(t string) bool {
		if t == "integer" || t == "number" {
			return slices.Contains(n.types, "integer") || slices.Contains(n.types, "number")
		}
		return slices.Contains(n.types, t)
	})
}
