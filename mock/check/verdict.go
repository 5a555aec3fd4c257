package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"understudy/mock"
	"understudy/mock/report"
	"understudy/specs"
)

// FromVerdict makes a report of the verdict on the clients that called a simulator: each kind of thing that they did against
// the contracts is a check that failed. What they did not call is not checked, and what the simulator refused on its own
// account is noted.
func FromVerdict(v mock.Verdict) *report.Report {
	r := &report.Report{Tool: "understudy verdict", Target: "clients", Started: v.Since, Requests: int(v.Calls)}
	if len(v.Contracts) == 1 {
		r.Contract, r.Title = v.Contracts[0].Contract, v.Contracts[0].Title
	}
	found := map[[2]string]*kinds{}
	for _, c := range v.Contracts {
		for _, op := range c.Operations {
			found[[2]string{c.Contract, op.ID}] = &kinds{}
		}
	}
	for i := range v.Violations {
		one := &v.Violations[i]
		of, known := found[[2]string{one.Contract, one.Operation}]
		if !known {
			r.Strays = append(r.Strays, strayOf(one))
			continue
		}
		f := findingOf(one)
		of.enter(kindName("request", &f), int(one.Count), f)
	}
	for i := range v.Contracts {
		c := &v.Contracts[i]
		for j := range c.Operations {
			op := &c.Operations[j]
			r.Operations = append(r.Operations, called(c, op, found[[2]string{c.Contract, op.ID}]))
		}
	}
	for i := range v.Observations {
		one := &v.Observations[i]
		r.Observed = append(r.Observed, report.Observation{
			Contract: one.Contract, Operation: one.Operation, Name: strings.TrimSpace(one.ID + " " + one.Pointer), Text: fmt.Sprintf("%s (%d times)", one.Text, one.Count),
		})
	}
	for _, id := range slices.Sorted(maps.Keys(v.Refusals)) {
		r.Notes = append(r.Notes, fmt.Sprintf("%d calls were not judged: the simulator itself refused them (%s).", v.Refusals[id], id))
	}
	if v.Dropped > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d occurrences of further violations and observations are counted and not listed.", v.Dropped))
	}
	return r
}

// called is what the report says of one operation.
func called(c *mock.VerdictContract, op *mock.VerdictOperation, found *kinds) report.Operation {
	out := report.Operation{
		Contract: c.Contract, ID: op.ID, Method: op.Method, Path: op.Path, Clause: op.Source, At: specs.Position{File: op.File, Line: op.Line},
		Requests: report.Part{Checked: found.checks},
	}
	seen := map[string]bool{}
	for status := range op.Statuses {
		if declared := declaredOf(op.Declared, status); declared != "" {
			seen[declared] = true
		}
	}
	for _, status := range op.Declared {
		out.Statuses = append(out.Statuses, report.Coverage{Name: status, Covered: seen[status]})
	}
	for _, id := range c.Errors {
		out.Codes = append(out.Codes, report.Coverage{Name: id, Covered: op.Raised[id] > 0})
	}
	good := op.Calls - op.Faults - op.Refused - op.Violating
	switch {
	case good > 0:
		out.Requests.Checked = append([]report.Check{{Name: "request: as the contract has it", Count: int(good)}}, found.checks...)
	case len(found.checks) > 0:
	case op.Calls > 0:
		out.Requests.NotChecked = []report.Reason{{Text: "every call was struck by a fault or refused by the simulator"}}
	default:
		out.Requests.NotChecked = []report.Reason{{Text: "no client called it"}}
	}
	return out
}

// declaredOf is the status, range or default of a contract under which a status falls.
func declaredOf(declared []string, status string) string {
	for _, one := range []string{status, status[:1] + "XX", "default"} {
		if slices.Contains(declared, one) {
			return one
		}
	}
	return ""
}

func findingOf(v *mock.Violation) report.Finding {
	f := report.Finding{
		Rule: v.ID, In: v.In, Pointer: v.Pointer, Keyword: v.Keyword, Expected: v.Expected, Got: v.Got, Clause: v.Clause, At: positionOf(v.At, specs.Position{}),
	}
	if f.Expected == "" && f.Got == "" {
		f.Message = v.Text
	}
	f.Message = fmt.Sprintf("%s (first in exchange %d%s)", f.Sentence(), v.Exchange, sessionOf(v))
	return f
}

func sessionOf(v *mock.Violation) string {
	if v.Session == "" || v.Session == "default" {
		return ""
	}
	return " of session " + v.Session
}

func strayOf(v *mock.Violation) report.Stray {
	return report.Stray{
		Method: v.Method, Path: cmp.Or(v.Path, v.Contract+"."+v.Operation), Count: int(v.Count), Failed: true,
		Message: fmt.Sprintf("%s (first in exchange %d%s)", v.Text, v.Exchange, sessionOf(v)),
	}
}

// positionOf reads file:line; other where it is none.
func positionOf(text string, other specs.Position) specs.Position {
	i := strings.LastIndexByte(text, ':')
	if i <= 0 {
		return other
	}
	line, err := strconv.Atoi(text[i+1:])
	if err != nil {
		return other
	}
	return specs.Position{File: text[:i], Line: line}
}
