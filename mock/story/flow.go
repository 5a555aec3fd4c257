package story

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"understudy/scenarios/arazzo"
)

// outcome is how a workflow ended.
type outcome struct {
	ok bool
	// of is the workflow that ended: another one where the first went on to it.
	of      *arazzo.Workflow
	inputs  map[string]any
	outputs map[string]any
	// why says what kept it from ending well, where no step's check says so.
	why string
}

// flow is a workflow that is run.
type flow struct {
	*run
	workflow *arazzo.Workflow
	session  string
	scope    *arazzo.Scope
	// steps counts what was run, over all workflows that call each other; depth is how many that are.
	steps *int
	depth int
	log   *book
}

// mostCalls bounds how deep workflows call each other.
const mostCalls = 20

// errEnough ends a workflow that goes round.
var errEnough = errors.New("it goes round")

// all runs the workflows.
func (r *run) all(ctx context.Context) error {
	for i, w := range r.order {
		r.behind = i
		if err := ctx.Err(); err != nil {
			return err
		}
		log := r.book(w)
		if before := r.failedBefore(w); before != "" {
			log.fail("dependsOn "+before, "depends-on", w.At, "the workflow "+before+", on which "+w.ID+" depends, did not end well")
			r.done[w.ID] = &outcome{}
			continue
		}
		steps := 0
		got, err := r.workflow(ctx, w, r.inputs(w), r.session(w.ID), &steps, 0)
		if err != nil {
			return err
		}
		r.done[w.ID] = got
		if got.why != "" {
			log.fail("workflow", "workflow", w.At, got.why)
		}
		if got.ok && len(got.of.Outputs) > 0 {
			o := Outputs{Workflow: w.ID, Values: got.outputs}
			for _, one := range got.of.Outputs {
				o.Names = append(o.Names, one.Name)
			}
			r.outputs = append(r.outputs, o)
		}
	}
	r.behind = len(r.order)
	return nil
}

func (r *run) failedBefore(w *arazzo.Workflow) string {
	for _, id := range w.DependsOn {
		if got := r.done[id]; got == nil || !got.ok {
			return id
		}
	}
	return ""
}

// workflow runs one workflow to its end. Its error is that of the context, or errEnough within another one.
func (r *run) workflow(ctx context.Context, w *arazzo.Workflow, given map[string]any, session string, steps *int, depth int) (*outcome, error) {
	inputs, err := w.Complete(given)
	if err != nil {
		return &outcome{why: err.Error()}, nil
	}
	if depth > mostCalls {
		return &outcome{why: fmt.Sprintf("workflows call each other more than %d deep", mostCalls)}, nil
	}
	f := &flow{
		run: r, workflow: w, session: session, steps: steps, depth: depth, log: r.book(w),
		scope: &arazzo.Scope{Document: r.Document, Inputs: inputs, Steps: map[string]map[string]any{}, Workflows: map[string]arazzo.Values{}},
	}
	for id, before := range r.done {
		f.scope.Workflows[id] = arazzo.Values{Inputs: before.inputs, Outputs: before.outputs}
	}
	got, err := f.walk(ctx)
	got.inputs = inputs
	if depth == 0 && !got.ok {
		f.log.unreached(w)
	}
	return got, err
}

// walk goes from step to step.
func (f *flow) walk(ctx context.Context) (*outcome, error) {
	for i := 0; i < len(f.workflow.Steps); {
		next, ended, err := f.visit(ctx, f.workflow.Steps[i])
		if errors.Is(err, errEnough) && f.depth == 0 {
			return &outcome{why: fmt.Sprintf("more than %d steps were run, the last one %s: a goto, retry or call goes round", f.MaxSteps, f.workflow.Steps[i].ID)}, nil
		}
		if err != nil || ended != nil {
			if ended == nil {
				ended = &outcome{}
			}
			return ended, err
		}
		if next == "" {
			i++
			continue
		}
		i = slices.IndexFunc(f.workflow.Steps, func(s *arazzo.Step) bool { return s.ID == next })
	}
	return f.end(), nil
}

// end gives the outputs of a workflow that ended well.
func (f *flow) end() *outcome {
	o := &outcome{ok: true, of: f.workflow, outputs: map[string]any{}}
	scope := *f.scope
	scope.Status, scope.URL, scope.Method, scope.Request, scope.Response = 0, "", "", nil, nil
	for _, one := range f.workflow.Outputs {
		if v, ok := scope.Resolve(one.Value); ok {
			o.outputs[one.Name] = v
		}
	}
	return o
}

