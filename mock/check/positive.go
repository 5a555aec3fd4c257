package check

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/specs"
)

// noBody is a request without the body that it may have.
const noBody = "no body"

// mostCases bounds the requests of one kind for one operation.
const mostCases = 120

// attempt is a request that the contract allows.
type attempt struct {
	name   string
	values map[string]any
	// example says that every value in it is the contract's own.
	example bool
	record  map[string]any // what of earlier replies is in it
	// accept asks for one of the media types that the contract has for a success; "" for none.
	accept string
}

// positives checks that an operation answers what the contract allows.
func (r *run) positives(ctx context.Context, op *operation) {
	first, err := r.bases(ctx, op)
	if err != nil {
		r.leaveOut(op, positive, "no request could be made: "+err.Error())
		return
	}
	for _, a := range first {
		if !r.positive(ctx, op, a) {
			return
		}
	}
	if !op.worked {
		for _, a := range r.informed(op, first) {
			if op.worked || !r.positive(ctx, op, a) {
				break
			}
		}
	}
	if op.base == nil {
		op.base = first[0].values
	}
	rest := r.variants(op)
	if len(rest) > mostCases {
		r.leaveOut(op, positive, fmt.Sprintf("%d of %d requests, the least telling ones", len(rest)-mostCases, len(rest)))
		rest = rest[:mostCases]
	}
	for _, a := range rest {
		if !r.positive(ctx, op, a) {
			return
		}
	}
}

// positive makes one request and judges its reply; false when no further one can be made.
func (r *run) positive(ctx context.Context, op *operation, a attempt) bool {
	began := time.Now()
	t := trial{name: a.name, values: a.values}
	if a.accept != "" {
		t.alter = func(request *drive.Request) { request.Header.Set("Accept", a.accept) }
	}
	request, err := r.prepare(ctx, op, t)
	if err != nil {
		return !r.unprepared(ctx, op, positive, a.name, err)
	}
	if len(request.Problems) > 0 || otherPath(request) {
		// A form without fields is still a form and may lack some; a value may have no form in its style, or make another path.
		if a.name == noBody || otherPath(request) || slices.ContainsFunc(request.Problems, func(p drive.Problem) bool { return p.Keyword == "style" }) {
			return true
		}
		r.leaveOut(op, positive, fmt.Sprintf("%s: what was made is not valid on the wire (%s)", a.name, request.Problems[0]))
		return true
	}
	x, findings, err := r.send(ctx, op, request)
	if err != nil {
		return false
	}
	if x != nil && r.wantsCredential(op, x) {
		op.locked = true
		r.leaveOut(op, positive, r.wanted(op))
		return true
	}
	if x != nil {
		v := r.judge(op, x, true)
		findings = append(findings, v.findings...)
		findings = append(findings, r.unwelcome(op, a, x, v)...)
		r.learn(op, a, x, v)
	}
	if len(findings) > 0 {
		findings = r.reduced(ctx, op, t, x, findings)
	}
	r.record(op, positive, a.name, time.Since(began), findings)
	return true
}

// wanted says why an operation was left out that the server does not open without a credential.
func (r *run) wanted(op *operation) string {
	text := "the server wants a credential for it, and none is configured"
	for _, scheme := range slices.Concat(alternatives(op.Operation)...) {
		if slices.Contains(r.config.StandIns, scheme.Name) {
			return text + "; set " + variable(r.contract.Vendor, scheme.Name)
		}
	}
	return text
}

// wantsCredential says whether a call was refused that carried no credential of the user's although the contract has one for
// it.
func (r *run) wantsCredential(op *operation, x *drive.Exchange) bool {
	ways := alternatives(op.Operation)
	if len(ways) == 0 || x.Reply.Status != http.StatusUnauthorized && x.Reply.Status != http.StatusForbidden {
		return false
	}
	carried := false
	for _, scheme := range slices.Concat(ways...) {
		if credentialOf(x.Request, scheme) != "" {
			if slices.Contains(r.config.StandIns, scheme.Name) {
				return true
			}
			carried = true
		}
	}
	return !carried
}

// learn keeps what a reply tells for later requests.
func (r *run) learn(op *operation, a attempt, x *drive.Exchange, v reply) {
	if !v.worked {
		if op.base == nil {
			op.base = a.values
		}
		return
	}
	r.found.harvest(op.Operation, r.impersonal(op, x))
	if !op.worked {
		op.worked, op.base, op.record = true, a.values, a.record
	}
}

