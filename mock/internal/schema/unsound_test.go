package schema

import (
	"strings"
	"testing"

	"understudy/specs"
)

// TestUnsoundSchemaIsToldInPlace: one line, with the line of the file, and nothing of the library's own addresses.
func TestUnsoundSchemaIsToldInPlace(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("test", "test.yaml", []byte(`openapi: 3.1.0
info: {title: test, version: "1"}
paths: {/a: {get: {responses: {"200": {description: ok}}}}}
components:
  schemas:
    X:
      type: object
      properties:
        a:
          type: strng
    Y: {type: string, multipleOf: -1}
    Z: {pattern: '('}
`))
	if err != nil {
		t.Fatal(err)
	}
	set := NewSet(c)
	for name, want := range map[string]string{
		"X": "test.yaml:10: the schema does not compile: properties/a/type: ",
		"Y": "test.yaml:11: the schema does not compile: multipleOf: ",
		"Z": "test.yaml:12: the schema does not compile: ",
	} {
		_, err := set.Compile("/components/schemas/" + name)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "contract://") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: want %s, got %v", name, want, err)
		}
	}
}
