package specs

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/ohler55/ojg/jp"
	"go.yaml.in/yaml/v3"
)

// overlay is an OpenAPI Overlay document (Overlay Specification 1.0): an ordered list of changes to another document.
type overlay struct {
	file    string
	actions []action
}

// action is one change, at every place that its target selects.
type action struct {
	at     Position
	target string
	path   jp.Expr
	update *yaml.Node // nil when remove is set
	remove bool
}

// Overlay applies an OpenAPI Overlay 1.0 document, YAML or JSON, and returns the resulting contract, checked as [Parse]
// checks one; file is what positions and errors call the overlay. Everything in the result that the overlay brought stands
// in that file, all else where it stood.
//
// An update is merged: objects by name, arrays by appending, a text, number, boolean or null takes another one's place. To
// put something of another kind there, or another array, remove it first. An action that selects nothing is an error, and
// so is one that changes nothing by its form: a correction that corrects nothing is a mistake.
//
// Readings that c has stay in the result, and [Contract.With] cannot choose others for their clauses any more.
func (c *Contract) Overlay(file string, data []byte) (*Contract, error) {
	o, err := parseOverlay(file, data)
	if err != nil {
		return nil, err
	}
	out, err := c.overlaid([]overlay{o})
	if err != nil {
		return nil, err
	}
	out.readings, out.Files = c.readings, append(slices.Clone(c.Files), file)
	return out, nil
}

// overlaid is the contract after some overlays, in their order.
func (c *Contract) overlaid(list []overlay) (*Contract, error) {
	d := c.raw.clone()
	for _, o := range list {
		if err := d.apply(o); err != nil {
			return nil, err
		}
	}
	out, err := newContract(c.Vendor, d, nil)
	if err != nil {
		return nil, err
	}
	out.overlays, out.Bundled = c.overlays, c.Bundled
	return out, nil
}

var overlayVersion = regexp.MustCompile(`^1\.0\.[0-9]+$`)

// parseOverlay reads an overlay and reports everything that is wrong with its form.
func parseOverlay(file string, data []byte) (overlay, error) {
	d, err := parseDocument(file, data, "an overlay")
	if err != nil {
		return overlay{}, err
	}
	r := overlayReader{document: d}
	root := r.object(d.root, "an overlay", "overlay", "info", "extends", "actions")
	if version, ok := r.text(d.root, root, "overlay", true); ok && !overlayVersion.MatchString(version) {
		r.problem(root["overlay"], "this reads version 1.0 of the Overlay Specification (overlay: 1.0.0), not %q", version)
	}
	if info, ok := root["info"]; ok {
		fields := r.object(info, "info", "title", "version")
		r.text(info, fields, "title", true)
		r.text(info, fields, "version", true)
	} else {
		r.problem(d.root, "an overlay needs info")
	}
	r.text(d.root, root, "extends", false)
	o := overlay{file: file}
	actions := root["actions"]
	if actions == nil || actions.Kind != yaml.SequenceNode || len(actions.Content) == 0 {
		if actions == nil {
			actions = d.root
		}
		r.problem(actions, "an overlay needs a list of actions with at least one in it")
		return o, errors.Join(r.problems...)
	}
	for i, n := range actions.Content {
		o.actions = append(o.actions, r.action(n))
		if slices.ContainsFunc(actions.Content[:i], func(earlier *yaml.Node) bool { return reflect.DeepEqual(value(earlier), value(n)) }) {
			r.problem(n, "this action stands twice")
		}
	}
	return o, errors.Join(r.problems...)
}

// overlayReader reads the parts of an overlay and collects what is wrong with them.
type overlayReader struct {
	document *document
	problems []error
}

func (r *overlayReader) problem(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s: %s", r.document.place(n), fmt.Sprintf(format, args...)))
}

// object lists the fields of an object by name. Fields that begin with x- are extensions, of which none is known here.
func (r *overlayReader) object(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	fields := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		r.problem(n, "%s is an object with %s", what, strings.Join(known, ", "))
		return fields
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case slices.Contains(known, key.Value):
			fields[key.Value] = n.Content[i+1]
		case !strings.HasPrefix(key.Value, "x-"):
			r.problem(key, "unknown key %q; %s takes %s", key.Value, what, strings.Join(known, ", "))
		}
	}
	return fields
}

// text reads a field that is a text, and says whether it is there.
func (r *overlayReader) text(object *yaml.Node, fields map[string]*yaml.Node, name string, required bool) (string, bool) {
	n, ok := fields[name]
	switch {
	case !ok && required && object.Kind == yaml.MappingNode:
		r.problem(object, "%s is missing", name)
	case ok && (n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str"):
		r.problem(n, "%s is a text; put it in quotes", name)
		return "", false
	}
	if !ok {
		return "", false
	}
	return n.Value, true
}

func (r *overlayReader) action(n *yaml.Node) action {
	a := action{at: r.document.place(n)}
	fields := r.object(n, "an action", "target", "description", "update", "remove")
	r.text(n, fields, "description", false)
	if target, ok := r.text(n, fields, "target", true); ok {
		a.target = target
		path, err := jp.ParseString(target)
		switch {
		case !strings.HasPrefix(target, "$"):
			r.problem(fields["target"], "a target is a JSONPath (RFC 9535) and begins with $, not %q", target)
		case err != nil:
			r.problem(fields["target"], "the target %s is no JSONPath (RFC 9535): %v", target, err)
		}
		a.path = path
	}
	if remove, ok := fields["remove"]; ok {
		if remove.Kind != yaml.ScalarNode || remove.ShortTag() != "!!bool" {
			r.problem(remove, "remove is true or false")
		}
		a.remove = strings.EqualFold(remove.Value, "true")
	}
	if update, ok := fields["update"]; ok && !a.remove {
		a.update = update
	}
	if n.Kind == yaml.MappingNode && !a.remove && a.update == nil {
		r.problem(n, "an action needs update, or remove: true")
	}
	return a
}
