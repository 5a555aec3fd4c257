package specs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/specs"
)

// FuzzRead looks for a document and a file beside it that make the reader panic or dawdle, that it takes and cannot
// describe, or that it answers with more or less than one line for each mistake.
func FuzzRead(f *testing.F) {
	for _, text := range []string{small, swagger, model, strangers, toy, several()["a.yaml"], manyOperations(8)} {
		f.Add([]byte(text), []byte(several()["parts.yaml"]))
	}
	f.Add([]byte("openapi: 3.1.0\npaths: {/a: {$ref: b.yaml}}\n"), []byte("get: {parameters: [{$ref: 'a.yaml#/paths/~1a'}]}\n"))
	f.Add([]byte("{\"swagger\": \"2.0\", \"paths\": {\"/a\": {\"get\": {\"parameters\": [{\"$ref\": \"b.yaml\"}]}}}}"), []byte(`{"in": "formData", "name": "n", "type": "array"}`))
	f.Add([]byte("openapi: 3.0.0\npaths: {/a: {get: {responses: {2XX: {$ref: 'b.yaml#/x/0'}}}}}\n"), []byte("x: &x [{$ref: '#/x/1'}, {$ref: '#/x/0'}, *x]\n"))
	f.Add([]byte("openapi: 3.0.0\ncomponents: {$ref: b.yaml}\npaths: {$ref: 'b.yaml#/p'}\n"), []byte("schemas: {$ref: '#/schemas'}\np: {/a: {get: {}}}\n"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if len(first)+len(second) > 1<<16 {
			t.Skip("time is bounded by the size")
		}
		dir := t.TempDir()
		for name, data := range map[string][]byte{"a.yaml": first, "b.yaml": second} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		c, err := specs.Read("fuzz", filepath.Join(dir, "a.yaml"), specs.ReadConfig{})
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("reading took %v", took)
		}
		if (c == nil) == (err == nil) {
			t.Fatalf("either a contract or an error: %v, %v", c, err)
		}
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if !strings.Contains(line, "a.yaml") && !strings.Contains(line, "b.yaml") {
					t.Errorf("a line without a file: %q of %q", line, err)
				}
			}
			return
		}
		ids := map[string]bool{}
		for _, op := range c.Operations {
			if found, ok := c.Operation(op.ID); !ok || found != op || ids[op.ID] {
				t.Errorf("operation %q is not found by its id", op.ID)
			}
			ids[op.ID] = true
			if c.Position(op.Pointer).Line == 0 {
				t.Errorf("%s has no position", op.Pointer)
			}
			pointers := []string{op.Pointer}
			for _, p := range op.Parameters {
				pointers = append(pointers, p.Pointer, p.Schema)
			}
			for _, r := range op.Responses {
				pointers = append(pointers, r.Pointer)
				for _, m := range r.Content {
					pointers = append(pointers, m.Pointer, m.Schema)
				}
			}
			for _, p := range pointers {
				if _, ok := c.Value(p); !ok {
					t.Errorf("nothing stands at %q", p)
				}
			}
		}
		for _, n := range c.Notes {
			if n.Rule == "" || n.Text == "" || n.At.File == "" || strings.Contains(n.Text, "\n") {
				t.Errorf("the note %+v says too little", n)
			}
		}
		if len(c.Operations) == 0 && !c.Extended {
			t.Error("nothing can be served")
		}
	})
}
