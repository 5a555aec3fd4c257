package behave

import (
	"errors"
	"fmt"
	"testing"

	"understudy/mock/internal/forward"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// keep lets the records of a hub be handled like any other's.
func (h *hub) outside() *testWorld {
	return &testWorld{t: h.t, vendor: "weixiao", now: h.world.Clock.Now(), world: h.world, numbers: map[string]int64{}}
}

func TestPutProjects(t *testing.T) {
	t.Parallel()
	h := newHub(t, &forward.Client{})
	w := h.outside()
	h.add("a", "http://127.0.0.1/a")
	w.mustPut("projects", "7", value.Record{"project": "b", "url": "http://127.0.0.1/b", "statu": "1"})
	w.mustPut("projects", "2", value.Record{})
	w.mustPut("projects", "1", value.Record{"url": "http://127.0.0.1/c", "id": 1})
	want := []value.Record{
		{"id": int64(1), "url": "http://127.0.0.1/c", "project": "a", "statu": int64(0)},
		{"id": int64(7), "url": "http://127.0.0.1/b", "project": "b", "statu": int64(1)},
		{"id": int64(2), "url": "http://project-2.invalid/push", "project": "project-2", "statu": int64(0)},
	}
	same(t, h.list(), want)
	for i, r := range w.records("projects") {
		same(t, r.Value, want[i])
	}
	if id := h.add("c", "http://127.0.0.1/c"); id != 3 {
		t.Errorf("the next id is %d", id)
	}
	for i := range 2 {
		h.add(fmt.Sprint("more", i), "http://127.0.0.1/")
	}
	for i, want := range []int64{6, 8} { // 7 is taken
		if id := h.add(fmt.Sprint("further", i), "http://127.0.0.1/"); id != want {
			t.Errorf("the id is %d, want %d", id, want)
		}
	}
	h.refused(&Call{Operation: "addPushProject", Body: Decoded{value.Record{"project": "b", "url": "x"}}}, "data-exists", "project-name-taken")
	if _, err := w.put("projects", "2", value.Record{"project": "b"}); !errors.Is(err, ErrConflict) {
		t.Errorf("a taken name: %v", err)
	}
	w.remove("projects", "7")
	w.mustPut("projects", "2", value.Record{"project": "b"})
	h.remove("2")
	h.refused(&Call{Operation: "updatePushProject", Body: Decoded{value.Record{"id": "2"}}}, "data-missing", "unknown-project")
}

func TestProjectsAreBounded(t *testing.T) {
	t.Parallel()
	h := newHub(t, &forward.Client{})
	w := h.outside()
	for i := range mostProjects {
		w.mustPut("projects", fmt.Sprint(i+1), value.Record{})
	}
	if _, err := w.put("projects", "1000", value.Record{}); !errors.Is(err, state.ErrFull) {
		t.Errorf("one too many: %v", err)
	}
	w.mustPut("projects", "1", value.Record{"statu": 1})
	if _, err := h.try(&Call{Operation: "addPushProject", Body: Decoded{value.Record{"project": "x", "url": "x"}}}); !errors.Is(err, state.ErrFull) {
		t.Errorf("one too many: %v", err)
	}
}

// TestProjectsFromOutsideAreServed: one that is put gets pushes, one that is switched off or deleted loses what waits for it.
func TestProjectsFromOutsideAreServed(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	w := h.outside()
	queued := func(id int64) (n int) {
		w.read(func(tx state.Tx) {
			tx.Each(queueOf(id), func(string, []byte) bool { n++; return true })
		})
		return n
	}
	h.world.Data = Data{"projects": {{"id": int64(9), "project": "mine"}}}
	w.mustPut("projects", "1", value.Record{})
	w.mustPut("projects", "2", value.Record{"statu": 1})
	for range 2 {
		w.read(func(tx state.Tx) {
			if _, err := enqueue(tx, w.world, w.now, tx.Append(kindPush, []byte(`{}`)), []byte(`{}`)); err != nil {
				t.Error(err)
			}
		})
	}
	if queued(1) != 2 || queued(2) != 0 || queued(9) != 2 {
		t.Errorf("%d, %d and %d wait", queued(1), queued(2), queued(9))
	}
	w.mustPut("projects", "1", value.Record{"statu": 1})
	w.remove("projects", "9")
	if queued(1) != 0 || queued(9) != 0 {
		t.Errorf("%d and %d wait still", queued(1), queued(9))
	}
	deliveries, _, err := Deliveries(t.Context(), h.world.Store, h.world.Session)
	if err != nil || len(deliveries) != 4 {
		t.Fatalf("the log has %v, %v", deliveries, err)
	}
	for i, want := range []string{"forward-project-disabled", "forward-project-disabled", "forward-project-deleted", "forward-project-deleted"} {
		if deliveries[i].Outcome != Dropped || deliveries[i].Diagnosis.ID != want {
			t.Errorf("row %d: %+v", i, deliveries[i])
		}
	}
}

func TestPushesAreListedUnderTheirNumbers(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "weixiao", 1)
	w.world.Store = &state.Memory{Keep: 2}
	for _, event := range []string{"addUser", "addOrg", "deleteOrg"} {
		w.call("receivePush", value.Record{"app_key": "k", "school_code": "s", "event": event, "raw_data": "00"})
	}
	list := w.records("pushes")
	if len(list) != 2 || list[0].Key != "2" || list[1].Key != "3" || list[1].Value["event"] != "deleteOrg" || !list[0].At.Equal(testStart()) {
		t.Fatalf("%+v", list)
	}
	if w.remove("pushes", "1") || !w.remove("pushes", "2") {
		t.Error("the wrong ones are deleted")
	}
	w.call("receivePush", value.Record{"app_key": "k", "school_code": "s", "event": "addUser", "raw_data": "00"})
	if keys := keysOf(w.records("pushes")); len(keys) != 2 || keys[0] != "3" || keys[1] != "4" {
		t.Errorf("listed %v", keys)
	}
}
