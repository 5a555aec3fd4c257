package behave

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// The simulated 浙里办 platform. What is reserved is a function of the session's seed and time; what is kept is only what
// callers did to it.
const (
	reservationsAtStart = 12
	reservationEvents   = 240 // no event comes after this many marks
	reservationMark     = 10 * time.Minute

	kindReservation  = "reservation"  // serial number → held: what was put and deleted
	kindAcknowledged = "acknowledged" // serial number → revision
	kindBatch        = "batch"        // request id → what the pull returned
	kindBatchPlace   = "batch-place"  // place → request id
	kindArrival      = "arrival"      // serial number → when
)

func zheliban(c *specs.Contract) map[string]Step {
	p := &platform{remembered[reservationMoment, []reservation](c.Derived, mostReservations)}
	return map[string]Step{
		"issueToken":              issueToken,
		"pullReservations":        p.pullReservations,
		"acknowledgeReservations": p.acknowledgeReservations,
		"reportArrival":           p.reportArrival,
	}
}

// platform is what the simulated 浙里办 platform remembers of what it invented; the zero value invents everything anew.
type platform struct {
	reservations *memory[reservationMoment, []reservation]
}

// mostReservations bounds what is remembered; each takes about a kilobyte.
const mostReservations = 2048

// issueToken answers Z1. Every call mints a new token, older ones stay good until they end (Z-25).
func issueToken(_ state.Tx, c *Call) (Reply, error) {
	token, lifetime, err := c.IssueToken(c.Now)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Value: value.Record{"token": token, "expire": lifetime.Milliseconds()}}, nil
}

// batch is what one pull returned: each serial number with the revision the caller has seen.
type batch map[string]int

// seen is one row of a batch.
type seen struct {
	serial   string
	revision int
}

// pullReservations answers Z2: every reservation whose latest revision is not acknowledged, in the order of booking,
// all under one fresh request id (Z-29, Z-30). An empty pull mints no id.
func (p *platform) pullReservations(tx state.Tx, c *Call) (Reply, error) {
	requestID := c.Minted().Hex(32)
	reservations, err := p.reservationsOf(tx, c.World, c.Now)
	if err != nil {
		return Reply{}, err
	}
	list := make(value.List, 0, len(reservations))
	rows := make([]value.With, 0, len(reservations))
	batch := make([]seen, 0, len(reservations))
	var member any = requestID
	for i := range reservations {
		r := &reservations[i]
		acknowledged, err := acknowledgedRevision(tx, r.serial)
		if err != nil {
			return Reply{}, err
		}
		if acknowledged >= r.revision {
			continue
		}
		batch = append(batch, seen{r.serial, r.revision})
		if r.fixed != nil {
			rows = append(rows, value.With{Fixed: r.fixed, Name: "requestId", Member: member})
			list = append(list, &rows[len(rows)-1])
			continue
		}
		row := r.record(c.World)
		row["requestId"] = member
		list = append(list, row)
	}
	if len(list) > 0 {
		keepBatch(tx, requestID, batch)
	}
	return Reply{Value: list}, nil
}

// keepBatch remembers a batch in the place of the one a hundred pulls before it: a caller that pulls in a loop would
// otherwise fill the memory.
func keepBatch(tx state.Tx, requestID string, rows []seen) {
	const keep = 100
	place := strconv.FormatInt(tx.Next(kindBatch)%keep, 10)
	if old, ok := tx.Get(kindBatchPlace, place); ok {
		tx.Delete(kindBatch, string(old))
	}
	tx.Put(kindBatchPlace, place, []byte(requestID))
	record := append(make([]byte, 0, 16*len(rows)+2), '{')
	for i, row := range rows {
		if i > 0 {
			record = append(record, ',')
		}
		record, _ = jsontext.AppendQuote(record, row.serial)
		record = strconv.AppendInt(append(record, ':'), int64(row.revision), 10)
	}
	tx.Put(kindBatch, requestID, append(record, '}'))
}

