package mock

import (
	"encoding/json"
	"strings"
	"testing"

	"understudy/mock/internal/schema"
)

// sampled is a contract whose replies come from the contract alone.
const sampled = `
paths:
  /examples: {get: {responses: {"200": {description: d, content: {application/json: {schema: {type: object}, examples: {one: {value: {a: 1}}, two: {value: {a: 2}}}}}}}}}
  /orders/{orderId}/items/{itemId}:
    get:
      parameters: [{name: orderId, in: path, required: true, schema: {type: string}}, {name: itemId, in: path, required: true, schema: {type: integer}}]
      responses:
        "200":
          description: d
          content:
            application/json:
              schema:
                type: object
                required: [id, orderId, code]
                properties: {id: {type: integer, minimum: 5}, orderId: {type: string, maxLength: 4}, code: {type: string, pattern: "^[A-Z]{3}$"}, tags: {type: array, uniqueItems: true, items: {type: string}}}
        "404": {description: d, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: integer, minimum: 5}}}}}}
`

func TestMadeRepliesAreWrittenAndKeepTheirSchema(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, sampled)
	get := func(path string, header ...string) map[string]any {
		w, e := p.send(asked("GET", path, "", header...))
		var v map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || e.Error != "" {
			t.Fatalf("%s: %s, %v", path, w.Body, err)
		}
		return v
	}
	v := get("/orders/ab/items/77")
	if v["id"] != 77.0 || v["orderId"] != "ab" || len(v["code"].(string)) != 3 {
		t.Errorf("order ab, item 77: %v", v)
	}
	v = get("/orders/longer/items/3")
	if v["id"] == 3.0 || v["orderId"] == "longer" {
		t.Errorf("what the schema forbids is answered: %v", v)
	}
	if v = get("/orders/ab/items/77", "Prefer", "code=404"); v["id"] == 77.0 {
		t.Errorf("a failure is named by the path: %v", v)
	}
}

func TestExamplesAreWrittenOnce(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, sampled)
	body := func(header ...string) string {
		w, _ := p.send(asked("GET", "/examples", "", header...))
		return w.Body.String()
	}
	for range 3 {
		if got := body(); got != `{"a":1}` {
			t.Errorf("the first example is %s", got)
		}
		if got := body("Prefer", "example=two"); got != `{"a":2}` {
			t.Errorf("the second example is %s", got)
		}
	}
	all, err := compilationOf(p.server.config.Contracts[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all.operations[0].usual.bodies[0].examples {
		if r := e.ready[schema.Plain][0].Load(); r == nil || r.mediaType != "application/json" {
			t.Errorf("of %s is remembered %v", e.name, r)
		}
	}
}

func TestANewNumberIsNotRemembered(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, strings.Replace(enveloping, "required: [code, data, meta]", "required: [code, data]", 1))
	seen := map[string]bool{}
	for range 3 {
		w, _ := p.send(asked("GET", "/examples", ""))
		if !strings.Contains(w.Body.String(), `"cup"`) || seen[w.Body.String()] {
			t.Errorf("%s", w.Body)
		}
		seen[w.Body.String()] = true
	}
	if isFresh(map[string]any{"a": map[string]any{"b": "$result"}, "c": 0}) || !isFresh(map[string]any{"a": map[string]any{"b": "$requestId"}}) {
		t.Error("what is new in every call is not told from what is not")
	}
}
