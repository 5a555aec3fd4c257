package behave

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// The simulated 浙里办 platform. What is reserved is a function of the session's seed and time; what is kept is only what
// callers did to it.
const (
	reservationsAtStart = 12
	reservationEvents   = 240 // no event comes after this many marks
	reservationMark     = 10 * time.Minute

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

// reservationStatus is 预约状态, Z-44.
type reservationStatus int

const (
	statusReserved  reservationStatus = 1
	statusChanged   reservationStatus = 2
	statusCancelled reservationStatus = 5
)

// reservationState is a reservation as it stands now: its number in the order of booking, its status, the day of the
// check-up, and how often it was changed. A revision that was not acknowledged yet is pulled (Z-45).
type reservationState struct {
	index    int
	status   reservationStatus
	revision int
	booked   time.Time
	day      time.Time
}

func (r *reservationState) serial() string { return "ZJ" + strconv.Itoa(10000+r.index) }

func (r *reservationState) source(seed int64) fake.Source {
	return fake.New(seed, "reservation", r.serial())
}

func newReservation(seed int64, index int, at time.Time) reservationState {
	r := reservationState{index: index, status: statusReserved, revision: 1, booked: at}
	r.day = r.source(seed).Sub("day").CheckUpDay(at)
	return r
}

// change gives the reservation another day.
func (r *reservationState) change(seed int64, at time.Time) {
	r.status = statusChanged
	r.revision++
	days := r.source(seed).Sub("changed day").Index(r.revision)
	before := r.day
	for try := 0; r.day.Equal(before) && try < 20; try++ {
		r.day = days.Index(try).CheckUpDay(at)
	}
}

// cancel leaves the day as it was.
func (r *reservationState) cancel() {
	r.status = statusCancelled
	r.revision++
}

// open says whether a citizen can still change or cancel: not twice, and not once the day has come.
func (r *reservationState) open(at time.Time) bool {
	return r.status != statusCancelled && at.Before(r.day)
}

// reservationsAt replays what citizens did from the session's start until now. The session begins with twelve
// reservations, two of them changed and cancelled before; from then on each full ten minutes bring one event: mostly a
// new reservation, every fourth time a change and every seventh a cancellation of an earlier one.
func reservationsAt(seed int64, start, now time.Time) []reservationState {
	list := make([]reservationState, 0, reservationsAtStart+32)
	book := func(at time.Time) { list = append(list, newReservation(seed, len(list)+1, at)) }
	for i := range reservationsAtStart {
		book(start.Add(-time.Duration(reservationsAtStart-i) * 97 * time.Minute))
	}
	list[4].change(seed, start.Add(-20*time.Minute))
	list[8].cancel()

	first := start.Truncate(reservationMark)
	events := int(now.Sub(first) / reservationMark)
	for k := 1; k <= min(events, reservationEvents); k++ {
		at := first.Add(time.Duration(k) * reservationMark)
		var picked *reservationState
		if k%7 == 0 || k%4 == 0 {
			picked = pickOpen(list, fake.New(seed, "reservation event").Index(k).Intn(len(list)), at)
		}
		switch {
		case picked == nil:
			book(at)
		case k%7 == 0:
			picked.cancel()
		default:
			picked.change(seed, at)
		}
	}
	return list
}

// pickOpen returns the first open reservation from the index on, round the end; nil when there is none.
func pickOpen(list []reservationState, from int, at time.Time) *reservationState {
	for i := range list {
		if r := &list[(from+i)%len(list)]; r.open(at) {
			return r
		}
	}
	return nil
}

// record is the reservation as the vendor knows it: everything but the status and the day follows from its serial
// number, so that a changed one is the same person's.
func (r *reservationState) record(seed int64, requestID string) value.Record {
	s := r.source(seed)
	p := s.Sub("person").Person(fake.PersonOptions{At: r.booked})
	checkUp := s.Sub("check-up").CheckUp(p)
	hospital := fake.New(seed, "reservation hospital").Hospital() // the caller's
	sex, married, paid := 1, 1, 0
	if p.Sex == fake.Female {
		sex = 2
	}
	if p.Married {
		married = 2
	}
	if s.Sub("pay").Chance(0.5) {
		paid = 1
	}
	return value.Record{
		"requestId":           requestID,
		"serialNumber":        r.serial(),
		"erhcNo":              p.HealthCardNo,
		"name":                p.Name,
		"cardType":            1,
		"idcard":              p.IDCard,
		"birthdate":           value.DayOf(p.Birth),
		"sexCode":             sex,
		"isPregnant":          p.Pregnant,
		"married":             married,
		"mobile":              p.Mobile,
		"hospitalCode":        hospital.Code,
		"hospitalName":        hospital.Name,
		"checkDate":           value.DayOf(r.day),
		"hospitalPackageId":   checkUp.Package.ID,
		"hospitalPackageName": checkUp.Package.Name,
		"addCombinationId":    strings.Join(checkUp.AddOnIDs(), ","),
		"addCombinationName":  strings.Join(checkUp.AddOnNames(), ","),
		"examinationFee":      yuan(checkUp.Fee),
		"orderStatus":         int(r.status),
		"payType":             paid,
		"dataSources":         "益往健康",
	}
}

// yuan writes fen as yuan with two decimals, exactly (Z-47).
func yuan(fen int64) json.Number {
	return json.Number(fmt.Sprintf("%d.%02d", fen/100, fen%100))
}

// batch is what one pull returned: each serial number with the revision the caller has seen.
type batch map[string]int

// pullReservations answers Z2: every reservation whose latest revision is not acknowledged, in the order of booking,
// all under one fresh request id (Z-29, Z-30). An empty pull mints no id.
func pullReservations(tx state.Tx, c *Call) (Reply, error) {
	requestID := c.Minted().Hex(32)
	list, seen := value.List{}, batch{}
	reservations := reservationsAt(c.Seed, c.Start, c.Now)
	for i := range reservations {
		r := &reservations[i]
		acknowledged, err := acknowledgedRevision(tx, r.serial())
		if err != nil {
			return Reply{}, err
		}
		if acknowledged >= r.revision {
			continue
		}
		list = append(list, r.record(c.Seed, requestID))
		seen[r.serial()] = r.revision
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
			if err := acknowledge(tx, serial, seen[serial]); err != nil {
				return Reply{}, err
			}
		}
		return Reply{}, nil
	}
	if serial == "" {
		return Reply{}, &Error{ID: "contact-platform", Diagnosis: diagnosis.New("neither-batch-nor-reservation")}
	}
	r, ok := findReservation(c, serial)
	if !ok {
		return Reply{}, &Error{ID: "contact-platform", Diagnosis: diagnosis.New("unknown-reservation")}
	}
	revision, err := seenRevision(tx, r)
	if err != nil {
		return Reply{}, err
	}
	return Reply{}, acknowledge(tx, serial, revision)
}

