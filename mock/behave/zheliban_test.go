package behave

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// pulled makes a pull and returns its rows and their request id, which must be the same for all.
func pulled(w *testWorld) (rows []value.Record, requestID string) {
	w.t.Helper()
	for _, item := range w.call("pullReservations", nil).Value.(value.List) {
		r := item.(value.Record)
		if id := value.Text(r, "requestId"); requestID == "" {
			requestID = id
		} else if id != requestID {
			w.t.Fatalf("seed %d: one pull has the request ids %s and %s", w.world.Seed, requestID, id)
		}
		rows = append(rows, r)
	}
	return rows, requestID
}

func acknowledgeBatch(w *testWorld, requestID string) {
	w.t.Helper()
	if reply := w.call("acknowledgeReservations", value.Record{"requestId": requestID}); reply.Value != nil {
		w.t.Fatalf("the acknowledgement answers %v", reply.Value)
	}
}

func serials(rows []value.Record) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = value.Text(r, "serialNumber")
	}
	return list
}

// toMark moves to the n-th mark after the start.
func (w *testWorld) toMark(n int) {
	w.now = testStart().Truncate(reservationMark).Add(time.Duration(n) * reservationMark)
}

// without is a row less what every pull or change may give anew.
func without(r value.Record, names ...string) value.Record {
	rest := value.Record{}
	for name, v := range r {
		if !slices.Contains(names, name) {
			rest[name] = v
		}
	}
	return rest
}

func TestReservationsAtTheStart(t *testing.T) {
	t.Parallel()
	hex := regexp.MustCompile(`^[0-9a-f]{32}$`)
	for _, seed := range testSeeds() {
		rows, requestID := pulled(newTestWorld(t, "zheliban", seed))
		if !hex.MatchString(requestID) {
			t.Fatalf("seed %d: request id %q", seed, requestID)
		}
		statuses := map[any]int{}
		for _, r := range rows {
			statuses[r["orderStatus"]]++
		}
		if diff := cmp.Diff(map[any]int{1: 10, 2: 1, 5: 1}, statuses); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		if list := serials(rows); !slices.IsSorted(list) || len(slices.Compact(list)) != 12 {
			t.Fatalf("seed %d: serial numbers %v", seed, list)
		}
	}
}

func TestReservationsFitTheContract(t *testing.T) {
	t.Parallel()
	reservation := testSchema(t, "zheliban", "/components/schemas/Reservation")
	token := testSchema(t, "zheliban", "/components/schemas/TokenReply/properties/result")
	for _, seed := range testSeeds()[:12] {
		w := newTestWorld(t, "zheliban", seed)
		fits(t, token, w.call("issueToken", nil).Value)
		w.toMark(60)
		rows, _ := pulled(w)
		for _, r := range rows {
			fits(t, reservation, r)
			birth, sex, err := fake.ParseIDCard(value.Text(r, "idcard"))
			if err != nil || r["birthdate"] != value.DayOf(birth) || (r["sexCode"] == 1) != (sex == fake.Male) {
				t.Fatalf("seed %d: birth date %v, sex %v, ID card says %v, %v (%v)", seed, r["birthdate"], r["sexCode"], birth, sex, err)
			}
			if r["isPregnant"] == true && sex != fake.Female {
				t.Fatalf("seed %d: a pregnant man", seed)
			}
			if fee := string(r["examinationFee"].(json.Number)); !regexp.MustCompile(`^[0-9]+\.[0-9]{2}$`).MatchString(fee) {
				t.Fatalf("seed %d: fee %s", seed, fee)
			}
		}
	}
}

func TestEveryMarkBringsOneEvent(t *testing.T) {
	t.Parallel()
	for _, seed := range testSeeds()[:6] {
		w := newTestWorld(t, "zheliban", seed)
		_, requestID := pulled(w)
		acknowledgeBatch(w, requestID)
		if rows, id := pulled(w); len(rows) != 0 || id != "" {
			t.Fatalf("seed %d: %d rows after the acknowledgement", seed, len(rows))
		}
		statuses := map[any]int{}
		for mark := 1; mark <= reservationEvents+5; mark++ {
			w.toMark(mark)
			w.now = w.now.Add(-time.Nanosecond)
			if rows, _ := pulled(w); len(rows) != 0 {
				t.Fatalf("seed %d: an event before mark %d", seed, mark)
			}
			w.toMark(mark)
			rows, requestID := pulled(w)
			if mark > reservationEvents {
				if len(rows) != 0 {
					t.Fatalf("seed %d: an event at mark %d", seed, mark)
				}
				continue
			}
			if len(rows) != 1 {
				t.Fatalf("seed %d: %d events at mark %d", seed, len(rows), mark)
			}
			statuses[rows[0]["orderStatus"]]++
			acknowledgeBatch(w, requestID)
		}
		if statuses[1] < 100 || statuses[2] < 30 || statuses[5] < 30 {
			t.Fatalf("seed %d: events %v", seed, statuses)
		}
		w.now = w.now.AddDate(100, 0, 0)
		if rows, _ := pulled(w); len(rows) != 0 {
			t.Fatalf("seed %d: events after a hundred years", seed)
		}
	}
}

