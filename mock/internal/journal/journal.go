// Package journal keeps what was asked and what was answered, for the people who look into a test that failed.
//
// A journal is a ring bounded in bytes: new exchanges push the oldest out, and what went is counted. Bodies are kept as
// opened text in memory only; whoever shows them masks them by the contract first.
package journal

import (
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/specs"
)

// Outcome is how an exchange ended; the zero value is [OK].
type Outcome uint8

// The outcomes. A vendor error is the vendor's own "no", from its catalogue; a refusal is the simulator's, and means
// that a test stands on sand.
const (
	OK Outcome = iota
	VendorError
	Refusal
	// Faulty is an answer that was damaged, or withheld, on purpose.
	Faulty
)

// String is the outcome as it is shown.
func (o Outcome) String() string { return [...]string{"ok", "vendor-error", "refusal", "fault"}[o] }

// Fault names what was done to an exchange on purpose.
type Fault struct{ ID, Kind string }

// Exchange is one request and its reply. It does not change once it is added, which it is to one journal, once.
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
	// ReplySealed says that the reply's body travelled sealed, ReplyLabel is the media type that it travelled as.
	ReplySealed bool
	ReplyLabel  string
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
	// Wire is what the request looked like as it travelled, nil when it was [Wire.IsPlain]; ReplyHeader is what was answered
	// beside the body.
	Wire        *Wire
	ReplyHeader []Parameter

	// next and bytes are the journal's that keeps the exchange: what was added before it and waits as well, and its size.
	next  *Exchange
	bytes int
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

// WireOf is how an exchange travelled, also where its Wire is nil. The credential is what [Wire.IsPlain] was told.
func (e *Exchange) WireOf(credential string) *Wire {
	if e.Wire != nil {
		return e.Wire
	}
	return &Wire{Path: e.Path, Label: e.Request.MediaType, Credential: credential}
}

// IsPlain says whether a request travelled just as its exchange has it, with a credential that fared as it does where all is
// well: then nothing needs to be kept of the wire.
func (w *Wire) IsPlain(e *Exchange, credential string) bool {
	return w.Path == e.Path && w.Label == e.Request.MediaType && w.Credential == credential && w.Signed == "" && w.Digest == "" &&
		w.Carrier == "" && w.Field == "" && w.Encoding == "" && w.Member == nil && !w.Plain && len(w.Header) == 0
}

// Parameter is one raw parameter.
type Parameter struct{ In, Name, Value string }

// Body is the text of a body and where its schema stands in the contract ("" when no schema speaks of it).
type Body struct {
	Text      []byte
	Bytes     int // that went over the wire
	MediaType string
	Schema    string
}

// size estimates what an exchange holds.
func (e *Exchange) size() int {
	n := 450 + len(e.Request.Text) + len(e.Reply.Text) + len(e.Path) + sizeOfAll(e.Parameters) + sizeOfAll(e.ReplyHeader)
	if e.Wire != nil {
		n += 200 + len(e.Wire.Path) + len(e.Wire.Member) + sizeOfAll(e.Wire.Header)
	}
	n += sizeOf(e.Diagnosis)
	for _, w := range e.Warnings {
		n += sizeOf(w)
	}
	return n
}

func sizeOfAll(list []Parameter) int {
	n := 0
	for i := range list {
		n += 48 + len(list[i].Name) + len(list[i].Value)
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
