package check

import (
	"context"
	"errors"
	"slices"
	"time"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/specs"
)

// Caller is what a run of other requests shares with a check: a client that is held to the rate and the bound, the report
// that it fills, and what counts as a server that is not there. Its calls follow each other.
type Caller struct {
	run  *run
	byID map[string]*operation
}

// NewCaller sets up such a run. Seed, Only and Unsafe of the configuration mean nothing to it: whether a call may be made, its
// caller asks by [Safe]. Errors are those of the configuration.
func NewCaller(config Config) (*Caller, error) {
	config.Unsafe, config.Only = true, nil
	r, err := newRun(config)
	if err != nil {
		return nil, err
	}
	c := &Caller{run: r, byID: map[string]*operation{}}
	for _, op := range r.operations {
		c.byID[op.ID] = op
	}
	return c, nil
}

// Safe says whether a call of an operation changes nothing at the vendor: by x-wire, by x-resource, else by its method.
func Safe(op *specs.Operation) bool { return safe(op) }

// Client sends; what the contract forbids does not stop it.
func (c *Caller) Client() *drive.Client { return c.run.client }

// Report is what the run fills.
func (c *Caller) Report() *report.Report { return c.run.report }

// Wait lets the server come up, within the time of the configuration. The error is a *[StartError], or the context's.
func (c *Caller) Wait(ctx context.Context) error { return c.run.wait(ctx) }

// Doing says what the next requests are for: an operation, and the check that it is. done of total is behind.
func (c *Caller) Doing(operation, check string, done, total int) {
	c.run.meter.belongsTo(operation, check)
	c.run.doing.Done, c.run.doing.Total = done, total
}

// Ended takes an error of a call and says whether the run is over: the context has ended, the bound on requests is reached,
// or the server is gone. [Caller.Finish] gives the reason.
func (c *Caller) Ended(ctx context.Context, operation, check string, err error) bool {
	op := c.byID[operation]
	return op != nil && c.run.cutShort(ctx, op, check, err)
}

// Heard takes a reply into account: which statuses and codes were seen.
func (c *Caller) Heard(x *drive.Exchange) {
	op := c.byID[x.Request.Operation.ID]
	if op == nil {
		return
	}
	op.worked = true // whether something should have worked is not what such a run is about
	op.statuses[x.Reply.Status] = true
	if x.Error != nil {
		op.codes[x.Error.ID] = true
	}
}

// Record enters a check that was made in the part flow.
func (c *Caller) Record(operation, name string, took time.Duration, findings []report.Finding) {
	if op := c.byID[operation]; op != nil {
		c.run.record(op, flow, name, took, findings)
	}
}

// LeaveOut says why something of an operation was not checked, each reason once.
func (c *Caller) LeaveOut(operation, why string) {
	if op := c.byID[operation]; op != nil {
		c.run.leaveOut(op, flow, why)
	}
}

// Observe notes something that fails nothing, once; operation may be "".
func (c *Caller) Observe(operation, name, text string) {
	key := operation + "\x00" + name
	if c.run.noted[key] {
		return
	}
	c.run.noted[key] = true
	c.run.report.Observed = append(c.run.report.Observed, report.Observation{Operation: operation, Name: name, Text: text})
}

// Veil puts names in the place of the secrets of a text.
func (c *Caller) Veil(text string) string { return c.run.veil(text) }

// Finish completes the report and says why the run was cut short, nil where it was not: *[StartError], *[GoneError], or the
// context's. A bound that was reached is no error.
func (c *Caller) Finish() error {
	c.run.finish()
	if errors.Is(c.run.ended, errEnough) {
		return nil
	}
	return c.run.ended
}

// Untouched lists the operations of which nothing was checked and nothing left out.
func (c *Caller) Untouched() []string {
	var list []string
	for _, op := range c.run.operations {
		of := c.run.of(op)
		if !slices.ContainsFunc(of.Parts(), func(p report.NamedPart) bool { return len(p.Checked)+len(p.NotChecked) > 0 }) {
			list = append(list, op.ID)
		}
	}
	return list
}
