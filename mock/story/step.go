package story

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// trial is one attempt at a step.
type trial struct {
	ok      bool
	scope   arazzo.Scope
	outputs map[string]any
	// exchange is nil where a workflow was called, or no reply came.
	exchange *drive.Exchange
	// failures say why it did not succeed; breaches what its contract forbids, whatever the criteria say.
	failures, breaches []report.Finding
	// forgiven says that breaches are warnings.
	forgiven bool
	took     time.Duration
}

// breach says whether the attempt fails the check although its criteria hold.
func (t *trial) breach() bool { return len(t.breaches) > 0 && !t.forgiven }

// retryAfter is what the server asks for (RFC 9110, section 10.2.3).
func (t *trial) retryAfter(now time.Time) (time.Duration, bool) {
	if t.exchange == nil {
		return 0, false
	}
	text := t.exchange.Reply.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 24*60*60)) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

func (t *trial) fail(rule string, s *arazzo.Step, format string, args ...any) {
	t.failures = append(t.failures, report.Finding{Rule: rule, At: s.At, Message: fmt.Sprintf(format, args...)})
}

// try runs a step once. Its error is that of the context, or errEnough.
func (f *flow) try(ctx context.Context, s *arazzo.Step) (*trial, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if *f.steps++; *f.steps > f.MaxSteps {
		return nil, errEnough
	}
	t := &trial{scope: *f.scope, forgiven: f.Lenient || s.Lenient}
	began := f.Now()
	var err error
	if s.Workflow != "" {
		err = f.call(ctx, s, t)
	} else {
		err = f.send(ctx, s, t)
	}
	t.took = f.Now().Sub(began)
	if err != nil {
		return nil, err
	}
	f.judge(s, t)
	return t, nil
}

// call runs another workflow as a step.
func (f *flow) call(ctx context.Context, s *arazzo.Step, t *trial) error {
	w, _ := f.Document.Workflow(s.Workflow) // which is there: the document was checked
	passed := map[string]any{}
	for _, p := range s.Parameters {
		if p.Inherited && !w.Inputs.Has(p.Name) {
			continue // it is meant for the calls of operations
		}
		v, err := p.Value.Evaluate(&t.scope)
		if err != nil {
			t.fail("value", s, "the parameter %s: %s", p.Name, err)
			continue
		}
		passed[p.Name] = v
	}
	if t.failures != nil {
		return nil
	}
	got, err := f.workflowCalled(ctx, w, passed)
	if err != nil {
		return err
	}
	t.scope.Outputs = got.outputs
	t.scope.Workflows = f.scope.Workflows
	if !got.ok {
		why := "the workflow " + w.ID + " did not end well"
		if got.why != "" {
			why += ": " + got.why
		}
		t.fail("workflow", s, "%s", why)
	}
	return nil
}

// judge decides whether the attempt succeeded, and takes its outputs.
func (f *flow) judge(s *arazzo.Step, t *trial) {
	if t.failures == nil {
		f.criteria(s, t)
	}
	if x := t.exchange; x != nil {
		f.breaches(s, t, x)
	}
	t.ok = len(t.failures) == 0
	t.outputs = map[string]any{}
	if s.Workflow != "" {
		for name, v := range t.scope.Outputs {
			t.outputs[name] = v
		}
	}
	for _, o := range s.Outputs {
		if v, ok := t.scope.Resolve(o.Value); ok {
			t.outputs[o.Name] = v
		}
	}
}

func (f *flow) criteria(s *arazzo.Step, t *trial) {
	for _, c := range s.Criteria {
		v := c.Judge(&t.scope)
		if v.Holds {
			continue
		}
		text := "not met: " + c.String()
		var sides []string
		for _, side := range v.Sides {
			sides = append(sides, side.Text+" "+f.shown(side, t))
		}
		if sides != nil {
			text += "; " + strings.Join(sides, ", ")
		}
		if v.Why != "" {
			text += "; " + v.Why
		}
		finding := report.Finding{Rule: "criterion", At: c.At, Message: text + f.about(t)}
		t.failures = append(t.failures, finding)
	}
	if len(s.Criteria) == 0 && t.exchange != nil && t.exchange.Outcome != drive.OK {
		t.fail("outcome", s, "it was to succeed%s", f.about(t))
	}
}

