package behave

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/value"
)

// booked asks for a whole book, page by page, and returns its rows.
func booked(w *testWorld, point, day string) []value.Record {
	w.t.Helper()
	var rows []value.Record
	for page := 1; ; page++ {
		answer := w.call("queryAppointments", value.Record{appointmentQuery: value.Record{
			"day": day, "out_pov_id": point, "page_num": fmt.Sprint(page), "page_size": "70",
		}}).Value.(value.Record)
		list := answer["data_list"].(value.List)
		for _, item := range list {
			rows = append(rows, item.(value.Record))
		}
		if len(list) < 70 {
			if total := answer["total"].(int64); total != int64(len(rows)) {
				w.t.Fatalf("total %d, %d rows", total, len(rows))
			}
			return rows
		}
	}
}

func idsOf(rows []value.Record) []string {
	var ids []string
	for _, r := range rows {
		ids = append(ids, value.Text(r, "appointment_id"))
	}
	return ids
}

const (
	aPoint = "00001"
	aDay   = "2024-03-06"
)

func TestAppointmentsAreListedFromBooksThatWereAskedFor(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "alihealth", 5)
	if list := w.records("appointments"); len(list) != 0 {
		t.Errorf("%d are listed before anybody asked", len(list))
	}
	rows := booked(w, aPoint, aDay)
	other := booked(w, "杭州 一", "2024-03-07")
	list := w.records("appointments")
	if want := append(idsOf(rows), idsOf(other)...); !slices.Equal(keysOf(list), want) {
		t.Fatalf("listed %d, want %d", len(list), len(want))
	}
	for i, r := range append(rows, other...) {
		if diff := cmp.Diff(jsonForm(t, r), jsonForm(t, list[i].Value)); diff != "" {
			t.Fatal(diff)
		}
	}
	for i := range mostBooks {
		booked(w, fmt.Sprint(i), aDay)
	}
	if slices.Contains(keysOf(w.records("appointments")), value.Text(rows[0], "appointment_id")) {
		t.Error("old books are not forgotten")
	}
	if diff := cmp.Diff(rows, booked(w, aPoint, aDay)); diff != "" {
		t.Errorf("a forgotten book is another: %s", diff)
	}
}

func TestAPutAppointment(t *testing.T) {
	t.Parallel()
	for _, point := range []string{aPoint, "杭州 一"} {
		w := newTestWorld(t, "alihealth", 5)
		rows := booked(w, point, aDay)
		id := value.Text(rows[3], "appointment_id")
		code := "A004"
		w.mustPut("appointments", id, value.Record{"name": "测试"})
		after := booked(w, point, aDay)
		want := slices.Clone(rows)
		want[3] = merged(daysAsText(rows[3]), value.Record{"name": "测试"})
		if diff := cmp.Diff(jsonForms(t, want), jsonForms(t, after)); diff != "" {
			t.Fatal(diff)
		}

		// The queue code comes and goes with the status, and is what it would have been.
		for _, step := range []struct {
			patch value.Record
			code  any
		}{
			{value.Record{"pick_status": 0}, code},
			{value.Record{"name": "又"}, code},
			{value.Record{"pick_status": "1"}, nil},
			{value.Record{"pick_status": 0, "pick_code": "Z1"}, "Z1"},
			{value.Record{"name": "再"}, "Z1"},
			{value.Record{"pick_status": 1, "pick_code": ""}, ""},
			{value.Record{"pick_status": 0}, ""},
		} {
			if put := w.mustPut("appointments", id, step.patch); put.Value["pick_code"] != step.code {
				t.Errorf("%v: code %v, want %v", step.patch, put.Value["pick_code"], step.code)
			}
		}

		// Another day moves it.
		w.mustPut("appointments", id, value.Record{"appointment_time": "2024-03-09"})
		if ids := idsOf(booked(w, point, aDay)); slices.Contains(ids, id) || len(ids) != len(rows)-1 {
			t.Error("it stays in its old book")
		}
		if ids := idsOf(booked(w, point, "2024-03-09")); ids[len(ids)-1] != id {
			t.Error("it is not in its new book")
		}
		w.mustPut("appointments", id, value.Record{"appointment_time": aDay})
		if diff := cmp.Diff(idsOf(rows), idsOf(booked(w, point, aDay))); diff != "" {
			t.Errorf("it does not come back to its place: %s", diff)
		}
		if !w.remove("appointments", id) || slices.Contains(idsOf(booked(w, point, aDay)), id) {
			t.Error("it is not deleted")
		}
	}
}

func jsonForms(t testing.TB, rows []value.Record) []value.Record {
	list := make([]value.Record, len(rows))
	for i, r := range rows {
		list[i] = jsonForm(t, r)
	}
	return list
}

func TestAnAppointmentThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	// Most ids say where they stand, without a query before.
	rows := booked(newTestWorld(t, "alihealth", 5), aPoint, aDay)
	id := value.Text(rows[0], "appointment_id")
	w := newTestWorld(t, "alihealth", 5)
	put := w.mustPut("appointments", id, value.Record{"name": "测试"})
	if diff := cmp.Diff(jsonForm(t, merged(daysAsText(rows[0]), value.Record{"name": "测试"})), jsonForm(t, put.Value)); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(keysOf(w.records("appointments")), []string{id}) {
		t.Error("it is not listed")
	}
	if !w.remove("appointments", value.Text(rows[1], "appointment_id")) || w.remove("appointments", strings.TrimSuffix(id, "001")+"999") {
		t.Error("the wrong ones are deleted")
	}
	if ids := idsOf(booked(w, aPoint, aDay)); !slices.Equal(ids, append([]string{id}, idsOf(rows[2:])...)) {
		t.Error("the book is another")
	}
}

func TestANewAppointment(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "alihealth", 5)
	rows := booked(w, aPoint, "2024-03-05")
	first := w.mustPut("appointments", "MY-1", value.Record{"out_pov_id": aPoint, "pick_status": 0})
	second := w.mustPut("appointments", "MY-2", value.Record{"out_pov_id": aPoint, "pick_status": 0, "appointment_period": "08:00-08:30"})
	if first.Value["appointment_time"] != "2024-03-05" || first.Value["pick_code"] == second.Value["pick_code"] || first.Value["pick_code"] == nil {
		t.Errorf("%v, %v", first.Value, second.Value)
	}
	if ids := idsOf(booked(w, aPoint, "2024-03-05")); !slices.Equal(ids, append(idsOf(rows), "MY-1", "MY-2")) {
		t.Error("they do not stand at the end of the book")
	}
	w.remove("appointments", "MY-1")
	if again := w.mustPut("appointments", "MY-1", value.Record{"out_pov_id": "9"}); again.Value["pick_code"] != nil {
		t.Errorf("%v", again.Value)
	}
	if ids := idsOf(booked(w, "9", "2024-03-05")); ids[len(ids)-1] != "MY-1" {
		t.Error("it is not in its book")
	}
}

func TestAskingChangesNothing(t *testing.T) {
	t.Parallel()
	a, b := newTestWorld(t, "alihealth", 5), newTestWorld(t, "alihealth", 5)
	for i := range 3 {
		booked(a, fmt.Sprint(i), aDay)
	}
	if diff := cmp.Diff(booked(a, aPoint, aDay), booked(b, aPoint, aDay)); diff != "" {
		t.Error(diff)
	}
}
