package specs_test

import (
	"testing"

	"understudy/specs"
)

// FuzzParse looks for a document that makes the loader panic, or that it takes and cannot describe.
func FuzzParse(f *testing.F) {
	for _, v := range specs.Vendors() {
		f.Add([]byte(text(f, v, "openapi.yaml")))
	}
	f.Add([]byte(toy))
	f.Add([]byte(`{"openapi":"3.0.3","info":{"title":"J","version":"1"},"paths":{"/a/{b}":{"get":{"security":[{"c":[]}],"responses":{}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := specs.Parse("fuzz", "fuzz.yaml", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("either a contract or an error: %v, %v", c, err)
		}
		if err != nil {
			return
		}
		c.Slots()
		for _, op := range c.Operations {
			if found, ok := c.Operation(op.ID); !ok || found != op {
				t.Errorf("operation %q is not found by its id", op.ID)
			}
			if c.Position(op.Pointer).Line == 0 {
				t.Errorf("%s has no position", op.Pointer)
			}
			c.ErrorFor(op.ID, specs.MissingParameter, "a")
		}
	})
}
