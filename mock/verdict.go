package mock

import (
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/journal"
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

// Bounds of a verdict.
const (
	maxViolations = 1000
	maxTallied    = 20_000
)

// tallies is what is counted of a verdict. The zero value is ready.
type tallies struct {
	mu           sync.Mutex
	since        time.Time
	calls        int64
	operations   map[operationKey]*tally
	violations   kinds
	observations kinds
	refusals     map[string]int64
	dropped      int64
}

type operationKey struct{ contract, operation string }

type tally struct {
	calls, answered, violating, errors, faults, refused int64
	statuses                                            map[int]int64
	raised                                              map[string]int64
}

// kinds are violations, each kind once.
type kinds struct {
	index map[violationKey]int
	list  []Violation
}

type violationKey struct{ contract, operation, method, path, id, in, pointer, keyword string }

func (t *tallies) reset(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.since, t.calls, t.dropped = now, 0, 0
	t.operations, t.refusals = nil, nil
	t.violations, t.observations = kinds{}, kinds{}
}

// note counts an exchange.
func (t *tallies) note(e *journal.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.since.IsZero() {
		t.since = e.At
	}
	t.calls++
	asked := e.Fault != nil && e.Fault.Kind != "delay"
	broken := !asked && breaks(e)
	if one := t.tally(e); one != nil {
		one.count(e, asked, broken)
	}
	if e.Outcome == journal.Refusal && !broken {
		if t.refusals == nil {
			t.refusals = map[string]int64{}
		}
		t.refusals[e.Error]++
	}
	if broken {
		t.add(&t.violations, e, e.Diagnosis)
	}
	for _, w := range e.Warnings {
		t.add(&t.observations, e, w)
	}
}

// breaks says whether the caller broke the contract. Of the simulator's own refusals only the one of a path that no contract
// has is the caller's doing.
func breaks(e *journal.Exchange) bool {
	switch {
	case e.Diagnosis == nil || e.Outcome == journal.OK:
		return false
	case e.Outcome == journal.Refusal:
		return e.Diagnosis.ID == "unknown-path"
	}
	return e.Diagnosis.Violation()
}

// homeless says that a diagnosis is about a call of no operation, even where one lends its words to the answer.
func homeless(d *diagnosis.Diagnosis) bool {
	return d != nil && (d.ID == "wrong-method" || d.ID == "unknown-operation")
}

// tally is that of an exchange's operation; nil when it has none.
func (t *tallies) tally(e *journal.Exchange) *tally {
	if e.Operation == "" || homeless(e.Diagnosis) {
		return nil
	}
	key := operationKey{e.Vendor, e.Operation}
	one := t.operations[key]
	if one == nil {
		if len(t.operations) >= maxTallied {
			return nil
		}
		if t.operations == nil {
			t.operations = map[operationKey]*tally{}
		}
		one = &tally{statuses: map[int]int64{}, raised: map[string]int64{}}
		t.operations[key] = one
	}
	return one
}

func (o *tally) count(e *journal.Exchange, asked, broken bool) {
	o.calls++
	if e.Status != 0 {
		o.statuses[e.Status]++
	}
	if e.Outcome == journal.VendorError {
		o.raised[e.Error]++
	}
	switch {
	case asked:
		o.faults++
	case broken:
		o.violating++
	case e.Outcome == journal.Refusal:
		o.refused++
	case e.Outcome == journal.VendorError:
		o.errors++
	default:
		o.answered++
	}
}

// add counts each finding of a diagnosis as a kind of its own.
func (t *tallies) add(to *kinds, e *journal.Exchange, d *diagnosis.Diagnosis) {
	if len(d.Findings) == 0 {
		t.addOne(to, e, d, diagnosis.Finding{In: d.Detail["in"], Pointer: d.Detail["name"]})
		return
	}
	for _, f := range d.Findings {
		t.addOne(to, e, d, f)
	}
}

func (t *tallies) addOne(to *kinds, e *journal.Exchange, d *diagnosis.Diagnosis, f diagnosis.Finding) {
	key := violationKey{contract: e.Vendor, operation: e.Operation, id: d.ID, in: f.In, pointer: anyItem(f.Pointer), keyword: f.Keyword}
	if e.Operation == "" || homeless(d) {
		key.operation, key.method, key.path = "", e.Method, e.Path
	}
	i, known := to.index[key]
	if !known {
		if len(to.list) >= maxViolations {
			t.dropped++
			return
		}
		if to.index == nil {
			to.index = map[violationKey]int{}
		}
		i = len(to.list)
		to.index[key] = i
		to.list = append(to.list, Violation{
			Contract: key.contract, Operation: key.operation, Method: key.method, Path: key.path, ID: key.id, Text: sentence(d),
			In: key.in, Pointer: key.pointer, Keyword: key.keyword, Expected: f.Expected, Got: f.Got, Clause: f.Clause, At: f.At,
			Exchange: e.ID, Session: e.Session,
		})
	}
	to.list[i].Count++
}

// sentence is the text of a diagnosis without its first finding, which may be another one.
func sentence(d *diagnosis.Diagnosis) string {
	bare := *d
	bare.Findings = nil
	return bare.Text("en")
}

// anyItem writes the numbers of array items in a pointer as *: which item it was is the data's affair.
func anyItem(pointer string) string {
	if !strings.HasPrefix(pointer, "/") || !strings.ContainsAny(pointer, "0123456789") {
		return pointer
	}
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		if token != "" && strings.Trim(token, "0123456789") == "" {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

// copy is the verdict so far, over the contracts that are played.
func (t *tallies) copy(contracts []*specs.Contract) Verdict {
	t.mu.Lock()
	defer t.mu.Unlock()
	v := Verdict{
		Since: t.since, Calls: t.calls, Dropped: t.dropped, Contracts: []VerdictContract{},
		Violations: append([]Violation{}, t.violations.list...), Observations: append([]Violation{}, t.observations.list...),
		Refusals: map[string]int64{},
	}
	maps.Copy(v.Refusals, t.refusals)
	for _, c := range contracts {
		one := VerdictContract{Contract: c.Vendor, Title: c.Title, Version: c.Version, Errors: []string{}, Operations: []VerdictOperation{}}
		for i := range c.Errors {
			one.Errors = append(one.Errors, c.Errors[i].ID)
		}
		for _, op := range c.Operations {
			one.Operations = append(one.Operations, t.operation(c, op))
		}
		v.Contracts = append(v.Contracts, one)
	}
	return v
}

func (t *tallies) operation(c *specs.Contract, op *specs.Operation) VerdictOperation {
	at := c.Position(op.Pointer)
	out := VerdictOperation{
		ID: op.ID, Method: op.Method, Path: op.Path, Source: op.Source, File: at.File, Line: at.Line,
		Declared: []string{}, Statuses: map[string]int64{}, Raised: map[string]int64{},
	}
	for _, r := range op.Responses {
		out.Declared = append(out.Declared, r.Status)
	}
	one := t.operations[operationKey{c.Vendor, op.ID}]
	if one == nil {
		return out
	}
	out.Calls, out.Answered, out.Violating, out.Errors, out.Faults, out.Refused = one.calls, one.answered, one.violating, one.errors, one.faults, one.refused
	for status, n := range one.statuses {
		out.Statuses[strconv.Itoa(status)] = n
	}
	maps.Copy(out.Raised, one.raised)
	return out
}
