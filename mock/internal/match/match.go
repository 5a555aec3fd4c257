// Package match finds the operation that a path means, by an index compiled once from a contract's paths. It knows
// OpenAPI's path templates, also within a segment (/a/{id}:verb, /{x}.{ext}); a template's value never holds a slash.
package match

import (
	"fmt"
	"net/url"
	"regexp"
	"sort"
	"strings"
)

// Index maps paths to what was added under them. It is built first and only read afterwards.
type Index[T any] struct {
	exact     map[string]T
	templates []template[T]
}

type template[T any] struct {
	path     string
	pattern  *regexp.Regexp
	names    []string
	concrete int
	target   T
}

var placePattern = regexp.MustCompile(`\{([^{}/]+)\}`)

// Add puts a target under a path or path template. A path that is taken is an error.
func (x *Index[T]) Add(path string, target T) error {
	if x.exact == nil {
		x.exact = map[string]T{}
	}
	if !strings.Contains(path, "{") {
		if _, taken := x.exact[path]; taken {
			return fmt.Errorf("path %s is taken", path)
		}
		x.exact[path] = target
		return nil
	}
	var b strings.Builder
	var names []string
	b.WriteByte('^')
	last := 0
	for _, m := range placePattern.FindAllStringSubmatchIndex(path, -1) {
		b.WriteString(regexp.QuoteMeta(path[last:m[0]]))
		b.WriteString(`([^/]+?)`)
		names = append(names, path[m[2]:m[3]])
		last = m[1]
	}
	b.WriteString(regexp.QuoteMeta(path[last:]))
	b.WriteByte('$')
	pattern, err := regexp.Compile(b.String())
	if err != nil {
		return fmt.Errorf("path %s: %w", path, err)
	}
	for _, t := range x.templates {
		if t.pattern.String() == b.String() {
			return fmt.Errorf("path %s is taken by %s", path, t.path)
		}
	}
	x.templates = append(x.templates, template[T]{path, pattern, names, len(placePattern.ReplaceAllString(path, "")), target})
	// The more of a template is concrete, the sooner it is tried (OpenAPI: concrete before templated).
	sort.SliceStable(x.templates, func(i, j int) bool { return x.templates[i].concrete > x.templates[j].concrete })
	return nil
}

// Find returns the target of an escaped request path and the unescaped values of its template.
func (x *Index[T]) Find(path string) (target T, values map[string]string, ok bool) {
	if target, ok = x.exact[path]; ok {
		return target, nil, true
	}
	for _, t := range x.templates {
		m := t.pattern.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		values = make(map[string]string, len(t.names))
		for i, name := range t.names {
			v, err := url.PathUnescape(m[i+1])
			if err != nil {
				return target, nil, false
			}
			values[name] = v
		}
		return t.target, values, true
	}
	return target, nil, false
}

// Paths lists what was added, sorted.
func (x *Index[T]) Paths() []string {
	var paths []string
	for p := range x.exact {
		paths = append(paths, p)
	}
	for _, t := range x.templates {
		paths = append(paths, t.path)
	}
	sort.Strings(paths)
	return paths
}
