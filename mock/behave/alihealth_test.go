package behave

import (
	"encoding/json"
	"maps"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/value"
)

// appointmentBody is a decoded form; paging lists names and values in turn.
func appointmentBody(point, day string, paging ...any) value.Record {
	query := value.Record{"out_pov_id": point, "day": day}
	for i := 0; i+1 < len(paging); i += 2 {
		query[paging[i].(string)] = paging[i+1]
	}
	return value.Record{appointmentQuery: query}
}

func appointmentRows(r Reply) (total int64, rows value.List) {
	model := r.Value.(value.Record)
	return model["total"].(int64), model["data_list"].(value.List)
}

func TestAppointmentPagesMakeTheDay(t *testing.T) {
	t.Parallel()
	points := []string{"00001", "1", "南苑", "12345678901234567890123"}
	days := []string{"2024-03-05", "2024-02-29", "0001-01-01", "9999-12-31"}
	totals := map[int64]bool{}
	for n, seed := range testSeeds() {
		w := newTestWorld(t, "alihealth", seed)
		point, day := points[n%len(points)], days[n/len(points)%len(days)]
		for _, size := range []int64{7, 100, 200} {
			ids := map[string]bool{}
			total := int64(-1)
			for page := int64(1); ; page++ {
				reply := w.call("queryAppointments", appointmentBody(point, day, "page_num", page, "page_size", size))
				of, rows := appointmentRows(reply)
				if total >= 0 && of != total {
					t.Fatalf("seed %d: page %d of %d says %d records", seed, page, total, of)
				}
				total = of
				model := reply.Value.(value.Record)
				if model["page_num"] != page || model["page_size"] != size {
					t.Fatalf("seed %d: page %v of size %v, want the request's %d and %d", seed, model["page_num"], model["page_size"], page, size)
				}
				for _, row := range rows {
					r := row.(value.Record)
					if ids[value.Text(r, "appointment_id")] {
						t.Fatalf("seed %d: appointment %v twice", seed, r["appointment_id"])
					}
					ids[value.Text(r, "appointment_id")] = true
					if r["out_pov_id"] != point || r["appointment_time"].(value.Day).String() != day {
						t.Fatalf("seed %d: asked for %s on %s, got %v", seed, point, day, r)
					}
				}
				if int64(len(rows)) < size {
					break
				}
			}
			if total < 1 || total > 400 || int64(len(ids)) != total {
				t.Fatalf("seed %d: %d appointments on the pages, total %d", seed, len(ids), total)
			}
			totals[total] = true
		}
	}
	if len(totals) < 20 {
		t.Errorf("only %d different lengths of a day", len(totals))
	}
}

func TestAppointmentPageBeyondTheEnd(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "alihealth", 1)
	want, _ := appointmentRows(w.call("queryAppointments", appointmentBody("00001", "2024-03-05")))
	for _, page := range []any{json.Number("401"), "999999999999999999", json.Number("9223372036854775807"), int64(math.MaxInt64)} {
		for _, size := range []any{json.Number("1"), "200"} {
			total, rows := appointmentRows(w.call("queryAppointments", appointmentBody("00001", "2024-03-05", "page_num", page, "page_size", size)))
			if total != want || len(rows) != 0 || rows == nil {
				t.Errorf("page %v of size %v: %d rows of %d, want none of %d", page, size, len(rows), total, want)
			}
		}
	}
}

func TestAppointmentPagingForms(t *testing.T) {
	t.Parallel()
	for _, seed := range testSeeds()[:8] {
		w := newTestWorld(t, "alihealth", seed)
		plain := w.call("queryAppointments", appointmentBody("00001", "2024-03-05"))
		for _, paging := range [][]any{
			{"page_num", json.Number("1"), "page_size", json.Number("200")},
			{"page_num", "1", "page_size", "200"},
			{"page_num", nil, "page_size", nil},
			{"page_size", "200"},
		} {
			again := w.call("queryAppointments", appointmentBody("00001", "2024-03-05", paging...))
			if diff := cmp.Diff(plain, again); diff != "" {
				t.Fatalf("seed %d: paging %v: %s", seed, paging, diff)
			}
		}
	}
}

func TestAppointmentArgumentsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body      any
		row, told string
	}{
		"no body":          {nil, "missing-required-arguments", "incomplete-query"},
		"no structure":     {value.Record{}, "missing-required-arguments", "incomplete-query"},
		"no day":           {appointmentBody("00001", ""), "missing-required-arguments", "incomplete-query"},
		"no point":         {appointmentBody("", "2024-03-05"), "missing-required-arguments", "incomplete-query"},
		"no such day":      {appointmentBody("00001", "2023-02-29"), "invalid-arguments", "unusable-query"},
		"day with time":    {appointmentBody("00001", "2024-03-05 10:00:00"), "invalid-arguments", "unusable-query"},
		"page 0":           {appointmentBody("00001", "2024-03-05", "page_num", json.Number("0")), "invalid-arguments", "unusable-query"},
		"page -1":          {appointmentBody("00001", "2024-03-05", "page_num", "-1"), "invalid-arguments", "unusable-query"},
		"page 1.5":         {appointmentBody("00001", "2024-03-05", "page_num", json.Number("1.5")), "invalid-arguments", "unusable-query"},
		"page beyond all":  {appointmentBody("00001", "2024-03-05", "page_num", json.Number("9223372036854775808")), "invalid-arguments", "unusable-query"},
		"page of no kind":  {appointmentBody("00001", "2024-03-05", "page_num", true), "invalid-arguments", "unusable-query"},
		"size 0":           {appointmentBody("00001", "2024-03-05", "page_size", "0"), "invalid-arguments", "unusable-query"},
		"size 201":         {appointmentBody("00001", "2024-03-05", "page_size", json.Number("201")), "invalid-arguments", "unusable-query"},
		"structure a text": {value.Record{appointmentQuery: "{}"}, "missing-required-arguments", "incomplete-query"},
	} {
		if told := newTestWorld(t, "alihealth", 1).refused("queryAppointments", c.body, c.row); told != c.told {
			t.Errorf("%s: diagnosis %s, want %s", name, told, c.told)
		}
	}
}

func TestAppointmentsAreTheSeeds(t *testing.T) {
	t.Parallel()
	body := appointmentBody("00001", "2024-03-05")
	for _, seed := range testSeeds() {
		// Calls before this one, of other points and pages, change nothing.
		busy := newTestWorld(t, "alihealth", seed)
		busy.call("queryAppointments", appointmentBody("2", "2024-03-06", "page_size", "3"))
		fresh := newTestWorld(t, "alihealth", seed).call("queryAppointments", body)
		if diff := cmp.Diff(fresh, busy.call("queryAppointments", body)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		for what, other := range map[string]Reply{
			"another seed": newTestWorld(t, "alihealth", seed+1).call("queryAppointments", body),
			"another day":  newTestWorld(t, "alihealth", seed).call("queryAppointments", appointmentBody("00001", "2024-03-06")),
			"point 1":      newTestWorld(t, "alihealth", seed).call("queryAppointments", appointmentBody("1", "2024-03-05")),
		} {
			_, these := appointmentRows(fresh)
			_, those := appointmentRows(other)
			if len(these) == len(those) && these[0].(value.Record)["name"] == those[0].(value.Record)["name"] &&
				these[len(these)-1].(value.Record)["name"] == those[len(those)-1].(value.Record)["name"] {
				t.Errorf("seed %d: %s gives the same appointments", seed, what)
			}
		}
	}
}

func TestNumbersAreTakenDuringTheDay(t *testing.T) {
	t.Parallel()
	day := value.Day{Year: 2024, Month: time.March, Day: 5}
	status := func(w *testWorld) (taken, rows int) {
		_, list := appointmentRows(w.call("queryAppointments", appointmentBody("00001", day.String())))
		for _, row := range list {
			r := row.(value.Record)
			_, code := r["pick_code"]
			switch r["pick_status"] {
			case 0:
				taken++
			case 1:
			default:
				t.Fatalf("pick_status %v", r["pick_status"])
			}
			if code != (r["pick_status"] == 0) {
				t.Fatalf("pick_status %v with pick_code %v", r["pick_status"], r["pick_code"])
			}
		}
		return taken, len(list)
	}
	for _, seed := range testSeeds() {
		w := newTestWorld(t, "alihealth", seed)
		before := 0
		for hour := range 30 {
			w.now = day.Start().Add(time.Duration(hour) * time.Hour)
			taken, rows := status(w)
			switch {
			case hour < 7 && taken > 0:
				t.Fatalf("seed %d: %d taken at %d:00", seed, taken, hour)
			case taken < before:
				t.Fatalf("seed %d: %d taken at %d:00, %d before", seed, taken, hour, before)
			case hour == 29 && rows > 50 && taken < rows*8/10:
				t.Fatalf("seed %d: %d of %d taken in the end", seed, taken, rows)
			}
			before = taken
		}
	}
}

func TestAppointmentsFitTheContract(t *testing.T) {
	t.Parallel()
	page := testSchema(t, "alihealth", "/components/schemas/Page")
	names := map[string]bool{}
	for _, seed := range testSeeds() {
		w := newTestWorld(t, "alihealth", seed)
		w.now = value.Day{Year: 2024, Month: time.March, Day: 5}.Start().Add(11 * time.Hour)
		written := fits(t, page, w.call("queryAppointments", appointmentBody("007", "2024-03-05")).Value).(map[string]any)
		for _, row := range written["data_list"].([]any) {
			for name := range maps.Keys(row.(map[string]any)) {
				names[name] = true
			}
			if row.(map[string]any)["out_pov_id"] != "007" {
				t.Fatalf("seed %d: out_pov_id %v", seed, row.(map[string]any)["out_pov_id"])
			}
		}
	}
	if len(names) != 7 {
		t.Errorf("the rows have %v, want the seven documented members", names)
	}
}
