// Package report is what a check found, and the forms in which people and their tools read it: JUnit XML, SARIF,
// Markdown, GitLab's code quality, HAR, and plain text for a terminal.
//
// A report is a value that a check fills and a writer reads. Equal reports give equal bytes, and the names of checks
// depend neither on the seed nor on the target, so that two runs can be compared. Nothing in it is secret: whoever fills
// it has masked credentials and personal data before.
package report

import (
	"time"

	"understudy/specs"
)

// Report is what one run found.
type Report struct {
	// Tool and Version say who checked.
	Tool, Version string
	// Contract is the id of the contract and Title its title. Where operations of several contracts stand in one report,
	// [Operation.Contract] says more.
	Contract, Title string
	// Target is what was checked: the URL without user and query, or the name of a recording.
	Target   string
	Seed     int64
	Started  time.Time
	Duration time.Duration
	// Requests counts what was sent, or what was read from a recording.
	Requests int
	// Operations stand in the order of the contract.
	Operations []Operation
	// Observed is what the contract leaves open and what the server did: never a failure.
	Observed []Observation
	// Strays are calls that belong to no operation; only recordings and verdicts have them.
	Strays []Stray
	// Exchanges are what travelled, masked; [WriteHAR] writes them. A run that nobody asked for them keeps none.
	Exchanges []Exchange
	// Notes are sentences on the run as a whole: what was cut short, what was not kept.
	Notes []string
	// Mended are the entries of the baseline that no finding matches any more (see [Baseline.Apply]).
	Mended []Known
}

// Operation is what was checked of one operation.
type Operation struct {
	// Contract is the id of its contract; "" means that of the report.
	Contract string
	// ID, Method and Path are as in the contract; Clause is its x-source.
	ID, Method, Path, Clause string
	// At is where the operation stands in the contract.
	At specs.Position
	// Positive, Negative and Flow are what an active check did. Requests and Replies are what passive ones did: a
	// recording has both, the verdict on clients has requests only.
	Positive, Negative, Flow Part
	Requests, Replies        Part
	// Statuses and Codes tell which of those that the contract declares were seen: HTTP statuses, and the codes of the
	// catalogue that travel in the envelope.
	Statuses, Codes []Coverage
}

// Part is one kind of check of one operation.
type Part struct {
	Checked []Check
	// NotChecked says what was left out and why; a part that has neither is one the run is not about.
	NotChecked []Reason
}

// Reason says in one sentence why something was not checked.
type Reason struct{ Text string }

// Check is one thing that was tried.
type Check struct {
	// Name is unique within the operation and the same for every seed and target: "positive: minimum /age".
	Name string
	// Failed says that the server, or the client, broke the contract; Findings say how.
	Failed   bool
	Findings []Finding
	// Known says that every finding stands in the baseline: the check fails no run. KnownWhy is the reason given there.
	Known    bool
	KnownWhy string
	// Duration is what it took; writers that compare runs leave it out.
	Duration time.Duration
	// Count is how often the thing was seen where calls are counted; 0 means once.
	Count int
}

// Severity is how much a finding weighs.
type Severity string

// The severities. The empty one means [Error].
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is one thing that is not as the contract has it.
type Finding struct {
	// Rule is the stable id of the kind of mistake, in kebab case: "violates-contract".
	Rule     string
	Severity Severity
	// In is where Pointer points: body, query, header, path, cookie, form, reply, status, contract.
	In string
	// Pointer is a JSON pointer into a body, or the name of a parameter or header.
	Pointer string
	// Keyword is the keyword of the schema, where one was broken.
	Keyword       string
	Expected, Got string
	// Clause is the statement of the vendor's document, At the place in the contract.
	Clause string
	At     specs.Position
	// Message is the whole in one sentence; where it is empty, writers put one together from the rest.
	Message string
	// Reproduce is one line for a shell that shows the finding again, secrets as $NAME.
	Reproduce string
	// Request and Reply are short and masked.
	Request, Reply string
}

// Coverage says whether one thing that the contract declares was seen.
type Coverage struct {
	Name    string
	Covered bool
}

// Observation is something that the contract leaves open, and what was seen.
type Observation struct {
	Contract, Operation string
	// Name is stable, as a check's; Text says what was seen.
	Name, Text string
}

// Stray is a call that belongs to no operation.
type Stray struct {
	Method, Path string
	Count        int
	// Failed says that it counts as a failure: a client that calls what the contract does not have.
	Failed bool
	Known  bool
	// Message says why it belongs nowhere.
	Message string
}

// Exchange is one request and its reply as they travelled, masked.
type Exchange struct {
	// Operation and Check say what it belongs to; both may be empty.
	Operation, Check string
	At               time.Time
	Duration         time.Duration
	Method, URL      string
	Header           []Pair
	MediaType, Body  string
	// Status is 0 where no reply came; Failure then says why.
	Status         int
	StatusText     string
	ReplyHeader    []Pair
	ReplyMediaType string
	Reply          string
	Failure        string
}

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// Parts lists the parts of an operation with their names, in the order of the reports.
func (o *Operation) Parts() []NamedPart {
	return []NamedPart{
		{"positive", &o.Positive}, {"negative", &o.Negative}, {"flow", &o.Flow},
		{"requests", &o.Requests}, {"replies", &o.Replies},
	}
}

// NamedPart is a part and what it is called.
type NamedPart struct {
	Name string
	*Part
}

// Failures counts the checks that failed, and the strays, except what the baseline knows.
func (r *Report) Failures() int {
	n := 0
	r.each(func(_ *Operation, _ string, c *Check) {
		if c.Failed && !c.Known {
			n++
		}
	})
	for i := range r.Strays {
		if r.Strays[i].Failed && !r.Strays[i].Known {
			n++
		}
	}
	return n
}

// Checked counts the checks that were made.
func (r *Report) Checked() int {
	n := 0
	r.each(func(*Operation, string, *Check) { n++ })
	for i := range r.Strays {
		if r.Strays[i].Failed {
			n++
		}
	}
	return n
}

// KnownFailures counts the checks that failed and that the baseline knows.
func (r *Report) KnownFailures() int {
	n := 0
	r.each(func(_ *Operation, _ string, c *Check) {
		if c.Failed && c.Known {
			n++
		}
	})
	for i := range r.Strays {
		if r.Strays[i].Failed && r.Strays[i].Known {
			n++
		}
	}
	return n
}

func (r *Report) each(visit func(*Operation, string, *Check)) {
	for i := range r.Operations {
		op := &r.Operations[i]
		for _, p := range op.Parts() {
			for j := range p.Checked {
				visit(op, p.Name, &p.Checked[j])
			}
		}
	}
}

// contract is the id of the contract of an operation.
func (r *Report) contract(op *Operation) string {
	if op.Contract != "" {
		return op.Contract
	}
	return r.Contract
}

// checked says that something of the operation was checked.
func (o *Operation) checked() bool {
	for _, p := range o.Parts() {
		if len(p.Checked) > 0 {
			return true
		}
	}
	return false
}