func TestAStartOnAMarkIsNoEvent(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 1)
	w.world.Start = testStart().Truncate(reservationMark)
	for _, at := range []time.Duration{-48 * time.Hour, 0, reservationMark - 1} {
		w.now = w.world.Start.Add(at)
		if rows, _ := pulled(w); len(rows) != 12 {
			t.Errorf("%v after the start: %d reservations", at, len(rows))
		}
	}
}

// TestAReservationLives follows every reservation through all events: the person stays, a change gives another day
// that is still to come, a cancellation keeps the day, and nothing comes after it.
func TestAReservationLives(t *testing.T) {
	t.Parallel()
	changes, cancellations := 0, 0
	for _, seed := range testSeeds()[:8] {
		w := newTestWorld(t, "zheliban", seed)
		before := map[string]value.Record{}
		for mark := range reservationEvents + 1 {
			if mark > 0 {
				w.toMark(mark)
			}
			rows, requestID := pulled(w)
			acknowledgeBatch(w, requestID)
			for _, r := range rows {
				serial := value.Text(r, "serialNumber")
				was, known := before[serial]
				before[serial] = r
				if !known {
					if mark > 0 && r["orderStatus"] != 1 {
						t.Fatalf("seed %d: %s is new with status %v", seed, serial, r["orderStatus"])
					}
					continue
				}
				if diff := cmp.Diff(without(was, "requestId", "orderStatus", "checkDate"), without(r, "requestId", "orderStatus", "checkDate")); diff != "" {
					t.Fatalf("seed %d: %s is another reservation: %s", seed, serial, diff)
				}
				day := r["checkDate"].(value.Day)
				switch {
				case was["orderStatus"] == 5:
					t.Fatalf("seed %d: %s comes back after its cancellation", seed, serial)
				case r["orderStatus"] == 5:
					cancellations++
					if was["checkDate"] != day {
						t.Fatalf("seed %d: cancelling %s moves its day", seed, serial)
					}
				case r["orderStatus"] == 2:
					changes++
					if was["checkDate"] == day || !day.Start().After(w.now) {
						t.Fatalf("seed %d: %s changes from %v to %v at %v", seed, serial, was["checkDate"], day, w.now)
					}
				default:
					t.Fatalf("seed %d: %s comes back with status %v", seed, serial, r["orderStatus"])
				}
				if !was["checkDate"].(value.Day).Start().After(w.now) {
					t.Fatalf("seed %d: %s is touched at %v, its day was %v", seed, serial, w.now, was["checkDate"])
				}
			}
		}
	}
	if changes == 0 || cancellations == 0 {
		t.Errorf("%d changes and %d cancellations were seen", changes, cancellations)
	}
}

func TestPullsRepeatUntilAcknowledged(t *testing.T) {
	t.Parallel()
	for _, seed := range testSeeds() {
		w := newTestWorld(t, "zheliban", seed)
		first, one := pulled(w)
		second, two := pulled(w)
		if one == two {
			t.Fatalf("seed %d: two pulls have the request id %s", seed, one)
		}
		for i := range first {
			if diff := cmp.Diff(without(first[i], "requestId"), without(second[i], "requestId")); diff != "" {
				t.Fatalf("seed %d: row %d changes: %s", seed, i, diff)
			}
		}
		// The second pull brought no event, so the first batch still names everything.
		w.toMark(1)
		third, _ := pulled(w)
		if !slices.Equal(serials(third)[:12], serials(first)) || len(third) != 13 {
			t.Fatalf("seed %d: the order is not kept: %v, then %v", seed, serials(first), serials(third))
		}
		acknowledgeBatch(w, one)
		if rows, _ := pulled(w); len(rows) != 1 || rows[0]["serialNumber"] != third[12]["serialNumber"] {
			t.Fatalf("seed %d: %v left after the first batch, want the newest", seed, serials(rows))
		}
	}
}

