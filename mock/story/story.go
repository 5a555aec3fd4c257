// Package story runs stories: Arazzo documents whose steps are calls of a vendor's operations, made over the vendor's wire.
//
//	result, err := story.Run(ctx, story.Config{Document: document, Sources: map[string]story.Source{"zheliban": source}})
//
// A step is written at contract level, by operationId: parameters by place and name, bodies as the contract describes them.
// Logging in, signing and sealing are the client's business (package drive), and $response.body is the opened reply. A step
// sends what it says, also where the contract forbids that.
//
// A step succeeds when its criteria hold; one without any when the vendor did what it was asked. Besides, a reply that its
// contract forbids, or that the simulator refuses, is a failure of the step's check, whatever the criteria say, unless
// [Config.Lenient] is set or the step says x-understudy-lenient: true. It does not change where the workflow goes on.
package story

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/report"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// ControlTitle is the info.title of the document of the simulator's control listener: a source with it is that document, and a
// story that calls it runs at the simulator alone.
const ControlTitle = "Understudy control"

// Source is a contract that a story's sourceDescriptions name, and how its server is called.
type Source struct {
	Contract *specs.Contract
	// Credentials are the caller's own, by slot.
	Credentials mock.Credentials
	// Target is the server's base URL. "" is the usual one, but for the control document: a story that calls it cannot run
	// without.
	Target string
	// HTTP sends; nil means a client of its own.
	HTTP *http.Client
	// Header goes along with every request.
	Header http.Header
	// Account and FormField are as in drive.Config.
	Account, FormField string
}

// isControl says whether the source is the simulator's control listener.
func (s *Source) isControl() bool { return s.Contract != nil && s.Contract.Title == ControlTitle }

// Config sets up a run. Only Document and Sources are needed.
type Config struct {
	Document *arazzo.Document
	// Sources are the contracts by the name of the sourceDescription.
	Sources map[string]Source
	// Workflows are the ids of those to run; none means all but those that another one calls or goes to.
	Workflows []string
	// Inputs are the values of the workflows' inputs, by name. One that is not given and is named like a credential slot has
	// that credential; one named session has the name of the session.
	Inputs map[string]any
	// Session names the simulator's session in which the workflows run. Where it is "" and Isolate is set, each workflow has a
	// new one, shared with those that it depends on.
	Session string
	Isolate bool
	// Lenient takes a reply that its contract forbids for a warning.
	Lenient bool
	// MaxSteps bounds the steps of a workflow, retries and those of the workflows that it calls included; 0 means 1,000.
	MaxSteps int
	// Now and Sleep are the clock; nil means real time. Sleep returns early, with the error of the context, when that ends.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// Random names sessions; nil means crypto/rand.
	Random func() string
	// Progress is told of each step when it is done. It must not block.
	Progress func(Progress)
	// Version is what the report names as the version of the tool.
	Version string
}

// Progress is one step that is done.
type Progress struct {
	Workflow, Step string
	Failed         bool
	// Done counts the workflows behind, of Total; Requests those that were sent so far.
	Done, Total, Requests int
}

// Result is what came of a run.
type Result struct {
	// Report has each workflow as an operation and each step as a check of its flow.
	Report *report.Report
	// Outputs are those of the workflows that ended well, in the order in which they were run.
	Outputs []Outputs
}

// Outputs are the outputs of one workflow, in the order of the document. They may hold personal data and secrets.
type Outputs struct {
	Workflow string
	Names    []string
	Values   map[string]any
}

// SetupError says why a story cannot be run. Nothing was sent.
type SetupError struct{ Problems []arazzo.Problem }

// Error has one line for each problem.
func (e *SetupError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Check looks at everything that can be known before a story is run: its operations, its inputs, the addresses of its
// servers. What is wrong is a *[SetupError].
func Check(config Config) error {
	if config.Document == nil {
		return errNoDocument
	}
	_, err := newRun(config)
	return err
}

var errNoDocument = errors.New("story: Config.Document is nil; read one by arazzo.ReadFile")

// Run runs the workflows of a story, one after the other. The result is nil only where nothing was begun, with a
// *[SetupError]; a context that ends is its error, with the result of what was done until then. What a server answers is
// never an error.
func Run(ctx context.Context, config Config) (*Result, error) {
	if config.Document == nil {
		return nil, errNoDocument
	}
	r, err := newRun(config)
	if err != nil {
		return nil, err
	}
	err = r.all(ctx)
	r.finish()
	return &Result{Report: r.report, Outputs: r.outputs}, err
}
