package behave

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

var errBreaksContract = errors.New("the record breaks the contract")

// records lists a kind; every record must fit the contract.
func (w *testWorld) records(kind string) []Record {
	w.t.Helper()
	var list []Record
	w.read(func(tx state.Tx) {
		var err error
		if list, err = Records(tx, w.world, w.now, testContract(w.t, w.vendor), kind); err != nil {
			w.t.Fatalf("records of %s: %v", kind, err)
		}
	})
	return list
}

// put puts a record as the engine does: what breaks the contract is not kept.
func (w *testWorld) put(kind, key string, patch value.Record) (r Record, err error) {
	w.t.Helper()
	s := kindSchema(w.t, w.vendor, kind)
	err = w.world.Store.Update(w.t.Context(), w.world.Session, func(tx state.Tx) error {
		if r, err = Put(tx, w.world, w.now, testContract(w.t, w.vendor), kind, key, patch); err != nil {
			return err
		}
		converted, err := s.Convert(r.Value)
		if err != nil || s.Validate(converted) != nil {
			return errBreaksContract
		}
		return nil
	})
	return r, err
}

// mustPut puts a record that nothing is wrong with.
func (w *testWorld) mustPut(kind, key string, patch value.Record) Record {
	w.t.Helper()
	r, err := w.put(kind, key, patch)
	if err != nil {
		w.t.Fatalf("put %s %s: %v", kind, key, err)
	}
	return r
}

func (w *testWorld) remove(kind, key string) bool {
	w.t.Helper()
	var removed bool
	w.read(func(tx state.Tx) {
		var err error
		if removed, err = Delete(tx, w.world, w.now, testContract(w.t, w.vendor), kind, key); err != nil {
			w.t.Fatalf("delete %s %s: %v", kind, key, err)
		}
	})
	return removed
}

func (w *testWorld) find(kind, key string) (Record, bool) {
	w.t.Helper()
	list := w.records(kind)
	i := slices.IndexFunc(list, func(r Record) bool { return r.Key == key })
	if i < 0 {
		return Record{}, false
	}
	return list[i], true
}

func kindSchema(t testing.TB, vendor, name string) *schema.Schema {
	t.Helper()
	for _, k := range Kinds(testContract(t, vendor)) {
		if k.Name == name {
			return testSchema(t, vendor, k.Schema)
		}
	}
	t.Fatalf("%s has no kind %s", vendor, name)
	return nil
}

func keysOf(list []Record) []string {
	keys := []string{}
	for _, r := range list {
		keys = append(keys, r.Key)
	}
	return keys
}

// peopled is a world of each vendor in which every kind has records.
func peopled(t testing.TB, vendor string) *testWorld {
	w := newTestWorld(t, vendor, 3)
	switch vendor {
	case "alihealth":
		w.call("queryAppointments", value.Record{appointmentQuery: value.Record{"day": "2024-03-06", "out_pov_id": "00001"}})
	case "eazytec":
		w.call("sendMessage", messageBody())
	case "mytijian":
		w.account, w.world.Accounts = "197", []string{"197", "", "east"}
		w.call("registerAgent", registrationBody())
	case "weixiao":
		w.call("addPushProject", value.Record{"url": "http://127.0.0.1/a", "project": "a"})
		w.call("receivePush", value.Record{"app_key": "k", "school_code": "s", "event": "addUser", "raw_data": "00"})
	case "zheliban":
		_, batch := pulled(w)
		acknowledgeBatch(w, batch)
		w.call("reportArrival", value.Record{"serialNumber": "ZJ10001"})
	}
	return w
}

func TestEveryKindListsWhatFitsItsSchema(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		w := peopled(t, vendor)
		kinds := Kinds(testContract(t, vendor))
		if len(kinds) == 0 {
			t.Errorf("%s has no kinds of records", vendor)
		}
		for _, k := range kinds {
			if k.Name != strings.ToLower(k.Name) || !strings.HasSuffix(k.Name, "s") {
				t.Errorf("%s: the name %s", vendor, k.Name)
			}
			s := testSchema(t, vendor, k.Schema)
			list := w.records(k.Name)
			if len(list) == 0 {
				t.Errorf("%s: no %s", vendor, k.Name)
			}
			seen := map[string]bool{}
			for _, r := range list {
				if seen[r.Key] || checkKey(r.Key) != nil {
					t.Errorf("%s: the key %q stands twice or is none", k.Name, r.Key)
				}
				seen[r.Key] = true
				if k.ReadOnly != (r.Origin == Received) {
					t.Errorf("%s %s: origin %s", k.Name, r.Key, r.Origin)
				}
				fits(t, s, r.Value)
				if _, named := r.Value[k.Key]; named && keyText(jsonForm(t, r.Value)[k.Key]) != r.Key {
					t.Errorf("%s %s: the member %s is another", k.Name, r.Key, k.Key)
				}
				for name, v := range r.Value {
					if _, day := v.(value.Day); day {
						t.Errorf("%s %s: %s is no text", k.Name, r.Key, name)
					}
				}
			}
		}
	}
	if Kinds(&specs.Contract{Vendor: "nobody"}) != nil {
		t.Error("an unknown vendor has kinds")
	}
}

