package story

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/scenarios"
)

// TestRetry: what is run before a retry gives its outputs anew, a server cannot ask for a wait without end, and of many attempts
// the last ones are told.
func TestRetry(t *testing.T) {
	t.Parallel()
	const good = 12
	s := serve(t, func(n int, h heard, w http.ResponseWriter) {
		switch {
		case h.method == "GET":
			reply(w, 200, `{"id": "o-`+strings.Repeat("i", n)+`", "item": "tea"}`)
		case n < good:
			w.Header().Set("Retry-After", "999999999999")
			w.WriteHeader(503)
		default:
			reply(w, 201, anOrder)
		}
	})
	c := at(t, s, `
  - workflowId: w
    steps:
      - {stepId: prepare, operationId: readOrder, parameters: [{name: id, in: path, value: x}], outputs: {id: $response.body#/id}}
      - stepId: make
        operationId: createOrder
        requestBody: {payload: {item: $steps.prepare.outputs.id}}
        successCriteria: [{condition: $statusCode == 201}]
        onFailure: [{name: again, type: retry, retryLimit: 20, stepId: prepare}]
`)
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	calls := s.calls()
	if want := `POST /orders {"item":"o-` + strings.Repeat("i", len(calls)-1) + `"}`; got.Report.Failures() > 0 || calls[len(calls)-1] != want {
		t.Errorf("%v: %q, want %s last", told(got.Report), calls, want)
	}
	if slices.Max(c.slept) != mostWait {
		t.Errorf("it slept %v", c.slept)
	}
	if handled := got.Report.Operations[0].Flow.Checked[1].Findings; len(handled) != mostHandled || !strings.HasPrefix(handled[2].Message, "attempt 5: ") {
		t.Errorf("told %+v", handled)
	}
}

// TestCalledWorkflows: what a called workflow is given, and what it is not; and that calls come to an end.
func TestCalledWorkflows(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) { reply(w, 201, anOrder) })
	c := at(t, s, `
  - workflowId: caller
    inputs: {type: object, properties: {item: {type: string}, own: {type: string}}}
    parameters: [{name: X-All, in: header, value: 1}]
    steps: [{stepId: a, workflowId: called}]
  - workflowId: called
    inputs: {type: object, additionalProperties: false, required: [item], properties: {item: {type: string, default: coffee}}}
    steps: [{stepId: a, operationId: createOrder, requestBody: {payload: {item: $inputs.item}}}]
  - {workflowId: round, steps: [{stepId: a, workflowId: round}]}
`)
	c.Inputs, c.Workflows = map[string]any{"item": "tea", "own": "x"}, []string{"caller"}
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "told", told(got.Report), []string{"caller a", "called a"})
	compare(t, "calls", s.calls(), []string{`POST /orders {"item":"tea"}`})
	c.Inputs, c.Workflows, c.MaxSteps = nil, []string{"round"}, 1000
	began := time.Now()
	if got, err = Run(t.Context(), c.Config); err != nil || !strings.Contains(strings.Join(told(got.Report), "\n"), "workflows call each other more than 20 deep") {
		t.Errorf("%v %v", told(got.Report), err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestDraftOfShortNumbers: a small number that is in two places is chance, unless both are called an id.
func TestDraftOfShortNumbers(t *testing.T) {
	t.Parallel()
	made := func(request, response string) *scenarios.Exchange {
		return &scenarios.Exchange{
			Operation: "createOrder", Request: scenarios.Request{Method: "POST", Path: "/orders", MediaType: jsonType, Body: []byte(request)},
			Response: scenarios.Response{Status: 201, MediaType: jsonType, Body: []byte(response), Outcome: scenarios.OutcomeOK},
		}
	}
	text, err := Draft(&scenarios.Recording{Exchanges: []*scenarios.Exchange{
		made(`{"item": "tea"}`, `{"count": 712, "id": 37, "page": 8123, "code": "4711"}`), made(`{"count": 712, "orderId": 37, "item": "cups", "n": 8123, "code": 4711}`, anOrder),
	}}, DraftConfig{Contract: shop(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"count: 712\n", `orderId: $steps.createOrder.outputs.id`, "n: $steps.createOrder.outputs.page", "code: 4711\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the draft has no %s:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "code: $response") {
		t.Errorf("a text, of which no expression makes a number, is an output:\n%s", text)
	}
}
