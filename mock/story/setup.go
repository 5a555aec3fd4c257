package story

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// usualSteps bounds the steps of a workflow where the configuration says nothing.
const usualSteps = 1000

// sessionInput is the input that has the name of the session.
const sessionInput = "session"

// headerSession carries a session's name to the simulator.
const headerSession = "Understudy-Session"

// run is one run of a story.
type run struct {
	Config
	report  *report.Report
	outputs []Outputs
	// order are the workflows to run, those that others depend on before them; given are those that were asked for.
	order []*arazzo.Workflow
	// groups has the number of the group of workflows that share a session, by id; sessions the name of each group's.
	groups   map[string]int
	sessions map[int]string
	done     map[string]*outcome
	clients  map[clientKey]*drive.Client
	books    map[string]*book
	began    time.Time
	behind   int
	problems []arazzo.Problem
}

type clientKey struct{ source, session string }

func newRun(config Config) (*run, error) {
	r := &run{
		Config: config, groups: map[string]int{}, sessions: map[int]string{}, done: map[string]*outcome{},
		clients: map[clientKey]*drive.Client{}, books: map[string]*book{},
	}
	r.MaxSteps = cmp.Or(r.MaxSteps, usualSteps)
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Sleep == nil {
		r.Sleep = sleep
	}
	if r.Random == nil {
		r.Random = func() string {
			var b [6]byte
			_, _ = rand.Read(b[:]) // which never fails
			return hex.EncodeToString(b[:])
		}
	}
	r.choose()
	r.group()
	r.checkSources()
	r.checkInputs()
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b arazzo.Problem) int { return cmp.Compare(a.At.Line, b.At.Line) })
		return nil, &SetupError{r.problems}
	}
	r.began = r.Now()
	r.report = &report.Report{Tool: "understudy", Version: config.Version, Title: config.Document.Title, Started: r.began}
	for _, s := range config.Document.Sources {
		if source, ok := config.Sources[s.Name]; ok && !source.isControl() && r.report.Contract == "" {
			r.report.Contract = source.Contract.Vendor
			r.report.Target = shownTarget(cmp.Or(source.Target, drive.DefaultTarget))
		}
	}
	return r, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (r *run) add(at specs.Position, format string, args ...any) {
	r.problems = append(r.problems, arazzo.Problem{At: at, Text: fmt.Sprintf(format, args...)})
}

// choose puts the workflows to run in their order.
func (r *run) choose() {
	d := r.Document
	var wanted []*arazzo.Workflow
	for _, id := range r.Workflows {
		w, ok := d.Workflow(id)
		if !ok {
			var known []string
			for _, w := range d.Workflows {
				known = append(known, w.ID)
			}
			r.add(specs.Position{File: d.File}, "there is no workflow %s; there are %s", id, strings.Join(known, ", "))
			continue
		}
		wanted = append(wanted, w)
	}
	if len(r.Workflows) == 0 {
		called := map[string]bool{}
		for _, w := range d.Workflows {
			for _, id := range callsOf(w) {
				called[id] = true
			}
		}
		for _, w := range d.Workflows {
			if !called[w.ID] {
				wanted = append(wanted, w)
			}
		}
		if len(wanted) == 0 { // they call each other in a circle
			wanted = d.Workflows
		}
	}
	var place func(w *arazzo.Workflow)
	place = func(w *arazzo.Workflow) {
		if slices.Contains(r.order, w) {
			return
		}
		for _, id := range w.DependsOn { // which has no circle
			if before, ok := d.Workflow(id); ok {
				place(before)
			}
		}
		r.order = append(r.order, w)
	}
	for _, w := range wanted {
		place(w)
	}
}

// callsOf lists the workflows that a workflow calls or goes to.
func callsOf(w *arazzo.Workflow) []string {
	var list []string
	for _, s := range w.Steps {
		list = append(list, s.Workflow)
		for _, a := range slices.Concat(s.OnSuccess, s.OnFailure) {
			list = append(list, a.Workflow)
		}
	}
	return slices.DeleteFunc(list, func(id string) bool { return id == "" || id == w.ID })
}