// jsonForm is a record as JSON has it.
func jsonForm(t testing.TB, r value.Record) value.Record {
	t.Helper()
	text, err := json.Marshal(flat(r))
	if err != nil {
		t.Fatal(err)
	}
	back, err := decodeRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func TestWhatCannotBePut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		vendor, kind, key string
		patch             value.Record
		want              error
	}{
		{"nobody", "reservations", "1", nil, ErrUnknownKind},
		{"zheliban", "reservation", "ZJ10001", nil, ErrUnknownKind},
		{"zheliban", "acknowledgements", "ZJ10001", value.Record{}, ErrReadOnly},
		{"zheliban", "arrivals", "ZJ10001", value.Record{}, ErrReadOnly},
		{"eazytec", "messages", "1", value.Record{}, ErrReadOnly},
		{"mytijian", "agents", "1", value.Record{}, ErrReadOnly},
		{"weixiao", "pushes", "1", value.Record{}, ErrReadOnly},

		{"zheliban", "reservations", "", nil, ErrInvalid},
		{"zheliban", "reservations", strings.Repeat("1", 513), nil, ErrInvalid},
		{"zheliban", "reservations", "ZJ\n1", nil, ErrInvalid},
		{"zheliban", "reservations", "ZJ\xff", nil, ErrInvalid},
		{"zheliban", "reservations", strings.Repeat("1", 51), nil, errBreaksContract},
		{"zheliban", "reservations", "ZJ10001", value.Record{"serialNumber": "ZJ10002"}, ErrInvalid},
		{"zheliban", "reservations", "ZJ10001", value.Record{"serialNumber": nil}, ErrInvalid},
		{"zheliban", "reservations", "ZJ10001", value.Record{"nmae": "x"}, errBreaksContract},
		{"zheliban", "reservations", "ZJ10001", value.Record{"checkDate": "2024-02-30"}, errBreaksContract},
		{"zheliban", "reservations", "ZJ10001", value.Record{"checkDate": value.Record{}}, errBreaksContract},
		{"zheliban", "reservations", "new", value.Record{"orderStatus": value.List{}}, errBreaksContract},
		{"zheliban", "reservations", "new", value.Record{"name": func() {}}, ErrInvalid},
		{"zheliban", "reservations", "new", value.Record{"name": strings.Repeat("长", 21)}, errBreaksContract},

		{"alihealth", "appointments", "P1", value.Record{}, ErrInvalid},
		{"alihealth", "appointments", "P1", value.Record{"out_pov_id": ""}, ErrInvalid},
		{"alihealth", "appointments", "P1", value.Record{"out_pov_id": "1", "appointment_time": nil}, ErrInvalid},
		{"alihealth", "appointments", "P1", value.Record{"out_pov_id": "1", "appointment_time": "2024-13-01"}, ErrInvalid},
		{"alihealth", "appointments", "P1", value.Record{"out_pov_id": "1", "appointment_id": "P2"}, ErrInvalid},
		{"alihealth", "appointments", "P1", value.Record{"out_pov_id": "1", "appointment_period": "8"}, errBreaksContract},

		{"mytijian", "tasks", "242", value.Record{}, ErrInvalid},
		{"mytijian", "tasks", "197-", value.Record{}, ErrInvalid},
		{"mytijian", "tasks", "197-07", value.Record{}, ErrInvalid},
		{"mytijian", "tasks", "+197-7", value.Record{}, ErrInvalid},
		{"mytijian", "tasks", "197-9223372036854775808", value.Record{}, ErrInvalid},
		{"mytijian", "tasks", "197-7", value.Record{"hospitalId": 198}, ErrInvalid},
		{"mytijian", "tasks", "197-7", value.Record{"hospitalId": nil}, ErrInvalid},
		{"mytijian", "tasks", "197-7", value.Record{"id": "8"}, ErrInvalid},
		{"mytijian", "tasks", "197-7", value.Record{"cronExpression": "* * * * *"}, errBreaksContract},
		{"mytijian", "tasks", "197-7", value.Record{"gmtCreated": "yesterday"}, errBreaksContract},

		{"weixiao", "projects", "x", value.Record{}, ErrInvalid},
		{"weixiao", "projects", "0", value.Record{}, ErrInvalid},
		{"weixiao", "projects", "01", value.Record{}, ErrInvalid},
		{"weixiao", "projects", "7", value.Record{"id": 8}, ErrInvalid},
		{"weixiao", "projects", "7", value.Record{"url": ""}, ErrInvalid},
		{"weixiao", "projects", "7", value.Record{"project": nil}, ErrInvalid},
		{"weixiao", "projects", "7", value.Record{"statu": 907}, ErrInvalid},
		{"weixiao", "projects", "7", value.Record{"status": 1}, errBreaksContract},
		{"weixiao", "projects", "7", value.Record{"project": "a"}, ErrConflict},
	} {
		if c.vendor == "nobody" {
			if _, err := Put(nil, nil, time.Time{}, &specs.Contract{Vendor: c.vendor}, c.kind, c.key, c.patch); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.vendor, err)
			}
			continue
		}
		w := peopled(t, c.vendor)
		if c.want == ErrUnknownKind {
			w.read(func(tx state.Tx) {
				_, listed := Records(tx, w.world, w.now, testContract(t, c.vendor), c.kind)
				_, deleted := Delete(tx, w.world, w.now, testContract(t, c.vendor), c.kind, c.key)
				_, put := Put(tx, w.world, w.now, testContract(t, c.vendor), c.kind, c.key, c.patch)
				for _, err := range []error{listed, deleted, put} {
					if !errors.Is(err, ErrUnknownKind) || !strings.Contains(err.Error(), "reservations") {
						t.Errorf("%s: %v", c.kind, err)
					}
				}
			})
			continue
		}
		before := w.records(c.kind)
		_, err := w.put(c.kind, c.key, c.patch)
		if !errors.Is(err, c.want) {
			t.Errorf("%s %s %v: %v, want %v", c.kind, c.key, c.patch, err, c.want)
		}
		for _, secret := range []string{"2024-13", "yesterday", "长"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows a value: %v", err)
			}
		}
		if diff := cmp.Diff(before, w.records(c.kind)); diff != "" {
			t.Errorf("%s %s: a refused put leaves its mark: %s", c.kind, c.key, diff)
		}
	}
}