func TestAcknowledging(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 3)
	rows, requestID := pulled(w)
	list := serials(rows)

	w.call("acknowledgeReservations", value.Record{"serialNumber": list[3]})
	w.call("acknowledgeReservations", value.Record{"serialNumber": list[3], "requestId": nil})
	w.call("acknowledgeReservations", value.Record{"serialNumber": list[3], "requestId": ""})
	rest, small := pulled(w)
	if want := slices.Delete(slices.Clone(list), 3, 4); !slices.Equal(serials(rest), want) {
		t.Fatalf("one acknowledged: %v left, want %v", serials(rest), want)
	}

	for name, c := range map[string]struct {
		body any
		told string
	}{
		"nothing":              {nil, "neither-batch-nor-reservation"},
		"empty texts":          {value.Record{"requestId": "", "serialNumber": nil}, "neither-batch-nor-reservation"},
		"unknown batch":        {value.Record{"requestId": "00000000000000000000000000000000"}, "unknown-batch"},
		"unknown serial":       {value.Record{"serialNumber": "ZJ99999"}, "unknown-reservation"},
		"serial to come":       {value.Record{"serialNumber": "ZJ10013"}, "unknown-reservation"},
		"batch wins, unknown":  {value.Record{"requestId": "0", "serialNumber": list[0]}, "unknown-batch"},
		"a serial as a batch":  {value.Record{"requestId": list[0]}, "unknown-batch"},
		"a batch as a serial":  {value.Record{"serialNumber": requestID}, "unknown-reservation"},
		"another case of both": {value.Record{"requestID": requestID}, "neither-batch-nor-reservation"},
	} {
		if told := w.refused("acknowledgeReservations", c.body, "contact-platform"); told != c.told {
			t.Errorf("%s: diagnosis %s, want %s", name, told, c.told)
		}
	}
	if left, _ := pulled(w); len(left) != 11 {
		t.Fatalf("%d left after refused acknowledgements, want 11", len(left))
	}

	// With both, the batch counts: a serial number that is unknown does not matter.
	w.call("acknowledgeReservations", value.Record{"requestId": small, "serialNumber": "ZJ99999"})
	acknowledgeBatch(w, small)
	acknowledgeBatch(w, requestID)
	if left, _ := pulled(w); len(left) != 0 {
		t.Fatalf("%v left after all batches", serials(left))
	}
}

// amended finds a mark whose event is a change or cancellation, and the serial number it is of.
func amended(t *testing.T, seed int64, from int) (mark int, serial string) {
	t.Helper()
	before := map[string]int{}
	for mark := from; mark <= reservationEvents; mark++ {
		now := testStart().Truncate(reservationMark).Add(time.Duration(mark) * reservationMark)
		for _, r := range reservationsAt(seed, testStart(), now) {
			if before[r.serial()] > 0 && before[r.serial()] < r.revision {
				return mark, r.serial()
			}
			before[r.serial()] = r.revision
		}
	}
	t.Fatalf("seed %d: no change after mark %d", seed, from)
	return 0, ""
}

func TestAChangedReservationComesBack(t *testing.T) {
	t.Parallel()
	for _, seed := range testSeeds()[:20] {
		mark, serial := amended(t, seed, 1)
		bySerial := func(w *testWorld, _ string) {
			for range 3 {
				w.call("acknowledgeReservations", value.Record{"serialNumber": serial})
			}
		}
		for name, acknowledge := range map[string]func(w *testWorld, batch string){"batch": acknowledgeBatch, "serial number": bySerial} {
			// The acknowledgement comes before the change or after it; what it means is what was pulled before.
			for when, at := range map[string]int{"before": mark - 1, "after": mark} {
				w := newTestWorld(t, "zheliban", seed)
				w.toMark(mark - 1)
				_, batch := pulled(w)
				w.toMark(at)
				acknowledge(w, batch)
				w.toMark(mark)
				rows, _ := pulled(w)
				if !slices.Contains(serials(rows), serial) {
					t.Fatalf("seed %d: acknowledged by %s %s the change: %s is lost", seed, name, when, serial)
				}
				acknowledgeBatch(w, batch)
				if rows, _ = pulled(w); !slices.Contains(serials(rows), serial) {
					t.Fatalf("seed %d: acknowledged by %s %s the change: the old batch swallows %s", seed, name, when, serial)
				}
				bySerial(w, "")
				acknowledgeBatch(w, batch)
				if rows, _ = pulled(w); slices.Contains(serials(rows), serial) {
					t.Fatalf("seed %d: acknowledged by %s %s the change: %s stays or comes back", seed, name, when, serial)
				}
			}
		}
	}
}

func TestASerialNumberKnownWithoutAPull(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 1)
	w.call("acknowledgeReservations", value.Record{"serialNumber": "ZJ10005"})
	rows, _ := pulled(w)
	if slices.Contains(serials(rows), "ZJ10005") || len(rows) != 11 {
		t.Errorf("left: %v", serials(rows))
	}
}

