package specs_test

import (
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

// strangers is a document with mistakes of every kind, and with extensions of its own, ours among them.
const strangers = `openapi: 3.0.3
info: {title: strange}
x-logo: a
paths:
  /a:
    get:
      operationId: one
      x-amazon: {x-wire: 1}
      responses: {"200": {}}
  /b:
    x-resource: none
    get: {operationId: one, responses: {ok: {}}}
components:
  schemas: {S: {type: string, x-wire: a}}
`

// TestAdopt brings the vocabulary to a stranger's document: it is held to the vocabulary where the overlay speaks, and to
// nothing else.
func TestAdopt(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": strangers})
	before := len(c.Notes)
	if c.Extended || c.Bundled || before < 4 {
		t.Fatalf("%v %v %v", c.Extended, c.Bundled, c.Notes)
	}
	overlay := func(actions string) (*specs.Contract, error) {
		return c.Overlay("o.yaml", []byte(head+"- {target: $, update: {x-understudy: 1}}\n"+actions))
	}
	o, err := overlay("- {target: \"$.paths['/a'].get\", update: {x-wire: {safe: true}, x-source: S-1}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if op, ok := o.Operation("one"); !ok || op.Wire.Safe == nil || op.Source != "S-1" || !o.Extended || o.Bundled {
		t.Errorf("the vocabulary did not arrive: %+v", op)
	}
	if _, ok := o.Operation("one_2"); !ok {
		t.Error("the second operation is gone")
	}
	if !slices.ContainsFunc(o.Notes, func(n specs.Note) bool { return n.Rule == specs.NoteForeign && strings.HasPrefix(n.Text, "x-logo") }) {
		t.Errorf("notes %v", o.Notes)
	}
	for mistake, want := range map[string]string{
		"- {target: $.info, update: {x-logo: a}}\n":                                                   "o.yaml:5: unknown key x-logo",
		"- {target: \"$.paths['/a'].get\", update: {x-errors: []}}\n":                                 "o.yaml:5: x-errors cannot stand at an operation",
		"- {target: \"$.paths['/a'].get\", update: {x-wire: {save: true}}}\n":                         `o.yaml:5: unknown key "save"`,
		"- {target: $.components.schemas.S, update: {properties: {a: {$ref: '#/components/x/A'}}}}\n": `o.yaml:5: $ref "#/components/x/A" leads nowhere`,
	} {
		if _, err := overlay(mistake); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %s, got %v", mistake, want, err)
		}
	}
	own := strings.Replace(strangers, "x-logo: a", "x-understudy: 1", 1)
	if _, _, err := read(t, map[string]string{"a.yaml": own}); err == nil || !strings.Contains(err.Error(), "a.yaml:8: unknown key x-amazon") {
		t.Errorf("a document that opts in of its own accord is held to its word: %v", err)
	}
	own = "x-understudy: 1\n" + small + "components:\n  schemas:\n    S:\n      const: a\n"
	if _, _, err := read(t, map[string]string{"a.yaml": own}); err == nil || !strings.Contains(err.Error(), "a.yaml:10: ") {
		t.Errorf("a breach of OpenAPI has no line: %v", err)
	}
}

// TestBundledStays says which contracts come from this module.
func TestBundledStays(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	variant := with(t, c, map[string]string{"Z-1": "form"})
	fixed, err := variant.Overlay("fix.yaml", []byte(head+"- {target: $.info, update: {summary: s}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]*specs.Contract{"the contract": c, "a variant": variant, "a correction of it": fixed} {
		if !of.Bundled || !of.Extended || of.OpenAPI != "3.1.0" || len(of.Notes) != 0 {
			t.Errorf("%s: %v %v %s %v", name, of.Bundled, of.Extended, of.OpenAPI, of.Notes)
		}
	}
	if len(c.Files) != 0 || len(variant.Files) != 0 || !slices.Equal(fixed.Files, []string{"fix.yaml"}) {
		t.Errorf("files %v, %v, %v", c.Files, variant.Files, fixed.Files)
	}
	parsed, err := specs.Parse("zheliban", "mine.yaml", []byte(text(t, "zheliban", "openapi.yaml")))
	if err != nil || parsed.Bundled {
		t.Errorf("what a user parses is the user's own: %v", err)
	}
}
