package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/report"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

const shopDocument = `openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    post:
      operationId: createOrder
      parameters:
        - {name: dry, in: query, schema: {type: boolean}}
      requestBody:
        content:
          application/json: {schema: {type: object, required: [item], properties: {item: {type: string}, count: {type: integer}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
        "400": {description: wrong, content: {application/json: {schema: {type: object}}}}
        "503": {description: busy}
    get:
      operationId: listOrders
      responses:
        "200": {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: readOrder
      responses:
        "200": {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
        "404": {description: none}
components:
  schemas:
    Order:
      type: object
      additionalProperties: false
      required: [id, item]
      properties:
        id: {type: string}
        item: {type: string}
        count: {type: integer}
        phone: {type: string, x-sensitive: mobile}
        state: {type: string}
`

func shop(t testing.TB) *specs.Contract {
	t.Helper()
	c, err := specs.Parse("shop", "shop.yaml", []byte("x-understudy: 1\n"+shopDocument))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// heard is one request that a server got.
type heard struct {
	method, path, body string
	header             http.Header
}

// server answers by a function and keeps what it got.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	heard []heard
}

func serve(t testing.TB, answer func(n int, h heard, w http.ResponseWriter)) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h := heard{r.Method, r.URL.RequestURI(), string(body), r.Header.Clone()}
		s.mu.Lock()
		s.heard = append(s.heard, h)
		n := len(s.heard)
		s.mu.Unlock()
		answer(n, h, w)
	}))
	t.Cleanup(s.Close)
	return s
}

func reply(w http.ResponseWriter, status int, body string) {
	if body != "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (s *server) calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, h := range s.heard {
		list = append(list, strings.TrimSpace(h.method+" "+h.path+" "+h.body))
	}
	return list
}

const storyHead = "arazzo: 1.0.1\ninfo: {title: T, version: '1'}\nsourceDescriptions: [{name: shop, url: shop.yaml}]\nworkflows:\n"

