package mock

import (
	"strings"
	"testing"

	"understudy/specs"
)

// rules is a contract of which each operation is about one rule.
const rules = `
servers: [{url: "https://shop.example/t/{tenant}/api", variables: {tenant: {default: lake, enum: [lake, "5"]}}}]
paths:
  /basic: {get: {security: [{basic: []}], responses: {"200": {description: d}}}}
  /cookie: {get: {security: [{sid: []}], responses: {"200": {description: d}}}}
  /moved: {get: {responses: {"404": {description: d}, "302": {description: d, headers: {Location: {schema: {const: /there}}}}}}}
  /ranges: {get: {parameters: [{name: n, in: query, schema: {type: integer}}], responses: {"200": {description: d}, default: {description: d, content: {text/plain: {schema: {const: default}}}}, 4XX: {description: d, content: {text/plain: {schema: {const: range}}}}, "400": {description: d, content: {text/plain: {schema: {const: bad}}}}}}}
  /cached: {get: {responses: {"200": {description: d}, "304": {description: d, content: {text/plain: {schema: {const: never}}}}}}}
  /taken: {get: {parameters: [{name: __code, in: query, schema: {type: integer}}], responses: {"200": {description: d}, "404": {description: d}}}}
  /flag: {get: {parameters: [{name: flag, in: query, allowEmptyValue: true, schema: {type: integer}}, {name: n, in: query, schema: {type: integer}}], responses: {"200": {description: d}}}}
  /texts: {post: {requestBody: {content: {text/*: {schema: {const: fine}}, application/json: {schema: {type: object}}, multipart/form-data: {schema: {type: object, properties: {a: {type: object}}}, encoding: {a: {contentType: application/json}}}}}, responses: {"200": {description: d}}}}
  /twice/{a}: {get: {responses: {"200": {description: d, content: {text/plain: {schema: {const: first}}}}}}}
  /twice/{b}: {get: {responses: {"200": {description: d, content: {text/plain: {schema: {const: second}}}}}}, put: {responses: {"200": {description: d, content: {text/plain: {schema: {const: other}}}}}}}
  /number/{n}: {get: {parameters: [{name: n, in: path, required: true, schema: {type: integer}}], responses: {"200": {description: d}}}}
  /named: {get: {responses: {"200": {description: d, content: {text/plain: {schema: {type: string}}}}, "404": {description: d, content: {text/plain: {schema: {type: string}, examples: {lost: {value: lost}}}}}}}}
  /told: {get: {responses: {"200": {description: d, content: {text/csv: {schema: {const: a}}}}, "406": {description: d, content: {text/plain: {schema: {type: string}, example: told}}}}}}
components:
  securitySchemes:
    basic: {type: http, scheme: basic}
    sid: {type: apiKey, in: cookie, name: sid}
`

