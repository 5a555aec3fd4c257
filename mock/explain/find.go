package explain

import (
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/match"
	"understudy/mock/internal/wire"
)

// byPath finds the operations that a message's path means: those of the contract's servers, below a session's prefix, or
// below whatever a proxy or a base URL puts before them. values are those of a path template.
func (e *Explainer) byPath(m *message) (found []*operation, values map[string]string) {
	if !m.hasPath {
		return nil, nil
	}
	var index match.Index[string]
	at := map[string][]*operation{}
	for _, op := range e.operations {
		path := op.Path
		if op.Wire.Route != nil {
			path = op.Wire.Route.Path
		}
		for _, prefix := range append([]string{""}, op.Prefixes...) {
			full := prefix + path
			if at[full] == nil {
				_ = index.Add(full, full) // two templates that mean the same: the first stands for both
			}
			at[full] = append(at[full], op)
		}
	}
	path := m.path
	if rest, ok := strings.CutPrefix(strings.Replace(path, "/%7E", "/~", 1), "/~"); ok {
		_, rest, _ = strings.Cut(rest, "/")
		path = "/" + rest
	}
	for {
		if full, values, ok := index.Find(strings.TrimSuffix(path, "/")); ok {
			return at[full], values
		}
		i := strings.IndexByte(strings.TrimPrefix(path, "/"), '/')
		if i < 0 {
			return nil, nil
		}
		path = path[i+1:]
	}
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
			if m.method == "" || m.method == op.Method {
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
	if s := op.Wire.Sign; s != nil && name == s.Parameter {
		return true
	}
	for _, p := range op.parameters {
		if p.Name == name {
			return true
		}
	}
	return slices.ContainsFunc(op.bodies, func(b body) bool { return slices.Contains(b.members, name) })
}

func (e *Explainer) known() []string {
	var ids []string
	for _, op := range e.operations {
		ids = append(ids, op.ID)
	}
	return ids
}
