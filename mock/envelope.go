package mock

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// enveloped lays the constants of the contract's envelope over a sampled success, and the number of the request. All else
// stays as it was sampled.
func (s *Server) enveloped(x *exchange, b *body, v any) (any, error) {
	if b.envelope == nil {
		return v, nil
	}
	v = lay(b.envelope, v, func() string { return s.requestID(x) })
	if b.schema == nil {
		return v, nil
	}
	if violations := b.schema.Validate(v); violations != nil {
		return nil, &brokenReply{x.op.ID, fmt.Errorf("x-wire.envelope.success says otherwise than the schema: %w", violated(violations))}
	}
	return v, nil
}

// frame is what stands around every success in a body, compiled when the first one is written.
type frame struct {
	once sync.Once
	of   *schema.Frame
}

// compiled is nil where each success has to be converted as a whole.
func (f *frame) compiled(op *compiled, b *body) *schema.Frame {
	if f == nil || !isJSON(b.base) {
		return nil
	}
	f.once.Do(func() {
		var template any = schema.Result
		if e := op.Wire.Envelope; e != nil && e.Success != nil {
			template = op.template(e.Success)
		}
		f.of = b.schema.Frame(template)
	})
	return f.of
}

// template is an envelope of successes with all in it that is always the same.
func (op *compiled) template(v any) any {
	switch t := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for name, inner := range t {
			filled := op.template(inner)
			if place, ok := inner.(string); ok && strings.HasPrefix(place, "$") && filled == nil {
				continue
			}
			out[name] = filled
		}
		return out
	case string:
		switch slot := schema.Slot(t); {
		case slot == schema.Result || slot == schema.Now || slot == schema.RequestID:
			return slot
		case strings.HasPrefix(t, "$"):
			return op.standing(t)
		}
	}
	return v
}

// fitted writes the scalars of a value as a body's schema has them in their places: a code may be a text in the envelope and
// a number here. What the schema has no place for stays, and what stands for something else, such as $result.
func (op *compiled) fitted(b *body, at string, v any) any {
	switch t := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for name, item := range t {
			out[name] = op.fitted(b, at+"/"+specs.EscapePointer(name), item)
		}
		return out
	case string:
		if strings.HasPrefix(t, "$") {
			return v
		}
	case int:
		v = json.Number(strconv.Itoa(t))
	case float64:
		v = json.Number(strconv.FormatFloat(t, 'f', -1, 64))
	}
	member, ok := op.of.contract.Member(b.Schema, at)
	if !ok || member == "" {
		return v
	}
	of, err := op.of.set.CompileView(member, schema.Response)
	if err != nil {
		return v
	}
	if converted, err := of.Convert(v); err == nil && of.Validate(converted) == nil {
		return converted
	}
	return v
}

// lay puts the constants of a template over a value. A value of another kind than its template stays: the schema judges it.
func lay(template, v any, requestID func() string) any {
	switch t := template.(type) {
	case map[string]any:
		members, ok := v.(map[string]any)
		if !ok && v != nil {
			return v
		}
		out := make(map[string]any, len(members)+len(t))
		maps.Copy(out, members)
		for name, inner := range t {
			if laid := lay(inner, members[name], requestID); laid != nil || inner == nil {
				out[name] = laid
			}
		}
		return out
	case string:
		if _, isText := v.(string); t == "$requestId" && (isText || v == nil) {
			return requestID()
		}
		if strings.HasPrefix(t, "$") {
			return v
		}
	}
	return template
}

// isFailure says whether a value has another code than the contract's successes have: where errors hide in HTTP 200, a
// document has examples of both under one status.
func (op *compiled) isFailure(v any) bool {
	e := op.Wire.Envelope
	return e != nil && otherCode(e.Success, e.Error, v)
}

// otherCode compares what stands where errors have their code.
func otherCode(success, failure, v any) bool {
	if t, ok := success.(map[string]any); ok {
		below, _ := failure.(map[string]any)
		members, _ := v.(map[string]any)
		for name, inner := range t {
			if item, there := members[name]; there && otherCode(inner, below[name], item) {
				return true
			}
		}
		return false
	}
	if text, ok := success.(string); ok && strings.HasPrefix(text, "$") || success == nil {
		return false
	}
	return failure == "$code" && fmt.Sprint(success) != fmt.Sprint(v)
}
