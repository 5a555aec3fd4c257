package behave

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	m := &memory[int, *int]{most: 1000}
	made := 0
	for round := range 3 {
		for i := range 900 {
			v, ok := m.find(i)
			if !ok {
				made++
				n := i
				v = m.remember(i, &n, 1+i%2)
			}
			if *v != i {
				t.Fatalf("round %d: under %d stands %d", round, i, *v)
			}
		}
		kept := m.kept.Load()
		if n := len(kept.newer) + len(kept.older); n > 1000 || m.weight > 1000 || len(kept.newer) > mostNewer+1 {
			t.Fatalf("%d are kept, %d of them newer, and weigh %d", n, len(kept.newer), m.weight)
		}
	}
	if made < 900 || made > 2700 {
		t.Errorf("%d were made", made)
	}
	one := 1
	if m.remember(5000, &one, 1001); func() bool { _, ok := m.find(5000); return ok }() {
		t.Error("what is too heavy is kept")
	}
	var none *memory[int, int]
	if _, ok := none.find(1); ok || none.remember(1, 2, 1) != 2 {
		t.Error("no memory remembers something")
	}
}

func TestMemoryHasOneOfAKind(t *testing.T) {
	t.Parallel()
	m := &memory[int, *int]{most: 1 << 20}
	var wait sync.WaitGroup
	found := make([][]*int, 8)
	for g := range found {
		wait.Go(func() {
			for i := range 500 {
				v, ok := m.find(i)
				if !ok {
					n := i
					v = m.remember(i, &n, 1)
				}
				found[g] = append(found[g], v)
			}
		})
	}
	wait.Wait()
	for g := range found {
		for i := range found[g] {
			if found[g][i] != found[0][i] {
				t.Fatalf("there are two of %d", i)
			}
		}
	}
}

// twins are two worlds with the same history, of which one remembers nothing.
type twins struct {
	t              *testing.T
	known, unknown *testWorld
	of             *schema.Schema // of what both answer
}

func (w *twins) both(do func(w *testWorld)) {
	do(w.known)
	do(w.unknown)
}

// same makes a call in both worlds, and compares the values and the texts of what they answer.
func (w *twins) same(operation string, body any) (answered any) {
	w.t.Helper()
	got, err := w.known.asReplied(operation, body)
	want, wrong := w.unknown.try(operation, body)
	if (err != nil) != (wrong != nil) {
		w.t.Fatalf("%s: %v, without memory %v", operation, err, wrong)
	}
	if err != nil {
		return nil
	}
	if diff := cmp.Diff(want.Value, plain(got.Value)); diff != "" {
		w.t.Fatalf("%s: %s", operation, diff)
	}
	for _, lists := range []schema.Lists{schema.Plain, schema.Wrapped} {
		if want.Value == nil {
			break
		}
		text, err := w.of.Append(nil, got.Value, lists)
		converted, wrong := w.of.Convert(want.Value)
		if err != nil || wrong != nil {
			w.t.Fatalf("%s: %v, %v", operation, err, wrong)
		}
		if plainly, err := w.of.AppendJSON(nil, converted, lists); err != nil || string(text) != string(plainly) {
			w.t.Fatalf("%s: %v\n got %s\nwant %s", operation, err, text, plainly)
		}
	}
	return want.Value
}

func newTwins(t *testing.T, vendor, pointer string, steps map[string]Step) *twins {
	w := &twins{t: t, known: newTestWorld(t, vendor, 5), unknown: newTestWorld(t, vendor, 5), of: testSchema(t, vendor, pointer)}
	w.unknown.steps = steps
	return w
}

