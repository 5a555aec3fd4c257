package specs_test

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	project = `{"id":9007199254740993,"url":"http://127.0.0.1:9/in","project":"library","statu":0}`
	message = `{"sendData":{"appid":"app","appname":"App","title":"T","body":"<p>B</p>","msgtype":0,` +
		`"params":{"sender":"Office","msgcategory":"会议通知","msglevel":"普通"}},` +
		`"from":{"userid":"u1","usertype":1,"orgid":"o1"},"to":[{"userid":"u2","usertype":2,"orgid":"o2"}]}`
	task = `{"id":7,"hospitalId":1,"taskCmd":"a","init":false,"cronExpression":"0 0 1 * * ?","gmtCreated":1700000000000,"gmtModified":1700000000000}`
)

// edit replaces one text of a sample, which must be there.
func edit(sample, old, new string) string {
	if strings.Count(sample, old) != 1 {
		panic("the sample has no single " + old)
	}
	return strings.Replace(sample, old, new, 1)
}

// TestBodies gives each contract the bodies it must take and must not. Sealed ones are given opened, a form as the
// object of its fields.
func TestBodies(t *testing.T) {
	t.Parallel()
	const query = `{"param_query_pov_appointment_record_by_date_req":{"day":"2024-05-06","out_pov_id":"007","page_num":2,"page_size":200}}`
	const page = `{"alibaba_health_vaccin_appointment_query_response":{"result":{"model":{"page_num":1,"page_size":200,"total":1,` +
		`"data_list":[{"pick_code":"A1","out_pov_id":"007","pick_status":0,"appointment_period":"08:00-08:30",` +
		`"appointment_time":"2024-05-06","appointment_id":"X1","name":"甲"}]},"success":true},"request_id":"r"}}`
	const pull = `{"code":200,"message":"操作成功","success":true,"result":[{"requestId":"0123456789abcdef0123456789abcdef","serialNumber":"S-1","cardType":1,"examinationFee":120.50,"orderStatus":5,"isPregnant":null}],"timestamp":1700000000000}`
	tests := []struct {
		vendor, operation string
		reply             bool
		accept, refuse    []string
	}{
		{"alihealth", "queryAppointments", false,
			[]string{query, edit(query, `2,`, `"2",`), edit(query, `:200`, `:"199"`), edit(query, `,"page_num":2,"page_size":200`, ``), edit(query, `"day"`, `"more":1,"day"`)},
			[]string{`{}`, edit(query, `"007"`, `7`), edit(query, `"007"`, `""`), edit(query, `:200`, `:201`), edit(query, `:200`, `:"201"`), edit(query, `2,`, `0,`), edit(query, `2,`, `"0",`), edit(query, `2,`, `1.5,`), edit(query, `"day":"2024-05-06",`, ``)}},
		{"alihealth", "queryAppointments", true,
			[]string{page, edit(page, `"total":1`, `"total":null`), edit(page, `,"request_id":"r"`, ``),
				`{"alibaba_health_vaccin_appointment_query_response":{"result":{"msg_code":"FAIL","msg_info":"x","success":false},"request_id":"r"}}`,
				`{"error_response":{"code":25,"msg":"Invalid Signature","request_id":"r"}}`},
			[]string{`{}`, edit(page, `,"success":true`, ``), edit(page, `"X1"`, `1`), edit(page, `"appointment_id":"X1",`, ``), edit(page, `08:00-08:30`, `8-9`), `{"error_response":{"msg":"x"}}`}},
		{"weixiao", "addPushProject", false,
			[]string{`{"url":"school.example","project":"library"}`},
			[]string{`{"url":"school.example"}`, `{"url":"","project":"library"}`, `{}`}},
		{"weixiao", "updatePushProject", false,
			[]string{project, `{"id":"9007199254740993"}`, `{"id":1,"url":null,"project":null,"statu":null}`, `{"id":1,"statu":1,"more":1}`},
			[]string{`{}`, `{"id":"x"}`, `{"id":1,"statu":907}`, `{"id":1,"statu":"1"}`, `{"id":1.5}`, `{"id":1,"url":5}`, `[]`}},
		{"weixiao", "receivePush", false,
			[]string{`{"app_key":"k","school_code":"s","event":"unheardOf","raw_data":"00ff"}`},
			[]string{`{"app_key":"k","school_code":"s","event":"addUser"}`, `{"school_code":"s","event":"addUser","raw_data":"00"}`, `{"app_key":"k","school_code":"","event":"addUser","raw_data":"00"}`, `{"app_key":"k","school_code":5,"event":"addUser","raw_data":"00"}`}},
		{"weixiao", "receivePush", true,
			[]string{`{"code":0,"message":"success"}`, `{"code":11003,"message":"参数异常"}`},
			[]string{`{"code":"0","message":"success"}`, `{"message":"success"}`}},
		{"weixiao", "listPushProjects", true,
			[]string{`{"success":true,"message":"success","code":"0","data":[` + project + `]}`, `{"success":false,"message":"系统未知异常","code":"10000","data":null}`},
			[]string{`{"success":true,"message":"success","code":0,"data":[]}`, `{"success":true,"message":"success","code":"0","data":null}`, `{"success":false,"message":"x","code":"0","data":null}`}},
		{"weixiao", "updatePushProject", true,
			[]string{`{"success":true,"message":"success","code":"0","data":` + project + `}`, `{"success":true,"message":"success","code":"0","data":null}`, `{"success":false,"message":"数据不存在","code":"16000","data":null}`},
			[]string{`{"success":true,"message":"success","code":"0"}`, `{"success":true,"message":"success","code":"0","data":[]}`}},
		{"weixiao", "deletePushProject", true,
			[]string{`{"success":true,"message":"success","code":"0","data":null}`, `{"success":false,"message":"数据不存在","code":"16000","data":null}`},
			[]string{`{"success":true,"message":"success","code":"16000","data":null}`}},
		{"mytijian", "registerAgent", false,
			[]string{`{"hospitalId":2,"heartbeat":"1","version":"1.0"}`, `{"hospitalId":2,"heartbeat":"","version":"x","more":[]}`},
			[]string{`{}`, `{"hospitalId":null,"heartbeat":"1","version":"1.0"}`, `{"hospitalId":2,"heartbeat":1,"version":"1.0"}`, `{"hospitalId":2,"heartbeat":"1"}`}},
		{"mytijian", "registerAgent", true,
			[]string{`{"success":"T","msg":"success","data":{"result":"00000000-0000-4000-8000-000000000000"}}`, `{"success":"F","errCode":"101101","msg":"invalid access token"}`},
			[]string{`{"success":true,"msg":"success","data":{"result":"a"}}`, `{"success":"t","msg":"success","data":{"result":"a"}}`, `{"success":"F","msg":"x"}`, `{"success":"T","msg":"success"}`}},
		{"mytijian", "listHospitalTasks", false, []string{`{}`, `{"hospitalId":1}`}, []string{`[]`, `"x"`}},
		{"mytijian", "listHospitalTasks", true,
			[]string{`{"success":"T","msg":"success","data":[]}`, `{"success":"T","msg":"success","data":[` + task + `]}`, `{"success":"T","msg":"success","data":[` + edit(task, `"init"`, `"newTaskParams":{"pageSize":5},"init"`) + `]}`},
			[]string{`{"success":"T","msg":"success","data":` + task + `}`, `{"success":"T","msg":"success","data":[` + edit(task, `{"id":7`, `{"id":"7"`) + `]}`, `{"success":"T","msg":"success","data":[` + edit(task, `"init"`, `"newTaskParams":[],"init"`) + `]}`}},
		{"eazytec", "sendMessage", false,
			[]string{message, edit(message, `"orgid":"o2"`, `"orgid":"o2","deptid":""`), edit(message, `"orgid":"o2"`, `"orgid":"o2","deptid":null`), edit(message, `"orgid":"o2"`, `"orgid":"o2","deptid":"d"`),
				edit(message, `"sender"`, `"hasatt":"1","needreply":0,"needsms":1,"sender"`), edit(message, `"msgtype":0`, `"msgtype":10,"needpush":"1"`), edit(message, `"msgtype":0`, `"msgtype":0,"needpush":0`),
				edit(message, `"sender"`, `"recipient":"{'orgId':'a'}","attfiles":"[]","sender"`), edit(message, `会议通知`, `通知公告`), edit(message, `"usertype":2`, `"usertype":3`), edit(message, `"msgtype"`, `"extMap":{"a":1},"msgtype"`)},
			[]string{`{}`, edit(message, `"T"`, `""`), edit(message, `"msgtype":0,`, ``), edit(message, `"sender":"Office",`, ``), edit(message, `"sender"`, `"hasatt":"2","sender"`), edit(message, `"sender"`, `"needsms":2,"sender"`),
				edit(message, `[{"userid":"u2","usertype":2,"orgid":"o2"}]`, `[]`), edit(message, `"usertype":2,`, ``), edit(message, `"sender"`, `"recipient":{"orgId":"a"},"sender"`), edit(message, `"msgtype"`, `"extMap":"a","msgtype"`)}},
		{"zheliban", "issueToken", false, []string{`{"apikey":"a","secret":"b"}`}, []string{`{"apikey":"a"}`, `{"apikey":"a","secret":""}`}},
		{"zheliban", "pullReservations", false, []string{`{}`, `""`, `{"token":"a"}`}, []string{`[]`, `"a"`, `null`}},
		{"zheliban", "pullReservations", true,
			[]string{pull, edit(pull, `"cardType":1`, `"cardType":"1"`), edit(pull, `"cardType":1`, `"cardType":null`), `{"code":401,"message":"x","success":false,"result":null,"timestamp":1700000000000}`},
			[]string{edit(pull, `120.50`, `"120.50"`), edit(pull, `120.50`, `120.505`), edit(pull, `"cardType":1`, `"cardType":true`), edit(pull, `:200`, `:201`), edit(pull, `"serialNumber":"S-1",`, ``)}},
		{"zheliban", "reportArrival", false, []string{`{"serialNumber":"S-1"}`, `{"serialNumber":"S-1","arriveDate":null}`, `{"serialNumber":"S-1","arriveDate":""}`}, []string{`{}`, `{"serial_number":"S-1"}`, `{"serialNumber":"S-1","arriveDate":7}`}},
		{"zheliban", "reportArrival", true,
			[]string{`{"code":200,"message":"操作成功","success":true,"result":null,"timestamp":1700000000000}`, `{"code":500,"message":"数据有误，请联系平台"}`},
			[]string{`{"code":200,"message":"操作成功"}`, `{"code":500}`}},
	}
	for _, tt := range tests {
		t.Run(tt.vendor+"/"+tt.operation, func(t *testing.T) {
			t.Parallel()
			c := load(t, tt.vendor)
			op, ok := c.Operation(tt.operation)
			if !ok {
				t.Fatal("no such operation")
			}
			request, replies := bodies(op)
			pointer := request
			if tt.reply {
				pointer = replies
			}
			if len(pointer) == 0 || len(tt.accept) == 0 || len(tt.refuse) == 0 {
				t.Fatal("nothing to judge")
			}
			schema := compile(t, c, pointer[0])
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

// TestFailureReplies holds the two failures of eazytec, which stand under statuses of their own.
func TestFailureReplies(t *testing.T) {
	t.Parallel()
	tests := []struct{ status, accept, refuse string }{
		{"200", `{"data":"m1","msg":"success","oK":true,"status":200}`, `{"data":"m1","msg":"success","ok":true,"status":200}`},
		{"400", `{"data":"缺少必要参数","msg":"fail","status":400}`, `{"data":"缺少必要参数","msg":"fail","status":200}`},
		{"401", `{"error":"invalid_token","error_description":"Invalid access token"}`, `{"data":"x","msg":"fail","status":401}`},
	}
	c := load(t, "eazytec")
	op, _ := c.Operation("sendMessage")
	for i, tt := range tests {
		if i >= len(op.Responses) || op.Responses[i].Status != tt.status {
			t.Fatalf("there is no response %s at %d", tt.status, i)
		}
		schema := compile(t, c, op.Responses[i].Content[0].Schema)
		if err := schema.Validate(decode(t, tt.accept)); err != nil {
			t.Errorf("refused %s: %v", tt.accept, err)
		}
		if schema.Validate(decode(t, tt.refuse)) == nil {
			t.Errorf("accepted %s", tt.refuse)
		}
	}
}

func decode(t testing.TB, body string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return value
}