func document(t testing.TB, workflows string) *arazzo.Document {
	t.Helper()
	d, err := arazzo.Parse("s.yaml", []byte(storyHead+workflows))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// setting is a run at a server, on a clock that only sleeping moves.
type setting struct {
	Config
	slept []time.Duration
}

func at(t testing.TB, s *server, workflows string) *setting {
	t.Helper()
	c := &setting{}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c.Config = Config{
		Document: document(t, workflows), Sources: map[string]Source{"shop": {Contract: shop(t), Target: s.URL}},
		Now: func() time.Time { return now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			c.slept = append(c.slept, d)
			now = now.Add(d)
			return ctx.Err()
		},
	}
	return c
}

// told is a report in lines: each check, and why it failed.
func told(r *report.Report) []string {
	var list []string
	for _, op := range r.Operations {
		for _, c := range op.Flow.Checked {
			line := op.ID + " " + c.Name
			if c.Count > 1 {
				line += fmt.Sprintf(" x%d", c.Count)
			}
			if c.Failed {
				line += " FAILED"
			}
			for _, f := range c.Findings {
				line += " | " + string(f.Severity) + " " + f.Sentence()
			}
			list = append(list, line)
		}
		for _, n := range op.Flow.NotChecked {
			list = append(list, op.ID+" - "+n.Text)
		}
	}
	return list
}

func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

const anOrder = `{"id": "o-1", "item": "tea"}`

// TestRun has a story that uses what flows: outputs, parameters, replacements, a workflow within another.
func TestRun(t *testing.T) {
	t.Parallel()
	s := serve(t, func(n int, h heard, w http.ResponseWriter) {
		switch {
		case h.method == "POST":
			w.Header().Set("X-Trace", "t-9")
			reply(w, 201, `{"id": "o/1", "item": "tea", "count": 12345678901234567890}`)
		default:
			reply(w, 200, anOrder)
		}
	})
	c := at(t, s, `
  - workflowId: main
    inputs: {type: object, required: [item], properties: {item: {type: string}, n: {type: integer, default: 2}}}
    dependsOn: [before]
    parameters: [{name: X-All, in: header, value: '{$inputs.item}!'}]
    steps:
      - stepId: make
        operationId: createOrder
        parameters: [{name: dry, in: query, value: true}, {name: other, in: query, value: a b}, {name: c, in: cookie, value: d}]
        requestBody:
          payload: {item: $inputs.item, count: 0, made: 'by {$workflows.before.outputs.first}'}
          replacements: [{target: /count, value: $inputs.n}]
        successCriteria:
          - condition: $statusCode == 201 && $response.header.x-trace == 'T-9'
          - condition: $request.body#/count == 2 && $request.query.dry == true && $method == 'POST'
        outputs: {id: $response.body#/id, count: $response.body#/count, none: $response.body#/none}
      - stepId: look
        workflowId: reader
        parameters: [{name: id, value: $steps.make.outputs.id}]
        successCriteria: [{condition: $outputs.item == 'tea'}]
        outputs: {same: $outputs.item}
    outputs: {count: $steps.make.outputs.count, item: $steps.look.outputs.item, same: $steps.look.outputs.same, none: $steps.make.outputs.none}
  - workflowId: before
    steps: [{stepId: list, operationId: readOrder, parameters: [{name: id, in: path, value: zero}], outputs: {first: $response.body#/id}}]
    outputs: {first: $steps.list.outputs.first}
  - workflowId: reader
    inputs: {type: object, required: [id], properties: {id: {type: string}}}
    steps:
      - stepId: read
        operationPath: '{$sourceDescriptions.shop.url}#/paths/~1orders~1{id}/get'
        parameters: [{name: id, in: path, value: $inputs.id}]
        outputs: {item: $response.body#/item}
    outputs: {item: $steps.read.outputs.item}
`)
	c.Inputs = map[string]any{"item": "tea"}
	var progress []string
	c.Progress = func(p Progress) {
		progress = append(progress, fmt.Sprint(p.Workflow, "/", p.Step, " ", p.Done, "/", p.Total))
	}
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "told", told(got.Report), []string{"main make", "main look", "before list", "reader read"})
	compare(t, "calls", s.calls(), []string{
		"GET /orders/zero", `POST /orders?dry=true&other=a+b {"item":"tea","count":2,"made":"by o-1"}`, "GET /orders/o%2F1",
	})
	compare(t, "progress", progress, []string{"before/list 0/2", "main/make 1/2", "reader/read 1/2", "main/look 1/2"})
	if h := s.heard[1].header; h.Get("X-All") != "tea!" || h.Get("Cookie") != "c=d" || h.Get("Content-Type") != "application/json" || h.Get(headerSession) != "" {
		t.Errorf("the headers are %v", h)
	}
	if len(got.Outputs) != 2 || got.Outputs[0].Workflow != "before" {
		t.Fatalf("%+v", got.Outputs)
	}
	written, _ := json.Marshal(got.Outputs[1].Values)
	if want := `{"count":12345678901234567890,"item":"tea","same":"tea"}`; string(written) != want || !slices.Equal(got.Outputs[1].Names, []string{"count", "item", "same", "none"}) {
		t.Errorf("%s %v", written, got.Outputs[1].Names)
	}
	if r := got.Report; r.Requests != 3 || r.Failures() != 0 || r.Contract != "shop" || r.Target != s.URL {
		t.Errorf("%+v", r)
	}
}

