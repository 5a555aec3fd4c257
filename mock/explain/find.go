package explain

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// index puts the operations under their whole paths.
func (e *Explainer) index() {
	var order []string
	at := map[string][]*operation{}
	for _, op := range e.operations {
		path := op.Path
		if op.Wire.Route != nil {
			path = op.Wire.Route.Path
		}
		for _, prefix := range append([]string{""}, op.Prefixes...) {
			// Templates that differ by names only are one path.
			full := prefix + path
			kind := templated.ReplaceAllString(full, "{}")
			if at[kind] == nil {
				order = append(order, full)
			}
			if !slices.Contains(at[kind], op) {
				at[kind] = append(at[kind], op)
			}
		}
	}
	for _, full := range order {
		_ = e.paths.Add(full, at[templated.ReplaceAllString(full, "{}")]) // what is no path means none
	}
}

var templated = regexp.MustCompile(`\{[^{}/]*\}`)

// byPath finds the operations that a message's path means: those of the contract's servers, below a session's prefix, or
// below whatever a proxy or a base URL puts before them; path is the message's without that.
func (e *Explainer) byPath(m *message) (found []*operation, path string) {
	if !m.hasPath {
		return nil, ""
	}
	path = m.path
	if rest, ok := strings.CutPrefix(strings.Replace(path, "/%7E", "/~", 1), "/~"); ok {
		_, rest, _ = strings.Cut(rest, "/")
		path = "/" + rest
	}
	for cut := range mostBefore {
		for _, one := range []string{path, strings.TrimSuffix(path, "/")} {
			if ops, values, ok := e.paths.Find(one); ok && (cut == 0 || says(one, values)) {
				return ops, one
			}
		}
		i := strings.IndexByte(strings.TrimPrefix(path, "/"), '/')
		if i < 0 {
			return nil, ""
		}
		path = path[i+1:]
	}
	return nil, ""
}

// mostBefore bounds how many segments may stand before a path of the contract.
const mostBefore = 64

// says whether a path has a segment that is no template's value: a template alone, such as /{id}, means any path.
func says(path string, values map[string]string) bool {
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		isValue := false
		for _, v := range values {
			isValue = isValue || v == unescaped(segment)
		}
		if segment != "" && !isValue {
			return true
		}
	}
	return false
}

// find tells which operation a message calls: by its path and method, by a gateway's parameter, or by the names in it.
// The diagnosis says why none is, or what is wrong with the method; it is nil when all is well.
func (e *Explainer) find(m *message, pairs wire.Pairs, names []string) (*operation, *diagnosis.Diagnosis) {
	candidates, _ := e.byPath(m)
	known := len(candidates) > 0
	if !known {
		candidates = e.operations
	}
	if op, failed := e.byRoute(candidates, pairs); op != nil || failed != nil {
		return op, e.wrongMethod(m, op, failed)
	}
	if known {
		var allowed []string
		for _, op := range candidates {
			if m.method == "" || m.method == op.Method || m.method == http.MethodHead && op.Method == http.MethodGet {
				return op, nil
			}
			allowed = append(allowed, op.Method)
		}
		slices.Sort(allowed)
		return candidates[0], diagnosis.New("wrong-method", "method", m.method, "allowed", strings.Join(slices.Compact(allowed), ", "))
	}
	if op := e.byNames(names); op != nil {
		return op, nil
	}
	return nil, diagnosis.New("explain-no-operation", "known", strings.Join(e.known(), ", "))
}

// byRoute finds the operation that a gateway's parameter names.
func (e *Explainer) byRoute(candidates []*operation, pairs wire.Pairs) (*operation, *diagnosis.Diagnosis) {
	var known []string
	parameter, named := "", ""
	for _, op := range candidates {
		route := op.Wire.Route
		if route == nil {
			continue
		}
		parameter = route.Parameter
		v, _ := pairs.Get(parameter)
		id := op.Path[strings.LastIndexByte(op.Path, '/')+1:]
		if v == id {
			return op, nil
		}
		known, named = append(known, id), v
	}
	if named == "" {
		return nil, nil
	}
	return nil, diagnosis.New("unknown-operation", "parameter", parameter, "known", strings.Join(known, ", "))
}

func (e *Explainer) wrongMethod(m *message, op *operation, failed *diagnosis.Diagnosis) *diagnosis.Diagnosis {
	if failed != nil || op == nil || m.method == "" || op.Wire.Route == nil || slices.Contains(op.Wire.Route.Methods, m.method) {
		return failed
	}
	return diagnosis.New("wrong-method", "method", m.method, "allowed", strings.Join(op.Wire.Route.Methods, ", "))
}

// byNames finds the one operation that declares most of the names, and at least half of them.
func (e *Explainer) byNames(names []string) *operation {
	if len(names) == 0 {
		return nil
	}
	var best *operation
	most, tied := 0, false
	for _, op := range e.operations {
		n := 0
		for _, name := range names {
			if op.declares(name) {
				n++
			}
		}
		switch {
		case n > most:
			best, most, tied = op, n, false
		case n == most:
			tied = true
		}
	}
	if best == nil || tied || 2*most < len(names) {
		return nil
	}
	return best
}

// declares says whether a request of the operation may hold the name, as a parameter or at the first level of its body.
func (op *operation) declares(name string) bool {
	if s := op.Wire.Sign; s != nil && name == s.Parameter || slices.ContainsFunc(op.locations(), func(l specs.Location) bool { return l.Name() == name }) {
		return true
	}
	for _, p := range op.parameters {
		if p.Name == name {
			return true
		}
	}
	return slices.ContainsFunc(op.bodies, func(b body) bool { return slices.Contains(b.members, name) })
}

// mostKnown bounds how many operations a sentence lists.
const mostKnown = 40

func (e *Explainer) known() []string {
	var ids []string
	for _, op := range e.operations {
		ids = append(ids, op.ID)
	}
	if n := len(ids); n > mostKnown {
		ids = append(ids[:mostKnown], fmt.Sprintf("… (%d)", n))
	}
	return ids
}
