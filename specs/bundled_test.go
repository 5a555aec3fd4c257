package specs_test

import (
	"reflect"
	"strings"
	"testing"

	"understudy/specs"
)

// TestBundledIsProven holds every contract of this module to all that a user's own is held to: [specs.Load] leaves a part of
// that out, for the sake of the time that a start takes. What comes of it is the same.
func TestBundledIsProven(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *specs.Contract) {
		whole, err := specs.Parse(c.Vendor, c.Vendor+"/openapi.yaml", []byte(text(t, c.Vendor, "openapi.yaml")))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(whole.Operations, c.Operations) || !reflect.DeepEqual(whole.Errors, c.Errors) || !reflect.DeepEqual(whole.Unclear, c.Unclear) || len(whole.Notes) > 0 {
			t.Errorf("read whole, the contract is another one; notes %v", whole.Notes)
		}
		broken := strings.Replace(text(t, c.Vendor, "openapi.yaml"), "\ninfo:\n", "\nexternalDocs: {}\ninfo:\n", 1)
		if _, err := specs.Parse(c.Vendor, "broken.yaml", []byte(broken)); err == nil || !strings.Contains(err.Error(), "external") {
			t.Errorf("a breach of the OpenAPI Specification is not found: %v", err)
		}
	})
}

// TestLoadAll has every vendor once, as [specs.Load] has it.
func TestLoadAll(t *testing.T) {
	t.Parallel()
	list, err := specs.LoadAll()
	if err != nil || len(list) != len(specs.Vendors()) {
		t.Fatalf("%d contracts, %v", len(list), err)
	}
	for i, vendor := range specs.Vendors() {
		if list[i] != load(t, vendor) {
			t.Errorf("the contract of %s is another one than that of Load", vendor)
		}
	}
}
