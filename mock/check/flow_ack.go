package check

import (
	"context"
	"slices"
	"time"

	"understudy/mock/report"
)

// acknowledged tells the vendor that something was received, which its list then has no more.
func (r *run) acknowledged(ctx context.Context, k *kind) {
	op := k.acknowledge
	if k.list == nil {
		r.leaveOut(op, flow, "nothing lists a "+k.name+" here")
		return
	}
	const name = "acknowledged does not return"
	began := time.Now()
	before, s, ok := r.everything(ctx, k, nil, name)
	i := slices.IndexFunc(before, func(item any) bool { v, has := at(item, k.list.Resource.Key); return has && v != nil })
	if !ok || i < 0 {
		if len(s.findings) > 0 {
			r.done(k.list, name, began, s.findings)
			return
		}
		r.leaveOut(op, flow, "there was no "+k.name+" to acknowledge")
		return
	}
	key, _ := at(before[i], k.list.Resource.Key)
	one := &made{key: key, got: before[i], sent: before[i]}
	told := r.step(ctx, op, name, r.keyed(op, one, key))
	switch {
	case told.lost || len(told.findings) > 0:
		r.doneIfAny(op, name, began, told.findings)
		return
	case !told.v.worked:
		r.done(op, name, began, []report.Finding{r.astray(op, told, ruleLost, "", "the "+k.name+" that was listed", told.x.Summary(),
			"what was listed cannot be acknowledged: "+told.x.Summary())})
		return
	}
	after, s, ok := r.everything(ctx, k, nil, name)
	findings := s.findings
	if ok && slices.ContainsFunc(after, func(item any) bool { return sameKey(k.list.Resource, item, key) }) {
		findings = append(findings, r.astray(k.list, s, ruleStays, k.list.Resource.Items, "a list without it", "a list with it",
			"what was acknowledged is listed again"))
	}
	r.done(op, name, began, findings)
	if r.stopped(ctx) {
		return
	}
	began = time.Now()
	again := r.step(ctx, op, "second acknowledgement", r.keyed(op, one, key))
	if again.x != nil {
		r.done(op, "second acknowledgement", began, r.absenceFindings(op, again, again.findings))
	}
}
