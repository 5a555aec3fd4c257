package mock

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestASealedTextNeedsNoJSON: a member of which the contract says that it is a text, and not of what, may hold a bare number
// or name; where the contract says what it opens to, it has to be that.
func TestASealedTextNeedsNoJSON(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]int{
		"{type: string}": 200,
		"{type: string, contentMediaType: application/json, contentSchema: {type: object}}": 400,
		"{type: object}": 400,
	} {
		p := inline(t, Config{}, `
x-understudy: 1
x-wire: {seal: {cipher: aes-128, mode: ecb, padding: pkcs5, encoding: base64, key: {slot: aesKey, form: md5}, part: /id, directions: [request]}}
paths:
  /people:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {id: `+said+`}}}}}
      responses: {"200": {description: d}}
`)
		op := p.server.base().vendors[0].operations[0]
		body, _ := json.Marshal(map[string]string{"id": string(op.cipher.Seal(nil, []byte("测试-17X")))})
		if w, _ := p.send(asked("POST", "/people", string(body))); w.Code != want {
			t.Errorf("%s: %d, want %d: %s", said, w.Code, want, w.Body)
		}
	}
}

// TestWhoAsksForOneGetsThatOne: a made representation carries the key that the path has, as far as its schema takes it.
func TestWhoAsksForOneGetsThatOne(t *testing.T) {
	t.Parallel()
	p := inline(t, Config{}, `
paths:
  /shops/{shop}/pets/{petId}:
    get:
      parameters: [{name: shop, in: path, required: true, schema: {type: string}}, {name: petId, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
  /named/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
components: {schemas: {Pet: {type: object, required: [id, shop], properties: {id: {type: integer, maximum: 99}, shop: {type: string, maxLength: 5}}}}}
`)
	for target, want := range map[string]string{"/shops/north/pets/7": `{"id":7,"shop":"north"}`, "/named/12": `"id":`} {
		if w, _ := p.send(asked("GET", target, "")); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", target, w.Code, w.Body, want)
		}
	}
	for target, not := range map[string]string{"/shops/north/pets/700": `"id":700`, "/shops/northern/pets/7": "northern", "/named/cat": "cat"} {
		if w, _ := p.send(asked("GET", target, "")); w.Code != 200 || strings.Contains(w.Body.String(), not) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

// TestASuccessIsMadeAsASuccess: where one schema has successes and failures side by side, a made answer is a success, whatever
// the seed.
func TestASuccessIsMadeAsASuccess(t *testing.T) {
	t.Parallel()
	for seed := range int64(20) {
		p := inline(t, Config{Seed: seed}, `
x-understudy: 1
x-wire: {envelope: {success: {code: OK, result: $result}, error: {code: $code, msg: $message}}}
x-errors: [{id: none, code: NONE, message: none, fault: caller}]
paths:
  /query:
    get:
      responses:
        "200":
          description: d
          content:
            application/json:
              schema:
                oneOf:
                - {type: object, required: [code, result], additionalProperties: false, properties: {code: {const: OK}, result: {type: object}}}
                - {type: object, required: [code, msg], additionalProperties: false, properties: {code: {type: string, not: {const: OK}}, msg: {type: string}}}
`)
		if w, _ := p.send(asked("GET", "/query", "")); w.Code != 200 || !strings.Contains(w.Body.String(), `"code":"OK"`) {
			t.Errorf("seed %d: %d %s", seed, w.Code, w.Body)
		}
	}
}
