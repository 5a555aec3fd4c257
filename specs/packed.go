package specs

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// packed is a document that has been read, for as long as its contract lives: a tree without a pointer in it. As nodes of the
// reader a large document takes twenty times its own size, all of which the garbage collector would follow again and again
// beside every call.
type packed struct {
	text  string // all values, each different one once
	items []item // in the order of the document, names before what they stand for
	tags  []string
	files []string // that brought something; the first is none
	// wide are the objects and lists with so many entries that going through them would take long: of an object its names,
	// sorted, of a list its entries.
	wide map[uint32][]uint32
}

// item is a node, or a name in an object. It stands before what is in it.
type item struct {
	at, size     uint32 // of the value in the text; of an object or list, size counts its names and entries
	line, column uint32
	next         uint32 // the item behind it and all that is in it
	file, tag    uint16
	kind, style  uint8
}

// narrow is how many entries are gone through one by one.
const narrow = 16

// pack lets documents go over to the form in which they are kept. They must not change any more. One that is too large for it
// stays as it is.
func pack(documents ...*document) {
	k := packer{known: map[string]uint32{}}
	for i, d := range documents {
		if d.packed == nil && !slices.Contains(documents[:i], d) && !k.pack(d) {
			return
		}
	}
	text := string(k.text)
	for _, p := range k.made {
		p.text = text
		p.index()
	}
	for _, d := range documents {
		if d.packed == nil {
			d.packed = k.made[d]
			d.root, d.nodes, d.keys, d.brought = nil, nil, nil, nil
		}
	}
}

type packer struct {
	text  []byte
	known map[string]uint32 // where a text begins
	made  map[*document]*packed
}

func (k *packer) pack(d *document) bool {
	n, most := 0, 0
	d.measure(d.root, &n, &most)
	p := &packed{items: make([]item, 0, n), files: []string{""}}
	tags, files := map[string]int{}, map[string]int{}
	number := func(known map[string]int, list *[]string, name string) uint16 {
		i, ok := known[name]
		if !ok {
			i = len(*list)
			known[name] = i
			*list = append(*list, name)
		}
		return uint16(min(i, math.MaxUint16))
	}
	var add func(n *yaml.Node)
	add = func(n *yaml.Node) {
		one := item{line: uint32(n.Line), column: uint32(n.Column), tag: number(tags, &p.tags, n.Tag), kind: uint8(n.Kind), style: uint8(n.Style)}
		if file, ok := d.brought[n]; ok {
			one.file = number(files, &p.files, file)
		}
		if one.size = uint32(len(n.Content)); n.Kind == yaml.ScalarNode {
			one.at, one.size = k.put(n.Value), uint32(len(n.Value))
		}
		i := len(p.items)
		p.items = append(p.items, one)
		for _, child := range n.Content {
			add(child)
		}
		p.items[i].next = uint32(len(p.items))
	}
	if most > math.MaxInt32 || len(k.text)+most > math.MaxInt32 {
		return false
	}
	add(d.root)
	if k.made == nil {
		k.made = map[*document]*packed{}
	}
	k.made[d] = p
	return len(p.tags) < math.MaxUint16 && len(p.files) < math.MaxUint16
}

// measure counts the nodes at n, and the bytes of their values.
func (d *document) measure(n *yaml.Node, nodes, bytes *int) {
	*nodes++
	*bytes += len(n.Value)
	for _, child := range n.Content {
		d.measure(child, nodes, bytes)
	}
}

func (k *packer) put(text string) uint32 {
	at, ok := k.known[text]
	if !ok {
		at = uint32(len(k.text))
		k.known[text] = at
		k.text = append(k.text, text...)
	}
	return at
}

// index makes the tables of what is wide.
func (p *packed) index() {
	p.wide = map[uint32][]uint32{}
	for i, one := range p.items {
		if one.kind == uint8(yaml.ScalarNode) || one.size <= narrow {
			continue
		}
		step := 1
		if one.kind == uint8(yaml.MappingNode) {
			step = 2
		}
		entries := make([]uint32, 0, int(one.size)/step)
		for at := uint32(i) + 1; at < one.next; at = p.after(at, step) {
			entries = append(entries, at)
		}
		if step == 2 {
			slices.SortFunc(entries, func(a, b uint32) int { return strings.Compare(p.string(a), p.string(b)) })
		}
		p.wide[uint32(i)] = entries
	}
}

// after is the item behind so many, each with all that is in it.
func (p *packed) after(at uint32, count int) uint32 {
	for range count {
		at = p.items[at].next
	}
	return at
}

func (p *packed) string(at uint32) string {
	one := &p.items[at]
	return p.text[one.at : one.at+one.size]
}

