package arazzo

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"understudy/specs"
)

func (r *reader) workflow(n *node, index int, d *Document) *Workflow {
	const what = "a workflow"
	o := r.object(n, what, "workflowId", "summary", "description", "inputs", "dependsOn", "steps", "successActions", "failureActions", "outputs", "parameters")
	if o == nil {
		return nil
	}
	w := &Workflow{ID: r.id(o, what, "workflowId"), At: r.at(o)}
	w.Summary, w.Description = r.text(o, what, "summary"), r.text(o, what, "description")
	r.within = place{workflow: w}
	if in := o.get("inputs"); in != nil {
		w.Inputs = r.inputs(in, fmt.Sprintf("/workflows/%d/inputs", index))
	}
	for _, item := range r.items(o.get("dependsOn"), "dependsOn", 0) {
		id, ok := item.value.(string)
		switch {
		case !ok || item.kind != scalar:
			r.add(r.at(item), "dependsOn has the ids of workflows")
			continue
		case strings.HasPrefix(id, "$sourceDescriptions."):
			r.add(r.at(item), "workflows of other documents are not read; write them in this one")
			continue
		}
		w.DependsOn = append(w.DependsOn, id)
		r.refer(workflowRef, id, r.at(item), "dependsOn")
	}
	shared := sharedParts{
		parameters: r.parameters(o.get("parameters"), false),
		success:    r.actions(o.get("successActions"), "successActions", true),
		failure:    r.actions(o.get("failureActions"), "failureActions", false),
	}
	for _, p := range shared.parameters {
		p.Inherited = true
	}
	if o.get("steps") == nil {
		r.add(w.At, "%s: steps is missing", what)
	}
	seen := map[string]bool{}
	for _, item := range r.items(o.get("steps"), "steps", 1) {
		s := r.step(item, d, shared)
		if s == nil {
			continue
		}
		if seen[s.ID] && s.ID != "" {
			r.add(s.At, "the step %s is in the workflow %s twice", s.ID, w.ID)
		}
		seen[s.ID] = true
		w.Steps = append(w.Steps, s)
	}
	r.within = place{workflow: w, phase: afterWorkflow}
	w.Outputs = r.outputs(o.get("outputs"))
	r.within = place{}
	return w
}

// sharedParts are what a workflow says for all its steps.
type sharedParts struct {
	parameters       []*Parameter
	success, failure []*Action
}

// keyLenient is our own extension of steps.
const keyLenient = ownKeys + "lenient"

func (r *reader) step(n *node, d *Document, shared sharedParts) *Step {
	const what = "a step"
	o := r.object(n, what, "stepId", "description", "operationId", "operationPath", "workflowId", "parameters", "requestBody", "successCriteria", "onSuccess", "onFailure", "outputs", keyLenient)
	if o == nil {
		return nil
	}
	s := &Step{ID: r.id(o, what, "stepId"), Description: r.text(o, what, "description"), At: r.at(o)}
	if n := o.get(keyLenient); n != nil {
		var ok bool
		if s.Lenient, ok = n.value.(bool); !ok {
			r.add(r.at(n), "%s: %s is true or false", what, keyLenient)
		}
	}
	r.within.step = s
	r.target(s, o, d)
	own := r.parameters(o.get("parameters"), s.Workflow != "")
	for _, p := range shared.parameters {
		if p.In == "" && s.Operation != nil {
			r.add(p.At, "the parameter %s: in is missing: path, query, header or cookie, since the step %s calls an operation", shortened(p.Name), s.ID)
		}
		if !slices.ContainsFunc(own, func(one *Parameter) bool { return one.key() == p.key() }) {
			s.Parameters = append(s.Parameters, p)
		}
	}
	s.Parameters = append(s.Parameters, own...)
	if body := o.get("requestBody"); body != nil {
		s.Body = r.body(body)
		if s.Workflow != "" {
			r.add(r.at(body), "the step %s calls a workflow, which takes parameters and no requestBody", s.ID)
		}
	}
	r.within.phase = afterCall
	s.Criteria = r.criteria(o.get("successCriteria"), "successCriteria")
	s.OnSuccess = merged(r.actions(o.get("onSuccess"), "onSuccess", true), shared.success)
	s.OnFailure = merged(r.actions(o.get("onFailure"), "onFailure", false), shared.failure)
	s.Outputs = r.outputs(o.get("outputs"))
	r.within.phase, r.within.step = beforeCall, nil
	return s
}

