package check

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/mask"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// reader holds exchanges at contract level to a contract: each request is sealed and signed as its client would, and read as
// the vendor would. Nothing is sent, and nothing depends on credentials.
type reader struct {
	run    *run
	server *mock.Server
	client *drive.Client
}

func newReader(c *specs.Contract, credentials mock.Credentials) (*reader, error) {
	server, err := mock.New(mock.Config{
		Contracts: []*specs.Contract{c}, Credentials: map[string]mock.Credentials{c.Vendor: credentials},
		SignatureWindow: "off", MaxBodyBytes: maxRecordedBody, ErrorLog: log.New(io.Discard, "", 0),
	})
	if err != nil {
		return nil, err
	}
	all, _ := server.Credentials(c.Vendor)
	r, err := newRun(Config{Contract: c, Credentials: all, Unsafe: true})
	if err != nil {
		return nil, err
	}
	return &reader{run: r, server: server, client: r.client}, nil
}

func (r *reader) close(ctx context.Context) { _ = r.server.Close(ctx) } // nothing is under way

// request holds a recorded request to the contract. why says why it cannot be judged, "" where it was.
func (r *reader) request(ctx context.Context, op *operation, x *scenarios.Request) (found []report.Finding, warnings []*diagnosis.Diagnosis, why string) {
	// Its credential and its signature are no longer there: they are made up, and nothing that is found about them counts. A
	// token that a vendor would issue is replaced by one that nobody issued, so that nobody has to be asked for it.
	sent := *x
	sent.Wire.Credential, sent.Wire.Signed = scenarios.Valid, scenarios.Valid
	if a := op.Wire.Auth; a != nil && a.Token == "jwt" && a.Security != "" {
		sent.Wire.Credential = scenarios.Invalid
	}
	request, err := r.client.Restore(ctx, op.ID, &sent)
	if err != nil {
		return nil, nil, err.Error()
	}
	wired, err := http.NewRequestWithContext(ctx, request.Method, request.URL, bytes.NewReader(request.Body))
	if err != nil {
		return nil, nil, "its method or its path is none of HTTP"
	}
	if wired.Header = request.Header; len(request.Body) == 0 {
		wired.Body = http.NoBody
	}
	judged := r.server.Judge(wired)
	if judged.Refusal != "" {
		return nil, nil, "the simulator cannot play it: " + judged.Refusal
	}
	for _, d := range judged.Found {
		if !d.Violation() || about(d.ID) != aboutRequest {
			continue
		}
		found = append(found, (&playback{run: r.run}).violations(d, op)...)
	}
	return found, judged.Warnings, ""
}

// reply holds a recorded reply to the contract; a stand-in for a token or another secret is none of its mistakes.
func (r *reader) reply(op *operation, x *scenarios.Response, strict bool) (done *drive.Exchange, v reply, err error) {
	if done, err = r.client.JudgeOpened(op.ID, x); err != nil {
		return nil, reply{}, err
	}
	v = r.run.judge(op, done, strict)
	var kept []report.Finding
	for _, f := range v.findings {
		if f.In == "reply" && f.Pointer != "" {
			if text, ok := at(done.Reply.Value, f.Pointer); ok && mask.StandIn(textOf(text)) {
				continue
			}
		}
		kept = append(kept, f)
	}
	v.findings = kept
	return done, v, nil
}

// operation finds one by its id.
func (r *reader) operation(id string) *operation {
	for _, op := range r.run.operations {
		if op.ID == id {
			return op
		}
	}
	return nil
}

// staleness says how an exchange fails under the contract. changed are the operations that have another fingerprint.
func (r *reader) staleness(ctx context.Context, x *scenarios.Exchange, changed map[string]string) []Staleness {
	if x.Operation == "" || x.Callback != "" {
		return nil // it never was one of the contract's
	}
	op := r.operation(x.Operation)
	if op == nil {
		return []Staleness{{Kind: StaleOperation, Severity: report.Error, Step: x.Number, Operation: x.Operation, Finding: report.Finding{
			Rule: StaleOperation, In: "contract", Pointer: x.Operation,
			Message: fmt.Sprintf("exchange %d calls %s, an operation that the contract does not have any more", x.Number, x.Operation),
		}}}
	}
	var list []Staleness
	enter := func(kind, what string, found []report.Finding) {
		for _, f := range found {
			f.Message = fmt.Sprintf("the %s of exchange %d: %s", what, x.Number, f.Sentence())
			list = append(list, Staleness{Kind: kind, Severity: report.Error, Step: x.Number, Operation: x.Operation, Finding: f})
		}
	}
	if found, _, why := r.request(ctx, op, &x.Request); why == "" && !r.excused(x, changed) {
		enter(StaleRequest, "request", found)
	}
	if replied(x) {
		if _, v, err := r.reply(op, &x.Response, true); err == nil {
			enter(StaleReply, "reply", v.findings)
		}
	}
	return list
}

// excused says whether a request may break the contract: the vendor refused it for that, or it did under the contract that
// holds now.
func (r *reader) excused(x *scenarios.Exchange, changed map[string]string) bool {
	_, other := changed[x.Operation]
	switch {
	case x.Response.Outcome == scenarios.OutcomeOK || x.Response.Outcome == "":
		return false
	case !other:
		return true
	}
	wrong := []specs.Condition{
		specs.MissingParameter, specs.InvalidParameter, specs.EmptyBody, specs.MalformedBody, specs.BodyTooLarge, specs.UnsupportedMediaType,
		specs.MethodNotAllowed, specs.NotAcceptable, specs.Unsealable,
	}
	if row, ok := r.run.contract.Error(x.Response.Error); ok {
		return slices.ContainsFunc(row.Conditions, func(text string) bool {
			condition, _, _ := strings.Cut(text, ":")
			return slices.Contains(wrong, specs.Condition(condition))
		})
	}
	return slices.Contains([]int{
		http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity,
	}, x.Response.Status)
}

// replied says whether an exchange has a reply that lay within the contract when it was recorded.
func replied(x *scenarios.Exchange) bool {
	return x.Response.Status != 0 && x.Response.Broken == "" && x.Response.Outcome != scenarios.OutcomeUnexplained &&
		x.Response.Outcome != scenarios.OutcomeBroken && x.Response.Wire.Seal != scenarios.SealUnopened
}
