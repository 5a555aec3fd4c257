package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"understudy/specs"
)

// FingerprintOf makes the fingerprint of an operation of a contract; the error says that there is no such operation.
//
// Schema covers the method and path and everything that says which parameters, bodies, statuses, headers and callbacks there
// may be; $ref is followed, so that it makes no difference whether a schema stands in its place or under components, and
// what it is called there. Wire covers x-wire as it holds for the operation, and security. Errors covers the rows of x-errors
// that the operation may answer, their messages too: those travel. Nothing that is said to readers alone changes any of them
// (description, summary, title, example, deprecated, tags, links, when, sources and every other x- key), and neither does the
// order of members, parameters, statuses, rows, or of what required, enum, type, allOf, anyOf and oneOf list.
func FingerprintOf(c *specs.Contract, operation string) (Fingerprint, error) {
	if _, known := c.Operation(operation); !known {
		return Fingerprint{}, fmt.Errorf("the contract %s has no operation %q", c.Vendor, operation)
	}
	all, err := c.Derived(fingerprintKey{}, func() (any, error) {
		h := &hasher{contract: c, sums: map[spot]sum{}, order: map[spot]int{}, low: map[spot]int{}, parts: map[spot]*fragment{}}
		all := make(map[string]Fingerprint, len(c.Operations))
		for _, op := range c.Operations {
			f, err := h.operation(op)
			if err != nil {
				return nil, fmt.Errorf("operation %s: %w", op.ID, err)
			}
			all[op.ID] = f
		}
		return all, nil
	})
	if err != nil {
		return Fingerprint{}, err
	}
	return all.(map[string]Fingerprint)[operation], nil
}

type fingerprintKey struct{}

func (h *hasher) operation(op *specs.Operation) (Fingerprint, error) {
	schema := []string{"operation", op.Method, op.Path}
	var parameters []string
	for _, p := range op.Parameters {
		parameters = append(parameters, h.at(p.Pointer, parameterKind))
	}
	slices.Sort(parameters)
	schema = append(schema, "parameters")
	schema = append(schema, parameters...)
	if op.Body != nil {
		schema = append(schema, "body", h.at(op.Body.Pointer, bodyKind))
	}
	var responses []string
	for _, r := range op.Responses {
		responses = append(responses, r.Status+" "+h.at(r.Pointer, responseKind))
	}
	slices.Sort(responses)
	schema = append(schema, "responses")
	schema = append(schema, responses...)
	if pointer := op.Pointer + "/callbacks"; len(h.contract.Names(pointer)) > 0 {
		schema = append(schema, "callbacks", h.at(pointer, callbackMapKind))
	}
	wire, err := wireSum(op)
	if err != nil {
		return Fingerprint{}, err
	}
	errors, err := errorsSum(h.contract, op.ID)
	return Fingerprint{Schema: shown(digest(schema...)), Wire: wire, Errors: errors}, err
}

// wireSum covers what x-wire says, and which credentials are asked for.
func wireSum(op *specs.Operation) (string, error) {
	wire, err := statement(op.Wire)
	if err != nil {
		return "", fmt.Errorf("x-wire: %w", err)
	}
	parts := []string{"wire", wire, "security"}
	var alternatives []string
	for _, alternative := range op.Requirements {
		var schemes []string
		for _, s := range alternative {
			s.Scopes = slices.Sorted(slices.Values(s.Scopes))
			text, err := statement(s)
			if err != nil {
				return "", err
			}
			schemes = append(schemes, text)
		}
		slices.Sort(schemes)
		alternatives = append(alternatives, digest(schemes...))
	}
	slices.Sort(alternatives)
	return shown(digest(append(parts, alternatives...)...)), nil
}

// errorsSum covers the rows that an operation may answer.
func errorsSum(c *specs.Contract, operation string) (string, error) {
	var rows []string
	for _, row := range c.Errors {
		if len(row.Operations) > 0 && !slices.Contains(row.Operations, operation) {
			continue
		}
		row.Operations, row.When, row.Source = nil, "", ""
		row.Conditions = slices.Sorted(slices.Values(row.Conditions))
		text, err := statement(row)
		if err != nil {
			return "", fmt.Errorf("x-errors %s: %w", row.ID, err)
		}
		rows = append(rows, text)
	}
	slices.Sort(rows)
	return shown(digest(append([]string{"errors"}, rows...)...)), nil
}

// statement writes what a document states in a struct: its fields under the names that they have there, without those that it
// leaves out, so that a field that a later version of the vocabulary adds changes nothing.
func statement(v any) (string, error) {
	text, err := json.Marshal(stated(reflect.ValueOf(v)))
	return string(text), err
}

func stated(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return stated(v.Elem())
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !v.Field(i).IsZero() {
				fields[cmp.Or(f.Tag.Get("yaml"), f.Name)] = stated(v.Field(i))
			}
		}
		return fields
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = stated(v.Index(i))
		}
		return list
	}
	return v.Interface()
}
