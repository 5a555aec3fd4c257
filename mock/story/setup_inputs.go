package story

import (
	"maps"
	"slices"

	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// inputs are what a workflow is given: the values of the configuration that it takes, the session's name, and credentials.
func (r *run) inputs(w *arazzo.Workflow) map[string]any {
	given := map[string]any{}
	if w.Inputs == nil {
		return given
	}
	for name, v := range r.Inputs {
		if w.Inputs.Has(name) {
			given[name] = v
		}
	}
	for _, name := range w.Inputs.Names {
		if _, there := given[name]; there {
			continue
		}
		if session := r.session(w.ID); name == sessionInput && session != "" {
			given[name] = session
		} else if text := r.credential(name); text != "" {
			given[name] = text
		}
	}
	return given
}

// credential is the text of the credential slot of that name, "" for none.
func (r *run) credential(slot string) string {
	for _, s := range r.Document.Sources {
		source := r.Sources[s.Name]
		if source.Contract == nil || source.isControl() {
			continue
		}
		one := source.Credentials[slot]
		if one.Text != "" {
			return one.Text
		}
		for _, t := range one.Tokens {
			if source.Account == "" || t.Account == source.Account {
				return t.Value
			}
		}
	}
	return ""
}

// checkInputs holds the inputs to the workflows before anything is sent.
func (r *run) checkInputs() {
	for _, w := range r.order {
		if _, err := w.Complete(r.inputs(w)); err != nil {
			r.add(w.At, "%s", err)
		}
	}
	var known []string
	open := false
	for _, w := range r.reached() {
		if w.Inputs != nil {
			known = append(known, w.Inputs.Names...)
			open = open || w.Inputs.Open
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for _, name := range slices.Sorted(maps.Keys(r.Inputs)) {
		if !open && !slices.Contains(known, name) {
			r.add(specs.Position{File: r.Document.File}, "no workflow takes an input %s%s", name, meant(name, known))
		}
	}
}