func TestOldBatchesAreForgotten(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 1)
	var ids []string
	for range 130 {
		_, id := pulled(w)
		ids = append(ids, id)
	}
	kept := 0
	w.read(func(tx state.Tx) {
		tx.Each(kindBatch, func(string, []byte) bool {
			kept++
			return true
		})
	})
	if kept != 100 {
		t.Errorf("%d batches are kept", kept)
	}
	w.refused("acknowledgeReservations", value.Record{"requestId": ids[29]}, "contact-platform")
	acknowledgeBatch(w, ids[30])
	if rows, _ := pulled(w); len(rows) != 0 {
		t.Errorf("%d left", len(rows))
	}
}

func TestArrivals(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 1)
	arrivals := func() map[string]string {
		got := map[string]string{}
		w.read(func(tx state.Tx) {
			tx.Each(kindArrival, func(serial string, record []byte) bool {
				var at string
				if err := json.Unmarshal(record, &at); err != nil {
					t.Errorf("%s: %v", serial, err)
				}
				got[serial] = at
				return true
			})
		})
		return got
	}
	for serial, given := range map[string]any{"ZJ10001": "2024-03-05 08:30:00", "ZJ10002": nil, "ZJ10009": "2024-03-05 09:00:00"} {
		if reply := w.call("reportArrival", value.Record{"serialNumber": serial, "arriveDate": given}); reply.Value != nil {
			t.Errorf("%s answers %v", serial, reply.Value)
		}
	}
	// The session's time of the second is 12:03:20 in China.
	want := map[string]string{"ZJ10001": "2024-03-05 08:30:00", "ZJ10002": "2024-03-05 12:03:20", "ZJ10009": "2024-03-05 09:00:00"}
	if diff := cmp.Diff(want, arrivals()); diff != "" {
		t.Fatal(diff)
	}
	w.now = w.now.Add(time.Minute)
	w.call("reportArrival", value.Record{"serialNumber": "ZJ10001", "arriveDate": "2024-03-05 11:11:11"})
	w.call("reportArrival", value.Record{"serialNumber": "ZJ10002"})
	for _, serial := range []string{"ZJ99999", "", "10001", "ZJ10013"} {
		if told := w.refused("reportArrival", value.Record{"serialNumber": serial}, "contact-platform"); told != "unknown-reservation" {
			t.Errorf("%q: diagnosis %s", serial, told)
		}
	}
	if diff := cmp.Diff(want, arrivals()); diff != "" {
		t.Errorf("the first arrival is not kept: %s", diff)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	got := newTestWorld(t, "zheliban", 1).call("issueToken", nil).Value
	if diff := cmp.Diff(any(value.Record{"token": "token", "expire": int64(86400000)}), got); diff != "" {
		t.Error(diff)
	}
	step := Steps(testContract(t, "zheliban"))["issueToken"]
	broken := errors.New("no token")
	_, err := step(nil, &Call{World: &World{}, IssueToken: func(time.Time) (string, time.Duration, error) { return "", 0, broken }})
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want the token's", err)
	}
}

func TestReservationsAreTheSeeds(t *testing.T) {
	t.Parallel()
	for _, seed := range testSeeds()[:8] {
		w, twin := newTestWorld(t, "zheliban", seed), newTestWorld(t, "zheliban", seed)
		for _, mark := range []int{1, 30, 90} {
			w.toMark(mark)
			twin.toMark(mark)
			if diff := cmp.Diff(w.call("pullReservations", nil), twin.call("pullReservations", nil)); diff != "" {
				t.Fatalf("seed %d: the same history gives another answer: %s", seed, diff)
			}
		}
		// Data does not depend on how often was pulled before, what is minted does.
		fresh := newTestWorld(t, "zheliban", seed)
		fresh.toMark(90)
		rows, one := pulled(fresh)
		again, two := pulled(w)
		if one == two {
			t.Fatalf("seed %d: the first and the fourth pull have the same request id", seed)
		}
		for i := range rows {
			if diff := cmp.Diff(without(rows[i], "requestId"), without(again[i], "requestId")); diff != "" {
				t.Fatalf("seed %d: row %d: %s", seed, i, diff)
			}
		}
	}
	people := map[any]bool{}
	for _, seed := range testSeeds() {
		rows, _ := pulled(newTestWorld(t, "zheliban", seed))
		if people[rows[0]["idcard"]] {
			t.Errorf("seed %d: the first person is another seed's", seed)
		}
		people[rows[0]["idcard"]] = true
	}
}
