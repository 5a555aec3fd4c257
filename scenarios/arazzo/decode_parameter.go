package arazzo

import "strings"

// parameters reads a list of parameters; ofWorkflow says that they are inputs of a workflow that is called.
func (r *reader) parameters(n *node, ofWorkflow bool) []*Parameter {
	var all []*Parameter
	seen := map[string]bool{}
	for _, item := range r.items(n, "parameters", 0) {
		target, reference := r.reusable(item, "parameters")
		if target == nil {
			continue
		}
		p := r.parameter(target, r.within.step != nil, ofWorkflow)
		if p == nil {
			continue
		}
		if reference != nil {
			p.At = r.at(reference)
			if v := reference.get("value"); v != nil {
				p.Value = r.parseValue(v)
			}
		}
		if seen[p.key()] {
			r.add(p.At, "the parameter %s is there twice", p.Name)
		}
		seen[p.key()] = true
		all = append(all, p)
	}
	return all
}

func (r *reader) parameter(n *node, ofStep, ofWorkflow bool) *Parameter {
	const what = "a parameter"
	o := r.object(n, what, "name", "in", "value")
	if o == nil {
		return nil
	}
	p := &Parameter{Name: r.due(o, what, "name"), In: r.text(o, what, "in"), At: r.at(o), Value: Constant(nil)}
	switch p.In {
	case "path", "query", "header", "cookie":
	case "":
		if ofStep && !ofWorkflow && o.get("in") == nil {
			r.add(p.At, "the parameter %s: in is missing: path, query, header or cookie", p.Name)
		}
	default:
		r.add(r.at(o.get("in")), "the parameter %s: in is path, query, header or cookie, not %q%s", p.Name, shortened(p.In), inBody(p.In))
	}
	if ofWorkflow {
		p.In = "" // it becomes an input
	}
	if v := o.get("value"); v != nil {
		p.Value = r.parseValue(v)
	} else {
		r.add(p.At, "the parameter %s: value is missing", p.Name)
	}
	return p
}

func inBody(in string) string {
	if in == "body" || in == "formData" {
		return "; what stands in the body is the requestBody's payload"
	}
	return ""
}

func (r *reader) body(n *node) *Body {
	const what = "a requestBody"
	o := r.object(n, what, "contentType", "payload", "replacements")
	if o == nil {
		return nil
	}
	b := &Body{ContentType: r.text(o, what, "contentType"), At: r.at(o)}
	if payload := o.get("payload"); payload != nil {
		b.Payload = r.parseValue(payload)
	}
	for _, item := range r.items(o.get("replacements"), "replacements", 0) {
		const what = "a replacement"
		one := r.object(item, what, "target", "value")
		if one == nil {
			continue
		}
		re := Replacement{Target: r.text(one, what, "target"), At: r.at(one)}
		target := one.get("target")
		switch {
		case target == nil:
			r.add(re.At, "%s: target is missing", what)
		case strings.HasPrefix(re.Target, "//"), strings.Contains(re.Target, "::"):
			r.add(r.at(target), "%s: XPath is not supported; the target is a JSON pointer", what)
		case strings.HasPrefix(re.Target, "/") && checkPointer(re.Target) == nil, re.Target == "" && target.value == "":
		default:
			r.add(r.at(target), "%s: the target is a JSON pointer such as /user/name, not %q", what, shortened(re.Target))
		}
		if v := one.get("value"); v != nil {
			re.Value = r.parseValue(v)
		} else {
			re.Value = Constant(nil)
			r.add(re.At, "%s: value is missing", what)
		}
		b.Replacements = append(b.Replacements, re)
	}
	return b
}