func TestNoReservationIsOutOfDate(t *testing.T) {
	t.Parallel()
	forgetful := &platform{}
	w := newTwins(t, "zheliban", "/components/schemas/ReservationsReply/properties/result", map[string]Step{
		"pullReservations": forgetful.pullReservations, "acknowledgeReservations": forgetful.acknowledgeReservations,
		"reportArrival": forgetful.reportArrival,
	})
	data := []value.Record{
		{"serialNumber": "MY-1", "name": "甲", "requestId": "x", "orderStatus": "2"}, {"serialNumber": "MY-2", "checkDate": "2024-03-09", "sexCode": 2},
	}
	r := rand.New(rand.NewPCG(7, 8))
	var batches []string
	serial := func() string { return []string{"ZJ10001", "ZJ10005", "ZJ10013", "MY-1", "MY-3", "nobody"}[r.IntN(6)] }
	rows := 0
	for range 400 {
		switch r.IntN(14) {
		case 0, 1, 2, 3:
			list := w.same("pullReservations", nil).(value.List)
			if rows += len(list); len(list) > 0 {
				batches = append(batches, value.Text(list[0].(value.Record), "requestId"))
			}
		case 4:
			if len(batches) > 0 {
				w.same("acknowledgeReservations", value.Record{"requestId": batches[r.IntN(len(batches))]})
			}
		case 5:
			w.same("acknowledgeReservations", value.Record{"serialNumber": serial()})
		case 6:
			key, patch := serial(), []value.Record{{"name": "乙"}, {"checkDate": "2024-04-01"}, {"orderStatus": 5}, {"requestId": "mine"}}[r.IntN(4)]
			w.both(func(w *testWorld) { w.mustPut("reservations", key, patch) })
		case 7:
			key := serial()
			w.both(func(w *testWorld) { w.remove("reservations", key) })
		case 8:
			key := serial()
			w.both(func(w *testWorld) { w.remove("acknowledgements", key) })
		case 9, 10:
			by := time.Duration(r.IntN(50)-15) * time.Minute
			w.both(func(w *testWorld) { w.now = w.now.Add(by) })
		case 11:
			seed := int64(r.IntN(3))
			w.both(func(w *testWorld) { w.world.Seed = seed })
		case 12:
			start := testStart().Add(time.Duration(r.IntN(3)) * 24 * time.Hour)
			if r.IntN(2) == 0 {
				start = start.In(value.China())
			}
			w.both(func(w *testWorld) { w.world.Start = start })
		case 13:
			given := []Data{nil, {kindsReservations: data}, {kindsReservations: data[:1:1]}, {kindsReservations: {}}, {kindsReservations: {data[1]}}}[r.IntN(5)]
			w.both(func(w *testWorld) { w.world.Data = given })
		}
		if len(batches) > 20 { // begin again, or all is acknowledged in the end
			batches = nil
			w.both(func(w *testWorld) { w.world.Session += "'" })
		}
	}
	if rows < 300 {
		t.Errorf("only %d rows were compared", rows)
	}
}

func TestNoAppointmentIsOutOfDate(t *testing.T) {
	t.Parallel()
	w := newTwins(t, "alihealth", "/components/schemas/Page", map[string]Step{
		"queryAppointments": func(tx state.Tx, c *Call) (Reply, error) { return queryAppointments(tx, c, nil) },
	})
	r := rand.New(rand.NewPCG(9, 10))
	day := time.Date(2024, 3, 6, 0, 0, 0, 0, value.China())
	rows, taken := 0, 0
	for range 300 {
		switch r.IntN(9) {
		case 0, 1, 2, 3:
			query := value.Record{"day": "2024-03-06", "out_pov_id": []string{"1", "point"}[r.IntN(2)], "page_size": 60, "page_num": 1 + r.IntN(2)}
			for _, row := range value.Object(value.Record{"page": w.same("queryAppointments", value.Record{appointmentQuery: query})}, "page")["data_list"].(value.List) {
				rows++
				if row.(value.Record)["pick_code"] != nil {
					taken++
				}
			}
		case 4:
			at := day.Add(time.Duration(r.IntN(24*60)) * time.Minute)
			w.both(func(w *testWorld) { w.now = at })
		case 5:
			patch := value.Record{"name": "丙", "out_pov_id": "1", "appointment_time": "2024-03-06", "pick_status": r.IntN(2)}
			w.both(func(w *testWorld) { w.mustPut("appointments", "P120240306002", patch) })
		case 6:
			w.both(func(w *testWorld) { w.remove("appointments", "P120240306002") })
		case 7:
			seed := int64(r.IntN(2))
			w.both(func(w *testWorld) { w.world.Seed = seed })
		case 8:
			given := []Data{nil, {kindsAppointments: {{"appointment_id": "A", "out_pov_id": "1", "appointment_time": "2024-03-06"}}}}[r.IntN(2)]
			w.both(func(w *testWorld) { w.world.Data = given; w.world.Session += "'" })
		}
	}
	if rows < 1000 || taken < 100 || taken == rows {
		t.Errorf("of %d rows %d were taken", rows, taken)
	}
}

