package mock

import (
	"maps"
	"time"

	"understudy/specs"
)

// Verdict says how clients kept the contracts since it was begun. It is made of tallies, so unlike the journal it forgets
// nothing; what its bounds leave out is counted.
type Verdict struct {
	Since time.Time `json:"since"`
	// Calls counts the exchanges that were judged.
	Calls int64 `json:"calls"`
	// Contracts are those that are played now, with their operations, called or not.
	Contracts []VerdictContract `json:"contracts"`
	// Violations are what clients did against the contracts, each kind once, in the order of first occurrence.
	Violations []Violation `json:"violations"`
	// Observations are calls that are strange and were taken nevertheless.
	Observations []Violation `json:"observations"`
	// Refusals counts by id what the simulator itself could not play: those calls were not judged.
	Refusals map[string]int64 `json:"refusals"`
	// Dropped counts the occurrences of violations and observations beyond the bound of a thousand kinds each.
	Dropped int64 `json:"dropped"`
}

// VerdictContract is what clients did with one contract.
type VerdictContract struct {
	Contract string `json:"contract"`
	Title    string `json:"title"`
	Version  string `json:"version"`
	// Errors are the ids of the catalogue.
	Errors     []string           `json:"errors"`
	Operations []VerdictOperation `json:"operations"`
}

// VerdictOperation is what clients did with one operation.
type VerdictOperation struct {
	ID     string `json:"id"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Source string `json:"source,omitempty"`
	// File and Line are where it stands in the contract.
	File string `json:"file"`
	Line int    `json:"line"`
	// Calls counts all; of them Answered went well, Violating broke the contract, Errors met a vendor's error while they kept
	// it, Faults were struck on purpose, and Refused were not played.
	Calls     int64 `json:"calls"`
	Answered  int64 `json:"answered"`
	Violating int64 `json:"violating"`
	Errors    int64 `json:"errors"`
	Faults    int64 `json:"faults"`
	Refused   int64 `json:"refused"`
	// Declared are the statuses of the contract; Statuses counts those that were answered, Raised the vendor's errors by id.
	Declared []string         `json:"declared"`
	Statuses map[string]int64 `json:"statuses"`
	Raised   map[string]int64 `json:"raised"`
}

// Violation is one kind of thing that clients did, however often. It holds no data of any call.
type Violation struct {
	// Contract and Operation are empty where nobody can say which: a path of no contract.
	Contract  string `json:"contract,omitempty"`
	Operation string `json:"operation,omitempty"`
	// Method and Path are set where there is no operation.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// ID is that of the diagnosis, Text its sentence in English.
	ID   string `json:"id"`
	Text string `json:"text"`
	// What follows is as in a finding of a diagnosis, the number of an array's item written as *.
	In       string `json:"in,omitempty"`
	Pointer  string `json:"pointer,omitempty"`
	Keyword  string `json:"keyword,omitempty"`
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"`
	Clause   string `json:"clause,omitempty"`
	At       string `json:"at,omitempty"`
	Count    int64  `json:"count"`
	// Exchange is the first one, and Session where it happened.
	Exchange int64  `json:"exchange"`
	Session  string `json:"session,omitempty"`
}

// Verdict says how clients kept the contracts since the server was made, or since [Server.ResetVerdict].
func (s *Server) Verdict() Verdict { return s.verdict.copy(s.Contracts()) }

// ResetVerdict begins the verdict anew.
func (s *Server) ResetVerdict() { s.verdict.reset(s.now()) }

// copy is the verdict so far, over the contracts that are played.
func (t *tallies) copy(contracts []*specs.Contract) Verdict {
	v := Verdict{Contracts: []VerdictContract{}, Violations: []Violation{}, Observations: []Violation{}, Refusals: map[string]int64{}}
	now := t.now.Load()
	if now == nil {
		now = &tallied{}
	}
	v.Since, v.Calls = now.since, now.calls.Load()
	now.mu.Lock()
	v.Violations, v.Observations = now.violations.list(v.Violations), now.observations.list(v.Observations)
	v.Dropped = now.violations.dropped.Load() + now.observations.dropped.Load()
	maps.Copy(v.Refusals, now.refusals)
	now.mu.Unlock()
	for _, c := range contracts {
		one := VerdictContract{Contract: c.Vendor, Title: c.Title, Version: c.Version, Errors: []string{}, Operations: []VerdictOperation{}}
		for i := range c.Errors {
			one.Errors = append(one.Errors, c.Errors[i].ID)
		}
		for _, op := range c.Operations {
			one.Operations = append(one.Operations, now.operation(c, op))
		}
		v.Contracts = append(v.Contracts, one)
	}
	return v
}

func (t *tallied) operation(c *specs.Contract, op *specs.Operation) VerdictOperation {
	at := c.Position(op.Pointer)
	out := VerdictOperation{
		ID: op.ID, Method: op.Method, Path: op.Path, Source: op.Source, File: at.File, Line: at.Line,
		Declared: []string{}, Statuses: map[string]int64{}, Raised: map[string]int64{},
	}
	for _, r := range op.Responses {
		out.Declared = append(out.Declared, r.Status)
	}
	if one, known := t.operations.Load(operationKey{c.Vendor, op.ID}); known {
		one.(*tally).tell(&out)
	}
	return out
}
