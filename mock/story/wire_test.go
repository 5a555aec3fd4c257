package story

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/scenarios"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// simulator is one that plays a contract, and the source by which a story calls it.
func simulator(t testing.TB, vendor string) (*mock.Server, Source) {
	t.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	s, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	credentials, _ := s.Credentials(vendor)
	return s, Source{Contract: c, Credentials: credentials, Target: h.URL}
}

const sealedStory = `arazzo: 1.0.1
info: {title: Sealed, version: '1'}
sourceDescriptions: [{name: zheliban, url: zheliban}]
workflows:
  - workflowId: pull
    inputs: {type: object, required: [apiKey, secret], properties: {apiKey: {type: string}, secret: {type: string}}}
    steps:
      - stepId: token
        operationId: issueToken
        requestBody: {payload: {apikey: $inputs.apiKey, secret: $inputs.secret}}
        successCriteria: [{condition: $response.body#/code == 200}]
        outputs: {token: $response.body#/result/token}
      - stepId: pull
        operationId: pullReservations
        parameters: [{name: access-token, in: header, value: $steps.token.outputs.token}]
        outputs: {batch: $response.body#/result/0/requestId, serial: $response.body#/result/0/serialNumber}
      - stepId: wrong-token
        operationId: pullReservations
        parameters: [{name: ACCESS-TOKEN, in: header, value: nobody-issued-this}]
        successCriteria: [{condition: $response.body#/code == 401}]
      - stepId: no-token
        operationId: pullReservations
        parameters: [{name: ACCESS-TOKEN, in: header, value: null}]
        successCriteria: [{condition: $response.body#/code != 200}]
      - stepId: acknowledge
        operationId: acknowledgeReservations
        requestBody: {payload: {requestId: $steps.pull.outputs.batch}}
      - stepId: wrong-secret
        operationId: issueToken
        requestBody: {payload: {secret: wrong}}
        successCriteria: [{condition: $response.body#/code == 50002}]
      - stepId: nothing-left
        operationId: pullReservations
        successCriteria: [{context: $response.body#/result, type: regex, condition: '^\[\]$'}]
`

// TestSealedWire runs a story over a wire that logs in, seals and signs: the story sees opened bodies alone, and what it gives
// itself is sent.
func TestSealedWire(t *testing.T) {
	t.Parallel()
	server, source := simulator(t, "zheliban")
	d, err := arazzo.Parse("s.yaml", []byte(sealedStory))
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Document: d, Sources: map[string]Source{"zheliban": source}, Isolate: true, Random: func() string { return "x" }}
	got, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "told", told(got.Report), []string{"pull token", "pull pull", "pull wrong-token", "pull no-token", "pull acknowledge", "pull wrong-secret", "pull nothing-left"})
	if recorded, _, known := server.Recorded("story-x", ""); !known || len(recorded) < 7 {
		t.Errorf("the session has %d exchanges, known %t", len(recorded), known)
	}
	// Again in the same session everything has been acknowledged; in another one nothing has.
	for session, want := range map[string]int{"story-x": 1, "other": 0} {
		c.Session = session
		got, err := Run(t.Context(), c)
		if err != nil || got.Report.Failures() != want {
			t.Errorf("%s: %v %v", session, told(got.Report), err)
		}
	}
}

