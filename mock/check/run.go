package check

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/report"
	"understudy/specs"
)

// The parts of a run, as reports name them.
const (
	positive = "positive"
	negative = "negative"
	flow     = "flow"
	// partRequests is that of recorded requests.
	partRequests = "requests"
)

// run is one check of one server. Its requests follow each other: what one of them changes, the next may meet.
type run struct {
	config     Config
	contract   *specs.Contract
	client     *drive.Client
	meter      *meter
	set        *schema.Set
	values     *generate.Generator
	found      *pool
	secrets    []secret
	report     *report.Report
	operations []*operation
	began      time.Time
	// silent counts the calls in a row that got no answer in time.
	silent int
	// ended is why the run stops early.
	ended error
	// doing is what Progress tells of.
	doing Progress
	noted map[string]bool
	// stored are the kinds of representations, once the flows have begun.
	stored []*kind
	// sent says what the requests of the present check are made of.
	sent map[*drive.Request]trial
}

// operation is one operation under check.
type operation struct {
	*specs.Operation
	index int // in the report
	// why says why it is not called; "" if it is.
	why  string
	body *specs.MediaType
	// base are the values that further requests are made of: those of the first success, else the plain ones.
	base map[string]any
	// record is what of earlier replies base has in it.
	record map[string]any
	worked bool
	// locked says that the server does not open it without a credential that nobody configured.
	locked bool
	names  map[string]int
	// statuses and codes were seen.
	statuses map[int]bool
	codes    map[string]bool
	// unwelcome are the valid requests that the server calls wrong.
	unwelcome []string
	// shrunk are the mistakes whose smallest request is known.
	shrunk map[string]bool
}

