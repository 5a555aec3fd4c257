package specs_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

const model = `openapi: 3.0.3
info: {title: model, version: "1"}
servers:
  - url: https://{region}.example.com:{port}/{base}/v1/
    variables: {region: {default: eu}, port: {default: "8443"}, base: {default: a, enum: [a, b]}}
  - url: /here?x=1
  - url: https://{open.example.com/{unknown}/x
security: [{login: []}]
paths:
  /pets/{id}:
    servers: [{url: 'https://example.com/own'}]
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: q, in: query, schema: {type: string}}
      - {name: authorization, in: header, schema: {type: string}}
      - {name: X-A, in: header, schema: {type: string}}
    get:
      parameters:
        - name: q
          in: query
          style: pipeDelimited
          allowReserved: true
          allowEmptyValue: true
          required: true
          x-sensitive: name
          schema: {type: array, items: {type: string}}
          examples: {a: {value: [x]}, b: {$ref: '#/components/examples/E'}, c: {externalValue: 'https://example.com/e'}}
        - {name: x-a, in: header, required: true, schema: {$ref: '#/components/schemas/Pet'}}
        - {name: filter, in: query, content: {application/json: {schema: {type: object}}}, example: "{}"}
        - {name: deep, in: query, style: deepObject, explode: true, schema: {type: object}}
        - {$ref: '#/components/parameters/Session'}
      security: [{}, {login: [], key: []}, {oauth: [read, write]}, {tls: []}]
      responses:
        "200":
          description: fine
          headers:
            X-Rate: {required: true, explode: true, schema: {type: integer}, example: 4}
            Content-Type: {schema: {type: string}}
            X-Text: {content: {text/plain: {schema: {type: string}}}}
          content:
            application/json: {schema: {$ref: '#/components/schemas/Pet'}, example: {a: 1}}
            application/*+json: {}
          links:
            again: {operationId: changePet, parameters: {id: $response.body#/id}, requestBody: 7}
            here: {operationRef: '#/paths/~1pets~1%7Bid%7D/get'}
        4xx: {description: not so}
        default: {$ref: '#/components/responses/Any'}
    put:
      operationId: changePet
      security: []
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema: {type: object, properties: {a: {type: string}, b: {type: array, items: {type: string}}}}
            encoding:
              a: {contentType: 'image/png, image/jpeg', headers: {X-Part: {schema: {type: string}}}}
              b: {style: spaceDelimited, explode: false}
              c: {allowReserved: true}
      responses:
        "204": {description: done}
components:
  parameters: {Session: {name: sid, in: cookie, schema: {type: string}}}
  examples: {E: {value: [y]}}
  responses: {Any: {description: anything, content: {text/plain: {schema: {type: string}}}}}
  schemas: {Pet: {type: object}}
  securitySchemes:
    login: {type: http, scheme: Bearer}
    key: {type: apiKey, in: cookie, name: sid}
    oauth: {type: oauth2, flows: {}}
    tls: {$ref: '#/components/securitySchemes/other'}
    other: {type: openIdConnect, openIdConnectUrl: 'https://example.com/o'}
`