// TestDiagnosis: where the simulator says why, the failure names it.
func TestDiagnosis(t *testing.T) {
	t.Parallel()
	_, source := simulator(t, "zheliban")
	d, err := arazzo.Parse("s.yaml", []byte(strings.Replace(sealedStory, "value: nobody-issued-this}]\n        successCriteria: [{condition: $response.body#/code == 401}]", "value: nobody-issued-this}]", 1)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run(t.Context(), Config{Document: d, Sources: map[string]Source{"zheliban": source}})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(told(got.Report), "\n")
	if !strings.Contains(text, "pull wrong-token FAILED | error it was to succeed; the reply: vendor error unauthorized") || !strings.Contains(text, "; diagnosis ") || strings.Contains(text, "nobody-issued-this") {
		t.Error(text)
	}
}

// TestDraft makes a story of what a session heard, which runs where it was heard, in a session of its own.
func TestDraft(t *testing.T) {
	t.Parallel()
	server, source := simulator(t, "zheliban")
	d, err := arazzo.Parse("s.yaml", []byte(sealedStory))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), Config{Document: d, Sources: map[string]Source{"zheliban": source}, Session: "heard"}); err != nil {
		t.Fatal(err)
	}
	exchanges, _, _ := server.Recorded("heard", "")
	text, err := Draft(&scenarios.Recording{Vendor: "zheliban", Exchanges: exchanges}, DraftConfig{Contract: source.Contract})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"requestId: $steps.pullReservations.outputs.requestId", "requestId: $response.body#/result/0/requestId", "value: " + wrongCredential, "value: null", "secret: " + wrongCredential} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the draft has no %s:\n%s", want, text)
		}
	}
	for slot, one := range source.Credentials {
		if one.Text != "" && strings.Contains(string(text), one.Text) {
			t.Errorf("the draft holds the credential %s", slot)
		}
	}
	drafted, err := arazzo.Parse("draft.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run(t.Context(), Config{Document: drafted, Sources: map[string]Source{"zheliban": source}, Isolate: true})
	if err != nil || got.Report.Failures() > 0 || got.Report.Checked() != len(exchanges) {
		t.Errorf("%d exchanges: %v %v\n%s", len(exchanges), told(got.Report), err, text)
	}
}

