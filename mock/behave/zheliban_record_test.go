package behave

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/value"
)

// acknowledged is a world in which everything was pulled and acknowledged.
func acknowledgedWorld(t testing.TB, seed int64) *testWorld {
	w := newTestWorld(t, "zheliban", seed)
	_, batch := pulled(w)
	acknowledgeBatch(w, batch)
	if rows, _ := pulled(w); len(rows) != 0 {
		t.Fatalf("%d rows are left", len(rows))
	}
	return w
}

func TestReservationsAreListedAsTheyArePulled(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 2)
	w.toMark(30)
	rows, _ := pulled(w)
	list := w.records("reservations")
	if len(list) != len(rows) || len(list) < 20 {
		t.Fatalf("%d are listed, %d pulled", len(list), len(rows))
	}
	for i, r := range list {
		if diff := cmp.Diff(jsonForm(t, without(rows[i], "requestId")), jsonForm(t, r.Value)); diff != "" {
			t.Errorf("%s: %s", r.Key, diff)
		}
		if r.Revision < 1 || r.Acknowledged != 0 || r.Origin != Generated {
			t.Errorf("%+v", r)
		}
	}
}

func TestAPutReservationIsPulledAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		patch    value.Record
		status   any // in the pull; nil when it is not pulled
		revision int
	}{
		{"another day is a change", value.Record{"checkDate": "2030-01-02"}, 2, 2},
		{"another status", value.Record{"orderStatus": 2}, 2, 2},
		{"a cancellation", value.Record{"orderStatus": 5}, 5, 2},
		{"a status as text", value.Record{"orderStatus": "5"}, 5, 2},
		{"day and status", value.Record{"checkDate": "2030-01-02", "orderStatus": 1}, 1, 2},
		{"another name alone is no change", value.Record{"name": "测试"}, nil, 1},
		{"nothing", value.Record{}, nil, 1},
		{"the same status", value.Record{"orderStatus": 1}, nil, 1},
		{"its own key, another batch", value.Record{"serialNumber": "ZJ10001", "requestId": "x"}, nil, 1},
	} {
		w := acknowledgedWorld(t, 4)
		before, _ := w.find("reservations", "ZJ10001")
		put := w.mustPut("reservations", "ZJ10001", c.patch)
		if put.Revision != c.revision || put.Acknowledged != 1 || put.Origin != WasPut || put.Key != "ZJ10001" {
			t.Errorf("%s: %+v", c.name, put)
		}
		if after, _ := w.find("reservations", "ZJ10001"); !cmp.Equal(jsonForm(t, put.Value), jsonForm(t, after.Value)) || after.Revision != put.Revision {
			t.Errorf("%s: put answers %v, listed is %v", c.name, put, after)
		}
		rows, batch := pulled(w)
		if c.status == nil {
			if len(rows) != 0 {
				t.Errorf("%s: pulled again", c.name)
			}
			continue
		}
		if len(rows) != 1 || rows[0]["serialNumber"] != "ZJ10001" {
			t.Fatalf("%s: pulled %v", c.name, serials(rows))
		}
		row := jsonForm(t, rows[0])
		if status, _ := value.Whole(row, "orderStatus"); status != int64(c.status.(int)) {
			t.Errorf("%s: status %v", c.name, row["orderStatus"])
		}
		if day, given := c.patch["checkDate"]; given && row["checkDate"] != day || !given && row["checkDate"] != before.Value["checkDate"] {
			t.Errorf("%s: day %v", c.name, row["checkDate"])
		}
		if diff := cmp.Diff(without(jsonForm(t, before.Value), "checkDate", "orderStatus"), without(row, "checkDate", "orderStatus", "requestId")); diff != "" {
			t.Errorf("%s: the rest has changed: %s", c.name, diff)
		}
		acknowledgeBatch(w, batch)
		if rows, _ := pulled(w); len(rows) != 0 {
			t.Errorf("%s: an acknowledged change comes back", c.name)
		}
		w.mustPut("reservations", "ZJ10001", c.patch)
		if rows, _ := pulled(w); len(rows) != 0 {
			t.Errorf("%s: the same put again is no change", c.name)
		}
	}
}

