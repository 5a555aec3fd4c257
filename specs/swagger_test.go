package specs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

const swagger = `swagger: "2.0"
info: {title: old, version: "1"}
host: api.example.com
basePath: /v2
schemes: [http, https]
consumes: [application/json, application/xml]
produces: [application/json, text/csv]
securityDefinitions:
  login: {type: basic}
  oauth: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a.example/b', tokenUrl: 'https://a.example/c', scopes: {read: r}}
  key: {type: apiKey, in: header, name: X-Key}
security: [{key: []}]
parameters:
  limit: {name: limit, in: query, type: integer, maximum: 100, exclusiveMaximum: true}
  pet: {name: pet, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}
  photo: {name: photo, in: formData, type: file, required: true}
responses:
  Lost: {description: lost, schema: {$ref: '#/definitions/Error'}, examples: {application/json: {code: 1}, text/html: "<p>"}}
paths:
  /pets:
    parameters: [{$ref: '#/parameters/limit'}, {name: note, in: formData, type: string}]
    get:
      security: [{login: []}, {oauth: [read]}]
      produces: [application/json]
      parameters:
        - {name: csv, in: query, type: array, items: {type: string}}
        - {name: multi, in: query, type: array, items: {type: string}, collectionFormat: multi}
        - {name: ssv, in: query, type: array, items: {type: string}, collectionFormat: ssv}
        - {name: pipes, in: query, type: array, items: {type: string}, collectionFormat: pipes}
        - {name: tsv, in: query, type: array, items: {type: string}, collectionFormat: tsv}
        - {name: X-List, in: header, type: array, items: {type: integer, x-nullable: true}, collectionFormat: ssv}
        - {name: Authorization, in: header, type: string, x-nullable: true}
        - {name: note, in: formData, type: string, description: mine}
      responses:
        200:
          description: pets
          headers: {X-Total: {type: integer, description: all}}
          schema: {type: array, items: {$ref: '#/definitions/Pet'}}
          examples: {application/json: []}
        404: {$ref: '#/responses/Lost'}
        500: {description: as above, schema: {$ref: '#/paths/~1pets/get/responses/200/schema'}}
        default: {description: nothing}
    post:
      parameters: [{$ref: '#/parameters/pet'}]
      responses: {201: {description: created}}
  /pets/{id}/photo:
    put:
      consumes: [multipart/form-data]
      parameters:
        - {name: id, in: path, required: true, type: string}
        - {$ref: '#/parameters/photo'}
        - {name: names, in: formData, type: array, items: {type: string, x-nullable: true}, collectionFormat: pipes, description: n}
      responses: {200: {description: a picture, schema: {type: file}}}
definitions:
  Pet:
    type: object
    discriminator: kind
    required: [kind]
    properties: {kind: {type: string}, age: {type: integer, x-nullable: true}, more: {$ref: '#/definitions/Pet/properties/age'}}
  Error: {type: object, properties: {code: {type: integer}}}
`