func TestDeletedRecordsStayAway(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		for _, k := range Kinds(testContract(t, vendor)) {
			w := peopled(t, vendor)
			list := w.records(k.Name)
			if w.remove(k.Name, "no such key") || w.remove(k.Name, "") {
				t.Errorf("%s: a record that is not there was deleted", k.Name)
			}
			if diff := cmp.Diff(list, w.records(k.Name)); diff != "" {
				t.Errorf("%s: deleting nothing changes something: %s", k.Name, diff)
			}
			last := list[len(list)-1].Key
			if !w.remove(k.Name, last) || w.remove(k.Name, last) {
				t.Errorf("%s: %s is not deleted once", k.Name, last)
			}
			if diff := cmp.Diff(list[:len(list)-1], w.records(k.Name)); diff != "" {
				t.Errorf("%s: after deleting %s: %s", k.Name, last, diff)
			}
		}
	}
}

func TestWhatIsListedIsTheListers(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		for _, k := range Kinds(testContract(t, vendor)) {
			w := peopled(t, vendor)
			before := jsonForm(t, w.records(k.Name)[0].Value)
			for _, r := range w.records(k.Name) {
				for name := range r.Value {
					r.Value[name] = "spoilt"
				}
			}
			if diff := cmp.Diff(before, jsonForm(t, w.records(k.Name)[0].Value)); diff != "" {
				t.Errorf("%s: %s", k.Name, diff)
			}
		}
	}
}

func TestAPatchIsNotKeptByReference(t *testing.T) {
	t.Parallel()
	w := peopled(t, "mytijian")
	params := value.Record{"pageSize": 5}
	patch := value.Record{"newTaskParams": params}
	w.mustPut("tasks", "197-7", patch)
	params["pageSize"] = 6
	r, _ := w.find("tasks", "197-7")
	if got := value.Object(r.Value, "newTaskParams")["pageSize"]; got != json.Number("5") || len(patch) != 1 {
		t.Errorf("pageSize %v, patch %v", got, patch)
	}
}
