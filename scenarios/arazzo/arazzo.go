// Package arazzo reads stories: documents of the Arazzo Specification 1.0, with their runtime expressions and criteria. It
// is data and evaluation alone; who sends the calls is another's business.
//
//	document, err := arazzo.ReadFile("story.arazzo.yaml", arazzo.ReadConfig{})
//
// Reading is strict. Whatever a document can break of the specification is told, all of it at once, each with file and line.
// What is not supported is refused by its name: criteria of type jsonpath and xpath, on which engines disagree, and sources
// of type arazzo.
package arazzo

import (
	"time"

	"understudy/specs"
)

// Document is one Arazzo document, read and checked. It does not change.
type Document struct {
	File string
	// Arazzo is the version of the specification that the document states.
	Arazzo string
	// Title, Summary, Description and Version are those of info.
	Title, Summary, Description, Version string
	Sources                              []*Source
	Workflows                            []*Workflow

	parameters map[string]*Parameter // components.parameters
}

// Source is one entry of sourceDescriptions; all are OpenAPI documents.
type Source struct {
	Name, URL string
	At        specs.Position
}

// Workflow is one sequence of steps.
type Workflow struct {
	ID, Summary, Description string
	// Inputs is nil where the workflow takes none.
	Inputs *Inputs
	// DependsOn are the workflows that must have been completed before.
	DependsOn []string
	Steps     []*Step
	Outputs   []Output
	At        specs.Position
}

// Step is one call of an operation or of another workflow. What the workflow says for all its steps is already among its
// parameters and actions.
type Step struct {
	ID, Description string
	// Operation is nil where another workflow is called, Workflow "" where an operation is.
	Operation  *OperationRef
	Workflow   string
	Parameters []*Parameter
	Body       *Body
	// Criteria decide whether the step succeeds; where there are none, the specification leaves that open.
	Criteria []*Criterion
	// OnSuccess and OnFailure stand in the order in which they are tried: the step's own first.
	OnSuccess, OnFailure []*Action
	Outputs              []Output
	// Lenient is x-understudy-lenient: a reply that the contract does not have is what the step is about.
	Lenient bool
	At      specs.Position
}

// OperationRef names an operation by its id, or by its place in the source.
type OperationRef struct {
	// Source is the name of the sourceDescription.
	Source string
	// ID is the operationId; "" where Path and Method say which one is meant.
	ID           string
	Path, Method string
	At           specs.Position
}

// Parameter is one value that a step passes on.
type Parameter struct {
	// In is path, query, header or cookie; "" where it is an input of a workflow.
	In, Name string
	Value    *Value
	// Inherited says that the workflow gives it to all its steps.
	Inherited bool
	At        specs.Position
}

// Body is what a step sends.
type Body struct {
	ContentType string
	// Payload is nil where there is none, and Replacements make up the whole.
	Payload      *Value
	Replacements []Replacement
	At           specs.Position
}

// Replacement is one value that is set in a payload.
type Replacement struct {
	// Target is a JSON pointer (RFC 6901).
	Target string
	Value  *Value
	At     specs.Position
}

// Output is a name and where its value comes from.
type Output struct {
	Name  string
	Value *Expression
	At    specs.Position
}

// ActionType is what an action does.
type ActionType string

// The types of actions.
const (
	End   ActionType = "end"
	GoTo  ActionType = "goto"
	Retry ActionType = "retry"
)

// Action is what to do once a step has ended.
type Action struct {
	Name string
	Type ActionType
	// Step and Workflow say where to go, or what to run before a retry; at most one of them is set.
	Step, Workflow string
	// RetryAfter is how long to wait before a retry, RetryLimit how many there are at most.
	RetryAfter time.Duration
	RetryLimit int
	// Criteria are all met, or else the action is passed by.
	Criteria []*Criterion
	At       specs.Position
}

// Workflow finds a workflow by its id.
func (d *Document) Workflow(id string) (*Workflow, bool) {
	for _, w := range d.Workflows {
		if w.ID == id {
			return w, true
		}
	}
	return nil, false
}

// Source finds a source by its name.
func (d *Document) Source(name string) (*Source, bool) {
	for _, s := range d.Sources {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// Step finds a step by its id.
func (w *Workflow) Step(id string) (*Step, bool) {
	for _, s := range w.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return nil, false
}
