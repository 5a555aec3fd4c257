package behave

import (
	"fmt"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

func alihealthKinds() []kind {
	return []kind{{
		Kind: Kind{Name: kindsAppointments, Schema: "/components/schemas/Appointment", Key: "appointment_id"},
		data: &dataRules{
			key: "appointment_id", mint: func(n int) any { return fmt.Sprintf("P%04d", n) }, needs: "out_pov_id",
			complete: dataAppointment,
		},
		list:   listAppointments,
		put:    putAppointment,
		delete: deleteAppointment,
	}}
}

// listAppointments lists the user's appointments, or those of the books that were asked for last, and behind them the others
// that were put: any point has a book for any day, so there is no list of all.
func listAppointments(tx state.Tx, w *World, now time.Time) ([]Record, error) {
	held, err := changesOf(tx, kindAppointment)
	if err != nil {
		return nil, err
	}
	list, placed := []Record{}, map[string]bool{}
	add := func(id string, origin Origin, row func() value.Record) {
		placed[id] = true
		h, changed := held.byKey[id]
		switch {
		case !changed:
			list = append(list, Record{Key: id, Value: daysAsText(row()), Origin: origin})
		case !h.Gone:
			list = append(list, Record{Key: id, Value: h.Value, Origin: WasPut})
		}
	}
	if data, listed := w.Data[kindsAppointments]; listed {
		for i, given := range data {
			add(keyText(given["appointment_id"]), FromData, func() value.Record { return dataAppointment(w, i, given) })
		}
	} else {
		tx.Each(kindBook, func(key string, _ []byte) bool {
			at := placeOf(key)
			b := at.generated(w)
			for i := range b.Count() {
				add(b.ID(i), Generated, func() value.Record { return generatedRow(b, i, now, at) })
			}
			return true
		})
	}
	for _, id := range held.keys {
		if h := held.byKey[id]; !h.Gone && !placed[id] {
			list = append(list, Record{Key: id, Value: h.Value, Origin: WasPut})
		}
	}
	return list, nil
}

// generatedAppointment finds a generated appointment: most ids say themselves where they stand, the others may be those of a
// book that was asked for.
func generatedAppointment(tx state.Tx, w *World, id string) (b fake.VaccinationDay, i int, at bookPlace, found bool) {
	if point, day, ok := fake.SplitAppointmentID(id); ok {
		at = bookPlace{point, value.DayOf(day)}
		b = at.generated(w)
		i, found = b.Find(id)
		return b, i, at, found
	}
	tx.Each(kindBook, func(key string, _ []byte) bool {
		at = placeOf(key)
		b = at.generated(w)
		i, found = b.Find(id)
		return !found
	})
	return b, i, at, found
}

// findAppointment is the appointment with that id as it stands, nil when there is none.
func findAppointment(tx state.Tx, w *World, now time.Time, id string) (value.Record, error) {
	if _, changed := tx.Get(kindAppointment, id); changed {
		h, err := heldUnder(tx, kindAppointment, id)
		if h.Gone {
			return nil, err
		}
		return h.Value, err
	}
	if data, listed := w.Data[kindsAppointments]; listed {
		for i, given := range data {
			if keyText(given["appointment_id"]) == id {
				return dataAppointment(w, i, given), nil
			}
		}
		return nil, nil
	}
	if b, i, at, found := generatedAppointment(tx, w, id); found {
		return generatedRow(b, i, now, at), nil
	}
	return nil, nil
}

// putAppointment changes or makes an appointment; another point or day moves it to that book. Its queue code comes and goes
// with pick_status unless the patch says otherwise.
func putAppointment(tx state.Tx, w *World, now time.Time, id string, patch value.Record) (Record, error) {
	if err := agrees(patch, "appointment_id", id); err != nil {
		return Record{}, err
	}
	before, err := findAppointment(tx, w, now, id)
	if err != nil {
		return Record{}, err
	}
	if before == nil {
		before = inventAppointment(w.Seed, value.DayOf(now), value.Record{"appointment_id": id})
	}
	after := merged(daysAsText(before), patch)
	after["appointment_id"] = id
	at, ok := place(after)
	if !ok {
		return Record{}, fmt.Errorf("%w: an appointment has an out_pov_id, and an appointment_time as yyyy-MM-dd", ErrInvalid)
	}
	after["out_pov_id"] = at.point
	if _, given := patch["pick_code"]; !given {
		switch {
		case !takesNumber(after):
			delete(after, "pick_code")
		case after["pick_code"] == nil:
			if after["pick_code"], err = pickCode(tx, w, now, id); err != nil {
				return Record{}, err
			}
		}
	}
	return Record{Key: id, Value: after, Origin: WasPut}, held{Value: after}.write(tx, kindAppointment, id)
}

// pickCode is the queue code of an appointment: that of its place in the generated book, or one of a row that no book has.
func pickCode(tx state.Tx, w *World, now time.Time, id string) (string, error) {
	if b, i, _, found := generatedAppointment(tx, w, id); found {
		a, _ := b.Appointment(i, now)
		return a.PickCode, nil
	}
	held, err := changesOf(tx, kindAppointment)
	if err != nil {
		return "", err
	}
	used := make(map[string]bool, len(held.keys))
	for _, h := range held.byKey {
		used[value.Text(h.Value, "pick_code")] = true
	}
	for n := 1; ; n++ {
		if code := fmt.Sprintf("C%03d", n); !used[code] {
			return code, nil
		}
	}
}

func deleteAppointment(tx state.Tx, w *World, now time.Time, id string) (bool, error) {
	r, err := findAppointment(tx, w, now, id)
	if err != nil || r == nil {
		return false, err
	}
	return true, held{Gone: true}.write(tx, kindAppointment, id)
}
