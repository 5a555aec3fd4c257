package check

import (
	"context"
	"slices"
	"time"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/specs"
)

// The rules of what a flow finds.
const (
	ruleLost      = "not-found"       // what was created cannot be read, or is not listed
	ruleDiffers   = "differs"         // what is read is not what was sent
	ruleStays     = "still-there"     // what was deleted, or acknowledged, is still there
	ruleKeyTwice  = "key-twice"       // two creations get one key
	ruleInvented  = "unknown-found"   // a key that nobody has is found
	ruleReadOnly  = "read-only-taken" // what the server alone decides was taken from the caller
	rulePageTwice = "page-duplicate"  // one item on two pages, or twice on one
	rulePageLost  = "page-lost"       // an item on no page
	rulePageSize  = "page-size"       // more items than were asked for
	ruleTotal     = "total"           // the number of all is not that of the items
	ruleFilter    = "filter"          // an item that was not asked for
	ruleLink      = "link-broken"     // what a link leads to is not there
	ruleLocation  = "location"        // the Location of a creation names something else
	ruleToken     = "token-refused"   // a token that was issued does not work
)

// kind are the operations on representations of one kind; those that are not called are nil.
type kind struct {
	name                                     string
	create, read, list, replace, patch, drop *operation
	acknowledge                              *operation
	all                                      []*operation
}

// flows follows representations, links and tokens through several operations.
func (r *run) flows(ctx context.Context) {
	kinds := r.kinds()
	r.stored = kinds
	r.doing = Progress{Total: len(kinds)}
	for i, k := range kinds {
		r.doing.Done = i
		if r.stopped(ctx) {
			for _, op := range k.all {
				r.leaveOut(op, flow, r.stoppedWhy())
			}
			continue
		}
		r.life(ctx, k)
		if k.acknowledge != nil && !r.stopped(ctx) {
			r.acknowledged(ctx, k)
		}
		if k.list != nil && !r.stopped(ctx) {
			r.pages(ctx, k)
		}
	}
	r.links(ctx)
	r.issuedTokens(ctx)
}

// kinds groups the operations with x-resource, in the order of the contract.
func (r *run) kinds() []*kind {
	var list []*kind
	for _, op := range r.operations {
		if op.Resource == nil {
			continue
		}
		i := slices.IndexFunc(list, func(k *kind) bool { return k.name == op.Resource.Kind })
		if i < 0 {
			list = append(list, &kind{name: op.Resource.Kind})
			i = len(list) - 1
		}
		k := list[i]
		k.all = append(k.all, op)
		if op.why != "" {
			r.leaveOut(op, flow, op.why)
			continue
		}
		for verb, place := range map[string]**operation{
			specs.VerbCreate: &k.create, specs.VerbRead: &k.read, specs.VerbList: &k.list, specs.VerbReplace: &k.replace, specs.VerbPatch: &k.patch,
			specs.VerbDelete: &k.drop, specs.VerbAcknowledge: &k.acknowledge,
		} {
			if op.Resource.Verb == verb && *place == nil {
				*place = op
			}
		}
	}
	return list
}

// step is one call within a flow.
type step struct {
	x *drive.Exchange
	v reply
	// findings are what the reply alone breaks.
	findings []report.Finding
	// lost says that no reply came, or that no request could be made.
	lost bool
}

// step makes one call; name is that of the check it belongs to.
func (r *run) step(ctx context.Context, op *operation, name string, values map[string]any) step {
	request, err := r.prepare(ctx, op, trial{name: name, values: values})
	if err != nil {
		r.unprepared(ctx, op, flow, name, err)
		return step{lost: true}
	}
	x, findings, err := r.send(ctx, op, request)
	if err != nil || x == nil {
		return step{lost: true, findings: findings}
	}
	if r.wantsCredential(op, x) {
		r.leaveOut(op, flow, r.wanted(op))
		return step{lost: true}
	}
	s := step{x: x, v: r.judge(op, x, true)}
	s.findings = r.shown(op, x, s.v.findings)
	if s.v.worked {
		r.learn(op, attempt{values: values}, x, s.v)
	}
	return s
}

// done enters a check of a flow.
func (r *run) done(op *operation, name string, began time.Time, findings []report.Finding) {
	r.record(op, flow, name, time.Since(began), findings)
}

// astray is a finding about what a step answered.
func (r *run) astray(op *operation, s step, rule, pointer, expected, got, message string) report.Finding {
	f := report.Finding{
		Rule: rule, In: "reply", Pointer: pointer, Expected: expected, Got: got, Clause: op.Source, At: r.contract.Position(op.Pointer), Message: message,
	}
	if s.x == nil {
		return f
	}
	return r.shown(op, s.x, []report.Finding{f})[0]
}