func TestNoTaskIsOutOfDate(t *testing.T) {
	t.Parallel()
	w := newTwins(t, "mytijian", "/components/schemas/TasksReply/properties/data", map[string]Step{
		"listHospitalTasks": func(tx state.Tx, c *Call) (Reply, error) { return listHospitalTasks(tx, c, nil) },
	})
	r := rand.New(rand.NewPCG(11, 12))
	for range 100 {
		account := []string{"197", "198"}[r.IntN(2)]
		w.both(func(w *testWorld) { w.account = account })
		switch r.IntN(4) {
		case 0, 1:
			w.same("listHospitalTasks", nil)
		case 2:
			w.both(func(w *testWorld) { w.mustPut("tasks", account+"-2", value.Record{"taskCmd": "mine"}) })
		case 3:
			seed := int64(r.IntN(2))
			w.both(func(w *testWorld) { w.world.Seed = seed; w.world.Session += "'" })
		}
	}
}

func TestNoRepresentationIsOutOfDate(t *testing.T) {
	t.Parallel()
	known, unknown := newFarmer(t, farm, 5), newFarmer(t, farm, 5)
	for _, o := range resourcesOf(unknown.contract).operations {
		if o.ID == "getKeeper" {
			unknown.steps[o.ID] = func(tx state.Tx, c *Call) (Reply, error) {
				t, err := o.target(tx, c)
				if err != nil || !t.there {
					return Reply{}, firstOf(err, o.unknown())
				}
				return o.answer(c, t.row.value, t.key, t.row.beside), nil
			}
		}
	}
	both := []*farmer{known, unknown}
	r := rand.New(rand.NewPCG(13, 14))
	found := 0
	same := func(operation string, with arguments) {
		t.Helper()
		got, err := known.try(operation, with)
		want, wrong := unknown.try(operation, with)
		if (err != nil) != (wrong != nil) {
			t.Fatalf("%s %v: %v, without memory %v", operation, with, err, wrong)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s %v: %s", operation, with, diff)
		}
		if err == nil && got.Value != nil {
			found++
		}
	}
	keys := append(texts(known.call("listKeepers", nil).Value.([]any), "/code"), "MINE")
	update := func(f *farmer, change func(tx state.Tx) error) {
		t.Helper()
		if err := f.world.Store.Update(t.Context(), f.world.Session, change); err != nil {
			t.Fatal(err)
		}
	}
	for range 400 {
		switch key := keys[r.IntN(len(keys))]; r.IntN(8) {
		case 0, 1, 2, 3:
			same("getKeeper", arguments{"keeper": key})
		case 4:
			seed := int64(r.IntN(3))
			known.world.Seed, unknown.world.Seed = seed, seed
		case 5:
			patch := value.Record{"name": []string{"甲", "乙"}[r.IntN(2)]}
			for _, f := range both {
				update(f, func(tx state.Tx) error {
					_, err := Put(tx, f.world, f.now, f.contract, "keeper", key, patch)
					return err
				})
			}
		case 6:
			for _, f := range both {
				update(f, func(tx state.Tx) error {
					_, err := Delete(tx, f.world, f.now, f.contract, "keeper", key)
					return err
				})
			}
		case 7:
			data := []Data{nil, {"keeper": {{"code": keys[0], "name": "丙"}}}}[r.IntN(2)]
			for _, f := range both {
				f.world.Data = data
				f.world.Session += "'"
			}
		}
	}
	if found < 80 {
		t.Errorf("only %d were found", found)
	}
	if kept := resourcesOf(known.contract).memory.kept.Load(); kept == nil || len(kept.newer) < 5 {
		t.Error("nothing was remembered")
	}
}
