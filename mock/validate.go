package mock

import (
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// validate holds parameters, body and opened member to their schemas.
func (s *Server) validate(x *exchange) *no {
	if failed := s.validateParameters(x); failed != nil {
		return failed
	}
	if x.hasBody && x.media.schema != nil {
		if violations := x.media.schema.Validate(x.decoded); violations != nil {
			failed := x.violated("body", violations)
			if found, wanted := x.elsewhere(failed.subject); found != "" {
				failed.diagnosis.ID = "parameter-elsewhere"
				failed.diagnosis.Detail = map[string]string{"name": failed.subject, "found": found, "wanted": wanted}
			}
			return failed
		}
	}
	if x.hasField && x.op.sealed != nil {
		if violations := x.op.sealed.Validate(x.field); violations != nil {
			for i := range violations {
				violations[i].Pointer = "/" + x.op.openField + violations[i].Pointer
			}
			return x.violated("body", violations)
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

func (s *Server) validateParameters(x *exchange) *no {
	if len(x.op.parameters) == 0 {
		return nil
	}
	x.parameter = make(map[string]any, len(x.op.parameters))
	for _, p := range x.op.parameters {
		text, count := x.raw(p.Parameter)
		switch {
		case count == 0 && p.Required:
			return vendorNo(specs.MissingParameter, p.Name, diagnosis.New("missing-parameter", "name", p.Name))
		case count == 0:
			continue
		case count > 1:
			return vendorNo(specs.InvalidParameter, p.Name, diagnosis.New("parameter-twice", "name", p.Name))
		}
		if p.schema == nil {
			x.parameter[p.Name] = text
			continue
		}
		v := p.schema.FromText(text)
		if violations := p.schema.Validate(v); violations != nil {
			for i := range violations {
				violations[i].Pointer = p.Name + violations[i].Pointer
			}
			failed := x.violated(p.In, violations)
			failed.condition, failed.subject = specs.InvalidParameter, p.Name
			if text == "" && p.Required {
				failed.condition = specs.MissingParameter
			}
			return failed
		}
		x.parameter[p.Name] = v
	}
	return nil
}

// raw finds a parameter's text where it may stand.
func (x *exchange) raw(p specs.Parameter) (text string, count int) {
	switch p.In {
	case "query":
		if x.op.Wire.Route != nil {
			// A gateway leaves an empty parameter out, as its signature does.
			if text, count := x.pairs().Get(p.Name); text != "" {
				return text, count
			}
			return "", 0
		}
		return x.query.Get(p.Name)
	case "header":
		values := x.request.Header.Values(p.Name)
		if len(values) == 0 {
			return "", 0
		}
		return values[0], len(values)
	case "path":
		v, ok := x.values[p.Name]
		if ok {
			return v, 1
		}
	}
	return "", 0
}
