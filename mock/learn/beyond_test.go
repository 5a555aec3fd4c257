package learn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"understudy/mock/learn"
	"understudy/scenarios"
	"understudy/specs"
)

const shop = `openapi: 3.1.0
x-understudy: 1
info: {title: Shop, version: "1"}
x-wire:
  envelope:
    success: {code: 0, data: $result}
    error: {code: $code, message: $message}
x-errors:
  - {id: gone, code: "404", message: gone, when: There is none., fault: caller, operations: [readOrder]}
paths:
  /orders/{id}:
    get:
      operationId: readOrder
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: lang, in: query, schema: {type: string, enum: [en]}}
      responses:
        "200":
          description: The order.
          content:
            application/json:
              schema:
                anyOf: [{$ref: '#/components/schemas/Reply'}, {$ref: '#/components/schemas/Failure'}]
  /orders:
    post:
      operationId: addOrder
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/NewOrder'}
      responses:
        "200":
          description: Added.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Reply'}
components:
  schemas:
    Reply:
      type: object
      required: [code, data]
      properties:
        code: {type: integer, const: 0}
        data: {$ref: '#/components/schemas/Order'}
    Failure:
      type: object
      required: [code]
      properties:
        code: {type: integer, not: {const: 0}}
        message: {type: string}
    NewOrder:
      type: object
      required: [name]
      properties:
        name: {type: string, maxLength: 5}
    Order:
      type: object
      required: [id, state, buyer, total]
      additionalProperties: false
      properties:
        id: {type: integer}
        state: {type: string, enum: [new, paid]}
        buyer: {type: string, x-sensitive: name, enum: [Nobody]}
        total: {type: string, maxLength: 4}
        born: {type: string, format: date}
        lines:
          type: array
          items: {type: object, properties: {count: {type: integer}}}
`