// about says in a few words how the call ended.
func (f *flow) about(t *trial) string {
	x := t.exchange
	if x == nil {
		return ""
	}
	text := "; the reply: " + x.Summary()
	if x.Reply.Status == http.StatusUnauthorized && f.controls(x.Request.Operation) {
		text += "; the control listener wants its own token (--token)"
	}
	if x.Reply.Diagnosis != "" {
		text += "; diagnosis " + x.Reply.Diagnosis + " (the simulator's log and journal have the rest)"
	}
	if len(x.Request.Problems) > 0 {
		text += "; the request is not as the contract has it: " + x.Request.Problems[0].String()
	}
	return text
}

// controls says whether an operation is the control listener's.
func (f *flow) controls(op *specs.Operation) bool {
	for _, source := range f.Sources {
		if source.isControl() && source.Contract.Vendor == op.Vendor {
			return true
		}
	}
	return false
}

// breaches are what no criterion has to say: a reply that its contract does not have, and what the simulator refuses.
func (f *flow) breaches(s *arazzo.Step, t *trial, x *drive.Exchange) {
	if x.Outcome == drive.Refusal {
		t.breaches = append(t.breaches, report.Finding{
			Rule: "refusal", At: s.At, Message: "the simulator itself refuses: " + x.Reply.Refusal + f.about(t),
		})
		return
	}
	for _, p := range x.Reply.Problems {
		t.breaches = append(t.breaches, report.Finding{
			Rule: "violates-contract", In: p.In, Pointer: p.Pointer, Keyword: p.Keyword, Expected: p.Expected, Got: p.Got, Clause: p.Clause, At: p.At,
		})
	}
	if x.Outcome == drive.Unexplained && len(x.Reply.Problems) == 0 {
		t.breaches = append(t.breaches, report.Finding{Rule: "violates-contract", At: s.At, Message: x.Summary()})
	}
}

// send makes a step's call.
func (f *flow) send(ctx context.Context, s *arazzo.Step, t *trial) error {
	c, err := f.compose(s, t)
	if err != nil {
		t.fail("value", s, "%s", err)
		return nil
	}
	x, err := c.send(ctx, f.run)
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	t.scope.URL, t.scope.Method = c.url, c.operation.Method
	t.scope.Request = c.message
	if err != nil {
		return f.unsent(s, t, err)
	}
	t.exchange = x
	t.scope.Method = x.Request.Method
	t.scope.Status = x.Reply.Status
	t.scope.Response = replyOf(x)
	return nil
}

// unsent says why no reply came.
func (f *flow) unsent(s *arazzo.Step, t *trial, err error) error {
	rule := "no-reply"
	var login *drive.LoginError
	var credential *drive.CredentialError
	switch {
	case errors.As(err, &login):
		rule = "no-token"
	case errors.As(err, &credential):
		rule = "credential"
	}
	t.fail(rule, s, "%s", err)
	return nil
}

// replyOf is a reply as expressions see it.
func replyOf(x *drive.Exchange) *arazzo.Message {
	m := &arazzo.Message{Header: x.Reply.Header}
	switch {
	case x.Reply.Unread == nil:
		m.Body, m.HasBody = x.Reply.Value, true
	case len(x.Reply.Plain) > 0:
		m.Body, m.HasBody = string(x.Reply.Plain), true
	}
	return m
}

// sameName compares the names of headers without regard to case.
func sameName(in, a, b string) bool {
	if in == "header" {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// sessionGiven is the parameter by which a step names its session itself, nil where it does not.
func sessionGiven(list []*arazzo.Parameter) *arazzo.Parameter {
	i := slices.IndexFunc(list, func(p *arazzo.Parameter) bool {
		return p.In == "header" && strings.EqualFold(p.Name, headerSession)
	})
	if i < 0 {
		return nil
	}
	return list[i]
}
