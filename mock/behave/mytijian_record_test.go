package behave

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/value"
)

func tasksAnswered(w *testWorld) []value.Record {
	w.t.Helper()
	var rows []value.Record
	for _, item := range w.call("listHospitalTasks", nil).Value.(value.List) {
		rows = append(rows, item.(value.Record))
	}
	return rows
}

func TestTasksOfTheHospitalsThatAreKnown(t *testing.T) {
	t.Parallel()
	w := mytijianWorld(t, 7, "197")
	if list := w.records("tasks"); len(list) != 0 {
		t.Errorf("tasks of nobody: %v", keysOf(list))
	}
	w.mustPut("tasks", "5-1", value.Record{})
	w.world.Accounts = []string{"197", "", "198", "197"}
	var want []string
	for _, hospital := range []string{"197", "198", "5"} {
		w.account = hospital
		for _, r := range tasksAnswered(w) {
			want = append(want, hospital+"-"+keyText(jsonForm(t, r)["id"]))
		}
	}
	if got := keysOf(w.records("tasks")); !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}

func TestPutTasks(t *testing.T) {
	t.Parallel()
	w := mytijianWorld(t, 7, "197")
	w.world.Accounts = []string{"197"}
	rows := tasksAnswered(w)
	list := w.records("tasks")
	key := list[0].Key
	w.mustPut("tasks", key, value.Record{"init": true, "newTaskParams": value.Record{"pageSize": 7}, "gmtModified": json.Number("1709611400000")})
	after := tasksAnswered(w)
	want := merged(rows[0], value.Record{
		"init": true, "newTaskParams": value.Record{"pageSize": json.Number("7")}, "gmtModified": time.UnixMilli(1709611400000).In(value.China()),
	})
	if diff := cmp.Diff(jsonForm(t, want), jsonForm(t, after[0])); diff != "" {
		t.Errorf("changed: %s", diff)
	}
	if _, instant := after[0]["gmtCreated"].(time.Time); !instant || !slices.Equal(idOf(t, after), idOf(t, rows)) {
		t.Errorf("changed: %v", after)
	}
	// T-8: a time in either form, and as a Go value, is an instant.
	at := time.Date(2024, 3, 5, 12, 3, 20, 0, value.China())
	for _, given := range []any{"2024-03-05 12:03:20", json.Number("1709611400000"), "1709611400000", at, 1709611400000} {
		if put := w.mustPut("tasks", key, value.Record{"gmtModified": given}); !at.Equal(put.Value["gmtModified"].(time.Time)) {
			t.Errorf("%v became %v", given, put.Value["gmtModified"])
		}
	}

	put := w.mustPut("tasks", "197-99999", value.Record{"taskCmd": "mine", "hospitalId": "197", "id": 99999})
	if put.Value["id"] != int64(99999) || put.Value["hospitalId"] != int64(197) || put.Value["taskCmd"] != "mine" {
		t.Errorf("new: %v", put.Value)
	}
	if ids := idOf(t, tasksAnswered(w)); ids[len(ids)-1] != "99999" || len(ids) != len(rows)+1 {
		t.Errorf("answered %v", ids)
	}
	w.account = "198"
	if slices.Contains(idOf(t, tasksAnswered(w)), "99999") {
		t.Error("another hospital has it")
	}
	w.account = "197"
	for _, r := range w.records("tasks") {
		if !w.remove("tasks", r.Key) {
			t.Errorf("%s is not deleted", r.Key)
		}
	}
	if rows := tasksAnswered(w); len(rows) != 0 {
		t.Errorf("answered %v", rows)
	}
}

func idOf(t testing.TB, rows []value.Record) []string {
	var ids []string
	for _, r := range rows {
		ids = append(ids, keyText(jsonForm(t, r)["id"]))
	}
	return ids
}

func TestAgents(t *testing.T) {
	t.Parallel()
	w := mytijianWorld(t, 7, "197")
	first := w.call("registerAgent", registrationBody()).Value.(value.Record)["result"]
	second := w.call("registerAgent", registrationBody()).Value.(value.Record)["result"]
	list := w.records("agents")
	want := []Record{
		{Key: first.(string), Value: value.Record{"hospitalId": json.Number("2"), "heartbeat": "1", "version": "1.0"}, Origin: Received, At: testStart(), Owner: "197"},
		{Key: second.(string), Value: value.Record{"hospitalId": json.Number("2"), "heartbeat": "1", "version": "1.0"}, Origin: Received, At: testStart(), Owner: "197"},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	w.remove("agents", first.(string))
	if diff := cmp.Diff(want[1:], w.records("agents")); diff != "" {
		t.Error(diff)
	}
}
