package drive_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/drive"
)

func TestSet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		vendor, operation string
		fields            []string
		want              string // the values as JSON
	}{
		{"mytijian", "registerAgent", []string{"hospitalId=197", "version=197"}, `{"hospitalId":197,"version":"197"}`},
		{"mytijian", "registerAgent", []string{"hospitalId=123456789012345678901234567890"}, `{"hospitalId":123456789012345678901234567890}`},
		{"weixiao", "updatePushProject", []string{"id=1", "statu=1", "project=1", "url="}, `{"id":1,"statu":1,"project":"1","url":""}`},
		{"weixiao", "updatePushProject", []string{"id=01"}, `{"id":"01"}`},
		{"weixiao", "deletePushProject", []string{"id=5"}, `{"id":5}`},
		{"weixiao", "receivePush", []string{"card_number=1", "organization.0=5", "organization.1=6", "school_code=x"}, `{"raw_data":{"card_number":"1","organization":["5","6"]},"school_code":"x"}`},
		{"weixiao", "receivePush", []string{`raw_data={"id":1}`}, `{"raw_data":"{\"id\":1}"}`},
		{"weixiao", "receivePush", []string{"auth_org=[1]"}, `{"raw_data":{"auth_info":{"auth_org":"[1]"}}}`},
		{"alihealth", "queryAppointments", []string{"day=2020-01-18", "page_num=2", "session=s"}, `{"param_query_pov_appointment_record_by_date_req":{"day":"2020-01-18","page_num":2},"session":"s"}`},
		{"alihealth", "queryAppointments", []string{"param_query_pov_appointment_record_by_date_req.page_num=x"}, `{"param_query_pov_appointment_record_by_date_req":{"page_num":"x"}}`},
		{"eazytec", "sendMessage", []string{"to.0.userid=a", "to.0.usertype=1", "to.1.userid=b", "to.0.orgid=o"}, `{"to":[{"orgid":"o","userid":"a","usertype":1},{"userid":"b"}]}`},
		{"eazytec", "sendMessage", []string{"extMap.a.b=1", `extMap.c\.d=2`}, `{"sendData":{"extMap":{"a":{"b":"1"},"c.d":"2"}}}`},
		{"eazytec", "sendMessage", []string{"attfiles.0.name=a", "attfiles.1.name=b"}, `{"sendData":{"params":{"attfiles":[{"name":"a"},{"name":"b"}]}}}`},
		{"eazytec", "sendMessage", []string{"userid=u"}, `{"from":{"userid":"u"}}`},
		{"zheliban", "reportArrival", []string{"arriveDate=2026-01-01 00:00:00"}, `{"arriveDate":"2026-01-01 00:00:00"}`},
		{"zheliban", "pullReservations", []string{"anything.at=all"}, `{"anything":{"at":"all"}}`},
		{"zheliban", "pullReservations", []string{"ACCESS-TOKEN=t"}, `{"ACCESS-TOKEN":"t"}`},
	}
	for _, tt := range tests {
		c := load(t, tt.vendor)
		client, err := drive.New(drive.Config{Contract: c})
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(set(t, client, tt.operation, tt.fields))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(parsed(t, tt.want), parsed(t, string(got))); diff != "" {
			t.Errorf("%v\n%s", tt.fields, diff)
		}
	}
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestSetMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct{ vendor, operation, field, text, want string }{
		{"mytijian", "registerAgent", "hospitalId", "hush", "registerAgent: hospitalId takes a whole number; write it so, or JSON behind :="},
		{"mytijian", "registerAgent", "hospitalId", "1.5", "hospitalId takes a whole number"},
		{"mytijian", "registerAgent", "hospitalId", " 1", "hospitalId takes a whole number"},
		{"mytijian", "registerAgent", "hospital", "1", "hospital is no field of it; there are hospitalId, heartbeat, version"},
		{"weixiao", "listPushProjects", "id", "1", "id is no field of it; it takes none"},
		{"weixiao", "deletePushProject", "ids", "1", "ids is no field of it; there are id"},
		{"alihealth", "queryAppointments", "days", "1", "days is no field of it; there are format, simplify, session, partner_id, target_app_key, param_query_pov_appointment_record_by_date_req"},
		{"eazytec", "sendMessage", "to.userid", "hush", "to.userid needs a place in the list to; write to.0.userid"},
		{"eazytec", "sendMessage", "to.1.userid", "hush", "to.1.userid leaves a gap in the list to; the next place there is 0"},
		{"eazytec", "sendMessage", "to.-1.userid", "hush", "needs a place in the list to"},
		{"eazytec", "sendMessage", "from.user", "hush", "from.user is no field of it; from has userid, usertype, orgid, deptid"},
		{"eazytec", "sendMessage", "from", "hush", "from takes an object; write it so, or JSON behind :="},
		{"eazytec", "sendMessage", "sendData.title.x", "hush", "sendData.title has no members"},
		{"eazytec", "sendMessage", "", "hush", " is no field of it"},
	}
	for _, tt := range tests {
		client, err := drive.New(drive.Config{Contract: load(t, tt.vendor)})
		if err != nil {
			t.Fatal(err)
		}
		err = client.Set(tt.operation, map[string]any{}, tt.field, drive.Text(tt.text))
		var failed *drive.FieldError
		if !errors.As(err, &failed) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s=%s: %v", tt.field, tt.text, err)
		}
	}
	client, err := drive.New(drive.Config{Contract: load(t, "eazytec")})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{"sendData": map[string]any{"title": "text", "params": map[string]any{"recipient": "{'a'}"}}}
	for field, want := range map[string]string{
		"title.deeper":     "which has another kind of value",
		"recipient.orgId":  "which holds a text that is no JSON",
		"recipient.nobody": "which holds a text that is no JSON",
	} {
		if err := client.Set("sendMessage", values, field, drive.Text("x")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", field, err)
		}
	}
	var unknown *drive.OperationError
	if err := client.Set("sendMessages", values, "x", 1); !errors.As(err, &unknown) || err.Error() != `eazytec has no operation "sendMessages"; there are sendMessage` {
		t.Errorf("an unknown operation: %v", err)
	}
}

