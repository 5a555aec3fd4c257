package mock

import (
	"bytes"
	"context"
	"errors"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fault"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Fault makes calls fail on purpose: a row of the catalogue, an HTTP status, a delay, a connection that is cut, and what
// else [fault.Rule] knows. It strikes calls that would otherwise be answered.
type Fault = fault.Rule

// Delay holds answers back: a fixed time, or one that is spread log-normally.
type Delay = fault.Delay

// The values of [Fault].Break.
const (
	Cut         = fault.Cut         // ends the connection instead of answering
	Truncate    = fault.Truncate    // ends it in the middle of the body
	GatewayPage = fault.GatewayPage // a gateway's HTML page
	Padding     = fault.Padding     // a sealed reply whose padding is wrong
	Plain       = fault.Plain       // a reply that should be sealed and is not
	StaleToken  = fault.StaleToken  // as if the caller's token had ended; issued, one that has
)

// FaultState is a fault and how many calls it has struck.
type FaultState = fault.State

// Struck names what befell an exchange on purpose.
type Struck struct {
	// ID is the fault's, Kind what it does: error, status, delay, cut, truncate, page, padding, plain, stale-token.
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

func (s *Server) checkFaults() error {
	var set fault.Set
	var problems []error
	for _, f := range s.config.Faults {
		if err := f.Check(s.Contracts()); err != nil {
			problems = append(problems, err)
		} else if _, err := set.Add(f); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// Faults lists the faults in force, oldest first, those included that are used up.
func (s *Session) Faults() []FaultState { return lifeOf(s.world()).faults.List() }

// AddFault puts a fault behind those that are there and returns its id. The error is [ErrSessionOver], or says what is
// wrong with the fault.
func (s *Session) AddFault(f Fault) (id string, err error) {
	w, err := s.alive()
	if err != nil {
		return "", err
	}
	l := lifeOf(w)
	if err := f.Check(s.server.variantOf(l).contracts()); err != nil {
		return "", err
	}
	return l.faults.Add(f)
}

// RemoveFault takes a fault away and says whether there was one of that id.
func (s *Session) RemoveFault(id string) bool { return lifeOf(s.used()).faults.Remove(id) }

// ClearFaults takes every fault away, the server's included.
func (s *Session) ClearFaults() { lifeOf(s.used()).faults.Clear() }

// What a fault ends the transaction of a call with.
var (
	errWithheld = errors.New("withheld by a fault")
	errAgain    = errors.New("to be answered again, as the fault has it")
)

// strike decides, once, whether a fault befalls a call that is about to be answered.
func (x *exchange) strike() *fault.Struck {
	if !x.judged {
		x.judged = true
		x.struck = x.life.faults.Strike(x.seed, x.op.vendor.contract, x.op.Operation, x.number)
	}
	return x.struck
}

// spare takes a fault back from a call that comes to no answer by itself.
func (x *exchange) spare() { x.struck, x.preferred = nil, false }

// undoes says whether a fault takes back what the call did.
func undoes(f *fault.Struck) bool {
	return f != nil && !f.Rule.AfterCommit && f.Rule.Kind() != "delay"
}

// issuesStale says whether a fault makes an operation hand out a token that has ended.
func (x *exchange) issuesStale() bool {
	return x.struck != nil && x.struck.Rule.Break == fault.StaleToken && x.token == ""
}

// befall puts what a fault says in the place of an answer. The answer's effects stay where the fault strikes after the
// commit.
func (s *Server) befall(x *exchange, out *response) (*response, *no) {
	rule := x.struck.Rule
	var instead *response
	var failed *no
	because := diagnosis.New("fault", "id", rule.ID, "kind", rule.Kind())
	switch {
	case rule.Error != "":
		failed = &no{errorID: rule.Error, diagnosis: because}
	case rule.Break == fault.StaleToken && x.token != "":
		failed = vendorNo(specs.ExpiredToken, x.op.Security.Key, because)
	case rule.Break == fault.GatewayPage:
		page := fault.Page(rule.PageStatus())
		instead = &response{status: rule.PageStatus(), mediaType: fault.PageMediaType, text: page, body: journal.Body{Text: page, MediaType: "text/html"}}
	case rule.Status != 0:
		instead = &response{status: rule.Status}
	case rule.Break == fault.Plain:
		instead = out
	case rule.Break == fault.Padding:
		s.sealBy(x, out, x.sealBadly)
		instead = out
	default: // a delay, a damaged connection, a stale token that was issued
		s.seal(x, out)
		if out.damage = rule.Break; rule.Break == fault.Truncate && len(out.sent(x.request.Method)) == 0 {
			out.damage = fault.Cut // what has no body cannot end in the middle of it
		}
		instead = out
	}
	if failed != nil {
		instead = s.decline(x, failed)
	}
	instead.effects = out.effects
	return instead, failed
}

// sealBadly seals a text so that the right key finds no padding behind it: the text is filled up with NUL, which ends no
// padding, and the block of padding that the cipher puts behind it is taken off.
func (x *exchange) sealBadly(plain []byte) []byte {
	const block = 16
	filled := append(bytes.Clone(plain), make([]byte, block-len(plain)%block)...)
	text := x.op.cipher.SealWith(nil, filled, x.random())
	seal := x.op.Wire.Seal
	encoding := wire.Encoding(seal.Encoding)
	if encoding == wire.Hex && seal.Case == "upper" {
		encoding = wire.HexUpper
	}
	raw, err := encoding.Decode(text)
	if err != nil || len(raw) < block {
		return text
	}
	return encoding.Encode(nil, raw[:len(raw)-block])
}

// wait holds an answer back in real time, as long as the caller waits for it.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
