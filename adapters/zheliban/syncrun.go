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

// digest stands for the content of a row, its requestId left out, which may be new at every pull (Z-32).
type digest [sha256.Size]byte

func digestOf(r Reservation) digest {
	var members map[string]json.RawMessage
	if json.Unmarshal(r.Raw, &members) == nil {
		delete(members, "requestId")
		if text, err := json.Marshal(members); err == nil { // sorts the names
			return sha256.Sum256(text)
		}
	}
	return sha256.Sum256(r.Raw)
}

// syncState is one state of a reservation. Rows that say the same one after the other share it.
type syncState struct {
	digest digest
	kept   bool // by the sink, in an earlier Sync or in this one
}

type syncRow struct {
	Reservation
	state *syncState
}

// syncBatch is what one acknowledgement is about.
type syncBatch struct {
	id      string
	serials []string        // of its rows, each once
	open    map[string]bool // serials that are not acknowledged
	oneWise bool            // acknowledged reservation by reservation
	end     int             // index of its last part
}

// syncPart is what the sink gets at once: a whole batch, unless a row of it has to wait for another batch's row about the same reservation.
type syncPart struct {
	batch *syncBatch
	rows  []syncRow
}

// syncRun is the state of one Sync.
type syncRun struct {
	client  *Client
	parts   []*syncPart
	batches []*syncBatch    // in the order of their first rows
	taken   int             // how many parts the sink has taken
	last    map[string]int  // serial number → index of the last part that has it
	bad     map[string]bool // serial numbers of bad rows
	stuck   map[string]bool // serial numbers that this Sync does not acknowledge, any more or at all
	counts  Summary
}

// newSyncRun sorts rows into batches and their parts and marks those that the sink has already.
func newSyncRun(c *Client, p pulled) *syncRun {
	s := &syncRun{client: c, last: map[string]int{}, bad: map[string]bool{}, stuck: map[string]bool{}}
	s.counts.Pulled, s.counts.Undecodable = len(p.rows)+len(p.bad), p.bad
	byID, bySerial := map[string]*syncBatch{}, map[string][]*syncState{}
	for _, r := range p.rows {
		b := byID[r.RequestID]
		if b == nil {
			b = &syncBatch{id: r.RequestID, open: map[string]bool{}}
			byID[r.RequestID] = b
			s.batches = append(s.batches, b)
		}
		if len(b.open) == 0 || b.end < s.last[r.SerialNumber] {
			b.end = len(s.parts)
			s.parts = append(s.parts, &syncPart{batch: b})
		}
		if !b.open[r.SerialNumber] {
			b.open[r.SerialNumber] = true
			b.serials = append(b.serials, r.SerialNumber)
		}
		s.last[r.SerialNumber] = b.end
		states, now := bySerial[r.SerialNumber], digestOf(r)
		if len(states) == 0 || states[len(states)-1].digest != now {
			states = append(states, &syncState{digest: now})
			bySerial[r.SerialNumber] = states
		}
		s.parts[b.end].rows = append(s.parts[b.end].rows, syncRow{r, states[len(states)-1]})
	}
	for serial, handed := range c.pending {
		markKept(bySerial[serial], handed)
	}
	s.keepFromAcknowledging(p.about)
	return s
}

// keepFromAcknowledging finds what would acknowledge a bad row as well: its serial number, its batch, and a batch with a good row about the
// same reservation.
func (s *syncRun) keepFromAcknowledging(bad []mention) {
	spoilt, anywhere := map[string]bool{"": true}, false
	for _, m := range bad {
		for _, serial := range m.serials {
			s.bad[serial], s.stuck[serial] = true, true
		}
		for _, id := range m.batches {
			spoilt[id] = true
		}
		anywhere = anywhere || len(m.batches) == 0
	}
	for _, b := range s.batches {
		b.oneWise = spoilt[b.id] || anywhere || slices.ContainsFunc(b.serials, func(serial string) bool { return s.bad[serial] })
	}
}

// markKept marks the longest beginning of states that the sink was given in this order and whose last is what it was given last. They are the
// states of one reservation in order: an old one that comes again after a newer one is news, or the sink would be left with the newer one.
func markKept(states []*syncState, handed []digest) {
	for n := min(len(states), len(handed)); n > 0; n-- {
		if states[n-1].digest != handed[len(handed)-1] {
			continue
		}
		found := 0
		for _, d := range handed[:len(handed)-1] {
			if found < n-1 && states[found].digest == d {
				found++
			}
		}
		if found == n-1 {
			for _, s := range states[:n] {
				s.kept = true
			}
			return
		}
	}
}

