package mytijian

import (
	"testing"
	"time"

	"understudy/specs"
)

// readings gives, for each reading of an unclear clause, the data of a task list and what must become of it. Nothing of it needs configuration.
func readings() map[string]struct {
	data string
	want func([]Task) bool
} {
	type row = struct {
		data string
		want func([]Task) bool
	}
	one := func(good func(Task) bool) func([]Task) bool {
		return func(list []Task) bool { return len(list) == 1 && good(list[0]) }
	}
	noon := time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	id := one(func(task Task) bool { return task.ID == 242 && task.Command == "orderdone" })
	at := one(func(task Task) bool { return task.Created.Equal(noon) && task.Modified.Equal(noon) })
	return map[string]row{
		"T-4=list":   {`[{"id":242,"taskCmd":"orderdone"},{"id":243,"taskCmd":"examitem"}]`, func(list []Task) bool { return len(list) == 2 && list[1].ID == 243 }},
		"T-4=object": {`{"id":242,"taskCmd":"orderdone"}`, id},
		"T-5=number": {`[{"id":242,"taskCmd":"orderdone"}]`, id},
		"T-5=text":   {`[{"id":"242","taskCmd":"orderdone"}]`, id},
		"T-8=millis": {`[{"gmtCreated":1772424000000,"gmtModified":1772424000000}]`, at},
		"T-8=text":   {`[{"gmtCreated":"2026-03-02 12:00:00","gmtModified":"2026-03-02 12:00:00"}]`, at},
	}
}

func TestReadings(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil || len(contract.Unclear) == 0 {
		t.Fatalf("no unclear clause: %v", err)
	}
	rows := readings()
	for _, u := range contract.Unclear {
		for _, r := range u.Readings {
			id := u.ID + "=" + r.Name
			row, known := rows[id]
			if !known {
				t.Errorf("%s is not played", id)
				continue
			}
			delete(rows, id)
			v := &vendorStub{answer: func(string) (int, string) { return 200, `{"success":"T","msg":"success","data":` + row.data + `}` }}
			if list, err := newClient(t, v).ListHospitalTasks(t.Context()); err != nil || !row.want(list) {
				t.Errorf("%s: %+v, %v", id, list, err)
			}
		}
	}
	for id := range rows {
		t.Errorf("the contract has no reading %s", id)
	}
}
