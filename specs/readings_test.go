package specs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

// TestReadingsAreStrict gives each reading what only it takes and what another one would send. A base contract that takes
// every form is held to that, too.
func TestReadingsAreStrict(t *testing.T) {
	t.Parallel()
	const (
		pull   = `{"code":200,"message":"操作成功","success":true,"result":[{"serialNumber":"S-1","cardType":1}],"timestamp":1700000000000}`
		token  = `{"code":200,"message":"操作成功","result":{"expire":1,"token":"t"},"success":true,"timestamp":1700000000000}`
		worked = `{"success":true,"message":"success","code":"0","data":null}`
		push   = `{"app_key":"k","school_code":"s","event":"addUser","raw_data":"00ff"}`
	)
	tasks := `{"success":"T","msg":"success","data":[` + task + `]}`
	quoted := func(recipient string) string {
		return edit(message, `"sender"`, `"recipient":"`+recipient+`","sender"`)
	}
	files := func(attfiles string) string { return edit(message, `"sender"`, `"attfiles":"`+attfiles+`","sender"`) }
	deptid := func(v string) string {
		return strings.ReplaceAll(message, `"usertype"`, `"deptid":`+v+`,"usertype"`)
	}
	texts, numbers := edit(pull, `:1}`, `:"1"}`), pull
	tests := []struct {
		vendor, reading, operation string
		reply                      bool
		accept, refuse             []string
	}{
		{"zheliban", "", "pullReservations", true, []string{numbers, texts}, nil},
		{"zheliban", "Z-40=number", "pullReservations", true, []string{numbers, edit(pull, `:1}`, `:null}`)}, []string{texts}},
		{"zheliban", "Z-40=text", "pullReservations", true, []string{texts, edit(pull, `:1}`, `:null}`)}, []string{numbers, edit(pull, `:1}`, `:"1234"}`)}},
		{"zheliban", "Z-15=object", "issueToken", true, []string{token}, []string{edit(token, `{"expire":1,"token":"t"}`, `"{}"`)}},
		{"zheliban", "Z-15=text", "issueToken", true, []string{edit(token, `{"expire":1,"token":"t"}`, `"{\"expire\":1,\"token\":\"t\"}"`)}, []string{token, edit(token, `{"expire":1,"token":"t"}`, `null`)}},
		{"zheliban", "Z-15=text", "pullReservations", true, []string{edit(pull, `[{"serialNumber":"S-1","cardType":1}]`, `"[]"`)}, []string{pull, edit(pull, `[{"serialNumber":"S-1","cardType":1}]`, `null`)}},
		{"zheliban", "Z-15=text", "reportArrival", true, []string{`{"code":200,"message":"操作成功","success":true,"result":null,"timestamp":1700000000000}`}, []string{`{"code":200,"message":"操作成功","success":true,"result":"null","timestamp":1700000000000}`}},
		{"weixiao", "W-2=0", "deletePushProject", true, []string{worked}, []string{edit(worked, `"0"`, `"200"`), edit(worked, `"0"`, `"00000"`)}},
		{"weixiao", "W-2=200", "deletePushProject", true, []string{edit(worked, `"0"`, `"200"`)}, []string{worked, edit(edit(worked, `"0"`, `"200"`), `true`, `false`)}},
		{"weixiao", "W-2=00000", "deletePushProject", true, []string{edit(worked, `"0"`, `"00000"`)}, []string{worked}},
		{"weixiao", "", "receivePush", false, []string{push, edit(push, `00ff`, `KbuM+/==`)}, nil},
		{"weixiao", "W-26=hex", "receivePush", false, []string{push, edit(push, `00ff`, `00FF`)}, []string{edit(push, `00ff`, `KbuM+/==`), edit(push, `00ff`, `00f`)}},
		{"weixiao", "W-26=base64", "receivePush", false, []string{edit(push, `00ff`, `KbuM+/==`)}, []string{edit(push, `00ff`, ``)}},
		{"mytijian", "T-4=list", "listHospitalTasks", true, []string{tasks}, []string{edit(tasks, `[`+task+`]`, task)}},
		{"mytijian", "T-4=object", "listHospitalTasks", true, []string{edit(tasks, `[`+task+`]`, task)}, []string{tasks, edit(tasks, `[`+task+`]`, `{}`)}},
		{"mytijian", "T-5=number", "listHospitalTasks", true, []string{tasks}, []string{edit(tasks, `"id":7`, `"id":"7"`)}},
		{"mytijian", "T-5=text", "listHospitalTasks", true, []string{edit(tasks, `"id":7`, `"id":"7"`)}, []string{tasks, edit(tasks, `"id":7`, `"id":"seven"`)}},
		{"mytijian", "T-8=text", "listHospitalTasks", true, []string{strings.ReplaceAll(tasks, `1700000000000`, `"2023-11-15 06:13:20"`)}, []string{tasks}},
		{"eazytec", "", "sendMessage", false, []string{quoted(`{'orgId':'a'}`), quoted(`{\"orgId\":\"a\"}`), deptid(`""`), deptid(`null`), message}, nil},
		{"eazytec", "E-9=json", "sendMessage", false, []string{message, quoted(``), quoted(`{}`), quoted(`{\"orgId\":\"it's\"}`), files(`[]`), files(`[{\"name\":\"a\"}]`)}, []string{quoted(`{'orgId':'a'}`), files(`[{'name':'a'}]`)}},
		{"eazytec", "E-9=quotes", "sendMessage", false, []string{message, quoted(``), quoted(`{}`), quoted(`{'orgId':'\"'}`), files(`[{'name':'a'}]`)}, []string{quoted(`{\"orgId\":\"it's\"}`), files(`[{\"name\":\"a\"}]`)}},
		{"eazytec", "E-17=absent", "sendMessage", false, []string{message, deptid(`"d"`)}, []string{deptid(`""`), deptid(`null`)}},
		{"eazytec", "E-17=null", "sendMessage", false, []string{deptid(`null`), deptid(`"d"`)}, []string{deptid(`""`), message}},
		{"eazytec", "E-17=empty", "sendMessage", false, []string{deptid(`""`), deptid(`"d"`)}, []string{deptid(`null`), message}},
	}
	for _, tt := range tests {
		t.Run(tt.vendor+"/"+tt.reading+"/"+tt.operation, func(t *testing.T) {
			t.Parallel()
			c := load(t, tt.vendor)
			if id, name, ok := strings.Cut(tt.reading, "="); ok {
				c = with(t, c, map[string]string{id: name})
			}
			op, ok := c.Operation(tt.operation)
			if !ok {
				t.Fatal("no such operation")
			}
			pointers, replies := bodies(op)
			if tt.reply {
				pointers = replies
			}
			schema := compile(t, c, pointers[0])
			for _, body := range tt.accept {
				if err := schema.Validate(decode(t, body)); err != nil {
					t.Errorf("refused %s: %v", body, err)
				}
			}
			for _, body := range tt.refuse {
				if schema.Validate(decode(t, body)) == nil {
					t.Errorf("accepted %s", body)
				}
			}
		})
	}
}

