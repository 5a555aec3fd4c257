package behave

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
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

func zheliban() map[string]Step {
	return map[string]Step{
		"issueToken":              issueToken,
		"pullReservations":        pullReservations,
		"acknowledgeReservations": acknowledgeReservations,
		"reportArrival":           reportArrival,
	}
}

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

// pullReservations answers Z2: every reservation whose latest revision is not acknowledged, in the order of booking,
// all under one fresh request id (Z-29, Z-30). An empty pull mints no id.
func pullReservations(tx state.Tx, c *Call) (Reply, error) {
	requestID := c.Minted().Hex(32)
	list, seen := value.List{}, batch{}
	reservations, err := reservationsOf(tx, c.World, c.Now)
	if err != nil {
		return Reply{}, err
	}
	for i := range reservations {
		r := &reservations[i]
		acknowledged, err := acknowledgedRevision(tx, r.serial)
		if err != nil {
			return Reply{}, err
		}
		if acknowledged >= r.revision {
			continue
		}
		row := r.record(c.World)
		row["requestId"] = requestID
		list = append(list, row)
		seen[r.serial] = r.revision
	}
	if len(list) > 0 {
		if err := keepBatch(tx, requestID, seen); err != nil {
			return Reply{}, err
		}
	}
	return Reply{Value: list}, nil
}

// keepBatch remembers a batch in the place of the one a hundred pulls before it: a caller that pulls in a loop would
// otherwise fill the memory.
func keepBatch(tx state.Tx, requestID string, seen batch) error {
	const keep = 100
	place := strconv.FormatInt(tx.Next(kindBatch)%keep, 10)
	if old, ok := tx.Get(kindBatchPlace, place); ok {
		tx.Delete(kindBatch, string(old))
	}
	tx.Put(kindBatchPlace, place, []byte(requestID))
	return state.Write(tx, kindBatch, requestID, seen)
}

func acknowledgedRevision(tx state.Tx, serial string) (int, error) {
	var revision int
	_, err := state.Read(tx, kindAcknowledged, serial, &revision)
	return revision, err
}

// acknowledgeReservations answers Z3: a batch by its request id, or one reservation by its serial number; with both the
// batch counts (Z-35). Doing it again succeeds, an unknown id fails (Z-36).
func acknowledgeReservations(tx state.Tx, c *Call) (Reply, error) {
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
	r, err := findReservation(tx, c.World, c.Now, serial)
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
	return state.Write(tx, kindAcknowledged, serial, revision)
}

// reportArrival answers Z4. Reporting twice succeeds and keeps the first time, an unknown serial number fails (Z-50);
// without arriveDate the platform's time counts (Z-49).
func reportArrival(tx state.Tx, c *Call) (Reply, error) {
	serial := value.Text(c.Record(), "serialNumber")
	r, err := findReservation(tx, c.World, c.Now, serial)
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
