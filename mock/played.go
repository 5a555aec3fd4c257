package mock

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fault"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/session"
	"understudy/scenarios"
)

// consult lets the player answer. A call that the player leaves to the simulated vendor goes on its way.
func (s *Server) consult(x *exchange) (*response, *no) {
	in := s.inspect(x)
	if in.refusal != "" && in.refusal != "unknown-path" {
		return s.decline(x, in.first), in.first
	}
	a := s.config.Player.Play(s.asked(x, in))
	switch {
	case a.Response != nil:
		return s.played(x, in, a)
	case a.Miss != "":
		failed := refuse(http.StatusNotFound, "not-recorded", a.Miss)
		failed.diagnosis.Detail = map[string]string{"why": a.Miss}
		failed.diagnosis.Findings = a.Findings
		return s.decline(x, failed), failed
	case in.first != nil:
		return s.decline(x, in.first), in.first
	}
	for _, run := range []func(*Server, *exchange) *no{(*Server).prefer, (*Server).negotiate} {
		if failed := run(s, x); failed != nil {
			return s.decline(x, failed), failed
		}
	}
	out, failed := s.answer(x)
	if out == nil {
		out = s.decline(x, failed)
	}
	return out, failed
}

func (s *Server) asked(x *exchange, in *inspection) *Asked {
	asked := &Asked{Opened: *s.opened(x, in), Context: x.request.Context(), Session: strings.Clone(x.named), Now: x.now}
	if asked.Session == "" {
		asked.Session = session.Default
	}
	if asked.Now.IsZero() {
		asked.Now = s.now()
	}
	if x.op == nil || asked.Operation == "" {
		return asked
	}
	issues := slices.ContainsFunc(x.op.vendor.operations, func(op *operation) bool { return op.Wire.Auth != nil && op.Wire.Auth.Token == "jwt" })
	if auth := x.op.Wire.Auth; issues && (auth == nil || auth.Security == "") {
		asked.IssueToken = func() (string, error) {
			token, _, err := s.issueToken(x)(x.now)
			return token, err
		}
	}
	return asked
}

// played sends what a player says, sealed under the credentials in force. A fault befalls it as it would any answer.
func (s *Server) played(x *exchange, in *inspection, a Answer) (*response, *no) {
	r := a.Response
	out := &response{status: r.Status, mediaType: r.MediaType, text: r.Body, step: a.Step, delay: a.Delay}
	for _, p := range r.Header {
		if name := http.CanonicalHeaderKey(p.Name); name == "Content-Type" {
			out.mediaType = p.Value
		} else if held, twice := out.header[name]; twice {
			out.setHeader(name, held+", "+p.Value)
		} else {
			out.setHeader(name, p.Value)
		}
	}
	base, _, _ := strings.Cut(r.MediaType, ";")
	out.body = journal.Body{Text: r.Body, MediaType: strings.ToLower(strings.TrimSpace(base))}
	if x.op != nil {
		if to, ok := x.op.reply(r.Status); ok {
			for _, b := range to.bodies {
				if b.base == out.body.MediaType {
					out.body.Schema = b.Schema
				}
			}
		}
	}
	switch r.Broken {
	case scenarios.BrokenReset, scenarios.BrokenRefused, scenarios.BrokenTimeout:
		out.damage = fault.Cut
	case scenarios.BrokenTruncated:
		out.missing = 1
	}
	if out.outside = r.Broken; out.outside == "" && r.Outcome == scenarios.OutcomeUnexplained {
		out.outside = r.Outcome
	}
	var failed *no
	if r.Outcome == scenarios.OutcomeVendorError {
		failed = &no{diagnosis: diagnosis.New("played", "step", strconv.Itoa(a.Step))}
		if in.first != nil && in.first.diagnosis != nil {
			failed.diagnosis = in.first.diagnosis
		}
		out.errorID = r.Error
	}
	if x.op == nil || in.refusal != "" {
		return out, failed
	}
	if x.strike() != nil {
		return s.befall(x, out)
	}
	if r.Wire.Seal == scenarios.SealOpened && x.op.cipher != nil {
		s.seal(x, out)
	} else if r.Wire.Label != "" {
		out.mediaType = r.Wire.Label
	}
	return out, failed
}

// pause holds a played answer back.
func (r *response) pause(x *exchange) {
	if r.delay > 0 {
		wait(x.request.Context(), min(r.delay, time.Hour))
	}
}
