package play

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// step is a recorded exchange, prepared.
type step struct {
	exchange *scenarios.Exchange
	request  *request
	reply    reply
	// refusesCaller says that the vendor refused the credential or the signature; wrongCall that the recorded call had a wrong
	// one, which a right call is not.
	refusesCaller, wrongCall bool
}

// OutsideError says which exchanges of a recording cannot be played under the contract.
type OutsideError struct {
	Vendor string
	// Problems are a sentence each, with the number of the exchange.
	Problems []string
	// Verbatim says that Config.Verbatim would have them played as they are.
	Verbatim bool
}

// Error lists the exchanges.
func (e *OutsideError) Error() string {
	const most = 20
	text := fmt.Sprintf("the recording of %s is not what its contract allows", e.Vendor)
	for i, one := range e.Problems {
		if i == most {
			text += fmt.Sprintf("\n  and %d more", len(e.Problems)-most)
			break
		}
		text += "\n  " + one
	}
	if e.Verbatim {
		text += "\nplay it verbatim to have them as they are, or record them again"
	}
	return text
}

// load prepares the steps.
func (p *Player) load() error {
	c, r := p.config, p.config.Recording
	if r.Vendor != "" && c.Contract.Vendor != r.Vendor {
		return &check.VendorError{Recording: r.Vendor, Contract: c.Contract.Vendor}
	}
	if len(r.Exchanges) == 0 {
		return fmt.Errorf("play: there is no exchange in the recording of %s", r.Vendor)
	}
	var err error
	if p.reader.contract, err = contractOf(c.Contract); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	if p.reader.ignore, err = parseIgnored(c.Ignore); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	if p.day = dayOfRecording(r); p.day.IsZero() && c.Time == Now {
		return errors.New("play: the recording does not tell its day, from which days could be moved")
	}
	outside := &OutsideError{Vendor: r.Vendor, Verbatim: true}
	for _, x := range r.Exchanges {
		if x.Callback != "" {
			p.warn(x, "is a call of the vendor's; it is not played")
			continue
		}
		if problem := beyond(c.Contract, x); problem != "" {
			outside.add(x, problem)
			outside.Verbatim = false
			continue
		}
		if problem := odd(x); problem != "" {
			if !c.Verbatim {
				outside.add(x, problem)
				continue
			}
			p.warn(x, problem)
		}
		st, err := p.prepare(x)
		if err != nil {
			return fmt.Errorf("play: exchange %d: %w", x.Number, err)
		}
		p.steps = append(p.steps, st)
	}
	if err := p.hold(outside); err != nil {
		return err
	}
	if len(outside.Problems) > 0 {
		return outside
	}
	if len(p.steps) == 0 {
		return fmt.Errorf("play: there is nothing in the recording of %s that a client calls", r.Vendor)
	}
	p.index = indexOf(p.steps, r.Masked)
	p.tellUnused()
	return nil
}

// hold holds the recording to today's contract.
func (p *Player) hold(outside *OutsideError) error {
	c := p.config
	if len(outside.Problems) > 0 {
		return nil // which is told first
	}
	stale, err := p.stale(context.Background(), check.StaleConfig{Recording: c.Recording, Contract: c.Contract, MaxAge: c.MaxAge, Now: c.Now()})
	if err != nil {
		return err
	}
	for _, one := range stale {
		text := one.Finding.Sentence()
		if one.Severity != report.Error || c.Verbatim {
			p.warnings = append(p.warnings, text)
			continue
		}
		outside.Problems = append(outside.Problems, text)
	}
	return nil
}

func (e *OutsideError) add(x *scenarios.Exchange, problem string) {
	e.Problems = append(e.Problems, fmt.Sprintf("exchange %d (%s) %s", x.Number, nameOf(x), problem))
}

func (p *Player) warn(x *scenarios.Exchange, problem string) {
	p.warnings = append(p.warnings, fmt.Sprintf("exchange %d (%s) %s", x.Number, nameOf(x), problem))
}

// nameOf is what an exchange is called where it is told.
func nameOf(x *scenarios.Exchange) string {
	if name := x.Operation + x.Callback; name != "" {
		return name
	}
	return x.Request.Method + ", no operation"
}

