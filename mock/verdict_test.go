package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/journal"
)

// counted is how the calls of an operation ended.
type counted struct{ answered, violating, errors, faults, refused int64 }

// TestWhatAVerdictHoldsAgainstClients: each way a call may end, and what of it is the client's doing.
func TestWhatAVerdictHoldsAgainstClients(t *testing.T) {
	t.Parallel()
	finding := &diagnosis.Diagnosis{ID: "violates-contract", Findings: []diagnosis.Finding{
		{In: "body", Pointer: "/items/0/age", Keyword: "minimum", Expected: "at least 0", Got: "a smaller number", Clause: "§1", At: "a.yaml:3"},
		{In: "body", Pointer: "/items/1/age", Keyword: "minimum", Expected: "at least 0", Got: "a smaller number", Clause: "§1", At: "a.yaml:3"},
		{In: "body", Pointer: "/items/1/name", Keyword: "required", Expected: "name", Got: "nothing"},
	}}
	for name, tt := range map[string]struct {
		exchange journal.Exchange
		want     counted
		kinds    int
		observed int
	}{
		"answered":  {journal.Exchange{Status: 200, Outcome: journal.OK}, counted{answered: 1}, 0, 0},
		"a warning": {journal.Exchange{Status: 200, Outcome: journal.OK, Warnings: []*diagnosis.Diagnosis{diagnosis.New("sealed-labelled-form")}}, counted{answered: 1}, 0, 1},
		"a business error": {
			journal.Exchange{Status: 200, Outcome: journal.VendorError, Error: "x", Diagnosis: diagnosis.New("vendor-error", "id", "x")}, counted{errors: 1}, 0, 0,
		},
		"a violation": {journal.Exchange{Status: 200, Outcome: journal.VendorError, Error: "x", Diagnosis: finding}, counted{violating: 1}, 2, 0},
		"a fault on purpose": {
			journal.Exchange{Status: 200, Outcome: journal.VendorError, Error: "x", Diagnosis: finding, Fault: &journal.Fault{ID: "f", Kind: "error"}}, counted{faults: 1}, 0, 0,
		},
		"a delay on purpose": {
			journal.Exchange{Status: 200, Outcome: journal.VendorError, Error: "x", Diagnosis: finding, Fault: &journal.Fault{ID: "f", Kind: "delay"}}, counted{violating: 1}, 2, 0,
		},
		"a refusal": {journal.Exchange{Status: 500, Outcome: journal.Refusal, Error: "panic", Diagnosis: diagnosis.New("panic")}, counted{refused: 1}, 0, 0},
		"a refusal that nobody thought of": {
			journal.Exchange{Status: 500, Outcome: journal.Refusal, Error: "new", Diagnosis: diagnosis.New("new")}, counted{refused: 1}, 0, 0,
		},
		"a token that ended": {
			journal.Exchange{Status: 401, Outcome: journal.VendorError, Error: "x", Diagnosis: diagnosis.New("token-expired")}, counted{errors: 1}, 0, 0,
		},
		"a bad signature": {
			journal.Exchange{Status: 200, Outcome: journal.VendorError, Error: "x", Diagnosis: diagnosis.New("signature-unsorted", "canonical", "secret text")},
			counted{violating: 1}, 1, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all tallies
			tt.exchange.Vendor, tt.exchange.Operation = "pets", "addPet"
			all.note(&tt.exchange)
			one, _ := all.now.Load().operations.Load(operationKey{"pets", "addPet"})
			op := VerdictOperation{Statuses: map[string]int64{}, Raised: map[string]int64{}}
			one.(*tally).tell(&op)
			if op.Statuses[fmt.Sprint(tt.exchange.Status)] != 1 {
				t.Errorf("statuses are %v", op.Statuses)
			}
			if got := (counted{op.Answered, op.Violating, op.Errors, op.Faults, op.Refused}); op.Calls != 1 || got != tt.want {
				t.Errorf("tally is %+v, want %+v", got, tt.want)
			}
			v := all.copy(nil)
			if len(v.Violations) != tt.kinds || len(v.Observations) != tt.observed {
				t.Errorf("%d violations, %d observations; want %d, %d", len(v.Violations), len(v.Observations), tt.kinds, tt.observed)
			}
			if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), "secret text") {
				t.Errorf("verdict is %s, %v", text, err)
			}
		})
	}
}

func TestAVerdictCountsAKindOnce(t *testing.T) {
	t.Parallel()
	var all tallies
	for i := range 3 {
		all.note(&journal.Exchange{
			ID: int64(i + 7), Session: "one", Vendor: "pets", Operation: "addPet", Outcome: journal.VendorError, Error: "x",
			Diagnosis: &diagnosis.Diagnosis{ID: "violates-contract", Findings: []diagnosis.Finding{{In: "body", Pointer: fmt.Sprintf("/items/%d/age", i), Keyword: "minimum", Expected: "at least 0", Got: "less"}}},
		})
	}
	got := all.copy(nil).Violations
	want := Violation{
		Contract: "pets", Operation: "addPet", ID: "violates-contract", Text: "the call breaks the contract", In: "body", Pointer: "/items/*/age", Keyword: "minimum",
		Expected: "at least 0", Got: "less", Count: 3, Exchange: 7, Session: "one",
	}
	if len(got) != 1 || got[0] != want {
		t.Errorf("violations are %+v, want %+v", got, want)
	}
}

