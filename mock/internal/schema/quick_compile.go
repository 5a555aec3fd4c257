package schema

import (
	"slices"
	"strconv"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy/specs"
)

// quickAt compiles the schema at pointer to judge. A schema on the way to itself is the same one, so circular schemas end.
func (s *Set) quickAt(pointer string, v View) *quick {
	if v != Any && !s.isMarked(pointer, v) {
		v = Any
	}
	c := quickCompiler{set: s, following: map[looked]bool{}}
	q := c.refer(place{pointer, v, 0})
	for i := 0; i < len(c.fresh); i++ { // merging makes new ones
		c.fresh[i].merge(c.fresher)
	}
	for _, one := range c.fresh {
		one.settle()
	}
	for _, one := range c.fresh {
		one.settleLists()
	}
	if q == nil {
		q = newQuick()
		q.settle()
		q.settleLists()
	}
	return q
}

// quickCompiler compiles one schema and what it leads to. It looks at a schema as [transformer] does: what that changes for
// the library is changed here.
type quickCompiler struct {
	set       *Set
	fresh     []*quick
	following map[looked]bool // references without anything beside them
}

// key is under which a place is remembered.
func (p place) key() looked {
	if p.drop == 0 {
		return looked{p.pointer, p.view}
	}
	return looked{p.pointer + "\x00" + strconv.Itoa(p.drop), p.view}
}

// refer compiles what a reference leads to.
func (c *quickCompiler) refer(p place) *quick {
	if c.following[p.key()] {
		return c.left(p, "$ref", "it leads back to itself")
	}
	if q, ok := c.set.quicks[p.key()]; ok {
		return q
	}
	raw := c.set.raw(p.pointer)
	if raw == nil {
		return c.left(p, "$ref", "there is no schema")
	}
	return c.at(p, raw)
}

// at compiles the schema at a place, which is raw.
func (c *quickCompiler) at(p place, raw any) *quick {
	if q, ok := c.set.quicks[p.key()]; ok {
		return q
	}
	m, ok := raw.(map[string]any)
	if !ok {
		if raw == true {
			return nil
		}
		return c.fresher(&quick{never: true})
	}
	silent := true
	for keyword := range m {
		silent = silent && keyword != "$ref" && saysNothing(keyword)
	}
	if silent {
		q := newQuick()
		q.silent = true
		c.set.quicks[p.key()] = q
		return c.fresher(q)
	}
	b := builder{quickCompiler: c, place: p, raw: m, drop: c.set.dropNames(p.drop)}
	if p.view != Any {
		b.drop = union(b.drop, c.set.ownMarks(m, p.view))
	}
	if ref, ok := m["$ref"].(string); ok && onlyReference(m) {
		target, ok := b.reference(ref)
		if !ok {
			return c.left(p, "$ref", "it is none within the document")
		}
		c.following[p.key()] = true
		q := c.refer(target)
		delete(c.following, p.key())
		c.set.quicks[p.key()] = q
		return q
	}
	q := c.fresher(newQuick())
	c.set.quicks[p.key()] = q
	b.quick = q
	b.build()
	if b.fault != nil {
		// Others may have taken hold of it.
		*q = *c.left(p, b.fault.Keyword, b.fault.Reason)
	}
	return q
}

func (c *quickCompiler) fresher(q *quick) *quick {
	c.fresh = append(c.fresh, q)
	return q
}

// left is a schema that is left to the library.
func (c *quickCompiler) left(p place, keyword, reason string) *quick {
	q := newQuick()
	q.slow = &Slow{Pointer: p.pointer, Keyword: keyword, Reason: reason}
	q.list.murky = true
	if keyword == "$dynamicRef" {
		return q
	}
	resource := resourceURL(p)
	q.library = sync.OnceValues(func() (*jsonschema.Schema, error) {
		c.set.mu.Lock()
		defer c.set.mu.Unlock()
		return c.set.link(resource)
	})
	return q
}

// saysNothing says whether a keyword is one that does not make a value valid or not, on its own.
func saysNothing(keyword string) bool {
	switch keyword {
	case "$defs", "$anchor", "$dynamicAnchor":
		return true
	case "$ref":
		return false
	}
	return kindOf(keyword) == annotated
}

func onlyReference(m map[string]any) bool {
	for keyword := range m {
		if keyword != "$ref" && !saysNothing(keyword) {
			return false
		}
	}
	return true
}

// builder fills in one schema.
type builder struct {
	*quickCompiler
	place place
	raw   map[string]any
	drop  []string // names that it is not to require
	quick *quick
	fault *Slow // why it is left to the library after all
}

func (b *builder) fail(keyword, reason string) {
	if b.fault == nil {
		b.fault = &Slow{Keyword: keyword, Reason: reason}
	}
}

