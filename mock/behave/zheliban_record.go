package behave

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

const kindsReservations = "reservations"

func zhelibanKinds() []kind {
	return []kind{
		{
			Kind: Kind{Name: kindsReservations, Schema: "/components/schemas/Reservation", Key: "serialNumber"},
			data: &dataRules{
				key: "serialNumber", mint: func(n int) any { return "ZJ" + strconv.Itoa(10000+n) }, ignored: "requestId",
				complete: func(w *World, _ int, given value.Record) value.Record {
					return inventReservation(w.Seed, keyText(given["serialNumber"]), w.Start, given)
				},
			},
			list:   listReservations,
			put:    putReservation,
			delete: deleteReservation,
		},
		{
			Kind:   Kind{Name: "acknowledgements", Schema: "/components/schemas/Acknowledgement", Key: "serialNumber", ReadOnly: true},
			list:   listAcknowledgements,
			delete: deleteOf(kindAcknowledged),
		},
		{
			Kind:   Kind{Name: "arrivals", Schema: "/components/schemas/Arrival", Key: "serialNumber", ReadOnly: true},
			list:   listArrivals,
			delete: deleteOf(kindArrival),
		},
	}
}

// reservation is one of a session: generated, of the user's data, or put.
type reservation struct {
	serial   string
	revision int
	origin   Origin
	state    *reservationState // of a generated one
	value    value.Record      // of a put one all of it, of one of the data what that states
	// fixed is the record, of one that nobody has put.
	fixed *value.Fixed
}

// reservationMoment is all that the reservations are a function of which nobody has put.
type reservationMoment struct {
	moment
	events int
}

// record is the reservation but for its request id, to be changed freely at the top.
func (r *reservation) record(w *World) value.Record {
	switch r.origin {
	case Generated:
		return r.state.record(w.Seed)
	case FromData:
		return inventReservation(w.Seed, r.serial, w.Start, r.value)
	}
	return merged(r.value, nil)
}

// reservationsOf are the reservations that the platform knows, in the order of booking, and behind them those that were put.
// They are not to be changed.
func (p *platform) reservationsOf(tx state.Tx, w *World, now time.Time) ([]reservation, error) {
	held, err := changesOf(tx, kindReservation)
	if err != nil {
		return nil, err
	}
	list := p.givenReservations(w, now)
	if held.byKey == nil {
		return list, nil
	}
	placed := make(map[string]bool, len(held.keys))
	kept := make([]reservation, 0, len(list)+len(held.keys))
	for _, r := range list {
		if h, changed := held.byKey[r.serial]; changed {
			placed[r.serial] = true
			if h.Gone {
				continue
			}
			r = putOne(r.serial, h)
		}
		kept = append(kept, r)
	}
	for _, serial := range held.keys {
		if h := held.byKey[serial]; !h.Gone && !placed[serial] {
			kept = append(kept, putOne(serial, h))
		}
	}
	return kept, nil
}

func putOne(serial string, h held) reservation {
	return reservation{serial: serial, revision: h.Revision, origin: WasPut, value: h.Value}
}

// givenReservations are those of the user's data, or the generated ones.
func (p *platform) givenReservations(w *World, now time.Time) []reservation {
	data, listed := w.Data[kindsReservations]
	if listed && len(data) == 0 {
		return nil
	}
	at := reservationMoment{moment: momentOf(w, data)}
	if !listed {
		at.events = reservationEventsAt(w.Start, now)
	}
	if list, ok := p.reservations.find(at); ok {
		return list
	}
	var list []reservation
	if listed {
		list = listedReservations(at, data)
	} else {
		list = generatedReservations(at)
	}
	return p.reservations.remember(at, list, len(list))
}

func listedReservations(at reservationMoment, data []value.Record) []reservation {
	list := make([]reservation, len(data))
	for i, given := range data {
		serial := keyText(given["serialNumber"])
		list[i] = reservation{serial: serial, revision: revisionOf(given), origin: FromData, value: given}
		list[i].fixed = value.Fix(func() any {
			r := inventReservation(at.seed, serial, at.start, given)
			delete(r, "requestId") // each pull gives its own
			return r
		})
	}
	return list
}

func generatedReservations(at reservationMoment) []reservation {
	states := reservationsAfter(at.seed, at.start, at.events)
	list := make([]reservation, len(states))
	for i := range states {
		r := &states[i]
		list[i] = reservation{serial: r.serial(), revision: r.revision, origin: Generated, state: r}
		list[i].fixed = value.Fix(func() any { return r.record(at.seed) })
	}
	return list
}

// revisionOf is the revision of a reservation of the user's data. It follows from the status, so that one which the user
// changes or cancels in the file is pulled again (Z-45).
func revisionOf(r value.Record) int {
	switch statusOf(r) {
	case statusChanged:
		return 2
	case statusCancelled:
		return 3
	}
	return 1
}

