package drive

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/wire"
)

// Body is the key of values under which the whole body stands: a JSON value, over which the fields of the body are laid
// that stand beside it, or a []byte, which is the opened body byte for byte.
const Body = "$body"

// Text is a value as somebody typed it. [Client.Set] turns it into the JSON value that the contract has at its place.
type Text string

// FieldError says that a field of an operation cannot be set so.
type FieldError struct {
	Operation, Field string
	// Reason says why; it holds no value.
	Reason string
	// Known are the fields that may have been meant, nil where the field itself is known.
	Known []string
}

// Error names the field and what to write.
func (e *FieldError) Error() string { return e.Operation + ": " + e.Field + " " + e.Reason }

// Set puts a value into values as a field of an operation. The field is a parameter, a member of the body, or a dotted path
// into the body such as to.0.userid, in which a number is a place in a list and \. a dot that belongs to a name. A member
// that lies deeper may be named alone when no other at its depth has that name. A path goes on into a text that holds
// JSON, and into what is sealed.
//
// A [Text] is read as the contract has it there: digits become an exact number where a number is due. Any other value is
// taken as it is. Errors are *[OperationError] and *[FieldError].
func (c *Client) Set(operation string, values map[string]any, field string, v any) error {
	p, err := c.plan(operation)
	if err != nil {
		return err
	}
	fail := func(reason string, known []string) error {
		return &FieldError{Operation: p.ID, Field: field, Reason: reason, Known: known}
	}
	if one := p.parameter(field); one != nil {
		converted, reason := c.read(one.shape, v)
		if reason != "" {
			return fail(reason, nil)
		}
		values[field] = converted
		return nil
	}
	if p.carriesCredential(field) {
		values[field], _ = c.read(&shape{types: []string{"string"}}, v)
		return nil
	}
	steps := splitPath(field)
	path, known, reason := p.find(steps)
	switch {
	case path != nil:
		steps = path
	case c.config.Force && known != nil:
		values[field], _ = c.read(&shape{}, v)
		return nil
	default:
		return fail(reason, known)
	}
	into := values
	if whole, ok := values[Body].(map[string]any); ok {
		into = whole
	}
	if _, reason = c.put(into, p.shape, steps, nil, v); reason != "" {
		return fail(reason, nil)
	}
	return nil
}

// splitPath cuts a path at its dots, but not at \. ones.
func splitPath(field string) []string {
	const hidden = "\x00"
	steps := strings.Split(strings.ReplaceAll(field, `\.`, hidden), ".")
	for i := range steps {
		steps[i] = strings.ReplaceAll(steps[i], hidden, ".")
	}
	return steps
}

// find completes a path into the body: its first step is a member of the body, or the only one of that name at the
// shallowest depth that has any.
func (p *plan) find(steps []string) (path, known []string, reason string) {
	if p.media == nil {
		return nil, p.fieldNames(), "is no field of it; " + p.takes()
	}
	type place struct {
		path  []string
		shape *shape
	}
	var found [][]string
	near := p.fieldNames()
	seen := []*shape{p.shape}
	for level := []place{{nil, p.shape}}; len(level) > 0 && found == nil; {
		var next []place
		for _, at := range level {
			for _, m := range at.shape.members() {
				here := append(slices.Clone(at.path), m.name)
				near = append(near, m.name)
				if m.name == steps[0] {
					found = append(found, here)
				}
				inner := m.shape
				if held := inner.held(); held != nil {
					inner = held
				}
				if !slices.Contains(seen, inner) {
					seen = append(seen, inner)
					next = append(next, place{here, inner})
				}
			}
		}
		level = next
	}
	switch {
	case len(found) == 1:
		return append(found[0], steps[1:]...), nil, ""
	case len(found) > 1:
		return nil, nil, "stands in several places; write " + strings.Join(joined(found), " or ")
	case p.shape.takesAny():
		return steps, nil, ""
	}
	return nil, near, "is no field of it; " + p.takes()
}

func joined(paths [][]string) []string {
	var list []string
	for _, path := range paths {
		list = append(list, joinPath(path))
	}
	return list
}

func joinPath(path []string) string {
	var b strings.Builder
	for i, step := range path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strings.ReplaceAll(step, ".", `\.`))
	}
	return b.String()
}

