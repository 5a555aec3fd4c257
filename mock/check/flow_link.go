package check

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/specs"
)

// links follows what the contract says a reply leads to (OpenAPI 3.1, section 4.8.20).
func (r *run) links(ctx context.Context) {
	for _, op := range r.called() {
		if !slices.ContainsFunc(op.Responses, func(one specs.Response) bool { return len(one.Links) > 0 && one.Status[0] == '2' }) {
			continue
		}
		if r.stopped(ctx) {
			r.leaveOut(op, flow, r.stoppedWhy())
			continue
		}
		if op.base == nil || !op.worked {
			r.leaveOut(op, flow, "links: no success was observed that they could begin with")
			continue
		}
		r.follow(ctx, op)
	}
}

// follow makes the call that links begin with, and then those that they lead to: what only reads first, what deletes last.
func (r *run) follow(ctx context.Context, op *operation) {
	values := op.base
	if !safe(op.Operation) {
		if list := r.creations(op, "link"); len(list) > 0 {
			values = list[0]
		}
	}
	s := r.step(ctx, op, "link", values)
	if s.x != nil && !s.v.worked && len(s.findings) == 0 {
		s = r.step(ctx, op, "link", op.base)
	}
	if s.x == nil || !s.v.worked {
		r.leaveOut(op, flow, "links: the call that they begin with did not succeed")
		return
	}
	links := slices.Clone(s.v.declared.Links)
	rank := func(l specs.Link) int {
		target := r.find(l.Operation)
		switch {
		case target == nil:
			return 9
		case safe(target.Operation):
			return 0
		case target.Method == http.MethodDelete:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(links, func(a, b specs.Link) int { return rank(a) - rank(b) })
	var read *followed
	for _, l := range links {
		if r.stopped(ctx) {
			return
		}
		read = r.link(ctx, op, s, l, read)
	}
}

// followed is a link that led to something that can be read.
type followed struct {
	op     *operation
	values map[string]any
	link   string
}

// link follows one link. What was read by an earlier one is read again after a deletion, and is gone then.
func (r *run) link(ctx context.Context, op *operation, from step, l specs.Link, read *followed) *followed {
	name := "link " + l.Name
	target := r.find(l.Operation)
	switch {
	case target == nil:
		r.leaveOut(op, flow, name+" leads to no operation of the contract")
		return read
	case target.why != "":
		r.leaveOut(op, flow, name+": "+target.why)
		return read
	}
	began := time.Now()
	values, missing := r.linked(from.x, l, target)
	if missing != "" {
		r.leaveOut(op, flow, name+": the reply has nothing for "+missing)
		return read
	}
	s := r.step(ctx, target, name, values)
	if s.lost {
		r.doneIfAny(op, name, began, s.findings)
		return read
	}
	findings := s.findings
	if !s.v.worked && (len(findings) == 0 || onlyUndeclared(findings)) {
		if absent(s.x.Reply.Status) || safe(target.Operation) {
			findings = []report.Finding{r.astray(target, s, ruleLink, "", "what the link leads to", s.x.Summary(), "the link "+l.Name+" leads to nothing: "+s.x.Summary())}
		} else {
			r.leaveOut(op, flow, name+": "+s.x.Summary())
			return read
		}
	}
	r.done(op, name, began, findings)
	if !s.v.worked {
		return read
	}
	if target.Method == http.MethodDelete && read != nil {
		began = time.Now()
		again := r.step(ctx, read.op, name, read.values)
		findings := r.absenceFindings(read.op, again, again.findings)
		if again.x != nil && again.v.worked {
			findings = append(findings, r.astray(read.op, again, ruleStays, "", "not found", statusText(again.x.Reply.Status),
				"after the link "+l.Name+" the link "+read.link+" still leads to something"))
		}
		r.done(op, "after link "+l.Name, began, findings)
	}
	if safe(target.Operation) && read == nil {
		return &followed{target, values, l.Name}
	}
	return read
}

func onlyUndeclared(findings []report.Finding) bool {
	return !slices.ContainsFunc(findings, func(f report.Finding) bool { return f.Rule != ruleStatus })
}

func (r *run) find(id string) *operation {
	i := slices.IndexFunc(r.operations, func(op *operation) bool { return op.ID == id })
	if i < 0 {
		return nil
	}
	return r.operations[i]
}

// linked are the values of the call that a link leads to; missing names a parameter for which the reply has nothing.
func (r *run) linked(x *drive.Exchange, l specs.Link, target *operation) (values map[string]any, missing string) {
	values = map[string]any{}
	for _, p := range settable(target.Operation) {
		if !p.Required {
			continue
		}
		if v, err := r.parameterValue(target, p); err == nil {
			values[p.key] = v
		}
	}
	if target.body != nil && target.Body.Required {
		if v, given := target.base[drive.Body]; given {
			values[drive.Body] = v
		}
	}
	for name, expression := range l.Parameters {
		v, ok := resolve(x, expression)
		if !ok {
			return nil, name
		}
		if in, bare, qualified := strings.Cut(name, "."); qualified && slices.Contains([]string{"path", "query", "header", "cookie"}, in) {
			name = bare
		}
		values[name] = v
	}
	if l.RequestBody != nil {
		v, ok := resolve(x, l.RequestBody)
		if !ok {
			return nil, "the body"
		}
		values[drive.Body] = v
	}
	return values, ""
}
