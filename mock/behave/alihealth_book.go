package behave

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

const (
	kindsAppointments = "appointments"

	kindAppointment = "appointment"            // id → held: what was put and deleted
	kindBook        = "appointment book"       // day and point → nothing: the books asked for last
	kindBookAt      = "appointment book place" // place → day and point

	// mostBooks bounds the books that are remembered, for the list of records only.
	mostBooks = 16
)

// bookPlace says which book: a vaccination point and a day.
type bookPlace struct {
	point string
	day   value.Day
}

func (b bookPlace) key() string { return b.day.String() + " " + b.point }

func placeOf(key string) bookPlace {
	text, point, _ := strings.Cut(key, " ")
	day, _ := value.ParseDay(text)
	return bookPlace{point, day}
}

// remember keeps in mind that a caller has asked for a book: records are listed from the books that somebody knows.
func (b bookPlace) remember(tx state.Tx) {
	if _, known := tx.Get(kindBook, b.key()); known {
		return
	}
	at := strconv.FormatInt(tx.Next(kindBook)%mostBooks, 10)
	if old, ok := tx.Get(kindBookAt, at); ok {
		tx.Delete(kindBook, string(old))
	}
	tx.Put(kindBookAt, at, []byte(b.key()))
	tx.Put(kindBook, b.key(), nil)
}

func (b bookPlace) generated(w *World) fake.VaccinationDay {
	return fake.New(w.Seed).VaccinationDay(b.point, b.day.Start())
}

// place is the book in which a full record stands; false for a day that is none.
func place(r value.Record) (bookPlace, bool) {
	day, err := value.ParseDay(value.Text(r, "appointment_time"))
	point := keyText(r["out_pov_id"])
	return bookPlace{point, day}, err == nil && point != ""
}

// book is what a point has on a day.
type book struct {
	total int64
	row   func(i int) value.Record
}

// openBook puts together a book: what is generated or of the user's data, in that order, with what was put in its place, and
// behind it what was put anew.
func openBook(tx state.Tx, w *World, now time.Time, at bookPlace) (book, error) {
	held, err := changesOf(tx, kindAppointment)
	if err != nil {
		return book{}, err
	}
	data, listed := w.Data[kindsAppointments]
	generated := at.generated(w)
	if held.byKey == nil && !listed {
		return book{int64(generated.Count()), func(i int) value.Record { return generatedRow(generated, i, now, at) }}, nil
	}
	var rows []func() value.Record
	placed := map[string]bool{}
	add := func(id string, row func() value.Record) {
		h, changed := held.byKey[id]
		if !changed {
			rows = append(rows, row)
			return
		}
		placed[id] = true
		if in, ok := place(h.Value); !h.Gone && ok && in == at {
			rows = append(rows, func() value.Record { return merged(h.Value, nil) })
		}
	}
	if listed {
		for i, given := range data {
			if dataPlace(w, given) == at {
				add(keyText(given["appointment_id"]), func() value.Record { return dataAppointment(w, i, given) })
			}
		}
	} else {
		for i := range generated.Count() {
			add(generated.ID(i), func() value.Record { return generatedRow(generated, i, now, at) })
		}
	}
	for _, id := range held.keys {
		h := held.byKey[id]
		if in, ok := place(h.Value); !placed[id] && !h.Gone && ok && in == at {
			rows = append(rows, func() value.Record { return merged(h.Value, nil) })
		}
	}
	return book{int64(len(rows)), func(i int) value.Record { return rows[i]() }}, nil
}

func generatedRow(b fake.VaccinationDay, i int, now time.Time, at bookPlace) value.Record {
	a, _ := b.Appointment(i, now)
	return appointmentRecord(a, at.point, at.day)
}

// dataPlace is the book of an appointment of the user's data: that of the day on which the session began unless it says
// another.
func dataPlace(w *World, given value.Record) bookPlace {
	day, err := value.ParseDay(value.Text(given, "appointment_time"))
	if err != nil {
		day = value.DayOf(w.Start)
	}
	return bookPlace{keyText(given["out_pov_id"]), day}
}

// dataAppointment is the i-th appointment of the user's data, completed.
func dataAppointment(w *World, i int, given value.Record) value.Record {
	r := inventAppointment(w.Seed, value.DayOf(w.Start), given)
	if takesNumber(r) && r["pick_code"] == nil {
		r["pick_code"] = fmt.Sprintf("B%03d", i+1)
	}
	return r
}

// inventAppointment completes an appointment: its number is not taken, and what is given stays.
func inventAppointment(seed int64, day value.Day, given value.Record) value.Record {
	a := fake.New(seed, "appointment", keyText(given["appointment_id"])).Appointment(day.Start(), time.Time{})
	return merged(value.Record{
		"appointment_time": day.String(), "appointment_period": a.Period, "name": a.Name, "pick_status": int64(pickNotTaken),
	}, given)
}

func takesNumber(r value.Record) bool {
	status, ok := value.Whole(r, "pick_status")
	return ok && pickStatus(status) == pickTaken
}
