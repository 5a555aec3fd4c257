package story

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"understudy/scenarios"
	"understudy/specs"
)

// TestMediaTypes: of several media types that an operation takes a step is sent in the one that it names.
func TestMediaTypes(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) { reply(w, 201, anOrder) })
	c := at(t, s, `
  - workflowId: w
    steps:
      - {stepId: usual, operationId: createOrder, requestBody: {payload: {item: a&b}}}
      - {stepId: form, operationId: createOrder, requestBody: {contentType: application/x-www-form-urlencoded, payload: {item: tea & milk, n: [1, 2], none: null}}}
      - {stepId: form-as-text, operationId: createOrder, requestBody: {contentType: application/x-www-form-urlencoded, payload: item=a%20b}}
      - {stepId: text, operationId: createOrder, requestBody: {contentType: text/plain; charset=utf-8, payload: hello}}
      - {stepId: other, operationId: createOrder, requestBody: {contentType: application/merge-patch+json, payload: {item: a&b}}}
      - {stepId: false-label, operationId: createOrder, requestBody: {contentType: text/plain, payload: {item: tea}}}
`)
	contract, err := specs.Parse("shop", "shop.yaml", []byte("x-understudy: 1\n"+strings.Replace(shopDocument, "        content:\n          application/json:", "        content:\n          text/plain: {schema: {type: string}}\n          application/x-www-form-urlencoded: {schema: {type: object}}\n          application/json:", 1)))
	if err != nil {
		t.Fatal(err)
	}
	c.Sources["shop"] = Source{Contract: contract, Target: s.URL}
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "told", told(got.Report), []string{"w usual", "w form", "w form-as-text", "w text", "w other", "w false-label"})
	compare(t, "calls", s.calls(), []string{
		`POST /orders {"item":"a&b"}`, "POST /orders item=tea+%26+milk&n=1&n=2", "POST /orders item=a%20b", "POST /orders hello", `POST /orders {"item":"a&b"}`, `POST /orders {"item":"tea"}`,
	})
	var labels []string
	for _, h := range s.heard {
		labels = append(labels, h.header.Get("Content-Type"))
	}
	if want := []string{"application/json", formType, formType, "text/plain; charset=utf-8", "application/merge-patch+json", "text/plain"}; !slices.Equal(labels, want) {
		t.Errorf("labelled %q, want %q", labels, want)
	}
}

// TestSensitiveNumbers: what the contract marks is not told, however short.
func TestSensitiveNumbers(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) {
		reply(w, 201, `{"id": "o-1", "item": "tea", "age": 34, "ill": true, "count": 5}`)
	})
	c := at(t, s, `
  - workflowId: w
    steps:
      - {stepId: a, operationId: createOrder, requestBody: {payload: {item: a}}, successCriteria: [{condition: $response.body#/age == 1 || $response.body#/ill == false || $response.body#/count == 1}]}
`)
	contract, err := specs.Parse("shop", "shop.yaml", []byte("x-understudy: 1\n"+shopDocument+"        age: {type: integer, x-sensitive: secret}\n        ill: {type: boolean, x-sensitive: secret}\n"))
	if err != nil {
		t.Fatal(err)
	}
	c.Sources["shop"] = Source{Contract: contract, Target: s.URL}
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(told(got.Report), "\n")
	if want := "$response.body#/age is a number, $response.body#/ill is a truth value, $response.body#/count is 5"; !strings.Contains(text, want) {
		t.Errorf("it does not tell %s: %s", want, text)
	}
}

// TestDraftOfWhatWasAskedFirst: a value that a request brought is no output of the reply that repeats it, wherever in the request
// it stood.
func TestDraftOfWhatWasAskedFirst(t *testing.T) {
	t.Parallel()
	const datum = "day-20260302"
	answer := scenarios.Response{Status: 200, MediaType: jsonType, Body: []byte(`{"id": "` + datum + `", "item": "tea"}`), Outcome: scenarios.OutcomeOK}
	later := &scenarios.Exchange{Operation: "readOrder", Request: scenarios.Request{Method: "GET", Path: "/orders/" + datum}, Response: answer}
	for name, first := range map[string]scenarios.Request{
		"a path":                   {Method: "GET", Path: "/orders/" + datum},
		"a parameter":              {Method: "GET", Path: "/orders/1", Parameters: []scenarios.Parameter{{In: "query", Name: "id", Value: datum}}},
		"JSON in a parameter":      {Method: "GET", Path: "/orders/1", Parameters: []scenarios.Parameter{{In: "query", Name: "q", Value: `{"id": "` + datum + `"}`}}},
		"a form":                   {Method: "POST", Path: "/orders", MediaType: formType, Body: []byte("item=" + datum)},
		"JSON in a form":           {Method: "POST", Path: "/orders", MediaType: formType, Body: []byte("item=%7B%22id%22%3A%22" + datum + "%22%7D")},
		"a body":                   {Method: "POST", Path: "/orders", MediaType: jsonType, Body: []byte(`{"item": "` + datum + `"}`)},
		"JSON in a text in a body": {Method: "POST", Path: "/orders", MediaType: jsonType, Body: []byte(`{"item": "{\"id\": \"` + datum + `\"}"}`)},
	} {
		x := &scenarios.Exchange{Operation: map[string]string{"GET": "readOrder", "POST": "createOrder"}[first.Method], Request: first, Response: answer}
		text, err := Draft(&scenarios.Recording{Exchanges: []*scenarios.Exchange{x, later}}, DraftConfig{Contract: shop(t)})
		if err != nil || strings.Contains(string(text), "$steps.") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	x := &scenarios.Exchange{Operation: "readOrder", Request: scenarios.Request{Method: "GET", Path: "/orders/1"}, Response: answer}
	text, err := Draft(&scenarios.Recording{Exchanges: []*scenarios.Exchange{x, later}}, DraftConfig{Contract: shop(t)})
	if err != nil || !strings.Contains(string(text), "$steps.readOrder.outputs.id") {
		t.Errorf("what no request brought: %v\n%s", err, text)
	}
}

// TestControlToken: whoever calls the control listener without its token is told what it wants.
func TestControlToken(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) { reply(w, 401, "") })
	for title, want := range map[string]bool{ControlTitle: true, "Shop": false} {
		c := at(t, s, "  - {workflowId: w, steps: [{stepId: a, operationId: listOrders}]}\n")
		contract, err := specs.Parse("shop", "shop.yaml", []byte("x-understudy: 1\n"+strings.Replace(shopDocument, "title: Shop", "title: "+title, 1)))
		if err != nil {
			t.Fatal(err)
		}
		c.Sources["shop"] = Source{Contract: contract, Target: s.URL}
		got, err := Run(t.Context(), c.Config)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(told(got.Report), "\n"); strings.Contains(text, "wants its own token") != want {
			t.Errorf("%s: %s", title, text)
		}
	}
}
