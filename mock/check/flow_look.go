package check

import (
	"context"
	"net/http"
	"slices"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/report"
	"understudy/specs"
)

// listed looks for a representation in the list of its kind.
func (r *run) listed(ctx context.Context, k *kind, one *made) {
	if k.list == nil {
		return
	}
	began := time.Now()
	const name = "created is listed"
	all, s, ok := r.everything(ctx, k, one, name)
	if s.lost || !ok && len(s.findings) == 0 {
		r.doneIfAny(k.list, name, began, s.findings)
		if s.x != nil {
			r.leaveOut(k.list, flow, name+": "+s.x.Summary())
		}
		return
	}
	findings := s.findings
	i := slices.IndexFunc(all, func(v any) bool { return sameKey(k.list.Resource, v, one.key) })
	switch {
	case len(findings) > 0:
	case i < 0:
		findings = append(findings, r.astray(k.list, s, ruleLost, k.list.Resource.Items, "the "+k.name+" that was created", "a list without it",
			"what was created is not in the list"))
	default:
		findings = r.compared(k.list, s, shared(one.sent, all[i]), all[i])
	}
	r.done(k.list, name, began, findings)
}

// shared are the members of one record that another has as well: a list may show less than all.
func shared(record, other any) any {
	a, ok := record.(map[string]any)
	b, isRecord := other.(map[string]any)
	if !ok || !isRecord {
		return record
	}
	out := map[string]any{}
	for name, v := range a {
		if _, there := b[name]; there {
			out[name] = v
		}
	}
	return out
}

func sameKey(r *specs.Resource, item, key any) bool {
	v, ok := at(item, r.Key)
	return ok && textOf(v) == textOf(key)
}

// another creates a second representation, whose key has to be another one.
func (r *run) another(ctx context.Context, k *kind, one *made) {
	began := time.Now()
	second, s, ok := r.create(ctx, k, "second")
	if !ok {
		return
	}
	var findings []report.Finding
	if textOf(second.key) == textOf(one.key) && !sentKey(k.create, one) {
		findings = append(findings, r.astray(k.create, s, ruleKeyTwice, k.create.Resource.Key, "another key", "the same one", "two creations get the same key"))
	}
	r.done(k.create, "two have two keys", began, findings)
}

func sentKey(op *operation, one *made) bool {
	_, ok := at(one.sent, op.Resource.Key)
	return ok
}

// unknownKey asks for a representation that nobody has made.
func (r *run) unknownKey(ctx context.Context, k *kind, one *made) {
	if k.read == nil {
		return
	}
	began := time.Now()
	const name = "unknown key is not found"
	key, ok := otherKey(one.key)
	if !ok {
		return
	}
	values := r.keyed(k.read, one, key)
	request, err := r.prepare(ctx, k.read, trial{name: name, values: values})
	if err != nil || len(request.Problems) > 0 {
		return
	}
	s := r.step(ctx, k.read, name, values)
	if s.lost {
		r.doneIfAny(k.read, name, began, s.findings)
		return
	}
	findings := s.findings
	if s.v.worked {
		findings = append(findings, r.astray(k.read, s, ruleInvented, "", "not found", statusText(s.x.Reply.Status), "a key that nobody has is found"))
	}
	r.done(k.read, name, began, r.absenceFindings(k.read, s, findings))
}

// absenceFindings leaves out that 404 is not declared: HTTP itself has it.
func (r *run) absenceFindings(op *operation, s step, findings []report.Finding) []report.Finding {
	if s.x == nil || s.x.Reply.Status != http.StatusNotFound && s.x.Reply.Status != http.StatusGone {
		return findings
	}
	out := slices.DeleteFunc(findings, func(f report.Finding) bool { return f.Rule == ruleStatus })
	if len(out) < len(findings) {
		r.observe(op, "status "+statusText(s.x.Reply.Status), "what is not there is answered with "+statusText(s.x.Reply.Status)+", which the contract does not have here")
	}
	return out
}

// readOnly sends what the server alone decides, and looks whether it was taken.
func (r *run) readOnly(ctx context.Context, k *kind) {
	op := k.create
	if op.body == nil || !isJSON(mediaBase(op.body.Type)) {
		return
	}
	taken, ok := r.contract.Taken(op.Operation)
	if !ok || taken == "" {
		return
	}
	for _, creation := range r.creations(op, "read-only") {
		body := clone(creation[drive.Body])
		record, isRecord := sentIn(op, body).(map[string]any)
		if !isRecord {
			return
		}
		name, v, found := r.readOnlyMember(op, taken, record)
		if !found {
			return
		}
		began := time.Now()
		const check = "read-only is not taken"
		record[name] = v
		s := r.step(ctx, op, check, with(creation, drive.Body, body))
		if s.lost {
			return
		}
		var findings []report.Finding
		if s.v.worked {
			got, _ := at(s.x.Reply.Value, op.Resource.Body)
			if back, there := at(got, "/"+specs.EscapePointer(name)); there && textOf(back) == textOf(v) {
				findings = append(findings, r.astray(op, s, ruleReadOnly, "/"+name, "a value of the server's own", "the caller's", "the server takes "+name+" from the caller, which is read-only"))
			}
		} else {
			findings = slices.DeleteFunc(s.findings, func(f report.Finding) bool { return f.Rule == ruleStatus && s.x.Reply.Status < 500 })
		}
		r.done(op, check, began, findings)
		return
	}
}

// mostBorders bounds the border cases that are created and read again.
const mostBorders = 40

// borders creates what lies at the borders of the contract and reads it again: long texts, large numbers, all that a store
// may cut off or round.
func (r *run) borders(ctx context.Context, k *kind) {
	op := k.create
	if k.read == nil || op.body == nil || op.body.Schema == "" || op.base == nil {
		return
	}
	cases := r.values.Cases(op.body.Schema, r.source(op, "body"), requestOptions(generate.None))
	done := 0
	for _, c := range cases {
		if done == mostBorders || r.stopped(ctx) {
			return
		}
		if c.Keyword == "" || credentialAt(op, c.Pointer) {
			continue
		}
		body, err := r.opened(op, c.Value)
		if err != nil {
			continue
		}
		values := with(op.base, drive.Body, body)
		name := "created can be read, " + c.Name
		began := time.Now()
		s := r.step(ctx, op, name, values)
		if s.lost || !s.v.worked {
			continue // the positive checks have told
		}
		belong(op, values, body)
		one := &made{sent: sentIn(op, body), with: values}
		one.got, _ = at(s.x.Reply.Value, op.Resource.Body)
		if one.key = r.keyOf(op, one, s.x); one.key == nil {
			return
		}
		done++
		read := r.step(ctx, k.read, name, r.keyed(k.read, one, one.key))
		if read.lost {
			return
		}
		findings := read.findings
		if read.v.worked {
			got, _ := at(read.x.Reply.Value, k.read.Resource.Body)
			findings = append(findings, r.compared(k.read, read, one.sent, got)...)
		}
		r.done(k.read, name, began, findings)
	}
}
