package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/report"
	"understudy/specs"
)

func TestAVerdictAsAReport(t *testing.T) {
	t.Parallel()
	v := mock.Verdict{
		Since: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Calls: 9, Dropped: 2, Refusals: map[string]int64{"panic": 1},
		Contracts: []mock.VerdictContract{
			{Contract: "pets", Title: "Pets", Errors: []string{"busy", "gone"}, Operations: []mock.VerdictOperation{
				{ID: "addPet", Method: "POST", Path: "/pets", File: "pets.yaml", Line: 7, Calls: 5, Answered: 1, Violating: 3, Errors: 1, Declared: []string{"201", "4XX", "default"}, Statuses: map[string]int64{"201": 1, "404": 1, "422": 3}, Raised: map[string]int64{"busy": 1}},
				{ID: "readPet", Method: "GET", Path: "/pets/{id}", Calls: 1, Answered: 1, Declared: []string{"200"}, Statuses: map[string]int64{"200": 1}},
				{ID: "dropPet", Method: "DELETE", Path: "/pets/{id}", Calls: 1, Faults: 1},
				{ID: "listPets", Method: "GET", Path: "/pets"},
			}},
			{Contract: "owners", Operations: []mock.VerdictOperation{{ID: "addPet"}}},
		},
		Violations: []mock.Violation{
			{Contract: "pets", Operation: "addPet", ID: "violates-contract", Text: "the call breaks the contract", In: "body", Pointer: "/age", Keyword: "minimum", Expected: "at least 0", Got: "less", At: "pets.yaml:30", Count: 3, Exchange: 4, Session: "s1"},
			{Contract: "pets", ID: "wrong-method", Text: "method PUT is not offered here", Method: "PUT", Path: "/pets", Count: 2, Exchange: 8, Session: "default"},
		},
		Observations: []mock.Violation{{Contract: "pets", Operation: "readPet", ID: "body-not-expected", Text: "this operation takes no body", Count: 1, Exchange: 6}},
	}
	r := FromVerdict(v)
	if r.Failures() != 2 || r.Checked() != 4 || r.Requests != 9 || len(r.Operations) != 5 {
		t.Fatalf("%d failures, %d checks, %d requests, %d operations", r.Failures(), r.Checked(), r.Requests, len(r.Operations))
	}
	add := r.Operations[0]
	if good := add.Requests.Checked[0]; good.Failed || good.Count != 2 {
		t.Errorf("of five calls two were right: %+v", good)
	}
	check := add.Requests.Checked[1]
	want := report.Finding{
		Rule: "violates-contract", In: "body", Pointer: "/age", Keyword: "minimum", Expected: "at least 0", Got: "less", At: specs.Position{File: "pets.yaml", Line: 30},
		Message: "body /age (minimum): expected at least 0, got less (first in exchange 4 of session s1)",
	}
	if check.Name != "request: violates-contract body /age minimum" || check.Count != 3 || check.Findings[0] != want {
		t.Errorf("check is %+v", check)
	}
	if !slices.Equal(add.Statuses, []report.Coverage{{Name: "201", Covered: true}, {Name: "4XX", Covered: true}, {Name: "default"}}) || !slices.Equal(add.Codes, []report.Coverage{{Name: "busy", Covered: true}, {Name: "gone"}}) {
		t.Errorf("coverage is %v %v", add.Statuses, add.Codes)
	}
	for i, want := range map[int]string{2: "every call was struck by a fault", 3: "no client called it"} {
		if why := r.Operations[i].Requests.NotChecked; len(why) != 1 || !strings.Contains(why[0].Text, want) {
			t.Errorf("%s: not checked for %v, want %q", r.Operations[i].ID, why, want)
		}
	}
	if r.Operations[4].Contract != "owners" || len(r.Operations[4].Requests.Checked) != 0 {
		t.Errorf("the operation of another contract is %+v", r.Operations[4])
	}
	if stray := r.Strays[0]; !stray.Failed || stray.Method != "PUT" || stray.Path != "/pets" || stray.Count != 2 || !strings.Contains(stray.Message, "first in exchange 8)") {
		t.Errorf("stray is %+v", stray)
	}
	if len(r.Observed) != 1 || len(r.Notes) != 2 {
		t.Errorf("observed %v, notes %v", r.Observed, r.Notes)
	}
}
