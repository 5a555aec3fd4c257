package zheliban

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// ErrSink is the condition of a Sync that the caller's sink stopped; the sink's own error is wrapped.
const ErrSink = adapters.Condition("the sink did not take a batch")

// Summary counts what a Sync did.
type Summary struct {
	// Pulled rows; those of them given to the sink and taken; and those left out because the sink had them already.
	Pulled, HandedOver, Duplicates int
	// Acknowledged and Unacknowledged are batch ids ("" for rows without one) that the sink has taken.
	Acknowledged, Unacknowledged []string
	// Deferred are batch ids that were not handed over, because an earlier batch with the same reservation is not acknowledged, or
	// because the sink or the context stopped the Sync.
	Deferred []string
}

// digest stands for the content of a row, its requestId left out, which may be new at every pull (Z-32).
type digest [sha256.Size]byte

func digestOf(r Reservation) (digest, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(r.Raw, &members); err != nil {
		return digest{}, err
	}
	delete(members, "requestId")
	text, err := json.Marshal(members) // sorts the names
	return sha256.Sum256(text), err
}

// Sync pulls once, hands each batch to sink in the order of the batches' first rows, and acknowledges a batch only after sink returned nil for it. What is
// not acknowledged comes again with the next pull, so nothing is lost: a sink sees every reservation at least once, and must not mind
// seeing one twice after a restart.
//
// Rows are de-duplicated by serialNumber and orderStatus (Z-29) as long as their content is the same too: inside one pull, and between calls
// of this client for rows that the sink took but whose acknowledgement failed; those are only acknowledged again. After an
// acknowledgement everything about a row is forgotten, so a reservation that comes back changed, cancelled or even unchanged is handed
// over again. The client remembers no personal data, only hashes.
//
// When sink returns an error, Sync stops with ErrSink; when ctx ends, it stops before the next batch. When an acknowledgement fails, Sync goes on with the batches that share no
// reservation with that batch, so that changes stay in order, and returns the failures, joined when several, beside the summary. Calls of Sync
// on one client run one after the other.
func (c *Client) Sync(ctx context.Context, sink func(context.Context, Batch) error) (Summary, error) {
	if sink == nil {
		return Summary{}, rest.Invalid(vendor, "pullReservations", "Sync needs a sink")
	}
	select {
	case c.syncing <- struct{}{}:
		defer func() { <-c.syncing }()
	case <-ctx.Done():
		return Summary{}, ended(ctx)
	}
	rows, err := c.PullReservations(ctx)
	if err != nil {
		return Summary{}, err
	}
	run := syncRun{client: c, held: map[string]bool{}, summary: Summary{Pulled: len(rows)}}
	batches, err := run.group(rows)
	if err != nil {
		return run.summary, err
	}
	var failures []error
	for i, b := range batches {
		if ctx.Err() != nil {
			run.leave(batches[i:])
			if !errors.Is(errors.Join(failures...), ctx.Err()) { // else a failed acknowledgement says it
				failures = append(failures, ended(ctx))
			}
			break
		}
		if run.mustWait(b) {
			run.hold(b)
			run.summary.Deferred = append(run.summary.Deferred, b.id)
			continue
		}
		if err := run.handOver(ctx, b, sink); err != nil {
			run.leave(batches[i:])
			failures = append(failures, &adapters.Error{
				Vendor: vendor, Operation: "pullReservations", Condition: ErrSink, Fault: adapters.FaultCaller,
				Err: rest.Hide("the sink's error is wrapped", err),
			})
			break
		}
		if err := run.acknowledge(ctx, b); err != nil {
			run.hold(b)
			run.summary.Unacknowledged = append(run.summary.Unacknowledged, b.id)
			failures = append(failures, err)
			continue
		}
		run.summary.Acknowledged = append(run.summary.Acknowledged, b.id)
	}
	if len(failures) == 1 {
		return run.summary, failures[0]
	}
	return run.summary, errors.Join(failures...)
}

// ended is the error of a Sync whose context is over before all is done; what was done stays done.
func ended(ctx context.Context) error {
	condition, fault := adapters.ErrCanceled, adapters.FaultCaller
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		condition, fault = adapters.ErrTimeout, adapters.FaultUnknown
	}
	return &adapters.Error{Vendor: vendor, Operation: "pullReservations", Condition: condition, Fault: fault, Err: ctx.Err()}
}