func acknowledgedRevision(tx state.Tx, serial string) (int, error) {
	record, ok := tx.Get(kindAcknowledged, serial)
	if !ok {
		return 0, nil
	}
	revision, err := strconv.Atoi(string(record))
	if err != nil {
		return 0, errors.New("a stored acknowledgement is unreadable")
	}
	return revision, nil
}

// acknowledgeReservations answers Z3: a batch by its request id, or one reservation by its serial number; with both the
// batch counts (Z-35). Doing it again succeeds, an unknown id fails (Z-36).
func (p *platform) acknowledgeReservations(tx state.Tx, c *Call) (Reply, error) {
	requestID, serial := value.Text(c.Record(), "requestId"), value.Text(c.Record(), "serialNumber")
	if requestID != "" {
		seen := batch{}
		known, err := state.Read(tx, kindBatch, requestID, &seen)
		if err != nil {
			return Reply{}, err
		}
		if !known {
			return Reply{}, &Error{ID: "contact-platform", Diagnosis: diagnosis.New("unknown-batch")}
		}
		for _, serial := range slices.Sorted(maps.Keys(seen)) {
			h, err := heldUnder(tx, kindReservation, serial)
			if err != nil {
				return Reply{}, err
			}
			if h.Gone {
				continue // deleted since: nobody knows it any more
			}
			if err := acknowledge(tx, serial, seen[serial]); err != nil {
				return Reply{}, err
			}
		}
		return Reply{}, nil
	}
	if serial == "" {
		return Reply{}, &Error{ID: "contact-platform", Diagnosis: diagnosis.New("neither-batch-nor-reservation")}
	}
	r, err := p.findReservation(tx, c.World, c.Now, serial)
	if err != nil {
		return Reply{}, err
	}
	if r == nil {
		return Reply{}, &Error{ID: "contact-platform", Diagnosis: diagnosis.New("unknown-reservation")}
	}
	// An acknowledgement by serial number means the newest revision that the caller has got: what was changed since the
	// last pull would be lost otherwise. A caller that knows the number without a pull means the present one.
	revision, err := seenRevision(tx, serial)
	if err != nil {
		return Reply{}, err
	}
	if revision == 0 {
		revision = r.revision
	}
	return Reply{}, acknowledge(tx, serial, revision)
}

// seenRevision is the newest revision of a reservation that the caller has got, 0 when it has got none.
func seenRevision(tx state.Tx, serial string) (int, error) {
	newest, err := acknowledgedRevision(tx, serial)
	if err != nil {
		return 0, err
	}
	tx.Each(kindBatch, func(id string, record []byte) bool {
		seen := batch{}
		if err = json.Unmarshal(record, &seen); err != nil {
			err = fmt.Errorf("batch %s: %w", id, err)
			return false
		}
		newest = max(newest, seen[serial])
		return true
	})
	return newest, err
}

// acknowledge never takes an acknowledgement back: an old batch says nothing about a newer revision.
func acknowledge(tx state.Tx, serial string, revision int) error {
	before, err := acknowledgedRevision(tx, serial)
	if err != nil || before >= revision {
		return err
	}
	tx.Put(kindAcknowledged, serial, strconv.AppendInt(nil, int64(revision), 10))
	return nil
}

// reportArrival answers Z4. Reporting twice succeeds and keeps the first time, an unknown serial number fails (Z-50);
// without arriveDate the platform's time counts (Z-49).
func (p *platform) reportArrival(tx state.Tx, c *Call) (Reply, error) {
	serial := value.Text(c.Record(), "serialNumber")
	r, err := p.findReservation(tx, c.World, c.Now, serial)
	if err != nil {
		return Reply{}, err
	}
	if r == nil {
		return Reply{}, &Error{ID: "contact-platform", Diagnosis: diagnosis.New("unknown-reservation")}
	}
	if _, again := tx.Get(kindArrival, serial); again {
		return Reply{}, nil
	}
	arrived := value.Text(c.Record(), "arriveDate")
	if arrived == "" {
		arrived = c.Now.In(value.China()).Format(time.DateTime)
	}
	return Reply{}, state.Write(tx, kindArrival, serial, arrived)
}
