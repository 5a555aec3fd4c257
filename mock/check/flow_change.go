package check

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/report"
	"understudy/specs"
)

// replaced puts another representation in the place of one and reads it.
func (r *run) replaced(ctx context.Context, k *kind, one *made) {
	op := k.replace
	if op == nil || op.body == nil {
		return
	}
	began := time.Now()
	o := requestOptions(generate.Believable)
	o.Dynamic = true
	body, err := r.values.Value(op.body.Schema, r.source(op, "flow"), o)
	if err == nil {
		body, err = r.opened(op, body)
	}
	if err != nil {
		r.leaveOut(op, flow, "no request could be made: "+err.Error())
		return
	}
	r.keepIdentity(op, body, one)
	r.change(ctx, k, op, one, body, "replaced can be read", began)
	one.replaced, _ = sentIn(op, body).(map[string]any)
}

// replacedByLess puts the least in the place of what has more, and looks whether the rest is gone: that is what sets a
// replacement apart from a patch (RFC 9110, section 9.3.4).
func (r *run) replacedByLess(ctx context.Context, k *kind, one *made) {
	op := k.replace
	if op == nil || one.replaced == nil || k.read == nil || r.stopped(ctx) {
		return
	}
	before, isRecord := one.got.(map[string]any)
	less, err := r.values.Value(op.body.Schema, r.source(op, "flow", "less"), requestOptions(generate.None))
	if err == nil {
		less, err = r.opened(op, less)
	}
	least, ok := sentIn(op, less).(map[string]any)
	if err != nil || !isRecord || !ok {
		return
	}
	began := time.Now()
	const name = "replaced leaves nothing behind"
	r.keepIdentity(op, less, one)
	values := r.keyed(op, one, one.key)
	values[drive.Body] = less
	if strings.HasPrefix(op.Resource.Parameter, "/") {
		place(values, op.Resource.Parameter, one.key)
	}
	if s := r.step(ctx, op, name, values); s.lost || !s.v.worked || len(s.findings) > 0 {
		return // what is wrong with a replacement is told already
	}
	read := r.step(ctx, k.read, name, r.keyed(k.read, one, one.key))
	if read.lost || !read.v.worked {
		return
	}
	got, _ := at(read.x.Reply.Value, k.read.Resource.Body)
	after, _ := got.(map[string]any)
	findings := read.findings
	for _, member := range slices.Sorted(maps.Keys(one.replaced)) {
		pointer := "/" + specs.EscapePointer(member)
		v, there := after[member]
		if _, again := least[member]; again || !there || v == nil || !equal(before[member], v) || r.serverOwned(k.read, pointer) || r.usual(k.read, pointer, v) {
			continue
		}
		findings = append(findings, r.astray(k.read, read, ruleDiffers, pointer, "nothing, as in the replacement", "what was there before", "a replacement without "+member+" leaves the old one in place"))
	}
	one.got = got
	r.done(op, name, began, findings)
}

// usual says whether a value is the one that the contract has for a member which is left out.
func (r *run) usual(op *operation, pointer string, v any) bool {
	representation, _ := r.contract.Replied(op.Operation)
	member, _ := r.contract.Member(representation, pointer)
	raw, _ := r.contract.Value(member)
	known, _ := raw.(map[string]any)
	usual, stated := known["default"]
	return stated && equal(usual, v)
}

// keepIdentity gives a changed representation the key and the parents that it has.
func (r *run) keepIdentity(op *operation, body any, one *made) {
	sent := sentIn(op, body)
	for _, member := range append(slices.Collect(maps.Values(op.Resource.Parents)), op.Resource.Key) {
		if member == "" {
			continue
		}
		into, name := parent(sent, member)
		if _, there := into[name]; !there {
			continue
		}
		if v, ok := at(one.got, member); ok {
			into[name] = v
		} else if v, ok := at(one.sent, member); ok {
			into[name] = v
		}
	}
}