// TestReadingWire looks at what readings change on the wire, where no schema reaches.
func TestReadingWire(t *testing.T) {
	t.Parallel()
	wire := func(vendor, operation string, choice map[string]string) specs.Wire {
		op, ok := with(t, load(t, vendor), choice).Operation(operation)
		if !ok {
			t.Fatalf("%s is gone", operation)
		}
		return op.Wire
	}
	for carrier, name := range map[string]string{"text": "body", "form": "form", "quoted": "quoted"} {
		for _, operation := range []string{"issueToken", "pullReservations", "acknowledgeReservations", "reportArrival"} {
			seal := wire("zheliban", operation, map[string]string{"Z-1": name, "Z-3": "strict", "Z-6": "plain"}).Seal
			if !slices.Equal(seal.Carriers, []string{carrier}) || !slices.Equal(seal.Labels, []string{"application/json"}) || seal.Failures != "plain" {
				t.Errorf("%s under Z-1=%s: %+v", operation, name, seal)
			}
		}
	}
	if seal := wire("zheliban", "issueToken", map[string]string{"Z-6": "sealed"}).Seal; seal.Failures != "" || seal.Labels != nil {
		t.Errorf("the document as it stands seals failures and looks at no label: %+v", seal)
	}
	for name, encoding := range map[string]string{"hex": "hex", "base64": "base64"} {
		if seal := wire("weixiao", "receivePush", map[string]string{"W-26": name}).Seal; seal.Encoding != encoding || seal.Reads != nil {
			t.Errorf("W-26=%s: %+v", name, seal)
		}
	}
	plain := wire("alihealth", "queryAppointments", map[string]string{"A-17": "plain", "A-19": "json"}).Formats
	if plain.Lists != "plain" || plain.Default != "json" || plain.Simplify != "simplify" {
		t.Errorf("A-17=plain, A-19=json: %+v", plain)
	}
}

// TestReadingStatuses looks for the answer of each row whose status a reading sets.
func TestReadingStatuses(t *testing.T) {
	t.Parallel()
	statuses := func(c *specs.Contract) map[string]int {
		found := map[string]int{}
		for _, row := range c.Errors {
			if row.Status != 0 {
				found[row.Code] = row.Status
			}
		}
		return found
	}
	got := statuses(with(t, load(t, "weixiao"), map[string]string{"W-18": "mapped"}))
	if want := map[string]int{"10000": 500, "10001": 405, "10003": 401, "10004": 401, "10006": 403}; !maps.Equal(got, want) {
		t.Errorf("W-18=mapped: %v, want %v", got, want)
	}
	z := with(t, load(t, "zheliban"), map[string]string{"Z-19": "http", "Z-3": "strict"})
	if got := statuses(z); !maps.Equal(got, map[string]int{"401": 401}) {
		t.Errorf("Z-19=http: %v", got)
	}
	for operation, id := range map[string]string{"issueToken": "invalid-data", "pullReservations": "invalid-order-data", "acknowledgeReservations": "contact-platform", "reportArrival": "contact-platform"} {
		if row, ok := z.ErrorFor(operation, specs.UnsupportedMediaType, "Content-Type"); !ok || row.ID != id {
			t.Errorf("Z-3=strict: another label in %s is answered by %v", operation, row)
		}
	}
	data := with(t, load(t, "zheliban"), map[string]string{"Z-19": "data"})
	if row, ok := data.ErrorFor("reportArrival", specs.ExpiredToken, ""); !ok || row.Code != "50002" || row.Message != "数据有误" || row.Status != 0 {
		t.Errorf("Z-19=data: %+v", row)
	}
}
