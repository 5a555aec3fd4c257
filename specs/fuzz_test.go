package specs_test

import (
	"io/fs"
	"os"
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

// FuzzOverlay looks for an overlay that makes the loader panic, or that leaves a document whose parts have no place.
func FuzzOverlay(f *testing.F) {
	readings, err := fs.Glob(os.DirFS("."), "*/readings/*.yaml")
	if err != nil || len(readings) == 0 {
		f.Fatalf("no overlay to begin with: %v", err)
	}
	for _, file := range readings {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, action := range []string{
		"{target: $.info, update: {title: [a]}}", "{target: $..*, remove: true}", "{target: \"$.components..[?@.type]\", update: {a: .inf}}",
		"{target: $, update: {x-wire: {seal: {}}, x-errors: [{id: 5}]}}", "{target: \"$['x-errors'][0, -1, ::2]\", update: {id: [b]}}",
	} {
		f.Add([]byte(head + "- " + action + "\n"))
	}
	base := clayed(f)
	before, _ := base.Value("")
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := base.Overlay("fuzz.yaml", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("either a contract or an error: %v, %v", c, err)
		}
		if after, _ := base.Value(""); !equal(before, after) {
			t.Fatal("the contract under the overlay has changed")
		}
		if err != nil {
			return
		}
		visit(c, "", func(pointer string) {
			if at := c.Position(pointer); at.Line == 0 || at.File != "toy.yaml" && at.File != "fuzz.yaml" {
				t.Errorf("%s stands at %s", pointer, at)
			}
		})
		for id := range c.Readings() {
			t.Errorf("an overlay chooses nothing, yet there is %s", id)
		}
	})
}
