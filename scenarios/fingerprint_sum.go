package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

// hasher sums up what stands in a contract from the leaves on, each thing that is referred to once. Things that refer to each
// other in a ring are summed up together.
type hasher struct {
	contract *specs.Contract
	sums     map[spot]sum // of things that are done
	// order, low and stack are those of Tarjan's algorithm, which finds rings; parts are the things on the stack.
	order, low map[spot]int
	stack      []spot
	parts      map[spot]*fragment
}

// spot is a place in a document, looked at as a kind.
type spot struct {
	pointer string
	kind    kind
}

// sum is a digest, as bytes.
type sum = string

// fragment is one thing on its own, and what it refers to.
type fragment struct {
	root *node
	refs []spot
}

// node is a part of a fragment.
type node struct {
	// fixed is its sum where nothing in it refers to anything.
	fixed sum
	// ref is set for what is nothing but a reference: it has the sum of what it refers to.
	ref *spot
	// tag is object, list or set; names are those of the children of an object.
	tag      string
	names    []string
	children []*node
}

// digest sums up texts so that where one ends and the next begins makes a difference.
func digest(texts ...string) sum {
	h := sha256.New()
	for _, t := range texts {
		_, _ = h.Write([]byte(strconv.Itoa(len(t)) + ":" + t)) // a hash takes everything
	}
	return string(h.Sum(nil))
}

// shown is a digest as a recording has it; half of it is more than enough to tell two contracts apart.
func shown(s sum) string { return hex.EncodeToString([]byte(s[:16])) }

// at sums up what stands at a pointer.
func (h *hasher) at(pointer string, k kind) sum {
	s := spot{pointer, k}
	h.visit(s)
	return h.sums[s]
}

// visit is one step of Tarjan's algorithm, after which a thing has its sum or waits on the stack for the rest of its ring.
func (h *hasher) visit(s spot) {
	if _, done := h.sums[s]; done || h.parts[s] != nil {
		return
	}
	f := h.read(s)
	at := len(h.order)
	h.parts[s], h.order[s], h.low[s] = f, at, at
	h.stack = append(h.stack, s)
	for _, other := range f.refs {
		if h.parts[other] != nil {
			h.low[s] = min(h.low[s], h.order[other])
			continue
		}
		if h.visit(other); h.parts[other] != nil {
			h.low[s] = min(h.low[s], h.low[other])
		}
	}
	if h.low[s] == at {
		i := slices.Index(h.stack, s)
		ring := slices.Clone(h.stack[i:])
		h.stack = h.stack[:i]
		h.close(ring)
	}
}

// close sums up a ring of things whose other references are done. Each is told apart by what it refers to, step by step,
// until that tells no more apart; its sum has that and all others of the ring, whatever they are called.
func (h *hasher) close(ring []spot) {
	sums := make(map[spot]sum, len(ring))
	for _, s := range ring {
		sums[s] = ""
	}
	for kinds := 0; ; {
		next := make(map[spot]sum, len(ring))
		for _, s := range ring {
			next[s] = h.parts[s].root.sum(func(other spot) sum {
				if done, ok := h.sums[other]; ok {
					return done
				}
				return sums[other]
			})
		}
		different := map[sum]bool{}
		for _, one := range next {
			different[one] = true
		}
		sums = next
		if len(different) == kinds || len(ring) == 1 && !slices.Contains(h.parts[ring[0]].refs, ring[0]) {
			break
		}
		kinds = len(different)
	}
	all := slices.Compact(slices.Sorted(maps.Values(sums)))
	for _, s := range ring {
		one := sums[s]
		if len(ring) > 1 || slices.Contains(h.parts[s].refs, s) {
			one = digest(append([]string{"ring", one}, all...)...)
		}
		h.sums[s] = one
	}
	for _, s := range ring {
		delete(h.parts, s)
	}
}

func (n *node) sum(of func(spot) sum) sum {
	if n.fixed != "" {
		return n.fixed
	}
	if n.ref != nil {
		return of(*n.ref)
	}
	texts := make([]string, 0, 1+2*len(n.children))
	for i, child := range n.children {
		if n.names != nil {
			texts = append(texts, n.names[i])
		}
		texts = append(texts, child.sum(of))
	}
	if n.tag == tagSet {
		slices.Sort(texts)
	}
	return digest(append([]string{n.tag}, texts...)...)
}

const (
	tagObject = "object"
	tagList   = "list"
	tagSet    = "set"
)

// settled gives a node its sum where nothing in it refers to anything.
func settled(n *node) *node {
	for _, child := range n.children {
		if child.fixed == "" {
			return n
		}
	}
	return fixed(n.sum(nil))
}

func fixed(s sum) *node { return &node{fixed: s} }

func (h *hasher) read(s spot) *fragment {
	v, ok := h.contract.Value(s.pointer)
	if !ok {
		return &fragment{root: fixed(digest("nothing", s.pointer))}
	}
	f := &fragment{}
	f.root = f.node(v, s.kind)
	return f
}

func (f *fragment) node(v any, k kind) *node {
	switch v := v.(type) {
	case map[string]any:
		if k != dataKind {
			return f.object(v, k)
		}
	case []any:
		if k == dataKind {
			break
		}
		n := &node{tag: tagList}
		if k == schemaSetKind || k == parameterMapKind {
			n.tag = tagSet
		}
		for _, item := range v {
			n.children = append(n.children, f.node(item, k.item()))
		}
		return settled(n)
	}
	return fixed(data(v))
}

// data sums up a plain value.
func data(v any) sum {
	text, err := json.Marshal(v)
	if err != nil { // of what was read from a document there is none
		text = []byte(err.Error())
	}
	return digest("data", string(text))
}

func (f *fragment) object(v map[string]any, k kind) *node {
	n := &node{tag: tagObject}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		below, counts := k.below(name)
		if !counts || v[name] == false && k.off(name) {
			continue
		}
		var child *node
		switch text, _ := v[name].(string); {
		case name == "$ref" && !k.named() && strings.HasPrefix(text, "#"):
			ref := spot{strings.TrimPrefix(text, "#"), k}
			f.refs = append(f.refs, ref)
			child = &node{ref: &ref}
		case k == schemaKind && (name == "required" || name == "enum" || name == "type"):
			child = anyOrder(v[name])
		default:
			child = f.node(v[name], below)
		}
		n.names, n.children = append(n.names, name), append(n.children, child)
	}
	if k == schemaKind && v["discriminator"] != nil { // then it matters what the alternatives are called
		n.names, n.children = append(n.names, "called"), append(n.children, fixed(digest(called(v)...)))
	}
	if len(n.names) == 1 && n.names[0] == "$ref" && n.children[0].ref != nil {
		return n.children[0]
	}
	return settled(n)
}

// anyOrder sums up a list whose order says nothing; a list of one is that one.
func anyOrder(v any) *node {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	n := &node{tag: tagSet}
	for _, item := range list {
		n.children = append(n.children, fixed(data(item)))
	}
	return settled(n)
}

// called lists what the alternatives of a schema are called.
func called(schema map[string]any) []string {
	var names []string
	for _, keyword := range []string{"oneOf", "anyOf"} {
		list, _ := schema[keyword].([]any)
		for _, item := range list {
			one, _ := item.(map[string]any)
			if ref, ok := one["$ref"].(string); ok {
				names = append(names, ref)
			}
		}
	}
	slices.Sort(names)
	return names
}