// reference is the place of what a $ref here means.
func (b *builder) reference(ref string) (place, bool) {
	pointer, local := localPointer(ref)
	if !local || pointer != "" && pointer[0] != '/' {
		return place{}, false
	}
	p := place{pointer: pointer}
	if b.place.view != Any {
		if names := b.set.requiredBelow(pointer, b.drop); len(names) > 0 {
			p.view, p.drop = b.place.view, b.set.dropped(names)
		} else if b.set.isMarked(pointer, b.place.view) {
			p.view = b.place.view
		}
	}
	return p, true
}

// inside compiles a schema within this one: below is its pointer from here, keyword the one that it stands under.
func (b *builder) inside(keyword, below string, raw any) *quick {
	p := place{pointer: b.place.pointer + "/" + below, view: b.place.view}
	if sameValue(keyword) {
		p.drop = b.set.dropped(b.drop)
	}
	return b.at(p, raw)
}

func (b *builder) child(keyword string) *quick { return b.inside(keyword, keyword, b.raw[keyword]) }

func (b *builder) children(keyword string) []*quick {
	list, _ := b.raw[keyword].([]any)
	out := make([]*quick, 0, len(list))
	for i, one := range list {
		out = append(out, b.inside(keyword, keyword+"/"+strconv.Itoa(i), one))
	}
	return out
}

// named compiles the schemas under a keyword by name, in the order of the document.
func (b *builder) named(keyword string, visit func(name string, raw any, q func() *quick)) {
	m, _ := b.raw[keyword].(map[string]any)
	for _, name := range b.set.contract.Names(b.place.pointer + "/" + keyword) {
		raw, ok := m[name]
		if !ok {
			continue
		}
		visit(name, raw, func() *quick {
			return b.inside(keyword, keyword+"/"+specs.EscapePointer(name), raw)
		})
	}
}

// build reads all keywords. What one pass does not decide is left to the library with all that stands beside it.
func (b *builder) build() {
	for _, keyword := range sortedNames(b.raw) {
		switch keyword {
		case "$dynamicRef":
			b.fail(keyword, "what it refers to depends on the schemas around it")
		case "unevaluatedProperties", "unevaluatedItems":
			b.fail(keyword, "what is evaluated is known only when all other keywords are judged")
		}
	}
	b.types()
	b.enumerations()
	b.texts()
	b.numbers()
	b.lists()
	b.objects()
	b.sameValue()
}

func (b *builder) types() {
	switch t := b.raw["type"].(type) {
	case string:
		b.quick.types = typeNamed(t)
	case []any:
		for _, one := range t {
			name, _ := one.(string)
			b.quick.types |= typeNamed(name)
		}
	}
}

// span reads two bounds that are natural numbers.
func (b *builder) span(into *span, least, most string) bool {
	found := false
	for keyword, at := range map[string]*int64{least: &into.least, most: &into.most} {
		v, ok := b.raw[keyword]
		if !ok {
			continue
		}
		found = true
		var d decimal
		literal, _ := numberOf(v)
		if !d.read(literal) || !d.whole() || d.negative || d.n+d.exp > 18 {
			b.fail(keyword, "it is no natural number")
			return true
		}
		*at = d.int64()
	}
	return found
}

// sameValue compiles the schemas of the very value.
func (b *builder) sameValue() {
	q := b.quick
	if ref, ok := b.raw["$ref"].(string); ok {
		target, ok := b.reference(ref)
		if !ok {
			b.fail("$ref", "it is none within the document")
			return
		}
		q.allOf = append(q.allOf, b.refer(target))
	}
	q.allOf = append(q.allOf, b.children("allOf")...)
	q.allOf = slices.DeleteFunc(q.allOf, func(part *quick) bool { return part == nil || part.silent })
	_, any := b.raw["anyOf"]
	hinted := !any && discriminates(b.raw)
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if list := b.children(keyword); len(list) > 0 {
			q.choices = append(q.choices, b.choice(keyword, list, keyword == "oneOf" && !hinted))
		}
	}
	if _, ok := b.raw["not"]; ok {
		q.not = append(q.not, b.child("not"))
	}
	if _, ok := b.raw["if"]; ok {
		q.condition = b.conditional()
	}
}

// conditional is nil where neither branch says anything.
func (b *builder) conditional() *condition {
	c := condition{when: b.child("if")}
	if _, ok := b.raw["then"]; ok {
		c.then = b.child("then")
	}
	if _, ok := b.raw["else"]; ok {
		c.otherwise = b.child("else")
	}
	if c.then == nil && c.otherwise == nil {
		return nil
	}
	return &c
}