func TestACancelledOneKeepsItsStatusOnAnotherDay(t *testing.T) {
	t.Parallel()
	w := acknowledgedWorld(t, 4)
	put := w.mustPut("reservations", "ZJ10009", value.Record{"checkDate": "2030-01-02"})
	if status, _ := value.Whole(put.Value, "orderStatus"); status != 5 || put.Revision != 3 {
		t.Errorf("status %d, revision %d", status, put.Revision)
	}
}

func TestAnOldAcknowledgementDoesNotCoverAPut(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 4)
	_, old := pulled(w)
	w.mustPut("reservations", "ZJ10001", value.Record{"orderStatus": 5})
	acknowledgeBatch(w, old)
	w.call("acknowledgeReservations", value.Record{"serialNumber": "ZJ10001"})
	if rows, _ := pulled(w); !slices.Equal(serials(rows), []string{"ZJ10001"}) {
		t.Errorf("left: %v", serials(rows))
	}
}

func TestAPutReservationStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, seed := range testSeeds()[:6] {
		w := newTestWorld(t, "zheliban", seed)
		put := w.mustPut("reservations", "ZJ10003", value.Record{"name": "测试"})
		w.toMark(reservationEvents)
		if r, ok := w.find("reservations", "ZJ10003"); !ok || !cmp.Equal(jsonForm(t, r.Value), jsonForm(t, put.Value)) || r.Revision != put.Revision {
			t.Fatalf("seed %d: %+v became %+v", seed, put, r)
		}
	}
}

func TestANewReservation(t *testing.T) {
	t.Parallel()
	w := acknowledgedWorld(t, 4)
	put := w.mustPut("reservations", "MY-1", value.Record{"name": "测试", "sexCode": 2, "mobile": nil})
	if put.Revision != 1 || put.Value["serialNumber"] != "MY-1" || put.Value["mobile"] != nil {
		t.Errorf("%+v", put)
	}
	rows, _ := pulled(w)
	if !slices.Equal(serials(rows), []string{"MY-1"}) {
		t.Fatalf("pulled %v", serials(rows))
	}
	row := fits(t, kindSchema(t, "zheliban", "reservations"), rows[0]).(value.Record)
	if mobile, there := row["mobile"]; !there || mobile != nil || row["name"] != "测试" {
		t.Errorf("pulled %v", row)
	}
	if _, sex, err := fake.ParseIDCard(value.Text(row, "idcard")); err != nil || sex != fake.Female {
		t.Errorf("the ID card is a %v's, %v", sex, err)
	}
	w.call("reportArrival", value.Record{"serialNumber": "MY-1"})
	w.call("acknowledgeReservations", value.Record{"serialNumber": "MY-1"})
	if rows, _ := pulled(w); len(rows) != 0 {
		t.Errorf("left: %v", serials(rows))
	}
	// One that the platform would have booked later is the put one, then and now.
	w.mustPut("reservations", "ZJ10013", value.Record{"name": "测试"})
	w.toMark(20)
	list := w.records("reservations")
	at := slices.IndexFunc(list, func(r Record) bool { return r.Key == "ZJ10013" })
	if at != 12 || list[at].Value["name"] != "测试" {
		t.Errorf("ZJ10013 stands at %d", at)
	}
}

