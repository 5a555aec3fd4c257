package behave

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
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
	key := b.key()
	if _, known := tx.Get(kindBook, key); known {
		return
	}
	at := strconv.FormatInt(tx.Next(kindBook)%mostBooks, 10)
	if old, ok := tx.Get(kindBookAt, at); ok {
		tx.Delete(kindBook, string(old))
	}
	tx.Put(kindBookAt, at, []byte(key))
	tx.Put(kindBook, key, nil)
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
	// row is a record, or what stands for one.
	row func(i int) any
}

// bookMoment is all that a generated book is a function of, but for who has taken a number.
type bookMoment struct {
	seed  int64
	place bookPlace
}

// generatedBook is a book that nobody has changed, with the rows that somebody has asked for.
type generatedBook struct {
	fake.VaccinationDay
	place bookPlace
	rows  []atomic.Pointer[generatedAt]
}

// generatedAt is a row as it was when it was asked for.
type generatedAt struct {
	taken bool
	fixed *value.Fixed
}

// bookOf is the generated book of a place.
func bookOf(w *World, at bookPlace, books *memory[bookMoment, *generatedBook]) *generatedBook {
	key := bookMoment{w.Seed, at}
	if b, ok := books.find(key); ok {
		return b
	}
	key.place.point = strings.Clone(at.point) // it is part of a request
	b := &generatedBook{VaccinationDay: key.place.generated(w), place: key.place}
	b.rows = make([]atomic.Pointer[generatedAt], b.Count())
	return books.remember(key, b, b.Count())
}

// row is the i-th row, which changes once: when the number is taken.
func (b *generatedBook) row(i int, now time.Time) any {
	taken := b.Taken(i, now)
	if row := b.rows[i].Load(); row != nil && row.taken == taken {
		return row.fixed
	}
	row := &generatedAt{taken, value.Fix(func() any {
		a, _ := b.Appointment(i, time.Time{})
		a.Taken = taken
		return appointmentRecord(a, b.place.point, b.place.day)
	})}
	b.rows[i].Store(row)
	return row.fixed
}

// openBook puts together a book: what is generated or of the user's data, in that order, with what was put in its place, and
// behind it what was put anew.
func openBook(tx state.Tx, w *World, now time.Time, at bookPlace, books *memory[bookMoment, *generatedBook]) (book, error) {
	held, err := changesOf(tx, kindAppointment)
	if err != nil {
		return book{}, err
	}
	data, listed := w.Data[kindsAppointments]
	if held.byKey == nil && !listed {
		generated := bookOf(w, at, books)
		return book{int64(generated.Count()), func(i int) any { return generated.row(i, now) }}, nil
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
		generated := at.generated(w)
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
	return book{int64(len(rows)), func(i int) any { return rows[i]() }}, nil
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
