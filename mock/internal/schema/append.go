package schema

// Append converts a behaviour's value as [Schema.Convert] does and appends it as [Schema.AppendJSON] writes it, in one go.
// The error is that of the first one that fails; dst is returned as it was then.
func (s *Schema) Append(dst []byte, v any, lists Lists) ([]byte, error) {
	converted, err := s.Convert(v)
	if err != nil {
		return dst, err
	}
	return s.AppendJSON(dst, converted, lists)
}
