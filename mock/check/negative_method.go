package check

import (
	"net/http"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/specs"
)

// methodMistakes use a method that the path does not have, and a name that the gateway does not know.
func (r *run) methodMistakes(op *operation, base *drive.Request) []mistake {
	known := r.methodsOf(op.Operation)
	var list []mistake
	if route := op.Wire.Route; route != nil {
		list = append(list, mistake{
			trial: trial{name: "unknown " + route.Parameter, values: with(op.base, route.Parameter, "understudy.no.such.operation")},
			what:  "names an operation that the contract does not have", in: "query", pointer: route.Parameter, keyword: "route", rule: op.Pointer,
			conditions: []specs.Condition{specs.UnknownOperation, specs.InvalidParameter}, about: route.Parameter,
		})
	}
	for _, method := range []string{http.MethodDelete, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodGet} {
		if slices.Contains(known, method) || method == http.MethodGet && slices.Contains(known, http.MethodHead) {
			continue
		}
		if !r.config.Unsafe && method != http.MethodGet {
			r.leaveOut(op, negative, "wrong method: any but GET may change something at the server")
			continue
		}
		list = append(list, mistake{
			trial: trial{name: "method " + method, values: op.base, alter: func(request *drive.Request) {
				request.Method = method
				if method == http.MethodGet {
					request.Body = nil
					request.Header.Del("Content-Type")
				}
			}},
			what: "uses the method " + method, in: "method", pointer: method, keyword: "method", rule: op.Pointer,
			conditions: []specs.Condition{specs.MethodNotAllowed},
		})
		break
	}
	return list
}

// methodsOf lists the methods of an operation's path.
func (r *run) methodsOf(op *specs.Operation) []string {
	if route := op.Wire.Route; route != nil {
		return route.Methods
	}
	var list []string
	for _, other := range r.contract.Operations {
		if matches(other.Path, op.Path) {
			list = append(list, other.Method)
		}
	}
	return list
}

// matches says whether two path templates may stand for the same path.
func matches(a, b string) bool {
	left, right := strings.Split(a, "/"), strings.Split(b, "/")
	if len(left) != len(right) {
		return false
	}
	for i := range left {
		if left[i] != right[i] && !strings.Contains(left[i], "{") && !strings.Contains(right[i], "{") {
			return false
		}
	}
	return true
}
