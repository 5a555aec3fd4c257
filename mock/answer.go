package mock

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fault"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
)

// response is what goes out: the bytes on the wire, and what they say before sealing.
type response struct {
	status    int
	mediaType string
	text      []byte
	header    map[string]string
	body      journal.Body
	errorID   string
	sealed    bool
	effects   []behave.Effect
	// damage is what happens to the connection while this is sent, "" for nothing.
	damage fault.Break
	// step is the number of the recorded exchange that this is, delay how long it is held back, and missing how many bytes its
	// Content-Length promises beyond the text: then the connection ends in the middle.
	step    int
	delay   time.Duration
	missing int
	// outside says how a recorded answer lies outside the contract, "" for one that does not: as scenarios.Response.Broken has
	// it, or unexplained.
	outside string
}

// answer runs the operation's step and renders its reply in one transaction: what the contract forbids is neither sent
// nor committed. An operation without a step, and a caller who prefers another answer, get one from the contract alone.
func (s *Server) answer(x *exchange) (*response, *no) {
	if x.world = s.world(x.session, x.variant, x.op.Vendor); x.world.Seed != x.seed { // it has just been changed
		other := *x.world
		other.Seed = x.seed
		x.world = &other
	}
	if x.op.step == nil || x.wish.decides() {
		return s.answerSampled(x)
	}
	x.call = behave.Call{
		World: x.world, Operation: x.op.ID, Number: x.number, Now: x.now, Parameters: x.parameter,
		Text: x.opened, Opened: x.field, Account: x.account, Forwarded: headerOf(x.request, headerForwarded) != "",
		Base: x.base(),
	}
	if x.op.vendor.issues {
		x.call.IssueToken = s.issueToken(x)
	}
	if x.hasBody {
		x.call.Body = x
	}
	// What a call did stays done when its caller hangs up, as at the vendor: nothing of the request's context is handed on.
	ctx := context.Background()
	err := x.world.Store.Update(ctx, x.session.Key, x.step)
	if errors.Is(err, errAgain) {
		err = x.world.Store.Update(ctx, x.session.Key, x.step)
	}
	switch {
	case err == nil:
		x.out.effects = x.replied.Effects
	case errors.Is(err, errWithheld):
	default:
		x.spare()
		return nil, unanswered(err)
	}
	x.warnings = append(x.warnings, x.replied.Notes...)
	return s.finish(x, x.out)
}

// unanswered is the "no" of a step that gave no reply: the vendor's, or a refusal.
func unanswered(err error) *no {
	var vendorError *behave.Error
	var broken *brokenReply
	switch {
	case errors.As(err, &vendorError):
		return &no{errorID: vendorError.ID, status: vendorError.Status, diagnosis: vendorError.Diagnosis}
	case errors.As(err, &broken):
		return failure("reply-breaks-contract", http.StatusInternalServerError, err)
	case errors.Is(err, state.ErrFull):
		return failure("session-full", http.StatusInsufficientStorage, err)
	}
	return failure("step-failed", http.StatusInternalServerError, err)
}

// step runs the operation's behaviour and renders what it replies.
func (x *exchange) step(tx state.Tx) (err error) {
	if x.replied, err = x.op.step(tx, &x.call); err != nil {
		return err
	}
	if x.out, err = x.server.succeed(x, x.replied); err != nil {
		return err
	}
	judged := x.judged
	switch struck := x.strike(); {
	case x.issuesStale():
		if !judged {
			return errAgain // with the token that the fault asks for
		}
	case undoes(struck):
		return errWithheld
	}
	return nil
}

func (s *Server) answerSampled(x *exchange) (*response, *no) {
	if x.preferred {
		return s.befall(x, &response{}) // an error takes the place of whatever the answer would be
	}
	out, failed := s.sampled(x)
	if failed != nil {
		x.spare()
		return nil, failed
	}
	x.strike()
	return s.finish(x, out)
}

// finish seals an answer, or puts in its place what a fault has for it.
func (s *Server) finish(x *exchange, out *response) (*response, *no) {
	if x.struck != nil {
		return s.befall(x, out)
	}
	if x.wish.status < http.StatusBadRequest || x.op.sealFailure {
		s.seal(x, out)
	}
	return out, nil
}

// base is what stands in the caller's path before that of the operation: a session's mark, a server's path, a prefix.
func (x *exchange) base() string {
	path := x.request.URL.EscapedPath()
	for range strings.Count(x.op.Path, "/") {
		path = path[:max(strings.LastIndexByte(path, '/'), 0)]
	}
	return path
}

// failure is a refusal whose reason stands in its diagnosis as well.
func failure(id string, status int, err error) *no {
	return &no{refusal: id, status: status, detail: err.Error(), diagnosis: diagnosis.New(id, "why", err.Error())}
}

// brokenReply says that a reply does not keep its contract.
type brokenReply struct {
	operation string
	cause     error
}

func (b *brokenReply) Error() string {
	return b.operation + ": the reply does not keep its contract: " + b.cause.Error()
}

// sessionStore is the store as one session sees it: what a call still does to a session that has ended is forgotten.
type sessionStore struct {
	state.Store
	session *session.Session
}

// Update implements [state.Store].
func (s sessionStore) Update(ctx context.Context, key string, step func(state.Tx) error) error {
	err := s.Store.Update(ctx, key, step)
	if s.session.Ended() {
		s.Drop(key)
	}
	return err
}
