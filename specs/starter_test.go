package specs_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"understudy/specs"
)

// crowded has something for every suggestion.
const crowded = `openapi: 3.0.3
info: {title: "Crowded: a shop, with a title that goes on and on and on", version: "1"}
security: [{login: []}]
paths:
  /pets:
    get:
      parameters: [{name: X-Timestamp, in: header, schema: {type: string}}]
      responses: {"200": {description: good, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {"201": {description: good, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}, "400": {description: bad}}
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: good, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}, "404": {description: none}}}
    delete: {responses: {"204": {description: gone}, "401": {description: who}}}
  /login:
    post:
      security: []
      requestBody: {content: {application/json: {schema: {type: object, properties: {appId: {type: string}, password: {type: string}}}}}}
      responses: {"200": {description: good, content: {application/json: {schema: {$ref: '#/components/schemas/Reply'}}}}}
components:
  securitySchemes: {login: {type: http, scheme: bearer}}
  schemas:
    Pet: {type: object, properties: {id: {type: string}, name: {type: string}, owner: {$ref: '#/components/schemas/Owner'}}}
    Owner: {type: object, properties: {id_card: {type: string}, mobile: {type: string, x-logo: a}, "it's": {type: string}}}
    Reply: {type: object, properties: {code: {type: integer, example: 200}, msg: {type: string}, data: {type: object}}}
`

// uncommented takes every suggestion of a starter over.
func uncommented(text []byte) string {
	var out []string
	for line := range strings.Lines(string(text)) {
		trimmed := strings.TrimLeft(line, " ")
		if strings.HasPrefix(trimmed, "# ") {
			line = line[:len(line)-len(trimmed)] + strings.TrimPrefix(trimmed, "# ")
		}
		out = append(out, line)
	}
	return strings.Join(out, "")
}

// TestStarterChangesNothing holds the starter of every bundled contract, and of strangers' documents, to its promise: as it
// stands it applies and only says that the vocabulary is used.
func TestStarterChangesNothing(t *testing.T) {
	t.Parallel()
	contracts := map[string]*specs.Contract{}
	for _, vendor := range specs.Vendors() {
		contracts[vendor] = load(t, vendor)
	}
	for name, text := range map[string]string{
		"crowded": crowded, "plain": strings.Replace(toy, "x-understudy: 1\n", "", 1), "swagger": swaggerToy,
		"odd title": "openapi: 3.1.0\ninfo: {title: \"a: 'b' \\\"c\\\"\\n# d\", version: \"1\"}\npaths: {/x: {get: {responses: {'200': {description: d}}}}}\n",
	} {
		c, err := specs.Parse(name, name+".yaml", []byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		contracts[name] = c
	}
	for name, c := range contracts {
		text, err := specs.Starter(c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			if utf8.RuneCountInString(line) > 120 {
				t.Errorf("%s: line %d is longer than 120 characters: %s", name, i+1, line)
			}
		}
		after, err := c.Overlay("starter.yaml", text)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		before, _ := c.Value("")
		got, _ := after.Value("")
		before.(map[string]any)["x-understudy"] = got.(map[string]any)["x-understudy"]
		if !after.Extended || !reflect.DeepEqual(got, before) {
			t.Errorf("%s: the starter changed more than x-understudy", name)
		}
	}
}

const swaggerToy = `swagger: "2.0"
info: {title: Old, version: "1"}
paths:
  /pets:
    post:
      parameters: [{name: body, in: body, schema: {$ref: '#/definitions/Pet'}}]
      responses: {"200": {description: good, schema: {$ref: '#/definitions/Pet'}}}
definitions:
  Pet: {type: object, properties: {realName: {type: string}, birth_date: {type: string}}}
`

// TestStarterSuggests takes all suggestions over at once: together they are a good overlay, and say what the document shows.
func TestStarterSuggests(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("crowded", "crowded.yaml", []byte(crowded))
	if err != nil {
		t.Fatal(err)
	}
	text, err := specs.Starter(c)
	if err != nil {
		t.Fatal(err)
	}
	all := uncommented(text)
	after, err := c.Overlay("starter.yaml", []byte(all))
	if err != nil {
		t.Fatalf("%v\n%s", err, all)
	}
	_, schema := vocabulary(t)
	if err := schema.Validate(plainJSON(t, []byte(all))); err != nil {
		t.Errorf("the editor's schema refuses it: %v", err)
	}
	op, ok := after.Operation("getPets")
	if !ok || op.Wire.Seal == nil || op.Wire.Sign == nil || op.Wire.Auth == nil {
		t.Fatalf("getPets %+v in\n%s", op, all)
	}
	if got := op.Wire.Sign.TimeParameter; got != "header:X-Timestamp" {
		t.Errorf("the time stands at %q", got)
	}
	for id, verb := range map[string]string{"getPets": "list", "postPets": "create", "getPetsId": "read", "deletePetsId": "delete"} {
		if op, _ := after.Operation(id); op.Resource == nil || op.Resource.Verb != verb || op.Resource.Kind != "pet" {
			t.Errorf("%s: %+v", id, op.Resource)
		}
	}
	for pointer, kind := range map[string]string{
		"/components/schemas/Owner/properties/id_card": "id-card", "/components/schemas/Owner/properties/mobile": "mobile",
		"/paths/~1login/post/requestBody/content/application~1json/schema/properties/password": "secret",
	} {
		if got, _ := after.Value(pointer + "/x-sensitive"); got != kind {
			t.Errorf("%s: %v, want %s", pointer, got, kind)
		}
	}
	for _, want := range []string{`code: "401"`, "part: body"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("nothing says %s in\n%s", want, text)
		}
	}
	if !slices.ContainsFunc(after.Slots(), func(s specs.Slot) bool { return s.Name == "appSecret" }) {
		t.Errorf("slots %v", after.Slots())
	}
}

// TestStarterOfAnOldDocument guards that suggestions name the places of the user's own document.
// The replies of most operations decide whether there is an envelope around all.
func TestStarterOfEnvelopes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{crowded: false, strings.ReplaceAll(crowded, "items: {$ref: '#/components/schemas/Pet'}", "items: {}")[:strings.Index(crowded, "  /pets:")] +
		crowded[strings.Index(crowded, "  /login:"):]: true} {
		c, err := specs.Parse("shop", "shop.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		starter, err := specs.Starter(c)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(starter), "success: {code: 200, msg: ok, data: $result}"); got != want {
			t.Errorf("an envelope is suggested: %v, want %v in\n%s", got, want, starter)
		}
	}
}

func TestStarterOfAnOldDocument(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("swagger", "swagger.yaml", []byte(swaggerToy))
	if err != nil {
		t.Fatal(err)
	}
	text, err := specs.Starter(c)
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.Overlay("starter.yaml", []byte(uncommented(text)))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got, _ := after.Value("/components/schemas/Pet/properties/birth_date/x-sensitive"); got != "birth-date" {
		t.Errorf("birth_date is %v in\n%s", got, text)
	}
}