// remember leaves to the next Sync what the sink has and the vendor was not told of. What the vendor no longer lists is forgotten.
func (s *syncRun) remember() {
	pending := map[string][]digest{}
	for serial, handed := range s.client.pending {
		if _, readable := s.last[serial]; s.bad[serial] && !readable {
			pending[serial] = handed // it is listed still, in a row that cannot be read now
		}
	}
	for _, p := range s.parts {
		for _, r := range p.rows {
			if !r.state.kept || !p.batch.open[r.SerialNumber] {
				continue
			}
			handed := pending[r.SerialNumber]
			if len(handed) == 0 || handed[len(handed)-1] != r.state.digest {
				pending[r.SerialNumber] = append(handed, r.state.digest)
			}
		}
	}
	s.client.pending = pending
}

// all hands over and acknowledges until nothing is left or something stops it.
func (s *syncRun) all(ctx context.Context, sink func(context.Context, Batch) error) (failures []error) {
	inTurn := slices.SortedStableFunc(slices.Values(s.batches), func(a, b *syncBatch) int { return a.end - b.end })
	for _, p := range s.parts {
		if ctx.Err() != nil {
			if !errors.Is(errors.Join(failures...), ctx.Err()) { // else a failed acknowledgement says it
				failures = append(failures, ended(ctx))
			}
			return failures
		}
		if err := s.handOver(ctx, p, sink); err != nil {
			return append(failures, &adapters.Error{
				Vendor: vendor, Operation: pullReservations, Condition: ErrSink, Fault: adapters.FaultCaller,
				Err: rest.Hide("the sink's error is wrapped", err),
			})
		}
		failures = append(failures, s.acknowledge(ctx, inTurn)...)
	}
	return failures
}

// handOver gives the rows that the sink does not have yet to it.
func (s *syncRun) handOver(ctx context.Context, p *syncPart, sink func(context.Context, Batch) error) error {
	fresh := Batch{RequestID: p.batch.id}
	given := map[*syncState]bool{}
	for _, r := range p.rows {
		if !r.state.kept && !given[r.state] {
			given[r.state] = true
			fresh.Reservations = append(fresh.Reservations, r.Reservation)
		}
	}
	if len(fresh.Reservations) > 0 {
		if err := sink(ctx, fresh); err != nil {
			return err
		}
	}
	s.taken++
	for _, r := range p.rows {
		r.state.kept = true
	}
	s.counts.HandedOver += len(fresh.Reservations)
	s.counts.Duplicates += len(p.rows) - len(fresh.Reservations)
	return nil
}

// acknowledge tells the vendor of the batches as far as it may be told. Whether an acknowledgement is about the rows that were pulled or about
// the reservation as such is not documented, so a reservation waits until the sink has every row of the pull about it; and an earlier state goes
// before a later one.
func (s *syncRun) acknowledge(ctx context.Context, inTurn []*syncBatch) (failures []error) {
	waiting := map[string]bool{}
	waits := func(serial string) bool { return s.stuck[serial] || waiting[serial] || s.last[serial] >= s.taken }
	for _, b := range inTurn {
		switch {
		case b.oneWise:
			failures = append(failures, s.acknowledgeOneByOne(ctx, b, waits)...)
		case len(b.open) > 0 && !slices.ContainsFunc(b.serials, waits):
			if err := s.client.AcknowledgeReservations(ctx, Acknowledgement{RequestID: b.id}); err != nil {
				s.giveUp(b)
				failures = append(failures, err)
			} else {
				clear(b.open)
			}
		}
		for serial := range b.open {
			waiting[serial] = true
		}
		if b.end >= s.taken {
			break // nor has the sink all of the others
		}
	}
	return failures
}

// acknowledgeOneByOne goes on after a refusal, which is about one reservation, and gives up after any other failure.
func (s *syncRun) acknowledgeOneByOne(ctx context.Context, b *syncBatch, waits func(serial string) bool) (failures []error) {
	for _, serial := range b.serials {
		if !b.open[serial] || waits(serial) {
			continue
		}
		err := s.client.AcknowledgeReservations(ctx, Acknowledgement{SerialNumber: serial})
		switch {
		case err == nil:
			delete(b.open, serial)
		case errors.Is(err, adapters.ErrRejected):
			s.stuck[serial] = true
			failures = append(failures, err)
		default:
			s.giveUp(b)
			return append(failures, err)
		}
	}
	return failures
}

// giveUp leaves what is open of a batch to the next Sync.
func (s *syncRun) giveUp(b *syncBatch) {
	for serial := range b.open {
		s.stuck[serial] = true
	}
}

func (s *syncRun) summary() Summary {
	for _, b := range s.batches {
		switch {
		case b.end >= s.taken:
			s.counts.Deferred = append(s.counts.Deferred, b.id)
		case len(b.open) > 0:
			s.counts.Unacknowledged = append(s.counts.Unacknowledged, b.id)
		default:
			s.counts.Acknowledged = append(s.counts.Acknowledged, b.id)
		}
	}
	return s.counts
}
