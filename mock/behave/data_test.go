package behave

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/value"
)

func parsed(t testing.TB, vendor, name, text string) Data {
	t.Helper()
	data, err := ParseData(vendor, name, []byte(text), testContract(t, vendor))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDataFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, vendor, file, text string
		want                     Data
	}{
		{"what matters only", "zheliban", "a.yaml", "reservations:\n  - {serialNumber: ZJ1, name: 测试}\n  - name: 又一人\n", Data{"reservations": {
			{"serialNumber": "ZJ1", "name": "测试"}, {"serialNumber": "ZJ10001", "name": "又一人"},
		}}},
		{"free keys", "zheliban", "a.yaml", "reservations: [{}, {serialNumber: ZJ10001}, {}]", Data{"reservations": {
			{"serialNumber": "ZJ10002"}, {"serialNumber": "ZJ10001"}, {"serialNumber": "ZJ10003"},
		}}},
		{"none at all", "zheliban", "a.yaml", "reservations: []", Data{"reservations": {}}},
		{"JSON", "zheliban", "a.JSON", "\ufeff{\"reservations\":\r\n[{\"serialNumber\": \"\\ud83d\\ude00\", \"examinationFee\": 2881.00}]}", Data{"reservations": {
			{"serialNumber": "😀", "examinationFee": json.Number("2881.00")},
		}}},
		{"JSON that YAML reads", "zheliban", "a", "{\n\t\"reservations\": [\n\t\t{\"serialNumber\": \"A\"}\n\t]\n}", Data{"reservations": {{"serialNumber": "A"}}}},
		{
			"forms", "zheliban", "a.yml",
			"\ufeff# 数据\r\nreservations:\r\n- serialNumber: 00001\r\n  idcard: 11010519491231002\r\n  mobile: '013'\r\n  hospitalCode: 1_000\r\n  checkDate: 2024-03-20\r\n" +
				"  birthdate: \"1949-12-31\"\r\n  isPregnant: false\r\n  orderStatus: \"5\"\r\n  examinationFee: 10.50\r\n  married: ~\r\n  requestId: from a copied answer\r\n",
			Data{"reservations": {{
				"serialNumber": "00001", "idcard": "11010519491231002", "mobile": "013", "hospitalCode": "1_000", "checkDate": "2024-03-20",
				"birthdate": "1949-12-31", "isPregnant": false, "orderStatus": json.Number("5"), "examinationFee": json.Number("10.50"), "married": nil,
			}}},
		},
		{"points keep their zeros", "alihealth", "a.yaml", "appointments:\n- out_pov_id: 00001\n  pick_status: 0\n- {out_pov_id: 2, appointment_id: 7, name: ~}", Data{"appointments": {
			{"appointment_id": "P0001", "out_pov_id": "00001", "pick_status": json.Number("0")},
			{"appointment_id": "7", "out_pov_id": "2", "name": nil},
		}}},
		{"tasks", "mytijian", "a.yaml", "tasks:\n- {id: 1, hospitalId: '197', gmtCreated: 1709611400000, newTaskParams: {pageSize: 5, where: a}}\n- {taskCmd: x}", Data{"tasks": {
			{"id": json.Number("1"), "hospitalId": json.Number("197"), "gmtCreated": json.Number("1709611400000"), "newTaskParams": value.Record{"pageSize": json.Number("5"), "where": "a"}},
			{"id": int64(2), "taskCmd": "x"},
		}}},
		{"projects", "weixiao", "a.yaml", "projects:\n- {project: 1}\n- {id: 1, url: http://127.0.0.1/, statu: 1}", Data{"projects": {
			{"id": int64(2), "project": "1"}, {"id": json.Number("1"), "url": "http://127.0.0.1/", "statu": json.Number("1")},
		}}},
	} {
		data, err := ParseData(c.vendor, c.file, []byte(c.text), testContract(t, c.vendor))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, data); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		again, err := CheckData(c.vendor, data, testContract(t, c.vendor))
		if err != nil {
			t.Errorf("%s: checked again: %v", c.name, err)
		}
		a, _ := json.Marshal(data)
		if b, _ := json.Marshal(again); string(a) != string(b) {
			t.Errorf("%s: checked again it is %s", c.name, b)
		}
	}
}

func TestDataFilesThatAreWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, vendor, file, text, want string }{
		{"nothing", "zheliban", "d.yaml", " \n", "d.yaml: the file is empty"},
		{"a comment only", "zheliban", "d.yaml", "# none\n", "d.yaml: the file is empty"},
		{"no object", "zheliban", "d.yaml", "- 张三三\n", "d.yaml:1: write kinds of records, each with a list; zheliban takes reservations"},
		{"no kinds", "zheliban", "d.yaml", "{}", "d.yaml:1: write kinds"},
		{"another kind", "zheliban", "d.yaml", "\n张三三: []\n", "d.yaml:2: no such kind of records; zheliban takes reservations"},
		{"what callers send", "zheliban", "d.yaml", "arrivals: []", "d.yaml:1: arrivals are what callers send"},
		{"a vendor without", "eazytec", "d.yaml", "messages: []", "d.yaml:1: eazytec has no records that can be given"},
		{"no list", "zheliban", "d.yaml", "reservations:\n  ZJ1: {}\n", "d.yaml:1: reservations are a list of records"},
		{"no list but null", "zheliban", "d.yaml", "reservations:\n", "d.yaml:1: reservations are a list of records"},
		{"no records", "zheliban", "d.yaml", "reservations:\n- {}\n- 张三三\n", "d.yaml:3: a record is an object"},
		{"a member too many", "zheliban", "d.yaml", "reservations:\n- serialNumber: A\n  张三三: 1\n", "d.yaml:3: no such member; a record of reservations has addCombinationId, "},
		{"a wrong type", "zheliban", "d.yaml", "reservations:\n- name: 甲\n  isPregnant: 张三三\n", "d.yaml:3: isPregnant: the contract wants null or boolean (Z-41)"},
		{"a list for a text", "zheliban", "d.yaml", "reservations:\n- name:\n  - 张三三\n  - 张三三\n", "d.yaml:2: name: the contract wants null or string"},
		{"too long", "zheliban", "d.yaml", "reservations:\n- name: " + strings.Repeat("张三三", 7), "d.yaml:2: name: the contract wants at most 20 characters"},
		{"no day", "zheliban", "d.yaml", "reservations:\n- {}\n- checkDate: 2024-02-30\n", "d.yaml:3: checkDate: the contract wants date"},
		{"a small number", "zheliban", "d.yaml", "reservations:\n- examinationFee: -77777\n", "d.yaml:2: examinationFee: the contract wants at least 0"},
		{"a key twice", "zheliban", "d.yaml", "reservations:\n- serialNumber: 张三三\n- {}\n- name: a\n  serialNumber: 张三三\n", "d.yaml:5: the same serialNumber as at d.yaml:2"},
		{"an empty key", "zheliban", "d.yaml", "reservations:\n- serialNumber: ''\n", "d.yaml:2: serialNumber: the contract wants at least 1 characters"},
		{"a control character", "zheliban", "d.yaml", "reservations:\n- serialNumber: \"a\\nb\"\n", "d.yaml:2: serialNumber: a key has"},
		{"a member twice", "zheliban", "d.yaml", "reservations:\n- name: 张三三\n  name: 张三三\n", "d.yaml:3: this member stands here a second time"},
		{"an alias", "zheliban", "d.yaml", "reservations:\n- &a {name: 张三三}\n- *a\n", "d.yaml:3: YAML aliases"},
		{"a merge", "zheliban", "d.yaml", "reservations:\n- <<: {name: 张三三}\n", "d.yaml:2: YAML merge keys"},
		{"a tag", "zheliban", "d.yaml", "reservations:\n- name: !secret 张三三\n", "d.yaml:2: YAML tags"},
		{"a name that is no text", "zheliban", "d.yaml", "reservations:\n- [张三三]: 1\n", "d.yaml:2: the name of a member is a text"},
		{"two documents", "zheliban", "d.yaml", "reservations: []\n---\nreservations: []\n", "d.yaml:2: one document only|d.yaml:3: one document only"},
		{"no YAML", "zheliban", "d.yaml", "reservations:\n- {name: 张三三\n- b\n", "unreadable as YAML"},
		{"no JSON", "zheliban", "d.json", "{\"reservations\":\n [{\"name\": 张三三}]}", "d.json:2: unreadable as JSON (syntax)"},
		{"a JSON member twice", "zheliban", "d.json", "{\"reservations\": [\n{\"name\": \"张三三\",\n\"name\": \"张三三\"}]}", "d.json:3: unreadable as JSON (duplicate-name)"},
		{"a place in JSON", "zheliban", "d.json", "{\"reservations\": [\n{},\n{\"name\": \"甲\",\n\"mobile\": [\"张三三\", 2]}]}", "d.json:4: mobile: the contract wants null or string"},
		{"a record in JSON", "zheliban", "d.json", "{\"reservations\": [\n{},\n[\"张三三\"]]}", "d.json:3: a record is an object"},
		{"GBK", "zheliban", "d.yaml", "reservations:\n- name: \xd5\xc5\xc8\xfd\n", "d.yaml:2: this is not UTF-8"},
		{"too large", "zheliban", "d.yaml", strings.Repeat("#", MaxData+1), "at most 4 MiB"},
		{"too deep", "mytijian", "d.yaml", "tasks:\n- newTaskParams: {a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", "d.yaml:2: nested too deep"},
		{"no point", "alihealth", "d.yaml", "appointments:\n- name: 张三三\n", "d.yaml:2: out_pov_id is missing"},
		{"null where none may stand", "mytijian", "d.yaml", "tasks:\n- id: 7\n  taskCmd: ~\n", "d.yaml:3: taskCmd: the contract wants "},
		{"no cron", "mytijian", "d.yaml", "tasks:\n- cronExpression: '* * * * *'\n", "d.yaml:2: cronExpression: the contract wants quartz-cron (T-10)"},
		{"a name twice", "weixiao", "d.yaml", "projects:\n- {project: 张三三}\n- {}\n- url: x\n  project: 张三三\n", "d.yaml:5: the same project as at d.yaml:2"},
		{"a generated name twice", "weixiao", "d.yaml", "projects:\n- {project: project-2}\n- {}\n", "d.yaml:3: the same project as at d.yaml:2"},
		{"an id that is none", "weixiao", "d.yaml", "projects:\n- {id: 0}\n", "d.yaml:2: id: the contract wants at least 1"},
		{"a status that is none", "weixiao", "d.yaml", "projects:\n- statu: 907\n", "d.yaml:2: statu: the contract wants one of [0 1]"},
		{"too many", "zheliban", "d.yaml", "reservations: [" + strings.Repeat("{},", 20_001) + "]", "d.yaml:1: at most 20000 reservations"},
		{"too many", "weixiao", "d.yaml", "projects: [" + strings.Repeat("{},", 201) + "]", "d.yaml:1: at most 200 projects"},
	} {
		data, err := ParseData(c.vendor, c.file, []byte(c.text), testContract(t, c.vendor))
		if err == nil {
			t.Errorf("%s: taken as %v", c.name, data)
			continue
		}
		if !slices.ContainsFunc(strings.Split(c.want, "|"), func(want string) bool { return strings.Contains(err.Error(), want) }) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		for _, secret := range []string{"张三三", "77777", "2024-02-30"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error shows a value: %v", c.name, err)
			}
		}
	}
}

func TestEverythingThatIsWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := ParseData("zheliban", "d.yaml", []byte("reservations:\n- {nmae: x}\n- {checkDate: x}\n- {name: {}}\nothers: []\n"), testContract(t, "zheliban"))
	for _, want := range []string{"d.yaml:2:", "d.yaml:3:", "d.yaml:4:", "d.yaml:5:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not told: %v", want, err)
		}
	}
	_, err = ParseData("zheliban", "d.yaml", []byte("reservations:\n"+strings.Repeat("- {nmae: x}\n", 1000)), testContract(t, "zheliban"))
	if n := strings.Count(err.Error(), "\n") + 1; n != mostProblems {
		t.Errorf("%d lines are told", n)
	}
	_, err = CheckData("zheliban", Data{"reservations": {{}, {"name": value.List{}}}}, testContract(t, "zheliban"))
	if err == nil || !strings.HasPrefix(err.Error(), "zheliban/reservations/1/name: name: the contract wants null or string") {
		t.Errorf("without a file: %v", err)
	}
	if _, err = CheckData("zheliban", Data{"reservations": {{"name": func() {}}}}, testContract(t, "zheliban")); err == nil {
		t.Error("a function is taken")
	}
}

func TestDataTakesThePlaceOfGeneratedRecords(t *testing.T) {
	t.Parallel()
	const text = "reservations:\n- {serialNumber: A, name: 甲, examinationFee: 10.50}\n- {serialNumber: B, orderStatus: 2}\n- {serialNumber: C, mobile: ~}\n"
	for _, seed := range testSeeds()[:4] {
		w := newTestWorld(t, "zheliban", seed)
		w.world.Data = parsed(t, "zheliban", "d.yaml", text)
		rows, batch := pulled(w)
		if !slices.Equal(serials(rows), []string{"A", "B", "C"}) || rows[0]["name"] != "甲" || rows[0]["examinationFee"] != json.Number("10.50") {
			t.Fatalf("seed %d: pulled %v", seed, rows)
		}
		for _, row := range rows {
			fits(t, kindSchema(t, "zheliban", "reservations"), row)
		}
		acknowledgeBatch(w, batch)
		w.call("reportArrival", value.Record{"serialNumber": "A"})
		w.refused("reportArrival", value.Record{"serialNumber": "ZJ10001"}, "contact-platform")
		w.toMark(50)
		if rows, _ := pulled(w); len(rows) != 0 {
			t.Fatalf("seed %d: something happened by itself: %v", seed, serials(rows))
		}
		twin := newTestWorld(t, "zheliban", seed)
		twin.world.Data = parsed(t, "zheliban", "d.yaml", text)
		if again, _ := pulled(twin); !cmp.Equal(rows, again) {
			t.Fatalf("seed %d: the same data are others", seed)
		}
	}
}

