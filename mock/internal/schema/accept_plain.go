package schema

// AcceptsText says whether a text, not one in JSON, certainly keeps the schema. False decides nothing: [Schema.Validate] has
// the last word. A nil schema takes every text.
func (s *Schema) AcceptsText(text string) bool {
	if s == nil || s.quick == nil {
		return true
	}
	return s.quick.simple && s.quick.types.has(stringType) && s.quick.text(text)
}

// AcceptsNumber is [Schema.AcceptsText] for a number, as JSON writes it.
func (s *Schema) AcceptsNumber(text string) bool {
	if s == nil || s.quick == nil {
		return true
	}
	if !s.quick.simple {
		return false
	}
	ok, sure := s.quick.number(text)
	return ok && sure
}

// TakesListsOnly says that the schema certainly takes nothing but lists.
func (s *Schema) TakesListsOnly() bool {
	return s != nil && s.quick != nil && s.quick.types == arrayType
}
