package mock

import (
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/specs"
)

// exported has what the generators of documents write: .NET's text/plain and application/*+json, Springfox's type ref, YAML
// beside JSON, lines and events of JSON.
const exported = `openapi: 3.0.1
info: {title: Exported, version: "1"}
paths:
  /orders:
    get:
      parameters: [{name: q, in: query, schema: {type: ref}}]
      responses:
        "200":
          description: ok
          headers: {X-Total: {schema: {type: integer}}}
          content:
            text/plain: {schema: {$ref: "#/components/schemas/Orders"}}
            application/json: {schema: {$ref: "#/components/schemas/Orders"}}
        4XX: {description: bad}
        default: {description: worse}
    post:
      requestBody:
        content:
          application/json: {schema: {type: object, required: [a]}}
          application/*+json: {schema: {type: object, required: [z]}}
          text/xml: {schema: {type: object, xml: {name: order}, required: [id]}}
      responses: {"204": {description: ok}}
  /stream:
    get:
      responses:
        "200":
          description: ok
          content:
            application/x-ndjson: {schema: {type: object, required: [n], properties: {n: {type: integer, enum: [1]}}}}
            text/event-stream: {schema: {type: object, required: [n], properties: {n: {type: integer, enum: [1]}}}}
  /xml:
    get:
      responses:
        "200":
          description: ok
          content:
            application/xml: {schema: {type: object, required: [id], xml: {name: a}, properties: {id: {type: integer}}}, examples: {bad: {value: "<a/>"}, good: {value: "<a><id>7</id></a>\n"}}}
            text/xml: {example: "<b>8</b>"}
  /fastapi: {get: {parameters: [{name: n, in: query, schema: {type: integer}}], responses: {"200": {description: ok}, "422": {description: d, content: {application/json: {schema: {type: object, properties: {detail: {type: array, items: {type: object, required: [loc, msg, type], properties: {loc: {type: array, items: {anyOf: [{type: string}, {type: integer}]}}, msg: {type: string}, type: {type: string}}}}}}}}}}}}
  /dotnet: {get: {parameters: [{name: n, in: query, schema: {type: integer}}], responses: {"200": {description: ok}, "400": {description: d, content: {application/json: {schema: {type: object, properties: {type: {type: string, nullable: true}, title: {type: string, nullable: true}, status: {type: integer, nullable: true}, detail: {type: string, nullable: true}}, additionalProperties: {}}}}}}}}
  /stripe: {get: {parameters: [{name: n, in: query, schema: {type: integer}}], responses: {"200": {description: ok}, default: {description: d, content: {application/json: {schema: {type: object, properties: {error: {type: object, properties: {message: {type: string}, detail: {type: string, example: as documented}}}}}}}}}}}
  /bearer: {get: {security: [{b: []}], responses: {"200": {description: ok}}}}
components:
  securitySchemes: {b: {type: http, scheme: bearer}}
  schemas:
    Orders: {type: array, minItems: 1, items: {type: object, required: [n], properties: {n: {type: integer, enum: [1]}}}}
`