type syncRow struct {
	Reservation
	digest digest
	known  bool // the sink has it already
}

type syncBatch struct {
	id   string
	rows []*syncRow
}

// syncRun is the state of one Sync.
type syncRun struct {
	client  *Client
	summary Summary
	held    map[string]bool // serial numbers of batches that are not acknowledged
}

// group sorts rows into batches in the order of their first rows, marks those that the sink has already, and forgets what the vendor no
// longer lists.
func (s *syncRun) group(rows []Reservation) ([]*syncBatch, error) {
	var batches []*syncBatch
	byID, bySerial := map[string]*syncBatch{}, map[string][]*syncRow{}
	for _, r := range rows {
		d, err := digestOf(r)
		if err != nil {
			return nil, &adapters.Error{Vendor: vendor, Operation: "pullReservations", Condition: adapters.ErrDecode, Fault: adapters.FaultVendor}
		}
		b := byID[r.RequestID]
		if b == nil {
			b = &syncBatch{id: r.RequestID}
			byID[r.RequestID] = b
			batches = append(batches, b)
		}
		row := &syncRow{Reservation: r, digest: d}
		b.rows = append(b.rows, row)
		same := bySerial[r.SerialNumber]
		if len(same) > 0 && same[len(same)-1].digest == d {
			row.known = true
			continue
		}
		bySerial[r.SerialNumber] = append(same, row)
	}
	for serial, handed := range s.client.pending {
		if len(bySerial[serial]) == 0 {
			delete(s.client.pending, serial)
			continue
		}
		markKnown(bySerial[serial], handed)
	}
	return batches, nil
}

// markKnown marks the longest beginning of rows that is the end of what was handed over. Rows are states of one reservation in order: an old
// state that comes again after a newer one is news, or the sink would be left with the newer one.
func markKnown(rows []*syncRow, handed []digest) {
	for n := min(len(rows), len(handed)); n > 0; n-- {
		end := handed[len(handed)-n:]
		if !slices.EqualFunc(rows[:n], end, func(r *syncRow, d digest) bool { return r.digest == d }) {
			continue
		}
		for _, r := range rows[:n] {
			r.known = true
		}
		return
	}
}

// leave counts batches that are not handed over.
func (s *syncRun) leave(batches []*syncBatch) {
	for _, b := range batches {
		s.summary.Deferred = append(s.summary.Deferred, b.id)
	}
}

func (s *syncRun) mustWait(b *syncBatch) bool {
	for _, r := range b.rows {
		if s.held[r.SerialNumber] {
			return true
		}
	}
	return false
}

func (s *syncRun) hold(b *syncBatch) {
	for _, r := range b.rows {
		s.held[r.SerialNumber] = true
	}
}

// handOver gives the rows that the sink does not have yet to it.
func (s *syncRun) handOver(ctx context.Context, b *syncBatch, sink func(context.Context, Batch) error) error {
	fresh := Batch{RequestID: b.id}
	for _, r := range b.rows {
		if !r.known {
			fresh.Reservations = append(fresh.Reservations, r.Reservation)
		}
	}
	if len(fresh.Reservations) > 0 {
		if err := sink(ctx, fresh); err != nil {
			return err
		}
	}
	for _, r := range b.rows {
		if !r.known {
			s.client.pending[r.SerialNumber] = append(s.client.pending[r.SerialNumber], r.digest)
		}
	}
	s.summary.HandedOver += len(fresh.Reservations)
	s.summary.Duplicates += len(b.rows) - len(fresh.Reservations)
	return nil
}

// acknowledge acknowledges the batch, or its rows one by one when it has no id.
func (s *syncRun) acknowledge(ctx context.Context, b *syncBatch) error {
	if b.id != "" {
		if err := s.client.AcknowledgeReservations(ctx, Acknowledgement{RequestID: b.id}); err != nil {
			return err
		}
		for _, r := range b.rows {
			delete(s.client.pending, r.SerialNumber)
		}
		return nil
	}
	for _, r := range b.rows {
		if err := s.client.AcknowledgeReservations(ctx, Acknowledgement{SerialNumber: r.SerialNumber}); err != nil {
			return err
		}
		delete(s.client.pending, r.SerialNumber)
	}
	return nil
}
