package learn_test

import (
	"strings"
	"testing"

	"understudy/mock/learn"
	"understudy/scenarios"
	"understudy/specs"
)

const parts = `
    Item:
      type: object
      required: [id, state]
      properties:
        id: {type: integer}
        state: {type: string, enum: [new, old]}
        name: {type: string}
`

// plainShops are the same contract in each version of OpenAPI that is read.
var plainShops = map[string]string{
	"2.0": `swagger: "2.0"
info: {title: Shop, version: "1"}
produces: [application/json]
consumes: [application/json]
paths:
  /items:
    post:
      operationId: addItem
      parameters:
        - {name: body, in: body, required: true, schema: {$ref: '#/definitions/Item'}}
        - {name: limit, in: query, type: integer, maximum: 10}
        - {name: page, in: query, type: integer, maximum: 99}
      responses: {"200": {description: ok, schema: {$ref: '#/definitions/Item'}}}
definitions:` + parts,
	"3.0": "openapi: 3.0.3" + plainShop,
	"3.1": "openapi: 3.1.0" + plainShop,
}

const plainShop = `
info: {title: Shop, version: "1"}
paths:
  /items:
    post:
      operationId: addItem
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 10}}
        - {name: page, in: query, schema: {type: integer, maximum: 99}}
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
components:
  schemas:` + parts

func added(status int, mediaType, body string) *scenarios.Exchange {
	return &scenarios.Exchange{
		Operation: "addItem",
		Request: scenarios.Request{
			Method: "POST", Path: "/items", MediaType: "application/json", Body: []byte(`{"id":1,"state":"new"}`),
			Parameters: []scenarios.Parameter{{In: "query", Name: "limit", Value: "50"}},
		},
		Response: scenarios.Response{Status: status, MediaType: mediaType, Body: []byte(body)},
	}
}

// TestEveryVersion: the overlay is one for the document as it is written, and under it nothing is left to say.
func TestEveryVersion(t *testing.T) {
	t.Parallel()
	for version, text := range plainShops {
		c, err := specs.Parse("shop", "shop.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		r := heard(
			added(200, "application/json", `{"id":"1","state":"new","name":null}`), added(200, "application/json", `{"id":1,"state":"gone","more":true}`),
			added(200, "application/json", `{"id":1}`), added(404, "application/json", `{"error":"none"}`), added(200, "application/json", `{"id":1,"state":"new"}`),
		)
		f := run(t, c, r)
		for _, b := range f.Beyond {
			if !b.Corrected {
				t.Errorf("%s: %s %s %s is not in the overlay", version, b.Side, b.Pointer, b.Kind)
			}
		}
		if len(f.Beyond) != 7 {
			t.Errorf("%s: %d findings: %+v", version, len(f.Beyond), f.Beyond)
		}
		overlaid(t, c, r, f)
		for _, a := range f.Actions {
			if strings.Contains(a.Target, "parameters") && strings.Contains(a.Target, "page") {
				t.Errorf("%s: %s is another parameter", version, a.Target)
			}
		}
	}
}

// TestPagesSayNothingOfJSON: an HTML page in the place of JSON changes no schema of the JSON.
func TestPagesSayNothingOfJSON(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("shop", "shop.yaml", []byte(plainShops["3.1"]))
	if err != nil {
		t.Fatal(err)
	}
	f := run(t, c, heard(added(200, "text/html", "<html>down</html>")))
	for _, b := range f.Beyond {
		if b.Side == "reply" && b.Kind != "media-type" {
			t.Errorf("%s %s: %s", b.Pointer, b.Kind, b.Got)
		}
	}
	for _, a := range f.Actions {
		if strings.Contains(a.Target, "schemas") {
			t.Errorf("%s is changed", a.Target)
		}
	}
	if len(f.Actions) == 0 {
		t.Error("nothing is corrected")
	}
}

// TestConstantsOfAnotherType: what has another type than a constant is a stand-in in a recording, and is not written down.
func TestConstantsOfAnotherType(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("shop", "shop.yaml", []byte(plainShops["3.1"]))
	if err != nil {
		t.Fatal(err)
	}
	r := heard(added(200, "application/json", `{"id":1,"state":7654}`), added(200, "application/json", `{"id":1,"state":"sold"}`))
	f := run(t, c, r)
	text, err := f.Overlay()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := learn.WriteText(&b, f, "en"); err != nil {
		t.Fatal(err)
	}
	if all := b.String() + string(text); strings.Contains(all, "7654") || !strings.Contains(all, "there is sold") {
		t.Errorf("told is\n%s", all)
	}
	overlaid(t, c, r, f)
}
