package behave

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// forms are schemas of a key and of a representation, each with what the first keys are like.
func TestKeysOfAllForms(t *testing.T) {
	t.Parallel()
	document := `openapi: 3.1.0
info: {title: Forms, version: "1"}
x-understudy: 1
paths:
  /things:
    get:
      operationId: list
      x-resource: {kind: thing, verb: list}
      responses: {"200": {description: all, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}}}
    post:
      operationId: add
      x-resource: {kind: thing, verb: create}
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}}
  /things/{id}:
    get:
      operationId: get
      x-resource: {kind: thing, verb: read}
      parameters: [{name: id, in: path, required: true, schema: {$ref: "#/components/schemas/Key"}}]
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}}
components: {schemas: {Key: KEY, Thing: THING}}
`
	const plain = `{type: object, required: [id], properties: {id: {$ref: "#/components/schemas/Key"}, name: {type: string}}}`
	tests := []struct{ name, key, thing, want string }{
		{"integer", `{type: integer}`, plain, "1 2 3 4 5"},
		{"int64", `{type: integer, format: int64}`, plain, "1 2 3 4 5"},
		{"number", `{type: number}`, plain, "1 2 3 4 5"},
		{"text", `{type: string}`, plain, "thing-1 thing-2 thing-3 thing-4 thing-5"},
		{"digits", `{type: string, pattern: "^[0-9]+$"}`, plain, ""},
		{"uuid", `{type: string, format: uuid}`, plain, ""},
		{"pattern", `{type: string, pattern: "^K-[A-Z]{6}$"}`, plain, ""},
		{"far", `{type: integer, minimum: 1000000}`, plain, ""},
		{"text or number", `{type: [integer, string]}`, plain, "1 2 3 4 5"},
		{"few", `{type: string, enum: [a, b]}`, plain, "few"},
		{"anything", `{}`, plain, "1 2 3 4 5"},
		{"free", `{type: string}`, `{type: object}`, "thing-1 thing-2 thing-3 thing-4 thing-5"},
		{"composed", `{type: integer}`, `{allOf: [{type: object, required: [id], properties: {id: {type: integer}}}, {type: object, required: [a], properties: {a: {type: string, minLength: 3}}}]}`, "1 2 3 4 5"},
		{"alternatives", `{type: integer}`, `{type: object, required: [id, sort], properties: {id: {type: integer}}, oneOf: [{properties: {sort: {const: x}, x: {type: integer}}, required: [x]}, {properties: {sort: {const: "y"}, y: {type: string}}, required: [y]}]}`, "1 2 3 4 5"},
		{"circular", `{type: integer}`, `{type: object, required: [id], properties: {id: {type: integer}, next: {$ref: "#/components/schemas/Thing"}}}`, "1 2 3 4 5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for seed := range int64(5) {
				f := newFarmer(t, strings.NewReplacer("KEY", tt.key, "THING", tt.thing).Replace(document), seed)
				begun := texts(f.call("list", nil).Value.([]any), "/id")
				for range 2 {
					if _, err := f.try("add", arguments{"": `{}`}); err != nil && tt.want != "few" {
						t.Fatal(err)
					}
				}
				list := f.call("list", nil).Value.([]any)
				keys := texts(list, "/id")
				if tt.want != "" && tt.want != "few" && strings.Join(keys, " ") != tt.want {
					t.Errorf("seed %d: the keys are %q", seed, keys)
				}
				if tt.want != "few" && (len(begun) != 3 || len(keys) != 5) || len(keys) < 2 || !slices.Equal(keys[:len(begun)], begun) {
					t.Errorf("seed %d: %q, then %q", seed, begun, keys)
				}
				slices.Sort(keys)
				if len(slices.Compact(keys)) != len(list) {
					t.Errorf("seed %d: a key comes twice: %q", seed, keys)
				}
				for _, one := range list {
					f.call("get", arguments{"id": one.(map[string]any)["id"]})
				}
			}
		})
	}
}

