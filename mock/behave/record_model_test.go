package behave

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"understudy/mock/internal/value"
)

// shelf says how the records of a kind are drawn, and what the vendor answers of them.
type shelf struct {
	vendor, kind string
	fresh        []string // keys that no record has at the beginning
	patches      func(*rapid.T) value.Record
	// derived applies what a put changes beyond the patch.
	derived func(before, after, patch value.Record)
	// answered are the keys that the vendor's own answers have.
	answered func(w *testWorld) []string
	data     []value.Record
}

func drawMembers(t *rapid.T, members map[string][]any) value.Record {
	patch := value.Record{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if rapid.Bool().Draw(t, name) {
			patch[name] = rapid.SampledFrom(members[name]).Draw(t, name)
		}
	}
	return patch
}

func shelves() []shelf {
	reservations := shelf{
		vendor: "zheliban", kind: "reservations", fresh: []string{"MY-1", "ZJ10050", "中文"},
		patches: func(t *rapid.T) value.Record {
			return drawMembers(t, map[string][]any{
				"checkDate": {"2024-03-20", "2024-04-20", nil}, "orderStatus": {1, 2, 5, "5", nil}, "name": {"甲", nil}, "requestId": {"x"},
			})
		},
		derived: func(before, after, patch value.Record) {
			delete(after, "requestId")
			_, given := patch["orderStatus"]
			if status, _ := value.Whole(before, "orderStatus"); !given && status == 1 && value.Text(after, "checkDate") != value.Text(before, "checkDate") {
				after["orderStatus"] = 2
			}
		},
		answered: func(w *testWorld) []string {
			rows, _ := pulled(w)
			return serials(rows)
		},
	}
	appointments := shelf{
		vendor: "alihealth", kind: "appointments", fresh: []string{"MY-1", "P0001", "中文"},
		patches: func(t *rapid.T) value.Record {
			patch := drawMembers(t, map[string][]any{"name": {"甲", "乙"}, "pick_status": {0, 1}})
			patch["out_pov_id"], patch["appointment_time"] = aPoint, aDay
			return patch
		},
		derived: func(_, after, _ value.Record) {
			delete(after, "pick_code") // it comes and goes; TestAPutAppointment has it
		},
		answered: func(w *testWorld) []string { return idsOf(booked(w, aPoint, aDay)) },
	}
	tasks := shelf{
		vendor: "mytijian", kind: "tasks", fresh: []string{"197-1", "197-2", "197-99999"},
		patches: func(t *rapid.T) value.Record {
			return drawMembers(t, map[string][]any{
				"init": {true, false}, "gmtCreated": {1709611400000, 1709611400001}, "newTaskParams": {value.Record{"a": 1}, nil}, "taskCmd": {"x", "y"},
			})
		},
		answered: func(w *testWorld) []string {
			var keys []string
			for _, id := range idOf(w.t, tasksAnswered(w)) {
				keys = append(keys, "197-"+id)
			}
			return keys
		},
	}
	projects := shelf{
		vendor: "weixiao", kind: "projects", fresh: []string{"1", "2", "900"},
		patches: func(t *rapid.T) value.Record {
			return drawMembers(t, map[string][]any{"url": {"http://a", "b"}, "statu": {0, 1, "1"}, "project": {"x", "y"}})
		},
		answered: func(w *testWorld) []string {
			var keys []string
			for _, item := range w.call("listPushProjects", nil).Value.(value.List) {
				keys = append(keys, fmt.Sprint(item.(value.Record)["id"]))
			}
			return keys
		},
	}
	list := []shelf{reservations, appointments, tasks, projects}
	for _, s := range list {
		switch s.kind {
		case "reservations":
			s.data = []value.Record{{"serialNumber": "A"}, {"serialNumber": "B", "name": "乙"}}
		case "appointments":
			s.data = []value.Record{{"appointment_id": "A", "out_pov_id": aPoint, "appointment_time": aDay}, {"appointment_id": "B", "out_pov_id": aPoint, "appointment_time": aDay, "pick_status": 0}}
		case "tasks":
			s.data = []value.Record{{"id": 7}, {"id": 8, "hospitalId": 197, "taskCmd": "z"}}
		case "projects":
			s.data = []value.Record{{"id": 7, "project": "z"}, {"id": 8}}
		}
		list = append(list, s)
	}
	return list
}