func TestSwagger(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": swagger})
	if c.OpenAPI != "2.0" || c.Title != "old" || len(c.Operations) != 3 {
		t.Fatalf("%+v", c)
	}
	get, _ := c.Operation("getPets")
	post, _ := c.Operation("postPets")
	put, _ := c.Operation("putPetsIdPhoto")
	if !slices.Equal(get.Prefixes, []string{"", "/v2"}) {
		t.Errorf("prefixes %q", get.Prefixes)
	}
	styles := ""
	for _, p := range get.Parameters {
		styles += p.Name + " " + p.In + " " + p.Style
		if p.Explode {
			styles += " explode"
		}
		styles += " " + compact(t, c, p.Schema) + "\n"
	}
	if want := `limit query form explode {"exclusiveMaximum":100,"type":"integer"}
csv query form {"items":{"type":"string"},"type":"array"}
multi query form explode {"items":{"type":"string"},"type":"array"}
ssv query spaceDelimited {"items":{"type":"string"},"type":"array"}
pipes query pipeDelimited {"items":{"type":"string"},"type":"array"}
tsv query form {"items":{"type":"string"},"type":"array"}
X-List header simple {"items":{"type":["integer","null"]},"type":"array"}
Authorization header simple {"type":["string","null"]}
`; styles != want {
		t.Errorf("parameters\n%swant\n%s", styles, want)
	}
	alike(t, "requirements", get.Requirements, [][]specs.SecurityScheme{
		{{Name: "login", Type: "http", Scheme: "basic", In: "header", Key: "Authorization"}},
		{{Name: "oauth", Type: "oauth2", In: "header", Key: "Authorization", Bearer: true, Scopes: []string{"read"}}},
	})
	if post.Security == nil || post.Security.Key != "X-Key" {
		t.Errorf("the security of the document is %+v", post.Security)
	}
	bodies := map[string]*specs.Body{"get": get.Body, "post": post.Body, "put": put.Body}
	for name, want := range map[string]string{
		"get":  `application/x-www-form-urlencoded {"properties":{"note":{"description":"mine","type":"string"}},"type":"object"}`,
		"post": `application/json {"discriminator":{"propertyName":"kind"},"properties":{"age":{"type":["integer","null"]},"kind":{"type":"string"},"more":{"$ref":"#/components/schemas/Pet/properties/age"}},"required":["kind"],"type":"object"} application/xml {"discriminator":{"propertyName":"kind"},"properties":{"age":{"type":["integer","null"]},"kind":{"type":"string"},"more":{"$ref":"#/components/schemas/Pet/properties/age"}},"required":["kind"],"type":"object"}`,
		"put":  `multipart/form-data {"properties":{"names":{"description":"n","items":{"type":["string","null"]},"type":"array"},"photo":{"format":"binary","type":"string"}},"required":["photo"],"type":"object"}`,
	} {
		var got []string
		for _, m := range bodies[name].Content {
			got = append(got, m.Type, compact(t, c, m.Schema))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("the body of %s is\n%s, want\n%s", name, strings.Join(got, " "), want)
		}
	}
	if get.Body.Required || !post.Body.Required || !put.Body.Required {
		t.Error("a body is required where a part of it is")
	}
	if e := put.Body.Content[0].Encoding["names"]; e.Style != "pipeDelimited" || e.Explode || !e.Stated {
		t.Errorf("names are written %+v", e)
	}
	replies := ""
	for _, r := range append(slices.Clone(get.Responses), put.Responses...) {
		replies += r.Status
		for _, m := range r.Content {
			replies += " " + m.Type + " " + compact(t, c, m.Schema)
			for _, e := range m.Examples {
				replies += " e.g. " + compact(t, c, e.Pointer)
			}
		}
		replies += "\n"
	}
	const code, pets = `{"properties":{"code":{"type":"integer"}},"type":"object"}`, `{"items":{"$ref":"#/components/schemas/Pet"},"type":"array"}`
	if want := "200 application/json " + pets + " e.g. []\n" +
		"404 application/json " + code + ` e.g. {"code":1} text/csv ` + code + " text/html " + code + ` e.g. "\u003cp\u003e"` + "\n" +
		"500 application/json " + pets + "\ndefault\n" +
		`200 application/json {"format":"binary","type":"string"} text/csv {"format":"binary","type":"string"}` + "\n"; replies != want {
		t.Errorf("replies\n%swant\n%s", replies, want)
	}
	if h := get.Responses[0].Headers; len(h) != 1 || compact(t, c, h[0].Schema) != `{"type":"integer"}` {
		t.Errorf("headers %+v", h)
	}
	for pointer, line := range map[string]int{
		"/components/schemas/Pet": 55, "/components/schemas/Pet/properties/age/type": 59, "/components/parameters/limit": 14, "/components/responses/Lost/description": 18,
		"/components/securitySchemes/login": 9, "/servers/0/url": 4, get.Pointer: 22, get.Parameters[4].Pointer: 29, put.Body.Content[0].Schema + "/properties/names": 52,
		get.Responses[0].Pointer: 35, put.Body.Pointer: 51,
	} {
		if at := c.Position(pointer); at.Line != line || at.Column == 0 {
			t.Errorf("%s stands at %s, want line %d", pointer, at, line)
		}
	}
	var notes []string
	for _, n := range c.Notes {
		notes = append(notes, n.At.String()[strings.LastIndexByte(n.At.String(), ':')+1:]+" "+n.Rule+" "+n.Text)
	}
	if want := []string{
		"30 converted OpenAPI 3 has no equal for collectionFormat tsv; the list is read with commas",
		"31 converted OpenAPI 3 has no equal for collectionFormat ssv in a header parameter; the list is read with commas",
		"33 converted fields of a form travel as none of the media types that are consumed; application/x-www-form-urlencoded is taken",
		"44 openapi an operation has one body or fields of a form; the first body counts",
	}; !slices.Equal(notes, want) {
		t.Errorf("notes\n%s", strings.Join(notes, "\n"))
	}
	everyReferenceLeads(t, c)
}