// unwelcome judges a refusal of a valid request. Any that the contract has is the server's right, for it may have reasons
// that no schema knows, but for two: our credentials are good, and the contract's own example has the right form.
func (r *run) unwelcome(op *operation, a attempt, x *drive.Exchange, v reply) []report.Finding {
	if !v.refused || len(v.findings) > 0 {
		return nil
	}
	if x.Error == nil && x.Reply.Status >= 500 {
		r.observe(op, "server-error", "the server answers a valid request with "+statusText(x.Reply.Status)+", which the contract has")
	}
	at := r.contract.Position(op.Pointer)
	if why := r.denied(op, x); why != "" {
		return []report.Finding{{
			Rule: ruleDenied, In: "reply", Expected: "good credentials to be taken", Got: why, Clause: op.Source, At: at,
			Message: "the server refuses the credentials that it was given as the contract says: " + why,
		}}
	}
	if r.wrongForm(x) {
		if a.example && len(r.contract.Errors) == 0 {
			return []report.Finding{{
				Rule: ruleExample, In: "status", Expected: "the contract's own example to be taken", Got: statusText(x.Reply.Status), Clause: op.Source, At: at,
				Message: "the server refuses the contract's own example with " + statusText(x.Reply.Status),
			}}
		}
		if op.worked {
			op.unwelcome = append(op.unwelcome, a.name)
		}
	}
	return nil
}

// denied says by which word a reply refuses credentials; "" when it does not.
func (r *run) denied(op *operation, x *drive.Exchange) string {
	if x.Error != nil {
		for _, condition := range x.Error.Conditions {
			switch specs.Condition(condition) {
			case specs.MissingToken, specs.InvalidToken, specs.ExpiredToken, specs.InvalidSignature, specs.MissingSignature, specs.UnknownKey,
				specs.StaleTimestamp:
				return x.Error.Code + " " + x.Error.Message
			}
		}
		return ""
	}
	if x.Reply.Status == http.StatusUnauthorized && len(alternatives(op.Operation)) > 0 {
		return statusText(x.Reply.Status)
	}
	return ""
}

// wrongForm says whether a reply calls the request malformed.
func (r *run) wrongForm(x *drive.Exchange) bool {
	if x.Error != nil {
		return slices.Contains(x.Error.Conditions, string(specs.InvalidParameter)) || slices.Contains(x.Error.Conditions, string(specs.MalformedBody))
	}
	switch x.Reply.Status {
	case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// unprepared notes why a request could not be made, and says whether no other can be made either.
func (r *run) unprepared(ctx context.Context, op *operation, part, name string, err error) bool {
	if r.cutShort(ctx, op, name, err) {
		return true
	}
	var credential *drive.CredentialError
	var login *drive.LoginError
	var sending *drive.SendError
	var field *drive.FieldError
	switch {
	case errors.As(err, &credential):
		r.leaveOut(op, part, credential.Error())
	case errors.As(err, &login):
		r.leaveOut(op, part, r.veil(login.Error()))
	case errors.As(err, &sending):
		r.leaveOut(op, part, "no token: "+r.veil(sending.Error()))
	case errors.As(err, &field):
		return false // it has no form on the wire, and so is no case
	default:
		r.leaveOut(op, part, name+": "+r.veil(err.Error()))
		return false
	}
	return true
}

// send sends a request. No answer is a finding, unless the server has gone: then the run is over, and err says so.
func (r *run) send(ctx context.Context, op *operation, request *drive.Request) (*drive.Exchange, []report.Finding, error) {
	x, err := r.client.Send(ctx, request)
	for range mostPatience {
		if err != nil || x.Reply.Status != http.StatusTooManyRequests {
			break
		}
		// The server asks for less; what it says to a request is told after that.
		if err = pause(ctx, patience(x.Reply.Header.Get("Retry-After"))); err == nil {
			x, err = r.client.Send(ctx, request)
		}
	}
	if err == nil {
		r.silent = 0
		return x, nil, nil
	}
	if r.cutShort(ctx, op, r.meter.doing(), err) {
		return nil, nil, err
	}
	got := "the connection breaks off"
	if timedOut(err) {
		got = "nothing in time"
	} else if errors.Is(err, drive.ErrReplyTooLarge) {
		got = "more than 16 MiB"
	}
	return nil, []report.Finding{{
		Rule: ruleSilent, In: "reply", Expected: "an answer", Got: got, Clause: op.Source, At: r.contract.Position(op.Pointer),
		Message: "no answer that could be read: " + r.veil(withoutURL(err).Error()), Reproduce: r.reproduce(op, request), Request: r.shownRequest(request),
	}}, nil
}

// mostPatience is how often a request is made again that came too soon.
const mostPatience = 3

// patience is how long to wait at the word of a server: a second, unless it names seconds, and ten at most.
func patience(text string) time.Duration {
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 1 {
		seconds = 1
	}
	return time.Duration(min(seconds, 10)) * time.Second
}
