package check

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/report"
	"understudy/specs"
)

// mistake is a request that breaks one rule of the contract.
type mistake struct {
	trial
	// what says which rule is broken, as the end of "the request …".
	what string
	// in, pointer and keyword are the rule's place.
	in, pointer, keyword string
	// conditions are the reasons that the catalogue may name for it, the likeliest first; about is their subject. None means
	// that any refusal will do.
	conditions []specs.Condition
	about      string
	// open says why the server may take it all the same; "" means that it may not.
	open string
	// moot says why nothing can be told when the server takes it; "" where that is a finding.
	moot string
	// broken confirms that what is sent breaks the rule; nil means it surely does.
	broken func(*drive.Request) bool
	// rule is the place in the contract that states it.
	rule string
}

// negatives checks that an operation refuses what the contract forbids, one rule at a time.
func (r *run) negatives(ctx context.Context, op *operation) {
	if op.locked {
		r.leaveOut(op, negative, r.wanted(op)) // it refuses everything, and a mistake for no reason of its own
		return
	}
	if op.base == nil {
		first, err := r.bases(ctx, op)
		if err != nil {
			r.leaveOut(op, negative, "no request could be made: "+err.Error())
			return
		}
		op.base = first[0].values
	}
	r.revive(ctx, op)
	base, err := r.prepare(ctx, op, trial{name: "base", values: op.base})
	if err != nil {
		r.unprepared(ctx, op, negative, "the request to break", err)
		return
	}
	full, values := r.fullest(ctx, op, base)
	rules := append(r.parameterMistakes(op), r.bodyMistakes(op, full, values)...)
	list := slices.Concat(r.tokenMistakes(op, base), r.credentialMistakes(op, base), r.signatureMistakes(op, base), r.sealMistakes(op, base), r.methodMistakes(op, base))
	// A large body has more rules than anybody can wait for; who may call at all is asked in any case.
	if most := max(mostCases-len(list), mostCases/2); len(rules) > most {
		r.leaveOut(op, negative, fmt.Sprintf("%d of %d mistakes", len(rules)-most, len(rules)+len(list)))
		rules = rules[:most]
	}
	list = append(rules, list...)
	if len(list) == 0 {
		r.leaveOut(op, negative, "the contract states no rule that a request could break")
	}
	for _, m := range list {
		if !r.negative(ctx, op, m) {
			return
		}
	}
}

// revive has the base name a representation that is there, where one can be made: of what is gone a server may say so before
// it looks at anything else, and nobody would know whether it looks.
func (r *run) revive(ctx context.Context, op *operation) {
	if op.Resource == nil || !op.Resource.Keyed() {
		return
	}
	i := slices.IndexFunc(r.stored, func(k *kind) bool { return k.name == op.Resource.Kind })
	if i < 0 || r.stored[i].create == nil {
		return
	}
	one, _, ok := r.create(ctx, r.stored[i], "negative "+op.ID)
	if !ok {
		return
	}
	values := cloneValues(op.base)
	for name, v := range r.keyed(op, one, one.key) {
		if name != drive.Body {
			values[name] = v
		}
	}
	place(values, cmp.Or(op.Resource.Parameter, keyParameter(op.Operation)), one.key)
	op.base = values
}

// fullest is the base with everything that its body may have, so that each of its rules can be broken.
func (r *run) fullest(ctx context.Context, op *operation, base *drive.Request) (*drive.Request, map[string]any) {
	if op.body == nil {
		return base, op.base
	}
	body, err := r.bodyFrom(op, r.shape(op), generate.All)
	if err != nil {
		return base, op.base
	}
	values := with(op.base, drive.Body, body)
	full, err := r.prepare(ctx, op, trial{name: "base", values: values})
	if err != nil || len(full.Problems) > 0 {
		return base, op.base
	}
	return full, values
}

// negative makes one mistake and judges the answer; false when no further one can be made.
func (r *run) negative(ctx context.Context, op *operation, m mistake) bool {
	began := time.Now()
	request, err := r.prepare(ctx, op, m.trial)
	if err != nil {
		return !r.unprepared(ctx, op, negative, m.name, err)
	}
	if m.broken != nil && !m.broken(request) || otherPath(request) {
		return true // on the wire it is no mistake
	}
	x, findings, err := r.send(ctx, op, request)
	if err != nil {
		return false
	}
	if x != nil && m.moot != "" && x.Reply.Status < 300 && x.Error == nil {
		r.leaveOut(op, negative, m.name+": "+m.moot)
		return true
	}
	if x != nil {
		findings = append(findings, r.refused(op, m, x)...)
	}
	if len(findings) > 0 {
		findings = r.reducedMistake(ctx, op, m, x, findings)
	}
	r.record(op, negative, m.name, time.Since(began), findings)
	return true
}