func parse(t *testing.T, text string) *specs.Contract {
	t.Helper()
	c, err := specs.Parse("shop", "shop.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// heard is a recording of replies to readOrder, given by status and body.
func heard(list ...*scenarios.Exchange) *scenarios.Recording {
	for i, x := range list {
		x.Number = i + 1
	}
	return &scenarios.Recording{Vendor: "shop", Exchanges: list}
}

func read(status int, body string) *scenarios.Exchange {
	return &scenarios.Exchange{
		Operation: "readOrder", Request: scenarios.Request{Method: "GET", Path: "/orders/1"},
		Response: scenarios.Response{Status: status, MediaType: "application/json", Body: []byte(body)},
	}
}

func run(t *testing.T, c *specs.Contract, r *scenarios.Recording) *learn.Findings {
	t.Helper()
	f, err := learn.Run(context.Background(), learn.Config{Contract: c, Recordings: []learn.Source{{Name: "a.har", Recording: r}}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// overlaid is the contract under what was learned; under it the same recording has nothing left to say.
func overlaid(t *testing.T, c *specs.Contract, r *scenarios.Recording, f *learn.Findings) *specs.Contract {
	t.Helper()
	text, err := f.Overlay()
	if err != nil {
		t.Fatal(err)
	}
	if text == nil {
		t.Fatal("there is no overlay")
	}
	out, err := c.Overlay("learned.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	again := run(t, out, r)
	if len(again.Beyond) > 0 || len(again.Actions) > 0 {
		t.Errorf("under the overlay there is still %+v %+v\n%s", again.Beyond, again.Actions, text)
	}
	return out
}

const good = `{"code":0,"data":{"id":1,"state":"new","buyer":"Nobody","total":"1.00"}}`

// with replaces one text of a good reply.
func with(t *testing.T, old, new string) *scenarios.Exchange {
	t.Helper()
	if strings.Count(good, old) != 1 {
		t.Fatalf("%s is not once in the reply", old)
	}
	return read(200, strings.Replace(good, old, new, 1))
}

// TestWhatIsBeyondIsFoundAndCorrected: each kind of thing that a contract does not have is told, once, with its place, and an
// overlay brings it in.
func TestWhatIsBeyondIsFoundAndCorrected(t *testing.T) {
	t.Parallel()
	post := func(body string) *scenarios.Exchange {
		return &scenarios.Exchange{
			Operation: "addOrder", Request: scenarios.Request{Method: "POST", Path: "/orders", MediaType: "application/json", Body: []byte(body)},
			Response: scenarios.Response{Status: 200, MediaType: "application/json", Body: []byte(good)},
		}
	}
	asked := read(200, good)
	asked.Request.Parameters = []scenarios.Parameter{{In: "query", Name: "lang", Value: "zh"}}
	tests := []struct {
		name, kind, pointer, action string
		exchange                    *scenarios.Exchange
	}{
		{"another type", "type", "/data/id", `"type":["integer","string"]`, with(t, `"id":1`, `"id":"1"`)},
		{"null", "null", "/data/total", `"type":["string","null"]`, with(t, `"total":"1.00"`, `"total":null`)},
		{"a member more", "extra", "/data/more", `"more":{"type":"boolean"}`, with(t, `"id":1`, `"id":1,"more":true`)},
		{"a member more where any is taken", "extra", "/trace", `"trace":{"type":"string"}`, with(t, `{"code":0`, `{"code":0,"trace":"x"`)},
		{"a member more in a list", "extra", "/data/lines/*/price", `"price":{"type":"number"}`, with(t, `"id":1`, `"id":1,"lines":[{"count":1},{"count":2,"price":1.5}]`)},
		{"a member less", "missing", "/data/buyer", `"required":["id","state","total"]`, with(t, `"buyer":"Nobody",`, ``)},
		{"another constant", "enum", "/data/state", `"enum":["shipped"]`, with(t, `"state":"new"`, `"state":"shipped"`)},
		{"a person's name among constants", "enum", "/data/buyer", `.buyer.enum remove`, with(t, `Nobody`, `Zhang`)},
		{"another format", "format", "/data/born", `.born.format remove`, with(t, `"id":1`, `"id":1,"born":"1.2.2000"`)},
		{"a longer text", "bounds", "/data/total", `"maxLength":7`, with(t, `"1.00"`, `"1000.00"`)},
		{"another status", "status", "", `"404":`, read(404, `{"code":404,"message":"gone"}`)},
		{"another code", "code", "", `"code":"777"`, read(200, `{"code":777,"message":"too much"}`)},
		{"a request that is taken", "bounds", "/name", `"maxLength":9`, post(`{"name":"very long"}`)},
		{"a parameter that is taken", "enum", "lang", `"enum":["zh"]`, asked},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := parse(t, shop)
			r := heard(read(200, good), test.exchange, test.exchange)
			f := run(t, c, r)
			i := slices.IndexFunc(f.Beyond, func(b learn.Beyond) bool { return b.Kind == test.kind && b.Pointer == test.pointer })
			if i < 0 {
				t.Fatalf("%+v", f.Beyond)
			}
			b := f.Beyond[i]
			if b.Count != 2 || b.First.Source != "a.har" || !b.Corrected {
				t.Errorf("%+v", b)
			}
			told := ""
			for _, a := range f.Actions {
				if a.Description == "" || !strings.Contains(a.Description, "a.har") {
					t.Errorf("%+v has no evidence", a)
				}
				if a.Remove {
					told += a.Target + " remove\n"
					continue
				}
				text, _ := json.Marshal(a.Update)
				told += a.Target + " " + string(text) + "\n"
			}
			if !strings.Contains(told, test.action) {
				t.Errorf("want %s in\n%s", test.action, told)
			}
			overlaid(t, c, r, f)
		})
	}
}

// TestEverythingAtOnce: mistakes that hide one another are all found.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	c := parse(t, shop)
	r := heard(
		read(200, `{"code":0,"data":{"id":null,"state":7,"total":"1000.00","born":"x","lines":[{"count":"1"}],"more":[1,"a"]},"trace":null}`),
		read(200, `{"code":0,"data":[]}`),
		read(500, `<html>no</html>`),
		read(418, `{"odd":true}`),
		read(200, `{"code":555,"message":"m"}`), read(200, `{"code":556,"message":"m"}`),
	)
	f := run(t, c, r)
	if len(f.Beyond) < 9 {
		t.Errorf("%d findings: %+v", len(f.Beyond), f.Beyond)
	}
	text, err := f.Overlay()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Overlay("learned.yaml", text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for range 3 {
		again, err := run(t, parse(t, shop), r).Overlay()
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("the overlay is not the same again: %v\n%s\n%s", err, text, again)
		}
	}
}

// TestTheSameThingIsToldOnce: what differs in its value alone is one finding, with its count.
func TestTheSameThingIsToldOnce(t *testing.T) {
	t.Parallel()
	c := parse(t, shop)
	var list []*scenarios.Exchange
	for _, id := range []string{`"a"`, `"abc"`, `"abcdef"`} {
		list = append(list, with(t, `"id":1`, `"id":`+id), with(t, `"total":"1.00"`, `"total":"10000.0`+id[1:]))
	}
	f := run(t, c, heard(list...))
	if len(f.Beyond) != 2 || f.Beyond[0].Count != 3 || f.Beyond[1].Count != 3 {
		t.Errorf("%+v", f.Beyond)
	}
	overlaid(t, c, heard(list...), f)
}

// TestNoDatumIsTold: what a person's field held stands in no finding and no overlay.
func TestNoDatumIsTold(t *testing.T) {
	t.Parallel()
	c := parse(t, shop)
	r := heard(read(200, strings.NewReplacer("Nobody", "Zhang Sanfeng", `"id":1`, `"id":"110105194912310027","13800138000":1`, `"1.00"`, `"13900139000"`, `"new"`, `"110101199003070000"`).Replace(good)))
	f := run(t, c, r)
	text, err := f.Overlay()
	if err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	for _, lang := range []string{"en", "zh"} {
		if err := learn.WriteText(&told, f, lang); err != nil {
			t.Fatal(err)
		}
		if err := learn.WriteMarkdown(&told, f, lang); err != nil {
			t.Fatal(err)
		}
	}
	told.Write(text)
	for _, datum := range []string{"Zhang", "110105", "138001", "139001", "110101"} {
		if strings.Contains(told.String(), datum) {
			t.Errorf("%s is told:\n%s", datum, told.String())
		}
	}
	if len(f.Beyond) < 4 {
		t.Errorf("%+v", f.Beyond)
	}
}

// TestNothingToLearn: a recording of something else is an error that says so.
func TestNothingToLearn(t *testing.T) {
	t.Parallel()
	c := parse(t, shop)
	other := read(200, good)
	other.Operation = "nothing"
	for _, r := range []*scenarios.Recording{heard(), heard(other), {Vendor: "another", Exchanges: []*scenarios.Exchange{other}}} {
		_, err := learn.Run(context.Background(), learn.Config{Contract: c, Recordings: []learn.Source{{Name: "a.har", Recording: r}}})
		if _, ok := err.(*learn.NothingError); !ok {
			t.Errorf("%v", err)
		}
	}
	if f := run(t, c, heard(read(200, good))); len(f.Beyond)+len(f.Actions) > 0 {
		t.Errorf("%+v", f)
	}
}
