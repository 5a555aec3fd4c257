package specs

import (
	"maps"
	"strings"
	"testing"
)

// shop is a document of a plain vendor. Each operation's x-resource stands in one line.
const shop = `openapi: 3.1.0
info: {title: Shop, version: "1"}
x-understudy: 1
paths:
  /pets:
    get:
      operationId: listPets
      x-resource: {kind: pet, verb: list, items: /data/list, total: /total, page: {page: page, size: size}, filter: {called: /name}}
      parameters:
      - {name: page, in: query, schema: {type: integer}}
      - {name: size, in: query, schema: {type: integer}}
      - {name: called, in: query, schema: {type: string}}
      responses:
        "200": {description: all, headers: {X-Total: {schema: {type: integer}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Pets"}}}}
    post:
      operationId: addPet
      x-resource: {kind: pet, verb: create, body: /data}
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Wrapped"}}}}
  /owners/{owner}/pets/{id}:
    get:
      operationId: getPet
      x-resource: {kind: pet, verb: read, body: /data}
      parameters: &both
      - {name: owner, in: path, required: true, schema: {type: string}}
      - {name: id, in: path, required: true, schema: {type: integer}}
      responses:
        "200": {description: one, content: {text/plain: {}, application/json: {schema: {$ref: "#/components/schemas/Wrapped"}}}}
    delete:
      operationId: dropPet
      x-resource: {kind: pet, verb: delete, key: /id, parents: {owner: /owner/id}}
      parameters:
      - {name: owner, in: path, required: true, schema: {type: string}}
      - {name: id, in: path, required: true, schema: {type: integer}}
      responses: {"204": {description: gone}}
components:
  schemas:
    Named: {type: object, properties: {name: {type: string}, free: {type: object}}}
    Pet:
      allOf:
      - $ref: "#/components/schemas/Named"
      - {type: object, properties: {id: {type: integer}, owner: {type: [object, "null"], properties: {id: {type: string}}}}}
      - {required: [name]}
    Wrapped: {type: object, properties: {code: {type: integer}, data: {$ref: "#/components/schemas/Pet"}}}
    Pets:
      type: object
      properties: {total: {type: integer}, next: {type: string}, data: {type: object, properties: {list: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}}
`

func TestResource(t *testing.T) {
	t.Parallel()
	c, err := Parse("shop", "shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		key, parameter, sends, representation string
		parents                               map[string]string
	}{
		"listPets": {"/id", "", "", "/components/schemas/Pets/properties/data/properties/list/items", nil},
		"addPet":   {"/id", "", "/data", "/components/schemas/Wrapped/properties/data", nil},
		"getPet":   {"/id", "id", "/data", "/components/schemas/Wrapped/properties/data", map[string]string{"owner": "/owner"}},
		"dropPet":  {"/id", "id", "", "", map[string]string{"owner": "/owner/id"}},
	}
	for id, want := range tests {
		op, _ := c.Operation(id)
		r := op.Resource
		if r == nil || r.Kind != "pet" || r.Key != want.key || r.Parameter != want.parameter || r.Sends() != want.sends || !maps.Equal(r.Parents, want.parents) {
			t.Errorf("%s: %+v", id, r)
		}
		got, ok := c.Representation(op)
		if got != want.representation || ok != (want.representation != "") {
			t.Errorf("%s: the representation is at %q, %v", id, got, ok)
		}
	}
	op, _ := c.Operation("addPet")
	if got, ok := c.Taken(op); got != "/components/schemas/Pet" || !ok {
		t.Errorf("what is wrapped in the reply only is taken at %q, %v", got, ok)
	}
}