func TestRulesOfAnyContract(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, rules)
	parts := "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: text/csv\r\n\r\n1\r\n--b--\r\n"
	for _, one := range []struct {
		method, target, body string
		headers              []string
		status               int
		want                 string // in the body
	}{
		{"GET", "/basic", "", []string{"Authorization", "Basic dTpw"}, 200, ""},
		{"GET", "/basic", "", []string{"Authorization", "Basic dXA="}, 401, "invalid-token"}, // no colon
		{"GET", "/basic", "", []string{"Authorization", "Basic "}, 401, "invalid-token"},
		{"GET", "/basic", "", []string{"Authorization", "Bearer x"}, 401, "invalid-token"},
		{"GET", "/cookie", "", []string{"Cookie", "sid=1"}, 200, ""},
		{"GET", "/cookie", "", []string{"Cookie", "other=1"}, 401, "missing-token"},
		{"GET", "/moved", "", nil, 302, ""},
		{"GET", "/ranges", "", []string{"Prefer", "code=418"}, 418, "range"},
		{"GET", "/ranges", "", []string{"Prefer", "code=500"}, 500, "default"},
		{"GET", "/ranges?n=x", "", nil, 400, "bad"}, // 422 is only one of a range
		{"GET", "/ranges", "", []string{"Prefer", "code=600"}, 400, "unknown-preference"},
		{"GET", "/ranges", "", []string{"Prefer", "code=100"}, 400, "unknown-preference"},
		{"GET", "/ranges", "", []string{"Prefer", "dynamic=perhaps"}, 400, "unknown-preference"},
		{"GET", "/cached", "", []string{"Prefer", "code=304"}, 304, ""},
		{"GET", "/taken?__code=404", "", nil, 200, ""},
		{"GET", "/taken", "", []string{"Prefer", "code=404"}, 404, ""},
		{"GET", "/flag?flag=", "", nil, 200, ""},
		{"GET", "/flag?n=", "", nil, 422, `"pointer":"n"`},
		{"POST", "/texts", "{}", []string{"Content-Type", "application/json; charset=utf8"}, 200, ""},
		{"POST", "/texts", "{}", []string{"Content-Type", "application/json; charset=gbk"}, 415, "charset"},
		{"POST", "/texts", "fine", []string{"Content-Type", "text/markdown"}, 200, ""},
		{"POST", "/texts", "poor", []string{"Content-Type", "text/markdown"}, 422, "const"},
		{"POST", "/texts", parts, []string{"Content-Type", "multipart/form-data; boundary=b"}, 415, "unsupported-media-type"},
		{"GET", "/twice/1", "", nil, 200, "first"},
		{"PUT", "/twice/1", "", nil, 200, "other"},
		{"GET", "/number/5", "", nil, 200, ""},
		{"GET", "/number/five", "", nil, 422, `"in":"path"`},
		{"GET", "/t/lake/api/number/5", "", nil, 200, ""},
		{"GET", "/t/5/api/number/five", "", nil, 422, `"in":"path"`},
		{"GET", "/named", "", []string{"Prefer", "example=lost"}, 404, "lost"},
		{"GET", "/named", "", []string{"Prefer", "code=200, example=lost"}, 400, "unknown-preference"},
		{"GET", "/told", "", []string{"Prefer", "dynamic=true", "Accept", "image/png"}, 406, "told"}, // the wish was for another answer
	} {
		w, _ := p.send(asked(one.method, one.target, one.body, one.headers...))
		if w.Code != one.status || !strings.Contains(w.Body.String(), one.want) || one.want == "" && w.Body.Len() != 0 {
			t.Errorf("%s %s %q: %d %s, want %d %s", one.method, one.target, one.headers, w.Code, w.Body, one.status, one.want)
		}
	}
	if w, _ := p.send(asked("GET", "/cached", "", "Prefer", "code=304")); w.Header().Get("Content-Length") != "" || w.Header().Get("Content-Type") != "" {
		t.Errorf("304 has %v", w.Header())
	}
}

// TestACatalogueSpeaksForItself: a document with errors of its own says what is looked at, and tells one thing at a time.
func TestACatalogueSpeaksForItself(t *testing.T) {
	t.Parallel()
	document := strings.Replace(enveloping, `        "403": {description: no body is described}`, `        "403": {description: d}
        "401": {description: d}
        "405": {description: d, content: {application/json: {schema: {type: object, properties: {code: {type: integer}}}, example: {code: 405}}}}`, 1)
	p := inline(t, Config{}, document)
	const token = "Authorization"
	if w, _ := p.send(asked("GET", "/made", "", "Accept", "image/png")); w.Code != 200 {
		t.Errorf("Accept is looked at: %d %s", w.Code, w.Body)
	}
	if w, e := p.send(asked("POST", "/strict?name=a&n=x", "[]", token, "Bearer t")); w.Code != 400 || e.Diagnosis == nil || len(e.Diagnosis.Findings) != 1 || e.Diagnosis.Findings[0].Pointer != "n" {
		t.Errorf("%d %s, diagnosis %+v", w.Code, w.Body, e.Diagnosis)
	}
	if w, _ := p.send(asked("POST", "/strict?name=a", "{}", token, "Bearer t", "Prefer", "code=401")); w.Code != 401 || w.Header().Get("Www-Authenticate") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w, _ := p.send(asked("POST", "/strict?name=a", "{}", token, "Bearer t", "Prefer", "code=405")); w.Body.String() != `{"code":405}` {
		t.Errorf("the example of an error is %d %s", w.Code, w.Body)
	}
	if w, _ := p.send(asked("HEAD", "/made", "")); w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("HEAD is %d %v", w.Code, w.Header())
	}
	p = inline(t, Config{}, strings.Replace(document, "x-errors:", "x-errors:\n  - {id: bad-method, code: M, message: no such method, fault: caller, conditions: [method-not-allowed]}", 1))
	if w, e := p.send(asked("HEAD", "/made", "")); w.Code != 200 || e.Error != "bad-method" {
		t.Errorf("HEAD of a vendor that knows wrong methods is %d %s", w.Code, e.Error)
	}
}

