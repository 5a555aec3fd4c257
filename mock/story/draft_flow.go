package story

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/mock/internal/schema"
	"understudy/scenarios"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// What must be there for a value to be taken for one that flows, wherever it stands.
const (
	leastText   = 6
	leastDigits = 4
)

var idName = regexp.MustCompile(`(?i)(^|[a-z0-9_.-])(id|no|number|code|key|token)$`)

// flows says whether a value that a reply had under one name may be meant by one in a request under another.
func flows(text string, number bool, from, to string) bool {
	named := strings.EqualFold(from, to) && idName.MatchString(from) ||
		strings.EqualFold(from, "id") && idName.MatchString(to) || strings.EqualFold(to, "id") && idName.MatchString(from)
	switch {
	case text == "":
		return false
	case named:
		return true
	case number:
		return len(strings.Trim(text, "-")) >= leastDigits
	}
	return len([]rune(text)) >= leastText && (strings.ContainsAny(text, "0123456789") || strings.EqualFold(from, to))
}

// remember keeps what a reply has, and what its request had.
func (d *drafter) remember(s *draftStep, op *specs.Operation, x *scenarios.Exchange) {
	given := slices.Concat(x.Request.Parameters, pathValues(op, x.Request.Path))
	if base(x.Request.MediaType) == formType {
		fields, _ := formFields(x.Request.Body) // which could be read, or there were no step
		given = append(given, fields...)
	} else {
		given = append(given, scenarios.Parameter{Value: string(x.Request.Body)})
	}
	for _, p := range given {
		d.ask(p.Value)
	}
	skip := map[string]bool{}
	if e := op.Wire.Envelope; e != nil {
		places(e.Error, "", func(pointer string, _ any) { skip[pointer] = true })
		places(e.Success, "", func(pointer string, v any) { skip[pointer] = skip[pointer] || v != "$result" })
	}
	if !isJSON(base(x.Response.MediaType)) {
		return
	}
	t, err := parseTree(x.Response.Body)
	if err != nil {
		return
	}
	t.each("", func(pointer, name string, v any) {
		if _, isBool := v.(bool); v == nil || isBool || skip[pointer] && !idName.MatchString(name) {
			return
		}
		text := key(v)
		_, number := v.(json.Number)
		if d.asked[text] || d.sources[text] != nil {
			return
		}
		d.sources[text] = &flowSource{step: s, pointer: pointer, name: name, number: number}
	})
}

// ask notes that a request had a value before any reply, and where it is JSON what stands in it.
func (d *drafter) ask(text string) {
	if t, err := parseTree([]byte(text)); err == nil && t.kind != 0 {
		t.each("", func(_, _ string, v any) { d.ask(key(v)) })
		return
	}
	if d.sources[text] == nil {
		d.asked[text] = true
	}
}

// key is a value as it is known again: a number and its text are the same.
func key(v any) string { return arazzo.Text(v) }

// flow is the expression for a value that an earlier reply brought, "" for none.
func (d *drafter) flow(name string, v any) (expression string, number bool) {
	_, isBool := v.(bool)
	if v == nil || isBool {
		return "", false
	}
	text := key(v)
	from := d.sources[text]
	if from == nil || d.asked[text] || !flows(text, from.number, from.name, name) {
		return "", false
	}
	if from.output == "" {
		from.output = from.step.outputName(from.name)
		from.step.outputs = append(from.step.outputs, draftOutput{from.output, "$response.body#" + from.pointer})
	}
	return "$steps." + from.step.id + ".outputs." + from.output, from.number
}

var outputForm = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

func (s *draftStep) outputName(name string) string {
	name = strings.Trim(outputForm.ReplaceAllString(name, "-"), "-")
	if name == "" {
		name = "value"
	}
	free := name
	for n := 2; slices.ContainsFunc(s.outputs, func(o draftOutput) bool { return o.name == free }); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}

// scalar writes one value of a request: an expression for what flows, an input for what is sensitive or would be taken for an
// expression, else itself.
func (d *drafter) scalar(name string, v any, sensitive bool) *yaml.Node {
	expression, fromNumber := "", false
	_, toNumber := v.(json.Number)
	if from := d.sources[key(v)]; from == nil || from.number || !toNumber { // no expression makes a number of a text
		expression, fromNumber = d.flow(name, v)
	}
	switch {
	case expression != "" && fromNumber == toNumber:
		return textNode(expression)
	case expression != "" && fromNumber:
		return textNode("{" + expression + "}")
	}
	text, isText := v.(string)
	if sensitive && v != nil || isText && !arazzo.IsPlain(text) {
		return textNode("$inputs." + d.input(name, v))
	}
	return scalarNode(v)
}