func TestResourceOfAStrangerIsIgnored(t *testing.T) {
	t.Parallel()
	c, err := Parse("shop", "shop.yaml", []byte(strings.Replace(strings.Replace(shop, "x-understudy: 1\n", "", 1), "verb: read", "verb: fetch", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range c.Operations {
		if op.Resource != nil {
			t.Errorf("%s has %+v", op.ID, op.Resource)
		}
	}
}

func TestResourceIsChecked(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, from, to, want string }{
		{"verb", "verb: read", "verb: fetch", "shop.yaml:24: x-resource.verb is one of create, read, list, replace, patch, delete, acknowledge, not \"fetch\""},
		{"no verb", ", verb: read", "", "shop.yaml:24: x-resource.verb is one of"},
		{"no kind", "kind: pet, verb: read", "verb: read", "shop.yaml:24: x-resource.kind"},
		{"kind with a space", "kind: pet, verb: read", "kind: a pet, verb: read", "shop.yaml:24: x-resource.kind"},
		{"unknown key", "verb: read", "verb: read, colour: red", "shop.yaml:24: unknown key \"colour\""},
		{"no object", "x-resource: {kind: pet, verb: read, body: /data}", "x-resource: pet", "shop.yaml:24:"},
		{"in a list", "verb: read", "verb: [read]", "shop.yaml:24:"},
		{"key", "verb: read", "verb: read, key: /code", "shop.yaml:24: x-resource.key: a representation has nothing at /code (shop.yaml:45)"},
		{"key without slash", "verb: read", "verb: read, key: id", "shop.yaml:24: x-resource.key is a JSON pointer"},
		{"other key", "verb: read, body: /data}", "verb: read, key: /name, body: /data}\n      x-source: first", "shop.yaml:33: x-resource.key of pet is /id here and /name at getPet"},
		{"parameter", "verb: read", "verb: read, parameter: nr", "shop.yaml:24: x-resource.parameter: the operation has no parameter \"nr\""},
		{"parameter in no body", "verb: read", "verb: read, parameter: /id", "shop.yaml:24: x-resource.parameter: the body of the request has nothing at /id"},
		{"parameter of a list", "verb: list", "verb: list, parameter: page", "shop.yaml:8: x-resource.parameter goes with read"},
		{"no parameter at all", "verb: create, body: /data", "verb: replace, body: /data", "shop.yaml:17: x-resource.parameter has to say"},
		{"body", "verb: read, body: /data", "verb: read, body: /code/x", "shop.yaml:24: x-resource.body: the reply has nothing at /code/x"},
		{"request", "verb: create, body: /data", "verb: create, body: /data, request: /data", "shop.yaml:17: x-resource.request: the body of the request has nothing at /data"},
		{"body of a list", "verb: list", "verb: list, body: /data", "shop.yaml:8: x-resource.body goes with"},
		{"items elsewhere", "verb: read", "verb: read, items: /data", "shop.yaml:24: x-resource.items goes with list"},
		{"page elsewhere", "verb: read", "verb: read, page: {page: id}", "shop.yaml:24: x-resource.page goes with list"},
		{"items", "items: /data/list", "items: /data/all", "shop.yaml:8: x-resource.items: the reply has nothing at /data/all"},
		{"no items", "items: /data/list, ", "", "shop.yaml:8: x-resource.items has to say where"},
		{"items no array", "items: /data/list", "items: /total", "shop.yaml:8: x-resource.items: what the reply has at /total is no array"},
		{"total", "total: /total", "total: /all", "shop.yaml:8: x-resource.total: the reply has nothing at /all"},
		{"total header", "total: /total", "total: X-All", "shop.yaml:8: x-resource.total: the reply has no header \"X-All\""},
		{"page", "page: {page: page", "page: {page: site", "shop.yaml:8: x-resource.page/page: the operation has no parameter \"site\""},
		{"two ways", "page: {page: page", "page: {offset: size, page: page", "shop.yaml:8: x-resource.page takes"},
		{"limit of a page", "size: size}", "limit: size}", "shop.yaml:8: x-resource.page: size goes with page"},
		{"first", "{page: page, size: size}", "{offset: page, limit: size, first: 0}", "shop.yaml:8: x-resource.page.first"},
		{"cursor", "{page: page, size: size}", "{cursor: page, limit: size}", "shop.yaml:8: x-resource.page: cursor and next go together"},
		{"next", "{page: page, size: size}", "{cursor: page, limit: size, next: /more}", "shop.yaml:8: x-resource.page.next: the reply has nothing at /more"},
		{"filter", "{called: /name}", "{calling: /name}", "shop.yaml:8: x-resource.filter: the operation has no parameter \"calling\""},
		{"filter's member", "{called: /name}", "{called: /title}", "shop.yaml:8: x-resource.filter: a representation has nothing at /title"},
		{"parent", "verb: read", "verb: read, parents: {keeper: /owner}", "shop.yaml:24: x-resource.parents: \"keeper\" is no parameter"},
		{"parent's member", "verb: read", "verb: read, parents: {owner: /keeper}", "shop.yaml:24: x-resource.parents: a representation has nothing at /keeper"},
		{"lonely kind", "kind: pet, verb: delete", "kind: cat, verb: delete", "shop.yaml:32: nothing says what a cat is"},
		{"elsewhere", "info: {title: Shop", "x-resource: {}\ninfo: {title: Shop", "x-resource"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(shop, tt.from) != 1 {
				t.Fatalf("%q stands %d times in the document", tt.from, strings.Count(shop, tt.from))
			}
			_, err := Parse("shop", "shop.yaml", []byte(strings.Replace(shop, tt.from, tt.to, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
		})
	}
}

// What is right in other ways must not be refused.
func TestResourceInOtherForms(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, from, to string }{
		{"first", "size: size}", "size: size, first: 0}"},
		{"offset", "{page: page, size: size}", "{offset: page, limit: size}"},
		{"cursor", "{page: page, size: size}", "{cursor: called, limit: size, next: /next}"},
		{"header", "total: /total", "total: X-Total"},
		{"free member", "{called: /name}", "{called: /free/any/thing}"},
		{"beside", "verb: read", "verb: read, parents: {owner: \"\"}"},
		{"bare request", "verb: create, body: /data", "verb: create, body: /data, request: \"\""},
		{"query parameter", "{name: owner, in: path, required: true, schema: {type: string}}\n      - {name: id, in: path, required: true, schema: {type: integer}}\n      responses: {\"204\"", "{name: owner, in: path, required: true, schema: {type: string}}\n      - {name: id, in: path, required: true, schema: {type: integer}}\n      - {name: nr, in: query, schema: {type: integer}}\n      responses: {\"204\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(shop, tt.from) != 1 {
				t.Fatalf("%q stands %d times in the document", tt.from, strings.Count(shop, tt.from))
			}
			if _, err := Parse("shop", "shop.yaml", []byte(strings.Replace(shop, tt.from, tt.to, 1))); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMember(t *testing.T) {
	t.Parallel()
	c, err := Parse("shop", "shop.yaml", []byte(shop+`    Loop: {oneOf: [{$ref: "#/components/schemas/Loop"}, {type: object, properties: {next: {$ref: "#/components/schemas/Loop"}, pair: {type: array, prefixItems: [{type: string}, {type: integer}], items: {type: boolean}}}}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	const all = "/components/schemas/"
	tests := []struct {
		schema, pointer, want string
		ok                    bool
	}{
		{all + "Pet", "", all + "Pet", true},
		{"", "/any/thing", "", true},
		{all + "Pet", "/name", all + "Named/properties/name", true},
		{all + "Pet", "/name/first", "", false},
		{all + "Pet", "/owner/id", all + "Pet/allOf/1/properties/owner/properties/id", true},
		{all + "Pet", "/owner/name", "", false},
		{all + "Pet", "/free/x/0/y", "", true},
		{all + "Pet", "/colour", "", false},
		{all + "Pets", "/data/list/7/id", all + "Pet/allOf/1/properties/id", true},
		{all + "Pets", "/data/list/x", "", false},
		{all + "Pets", "/data/list/-", all + "Pets/properties/data/properties/list/items", true},
		{all + "Loop", "/next/next/pair/1", all + "Loop/oneOf/1/properties/pair/prefixItems/1", true},
		{all + "Loop", "/pair/2", all + "Loop/oneOf/1/properties/pair/items", true},
		{all + "Loop", "/nothing", "", false},
	}
	for _, tt := range tests {
		if got, ok := c.Member(tt.schema, tt.pointer); got != tt.want || ok != tt.ok {
			t.Errorf("Member(%s, %s) = %q, %v, want %q, %v", tt.schema, tt.pointer, got, ok, tt.want, tt.ok)
		}
	}
}

func TestResultOfAnEnvelope(t *testing.T) {
	t.Parallel()
	tests := []struct {
		success any
		want    string
		ok      bool
	}{
		{"$result", "", true},
		{map[string]any{"a/b": map[string]any{"x": "$result"}, "c": "$code"}, "/a~1b/x", true},
		{map[string]any{"c": "$code"}, "", false},
		{nil, "", false},
	}
	for _, tt := range tests {
		if got, ok := (&Envelope{Success: tt.success}).Result(); got != tt.want || ok != tt.ok {
			t.Errorf("Result of %v = %q, %v", tt.success, got, ok)
		}
	}
	if _, ok := (*Envelope)(nil).Result(); ok {
		t.Error("no envelope has a result")
	}
}