// change sends a change and reads what became of it.
func (r *run) change(ctx context.Context, k *kind, op *operation, one *made, body any, name string, began time.Time) {
	values := r.keyed(op, one, one.key)
	values[drive.Body] = body
	if strings.HasPrefix(op.Resource.Parameter, "/") {
		place(values, op.Resource.Parameter, one.key)
	}
	s := r.step(ctx, op, name, values)
	if s.lost || len(s.findings) > 0 {
		r.doneIfAny(op, name, began, s.findings)
		return
	}
	if !s.v.worked {
		if s.x.Reply.Status == http.StatusNotFound {
			r.done(op, name, began, []report.Finding{r.astray(op, s, ruleLost, "", "the "+k.name+" that was stored", s.x.Summary(), "what was stored cannot be changed: "+s.x.Summary())})
			return
		}
		r.leaveOut(op, flow, name+": "+s.x.Summary())
		return
	}
	sent := sentIn(op, values[drive.Body])
	got, there := at(s.x.Reply.Value, op.Resource.Body)
	var findings []report.Finding
	if record, ok := got.(map[string]any); there && ok && len(record) > 0 {
		findings = r.compared(op, s, sent, got)
	}
	if reader := k.read; reader != nil {
		read := r.step(ctx, reader, name, r.keyed(reader, one, one.key))
		switch {
		case read.lost || len(read.findings) > 0:
			findings = append(findings, read.findings...)
		case !read.v.worked:
			findings = append(findings, r.astray(reader, read, ruleLost, "", "the "+k.name+" that was changed", read.x.Summary(), "what was changed cannot be read: "+read.x.Summary()))
		default:
			got, _ := at(read.x.Reply.Value, reader.Resource.Body)
			findings = append(findings, r.compared(reader, read, sent, got)...)
			if op.Resource.Verb == specs.VerbPatch {
				findings = append(findings, r.kept(reader, read, one, sent, got)...)
			}
			one.got = got
		}
	} else if k.list != nil {
		findings = append(findings, r.changedInList(ctx, k, one, sent, name)...)
	}
	r.done(op, name, began, findings)
}

// changedInList looks for a change where the list alone shows representations.
func (r *run) changedInList(ctx context.Context, k *kind, one *made, sent any, name string) []report.Finding {
	all, s, ok := r.everything(ctx, k, one, name)
	if !ok {
		return s.findings
	}
	for _, item := range all {
		if sameKey(k.list.Resource, item, one.key) {
			return r.compared(k.list, s, sent, item)
		}
	}
	return []report.Finding{r.astray(k.list, s, ruleLost, k.list.Resource.Items, "the "+k.name+" that was changed", "a list without it", "what was changed is not in the list")}
}

// kept says what a patch changed beside what it was to change.
func (r *run) kept(op *operation, s step, one *made, sent, got any) []report.Finding {
	before, ok := one.got.(map[string]any)
	after, isRecord := got.(map[string]any)
	patch, isPatch := sent.(map[string]any)
	if !ok || !isRecord || !isPatch {
		return nil
	}
	var list []report.Finding
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, meant := patch[name]; meant {
			continue
		}
		pointer := "/" + specs.EscapePointer(name)
		if r.serverOwned(op, pointer) {
			continue
		}
		if v, there := after[name]; !there || !equal(before[name], v) {
			list = append(list, r.astray(op, s, ruleDiffers, pointer, "what was there before", "something else", "a patch of other members changed "+name))
		}
	}
	return list
}

// serverOwned says whether a member is read-only: a time of the last change may well change.
func (r *run) serverOwned(op *operation, pointer string) bool {
	representation, _ := r.contract.Replied(op.Operation)
	member, ok := r.contract.Member(representation, pointer)
	return ok && (member == "" || r.flag(member, "readOnly"))
}