// input is the name of the input that has a value.
func (d *drafter) input(name string, v any) string {
	at := fmt.Sprintf("%T %s", v, key(v))
	if in := d.inputs[at]; in != nil {
		return in.name
	}
	name = strings.Trim(outputForm.ReplaceAllString(name, "-"), "-")
	if name == "" {
		name = "value"
	}
	free := name
	for n := 2; slices.ContainsFunc(d.named, func(in *draftInput) bool { return in.name == free }); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	in := &draftInput{free, v}
	d.inputs[at] = in
	d.named = append(d.named, in)
	return free
}

// criteria hold a reply's status and what its envelope says.
func (d *drafter) criteria(s *draftStep, op *specs.Operation, x *scenarios.Exchange) {
	s.criteria = append(s.criteria, fmt.Sprintf("$statusCode == %d", x.Response.Status))
	e := op.Wire.Envelope
	if e == nil || !isJSON(base(x.Response.MediaType)) {
		return
	}
	wanted := map[string]bool{}
	places(e.Error, "", func(pointer string, v any) { wanted[pointer] = v == "$code" || v == "$subCode" })
	places(e.Success, "", func(pointer string, v any) {
		text, isText := v.(string)
		wanted[pointer] = wanted[pointer] || !isText && v != nil || isText && text == "$code"
	})
	// A success that is told by a text counts where an error has another text in its place.
	places(e.Success, "", func(pointer string, v any) {
		places(e.Error, "", func(other string, failed any) {
			text, _ := failed.(string)
			if pointer == other && failed != v && !strings.HasPrefix(text, "$") {
				wanted[pointer] = true
			}
		})
	})
	t, err := parseTree(x.Response.Body)
	if err != nil {
		return
	}
	t.each("", func(pointer, _ string, v any) {
		if wanted[pointer] && v != nil {
			s.criteria = append(s.criteria, "$response.body#"+pointer+" == "+literal(v))
		}
	})
}

// literal is a value as a condition writes it.
func literal(v any) string {
	if text, ok := v.(string); ok {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return key(v)
}

// places visits the ends of a template.
func places(template any, pointer string, visit func(pointer string, v any)) {
	record, ok := template.(map[string]any)
	if !ok {
		if pointer != "" {
			visit(pointer, template)
		}
		return
	}
	for _, name := range slices.Sorted(maps.Keys(record)) {
		places(record[name], pointer+"/"+specs.EscapePointer(name), visit)
	}
}

// sensitive lists the places in a request's body that the contract marks.
func (d *drafter) sensitive(op *specs.Operation, media string, body []byte) map[string]bool {
	if op.Body == nil {
		return nil
	}
	for _, m := range op.Body.Content {
		if base(m.Type) != media || m.Schema == "" {
			continue
		}
		t, err := parseTree(body)
		if err != nil {
			return nil
		}
		return d.marked(m.Schema, t.plain())
	}
	return nil
}

func (d *drafter) sensitiveForm(op *specs.Operation, form *tree) map[string]bool {
	if op.Body == nil {
		return nil
	}
	for _, m := range op.Body.Content {
		if base(m.Type) == formType && m.Schema != "" {
			return d.marked(m.Schema, form.plain())
		}
	}
	return nil
}

// mark stands in the place of a marked value.
type mark struct{}

func (d *drafter) marked(pointer string, v any) map[string]bool {
	compiled, err := d.set.Compile(pointer)
	if err != nil {
		return nil
	}
	found := map[string]bool{}
	var walk func(v any, pointer string)
	walk = func(v any, pointer string) {
		switch v := v.(type) {
		case mark:
			found[pointer] = true
		case map[string]any:
			for name, item := range v {
				walk(item, pointer+"/"+specs.EscapePointer(name))
			}
		case []any:
			for i, item := range v {
				walk(item, fmt.Sprintf("%s/%d", pointer, i))
			}
		}
	}
	walk(compiled.Sensitive(v, func(kind string, v any) any {
		if kind == schema.Undescribed {
			return v
		}
		return mark{}
	}), "")
	return found
}
