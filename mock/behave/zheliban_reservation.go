package behave

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/value"
)

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
	return reservationsAfter(seed, start, reservationEventsAt(start, now))
}

// reservationEventsAt counts the events until now.
func reservationEventsAt(start, now time.Time) int {
	return max(0, min(int(now.Sub(start.Truncate(reservationMark))/reservationMark), reservationEvents))
}

func reservationsAfter(seed int64, start time.Time, events int) []reservationState {
	list := make([]reservationState, 0, reservationsAtStart+32)
	book := func(at time.Time) { list = append(list, newReservation(seed, len(list)+1, at)) }
	for i := range reservationsAtStart {
		book(start.Add(-time.Duration(reservationsAtStart-i) * 97 * time.Minute))
	}
	list[4].change(seed, start.Add(-20*time.Minute))
	list[8].cancel()

	first := start.Truncate(reservationMark)
	for k := 1; k <= events; k++ {
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

// record is the reservation as the vendor knows it, but for the request id, which each pull gives anew.
func (r *reservationState) record(seed int64) value.Record {
	record := inventReservation(seed, r.serial(), r.booked, nil)
	record["checkDate"], record["orderStatus"] = value.DayOf(r.day), int(r.status)
	return record
}

// inventReservation makes up a reservation: everything but the status and the day follows from its serial number, so that a
// changed one is the same person's. Members that are given stay, and the others fit them where a person is concerned.
func inventReservation(seed int64, serial string, booked time.Time, given value.Record) value.Record {
	s := fake.New(seed, "reservation", serial)
	p := s.Sub("person").Person(personLike(booked, given))
	if married, ok := value.Whole(given, "married"); ok {
		p.Married = married == 2
	}
	if pregnant, ok := given["isPregnant"].(bool); ok {
		p.Pregnant = pregnant
	}
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
	record := value.Record{
		"serialNumber":        serial,
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
		"checkDate":           value.DayOf(s.Sub("day").CheckUpDay(booked)),
		"hospitalPackageId":   checkUp.Package.ID,
		"hospitalPackageName": checkUp.Package.Name,
		"addCombinationId":    strings.Join(checkUp.AddOnIDs(), ","),
		"addCombinationName":  strings.Join(checkUp.AddOnNames(), ","),
		"examinationFee":      yuan(checkUp.Fee),
		"orderStatus":         int(statusReserved),
		"payType":             paid,
		"dataSources":         "益往健康",
	}
	maps.Copy(record, given)
	return record
}

// personLike asks for a person whom given members may belong to: sex and birth as they say, or as the ID card says.
func personLike(at time.Time, given value.Record) fake.PersonOptions {
	options := fake.PersonOptions{At: at}
	if birth, sex, err := fake.ParseIDCard(value.Text(given, "idcard")); err == nil {
		options.Birth, options.Sex = birth, sex
	}
	switch code, _ := value.Whole(given, "sexCode"); code {
	case 1:
		options.Sex = fake.Male
	case 2:
		options.Sex = fake.Female
	}
	if birth, err := value.ParseDay(value.Text(given, "birthdate")); err == nil {
		options.Birth = birth.Start()
	}
	return options
}

// yuan writes fen as yuan with two decimals, exactly (Z-47).
func yuan(fen int64) json.Number {
	return json.Number(fmt.Sprintf("%d.%02d", fen/100, fen%100))
}
