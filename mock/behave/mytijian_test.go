package behave

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/reugn/go-quartz/quartz"

	"understudy/mock/internal/value"
)

func mytijianWorld(t testing.TB, seed int64, account string) *testWorld {
	w := newTestWorld(t, "mytijian", seed)
	w.account = account
	return w
}

func registrationBody() value.Record {
	return value.Record{"hospitalId": json.Number("2"), "heartbeat": "1", "version": "1.0"}
}

func TestRegistrationMintsANewUUIDEachTime(t *testing.T) {
	t.Parallel()
	v4 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, seed := range testSeeds() {
		w, twin := mytijianWorld(t, seed, "197"), mytijianWorld(t, seed, "197")
		for call := range 3 {
			reply := w.call("registerAgent", registrationBody())
			id := value.Text(reply.Value.(value.Record), "result")
			if !v4.MatchString(id) || seen[id] {
				t.Fatalf("seed %d call %d: result %q, want a uuid v4 that was never given", seed, call, id)
			}
			seen[id] = true
			if diff := cmp.Diff(reply, twin.call("registerAgent", registrationBody())); diff != "" {
				t.Fatalf("seed %d call %d: the same history gives another answer: %s", seed, call, diff)
			}
		}
	}
}

func TestRegistrationIsKept(t *testing.T) {
	t.Parallel()
	w := mytijianWorld(t, 1, "197")
	first := w.call("registerAgent", registrationBody()).Value.(value.Record)["result"]
	w.now = w.now.Add(time.Minute)
	second := w.call("registerAgent", value.Record{"hospitalId": json.Number("3"), "heartbeat": "30", "version": "beta"}).Value.(value.Record)["result"]
	want := []value.Record{
		{"result": first, "institution": 197.0, "hospitalId": 2.0, "heartbeat": "1", "version": "1.0", "at": "2024-03-05T04:03:20Z"},
		{"result": second, "institution": 197.0, "hospitalId": 3.0, "heartbeat": "30", "version": "beta", "at": "2024-03-05T04:04:20Z"},
	}
	if diff := cmp.Diff(want, w.appended(kindRegistration)); diff != "" {
		t.Error(diff)
	}
}

func TestTokenWithoutInstitution(t *testing.T) {
	t.Parallel()
	for account, told := range map[string]string{
		"": "token-without-institution", "east": "institution-not-a-number", "9223372036854775808": "institution-not-a-number",
	} {
		w := mytijianWorld(t, 1, account)
		if got := w.refused("registerAgent", registrationBody(), "institution-not-found"); got != told {
			t.Errorf("account %q: diagnosis %s, want %s", account, got, told)
		}
		if got := w.refused("listHospitalTasks", nil, "institution-not-found"); got != told {
			t.Errorf("account %q: diagnosis %s, want %s", account, got, told)
		}
		if kept := w.appended(kindRegistration); len(kept) != 0 {
			t.Errorf("account %q: a refused registration is kept: %v", account, kept)
		}
	}
}

func TestHospitalTasks(t *testing.T) {
	t.Parallel()
	lengths := map[int]bool{}
	for _, seed := range testSeeds() {
		list := mytijianWorld(t, seed, "197").call("listHospitalTasks", value.Record{}).Value.(value.List)
		lengths[len(list)] = true
		if len(list) < 2 || len(list) > 6 {
			t.Fatalf("seed %d: %d tasks", seed, len(list))
		}
		ids, commands := map[any]bool{}, map[any]bool{}
		with := 0
		for _, item := range list {
			task := item.(value.Record)
			ids[task["id"]], commands[task["taskCmd"]] = true, true
			if task["hospitalId"] != int64(197) || value.Text(task, "taskBeanName") == "" {
				t.Fatalf("seed %d: %v", seed, task)
			}
			if err := quartz.ValidateCronExpression(value.Text(task, "cronExpression")); err != nil {
				t.Fatalf("seed %d: %q: %v", seed, task["cronExpression"], err)
			}
			created, modified := task["gmtCreated"].(time.Time), task["gmtModified"].(time.Time)
			if !created.Before(modified) || !modified.Before(testStart()) {
				t.Fatalf("seed %d: created %v, modified %v, start %v", seed, created, modified, testStart())
			}
			params, ok := task["newTaskParams"]
			if !ok {
				continue
			}
			with++
			if params.(value.Record)["pageSize"] == nil {
				t.Fatalf("seed %d: parameters %v", seed, params)
			}
		}
		if len(ids) != len(list) || len(commands) != len(list) {
			t.Fatalf("seed %d: ids or commands repeat: %v", seed, list)
		}
		if !commands["orderdone"] || !commands["examitem"] {
			t.Fatalf("seed %d: commands %v", seed, commands)
		}
		if with == 0 || with == len(list) {
			t.Fatalf("seed %d: %d of %d tasks have parameters, want some", seed, with, len(list))
		}
	}
	if len(lengths) < 4 {
		t.Errorf("the lists have the lengths %v only", lengths)
	}
}

func TestHospitalTasksAreTheHospitals(t *testing.T) {
	t.Parallel()
	for _, seed := range testSeeds() {
		w := mytijianWorld(t, seed, "197")
		first := w.call("listHospitalTasks", nil)
		w.now = w.now.Add(48 * time.Hour)
		w.call("registerAgent", registrationBody())
		if diff := cmp.Diff(first, w.call("listHospitalTasks", value.Record{"hospitalId": json.Number("3")})); diff != "" {
			t.Fatalf("seed %d: the list changes: %s", seed, diff)
		}
		if cmp.Equal(first, mytijianWorld(t, seed, "198").call("listHospitalTasks", nil)) {
			t.Errorf("seed %d: two hospitals have the same tasks", seed)
		}
	}
}

func TestMytijianFitsTheContract(t *testing.T) {
	t.Parallel()
	task := testSchema(t, "mytijian", "/components/schemas/Task")
	data := testSchema(t, "mytijian", "/components/schemas/RegistrationReply/properties/data")
	for _, seed := range testSeeds() {
		w := mytijianWorld(t, seed, "197")
		fits(t, data, w.call("registerAgent", registrationBody()).Value)
		for _, item := range w.call("listHospitalTasks", nil).Value.(value.List) {
			written, err := task.AppendJSON(nil, fits(t, task, item), 0)
			if err != nil || !json.Valid(written) {
				t.Fatalf("seed %d: %s: %v", seed, written, err)
			}
		}
	}
}
