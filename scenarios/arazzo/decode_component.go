package arazzo

import (
	"fmt"
	"strings"

	"understudy/specs"
)

// readComponents reads all components, also those that nothing refers to: what is wrong with them is wrong.
func (r *reader) readComponents(d *Document, n *node) {
	if n == nil || r.object(n, "components", "inputs", "parameters", "successActions", "failureActions") == nil {
		return
	}
	r.within = place{phase: inComponents}
	for _, kind := range []string{"inputs", "parameters", "successActions", "failureActions"} {
		of := n.get(kind)
		if of == nil || r.names(of, "components."+kind) == nil {
			continue
		}
		r.components[kind] = map[string]*node{}
		for _, m := range of.members {
			r.components[kind][m.name] = m.node
			switch kind {
			case "inputs":
				r.inputs(m.node, "/components/inputs/"+specs.EscapePointer(m.name))
			case "parameters":
				if p := r.parameter(m.node, false, false); p != nil {
					d.parameters[m.name] = p
				}
			case "successActions":
				r.action(m.node, true)
			case "failureActions":
				r.action(m.node, false)
			}
		}
	}
	r.within = place{}
}

// reusable gives what a Reusable Object refers to, and the object itself; the node as it is where it is none.
func (r *reader) reusable(n *node, kind string) (target, reference *node) {
	ref := n.get("reference")
	if n.kind != object || ref == nil {
		return n, nil
	}
	r.object(n, "a reference to a component", "reference", "value")
	text, _ := ref.value.(string)
	name, ok := strings.CutPrefix(text, "$components."+kind+".")
	if !ok {
		r.add(r.at(ref), "a reference here is $components.%s.NAME, not %s", kind, shortened(fmt.Sprint(ref.json())))
		return nil, nil
	}
	target = r.components[kind][name]
	if target == nil {
		r.add(r.at(ref), "there is no component %s%s", shortened(text), r.meant(name, keys(r.components[kind])))
		return nil, nil
	}
	if n.get("value") != nil && kind != "parameters" {
		r.add(r.at(n.get("value")), "a value can be given to parameters alone, and this refers to an action")
	}
	return target, n
}
