package arazzo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	rules "github.com/santhosh-tekuri/jsonschema/v6/kind"

	"understudy/specs"
)

// Inputs is the schema of what a workflow takes.
type Inputs struct {
	// Names are the inputs that it describes, in the order of the document. Open says that others are taken as well.
	Names []string
	Open  bool
	// Required are those that must be given, or have a default.
	Required []string
	At       specs.Position

	schema     *jsonschema.Schema
	properties map[string]map[string]any // those of Names, resolved; nil for one that is no object
}

// InputError says that the inputs given to a workflow do not fit.
type InputError struct {
	Workflow string
	// Missing are the inputs that must be given.
	Missing []string
	// Others says what else is wrong, without values.
	Others []string
}

// Error lists everything.
func (e *InputError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "it needs "+strings.Join(e.Missing, ", "))
	}
	return fmt.Sprintf("the inputs of %s: %s", e.Workflow, strings.Join(append(parts, e.Others...), "; "))
}

// Has says whether an input of that name is described or taken nevertheless.
func (in *Inputs) Has(name string) bool {
	if in == nil {
		return false
	}
	_, described := in.properties[name]
	return in.Open || described
}

// Typed reads a text that somebody typed as the value of an input: a text where the schema takes one or does not say, else
// JSON of the type that it takes.
func (in *Inputs) Typed(name, text string) (any, error) {
	if in == nil {
		return text, nil
	}
	kinds := kindsOf(in.properties[name])
	if len(kinds) == 0 || slices.Contains(kinds, "string") {
		return text, nil
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err == nil {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return v, nil
		}
	}
	return nil, fmt.Errorf("the input %s takes %s; write it as JSON", name, strings.Join(kinds, " or "))
}

func kindsOf(schema map[string]any) []string {
	switch t := schema["type"].(type) {
	case string:
		return []string{t}
	case []any:
		var list []string
		for _, one := range t {
			if text, ok := one.(string); ok {
				list = append(list, text)
			}
		}
		return list
	}
	return nil
}

// Complete gives the inputs of a workflow: what is given, and the defaults of what is not. What does not fit is an
// *[InputError].
func (w *Workflow) Complete(given map[string]any) (map[string]any, error) {
	values := maps.Clone(given)
	if values == nil {
		values = map[string]any{}
	}
	in := w.Inputs
	if in == nil {
		return values, nil
	}
	for name, schema := range in.properties {
		if _, there := values[name]; there {
			continue
		}
		if fallback, ok := schema["default"]; ok {
			values[name] = clone(fallback)
		}
	}
	failed := &InputError{Workflow: w.ID}
	for _, name := range in.Required {
		if _, there := values[name]; !there {
			failed.Missing = append(failed.Missing, name)
		}
	}
	if len(failed.Missing) == 0 {
		failed.Others = in.breaches(values)
	}
	if len(failed.Missing)+len(failed.Others) > 0 {
		return nil, failed
	}
	return values, nil
}

// breaches says which rules of the schema the values break, without showing any.
func (in *Inputs) breaches(values map[string]any) []string {
	if in.schema == nil {
		return nil
	}
	var failed *jsonschema.ValidationError
	if err := in.schema.Validate(any(values)); !errors.As(err, &failed) {
		return nil
	}
	var list []string
	var visit func(e *jsonschema.ValidationError)
	visit = func(e *jsonschema.ValidationError) {
		for _, inner := range e.Causes {
			visit(inner)
		}
		if len(e.Causes) > 0 {
			return
		}
		name := strings.Join(e.InstanceLocation, "/")
		if name == "" {
			name = "they"
		}
		rule := strings.Join(e.ErrorKind.KeywordPath(), "/")
		text := fmt.Sprintf("%s: not as %s wants it", name, rule)
		switch k := e.ErrorKind.(type) {
		case *rules.Type:
			text = fmt.Sprintf("%s is to be %s", name, strings.Join(k.Want, " or "))
		case *rules.AdditionalProperties:
			text = "there is no input " + strings.Join(k.Properties, ", ")
		case *rules.Required:
			text = fmt.Sprintf("%s need %s", name, strings.Join(k.Missing, ", "))
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	visit(failed)
	return list
}

// inputs reads the schema of inputs; pointer is its place in the document.
func (r *reader) inputs(n *node, pointer string) *Inputs {
	in := &Inputs{At: r.at(n), properties: map[string]map[string]any{}}
	if n.kind != object {
		if open, isBool := n.value.(bool); isBool && open {
			in.Open = true
			return in
		}
		r.add(r.at(n), "inputs: a JSON Schema is due, and that is an object")
		return in
	}
	r.describe(in, n, map[*node]bool{})
	r.schemas = append(r.schemas, pendingSchema{in, n, pointer})
	return in
}

// describe gathers the properties of a schema, of what it refers to and of its parts that hold all together; seen are the
// schemas that were gathered, so that one that refers to itself comes to an end.
func (r *reader) describe(in *Inputs, n *node, seen map[*node]bool) {
	n = r.followSchema(n)
	if seen[n] {
		return
	}
	if n == nil || n.kind != object {
		in.Open = true
		return
	}
	seen[n] = true
	properties := n.get("properties")
	if properties != nil {
		for _, m := range properties.members {
			if _, known := in.properties[m.name]; !known {
				in.Names = append(in.Names, m.name)
				in.properties[m.name] = nil
			}
			if target := r.followSchema(m.node); target != nil {
				if record, ok := target.json().(map[string]any); ok {
					in.properties[m.name] = record
				}
			}
		}
	}
	if required := n.get("required"); required != nil {
		for _, item := range required.list {
			if name, ok := item.value.(string); ok && !slices.Contains(in.Required, name) {
				in.Required = append(in.Required, name)
			}
		}
	}
	if all := n.get("allOf"); all != nil {
		for _, part := range all.list {
			r.describe(in, part, seen)
		}
	}
	if more := n.get("additionalProperties"); more != nil && more.value != false {
		in.Open = true
	}
	for _, word := range []string{"patternProperties", "anyOf", "oneOf", "if", "dependentSchemas"} {
		in.Open = in.Open || n.get(word) != nil
	}
}

// followSchema goes from a $ref within the document to what it refers to; nil for what is not there.
func (r *reader) followSchema(n *node) *node {
	for range 16 {
		ref := n.get("$ref")
		if ref == nil {
			return n
		}
		text, _ := ref.value.(string)
		pointer, local := strings.CutPrefix(text, "#")
		if !local {
			return nil
		}
		n = r.root
		if pointer == "" {
			continue
		}
		for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
			if n = n.below(specs.UnescapePointer(step)); n == nil {
				return nil
			}
		}
	}
	return nil
}

func (n *node) below(name string) *node {
	if n.kind == list {
		for i, item := range n.list {
			if fmt.Sprint(i) == name {
				return item
			}
		}
		return nil
	}
	return n.get(name)
}
