package check

import (
	"context"
	"errors"
	"net"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/fake"
)

// source is where the values of a check come from: the same for the same seed, whatever came before.
func (r *run) source(op *operation, parts ...string) fake.Source {
	return fake.New(r.config.Seed, append([]string{"check", r.contract.Vendor, op.ID}, parts...)...)
}

// shape is the source of the values that are broken: the same for every seed, because how many rules can be broken, and
// where, depends on how long their lists are.
func (r *run) shape(op *operation) fake.Source { return fake.New(0, "check", r.contract.Vendor, op.ID) }

// trial is one request to make.
type trial struct {
	name   string
	values map[string]any
	// by prepares the request; nil is the run's own client. alter changes it before it is sent.
	by    *drive.Client
	alter func(*drive.Request)
}

// prepare makes the request of a trial.
func (r *run) prepare(ctx context.Context, op *operation, t trial) (*drive.Request, error) {
	by := t.by
	if by == nil {
		by = r.client
	}
	r.meter.belongsTo(op.ID, t.name)
	request, err := by.Prepare(ctx, op.ID, t.values)
	if err != nil {
		return nil, err
	}
	if t.alter != nil {
		t.alter(request)
	}
	r.sent[request] = t
	return request, nil
}

// cutShort takes errors that end the run, and says whether it is over.
func (r *run) cutShort(ctx context.Context, op *operation, check string, err error) bool {
	if err == nil {
		return r.stopped(ctx)
	}
	if errors.Is(err, errEnough) {
		r.ended = errEnough
	}
	if r.stopped(ctx) {
		return true
	}
	var failed *drive.SendError
	if !errors.As(err, &failed) {
		return false
	}
	if timedOut(err) {
		// One call may take too long; a server that says nothing at all is not worth the waiting.
		if r.silent++; r.meter.answered() && r.silent%mostSilent != 0 {
			return false
		}
	}
	if answering := r.answers(ctx, graceOf(r)); answering != nil {
		if r.stopped(ctx) {
			return true
		}
		if !r.meter.answered() {
			r.ended = &StartError{Target: serverOf(targetOf(r.config)), Err: failed.Err}
		} else {
			r.ended = &GoneError{Target: serverOf(targetOf(r.config)), Operation: op.ID, Check: check, Err: failed.Err}
		}
		return true
	}
	return false
}

// mostSilent is how many calls in a row may go without an answer before it is asked whether the server is there at all.
const mostSilent = 8

// graceOf is how long a server may be away before it counts as gone.
func graceOf(r *run) time.Duration {
	if r.meter.answered() || r.silent > 0 {
		return time.Second
	}
	return between
}

// timedOut says that no answer came in time: the server may well be there.
func timedOut(err error) bool {
	var one net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &one) && one.Timeout()
}
