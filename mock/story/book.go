package story

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"understudy/mock/report"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// book is what is told of a workflow: a check for each step that was run.
type book struct {
	workflow *arazzo.Workflow
	pages    []*page
	not      []report.Reason
}

// page is what is told of one step.
type page struct {
	name   string
	runs   int
	failed bool
	// findings are those that count, handled those of attempts after which the story went on.
	findings, handled []report.Finding
	took              time.Duration
}

// mostFindings bounds what is told of one step that was run many times, mostHandled of it what the story went on from.
const (
	mostFindings = 20
	mostHandled  = 3
)

func (r *run) book(w *arazzo.Workflow) *book {
	b := r.books[w.ID]
	if b == nil {
		b = &book{workflow: w}
		r.books[w.ID] = b
	}
	return b
}

func (b *book) page(name string) *page {
	for _, p := range b.pages {
		if p.name == name {
			return p
		}
	}
	p := &page{name: name}
	b.pages = append(b.pages, p)
	return p
}

func (p *page) add(findings []report.Finding, weight report.Severity) {
	for _, one := range findings {
		one.Severity = weight
		if len(p.findings) < mostFindings {
			p.findings = append(p.findings, one)
		}
	}
}

func (p *page) ran(t *trial) {
	p.runs++
	p.took += t.took
}

// breaches tells what a contract forbids: a failure, unless it is forgiven.
func (p *page) breaches(t *trial) {
	weight := report.Error
	if t.forgiven {
		weight = report.Warning
	}
	p.failed = p.failed || t.breach()
	p.add(t.breaches, weight)
}

// pass tells of a step that succeeded.
func (b *book) pass(s *arazzo.Step, t *trial) {
	p := b.page(s.ID)
	p.ran(t)
	p.breaches(t)
}

// failed tells of a step whose failure is the workflow's.
func (b *book) failed(s *arazzo.Step, t *trial) {
	p := b.page(s.ID)
	p.ran(t)
	p.failed = true
	p.add(t.failures, report.Error)
	p.breaches(t)
}

// handled tells of a step that failed and whose failure an action took up: that is how the story goes.
func (b *book) handled(s *arazzo.Step, t *trial, a *arazzo.Action) {
	p := b.page(s.ID)
	p.ran(t)
	failures := slices.Clone(t.failures)
	for i := range failures {
		failures[i].Message = fmt.Sprintf("attempt %d: %s; %s goes on by %s", p.runs, failures[i].Sentence(), a.Type, a.Name)
	}
	for _, one := range slices.Concat(failures, t.breaches) {
		one.Severity = report.Note
		p.handled = append(p.handled, one)
	}
	if n := len(p.handled); n > mostHandled { // the last ones are those that were not mended
		p.handled = p.handled[n-mostHandled:]
	}
}

// fail tells of what belongs to no step.
func (b *book) fail(name, rule string, at specs.Position, text string) {
	p := b.page(name)
	p.runs++
	p.failed = true
	p.add([]report.Finding{{Rule: rule, At: at, Message: text}}, report.Error)
}

// unreached names the steps that were not run.
func (b *book) unreached(w *arazzo.Workflow) {
	var left []string
	for _, s := range w.Steps {
		if !slices.ContainsFunc(b.pages, func(p *page) bool { return p.name == s.ID }) {
			left = append(left, s.ID)
		}
	}
	if left != nil {
		b.not = append(b.not, report.Reason{Text: "not reached: " + strings.Join(left, ", ")})
	}
}

// finish writes the books into the report, in the order of the document.
func (r *run) finish() {
	r.report.Duration = r.Now().Sub(r.began)
	for _, w := range r.Document.Workflows {
		b := r.books[w.ID]
		if b == nil {
			continue
		}
		op := report.Operation{Contract: r.contractOf(w), ID: w.ID, Method: "arazzo", Path: filepath.Base(r.Document.File), At: w.At}
		for _, p := range b.pages {
			op.Flow.Checked = append(op.Flow.Checked, report.Check{
				Name: p.name, Failed: p.failed, Findings: slices.Concat(p.findings, p.handled), Duration: p.took, Count: p.runs,
			})
		}
		op.Flow.NotChecked = b.not
		r.report.Operations = append(r.report.Operations, op)
	}
}

// contractOf is the contract that most of a workflow is about: that of its first step that calls a vendor.
func (r *run) contractOf(w *arazzo.Workflow) string {
	for _, s := range w.Steps {
		if s.Operation == nil {
			continue
		}
		if source := r.Sources[s.Operation.Source]; source.Contract != nil && !source.isControl() {
			return source.Contract.Vendor
		}
	}
	return cmp.Or(r.report.Contract, "story")
}

// shownTarget is a target without user, query and fragment.
func shownTarget(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