func TestDataAreSwappedWhileServing(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "zheliban", 1)
	swap := func(text string) { w.world.Data = parsed(t, "zheliban", "d.yaml", text) }
	pull := func(want ...string) {
		t.Helper()
		rows, batch := pulled(w)
		if got := serials(rows); !slices.Equal(got, append([]string{}, want...)) {
			t.Fatalf("pulled %v, want %v", got, want)
		}
		if len(rows) > 0 {
			acknowledgeBatch(w, batch)
		}
	}
	swap("reservations: [{serialNumber: A}, {serialNumber: B}, {serialNumber: C}]")
	pull("A", "B", "C")
	w.mustPut("reservations", "B", value.Record{"name": "测试", "orderStatus": 2})
	w.mustPut("reservations", "N", value.Record{})
	w.remove("reservations", "C")
	pull("B", "N")
	swap("reservations: [{serialNumber: A, orderStatus: 2}, {serialNumber: B}]")
	pull("A")
	// A is cancelled in the file, B and C stay as this session left them, D is new.
	swap("reservations: [{serialNumber: A, orderStatus: 5}, {serialNumber: B, orderStatus: 5}, {serialNumber: C}, {serialNumber: D}]")
	pull("A", "D")
	swap("reservations: [{serialNumber: D}]")
	pull()
	if keys := keysOf(w.records("reservations")); !slices.Equal(keys, []string{"D", "B", "N"}) {
		t.Errorf("listed %v", keys)
	}
	if r, _ := w.find("reservations", "B"); r.Value["name"] != "测试" || r.Origin != WasPut {
		t.Errorf("%+v", r)
	}
	if r, _ := w.find("reservations", "D"); r.Origin != FromData {
		t.Errorf("%+v", r)
	}
	w.mustPut("reservations", "A", value.Record{}) // one that was seen and is gone
	pull("A")
	w.world.Data = nil
	if rows, _ := pulled(w); len(rows) != 12 {
		t.Errorf("generated are %v", serials(rows))
	}
}

func TestAppointmentsOfData(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "alihealth", 1)
	w.world.Data = parsed(t, "alihealth", "d.yaml", `appointments:
- {appointment_id: A, out_pov_id: "1", name: 测试}
- {appointment_id: B, out_pov_id: "1", pick_status: 0, appointment_time: 2024-03-05}
- {appointment_id: C, out_pov_id: "1", appointment_time: 2024-03-09}
- {appointment_id: D, out_pov_id: "2"}
`)
	rows := booked(w, "1", "2024-03-05")
	if !slices.Equal(idsOf(rows), []string{"A", "B"}) || rows[0]["name"] != "测试" || rows[0]["pick_code"] != nil || rows[1]["pick_code"] != "B002" {
		t.Errorf("booked %v", rows)
	}
	for _, r := range rows {
		fits(t, kindSchema(t, "alihealth", "appointments"), r)
	}
	if rows := booked(w, "3", "2024-03-05"); len(rows) != 0 {
		t.Errorf("booked %v", idsOf(rows))
	}
	w.mustPut("appointments", "D", value.Record{"out_pov_id": "1", "appointment_time": "2024-03-09"})
	w.remove("appointments", "A")
	if ids := idsOf(booked(w, "1", "2024-03-09")); !slices.Equal(ids, []string{"C", "D"}) {
		t.Errorf("booked %v", ids)
	}
	if keys := keysOf(w.records("appointments")); !slices.Equal(keys, []string{"B", "C", "D"}) {
		t.Errorf("listed %v", keys)
	}
}