func compact(t *testing.T, c *specs.Contract, pointer string) string {
	t.Helper()
	v, ok := c.Value(pointer)
	if !ok {
		t.Errorf("nothing stands at %s", pointer)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// TestSwaggerSaysLittle reads a document without host, media types and most of the rest, and one without quotes.
func TestSwaggerSaysLittle(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": "swagger: 2.0\ninfo: {title: little, version: 1.0}\nbasePath: base\npaths:\n  /a:\n    post:\n      parameters: [{name: b, in: body, schema: {type: object}}]\n      responses: {200: {description: d, schema: {type: object}}, 201: {description: d, schema: {type: object}}}\n"})
	op := c.Operations[0]
	if !slices.Equal(op.Prefixes, []string{"", "/base"}) || op.Body.Content[0].Type != "application/json" || op.Responses[1].Content[0].Type != "application/json" || c.Version != "1.0" {
		t.Errorf("%+v", op)
	}
	var notes []string
	for _, n := range c.Notes {
		notes = append(notes, n.Text)
	}
	if want := []string{"info.version is a text; put it in quotes", "the document does not say what media type it consumes; application/json is taken", "the document does not say what media type it produces; application/json is taken"}; !slices.Equal(notes, want) {
		t.Errorf("notes %q", notes)
	}
}

// TestSwaggerInFiles brings in what a document of Swagger 2.0 refers to, and lays an overlay over what the user wrote.
func TestSwaggerInFiles(t *testing.T) {
	t.Parallel()
	c, dir := mustRead(t, map[string]string{
		"a.yaml":    "swagger: '2.0'\ninfo: {title: files, version: '1'}\nproduces: [application/json]\nconsumes: [application/json]\npaths:\n  /a: {$ref: 'b/a.yaml'}\n",
		"b/a.yaml":  "get:\n  parameters: [{$ref: 'c.json#/parameters/size'}]\n  responses:\n    200: {description: d, schema: {$ref: 'c.json#/definitions/Pet'}}\n    404: {$ref: 'c.json#/responses/Lost'}\n",
		"b/c.json":  `{"parameters": {"size": {"name": "size", "in": "query", "type": "integer"}}, "responses": {"Lost": {"description": "lost", "schema": {"$ref": "#/definitions/Pet"}}}, "definitions": {"Pet": {"type": "object", "x-nullable": true}}}`,
		"b/o.y.yml": "",
	})
	op := c.Operations[0]
	if op.Responses[0].Content[0].Schema != "/components/schemas/Pet" || op.Responses[1].Content[0].Schema != "/components/schemas/Pet" || op.Parameters[0].Pointer != "/components/parameters/size" {
		t.Errorf("%+v", op)
	}
	if at := c.Position("/components/schemas/Pet/type"); !strings.HasPrefix(at.File, dir) || !strings.HasSuffix(at.File, "c.json") {
		t.Errorf("the pet stands at %s", at)
	}
	o, err := c.Overlay("o.yaml", []byte(head+"- {target: $.definitions.Pet, update: {properties: {age: {type: integer, x-nullable: true}}}}\n- {target: $, update: {x-understudy: 1}}\n- {target: $.paths.*.get, update: {x-wire: {safe: true}, x-source: S-1}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := compact(t, o, "/components/schemas/Pet/properties/age"); got != `{"type":["integer","null"]}` || !o.Extended || o.Operations[0].Wire.Safe == nil || o.Operations[0].Source != "S-1" {
		t.Errorf("the overlay gave %s, %+v", got, o.Operations[0])
	}
	everyReferenceLeads(t, o)
}