// TestRecordsFollowTheirModel holds any sequence of puts and deletions to a list of records with changes laid over it.
func TestRecordsFollowTheirModel(t *testing.T) {
	t.Parallel()
	for _, s := range shelves() {
		t.Run(fmt.Sprintf("%s of data %v", s.kind, s.data != nil), func(t *testing.T) {
			t.Parallel()
			schema := kindSchema(t, s.vendor, s.kind)
			rapid.Check(t, func(rt *rapid.T) {
				w := newTestWorld(t, s.vendor, rapid.Int64Range(1, 4).Draw(rt, "seed"))
				w.account, w.world.Accounts = "197", []string{"197"}
				if s.data != nil {
					data, err := CheckData(s.vendor, Data{s.kind: s.data}, testContract(t, s.vendor))
					if err != nil {
						t.Fatal(err)
					}
					w.world.Data = data
				}
				s.answered(w) // an asked book is a listed one
				m := &model{shelf: s, values: map[string]value.Record{}}
				form := func(r value.Record) value.Record {
					converted, err := schema.Convert(r)
					if err != nil {
						rt.Fatal(err)
					}
					return converted.(value.Record)
				}
				for _, r := range w.records(s.kind) {
					m.keys = append(m.keys, r.Key)
					m.values[r.Key] = r.Value
				}
				base := len(m.keys)
				keys := append(slices.Clone(m.keys[max(0, base-3):]), s.fresh...)
				for range rapid.IntRange(1, 15).Draw(rt, "steps") {
					key := rapid.SampledFrom(keys).Draw(rt, "key")
					if rapid.IntRange(0, 2).Draw(rt, "delete") == 0 {
						if got, want := w.remove(s.kind, key), m.values[key] != nil; got != want {
							rt.Fatalf("delete %s: %v, want %v", key, got, want)
						}
						m.delete(key, base)
						continue
					}
					patch := s.patches(rt)
					r, err := w.put(s.kind, key, patch)
					if m.taken(key, patch) != errors.Is(err, ErrConflict) || err != nil && !errors.Is(err, ErrConflict) {
						rt.Fatalf("put %s %v: %v", key, patch, err)
					}
					if err == nil {
						m.put(key, patch, r.Value)
					}
				}
				var wantKeys []string
				var got, want []value.Record
				for _, key := range m.keys {
					if m.values[key] != nil {
						wantKeys, want = append(wantKeys, key), append(want, form(m.values[key]))
					}
				}
				list := w.records(s.kind)
				for _, r := range list {
					got = append(got, form(r.Value))
				}
				if s.kind == "appointments" {
					for _, r := range append(slices.Clone(got), want...) {
						delete(r, "pick_code")
					}
				}
				if !slices.Equal(wantKeys, keysOf(list)) || !slices.Equal(wantKeys, s.answered(w)) {
					rt.Fatalf("listed %v, answered %v, want %v", keysOf(list), s.answered(w), wantKeys)
				}
				if !reflect.DeepEqual(want, got) {
					rt.Fatalf("values: %s", cmp.Diff(want, got))
				}
			})
		})
	}
}

// model is the list that records are held to: their keys in order, and their values, nil for a deleted one.
type model struct {
	shelf
	keys   []string
	values map[string]value.Record
}

func (m *model) put(key string, patch, answered value.Record) {
	before := m.values[key]
	if !slices.Contains(m.keys, key) {
		m.keys = append(m.keys, key)
	}
	if before == nil {
		m.values[key] = answered // generated but for the patch, which is checked here
		for name, v := range patch {
			if name != "requestId" && fmt.Sprint(answered[name]) != fmt.Sprint(v) && name != "gmtCreated" {
				panic(fmt.Sprintf("%s: %s is %v and not %v", key, name, answered[name], v))
			}
		}
		return
	}
	after := merged(before, patch)
	if m.derived != nil {
		m.derived(before, after, patch)
	}
	m.values[key] = after
}

// delete takes a record away; of the projects, one that was new loses its place as well.
func (m *model) delete(key string, base int) {
	delete(m.values, key)
	if m.kind == "projects" && !slices.Contains(m.keys[:base], key) {
		m.keys = slices.DeleteFunc(m.keys, func(k string) bool { return k == key })
	}
}

// taken says whether a put gives a project the name of another.
func (m *model) taken(key string, patch value.Record) bool {
	if m.kind != "projects" {
		return false
	}
	name := "project-" + key
	if m.values[key] != nil {
		name = value.Text(m.values[key], "project")
	}
	if given, ok := patch["project"].(string); ok {
		name = given
	}
	for other, r := range m.values {
		if other != key && value.Text(r, "project") == name {
			return true
		}
	}
	return false
}