// TestFlow has every way in which a workflow can go on.
func TestFlow(t *testing.T) {
	t.Parallel()
	read := "operationId: readOrder, parameters: [{name: id, in: path, value: %s}]"
	step := func(id, more string) string {
		return "      - {stepId: " + id + ", " + fmt.Sprintf(read, id) + more + "}\n"
	}
	head := "  - workflowId: w\n    steps:\n"
	tests := []struct {
		name, workflows string
		answers         []string // status, "Retry-After" behind a slash; the last one repeats
		calls           string
		told            []string
		slept           string
	}{
		{"in order", head + step("a", "") + step("b", ""), []string{"200"}, "a b", []string{"w a", "w b"}, "[]"},
		{"no criteria: an error of the server's is a failure", head + step("a", "") + step("b", ""), []string{"404"}, "a", []string{
			"w a FAILED | error it was to succeed; the reply: vendor error, none of the catalogue (status 404)", "w - not reached: b",
		}, "[]"},
		{"criteria that want an error", head + step("a", ", successCriteria: [{condition: $statusCode == 404}]"), []string{"404"}, "a", []string{"w a"}, "[]"},
		{"a criterion that does not hold", head + step("a", ", successCriteria: [{condition: $statusCode == 200}, {condition: $response.body#/count > 3 || $response.body#/none}]"), []string{"200"}, "a", []string{
			"w a FAILED | error not met: $response.body#/count > 3 || $response.body#/none; $response.body#/count has no value, $response.body#/none has no value; the reply: ok",
		}, "[]"},
		{"end on success", head + step("a", ", onSuccess: [{name: e, type: end}]") + step("b", ""), []string{"200"}, "a", []string{"w a"}, "[]"},
		{"the first action whose criteria hold", head + step("a", ", onSuccess: [{name: e, type: end, criteria: [{condition: $statusCode == 404}]}, {name: g, type: goto, stepId: c}, {name: f, type: end}]") + step("b", "") + step("c", ""), []string{"200"}, "a c", []string{"w a", "w c"}, "[]"},
		{"goto another workflow", head + step("a", ", onSuccess: [{name: g, type: goto, workflowId: v}]") + step("b", "") + "  - workflowId: v\n    steps:\n" + step("c", ""), []string{"200"}, "a c", []string{"w a", "v c"}, "[]"},
		{"retry until it succeeds", head + step("a", ", onFailure: [{name: r, type: retry, retryAfter: 1.5, retryLimit: 3}]"), []string{"404", "404", "200"}, "a a a", []string{
			"w a x3 | note attempt 1: it was to succeed; the reply: vendor error, none of the catalogue (status 404); retry goes on by r | note attempt 2: it was to succeed; the reply: vendor error, none of the catalogue (status 404); retry goes on by r",
		}, "[1.5s 1.5s]"},
		{"one retry where no limit is given, then the next action", head + step("a", ", onFailure: [{name: r, type: retry}, {name: g, type: goto, stepId: c}]") + step("b", "") + step("c", ""), []string{"404", "404", "200"}, "a a c", []string{
			"w a x2 | note attempt 1: it was to succeed; the reply: vendor error, none of the catalogue (status 404); retry goes on by r | note attempt 2: it was to succeed; the reply: vendor error, none of the catalogue (status 404); goto goes on by g", "w c",
		}, "[]"},
		{"no retry", head + step("a", ", onFailure: [{name: r, type: retry, retryLimit: 0}]"), []string{"404"}, "a", []string{"w a FAILED | error it was to succeed; the reply: vendor error, none of the catalogue (status 404)"}, "[]"},
		{"what the server asks for", head + step("a", ", onFailure: [{name: r, type: retry, retryAfter: 1}]"), []string{"404/7", "200"}, "a a", nil, "[7s]"},
		{"another step before the retry", head + step("a", ", onFailure: [{name: r, type: retry, stepId: b}]") + step("b", ""), []string{"404", "200"}, "a b a b", nil, "[]"},
		{"another workflow before the retry", head + step("a", ", onFailure: [{name: r, type: retry, workflowId: v}]") + "  - workflowId: v\n    steps:\n" + step("c", ""), []string{"404", "200"}, "a c a", nil, "[]"},
		{"end on failure", head + step("a", ", onFailure: [{name: e, type: end}]") + step("b", ""), []string{"404"}, "a", []string{
			"w a FAILED | error it was to succeed; the reply: vendor error, none of the catalogue (status 404)", "w - not reached: b",
		}, "[]"},
		{"a goto that goes round", head + step("a", ", onSuccess: [{name: g, type: goto, stepId: a}]"), []string{"200"}, "a a a a a a a a a a", []string{
			"w a x10", "w workflow FAILED | error more than 10 steps were run, the last one a: a goto, retry or call goes round",
		}, "[]"},
		{"a workflow that calls itself", head + "      - {stepId: a, workflowId: w}\n", []string{"200"}, "", []string{"w workflow FAILED | error more than 10 steps were run, the last one a: a goto, retry or call goes round", "w - not reached: a"}, "[]"},
		{"a workflow that fails within another", head + "      - {stepId: a, workflowId: v}\n  - workflowId: v\n    steps:\n" + step("c", ""), []string{"404"}, "c", []string{
			"w a FAILED | error the workflow v did not end well", "v c FAILED | error it was to succeed; the reply: vendor error, none of the catalogue (status 404)",
		}, "[]"},
		{"dependsOn that fails", "  - workflowId: w\n    dependsOn: [v]\n    steps:\n" + step("a", "") + "  - workflowId: v\n    steps:\n" + step("c", ""), []string{"404"}, "c", []string{
			"w dependsOn v FAILED | error the workflow v, on which w depends, did not end well", "v c FAILED | error it was to succeed; the reply: vendor error, none of the catalogue (status 404)",
		}, "[]"},
		{"a reply that the contract does not have", head + step("a", ", successCriteria: [{condition: $statusCode == 299}]") + step("b", ""), []string{"299", "200"}, "a b", []string{
			"w a FAILED | error reply (status): expected one of 200, 404, got 299", "w b",
		}, "[]"},
		{"such a reply that is what the step is about", head + step("a", ", x-understudy-lenient: true, successCriteria: [{condition: $statusCode == 299}]"), []string{"299"}, "a", []string{
			"w a | warning reply (status): expected one of 200, 404, got 299",
		}, "[]"},
		{"a value that is not there", head + "      - {stepId: a, operationId: readOrder, parameters: [{name: id, in: path, value: $steps.b.outputs.x}]}\n" + step("b", ", outputs: {x: $url}"), []string{"200"}, "", []string{
			"w a FAILED | error the parameter id: $steps.b.outputs.x has no value here", "w - not reached: b",
		}, "[]"},
		{"a parameter that the path has not", head + "      - {stepId: a, operationId: readOrder, parameters: [{name: i, in: path, value: 1}]}\n", []string{"200"}, "", []string{
			"w a FAILED | error the operation readOrder has no parameter i in its path /orders/{id}",
		}, "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(n int, _ heard, w http.ResponseWriter) {
				status, after, _ := strings.Cut(tt.answers[min(n, len(tt.answers))-1], "/")
				if after != "" {
					w.Header().Set("Retry-After", after)
				}
				var code int
				_, _ = fmt.Sscan(status, &code)
				body := ""
				if code < 300 {
					body = anOrder
				}
				reply(w, code, body)
			})
			c := at(t, s, tt.workflows)
			c.MaxSteps = 10
			got, err := Run(t.Context(), c.Config)
			if err != nil {
				t.Fatal(err)
			}
			var calls []string
			for _, h := range s.heard {
				calls = append(calls, strings.TrimPrefix(h.path, "/orders/"))
			}
			if strings.Join(calls, " ") != tt.calls {
				t.Errorf("called %v, want %s", calls, tt.calls)
			}
			if tt.told != nil {
				compare(t, "told", told(got.Report), tt.told)
			} else if got.Report.Failures() > 0 {
				t.Errorf("told %v", told(got.Report))
			}
			if fmt.Sprint(c.slept) != tt.slept {
				t.Errorf("slept %v, want %s", c.slept, tt.slept)
			}
		})
	}
}

