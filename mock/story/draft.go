package story

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/mock/internal/schema"
	"understudy/scenarios"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// DraftConfig says how a story is drafted. Only Contract is needed.
type DraftConfig struct {
	Contract *specs.Contract
	// Source is the url of the sourceDescription; "" is the contract's id.
	Source string
	// Workflow is the id of the workflow; "" is recorded.
	Workflow string
	// Title is that of the document; "" is made of the contract's.
	Title string
}

// ErrNothingToTell says that a recording has no exchange of which a step can be made.
var ErrNothingToTell = errors.New("the recording has no exchange of which a step can be made")

// Draft makes a story of a recording, as YAML that [arazzo.Parse] takes: one step for each exchange, in order.
//
// What flows from a reply into a later request becomes an output and an expression: a text of six characters or more, a
// number of four digits or more, and anything smaller where both places have the name of an id; but no value that a
// request brought first. What the contract marks as sensitive in a request becomes an input with the recorded stand-in as its
// default. Credentials are left to whoever runs the story; a wrong or missing one is told as that. Criteria hold the
// status and what the envelope says. What cannot be told as a step is named in a comment at the head: callbacks, calls of no
// operation, replies that never came, bodies that could not be opened.
func Draft(r *scenarios.Recording, c DraftConfig) ([]byte, error) {
	if c.Contract == nil {
		return nil, errors.New("story: DraftConfig.Contract is nil; load one by specs.Load")
	}
	d := &drafter{config: c, contract: c.Contract, set: schema.NewSet(c.Contract), asked: map[string]bool{}, sources: map[string]*flowSource{}, ids: map[string]int{}, inputs: map[string]*draftInput{}}
	for _, x := range r.Exchanges {
		d.exchange(x)
	}
	if len(d.steps) == 0 {
		return nil, fmt.Errorf("%w%s", ErrNothingToTell, d.leftOut("; left out: ", "; "))
	}
	text, err := d.write(r)
	if err != nil {
		return nil, err
	}
	if _, err := arazzo.Parse("the draft", text); err != nil {
		return nil, fmt.Errorf("the draft is no valid story: %w", err)
	}
	return text, nil
}

// drafter makes steps of exchanges.
type drafter struct {
	config   DraftConfig
	contract *specs.Contract
	set      *schema.Set
	steps    []*draftStep
	// asked has the values that requests brought before any reply had them; sources those that replies brought.
	asked   map[string]bool
	sources map[string]*flowSource
	ids     map[string]int
	inputs  map[string]*draftInput // by value
	named   []*draftInput
	left    []string
}

// flowSource is a value in a reply, of which an output is made when a later request has it.
type flowSource struct {
	step    *draftStep
	pointer string // into the body, or a header's name where header is set
	name    string
	number  bool
	output  string // once it is one
}

type draftStep struct {
	id, operation string
	parameters    []*yaml.Node
	given         []scenarios.Parameter
	payload       *yaml.Node
	contentType   string
	criteria      []string
	outputs       []draftOutput
	lenient       bool
}

type draftOutput struct{ name, expression string }

type draftInput struct {
	name string
	v    any
}

func (d *drafter) leave(x *scenarios.Exchange, why string) {
	d.left = append(d.left, fmt.Sprintf("exchange %d: %s", x.Number, why))
}

func (d *drafter) leftOut(before, between string) string {
	if d.left == nil {
		return ""
	}
	return before + strings.Join(d.left, between)
}

// exchange makes a step, if one can be made.
func (d *drafter) exchange(x *scenarios.Exchange) {
	op, ok := d.contract.Operation(x.Operation)
	switch {
	case x.Callback != "":
		d.leave(x, "the vendor called the client ("+x.Callback+")")
		return
	case x.Operation == "":
		d.leave(x, "the contract has no such call")
		return
	case !ok:
		d.leave(x, "the contract has no operation "+x.Operation+" any more")
		return
	case x.Response.Status == 0 || x.Response.Broken != "":
		d.leave(x, "no whole reply came")
		return
	case x.Request.Wire.Seal == scenarios.SealUnopened && !d.refused(x):
		d.leave(x, "the request's body could not be opened")
		return
	}
	s := &draftStep{id: d.stepID(op.ID), operation: op.ID, lenient: x.Response.Outcome == scenarios.OutcomeUnexplained}
	if err := d.request(s, op, x); err != nil {
		d.leave(x, err.Error())
		return
	}
	d.criteria(s, op, x)
	d.remember(s, op, x)
	d.steps = append(d.steps, s)
}

// refused says whether the reply answers a wrong credential, so that the body did not matter.
func (d *drafter) refused(x *scenarios.Exchange) bool {
	w := x.Request.Wire.Credential
	return w != "" && w != scenarios.Valid
}

var stepForm = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

func (d *drafter) stepID(operation string) string {
	id := strings.Trim(stepForm.ReplaceAllString(operation, "-"), "-")
	if id == "" {
		id = "step"
	}
	return d.unique(id)
}

// unique numbers names from the second one on.
func (d *drafter) unique(name string) string {
	d.ids[name]++
	if n := d.ids[name]; n > 1 {
		return d.unique(fmt.Sprintf("%s-%d", name, n))
	}
	return name
}

