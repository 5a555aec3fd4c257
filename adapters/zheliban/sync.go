package zheliban

import (
	"context"
	"errors"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// ErrSink is the condition of a Sync that the caller's sink stopped; the sink's own error is wrapped.
const ErrSink = adapters.Condition("the sink did not take a batch")

// Summary counts what a Sync did. Batches are named by their ids, "" for the rows without one, in the order of their first rows.
type Summary struct {
	// Pulled rows, the undecodable ones included; those given to the sink and taken; and those left out because the sink had them already.
	Pulled, HandedOver, Duplicates int
	// Acknowledged are the batches that the sink has taken and the vendor was told so, row by row where that is necessary.
	Acknowledged []string
	// Unacknowledged are the batches that the sink has taken and of which the vendor was not told, or not for every row.
	Unacknowledged []string
	// Deferred are the batches that were not handed over, or not wholly, because the sink or the context stopped the Sync.
	Deferred []string
	// Undecodable are the rows that do not fit the contract. They reach neither the sink nor an acknowledgement, and come again with the next
	// pull: somebody has to look at them.
	Undecodable []BadRow
}

// Sync pulls once, hands each batch to sink in the order of the batches' first rows, and acknowledges a batch once sink returned nil for it
// and for every other row of the pull that is about one of its reservations. What is not acknowledged comes again with the next pull, so
// nothing is lost: a sink sees every reservation at least once, and must not mind seeing one twice after a restart.
//
// The states of one reservation reach the sink in the order in which the vendor lists them. A batch is handed over at once, except where one of
// its rows stands behind another batch's row about the same reservation: then the rest of the batch follows that one.
//
// Rows are de-duplicated by serialNumber and orderStatus (Z-29) as long as their content is the same too: inside one pull, and between calls
// of this client for rows that the sink took but whose acknowledgement failed; those are only acknowledged again. After an
// acknowledgement everything about a row is forgotten, so a reservation that comes back changed, cancelled or even unchanged is handed
// over again. The client remembers no personal data, only hashes.
//
// Rows that do not fit the contract are left out and reported, in the summary and as a *RowsError, and the others are handed over. A
// batch is acknowledged by its id (Z-30), which would acknowledge its bad row too; so the good rows of such a batch are acknowledged one by
// one, by their serial numbers, except those of the reservation that the bad row is about. A bad row whose batch cannot be read may belong to
// every batch of its pull; one whose serial number cannot be read is taken to be about none of the other rows' reservations.
//
// When sink returns an error, Sync stops with ErrSink; when ctx ends, it stops before the next batch. When an acknowledgement fails, Sync goes
// on, but acknowledges none of the later batches about the same reservations, so that the vendor is told of changes in order. It returns
// the failures, joined when several, beside the summary. Calls of Sync on one client run one after the other.
func (c *Client) Sync(ctx context.Context, sink func(context.Context, Batch) error) (Summary, error) {
	if sink == nil {
		return Summary{}, rest.Invalid(vendor, pullReservations, "Sync needs a sink")
	}
	select {
	case c.syncing <- struct{}{}:
		defer func() { <-c.syncing }()
	case <-ctx.Done():
		return Summary{}, ended(ctx)
	}
	p, err := c.pull(ctx)
	if err != nil {
		return Summary{}, err
	}
	run := newSyncRun(c, p)
	defer run.remember() // also when the sink panics
	failures := run.all(ctx, sink)
	if bad := p.failure(); bad != nil {
		failures = append([]error{bad}, failures...)
	}
	if len(failures) == 1 {
		return run.summary(), failures[0]
	}
	return run.summary(), errors.Join(failures...)
}

// ended is the error of a Sync whose context is over before all is done; what was done stays done.
func ended(ctx context.Context) error {
	condition, fault := adapters.ErrCanceled, adapters.FaultCaller
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		condition, fault = adapters.ErrTimeout, adapters.FaultUnknown
	}
	return &adapters.Error{Vendor: vendor, Operation: pullReservations, Condition: condition, Fault: fault, Err: ctx.Err()}
}