// beyond says why nothing can be made of an exchange, "" where something can.
func beyond(c *specs.Contract, x *scenarios.Exchange) string {
	if _, ok := c.Operation(x.Operation); x.Operation != "" && !ok {
		return "is of an operation that the contract does not have any more"
	}
	if x.Response.Wire.Seal == scenarios.SealUnopened {
		return "has an answer that could not be opened; import it with the keys that it was sealed with"
	}
	if x.Response.Wire.Unkept {
		return "has an answer whose body was too large to be kept"
	}
	return ""
}

// odd says what is outside the contract, "" for nothing.
func odd(x *scenarios.Exchange) string {
	switch r := x.Response; {
	case r.Broken == scenarios.BrokenTruncated:
		return "has an answer that broke off"
	case r.Broken == scenarios.BrokenTimeout:
		return "was not answered in time"
	case r.Broken != "" || r.Status == 0:
		return "had no answer: the connection broke"
	case r.Outcome == scenarios.OutcomeUnexplained:
		return fmt.Sprintf("has an answer that the contract does not have (status %d)", r.Status)
	}
	if x.Request.Wire.Unkept {
		return "has a request whose body was too large to be kept"
	}
	if x.Request.Wire.Seal == scenarios.SealUnopened && x.Response.Outcome != scenarios.OutcomeVendorError {
		return "has a request that could not be opened"
	}
	return ""
}

// prepare takes request and answer apart.
func (p *Player) prepare(x *scenarios.Exchange) (*step, error) {
	st := &step{exchange: x}
	var err error
	if st.request, err = p.reader.read(x.Operation, &x.Request, x.At, x.Clock); err != nil {
		return nil, err
	}
	if st.reply, err = p.reader.contract.readReply(x); err != nil {
		return nil, err
	}
	w := x.Request.Wire
	st.refusesCaller = isBad(w.Credential) || isBad(w.Signed)
	if row, ok := p.reader.contract.Error(x.Response.Error); ok && x.Response.Error != "" {
		st.refusesCaller = st.refusesCaller || slices.ContainsFunc(row.Conditions, aboutCaller)
	}
	for _, fared := range []string{w.Credential, w.Signed} {
		st.wrongCall = st.wrongCall || fared == scenarios.Invalid || fared == scenarios.Missing
	}
	st.wrongCall = st.wrongCall || w.Seal == scenarios.SealUnopened
	return st, nil
}

func isBad(fared string) bool {
	return fared == scenarios.Invalid || fared == scenarios.Missing || fared == scenarios.Stale
}

// aboutCaller says whether a condition of the catalogue is about who calls and not about what is asked.
func aboutCaller(condition string) bool {
	name, _, _ := strings.Cut(condition, ":")
	switch specs.Condition(name) {
	case specs.MissingToken, specs.InvalidToken, specs.ExpiredToken, specs.WrongCredentials, specs.MissingSignature, specs.InvalidSignature, specs.UnknownKey, specs.StaleTimestamp:
		return true
	}
	return false
}

// answers says whether a step may answer a call, whatever the request: a call that the vendor refuses is answered by a
// recorded refusal alone, and a call in order by none that was refused for its signature.
func (st *step) answers(asked *mock.Asked, verbatim bool) bool {
	w := asked.Request.Wire
	switch {
	case asked.Refusal != "":
		return verbatim
	case len(asked.Found) == 0:
		return !st.wrongCall
	case (w.Seal == scenarios.SealUnopened) != (st.exchange.Request.Wire.Seal == scenarios.SealUnopened):
		return false
	case isBad(w.Credential) || isBad(w.Signed):
		return st.refusesCaller
	}
	return verbatim || st.exchange.Response.Outcome == scenarios.OutcomeVendorError
}

// dayOfRecording is when the recording was made on the vendor's clock.
func dayOfRecording(r *scenarios.Recording) time.Time {
	for _, x := range r.Exchanges {
		if !x.Clock.IsZero() {
			return x.Clock
		}
		if !x.At.IsZero() {
			return x.At
		}
	}
	return r.Made
}

// tellUnused warns of places to ignore that no recorded request has: they may be misspelt.
func (p *Player) tellUnused() {
	for _, one := range p.reader.ignore {
		used := slices.ContainsFunc(p.steps, func(st *step) bool {
			return slices.ContainsFunc(st.request.settled, func(f placed) bool { return one.covers(f.place) })
		})
		if !used {
			p.warnings = append(p.warnings, fmt.Sprintf("ignore %q: no recorded request has such a place", shorten(one.text)))
		}
	}
}