// put sets a value below a container and returns the container, made where there was none.
func (c *Client) put(container any, n *shape, steps, done []string, v any) (any, string) {
	if len(steps) == 0 {
		return c.read(n, v)
	}
	here := joinPath(done)
	if held := n.held(); held != nil && !slices.ContainsFunc(n.kinds(), func(k string) bool { return k == "object" || k == "array" }) {
		n = held
		if text, ok := container.(string); ok {
			inner, failed := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
			if failed != nil {
				return nil, "lies in " + here + ", which holds a text that is no JSON"
			}
			container = inner
		}
	}
	step := steps[0]
	list, isList := container.([]any)
	if isList || container == nil && (n.elements() != nil || step == "0" && len(n.kinds()) == 0) {
		return c.putElement(list, n, steps, done, v)
	}
	record, ok := container.(map[string]any)
	switch {
	case ok:
	case container != nil:
		return nil, "lies in " + here + ", which has another kind of value"
	default:
		record = map[string]any{}
	}
	inner := n.member(step)
	switch {
	case inner != nil:
	case c.config.Force || n.takesAny():
		inner = &shape{}
	default:
		var names []string
		for _, m := range n.members() {
			names = append(names, m.name)
		}
		if names == nil {
			return nil, fmt.Sprintf("is no field of it; %s has no members", here)
		}
		return nil, fmt.Sprintf("is no field of it; %s has %s", here, strings.Join(names, ", "))
	}
	below, reason := c.put(record[step], inner, steps[1:], append(done, step), v)
	if reason != "" {
		return nil, reason
	}
	record[step] = below
	return record, ""
}

func (c *Client) putElement(list []any, n *shape, steps, done []string, v any) (any, string) {
	here := joinPath(done)
	i, err := strconv.Atoi(steps[0])
	switch {
	case err != nil || i < 0:
		return nil, fmt.Sprintf("needs a place in the list %s; write %s", here, joinPath(append(append(slices.Clone(done), "0"), steps...)))
	case i > len(list):
		return nil, fmt.Sprintf("leaves a gap in the list %s; the next place there is %d", here, len(list))
	}
	inner := n.elements()
	if inner == nil {
		inner = &shape{}
	}
	var before any
	if i < len(list) {
		before = list[i]
	}
	below, reason := c.put(before, inner, steps[1:], append(done, steps[0]), v)
	if reason != "" {
		return nil, reason
	}
	if i == len(list) {
		return append(list, below), ""
	}
	list[i] = below
	return list, ""
}

// read gives a value the form that a place has for it; only a Text can fail.
func (c *Client) read(n *shape, v any) (any, string) {
	text, ok := v.(Text)
	if !ok {
		return exact(v), ""
	}
	kinds := n.kinds()
	if len(kinds) == 0 {
		return string(text), ""
	}
	for _, kind := range kinds {
		if v, ok := literal(kind, string(text)); ok {
			return v, ""
		}
	}
	if c.config.Force {
		return string(text), ""
	}
	return nil, "takes " + inWords(kinds) + "; write it so, or JSON behind :="
}

// literal reads a text as a value of a JSON type.
func literal(kind, text string) (any, bool) {
	if kind == "string" {
		return text, true
	}
	v, failed := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
	if failed != nil || strings.TrimSpace(text) != text {
		return nil, false
	}
	got := kindOf(v)
	switch kind {
	case "number":
		return v, got == "number" || got == "integer"
	case "integer", "boolean", "object", "array":
		return v, got == kind
	}
	return nil, false
}

func inWords(kinds []string) string {
	words := map[string]string{
		"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false", "object": "an object", "array": "a list",
	}
	var list []string
	for _, kind := range kinds {
		if word, ok := words[kind]; ok {
			list = append(list, word)
		}
	}
	if list == nil {
		return "nothing but null"
	}
	return strings.Join(list, " or ")
}

// exact is a copy of a value in the kinds that JSON has, numbers as they are written.
func exact(v any) any {
	switch v := v.(type) {
	case nil, bool, string, json.Number, []byte:
		return v
	case Text:
		return string(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = exact(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = exact(item)
		}
		return out
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	out, failed := wire.DecodeJSON(text, wire.JSONOptions{})
	if failed != nil {
		return string(text)
	}
	return out
}
