package story

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/scenarios"
	"understudy/specs"
)

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