// TestModel holds a document that says everything to what the model makes of it.
func TestModel(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": model})
	got, _ := c.Operation("getPetsId")
	put, _ := c.Operation("changePet")
	if got == nil || put == nil || len(c.Operations) != 2 || c.OpenAPI != "3.0.3" {
		t.Fatalf("operations %v", c.Operations)
	}
	const at = "/paths/~1pets~1{id}"
	alike(t, "parameters", got.Parameters, []specs.Parameter{
		{Name: "id", In: "path", Required: true, Style: "simple", Schema: at + "/parameters/0/schema", Pointer: at + "/parameters/0"},
		{
			Name: "q", In: "query", Required: true, Sensitive: "name", Style: "pipeDelimited", AllowReserved: true, AllowEmptyValue: true,
			Schema: at + "/get/parameters/0/schema", Pointer: at + "/get/parameters/0",
			Examples: []specs.Example{{Name: "a", Pointer: at + "/get/parameters/0/examples/a/value"}, {Name: "b", Pointer: "/components/examples/E/value"}},
		},
		{Name: "x-a", In: "header", Required: true, Style: "simple", Schema: "/components/schemas/Pet", Pointer: at + "/get/parameters/1"},
		{
			Name: "filter", In: "query", Style: "form", Explode: true, MediaType: "application/json", Pointer: at + "/get/parameters/2",
			Schema: at + "/get/parameters/2/content/application~1json/schema", Examples: []specs.Example{{Pointer: at + "/get/parameters/2/example"}},
		},
		{Name: "deep", In: "query", Style: "deepObject", Explode: true, Schema: at + "/get/parameters/3/schema", Pointer: at + "/get/parameters/3"},
		{Name: "sid", In: "cookie", Style: "form", Explode: true, Schema: "/components/parameters/Session/schema", Pointer: "/components/parameters/Session"},
	})
	login := specs.SecurityScheme{Name: "login", Type: "http", Scheme: "bearer", In: "header", Key: "Authorization", Bearer: true}
	alike(t, "requirements", got.Requirements, [][]specs.SecurityScheme{
		{},
		{login, {Name: "key", Type: "apiKey", In: "cookie", Key: "sid"}},
		{{Name: "oauth", Type: "oauth2", In: "header", Key: "Authorization", Bearer: true, Scopes: []string{"read", "write"}}},
		{{Name: "tls", Type: "openIdConnect", In: "header", Key: "Authorization", Bearer: true}},
	})
	if got.Security != nil || put.Security != nil || put.Requirements != nil {
		t.Errorf("the only scheme is %+v of %+v and %+v", got.Security, put.Security, put.Requirements)
	}
	if want := []string{"", "/own"}; !slices.Equal(got.Prefixes, want) {
		t.Errorf("prefixes %q, want %q", got.Prefixes, want)
	}
	const ok = at + "/get/responses/200"
	alike(t, "responses", got.Responses, []specs.Response{
		{
			Status: "200", Pointer: ok,
			Content: []specs.MediaType{
				{Type: "application/json", Schema: "/components/schemas/Pet", Examples: []specs.Example{{Pointer: ok + "/content/application~1json/example"}}, Pointer: ok + "/content/application~1json"},
				{Type: "application/*+json", Pointer: ok + "/content/application~1*+json"},
			},
			Headers: []specs.Header{
				{Name: "X-Rate", Required: true, Explode: true, Schema: ok + "/headers/X-Rate/schema", Examples: []specs.Example{{Pointer: ok + "/headers/X-Rate/example"}}, Pointer: ok + "/headers/X-Rate"},
				{Name: "X-Text", MediaType: "text/plain", Schema: ok + "/headers/X-Text/content/text~1plain/schema", Pointer: ok + "/headers/X-Text"},
			},
			Links: []specs.Link{
				{Name: "again", Operation: "changePet", Parameters: map[string]any{"id": "$response.body#/id"}, RequestBody: put.Responses[0].Links, Pointer: ok + "/links/again"},
				{Name: "here", Operation: "getPetsId", Pointer: ok + "/links/here"},
			},
		},
		{Status: "4XX", Pointer: at + "/get/responses/4xx"},
		{
			Status: "default", Pointer: "/components/responses/Any",
			Content: []specs.MediaType{{Type: "text/plain", Schema: "/components/responses/Any/content/text~1plain/schema", Pointer: "/components/responses/Any/content/text~1plain"}},
		},
	})
	const form = at + "/put/requestBody/content/multipart~1form-data"
	alike(t, "body", put.Body, &specs.Body{Required: true, Pointer: at + "/put/requestBody", Content: []specs.MediaType{{
		Type: "multipart/form-data", Schema: form + "/schema", Pointer: form,
		Encoding: map[string]specs.Encoding{
			"a": {ContentType: "image/png, image/jpeg", Style: "form", Explode: true, Headers: []specs.Header{{Name: "X-Part", Schema: form + "/encoding/a/headers/X-Part/schema", Pointer: form + "/encoding/a/headers/X-Part"}}},
			"b": {Style: "spaceDelimited", Stated: true},
			"c": {Style: "form", Explode: true, AllowReserved: true, Stated: true},
		},
	}}})
	without, _ := mustRead(t, map[string]string{"a.yaml": strings.Replace(model, "    servers: [{url: 'https://example.com/own'}]\n", "", 1)})
	if want := []string{"", "/a/v1", "/b/v1", "/here"}; !slices.Equal(without.Operations[0].Prefixes, want) {
		t.Errorf("prefixes %q, want %q", without.Operations[0].Prefixes, want)
	}
	alone, _ := mustRead(t, map[string]string{"a.yaml": strings.Replace(model, "      security: []\n", "", 1)})
	if op, _ := alone.Operation("changePet"); op.Security == nil || !reflect.DeepEqual(*op.Security, login) {
		t.Errorf("the only scheme is %+v", op.Security)
	}
}

func alike(t *testing.T, what string, got, want any) {
	t.Helper()
	if l, ok := got.([]specs.Response); ok { // a number of YAML is a json.Number, which is compared by its text
		for i := range l {
			for j := range l[i].Links {
				if n, ok := l[i].Links[j].RequestBody.(interface{ String() string }); ok && n.String() == "7" {
					l[i].Links[j].RequestBody = []specs.Link(nil)
				}
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// TestReferencesBesideWords keeps what 3.1 says beside a $ref.
func TestReferencesBesideWords(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": `openapi: 3.1.0
info: {title: beside, version: "1"}
paths:
  /a:
    get:
      parameters:
        - {name: a, in: query, schema: {$ref: '#/components/schemas/S', description: d, x-y: 1}}
        - {name: b, in: query, schema: {$ref: '#/components/schemas/S', maxLength: 3}}
components: {schemas: {S: {type: string}}}
`})
	op := c.Operations[0]
	if op.Parameters[0].Schema != "/components/schemas/S" || op.Parameters[1].Schema != "/paths/~1a/get/parameters/1/schema" {
		t.Errorf("parameters %+v", op.Parameters)
	}
}

// TestModelIsLenient reads what a document leaves out or says twice.
func TestModelIsLenient(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": `openapi: 3.0.3
info: {title: lenient, version: "1"}
security: [{}, {login: []}]
paths:
  /a/{b}:
    get:
      parameters: [{name: b, in: path, schema: {type: string}}, {name: c, in: query}, {name: d, in: cookie, style: cookie, schema: {type: array, items: [{type: string, nullable: true}]}}]
    head: {}
components:
  securitySchemes: {login: {type: http, scheme: digest}}
`})
	get, _ := c.Operation("getAB")
	if get == nil || len(get.Parameters) != 3 || !get.Parameters[0].Required || get.Parameters[1].Schema != "" || get.Parameters[2].Style != "cookie" || !get.Parameters[2].Explode {
		t.Fatalf("%+v", get)
	}
	if get.Security != nil || len(get.Requirements) != 2 || get.Requirements[1][0].Scheme != "digest" {
		t.Errorf("nobody needs a credential here: %+v, %+v", get.Security, get.Requirements)
	}
	if item := compact(t, c, get.Parameters[2].Schema+"/items/0"); item != `{"type":["string","null"]}` {
		t.Errorf("the first item is %s", item)
	}
	if head, ok := c.Operation("headAB"); !ok || head.Responses != nil || head.Body != nil {
		t.Errorf("%+v", head)
	}
}
