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
	ids := map[*Workflow][]string{}
	for _, ref := range r.references {
		switch ref.kind {
		case workflowRef:
			if !slices.Contains(workflows, ref.id) {
				r.add(ref.at, "%s: there is no workflow %s%s", ref.who, shortened(ref.id), r.meant(ref.id, workflows))
			}
		case stepRef:
			// What a workflow says for all its steps names steps of its own; so does what a component says where it is used.
			if ref.workflow == nil {
				continue
			}
			if _, ok := ref.workflow.Step(ref.id); !ok {
				if ids[ref.workflow] == nil {
					ids[ref.workflow] = stepIDs(ref.workflow)
				}
				r.add(ref.at, "%s: there is no step %s in the workflow %s%s", ref.who, shortened(ref.id), ref.workflow.ID, r.meant(ref.id, ids[ref.workflow]))
			}
		}
	}
	r.checkCycles(d)
	r.checkPassed(d)
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
	var above []string
	var visit func(w *Workflow)
	visit = func(w *Workflow) {
		if i := slices.Index(above, w.ID); i >= 0 {
			r.add(w.At, "dependsOn leads in a circle: %s", strings.Join(append(slices.Clone(above[i:]), w.ID), ", "))
			return
		}
		if done[w.ID] {
			return
		}
		above = append(above, w.ID)
		for _, id := range w.DependsOn {
			if next, ok := d.Workflow(id); ok {
				visit(next)
			}
		}
		above = above[:len(above)-1]
		done[w.ID] = true
	}
	for _, w := range d.Workflows {
		visit(w)
	}
}

// checkPassed finds parameters that the called workflow does not take.
func (r *reader) checkPassed(d *Document) {
	for _, w := range d.Workflows {
		for _, s := range w.Steps {
			target, ok := d.Workflow(s.Workflow)
			if !ok {
				continue
			}
			for _, p := range s.Parameters {
				if p.Inherited || target.Inputs.Has(p.Name) {
					continue // the workflow's own are for all its steps, and each takes of them what it knows
				}
				var known []string
				if target.Inputs != nil {
					known = target.Inputs.Names
				}
				r.add(p.At, "the parameter %s: the workflow %s has no such input%s", shortened(p.Name), target.ID, r.meant(p.Name, known))
			}
		}
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
			r.add(u.at, "there is no component %s%s", shortened(e.Text), r.meant(e.Name, keys(d.parameters)))
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
	case RootOutputs:
		switch s := u.within.step; {
		case u.within.phase == inComponents, u.within.phase == afterCall && (s == nil || s.Workflow != ""):
		case s != nil && s.Workflow == "":
			r.add(u.at, "%s: $outputs are those of a workflow that the step calls, and the step %s calls none; speak of $response or of $steps.STEP.outputs.NAME", shortened(e.Text), s.ID)
		default:
			r.add(u.at, "%s has no value here; speak of $steps.STEP.outputs.NAME", shortened(e.Text))
		}
	case RootInputs:
		if w != nil && u.within.phase != inComponents && !takes(w, e.Name) {
			var known []string
			if w.Inputs != nil {
				known = w.Inputs.Names
			}
			r.add(u.at, "%s: the workflow %s has no such input%s", shortened(e.Text), w.ID, r.meant(e.Name, known))
		}
	case RootSteps:
		r.checkStepUse(u)
	case RootWorkflows:
		target, ok := d.Workflow(e.Owner)
		switch {
		case !ok:
			r.add(u.at, "%s: there is no workflow %s%s", shortened(e.Text), e.Owner, r.meant(e.Owner, workflows))
		case e.In == "outputs" && !r.gives(target.Outputs, e.Name):
			r.add(u.at, "%s: the workflow %s has no such output%s", shortened(e.Text), e.Owner, r.meant(e.Name, outputNames(target.Outputs)))
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
		r.add(u.at, "%s: there is no step %s in the workflow %s%s", shortened(e.Text), e.Owner, w.ID, r.meant(e.Owner, stepIDs(w)))
		return
	}
	// A step that calls a workflow has that one's outputs as well.
	if s.Workflow == "" && !r.gives(s.Outputs, e.Name) {
		r.add(u.at, "%s: the step %s has no such output%s", shortened(e.Text), e.Owner, r.meant(e.Name, outputNames(s.Outputs)))
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

// gives says whether one of the outputs has a name, which may go on with dots into its value.
func (r *reader) gives(list []Output, name string) bool {
	if len(list) == 0 {
		return false
	}
	known := r.outputNames[&list[0]]
	if known == nil {
		known = map[string]bool{}
		for _, o := range list {
			known[o.Name] = true
		}
		r.outputNames[&list[0]] = known
	}
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		if known[name[:end]] {
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