func TestExportedDocumentsAreServed(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("exported", "exported.yaml", []byte(exported))
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{Contracts: []*specs.Contract{c}})
	if err != nil {
		t.Fatal(err)
	}
	const label, page, origin = "Content-Type", "http://localhost:3000", "Origin"
	for _, one := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		header, holds              string
	}{
		{"JSON before text", "GET", "/orders", "", nil, 200, "Content-Type=application/json", `[{"n":1}`},
		{"JSON before text, where all is accepted", "GET", "/orders", "", []string{"Accept", "text/html, */*"}, 200, "Content-Type=application/json", ""},
		{"text where it is wanted", "GET", "/orders", "", []string{"Accept", "text/plain"}, 200, "Content-Type=text/plain", `[{"n":1}`},
		{"a type that is none", "GET", "/orders?q=1", "", nil, 200, "", ""},
		{"a range by its name", "GET", "/orders", "", []string{"Prefer", "code=4xx"}, 400, "Preference-Applied=code=4xx", ""},
		{"default by its name", "GET", "/orders?__code=default", "", nil, 500, "", ""},
		{"no range of that name", "GET", "/orders?__code=5XX", "", nil, 400, "Understudy-Refusal=unknown-preference", ""},
		{"headers that a page may read", "GET", "/orders", "", []string{origin, page}, 200, "Access-Control-Expose-Headers=Understudy-Refusal,Understudy-Diagnosis,Understudy-Fault,Understudy-Session,Understudy-Step,Preference-Applied,X-Total", ""},
		{"cookies of a page", "GET", "/orders", "", []string{origin, page}, 200, "Access-Control-Allow-Credentials=true", ""},
		{"a page of elsewhere", "GET", "/orders", "", []string{origin, "http://shop.example"}, 200, "Access-Control-Allow-Credentials=", ""},
		{"a suffix of JSON", "POST", "/orders", `{"z":1}`, []string{label, "application/vnd.order+json"}, 204, "", ""},
		{"a suffix of JSON, held to its schema", "POST", "/orders", `{"a":1}`, []string{label, "application/vnd.order+json"}, 422, "", `"/z"`},
		{"another root", "POST", "/orders", `<x/>`, []string{label, "text/xml"}, 422, "", "root element"},
		{"lines", "GET", "/stream", "", nil, 200, "Content-Type=application/x-ndjson", "{\"n\":1}\n"},
		{"an event", "GET", "/stream", "", []string{"Accept", "text/event-stream"}, 200, "Content-Type=text/event-stream", "data: {\"n\":1}\n\n"},
		{"XML as it stands", "GET", "/xml", "", nil, 200, "Content-Type=application/xml", "<a><id>7</id></a>"},
		{"XML without a schema", "GET", "/xml", "", []string{"Accept", "text/xml"}, 200, "Content-Type=text/xml", "<b>8</b>"},
		{"FastAPI's error", "GET", "/fastapi?n=x", "", nil, 422, "Content-Type=application/json", `{"detail":[{"loc":["query","n"],"msg":"expected integer, got a text of 1 characters","type":"type"}]}`},
		{".NET's error", "GET", "/dotnet?n=x", "", nil, 400, "Content-Type=application/json", `"pointer":"n"`},
		{"an error's message", "GET", "/stripe?n=x", "", nil, 422, "", `{"error":{"message":"the call breaks the contract: `},
		{"what the document has for it", "GET", "/stripe?n=x", "", nil, 422, "", `,"detail":"as documented"}}`},
		{"two tokens", "GET", "/bearer", "", []string{"Authorization", "Bearer a b"}, 401, "Www-Authenticate=Bearer realm=\"exported\"", ""},
		{"a token", "GET", "/bearer", "", []string{"Authorization", "bearer a"}, 200, "", ""},
	} {
		r := asked(one.method, one.target, one.body, one.headers...)
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != one.status || !strings.Contains(w.Body.String(), one.holds) {
			t.Errorf("%s: status %d, want %d; body %s, want %s in it", one.name, w.Code, one.status, w.Body, one.holds)
		}
		if name, want, ok := strings.Cut(one.header, "="); ok && w.Header().Get(name) != want {
			t.Errorf("%s: %s is %q, want %q", one.name, name, w.Header().Get(name), want)
		}
	}
}

// TestUnsignedCallIsNotSigned: a catalogue that says nothing of missing parameters answers a call without the headers of its
// signature as one that is not signed.
func TestUnsignedCallIsNotSigned(t *testing.T) {
	t.Parallel()
	c, err := specs.Read("orders", "../specs/testdata/recipes/orders.openapi.yaml", specs.ReadConfig{Overlays: []string{"../specs/testdata/recipes/hmac-gateway.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{Contracts: []*specs.Contract{c}})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, asked("POST", "/api/orders", `{"item":"cup"}`))
	if w.Code != 401 || !strings.Contains(w.Body.String(), "SignatureInvalid") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
