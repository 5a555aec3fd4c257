package specs

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// odd has what is rare in documents: names with ~ and /, numbers of every form, empty things, wide objects and lists.
func odd() string {
	var b strings.Builder
	b.WriteString("~: a\n/: {a/b: 1, ~1: 2, '': 3, 'a~b': {}}\nfloats: [1e3, .5, 0x10, .inf, 1_000, 007, -0.0, 12345678901234567890]\n" +
		"block: |\n  a\n  b\ntexts: ['1', \"null\", yes, ~, null, True, false, 2024-01-01, !!binary aGk=, !own x]\nempty: [{}, [], '']\nlist:\n")
	for i := range 3 * narrow {
		fmt.Fprintf(&b, "- {entry: %d, more: [%d]}\n", i, i)
	}
	b.WriteString("object:\n")
	for i := range 3 * narrow {
		fmt.Fprintf(&b, "  /name%d/{id}: {in: [a, {b: %d}]}\n", (i*7)%(3*narrow), i)
	}
	return b.String()
}

// TestPacked says of packed documents what it says of their nodes, wherever something stands and where nothing does.
func TestPacked(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"odd.yaml": odd()}
	for _, vendor := range Vendors() {
		data, err := embedded(vendor, "openapi.yaml")
		if err != nil {
			t.Fatal(err)
		}
		texts[vendor] = string(data)
	}
	for file, text := range texts {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			d, err := parseDocument(file, []byte(text), documentKind)
			if err != nil {
				t.Fatal(err)
			}
			// Every seventh node came from elsewhere.
			d.brought = map[*yaml.Node]string{}
			for i, pointer := range slices.Sorted(maps.Keys(d.nodes)) {
				if i%7 == 0 {
					d.brought[d.nodes[pointer]] = fmt.Sprintf("other%d.yaml", i%3)
				}
			}
			whole, twin := d.clone(), d.clone()
			if err := whole.reindex(); err != nil {
				t.Fatal(err)
			}
			pack(d, twin)
			if d.packed == nil || twin.packed == nil || d.root != nil || len(d.nodes)+len(d.keys) > 0 {
				t.Fatal("the document is not packed")
			}
			if len(whole.nodes) < 50 {
				t.Fatalf("%d nodes are too few to tell anything", len(whole.nodes))
			}
			for pointer := range whole.nodes {
				samePlace(t, whole, d, pointer)
				for _, more := range []string{"/", "/0", "/00", "/-1", "/+1", "/nothing", "/~", "/~2", "x"} {
					samePlace(t, whole, d, pointer+more)
				}
			}
			again, original := twin.clone(), whole.clone()
			if at := differing("", again.root, original.root); at != "" {
				t.Errorf("unpacked, the node at %s is another one", at)
			}
			if err := again.reindex(); err != nil {
				t.Fatal(err)
			}
			for pointer := range whole.nodes {
				if a, b := whole.position(pointer), again.position(pointer); a != b {
					t.Errorf("%s stands at %v, and unpacked at %v", pointer, a, b)
				}
			}
		})
	}
}

// differing finds a node that is not what it was but for its comments, which nobody reads.
func differing(at string, a, b *yaml.Node) string {
	if a.Kind != b.Kind || a.Style != b.Style || a.Tag != b.Tag || a.Value != b.Value || a.Line != b.Line || a.Column != b.Column || len(a.Content) != len(b.Content) {
		return at + "/"
	}
	for i := range a.Content {
		if found := differing(fmt.Sprintf("%s/%d", at, i), a.Content[i], b.Content[i]); found != "" {
			return found
		}
	}
	return ""
}

func samePlace(t *testing.T, whole, packed *document, pointer string) {
	t.Helper()
	if a, b := whole.position(pointer), packed.position(pointer); a != b {
		t.Errorf("%s stands at %v, and packed at %v", pointer, a, b)
	}
	if a, b := whole.names(pointer), packed.names(pointer); !slices.Equal(a, b) {
		t.Errorf("%s has the names %v, and packed %v", pointer, a, b)
	}
	if a, b := whole.has(pointer), packed.has(pointer); a != b {
		t.Errorf("%s is there: %v, and packed: %v", pointer, a, b)
	}
	a, inWhole := whole.value(pointer)
	b, inPacked := packed.value(pointer)
	if inWhole != inPacked || !reflect.DeepEqual(a, b) {
		t.Errorf("%s is %v, and packed %v", pointer, a, b)
	}
	c, d := &Contract{document: whole}, &Contract{document: packed}
	if a, b := c.Source(pointer), d.Source(pointer); a != b {
		t.Errorf("the source of %s is %q, and packed %q", pointer, a, b)
	}
}