// request writes what a step sends.
func (d *drafter) request(s *draftStep, op *specs.Operation, x *scenarios.Exchange) error {
	for _, p := range pathValues(op, x.Request.Path) {
		d.parameter(s, op, "path", p.Name, p.Value)
	}
	given := slices.Clone(x.Request.Parameters)
	isForm := base(x.Request.MediaType) == formType
	var fields []scenarios.Parameter
	if isForm {
		var err error
		if fields, err = formFields(x.Request.Body); err != nil {
			return errors.New("its form cannot be read")
		}
	}
	form := &tree{kind: '{'}
	twice := false
	for _, field := range fields {
		if declaresQuery(op, field.Name) {
			field.In = "query" // a gateway reads both places
			given = append(given, field)
			continue
		}
		twice = twice || slices.ContainsFunc(form.members, func(m treeMember) bool { return m.name == field.Name })
		form.set(field.Name, &tree{scalar: field.Value})
	}
	for _, p := range given {
		if r := op.Wire.Route; r != nil && p.Name == r.Parameter {
			continue
		}
		switch p.In {
		case "query", "header", "cookie", "path":
			d.parameter(s, op, p.In, p.Name, p.Value)
		}
	}
	d.wrong(s, op, x)
	switch {
	case twice: // which an object cannot say
		s.payload, s.contentType = d.scalar("body", string(x.Request.Body), false), formType
	case isForm:
		if len(form.members) > 0 {
			s.payload = d.yaml(form, "", d.sensitiveForm(op, form))
			s.contentType = formType
		}
	case len(x.Request.Body) > 0:
		return d.body(s, op, x)
	}
	return nil
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

func (d *drafter) body(s *draftStep, op *specs.Operation, x *scenarios.Exchange) error {
	media := base(x.Request.MediaType)
	s.contentType = media
	if isJSON(media) {
		if t, err := parseTree(x.Request.Body); err == nil {
			if t.kind == '{' && len(t.members) == 0 && op.Wire.Auth != nil && len(op.Wire.Auth.Fields) > 0 && s.payload == nil {
				s.contentType = "" // nothing but credentials
				return nil
			}
			written := d.yaml(t, "", d.sensitive(op, media, x.Request.Body))
			if s.payload != nil && t.kind == '{' && !slices.ContainsFunc(t.members, func(m treeMember) bool { return m.name == s.payload.Content[0].Value }) {
				written.Content = append(written.Content, s.payload.Content...) // a wrong credential
			}
			s.payload = written
			return nil
		}
	}
	if !isText(x.Request.Body) {
		return errors.New("its body is no text")
	}
	s.payload = d.scalar("body", string(x.Request.Body), false)
	return nil
}

func isText(body []byte) bool {
	return bytes.IndexByte(body, 0) < 0 && strings.ToValidUTF8(string(body), "") == string(body)
}

// parameter writes one, unless the client fills it in.
func (d *drafter) parameter(s *draftStep, op *specs.Operation, in, name, text string) {
	if slices.ContainsFunc(s.given, func(p scenarios.Parameter) bool { return p.In == in && sameName(in, p.Name, name) }) {
		d.left = append(d.left, "the parameter "+name+" of "+s.id+", where it came again")
		return
	}
	s.given = append(s.given, scenarios.Parameter{In: in, Name: name})
	sensitive := false
	for _, p := range op.Parameters {
		if p.In == in && sameName(in, p.Name, name) {
			sensitive = p.Sensitive != ""
		}
	}
	var v *yaml.Node
	if t, err := parseTree([]byte(text)); err == nil && t.kind != 0 {
		v = d.within(t, text)
	} else {
		v = d.scalar(name, text, sensitive)
		if inner, ok := strings.CutPrefix(v.Value, "{$steps."); ok && strings.IndexByte(inner, '}') == len(inner)-1 {
			v = textNode("$steps." + strings.TrimSuffix(inner, "}")) // a parameter is written as a text anyway
		}
	}
	s.parameters = append(s.parameters, parameterNode(in, name, v))
}

func parameterNode(in, name string, v *yaml.Node) *yaml.Node {
	return mapping("name", textNode(name), "in", textNode(in), "value", v)
}

func declaresQuery(op *specs.Operation, name string) bool {
	return slices.ContainsFunc(op.Parameters, func(p specs.Parameter) bool { return p.In == "query" && p.Name == name })
}

func formFields(body []byte) ([]scenarios.Parameter, error) {
	var list []scenarios.Parameter
	for _, part := range strings.Split(string(body), "&") {
		if part == "" {
			continue
		}
		name, v, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		if v, err = url.QueryUnescape(v); err != nil {
			return nil, err
		}
		list = append(list, scenarios.Parameter{Name: name, Value: v})
	}
	return list, nil
}

// pathValues reads the parameters out of a path, in their order.
func pathValues(op *specs.Operation, path string) []scenarios.Parameter {
	if op.Wire.Route != nil {
		return nil
	}
	want, got := strings.Split(op.Path, "/"), strings.Split(path, "/")
	if len(got) > len(want) { // below the path of a server
		got = got[len(got)-len(want):]
	}
	var values []scenarios.Parameter
	for i := range min(len(want), len(got)) {
		if name, ok := strings.CutPrefix(want[i], "{"); ok && strings.HasSuffix(name, "}") {
			if text, err := url.PathUnescape(got[i]); err == nil {
				values = append(values, scenarios.Parameter{In: "path", Name: strings.TrimSuffix(name, "}"), Value: text})
			}
		}
	}
	return values
}
