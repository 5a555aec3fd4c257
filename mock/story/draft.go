package story

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/mock/internal/schema"
	"understudy/scenarios"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// DraftConfig says how a story is drafted. Only Contract is needed.
type DraftConfig struct {
	Contract *specs.Contract
	// Source is the url of the sourceDescription; "" is the contract's id.
	Source string
	// Workflow is the id of the workflow; "" is recorded.
	Workflow string
	// Title is that of the document; "" is made of the contract's.
	Title string
}

// ErrNothingToTell says that a recording has no exchange of which a step can be made.
var ErrNothingToTell = errors.New("the recording has no exchange of which a step can be made")

// Draft makes a story of a recording, as YAML that [arazzo.Parse] takes: one step for each exchange, in order.
//
// What flows from a reply into a later request becomes an output and an expression: a text of six characters or more, a
// number of four digits or more, and anything smaller where both places have the name of an id; but no value that a
// request brought first. What the contract marks as sensitive in a request becomes an input with the recorded stand-in as its
// default. Credentials are left to whoever runs the story; a wrong or missing one is told as that. Criteria hold the
// status and what the envelope says. What cannot be told as a step is named in a comment at the head: callbacks, calls of no
// operation, replies that never came, bodies that could not be opened.
func Draft(r *scenarios.Recording, c DraftConfig) ([]byte, error) {
	if c.Contract == nil {
		return nil, errors.New("story: DraftConfig.Contract is nil; load one by specs.Load")
	}
	d := &drafter{config: c, contract: c.Contract, set: schema.NewSet(c.Contract), asked: map[string]bool{}, sources: map[string]*flowSource{}, ids: map[string]int{}, inputs: map[string]*draftInput{}}
	for _, x := range r.Exchanges {
		d.exchange(x)
	}
	if len(d.steps) == 0 {
		return nil, fmt.Errorf("%w%s", ErrNothingToTell, d.leftOut("; left out: ", "; "))
	}
	text, err := d.write(r)
	if err != nil {
		return nil, err
	}
	if _, err := arazzo.Parse("the draft", text); err != nil {
		return nil, fmt.Errorf("the draft is no valid story: %w", err)
	}
	return text, nil
}

// drafter makes steps of exchanges.
type drafter struct {
	config   DraftConfig
	contract *specs.Contract
	set      *schema.Set
	steps    []*draftStep
	// asked has the values that requests brought before any reply had them; sources those that replies brought.
	asked   map[string]bool
	sources map[string]*flowSource
	ids     map[string]int
	inputs  map[string]*draftInput // by value
	named   []*draftInput
	left    []string
}

// flowSource is a value in a reply, of which an output is made when a later request has it.
type flowSource struct {
	step    *draftStep
	pointer string // into the body, or a header's name where header is set
	name    string
	number  bool
	output  string // once it is one
}

type draftStep struct {
	id, operation string
	parameters    []*yaml.Node
	given         []scenarios.Parameter
	payload       *yaml.Node
	contentType   string
	criteria      []string
	outputs       []draftOutput
	lenient       bool
}

type draftOutput struct{ name, expression string }

type draftInput struct {
	name string
	v    any
}

func (d *drafter) leave(x *scenarios.Exchange, why string) {
	d.left = append(d.left, fmt.Sprintf("exchange %d: %s", x.Number, why))
}

func (d *drafter) leftOut(before, between string) string {
	if d.left == nil {
		return ""
	}
	return before + strings.Join(d.left, between)
}

// exchange makes a step, if one can be made.
func (d *drafter) exchange(x *scenarios.Exchange) {
	op, ok := d.contract.Operation(x.Operation)
	switch {
	case x.Callback != "":
		d.leave(x, "the vendor called the client ("+x.Callback+")")
		return
	case x.Operation == "":
		d.leave(x, "the contract has no such call")
		return
	case !ok:
		d.leave(x, "the contract has no operation "+x.Operation+" any more")
		return
	case x.Response.Status == 0 || x.Response.Broken != "":
		d.leave(x, "no whole reply came")
		return
	case x.Request.Wire.Seal == scenarios.SealUnopened && !d.refused(x):
		d.leave(x, "the request's body could not be opened")
		return
	}
	s := &draftStep{id: d.stepID(op.ID), operation: op.ID, lenient: x.Response.Outcome == scenarios.OutcomeUnexplained}
	if err := d.request(s, op, x); err != nil {
		d.leave(x, err.Error())
		return
	}
	d.criteria(s, op, x)
	d.remember(s, op, x)
	d.steps = append(d.steps, s)
}

// refused says whether the reply answers a wrong credential, so that the body did not matter.
func (d *drafter) refused(x *scenarios.Exchange) bool {
	w := x.Request.Wire.Credential
	return w != "" && w != scenarios.Valid
}

var stepForm = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

func (d *drafter) stepID(operation string) string {
	id := strings.Trim(stepForm.ReplaceAllString(operation, "-"), "-")
	if id == "" {
		id = "step"
	}
	return d.unique(id)
}

// unique numbers names from the second one on.
func (d *drafter) unique(name string) string {
	d.ids[name]++
	if n := d.ids[name]; n > 1 {
		return d.unique(fmt.Sprintf("%s-%d", name, n))
	}
	return name
}
