package specs_test

import (
	"testing"

	"understudy/specs"
)

func TestAStrangersKeysAreIgnored(t *testing.T) {
	t.Parallel()
	const foreign = `openapi: 3.1.0
info: {title: foreign, version: "1", x-logo: {url: a}}
x-wire: [this, is, not, ours]
x-errors: none
paths:
  /things:
    get:
      operationId: listThings
      x-source: 7
      x-amazon: {a: b}
      responses: {"200": {description: fine}}
`
	c, err := specs.Parse("foreign", "foreign.yaml", []byte(foreign))
	if err != nil {
		t.Fatal(err)
	}
	if op, ok := c.Operation("listThings"); !ok || op.Wire != (specs.Wire{}) || len(c.Errors) != 0 {
		t.Errorf("the foreign keys were read: %+v", c)
	}
	for _, v := range specs.Vendors() {
		own, err := specs.Load(v)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := own.Value("/" + specs.KeyUnderstudy); !ok {
			t.Errorf("%s does not opt in", v)
		}
	}
}
