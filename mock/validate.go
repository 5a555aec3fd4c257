package mock

import (
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// validate holds parameters, body and opened member to their schemas. A vendor with a catalogue answers the first thing
// that is wrong; where there is none, all of it is told at once.
func (s *Server) validate(x *exchange) *no {
	all := s.validateParameters(x)
	if len(all) == 0 || !x.op.of.catalogued() {
		all = append(all, s.validateBody(x)...)
	}
	if len(all) > 0 && x.op.of.catalogued() {
		return all[0]
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
