package check_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/specs"
)

// checkOwn checks the simulator of a contract that did not come with this module, every credential configured.
func checkOwn(t *testing.T, c *specs.Contract, seed int64) {
	t.Helper()
	own := mock.Credentials{}
	for _, slot := range c.Slots() {
		if slot.Scheme {
			own[slot.Name] = mock.Credential{Text: "caller:secret-of-" + slot.Name}
		}
	}
	server, url := world(t, mock.Config{Contracts: []*specs.Contract{c}, Credentials: map[string]mock.Credentials{c.Vendor: own}, Seed: 1})
	credentials, _ := server.Credentials(c.Vendor)
	got, err := check.Run(t.Context(), check.Config{Contract: c, Credentials: credentials, Target: url, Unsafe: true, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	tell(t, got)
	if got.Checked() == 0 {
		t.Error("nothing was checked")
	}
	for _, op := range got.Operations {
		if len(op.Positive.Checked) == 0 {
			t.Errorf("%s: nothing positive was checked: %v", op.ID, op.Positive.NotChecked)
		}
	}
}

// TestCorpus holds the simulator to contracts of every style.
func TestCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../e2e/testdata/contracts/*.*")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(file string) bool { return strings.Contains(file, ".overlay.") })
	if len(files) < 10 {
		t.Fatalf("only %d contracts", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			c, err := specs.Read(specs.NameOf(file), file, specs.ReadConfig{})
			if err != nil {
				t.Fatal(err)
			}
			checkOwn(t, c, 2)
		})
	}
}

// TestAcknowledgedIsListedNoMore plays and checks a queue that is described by x-resource alone.
func TestAcknowledgedIsListedNoMore(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("queue", "queue.yaml", []byte(`openapi: 3.1.0
x-understudy: 1
info: {title: Queue, version: "1"}
paths:
  /messages:
    get:
      operationId: pull
      x-resource: {kind: message, verb: list}
      responses: {"200": {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Message'}}}}}}
  /messages/{id}/receipt:
    post:
      operationId: acknowledge
      x-resource: {kind: message, verb: acknowledge}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"204": {description: noted}, "404": {description: unknown}}
components:
  schemas:
    Message: {type: object, required: [id, text], properties: {id: {type: integer, minimum: 1}, text: {type: string}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	checkOwn(t, c, 1)
	_, url := world(t, mock.Config{Contracts: []*specs.Contract{c}, Seed: 1})
	got, err := check.Run(t.Context(), check.Config{Contract: c, Target: url, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range got.Operations {
		if op.ID == "acknowledge" && (len(op.Flow.Checked) < 2 || op.Flow.Checked[0].Name != "flow: acknowledged does not return") {
			t.Errorf("%+v", op.Flow)
		}
	}
}
