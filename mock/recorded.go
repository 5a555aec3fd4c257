package mock

import (
	"slices"

	"understudy/mock/internal/journal"
	"understudy/mock/internal/session"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
)

// Recorded is what the journal of a session has of a vendor at contract level, oldest first, how many older exchanges, of
// whichever vendor, were dropped, and whether there is such a session. An empty name is the default session, an empty vendor
// means all. Nothing is masked: it is nothing to be shown or kept as it is.
func (s *Server) Recorded(name, vendor string) (list []*scenarios.Exchange, dropped int64, known bool) {
	if name == "" {
		name = session.Default
	}
	one, known := s.sessions.Lookup(name)
	if !known {
		return nil, 0, false
	}
	kept, dropped := one.Journal.All()
	for _, e := range kept {
		if vendor == "" || e.Vendor == vendor {
			list = append(list, recorded(len(list)+1, e))
		}
	}
	return list, dropped, true
}

func recorded(number int, e *journal.Exchange) *scenarios.Exchange {
	x := &scenarios.Exchange{Number: number, At: e.At, Clock: e.Clock, Took: e.Duration, Operation: e.Operation, Session: e.Session}
	h := &heard{op: compiledOperation(e.Contract, e.Operation), method: e.Method, body: e.Request.Text, mediaType: e.Request.MediaType, bytes: e.Request.Bytes}
	h.note = e.WireOf(usualCredential(h.op))
	if h.path, h.label = h.note.Path, h.note.Label; h.mediaType == "" {
		h.mediaType = h.label
	}
	for _, p := range e.Parameters {
		h.pairs = append(h.pairs, wire.Pair{Name: p.Name, Value: p.Value, In: p.In})
	}
	if e.Diagnosis != nil && homeless(e.Diagnosis) {
		x.Operation, h.op = "", nil
	}
	x.Request = h.request()
	x.Response = answered(e)
	return x
}

// answered is what was answered, at contract level.
func answered(e *journal.Exchange) scenarios.Response {
	r := scenarios.Response{Status: e.Status, MediaType: e.Reply.MediaType, Body: e.Reply.Text, Error: e.Error}
	r.Wire.Bytes = e.Reply.Bytes
	for _, p := range e.ReplyHeader {
		r.Header = append(r.Header, scenarios.Parameter{Name: p.Name, Value: p.Value})
	}
	if e.ReplySealed {
		r.Wire.Seal = scenarios.SealOpened
	} else if op := compiledOperation(e.Contract, e.Operation); op != nil && op.sealPart != "" && len(r.Body) > 0 {
		r.Wire.Seal = scenarios.SealPlain
	}
	if e.ReplyLabel != r.MediaType {
		r.Wire.Label = e.ReplyLabel
	}
	switch {
	case e.Fault != nil && e.Fault.Kind == "cut":
		r.Status, r.Body, r.MediaType, r.Broken = 0, nil, "", scenarios.BrokenReset
	case e.Fault != nil && e.Fault.Kind == "truncate":
		r.Body, r.Broken = r.Body[:len(r.Body)/2], scenarios.BrokenTruncated
	case e.Fault != nil && e.Fault.Kind == scenarios.BrokenTruncated: // a player's, whose text is what there was
		r.Broken = scenarios.BrokenTruncated
	case e.Fault != nil && slices.Contains([]string{scenarios.BrokenReset, scenarios.BrokenTimeout, scenarios.BrokenRefused}, e.Fault.Kind):
		r.Status, r.Body, r.MediaType, r.Broken = 0, nil, "", e.Fault.Kind
	}
	switch {
	case r.Broken != "":
		r.Outcome, r.Error = scenarios.OutcomeBroken, ""
	case e.Outcome == journal.OK:
		r.Outcome = scenarios.OutcomeOK
	case e.Outcome == journal.VendorError:
		r.Outcome = scenarios.OutcomeVendorError
	case e.Outcome == journal.Faulty && e.Error != "":
		r.Outcome = scenarios.OutcomeVendorError
	default:
		r.Outcome = scenarios.OutcomeUnexplained
	}
	if len(r.Body) == 0 {
		r.MediaType = ""
	}
	return r
}
