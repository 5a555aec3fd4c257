package check

import (
	"context"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strconv"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// bases are the requests that stand for the operation as a whole: the contract's examples, the least that it asks for, and
// everything it takes.
func (r *run) bases(ctx context.Context, op *operation) ([]attempt, error) {
	required, all := map[string]any{}, map[string]any{}
	pure := true
	for _, p := range settable(op.Operation) {
		v, err := r.parameterValue(op, p)
		if err != nil {
			if p.Required {
				return nil, fmt.Errorf("the parameter %s: %w", p.Name, err)
			}
			continue
		}
		all[p.key] = v
		if p.Required {
			required[p.key] = v
			pure = pure && len(p.Examples) > 0
		}
	}
	if op.body == nil {
		list := []attempt{{name: "plain", values: required, example: pure && len(required) > 0}}
		if len(all) > len(required) {
			list = append(list, attempt{name: "everything", values: all})
		}
		return list, nil
	}
	return r.basesWithBody(ctx, op, required, all, pure)
}

func (r *run) basesWithBody(ctx context.Context, op *operation, required, all map[string]any, pure bool) ([]attempt, error) {
	var list []attempt
	valid, _ := r.values.Examples(op.body.Examples, op.body.Schema, schema.Request)
	for _, one := range valid {
		name := "example"
		if one.Name != "" {
			name += " " + one.Name
		}
		body, err := r.opened(op, one.Value)
		if err != nil {
			return nil, err
		}
		list = append(list, attempt{name: name, values: with(required, drive.Body, body), example: pure})
	}
	least, err := r.bodyValue(op, generate.None)
	if err != nil {
		return nil, err
	}
	plain := with(required, drive.Body, least)
	if !op.Body.Required {
		if request, err := r.prepare(ctx, op, trial{name: "plain", values: required}); err == nil && len(request.Problems) == 0 {
			plain = required
		}
	}
	list = append(list, attempt{name: "plain", values: plain})
	most, err := r.bodyValue(op, generate.Believable)
	if err != nil {
		return nil, err
	}
	return append(list, attempt{name: "everything", values: with(all, drive.Body, most)}), nil
}

func with(values map[string]any, name string, v any) map[string]any {
	out := maps.Clone(values)
	out[name] = v
	return out
}

// mostInformed bounds the attempts with what earlier replies gave.
const mostInformed = 6

// informed are requests with what earlier replies gave in the place of what was made.
func (r *run) informed(op *operation, first []attempt) []attempt {
	everything := first[len(first)-1]
	var names []string
	for name := range everything.values {
		if name != drive.Body {
			names = append(names, name)
		}
	}
	if body, ok := everything.values[drive.Body].(map[string]any); ok {
		for name, v := range body {
			switch v.(type) {
			case map[string]any, []any:
			default:
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	var list []attempt
	for i, record := range r.found.candidates(op.Operation, slices.Compact(names), mostInformed) {
		list = append(list, attempt{
			name: "known values " + strconv.Itoa(i+1), values: r.inform(op, first[0].values, everything.values, record), record: record,
		})
	}
	return list
}

// inform lays a record over the values of a request: over what it has, and over what it could have.
func (r *run) inform(op *operation, base, possible, record map[string]any) map[string]any {
	values := cloneValues(base)
	for name, v := range record {
		if _, known := possible[name]; known && name != drive.Body {
			values[name] = v
			continue
		}
		if body, ok := possible[drive.Body].(map[string]any); ok {
			if _, known := body[name]; known {
				into, ok := values[drive.Body].(map[string]any)
				if !ok {
					into = map[string]any{}
					values[drive.Body] = into
				}
				into[name] = v
			}
		}
	}
	return values
}

// variants are the further requests: optional parts in and out, and the borders of each part.
func (r *run) variants(op *operation) []attempt {
	base := op.base
	list := r.pairwise(op, base)
	for _, p := range settable(op.Operation) {
		if p.Schema == "" {
			continue
		}
		for _, c := range r.values.Cases(p.Schema, r.source(op, p.In, p.Name), requestOptions(generate.Believable)) {
			list = append(list, attempt{name: p.In + " " + p.Name + " " + c.Name, values: with(base, p.key, c.Value), record: op.record})
		}
	}
	if s := op.Wire.Sign; s != nil && s.MethodParameter != "" {
		for _, digest := range s.Digests {
			list = append(list, attempt{name: "query " + s.MethodParameter + " " + digest, values: with(base, s.MethodParameter, digest), record: op.record})
		}
	}
	for _, label := range accepted(op.Operation) {
		list = append(list, attempt{name: "accept " + label, values: base, record: op.record, accept: label})
	}
	if op.body == nil {
		return list
	}
	if len(op.Body.Content) > 1 {
		r.leaveOut(op, positive, fmt.Sprintf("of %d forms of the body only %s was sent", len(op.Body.Content), op.body.Type))
	}
	if !op.Body.Required {
		without := maps.Clone(base)
		delete(without, drive.Body)
		list = append(list, attempt{name: noBody, values: without, record: op.record})
	}
	return append(list, r.bodyVariants(op, base)...)
}

// accepted lists the media types of a success where there are several. Which one comes is still the server's choice
// (RFC 9110, section 12.1).
func accepted(op *specs.Operation) []string {
	for _, response := range op.Responses {
		if response.Status[0] != '2' || len(response.Content) < 2 || op.Wire.Formats != nil && op.Wire.Formats.Parameter != "" || op.Wire.Seal.SealsReplies() {
			continue
		}
		var list []string
		for _, m := range response.Content {
			list = append(list, m.Type)
		}
		return list
	}
	return nil
}

func (r *run) bodyVariants(op *operation, base map[string]any) []attempt {
	var list []attempt
	member := op.Wire.Seal.SealedMember()
	if op.body.Schema != "" {
		for _, c := range r.values.Cases(op.body.Schema, r.source(op, "body"), requestOptions(generate.None)) {
			if member != "" && (c.Pointer == "/"+specs.EscapePointer(member)) || credentialAt(op, c.Pointer) {
				continue // what is sealed has cases of its own, and credentials are the client's
			}
			body, err := r.opened(op, c.Value)
			if err != nil {
				continue
			}
			list = append(list, attempt{name: "body " + c.Name, values: with(base, drive.Body, remembered(op, body, c.Pointer)), record: op.record})
		}
	}
	if held := ""; member != "" {
		if held = r.heldSchema(op, member); held == "" {
			return list
		}
		body, ok := base[drive.Body].(map[string]any)
		if !ok {
			return list
		}
		for _, c := range r.values.Cases(held, r.source(op, "sealed"), requestOptions(generate.None)) {
			changed := clone(body).(map[string]any)
			changed[member] = c.Value
			list = append(list, attempt{name: "body /" + member + " " + c.Name, values: with(base, drive.Body, changed), record: op.record})
		}
	}
	return list
}

// remembered keeps in a made body what made an earlier request succeed, but for the place that the case is about.
func remembered(op *operation, body any, about string) any {
	record, ok := body.(map[string]any)
	before, was := op.base[drive.Body].(map[string]any)
	if !ok || !was || len(op.record) == 0 || about == "" {
		return body
	}
	for name, v := range op.record {
		if known, there := before[name]; there && textOf(known) == textOf(v) && about != "/"+specs.EscapePointer(name) {
			record[name] = v
		}
	}
	return record
}

// credentialAt says whether a place in the body holds a credential, or something of the signature.
func credentialAt(op *operation, pointer string) bool {
	if slices.Contains(signedAt(op), pointer) {
		return true
	}
	a := op.Wire.Auth
	if a == nil {
		return false
	}
	_, is := a.Fields[pointer]
	return is
}

// pairwise has optional parameters in and out so that every two of them are met in each of the four ways: all, none, and by
// each bit of their number.
func (r *run) pairwise(op *operation, base map[string]any) []attempt {
	var names []string
	values := map[string]any{}
	for _, p := range settable(op.Operation) {
		if p.Required {
			continue
		}
		if v, err := r.parameterValue(op, p); err == nil {
			names = append(names, p.key)
			values[p.key] = v
		}
	}
	var list []attempt
	add := func(name string, in func(i int) bool) {
		out := maps.Clone(base)
		for i, one := range names {
			if delete(out, one); in(i) {
				out[one] = values[one]
			}
		}
		list = append(list, attempt{name: name, values: out, record: op.record})
	}
	if len(names) < 2 {
		return nil
	}
	for bit := range bits.Len(uint(len(names) - 1)) {
		add(fmt.Sprintf("optional parameters %d", 2*bit+1), func(i int) bool { return i>>bit&1 == 1 })
		add(fmt.Sprintf("optional parameters %d", 2*bit+2), func(i int) bool { return i>>bit&1 == 0 })
	}
	return list
}
