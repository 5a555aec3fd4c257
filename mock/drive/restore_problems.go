package drive

import (
	"net/http"
	"strings"

	"understudy/mock/internal/media"
	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
)

// restoredProblems holds a recorded request to the contract as a server would: parameters by their styles, the body by its
// media type, what is sealed by its own schema.
func (c *Client) restoredProblems(d *draft, r *scenarios.Request) []Problem {
	var list []Problem
	raw := params.Raw{Header: d.request.Header, Cookies: (&http.Request{Header: d.request.Header}).Cookies(), EscapedPath: pathTexts(d.Path, d.below)}
	for _, p := range d.pairs {
		if p.In == wire.InQuery || d.Wire.Route != nil {
			raw.Query = append(raw.Query, p)
		}
	}
	for i := range d.parameters {
		one := &d.parameters[i]
		if d.authorizes(one) || d.fills(one.Name) {
			continue
		}
		v, given, err := params.Decode(&one.Parameter, one.schema, raw)
		switch {
		case err != nil:
			problem := c.problem(one.In, one.Name, "style", "a text that the parameter's style has a form for", err.Error(), one.Pointer)
			list = append(list, problem)
		case !given && one.Required:
			problem := c.problem(one.In, one.Name, "required", "a value", "absent", one.Schema)
			problem.Missing = true
			list = append(list, problem)
		case given:
			list = append(list, c.problems(one.In, one.Name, params.Validate(&one.Parameter, one.schema, v))...)
		}
	}
	return append(list, c.restoredBody(d, r)...)
}

// restoredBody holds the body to the contract.
func (c *Client) restoredBody(d *draft, r *scenarios.Request) []Problem {
	plain := d.request.Plain
	if d.isForm {
		plain = d.request.Body
	}
	if d.media == nil || len(plain) == 0 {
		if d.Operation.Body != nil && d.Operation.Body.Required && len(plain) == 0 && d.media != nil && base(d.media.Type) != formType {
			one := c.problem("body", "", "required", "a body of type "+d.media.Type, "absent", d.Operation.Body.Pointer)
			one.Missing = true
			return []Problem{one}
		}
		return nil
	}
	label := orText(r.MediaType, d.media.Type)
	if base(label) != base(d.media.Type) || d.ours && d.isFormBody() {
		// Of several media types the plan has one; how a vendor's own form is read, its server says.
		return nil
	}
	part := d.Wire.Seal.RequestPart()
	sealed := r.Wire.Seal == scenarios.SealOpened && part != "" && !d.Wire.Seal.SealsBody()
	judged := plain
	var list []Problem
	if sealed && !d.inPlace && isJSON(base(label)) {
		c.judgeHeld(d, plain)
		list, d.request.Problems = d.request.Problems, nil
		if text, err := d.seal(plain); err == nil {
			judged = text
		}
	}
	v, err := media.Decode(d.media, d.body, bounded(label, judged), judged)
	if err != nil {
		return append(list, c.problem("body", "", "mediaType", d.media.Type, "text that cannot be read as it", d.media.Pointer))
	}
	return append(list, c.problems("body", "", d.body.Validate(v))...)
}

// pathTexts is what stands in a path for the parameters of a template, escaped; a step that is no parameter as a whole is left
// out.
func pathTexts(template, path string) map[string]string {
	texts := map[string]string{}
	steps, given := strings.Split(template, "/"), strings.Split(path, "/")
	for i, step := range steps {
		if name, ok := strings.CutPrefix(step, "{"); ok && strings.HasSuffix(name, "}") && i < len(given) {
			texts[strings.TrimSuffix(name, "}")] = given[i]
		}
	}
	return texts
}