func statusOf(r value.Record) reservationStatus {
	status, _ := value.Whole(r, "orderStatus")
	return reservationStatus(status)
}

func (p *platform) findReservation(tx state.Tx, w *World, now time.Time, serial string) (*reservation, error) {
	list, err := p.reservationsOf(tx, w, now)
	for i := range list {
		if list[i].serial == serial {
			return &list[i], err
		}
	}
	return nil, err
}

func listReservations(tx state.Tx, w *World, now time.Time) ([]Record, error) {
	reservations, err := new(platform).reservationsOf(tx, w, now)
	list := make([]Record, len(reservations))
	for i := range reservations {
		r := &reservations[i]
		list[i] = Record{Key: r.serial, Value: daysAsText(r.record(w)), Origin: r.origin, Revision: r.revision}
		if err == nil {
			list[i].Acknowledged, err = acknowledgedRevision(tx, r.serial)
		}
	}
	return list, err
}

// putReservation changes or makes a reservation. Another day or status is what a citizen's change or cancellation is: a new
// revision, pulled again whatever was acknowledged (Z-45). Another day alone makes a reserved one a changed one.
func putReservation(tx state.Tx, w *World, now time.Time, serial string, patch value.Record) (Record, error) {
	if err := agrees(patch, "serialNumber", serial); err != nil {
		return Record{}, err
	}
	delete(patch, "requestId") // a copy of what was pulled has it; it is the pull's and not the reservation's
	r, err := new(platform).findReservation(tx, w, now, serial)
	if err != nil {
		return Record{}, err
	}
	seen, err := seenRevision(tx, serial)
	if err != nil {
		return Record{}, err
	}
	var h held
	if r == nil {
		// Whatever was seen under that number was another one.
		h.Revision, h.Value = seen+1, inventReservation(w.Seed, serial, now, patch)
	} else {
		before := daysAsText(r.record(w))
		h.Revision, h.Value = r.revision, merged(before, patch)
		_, statusGiven := patch["orderStatus"]
		otherDay := value.Text(before, "checkDate") != value.Text(h.Value, "checkDate")
		if otherDay && !statusGiven && statusOf(before) == statusReserved {
			h.Value["orderStatus"] = int64(statusChanged)
		}
		if otherDay || statusOf(before) != statusOf(h.Value) {
			h.Revision = max(h.Revision, seen) + 1
		}
	}
	h.Value["serialNumber"] = serial
	acknowledged, err := acknowledgedRevision(tx, serial)
	if err != nil {
		return Record{}, err
	}
	return Record{
		Key: serial, Value: daysAsText(h.Value), Origin: WasPut, Revision: h.Revision, Acknowledged: acknowledged,
	}, h.write(tx, kindReservation, serial)
}

// deleteReservation forgets a reservation, its acknowledgement and its arrival.
func deleteReservation(tx state.Tx, w *World, now time.Time, serial string) (bool, error) {
	r, err := new(platform).findReservation(tx, w, now, serial)
	if err != nil || r == nil {
		return false, err
	}
	tx.Delete(kindAcknowledged, serial)
	tx.Delete(kindArrival, serial)
	return true, held{Gone: true}.write(tx, kindReservation, serial)
}

// listAcknowledgements lists the reservations that the caller has confirmed, each with the newest revision confirmed.
// Without its acknowledgement a reservation is pulled again.
func listAcknowledgements(tx state.Tx, _ *World, _ time.Time) ([]Record, error) {
	return stored(tx, kindAcknowledged, func(serial string, record []byte) (r Record, err error) {
		r.Value = value.Record{"serialNumber": serial}
		return r, json.Unmarshal(record, &r.Acknowledged)
	})
}

func listArrivals(tx state.Tx, _ *World, _ time.Time) ([]Record, error) {
	return stored(tx, kindArrival, func(serial string, record []byte) (Record, error) {
		var arrived string
		err := json.Unmarshal(record, &arrived)
		return Record{Value: value.Record{"serialNumber": serial, "arriveDate": arrived}}, err
	})
}

// stored lists what callers left under keys.
func stored(tx state.Tx, kind string, read func(key string, record []byte) (Record, error)) ([]Record, error) {
	list := []Record{}
	var err error
	tx.Each(kind, func(key string, record []byte) bool {
		var r Record
		if r, err = read(key, record); err != nil {
			err = fmt.Errorf("record of kind %s: %w", kind, err)
			return false
		}
		r.Key, r.Origin = key, Received
		list = append(list, r)
		return true
	})
	return list, err
}

// deleteOf deletes what a caller left under a key.
func deleteOf(kind string) func(state.Tx, *World, time.Time, string) (bool, error) {
	return func(tx state.Tx, _ *World, _ time.Time, key string) (bool, error) {
		_, known := tx.Get(kind, key)
		tx.Delete(kind, key)
		return known, nil
	}
}
