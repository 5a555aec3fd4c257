package mock

import (
	"fmt"
	"slices"
	"strings"

	"understudy/mock/internal/match"
)

// routes finds what a path means: the operations of one path by method, or a gateway whose parameter names one.
type routes struct {
	paths match.Index[*place]
	known []string // the paths, sorted
}

// place is one path that is served.
type place struct {
	vendor  *vendor
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

func newRoutes(vendors []*vendor) (*routes, error) {
	r := &routes{}
	places := map[string]*place{}
	var order []string
	at := func(path string, v *vendor) (*place, error) {
		p := places[path]
		if p == nil {
			p = &place{vendor: v, methods: map[string]*operation{}}
			places[path] = p
			order = append(order, path)
		}
		if p.vendor != v {
			return nil, fmt.Errorf("path %s is served by %s and by %s", path, p.vendor.contract.Vendor, v.contract.Vendor)
		}
		return p, nil
	}
	for _, v := range vendors {
		for _, op := range v.operations {
			for _, prefix := range op.Prefixes {
				path := prefix + op.Path
				if op.Wire.Route != nil {
					path = prefix + op.Wire.Route.Path
				}
				p, err := at(path, v)
				if err != nil {
					return nil, err
				}
				p.add(op)
			}
		}
	}
	for _, path := range order {
		if err := r.paths.Add(path, places[path]); err != nil {
			return nil, err
		}
	}
	r.known = r.paths.Paths()
	return r, nil
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
		p.methods[m] = op
		if !slices.Contains(p.allow, m) {
			p.allow = append(p.allow, m)
			slices.Sort(p.allow)
		}
	}
}

// first is one of the operations of a place: it lends its envelope to a call with a wrong method.
func (p *place) first() *operation { return p.methods[p.allow[0]] }