// TestLenient takes for a warning what else fails.
func TestLenient(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) { reply(w, 200, `[{"id": 1}]`) })
	c := at(t, s, "  - workflowId: w\n    steps: [{stepId: a, operationId: listOrders, successCriteria: [{condition: $statusCode == 200}]}]\n")
	for _, lenient := range []bool{false, true} {
		c.Lenient = lenient
		got, err := Run(t.Context(), c.Config)
		if err != nil || got.Report.Failures() != map[bool]int{true: 0, false: 1}[lenient] {
			t.Errorf("lenient %t: %v %v", lenient, told(got.Report), err)
		}
		if lines := told(got.Report); !strings.Contains(lines[0], "reply /0") {
			t.Errorf("%v", lines)
		}
	}
}

// TestShown: what a criterion found is told, but no datum that the contract marks, and no text that it does not describe.
func TestShown(t *testing.T) {
	t.Parallel()
	const secret = "13800001111"
	s := serve(t, func(n int, _ heard, w http.ResponseWriter) {
		w.Header().Set("X-Person", secret)
		if n == 1 {
			reply(w, 201, `{"id": "o-1", "item": "tea", "phone": "`+secret+`", "state": "new"}`)
			return
		}
		reply(w, 400, `{"phone": "`+secret+`", "number": `+secret+`}`)
	})
	c := at(t, s, `
  - workflowId: w
    inputs: {type: object, properties: {who: {type: string}}}
    steps:
      - stepId: a
        operationId: createOrder
        requestBody: {payload: {item: $inputs.who}}
        successCriteria:
          - condition: $response.body#/phone == 'x' || $response.body#/state == 'old' || $response.body#/id == 1 || $response.header.X-Person == 1 || $inputs.who == 1 || $url == 1 || $response.body == 1
          - {context: $response.body#/phone, type: regex, condition: ^x}
        onFailure: [{name: g, type: goto, stepId: b}]
      - stepId: b
        operationId: createOrder
        requestBody: {payload: {item: $inputs.who}}
        successCriteria: [{condition: $response.body#/phone == 'x' || $response.body#/number == 1}]
`)
	c.Inputs = map[string]any{"who": secret}
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(told(got.Report), "\n")
	if strings.Contains(text, secret) {
		t.Errorf("it shows a datum: %s", text)
	}
	for _, want := range []string{
		"$response.body#/phone is a text of 11 characters", "$response.body#/state is 'new'", "$response.body#/id is 'o-1'", "$response.header.X-Person is a text of 11 characters",
		"$inputs.who is a text of 11 characters", "$response.body is an object with 4 members", "$response.body#/number is a number of 11 digits",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not tell %s: %s", want, text)
		}
	}
}

