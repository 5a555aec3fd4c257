// Package behave holds what single vendors do beyond their contracts: which rows a pull returns, what an acknowledgement
// removes, where a push goes. A vendor whose document says it all needs nothing here.
//
// A behaviour takes and gives values (see package value), never wire forms: ciphers, envelopes, formats and error codes
// are the contract's.
package behave

import (
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/forward"
	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// Step answers one call. It runs in one transaction on the session's state: what it writes is kept when its reply has
// passed the contract, and not at all when it returns an error. It may run twice and has no side effects; what must
// happen outside is an [Effect] of its reply. Only an effect may hold on to the call: without one it is over with the reply. A *[Error] is the vendor's own "no"; any other error is a refusal.
type Step func(tx state.Tx, c *Call) (Reply, error)

// Call is what a step gets to know of a request.
type Call struct {
	*World
	Operation string
	// Number counts the calls of this operation in the session from 1; with the seed it decides what is minted.
	Number int64
	// Now is the session's time.
	Now time.Time
	// Parameters are the decoded query, header and path parameters.
	Parameters value.Record
	// Body is the request body, nil when there was none; Text is the same as it came, opened. Neither is to be changed.
	Body Body
	Text []byte
	// Opened is what the sealed field of the body held, nil when the contract has none.
	Opened any
	// Forwarded says that a simulator sent this request on: sending it on again could go round for ever.
	Forwarded bool
	// Account is what the caller's credential stands for where the configuration maps it to something.
	Account string
	// Base is what stands in the caller's URL before the operation's path: a session's prefix and that of a server.
	Base string
	// IssueToken mints a token of the contract's kind that is good from now on; nil where the contract issues none.
	IssueToken func(now time.Time) (token string, lifetime time.Duration, err error)
}

// Body is a request body as values, numbers as json.Number. Nothing of it is decoded before it is asked for, so a step asks for
// what it reads.
type Body interface {
	// Value is the whole of it.
	Value() any
	// At is what stands at a JSON pointer (RFC 6901) that leads through objects, nil where nothing does.
	At(pointer string) any
	// Raw is the JSON text of the same as it was written, nil where nothing stands there and where the body is no JSON text.
	Raw(pointer string) []byte
}

// Decoded is a body that is there as values already.
type Decoded struct{ V any }

// Value implements [Body].
func (d Decoded) Value() any { return d.V }

// At implements [Body].
func (d Decoded) At(pointer string) any {
	v := d.V
	for rest, more := strings.CutPrefix(pointer, "/"); more; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		holder, _ := v.(map[string]any)
		v = holder[specs.UnescapePointer(name)]
	}
	return v
}

// Raw implements [Body]: there is no text.
func (d Decoded) Raw(string) []byte { return nil }

// Value is the whole body, nil when there was none.
func (c *Call) Value() any {
	if c.Body == nil {
		return nil
	}
	return c.Body.Value()
}

// Record is the body as a record; an absent body and other kinds are an empty one.
func (c *Call) Record() value.Record {
	r, _ := c.Value().(map[string]any)
	return r
}

// raw is the JSON text of what stands at a JSON pointer of the body, nil where nothing does.
func (c *Call) raw(pointer string) []byte {
	if c.Body == nil {
		return nil
	}
	return c.Body.Raw(pointer)
}

// RecordAt is what stands at a JSON pointer of the body as a record; anything else is an empty one.
func (c *Call) RecordAt(pointer string) value.Record {
	if c.Body == nil {
		return nil
	}
	r, _ := c.Body.At(pointer).(map[string]any)
	return r
}

// Minted is the source of what the vendor mints in this call: a function of seed, operation and number of the call.
func (c *Call) Minted() fake.Source {
	return fake.New(c.Seed, "minted", c.Operation).Index(int(c.Number))
}

// World is what outlasts a call: the session's state, time and seed, and the way out.
type World struct {
	// Session is the key of the session in the store.
	Session string
	Store   state.Store
	Clock   *session.Clock
	Seed    int64
	// Start is when the session began, on its clock.
	Start time.Time
	// Forward sends what the vendor sends on, to allowed targets only.
	Forward *forward.Client
	// Readings are the chosen readings of unclear clauses, id to name. A behaviour asks for those that no schema can say.
	Readings map[string]string
	// Data are the user's own records of the vendor.
	Data Data
	// Accounts are what the credentials in force stand for, where they stand for something: mytijian's hospitals.
	Accounts []string
	// Sent is told of each attempt to send something on, once it has ended; nil where nobody wants to know.
	Sent func(Sent)
}

// Sent is one attempt to send something on to a client's server. It holds what was sent, personal data included.
type Sent struct {
	URL  string
	Body []byte // JSON
	// Status is the HTTP status of the answer, 0 when there was none; Failure says why not, nil for an answer within 2xx.
	Status  int
	Failure *forward.Error
	Took    time.Duration
}

// Reading is the chosen reading of an unclear clause, "" when none was chosen.
func (w *World) Reading(id string) string { return w.Readings[id] }

// Reply is what a step answers.
type Reply struct {
	// Value is the operation's result; the contract's envelope goes around it.
	Value any
	// Status is one that the operation declares; 0 means its success.
	Status int
	// Header are the values of headers that the response declares, by name; they are written by their schemas.
	Header map[string]any
	// Notes are diagnoses for the journal that do not change the answer.
	Notes []*diagnosis.Diagnosis
	// Effects run in order once the step is committed.
	Effects []Effect
}

// Effect acts outside the transaction after its commit. It returns soon; what takes time goes on by itself.
type Effect func(w *World)

// Error is a row of the vendor's catalogue, by its id. Where the id is "" it is the operation's own response of a status, or
// the built-in answer when the operation declares none.
type Error struct {
	ID        string
	Status    int
	Diagnosis *diagnosis.Diagnosis
}

// Error implements error.
func (e *Error) Error() string {
	if e.ID == "" {
		return "status " + strconv.Itoa(e.Status)
	}
	return "vendor error " + e.ID
}

// Steps returns the behaviour of a contract's operations by operationId: what is written for a bundled vendor, and beside it
// what x-resource says of an operation. It is nil when there is neither.
func Steps(c *specs.Contract) map[string]Step {
	steps := written(c)
	for _, o := range resourcesOf(c).operations {
		if steps == nil {
			steps = map[string]Step{}
		}
		steps[o.ID] = o.step()
	}
	return steps
}

// written are the behaviours that are written for a bundled vendor.
func written(c *specs.Contract) map[string]Step {
	if !c.Bundled {
		return nil
	}
	switch c.Vendor {
	case "alihealth":
		return alihealth(c)
	case "eazytec":
		return eazytec()
	case "mytijian":
		return mytijian(c)
	case "weixiao":
		return weixiao()
	case "zheliban":
		return zheliban(c)
	}
	return nil
}
