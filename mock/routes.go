package mock

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"understudy/mock/internal/match"
	"understudy/specs"
)

// routes finds what a path means: the operations of one path by method, or a gateway whose parameter names one.
type routes struct {
	paths match.Index[*place]
	known []string // the paths, sorted
}

// place is one path that is served.
type place struct {
	vendor  *vendor
	path    string // its template
	methods map[string]*operation
	allow   []string
	gateway *gateway
	// operations are all that are served here, each once.
	operations []*operation
}

// gateway is a place where a parameter, not the path, names the operation.
type gateway struct {
	parameter  string
	operations map[string]*operation
	// any is one of the operations: what they share (envelope, formats, catalogue) serves a call that names none.
	any *operation
}

// newRoutes puts the paths of all vendors together. A vendor whose paths are another one's already gets a prefix, its id,
// for all of them.
func newRoutes(vendors []*vendor) (*routes, error) {
	r := &routes{}
	for _, v := range vendors {
		paths := v.paths()
		if r.taken(paths, "") {
			v.prefix = "/" + v.contract.Vendor
			if r.taken(paths, v.prefix) {
				return nil, fmt.Errorf("the paths of %s are another contract's, and so are those below %s; give it another name", v.contract.Vendor, v.prefix)
			}
		}
		if err := r.add(v, paths); err != nil {
			return nil, err
		}
	}
	r.known = r.paths.Paths()
	return r, nil
}

// served is an operation and a path that it is served at.
type served struct {
	path string
	op   *operation
}

// paths lists where a vendor's operations are served, in the order of the document.
func (v *vendor) paths() []served {
	var list []served
	for _, op := range v.operations {
		for _, prefix := range op.Prefixes {
			path := prefix + op.Path
			if op.Wire.Route != nil {
				path = prefix + op.Wire.Route.Path
			}
			list = append(list, served{path, op})
		}
	}
	return list
}

func (r *routes) taken(list []served, prefix string) bool {
	for _, one := range list {
		if _, _, ok := r.paths.At(prefix + one.path); ok {
			return true
		}
	}
	return false
}

// add puts a vendor's paths into the index. Templates that differ by the names of their parameters only are one place.
func (r *routes) add(v *vendor, list []served) error {
	for _, one := range list {
		p, _, ok := r.paths.At(v.prefix + one.path)
		if !ok {
			p = &place{vendor: v, path: v.prefix + one.path, methods: map[string]*operation{}}
			if err := r.paths.Add(v.prefix+one.path, p); err != nil {
				return err
			}
		}
		p.add(one.op)
	}
	return nil
}

func (p *place) add(op *operation) {
	p.operations = append(p.operations, op)
	methods := []string{op.Method}
	if route := op.Wire.Route; route != nil {
		methods = route.Methods
		if p.gateway == nil {
			p.gateway = &gateway{parameter: route.Parameter, operations: map[string]*operation{}, any: op}
		}
		p.gateway.operations[op.Path[strings.LastIndexByte(op.Path, '/')+1:]] = op
	}
	for _, m := range methods {
		if _, twice := p.methods[m]; twice && p.gateway == nil {
			continue // a stranger's document may have one path under two names of its parameter
		}
		p.methods[m] = op
		if !slices.Contains(p.allow, m) {
			p.allow = append(p.allow, m)
			slices.Sort(p.allow)
		}
	}
}

// find is the operation of a method. Where a document has GET and says nothing of HEAD or of wrong methods, HEAD is GET
// without a body (RFC 9110, section 9.3.2).
func (p *place) find(method string) (*operation, bool) {
	op, ok := p.methods[method]
	if !ok && method == http.MethodHead {
		if op, ok = p.methods[http.MethodGet]; ok {
			_, refused := op.of.contract.ErrorFor(op.ID, specs.MethodNotAllowed, method)
			ok = !refused && !op.of.contract.Bundled
		}
	}
	return op, ok
}

// first is one of the operations of a place: it lends its envelope to a call with a wrong method.
func (p *place) first() *operation { return p.methods[p.allow[0]] }
