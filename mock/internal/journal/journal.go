// Package journal keeps what was asked and what was answered, for the people who look into a test that failed.
//
// A journal is a ring bounded in bytes: new exchanges push the oldest out, and what went is counted. Bodies are kept as
// opened text in memory only; whoever shows them masks them by the contract first.
package journal

import (
	"sync"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/specs"
)

// Outcome is how an exchange ended.
type Outcome string

// The outcomes. A vendor error is the vendor's own "no", from its catalogue; a refusal is the simulator's, and means
// that a test stands on sand.
const (
	OK          Outcome = "ok"
	VendorError Outcome = "vendor-error"
	Refusal     Outcome = "refusal"
	// Faulty is an answer that was damaged, or withheld, on purpose.
	Faulty Outcome = "fault"
)

// Fault names what was done to an exchange on purpose.
type Fault struct{ ID, Kind string }

// Exchange is one request and its reply. It does not change once it is added.
type Exchange struct {
	// ID counts the exchanges of a server from 1.
	ID      int64
	Session string
	// At is real time, Clock the session's.
	At, Clock time.Time
	Vendor    string
	// Contract is the one in force for the exchange: it masks the exchange when it is shown.
	Contract  *specs.Contract
	Operation string
	Method    string
	Path      string
	// Status is the HTTP status of the reply, 0 when the connection was cut in its place.
	Status  int
	Outcome Outcome
	// Error is the catalogue id of a vendor error or the id of a refusal.
	Error     string
	Diagnosis *diagnosis.Diagnosis
	// Fault is nil unless something was done to the exchange on purpose.
	Fault    *Fault
	Warnings []*diagnosis.Diagnosis
	// Duration is what it took to answer, a delay on purpose included.
	Duration time.Duration
	// Parameters are the raw query and form parameters, in order.
	Parameters []Parameter
	// Request and Reply are the bodies as the contract describes them: opened, before sealing. MediaType is what the
	// text is, which differs from the label on a sealed wire. Of a connection that was cut or truncated on purpose, Reply
	// is what was on its way.
	Request, Reply Body
	// Wire is what the request looked like as it travelled, ReplyHeader what was answered beside the body.
	Wire        *Wire
	ReplyHeader []Parameter
}

// Wire is what a request looked like as it travelled, as far as Exchange does not say so.
type Wire struct {
	// Path is escaped and whole, unlike that of the exchange, which is to be shown. Label is the Content-Type without
	// parameters.
	Path, Label string
	// Header are the declared parameters in headers and cookies that are no credentials.
	Header []Parameter
	// Carrier, Field and Encoding are those of a ciphertext; Member is what a sealed member opened to.
	Carrier, Field, Encoding string
	Member                   []byte
	// Plain says that a body which should be sealed travelled open.
	Plain bool
	// Credential and Signed say how these fared: valid, invalid, missing, stale, "" for neither; Digest is the one named.
	Credential, Signed, Digest string
}

// Parameter is one raw parameter.
type Parameter struct{ In, Name, Value string }

// Body is the text of a body and where its schema stands in the contract ("" when no schema speaks of it).
type Body struct {
	Text      []byte
	Bytes     int // that went over the wire
	MediaType string
	Schema    string
	// Label is the media type that travelled, where the text was sealed; Sealed says that it was.
	Label  string
	Sealed bool
}

// size estimates what an exchange holds.
func (e *Exchange) size() int {
	n := 400 + len(e.Request.Text) + len(e.Reply.Text) + len(e.Path)
	for _, p := range e.Parameters {
		n += 48 + len(p.Name) + len(p.Value)
	}
	if e.Wire != nil {
		n += 200 + len(e.Wire.Member)
		for _, p := range e.Wire.Header {
			n += 48 + len(p.Name) + len(p.Value)
		}
	}
	n += sizeOf(e.Diagnosis)
	for _, w := range e.Warnings {
		n += sizeOf(w)
	}
	return n
}

func sizeOf(d *diagnosis.Diagnosis) int {
	if d == nil {
		return 0
	}
	n := 100
	for name, v := range d.Detail {
		n += 48 + len(name) + len(v)
	}
	for _, f := range d.Findings {
		n += 120 + len(f.Pointer) + len(f.Expected) + len(f.Got) + len(f.Clause) + len(f.At)
	}
	return n
}

// Journal is a ring of exchanges bounded in bytes. It is safe for concurrent use.
type Journal struct {
	// Bytes bounds what is kept; 0 means 1 MiB. One exchange is kept whatever its size.
	Bytes int

	mu      sync.Mutex
	ring    []*Exchange
	first   int
	held    int
	bytes   int
	dropped int64
}

// Add keeps an exchange and lets the oldest go where the bound asks for it.
func (j *Journal) Add(e *Exchange) {
	j.mu.Lock()
	defer j.mu.Unlock()
	limit := j.Bytes
	if limit == 0 {
		limit = 1 << 20
	}
	if j.held == len(j.ring) {
		grown := make([]*Exchange, max(16, 2*len(j.ring)))
		for i := range j.held {
			grown[i] = j.ring[(j.first+i)%len(j.ring)]
		}
		j.ring, j.first = grown, 0
	}
	j.ring[(j.first+j.held)%len(j.ring)] = e
	j.held++
	j.bytes += e.size()
	for j.bytes > limit && j.held > 1 {
		j.bytes -= j.ring[j.first].size()
		j.ring[j.first] = nil
		j.first = (j.first + 1) % len(j.ring)
		j.held--
		j.dropped++
	}
}

// All returns the kept exchanges, oldest first, and how many older ones were dropped.
func (j *Journal) All() (kept []*Exchange, dropped int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept = make([]*Exchange, j.held)
	for i := range kept {
		kept[i] = j.ring[(j.first+i)%len(j.ring)]
	}
	return kept, j.dropped
}

// Count tells how many exchanges are kept and how many older ones were dropped.
func (j *Journal) Count() (kept int, dropped int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.held, j.dropped
}

// Find returns the exchange with an id, if it is still kept.
func (j *Journal) Find(id int64) (*Exchange, bool) {
	kept, _ := j.All()
	for _, e := range kept {
		if e.ID == id {
			return e, true
		}
	}
	return nil, false
}

// Clear forgets everything, the count of dropped ones included.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.first, j.held, j.bytes, j.dropped = nil, 0, 0, 0, 0
}