// visit runs a step until it succeeds or nothing is left to try, and says which step is next: "" for the one behind it. The
// workflow has ended where an outcome is given.
func (f *flow) visit(ctx context.Context, s *arazzo.Step) (next string, ended *outcome, err error) {
	tries := map[*arazzo.Action]int{}
	for {
		t, err := f.try(ctx, s)
		if err != nil {
			return "", nil, err
		}
		if t.ok {
			f.scope.Steps[s.ID] = t.outputs
			f.log.pass(s, t)
			f.tell(s, t.breach())
			return f.follow(ctx, first(s.OnSuccess, &t.scope, nil))
		}
		a := first(s.OnFailure, &t.scope, tries)
		if a == nil || a.Type == arazzo.End {
			f.log.failed(s, t)
			f.tell(s, true)
			return "", &outcome{}, nil
		}
		f.log.handled(s, t, a)
		if a.Type == arazzo.GoTo {
			f.tell(s, false)
			f.scope.Steps[s.ID] = t.outputs
			return f.follow(ctx, a)
		}
		tries[a]++
		if err := f.prepare(ctx, a, t); err != nil {
			return "", nil, err
		}
	}
}

// first is the first action whose criteria hold; a retry that is used up is passed by.
func first(list []*arazzo.Action, scope *arazzo.Scope, tries map[*arazzo.Action]int) *arazzo.Action {
	for _, a := range list {
		if a.Type == arazzo.Retry && tries[a] >= a.RetryLimit {
			continue
		}
		if !slices.ContainsFunc(a.Criteria, func(c *arazzo.Criterion) bool { return !c.Judge(scope).Holds }) {
			return a
		}
	}
	return nil
}

// follow does what an action says, nil being none.
func (f *flow) follow(ctx context.Context, a *arazzo.Action) (next string, ended *outcome, err error) {
	switch {
	case a == nil:
		return "", nil, nil
	case a.Type == arazzo.End:
		return "", f.end(), nil
	case a.Step != "":
		return a.Step, nil, nil
	}
	w, _ := f.Document.Workflow(a.Workflow) // which is there: the document was checked
	got, err := f.workflowCalled(ctx, w, nil)
	return "", got, err
}

// workflowCalled runs another workflow within this one's session.
func (f *flow) workflowCalled(ctx context.Context, w *arazzo.Workflow, passed map[string]any) (*outcome, error) {
	given := f.run.inputs(w)
	if w.Inputs != nil {
		for _, name := range w.Inputs.Names { // what both know goes on
			if v, ok := f.scope.Inputs[name]; ok {
				given[name] = v
			}
		}
	}
	if session, ok := f.scope.Inputs[sessionInput]; w.Inputs.Has(sessionInput) && ok {
		given[sessionInput] = session
	} else if w.Inputs.Has(sessionInput) && f.session != "" {
		given[sessionInput] = f.session
	}
	maps.Copy(given, passed)
	got, err := f.run.workflow(ctx, w, given, f.session, f.steps, f.depth+1)
	if err == nil {
		f.scope.Workflows[w.ID] = arazzo.Values{Inputs: got.inputs, Outputs: got.outputs}
	}
	return got, err
}

// mostWait bounds what a server may ask for by Retry-After.
const mostWait = time.Hour

// prepare does what stands before a retry: another step or workflow, and the wait.
func (f *flow) prepare(ctx context.Context, a *arazzo.Action, t *trial) error {
	switch {
	case a.Step != "":
		s, _ := f.workflow.Step(a.Step)
		got, err := f.try(ctx, s)
		if err != nil {
			return err
		}
		if got.ok {
			f.scope.Steps[s.ID] = got.outputs
			f.log.pass(s, got)
		} else {
			f.log.handled(s, got, a)
		}
	case a.Workflow != "":
		w, _ := f.Document.Workflow(a.Workflow)
		if _, err := f.workflowCalled(ctx, w, nil); err != nil {
			return err
		}
	}
	wait := a.RetryAfter
	if asked, ok := t.retryAfter(f.Now()); ok {
		wait = min(asked, mostWait)
	}
	if wait <= 0 {
		return ctx.Err()
	}
	return f.Sleep(ctx, wait)
}

// tell reports progress.
func (f *flow) tell(s *arazzo.Step, failed bool) {
	if f.Progress != nil {
		f.Progress(Progress{
			Workflow: f.workflow.ID, Step: s.ID, Failed: failed, Done: f.behind, Total: len(f.order), Requests: f.report.Requests,
		})
	}
}
