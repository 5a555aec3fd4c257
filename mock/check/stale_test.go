package check

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

const thenShop = `openapi: 3.1.0
info: {title: Shop, version: "1"}
security: [{key: []}]
paths:
  /items/{id}:
    get:
      operationId: getItem
      description: One item.
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: lang, in: query, schema: {type: string}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
        '400': {description: no, content: {application/json: {schema: {type: object, required: [why], properties: {why: {type: string}}}}}}
  /items:
    post:
      operationId: addItem
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses: {'201': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Item: {type: object, required: [name], properties: {name: {type: string}, count: {type: integer}}}
`

func shopOf(tb testing.TB, text string) *specs.Contract {
	tb.Helper()
	c, err := specs.Parse("shop", "shop.yaml", []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// shopRecording is one success of each operation, and one request that the shop refused for good reason.
func shopRecording(tb testing.TB) *scenarios.Recording {
	tb.Helper()
	made := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	ok := func(status int, body string) scenarios.Response {
		return scenarios.Response{Status: status, MediaType: "application/json", Body: []byte(body), Outcome: scenarios.OutcomeOK}
	}
	refused := ok(400, `{"why":"no number"}`)
	refused.Outcome = scenarios.OutcomeVendorError
	r := &scenarios.Recording{Vendor: "shop", Tool: "understudy", Made: made, Fingerprints: map[string]scenarios.Fingerprint{}, Exchanges: []*scenarios.Exchange{
		{Number: 1, At: made, Operation: "getItem", Request: scenarios.Request{Method: "GET", Path: "/items/7"}, Response: ok(200, `{"name":"cup","count":2}`)},
		{Number: 2, At: made, Operation: "addItem", Request: scenarios.Request{Method: "POST", Path: "/items", MediaType: "application/json", Body: []byte(`{"name":"cup"}`)}, Response: ok(201, `{"name":"cup"}`)},
		{Number: 3, At: made, Operation: "getItem", Request: scenarios.Request{Method: "GET", Path: "/items/x"}, Response: refused},
	}}
	then := shopOf(tb, thenShop)
	for _, op := range then.Operations {
		f, err := scenarios.FingerprintOf(then, op.ID)
		if err != nil {
			tb.Fatal(err)
		}
		r.Fingerprints[op.ID] = f
	}
	return r
}

// staleCases say what is told of the recording under a contract of today: the kinds with the numbers of the exchanges.
func staleCases() []struct {
	name, old, new string // what the contract has now in the place of what it had
	age            time.Duration
	want           []string
} {
	type list = []struct {
		name, old, new string
		age            time.Duration
		want           []string
	}
	return list{
		{"nothing changed", "", "", 0, nil},
		{"prose changed", "description: One item.", "description: Another word for it.", 0, nil},
		{"an operation is gone", "operationId: addItem", "operationId: putItem", 0, []string{"operation-gone 2"}},
		{"a parameter is required", "in: query, schema", "in: query, required: true, schema", 0, []string{"request-stale 1", "contract-changed getItem"}},
		{"a member is required", "required: [name]", "required: [name, count]", 0, []string{"request-stale 2", "reply-stale 2", "contract-changed addItem", "contract-changed getItem"}},
		{"a type has changed", "count: {type: integer}", "count: {type: string}", 0, []string{"reply-stale 1", "contract-changed addItem", "contract-changed getItem"}},
		{"something may be more", "name: {type: string}", "name: {type: string}, more: {type: string}", 0, []string{"contract-changed addItem", "contract-changed getItem"}},
		{"a status is gone", "'201'", "'202'", 0, []string{"reply-stale 2", "contract-changed addItem"}},
		{"the wire has changed", "name: X-Key", "name: X-Token", 0, []string{"contract-changed addItem", "contract-changed getItem"}},
		{"old", "", "", 30 * 24 * time.Hour, []string{"recording-old "}},
		{"not old", "", "", 60 * 24 * time.Hour, nil},
	}
}

func TestStale(t *testing.T) {
	t.Parallel()
	for _, tt := range staleCases() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.old != "" && !strings.Contains(thenShop, tt.old) {
				t.Fatalf("%q is not in the contract", tt.old)
			}
			c := shopOf(t, strings.Replace(thenShop, tt.old, tt.new, 1))
			now := time.Date(2026, 4, 15, 0, 0, 0, 0, time.UTC)
			list, err := Stale(t.Context(), StaleConfig{Recording: shopRecording(t), Contract: c, MaxAge: tt.age, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			errs := 0
			for _, one := range list {
				what := one.Kind + " " + one.Operation
				if one.Step > 0 {
					what = one.Kind + " " + string(rune('0'+one.Step))
				}
				if one.Severity == report.Error {
					errs++
				}
				if one.Finding.Message == "" || (one.Severity == report.Error) != (one.Step > 0) {
					t.Errorf("%+v", one)
				}
				got = append(got, what)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("told %q, want %q", got, tt.want)
			}
			// check --har has the same verdict.
			var file bytes.Buffer
			if err := shopRecording(t).Write(&file); err != nil {
				t.Fatal(err)
			}
			out, err := HARConfig{Contract: c, Recording: &file, MaxAge: tt.age, Now: now}.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			warned := 0
			for _, o := range out.Observed {
				if strings.HasPrefix(o.Name, StaleFingerprint) || strings.HasPrefix(o.Name, StaleAge) {
					warned++
				}
			}
			if (out.Failures() > 0) != (errs > 0) || warned != len(list)-errs {
				t.Errorf("check --har: %d failures, %d warnings: %+v %+v", out.Failures(), warned, out.Operations, out.Observed)
			}
			if out.Requests != 3 || out.Checked() == 0 {
				t.Errorf("check --har: %d requests, %d checks", out.Requests, out.Checked())
			}
		})
	}
}

// TestStaleExcuses what lay outside the contract when it was recorded.
func TestStaleExcuses(t *testing.T) {
	t.Parallel()
	c := shopOf(t, thenShop)
	r := shopRecording(t)
	r.Exchanges[0].Response = scenarios.Response{Broken: scenarios.BrokenReset, Outcome: scenarios.OutcomeBroken}
	r.Exchanges[1].Response = scenarios.Response{Status: 502, MediaType: "text/html", Body: []byte("<html>"), Outcome: scenarios.OutcomeUnexplained}
	r.Exchanges = append(r.Exchanges, &scenarios.Exchange{Number: 4, Request: scenarios.Request{Method: "GET", Path: "/elsewhere"}})
	list, err := Stale(t.Context(), StaleConfig{Recording: r, Contract: c})
	if err != nil || len(list) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
	// Refused for another reason than that, and invalid by now: it says nothing any more.
	taken := shopRecording(t)
	taken.Exchanges[2].Response.Status = 409
	list, err = Stale(t.Context(), StaleConfig{Recording: taken, Contract: shopOf(t, strings.NewReplacer("'400'", "'409'", "lang", "language").Replace(thenShop))})
	if err != nil || len(list) == 0 || list[0].Kind != StaleRequest || list[0].Step != 3 {
		t.Errorf("refused for another reason: %+v, %v", list, err)
	}
	// The server broke the contract all the same, as check says of any recording.
	var file bytes.Buffer
	if err := r.Write(&file); err != nil {
		t.Fatal(err)
	}
	out, err := HARConfig{Contract: c, Recording: &file}.Check(t.Context())
	if err != nil || out.Failures() == 0 || len(out.Strays) != 1 || out.Strays[0].Failed {
		t.Errorf("%d failures, strays %+v, %v", out.Failures(), out.Strays, err)
	}
}

func TestStaleOfAnotherVendor(t *testing.T) {
	t.Parallel()
	c, err := specs.Load("weixiao")
	if err != nil {
		t.Fatal(err)
	}
	var other *VendorError
	_, err = Stale(t.Context(), StaleConfig{Recording: shopRecording(t), Contract: c})
	if !errors.As(err, &other) || !strings.Contains(err.Error(), "shop") || !strings.Contains(err.Error(), "weixiao") {
		t.Errorf("another vendor: %v", err)
	}
	var file bytes.Buffer
	if err := shopRecording(t).Write(&file); err != nil {
		t.Fatal(err)
	}
	if _, err := (HARConfig{Contract: c, Recording: &file}).Check(t.Context()); !errors.As(err, &other) {
		t.Errorf("check --har: %v", err)
	}
	if _, err := Stale(t.Context(), StaleConfig{}); err == nil {
		t.Error("nothing to judge is no error")
	}
	file.Reset()
	if err := shopRecording(t).Write(&file); err != nil {
		t.Fatal(err)
	}
	if _, err := (HARConfig{Contract: c, Recording: &file, MaxBytes: 100}).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "--max-bytes") {
		t.Errorf("too large: %v", err)
	}
}
