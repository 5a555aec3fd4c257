package check

import (
	"slices"
	"strings"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// bodyOf picks the form of the body to send: JSON or a form before anything else.
func bodyOf(op *specs.Operation) *specs.MediaType {
	if op.Body == nil || len(op.Body.Content) == 0 {
		return nil
	}
	for i, m := range op.Body.Content {
		if b := mediaBase(m.Type); b == formType || isJSON(b) {
			return &op.Body.Content[i]
		}
	}
	return &op.Body.Content[0]
}

const formType = "application/x-www-form-urlencoded"

// settable lists the parameters that a caller gives: without what the client fills in by itself, and what OpenAPI takes out
// of the hands of header parameters.
func settable(op *specs.Operation) []argument {
	var list []argument
	seen := map[string]bool{}
	for _, p := range op.Parameters {
		one := argument{p, p.Name}
		if seen[p.Name] {
			one.key = p.In + ":" + p.Name
		}
		if seen[p.Name] = true; !filled(op, p) {
			list = append(list, one)
		}
	}
	return list
}

// argument is a parameter and the key of its value in a call: its name, with its place where an earlier one has that name.
type argument struct {
	specs.Parameter
	key string
}

func filled(op *specs.Operation, p specs.Parameter) bool {
	if op.Resource != nil && op.Resource.Page != nil && op.Resource.Page.Cursor == p.Name {
		return true // it is what an earlier reply said, and nobody can invent it
	}
	if r := op.Wire.Route; r != nil && r.Parameter == p.Name {
		return true
	}
	if s := op.Wire.Sign; s != nil {
		for _, one := range []string{s.Parameter, s.MethodParameter, s.KeyParameter, s.TimeParameter, s.NonceParameter} {
			place, name := location(one)
			if name == p.Name && (place == p.In || place == specs.PlaceParameter && p.In == "query") {
				return true
			}
		}
	}
	for _, alternative := range alternatives(op) {
		for _, scheme := range alternative {
			if scheme.In == p.In && strings.EqualFold(scheme.Key, p.Name) {
				return true
			}
		}
	}
	return p.In == "header" && slices.ContainsFunc([]string{"Accept", "Content-Type", "Authorization"}, func(name string) bool {
		return strings.EqualFold(p.Name, name)
	})
}

// alternatives are the ways in which a call may prove itself; none where it need not.
func alternatives(op *specs.Operation) [][]specs.SecurityScheme {
	if len(op.Requirements) > 0 {
		return op.Requirements
	}
	if op.Security != nil {
		return [][]specs.SecurityScheme{{*op.Security}}
	}
	return nil
}

// request are the options for values that travel to the server.
func requestOptions(optional generate.Optional) generate.Options {
	return generate.Options{View: schema.Request, Optional: optional}
}

// value makes a value for a parameter: an example of its own, else a made one.
func (r *run) parameterValue(op *operation, p argument) (any, error) {
	if valid, _ := r.values.Examples(p.Examples, p.Schema, schema.Request); len(valid) > 0 {
		return valid[0].Value, nil
	}
	if p.Schema == "" {
		return "understudy", nil
	}
	return r.values.Value(p.Schema, r.source(op, p.In, p.Name), requestOptions(generate.Believable))
}

// bodyValue makes a body, without the credentials that the client puts in, and opened where a member is sealed.
func (r *run) bodyValue(op *operation, optional generate.Optional) (any, error) {
	return r.bodyFrom(op, r.source(op, "body"), optional)
}

func (r *run) bodyFrom(op *operation, src fake.Source, optional generate.Optional) (any, error) {
	if op.body.Schema == "" {
		if b := mediaBase(op.body.Type); !isJSON(b) && b != formType {
			return []byte("understudy"), nil
		}
		return map[string]any{}, nil
	}
	v, err := r.values.Value(op.body.Schema, src, requestOptions(optional))
	if err != nil {
		return nil, err
	}
	return r.opened(op, v)
}

// opened takes the credentials and the signature out of a made body, for the client knows the right ones, and puts a made change in the place
// of a sealed member.
func (r *run) opened(op *operation, v any) (any, error) {
	v = clone(v)
	if a := op.Wire.Auth; a != nil {
		for pointer := range a.Fields {
			remove(v, pointer)
		}
	}
	for _, pointer := range signedAt(op) {
		remove(v, pointer)
	}
	record, ok := v.(map[string]any)
	member := op.Wire.Seal.SealedMember()
	if !ok || member == "" {
		return v, nil
	}
	held := r.heldSchema(op, member)
	if held == "" {
		return v, nil
	}
	inner, err := r.values.Value(held, r.source(op, "sealed"), requestOptions(generate.Believable))
	if err != nil {
		return nil, err
	}
	record[member] = inner
	return record, nil
}

// signedAt lists where in the body the signature stands, and what belongs to it, as JSON pointers: the client fills these in.
func signedAt(op *operation) []string {
	s := op.Wire.Sign
	if s == nil || op.body == nil {
		return nil
	}
	isForm := mediaBase(op.body.Type) == formType
	var list []string
	for _, one := range []string{s.Parameter, s.KeyParameter, s.TimeParameter, s.NonceParameter, s.MethodParameter} {
		if one == "" {
			continue
		}
		switch place, name := location(one); {
		case place == specs.PlaceBody && !isForm:
			list = append(list, specs.Location(one).Pointer())
		case (place == specs.PlaceForm || place == specs.PlaceParameter) && isForm:
			list = append(list, "/"+specs.EscapePointer(name))
		}
	}
	return list
}

// heldSchema is the schema of what a sealed member opens to.
func (r *run) heldSchema(op *operation, member string) string {
	at := op.body.Schema
	for range 8 {
		raw, _ := r.contract.Value(at)
		m, ok := raw.(map[string]any)
		if !ok {
			return ""
		}
		ref, isRef := m["$ref"].(string)
		if !isRef {
			break
		}
		at = strings.TrimPrefix(ref, "#")
	}
	pointer, ok := r.contract.ContentSchema(at, member)
	if !ok {
		return ""
	}
	return pointer
}

// clone copies a JSON value.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	}
	return v
}

func cloneValues(v map[string]any) map[string]any {
	out := make(map[string]any, len(v))
	for name, item := range v {
		out[name] = clone(item)
	}
	return out
}

// remove takes the member at a pointer out of a value.
func remove(v any, pointer string) {
	into, name := parent(v, pointer)
	if into != nil {
		delete(into, name)
	}
}

// parent is the object that holds the member at a pointer, and the member's name.
func parent(v any, pointer string) (map[string]any, string) {
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	record, _ := v.(map[string]any)
	for _, step := range steps[:len(steps)-1] {
		if record == nil {
			return nil, ""
		}
		record, _ = record[specs.UnescapePointer(step)].(map[string]any)
	}
	return record, specs.UnescapePointer(steps[len(steps)-1])
}