// patched changes one member and looks at all.
func (r *run) patched(ctx context.Context, k *kind, one *made) {
	op := k.patch
	if op == nil || op.body == nil || op.body.Schema == "" {
		return
	}
	began := time.Now()
	least, err := r.values.Value(op.body.Schema, r.source(op, "flow"), requestOptions(generate.None))
	o := requestOptions(generate.All)
	o.Dynamic = true
	most, failed := r.values.Value(op.body.Schema, r.source(op, "flow", "patch"), o)
	if err != nil || failed != nil {
		r.leaveOut(op, flow, "no patch could be made")
		return
	}
	r.keepIdentity(op, least, one)
	r.keepIdentity(op, most, one)
	body, ok := onePatch(op, least, most, one)
	if !ok {
		r.leaveOut(op, flow, "no patch could be made that changes one member")
		return
	}
	r.change(ctx, k, op, one, body, "patched can be read", began)
}

// onePatch takes one member that changes something into the least that a patch has to have.
func onePatch(op *operation, least, most any, one *made) (any, bool) {
	resource := op.Resource
	body := clone(least)
	record, isRecord := sentIn(op, body).(map[string]any)
	full, isFull := sentIn(op, most).(map[string]any)
	if !isRecord || !isFull {
		return nil, false
	}
	for _, name := range slices.Sorted(maps.Keys(full)) {
		pointer := "/" + specs.EscapePointer(name)
		if pointer == resource.Key || slices.Contains(slices.Collect(maps.Values(resource.Parents)), pointer) || full[name] == nil || !isScalar(full[name]) {
			continue
		}
		before, there := at(one.got, pointer)
		if !there {
			before, _ = at(one.sent, pointer)
		}
		if !equal(before, full[name]) {
			record[name] = full[name]
			return body, true
		}
	}
	return nil, false
}

// deleted deletes a representation, which is gone then.
func (r *run) deleted(ctx context.Context, k *kind, one *made) {
	op := k.drop
	if op == nil {
		return
	}
	began := time.Now()
	const name = "deleted is gone"
	s := r.step(ctx, op, name, r.keyed(op, one, one.key))
	if s.lost || len(s.findings) > 0 {
		r.doneIfAny(op, name, began, s.findings)
		return
	}
	if !s.v.worked {
		if s.x.Reply.Status == http.StatusNotFound {
			r.done(op, name, began, []report.Finding{r.astray(op, s, ruleLost, "", "the "+k.name+" that was stored", s.x.Summary(), "what was stored cannot be deleted: "+s.x.Summary())})
			return
		}
		r.leaveOut(op, flow, "it could not be deleted: "+s.x.Summary())
		return
	}
	if k.read != nil {
		read := r.step(ctx, k.read, name, r.keyed(k.read, one, one.key))
		findings := r.absenceFindings(k.read, read, read.findings)
		if read.x != nil && read.v.worked {
			findings = append(findings, r.astray(k.read, read, ruleStays, "", "not found", statusText(read.x.Reply.Status), "what was deleted can still be read"))
		}
		r.done(op, name, began, findings)
	}
	if k.list != nil && !r.stopped(ctx) {
		began = time.Now()
		all, listing, ok := r.everything(ctx, k, one, "deleted is not listed")
		findings := listing.findings
		if ok && slices.ContainsFunc(all, func(v any) bool { return sameKey(k.list.Resource, v, one.key) }) {
			findings = append(findings, r.astray(k.list, listing, ruleStays, k.list.Resource.Items, "a list without it", "a list with it", "what was deleted is still listed"))
		}
		r.done(op, "deleted is not listed", began, findings)
	}
	if r.stopped(ctx) {
		return
	}
	began = time.Now()
	again := r.step(ctx, op, "second deletion", r.keyed(op, one, one.key))
	if again.x == nil {
		return
	}
	findings := r.absenceFindings(op, again, again.findings)
	if again.v.worked && responseFor(op.Operation, http.StatusNotFound) != nil && declares(op.Operation, http.StatusNotFound) {
		r.observe(op, "second deletion", "a second deletion succeeds, though the contract has an answer for what is not there")
	}
	r.done(op, "second deletion", began, findings)
}
