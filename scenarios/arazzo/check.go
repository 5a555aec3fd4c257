package arazzo

import (
	"slices"
	"strings"

	"understudy/specs"
)

// reference is the id of a workflow or a step, and where it is named.
type reference struct {
	kind     refKind
	id       string
	at       specs.Position
	who      string
	workflow *Workflow
}

type refKind int

const (
	workflowRef refKind = iota
	stepRef
)

func (r *reader) refer(kind refKind, id string, at specs.Position, who string) {
	r.references = append(r.references, reference{kind, id, at, who, r.within.workflow})
}

// check holds together what stands in several places.
func (r *reader) check(d *Document) {
	var workflows []string
	for _, w := range d.Workflows {
		workflows = append(workflows, w.ID)
	}
	for _, ref := range r.references {
		switch ref.kind {
		case workflowRef:
			if !slices.Contains(workflows, ref.id) {
				r.add(ref.at, "%s: there is no workflow %s%s", ref.who, shortened(ref.id), meant(ref.id, workflows))
			}
		case stepRef:
			// What a workflow says for all its steps names steps of its own; so does what a component says where it is used.
			if ref.workflow == nil {
				continue
			}
			if _, ok := ref.workflow.Step(ref.id); !ok {
				r.add(ref.at, "%s: there is no step %s in the workflow %s%s", ref.who, shortened(ref.id), ref.workflow.ID, meant(ref.id, stepIDs(ref.workflow)))
			}
		}
	}
	r.checkCycles(d)
	for _, u := range r.uses {
		r.checkUse(u, d, workflows)
	}
}

func stepIDs(w *Workflow) []string {
	var list []string
	for _, s := range w.Steps {
		list = append(list, s.ID)
	}
	return list
}

// checkCycles finds workflows that wait for themselves.
func (r *reader) checkCycles(d *Document) {
	done := map[string]bool{}
	var visit func(w *Workflow, above []string)
	visit = func(w *Workflow, above []string) {
		if i := slices.Index(above, w.ID); i >= 0 {
			r.add(w.At, "dependsOn leads in a circle: %s", strings.Join(append(slices.Clone(above[i:]), w.ID), ", "))
			return
		}
		if done[w.ID] {
			return
		}
		above = append(slices.Clip(above), w.ID)
		for _, id := range w.DependsOn {
			if next, ok := d.Workflow(id); ok {
				visit(next, above)
			}
		}
		done[w.ID] = true
	}
	for _, w := range d.Workflows {
		visit(w, nil)
	}
}

// checkUse says whether what an expression speaks of is there, as far as the document can tell.
func (r *reader) checkUse(u use, d *Document, workflows []string) {
	e := u.expression
	w := u.within.workflow
	switch e.Root {
	case RootSources:
		r.sourceThere(e.Owner, u.at, d)
		if e.Name != "url" {
			r.add(u.at, "%s: a value is that of $sourceDescriptions.SOURCE.url alone", shortened(e.Text))
		}
	case RootComponents:
		if d.parameters[e.Name] == nil {
			r.add(u.at, "there is no component %s%s", shortened(e.Text), meant(e.Name, keys(d.parameters)))
		}
	case RootURL, RootMethod, RootStatusCode, RootRequest, RootResponse:
		switch u.within.phase {
		case beforeCall:
			r.add(u.at, "%s has no value before the step's call; take it from another step's outputs", shortened(e.Text))
		case afterWorkflow:
			r.add(u.at, "%s belongs to a step's call, and a workflow's outputs come from $steps, $inputs and $workflows", shortened(e.Text))
		case afterCall:
			if s := u.within.step; s != nil && s.Workflow != "" {
				r.add(u.at, "%s: the step %s calls a workflow and has no call of its own; speak of $outputs.NAME", shortened(e.Text), s.ID)
			}
		}
	case RootInputs:
		if w != nil && u.within.phase != inComponents && !takes(w, e.Name) {
			var known []string
			if w.Inputs != nil {
				known = w.Inputs.Names
			}
			r.add(u.at, "%s: the workflow %s has no such input%s", shortened(e.Text), w.ID, meant(e.Name, known))
		}
	case RootSteps:
		r.checkStepUse(u)
	case RootWorkflows:
		target, ok := d.Workflow(e.Owner)
		switch {
		case !ok:
			r.add(u.at, "%s: there is no workflow %s%s", shortened(e.Text), e.Owner, meant(e.Owner, workflows))
		case e.In == "outputs" && !gives(target.Outputs, e.Name):
			r.add(u.at, "%s: the workflow %s has no such output%s", shortened(e.Text), e.Owner, meant(e.Name, outputNames(target.Outputs)))
		case e.In == "inputs" && !takes(target, e.Name):
			r.add(u.at, "%s: the workflow %s has no such input", shortened(e.Text), e.Owner)
		}
	}
}

func (r *reader) checkStepUse(u use) {
	e, w := u.expression, u.within.workflow
	if w == nil {
		return
	}
	s, ok := w.Step(e.Owner)
	if !ok {
		r.add(u.at, "%s: there is no step %s in the workflow %s%s", shortened(e.Text), e.Owner, w.ID, meant(e.Owner, stepIDs(w)))
		return
	}
	// A step that calls a workflow has that one's outputs as well.
	if s.Workflow == "" && !gives(s.Outputs, e.Name) {
		r.add(u.at, "%s: the step %s has no such output%s", shortened(e.Text), e.Owner, meant(e.Name, outputNames(s.Outputs)))
	}
}

// takes says whether a workflow describes an input; a name may go on with dots into its value.
func takes(w *Workflow, name string) bool {
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		if w.Inputs.Has(name[:end]) {
			return true
		}
	}
	return false
}

func gives(list []Output, name string) bool {
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		if slices.Contains(outputNames(list), name[:end]) {
			return true
		}
	}
	return false
}

func outputNames(list []Output) []string {
	var all []string
	for _, o := range list {
		all = append(all, o.Name)
	}
	return all
}
