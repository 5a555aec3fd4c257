package report_test

import (
	"testing"
	"time"

	"understudy/mock/report"
	"understudy/specs"
)

// sample has one of everything, and texts that would spoil each form.
func sample() *report.Report {
	return &report.Report{
		Tool: "understudy check", Version: "1.2.3", Contract: "pets", Title: "Pets & <Co>", Target: "http://localhost:8080", Seed: 7,
		Started: time.Date(2026, 3, 1, 8, 0, 0, 0, time.FixedZone("", 8*3600)), Duration: 1500 * time.Millisecond, Requests: 12,
		Operations: []report.Operation{
			{
				ID: "listPets", Method: "GET", Path: "/pets", Clause: "§2.1", At: specs.Position{File: `api\pets v1.yaml`, Line: 12, Column: 3},
				Positive: report.Part{Checked: []report.Check{
					{Name: "positive: plain"},
					{Name: "positive: minimum /age", Failed: true, Findings: []report.Finding{
						{
							Rule: "violates-contract", In: "reply", Pointer: "/items/3/age", Keyword: "minimum", Expected: "at least 0", Got: "-1 | `x` \x1b[31m\xff\x00",
							At: specs.Position{File: `api\pets v1.yaml`, Line: 40}, Clause: "§2.2", Reproduce: "curl  -H 'Authorization: Bearer '\"$TOKEN\" 'http://localhost:8080/pets?a=1&b=2'",
						},
						{Rule: "wrong-status", Severity: report.Warning, In: "status", Message: "200 in place of 201 ]]> <b>@someone</b>", Expected: "201", Got: "200"},
					}},
				}},
				Negative: report.Part{NotChecked: []report.Reason{{Text: "the contract states no rule that could be broken"}}},
				Statuses: []report.Coverage{{Name: "200", Covered: true}, {Name: "404"}},
				Codes:    []report.Coverage{{Name: "0", Covered: true}, {Name: "E40|1"}},
			},
			{
				ID: "dropPet", Method: "DELETE", Path: "/pets/{id}", At: specs.Position{File: `api\pets v1.yaml`, Line: 60},
				Positive: report.Part{Checked: []report.Check{{Name: "positive: plain", Failed: true}}},
				Flow:     report.Part{NotChecked: []report.Reason{{Text: "it changes something: --unsafe"}}},
				Codes:    []report.Coverage{{Name: "0"}, {Name: "E40|1"}},
			},
		},
		Observed: []report.Observation{{Operation: "listPets", Name: "unknown parameter", Text: "is ignored"}},
		Strays:   []report.Stray{{Method: "GET", Path: "/favicon.ico", Count: 2, Message: "no path fits"}, {Method: "GET", Path: "/pet", Count: 1, Failed: true}},
		Notes:    []string{"cut short after 12 requests"},
		Exchanges: []report.Exchange{
			{
				Operation: "listPets", Check: "positive: plain", At: time.Date(2026, 3, 1, 0, 0, 1, 0, time.UTC), Duration: 20 * time.Millisecond, Method: "POST",
				URL: "http://localhost:8080/pets?a=%E4%BD%A0&b=%zz&c", Header: []report.Pair{{Name: "X-A", Value: "1"}}, MediaType: "text/plain", Body: "\xff\xfe",
				Status: 302, StatusText: "Found", ReplyHeader: []report.Pair{{Name: "location", Value: "/elsewhere"}}, ReplyMediaType: "application/octet-stream", Reply: "\x00\xff",
			},
			{Method: "GET", URL: "http://localhost:8080/pets", Failure: "connection refused"},
		},
	}
}

// withBaseline is the sample of which one failure is known.
func withBaseline(tb testing.TB) *report.Report {
	tb.Helper()
	r := sample()
	b := &report.Baseline{Version: 1, Known: []report.Known{
		{Operation: "dropPet", Check: "positive: plain", Rule: "failed", Reason: "TICKET-9"},
		{Operation: "listPets", Check: "positive: plain", Rule: "gone", Reason: "x"},
	}}
	b.Apply(r)
	return r
}
