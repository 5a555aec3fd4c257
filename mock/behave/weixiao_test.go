package behave

import (
	"encoding/json"
	"testing"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/forward"
	"understudy/mock/internal/value"
)

func TestWeixiaoStepsAreTheOperations(t *testing.T) {
	t.Parallel()
	contract, steps := testContract(t, "weixiao"), Steps(testContract(t, "weixiao"))
	if len(steps) == 0 || len(steps) != len(contract.Operations) {
		t.Errorf("there are %d steps and %d operations", len(steps), len(contract.Operations))
	}
	for _, operation := range contract.Operations {
		if steps[operation.ID] == nil {
			t.Errorf("the operation %s has no step", operation.ID)
		}
	}
}

func TestProjectsFromAddToDelete(t *testing.T) {
	t.Parallel()
	h := newHub(t, &forward.Client{})
	single := testSchema(t, "weixiao", "/components/schemas/ProjectReply")
	several := testSchema(t, "weixiao", "/components/schemas/ProjectsReply")
	answer := func(v any) value.Record {
		return value.Record{"success": true, "message": "success", "code": "0", "data": v}
	}
	fits(t, several, answer(h.call(&Call{Operation: "listPushProjects"}).Value))

	a, b := h.add("a", "http://127.0.0.1/a"), h.add("b", "http://127.0.0.1/b")
	if a != 1 || b != 2 {
		t.Errorf("the ids are %d and %d", a, b)
	}
	want := []value.Record{
		{"id": int64(1), "url": "http://127.0.0.1/a", "project": "a", "statu": int64(0)},
		{"id": int64(2), "url": "http://127.0.0.1/b", "project": "b", "statu": int64(0)},
	}
	same(t, h.list(), want)
	fits(t, several, answer(h.call(&Call{Operation: "listPushProjects"}).Value))

	// W-13: what is absent or null stays; W-14: a quoted id counts.
	reply := h.update(value.Record{"id": "1", "url": nil, "project": nil, "statu": json.Number("1")})
	want[0]["statu"] = int64(1)
	same(t, h.list(), want)
	same(t, reply.Value, any(want[0]))
	fits(t, single, answer(reply.Value))
	h.update(value.Record{"id": json.Number("1"), "url": "http://127.0.0.1/new"})
	want[0]["url"] = "http://127.0.0.1/new"
	same(t, h.list(), want)
	h.update(value.Record{"id": json.Number("1"), "project": "c", "statu": json.Number("0")})
	want[0]["project"], want[0]["statu"] = "c", int64(0)
	same(t, h.list(), want)
	h.update(value.Record{"id": json.Number("1"), "project": "c"}) // its own name is no clash
	h.refused(&Call{Operation: "updatePushProject", Body: Decoded{value.Record{"id": json.Number("1"), "project": "b"}}}, "data-exists", "project-name-taken")
	h.refused(&Call{Operation: "updatePushProject", Body: Decoded{value.Record{"id": json.Number("3"), "project": "x"}}}, "data-missing", "unknown-project")
	h.refused(&Call{Operation: "addPushProject", Body: Decoded{value.Record{"project": "c", "url": "http://127.0.0.1/c"}}}, "data-exists", "project-name-taken")
	same(t, h.list(), want)

	if reply := h.remove(json.Number("1")); reply.Value != nil {
		t.Errorf("a deletion answers %v", reply.Value)
	}
	h.refused(&Call{Operation: "deletePushProject", Parameters: value.Record{"id": json.Number("1")}}, "data-missing", "unknown-project")
	same(t, h.list(), want[1:])
	// The names of the past are free, its ids are not.
	if id := h.add("a", "http://127.0.0.1/a"); id != 3 {
		t.Errorf("the id is %d", id)
	}
	if id := h.add("c", "http://127.0.0.1/c"); id != 4 {
		t.Errorf("the id is %d", id)
	}
}

func TestProjectsOfSessionsAreApart(t *testing.T) {
	t.Parallel()
	h := newHub(t, &forward.Client{})
	h.add("a", "http://127.0.0.1/a")
	h.world.Session = "other"
	if list := h.list(); len(list) != 0 {
		t.Errorf("the other session has %v", list)
	}
	if id := h.add("a", "http://127.0.0.1/a"); id != 1 {
		t.Errorf("the id is %d", id)
	}
}

func TestATargetOutOfReachIsStoredAndNoted(t *testing.T) {
	t.Parallel()
	h := newHub(t, &forward.Client{})
	for url, want := range map[string]*diagnosis.Diagnosis{
		"http://127.0.0.1:9000/push":         nil,
		"www.xn---xn--nw5a-9h6sj467a.org":    diagnosis.New(forward.TargetWithoutScheme, "host", "www.xn---xn--nw5a-9h6sj467a.org:80"),
		"http://192.168.1.20:8080/p?key=abc": diagnosis.New(forward.TargetBlocked, "allow", "--forward-to 192.168.1.20:8080"),
		"http://hub.example/push":            diagnosis.New(forward.TargetByName, "allow", "--forward-to hub.example:80"),
	} {
		check := func(reply Reply) {
			t.Helper()
			if got := value.Text(reply.Value.(value.Record), "url"); got != url {
				t.Errorf("%s is stored as %s", url, got)
			}
			if want == nil {
				if len(reply.Notes) != 0 {
					t.Errorf("%s: got the note %s", url, reply.Notes[0].Text("en"))
				}
				return
			}
			if len(reply.Notes) != 1 || reply.Notes[0].ID != want.ID {
				t.Fatalf("%s: got %v, want %s", url, reply.Notes, want.ID)
			}
			for name, v := range want.Detail {
				if reply.Notes[0].Detail[name] != v {
					t.Errorf("%s: %s is %q, want %q", url, name, reply.Notes[0].Detail[name], v)
				}
			}
		}
		check(h.call(&Call{Operation: "addPushProject", Body: Decoded{value.Record{"project": url, "url": url}}}))
		id := h.add("changed "+url, "http://127.0.0.1/")
		check(h.update(value.Record{"id": id, "url": url}))
	}
}