// A result within an envelope is what the step answers with; the envelope is the engine's.
func TestResourceInAnEnvelope(t *testing.T) {
	t.Parallel()
	f := newFarmer(t, `openapi: 3.1.0
info: {title: Enveloped, version: "1"}
x-understudy: 1
x-wire: {envelope: {success: {code: $code, data: $result}}}
paths:
  /list:
    post:
      operationId: list
      x-resource: {kind: thing, verb: list, items: /data/rows, total: /data/count, page: {page: /pageNo, size: /pageSize, first: 0}, filter: {/query/name: /name}}
      requestBody: {content: {application/json: {schema: {type: object, properties: {pageNo: {type: integer}, pageSize: {type: integer}, query: {type: object, properties: {name: {type: string}}}}}}}}
      responses:
        "200": {description: all, content: {application/json: {schema: {type: object, properties: {code: {type: string}, data: {type: object, required: [rows, count], properties: {count: {type: integer}, rows: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}}}}}}
  /get:
    post:
      operationId: get
      x-resource: {kind: thing, verb: read, parameter: /id}
      requestBody: {content: {application/json: {schema: {type: object, properties: {id: {type: integer}}}}}}
      responses:
        "200": {description: one, content: {application/json: {schema: {type: object, properties: {code: {type: string}, data: {$ref: "#/components/schemas/Thing"}}}}}}
components: {schemas: {Thing: {type: object, required: [id], properties: {id: {type: integer}, name: {type: string}}}}}
`, 1)
	list := f.call("list", arguments{"": `{"pageNo": 1, "pageSize": 2}`})
	if got := texts(listOf(list, "/rows"), "/id"); at(list, "/count") != "3" || !slices.Equal(got, []string{"3"}) {
		t.Errorf("the list is %v", list.Value)
	}
	name := texts(listOf(list, "/rows"), "/name")[0]
	one := f.call("get", arguments{"": `{"id": 3}`})
	if at(one, "/name") != name || at(one, "/id") != "3" {
		t.Errorf("there is %v", one.Value)
	}
	body, _ := json.Marshal(map[string]any{"query": map[string]string{"name": name}})
	if got := f.call("list", arguments{"": string(body)}); !slices.Contains(texts(listOf(got, "/rows"), "/id"), "3") && name != "" {
		t.Errorf("filtered by %q there is %v", name, got.Value)
	}
	if got := f.call("list", arguments{"": `{"query": {"name": "nobody at all"}}`}); at(got, "/count") != "0" {
		t.Errorf("filtered there is %v", got.Value)
	}
	f.fails(notFound, "get", arguments{"": `{"id": 4}`})
	f.fails(notFound, "get", arguments{"": `{}`})
}

// A kind below another one holds its parent in a member.
func TestParentsAreSome(t *testing.T) {
	t.Parallel()
	document := `openapi: 3.1.0
info: {title: Below, version: "1"}
x-understudy: 1
paths:
  /a/{a}:
    get: {operationId: a, x-resource: {kind: a, verb: read}, parameters: [{name: a, in: path, required: true, schema: {type: integer}}], responses: {"200": {description: one, content: {application/json: {schema: {type: object, properties: {id: {type: integer}}}}}}}}
  /a/{a}/b/{b}:
    get: {operationId: b, x-resource: {kind: b, verb: read}, parameters: [{name: a, in: path, required: true, schema: {type: integer}}, {name: b, in: path, required: true, schema: {type: string}}], responses: {"200": {description: one, content: {application/json: {schema: {type: object, properties: {id: {type: string}, a: {type: integer}}}}}}}}
  /a/{a}/b/{b}/c:
    get: {operationId: c, x-resource: {kind: c, verb: list}, parameters: [{name: a, in: path, required: true, schema: {type: integer}}, {name: b, in: path, required: true, schema: {type: string}}], responses: {"200": {description: all, content: {application/json: {schema: {type: array, items: {type: object, required: [id], properties: {id: {type: integer}, b: {type: string}}}}}}}}}
`
	f := newFarmer(t, document, 1)
	for i, key := range []string{"1", "2", "3"} {
		f.call("a", arguments{"a": json.Number(key)})
		b := fmt.Sprintf("b-%d", i+1)
		if got := f.call("b", arguments{"a": json.Number(key), "b": b}); at(got, "/a") != key {
			t.Errorf("%s is %v", b, got.Value)
		}
		if got := f.call("c", arguments{"a": json.Number(key), "b": b}).Value.([]any); len(got) != 1 || texts(got, "/b")[0] != b {
			t.Errorf("below %s stands %v", b, got)
		}
		f.fails(notFound, "b", arguments{"a": json.Number("9"), "b": b})
	}
	// A parent's own parents are the child's.
	f = newFarmer(t, strings.Replace(document, "properties: {id: {type: string}, a: {type: integer}}", "properties: {id: {type: string, enum: [only]}, a: {type: integer}}", 1), 1)
	if got := f.call("c", arguments{"a": json.Number("1"), "b": "only"}).Value.([]any); len(got) != 3 {
		t.Errorf("below the only one stands %v", got)
	}
	f = newFarmer(t, document+`  /all/{a}:
    get: {operationId: all, x-resource: {kind: b, verb: list}, parameters: [{name: a, in: path, required: true, schema: {type: integer}}], responses: {"200": {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}, a: {type: integer}}}}}}}}}
`, 1)
	if got := texts(f.call("all", arguments{"a": json.Number("2")}).Value.([]any), "/id"); !slices.Equal(got, []string{"b-2"}) {
		t.Errorf("below 2 stands %q", got)
	}
	op, _ := f.contract.Operation("c")
	if got := op.Resource.Parents; got["a"] != "" || got["b"] != "/b" || len(got) != 2 {
		t.Errorf("the parents are %v", got)
	}
	// Two kinds above each other do not go round for ever.
	loop := strings.NewReplacer(
		"  /a/{a}:\n", "  /b/{b}/a/{a}:\n",
		"verb: read}, parameters: [{name: a, in: path, required: true, schema: {type: integer}}], responses", "verb: read}, parameters: [{name: b, in: path, required: true, schema: {type: string}}, {name: a, in: path, required: true, schema: {type: integer}}], responses",
		"properties: {id: {type: integer}}}", "properties: {id: {type: integer}, b: {type: string}}}",
	).Replace(document)
	newFarmer(t, loop, 1).call("c", arguments{"a": json.Number("1"), "b": "b-1"})
}
