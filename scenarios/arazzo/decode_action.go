package arazzo

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

func (r *reader) actions(n *node, what string, success bool) []*Action {
	kind := "failureActions"
	if success {
		kind = "successActions"
	}
	before := r.within.phase
	r.within.phase = afterCall
	defer func() { r.within.phase = before }()
	var all []*Action
	for _, item := range r.items(n, what, 0) {
		target, reference := r.reusable(item, kind)
		if target == nil {
			continue
		}
		a := r.action(target, success)
		if a == nil {
			continue
		}
		if reference != nil {
			a.At = r.at(reference)
		}
		for _, other := range all {
			if other.Name == a.Name && a.Name != "" {
				r.add(a.At, "%s: the action %s is there twice", what, a.Name)
			}
		}
		all = append(all, a)
	}
	return all
}

func (r *reader) action(n *node, success bool) *Action {
	what, known := "a failure action", []string{"name", "type", "workflowId", "stepId", "retryAfter", "retryLimit", "criteria"}
	if success {
		what, known = "a success action", []string{"name", "type", "workflowId", "stepId", "criteria"}
	}
	o := r.object(n, what, known...)
	if o == nil {
		return nil
	}
	a := &Action{Name: r.due(o, what, "name"), Type: ActionType(r.due(o, what, "type")), At: r.at(o), RetryLimit: 1}
	a.Step = r.text(o, what, "stepId")
	workflow := r.text(o, what, "workflowId")
	switch a.Type {
	case End, "":
		if a.Step != "" || workflow != "" {
			r.add(a.At, "the action %s ends the workflow; stepId and workflowId belong to goto and retry", a.Name)
		}
	case GoTo:
		if a.Step == "" && workflow == "" {
			r.add(a.At, "the action %s: goto needs a stepId or a workflowId", a.Name)
		}
	case Retry:
		if success {
			r.add(r.at(o.get("type")), "%s: type is end or goto; retry is for failures", what)
		}
		r.retry(a, o)
	default:
		r.add(r.at(o.get("type")), "%s: type is %s, not %q", what, map[bool]string{true: "end or goto", false: "end, goto or retry"}[success], shortened(string(a.Type)))
	}
	if a.Type != Retry && !success {
		for _, name := range []string{"retryAfter", "retryLimit"} {
			if m := o.get(name); m != nil {
				r.add(r.at(m), "the action %s: %s belongs to type retry", a.Name, name)
			}
		}
	}
	if a.Step != "" && workflow != "" {
		r.add(a.At, "the action %s: only one of stepId and workflowId", a.Name)
	}
	if r.within.phase != inComponents {
		if a.Step != "" {
			r.refer(stepRef, a.Step, a.At, "the action "+a.Name)
		}
	}
	if workflow != "" {
		a.Workflow = r.workflowID(workflow, a.At, "the action "+a.Name)
	}
	a.Criteria = r.criteria(o.get("criteria"), "criteria")
	return a
}

// mostRetryAfter bounds the wait before a retry.
const mostRetryAfter = 24 * 60 * 60

func (r *reader) retry(a *Action, o *node) {
	if n := o.get("retryAfter"); n != nil {
		seconds, ok := n.value.(json.Number)
		x, good := rational(seconds)
		f := 0.0
		if good {
			f, _ = x.Float64()
		}
		if !ok || !good || f < 0 || f > mostRetryAfter {
			r.add(r.at(n), "the action %s: retryAfter is a number of seconds, 0 or more and a day at most", a.Name)
		} else {
			a.RetryAfter = time.Duration(f * float64(time.Second))
		}
	}
	if n := o.get("retryLimit"); n != nil {
		limit, ok := whole(n.value)
		if !ok {
			r.add(r.at(n), "the action %s: retryLimit is a whole number, 0 or more", a.Name)
		}
		a.RetryLimit = limit
	}
}

func (r *reader) criteria(n *node, what string) []*Criterion {
	var all []*Criterion
	for _, item := range r.items(n, what, 0) {
		if c := r.criterion(item); c != nil {
			all = append(all, c)
		}
	}
	return all
}

// mostPattern bounds a pattern, in bytes: what is compiled of it is many times as large.
const mostPattern = 10_000

func (r *reader) criterion(n *node) *Criterion {
	const what = "a criterion"
	o := r.object(n, what, "context", "condition", "type")
	if o == nil {
		return nil
	}
	c := &Criterion{Condition: r.due(o, what, "condition"), At: r.at(o)}
	kind := ""
	switch t := o.get("type"); {
	case t == nil:
	case t.kind == object:
		if r.object(t, "a criterion's type", "type", "version") != nil {
			kind = r.due(t, "a criterion's type", "type")
			if kind == "simple" || kind == "regex" {
				r.add(r.at(t), "a criterion's type with a version is jsonpath or xpath; write type: %s", kind)
			}
		}
	default:
		kind = r.text(o, what, "type")
	}
	switch kind {
	case "", "simple", "regex":
	case "jsonpath", "xpath":
		r.add(c.At, "criteria of type %s are not supported: engines disagree on what they mean; write a simple condition with JSON pointers, such as $response.body#/code == 0", kind)
		return nil
	default:
		r.add(r.at(o.get("type")), "%s: type is simple or regex, not %q", what, shortened(kind))
		return nil
	}
	context := r.text(o, what, "context")
	if context != "" {
		e, err := ParseExpression(context)
		if err != nil {
			r.add(r.at(o.get("context")), "context: %s", err)
			return nil
		}
		c.Context = e
	}
	if c.Condition == "" {
		return nil
	}
	var err error
	switch kind {
	case "regex":
		if context == "" {
			r.add(c.At, "%s of type regex needs a context, such as $response.body#/id", what)
			return nil
		}
		if len(c.Condition) > mostPattern {
			r.add(r.at(o.get("condition")), "the pattern has more than the %d bytes that one may have", mostPattern)
			return nil
		}
		if c.pattern, err = regexp.Compile(c.Condition); err != nil {
			r.add(r.at(o.get("condition")), "the pattern is none of RE2, which has neither lookaround nor back references: %s", shortened(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
			return nil
		}
	default:
		if kind == "" && context != "" {
			r.add(c.At, "a criterion with a context has a type; write type: regex, or a simple condition without context")
		}
		c.Context = nil
		if c.simple, err = parseCondition(c.Condition); err != nil {
			r.add(r.at(o.get("condition")), "condition: %s", err)
			return nil
		}
	}
	for _, e := range c.Expressions() {
		r.uses = append(r.uses, use{e, c.At, r.within})
	}
	return c
}