// spotOf is what stands under a token of a JSON pointer in an object or list, and its name in an object.
func (p *packed) spotOf(at uint32, token string) (name, entry uint32, ok bool) {
	one := &p.items[at]
	switch yaml.Kind(one.kind) {
	case yaml.MappingNode:
		if strings.IndexByte(token, '~') >= 0 {
			plain := UnescapePointer(token)
			if EscapePointer(plain) != token {
				return 0, 0, false
			}
			token = plain
		}
		if entries, wide := p.wide[at]; wide {
			i, found := slices.BinarySearchFunc(entries, token, func(at uint32, name string) int { return cmp.Compare(p.string(at), name) })
			if !found {
				return 0, 0, false
			}
			return entries[i], entries[i] + 1, true
		}
		for name := at + 1; name < one.next; name = p.items[name+1].next {
			if p.string(name) == token {
				return name, name + 1, true
			}
		}
	case yaml.SequenceNode:
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= int(one.size) || strconv.Itoa(i) != token {
			return 0, 0, false
		}
		if entries, wide := p.wide[at]; wide {
			return 0, entries[i], true
		}
		return 0, p.after(at+1, i), true
	}
	return 0, 0, false
}

// find follows a JSON pointer. The name is 0 where the thing is none of an object's.
func (p *packed) find(pointer string) (name, at uint32, ok bool) {
	for pointer != "" {
		if pointer[0] != '/' {
			return 0, 0, false
		}
		end := len(pointer)
		if i := strings.IndexByte(pointer[1:], '/'); i >= 0 {
			end = i + 1
		}
		if name, at, ok = p.spotOf(at, pointer[1:end]); !ok {
			return 0, 0, false
		}
		pointer = pointer[end:]
	}
	return name, at, true
}

// position is where the thing at a JSON pointer stands in a document of a file.
func (p *packed) position(file, pointer string) Position {
	name, at, ok := p.find(pointer)
	if !ok {
		return Position{File: file}
	}
	if name > 0 {
		at = name
	}
	one := &p.items[at]
	if one.file > 0 {
		file = p.files[one.file]
	}
	return Position{file, int(one.line), int(one.column)}
}

// names lists the names of the object at a JSON pointer.
func (p *packed) names(pointer string) []string {
	_, at, ok := p.find(pointer)
	if !ok || p.items[at].kind != uint8(yaml.MappingNode) {
		return nil
	}
	names := make([]string, 0, p.items[at].size/2)
	for name := at + 1; name < p.items[at].next; name = p.items[name+1].next {
		names = append(names, p.string(name))
	}
	return names
}

// nearestText is the text under a name in the nearest thing at or above a JSON pointer that has one there; "" for none.
func (p *packed) nearestText(pointer, name string) string {
	if pointer != "" && pointer[0] != '/' {
		return ""
	}
	found := ""
	for at, ok := uint32(0), true; ok; {
		if _, text, is := p.spotOf(at, name); is && p.items[text].kind == uint8(yaml.ScalarNode) {
			found = p.string(text)
		}
		if pointer == "" {
			break
		}
		end := len(pointer)
		if i := strings.IndexByte(pointer[1:], '/'); i >= 0 {
			end = i + 1
		}
		_, at, ok = p.spotOf(at, pointer[1:end])
		pointer = pointer[end:]
	}
	return found
}

// value is what [value] makes of the node.
func (p *packed) value(at uint32) any {
	one := &p.items[at]
	switch yaml.Kind(one.kind) {
	case yaml.MappingNode:
		m := make(map[string]any, one.size/2)
		for name := at + 1; name < one.next; name = p.items[name+1].next {
			m[p.string(name)] = p.value(name + 1)
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, 0, one.size)
		for entry := at + 1; entry < one.next; entry = p.items[entry].next {
			list = append(list, p.value(entry))
		}
		return list
	}
	switch text := p.string(at); p.tags[one.tag] {
	case "!!str":
		return text
	case "!!int", "!!float":
		if json.Valid([]byte(text)) {
			return json.Number(text)
		}
	}
	return value(p.node(at, nil))
}

// node is the node that was packed, with all that is in it. What other files brought is entered into brought, unless that is
// nil.
func (p *packed) node(at uint32, brought map[*yaml.Node]string) *yaml.Node {
	end := p.items[at].next
	nodes := make([]yaml.Node, 0, end-at) // one piece of memory
	var unpack func() *yaml.Node
	unpack = func() *yaml.Node {
		one := &p.items[at]
		nodes = append(nodes, yaml.Node{Kind: yaml.Kind(one.kind), Style: yaml.Style(one.style), Tag: p.tags[one.tag], Line: int(one.line), Column: int(one.column)})
		n := &nodes[len(nodes)-1]
		if one.file > 0 && brought != nil {
			brought[n] = p.files[one.file]
		}
		if n.Kind == yaml.ScalarNode {
			n.Value = p.string(at)
		} else {
			n.Content = make([]*yaml.Node, 0, one.size)
		}
		at++
		for at < one.next {
			n.Content = append(n.Content, unpack())
		}
		return n
	}
	return unpack()
}
