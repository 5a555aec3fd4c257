// Package match finds the operation that a path means, by an index compiled once from a contract's paths: a tree with a
// level per segment, so that a search costs what the path is long, however many paths there are. It knows OpenAPI's path
// templates, also within a segment (/a/{id}:verb, /{x}.{ext}); a template's value never holds a slash, unless it came
// escaped.
package match

import (
	"fmt"
	"slices"
	"strings"
)

// Index maps paths to what was added under them. It is built first and only read afterwards: by any number of goroutines.
// The zero value is empty.
type Index[T any] struct {
	root    node
	targets []T
	paths   []string // sorted
}

// node is a place in the tree: what follows the segments that lead to it.
type node struct {
	static map[string]*node
	mixed  groups
	any    *node // a segment that is one parameter
	leaf   *leaf
}

// leaf is what was added under a path.
type leaf struct {
	path   string
	names  []string
	target int // its place among the targets
}

// TakenError says that a path, or one that differs from it by the names of its parameters only, has been added before.
type TakenError struct {
	// Path is the one that is refused, By the one that stands there.
	Path, By string
}

// Error implements error.
func (e *TakenError) Error() string {
	if e.Path == e.By {
		return fmt.Sprintf("path %s is taken", e.Path)
	}
	return fmt.Sprintf("path %s is taken by %s", e.Path, e.By)
}

// Names lists the parameters of a path template in its order; nil for a path without any.
func Names(path string) []string {
	var names []string
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		names = append(names, parse(segment).names...)
	}
	return names
}

// Add puts a target under a path or path template, which begins with a slash. A path that is taken is a *[TakenError].
func (x *Index[T]) Add(path string, target T) error {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return fmt.Errorf("path %q does not begin with a slash", path)
	}
	at := &x.root
	var names []string
	for segment := range strings.SplitSeq(rest, "/") {
		p := parse(segment)
		names = append(names, p.names...)
		at = at.child(p)
	}
	if at.leaf != nil {
		return &TakenError{path, at.leaf.path}
	}
	at.leaf = &leaf{path, names, len(x.targets)}
	x.targets = append(x.targets, target)
	i, _ := slices.BinarySearch(x.paths, path)
	x.paths = slices.Insert(x.paths, i, path)
	return nil
}

// child is the node behind a segment, made when there is none.
func (n *node) child(p pattern) *node {
	switch {
	case len(p.names) == 0:
		if n.static == nil {
			n.static = map[string]*node{}
		}
		if n.static[p.prefix] == nil {
			n.static[p.prefix] = &node{}
		}
		return n.static[p.prefix]
	case p.bare():
		if n.any == nil {
			n.any = &node{}
		}
		return n.any
	}
	return n.mixed.child(p)
}

// At returns what was added under a path template or under one that differs from it by names only, and how it is written
// there.
func (x *Index[T]) At(path string) (target T, written string, ok bool) {
	rest, rooted := strings.CutPrefix(path, "/")
	if !rooted {
		return target, "", false
	}
	at := &x.root
	for segment := range strings.SplitSeq(rest, "/") {
		p := parse(segment)
		switch {
		case len(p.names) == 0:
			at = at.static[p.prefix]
		case p.bare():
			at = at.any
		default:
			at = at.mixed.get(p)
		}
		if at == nil {
			return target, "", false
		}
	}
	if at.leaf == nil {
		return target, "", false
	}
	return x.targets[at.leaf.target], at.leaf.path, true
}

// Match returns the target of an escaped request path and the unescaped values of its template, in the template's order;
// [Names] tells theirs. Where several templates fit, each segment from the left decides in turn: a concrete one comes before
// one with some text around its parameters, that before a parameter alone (OpenAPI, "Path Templating Matching"). The text
// of a template is compared as it is written: an escaped colon is part of a value and no colon of a template. Only what
// cannot stand in a URL unescaped, such as 体检 or a space, matches its escapes.
func (x *Index[T]) Match(path string) (target T, values []string, ok bool) {
	return x.AppendMatch(nil, path)
}

// AppendMatch is [Index.Match] with the values appended to dst: a caller who has room for them needs no memory.
func (x *Index[T]) AppendMatch(dst []string, path string) (target T, values []string, ok bool) {
	found, values := x.root.find(dst, path)
	if found == nil {
		return target, values, false
	}
	return x.targets[found.target], values, true
}

// Find is [Index.Match] with the values by name, by those names that the path was first added with.
func (x *Index[T]) Find(path string) (target T, values map[string]string, ok bool) {
	found, list := x.root.find(nil, path)
	if found == nil {
		return target, nil, false
	}
	if len(list) > 0 {
		values = make(map[string]string, len(list))
		for i, name := range found.names {
			values[name] = list[i]
		}
	}
	return x.targets[found.target], values, true
}

// Paths lists what was added, sorted.
func (x *Index[T]) Paths() []string { return slices.Clone(x.paths) }