// TestCallsThatAreSignedAreAsked: a 401 says what is asked for, also where that is none of HTTP's schemes.
func TestCallsThatAreSignedAreAsked(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, private)
	for target, want := range map[string]string{
		"GET /signed": `Signature realm="shop"`, "GET /people/1/notes/n.txt": `ApiKey realm="shop", in="query", name="api_key", Bearer realm="shop"`, "POST /login": `Fields realm="shop"`,
	} {
		method, path, _ := strings.Cut(target, " ")
		body := ""
		if method == "POST" {
			body = `{"user":"u","pass":"p"}`
		}
		if w, _ := p.send(asked(method, path, body)); w.Code != 401 || w.Header().Get("Www-Authenticate") != want {
			t.Errorf("%s: %d %q, want %q: %s", target, w.Code, w.Header().Get("Www-Authenticate"), want, w.Body)
		}
	}
}

// TestHeadersOfRememberedThings: what a contract asks for is there, what it leaves open is not made up beside what is
// remembered, and what it forbids is not sent.
func TestHeadersOfRememberedThings(t *testing.T) {
	t.Parallel()
	const document = `
x-understudy: 1
paths:
  /all/pots:
    post:
      operationId: addPot
      x-resource: {kind: pot, verb: create, key: /id}
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pot"}}}}
      responses: {"201": {description: d, headers: {X-Must: {required: true, schema: {const: must}}, X-May: {schema: {const: may}}, Location: {schema: {type: string}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Pot"}}}}}
  /all/pots/{id}: {get: {operationId: readPot, x-resource: {kind: pot, verb: read}, parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Pot"}}}}, "404": {description: d}}}}
components: {schemas: {Pot: {type: object, required: [id], properties: {id: {type: string}}}}}
`
	w, _ := inline(t, Config{}, document).send(asked("POST", "/~s/all/pots", `{"id":"a"}`))
	if w.Code != 201 || w.Header().Get("X-Must") != "must" || w.Header().Get("X-May") != "" || !strings.HasSuffix(w.Header().Get("Location"), "/~s/all/pots/a") {
		t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
	}
	p := inline(t, Config{}, strings.Replace(document, "Location: {schema: {type: string}}", "Location: {schema: {const: elsewhere}}", 1))
	if w, e := p.send(asked("POST", "/~s/all/pots", `{"id":"a"}`)); e.Error != "reply-breaks-contract" || !strings.Contains(w.Body.String(), "Location") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w, _ := p.send(asked("GET", "/~s/all/pots/a", "")); w.Code != 404 {
		t.Errorf("what was not answered is remembered: %d %s", w.Code, w.Body)
	}
}

// TestContractsThatCannotStandTogether: neither at their paths nor below a prefix.
func TestContractsThatCannotStandTogether(t *testing.T) {
	t.Parallel()
	contract := func(name string, paths ...string) *specs.Contract {
		text := "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n"
		for _, path := range paths {
			text += "  " + path + `: {get: {responses: {"200": {description: d}}}}` + "\n"
		}
		c, err := specs.Parse(name, name+".yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first, second := contract("first", "/a", "/second/a"), contract("second", "/a")
	if _, err := New(Config{Contracts: []*specs.Contract{first, second}}); err == nil || !strings.Contains(err.Error(), "below /second") {
		t.Errorf("the error is %v", err)
	}
	server, err := New(Config{Contracts: []*specs.Contract{first}})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.SetContracts([]*specs.Contract{first, second}); err == nil || len(server.Contracts()) != 1 {
		t.Errorf("swapped: %v, there are %d", err, len(server.Contracts()))
	}
}
