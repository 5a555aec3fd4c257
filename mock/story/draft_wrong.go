package story

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/scenarios"
	"understudy/specs"
)

// The values that stand in the place of credentials that were wrong.
const (
	wrongCredential = "a-credential-that-nobody-issued"
	wrongSignature  = "00000000000000000000000000000000"
)

// wrong writes a credential or a signature that was wrong or missing.
func (d *drafter) wrong(s *draftStep, op *specs.Operation, x *scenarios.Exchange) {
	value := func(wrong string, how string) *yaml.Node {
		if how == scenarios.Missing {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
		}
		return textNode(wrong)
	}
	if how := x.Request.Wire.Credential; how != "" && how != scenarios.Valid {
		if scheme := schemeOf(op); scheme != nil {
			text := wrongCredential
			switch {
			case scheme.Bearer:
				text = "Bearer " + text
			case scheme.Scheme == "basic":
				text = "Basic dW5kZXJzdHVkeTp3cm9uZw=="
			}
			s.instead(scheme.In, scheme.Key, value(text, how))
		} else if a := op.Wire.Auth; a != nil && len(a.Fields) > 0 {
			var pointers []string
			for p := range a.Fields {
				pointers = append(pointers, p)
			}
			last := specs.UnescapePointer(strings.TrimPrefix(slices.Max(pointers), "/")) // behind the name stands the secret
			s.payload = mapping(last, value(wrongCredential, how))
			s.contentType = "application/json"
		}
	}
	if how := x.Request.Wire.Signed; how == scenarios.Invalid || how == scenarios.Missing {
		if sign := op.Wire.Sign; sign != nil {
			in, name := "query", sign.Parameter
			if l := specs.Location(sign.Parameter); l.Place() != "" {
				in, name = l.Place(), l.Name()
			}
			if in == "query" || in == "header" {
				s.instead(in, name, value(wrongSignature, how))
			}
		}
	}
}

// schemeOf is where the credential of an operation stands, outside its body.
func schemeOf(op *specs.Operation) *specs.SecurityScheme {
	if op.Security != nil && op.Security.Key != "" {
		return op.Security
	}
	for _, alternative := range op.Requirements {
		for i := range alternative {
			if alternative[i].Key != "" {
				return &alternative[i]
			}
		}
	}
	return nil
}

// instead writes a parameter in the place of one that was recorded under the name.
func (s *draftStep) instead(in, name string, v *yaml.Node) {
	for i, p := range s.given {
		if p.In == in && sameName(in, p.Name, name) {
			s.parameters[i] = parameterNode(in, name, v)
			return
		}
	}
	s.given = append(s.given, scenarios.Parameter{In: in, Name: name})
	s.parameters = append(s.parameters, parameterNode(in, name, v))
}
