package mock

import (
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/journal"
)

// Bounds of a verdict.
const (
	maxViolations = 1000
	maxTallied    = 20_000
)

// tallies is what is counted of a verdict. The zero value is ready. A call that is counted waits for no other one, unless it
// is the first of its kind.
type tallies struct {
	now atomic.Pointer[tallied] // a reset replaces it
}

// tallied is what was counted since a reset.
type tallied struct {
	since      time.Time
	calls      atomic.Int64
	operations sync.Map     // operationKey → *tally
	held       atomic.Int64 // operations

	violations, observations kinds

	mu       sync.Mutex // serialises what is new
	refusals map[string]int64
}

type operationKey struct{ contract, operation string }

func (t *tallies) reset(now time.Time) { t.now.Store(&tallied{since: now}) }

// note counts an exchange.
func (t *tallies) note(e *journal.Exchange) {
	now := t.now.Load()
	if now == nil {
		t.now.CompareAndSwap(nil, &tallied{since: e.At})
		now = t.now.Load()
	}
	now.note(e)
}

func (t *tallied) note(e *journal.Exchange) {
	t.calls.Add(1)
	asked := e.Fault != nil && e.Fault.Kind != "delay"
	broken := !asked && breaks(e)
	if one := t.tally(e); one != nil {
		one.count(e, asked, broken)
	}
	if e.Outcome == journal.Refusal && !broken {
		t.mu.Lock()
		if t.refusals == nil {
			t.refusals = map[string]int64{}
		}
		t.refusals[e.Error]++
		t.mu.Unlock()
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
func (t *tallied) tally(e *journal.Exchange) *tally {
	if e.Operation == "" || homeless(e.Diagnosis) {
		return nil
	}
	key := operationKey{e.Vendor, e.Operation}
	if one, known := t.operations.Load(key); known {
		return one.(*tally)
	}
	if t.held.Load() >= maxTallied {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held.Load() >= maxTallied {
		return nil
	}
	one, known := t.operations.LoadOrStore(key, &tally{})
	if !known {
		t.held.Add(1)
	}
	return one.(*tally)
}

// tally is what is counted of an operation.
type tally struct {
	answered, violating, errors, faults, refused atomic.Int64
	// statuses are the first few, each in the place that it came to first; the others are in more.
	statuses [4]statusCount

	mu     sync.Mutex
	more   map[int]int64
	raised map[string]int64
}

// statusCount counts one status, which is 0 while the place is free.
type statusCount struct{ status, n atomic.Int64 }

func (o *tally) count(e *journal.Exchange, asked, broken bool) {
	if e.Status != 0 {
		o.countStatus(e.Status)
	}
	if e.Outcome == journal.VendorError {
		o.mu.Lock()
		if o.raised == nil {
			o.raised = map[string]int64{}
		}
		o.raised[e.Error]++
		o.mu.Unlock()
	}
	switch {
	case asked:
		o.faults.Add(1)
	case broken:
		o.violating.Add(1)
	case e.Outcome == journal.Refusal:
		o.refused.Add(1)
	case e.Outcome == journal.VendorError:
		o.errors.Add(1)
	default:
		o.answered.Add(1)
	}
}

func (o *tally) countStatus(status int) {
	for i := range o.statuses {
		one := &o.statuses[i]
		if one.status.Load() == int64(status) || one.status.CompareAndSwap(0, int64(status)) || one.status.Load() == int64(status) {
			one.n.Add(1)
			return
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.more == nil {
		o.more = map[int]int64{}
	}
	o.more[status]++
}

// tell writes what was counted into a verdict.
func (o *tally) tell(out *VerdictOperation) {
	out.Answered, out.Violating, out.Errors = o.answered.Load(), o.violating.Load(), o.errors.Load()
	out.Faults, out.Refused = o.faults.Load(), o.refused.Load()
	out.Calls = out.Answered + out.Violating + out.Errors + out.Faults + out.Refused
	for i := range o.statuses {
		if n := o.statuses[i].n.Load(); n > 0 {
			out.Statuses[strconv.FormatInt(o.statuses[i].status.Load(), 10)] = n
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for status, n := range o.more {
		out.Statuses[strconv.Itoa(status)] = n
	}
	maps.Copy(out.Raised, o.raised)
}

// kinds are violations, each kind once.
type kinds struct {
	index   sync.Map // violationKey → *kindCount
	dropped atomic.Int64
	held    atomic.Int64
	first   []*kindCount // in the order of first occurrence, under the lock
}

type violationKey struct{ contract, operation, method, path, id, in, pointer, keyword string }

// kindCount is a kind as it came first, and how often it came.
type kindCount struct {
	first Violation
	n     atomic.Int64
}

// list appends the kinds so far, under the lock.
func (k *kinds) list(to []Violation) []Violation {
	for _, one := range k.first {
		v := one.first
		v.Count = one.n.Load()
		to = append(to, v)
	}
	return to
}

// add counts each finding of a diagnosis as a kind of its own.
func (t *tallied) add(to *kinds, e *journal.Exchange, d *diagnosis.Diagnosis) {
	if len(d.Findings) == 0 {
		t.addOne(to, e, d, &diagnosis.Finding{In: d.Detail["in"], Pointer: d.Detail["name"]})
		return
	}
	for i := range d.Findings {
		t.addOne(to, e, d, &d.Findings[i])
	}
}

func (t *tallied) addOne(to *kinds, e *journal.Exchange, d *diagnosis.Diagnosis, f *diagnosis.Finding) {
	key := violationKey{contract: e.Vendor, operation: e.Operation, id: d.ID, in: f.In, pointer: anyItem(f.Pointer), keyword: f.Keyword}
	if e.Operation == "" || homeless(d) {
		key.operation, key.method, key.path = "", e.Method, e.Path
	}
	if one, known := to.index.Load(key); known {
		one.(*kindCount).n.Add(1)
		return
	}
	if to.held.Load() < maxViolations {
		t.addNew(to, key, e, d, f)
	} else {
		to.dropped.Add(1)
	}
}

// addNew adds a kind that is not there yet, or has come since.
func (t *tallied) addNew(to *kinds, key violationKey, e *journal.Exchange, d *diagnosis.Diagnosis, f *diagnosis.Finding) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one, known := to.index.Load(key); known {
		one.(*kindCount).n.Add(1)
		return
	}
	if to.held.Load() >= maxViolations {
		to.dropped.Add(1)
		return
	}
	one := &kindCount{first: Violation{
		Contract: key.contract, Operation: key.operation, Method: key.method, Path: key.path, ID: key.id, Text: sentence(d),
		In: key.in, Pointer: key.pointer, Keyword: key.keyword, Expected: f.Expected, Got: f.Got, Clause: f.Clause, At: f.At,
		Exchange: e.ID, Session: e.Session,
	}}
	one.n.Store(1)
	to.index.Store(key, one)
	to.first = append(to.first, one)
	to.held.Add(1)
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