// TestSetup: what can be known before is told before anything is sent, all at once.
func TestSetup(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) { reply(w, 200, anOrder) })
	control, err := specs.Parse("control", "control.yaml", []byte("openapi: 3.1.0\ninfo: {title: Understudy control, version: '1'}\npaths:\n  /s:\n    get: {operationId: look, responses: {'200': {description: ok}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(storyHead, "[{name: shop, url: shop.yaml}]", "[{name: shop, url: shop.yaml}, {name: control, url: c.yaml}, {name: other, url: o.yaml}]", 1) + `
  - workflowId: w
    inputs: {type: object, required: [day, n], properties: {day: {type: string}, n: {type: integer}}}
    steps:
      - {stepId: a, operationId: $sourceDescriptions.shop.readOder}
      - {stepId: b, operationId: $sourceDescriptions.control.look}
      - {stepId: c, operationId: $sourceDescriptions.other.look}
      - {stepId: d, operationPath: '{$sourceDescriptions.shop.url}#/paths/~1orders/delete'}
`
	d, err := arazzo.Parse("s.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Document: d, Sources: map[string]Source{"shop": {Contract: shop(t), Target: s.URL}, "control": {Contract: control}},
		Workflows: []string{"w", "v"}, Inputs: map[string]any{"dya": "x"},
	}
	_, err = Run(t.Context(), c)
	var wrong *SetupError
	if !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	compare(t, "problems", strings.Split(err.Error(), "\n"), []string{
		"s.yaml: there is no workflow v; there are w",
		"s.yaml: no workflow takes an input dya; there are day, n",
		"s.yaml:6: the inputs of w: it needs day, n",
		"s.yaml:9: the step a: shop has no operation readOder; there are createOrder, listOrders, readOrder",
		"s.yaml:10: the step b of w calls the simulator's control listener: this story runs at the simulator alone, which needs the address of that listener as well (--control URL)",
		"s.yaml:11: there is no contract for the source other",
		"s.yaml:12: the step d: shop has no operation DELETE /orders",
	})
	if err := Check(c); err == nil || err.Error() != wrong.Error() {
		t.Errorf("Check says %v", err)
	}
	if len(s.heard) > 0 {
		t.Error("something was sent")
	}
	if _, err := Run(t.Context(), Config{}); err == nil {
		t.Error("a run of nothing")
	}
}

// TestInterrupted: a context that ends while a step waits or is under way ends the run with what was done.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(n int, _ heard, w http.ResponseWriter) {
		if n == 2 {
			cancel()
		}
		reply(w, 200, anOrder)
	})
	c := at(t, s, "  - workflowId: w\n    steps: [{stepId: a, operationId: readOrder, parameters: [{name: id, in: path, value: 1}]}, {stepId: b, operationId: readOrder, parameters: [{name: id, in: path, value: 1}], onFailure: [{name: r, type: retry}]}]\n")
	got, err := Run(ctx, c.Config)
	if !errors.Is(err, context.Canceled) || got == nil || got.Report.Operations[0].Flow.Checked[0].Failed {
		t.Errorf("%+v %v", got, err)
	}
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("slept: %v", err)
	}
}

// TestRefusal: what the simulator itself refuses is a failure, whatever the criteria say.
func TestRefusal(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) {
		w.Header().Set("Understudy-Refusal", "session-bound")
		reply(w, 404, "")
	})
	c := at(t, s, "  - workflowId: w\n    steps: [{stepId: a, operationId: readOrder, parameters: [{name: id, in: path, value: 1}], successCriteria: [{condition: $statusCode == 404}]}]\n")
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "told", told(got.Report), []string{
		"w a FAILED | error the simulator itself refuses: session-bound; the reply: refusal session-bound (the simulator's own, status 404)",
	})
}

// TestNoReply: a server that does not answer fails the step, whatever the criteria say.
func TestNoReply(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) { panic(http.ErrAbortHandler) })
	c := at(t, s, "  - workflowId: w\n    steps: [{stepId: a, operationId: listOrders, successCriteria: [{condition: $statusCode != 200}]}]\n")
	got, err := Run(t.Context(), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	if lines := told(got.Report); len(lines) != 1 || !strings.HasPrefix(lines[0], "w a FAILED | error shop.listOrders at "+s.URL+": ") {
		t.Errorf("%v", lines)
	}
}

// TestInputsFromOutside: credentials and the session's name are given to inputs of their names.
func TestInputsFromOutside(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, _ heard, w http.ResponseWriter) { reply(w, 200, anOrder) })
	c := at(t, s, `
  - workflowId: w
    inputs: {type: object, required: [apiKey, session], properties: {apiKey: {type: string}, session: {type: string, default: default}, list: {type: string}}}
    steps:
      - {stepId: a, operationId: readOrder, parameters: [{name: id, in: path, value: '{$inputs.apiKey}-{$inputs.session}-{$inputs.list}'}]}
      - {stepId: b, operationId: readOrder, parameters: [{name: id, in: path, value: b}, {name: understudy-session, in: header, value: own}]}
  - workflowId: v
    dependsOn: [w]
    steps: [{stepId: a, operationId: readOrder, parameters: [{name: id, in: path, value: v}]}]
  - workflowId: u
    steps: [{stepId: a, operationId: readOrder, parameters: [{name: id, in: path, value: u}]}]
`)
	source := c.Sources["shop"]
	source.Credentials = mock.Credentials{"apiKey": {Text: "key"}, "list": {Tokens: []mock.Token{{Value: "one", Account: "1"}, {Value: "two", Account: "2"}}}}
	source.Account = "2"
	c.Sources["shop"] = source
	c.Isolate = true
	n := 0
	c.Random = func() string { n++; return fmt.Sprint(n) }
	if _, err := Run(t.Context(), c.Config); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range s.heard {
		got = append(got, h.path+" "+h.header.Get(headerSession))
	}
	compare(t, "calls", got, []string{"/orders/key-story-1-two story-1", "/orders/b own", "/orders/v story-1", "/orders/u story-2"})
	s.heard = nil
	c.Session = "mine"
	c.Inputs = map[string]any{"session": "given", "list": "x"}
	if _, err := Run(t.Context(), c.Config); err != nil {
		t.Fatal(err)
	}
	if h := s.heard[0]; h.path != "/orders/key-given-x" || h.header.Get(headerSession) != "mine" {
		t.Errorf("%+v", h)
	}
}