// TestGateway: parameters behind a gateway, and a signature that the story gives itself.
func TestGateway(t *testing.T) {
	t.Parallel()
	_, source := simulator(t, "alihealth")
	d, err := arazzo.Parse("s.yaml", []byte(`arazzo: 1.0.1
info: {title: Gateway, version: '1'}
sourceDescriptions: [{name: ali, url: alihealth}]
workflows:
  - workflowId: w
    steps:
      - stepId: good
        operationId: queryAppointments
        parameters: [{name: format, in: query, value: json}]
        requestBody: {payload: {param_query_pov_appointment_record_by_date_req: {day: '2026-03-02', out_pov_id: '00001'}}}
        outputs: {url: $url}
      - stepId: badly-signed
        operationId: queryAppointments
        parameters: [{name: format, in: query, value: json}, {name: sign, in: query, value: '00'}]
        requestBody: {payload: {param_query_pov_appointment_record_by_date_req: {day: '2026-03-02', out_pov_id: '00001'}}}
        successCriteria: [{condition: $response.body#/error_response/code == 25}]
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run(t.Context(), Config{Document: d, Sources: map[string]Source{"ali": source}})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "told", told(got.Report), []string{"w good", "w badly-signed"})
}

// TestText has the ways in which a payload that is written as a text is sent.
func TestText(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) { reply(w, 201, anOrder) })
	c := at(t, s, `
  - workflowId: w
    inputs: {type: object, properties: {n: {type: integer, default: 3}}}
    steps:
      - {stepId: template, operationId: createOrder, requestBody: {contentType: application/json, payload: '{"item": "tea", "count": {$inputs.n}}'}}
      - {stepId: broken, operationId: createOrder, requestBody: {payload: '{"item": '}}
      - {stepId: text, operationId: createOrder, requestBody: {payload: hello}}
      - {stepId: otherwise, operationId: createOrder, requestBody: {contentType: text/plain, payload: 'hello {$inputs.n}'}}
      - {stepId: nothing, operationId: createOrder}
`)
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "told", told(got.Report), []string{"w template", "w broken", "w text", "w otherwise", "w nothing"})
	compare(t, "calls", s.calls(), []string{
		`POST /orders {"item":"tea","count":3}`, `POST /orders {"item":`, `POST /orders "hello"`, "POST /orders hello 3", "POST /orders",
	})
	if got := s.heard[3].header.Get("Content-Type"); got != "text/plain" {
		t.Errorf("labelled %s", got)
	}
}

func TestNothingToTell(t *testing.T) {
	t.Parallel()
	list := []*scenarios.Exchange{
		{Number: 1, Callback: "a/b/post"}, {Number: 2}, {Number: 3, Operation: "gone"}, {Number: 4, Operation: "readOrder"},
		{Number: 5, Operation: "createOrder", Request: scenarios.Request{Wire: scenarios.Wire{Seal: scenarios.SealUnopened}}, Response: scenarios.Response{Status: 201}},
		{Number: 6, Operation: "createOrder", Request: scenarios.Request{MediaType: "application/octet-stream", Body: []byte{0, 255}}, Response: scenarios.Response{Status: 201}},
	}
	_, err := Draft(&scenarios.Recording{Exchanges: list}, DraftConfig{Contract: shop(t)})
	want := "the recording has no exchange of which a step can be made; left out: exchange 1: the vendor called the client (a/b/post); exchange 2: the contract has no such call; " +
		"exchange 3: the contract has no operation gone any more; exchange 4: no whole reply came; exchange 5: the request's body could not be opened; exchange 6: its body is no text"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := Draft(&scenarios.Recording{}, DraftConfig{}); err == nil {
		t.Error("a draft without a contract")
	}
}

// TestDraftOfAPlainWire has what flows, what is personal, and what only looks like an expression.
func TestDraftOfAPlainWire(t *testing.T) {
	t.Parallel()
	json := "application/json"
	made := func(request, response string) *scenarios.Exchange {
		return &scenarios.Exchange{
			Operation: "createOrder", Request: scenarios.Request{Method: "POST", Path: "/orders", MediaType: json, Body: []byte(request)},
			Response: scenarios.Response{Status: 201, MediaType: json, Body: []byte(response), Outcome: scenarios.OutcomeOK},
		}
	}
	read := func(id string) *scenarios.Exchange {
		return &scenarios.Exchange{
			Operation: "readOrder", Request: scenarios.Request{Method: "GET", Path: "/orders/" + id},
			Response: scenarios.Response{Status: 200, MediaType: json, Body: []byte(anOrder), Outcome: scenarios.OutcomeUnexplained},
		}
	}
	r := &scenarios.Recording{Exchanges: []*scenarios.Exchange{
		made(`{"item": "$inputs.tea", "count": 2, "memo": "00012", "nested": "{\"order\": \"none-yet-1\"}"}`, `{"id": "ord-001", "item": "$inputs.tea", "count": 86400, "memo": "00012"}`),
		{Number: 2, Callback: "x/y/post"},
		read("ord-001"),
		made(`{"item": "ord-001", "memo": "00012", "count": 86400, "nested": "{\"order\":\"ord-001\",\"n\":86400}"}`, anOrder),
		read("ord-001"),
		read("7"),
	}}
	text, err := Draft(r, DraftConfig{Contract: shop(t), Source: "../shop.yaml", Workflow: "buy", Title: "Buying"})
	if err != nil {
		t.Fatal(err)
	}
	want := `# Left out of the recording:
#   exchange 2: the vendor called the client (x/y/post)
arazzo: 1.0.1
info:
  title: Buying
  version: 1.0.0
sourceDescriptions:
  - name: shop
    url: ../shop.yaml
    type: openapi
workflows:
  - workflowId: buy
    summary: Drafted from a recording
    inputs:
      type: object
      properties:
        item:
          type: string
          default: $inputs.tea
    steps:
      - stepId: createOrder
        operationId: createOrder
        requestBody:
          contentType: application/json
          payload:
            item: $inputs.item
            count: 2
            memo: "00012"
            nested: '{"order": "none-yet-1"}'
        successCriteria:
          - condition: $statusCode == 201
        outputs:
          id: $response.body#/id
          count: $response.body#/count
      - stepId: readOrder
        operationId: readOrder
        x-understudy-lenient: true
        parameters:
          - name: id
            in: path
            value: $steps.createOrder.outputs.id
        successCriteria:
          - condition: $statusCode == 200
      - stepId: createOrder-2
        operationId: createOrder
        requestBody:
          contentType: application/json
          payload:
            item: $steps.createOrder.outputs.id
            memo: "00012"
            count: $steps.createOrder.outputs.count
            nested: '{"order":"{$steps.createOrder.outputs.id}","n":{$steps.createOrder.outputs.count}}'
        successCriteria:
          - condition: $statusCode == 201
      - stepId: readOrder-2
        operationId: readOrder
        x-understudy-lenient: true
        parameters:
          - name: id
            in: path
            value: $steps.createOrder.outputs.id
        successCriteria:
          - condition: $statusCode == 200
      - stepId: readOrder-3
        operationId: readOrder
        x-understudy-lenient: true
        parameters:
          - name: id
            in: path
            value: "7"
        successCriteria:
          - condition: $statusCode == 200
`
	if string(text) != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
}
