package mock

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/specs"
)

// enveloping is a contract whose errors come under HTTP 200.
const enveloping = `
x-understudy: 1
x-wire:
  envelope:
    success: {code: 0, msg: ok, meta: {kind: order, number: $requestId}, data: $result, at: $now}
    error: {code: $code, msg: $message}
x-errors:
  - {id: bad-token, code: "1001", message: bad token, fault: caller, conditions: [missing-token]}
  - {id: bad-value, code: "1002", status: 400, message: bad value, fault: caller, conditions: [invalid-parameter]}
  - {id: bad-name, code: X3, message: bad name, fault: caller, conditions: [missing-parameter]}
  - {id: bad-body, code: "1004", status: 403, message: bad body, fault: caller, conditions: [malformed-body]}
paths:
  /made: {get: {operationId: made, responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Reply"}}}}}}}
  /examples:
    get:
      operationId: examples
      responses:
        "200":
          description: d
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Reply"}
              examples:
                refused: {value: {code: 9, msg: no, data: {name: none}}}
                good: {value: {code: 0, msg: fine, data: {name: cup}, extra: 1}}
        "404": {description: d, content: {application/json: {schema: {type: object, properties: {code: {const: 404}}, required: [code]}}}}
  /refusals: {get: {operationId: refusals, responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Reply"}, example: {code: 9, msg: no, data: {name: none}}}}}}}}
  /texts: {get: {operationId: texts, responses: {"200": {description: d, content: {application/json: {schema: {type: object, properties: {code: {type: string}, data: {type: string}}, required: [code, data]}}}}}}}
  /free: {get: {operationId: free, responses: {"200": {description: d, content: {application/json: {}}}}}}
  /closed: {get: {operationId: closed, responses: {"200": {description: d, content: {application/json: {schema: {type: object, additionalProperties: false, properties: {code: {type: integer}}}}}}}}}
  /list: {get: {operationId: list, responses: {"200": {description: d, content: {application/json: {schema: {const: [1]}}}}}}}
  /strict:
    post:
      operationId: strict
      security: [{token: []}]
      parameters: [{name: n, in: query, schema: {type: integer}}, {name: name, in: query, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses:
        "200": {description: d, content: {application/json: {schema: {type: object, additionalProperties: false, required: [code, data], properties: {code: {type: integer}, data: {type: string}}}}}}
        "403": {description: no body is described}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas:
    Reply:
      type: object
      required: [code, data, meta]
      properties:
        code: {type: integer}
        msg: {type: string}
        meta: {type: object, required: [number], properties: {kind: {type: string}, number: {type: string}, rest: {type: boolean}}}
        data: {type: object, required: [name], properties: {name: {type: string}}}
`

// enveloped is a reply of that contract.
type enveloped struct {
	Code any
	Msg  string
	Meta struct {
		Kind, Number string
	}
	Data any
}

func TestSampledSuccessesCarryTheEnvelope(t *testing.T) {
	t.Parallel()
	relaxed := strings.Replace(enveloping, "required: [code, data, meta]", "required: [code]", 1)
	for _, one := range []struct {
		name, document, target string
		headers                []string
		code                   string
		msg, holds             string
	}{
		{"made", enveloping, "/made", nil, "0", "ok", `"name":`},
		{"made, dynamic", enveloping, "/examples", []string{"Prefer", "dynamic=true"}, "0", "ok", `"name":`},
		{"the example of a success", relaxed, "/examples", nil, "0", "ok", `"name":"cup"`},
		{"what the example has beside it", relaxed, "/examples", nil, "0", "ok", `"extra":1`},
		{"only examples of failures", relaxed, "/refusals", nil, "0", "ok", `"name":`},
		{"the example of a failure, asked for", relaxed, "/examples", []string{"Prefer", "example=refused"}, "9", "no", `"none"`},
		{"another status", relaxed, "/examples", []string{"Prefer", "code=404"}, "404", "", `{"code":404}`},
		{"a code that is a text here", enveloping, "/texts", nil, "0", "ok", `"code":"0"`},
		{"no schema", enveloping, "/free", nil, "0", "ok", `"kind":"order"`},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			p := inline(t, Config{}, one.document)
			w, e := p.send(asked("GET", one.target, "", one.headers...))
			var got enveloped
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("%d %s: %v", w.Code, w.Body, err)
			}
			if text, _ := json.Marshal(got.Code); strings.Trim(string(text), `"`) != one.code || got.Msg != one.msg || !strings.Contains(w.Body.String(), one.holds) || e.Outcome != "ok" {
				t.Errorf("%d %s (%s), want code %s, msg %q and %s", w.Code, w.Body, e.Error, one.code, one.msg, one.holds)
			}
		})
	}
	p := inline(t, Config{}, enveloping)
	var first, second enveloped
	for _, into := range []*enveloped{&first, &second} {
		w, _ := p.send(asked("GET", "/made", ""))
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
	if first.Meta.Kind != "order" || len(first.Meta.Number) != 12 || first.Meta.Number == second.Meta.Number {
		t.Errorf("request numbers are %+v and %+v", first.Meta, second.Meta)
	}
	if w, _ := p.send(asked("GET", "/list", "")); w.Body.String() != "[1]" {
		t.Errorf("a list is %s", w.Body)
	}
	if w, e := p.send(asked("GET", "/closed", "")); e.Error != "reply-breaks-contract" || !strings.Contains(w.Body.String(), "x-wire.envelope.success") {
		t.Errorf("an envelope that the schema forbids: %d %s", w.Code, w.Body)
	}
}