func TestAVerdictIsBounded(t *testing.T) {
	t.Parallel()
	var all tallies
	for i := range maxViolations + 5 {
		all.note(&journal.Exchange{Method: "GET", Path: fmt.Sprintf("/p%d", i), Outcome: journal.Refusal, Error: "unknown-path", Diagnosis: diagnosis.New("unknown-path")})
	}
	for i := range maxTallied + 5 {
		all.note(&journal.Exchange{Vendor: "a", Operation: fmt.Sprintf("op%d", i), Outcome: journal.OK})
	}
	if v := all.copy(nil); len(v.Violations) != maxViolations || v.Dropped != 5 || all.now.Load().held.Load() != maxTallied || v.Calls != maxViolations+maxTallied+10 {
		t.Errorf("%d violations, %d dropped, %d operations, %d calls", len(v.Violations), v.Dropped, all.now.Load().held.Load(), v.Calls)
	}
}

func TestAVerdictTakesManyCallersAtOnce(t *testing.T) {
	t.Parallel()
	var all tallies
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 100 {
				all.note(&journal.Exchange{Vendor: "a", Operation: fmt.Sprint("op", i), Outcome: journal.Refusal, Error: "panic", Diagnosis: diagnosis.New("panic"), Warnings: []*diagnosis.Diagnosis{diagnosis.New("body-not-expected")}})
				_ = all.copy(nil)
			}
		})
	}
	group.Wait()
	if v := all.copy(nil); v.Calls != 800 || v.Refusals["panic"] != 800 || len(v.Observations) != 8 {
		t.Errorf("%d calls, refusals %v, %d observations", v.Calls, v.Refusals, len(v.Observations))
	}
}

// TestAVerdictCountsEveryStatus: beyond those that have a place of their own too, whoever comes at the same time.
func TestAVerdictCountsEveryStatus(t *testing.T) {
	t.Parallel()
	var all tallies
	var group sync.WaitGroup
	const callers, each = 4, 50
	for range callers {
		group.Go(func() {
			for range each {
				for status := 200; status < 210; status++ {
					all.note(&journal.Exchange{Vendor: "a", Operation: "op", Status: status})
				}
			}
		})
	}
	group.Wait()
	one, _ := all.now.Load().operations.Load(operationKey{"a", "op"})
	op := VerdictOperation{Statuses: map[string]int64{}, Raised: map[string]int64{}}
	one.(*tally).tell(&op)
	if op.Calls != 10*callers*each || op.Answered != op.Calls || len(op.Statuses) != 10 {
		t.Errorf("%d calls, %d answered, statuses %v", op.Calls, op.Answered, op.Statuses)
	}
	for status, n := range op.Statuses {
		if n != callers*each {
			t.Errorf("status %s was counted %d times", status, n)
		}
	}
}

// TestCountingAllocatesNothing: what went well is counted without memory or a lock.
func TestCountingAllocatesNothing(t *testing.T) {
	var all tallies
	e := &journal.Exchange{Vendor: "a", Operation: "op", Status: 200}
	if got := testing.AllocsPerRun(1000, func() { all.note(e) }); got > 0 {
		t.Errorf("counting a call allocates %v times", got)
	}
}

// TestTheVerdictOfAServer: what real calls leave there.
func TestTheVerdictOfAServer(t *testing.T) {
	t.Parallel()
	began := time.Now()
	p := newPlayer(t)
	p.send(post(registerPath, jsonType, `{"hospitalId":2,"heartbeat":"1","version":"1.0"}`))
	p.send(post(registerPath, jsonType, `{`))
	p.send(httptest.NewRequest(http.MethodGet, registerPath, nil))
	p.send(httptest.NewRequest(http.MethodGet, "/no/such/path?token=secret", nil))
	p.play("eazytec sendMessage", "Prefer", "error=token-invalid")
	v := p.server.Verdict()
	if v.Since.Before(began) || v.Calls != 5 || len(v.Contracts) != 5 || len(v.Violations) != 3 || v.Dropped != 0 {
		t.Fatalf("verdict is %+v", v)
	}
	operations := map[string]VerdictOperation{}
	for _, c := range v.Contracts {
		if c.Title == "" || len(c.Operations) == 0 || len(c.Errors) == 0 {
			t.Errorf("contract is %+v", c)
		}
		for _, op := range c.Operations {
			operations[c.Contract+"."+op.ID] = op
		}
	}
	wrong, path := v.Violations[1], v.Violations[2]
	if wrong.ID != "wrong-method" || wrong.Operation != "" || wrong.Contract != "mytijian" || wrong.Method != "GET" || wrong.Path == "" {
		t.Errorf("a wrong method is %+v", wrong)
	}
	if path.ID != "unknown-path" || path.Contract != "" || path.Path != "/no/such/path" {
		t.Errorf("an unknown path is %+v", path)
	}
	broken := v.Violations[0]
	called := operations["mytijian."+broken.Operation]
	if called.Calls != 2 || called.Answered != 1 || called.Violating != 1 || called.Line == 0 || called.File == "" || len(called.Declared) == 0 {
		t.Errorf("the operation is %+v", called)
	}
	if asked := operations["eazytec.sendMessage"]; asked.Calls != 1 || asked.Faults != 1 || asked.Raised["token-invalid"] != 1 {
		t.Errorf("an error that was asked for is %+v", asked)
	}
	p.server.ResetVerdict()
	if v := p.server.Verdict(); v.Calls != 0 || len(v.Violations) != 0 || len(v.Contracts) != 5 {
		t.Errorf("after a reset: %+v", v)
	}
}