func TestTasksOfData(t *testing.T) {
	t.Parallel()
	w := mytijianWorld(t, 1, "197")
	w.world.Accounts = []string{"197"}
	w.world.Data = parsed(t, "mytijian", "d.yaml", "tasks:\n- {id: 7, taskCmd: all}\n- {id: 8, hospitalId: 198}\n- {id: 9, hospitalId: 197, gmtCreated: 1709611400000}\n")
	for hospital, want := range map[string][]string{"197": {"7", "9"}, "198": {"7", "8"}, "199": {"7"}} {
		w.account = hospital
		rows := tasksAnswered(w)
		if !slices.Equal(idOf(t, rows), want) || rows[0]["taskCmd"] != "all" {
			t.Errorf("%s: %v", hospital, rows)
		}
		for _, r := range rows {
			if fits(t, kindSchema(t, "mytijian", "tasks"), r).(value.Record)["hospitalId"] != json.Number(hospital) {
				t.Errorf("%s: %v", hospital, r)
			}
		}
	}
	if keys := keysOf(w.records("tasks")); !slices.Equal(keys, []string{"197-7", "197-9", "198-7", "198-8"}) {
		t.Errorf("listed %v", keys)
	}
	w.mustPut("tasks", "198-7", value.Record{"taskCmd": "mine"})
	w.account = "197"
	if rows := tasksAnswered(w); rows[0]["taskCmd"] != "all" {
		t.Errorf("the other hospital's has changed: %v", rows[0])
	}
}

func TestProjectsOfData(t *testing.T) {
	t.Parallel()
	w := newTestWorld(t, "weixiao", 1)
	w.world.Data = parsed(t, "weixiao", "d.yaml", "projects:\n- {id: 2, project: a, url: 'http://127.0.0.1/'}\n- {statu: 1}\n")
	listed := func() string { return fmt.Sprint(w.call("listPushProjects", nil).Value) }
	if got, want := listed(), fmt.Sprint(value.List{
		value.Record{"id": int64(2), "url": "http://127.0.0.1/", "project": "a", "statu": int64(0)},
		value.Record{"id": int64(1), "url": "http://project-1.invalid/push", "project": "project-1", "statu": int64(1)},
	}); got != want {
		t.Errorf("listed %s, want %s", got, want)
	}
	add := func(name string) value.Record { return value.Record{"project": name, "url": "x"} }
	w.refused("addPushProject", add("a"), "data-exists")
	if id := w.call("addPushProject", add("b")).Value.(value.Record)["id"]; id != int64(3) {
		t.Errorf("the id %v is another's", id)
	}
	w.call("updatePushProject", value.Record{"id": "1", "statu": json.Number("0"), "project": "c"})
	if p, _ := w.find("projects", "1"); p.Value["project"] != "c" || p.Value["statu"] != int64(0) || p.Origin != WasPut {
		t.Errorf("%+v", p)
	}
	w.remove("projects", "1")
	w.refused("updatePushProject", value.Record{"id": "1"}, "data-missing")
	w.call("addPushProject", add("c"))
	if keys := keysOf(w.records("projects")); !slices.Equal(keys, []string{"2", "3", "4"}) {
		t.Errorf("listed %v", keys)
	}
	w.mustPut("projects", "1", value.Record{})
	if keys := keysOf(w.records("projects")); !slices.Equal(keys, []string{"2", "1", "3", "4"}) {
		t.Errorf("listed %v", keys)
	}
}

func TestALargeFile(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("reservations:\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "- {serialNumber: S%d, name: 测试}\n", i)
	}
	if data := parsed(t, "zheliban", "d.yaml", text.String()); len(data["reservations"]) != 2000 {
		t.Errorf("%d records", len(data["reservations"]))
	}
}

func FuzzParseData(f *testing.F) {
	f.Add("reservations:\n- {serialNumber: A, name: 甲}\n", false)
	f.Add(`{"reservations":[{"serialNumber":"A"}]}`, true)
	f.Add("reservations: [{serialNumber: 0x1F, checkDate: 2024-01-01, examinationFee: .inf}]", false)
	f.Add("? [a]\n: b", false)
	f.Fuzz(func(t *testing.T, text string, asJSON bool) {
		name := "d.yaml"
		if asJSON {
			name = "d.json"
		}
		data, err := ParseData("zheliban", name, []byte(text), testContract(t, "zheliban"))
		if err != nil {
			if !strings.HasPrefix(err.Error(), name+":") {
				t.Fatalf("the error does not begin with its place: %v", err)
			}
			return
		}
		w := newTestWorld(t, "zheliban", 1)
		w.world.Data = data
		rows, _ := pulled(w)
		for _, row := range rows {
			fits(t, kindSchema(t, "zheliban", "reservations"), row)
		}
	})
}