// TestErrorsOfTheCatalogueAreAnswered: whatever the document says of the status, or does not say.
func TestErrorsOfTheCatalogueAreAnswered(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, enveloping)
	for _, one := range []struct {
		name, target, body string
		headers            []string
		status             int
		want               string
	}{
		{"a strict success", "/strict?name=a", "{}", nil, 200, `{"code":1001,"msg":"bad token"}`},
		{"a status that is not described", "/strict?name=a&n=x", "{}", []string{"Authorization", "Bearer t"}, 400, `{"code":"1002","msg":"bad value"}`},
		{"a code of another type", "/strict", "{}", []string{"Authorization", "Bearer t"}, 200, `{"code":"X3","msg":"bad name"}`},
		{"a status without a body", "/strict?name=a", "{", []string{"Authorization", "Bearer t"}, 403, `{"code":"1004","msg":"bad body"}`},
		{"asked for", "/strict?name=a", "{}", []string{"Authorization", "Bearer t", "Prefer", "error=bad-value"}, 400, `{"code":"1002","msg":"bad value"}`},
	} {
		w, e := p.send(asked("POST", one.target, one.body, one.headers...))
		if w.Code != one.status || w.Body.String() != one.want || w.Header().Get("Content-Type") != "application/json" || e.Outcome != "vendor-error" && e.Outcome != "fault" {
			t.Errorf("%s: %d %s %s (%s %s), want %d %s", one.name, w.Code, w.Header().Get("Content-Type"), w.Body, e.Outcome, e.Error, one.status, one.want)
		}
	}
}

// TestForbiddenErrorsAreNoted: the user is told at the start which document says otherwise than its overlay.
func TestForbiddenErrorsAreNoted(t *testing.T) {
	t.Parallel()
	var about []string
	for _, n := range inline(t, Config{}, enveloping).server.Audit() {
		if n.Rule == NoteError && n.At.Line > 0 && strings.Contains(n.Text, "bad-token") {
			about = append(about, n.Pointer)
		}
	}
	if got := strings.Join(about, " "); !strings.Contains(got, "/paths/~1strict/post/responses/200") || strings.Contains(got, "free") {
		t.Errorf("notes about %s", got)
	}
	server, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if notes := server.Audit(); len(notes) != 0 {
		t.Errorf("of our own contracts: %v", notes)
	}
}

// TestRecipesAnswerInTheirEnvelope: the recipes of the README whose errors come under HTTP 200.
func TestRecipesAnswerInTheirEnvelope(t *testing.T) {
	t.Parallel()
	const folder = "../specs/testdata/recipes"
	c, err := specs.Read("orders", filepath.Join(folder, "envelope.openapi.yaml"), specs.ReadConfig{Overlays: []string{filepath.Join(folder, "aes-cbc-member.yaml")}})
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{Contracts: []*specs.Contract{c}})
	if err != nil {
		t.Fatal(err)
	}
	p := &player{T: t, server: server}
	op := p.operation("orders", "createOrder")
	sealed := func(text string) string { return string(op.cipher.Seal(nil, []byte(text))) }
	app := server.base().vendors[0].credentials["appId"].Text
	call := func(app string, data any) (map[string]any, Exchange) {
		body, _ := json.Marshal(map[string]any{"appId": app, "data": data})
		w, e := p.send(asked("POST", "/gateway/order/create", string(body)))
		var reply map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil || w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return reply, e
	}
	reply, e := call(app, sealed(`{"item":"cup"}`))
	data, _ := reply["data"].(string)
	opened, failed := op.cipher.Open(nil, []byte(data))
	if reply["code"] != "0" || reply["msg"] != "ok" || failed != nil || !strings.Contains(string(opened), `"item"`) {
		t.Errorf("a success is %v, opened %s (%v)", reply, opened, failed)
	}
	if shown, _ := json.Marshal(e.Request.Value); strings.Contains(string(shown), app) || !strings.Contains(string(shown), `"appId":"***"`) {
		t.Errorf("the journal shows %s", shown)
	}
	for _, one := range []struct {
		name, app string
		data      any
		code      string
	}{
		{"another caller", "nobody", sealed(`{"item":"cup"}`), "1001"},
		{"open where it is sealed", app, map[string]any{"item": "cup"}, "1002"},
		{"an open list", app, []any{"cup"}, "1002"},
		{"not sealed by this key", app, "AAAA", "1002"},
		{"no item", app, sealed(`{}`), "1003"},
		{"no data", app, nil, "1003"},
	} {
		if reply, e := call(one.app, one.data); reply["code"] != one.code || e.Diagnosis == nil {
			t.Errorf("%s: %v, diagnosis %v, want %s", one.name, reply, e.Diagnosis, one.code)
		}
	}
	if list, err := os.ReadDir(folder); err != nil || len(list) < 10 {
		t.Errorf("%d files in %s: %v", len(list), folder, err)
	}
}
