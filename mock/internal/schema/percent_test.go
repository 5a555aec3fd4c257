package schema

import "testing"

// TestNamesWithPercentSigns: a reference to a component whose name holds what looks like an escape finds that component.
func TestNamesWithPercentSigns(t *testing.T) {
	t.Parallel()
	s := hostileSchema(t, `{"type":"object","properties":{"a":{"$ref":"#/components/schemas/50%25"},"b":{"$ref":"#/components/schemas/a%2520b"}}},
		"50%":{"type":"integer"},"a%20b":{"type":"boolean"}`)
	if found := s.Validate(map[string]any{"a": "x", "b": "x"}); len(found) != 2 {
		t.Errorf("found %v", found)
	}
}