// key is what two parameters have in common of which one stands in the place of the other.
func (p *Parameter) key() string {
	if p.In == "header" {
		return p.In + ":" + strings.ToLower(p.Name)
	}
	return p.In + ":" + p.Name
}

// merged puts what a workflow says behind what its step says, unless the step says it anew.
func merged(own, shared []*Action) []*Action {
	list := own
	for _, one := range shared {
		overridden := false
		for _, mine := range own {
			overridden = overridden || mine.Name == one.Name
		}
		if !overridden {
			list = append(list, one)
		}
	}
	return list
}

// target reads what a step calls.
func (r *reader) target(s *Step, o *node, d *Document) {
	var given []string
	for _, name := range []string{"operationId", "operationPath", "workflowId"} {
		if o.get(name) != nil {
			given = append(given, name)
		}
	}
	switch {
	case len(given) == 0:
		r.add(s.At, "the step %s says nothing to call: operationId, operationPath or workflowId", s.ID)
		return
	case len(given) > 1:
		r.add(s.At, "the step %s has %s; only one of them says what is called", s.ID, strings.Join(given, " and "))
		return
	}
	text := r.due(o, "a step", given[0])
	at := r.at(o.get(given[0]))
	switch {
	case text == "":
	case given[0] == "workflowId":
		s.Workflow = r.workflowID(text, at, "the step "+s.ID)
	case given[0] == "operationId":
		s.Operation = r.operationID(text, at, d)
	default:
		s.Operation = r.operationPath(text, at, d)
	}
}

// workflowID reads the id of a workflow of this document.
func (r *reader) workflowID(text string, at specs.Position, who string) string {
	if strings.HasPrefix(text, "$sourceDescriptions.") {
		r.add(at, "workflows of other documents are not read; write them in this one")
		return ""
	}
	r.refer(workflowRef, text, at, who)
	return text
}

func (r *reader) operationID(text string, at specs.Position, d *Document) *OperationRef {
	ref := &OperationRef{ID: text, At: at}
	if rest, ok := strings.CutPrefix(text, "$sourceDescriptions."); ok {
		ref.Source, ref.ID, _ = strings.Cut(rest, ".")
		if ref.ID == "" {
			r.add(at, "write $sourceDescriptions.SOURCE.OPERATION, not %s", shortened(text))
		}
		r.sourceThere(ref.Source, at, d)
		return ref
	}
	switch {
	case strings.HasPrefix(text, "$"):
		r.add(at, "an operationId is the operation's name, or $sourceDescriptions.SOURCE.OPERATION; %s is neither", shortened(text))
	case len(d.Sources) > 1:
		r.add(at, "there are several sources: write $sourceDescriptions.SOURCE.%s", shortened(text))
	case len(d.Sources) == 1:
		ref.Source = d.Sources[0].Name
	}
	return ref
}

var pathForm = regexp.MustCompile(`^\{?\$sourceDescriptions\.([A-Za-z0-9_\-]+)\.url\}?#/paths/([^/]+)/([a-z]+)$`)

func (r *reader) operationPath(text string, at specs.Position, d *Document) *OperationRef {
	m := pathForm.FindStringSubmatch(text)
	if m == nil || checkPointer("/"+m[2]) != nil {
		r.add(at, "an operationPath is {$sourceDescriptions.SOURCE.url}#/paths/PATH/METHOD with each / of the path as ~1, not %s", shortened(text))
		return nil
	}
	r.sourceThere(m[1], at, d)
	return &OperationRef{Source: m[1], Path: specs.UnescapePointer(m[2]), Method: strings.ToUpper(m[3]), At: at}
}

func (r *reader) sourceThere(name string, at specs.Position, d *Document) {
	if _, ok := d.Source(name); ok {
		return
	}
	var known []string
	for _, s := range d.Sources {
		known = append(known, s.Name)
	}
	r.add(at, "there is no source %s%s", shortened(name), r.meant(name, known))
}

func (r *reader) outputs(n *node) []Output {
	if n == nil || r.names(n, "outputs") == nil {
		return nil
	}
	var all []Output
	for _, m := range n.members {
		at := specs.Position{File: r.file, Line: m.line}
		text, ok := m.node.value.(string)
		if !ok || m.node.kind != scalar {
			r.add(at, "outputs: %s is a runtime expression such as $response.body#/id, and this is %s", m.name, m.node.inWords())
			continue
		}
		e, err := ParseExpression(text)
		if err != nil {
			r.add(at, "outputs: %s: %s", m.name, err)
			continue
		}
		r.uses = append(r.uses, use{e, at, r.within})
		all = append(all, Output{m.name, e, at})
	}
	return all
}