// seenRevision is the newest revision of a reservation that the caller has got. An acknowledgement by serial number
// means that one: what was changed since the last pull would be lost otherwise. A caller that knows the number without
// a pull means the present one.
func seenRevision(tx state.Tx, r *reservationState) (int, error) {
	newest, err := acknowledgedRevision(tx, r.serial())
	if err != nil {
		return 0, err
	}
	tx.Each(kindBatch, func(id string, record []byte) bool {
		seen := batch{}
		if err = json.Unmarshal(record, &seen); err != nil {
			err = fmt.Errorf("batch %s: %w", id, err)
			return false
		}
		newest = max(newest, seen[r.serial()])
		return true
	})
	if newest == 0 {
		newest = r.revision
	}
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

func findReservation(c *Call, serial string) (*reservationState, bool) {
	list := reservationsAt(c.Seed, c.Start, c.Now)
	for i := range list {
		if list[i].serial() == serial {
			return &list[i], true
		}
	}
	return nil, false
}

// reportArrival answers Z4. Reporting twice succeeds and keeps the first time, an unknown serial number fails (Z-50);
// without arriveDate the platform's time counts (Z-49).
func reportArrival(tx state.Tx, c *Call) (Reply, error) {
	serial := value.Text(c.Record(), "serialNumber")
	if _, ok := findReservation(c, serial); !ok {
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