// refused judges the answer to a mistake: it is a refusal, in the form that the contract has for it.
func (r *run) refused(op *operation, m mistake, x *drive.Exchange) []report.Finding {
	v := r.judge(op, x, false)
	if m.in == "method" && x.Reply.Status >= 400 && len(r.contract.Errors) == 0 {
		// No operation declares the answer: only what no answer may be counts. 501 is one (RFC 9110, section 15.6.2).
		return slices.DeleteFunc(v.findings, func(f report.Finding) bool {
			return !slices.Contains([]string{ruleServer, ruleTrace, rulePage, ruleEchoed, ruleRefusal}, f.Rule) ||
				f.Rule == ruleServer && x.Reply.Status == http.StatusNotImplemented
		})
	}
	// The wrong value comes back.
	echoed := x.Reply.Status < 300 && m.in == "body" && m.pointer != "" &&
		slices.ContainsFunc(v.findings, func(f report.Finding) bool {
			return f.In == "reply" && f.Pointer == m.pointer && f.Keyword == m.keyword
		})
	taken := v.worked || x.Outcome == drive.OK || echoed || x.Reply.Status < 300 && len(v.findings) == 0 && !v.refused
	if taken {
		if m.open != "" {
			r.observe(op, "takes "+m.name, "the server takes a request that "+m.what+"; "+m.open)
			return v.findings
		}
		if len(v.findings) > 0 && !v.worked && !echoed {
			return v.findings
		}
		accepted := r.mistaken(op, m, ruleAccepted, "a refusal", "a success ("+statusText(x.Reply.Status)+")", "the server takes a request that "+m.what)
		return append([]report.Finding{accepted}, v.findings...)
	}
	if len(v.findings) > 0 {
		return v.findings
	}
	if x.Reply.Status >= 300 && x.Reply.Status < 400 {
		return []report.Finding{r.mistaken(op, m, ruleAccepted, "a refusal", "a redirection ("+statusText(x.Reply.Status)+")",
			"the server sends a request elsewhere that "+m.what)}
	}
	if v.declared == nil {
		r.observe(op, "status "+statusText(x.Reply.Status), "the server refuses with "+statusText(x.Reply.Status)+", which the contract does not have here")
	}
	return r.rightCode(op, m, x)
}

// rightCode asks for the row that the catalogue has for a mistake.
func (r *run) rightCode(op *operation, m mistake, x *drive.Exchange) []report.Finding {
	var right []*specs.ErrorRow
	for _, condition := range m.conditions {
		if row, ok := r.contract.ErrorFor(op.ID, condition, m.about); ok && !slices.Contains(right, row) {
			right = append(right, row)
		}
		// A row without the subject is as good: the server may not tell them apart.
		if row, ok := r.contract.ErrorFor(op.ID, condition, ""); ok && !slices.Contains(right, row) && m.about == "" {
			right = append(right, row)
		}
	}
	if len(right) == 0 || x.Error == nil && x.Reply.Status == http.StatusUnsupportedMediaType && m.conditionless(r.contract, op.ID) {
		return nil
	}
	if x.Error != nil && slices.ContainsFunc(right, func(row *specs.ErrorRow) bool { return sameOnWire(row, x.Error) }) {
		return nil
	}
	var want []string
	for _, row := range right {
		if one := row.Code + " (" + row.ID + ")"; !slices.Contains(want, one) {
			want = append(want, one)
		}
	}
	got := statusText(x.Reply.Status)
	if x.Error != nil {
		got = x.Error.Code + " (" + x.Error.ID + ")"
	}
	finding := r.mistaken(op, m, ruleWrongCode, strings.Join(want, " or "), got,
		fmt.Sprintf("a request that %s is refused with %s; the catalogue has %s for it", m.what, got, strings.Join(want, " or ")))
	finding.Clause = right[0].Source
	return []report.Finding{finding}
}

// conditionless says that a mistake is about the media type, and the catalogue has no row for that: HTTP has an answer of its
// own then.
func (m *mistake) conditionless(c *specs.Contract, operation string) bool {
	_, ok := c.ErrorFor(operation, specs.UnsupportedMediaType, m.about)
	return !ok && slices.Contains(m.conditions, specs.UnsupportedMediaType)
}

// sameOnWire says whether two rows cannot be told apart by a caller.
func sameOnWire(a, b *specs.ErrorRow) bool {
	return a == b || a.Code == b.Code && a.SubCode == b.SubCode && statusOf(a) == statusOf(b)
}

func (r *run) mistaken(op *operation, m mistake, rule, expected, got, message string) report.Finding {
	at, clause := r.contract.Position(op.Pointer), op.Source
	if m.rule != "" {
		at = r.contract.Position(m.rule)
		if source := r.contract.Source(m.rule); source != "" && source != r.contract.Source("") {
			clause = source
		}
	}
	return report.Finding{
		Rule: rule, In: m.in, Pointer: m.pointer, Keyword: m.keyword, Expected: expected, Got: got, Clause: clause, At: at, Message: message,
	}
}
