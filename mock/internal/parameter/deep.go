package parameter

import (
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// mostDepth bounds how many brackets a name may have.
const mostDepth = 32

// branch is a place in a deepObject: values that stand at it, or further brackets below it, in the order they came.
type branch struct {
	values   []string
	names    []string
	children map[string]*branch
}

func (b *branch) child(name string) *branch {
	if c := b.children[name]; c != nil {
		return c
	}
	if b.children == nil {
		b.children = map[string]*branch{}
	}
	c := &branch{}
	b.children[name] = c
	b.names = append(b.names, name)
	return c
}

// deep reads the style deepObject. OpenAPI describes one level, name[member]=value; tools send more of them, and lists as
// name[a]=1&name[a]=2, name[a][]=1 or name[a][0]=1: all are read.
func (r *reader) deep(all []queryText) (any, bool, error) {
	root := &branch{}
	given := false
	for _, pair := range all {
		rest, ok := strings.CutPrefix(pair.name, r.parameter.Name)
		if !ok || rest == "" || rest[0] != '[' {
			continue
		}
		steps, ok := brackets(rest)
		switch {
		case !ok:
			return nil, true, r.fail(Malformed, "", "a name of the style deepObject has its brackets in pairs, such as filter[a][b]")
		case len(steps) > mostDepth:
			return nil, true, r.fail(TooLarge, "", "a name of the style deepObject has at most "+strconv.Itoa(mostDepth)+" brackets")
		}
		s, err := pair.text.plain()
		if err != nil {
			return nil, true, err
		}
		given = true
		root.add(steps, s)
	}
	if !given {
		return nil, false, nil
	}
	v, err := r.grown(root, r.shape, "")
	return v, true, err
}

// brackets cuts [a][b] into a, b.
func brackets(s string) ([]string, bool) {
	var steps []string
	for s != "" {
		end := strings.IndexByte(s, ']')
		if s[0] != '[' || end < 0 {
			return nil, false
		}
		steps = append(steps, s[1:end])
		s = s[end+1:]
	}
	return steps, true
}

// add puts a value at its place. Empty brackets at the end stand for the next element; before others for the last one, until
// what follows is there already.
func (b *branch) add(steps []string, value string) {
	for i, step := range steps {
		if step == "" && i+1 < len(steps) {
			next := max(len(b.names)-1, 0)
			if last := b.children[strconv.Itoa(next)]; last != nil && last.has(steps[i+1:]) {
				next++
			}
			step = strconv.Itoa(next)
		}
		if step == "" {
			step = strconv.Itoa(len(b.names))
		}
		b = b.child(step)
	}
	b.values = append(b.values, value)
}

// has says whether something stands at the place already.
func (b *branch) has(steps []string) bool {
	for _, step := range steps {
		if step == "" {
			return false
		}
		if b = b.children[step]; b == nil {
			return false
		}
	}
	return true
}

// grown is the value of a branch.
func (r *reader) grown(b *branch, sh schema.Shape, pointer string) (any, error) {
	if len(b.children) == 0 {
		return r.leaf(b, sh, pointer)
	}
	if len(b.values) > 0 {
		return nil, r.fail(Malformed, pointer, "a value and brackets stand at the same place")
	}
	if b.isList(sh) {
		slices.SortStableFunc(b.names, func(a, c string) int { return index(a) - index(c) })
		items := make([]any, len(b.names))
		for i, name := range b.names {
			var err error
			if items[i], err = r.grown(b.children[name], sh.Item(i), pointer+"/"+strconv.Itoa(i)); err != nil {
				return nil, err
			}
		}
		return items, nil
	}
	object := make(map[string]any, len(b.names))
	for _, name := range b.names {
		var err error
		if object[name], err = r.grown(b.children[name], sh.Member(name), pointer+"/"+specs.EscapePointer(name)); err != nil {
			return nil, err
		}
	}
	return object, nil
}

func (r *reader) leaf(b *branch, sh schema.Shape, pointer string) (any, error) {
	known := len(sh.Types()) > 0
	if sh.Says("array") && (len(b.values) > 1 || !sh.Says("string")) || !known && len(b.values) > 1 {
		items := make([]any, len(b.values))
		for i, s := range b.values {
			items[i] = value(sh.Item(i), s)
		}
		return items, nil
	}
	if len(b.values) > 1 {
		return nil, r.fail(Repeated, pointer, "the member occurs more than once; send it once")
	}
	return value(sh, b.values[0]), nil
}

// isList says whether the names are indexes and the shape has room for a list.
func (b *branch) isList(sh schema.Shape) bool {
	if sh.Says("object") && !sh.Says("array") {
		return false
	}
	if len(sh.Types()) > 0 && !sh.Says("array") {
		return false
	}
	return !slices.ContainsFunc(b.names, func(name string) bool { return index(name) < 0 })
}

// index reads an index, -1 for what is none.
func index(name string) int {
	if len(name) == 0 || len(name) > 6 {
		return -1
	}
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 || strconv.Itoa(n) != name {
		return -1
	}
	return n
}
