package check

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/report"
)

// made is a representation that was created.
type made struct {
	key  any
	sent any            // the representation as it was sent
	got  any            // as it was replied; nil when the reply holds none
	with map[string]any // the values of the call
	// replaced is what was put in its place since.
	replaced map[string]any
}

// life creates, reads, changes and deletes one representation.
func (r *run) life(ctx context.Context, k *kind) {
	if k.create == nil {
		for _, op := range []*operation{k.replace, k.patch, k.drop} {
			if op != nil {
				r.leaveOut(op, flow, "nothing creates a "+k.name+" here")
			}
		}
		return
	}
	began := time.Now()
	one, s, ok := r.create(ctx, k, "first")
	if !ok {
		if len(s.findings) > 0 {
			r.done(k.create, "is created", began, s.findings)
			return
		}
		why := "no " + k.name + " could be created"
		if s.x != nil {
			why += ": " + s.x.Summary()
		}
		for _, op := range k.all {
			r.leaveOut(op, flow, why)
		}
		return
	}
	r.done(k.create, "is created", began, append(s.findings, r.located(k, one, s)...))
	r.readBack(ctx, k, one, k.read, "created can be read")
	r.listed(ctx, k, one)
	r.filtered(ctx, k, one)
	r.another(ctx, k, one)
	r.unknownKey(ctx, k, one)
	r.readOnly(ctx, k)
	r.borders(ctx, k)
	r.replaced(ctx, k, one)
	r.patched(ctx, k, one)
	r.replacedByLess(ctx, k, one)
	r.deleted(ctx, k, one)
}

// create makes a representation of values that no other check has sent; where the server refuses those, of the ones that
// have worked.
func (r *run) create(ctx context.Context, k *kind, salt string) (*made, step, bool) {
	op := k.create
	var last step
	for _, values := range r.creations(op, salt) {
		last = r.step(ctx, op, "is created", values)
		if last.lost || !last.v.worked {
			continue
		}
		body := values[drive.Body]
		one := &made{sent: sentIn(op, body), with: values}
		one.got, _ = at(last.x.Reply.Value, op.Resource.Body)
		if one.key = r.keyOf(op, one, last.x); one.key == nil {
			r.leaveOut(op, flow, "the reply to a creation does not say the key")
			return nil, last, false
		}
		return one, last, true
	}
	return nil, last, false
}

// sentIn is the representation in the body of a request: what is wrapped in the reply may stand bare there.
func sentIn(op *operation, body any) any {
	if v, ok := at(body, op.Resource.Sends()); ok || op.Resource.Request != nil {
		return v
	}
	return body
}

func (r *run) creations(op *operation, salt string) []map[string]any {
	var list []map[string]any
	base := op.base
	if base == nil {
		base = map[string]any{}
	}
	if op.body != nil && op.body.Schema != "" {
		for _, optional := range []generate.Optional{generate.Believable, generate.None} {
			o := requestOptions(optional)
			o.Dynamic = true // or every one would be the contract's example
			if v, err := r.values.Value(op.body.Schema, r.source(op, "flow", salt), o); err == nil {
				if v, err = r.opened(op, v); err == nil {
					belong(op, base, v)
					list = append(list, with(base, drive.Body, v))
				}
			}
		}
	}
	if op.base != nil {
		list = append(list, op.base)
	}
	return list
}

// belong gives a representation the parents that its path names.
func belong(op *operation, values map[string]any, body any) {
	if op.Resource == nil {
		return
	}
	for name, member := range op.Resource.Parents {
		if into, last := parent(sentIn(op, body), member); member != "" && into != nil {
			if _, there := into[last]; there {
				into[last] = values[name]
			}
		}
	}
}

// keyOf finds the key of what was created: in the reply, at the end of its Location, or in what was sent.
func (r *run) keyOf(op *operation, one *made, x *drive.Exchange) any {
	if v, ok := at(one.got, op.Resource.Key); ok && v != nil && isScalar(v) {
		return v
	}
	if location := x.Reply.Header.Get("Location"); location != "" {
		if u, err := url.Parse(location); err == nil {
			if key := strings.TrimSuffix(u.Path, "/"); key != "" {
				return key[strings.LastIndexByte(key, '/')+1:]
			}
		}
	}
	if v, ok := at(one.sent, op.Resource.Key); ok && v != nil && isScalar(v) {
		return v
	}
	return nil
}

// keyed are the values of a call on one representation.
func (r *run) keyed(op *operation, one *made, key any) map[string]any {
	values := map[string]any{}
	for _, p := range settable(op.Operation) {
		if !p.Required {
			continue
		}
		if v, given := one.with[p.key]; given {
			values[p.key] = v // the parents are the same
		} else if member := op.Resource.Parents[p.Name]; member != "" {
			if v, ok := at(one.got, member); ok {
				values[p.key] = v
			} else if v, ok := at(one.sent, member); ok {
				values[p.key] = v
			}
		} else if v, given := op.base[p.key]; given {
			values[p.key] = v
		} else if v, err := r.parameterValue(op, p); err == nil {
			values[p.key] = v
		}
	}
	if !op.Resource.Keyed() {
		return values
	}
	name := op.Resource.Parameter
	if name == "" {
		name = keyParameter(op.Operation)
	}
	if strings.HasPrefix(name, "/") && op.body != nil {
		if least, err := r.bodyValue(op, generate.None); err == nil {
			values[drive.Body] = least
		}
	}
	place(values, name, key)
	return values
}

// place puts a value where x-resource says: a parameter, or with a slash at its beginning a member of the body.
func place(values map[string]any, name string, v any) {
	if !strings.HasPrefix(name, "/") {
		values[name] = v
		return
	}
	body, ok := clone(values[drive.Body]).(map[string]any)
	if !ok {
		body = map[string]any{}
	}
	if into, last := parent(body, name); into != nil {
		into[last] = v
	}
	values[drive.Body] = body
}

// readBack reads a representation and compares it with what was sent.
func (r *run) readBack(ctx context.Context, k *kind, one *made, op *operation, name string) (any, bool) {
	if op == nil {
		return nil, false
	}
	began := time.Now()
	s := r.step(ctx, op, name, r.keyed(op, one, one.key))
	if s.lost {
		r.doneIfAny(op, name, began, s.findings)
		return nil, false
	}
	findings := s.findings
	var got any
	switch {
	case len(findings) > 0:
	case !s.v.worked:
		findings = append(findings, r.astray(op, s, ruleLost, "", "the "+k.name+" that was stored", s.x.Summary(), "what was stored cannot be read: "+s.x.Summary()))
	default:
		got, _ = at(s.x.Reply.Value, op.Resource.Body)
		findings = append(findings, r.compared(op, s, one.sent, got)...)
	}
	r.done(op, name, began, findings)
	return got, got != nil
}

func (r *run) doneIfAny(op *operation, name string, began time.Time, findings []report.Finding) {
	if len(findings) > 0 {
		r.done(op, name, began, findings)
	}
}

// compared says in what a representation differs from the one that was sent.
func (r *run) compared(op *operation, s step, sent, got any) []report.Finding {
	schema, _ := r.contract.Replied(op.Operation)
	var list []report.Finding
	for _, d := range r.differences(schema, "", sent, got) {
		list = append(list, r.astray(op, s, ruleDiffers, d.pointer, d.sent, d.got, fmt.Sprintf("%s was sent as %s and is read as %s", pointerText(d.pointer), d.sent, d.got)))
	}
	return list
}