// group puts workflows that depend on each other into one session.
func (r *run) group() {
	for i, w := range r.order {
		r.groups[w.ID] = i
	}
	for _, w := range r.order {
		for _, id := range w.DependsOn {
			from, to := r.groups[id], r.groups[w.ID]
			for other, g := range r.groups {
				if g == from {
					r.groups[other] = to
				}
			}
		}
	}
}

// session is the name of the session that a workflow runs in, "" for none of its own.
func (r *run) session(id string) string {
	if r.Session != "" || !r.Isolate {
		return r.Session
	}
	g := r.groups[id]
	if r.sessions[g] == "" {
		r.sessions[g] = "story-" + r.Random()
	}
	return r.sessions[g]
}

// reached lists the workflows that may be run, called ones included.
func (r *run) reached() []*arazzo.Workflow {
	list := slices.Clone(r.order)
	for i := 0; i < len(list); i++ {
		for _, id := range callsOf(list[i]) {
			if w, ok := r.Document.Workflow(id); ok && !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return list
}

// checkSources looks for every operation that the workflows name.
func (r *run) checkSources() {
	missing := map[string]bool{}
	for _, w := range r.reached() {
		for _, s := range w.Steps {
			if s.Operation == nil {
				continue
			}
			source, ok := r.Sources[s.Operation.Source]
			if !ok || source.Contract == nil {
				if !missing[s.Operation.Source] {
					r.add(s.At, "there is no contract for the source %s", s.Operation.Source)
				}
				missing[s.Operation.Source] = true
				continue
			}
			if source.isControl() && source.Target == "" && !missing[s.Operation.Source] {
				missing[s.Operation.Source] = true
				r.add(s.At, "the step %s of %s calls the simulator's control listener: this story runs at the simulator alone, which needs the address of that listener as well (--control URL)", s.ID, w.ID)
			}
			if _, err := Operation(source.Contract, s.Operation); err != nil {
				r.add(s.Operation.At, "the step %s: %s", s.ID, err)
			}
		}
	}
	for name, source := range r.Sources {
		if source.Contract == nil {
			continue
		}
		if _, err := drive.New(r.clientConfig(source, "")); err != nil {
			r.add(specs.Position{File: r.Document.File}, "the source %s: %s", name, err)
		}
	}
}

// Operation finds the operation of a contract that a step names, by its id or by its path and method. Its error says which
// others there are.
func Operation(c *specs.Contract, ref *arazzo.OperationRef) (*specs.Operation, error) {
	if ref.ID != "" {
		if op, ok := c.Operation(ref.ID); ok {
			return op, nil
		}
		var known []string
		for _, op := range c.Operations {
			known = append(known, op.ID)
		}
		return nil, fmt.Errorf("%s has no operation %s%s", c.Vendor, ref.ID, meant(ref.ID, known))
	}
	for _, op := range c.Operations {
		if op.Path == ref.Path && strings.EqualFold(op.Method, ref.Method) {
			return op, nil
		}
	}
	return nil, fmt.Errorf("%s has no operation %s %s", c.Vendor, ref.Method, ref.Path)
}

// meant names what may have been meant, or all there is where that is little.
func meant(word string, known []string) string {
	for _, one := range known {
		if strings.EqualFold(one, word) || len(word) > 3 && strings.Contains(strings.ToLower(one), strings.ToLower(word)) {
			return "; did you mean " + one + "?"
		}
	}
	if len(known) > 12 {
		return ""
	}
	return "; there are " + strings.Join(known, ", ")
}

// clientConfig is how a source's server is called in a session.
func (r *run) clientConfig(source Source, session string) drive.Config {
	header := source.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if session != "" && !source.isControl() {
		header.Set(headerSession, session)
	}
	return drive.Config{
		Contract: source.Contract, Credentials: source.Credentials, Target: source.Target, HTTP: source.HTTP, Now: r.Now,
		Header: header, Account: source.Account, FormField: source.FormField, Force: true,
	}
}

// client is the one for a source and a session: a token belongs to both.
func (r *run) client(source, session string) (*drive.Client, error) {
	key := clientKey{source, session}
	if c := r.clients[key]; c != nil {
		return c, nil
	}
	c, err := drive.New(r.clientConfig(r.Sources[source], session))
	if err == nil {
		r.clients[key] = c
	}
	return c, err
}