// TestForceSets puts what the contract does not know where it can travel.
func TestForceSets(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]string{
		"registerAgent": `{"hospitalId":"many","heartbeat":null,"stray":"1"}`,
	} {
		c := load(t, "mytijian")
		client := newWorld(t, c).client(c, func(config *drive.Config) { config.Force = true })
		values := map[string]any{"heartbeat": nil}
		for _, field := range []string{"hospitalId=many", "stray=1"} {
			name, text, _ := strings.Cut(field, "=")
			if err := client.Set(operation, values, name, drive.Text(text)); err != nil {
				t.Error(err)
			}
		}
		x, err := client.Call(t.Context(), operation, values)
		if err != nil {
			t.Fatal(err)
		}
		if string(x.Request.Body) != want || x.Outcome != drive.VendorError || x.Reply.Diagnosis != "violates-contract" {
			t.Errorf("%s: %s\n%s", x, x.Request.Body, x.Reply.Plain)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	tests := []struct{ vendor, operation, want string }{
		{"mytijian", "registerAgent", "hospitalId* heartbeat* version*"},
		{"zheliban", "issueToken", ""},
		{"zheliban", "pullReservations", ""},
		{"zheliban", "reportArrival", "serialNumber* arriveDate"},
		{"weixiao", "addPushProject", "url* project*"},
		{"alihealth", "queryAppointments", "format simplify session partner_id target_app_key P.day* P.out_pov_id* P.page_num P.page_size"},
		{"eazytec", "sendMessage", "sendData.appid* sendData.appname* sendData.title* sendData.body* sendData.extMap sendData.msgtype* sendData.needpush " +
			"sendData.params.sender* sendData.params.recipient.orgId sendData.params.recipient.esNameList sendData.params.recipient.companyIdList " +
			"sendData.params.recipient.linkmenTypeList sendData.params.hasatt sendData.params.attfiles.0.name sendData.params.attfiles.0.path " +
			"sendData.params.msgcategory* sendData.params.msglevel* sendData.params.needreply sendData.params.needsms sendData.params.redirect_pc " +
			"sendData.params.redirect_app from.userid* from.usertype* from.orgid* from.deptid to.0.userid* to.0.usertype* to.0.orgid* to.0.deptid"},
	}
	for _, tt := range tests {
		client, err := drive.New(drive.Config{Contract: load(t, tt.vendor)})
		if err != nil {
			t.Fatal(err)
		}
		list, err := client.Fields(tt.operation)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range list {
			name := strings.Replace(f.Name, "param_query_pov_appointment_record_by_date_req", "P", 1)
			if f.Required {
				name += "*"
			}
			if f.At.Line == 0 || f.In == "" {
				t.Errorf("%s stands nowhere: %+v", f.Name, f)
			}
			got = append(got, name)
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s %s", tt.operation, diff)
		}
	}
}

// TestValuesStayTheCallers: preparing changes nothing of what was given.
func TestValuesStayTheCallers(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	client := newWorld(t, c).client(c, nil)
	values := map[string]any{"school_code": "1", "event": "addUser", "raw_data": map[string]any{"id": 1, "list": []string{"a"}}}
	before := fmt.Sprint(values)
	r, err := client.Prepare(t.Context(), "receivePush", values)
	if err != nil {
		t.Fatal(err)
	}
	if after := fmt.Sprint(values); after != before {
		t.Errorf("%s became %s", before, after)
	}
	whole := map[string]any{drive.Body: map[string]any{}}
	other := load(t, "zheliban")
	if _, err := newWorld(t, other).client(other, nil).Prepare(t.Context(), "issueToken", whole); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(whole); got != "map[$body:map[]]" {
		t.Errorf("the body became %s", got)
	}
	if want := `{"app_key":"0123456789ABCDEF","school_code":"1","event":"addUser","raw_data":{"id":1,"list":["a"]}}`; string(r.Plain) != want {
		t.Errorf("plain is %s", r.Plain)
	}
}
