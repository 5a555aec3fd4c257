package specs

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// components prepares the parts of components: a name that only refers to another file is where that file's thing comes
// to stand, so that it keeps the name that the document gives it.
func (b *bundler) components() {
	parent, from, base := b.document.root, b.first, ""
	if !b.swagger {
		base = "/components"
		parent, from, base = b.settle(b.first, field(parent, "components"), base)
	}
	if parent == nil || parent.Kind != yaml.MappingNode {
		return
	}
	type entry struct {
		from *tree
		node *yaml.Node
		kind kind
	}
	var entries []entry
	for _, k := range slices.Sorted(maps.Keys(b.sections)) {
		section := b.sections[k]
		part, of, below := b.settle(from, field(parent, section), base+"/"+section)
		if part == nil || part.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(part.Content); i += 2 {
			at := b.pointer(section, part.Content[i].Value)
			if of != b.first {
				b.brought[origin{of, below + "/" + EscapePointer(part.Content[i].Value), section}] = at
			}
			node, tree := b.adopt(of, part.Content[i+1], at, k)
			if tree != b.first {
				entries = append(entries, entry{tree, node, k})
			}
		}
	}
	for _, e := range entries {
		b.walk(e.from, e.node, e.kind)
	}
}

func (b *bundler) pointer(section, name string) string {
	at := "/" + section + "/" + EscapePointer(name)
	if !b.swagger {
		at = "/components" + at
	}
	return at
}

// settle puts what a $ref leads to in its place, without looking below, and tells which file and place that came from.
func (b *bundler) settle(from *tree, n *yaml.Node, at string) (*yaml.Node, *tree, string) {
	for range mostHops {
		if n == nil {
			break
		}
		ref, ok := reference(n)
		if !ok || len(n.Content) != 2 {
			break
		}
		to, pointer, ok := b.target(from, ref)
		if !ok {
			return nil, from, at
		}
		found, ok := to.find(pointer)
		if !ok {
			b.nowhere(ref, to, pointer)
			return nil, from, at
		}
		b.replace(n, b.copy(to.file, found, ref), from)
		from, at = to, pointer
	}
	return n, from, at
}

// adopt lets an entry of components be the thing of another file that it refers to.
func (b *bundler) adopt(from *tree, n *yaml.Node, at string, k kind) (*yaml.Node, *tree) {
	ref, ok := reference(n)
	if !ok || len(n.Content) != 2 {
		return n, from
	}
	if name, _, _ := strings.Cut(ref.Value, "#"); name == "" && from == b.first {
		return n, from
	}
	to, pointer, ok := b.target(from, ref)
	if !ok {
		n.Content = nil // reported, and not to be reported again
		return n, from
	}
	key := origin{to, pointer, b.sections[k]}
	if _, taken := b.brought[key]; taken || to == b.first {
		return n, from
	}
	found, ok := to.find(pointer)
	if !ok {
		b.nowhere(ref, to, pointer)
		n.Content = nil
		return n, from
	}
	b.brought[key] = at
	b.replace(n, b.copy(to.file, found, ref), from)
	return n, to
}

// mostHops bounds how many references may follow each other.
const mostHops = 100

// judge looks where the references within the document lead.
func (b *bundler) judge() {
	good := map[string]bool{} // by pointer, whether what stands there leads to something through further references
	told := map[string]bool{}
	b.first.tables = tables{} // nothing changes any more
	for _, ref := range b.local {
		pointer := strings.TrimPrefix(ref.Value, "#")
		if good[pointer] || told[pointer] {
			continue
		}
		target, ok := b.first.find(pointer)
		if !ok || pointer == "" {
			b.problem(ref, "$ref %q leads nowhere in this document", ref.Value)
			continue
		}
		way := map[string]bool{pointer: true}
		ends := true
		for {
			next, ok := reference(target)
			if !ok {
				break
			}
			at := strings.TrimPrefix(next.Value, "#")
			before, judged := good[at]
			if ends = !way[at] && (before || !judged); !ends || judged {
				break
			}
			way[at] = true
			if target, ok = b.first.find(at); !ok {
				break // reported where it stands
			}
		}
		for at := range way {
			good[at] = ends
		}
		if told[pointer] = !ends; !ends {
			b.problem(ref, "$ref %q leads round in a circle and never to anything", ref.Value)
		}
	}
}

// mapping makes the files that a discriminator names references within the document. Its values may be plain names too, so
// that one which cannot be a reference is left alone.
func (b *bundler) mapping(from *tree, schema *yaml.Node) {
	names := field(field(schema, "discriminator"), "mapping")
	if names == nil || names.Kind != yaml.MappingNode {
		return
	}
	for i := 1; i < len(names.Content); i += 2 {
		value := names.Content[i]
		if value.Kind == yaml.ScalarNode && strings.ContainsAny(value.Value, "#/") || looksLikeFile(value.Value) {
			b.refer(from, value, schemaKind)
		}
	}
}

func looksLikeFile(name string) bool {
	for _, ending := range []string{".yaml", ".yml", ".json"} {
		if strings.HasSuffix(strings.ToLower(name), ending) {
			return true
		}
	}
	return false
}

// find is what stands at a JSON pointer, which may lead through references of the file itself.
func (t *tree) find(pointer string) (*yaml.Node, bool) { return t.seek(pointer, new(int)) }

func (t *tree) seek(pointer string, hops *int) (*yaml.Node, bool) {
	n := t.root
	if pointer == "" {
		return n, true
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = UnescapePointer(token)
		next := t.child(n, token)
		for next == nil {
			ref, ok := reference(n)
			if *hops++; !ok || *hops > mostHops || !strings.HasPrefix(ref.Value, "#/") {
				return nil, false
			}
			if n, ok = t.seek(unescapePercent(ref.Value[1:]), hops); !ok {
				return nil, false
			}
			next = t.child(n, token)
		}
		n = next
	}
	return n, true
}

// manyNames is from where on looking a name up in a table is worth making one.
const manyNames = 32

// child is what stands under a name or an index.
func (t *tree) child(n *yaml.Node, token string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		if t.tables == nil || len(n.Content) < 2*manyNames {
			return field(n, token)
		}
		table, ok := t.tables[n]
		if !ok {
			table = make(map[string]*yaml.Node, len(n.Content)/2)
			for i := 0; i+1 < len(n.Content); i += 2 {
				table[n.Content[i].Value] = n.Content[i+1]
			}
			t.tables[n] = table
		}
		return table[token]
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// anchor finds a schema of the file by its $anchor, given as "#name", or by its $id.
func (t *tree) anchor(name string) (string, bool) {
	if t.anchors == nil {
		t.anchors = map[string]string{}
		t.collect(t.root, "")
	}
	pointer, ok := t.anchors[name]
	return pointer, ok
}

func (t *tree) collect(n *yaml.Node, pointer string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i].Value, n.Content[i+1]
			if value.Kind == yaml.ScalarNode {
				switch key {
				case "$anchor", "$dynamicAnchor":
					t.anchors["#"+value.Value] = pointer
				case "$id":
					t.anchors[value.Value] = pointer
				}
			}
			t.collect(value, pointer+"/"+EscapePointer(key))
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			t.collect(item, pointer+"/"+strconv.Itoa(i))
		}
	}
}

// unescapePercent is a reference's text without percent escapes; what is none is left alone.
func unescapePercent(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// baseName is a file's name without folder and ending.
func baseName(file string) string {
	name := file[strings.LastIndexAny(file, `/\`)+1:]
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return name
}
