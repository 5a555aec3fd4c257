package parameter

import (
	"encoding/json"
	"slices"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Plain reads the parameters that nearly all are: one text that stands for one text, number or truth value. It is made once
// for a parameter, immutable, and reads without a look at the schema.
type Plain struct {
	types []string // that the schema allows, in its order
	// json says that a text may hold a list or an object all the same.
	json, null, empty bool
}

// NewPlain says whether a parameter is read in that way: its style may have no other meaning for a single text, and its
// schema has room for single values only. Parameters in cookies are read by [Decode] alone.
func NewPlain(p *specs.Parameter, s *schema.Schema) (*Plain, bool) {
	shape := s.Shape()
	types := shape.Types()
	styled := p.In == "query" && (p.Style == form || p.Style == spaceDelimited || p.Style == pipeDelimited) ||
		(p.In == "path" || p.In == "header") && p.Style == simple
	if p.MediaType != "" || !styled || slices.Contains(types, "object") || slices.Contains(types, "array") {
		return nil, false
	}
	return &Plain{
		types: types, json: !shape.Is("string"), null: !shape.Is("string"), empty: p.In == "query" && p.AllowEmptyValue,
	}, true
}

// Keeps says whether what [Plain.Value] makes of a text certainly keeps a schema; nothing is made. False decides nothing.
func (p *Plain) Keeps(text string, s *schema.Schema) bool {
	if text == "" && p.empty {
		return true
	}
	for _, t := range p.types {
		switch t {
		case "string":
			return s.AcceptsText(text)
		case "integer", "number":
			if wire.IsNumber(text) {
				return s.AcceptsNumber(text)
			}
		default:
			return false
		}
	}
	return false
}

// Value is what [Decode] makes of a parameter that stands in the request once, as this text, decoded; a header without the
// blanks around it. False leaves the text to Decode. A text and a number are parts of the text.
func (p *Plain) Value(text string) (any, bool) {
	if text == "" && p.empty {
		return "", true
	}
	for _, t := range p.types {
		switch t {
		case "string":
			return text, true
		case "integer", "number":
			if wire.IsNumber(text) {
				return json.Number(text), true
			}
		case "boolean":
			if text == "true" || text == "false" {
				return text == "true", true
			}
		case "null":
			if text == "null" && p.null {
				return nil, true
			}
		}
	}
	if p.json && text != "" && (text[0] == '{' || text[0] == '[') {
		return nil, false
	}
	return text, true
}