func TestPeopleFitWhatIsGiven(t *testing.T) {
	t.Parallel()
	const card = "11010519491231002X" // the example of GB 11643: a woman's
	for _, seed := range testSeeds()[:12] {
		w := newTestWorld(t, "zheliban", seed)
		put := w.mustPut("reservations", "A", value.Record{"idcard": card})
		if put.Value["birthdate"] != "1949-12-31" || put.Value["sexCode"] != 2 {
			t.Fatalf("seed %d: born %v, sex %v", seed, put.Value["birthdate"], put.Value["sexCode"])
		}
		put = w.mustPut("reservations", "B", value.Record{"birthdate": "1961-05-06", "sexCode": "1", "married": 1})
		birth, sex, err := fake.ParseIDCard(value.Text(put.Value, "idcard"))
		if err != nil || value.DayOf(birth).String() != "1961-05-06" || sex != fake.Male || put.Value["married"] != json.Number("1") {
			t.Fatalf("seed %d: %v, %v, %v", seed, birth, sex, err)
		}
	}
}

func TestADeletedReservation(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 4)
	rows, batch := pulled(w)
	w.call("reportArrival", value.Record{"serialNumber": "ZJ10001"})
	acknowledgeBatch(w, batch)
	if !w.remove("reservations", "ZJ10001") {
		t.Fatal("not deleted")
	}
	for operation, body := range map[string]value.Record{"acknowledgeReservations": {"serialNumber": "ZJ10001"}, "reportArrival": {"serialNumber": "ZJ10001"}} {
		if told := w.refused(operation, body, "contact-platform"); told != "unknown-reservation" {
			t.Errorf("%s: %s", operation, told)
		}
	}
	acknowledgeBatch(w, batch) // which holds it still
	if list := w.records("acknowledgements"); len(list) != len(rows)-1 {
		t.Errorf("%d acknowledgements are left", len(list))
	}
	if list := w.records("arrivals"); len(list) != 0 {
		t.Errorf("arrivals are left: %v", list)
	}
	w.toMark(40)
	if _, there := w.find("reservations", "ZJ10001"); there {
		t.Error("it came back by itself")
	}
	// A new one under its number is a new one, whatever was seen of the old.
	put := w.mustPut("reservations", "ZJ10001", value.Record{})
	again, _ := pulled(w)
	if !slices.Contains(serials(again), "ZJ10001") || put.Revision != 2 {
		t.Errorf("revision %d, pulled %v", put.Revision, serials(again))
	}
	w.call("acknowledgeReservations", value.Record{"requestId": batch})
	if again, _ = pulled(w); !slices.Contains(serials(again), "ZJ10001") {
		t.Error("the old batch swallows the new one")
	}
}

func TestADeletedAcknowledgement(t *testing.T) {
	t.Parallel()
	w := acknowledgedWorld(t, 4)
	list := w.records("acknowledgements")
	if len(list) != 12 || list[4].Key != "ZJ10005" || list[4].Acknowledged != 2 {
		t.Fatalf("listed: %+v", list)
	}
	if !w.remove("acknowledgements", "ZJ10005") {
		t.Fatal("not deleted")
	}
	if rows, _ := pulled(w); !slices.Equal(serials(rows), []string{"ZJ10005"}) {
		t.Errorf("pulled %v", serials(rows))
	}
	if r, _ := w.find("reservations", "ZJ10005"); r.Acknowledged != 0 || r.Revision != 2 {
		t.Errorf("%+v", r)
	}
}

func TestADeletedArrival(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 4)
	arrive := func(at string) {
		w.call("reportArrival", value.Record{"serialNumber": "ZJ10001", "arriveDate": at})
	}
	arrive("2024-03-05 08:30:00")
	want := value.Record{"serialNumber": "ZJ10001", "arriveDate": "2024-03-05 08:30:00"}
	if list := w.records("arrivals"); len(list) != 1 || !cmp.Equal(list[0].Value, want) {
		t.Fatalf("listed: %+v", list)
	}
	w.remove("arrivals", "ZJ10001")
	arrive("2024-03-05 09:30:00")
	if list := w.records("arrivals"); len(list) != 1 || list[0].Value["arriveDate"] != "2024-03-05 09:30:00" {
		t.Errorf("listed: %+v", list)
	}
}
