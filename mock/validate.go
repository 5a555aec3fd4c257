package mock

import (
	"understudy/mock/internal/diagnosis"
	"understudy/specs"
)

// validate holds parameters, body and opened member to their schemas.
func (s *Server) validate(x *exchange) *no {
	if failed := s.validateParameters(x); failed != nil {
		return failed
	}
	if x.hasBody && x.media.schema != nil {
		if violations := x.media.schema.Validate(x.decoded); violations != nil {
			return x.violated("body", violations)
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
