package mock

import (
	"errors"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// validate holds parameters, body and opened member to their schemas. A vendor with a catalogue answers the first thing
// that is wrong; where there is none, all of it is told at once.
func (s *Server) validate(x *exchange) *no {
	var all []*no
	for _, judge := range []func(*exchange) []*no{s.validateParameters, s.validateBody} {
		all = append(all, judge(x)...)
		if len(all) > 0 && x.op.of.catalogued() {
			return all[0]
		}
	}
	return together(all)
}

// together is the first of several "no" with the findings of all of them.
func together(all []*no) *no {
	if len(all) < 2 {
		if len(all) == 0 {
			return nil
		}
		return all[0]
	}
	d := diagnosis.New("violates-contract")
	for _, n := range all {
		d.Findings = append(d.Findings, n.diagnosis.Findings...)
	}
	return vendorNo(all[0].condition, all[0].subject, d)
}

func (s *Server) validateBody(x *exchange) []*no {
	if x.hasBody && x.media.schema != nil && !x.kept {
		if violations := x.media.schema.Validate(x.Value()); violations != nil {
			failed := x.violated("body", violations)
			if found, wanted := x.elsewhere(failed.subject); found != "" {
				failed.diagnosis.ID = "parameter-elsewhere"
				failed.diagnosis.Detail = map[string]string{"name": failed.subject, "found": found, "wanted": wanted}
			}
			return []*no{failed}
		}
	}
	if x.hasField && x.media.sealed != nil {
		if violations := x.media.sealed.Validate(x.field); violations != nil {
			for i := range violations {
				violations[i].Pointer = x.op.openPart + violations[i].Pointer
			}
			return []*no{x.violated("body", violations)}
		}
	}
	return nil
}

// elsewhere says where a field of a form stands that the contract has in the other place, the query or the form.
func (x *exchange) elsewhere(name string) (found, wanted string) {
	f := x.op.Wire.Formats
	if f == nil || len(f.Form) != 1 || name == "" {
		return "", ""
	}
	if _, inQuery := x.query.Get(name); inQuery > 0 && f.Form[0] == wire.InForm {
		return wire.InQuery, wire.InForm
	}
	if _, inForm := x.form.Get(name); inForm > 0 && f.Form[0] == wire.InQuery {
		return wire.InForm, wire.InQuery
	}
	return "", ""
}

// validateParameters reads the parameters and holds them to their schemas.
func (s *Server) validateParameters(x *exchange) (all []*no) {
	if len(x.op.parameters) > 0 {
		x.parameter = make(map[string]any, len(x.op.parameters))
	}
	raw := x.raw()
	for i := range x.op.parameters {
		p := &x.op.parameters[i]
		v, given, failed := p.read(x, raw)
		if failed == nil && given {
			failed = p.judge(x, v)
		}
		if failed == nil && !given && p.Required {
			failed = vendorNo(specs.MissingParameter, p.Name, diagnosis.New("missing-parameter", "name", p.Name))
			failed.diagnosis.Findings = []diagnosis.Finding{p.finding(x, "required", "a value", "absent")}
		}
		if failed != nil {
			all = append(all, failed)
			if x.op.of.catalogued() {
				return all
			}
			continue
		}
		if _, taken := x.parameter[p.Name]; given && (!taken || p.In == "path") { // the path says what is called
			x.parameter[p.Name] = v
		}
	}
	if !x.op.of.catalogued() {
		s.tellUnknown(x)
	}
	return all
}

// read takes a parameter from where it may stand. A gateway has one list of pairs, each with a plain text.
func (p *parameter) read(x *exchange, raw params.Raw) (v any, given bool, failed *no) {
	if p.In == "query" && x.op.Wire.Route != nil {
		// A gateway leaves an empty parameter out, as its signature does.
		text, count := x.pairs().Get(p.Name)
		if text == "" {
			return nil, false, nil
		}
		if count > 1 {
			return nil, true, vendorNo(specs.InvalidParameter, p.Name, diagnosis.New("parameter-twice", "name", p.Name))
		}
		if p.schema == nil {
			return text, true, nil
		}
		return p.schema.FromText(text), true, nil
	}
	v, given, err := params.Decode(&p.Parameter, p.schema, raw)
	if err == nil {
		return v, given, nil
	}
	failed = vendorNo(specs.InvalidParameter, p.Name, diagnosis.New("parameter-malformed", "in", p.In, "name", p.Name, "reason", err.Error()))
	var unread *params.Error
	if errors.As(err, &unread) && unread.Kind == params.Repeated {
		failed.diagnosis = diagnosis.New("parameter-twice", "name", p.Name)
	}
	failed.diagnosis.Findings = []diagnosis.Finding{p.finding(x, "style", "a value in the style "+p.Style, "text that cannot be read: "+err.Error())}
	if p.MediaType != "" {
		failed.diagnosis.Findings[0].Keyword, failed.diagnosis.Findings[0].Expected = "content", "a value of type "+p.MediaType
	}
	return nil, true, failed
}

// judge holds a parameter's value to its schema.
func (p *parameter) judge(x *exchange, v any) *no {
	if p.schema == nil || v == "" && p.AllowEmptyValue {
		return nil
	}
	violations := p.schema.Validate(v)
	if violations == nil {
		return nil
	}
	for i := range violations {
		violations[i].Pointer = p.Name + violations[i].Pointer
	}
	failed := x.violated(p.In, violations)
	failed.condition, failed.subject = specs.InvalidParameter, p.Name
	if v == "" && p.Required {
		failed.condition = specs.MissingParameter
	}
	return failed
}

func (p *parameter) finding(x *exchange, keyword, expected, got string) diagnosis.Finding {
	at := p.Pointer
	if at == "" {
		at = p.Schema
	}
	c := x.op.of.contract
	return diagnosis.Finding{In: p.In, Pointer: p.Name, Keyword: keyword, Expected: expected, Got: got, Clause: c.Source(at), At: c.Position(at).String()}
}

// raw is what the request holds of parameters, as texts.
func (x *exchange) raw() params.Raw {
	raw := params.Raw{Query: x.query, Escaped: x.request.URL.RawQuery, Header: x.request.Header, Taken: x.op.declares}
	if len(x.values) > 0 {
		raw.Path = make(map[string]string, len(x.values))
		for i, name := range x.op.pathNames {
			if i < len(x.values) { // behind a gateway the path is not that of the document
				raw.Path[name] = x.values[i]
			}
		}
	}
	if x.op.cookies {
		raw.Cookies = x.request.Cookies()
	}
	return raw
}

// declares says whether a name in the query is a parameter of its own.
func (op *compiled) declares(name string) bool {
	return slices.ContainsFunc(op.parameters, func(p parameter) bool { return p.In == "query" && p.Name == name })
}

// tellUnknown warns of query parameters that the contract does not have: a misspelt one would otherwise go unseen.
func (s *Server) tellUnknown(x *exchange) {
	for _, pair := range x.query {
		known := strings.HasPrefix(pair.Name, "__") || slices.Contains(x.op.wired, pair.Name)
		for i := range x.op.parameters {
			p := &x.op.parameters[i]
			known = known || p.In == "query" && params.Consumes(&p.Parameter, p.schema, pair.Name)
		}
		if !known {
			x.warn(diagnosis.New("parameter-unknown", "in", "query", "name", clip(pair.Name)))
		}
	}
}