func newRun(config Config) (*run, error) {
	if config.Contract == nil {
		return nil, errors.New("check: Config.Contract is nil; load one by specs.Load or specs.Read")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	r := &run{
		config: config, contract: config.Contract, meter: newMeter(config), set: schema.NewSet(config.Contract), found: newPool(),
		noted: map[string]bool{}, sent: map[*drive.Request]trial{}, began: time.Now(), secrets: secretsOf(config),
	}
	r.values = generate.New(r.contract, r.set)
	var err error
	if r.client, err = r.caller(nil); err != nil {
		return nil, err
	}
	if config.KeepExchanges {
		r.meter.keep = r.keep
	}
	r.report = &report.Report{
		Tool: "understudy", Version: config.Version, Contract: r.contract.Vendor, Title: r.contract.Title,
		Target: shownTarget(targetOf(config)), Seed: config.Seed, Started: r.began,
	}
	return r, r.choose()
}

// caller is a client of the contract's, its configuration changed where a mistake is to be tried.
func (r *run) caller(change func(*drive.Config)) (*drive.Client, error) {
	c := r.config
	client := http.Client{}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.Transport = r.meter
	config := drive.Config{
		Contract: c.Contract, Credentials: c.Credentials, Target: c.Target, HTTP: &client, Now: c.Now, Header: c.Header,
		Account: c.Account, FormField: c.FormField, Force: true,
	}
	if change != nil {
		change(&config)
	}
	return drive.New(config)
}

// choose lists the operations and says which of them are called.
func (r *run) choose() error {
	for _, id := range r.config.Only {
		if _, ok := r.contract.Operation(id); !ok {
			return r.unknown(id)
		}
	}
	for i, op := range r.contract.Operations {
		one := &operation{
			Operation: op, index: i, body: bodyOf(op), names: map[string]int{}, statuses: map[int]bool{}, codes: map[string]bool{},
			shrunk: map[string]bool{},
		}
		switch {
		case len(r.config.Only) > 0 && !slices.Contains(r.config.Only, op.ID):
			one.why = "it was not asked for"
		case !r.config.Unsafe && !safe(op):
			one.why = "it may change something at the server, and that was not allowed (--unsafe)"
		}
		r.operations = append(r.operations, one)
		r.report.Operations = append(r.report.Operations, report.Operation{
			ID: op.ID, Method: op.Method, Path: op.Path, Clause: op.Source, At: r.contract.Position(op.Pointer),
		})
		if one.why != "" {
			r.leaveOut(one, positive, one.why)
			r.leaveOut(one, negative, one.why)
		}
	}
	return nil
}

// unknown says which operations may have been meant.
func (r *run) unknown(id string) error {
	failed := &UnknownError{Vendor: r.contract.Vendor, Operation: id}
	var all []string
	for _, op := range r.contract.Operations {
		all = append(all, op.ID)
	}
	failed.Near = nearest(id, all)
	return failed
}

// safe says whether a call changes nothing at the vendor: by x-wire, by x-resource, else by its method.
func safe(op *specs.Operation) bool {
	switch {
	case op.Wire.Safe != nil:
		return *op.Wire.Safe
	case op.Resource != nil:
		return op.Resource.Verb == "read" || op.Resource.Verb == "list"
	}
	return op.Method == http.MethodGet || op.Method == http.MethodHead
}

// all does the parts one after another.
func (r *run) all(ctx context.Context) {
	// What takes something away comes after the flows, which need it.
	list := r.harvest()
	takes := func(op *operation) bool {
		return op.Resource != nil && (op.Resource.Verb == specs.VerbDelete || op.Resource.Verb == specs.VerbAcknowledge)
	}
	r.part(ctx, positive, slices.DeleteFunc(slices.Clone(list), takes), r.positives)
	r.flows(ctx)
	r.part(ctx, positive, slices.DeleteFunc(list, func(op *operation) bool { return !takes(op) }), r.positives)
	r.part(ctx, negative, r.called(), r.negatives)
}

func (r *run) called() []*operation {
	return slices.DeleteFunc(slices.Clone(r.operations), func(op *operation) bool { return op.why != "" })
}

// harvest is the order in which replies help later requests most: what only reads first, what deletes last.
func (r *run) harvest() []*operation {
	list := r.called()
	rank := func(op *operation) int {
		switch {
		case safe(op.Operation):
			needs := slices.ContainsFunc(op.Parameters, func(p specs.Parameter) bool { return p.In == "path" })
			if needs {
				return 2
			}
			return 0
		case op.Method == http.MethodDelete || op.Resource != nil && op.Resource.Verb == "delete":
			return 5
		case op.Method == http.MethodPut || op.Method == http.MethodPatch:
			return 3
		case slices.ContainsFunc(op.Parameters, func(p specs.Parameter) bool { return p.In == "path" }):
			return 4
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b *operation) int { return rank(a) - rank(b) })
	return list
}

func (r *run) part(ctx context.Context, name string, list []*operation, do func(context.Context, *operation)) {
	r.doing.Total = len(list)
	for i, op := range list {
		r.doing.Done = i
		if r.stopped(ctx) {
			r.leaveOut(op, name, r.stoppedWhy())
			continue
		}
		do(ctx, op)
	}
}

// stopped says whether the run is over.
func (r *run) stopped(ctx context.Context) bool {
	if r.ended == nil && ctx.Err() != nil {
		r.ended = ctx.Err()
	}
	return r.ended != nil
}

func (r *run) stoppedWhy() string {
	var gone *GoneError
	switch {
	case errors.Is(r.ended, errEnough):
		return fmt.Sprintf("the bound of %d requests was reached", r.config.MaxRequests)
	case errors.As(r.ended, &gone):
		return "the server had stopped answering"
	}
	return "the run was cut short"
}

// of is the operation's place in the report.
func (r *run) of(op *operation) *report.Operation { return &r.report.Operations[op.index] }

func (r *run) partOf(op *operation, name string) *report.Part {
	o := r.of(op)
	switch name {
	case positive:
		return &o.Positive
	case negative:
		return &o.Negative
	case partRequests:
		return &o.Requests
	}
	return &o.Flow
}

// leaveOut says why something was not checked, each reason once.
func (r *run) leaveOut(op *operation, part, why string) {
	p := r.partOf(op, part)
	if !slices.Contains(p.NotChecked, report.Reason{Text: why}) {
		p.NotChecked = append(p.NotChecked, report.Reason{Text: why})
	}
}

// observe notes something that the contract leaves open, once.
func (r *run) observe(op *operation, name, text string) {
	key := op.ID + "\x00" + name
	if r.noted[key] {
		return
	}
	r.noted[key] = true
	r.report.Observed = append(r.report.Observed, report.Observation{Operation: op.ID, Name: name, Text: text})
}

// record enters a check that was made.
func (r *run) record(op *operation, part, name string, took time.Duration, findings []report.Finding) {
	clear(r.sent)
	name = part + ": " + name
	op.names[name]++
	if n := op.names[name]; n > 1 {
		name = fmt.Sprintf("%s (%d)", name, n)
	}
	p := r.partOf(op, part)
	p.Checked = append(p.Checked, report.Check{Name: name, Failed: len(findings) > 0, Findings: findings, Duration: took})
	if r.config.Progress == nil {
		return
	}
	told := r.doing
	told.Operation, told.Part, told.Check, told.Failed, told.Requests = op.ID, part, name, len(findings) > 0, r.meter.count()
	r.config.Progress(told)
}

// finish completes the report.
func (r *run) finish() {
	for _, op := range r.operations {
		r.cover(op)
		if op.why == "" && !op.worked && len(op.statuses) > 0 {
			r.observe(op, "success", "no success of the operation was observed")
		}
		if n := len(op.unwelcome); n > 0 {
			r.observe(op, "refused", fmt.Sprintf("the server refuses %d valid requests as wrong: %s", n, strings.Join(op.unwelcome[:min(n, 5)], ", ")))
		}
	}
	if r.ended != nil {
		text := r.stoppedWhy()
		r.report.Notes = append(r.report.Notes, strings.ToUpper(text[:1])+text[1:]+".")
	}
	r.report.Requests = r.meter.count()
	r.report.Duration = time.Since(r.began)
}
