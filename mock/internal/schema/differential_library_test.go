package schema

// Library is the judgement of the library alone, for the tests outside: whether it takes a decoded value. Known is false
// where a number stands somewhere in the value that it is not asked about.
func (s *Schema) Library(v any) (valid, known bool) {
	if _, bad := unreadable(v, nil); bad {
		return false, false
	}
	validator, err := s.linked()
	return err == nil && validator.Validate(v) == nil, true
}
