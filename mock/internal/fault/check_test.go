package fault

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"understudy/specs"
)

func TestRulesThatCanStrike(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	good := []Rule{
		whole(),
		{Status: 500},
		{Delay: &Delay{Fixed: time.Minute}},
		{Delay: &Delay{P50: time.Second, P99: time.Second}, Error: "unauthorized"},
		{Operation: "sendMessage", Error: "token-invalid"},
		{Vendor: "zheliban", Error: "unauthorized"},
		{Error: "system-error"},
		{Break: Cut, AfterCommit: true}, {Break: Truncate, AfterCommit: true}, {Break: Plain, AfterCommit: true},
		{Status: 200, AfterCommit: true, Calls: 1, Share: 1},
		{Break: Padding}, {Vendor: "zheliban", Break: Plain}, {Operation: "issueToken", Break: Padding},
		{Break: StaleToken}, {Operation: "issueToken", Break: StaleToken}, {Vendor: "mytijian", Break: StaleToken},
		{Operation: "sendMessage", Break: StaleToken}, {ID: "a.b_c-9", Break: GatewayPage, Status: 504},
	}
	for _, r := range good {
		if err := r.Check(all); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

func TestRulesThatCannotStrikeSayWhy(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	cases := []struct {
		name  string
		rule  Rule
		field string
		want  []string
	}{
		{"empty", Rule{}, "", []string{"does nothing", "error, status, break, delay"}},
		{"only a scope", Rule{Vendor: "zheliban", Calls: 1}, "", []string{"does nothing"}},
		{"id", Rule{ID: "a b", Status: 500}, "id", []string{"1 to 64 letters"}},
		{"long id", Rule{ID: strings.Repeat("a", 65), Status: 500}, "id", []string{"1 to 64 letters"}},
		{"vendor", Rule{Vendor: "zhelibn", Status: 500}, "vendor", []string{`"zhelibn"`, "weixiao", "did you mean zheliban?"}},
		{"operation", Rule{Operation: "pullReservation", Status: 500}, "operation", []string{"sendMessage", "did you mean pullReservations?"}},
		{"operation of a vendor", Rule{Vendor: "zheliban", Operation: "issuetoken", Status: 500}, "operation", []string{"of zheliban", "did you mean issueToken?"}},
		{"operation of another", Rule{Vendor: "zheliban", Operation: "sendMessage", Status: 500}, "operation",
			[]string{`zheliban has no operation "sendMessage", but eazytec has`, "reportArrival"}},
		{"error", Rule{Vendor: "zheliban", Error: "unauthorised"}, "error", []string{"invalid-data", "did you mean unauthorized?"}},
		{"error of an operation", Rule{Operation: "issueToken", Error: "invalid-dat"}, "error", []string{"of issueToken", "there are invalid-data; did you mean"}},
		{"error of others", Rule{Operation: "issueToken", Error: "unauthorized"}, "error",
			[]string{`"unauthorized" is an error of pullReservations, acknowledgeReservations, reportArrival alone`, "issueToken has invalid-data"}},
		{"error of nobody", Rule{Error: "systm-error"}, "error", []string{"no vendor that is played", "did you mean system-error?"}},
		{"no status", Rule{Status: 99}, "status", []string{"99", "200 to 599"}},
		{"informational", Rule{Status: 100}, "status", []string{"200 to 599"}},
		{"high status", Rule{Status: 600}, "status", []string{"600"}},
		{"negative status", Rule{Status: -1}, "status", []string{"200 to 599"}},
		{"break", Rule{Break: "trunkate"}, "break", []string{"cut, truncate, page, padding, plain, stale-token", "did you mean truncate?"}},
		{"error and status", Rule{Error: "system-error", Status: 500}, "status", []string{"stands beside error"}},
		{"error and break", Rule{Error: "system-error", Break: Cut}, "break", []string{"stands beside error"}},
		{"status and cut", Rule{Status: 500, Break: Cut}, "break", []string{"stands beside status", "page only"}},
		{"all three", Rule{Error: "system-error", Status: 500, Break: GatewayPage}, "status", []string{"keep one of error, status, break"}},
		{"no delay", Rule{Delay: &Delay{}}, "delay", []string{"is 0s", "above 0"}},
		{"negative delay", Rule{Delay: &Delay{Fixed: -1}}, "delay", []string{"above 0"}},
		{"long delay", Rule{Delay: &Delay{Fixed: time.Minute + 1}}, "delay", []string{"at most 1m0s"}},
		{"two delays", Rule{Delay: &Delay{Fixed: 1, P50: 1, P99: 2}}, "delay", []string{"not both"}},
		{"half a spread", Rule{Delay: &Delay{P99: 2}}, "delay", []string{"stand together"}},
		{"other half", Rule{Delay: &Delay{P50: 2}}, "delay", []string{"stand together"}},
		{"negative p50", Rule{Delay: &Delay{P50: -1, P99: 2}}, "delay", []string{"p50 is -1ns"}},
		{"long p99", Rule{Delay: &Delay{P50: 1, P99: time.Hour}}, "delay", []string{"p99 is 1h0m0s"}},
		{"turned round", Rule{Delay: &Delay{P50: 2, P99: 1}}, "delay", []string{"p99 is the longer one"}},
		{"calls", Rule{Status: 500, Calls: -1}, "calls", []string{"1 or more"}},
		{"negative share", Rule{Status: 500, Share: -0.5}, "share", []string{"above 0 and at most 1"}},
		{"percent", Rule{Status: 500, Share: 50}, "share", []string{"above 0 and at most 1"}},
		{"no number", Rule{Status: 500, Share: math.NaN()}, "share", []string{"above 0 and at most 1"}},
		{"commit and delay", Rule{Delay: &Delay{Fixed: 1}, AfterCommit: true}, "afterCommit", []string{"only waits"}},
		{"commit and token", Rule{Break: StaleToken, AfterCommit: true}, "afterCommit", []string{"a stale token"}},
		{"padding of plain replies", Rule{Operation: "sendMessage", Break: Padding}, "break",
			[]string{"needs sealed replies", "sendMessage", "zheliban.issueToken"}},
		{"sealed requests only", Rule{Operation: "receivePush", Break: Plain}, "break", []string{"needs sealed replies"}},
		{"plain of a plain vendor", Rule{Vendor: "alihealth", Break: Plain}, "break", []string{"those of alihealth are not"}},
		{"stale at a signed call", Rule{Vendor: "alihealth", Break: StaleToken}, "break", []string{"takes and issues none", "mytijian.registerAgent"}},
		{"stale with credentials in the body", Rule{Operation: "receivePush", Break: StaleToken}, "break", []string{"takes and issues none"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.rule.Check(all)
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatalf("got %v", err)
			}
			if p.Field != c.field {
				t.Errorf("the field is %q, want %q: %v", p.Field, c.field, err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("one mistake is told more than once: %v", err)
			}
		})
	}
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	err := Rule{ID: "?", Vendor: "zheliban", Error: "nope", Status: 7, Calls: -1, Share: 2, Break: "x"}.Check(contracts(t))
	for _, field := range []string{"id: ", "status: ", "break: ", "calls: ", "share: ", "error: "} {
		if err == nil || !strings.Contains("\n"+err.Error(), "\n"+field) {
			t.Errorf("%q is not among %v", field, err)
		}
	}
}

func TestOnlyThePlayedContractsCount(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		rule  Rule
		among []*specs.Contract
		want  string
	}{
		{"a vendor that is not played", Rule{Vendor: "zheliban", Status: 500}, contracts(t, "eazytec"), "there are eazytec"},
		{"an operation that is not played", Rule{Operation: "issueToken", Status: 500}, contracts(t, "eazytec"), "there are sendMessage"},
		{"an error that is not played", Rule{Error: "unauthorized"}, contracts(t, "eazytec"), `"unauthorized"`},
		{"nothing sealed anywhere", Rule{Break: Plain}, contracts(t, "eazytec"), "no operation that is played has that"},
		{"nothing at all", Rule{Status: 500}, nil, "no operation is played"},
		{"no catalogue", Rule{Vendor: "plain", Error: "any"}, []*specs.Contract{bare(t)}, "use status instead"},
	}
	for _, c := range cases {
		if err := c.rule.Check(c.among); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// bare is a contract that knows nothing of our vocabulary.
func bare(t testing.TB) *specs.Contract {
	t.Helper()
	c, err := specs.Parse("plain", "plain.yaml", []byte(`openapi: 3.1.0
info: {title: Plain, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      responses: {"200": {description: All.}}
`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOnlySignedTokensAreIssued: where the vendor keeps a list of tokens, no operation hands one out.
func TestOnlySignedTokensAreIssued(t *testing.T) {
	t.Parallel()
	const document = `openapi: 3.1.0
info: {title: Listed, version: "1"}
x-understudy: 1
x-wire:
  auth: {security: bearer, token: listed, slot: tokens}
security: [{bearer: []}]
paths:
  /things:
    get:
      operationId: listThings
      responses: {"200": {description: All.}}
  /register:
    post:
      operationId: register
      security: []
      x-wire: {auth: {fields: {/name: name}}}
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {"200": {description: Done.}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
`
	c, err := specs.Parse("listed", "listed.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	among := []*specs.Contract{c}
	if err := (Rule{Operation: "listThings", Break: StaleToken}).Check(among); err != nil {
		t.Error(err)
	}
	if err := (Rule{Operation: "register", Break: StaleToken}).Check(among); err == nil || !strings.Contains(err.Error(), "it can strike listed.listThings") {
		t.Errorf("got %v", err)
	}
}

func TestErrorsListsWhatAnOperationMayAnswer(t *testing.T) {
	t.Parallel()
	c := contracts(t, "zheliban")[0]
	if got := strings.Join(Errors(c, "issueToken"), " "); got != "invalid-data" {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(Errors(c, "reportArrival"), " "); got != "contact-platform unauthorized" {
		t.Errorf("got %s", got)
	}
}
