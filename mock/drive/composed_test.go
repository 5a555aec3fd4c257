package drive_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

// nested seals a text that lies deep in requests, a record in replies, and signs what is not sealed yet.
const nested = `openapi: 3.1.0
x-understudy: 1
info: {title: Nested, version: "1"}
x-wire:
  seal: {cipher: aes, mode: ecb, padding: pkcs5, encoding: base64, key: {slot: aesKey}, part: /person/card, replyPart: /data, directions: [request, response], failures: plain}
  sign: {scheme: composed, parameter: 'header:X-Sign', secret: secret, digests: [hmac-sha256], parts: [method, path, body], join: "|", opened: true}
paths:
  /people:
    post:
      operationId: addPerson
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [person]
              properties:
                person: {type: object, required: [name, card], properties: {name: {type: string}, card: {type: string}}}
                note: {type: string, contentMediaType: application/json, contentSchema: {type: object, properties: {a: {type: integer}}}}
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: {type: object, required: [data], properties: {data: {type: string, contentMediaType: application/json, contentSchema: {type: object, required: [id], properties: {id: {type: integer}}}}}}
  /forms:
    post:
      operationId: addForm
      x-wire:
        seal: {cipher: aes, mode: ecb, padding: pkcs5, encoding: hex, key: {slot: aesKey}, part: /card, directions: [request]}
        sign: {scheme: composed, parameter: 'form:sign', secret: secret, digests: [md5], wrap: after}
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, required: [sign], properties: {name: {type: string}, card: {type: string}, sign: {type: string}}}
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object}}}}}
`

func TestNestedSealAndOpenedSignature(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("nested", "nested.yaml", []byte(nested))
	if err != nil {
		t.Fatal(err)
	}
	credentials := mock.Credentials{"aesKey": {Text: "0123456789abcdef"}, "secret": {Text: "a-secret"}}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{"nested": credentials}})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	t.Cleanup(front.Close)
	client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: front.URL})
	if err != nil {
		t.Fatal(err)
	}
	for _, card := range []string{"C-1", `{"looks":"like JSON"}`, "体"} {
		values := record{"person": record{"name": "n", "card": card}, "note": record{"a": 1}}
		r, err := client.Prepare(t.Context(), "addPerson", values)
		if err != nil || len(r.Problems) > 0 {
			t.Fatalf("%v, %v", err, r.Problems)
		}
		var sent struct {
			Person struct{ Card string }
			Note   string
		}
		if err := json.Unmarshal(r.Body, &sent); err != nil {
			t.Fatalf("sent %s, opened %s", r.Body, r.Plain)
		}
		opened, err := client.Unseal("addPerson", []byte(sent.Person.Card))
		if err != nil || string(opened) != card || sent.Note != `{"a":1}` || !strings.Contains(string(r.Plain), strings.Trim(card, `"`)) {
			t.Errorf("%s travelled as %s, which opens to %q, %v", card, r.Body, opened, err)
		}
		if !strings.HasSuffix(r.Signed, "|"+string(r.Plain)) {
			t.Errorf("signed is %s, not the open body", r.Signed)
		}
		if card[0] != '{' {
			continue // the simulator takes JSON there
		}
		x, err := client.Send(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if x.Outcome != drive.OK || x.Reply.Diagnosis != "" || !x.Reply.Sealed || len(x.Reply.Problems) > 0 {
			t.Errorf("%s, diagnosis %q, problems %v: %s", x.Outcome, x.Reply.Diagnosis, x.Reply.Problems, x.Reply.Body)
		}
		data, _ := x.Reply.Value.(record)["data"].(record)
		if _, isNumber := data["id"].(json.Number); !isNumber {
			t.Errorf("the reply opens to %v", x.Reply.Value)
		}
	}
	x, err := client.Call(t.Context(), "addForm", record{"name": "n", "card": `{"c":1}`})
	if err != nil {
		t.Fatal(err)
	}
	if x.Reply.Diagnosis != "" || x.Outcome != drive.OK || strings.Contains(string(x.Request.Body), "{") || !strings.Contains(string(x.Request.Body), "sign=") {
		t.Errorf("%s, diagnosis %q: sent %s", x.Outcome, x.Reply.Diagnosis, x.Request.Body)
	}
}
